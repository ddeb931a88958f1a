package user

import (
	"strconv"
	"time"

	"gatehouse/internal/authapi"
)

// Consequences are what a change of an account brings about: what is written in the same transaction, or not at all.
type Consequences struct {
	Account Account          // as it is to be kept: the epoch is counted
	Entries []Entry          // for the audit, one for each kind of change
	Changes []authapi.Change // for auth-service, in this order
}

// endSessions reports whether sessions or tokens must follow, so that the change is done only when they have.
func (c Consequences) endSessions() bool {
	for _, change := range c.Changes {
		if change.Kind != authapi.NoticeOnly {
			return true
		}
	}
	return false
}

// Created is what follows from a new account. A stranger who gave an address is asked to confirm it; an Admin's rows are not.
func Created(by Actor, is User, at time.Time) Consequences {
	c := Consequences{Account: Account{User: is}}
	c.Entries = []Entry{by.Did(ActionCreate, is, at, Detail{"role": is.Role})}
	if by.ID == 0 && is.Email != "" {
		c.tell(is, authapi.NoticeOnly, notice(authapi.NoticeVerification, is, is.Email, nil))
	}
	return c
}

// Deleted is what follows from the end of an account.
func Deleted(by Actor, was User, at time.Time) Consequences {
	c := Consequences{Entries: []Entry{by.Did(ActionDelete, was, at, Detail{"role": was.Role})}}
	was.Epoch, was.Kept = was.Epoch+1, ""
	c.tell(was, authapi.Closed, notice(authapi.NoticeDeleted, was, was.Email, facts(at)))
	return c
}

// Changed is what follows when an account becomes another state of itself. Whatever ends sessions counts the epoch; the
// session in which the owner changed the password is kept. Without a difference nothing follows.
func Changed(by Actor, was, is Account, at time.Time) Consequences {
	password, disabled := was.Hash != is.Hash, !was.Disabled && is.Disabled
	if password || disabled {
		is.Epoch, is.Kept = was.Epoch+1, ""
	}
	if password && !is.Disabled && by.ID == is.ID {
		is.Kept = by.SessionID
	}
	c := Consequences{Account: is, Entries: changeEntries(by, was, is, at)}
	told := was.Email // also when it is changed at the same time: whoever changed it would else be the only one told
	switch {
	case disabled:
		c.tell(is.User, authapi.Closed, notice(authapi.NoticeDisabled, is.User, told, facts(at)))
	case password:
		c.tell(is.User, authapi.Credential, notice(authapi.NoticePasswordChanged, is.User, told, facts(at)))
	}
	if was.Role != is.Role {
		c.tell(is.User, authapi.Role, notice(authapi.NoticeRoleChanged, is.User, told, facts(at, "role", is.Role)))
	}
	c.tell(is.User, authapi.NoticeOnly, addressNotices(was.User, is.User, at))
	return c
}

// addressNotices tell both addresses of a change, and ask a new one for its confirmation.
func addressNotices(was, is User, at time.Time) (mails []authapi.Notice) {
	if was.Email != is.Email {
		changed := facts(at, "email", is.Email)
		mails = append(mails, notice(authapi.NoticeEmailChanged, is, was.Email, changed)...)
		mails = append(mails, notice(authapi.NoticeEmailChanged, is, is.Email, changed)...)
	}
	if was.Pending != is.Pending && is.Pending != "" {
		asked := facts(at, "email", is.Pending, "pending", strconv.FormatBool(true))
		mails = append(mails, notice(authapi.NoticeEmailChanged, is, was.Email, asked)...)
		mails = append(mails, notice(authapi.NoticeVerification, is, is.Pending, nil)...)
	}
	return mails
}

// tell adds a change for auth-service; without a mail to send there is nothing in a notice.
func (c *Consequences) tell(u User, kind authapi.Kind, mails []authapi.Notice) {
	if kind == authapi.NoticeOnly && len(mails) == 0 {
		return
	}
	change := authapi.Change{Subject: strconv.FormatInt(u.ID, 10), Kind: kind, Notices: mails}
	if kind == authapi.Credential || kind == authapi.Closed {
		change.Epoch, change.Keep = u.Epoch, u.Kept
	}
	c.Changes = append(c.Changes, change)
}

// notice is a mail to an address, or none when there is no address.
func notice(kind string, u User, to string, facts map[string]string) []authapi.Notice {
	if to == "" {
		return nil
	}
	return []authapi.Notice{{Kind: kind, To: to, Name: u.Name, UID: u.UID, Facts: facts}}
}

// facts are when it happened, and pairs of names and values.
func facts(at time.Time, pairs ...string) map[string]string {
	told := map[string]string{"at": at.UTC().Format(time.RFC3339)}
	for i := 0; i < len(pairs); i += 2 {
		told[pairs[i]] = pairs[i+1]
	}
	return told
}

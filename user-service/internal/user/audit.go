package user

import (
	"net/netip"
	"slices"
	"strconv"
	"time"
)

// What the audit tells of, by the names that it is looked for.
const (
	ActionLogin    = "login"
	ActionProof    = "proof"
	ActionCreate   = "create"
	ActionUpdate   = "update"
	ActionRole     = "role"
	ActionPassword = "password"
	ActionDisable  = "disable"
	ActionEnable   = "enable"
	ActionDelete   = "delete"
	ActionExport   = "export"
)

// actions are all of them, those that auth-service tells of included.
var actions = []string{
	ActionLogin, "logout", "refresh", ActionProof, ActionCreate, ActionUpdate, ActionRole, ActionPassword, "reset", "forgot",
	"verify", "invite", ActionDisable, ActionEnable, ActionDelete, "end-session", "end-other-sessions", "end-all-sessions",
	"import", ActionExport,
}

// The outcomes of an action.
const (
	Success = "success"
	Refused = "refused"
)

// Detail is what an entry says of the action itself: names of members and roles, never a password, a hash or a link.
type Detail map[string]any

// Entry is one entry of the audit. Refusals of one kind within one window are one entry.
type Entry struct {
	ID         int64
	At         time.Time // of the first, where several are one
	LastAt     time.Time // of the last
	Count      int       // how many
	Action     string
	Outcome    string
	ActorID    int64 // 0: the system, or a stranger
	ActorUID   string
	SubjectID  int64 // 0: nobody who is known
	SubjectUID string
	Origin     Origin
	Detail     Detail
}

// Did is the entry of what the actor has done to a user.
func (a Actor) Did(action string, to User, at time.Time, what Detail) Entry {
	return Entry{
		At: at, Action: action, Outcome: Success, ActorID: a.ID, ActorUID: a.UID, SubjectID: to.ID, SubjectUID: to.UID,
		Origin: a.Origin, Detail: what,
	}
}

// failed is the entry of what the actor was refused. What a stranger typed is not kept: it may be a password.
func (a Actor) failed(action string, to User, at time.Time, what Detail) Entry {
	e := a.Did(action, to, at, what)
	e.Outcome = Refused
	return e
}

// The networks whose addresses count as one origin: what one customer of a provider usually has.
const (
	groupBits4 = 24
	groupBits6 = 64
)

// foldWindow is the time in which refusals become one entry.
const foldWindow = 10 * time.Minute

// FoldKey is what refusals that become one entry have in common: the action, the window, and the subject or else the actor
// or else the network of the address; so an attack cannot fill the audit. It is empty for whatever stays an entry of its
// own.
func (e Entry) FoldKey() string {
	if e.Outcome != Refused {
		return ""
	}
	var whose string
	switch {
	case e.SubjectID != 0:
		whose = "of " + strconv.FormatInt(e.SubjectID, 10)
	case e.ActorID != 0:
		whose = "by " + strconv.FormatInt(e.ActorID, 10)
	default:
		whose = "from " + network(e.Origin.Address)
	}
	return e.Action + " " + whose + " " + strconv.FormatInt(e.At.Unix()/int64(foldWindow.Seconds()), 10)
}

// network is the group of an address; whatever is no address is in one group.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return "nowhere"
	}
	bits := groupBits6
	if a = a.Unmap().WithZone(""); a.Is4() {
		bits = groupBits4
	}
	return netip.PrefixFrom(a, bits).Masked().String()
}

// changeEntries are one entry for each kind of change, so that each can be looked for by its action.
func changeEntries(by Actor, was, is Account, at time.Time) (entries []Entry) {
	add := func(happened bool, action string, what Detail) {
		if happened {
			entries = append(entries, by.Did(action, is.User, at, what))
		}
	}
	fields := changedFields(was.User, is.User)
	add(len(fields) > 0, ActionUpdate, Detail{"fields": fields})
	add(was.Role != is.Role, ActionRole, Detail{"from": was.Role, "to": is.Role})
	add(was.Hash != is.Hash, ActionPassword, Detail{})
	add(!was.Disabled && is.Disabled, ActionDisable, Detail{})
	add(was.Disabled && !is.Disabled, ActionEnable, Detail{})
	return entries
}

func changedFields(was, is User) (fields []string) {
	for name, changed := range map[string]bool{
		"name":          was.Name != is.Name,
		"email":         was.Email != is.Email,
		"email_pending": was.Pending != is.Pending,
		"pfp":           was.Picture != is.Picture,
	} {
		if changed {
			fields = append(fields, name)
		}
	}
	slices.Sort(fields)
	return fields
}

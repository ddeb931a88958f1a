package main

import (
	"context"
	"strings"
	"time"

	"gatehouse/auth-service/internal/mail"
	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
)

// postbox puts the notices of the services on the mail queue.
type postbox struct{ queue mail.Queue }

var _ session.Notices = postbox{}

// Enqueue implements session.Notices. Without a mail server the queue drops them.
func (p postbox) Enqueue(ctx context.Context, notices []authapi.Notice) error {
	messages := make([]mail.Message, len(notices))
	for i, n := range notices {
		at, _ := time.Parse(time.RFC3339, n.Facts["at"]) // none: the mail does not tell
		messages[i] = mail.Message{ID: n.ID, Kind: mail.Kind(n.Kind), To: n.To, Fields: mail.Fields{
			Subject: n.Subject, Name: n.Name, UID: n.UID, Email: n.Facts["email"], Pending: n.Facts["pending"] == "true",
			Role: n.Facts["role"], Device: n.Facts["device"], Address: n.Facts["address"], At: at,
		}}
	}
	return p.queue.Enqueue(ctx, messages...)
}

// links makes the one-time links of mails in user-service.
type links struct {
	users userapi.Directory
	links userapi.Links
}

var _ mail.Links = links{}

// Issue implements mail.Links.
func (l links) Issue(ctx context.Context, subject string, kind mail.Kind, email string) (mail.Link, error) {
	u, err := l.users.User(ctx, subject)
	if err != nil {
		return mail.Link{}, err
	}
	if email != u.Email && email != u.Pending {
		return mail.Link{}, fault.New(fault.NotFound, "User %s has another address by now", subject)
	}
	link, err := l.links.Issue(ctx, userapi.Order{ID: subject, Kind: string(kind), Email: email})
	if err != nil {
		return mail.Link{}, err
	}
	return mail.Link{Token: link.Token, Code: hyphenated(link.Code), Expires: link.ExpiresAt}, nil
}

// hyphenated is a code as it is shown: easier to read, and taken with or without.
func hyphenated(code string) string {
	half := len(code) / 2
	return strings.Join([]string{code[:half], code[half:]}, "-")
}

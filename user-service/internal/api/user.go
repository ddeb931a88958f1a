package api

import (
	"time"

	"gatehouse/user-service/internal/user"
)

// userJSON is a user on the wire. What is absent is not for this caller to see.
type userJSON struct {
	ID        int64     `json:"id"`
	UID       string    `json:"uid"`
	Name      string    `json:"name"`
	Email     *string   `json:"email,omitempty"`
	Confirmed *bool     `json:"email_verified,omitempty"`
	Pending   *string   `json:"email_pending,omitempty"` // empty: no address waits for its confirmation
	Role      string    `json:"role"`
	Picture   string    `json:"pfp"`
	Disabled  *bool     `json:"disabled,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Access    []string  `json:"access,omitempty"` // in a list: what the caller may do
}

// whole shows everything, to the person or to an Admin.
func whole(u user.User) userJSON {
	shown := outline(u)
	shown.Email, shown.Confirmed, shown.Pending, shown.Disabled = &u.Email, &u.Confirmed, &u.Pending, &u.Disabled
	return shown
}

// outline shows what everyone who is signed in may see.
func outline(u user.User) userJSON {
	return userJSON{
		ID: u.ID, UID: u.UID, Name: u.Name, Role: u.Role, Picture: u.Picture,
		CreatedAt: u.CreatedAt.UTC(), UpdatedAt: u.UpdatedAt.UTC(),
	}
}

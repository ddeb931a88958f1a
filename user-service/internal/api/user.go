package api

import (
	"time"

	"gatehouse/user-service/internal/user"
)

// userJSON is a user on the wire.
type userJSON struct {
	ID        int64     `json:"id"`
	UID       string    `json:"uid"`
	Name      string    `json:"name"`
	Email     *string   `json:"email,omitempty"` // absent: not for this caller to see
	Role      string    `json:"role"`
	Picture   string    `json:"pfp"`
	Disabled  *bool     `json:"disabled,omitempty"` // absent: not for this caller to see
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Access    []string  `json:"access,omitempty"` // in a list: what the caller may do
}

// whole shows everything, to the person or to an Admin.
func whole(u user.User) userJSON {
	shown := outline(u)
	shown.Email, shown.Disabled = &u.Email, &u.Disabled
	return shown
}

// outline shows what everyone who is signed in may see.
func outline(u user.User) userJSON {
	return userJSON{
		ID: u.ID, UID: u.UID, Name: u.Name, Role: u.Role, Picture: u.Picture,
		CreatedAt: u.CreatedAt.UTC(), UpdatedAt: u.UpdatedAt.UTC(),
	}
}

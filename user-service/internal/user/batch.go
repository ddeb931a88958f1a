package user

import (
	"context"
	"strings"

	"gatehouse/internal/userapi"
)

// importer is an import that is under way.
type importer struct {
	*Service
	Imported
	by        Actor
	dry       bool
	seen      map[string]bool // folded uids of all rows that passed their checks
	passwords int             // how many rows came with one
	batch     []candidate
	down      error // why nothing more can be made
}

// candidate is a row that has passed its own checks.
type candidate struct {
	Newcomer
	index    int
	key      string // folded uid
	password string // to be hashed
	token    string // of an invitation to hand out
}

// flush makes the accounts of the batch.
func (i *importer) flush(ctx context.Context) {
	if len(i.batch) == 0 {
		return
	}
	if err := i.write(ctx); err != nil {
		for _, c := range i.batch {
			i.refuse(c.index, c.UID, err)
		}
		if isDown(err) {
			i.down = err
		}
	}
	clear(i.batch)
	i.batch = i.batch[:0]
}

// write makes the accounts of the batch, all or, with an error, none.
func (i *importer) write(ctx context.Context) error {
	if err := i.keepFree(ctx); err != nil {
		return err
	}
	if i.dry {
		i.Created += len(i.batch)
		return nil
	}
	newcomers, err := i.newcomers(ctx)
	if err != nil {
		return err
	}
	made, err := i.Store.CreateMany(ctx, i.by, newcomers)
	if err != nil {
		return err
	}
	for _, c := range i.batch {
		i.conclude(c, made[c.key])
	}
	return nil
}

// keepFree refuses the rows whose uid is taken, which spares their hashes. The store has the last word.
func (i *importer) keepFree(ctx context.Context) error {
	keys := make([]string, len(i.batch))
	for n, c := range i.batch {
		keys[n] = c.key
	}
	gone, err := i.Store.Taken(ctx, keys)
	if err != nil {
		return err
	}
	free := i.batch[:0]
	for _, c := range i.batch {
		if gone[c.key] {
			i.conclude(c, false)
			continue
		}
		free = append(free, c)
	}
	i.batch = free
	return nil
}

// newcomers are the accounts of the batch with what lets their people in.
func (i *importer) newcomers(ctx context.Context) ([]Newcomer, error) {
	newcomers := make([]Newcomer, len(i.batch))
	for n := range i.batch {
		if err := i.admit(ctx, &i.batch[n]); err != nil {
			return nil, err
		}
		newcomers[n] = i.batch[n].Newcomer
	}
	return newcomers, nil
}

// admit hashes the password, or makes an invitation where there is no hash either.
func (i *importer) admit(ctx context.Context, c *candidate) (err error) {
	switch {
	case c.password != "":
		c.Hash, err = i.Passwords.Hash(ctx, c.password)
	case c.Hash != "":
	case i.Service.Mail && c.Email != "":
		c.Newcomer.Mail = true
	default:
		var link Link
		var kept KeptLink
		link, kept, err = i.newLink(0, userapi.LinkInvitation, "", handedFor)
		c.token, c.Link = link.Token, &kept
	}
	return err
}

// conclude counts a row that was made, or refuses one whose uid is taken.
func (i *importer) conclude(c candidate, made bool) {
	if !made {
		i.refuse(c.index, c.UID, taken(Details{Name: c.Name, UID: c.UID}))
		return
	}
	i.Created++
	if c.token != "" {
		i.Invitations = append(i.Invitations, Invitation{UID: strings.Clone(c.UID), Token: c.token})
	}
}

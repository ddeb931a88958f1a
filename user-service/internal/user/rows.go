package user

import (
	"strings"

	"gatehouse/internal/fault"
	"gatehouse/internal/principal"
)

// add checks a row by itself and takes it into the batch.
func (i *importer) add(index int, row Row) {
	c, err := i.check(row)
	if err == nil {
		err = i.down
	}
	if err != nil {
		i.refuse(index, row.UID, err)
		return
	}
	c.index = index
	i.seen[c.key] = true
	i.batch = append(i.batch, c)
}

func (i *importer) refuse(index int, uid string, err error) {
	// A copy: the row's text may be part of a whole line.
	i.Refused = append(i.Refused, RowError{Index: index, UID: strings.Clone(shown(uid)), Message: fault.From(err).Message})
}

// check looks at a row's members in the order in which sign-up does.
func (i *importer) check(row Row) (candidate, error) {
	if row.Err != nil {
		return candidate{}, row.Err
	}
	if row.Role == "" {
		row.Role = principal.RoleUser
	}
	d, err := i.cleanWith(row.Details, func(d Details) error { return i.checkCredential(d, row.Hash) })
	if err != nil {
		return candidate{}, err
	}
	key := strings.Clone(Fold(d.UID))
	if i.seen[key] {
		return candidate{}, taken(d)
	}
	u := User{UID: d.UID, Name: d.Name, Email: d.Email, Role: d.Role}
	return candidate{Newcomer: Newcomer{Account: Account{User: u, Hash: row.Hash}}, key: key, password: d.Password}, nil
}

// checkCredential takes a password, a hash or neither.
func (i *importer) checkCredential(d Details, hash string) error {
	switch {
	case d.Password == "" && hash == "":
		return nil
	case d.Password == "":
		return i.CheckHash(hash)
	case hash != "":
		return invalid("Give a password or a password_hash, not both")
	}
	if i.passwords++; i.passwords > MaxPasswords {
		return invalid("At most %d rows of one call may have a password: give a password_hash, or neither for an invitation",
			MaxPasswords)
	}
	return i.Policy(d.Password, d.UID, d.Name)
}

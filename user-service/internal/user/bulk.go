package user

import (
	"context"
	"iter"
	"slices"
	"time"

	"gatehouse/internal/authapi"
	"gatehouse/internal/fault"
)

// The bounds of an import.
const (
	// MaxRows is how many accounts one call may make.
	MaxRows = 100_000
	// MaxPasswords is how many of them may come with a password: each costs a hash, some 25 ms of a core.
	MaxPasswords = 100
	// batchRows is how many are made in one transaction.
	batchRows = 500
)

// ActionImport is the audit's entry that counts the accounts of an import; each has an entry of its own too.
const ActionImport = "import"

// Row is one account to make, or why it could not be read. Without a password and a hash its person is invited.
type Row struct {
	Details
	Hash string `json:"password_hash"` // of the system that the person comes from
	Err  error  `json:"-"`
}

// Import is a list of accounts to make.
type Import struct {
	Rows   iter.Seq[Row] // read once
	Total  int           // how many they are
	DryRun bool          // everything is checked, and nothing is written
	// Progress is told after each batch how many rows are done. With an error it ends the import there. May be nil.
	Progress func(done int) error
}

// RowError is why a row was refused.
type RowError struct {
	Index   int    `json:"index"` // from 0
	UID     string `json:"uid"`
	Message string `json:"message"` // for a person
}

// Invitation is a one-time link for somebody to whom it could not be mailed.
type Invitation struct {
	UID   string
	Token string
}

// Imported is what became of an import.
type Imported struct {
	Created     int // in a dry run: how many would be
	Refused     []RowError
	Invitations []Invitation
}

// Newcomer is an account to make, and how its person is invited, where there is no password.
type Newcomer struct {
	Account
	Link *KeptLink // to be handed out; its subject is the account
	Mail bool      // a link is to be mailed
}

// Arrived is what follows from a newcomer's account.
func Arrived(by Actor, n Newcomer, at time.Time) Consequences {
	c := Created(by, n.User, at)
	if n.Link != nil || n.Mail {
		c.Entries[0].Detail["invited"] = true
	}
	if n.Mail {
		c.tell(n.User, authapi.NoticeOnly, notice(authapi.NoticeInvitation, n.User, n.Email, nil))
	}
	return c
}

// Bulk keeps many accounts at once.
type Bulk interface {
	// Taken gives those of the folded uids that accounts have.
	Taken(ctx context.Context, uids []string) (map[string]bool, error)
	// CreateMany adds accounts, none of the batch with the uid of another, with their links and what follows (Arrived), and
	// counts them into the audit's entry of the import, all in one transaction. It tells by folded uid which were added: the
	// uids of the others are taken.
	CreateMany(ctx context.Context, by Actor, batch []Newcomer) (map[string]bool, error)
}

// CheckImport refuses an import as a whole. Forbidden: the actor is no Admin or, as it may make others Admin, has not proved
// the password of late. Invalid: there are no rows, or more than MaxRows.
func (s *Service) CheckImport(by Actor, in Import) error {
	switch {
	case !by.IsAdmin():
		return forbidden()
	case in.Total == 0:
		return invalid("Please provide user details")
	case in.Total > MaxRows:
		return invalid("At most %d users can be created in one call", MaxRows)
	case !in.DryRun && !s.fresh(by):
		return reauthenticate()
	}
	return nil
}

// Import makes many accounts, each by itself, and tells which were refused and why, in their order. Its errors are those of
// CheckImport, and: once something is down, all rows that are left are refused for it, and when nothing was made before, that is
// the fault of the whole call too. The registry is not asked: an Admin vouches for the uids.
func (s *Service) Import(ctx context.Context, by Actor, in Import) (Imported, error) {
	if err := s.CheckImport(by, in); err != nil {
		return Imported{}, err
	}
	run := importer{Service: s, by: by, dry: in.DryRun, seen: make(map[string]bool, in.Total)}
	run.Refused = []RowError{}
	run.all(ctx, in)
	slices.SortFunc(run.Refused, func(a, b RowError) int { return a.Index - b.Index })
	log := s.Log.With("request_id", by.Origin.RequestID, "dry_run", in.DryRun, "rows", in.Total, "created", run.Created,
		"refused", len(run.Refused))
	if run.down == nil {
		log.Info("import")
		return run.Imported, nil
	}
	log.Error("import", "error", run.down)
	if run.Created == 0 {
		return run.Imported, run.down
	}
	return run.Imported, nil
}

// all goes through the rows in batches, as long as somebody wants to hear of it.
func (i *importer) all(ctx context.Context, in Import) {
	done := 0
	for row := range in.Rows {
		i.add(done, row)
		if done++; done%batchRows == 0 && !i.finish(ctx, in, done) {
			return
		}
	}
	if done%batchRows != 0 {
		i.finish(ctx, in, done)
	}
}

// finish makes the accounts of a batch and tells so.
func (i *importer) finish(ctx context.Context, in Import, done int) bool {
	i.flush(ctx)
	return in.Progress == nil || in.Progress(done) == nil
}

// isDown reports whether an error is none of the row's own.
func isDown(err error) bool { return fault.From(err).Status() >= fault.Internal.Status() }

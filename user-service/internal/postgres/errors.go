package postgres

import (
	"database/sql"
	"errors"
	"slices"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"gatehouse/internal/fault"
	"gatehouse/user-service/internal/user"
)

// uidConstraint is what a taken uid violates.
const uidConstraint = "users_uid_key"

// refusedValues are the codes for values that PostgreSQL does not take.
var refusedValues = []pqerror.Code{
	pqerror.CharacterNotInRepertoire, // NUL, broken UTF-8
	pqerror.StringDataRightTruncation,
	pqerror.NumericValueOutOfRange,
	pqerror.InvalidTextRepresentation,
	pqerror.UntranslatableCharacter,
	pqerror.CheckViolation,
	pqerror.ProgramLimitExceeded, // too long for an index
}

// passing are the codes, and passingClasses the classes, of what goes away by itself.
var (
	passing = []pqerror.Code{
		pqerror.ReadOnlySQLTransaction, // a standby
		pqerror.TRSerializationFailure,
		pqerror.TRDeadlockDetected,
		pqerror.UndefinedTable, // the first migration is still to come
		pqerror.LockNotAvailable,
		pqerror.QueryCanceled, // the statement took too long
		pqerror.AdminShutdown,
		pqerror.CrashShutdown,
		pqerror.CannotConnectNow,
		pqerror.IdleSessionTimeout,
		pqerror.IdleInTransactionSessionTimeout,
	}
	passingClasses = []pqerror.Class{pqerror.ClassConnectionException, pqerror.ClassInsufficientResources}
)

// translate gives the domain's error or a fault for what the driver answers. What is no answer of the server is a server
// that cannot be reached.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return user.ErrNotFound
	}
	answer := pq.As(err)
	switch {
	case answer == nil:
		return fault.Down("postgres", err)
	case answer.Code == pqerror.UniqueViolation && answer.Constraint == uidConstraint:
		return user.ErrTaken
	case slices.Contains(refusedValues, answer.Code):
		return &fault.Fault{Kind: fault.Invalid, Message: "The request has characters that cannot be kept.", Err: err}
	case slices.Contains(passing, answer.Code), slices.Contains(passingClasses, answer.Code.Class()):
		return fault.Down("postgres", err)
	}
	return err
}

package revocation

// kind says which of the two sorted sets an entry is in; its value is the number of the set's key.
type kind int

const (
	inSet  kind = 2 // {rev}:set: the score is when the entry may go
	ofUser kind = 3 // {rev}:users: the score is the not-before of the user's tokens
)

// Entry is one revocation.
type Entry struct {
	kind   kind
	member string
	score  uint64 // Unix milliseconds
}

// The prefixes of the members of {rev}:set.
const (
	sessionPrefix = "sid:"
	tokenPrefix   = "jti:"
	keyPrefix     = "kid:"
)

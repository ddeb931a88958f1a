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

// Refuses reports whether the entry refuses the token.
func (e Entry) Refuses(t Token) bool {
	if e.kind == ofUser {
		return e.member == t.Subject && uint64(t.IssuedAt.UnixMilli()) <= e.score
	}
	return e.member == sessionMember(t.SessionID) || e.member == tokenMember(t.ID)
}

func sessionMember(sid string) string { return "sid:" + sid }
func tokenMember(jti string) string   { return "jti:" + jti }

package token

import (
	"errors"

	"gatehouse/internal/fault"
)

// Missing is the refusal of a caller who has no token, in the words of the seed.
func Missing() *fault.Fault {
	return fault.New(fault.Unauthenticated, "Authentication Token is missing!")
}

// Refusal is what a caller is told about a token that cannot be accepted, in the words of the seed, whatever the reason.
// Keys that cannot be had say nothing about the token: they are Unavailable.
func Refusal(reason error) *fault.Fault {
	if errors.Is(reason, ErrNoKeys) {
		return fault.Down("token keys", reason)
	}
	return &fault.Fault{Kind: fault.Unauthenticated, Message: "Invalid Authentication token!", Err: reason}
}

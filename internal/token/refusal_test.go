package token_test

import (
	"errors"
	"fmt"
	"testing"

	"gatehouse/internal/fault"
	"gatehouse/internal/token"
)

func TestRefusalsTellTheCallerNoReason(t *testing.T) {
	reason := errors.New("the signature is another's")
	for _, c := range []struct {
		refusal *fault.Fault
		kind    fault.Kind
		message string
		cause   error
	}{
		{token.Missing(), fault.Unauthenticated, "Authentication Token is missing!", nil},
		{token.Refusal(nil), fault.Unauthenticated, "Invalid Authentication token!", nil},
		{token.Refusal(reason), fault.Unauthenticated, "Invalid Authentication token!", reason},
		{token.Refusal(fmt.Errorf("fetch: %w", token.ErrNoKeys)), fault.Unavailable, fault.Down("", nil).Message, token.ErrNoKeys},
	} {
		if c.refusal.Kind != c.kind || c.refusal.Message != c.message || !errors.Is(c.refusal.Err, c.cause) {
			t.Errorf("%+v; want kind %d, %q because of %v", c.refusal, c.kind, c.message, c.cause)
		}
	}
}

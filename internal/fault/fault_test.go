package fault_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"gatehouse/internal/fault"
)

// all are the kinds, from the first to the last.
func all() []fault.Kind {
	var kinds []fault.Kind
	for k := fault.Internal; k <= fault.UpstreamTimeout; k++ {
		kinds = append(kinds, k)
	}
	return kinds
}

func TestEveryKindIsOneStatus(t *testing.T) {
	seen := map[int]fault.Kind{}
	for _, kind := range all() {
		status := kind.Status()
		if http.StatusText(status) == "" || status < 400 {
			t.Errorf("kind %d has the status %d", kind, status)
		}
		if before, twice := seen[status]; twice {
			t.Errorf("the kinds %d and %d are both %d", before, kind, status)
		}
		seen[status] = kind
		if back := fault.KindOf(status); back != kind {
			t.Errorf("KindOf(%d) = %d; want %d", status, back, kind)
		}
	}
}

func TestAnyOtherStatusIsInternal(t *testing.T) {
	for _, status := range []int{0, 200, 302, 402, 418, 599, -1} {
		if kind := fault.KindOf(status); kind != fault.Internal {
			t.Errorf("KindOf(%d) = %d; want Internal", status, kind)
		}
	}
}

func TestFromFindsTheFaultInAChain(t *testing.T) {
	inner := fault.New(fault.Conflict, "%s is taken", "alice")
	if got := fault.From(fmt.Errorf("signup: %w", inner)); got != inner {
		t.Errorf("From gives %+v; want the inner fault", got)
	}
	if inner.Message != "alice is taken" || inner.Status() != http.StatusConflict {
		t.Errorf("New made %+v", inner)
	}
}

func TestAnUnknownErrorIsInternalAndTellsNothing(t *testing.T) {
	cause := errors.New("dial 10.0.0.7: refused")
	f := fault.From(cause)
	if f.Kind != fault.Internal || f.Message != "Something went wrong!" || !errors.Is(f, cause) {
		t.Errorf("From(%v) = %+v", cause, f)
	}
}

func TestIsLooksThroughTheChain(t *testing.T) {
	err := fmt.Errorf("renew: %w", fault.Down("redis", io.ErrUnexpectedEOF))
	if !fault.Is(err, fault.Unavailable) || fault.Is(err, fault.Internal) || fault.Is(io.EOF, fault.Internal) || fault.Is(nil, fault.Internal) {
		t.Error("Is does not tell the kinds apart")
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
	if f := fault.From(err); f.RetryAfter != fault.RetryDefault {
		t.Errorf("a dependency that is down asks to wait for %v", f.RetryAfter)
	}
}

func TestErrorIsForTheLogAndHasTheCause(t *testing.T) {
	for want, f := range map[string]*fault.Fault{
		"no":      {Message: "no"},
		"no: EOF": {Message: "no", Err: io.EOF},
	} {
		if f.Error() != want {
			t.Errorf("Error() = %q; want %q", f.Error(), want)
		}
	}
}

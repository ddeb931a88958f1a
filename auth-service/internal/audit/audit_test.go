package audit_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/auth-service/internal/audit"
	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
)

// keeper is user-service: it keeps events, unless it fails.
type keeper struct {
	mu    sync.Mutex
	fail  error
	hangs bool
	calls int
	kept  []string
	at    []time.Time
}

func (k *keeper) Record(ctx context.Context, events []userapi.Event) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls++
	if k.hangs {
		<-ctx.Done()
		return fault.Down("user-service", ctx.Err())
	}
	if k.fail != nil {
		return k.fail
	}
	for _, e := range events {
		k.kept, k.at = append(k.kept, e.Action), append(k.at, time.Now())
	}
	return nil
}

func (k *keeper) set(fail error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fail = fail
}

func (k *keeper) has() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return strings.Join(k.kept, " ")
}

func event(action string) userapi.Event { return userapi.Event{Action: action} }

// trail runs one for a test, in time of the test's own. The end waits until it has ended.
func trail(t *testing.T, check func(t *testing.T, a *audit.Trail, k *keeper, log *bytes.Buffer, end func())) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		k, log := new(keeper), new(bytes.Buffer)
		a := audit.New(k, slog.New(slog.NewTextHandler(log, nil)))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { a.Run(ctx); close(done) }()
		end := func() { cancel(); <-done }
		defer end()
		check(t, a, k, log, end)
	})
}

// pass lets time go by.
func pass(d time.Duration) { <-time.After(d); synctest.Wait() }

var errDown = fault.Down("user-service", errors.New("refused"))

func TestEventsAreSentWithinASecond(t *testing.T) {
	trail(t, func(t *testing.T, a *audit.Trail, k *keeper, _ *bytes.Buffer, _ func()) {
		began := time.Now()
		a.Note(event("one"))
		a.Note(event("two"))
		pass(time.Second)
		if k.has() != "one two" || k.calls != 1 || k.at[1].Sub(began) > time.Second {
			t.Errorf("kept %q in %d calls, %v", k.has(), k.calls, k.at)
		}
	})
}

func TestEventsAreSentAgain(t *testing.T) {
	trail(t, func(t *testing.T, a *audit.Trail, k *keeper, log *bytes.Buffer, _ func()) {
		k.set(errDown)
		a.Note(event("one"))
		pass(time.Minute)
		a.Note(event("two"))
		if k.calls < 5 || k.calls > 8 {
			t.Errorf("tried %d times in a minute", k.calls)
		}
		k.set(nil)
		pass(time.Minute)
		if k.has() != "one two" || !strings.Contains(log.String(), "not recorded yet") {
			t.Errorf("kept %q; the log is\n%s", k.has(), log)
		}
	})
}

func TestEventsThatAreNotTakenStopNobody(t *testing.T) {
	trail(t, func(t *testing.T, a *audit.Trail, k *keeper, log *bytes.Buffer, _ func()) {
		k.set(fault.New(fault.Invalid, "no such action"))
		a.Note(event("bad"))
		pass(time.Second)
		k.set(nil)
		a.Note(event("good"))
		pass(time.Second)
		if k.has() != "good" || !strings.Contains(log.String(), `not taken" count=1`) {
			t.Errorf("kept %q; the log is\n%s", k.has(), log)
		}
	})
}

// A flood while user-service is down delays nobody; what is too much is counted.
func TestAFloodIsCounted(t *testing.T) {
	trail(t, func(t *testing.T, a *audit.Trail, k *keeper, log *bytes.Buffer, _ func()) {
		k.set(errDown)
		a.Note(event("first"))
		pass(time.Second) // it is on its way
		began := time.Now()
		for i := range 3000 {
			a.Note(event(strconv.Itoa(i)))
		}
		if time.Now() != began {
			t.Error("somebody waited")
		}
		k.set(nil)
		pass(time.Minute)
		if kept := strings.Fields(k.has()); len(kept) != 1+2048 || kept[2048] != "2047" {
			t.Errorf("kept %d events", len(kept))
		}
		if !strings.Contains(log.String(), "too many wait\" count=952") {
			t.Errorf("the log is\n%s", log)
		}
	})
}

func TestWhatIsLeftIsSentAtTheEnd(t *testing.T) {
	for name, c := range map[string]struct {
		fail error
		kept int
		log  string
	}{
		"while all is well":          {nil, 250, ""},
		"while user-service is down": {errDown, 0, "lost at the end\" count=250"},
	} {
		trail(t, func(t *testing.T, a *audit.Trail, k *keeper, log *bytes.Buffer, end func()) {
			k.set(c.fail)
			for range 250 {
				a.Note(event("e"))
			}
			pass(0)
			end()
			if kept := len(strings.Fields(k.has())); kept != c.kept || !strings.Contains(log.String(), c.log) {
				t.Errorf("%s: kept %d; the log is\n%s", name, kept, log)
			}
			if c.fail != nil && k.calls != 1 {
				t.Errorf("%s: it tried %d times before it ended", name, k.calls)
			}
		})
	}
}

func TestRecordIsDoneWhenItReturns(t *testing.T) {
	trail(t, func(t *testing.T, a *audit.Trail, k *keeper, _ *bytes.Buffer, _ func()) {
		a.Record(t.Context(), event("now"))
		if k.has() != "now" {
			t.Errorf("kept %q", k.has())
		}
	})
}

func TestRecordWaitsForTwoSecondsAndGoesOn(t *testing.T) {
	trail(t, func(t *testing.T, a *audit.Trail, k *keeper, _ *bytes.Buffer, _ func()) {
		k.hangs = true
		began := time.Now()
		a.Record(t.Context(), event("later"))
		if waited := time.Since(began); waited != 2*time.Second {
			t.Errorf("it waited for %v", waited)
		}
		k.mu.Lock()
		k.hangs = false
		k.mu.Unlock()
		pass(time.Minute)
		if k.has() != "later" {
			t.Errorf("kept %q", k.has())
		}
	})
}

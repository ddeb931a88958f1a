package principal

import (
	"time"

	"gatehouse/internal/fault"
)

// FreshFor is how long a proof of the password stands for what is worth a second look.
const FreshFor = 15 * time.Minute

// ReasonStale is the reason of the refusal by which a page knows to ask for the password and repeat the call.
const ReasonStale = "reauthentication required"

// IsFresh reports whether a password that was proved at the time was so lately enough.
func IsFresh(proved, now time.Time) bool { return now.Sub(proved) <= FreshFor }

// Fresh reports whether the caller has proved the password lately enough.
func (p Principal) Fresh(now time.Time) bool { return IsFresh(p.AuthTime, now) }

// Stale is the refusal of a caller who has not.
func Stale() *fault.Fault {
	return &fault.Fault{
		Kind: fault.Forbidden, Message: "Please enter your password again to go on.", Reason: ReasonStale,
	}
}

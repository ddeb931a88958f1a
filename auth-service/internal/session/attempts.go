package session

import (
	"context"
	"time"

	"gatehouse/internal/throttle"
	"gatehouse/internal/uid"
)

// The budgets of attempts to sign in; what succeeds is given back. Who guesses at an account has ten guesses and then one a
// minute, from wherever they come. A browser that has signed in to the account before has a budget of its own for it, so
// that no stranger can keep the owner out.
var (
	perDevice  = throttle.Limit{Name: "login-device", Burst: 10, Every: 30 * time.Second}
	perAddress = throttle.Limit{Name: "login-address", Burst: 100, Every: 2 * time.Second}
	perAccount = throttle.Limit{Name: "login-account", Burst: 10, Every: time.Minute}
	ofAll      = throttle.Limit{Name: "login-all", Burst: 1000, Every: 50 * time.Millisecond}
	perProof   = throttle.Limit{Name: "proof", Burst: 10, Every: time.Minute} // somebody who is signed in
)

// Limits are the names of the budgets.
func Limits() []string {
	return []string{perDevice.Name, perAddress.Name, perAccount.Name, ofAll.Name, perProof.Name}
}

// Throttle limits attempts over time, as throttle.Throttle does.
type Throttle interface {
	// Take charges an attempt to all keys or to none. TooManyRequests: a budget is used up. Unavailable: it cannot tell.
	Take(ctx context.Context, charges ...throttle.Charge) (throttle.Ticket, error)
}

// Attempts says what an attempt is charged to.
type Attempts struct {
	throttle Throttle
	key      []byte
}

// NewAttempts uses the key, which all replicas share, to keep what people type out of the throttle.
func NewAttempts(t Throttle, key []byte) Attempts { return Attempts{throttle: t, key: key} }

// Login charges an attempt to sign in as name, whether or not there is such an account.
func (a Attempts) Login(ctx context.Context, name, address string, browser KnownDevice) (throttle.Ticket, error) {
	if browser.Knows(name) {
		return a.throttle.Take(ctx, throttle.Charge{Limit: perDevice, Key: browser.tag(name)})
	}
	return a.throttle.Take(ctx,
		throttle.Charge{Limit: perAddress, Key: throttle.AddressKey(address)},
		throttle.Charge{Limit: perAccount, Key: a.account(name)},
		throttle.Charge{Limit: ofAll},
	)
}

// Proof charges an attempt to prove the password of a user who is signed in.
func (a Attempts) Proof(ctx context.Context, subject string) (throttle.Ticket, error) {
	return a.throttle.Take(ctx, throttle.Charge{Limit: perProof, Key: subject})
}

// account stands for what was typed as uid: it may be long, or a password in the wrong field.
func (a Attempts) account(name string) string {
	return mac(a.key, "attempts on an account v1", uid.Fold(name))
}

package edge

import (
	"context"
	"strings"
	"time"

	"gatehouse/internal/throttle"
)

// Throttle limits attempts over time, as throttle.Throttle does; its errors are faults.
type Throttle interface {
	Take(ctx context.Context, charges ...throttle.Charge) (throttle.Ticket, error)
}

// throttleTimeout is how long the budgets may take to answer before the request is refused.
const throttleTimeout = time.Second

// throttle lets a client call a route as often as the table says, whatever becomes of its calls.
func (e *Edge) throttle(v *visit) error {
	rate := v.route.Throttle
	if rate.Count == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(v.traced, throttleTimeout)
	defer cancel()
	limit := throttle.Limit{
		Name: "route:" + strings.Join(v.route.Methods, ",") + v.route.Path, Burst: rate.Count, Every: rate.Every(),
	}
	if _, err := e.Throttle.Take(ctx, throttle.Charge{Limit: limit, Key: throttle.AddressKey(v.client)}); err != nil {
		return err
	}
	return nil
}

package api

import (
	"github.com/gofiber/fiber/v2"

	"gatehouse/internal/fault"
	"gatehouse/internal/httpserver"
)

// Action is something that people do here, and what came of it: success, refused, throttled, or else invalid when it could
// not be understood and failed when a part was down.
type Action struct{ Name, Outcome string }

// note puts an outcome into the log line, and counts it. A refusal of another kind is in the line by itself.
func (a *API) note(c *fiber.Ctx, action string, err error) error {
	httpserver.Note(c, "action", action)
	outcome := outcomeOf(err)
	if outcome != "invalid" && outcome != "failed" {
		httpserver.Note(c, "outcome", outcome)
	}
	a.Actions.Add(Action{action, outcome})
	return err
}

func outcomeOf(err error) string {
	switch {
	case err == nil:
		return "success"
	case fault.Is(err, fault.Unauthenticated), fault.Is(err, fault.Forbidden):
		return "refused"
	case fault.Is(err, fault.TooManyRequests):
		return "throttled"
	case fault.From(err).Status() < fiber.StatusInternalServerError:
		return "invalid"
	}
	return "failed"
}

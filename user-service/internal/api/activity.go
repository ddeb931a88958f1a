package api

import (
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"gatehouse/user-service/internal/user"
)

// The addresses of the calls about what happened.
const (
	activityPath = "/api/activity"
	auditPath    = "/api/audit"
)

// entryJSON is an entry of the audit on the wire.
type entryJSON struct {
	At        time.Time   `json:"at"`
	LastAt    time.Time   `json:"last_at"`
	Count     int         `json:"count"`
	Action    string      `json:"action"`
	Outcome   string      `json:"outcome"`
	Actor     string      `json:"actor"`
	Subject   string      `json:"subject"`
	Address   string      `json:"address"`
	Agent     string      `json:"agent"`
	Detail    user.Detail `json:"detail"`
	RequestID string      `json:"request_id"`
}

func entriesJSON(entries []user.Entry) []entryJSON {
	shown := make([]entryJSON, len(entries))
	for i, e := range entries {
		shown[i] = entryJSON{
			At: e.At.UTC(), LastAt: e.LastAt.UTC(), Count: e.Count, Action: e.Action, Outcome: e.Outcome, Actor: e.ActorUID,
			Subject: e.SubjectUID, Address: e.Origin.Address, Agent: e.Origin.Agent, Detail: e.Detail,
			RequestID: e.Origin.RequestID,
		}
	}
	return shown
}

// activity tells what happened to the caller: GET /api/activity?limit=&cursor=.
func (a *API) activity(c *fiber.Ctx, by caller) error {
	limit := limitOf(c)
	entries, next, err := a.Users.Activity(c.UserContext(), by.Actor, limit, c.Query("cursor"))
	if err != nil {
		return err
	}
	showNext(c, activityPath, limit, next, url.Values{})
	return c.JSON(entriesJSON(entries))
}

// audit tells an Admin what happened: GET /api/audit?uid=&action=&outcome=&from=&to=&limit=&cursor=.
func (a *API) audit(c *fiber.Ctx, by caller) error {
	query := func(name string) string { return utils.CopyString(c.Query(name)) }
	f := user.Filter{
		UID: query("uid"), Action: query("action"), Outcome: query("outcome"), From: query("from"), To: query("to"),
		Limit: limitOf(c), Cursor: query("cursor"),
	}
	entries, next, err := a.Users.Audit(c.UserContext(), by.Actor, f)
	if err != nil {
		return err
	}
	showNext(c, auditPath, f.Limit, next, url.Values{
		"uid": {f.UID}, "action": {f.Action}, "outcome": {f.Outcome}, "from": {f.From}, "to": {f.To},
	})
	return c.JSON(entriesJSON(entries))
}

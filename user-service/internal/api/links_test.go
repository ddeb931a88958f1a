package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/internal/fault"
	"gatehouse/internal/userapi"
	"gatehouse/user-service/internal/user"
	"gatehouse/user-service/internal/user/usertest"
)

func TestLinks(t *testing.T) {
	usertest.OneServer(t)
	t.Run("issue", issue)
	t.Run("reset by token", resetByToken)
	t.Run("reset by code", resetByCode)
	t.Run("equal refusals", equalLinks)
	t.Run("equal work", equalWork)
	t.Run("a refusal leaves the link good", linkStays)
	t.Run("whatever changes meanwhile ends links", linkEnds)
	t.Run("auth-service is down", resetLate)
	t.Run("confirm", confirmAddress)
	t.Run("race", linkRace)
}

func (w *world) client() *userapi.Client {
	return userapi.NewClient(w.internal, secret, http.DefaultClient)
}

func (w *world) id(uid string) string { return strconv.FormatInt(w.ids[uid], 10) }

// link issues a link that is mailed to the user's address.
func (w *world) link(kind, uid string) userapi.Link {
	w.t.Helper()
	link, err := w.client().Issue(context.Background(), userapi.Order{ID: w.id(uid), Kind: kind, Email: uid + "@example.org"})
	if err != nil {
		w.t.Fatal(err)
	}
	return link
}

func (w *world) reset(r userapi.Reset) (userapi.User, error) {
	return w.client().Reset(context.Background(), r)
}

// refusedAs wants a refusal of the kind with a text in its message.
func refusedAs(t *testing.T, name string, err error, kind fault.Kind, message string) {
	t.Helper()
	if !fault.Is(err, kind) || !strings.Contains(fault.From(err).Message, message) {
		t.Errorf("%s: %v; want %s", name, err, message)
	}
}

func issue(t *testing.T) {
	w := fresh(t)
	const toby, never = "toby@example.org", time.Duration(0)
	for name, c := range map[string]struct {
		uid, kind, email, by string
		lasts                time.Duration
		fault                fault.Kind
	}{
		"a mail":                       {"toby", "reset", toby, "", 15 * time.Minute, 0},
		"a verification":               {"toby", "verification", toby, "", 15 * time.Minute, 0},
		"an invitation":                {"toby", "invitation", toby, "", 72 * time.Hour, 0},
		"handed out":                   {"toby", "reset", "", w.id("ada"), 72 * time.Hour, 0},
		"an invitation handed out":     {"toby", "invitation", "", w.id("ada"), 72 * time.Hour, 0},
		"disabled":                     {"off", "reset", "", w.id("ada"), never, fault.NotFound},
		"another address":              {"toby", "reset", "grace@example.org", "", never, fault.NotFound},
		"no address of the user":       {"toby", "verification", "t@example.org", "", never, fault.NotFound},
		"by no Admin":                  {"grace", "reset", "", w.id("toby"), never, fault.NotFound},
		"by nobody":                    {"grace", "reset", "", "999999", never, fault.NotFound},
		"by no number":                 {"grace", "reset", "", "ada", never, fault.NotFound},
		"neither mailed nor handed":    {"toby", "reset", "", "", never, fault.Invalid},
		"both":                         {"toby", "reset", toby, w.id("ada"), never, fault.Invalid},
		"a verification handed out":    {"toby", "verification", "", w.id("ada"), never, fault.Invalid},
		"a verification to and by all": {"toby", "verification", toby, w.id("ada"), never, fault.Invalid},
		"no kind":                      {"toby", "", toby, "", never, fault.Invalid},
	} {
		link, err := w.client().Issue(t.Context(), userapi.Order{ID: w.id(c.uid), Kind: c.kind, Email: c.email, By: c.by})
		if c.lasts == never {
			refusedAs(t, name, err, c.fault, "")
			continue
		}
		if left := time.Until(link.ExpiresAt); err != nil || left > c.lasts || left < c.lasts-time.Minute || len(link.Code) != 8 {
			t.Errorf("%s: %+v, %v", name, link, err)
		}
	}
	for _, id := range []string{"999999", "toby", ""} {
		_, err := w.client().Issue(t.Context(), userapi.Order{ID: id, Kind: "reset", By: w.id("ada")})
		refusedAs(t, id, err, fault.NotFound, "not found")
	}
}

func resetByToken(t *testing.T) {
	w := fresh(t)
	link, other := w.link("reset", "toby"), w.link("reset", "toby")
	u, err := w.reset(userapi.Reset{Token: link.Token, Password: newPassword})
	if err != nil || u.ID != w.id("toby") || u.Epoch != 2 || u.Kept != "" || !u.Confirmed {
		t.Errorf("%+v, %v", u, err)
	}
	if told := w.heard(); told != "credential toby 2  password-reset>toby@example.org" {
		t.Errorf("auth-service was told %q", told)
	}
	w.signsIn(t, "toby", newPassword, 200)
	w.signsIn(t, "toby", oldPassword, 401)
	for _, used := range []userapi.Link{link, other} {
		_, err := w.reset(userapi.Reset{Token: used.Token, Password: "another one 9"})
		refusedAs(t, "again", err, fault.Invalid, "not valid any more")
	}
	handed, err := w.client().Issue(t.Context(), userapi.Order{ID: w.id("grace"), Kind: "reset", By: w.id("ada")})
	if err != nil {
		t.Fatal(err)
	}
	if u, err := w.reset(userapi.Reset{Token: handed.Token, Password: newPassword}); err != nil || u.Confirmed {
		t.Errorf("a link that nobody mailed confirms an address: %+v, %v", u, err)
	}
}

func resetByCode(t *testing.T) {
	w := fresh(t)
	for _, who := range []string{"toby", "TOBY", "toby@example.org", "Toby@Example.org"} {
		link := w.link("reset", "toby")
		typed := strings.ToLower(link.Code[:4]) + "-" + link.Code[4:] + " "
		if u, err := w.reset(userapi.Reset{UID: who, Code: typed, Password: newPassword}); err != nil || u.UID != "toby" {
			t.Errorf("%s: %+v, %v", who, u, err)
		}
	}
	w.signsIn(t, "toby", newPassword, 200)
	link := w.link("reset", "toby")
	_, err := w.reset(userapi.Reset{UID: "grace", Code: link.Code, Password: newPassword})
	refusedAs(t, "somebody else's code", err, fault.Invalid, "not valid any more")
}

// late issues a link that has expired.
func (w *world) late(kind, uid string) userapi.Link {
	w.t.Helper()
	w.api.Users.Now = func() time.Time { return time.Now().Add(-16 * time.Minute) }
	defer func() { w.api.Users.Now = time.Now }()
	return w.link(kind, uid)
}

// equalLinks: whatever is wrong with a link or a code, the answer is the same.
func equalLinks(t *testing.T) {
	w := fresh(t)
	good, used, expired := w.link("reset", "grace"), w.link("reset", "toby"), w.late("reset", "toby")
	confirms, foreign := w.link("verification", "toby"), w.link("reset", "ada")
	if _, err := w.reset(userapi.Reset{Token: used.Token, Password: newPassword}); err != nil {
		t.Fatal(err)
	}
	id, _, _ := strings.Cut(good.Token, ".")
	_, secretOfAnother, _ := strings.Cut(foreign.Token, ".")
	var first answer
	for i, r := range []userapi.Reset{
		{Token: "x"}, {}, {Token: used.Token}, {Token: expired.Token}, {Token: confirms.Token}, {Token: id + "." + secretOfAnother},
		{Token: strings.Repeat("A", 22) + "." + strings.Repeat("A", 43)}, {Token: good.Token + "x"}, {Token: good.Token[:60]},
		{UID: "toby", Code: used.Code}, {UID: "toby", Code: expired.Code}, {UID: "toby", Code: confirms.Code},
		{UID: "nobody", Code: good.Code}, {UID: "grace", Code: "00000000"}, {UID: "grace", Code: ""}, {UID: "", Code: good.Code},
		{UID: "off", Code: good.Code}, {UID: "gr\x00ace", Code: good.Code}, {UID: strings.Repeat("x", 9999), Code: good.Code},
		{UID: "grace", Code: strings.Repeat("0", 9999)}, {UID: "grace", Code: foreign.Code},
	} {
		r.Password, r.Origin.Address = newPassword, "192.0.2.7"
		body, _ := json.Marshal(r)
		got := w.send(w.internal, request{method: "POST", path: userapi.ResetPath, body: string(body), header: verification("", "").header})
		requestID := got.header.Get("X-Request-Id")
		got.header.Del("X-Request-Id")
		got.header.Del("Date")
		got.body = strings.ReplaceAll(got.body, requestID, "")
		if i == 0 {
			first = got
		}
		if got.status != 400 || got.body != first.body || len(got.header) != len(first.header) || !strings.Contains(got.body, "not valid any more") {
			t.Errorf("%d: %+v, not %+v", i, got, first)
		}
	}
	if _, err := w.reset(userapi.Reset{Token: good.Token, Password: newPassword}); err != nil {
		t.Errorf("guesses have used the link up: %v", err)
	}
	found, err := w.db.Audit(t.Context(), user.Query{Action: user.ActionReset, Outcome: user.Refused, Limit: 10})
	if err != nil || len(found) != 1 || found[0].Count != 21 || found[0].Origin.Address != "192.0.2.7" {
		t.Errorf("the audit has %+v, %v", found, err)
	}
}

// counting is a store that remembers what it was asked.
type counting struct {
	user.Store
	asked []string
}

func (c *counting) LiveLinks(ctx context.Context, typed string, most int) ([]user.LiveLink, error) {
	c.asked = append(c.asked, "links")
	return c.Store.LiveLinks(ctx, typed, most)
}

func (c *counting) ByUID(ctx context.Context, uid string) (user.Account, error) {
	c.asked = append(c.asked, "uid")
	return c.Store.ByUID(ctx, uid)
}

func (c *counting) ByID(ctx context.Context, id int64) (user.User, error) {
	c.asked = append(c.asked, "id")
	return c.Store.ByID(ctx, id)
}

// equalWork: a code for an unknown uid costs the same questions as a wrong one for a known uid.
func equalWork(t *testing.T) {
	w := fresh(t)
	w.link("reset", "toby")
	for _, who := range []string{"toby", "grace", "off", "nobody", "toby@example.org", "nobody@example.org"} {
		store := &counting{Store: w.db}
		w.api.Users.Store = store
		_, err := w.reset(userapi.Reset{UID: who, Code: "00000000", Password: newPassword})
		refusedAs(t, who, err, fault.Invalid, "not valid any more")
		if strings.Join(store.asked, " ") != "links" {
			t.Errorf("%s: asked for %v", who, store.asked)
		}
	}
}

func linkStays(t *testing.T) {
	w := fresh(t)
	link := w.link("reset", "toby")
	for _, weak := range []string{"", "short", "password1", "Thomas Edison", strings.Repeat("x", 300)} {
		for _, r := range []userapi.Reset{{Token: link.Token}, {UID: "toby", Code: link.Code}} {
			r.Password = weak
			_, err := w.reset(r)
			refusedAs(t, weak, err, fault.Invalid, "Password ")
		}
	}
	hasher := w.api.Users.Passwords
	w.api.Users.Passwords = full{}
	_, err := w.reset(userapi.Reset{Token: link.Token, Password: newPassword})
	refusedAs(t, "queue is full", err, fault.Unavailable, "")
	w.api.Users.Passwords = hasher
	if u, err := w.reset(userapi.Reset{Token: link.Token, Password: newPassword}); err != nil || u.Epoch != 2 {
		t.Errorf("%+v, %v", u, err)
	}
}

// linkEnds: a new password, another address and disabling end what was sent before.
func linkEnds(t *testing.T) {
	for name, change := range map[string]request{
		"a new password": put("toby", `{"password":"`+newPassword+`"}`),
		"by an Admin":    put("ada", `{"uid":"toby","password":"`+newPassword+`"}`),
		"an address":     put("ada", `{"uid":"toby","email":"t@example.org"}`),
		"disabling":      put("ada", `{"uid":"toby","disabled":true}`),
	} {
		w := fresh(t)
		link := w.link("reset", "toby")
		if got := w.send(w.public, change); got.status != 200 {
			t.Fatalf("%s: %+v", name, got)
		}
		for _, r := range []userapi.Reset{{Token: link.Token}, {UID: "toby", Code: link.Code}} {
			r.Password = "yet another 9"
			_, err := w.reset(r)
			refusedAs(t, name, err, fault.Invalid, "not valid any more")
		}
	}
}

// resetLate: what is saved is saved, and counts at the gateways as soon as it can be told.
func resetLate(t *testing.T) {
	w := fresh(t)
	link := w.link("reset", "toby")
	w.auth.down = fault.Down("auth-service", nil)
	_, err := w.reset(userapi.Reset{Token: link.Token, Password: newPassword})
	refusedAs(t, "down", err, fault.Unavailable, "The change is saved, but")
	w.signsIn(t, "toby", newPassword, 200)
	w.auth.mu.Lock()
	w.auth.down = nil
	w.auth.mu.Unlock()
	w.relay(t)
	if told := w.heard(); told != "credential toby 2  password-reset>toby@example.org" {
		t.Errorf("auth-service was told %q", told)
	}
}

// instant is a hasher that costs nothing, so that all arrive at the store at once.
type instant struct{ user.Passwords }

func (instant) Hash(_ context.Context, password string) (string, error) {
	return "hash of " + password, nil
}

func linkRace(t *testing.T) {
	w := fresh(t)
	w.api.Users.Passwords = instant{w.api.Users.Passwords}
	link := w.link("reset", "toby")
	var won atomic.Pointer[string]
	var wins, gone atomic.Int64
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			r := userapi.Reset{Token: link.Token, Password: newPassword + strconv.Itoa(i)}
			if i%2 == 1 {
				r.Token, r.UID, r.Code = "", "toby", link.Code
			}
			_, err := w.reset(r)
			switch {
			case err == nil:
				wins.Add(1)
				won.Store(&r.Password)
			case userapi.IsLinkGone(err):
				gone.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if wins.Load() != 1 || gone.Load() != 19 {
		t.Fatalf("%d won, %d came too late", wins.Load(), gone.Load())
	}
	if kept, err := w.db.ByUID(t.Context(), "toby"); err != nil || kept.Hash != "hash of "+*won.Load() || kept.Epoch != 2 {
		t.Errorf("%+v, %v", kept.User, err)
	}
}

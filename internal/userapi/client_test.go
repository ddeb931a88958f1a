package userapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gatehouse/internal/fault"
	"gatehouse/internal/peer"
	"gatehouse/internal/userapi"
)

const secret = "service-secret-of-the-test"

// asked is what arrived at user-service.
type asked struct{ method, path, secret, requestID, contentType, body string }

// userService answers every call alike and keeps the last one.
func userService(t *testing.T, status int, header http.Header, answer string) (*httptest.Server, *asked) {
	t.Helper()
	last := new(asked)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		*last = asked{
			r.Method, r.URL.EscapedPath(), r.Header.Get("Authorization"), r.Header.Get("X-Request-Id"),
			r.Header.Get("Content-Type"), string(body),
		}
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return server, last
}

// calls are both calls of the client, which fail alike but for what the credential is.
var calls = map[string]func(context.Context, *userapi.Client) (userapi.User, error){
	"Verify": func(ctx context.Context, c *userapi.Client) (userapi.User, error) {
		return c.Verify(ctx, userapi.Credential{
			UID: "alice", Password: "hunter2", Origin: userapi.Origin{Address: "192.0.2.7", Agent: "Browser/1"},
		})
	},
	"User": func(ctx context.Context, c *userapi.Client) (userapi.User, error) { return c.User(ctx, "7") },
}

func TestWhatIsAsked(t *testing.T) {
	for _, slash := range []string{"", "/"} {
		server, last := userService(t, 200, nil, `{"id":"7","uid":"alice","role":"Admin","more":1}`)
		client := userapi.NewClient(server.URL+slash, secret, server.Client())
		ctx := peer.WithRequestID(t.Context(), "R1")
		for name, want := range map[string]asked{
			"Verify": {
				"POST", "/internal/credentials/verify", "Bearer " + secret, "R1", "application/json",
				`{"uid":"alice","password":"hunter2","origin":{"address":"192.0.2.7","agent":"Browser/1"}}`,
			},
			"User": {"GET", "/internal/users/7", "Bearer " + secret, "R1", "application/json", ""},
		} {
			got, err := calls[name](ctx, client)
			if err != nil || got != (userapi.User{ID: "7", UID: "alice", Role: "Admin"}) {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			if *last != want {
				t.Errorf("%s asked %+v; want %+v", name, *last, want)
			}
		}
	}
}

func TestAnIDCannotLeaveItsPath(t *testing.T) {
	server, last := userService(t, 200, nil, `{"id":"7","uid":"alice","role":"User"}`)
	userapi.NewClient(server.URL, secret, server.Client()).User(t.Context(), "../credentials/verify?x#y")
	if last.path != "/internal/users/..%2Fcredentials%2Fverify%3Fx%23y" {
		t.Errorf("asked for %s", last.path)
	}
}

func TestWithoutARequestIDNoneIsSent(t *testing.T) {
	server, last := userService(t, 200, nil, `{"id":"7","uid":"alice","role":"User"}`)
	if _, err := userapi.NewClient(server.URL, secret, server.Client()).User(t.Context(), "7"); err != nil || last.requestID != "" {
		t.Errorf("%v; request id %q", err, last.requestID)
	}
}

func TestRefusalsBecomeFaults(t *testing.T) {
	refusal := func(message string) string {
		return `{"message":"` + message + `","data":null,"error":"E","request_id":"R"}`
	}
	for name, c := range map[string]struct {
		status int
		answer string
		verify fault.Kind
		user   fault.Kind
	}{
		"a wrong credential":               {401, refusal("Invalid user id or password"), fault.Unauthenticated, fault.Unauthenticated},
		"a service secret that is refused": {403, refusal("The service secret is missing or wrong."), fault.BadUpstream, fault.BadUpstream},
		"a user who is gone":               {404, refusal("User 7 not found"), fault.NotFound, fault.NotFound},
		"a full queue":                     {503, refusal("later"), fault.Unavailable, fault.Unavailable},
		"a fault of theirs":                {500, refusal("Something went wrong!"), fault.Internal, fault.Internal},
		"a refusal that is no envelope":    {401, "<html>", fault.BadUpstream, fault.BadUpstream},
		"no content":                       {204, "", fault.BadUpstream, fault.BadUpstream},
		"an empty answer":                  {200, "", fault.BadUpstream, fault.BadUpstream},
		"an answer of another kind":        {200, "<html>", fault.BadUpstream, fault.BadUpstream},
		"a user without id":                {200, `{"uid":"alice","role":"User"}`, fault.BadUpstream, fault.BadUpstream},
		"a user without uid":               {200, `{"id":"7","role":"User"}`, fault.BadUpstream, fault.BadUpstream},
		"a user without role":              {200, `{"id":"7","uid":"alice"}`, fault.BadUpstream, fault.BadUpstream},
		"an endless answer":                {200, `{"id":"7","uid":"` + strings.Repeat("x", 1<<17) + `"}`, fault.BadUpstream, fault.BadUpstream},
	} {
		server, _ := userService(t, c.status, http.Header{"Retry-After": {"7"}}, c.answer)
		client := userapi.NewClient(server.URL, secret, server.Client())
		for call, want := range map[string]fault.Kind{"Verify": c.verify, "User": c.user} {
			u, err := calls[call](t.Context(), client)
			if !fault.Is(err, want) || u != (userapi.User{}) {
				t.Errorf("%s, %s: %+v, %v; want kind %d", name, call, u, err, want)
			}
			if f := fault.From(err); want == fault.Unavailable && f.RetryAfter != 7*time.Second {
				t.Errorf("%s, %s: wait for %v; want what the service asks for", name, call, f.RetryAfter)
			}
		}
	}
}

func TestAServiceThatIsDownIsUnavailable(t *testing.T) {
	server, _ := userService(t, 200, nil, "")
	server.Close()
	for name, call := range calls {
		_, err := call(t.Context(), userapi.NewClient(server.URL, secret, server.Client()))
		if !fault.Is(err, fault.Unavailable) || fault.From(err).RetryAfter != fault.RetryDefault {
			t.Errorf("%s: %v; want Unavailable", name, err)
		}
		if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %q shows a secret", name, err)
		}
	}
}

func TestAnAnswerThatBreaksOffIsUnavailable(t *testing.T) {
	server, _ := userService(t, 200, http.Header{"Content-Length": {"500"}}, `{"id":"7"`)
	for name, call := range calls {
		if _, err := call(t.Context(), userapi.NewClient(server.URL, secret, server.Client())); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v; want Unavailable", name, err)
		}
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	hang := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer server.Close()
	defer close(hang)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := userapi.NewClient(server.URL, secret, server.Client()).User(ctx, "7")
	if !fault.Is(err, fault.Unavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v; want Unavailable because of the deadline", err)
	}
}

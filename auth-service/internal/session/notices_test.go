package session_test

import (
	"testing"
	"time"

	"gatehouse/auth-service/internal/session"
	"gatehouse/internal/userapi"
)

// A sign-in on a browser that is not known is told, unless the account has only just been made; a known one is not.
func TestANewDeviceIsTold(t *testing.T) {
	h := open(t)
	h.users.email = "alice@example.org"
	enter := func(cookie string) session.Grant {
		t.Helper()
		g, err := h.Login(t.Context(), userapi.Credential{UID: "alice", Password: "right"}, device, session.Had{DeviceCookie: cookie})
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	enter("")
	if len(h.diary.notices) != 0 {
		t.Errorf("a new account: %+v", h.diary.notices)
	}
	h.goOn(time.Hour)
	known := enter("")
	enter(known.DeviceCookie)
	if len(h.diary.notices) != 1 {
		t.Fatalf("told %+v; want one", h.diary.notices)
	}
	n := h.diary.notices[0]
	if n.Kind != session.NoticeNewDevice || n.To != "alice@example.org" || n.Subject != "7" || n.Facts["address"] != device.Address {
		t.Errorf("told %+v", n)
	}
}

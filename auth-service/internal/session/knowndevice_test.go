package session_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/auth-service/internal/session"
)

var devices = session.NewKnownDevices(key)

func newID() string { return "NEW" }

func TestABrowserKnowsWhoSignedIn(t *testing.T) {
	cookie := devices.Open("", func() string { return "ID" }).Remember("Ada")
	cookie = devices.Open(cookie, newID).Remember("JOSE\u0301")
	d := devices.Open(cookie, newID)
	for name, want := range map[string]bool{"ada": true, "ADA": true, "josé": true, "": false, "adam": false, "ad": false} {
		if d.Knows(name) != want {
			t.Errorf("%q is known: %v", name, !want)
		}
	}
	if !strings.HasPrefix(cookie, "ID.") || strings.Contains(strings.ToLower(cookie), "ada") {
		t.Errorf("the cookie is %s", cookie)
	}
	other := devices.Open("", newID).Remember("ada")
	if strings.Split(other, ".")[1] == strings.Split(cookie, ".")[2] {
		t.Error("two browsers show that they are used by one person")
	}
}

func TestAsManyAccountsAsItHolds(t *testing.T) {
	cookie := ""
	for n := range 9 {
		cookie = devices.Open(cookie, newID).Remember(fmt.Sprint("user", n))
	}
	d := devices.Open(cookie, newID)
	if d.Knows("user0") || !d.Knows("user1") || !d.Knows("user8") {
		t.Error("the oldest of nine is the one to go")
	}
	d = devices.Open(d.Remember("user1"), newID) // the newest now
	if d = devices.Open(d.Remember("user9"), newID); !d.Knows("user1") || d.Knows("user2") {
		t.Error("who signed in last is forgotten before others")
	}
	if n := len(cookie); n > 256 {
		t.Errorf("a full cookie has %d bytes", n)
	}
}

func TestForgedDeviceCookies(t *testing.T) {
	good := devices.Open("", newID).Remember("ada")
	second := devices.Open("", newID).Remember("bob")
	id, tag, mac := split(good)
	_, bobs, bobsMAC := split(second)
	for name, raw := range map[string]string{
		"empty": "", "no dots": "NEW", "only dots": "...", "without mac": id + "." + tag + ".", "without id": "." + tag + "." + mac,
		"another tag": id + "." + bobs + "." + mac, "one tag more": id + "." + tag + "." + bobs + "." + mac,
		"another mac": id + "." + tag + "." + bobsMAC, "another id": "OLD." + tag + "." + mac, "quoted": `"` + good + `"`,
		"cut short": good[:len(good)-1], "one more": good + "A", "padded": good + "=", "lower case": strings.ToLower(good),
		"with a line break": good[:len(good)-5] + "\n" + good[len(good)-5:],
		"of another key":    session.NewKnownDevices([]byte("another key of thirty-two bytes!")).Open("", newID).Remember("ada"),
		"a refresh token":   tokens.Make("NEW", 7),
	} {
		if d := devices.Open(raw, newID); d.Knows("ada") || d.Knows("bob") || !strings.HasPrefix(d.Remember("x"), "NEW.") {
			t.Errorf("%s: %q opens", name, raw)
		}
	}
	if _, _, ok := tokens.Open(good); ok {
		t.Error("a device cookie is a refresh token")
	}
}

func split(cookie string) (id, tag, mac string) {
	parts := strings.Split(cookie, ".")
	return parts[0], parts[1], parts[2]
}

// Whoever signs in, in whatever order: the browser keeps its id and knows the last eight.
func TestABrowserKnowsTheLastEight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.StringMatching(`[a-l]{1,2}`), 1, 40).Draw(t, "names")
		id, cookie := rand.Text(), ""
		var last []string // newest first
		for _, name := range names {
			d := devices.Open(cookie, func() string { return id })
			if d.Knows(name) != slices.Contains(last, name) {
				t.Fatalf("%s is known: %v, of %v", name, d.Knows(name), last)
			}
			cookie = d.Remember(name)
			last = slices.DeleteFunc(last, func(n string) bool { return n == name })
			last = append([]string{name}, last[:min(len(last), 7)]...)
		}
		if n := strings.Count(cookie, "."); !strings.HasPrefix(cookie, id+".") || n != len(last)+1 {
			t.Fatalf("%s for %v", cookie, last)
		}
	})
}

func FuzzOpenDevice(f *testing.F) {
	good := devices.Open("", newID).Remember("ada")
	for _, seed := range []string{"", ".", "..", "ID.tag", good, good + ".", "." + good, good[1:], "\x00.\xff." + good} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		// Nobody can make one without the key, so that whatever is known, byte for byte, is from us.
		if d := devices.Open(raw, newID); d.Knows("ada") && raw != good {
			t.Errorf("%q knows ada", raw)
		}
	})
}

//go:build e2e

package e2e

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"
)

// Hashes of "123Toby!" by python3's hashlib, in the forms of werkzeug, and the parameters of an older system: each costs
// another time than today's.
var legacyHashes = []string{
	"pbkdf2:sha256:260000$XzQ9v0pLmK$92c5cff02d860d60511549399d251ba3e593c6aceef1e257ad6f4799d13bf811",
}

// TestProveTiming: wrong passwords of known accounts, some of them with hashes of another system, and unknown accounts take
// the same time, as far as a rank test can tell.
func TestProveTiming(t *testing.T) {
	p := prove(t, "The time of a refusal does not tell known accounts from unknown ones")
	each := scaled(60, 2000) // timings a class, each of an account of its own: those of one account are alike
	known := importedAccounts(t, each)
	var timings []timing
	for n := range each {
		timings = append(timings, timing{known: true, uid: known[n]}, timing{uid: uidOf(fmt.Sprint("unknown", n))})
	}
	rand.Shuffle(len(timings), func(i, j int) { timings[i], timings[j] = timings[j], timings[i] })
	for i := range timings {
		timings[i].measure(t, i)
	}
	area, z := rank(timings)
	p.cases = len(timings) - 1
	p.holds(t, math.Abs(z) < 3, "area %.3f, z %.2f", area, z)
	p.figure = fmt.Sprintf("%d a class: area under the curve %.3f, z = %.2f (0.5 and under 3: cannot tell)", each, area, z)
}

type timing struct {
	known bool
	uid   string
	took  time.Duration
}

// measure times one refusal, after any wait that the throttle of all attempts asks for.
func (m *timing) measure(t *testing.T, n int) {
	t.Helper()
	for {
		begin := time.Now()
		answer, err := ask(baseURL, "POST", "/api/authenticate", credential(m.uid, "not this one"), fromAddress(1<<17+n)...)
		m.took = time.Since(begin)
		if err == nil && answer.Status == 401 {
			return
		}
		wait, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		if err != nil || answer.Status != 429 || wait == 0 {
			t.Fatalf("%d %s %v", answer.Status, answer.Body, err)
		}
		<-time.After(time.Duration(wait) * time.Second)
	}
}

// rank is the Mann-Whitney test: the chance that a known account takes longer than an unknown one, and how many standard
// deviations that is from one half.
func rank(timings []timing) (area, z float64) {
	slices.SortFunc(timings, func(a, b timing) int { return int(a.took - b.took) })
	var ranks, n, m float64
	for i, each := range timings {
		if each.known {
			ranks += float64(i + 1)
			n++
		} else {
			m++
		}
	}
	u := ranks - n*(n+1)/2
	return u / (n * m), (u - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
}

// importedAccounts makes accounts of which a third have a hash of another system, and gives their uids.
func importedAccounts(t *testing.T, n int) []string {
	t.Helper()
	admin := signedIn(t, "admin", adminPassword)
	var rows []object
	var uids []string
	own := ownHash(t)
	for i := range n {
		hash := own
		if i%3 == 0 {
			hash = legacyHashes[i/3%len(legacyHashes)]
		}
		uids = append(uids, uidOf(fmt.Sprint("timed", i)))
		rows = append(rows, object{"name": "Timed", "uid": uids[i], "password_hash": hash})
	}
	admin.want(200, "POST", "/api/users", rows)
	return uids
}

// ownHash is a hash of today's parameters, by Python's argon2 of the same: 19 MiB, two passes, one lane.
func ownHash(t *testing.T) string {
	t.Helper()
	return "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$" + argon2Key("123Toby!", "saltsaltsaltsalt")
}

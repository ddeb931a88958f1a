package edge

import (
	"fmt"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gatehouse/internal/token"
)

func claimsUntil(end time.Time) *token.Claims {
	return &token.Claims{
		RegisteredClaims: jwt.RegisteredClaims{Subject: "7", IssuedAt: jwt.NewNumericDate(end), ExpiresAt: jwt.NewNumericDate(end)},
		AuthTime:         jwt.NewNumericDate(end),
	}
}

func TestAVerificationCountsForAMinuteAtMost(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct{ expires, after time.Duration }{
		"a long token":  {time.Hour, trustFor},
		"a short token": {10 * time.Second, 10 * time.Second},
	} {
		known := new(cache)
		known.keep(newVerified([]byte(name), claimsUntil(now.Add(c.expires)), now), now)
		if known.find([]byte(name), now.Add(c.after-time.Millisecond)) == nil {
			t.Errorf("%s is not known", name)
		}
		if known.find([]byte(name), now.Add(c.after+time.Millisecond)) != nil {
			t.Errorf("%s is known for too long", name)
		}
		if known.find([]byte(name+"x"), now) != nil {
			t.Errorf("another token is taken for %s", name)
		}
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	now, known := time.Now(), new(cache)
	for i := range 3 * cacheSets * cacheWays {
		known.keep(newVerified(fmt.Append(nil, i), claimsUntil(now.Add(time.Hour)), now), now)
	}
	last := fmt.Append(nil, 3*cacheSets*cacheWays-1)
	if known.find(last, now) == nil {
		t.Error("the latest token is not known")
	}
}

func TestAKnownTokenCostsNoAllocation(t *testing.T) {
	now, known, raw := time.Now(), new(cache), make([]byte, 600)
	known.keep(newVerified(raw, claimsUntil(now.Add(time.Hour)), now), now)
	if n := testing.AllocsPerRun(100, func() { known.find(raw, now) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if known.find(raw, now) == nil {
		t.Error("it is not known")
	}
}

//go:build e2e

package e2e

import (
	"fmt"
	"sync"
	"testing"
)

// TestProveRefresh: many tabs of one browser refresh at the same time at several gateways, and a tenth of the answers is
// lost. Whatever happens, nobody is signed out and there is one successor.
func TestProveRefresh(t *testing.T) {
	p := prove(t, "Tabs that refresh at once, with answers lost, sign nobody out and have one successor")
	gates, tabs, rounds := gateways(t, 3), scaled(10, 50), scaled(10, 200)
	uid := signUp(t, "tabs")
	in, err := ask(baseURL, "POST", "/api/authenticate", credential(uid, password))
	if err != nil || in.Status != 200 {
		t.Fatal(in, err)
	}
	offered := in.given("jwt_refresh")
	for round := range rounds {
		successors := refreshEverywhere(t, p, gates, tabs, offered)
		p.holds(t, len(successors) == 1, "round %d: %d successors", round, len(successors))
		for offered = range successors {
			break
		}
	}
	p.figure = fmt.Sprintf("%d tabs × %d gateways × %d rounds", tabs, len(gates), rounds)
	list := signedIn(t, uid, password)
	var sessions []object
	list.want(200, "GET", "/api/sessions", nil).json(t, &sessions)
	p.holds(t, len(sessions) == 2, "%d sessions; want the tabs' one and this one", len(sessions))
}

// refreshEverywhere offers one refresh token in every tab and gives the successors that came back.
func refreshEverywhere(t *testing.T, p *proof, gates []string, tabs int, offered string) map[string]bool {
	t.Helper()
	var (
		mu         sync.Mutex
		group      sync.WaitGroup
		successors = map[string]bool{}
	)
	for tab := range tabs {
		group.Go(func() {
			gate := gates[tab%len(gates)]
			if tab%10 == 9 {
				sendAndHangUp(t, gate, "POST /api/authenticate/refresh HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\n"+
					"Cookie: jwt_refresh="+offered+"\r\nContent-Length: 0\r\n\r\n")
			}
			answer, err := ask(gate, "POST", "/api/authenticate/refresh", nil, "Cookie", "jwt_refresh="+offered)
			successor := answer.given("jwt_refresh")
			p.holds(t, err == nil && answer.Status == 204 && successor != "", "tab %d: %d %s %v", tab, answer.Status, answer.Body, err)
			mu.Lock()
			defer mu.Unlock()
			successors[successor] = true
		})
	}
	group.Wait()
	return successors
}

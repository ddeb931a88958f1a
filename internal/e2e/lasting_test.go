//go:build e2e

package e2e

import (
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
)

var lastingAddress = regexp.MustCompile(`^(/.*)\.[0-9a-f]{12}(\.[a-z]+)$`)

// loaded are the files of ours that the page has loaded; what is kept from before was not transferred.
const loaded = `performance.getEntriesByType('resource').filter(e => !new URL(e.name).pathname.startsWith('/api/'))`

// TestPagesLoadLastingFiles has a browser go through the pages: they load nothing that it must ask for again, no module
// twice, and nothing over the network that a page before has loaded.
func TestPagesLoadLastingFiles(t *testing.T) {
	uid := signUp(t, "lasting")
	p := atBrowser(t)
	p.signsIn(uid)
	for _, page := range []string{"/database", "/profile", "/sessions", "/activity"} {
		p.opens(page, "#main")
		p.until(`document.querySelector('#caller').textContent !== ''`) // the last script has run
		names, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](loaded+`.map(e => new URL(e.name).pathname)`))
		if err != nil || len(names) < 15 {
			t.Fatalf("%s: %v, %v", page, names, err)
		}
		seen := map[string]bool{}
		for _, name := range names {
			readable := lastingAddress.ReplaceAllString(name, "$1$2")
			if readable == name || seen[readable] {
				t.Errorf("%s loads %s", page, name)
			}
			seen[readable] = true
		}
		p.opens(page, "#main")
		p.until(loaded + `.length >= 15 && ` + loaded + `.every(e => e.transferSize === 0)`)
	}
}

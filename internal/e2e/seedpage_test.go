//go:build e2e

package e2e

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestSeedPage is the flow of the seed's published page, from another origin that the stack allows. The page is served as
// it is, but for the port at which this run's gateway listens.
func TestSeedPage(t *testing.T) {
	publish(t, seedOrigin)
	uid := signUp(t, "00-seed") // on the first page of the list
	p := atBrowser(t)
	p.does(chromedp.Navigate(seedOrigin + "/"))
	p.until(`typeof window.pythonLogin === 'function'`)
	p.types("#uid", uid, "#password", "wrong"+kb.Enter)
	p.sees("#message", "Login error: 401")
	p.types("#password", password+kb.Enter)
	p.sees("#database", uid)
	p.does(chromedp.Evaluate[chromedp.Void](`pythonLogout()`))
	p.sees("#message", "Logout: 200")
}

// TestOtherPage shows that an origin that is not allowed gets nothing.
func TestOtherPage(t *testing.T) {
	const origin = "http://localhost:4101"
	publish(t, origin)
	p := atBrowser(t)
	p.does(chromedp.Navigate(origin + "/"))
	p.until(`typeof window.pythonLogin === 'function'`)
	p.types("#uid", "admin", "#password", adminPassword+kb.Enter)
	p.sees("#message", "Possible CORS or service down error")
	if len(p.cookies()) > 0 {
		t.Error("the page got cookies")
	}
}

// publish serves the seed's page at an origin until the test ends.
func publish(t *testing.T, origin string) {
	t.Helper()
	ln, err := net.Listen("tcp", origin[len("http://"):])
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, kind := "index.html", "text/html"
		if r.URL.Path == "/config.js" {
			name, kind = "config.js", "text/javascript"
		}
		page, err := os.ReadFile(filepath.Join("testdata", "seed", name))
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", kind)
		w.Write(bytes.ReplaceAll(page, []byte(":8087"), []byte(":"+gatewayPort)))
	})}
	go server.Serve(ln)
	t.Cleanup(func() { server.Close() })
}

//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// Person is somebody at a browser of their own.
type Person struct {
	t   *testing.T
	ctx context.Context
}

// atBrowser opens a browser, which is closed when the test ends. An exception on a page, or a breach of the policy that
// its pages come with, fails the test.
func atBrowser(t *testing.T) Person {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-background-networking", true),
		chromedp.WindowSize(1280, 900))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := Person{t, ctx}
	p.does()
	if err := chromedp.Listen(ctx, p.complaint); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p Person) complaint(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.t.Errorf("an exception on the page: %+v", e.ExceptionDetails)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && e.Entry.Source == log.EntrySourceSecurity {
			p.t.Errorf("the page complains: %s", e.Entry.Text)
		}
	}
}

// patience is how long a page may take to do what it must.
const patience = 15 * time.Second

// does runs the steps; each waits for what it needs.
func (p Person) does(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := p.ctx, context.CancelFunc(func() {})
	if len(steps) > 0 { // the first call, without steps, gives the browser its life
		ctx, cancel = context.WithTimeout(p.ctx, patience)
	}
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.fails(err)
	}
}

// fails ends the test with what the page shows.
func (p Person) fails(err error) {
	p.t.Helper()
	p.screenshot("failed")
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	shown, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText"))
	p.t.Fatalf("%v\nthe page shows:\n%s", err, shown)
}

// opens goes to a page and waits for an element of it.
func (p Person) opens(path, selector string) {
	p.t.Helper()
	p.does(chromedp.Navigate(baseURL+path), chromedp.WaitVisible(chromedp.CSS(selector)))
}

// types fills fields, given as selector and text in turn.
func (p Person) types(pairs ...string) {
	p.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		field := chromedp.CSS(pairs[i])
		empty := chromedp.Evaluate[chromedp.Void](`document.querySelector(` + quoted(pairs[i]) + `).value = ''`)
		p.does(chromedp.WaitVisible(field), empty, chromedp.SendKeys(field, pairs[i+1]))
	}
}

func (p Person) clicks(selector string) {
	p.t.Helper()
	p.does(chromedp.Click(chromedp.CSS(selector)))
}

// sees waits until the element shows the text.
func (p Person) sees(selector, text string) {
	p.t.Helper()
	p.until(`(() => { const e = document.querySelector(` + quoted(selector) + `);
		return !!e && e.checkVisibility() && (e.innerText ?? '').includes(` + quoted(text) + `) })()`)
}

// until waits for an expression of the page to be true; a page that is being left counts as not yet.
func (p Person) until(expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	ok := eventually(patience, func() bool {
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		return err == nil && holds
	})
	if !ok {
		p.fails(fmt.Errorf("never came true: %s", expression))
	}
}

// at waits until the browser is on the page, and its scripts have run.
func (p Person) at(path string) {
	p.t.Helper()
	p.until(`document.readyState === 'complete' && location.pathname === ` + quoted(path))
}

// cookies are those that the browser holds, by name.
func (p Person) cookies() map[string]network.Cookie {
	p.t.Helper()
	all, err := chromedp.CallBrowser(p.ctx, storage.GetCookies, storage.GetCookiesParams{})
	if err != nil {
		p.fails(err)
	}
	held := map[string]network.Cookie{}
	for _, c := range all.Cookies {
		held[c.Name] = *c
	}
	return held
}

// forgets drops a cookie, as the browser does when its time is over.
func (p Person) forgets(name string) {
	p.t.Helper()
	held, ok := p.cookies()[name]
	if !ok {
		p.t.Fatalf("there is no cookie %s to forget", name)
	}
	drop := network.DeleteCookiesParams{Name: name, Domain: held.Domain, Path: held.Path}
	if _, err := chromedp.Call(p.ctx, network.DeleteCookies, drop); err != nil {
		p.fails(err)
	}
}

// screenshot keeps a picture of the page in SCREENSHOTS, for eyes.
func (p Person) screenshot(name string) {
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		return
	}
	file := strings.ReplaceAll(p.t.Name(), "/", "-") + "-" + name + ".png"
	if err := os.WriteFile(filepath.Join(dir, file), png, 0o644); err != nil {
		p.t.Log(err)
	}
}

func quoted(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

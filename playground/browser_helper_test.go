//go:build browser

package playground

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser starts Chromium for a test and gives its context.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // root has none
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// serving is a playground of the test.
func serving(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(Handler())
	t.Cleanup(s.Close)
	return s
}

// tab is a page in the browser, at which a test looks and types.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu    sync.Mutex
	wrong []string // what the page logged as an error, or asked another host
}

// screen is how a page is shown.
type screen struct {
	width, height int64
	mobile        bool
	media         map[string]string // as in prefers-color-scheme: dark
}

var wide = screen{width: 1280, height: 900}

// open opens an address and waits for its first picture.
func open(t *testing.T, browser context.Context, address string, s screen) *tab {
	t.Helper()
	p := visit(t, browser, address, s)
	p.until(`document.body.dataset.ready === "true"`)
	return p
}

// visit opens an address. What goes wrong on the page until the test ends fails
// the test.
func visit(t *testing.T, browser context.Context, address string, s screen) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	p := &tab{t: t, ctx: ctx}
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p.check(chromedp.Listen(ctx, func(event any) { p.listen(at.Host, event) }))
	var features []*emulation.MediaFeature
	for name, value := range s.media {
		features = append(features, &emulation.MediaFeature{Name: name, Value: value})
	}
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
	p.check(err)
	var as []chromedp.EmulateViewportOption
	if s.mobile {
		as = append(as, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	p.do(chromedp.EmulateViewport(s.width, s.height, as...), chromedp.Navigate(address))
	t.Cleanup(p.noneWrong)
	return p
}

// listen notes what should not happen.
func (p *tab) listen(host string, event any) {
	note := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		note = "exception: " + e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			note += " " + x.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			note = fmt.Sprintf("console: %s %s", e.Type, e.Args[0].Value)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			note = fmt.Sprintf("log: %s %s", e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "data" && u.Scheme != "blob" && u.Host != host {
			note = "it asked " + e.Request.URL
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if note != "" {
		p.wrong = append(p.wrong, note)
	}
}

func (p *tab) noneWrong() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, note := range p.wrong {
		p.t.Error(note)
	}
}

func (p *tab) check(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 30*time.Second)
	defer stop()
	p.check(chromedp.Do(ctx, actions...))
}

// value computes an expression of JavaScript on the page.
func value[T any](p *tab, expression string) T {
	p.t.Helper()
	raw, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]byte](expression))
	p.check(err)
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		p.t.Fatalf("%s is %s: %v", expression, raw, err)
	}
	return v
}

// until waits for an expression to be true.
func (p *tab) until(expression string) {
	p.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if value[bool](p, "Boolean("+expression+")") {
			return
		}
	}
	p.shoot("failed-" + p.t.Name())
	p.t.Fatalf("it never came to be that %s; the page says %q", expression, p.text("notice")+p.text("status"))
}

// text is what an element shows.
func (p *tab) text(id string) string {
	p.t.Helper()
	return value[string](p, fmt.Sprintf("document.getElementById(%q).textContent", id))
}

// enter puts text into a field as typing does.
func (p *tab) enter(id, text string) {
	p.t.Helper()
	value[bool](p, fmt.Sprintf(`(() => {
		const field = document.getElementById(%q);
		field.focus();
		field.value = %q;
		field.dispatchEvent(new Event("input", {bubbles: true}));
		field.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`, id, text))
}

// shoot keeps a picture of the page for people to look at.
func (p *tab) shoot(name string) {
	p.t.Helper()
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	p.check(err)
	p.check(os.MkdirAll("screenshots", 0o755))
	p.check(os.WriteFile(filepath.Join("screenshots", strings.ReplaceAll(name, "/", "-")+".png"), picture, 0o644))
}

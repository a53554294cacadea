//go:build browser

// Package browser lets tests look at pages in Chromium and use them. It is there
// with the build tag browser only.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
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

// Start starts Chromium for a test and gives its context.
func Start(t *testing.T) context.Context {
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

// Tab is a page in the browser, at which a test looks and types. Whatever fails
// ends the test.
type Tab struct {
	T       *testing.T
	Context context.Context // of chromedp

	may   string // what the page may log
	mu    sync.Mutex
	wrong []string // what the page logged as an error, or asked another host
}

// Screen is how a page is shown.
type Screen struct {
	Width, Height int64 // in pixels
	Mobile        bool
	Media         map[string]string // as in prefers-color-scheme: dark
}

// Visit opens an address. What goes wrong on the page until the test ends fails
// the test, but for entries of its log that contain may, where that is not "".
func Visit(t *testing.T, browser context.Context, address string, s Screen, may string) *Tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	p := &Tab{T: t, Context: ctx, may: may}
	at, err := url.Parse(address)
	p.Check(err)
	p.Check(chromedp.Listen(ctx, func(event any) { p.listen(at.Host, event) }))
	var features []*emulation.MediaFeature
	for name, value := range s.Media {
		features = append(features, &emulation.MediaFeature{Name: name, Value: value})
	}
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
	p.Check(err)
	var as []chromedp.EmulateViewportOption
	if s.Mobile {
		as = append(as, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	p.Do(chromedp.EmulateViewport(s.Width, s.Height, as...), chromedp.Navigate(address))
	t.Cleanup(p.noneWrong)
	return p
}

// listen notes what should not happen.
func (p *Tab) listen(host string, event any) {
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
		bad := e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning
		if bad && (p.may == "" || !strings.Contains(e.Entry.Text, p.may)) {
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

func (p *Tab) noneWrong() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, note := range p.wrong {
		p.T.Error(note)
	}
}

// Check ends the test where there is an error.
func (p *Tab) Check(err error) {
	p.T.Helper()
	if err != nil {
		p.T.Fatal(err)
	}
}

// Do does something on the page, for 30 seconds at most.
func (p *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	p.T.Helper()
	ctx, stop := context.WithTimeout(p.Context, 30*time.Second)
	defer stop()
	p.Check(chromedp.Do(ctx, actions...))
}

// Value computes an expression of JavaScript on the page.
func Value[T any](p *Tab, expression string) T {
	p.T.Helper()
	raw, err := chromedp.Run(p.Context, chromedp.Evaluate[[]byte](expression))
	p.Check(err)
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		p.T.Fatalf("%s is %s: %v", expression, raw, err)
	}
	return v
}

// Until waits for an expression to be true, for 20 seconds at most.
func (p *Tab) Until(expression string) {
	p.T.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if Value[bool](p, "Boolean("+expression+")") {
			return
		}
	}
	p.Shoot("failed-" + p.T.Name())
	p.T.Fatalf("it never came to be that %s; the page says %q", expression, Value[string](p, "document.body.innerText"))
}

// Text is what an element shows.
func (p *Tab) Text(id string) string {
	p.T.Helper()
	return Value[string](p, fmt.Sprintf("document.getElementById(%q).textContent", id))
}

// Enter puts text into a field as typing does.
func (p *Tab) Enter(id, text string) {
	p.T.Helper()
	Value[bool](p, fmt.Sprintf(`(() => {
		const field = document.getElementById(%q);
		field.focus();
		field.value = %q;
		field.dispatchEvent(new Event("input", {bubbles: true}));
		field.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})()`, id, text))
}

// Shoot keeps a picture of the page in the folder screenshots, for people to
// look at.
func (p *Tab) Shoot(name string) {
	p.T.Helper()
	picture, err := chromedp.Run(p.Context, chromedp.CaptureScreenshot())
	p.Check(err)
	p.Check(os.MkdirAll("screenshots", 0o755))
	p.Check(os.WriteFile(filepath.Join("screenshots", strings.ReplaceAll(name, "/", "-")+".png"), picture, 0o644))
}

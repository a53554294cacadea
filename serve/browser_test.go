//go:build browser

package serve

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
	"github.com/chromedp/chromedp/kb"

	"github.com/descent-go/descent/online"
)

// browser starts Chromium for a test and gives its context.
func browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.DisableGPU, chromedp.Flag("disable-component-update", true))
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

// tab is a page in the browser, at which a test looks and types.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu    sync.Mutex
	wrong []string // what the page logged as an error, or asked another host
}

// visit opens an address. What goes wrong on the page until the test ends fails
// the test.
func visit(t *testing.T, browser context.Context, address string, width int64, scheme string) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	p := &tab{t: t, ctx: ctx}
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p.check(chromedp.Listen(ctx, func(event any) { p.listen(at.Host, event) }))
	_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia,
		emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	p.check(err)
	p.do(chromedp.EmulateViewport(width, 900), chromedp.Navigate(address))
	t.Cleanup(p.noneWrong)
	return p
}

// listen notes what should not happen. That a token is wanted is no mistake.
func (p *tab) listen(host string, event any) {
	note := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		note = "exception: " + e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "401") {
			note = fmt.Sprintf("log: %s %s", e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || u.Host != host {
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
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if value[bool](p, "Boolean("+expression+")") {
			return
		}
	}
	p.shoot("failed")
	p.t.Fatalf("it never came to be that %s; the page says %q", expression, value[string](p, "document.body.innerText"))
}

// shoot keeps a picture of the page for people to look at.
func (p *tab) shoot(name string) {
	p.t.Helper()
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	p.check(err)
	p.check(os.MkdirAll("screenshots", 0o755))
	p.check(os.WriteFile(filepath.Join("screenshots", name+".png"), picture, 0o644))
}

// busy serves a service that learns and predicts until the test ends.
func busy(t *testing.T, o Options) (*Service, string) {
	s := open(t, t.TempDir(), newLearner(t, online.Options{Names: true}), o)
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	c := &client{t: t, url: server.URL}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i += 20 {
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
				for _, path := range []string{"/learn", "/predict", "/predict"} {
					c.ask("POST", path, strings.NewReader(strings.Join(clicks(i, i+20), "")), "Content-Type", "text/plain", "Authorization", "Bearer "+o.Token)
				}
			}
		}
	}()
	t.Cleanup(func() { close(stop); <-stopped })
	return s, server.URL
}

const learned = `Number(document.getElementById("learned").textContent.replaceAll(",", ""))`

// The page shows what is learned while it is.
func TestPage(t *testing.T) {
	_, address := busy(t, Options{})
	b := browser(t)
	p := visit(t, b, address, 1280, "light")
	p.until(learned + " > 100")
	before := value[int](p, learned)
	p.until(fmt.Sprintf("%s > %d", learned, before))
	p.until(`document.querySelectorAll("#weights tr").length === 30`)
	if text := value[string](p, `document.getElementById("weights").textContent`); !strings.Contains(text, "ad^id") {
		t.Errorf("the weights are %s", text)
	}
	p.until(`document.querySelector("#loss-chart path.line-0").getAttribute("d").split("L").length > 4`)
	p.until(`Number(document.getElementById("recent-loss").textContent) > 0`)
	if text := value[string](p, `document.getElementById("about").textContent`); !strings.Contains(text, "ftrl, logistic loss, 2^12 weights") {
		t.Errorf("it says %q", text)
	}
	p.shoot("day")
	night := visit(t, b, address, 1280, "dark")
	night.until(learned + " > 100")
	night.until(`document.querySelector("#loss-chart path")`)
	night.shoot("night")
	phone := visit(t, b, address, 390, "dark")
	phone.until(learned + " > 100")
	phone.until(`document.querySelector("#loss-chart path")`)
	if wide := value[int](phone, "document.documentElement.scrollWidth"); wide > 390 {
		t.Errorf("on a phone it is %d wide", wide)
	}
	phone.shoot("phone")
}

// The keyboard reaches what can be pressed, and a pause holds.
func TestPause(t *testing.T) {
	_, address := busy(t, Options{})
	p := visit(t, browser(t), address, 1280, "light")
	p.until(learned + " > 0")
	p.do(chromedp.KeyEvent(kb.Tab))
	p.until(`document.activeElement.id === "pause"`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.getElementById("pause").getAttribute("aria-pressed") === "true"`)
	time.Sleep(time.Second) // for what was asked before
	before := value[int](p, learned)
	time.Sleep(2500 * time.Millisecond)
	if after := value[int](p, learned); after != before {
		t.Errorf("paused it went on from %d to %d", before, after)
	}
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(fmt.Sprintf("%s > %d", learned, before))
}

// The page asks for the token, and says so where it is another.
func TestPageToken(t *testing.T) {
	const token = "an-honest-token-of-tests"
	_, address := busy(t, Options{Token: token})
	p := visit(t, browser(t), address, 800, "light")
	p.until(`document.activeElement.id === "token"`)
	p.do(chromedp.KeyEvent("wrong"), chromedp.KeyEvent(kb.Enter))
	p.until(`document.getElementById("notice").textContent === "That is not the token."`)
	p.shoot("token")
	p.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("token").select()`), chromedp.KeyEvent(token), chromedp.KeyEvent(kb.Enter))
	p.until(learned + " > 0")
	p.until(`document.getElementById("token-form").hidden`)
}

// Names that are markup stay text.
func TestHostileNames(t *testing.T) {
	s := open(t, t.TempDir(), newLearner(t, online.Options{Names: true}), Options{})
	c := serving(t, s)
	c.vw("/learn", "1 |<img src=x onerror=alert(1)> <script>alert(2)</script>\n").want(t, 200)
	p := visit(t, browser(t), c.url, 800, "light")
	p.until(`document.getElementById("weights").textContent.includes("<script>")`)
	if n := value[int](p, `document.querySelectorAll("td img, td script").length`); n != 0 {
		t.Errorf("%d elements of names", n)
	}
}

//go:build browser

package serve

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/descent-go/descent/internal/browser"
	"github.com/descent-go/descent/online"
)

// screen is how a page is shown, by its width and day or night.
func screen(width int64, scheme string) browser.Screen {
	return browser.Screen{Width: width, Height: 900, Media: map[string]string{"prefers-color-scheme": scheme}}
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
	b := browser.Start(t)
	p := browser.Visit(t, b, address, screen(1280, "light"), "")
	p.Until(learned + " > 100")
	before := browser.Value[int](p, learned)
	p.Until(fmt.Sprintf("%s > %d", learned, before))
	p.Until(`document.querySelectorAll("#weights tr").length === 30`)
	if text := browser.Value[string](p, `document.getElementById("weights").textContent`); !strings.Contains(text, "ad^id") {
		t.Errorf("the weights are %s", text)
	}
	p.Until(`document.querySelector("#loss-chart path.line-0").getAttribute("d").split("L").length > 4`)
	p.Until(`Number(document.getElementById("recent-loss").textContent) > 0`)
	if text := browser.Value[string](p, `document.getElementById("about").textContent`); !strings.Contains(text, "ftrl, logistic loss, 2^12 weights") {
		t.Errorf("it says %q", text)
	}
	p.Shoot("day")
	night := browser.Visit(t, b, address, screen(1280, "dark"), "")
	night.Until(learned + " > 100")
	night.Until(`document.querySelector("#loss-chart path")`)
	night.Shoot("night")
	phone := browser.Visit(t, b, address, screen(390, "dark"), "")
	phone.Until(learned + " > 100")
	phone.Until(`document.querySelector("#loss-chart path")`)
	if wide := browser.Value[int](phone, "document.documentElement.scrollWidth"); wide > 390 {
		t.Errorf("on a phone it is %d wide", wide)
	}
	phone.Shoot("phone")
}

// The keyboard reaches what can be pressed, and a pause holds.
func TestPause(t *testing.T) {
	_, address := busy(t, Options{})
	p := browser.Visit(t, browser.Start(t), address, screen(1280, "light"), "")
	p.Until(learned + " > 0")
	p.Do(chromedp.KeyEvent(kb.Tab))
	p.Until(`document.activeElement.id === "pause"`)
	p.Do(chromedp.KeyEvent(kb.Enter))
	p.Until(`document.getElementById("pause").getAttribute("aria-pressed") === "true"`)
	time.Sleep(time.Second) // for what was asked before
	before := browser.Value[int](p, learned)
	time.Sleep(2500 * time.Millisecond)
	if after := browser.Value[int](p, learned); after != before {
		t.Errorf("paused it went on from %d to %d", before, after)
	}
	p.Do(chromedp.KeyEvent(kb.Enter))
	p.Until(fmt.Sprintf("%s > %d", learned, before))
}

// The page asks for the token, and says so where it is another.
func TestPageToken(t *testing.T) {
	const token = "an-honest-token-of-tests"
	_, address := busy(t, Options{Token: token})
	p := browser.Visit(t, browser.Start(t), address, screen(800, "light"), "401")
	p.Until(`document.activeElement.id === "token"`)
	p.Do(chromedp.KeyEvent("wrong"), chromedp.KeyEvent(kb.Enter))
	p.Until(`document.getElementById("notice").textContent === "That is not the token."`)
	p.Shoot("token")
	p.Do(chromedp.Evaluate[chromedp.Void](`document.getElementById("token").select()`), chromedp.KeyEvent(token), chromedp.KeyEvent(kb.Enter))
	p.Until(learned + " > 0")
	p.Until(`document.getElementById("token-form").hidden`)
}

// Names that are markup stay text.
func TestHostileNames(t *testing.T) {
	s := open(t, t.TempDir(), newLearner(t, online.Options{Names: true}), Options{})
	c := serving(t, s)
	c.vw("/learn", "1 |<img src=x onerror=alert(1)> <script>alert(2)</script>\n").want(t, 200)
	p := browser.Visit(t, browser.Start(t), c.url, screen(800, "light"), "")
	p.Until(`document.getElementById("weights").textContent.includes("<script>")`)
	if n := browser.Value[int](p, `document.querySelectorAll("td img, td script").length`); n != 0 {
		t.Errorf("%d elements of names", n)
	}
}

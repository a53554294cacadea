//go:build browser

package playground

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/descent-go/descent/internal/browser"
)

func TestNetwork(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, calm)
	p.Do(chromedp.Click("#view-network"))
	p.Until(`document.body.dataset.view === "network"`)
	p.Enter("net-data", "moons")
	p.Until(`document.getElementById("net-loss").textContent !== ""`)
	p.Do(chromedp.Click("#net-play"))
	p.Until(`parseFloat(document.getElementById("net-accuracy").textContent) > 95`)
	p.Do(chromedp.Click("#net-play"))
	p.Shoot("network")
	p.Do(chromedp.Click("#view-surface"))
	p.Until(`document.body.dataset.view === "surface"`)
}

// Who presses play while the network is in the making sees it play, also where
// another one is begun before the first is there.
func TestPlayInTheMaking(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, calm)
	p.Until(`document.querySelector("#rules option")`)
	p.Do(chromedp.Click(`[data-runner="3"] .choose`))
	p.Until(`document.querySelector('[data-hyper="beta1"]')`) // nothing else is asked
	browser.Value[bool](p, `(import("/library.js").then(({ client: { worker } }) => {
		worker.postMessage = (message) => (globalThis.kept = [...(globalThis.kept ?? []), message]);
		globalThis.release = () => {
			delete worker.postMessage;
			for (const message of kept) worker.postMessage(message);
		};
	}), true)`)
	p.Until(`globalThis.release`)
	p.Do(chromedp.Click("#view-network"))
	p.Enter("formula", "hyper lr = 0.02\nw = w - lr*g")
	time.Sleep(300 * time.Millisecond) // till the formula waits to be checked
	p.Do(chromedp.Click("#net-play"))
	if !browser.Value[bool](p, `document.getElementById("net-play").getAttribute("aria-pressed") === "true"`) {
		t.Error("the button does not show that it was pressed")
	}
	browser.Value[bool](p, `(release(), true)`)
	p.Until(`parseFloat(document.getElementById("net-count").textContent) > 600`) // it plays on by itself to 500
	p.Do(chromedp.Click("#net-play"))
	p.Until(`document.getElementById("net-play").getAttribute("aria-pressed") === "false"`)
}

// A learning rate is looked for with networks of its own; then the one that is
// shown begins anew with it and, where it played, plays on.
func TestTuneNetwork(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL+"/#view=network&learn=sgd@sgd~0:lr=0.0001", calm)
	p.Until(`document.getElementById("tune")`)
	p.Do(chromedp.Click("#net-play"))
	p.Until(`parseFloat(document.getElementById("net-count").textContent) > 20`)
	browser.Value[bool](p, `(() => {
		const count = document.getElementById("net-count");
		let before = 0;
		globalThis.others = 0;
		new MutationObserver(() => {
			const now = Number(count.textContent);
			if (now < before && descentPlayground.state().learner.hypers.lr === 0.0001) others++;
			before = now;
		}).observe(count, { childList: true });
		return true;
	})()`)
	p.Do(chromedp.Click("#tune"))
	p.Until(`descentPlayground.state().learner.hypers.lr > 0.05`)
	p.Until(`parseFloat(document.getElementById("net-accuracy").textContent) > 95`)
	if !browser.Value[bool](p, `document.getElementById("net-play").getAttribute("aria-pressed") === "true"`) {
		t.Error("it plays no more")
	}
	if n := browser.Value[int](p, "others"); n != 0 {
		t.Errorf("%d times another network is shown", n)
	}
}

func TestNarrow(t *testing.T) {
	for _, s := range []struct {
		name string
		browser.Screen
	}{
		{"phone", browser.Screen{Width: 390, Height: 844, Mobile: true, Media: calm.Media}},
		{"phone-dark", browser.Screen{Width: 390, Height: 844, Mobile: true, Media: map[string]string{"prefers-reduced-motion": "reduce", "prefers-color-scheme": "dark"}}},
	} {
		t.Run(s.name, func(t *testing.T) {
			p := open(t, browser.Start(t), serving(t).URL, s.Screen)
			if over := browser.Value[int](p, `document.documentElement.scrollWidth - 390`); over > 0 {
				t.Errorf("the page is %d px too wide", over)
			}
			p.Do(chromedp.Click("#step"))
			p.Shoot(s.name)
			browser.Value[bool](p, `(document.getElementById("editor").scrollIntoView(), true)`)
			p.Shoot(s.name + "-editor")
			p.Do(chromedp.Click("#view-network"))
			p.Until(`document.getElementById("net-loss").textContent !== ""`)
			browser.Value[bool](p, `(scrollTo(0, 0), true)`)
			p.Shoot(s.name + "-network")
			if over := browser.Value[int](p, `document.documentElement.scrollWidth - 390`); over > 0 {
				t.Errorf("the network's page is %d px too wide", over)
			}
		})
	}
}

func TestKeyboard(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, calm)
	p.Do(chromedp.KeyEvent(kb.Home), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	p.Until(`document.getElementById("canvas").dataset.step === "2"`)
	p.Do(chromedp.KeyEvent(" "))
	p.Until(`Number(document.getElementById("canvas").dataset.step) > 10`)
	p.Do(chromedp.KeyEvent(" "))
	at := browser.Value[string](p, `document.getElementById("canvas").dataset.start`)
	p.Do(chromedp.Focus("#start"), chromedp.KeyEvent(kb.ArrowLeft))
	p.Until(fmt.Sprintf(`document.getElementById("canvas").dataset.start !== %q`, at))
	p.Shoot("keyboard")
	// By Tab every control is reached, and shows that it is.
	reached := map[string]bool{}
	browser.Value[bool](p, `(document.activeElement.blur(), true)`)
	for range 60 {
		p.Do(chromedp.KeyEvent(kb.Tab))
		reached[browser.Value[string](p, `document.activeElement.id`)] = true
		if browser.Value[bool](p, `document.activeElement !== document.body && document.activeElement.matches("button") && getComputedStyle(document.activeElement).outlineStyle === "none"`) {
			t.Errorf("%s does not show that it has the focus", browser.Value[string](p, `document.activeElement.outerHTML`))
		}
	}
	for _, id := range []string{"view-surface", "share", "surface-select", "surface-text", "start", "play", "step", "scrub", "rule-select", "formula"} {
		if !reached[id] {
			t.Errorf("Tab does not reach #%s", id)
		}
	}
}

func TestDark(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, browser.Screen{Width: 1280, Height: 900, Media: map[string]string{"prefers-color-scheme": "dark"}})
	p.Until(`Number(document.getElementById("canvas").dataset.step) > 40`)
	p.Shoot("dark")
	bright := `getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)`
	if b := browser.Value[int](p, bright); b > 3*60 {
		t.Errorf("its background adds up to %d of 765", b)
	}
	p.Do(chromedp.Click("#view-network")) // which learns by itself
	p.Until(`parseFloat(document.getElementById("net-accuracy").textContent) > 95`)
	p.Shoot("dark-network")
}

// Once loaded, the page needs no server.
func TestOffline(t *testing.T) {
	s := serving(t)
	p := open(t, browser.Start(t), s.URL, calm)
	s.Close()
	p.Enter("formula", "hyper lr = 0.02\nw = w - lr*g")
	p.Until(`document.getElementById("formula-error").textContent.trim() === ""`)
	choose(p, "beale", "2.625")
	p.Do(chromedp.Click("#view-network"), chromedp.Click("#net-play"))
	p.Until(`parseFloat(document.getElementById("net-count").textContent.replace(/\D/g, "")) > 100`)
	p.Shoot("offline")
}

// Any web server will do, from any folder, also one that says of .gz files that
// they are compressed.
func TestFromAnyServer(t *testing.T) {
	files := http.StripPrefix("/docs/play/", http.FileServerFS(FS()))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/apache/") {
			r.URL.Path = strings.TrimPrefix(r.URL.Path, "/apache")
			if strings.HasSuffix(r.URL.Path, ".gz") {
				w.Header().Set("Content-Encoding", "gzip")
			}
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	b := browser.Start(t)
	for _, folder := range []string{"/docs/play/", "/apache/docs/play/"} {
		p := open(t, b, s.URL+folder, calm)
		if text := p.Text("notice"); text != "" {
			t.Errorf("at %s the page says %q", folder, text)
		}
	}
}

// How many pictures a second four paths get.
func TestPicturesASecond(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, wide)
	for browser.Value[int](p, `document.querySelectorAll("[data-runner]").length`) < 4 {
		p.Do(chromedp.Click("#add-runner"))
		time.Sleep(200 * time.Millisecond)
	}
	browser.Value[bool](p, `(document.getElementById("reset").click(), document.getElementById("play").click(), true)`)
	time.Sleep(500 * time.Millisecond)
	before := browser.Value[int](p, `descentPlayground.surface.player.frames`)
	begun := time.Now()
	time.Sleep(2 * time.Second)
	drawn := browser.Value[int](p, `descentPlayground.surface.player.frames`) - before
	t.Logf("%.1f pictures a second with four paths", float64(drawn)/time.Since(begun).Seconds())
	if drawn == 0 {
		t.Error("nothing is drawn")
	}
}

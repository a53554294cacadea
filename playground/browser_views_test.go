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
)

func TestNetwork(t *testing.T) {
	p := open(t, browser(t), serving(t).URL, calm)
	p.do(chromedp.Click("#view-network"))
	p.until(`document.body.dataset.view === "network"`)
	p.enter("net-data", "moons")
	p.until(`document.getElementById("net-loss").textContent !== ""`)
	p.do(chromedp.Click("#net-play"))
	p.until(`parseFloat(document.getElementById("net-accuracy").textContent) > 95`)
	p.do(chromedp.Click("#net-play"))
	p.shoot("network")
	p.do(chromedp.Click("#view-surface"))
	p.until(`document.body.dataset.view === "surface"`)
}

// Who presses play while the network is in the making sees it play, also where
// another one is begun before the first is there.
func TestPlayInTheMaking(t *testing.T) {
	p := open(t, browser(t), serving(t).URL, calm)
	p.until(`document.querySelector("#rules option")`)
	p.do(chromedp.Click(`[data-runner="3"] .choose`))
	p.until(`document.querySelector('[data-hyper="beta1"]')`) // nothing else is asked
	value[bool](p, `(import("/library.js").then(({ client: { worker } }) => {
		worker.postMessage = (message) => (globalThis.kept = [...(globalThis.kept ?? []), message]);
		globalThis.release = () => {
			delete worker.postMessage;
			for (const message of kept) worker.postMessage(message);
		};
	}), true)`)
	p.until(`globalThis.release`)
	p.do(chromedp.Click("#view-network"))
	p.enter("formula", "hyper lr = 0.02\nw = w - lr*g")
	time.Sleep(300 * time.Millisecond) // till the formula waits to be checked
	p.do(chromedp.Click("#net-play"))
	if !value[bool](p, `document.getElementById("net-play").getAttribute("aria-pressed") === "true"`) {
		t.Error("the button does not show that it was pressed")
	}
	value[bool](p, `(release(), true)`)
	p.until(`parseFloat(document.getElementById("net-count").textContent) > 600`) // it plays on by itself to 500
	p.do(chromedp.Click("#net-play"))
	p.until(`document.getElementById("net-play").getAttribute("aria-pressed") === "false"`)
}

// A learning rate is looked for with networks of its own; then the one that is
// shown begins anew with it and, where it played, plays on.
func TestTuneNetwork(t *testing.T) {
	p := open(t, browser(t), serving(t).URL+"/#view=network&learn=sgd@sgd~0:lr=0.0001", calm)
	p.until(`document.getElementById("tune")`)
	p.do(chromedp.Click("#net-play"))
	p.until(`parseFloat(document.getElementById("net-count").textContent) > 20`)
	value[bool](p, `(() => {
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
	p.do(chromedp.Click("#tune"))
	p.until(`descentPlayground.state().learner.hypers.lr > 0.05`)
	p.until(`parseFloat(document.getElementById("net-accuracy").textContent) > 95`)
	if !value[bool](p, `document.getElementById("net-play").getAttribute("aria-pressed") === "true"`) {
		t.Error("it plays no more")
	}
	if n := value[int](p, "others"); n != 0 {
		t.Errorf("%d times another network is shown", n)
	}
}

func TestNarrow(t *testing.T) {
	for _, s := range []struct {
		name string
		screen
	}{
		{"phone", screen{width: 390, height: 844, mobile: true, media: calm.media}},
		{"phone-dark", screen{width: 390, height: 844, mobile: true, media: map[string]string{"prefers-reduced-motion": "reduce", "prefers-color-scheme": "dark"}}},
	} {
		t.Run(s.name, func(t *testing.T) {
			p := open(t, browser(t), serving(t).URL, s.screen)
			if over := value[int](p, `document.documentElement.scrollWidth - 390`); over > 0 {
				t.Errorf("the page is %d px too wide", over)
			}
			p.do(chromedp.Click("#step"))
			p.shoot(s.name)
			value[bool](p, `(document.getElementById("editor").scrollIntoView(), true)`)
			p.shoot(s.name + "-editor")
			p.do(chromedp.Click("#view-network"))
			p.until(`document.getElementById("net-loss").textContent !== ""`)
			value[bool](p, `(scrollTo(0, 0), true)`)
			p.shoot(s.name + "-network")
			if over := value[int](p, `document.documentElement.scrollWidth - 390`); over > 0 {
				t.Errorf("the network's page is %d px too wide", over)
			}
		})
	}
}

func TestKeyboard(t *testing.T) {
	p := open(t, browser(t), serving(t).URL, calm)
	p.do(chromedp.KeyEvent(kb.Home), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	p.until(`document.getElementById("canvas").dataset.step === "2"`)
	p.do(chromedp.KeyEvent(" "))
	p.until(`Number(document.getElementById("canvas").dataset.step) > 10`)
	p.do(chromedp.KeyEvent(" "))
	at := value[string](p, `document.getElementById("canvas").dataset.start`)
	p.do(chromedp.Focus("#start"), chromedp.KeyEvent(kb.ArrowLeft))
	p.until(fmt.Sprintf(`document.getElementById("canvas").dataset.start !== %q`, at))
	p.shoot("keyboard")
	// By Tab every control is reached, and shows that it is.
	reached := map[string]bool{}
	value[bool](p, `(document.activeElement.blur(), true)`)
	for range 60 {
		p.do(chromedp.KeyEvent(kb.Tab))
		reached[value[string](p, `document.activeElement.id`)] = true
		if value[bool](p, `document.activeElement !== document.body && document.activeElement.matches("button") && getComputedStyle(document.activeElement).outlineStyle === "none"`) {
			t.Errorf("%s does not show that it has the focus", value[string](p, `document.activeElement.outerHTML`))
		}
	}
	for _, id := range []string{"view-surface", "share", "surface-select", "surface-text", "start", "play", "step", "scrub", "rule-select", "formula"} {
		if !reached[id] {
			t.Errorf("Tab does not reach #%s", id)
		}
	}
}

func TestDark(t *testing.T) {
	p := open(t, browser(t), serving(t).URL, screen{width: 1280, height: 900, media: map[string]string{"prefers-color-scheme": "dark"}})
	p.until(`Number(document.getElementById("canvas").dataset.step) > 40`)
	p.shoot("dark")
	bright := `getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)`
	if b := value[int](p, bright); b > 3*60 {
		t.Errorf("its background adds up to %d of 765", b)
	}
	p.do(chromedp.Click("#view-network")) // which learns by itself
	p.until(`parseFloat(document.getElementById("net-accuracy").textContent) > 95`)
	p.shoot("dark-network")
}

// Once loaded, the page needs no server.
func TestOffline(t *testing.T) {
	s := serving(t)
	p := open(t, browser(t), s.URL, calm)
	s.Close()
	p.enter("formula", "hyper lr = 0.02\nw = w - lr*g")
	p.until(`document.getElementById("formula-error").textContent.trim() === ""`)
	p.choose("beale", "2.625")
	p.do(chromedp.Click("#view-network"), chromedp.Click("#net-play"))
	p.until(`parseFloat(document.getElementById("net-count").textContent.replace(/\D/g, "")) > 100`)
	p.shoot("offline")
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
	b := browser(t)
	for _, folder := range []string{"/docs/play/", "/apache/docs/play/"} {
		p := open(t, b, s.URL+folder, calm)
		if text := p.text("notice"); text != "" {
			t.Errorf("at %s the page says %q", folder, text)
		}
	}
}

// How many pictures a second four paths get.
func TestPicturesASecond(t *testing.T) {
	p := open(t, browser(t), serving(t).URL, wide)
	for value[int](p, `document.querySelectorAll("[data-runner]").length`) < 4 {
		p.do(chromedp.Click("#add-runner"))
		time.Sleep(200 * time.Millisecond)
	}
	value[bool](p, `(document.getElementById("reset").click(), document.getElementById("play").click(), true)`)
	time.Sleep(500 * time.Millisecond)
	before := value[int](p, `descentPlayground.surface.player.frames`)
	begun := time.Now()
	time.Sleep(2 * time.Second)
	drawn := value[int](p, `descentPlayground.surface.player.frames`) - before
	t.Logf("%.1f pictures a second with four paths", float64(drawn)/time.Since(begun).Seconds())
	if drawn == 0 {
		t.Error("nothing is drawn")
	}
}

//go:build browser

package playground

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/descent-go/descent/internal/browser"
)

// Whatever an address says, it adds no elements and no scripts to the page.
func TestHostileAddress(t *testing.T) {
	const evil = "%3Cimg%20src=x%20onerror=alert(1)%3E%3Cscript%3Ealert(1)%3C/script%3E"
	b, s := browser.Start(t), serving(t)
	for name, hash := range map[string]string{
		"names":    "run=" + evil + "@" + evil + "~0:" + evil + "=1&chosen=0",
		"formula":  "run=a@sgd~0:;" + evil + "%0Ahyper%20" + evil + "%20=%201&learn=a@sgd~0:;" + evil,
		"choice":   "run=a@sgd~0:;hyper%20p%20=%20a%20%7Ba,%20" + evil + "%7D%0Aw%20=%20w%20-%20g",
		"settings": "view=" + evil + "&data=" + evil + "&steps=" + evil + "&speed=" + evil,
	} {
		p := open(t, b, s.URL+"/#"+hash, calm)
		p.Until(`document.querySelector("#rules option")`)
		if n := browser.Value[int](p, `document.querySelectorAll("img, main script, [onerror]").length`); n != 0 {
			t.Errorf("%s: %d elements of the address", name, n)
		}
	}
}

// A surface that is wrong in an address says so, and another can be chosen.
func TestWrongSurfaceInAddress(t *testing.T) {
	p := browser.Visit(t, browser.Start(t), serving(t).URL+"/#surface=%3Cb%3Ex%3C/b%3E", calm, "")
	p.Until(`document.getElementById("surface-error").textContent.includes("expected a number")`)
	if text := p.Text("surface-summary"); text != "" {
		t.Errorf("beside it stands %q", text)
	}
	choose(p, "beale", "2.625")
	p.Until(`document.body.dataset.ready === "true"`)
}

// A rule that there is not says so, and the editor shows nothing of another.
func TestUnknownRuleInAddress(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL+"/#run=adam@adam~0:lr=0.1&run=mine@nosuch~1:&chosen=1", calm)
	p.Until(`document.getElementById("formula-error").textContent.includes("nosuch")`)
	p.Do(chromedp.Click(`[data-runner="0"] .choose`))
	p.Until(`document.querySelector('[data-hyper="beta1"]')`)
	p.Do(chromedp.Click(`[data-runner="1"] .choose`))
	p.Until(`document.getElementById("formula-error").textContent.includes("nosuch")`)
	if n := browser.Value[int](p, `document.querySelectorAll("[data-hyper], #formula-math math").length`); n != 0 || browser.Value[string](p, `document.getElementById("formula").value`) != "" {
		t.Errorf("the editor shows %d things of adam", n)
	}
	p.Shoot("unknown-rule")
}

// Hyperparameters that a rule has not are left out.
func TestUnknownHyperInAddress(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL+"/#run=adam@adam~0:lr=0.1,nosuch=3&chosen=0", calm)
	p.Until(`!document.querySelector('[data-runner="0"]').textContent.includes("mistake")`)
	p.Until(`!("nosuch" in descentPlayground.state().runners[0].hypers)`)
}

// Where a surface has no value no path begins: the page says why.
func TestStartWithoutValue(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL+"/#surface=log(x%2B9)%2By%5E2&start=-10,0", calm)
	p.Until(`document.getElementById("status").textContent.includes("start elsewhere")`)
	p.Do(chromedp.Click("#start-reset"))
	p.Until(`!document.getElementById("runners").textContent.includes("mistake")`)
	if !browser.Value[bool](p, `document.getElementById("start-reset").hidden && descentPlayground.state().start === null`) {
		t.Error("the start is not that of the surface")
	}
}

// A very long address is refused by the library, not by a page that hangs.
func TestLongAddress(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL+"/#run=a@sgd~0:;"+strings.Repeat("w%20=%20w-g%0A", 30_000), calm)
	p.Until(`document.getElementById("formula-error").textContent.includes("characters are too many")`)
}

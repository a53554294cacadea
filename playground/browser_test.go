//go:build browser

package playground

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/descent-go/descent/internal/browser"
)

// calm pages do not play by themselves.
var calm = browser.Screen{Width: 1280, Height: 900, Media: map[string]string{"prefers-reduced-motion": "reduce"}}

// shown is the step that is shown.
func shown(p *browser.Tab) int {
	p.T.Helper()
	return browser.Value[int](p, `Number(document.getElementById("canvas").dataset.step)`)
}

// start is where the paths begin.
func start(p *browser.Tab) (x, y float64) {
	p.T.Helper()
	text := browser.Value[string](p, `document.getElementById("canvas").dataset.start`)
	if _, err := fmt.Sscanf(text, "%g,%g", &x, &y); err != nil {
		p.T.Fatalf("the start is %q: %v", text, err)
	}
	return x, y
}

// choose chooses a surface whose formula has a part.
func choose(p *browser.Tab, name, part string) {
	p.T.Helper()
	p.Until(fmt.Sprintf(`document.querySelector("#surface-select option[value=%s]")`, name))
	p.Enter("surface-select", name)
	p.Until(fmt.Sprintf(`document.getElementById("surface-text").value.includes(%q)`, part))
}

func TestFirstPicture(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, wide)
	t.Logf("the first picture took %.0f ms", browser.Value[float64](p, "performance.now()"))
	if n := browser.Value[int](p, `document.querySelectorAll("[data-runner]").length`); n < 3 {
		t.Errorf("%d rules race", n)
	}
	p.Until(`Number(document.getElementById("canvas").dataset.step) > 20`) // it plays by itself
	p.Shoot("surface")
}

func TestFormula(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, calm)
	p.Enter("formula", "hyper lr = 0.05, push = 0.9 [0,1)\nstate v\n\nv = push*v + g\nw = w - lr*vv")
	p.Until(`document.getElementById("formula-error").textContent.includes("unknown name vv")`)
	if text := p.Text("formula-error"); !strings.Contains(text, "did you mean v") {
		t.Errorf("the mistake is %q", text)
	}
	p.Shoot("mistake")
	p.Enter("formula", "hyper lr = 0.05, push = 0.9 [0,1)\nstate v\n\nv = push*v + g\nw = w - lr*v")
	p.Until(`document.querySelector('#hypers input[type=range][data-hyper="push"]')`)
	if text := p.Text("formula-error"); strings.TrimSpace(text) != "" {
		t.Errorf("mended, it says %q", text)
	}
	if math := browser.Value[string](p, `document.querySelector("#formula-math math").textContent`); !strings.Contains(math, "v") {
		t.Errorf("the mathematics is %q", math)
	}
	p.Until(`![...document.querySelectorAll("[data-runner]")].some(r => r.textContent.includes("mistake"))`)
	p.Shoot("mended")
}

// A runner keeps its name and settings over an edit that is undone.
func TestUndo(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, calm)
	p.Do(chromedp.Click(`[data-runner="1"] .choose`))
	p.Until(`document.querySelector('[data-hyper="momentum"]')`)
	before := browser.Value[any](p, `descentPlayground.state().runners[1]`)
	for range 2 {
		p.Enter("formula", "hyper lr = 0.02\nw = w - lr*g")
		p.Until(`!document.querySelector('[data-hyper="momentum"]')`)
		if name := browser.Value[string](p, `descentPlayground.state().runners[1].name`); name != "momentum (edited)" {
			t.Errorf("edited it is called %s", name)
		}
		p.Do(chromedp.Click("#restore"))
		p.Until(`document.querySelector('[data-hyper="momentum"]')`)
	}
	if after := browser.Value[any](p, `descentPlayground.state().runners[1]`); !reflect.DeepEqual(before, after) {
		t.Errorf("it was %v, is %v", before, after)
	}
}

// A formula that is too large gives a message, and the page goes on.
func TestHugeFormula(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, calm)
	for text, part := range map[string]string{
		"w = w - " + strings.Repeat("(", 900) + "g" + strings.Repeat(")", 900): "nests more than",
		"w = w - g\n" + strings.Repeat("# much to say\n", 400):                 "characters are too many",
		strings.Repeat("a = grad(w + w)\n", 200) + "w = w - a":                 "gradients in a step are too many",
		"w = w - g" + strings.Repeat("^w", 300):                                "more than",
	} {
		p.Enter("formula", text)
		p.Until(fmt.Sprintf(`document.getElementById("formula-error").textContent.includes(%q)`, part))
	}
	p.Enter("formula", "w = w - 0.001*g")
	p.Until(`document.getElementById("formula-error").textContent.trim() === ""`)
}

func TestSliderMovesThePath(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, calm)
	p.Until(`document.querySelector('#hypers input[type=range][data-hyper="lr"]')`)
	path := `JSON.stringify([...document.querySelectorAll("[data-runner]")].map(r => r.textContent))`
	before := browser.Value[string](p, path)
	browser.Value[bool](p, `(() => {
		const slider = document.querySelector('#hypers input[type=range][data-hyper="lr"]');
		slider.value = slider.min;
		slider.dispatchEvent(new Event("input", {bubbles: true}));
		return true;
	})()`)
	p.Until(path + " !== " + fmt.Sprintf("%q", before))
}

func TestSurface(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, calm)
	choose(p, "himmelblau", "11")
	p.Enter("surface-text", "x^2 + 10*yy")
	p.Until(`document.getElementById("surface-error").textContent.includes("unknown name yy")`)
	p.Shoot("surface-mistake")
	p.Enter("surface-text", "x^2 + 10*y^2 + sin(5*x)")
	p.Until(`descentPlayground.state().surface === "x^2 + 10*y^2 + sin(5*x)"`)
	p.Until(`document.getElementById("surface-error").textContent.trim() === ""`)
	time.Sleep(time.Second) // to be drawn
	p.Shoot("own-surface")
}

func TestDrag(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, calm)
	type place struct{ X, Y float64 }
	middle := func(id string) place {
		return browser.Value[place](p, fmt.Sprintf(`(() => { const r = document.getElementById(%q).getBoundingClientRect(); return {X: r.x + r.width/2, Y: r.y + r.height/2} })()`, id))
	}
	x0, y0 := start(p)
	from, to := middle("start"), middle("canvas")
	p.Do(chromedp.DragAndDropXY(from.X, from.Y, to.X, to.Y, 8))
	p.Until(fmt.Sprintf(`document.getElementById("canvas").dataset.start !== "%v,%v"`, x0, y0))
	p.Shoot("dragged")
	x1, y1 := start(p)
	if at := middle("start"); math.Hypot(at.X-to.X, at.Y-to.Y) > 3 {
		t.Errorf("dragged to %v it is at %v", to, at)
	}
	if x1 == x0 && y1 == y0 {
		t.Errorf("the start stays at %v, %v", x0, y0)
	}
}

// On a phone a finger drags the start.
func TestTouch(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, browser.Screen{Width: 390, Height: 844, Mobile: true, Media: calm.Media})
	type place struct{ X, Y float64 }
	at := browser.Value[place](p, `(() => { const r = document.getElementById("start").getBoundingClientRect(); return {X: r.x + r.width/2, Y: r.y + r.height/2} })()`)
	x0, y0 := start(p)
	touch := func(kind input.DispatchTouchEventType, x, y float64) {
		var points []*input.TouchPoint
		if kind != input.DispatchTouchEventTypeTouchEnd {
			points = append(points, &input.TouchPoint{X: x, Y: y})
		}
		_, err := chromedp.Call(p.Context, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
		p.Check(err)
	}
	touch(input.DispatchTouchEventTypeTouchStart, at.X, at.Y)
	for i := range 5 {
		touch(input.DispatchTouchEventTypeTouchMove, at.X+10*float64(i), at.Y+8*float64(i))
	}
	touch(input.DispatchTouchEventTypeTouchEnd, 0, 0)
	// The last move has arrived: 40 pixels to the right.
	p.Until(fmt.Sprintf(`Math.abs(parseFloat(document.getElementById("canvas").dataset.start) - %v - 40/descentPlayground.surface.plane.scale) < 0.02`, x0))
	if x, y := start(p); x <= x0 || y >= y0 {
		t.Errorf("dragged right and down it moves from %v, %v to %v, %v", x0, y0, x, y)
	}
	p.Shoot("touched")
	// A tap on a path tells its numbers and leaves the start.
	x0, y0 = start(p)
	p.Until(fmt.Sprintf(`Math.abs(descentPlayground.surface.race.paths[2].x[0] - %v) < 1e-6`, x0))
	at = browser.Value[place](p, `(() => {
		const { left, top } = document.getElementById("canvas").getBoundingClientRect();
		const { race, plane, player } = descentPlayground.surface;
		const path = race.paths[2], k = Math.min(player.last, path.x.length - 1);
		return {X: left + plane.px(path.x[k]), Y: top + plane.py(path.y[k])};
	})()`)
	touch(input.DispatchTouchEventTypeTouchStart, at.X, at.Y)
	touch(input.DispatchTouchEventTypeTouchEnd, 0, 0)
	p.Until(`!document.getElementById("hover").hidden && document.getElementById("hover").textContent.includes("gradient")`)
	if x, y := start(p); x != x0 || y != y0 {
		t.Errorf("a tap on a path moves the start to %v, %v", x, y)
	}
	p.Shoot("tapped")
	p.Do(chromedp.Click("#start-reset"))
	p.Until(`descentPlayground.state().start === null`)
}

func TestPlay(t *testing.T) {
	p := open(t, browser.Start(t), serving(t).URL, calm)
	p.Do(chromedp.Click("#reset"), chromedp.Click("#step"), chromedp.Click("#step"), chromedp.Click("#back"))
	p.Until(`document.getElementById("canvas").dataset.step === "1"`)
	p.Do(chromedp.Click("#play"))
	p.Until(`Number(document.getElementById("canvas").dataset.step) > 10`)
	p.Do(chromedp.Click("#play"))
	at := shown(p)
	time.Sleep(300 * time.Millisecond)
	if now := shown(p); now != at {
		t.Errorf("paused at step %d it goes on to %d", at, now)
	}
	p.Shoot("played")
}

// What one sees, a link shows another.
func TestShare(t *testing.T) {
	b, s := browser.Start(t), serving(t)
	p := open(t, b, s.URL, calm)
	choose(p, "himmelblau", "11")
	p.Enter("formula", "hyper lr = 0.02\nw = w - lr*g/(1 + abs(g))")
	p.Until(`document.querySelector('#hypers input[data-hyper-value="lr"]').value === "0.02"`) // the new default counts
	p.Do(chromedp.Focus("#start"), chromedp.KeyEvent(kb.ArrowRight+kb.ArrowUp))
	p.Do(chromedp.Click("#share"))
	p.Until(`document.getElementById("status").textContent.trim() !== ""`)
	link := browser.Value[string](p, "location.href")
	p.Shoot("shared")
	other := open(t, b, link, calm)
	other.Until(`document.getElementById("formula-math").querySelector("math")`)
	other.Shoot("shared-seen")
	if a, b := browser.Value[any](p, "descentPlayground.state()"), browser.Value[any](other, "descentPlayground.state()"); !reflect.DeepEqual(a, b) {
		t.Errorf("the state is %v, by the link %v", a, b)
	}
	for _, seen := range []string{
		`document.getElementById("formula").value`, `document.getElementById("surface-text").value`,
		`document.getElementById("canvas").dataset.start`, `document.getElementById("canvas").toDataURL()`,
	} {
		if a, b := browser.Value[string](p, seen), browser.Value[string](other, seen); a != b {
			t.Errorf("%s is %.200s, by the link %.200s", seen, a, b)
		}
	}
}

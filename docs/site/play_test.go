package site_test

import (
	"encoding/json"
	"io/fs"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dop251/goja"
	"golang.org/x/net/html"

	"github.com/descent-go/descent/docs"
	"github.com/descent-go/descent/docs/site"
	"github.com/descent-go/descent/playground"
	"github.com/descent-go/descent/playground/lab"
)

// state is what the playground reads from an address.
type state struct {
	View, Surface string
	Start         *[2]float64
	Steps         int
	Runners       []struct {
		Name, Rule string
		Text       *string
		Hypers     map[string]float64
	}
}

// reader gives the playground's own reader of addresses.
func reader(t *testing.T) func(hash string) state {
	t.Helper()
	text, err := fs.ReadFile(playground.FS(), "state.js")
	if err != nil {
		t.Fatal(err)
	}
	vm := goja.New()
	if _, err := vm.RunString(regexp.MustCompile(`(?m)^export `).ReplaceAllString(string(text), "")); err != nil {
		t.Fatal(err)
	}
	return func(hash string) (s state) {
		vm.Set("hash", hash)
		answer, err := vm.RunString("JSON.stringify(fromHash(hash))")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(answer.String()), &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// The page of a rule opens the playground with the rule, and there it arrives:
// the playground's own code reads the address and makes the paths.
func TestPlayground(t *testing.T) {
	made, err := site.Build(docs.FS, fstest.MapFS{"index.html": {}})
	if err != nil {
		t.Fatal(err)
	}
	read, found := reader(t), 0
	for file, text := range made {
		m := regexp.MustCompile(`<a class="try" href="([^"]*)">`).FindSubmatch(text)
		if m == nil {
			continue
		}
		found++
		address := html.UnescapeString(string(m[1]))
		rest, ok := strings.CutPrefix(address, "../playground/#")
		if _, err := url.Parse(address); err != nil || !ok {
			t.Errorf("%s leads to %s", file, address)
		}
		checkRun(t, file, read(rest), strings.Count(rest, "run="))
	}
	if found != 18 {
		t.Errorf("%d pages open the playground, expected 18", found)
	}
}

func checkRun(t *testing.T, file string, s state, runs int) {
	t.Helper()
	if s.View != "surface" || len(s.Runners) != runs || s.Steps != 100 {
		t.Errorf("%s: read as %+v", file, s)
	}
	request := lab.RaceRequest{Surface: s.Surface, Start: s.Start, Steps: s.Steps, Seed: 1}
	for _, r := range s.Runners {
		request.Runners = append(request.Runners, lab.Runner{Rule: r.Rule, Hypers: r.Hypers})
	}
	asked, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Error   json.RawMessage
		Runners []struct {
			Error    json.RawMessage
			Diverged bool
			Loss     []float64
		}
	}
	if err := json.Unmarshal(new(lab.Lab).Call("race", asked), &answer); err != nil || answer.Error != nil {
		t.Fatalf("%s: %v, %s", file, err, answer.Error)
	}
	for i, r := range answer.Runners {
		if r.Error != nil || r.Diverged || len(r.Loss) != 101 || r.Loss[100] > r.Loss[0]/4 {
			t.Errorf("%s: %s gives %s, %v", file, s.Runners[i].Name, r.Error, r.Loss)
		}
	}
}

package lab

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/descent-go/descent/formula"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/surface"
)

func TestStartListsAll(t *testing.T) {
	s := ask[Start](t, new(Lab), "start", "{}")
	if len(s.Rules) != len(optim.Names()) || len(s.Surfaces) != len(surface.Names()) || s.Limits != limits {
		t.Errorf("%d rules, %d surfaces, limits %v", len(s.Rules), len(s.Surfaces), s.Limits)
	}
	is := map[string]Listed{}
	for _, r := range s.Rules {
		is[r.Name] = r
		if r.Summary == "" {
			t.Errorf("%s has no summary", r.Name)
		}
	}
	if !is["sam"].Link || !is["soap"].Stepper || !is["nag"].NeedsFunc || is["adam"].Link || is["adam"].Stepper || is["adam"].NeedsFunc {
		t.Errorf("sam %+v, soap %+v, nag %+v, adam %+v", is["sam"], is["soap"], is["nag"], is["adam"])
	}
}

func TestRule(t *testing.T) {
	l := new(Lab)
	adam := ask[Rule](t, l, "rule", `{"rule": "adam"}`)
	if !strings.HasPrefix(adam.MathML, "<math") || !strings.Contains(adam.LaTeX, `\beta_1`) || len(adam.Hypers) != 5 || len(adam.States) != 2 {
		t.Errorf("adam: %+v", adam)
	}
	again := ask[Rule](t, l, "rule", encoded(t, RuleRequest{Text: adam.Text}))
	if again.MathML != adam.MathML || again.Name != typedName {
		t.Errorf("adam's text is not adam: %+v", again)
	}
	for _, c := range []struct {
		request, hyper    string
		link, text, maths bool
	}{
		{`{"rule": "lookahead"}`, "lookahead.k", true, true, true},
		{`{"rule": "clip-norm+adam"}`, "clip-norm.limit", false, false, true},
		{`{"rule": "lbfgs"}`, "lr", false, false, false},
		{`{"rule": "clip-norm+soap"}`, "clip-norm.limit", false, false, false},
	} {
		r := ask[Rule](t, l, "rule", c.request)
		found := false
		for _, h := range r.Hypers {
			found = found || h.Name == c.hyper
		}
		if !found || r.Link != c.link || (r.Text != "") != c.text || (r.MathML != "") != c.maths {
			t.Errorf("%s: %+v", c.request, r)
		}
	}
	if r := ask[Rule](t, l, "rule", `{"text": "state row r = 2\nscalar s\nglobal scalar d\nw = w - g*normal()"}`); !r.Random ||
		r.States[0] != (State{"r", "row", "2"}) || r.States[1] != (State{"s", "parameter", "0"}) || r.States[2] != (State{"d", "optimizer", "0"}) {
		t.Errorf("states: %+v", r)
	}
}

// Every rule can be shown and run, links by themselves too.
func TestEveryRule(t *testing.T) {
	for _, name := range optim.Names() {
		r := ask[Rule](t, new(Lab), "rule", encoded(t, RuleRequest{Rule: name}))
		if stepper := name == "lbfgs" || name == "soap" || name == "muon"; (r.MathML == "") != stepper || (r.Text == "") != stepper {
			t.Errorf("%s: %+v", name, r)
		}
		p := pathsOf(t, encoded(t, RaceRequest{Surface: "quadratic", Steps: 2, Runners: []Runner{{Rule: name}}}))[0]
		if len(p.X) != 3 {
			t.Errorf("%s makes %d steps", name, len(p.X)-1)
		}
	}
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestMistakesHavePlaces(t *testing.T) {
	for _, c := range []struct {
		name, request string
		want          Fault
	}{
		{"rule", `{"text": "hyper lr = 0.1\nw = w - lr*grad1"}`,
			Fault{"unknown name grad1", "text", "", 2, 12, 5, "w = w - lr*grad1"}},
		{"rule", `{"text": "w = w - "}`, Fault{"", "text", "", 1, 9, 1, "w = w -"}},
		{"rule", `{"text": "ä = 1"}`, Fault{"", "text", "", 1, 1, 1, "ä = 1"}},
		{"surface", `{"surface": "x^2 + zeta"}`, Fault{"unknown name zeta", "surface", "", 1, 7, 4, "x^2 + zeta"}},
		{"race", `{"surface": "x +", "steps": 1}`, Fault{"", "surface", "", 1, 4, 1, "x +"}},
		{"surface", `{"surface": "rosenbrok"}`, Fault{"did you mean rosenbrock", "surface", "", 0, 0, 0, ""}},
		{"rule", `{"rule": "adm"}`, Fault{"did you mean adam", "rule", "", 0, 0, 0, ""}},
		{"rule", `{}`, Fault{"expected either", "text", "", 0, 0, 0, ""}},
		{"rule", `{"rule": "adam", "text": "w = w - g"}`, Fault{"expected either", "text", "", 0, 0, 0, ""}},
		{"rule", `{"ruel": "adam"}`, Fault{`unknown field "ruel"`, "request", "", 0, 0, 0, ""}},
		{"rule", `{"rule": "adam"} {}`, Fault{"something follows", "request", "", 0, 0, 0, ""}},
		{"rule", `{`, Fault{"cannot read", "request", "", 0, 0, 0, ""}},
		{"rulez", `{}`, Fault{`unknown request "rulez"`, "request", "", 0, 0, 0, ""}},
	} {
		got := *refused(t, new(Lab), c.name, c.request)
		message := got.Message
		got.Message = c.want.Message
		if got != c.want || !strings.Contains(message, c.want.Message) || strings.Contains(message, "surface:") {
			t.Errorf("%s %s: %q at %+v, expected %+v", c.name, c.request, message, got, c.want)
		}
	}
}

// Every suggested slider stays within the legal range and reaches the default.
func TestSliders(t *testing.T) {
	for _, name := range optim.Names() {
		rule, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := rule.Info()
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range info.Hypers {
			checkSlider(t, name, h)
		}
	}
	p, err := formula.Parse("wide", `hyper a = inf (0,inf], b = -2, c = 0.25 (-1,1), d = 7 [2,8), e = 0.99999 [0,1)
		hyper lr = 0.01, wd = 0 [0,inf), k = 5 [1,inf), rate = 0.5 [0,1], how = one {one, two}
		w = w - a*b*c*d*e*g*lr*wd*k*rate*how`)
	if err != nil {
		t.Fatal(err)
	}
	scales := map[string]string{"a": "log", "b": "linear", "c": "log", "d": "log", "e": "oneminus", "lr": "log", "wd": "log0", "k": "log", "rate": "linear", "how": "choice"}
	for _, h := range p.Hypers {
		checkSlider(t, "wide", h)
		if got := newHyper(h).Scale; got != scales[h.Name] {
			t.Errorf("%s has a scale of kind %s, expected %s", h.Name, got, scales[h.Name])
		}
	}
}

func checkSlider(t *testing.T, rule string, h formula.Hyper) {
	t.Helper()
	s := newHyper(h)
	for _, end := range []Number{s.Min, s.Max} {
		if err := h.Check(float64(end)); err != nil {
			t.Errorf("%s: the slider's end: %v", rule, err)
		}
	}
	reached := s.Min <= s.Default && s.Default <= s.Max || s.Scale == "log0" && s.Default == 0 || s.DefaultText == "inf"
	places := s.Scale != "log" && s.Scale != "log0" || s.Min > 0
	if !reached || !places || s.Min >= s.Max || s.Scale == "oneminus" && s.Max >= 1 {
		t.Errorf("%s: %s = %v has a slider of %+v", rule, h.Name, h.Default, s.Slider)
	}
}

package lab

import (
	"encoding/json"
	"testing"
)

// FuzzCall sends requests that a page would not: whatever comes, a reply is an
// object, and nothing panics.
func FuzzCall(f *testing.F) {
	f.Add("start", `{}`)
	f.Add("rule", `{"rule": "clip-norm+adam"}`)
	f.Add("surface", `{"surface": "x^2 + where(x < y, 1, max(x, y))"}`)
	f.Add("grid", `{"surface": "x/y", "nx": 9, "ny": 7, "window": [-1, 1, 0, 1e300]}`)
	f.Add("race", `{"surface": "noisy", "steps": 5, "seed": 7, "start": [1, 2], "runners": [{"rule": "sam"}, {"text": "w = w - g", "hypers": {"lr": 1}}]}`)
	f.Add("tune", `{"surface": "exp(x)", "steps": 5, "runner": {"rule": "soap"}}`)
	f.Add("net", `{"data": "moons", "points": 9, "hidden": 3, "batch": 2, "runner": {"rule": "lbfgs"}}`)
	f.Add("netStep", `{"steps": 3, "grid": 4}`)
	f.Add("netSet", `{"hypers": {"lr": 1e300}}`)
	f.Fuzz(func(t *testing.T, name, request string) {
		l := new(Lab)
		l.answer("net", []byte(`{"data": "circles", "points": 4, "hidden": 2, "runner": {"rule": "adam"}}`))
		checkReply(t, l.answer(name, []byte(request)))
	})
}

// FuzzText types a text where formulas and functions go.
func FuzzText(f *testing.F) {
	f.Add("hyper lr = 0.1 (0,1], p = a {a, b}\nstate m, v = 1\nm = m + g^2\nw = w - lr*m/where(p == b, 2, norm(v))")
	f.Add("state row r\nglobal scalar d = 1\nd = all.norm(g)\nr = row.max(g)\nw = w - grad(w - r)*d + normal()\neval x = 2*w")
	f.Add("exp(-x^2) + sin(3*y)/x")
	f.Fuzz(func(t *testing.T, text string) {
		encode := func(v any) []byte {
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		l := new(Lab)
		checkReply(t, l.answer("rule", encode(RuleRequest{Text: text})))
		checkReply(t, l.answer("grid", encode(GridRequest{Surface: text, NX: 3, NY: 3})))
		checkReply(t, l.answer("race", encode(RaceRequest{Surface: text, Steps: 3, Runners: []Runner{{Rule: "adam"}}})))
		checkReply(t, l.answer("race", encode(RaceRequest{Surface: "quadratic", Steps: 3, Runners: []Runner{{Text: text}}})))
		checkReply(t, l.answer("net", encode(NetRequest{Data: "moons", Points: 4, Hidden: 2, Runner: Runner{Text: text}})))
		checkReply(t, l.answer("netStep", encode(NetStepRequest{Steps: 3, Grid: 4})))
	})
}

func checkReply(t *testing.T, reply []byte) {
	t.Helper()
	var object map[string]json.RawMessage
	if err := json.Unmarshal(reply, &object); err != nil || object == nil {
		t.Fatalf("the reply %.200s is no object: %v", reply, err)
	}
	if fault, failed := object["error"]; failed {
		var f Fault
		if err := json.Unmarshal(fault, &f); err != nil || f.Message == "" || f.Field == "" || len(object) != 1 {
			t.Fatalf("a failure without a message: %s", reply)
		}
	}
}

package online

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/descent-go/descent/optim"
)

// A learner that was saved and loaded goes on bit for bit, and its file is the
// same again.
func TestSaveLoad(t *testing.T) {
	for name, make := range kinds(t) {
		one := make()
		stream(one, 1, 300, func(x *Example) { one.Learn(x) })
		one.Pass()
		one.Note = map[string]string{"who": name}
		first := saved(t, one)
		two, err := Load(bytes.NewReader(first))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(first, saved(t, two)) {
			t.Errorf("%s: what was loaded is saved as another file", name)
		}
		var ps []Prediction
		stream(one, 2, 300, func(x *Example) { ps = append(ps, one.Learn(x)) })
		i := 0
		stream(two, 2, 300, func(x *Example) {
			if p := two.Learn(x); p.Value != ps[i].Value || p.Raw != ps[i].Raw || p.Loss != ps[i].Loss {
				t.Fatalf("%s: example %d after loading: %v, without %v", name, i, p, ps[i])
			}
			i++
		})
		if !bytes.Equal(saved(t, one), saved(t, two)) {
			t.Errorf("%s: a learner that was loaded learned something else", name)
		}
	}
}

func saved(t *testing.T, l *Learner) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := l.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// So does every rule, whatever its hyperparameters and states are.
func TestSaveLoadRules(t *testing.T) {
	ran := 0
	for _, name := range optim.Names() {
		rule, err := optim.Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		one, err := New(rule, Options{Bits: 6})
		if err != nil {
			continue // no formula for each weight by itself
		}
		ran++
		stream(one, 1, 50, func(x *Example) { one.Learn(x) })
		two, err := Load(bytes.NewReader(saved(t, one)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		stream(one, 2, 50, func(x *Example) { one.Learn(x) })
		stream(two, 2, 50, func(x *Example) { two.Learn(x) })
		if !bytes.Equal(saved(t, one), saved(t, two)) {
			t.Errorf("%s: a learner that was loaded learned something else", name)
		}
	}
	if ran < 20 {
		t.Errorf("only %d rules learn", ran)
	}
}

// A weight of -0 and a name that is no UTF-8 come back as they were.
func TestSaveBytes(t *testing.T) {
	one, err := New(DefaultVW(), Options{Bits: 6, Names: true})
	if err != nil {
		t.Fatal(err)
	}
	const name = "a^caf\xe9 \u00e9"
	one.Learn(&Example{Label: 1, Weight: 1, Hashes: []uint32{5}, Values: []float32{1}, Groups: []Group{{'a', 0, 1}}, Names: []string{name}})
	negative := float32(math.Copysign(0, -1))
	one.u.values()[6*one.u.width()] = negative
	two, err := Load(bytes.NewReader(saved(t, one)))
	if err != nil {
		t.Fatal(err)
	}
	if got := two.u.values()[6*two.u.width()]; math.Float32bits(got) != math.Float32bits(negative) {
		t.Error("a weight of -0 comes back as 0")
	}
	for w := range two.Weights() {
		if w.Index == 5 && w.Name != name {
			t.Errorf("the name %q comes back as %q", name, w.Name)
		}
	}
}

// Damaged files are errors, not panics, and say what is wrong.
func TestLoadMistakes(t *testing.T) {
	l, err := New(optim.FTRL, Options{Bits: 8})
	if err != nil {
		t.Fatal(err)
	}
	stream(l, 1, 50, func(x *Example) { l.Learn(x) })
	file := saved(t, l)
	for _, c := range []struct {
		data []byte
		want string
	}{
		{nil, "no model"},
		{[]byte("{\"a\": 1}\n and so on for a while"), "no model"},
		{file[:len(magic)], "cut off"},
		{file[:len(file)/2], "cut off"},
		{file[:len(file)-1], "cut off"},
	} {
		if _, err := Load(bytes.NewReader(c.data)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q of %d bytes: error %v, expected %q", c.data, len(c.data), err, c.want)
		}
	}
	for i := len(magic); i < len(file); i++ {
		bad := bytes.Clone(file)
		bad[i] ^= 4
		if l, err := Load(bytes.NewReader(bad)); err == nil && !bytes.Equal(file, saved(t, l)) {
			t.Errorf("no error with byte %d changed, and another model", i)
		}
	}
}

// Headers that nobody has written are errors, too, with the package's name once.
func TestLoadHeaders(t *testing.T) {
	for _, c := range []struct {
		change func(h *header)
		want   string
	}{
		{func(h *header) { h.State["x"] = 1 }, "1 scalar states: expected 0"},
		{func(h *header) { h.State["scalar.x"] = 1 }, "1 scalar states: expected 0"},
		{func(h *header) { h.State["updates"] = -1 }, "-1 updates"},
		{func(h *header) { h.Rule.Links = nil }, "empty chain"},
		{func(h *header) { h.Rule.Hypers["lr"] = "many" }, "not a number"},
		{func(h *header) { h.Rule.Own = "vw" }, "its rule"},
		{func(h *header) { h.Bits = 60 }, "60 bits"},
		{func(h *header) { h.Loss = "none" }, "no loss"},
		{func(h *header) { h.Width = 9 }, "damaged"},
	} {
		l, err := New(optim.FTRL, Options{Bits: 4})
		if err != nil {
			t.Fatal(err)
		}
		h, err := l.header()
		if err != nil {
			t.Fatal(err)
		}
		c.change(h)
		var b bytes.Buffer
		if err := writeJSON(&b, h); err != nil {
			t.Fatal(err)
		}
		b.Write(make([]byte, 4)) // the last block
		_, err = read(&b)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "online:") || strings.Contains(err.Error(), "descent:") {
			t.Errorf("error %v, expected %q without a package's name", err, c.want)
		}
	}
}

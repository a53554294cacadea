package online

import (
	"bytes"
	"math"
	"testing"
)

// A frozen learner predicts the same, is small, only predicts, and stays so in
// its file.
func TestFreeze(t *testing.T) {
	for name, make := range kinds(t) {
		l := make()
		stream(l, 1, 300, func(x *Example) { l.Learn(x) })
		whole := len(saved(t, l))
		var want []Prediction
		stream(l, 2, 100, func(x *Example) { want = append(want, l.Predict(x)) })
		file := saved(t, l.Freeze())
		if len(saved(t, l)) != whole || l.Frozen() {
			t.Errorf("%s: freezing changed the learner", name)
		}
		if l.o.InitialWeight == 0 && len(file) > whole {
			t.Errorf("%s: frozen %d bytes, before %d", name, len(file), whole)
		}
		loaded, err := Load(bytes.NewReader(file))
		if err != nil || !loaded.Frozen() {
			t.Fatalf("%s: error %v", name, err)
		}
		i := 0
		stream(loaded, 2, 100, func(x *Example) {
			p := loaded.Learn(x)
			if d := float64(p.Raw - want[i].Raw); !(math.Abs(d) <= 1e-5*(1+math.Abs(float64(p.Raw)))) {
				t.Errorf("%s: frozen predicts %v, before %v", name, p, want[i])
			}
			i++
		})
		if !bytes.Equal(file, saved(t, loaded)) {
			t.Errorf("%s: a frozen learner has learned", name)
		}
		if loaded.SetLR(1) == nil {
			t.Errorf("%s: a frozen learner has a learning rate", name)
		}
	}
}

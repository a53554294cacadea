package online

import (
	"strings"
	"testing"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Names are cut, not within a character, so that no one can fill the memory or
// make a model that cannot be saved.
func TestLongNames(t *testing.T) {
	l, err := New(optim.FTRL, Options{Names: true, Features: Features{NoConstant: true}}, descent.Set("l1", 0.0))
	if err != nil {
		t.Fatal(err)
	}
	var x Example
	x.Reset()
	x.Feature("f", 1)
	x.Label, x.Names = 1, []string{strings.Repeat("a", 255) + strings.Repeat("é", 1000)}
	l.Learn(&x)
	for w := range l.Weights() {
		if want := strings.Repeat("a", 255) + "..."; w.Name != want {
			t.Errorf("the name is %q, expected %q", w.Name, want)
		}
	}
	saved(t, l)
}

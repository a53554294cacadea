package plan

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestSpecialise(t *testing.T) {
	const sgd = "hyper lr = 0.1, momentum = 0.9, wd = 0.1\nstate v\nv = momentum*v - lr*(g + wd*w)\nw = w + v"
	for _, c := range []struct {
		name, text string
		fixed      map[string]float64
		keep       []string
		body       string // and states, and eval
		used       []string
	}{
		{"nothing fixed", sgd, nil, nil, "state v; v = momentum*v - lr*(g + wd*w); w = w + v", nil},
		{"a term and a state go", sgd, map[string]float64{"momentum": 0, "wd": 0}, nil, "v = -(lr*g); w = w + v", []string{"momentum", "wd"}},
		{"other values stay", sgd, map[string]float64{"momentum": 0.9, "wd": 0}, nil, "state v; v = momentum*v - lr*g; w = w + v", []string{"wd"}},
		{"a state nobody reads", "state a, b\na = g; b = b + g; w = w - a", nil, nil, "a = g; w = w - a", nil},
		{"read before it is assigned", "state a\nx = a; a = g; w = w - x", nil, nil, "state a; x = a; a = g; w = w - x", nil},
		{"read through another", "state a, b\na = a + b; b = b + g; w = w - a", nil, nil, "state a; state b; a = a + b; b = b + g; w = w - a", nil},
		{"a temporary nobody reads", "x = g*g; y = x; w = w - g", nil, nil, "w = w - g", nil},
		{"assigned twice", "x = norm(g); x = 2; w = w - x*g", nil, nil, "w = w - 2*g", nil},
		{"a number known until it changes", "hyper k = 0\nx = k*g; y = w + x; x = g; w = w - x - y", map[string]float64{"k": 0}, nil, "y = w; x = g; w = w - x - y", []string{"k"}},
		{"where decided", "hyper m = 2\nw = where(m > 1, w - g, w + exp(g))", map[string]float64{"m": 2}, nil, "w = w - g", []string{"m"}},
		{"where decided by two", "hyper m = 2, n = 3\nw = where(m > n, w - g, w + g)", map[string]float64{"m": 2, "n": 3}, nil, "w = w + g", []string{"m", "n"}},
		{"where of a live one", "hyper m = 2, n = 3\nw = where(m > n, w - g, w + g)", map[string]float64{"m": 2}, nil, "w = where(m > n, w - g, w + g)", nil},
		{"a choice", "hyper lr = 0.1, d = b {a, b}\nw = where(d == b, w - lr*g, w)", map[string]float64{"d": 1}, nil, "w = w - lr*g", []string{"d"}},
		{"functions of 0", "hyper k = 0\nw = w - sqrt(k) - norm(k*g) - dot(g, k*w) - sign(k) - exp(k)", map[string]float64{"k": 0}, nil, "w = w - exp(0)", []string{"k"}},
		{"powers", "hyper k = 0\nw = w - g^k*(w^1) + 0/g", map[string]float64{"k": 0}, nil, "w = w - w", []string{"k"}},
		{"0 less something", "hyper k = 0\nw = w*k - g", map[string]float64{"k": 0}, nil, "w = -g", []string{"k"}},
		{"evaluation keeps states", "hyper k = 0\nstate z, y\nz = g; y = w; w = w - g\neval x = z + k*y", map[string]float64{"k": 0}, nil, "state z; z = g; w = w - g; eval x = z", []string{"k"}},
		{"kept names", "hyper k = 0\nstate m\nm = m + g; w = w - k*all.sum(m)*g", map[string]float64{"k": 0}, []string{"all.1"}, "state m; m = m + g; all.1 = all.sum(m); w = w", []string{"k"}},
		{"not kept", "hyper k = 0\nstate m\nm = m + g; w = w - k*all.sum(m)*g", map[string]float64{"k": 0}, nil, "w = w", []string{"k"}},
		{"a global scalar is no temporary", "hyper k = 0\nglobal scalar d\nd = k; w = w - d*g", map[string]float64{"k": 0}, nil, "global scalar d; d = 0; w = w - d*g", []string{"k"}},
		{"evaluation over all parameters", "hyper k = 0\nstate z\nz = g; w = w - g\neval x = w + k*all.sum(z)", map[string]float64{"k": 0}, nil, "state z; z = g; w = w - g; eval x = w + k*all.sum(z)", nil},
	} {
		keep := map[string]bool{}
		for _, name := range c.keep {
			keep[name] = true
		}
		before := program(t, c.text)
		text := before.String()
		q, used := Specialise(before, c.fixed, keep)
		var lines []string
		for _, line := range strings.Split(q.String(), "\n") {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "hyper") {
				lines = append(lines, line)
			}
		}
		if got := strings.Join(lines, "; "); got != c.body {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.body)
		}
		if got := slices.Sorted(maps.Keys(used)); !slices.Equal(got, c.used) {
			t.Errorf("%s: used %v, expected %v", c.name, got, c.used)
		}
		if before.String() != text {
			t.Errorf("%s: the program itself has changed", c.name)
		}
	}
}

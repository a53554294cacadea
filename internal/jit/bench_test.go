//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"fmt"
	"math"
	"testing"

	"github.com/descent-go/descent/internal/interp"
	"github.com/descent-go/descent/internal/plan"
)

const sgd = "hyper lr = 0.01, momentum = 0.9\nstate v\nv = momentum*v + g; w = w - lr*v"

// goAdam is what a Go programmer writes by hand.
func goAdam(a []plan.Vector, c []float32) {
	w, g, m, v := a[0].F32, a[1].F32, a[2].F32, a[3].F32
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	for i := range w {
		m[i] = c[0]*m[i] + c[1]*g[i]
		v[i] = c[2]*v[i] + c[3]*g[i]*g[i]
		w[i] -= c[4] * m[i] / (float32(math.Sqrt(float64(v[i]*c[5]))) + c[6])
	}
}

func goSGD(a []plan.Vector, c []float32) {
	w, g, v := a[0].F32, a[1].F32, a[2].F32
	g, v = g[:len(w)], v[:len(w)]
	for i := range w {
		v[i] = c[0]*v[i] + g[i]
		w[i] -= c[4] * v[i]
	}
}

// training makes work on which a rule runs as in training.
func training(p *plan.Plan, n int) *plan.Work {
	w := &plan.Work{N: n, Table: make([]float64, p.Slots), Accs: make([]plan.Acc, p.Accs), Scratch: &plan.Scratch{}}
	for i := range w.Table {
		w.Table[i] = 0.5
	}
	for range p.Arrays {
		v := plan.Make(p.Type, n)
		for i := range n {
			v.Set(i, 0.1+float64(i%100)/100)
		}
		w.Arrays = append(w.Arrays, v)
	}
	return w
}

// chunks runs a kernel as the engine does.
func chunks(k plan.Kernel, w *plan.Work, part *plan.Work) {
	const chunk = 8192
	if w.N <= chunk {
		k.Run(w)
		return
	}
	for at := 0; at < w.N; at += chunk {
		part.N = min(chunk, w.N-at)
		part.Arrays = part.Arrays[:0]
		for _, a := range w.Arrays {
			part.Arrays = append(part.Arrays, a.Slice(at, at+part.N))
		}
		k.Run(part)
	}
}

func BenchmarkRules(b *testing.B) {
	rules := []struct {
		name, text string
		loop       func([]plan.Vector, []float32)
	}{
		{"adam", adam, goAdam},
		{"sgd", sgd, goSGD},
		{"normal", "w = w - 0.1*normal()", nil},
		{"lamb", "hyper lr = 0.001, b1 = 0.9, b2 = 0.999, eps = 1e-6, wd = 0.01\nstate m, v\n" +
			"m = b1*m + (1-b1)*g; v = b2*v + (1-b2)*g^2; u = (m/(1-b1^t))/(sqrt(v/(1-b2^t)) + eps) + wd*w; w = w - lr*norm(w)/norm(u)*u", nil},
		{"norm", "w = w - g/norm(g)", nil},
		{"exp", "w = w - exp(g)", nil},
	}
	for _, rule := range rules {
		p := build(b, parse(b, rule.text), plan.Options{})
		for _, n := range []int{64, 16 << 10, 4 << 20} {
			w := training(p, n)
			measure := func(name string, f func()) {
				b.Run(fmt.Sprintf("%s/%d/%s", rule.name, n, name), func(b *testing.B) {
					for b.Loop() {
						f()
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/weight")
				})
			}
			for _, set := range native {
				k, part := backend{set}.Compile(p)[0][0], *w
				part.Arrays = nil
				measure(set.name, func() { chunks(k, w, &part) })
			}
			k, part := interp.Backend{}.Compile(p)[0][0], *w
			part.Arrays = nil
			measure("interp", func() { chunks(k, w, &part) })
			if rule.loop != nil {
				c := []float32{0.9, 0.1, 0.999, 0.001, 0.001, 1.1, 1e-8}
				measure("loop", func() { rule.loop(w.Arrays, c) })
			}
		}
	}
}

// Adam whose states are float32 and bfloat16, in cache and from memory.
func BenchmarkStates(b *testing.B) {
	for _, n := range []int{10_000, 25_000_000} {
		for _, set := range native {
			for _, t := range []plan.Type{plan.F32, plan.BF16} {
				p := build(b, parse(b, adam), plan.Options{States: t})
				w := training(p, n)
				for i, a := range p.Arrays {
					if v := w.Arrays[i]; a.Kind == plan.State {
						w.Arrays[i] = plan.Make(t, n)
						plan.Copy(w.Arrays[i], v)
					}
				}
				k, part := backend{set}.Compile(p)[0][0], *w
				part.Arrays = nil
				b.Run(fmt.Sprintf("%d/%s/%d bytes", n, set.name, 12+4*t.Size()), func(b *testing.B) {
					for b.Loop() {
						chunks(k, w, &part)
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/weight")
				})
			}
		}
	}
}

// The time from a plan to machine code that runs.
func BenchmarkCompile(b *testing.B) {
	p := build(b, parse(b, adam), plan.Options{})
	w := training(p, 8)
	for _, set := range native {
		b.Run(set.name, func(b *testing.B) {
			for b.Loop() {
				backend{set}.Compile(p)[0][0].Run(w)
			}
		})
	}
}

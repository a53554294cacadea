package descent_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

var stressFor = flag.Duration("stress", 2*time.Second, "how long TestStress lasts")

const (
	stressThreads = 4 // at most, of a step
	stressProcs   = 8 // at most, of GOMAXPROCS
)

// tensor is a parameter in memory of its own.
type tensor struct {
	descent.Param
	fill  func(opt *descent.Optimizer, step int) error // gives it the gradient of a step
	bytes func() []byte                                // of its weights
}

// number is x rounded to a type.
func number[V descent.Float](x float64) (v V) {
	switch p := any(&v).(type) {
	case *float32:
		*p = float32(x)
	case *float64:
		*p = x
	case *descent.Float16:
		*p = descent.ToFloat16(float32(x))
	case *descent.BFloat16:
		*p = descent.ToBFloat16(float32(x))
	}
	return v
}

// numbers makes n of them, small and of both signs.
func numbers[V descent.Float](n int) []V {
	x := make([]V, n)
	for i := range x {
		x[i] = number[V](math.Sin(float64(i * (1 + i%7))))
	}
	return x
}

func bytesOf[V descent.Float](x []V) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), uintptr(len(x))*unsafe.Sizeof(*new(V)))
}

// dense makes a tensor whose gradients are whole.
func dense[V, G descent.Float](name string, rows, length int) tensor {
	w, g, all := numbers[V](rows*length), make([]G, rows*length), numbers[G](rows*length+37)
	return tensor{
		descent.NewParam(name, w, g, rows, length),
		func(_ *descent.Optimizer, step int) error {
			copy(g, all[step*5%37:])
			return nil
		},
		func() []byte { return bytesOf(w) },
	}
}

// sparse makes a tensor whose gradients are of some rows.
func sparse[V, G descent.Float](name string, rows, length int) tensor {
	w, g := numbers[V](rows*length), numbers[G](4*length)
	return tensor{
		descent.NewParam(name, w, []G(nil), rows, length),
		func(opt *descent.Optimizer, step int) error {
			return descent.SetRows(opt, name, []int{step % rows, 3 * step % rows, rows - 1, 0}, g)
		},
		func() []byte { return bytesOf(w) },
	}
}

// training is what ends in the same bits, calmly and under stress.
type training struct {
	name    string
	rule    optim.Rule
	text    string // in place of the rule a formula, with a place for a number that no gradient reaches
	tensors func() []tensor
	options []descent.Option
	steps   int
}

func several() []tensor {
	return []tensor{dense[float32, float32]("a.weight", 31, 33), dense[float64, float32]("b.weight", 3, 401), dense[float32, float64]("bias", 1, 19)}
}

func halfTensors() []tensor {
	return []tensor{dense[descent.Float16, descent.Float16]("a", 9, 41), dense[descent.BFloat16, float32]("b", 40, 10), dense[descent.BFloat16, descent.BFloat16]("c", 1, 5)}
}

func manyTensors() (all []tensor) {
	for i := range 150 {
		all = append(all, dense[float32, float32](fmt.Sprint("small", i), 1+i%3, 5+i%29))
	}
	return all
}

func largeTensors() []tensor {
	return []tensor{dense[float32, float32]("large", 200, 500), dense[float32, float32]("bias", 1, 500)}
}

func sparseTensors() []tensor {
	return []tensor{sparse[float32, float32]("a", 50, 12), sparse[descent.BFloat16, float32]("b", 20, 7)}
}

const (
	typedPlain = "hyper lr = 0.01\nstate m, v\ng = max(g, -%d)\nm = 0.9*m + g; v = max(0.9*v, abs(g))\nw = w - lr*m/(sqrt(v) + 1e-3)"
	typedSums  = "hyper lr = 0.01\nstate m\nstate row r\nscalar s\ng = min(g, %d)\nr = 0.9*r + row.mean(g^2)\ns = max(s, norm(g))\n" +
		"m = 0.9*m + g/(sqrt(r) + s + all.norm(w) + 1e-3)\nw = w - lr*(m + 0.01*normal())"
)

func trainings() []training {
	bf16 := descent.StateType(descent.BF16)
	return []training{
		{"adam", optim.Adam, "", several, []descent.Option{descent.For("*.weight", descent.LR(0.01))}, 24},
		{"a formula", nil, typedPlain, several, nil, 24},
		{"lamb", optim.LAMB, "", several, nil, 24},
		{"sgld", optim.SGLD, "", several, []descent.Option{descent.Seed(3)}, 24},
		{"a formula with sums", nil, typedSums, several, nil, 24},
		{"nag", optim.NAG, "", several, nil, 24},
		{"clipped", optim.AdamW, "", several, []descent.Option{descent.ClipNorm(1), descent.ClipValue(0.9), descent.CheckFinite(), descent.Accumulate(2)}, 24},
		{"a chain", optim.Chain(optim.RMSProp, optim.Cautious, optim.Lookahead), "", several, nil, 24},
		{"half", optim.Adam, "", halfTensors, nil, 24},
		{"half without a master copy", optim.AdaMax, "", halfTensors, []descent.Option{descent.NoMasterWeights()}, 24},
		{"a formula in half precision", nil, typedSums, halfTensors, nil, 24},
		{"states in bfloat16", optim.Adam, "", several, []descent.Option{bf16}, 24},
		{"lazy rows", optim.Adam, "", sparseTensors, []descent.Option{descent.Lazy(), bf16}, 24},
		{"rows", optim.AdaGrad, "", sparseTensors, nil, 24},
		{"many", optim.Adam, "", manyTensors, nil, 24},
		{"a formula on many", nil, typedPlain, manyTensors, nil, 24},
		{"large", optim.AdamW, "", largeTensors, []descent.Option{descent.ClipNorm(1)}, 12},
		{"a formula on a large one", nil, typedSums, largeTensors, nil, 6},
	}
}

// start makes the optimizer of a training. n makes its formula another one.
func (tr *training) start(n, threads int) (*descent.Optimizer, []tensor, error) {
	rule := tr.rule
	if tr.text != "" {
		typed, err := optim.Parse("typed", fmt.Sprintf(tr.text, 1_000_000+n))
		if err != nil {
			return nil, nil, err
		}
		rule = typed
	}
	tensors := tr.tensors()
	var params []descent.Param
	for _, t := range tensors {
		params = append(params, t.Param)
	}
	opt, err := descent.New(rule, params, append(tr.options[:len(tr.options):len(tr.options)], descent.Threads(threads))...)
	return opt, tensors, err
}

// run trains, and gives the bytes of weights and states.
func (tr *training) run(n, threads int) (end []byte, err error) {
	opt, tensors, err := tr.start(n, threads)
	if err != nil {
		return nil, err
	}
	for step := range tr.steps {
		gradients := func() (float64, error) {
			for _, t := range tensors {
				if err := t.fill(opt, step); err != nil {
					return 0, err
				}
			}
			return 0, nil
		}
		if opt.NeedsFunc() {
			_, err = opt.StepFunc(gradients)
		} else if _, err = gradients(); err == nil {
			err = opt.Step()
		}
		if err != nil {
			return nil, err
		}
	}
	for _, t := range tensors {
		end = append(end, t.bytes()...)
	}
	for _, s := range opt.States() {
		end = append(append(append(append(end, bytesOf(s.F32)...), bytesOf(s.F64)...), bytesOf(s.F16)...), bytesOf(s.BF16)...)
	}
	if n%2 == 0 {
		err = opt.Close()
	}
	return end, err
}

// machineCode is how many bytes of executable memory belong to no file, where
// the system tells. Memory that is writable too is an error.
func machineCode() (size uint64, err error) {
	if runtime.GOOS != "linux" {
		return 0, nil
	}
	text, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		field := strings.Fields(line) // addresses, rights, offset, device, inode and, for files and what the kernel names, a name
		if strings.HasPrefix(field[1][1:], "wx") {
			return 0, fmt.Errorf("writable and executable: %s", strings.TrimSpace(line))
		}
		if field[1][2] != 'x' || len(field) > 5 {
			continue
		}
		from, to, _ := strings.Cut(field[0], "-")
		a, err := strconv.ParseUint(from, 16, 64)
		if err != nil {
			return 0, err
		}
		b, err := strconv.ParseUint(to, 16, 64)
		if err != nil {
			return 0, err
		}
		size += b - a
	}
	return size, nil
}

// background collects garbage, dumps stacks, changes GOMAXPROCS, profiles and
// looks at memory until stop is called, which waits for all of it.
func background(t *testing.T) (stop func()) {
	var done atomic.Bool
	var wg sync.WaitGroup
	again := func(pause time.Duration, f func(i int)) {
		wg.Go(func() {
			for i := 0; !done.Load(); i++ {
				f(i)
				time.Sleep(pause)
			}
		})
	}
	stacks := make([]byte, 1<<20)
	procs := runtime.GOMAXPROCS(0)
	again(time.Millisecond, func(int) { runtime.GC() })
	again(3*time.Millisecond, func(int) { runtime.Stack(stacks, true) })
	again(5*time.Millisecond, func(i int) { runtime.GOMAXPROCS(stressProcs >> (i % 4)) })
	again(2*time.Millisecond, func(int) {
		if _, err := machineCode(); err != nil {
			t.Error(err)
			done.Store(true)
		}
	})
	profiling := pprof.StartCPUProfile(io.Discard) == nil // unless go test does, by -cpuprofile
	return func() {
		done.Store(true)
		wg.Wait()
		if profiling {
			pprof.StopCPUProfile()
		}
		restore(procs)
	}
}

// restore sets GOMAXPROCS again. A processor that goes between the end of a
// collection and the start of what it cleans up keeps that until it comes
// back: all come back for a collection.
func restore(procs int) {
	runtime.GOMAXPROCS(max(procs, stressProcs))
	runtime.GC()
	runtime.GOMAXPROCS(procs)
}

// Optimizers come and go on several goroutines, beside everything that the
// runtime and the system do to a program, with the bits that they have calmly;
// machine code is never writable and goes with its optimizers.
func TestStress(t *testing.T) {
	all := trainings()
	want := make([][]byte, len(all))
	for i := range all {
		end, err := all[i].run(0, 1)
		must(t, err)
		want[i] = end
	}
	code, goroutines := settled(t), runtime.NumGoroutine()
	visible(t, &all[1], code)
	stop := background(t)
	began := time.Now()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				n := int(next.Add(1))
				if i := n % len(all); n > len(all) && time.Since(began) > *stressFor || !same(t, &all[i], n, want[i]) {
					return
				}
			}
		})
	}
	wg.Wait()
	stop()
	t.Logf("%d optimizers, %d bytes of machine code before", next.Load(), code)
	gone(t, code, goroutines+stressThreads-1)
}

// same runs a training, which must end as expected.
func same(t *testing.T, tr *training, n int, want []byte) bool {
	threads := 1 + n/3%stressThreads
	end, err := tr.run(n, threads)
	if err == nil && !bytes.Equal(end, want) {
		err = fmt.Errorf("other bits than calmly")
	}
	if err != nil {
		t.Errorf("%s, optimizer %d with %d threads: %v", tr.name, n, threads, err)
	}
	return err == nil
}

// settled is how much machine code there is when collections free no more.
func settled(t *testing.T) uint64 {
	least := uint64(math.MaxUint64)
	for tries := 0; tries < 20; tries++ {
		runtime.GC()
		time.Sleep(time.Millisecond)
		size, err := machineCode()
		must(t, err)
		if size < least {
			least, tries = size, 0
		}
	}
	return least
}

// visible fails where an optimizer's machine code is not seen.
func visible(t *testing.T, tr *training, before uint64) {
	opt, tensors, err := tr.start(-1, 1)
	must(t, err)
	for _, x := range tensors {
		must(t, x.fill(opt, 0))
	}
	must(t, opt.Step())
	size, err := machineCode()
	must(t, err)
	if runtime.GOOS == "linux" && strings.HasPrefix(opt.Backend(), "machine code") && size <= before {
		t.Errorf("%s runs, and there are %d bytes of it, as before", opt.Backend(), size)
	}
}

// gone fails where more machine code or more goroutines remain.
func gone(t *testing.T, code uint64, goroutines int) {
	var left uint64
	for range 2000 {
		runtime.GC()
		size, err := machineCode()
		must(t, err)
		if left = size; left <= code && runtime.NumGoroutine() <= goroutines {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d bytes of machine code remain, %d before; %d goroutines, expected at most %d", left, code, runtime.NumGoroutine(), goroutines)
}

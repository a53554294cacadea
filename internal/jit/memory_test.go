//go:build amd64 && linux && !race && !nojit

package jit

import (
	"fmt"
	"io"
	"math/rand"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/descent-go/descent/internal/half"
	"github.com/descent-go/descent/internal/plan"
	"github.com/descent-go/descent/internal/randwork"
)

// fenced makes a vector between two pages that cannot be touched: at the end
// of what lies between them, or at its beginning.
func fenced(t *testing.T, typ plan.Type, n int, end bool) plan.Vector {
	t.Helper()
	page := syscall.Getpagesize()
	inside := (n*typ.Size() + page - 1) / page * page
	m, err := syscall.Mmap(-1, 0, inside+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(m) })
	for _, fence := range [][]byte{m[:page], m[page+inside:]} {
		if err := syscall.Mprotect(fence, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	from := page
	if end {
		from = page + inside - n*typ.Size()
	}
	p := unsafe.Pointer(&m[from])
	switch typ {
	case plan.F64:
		return plan.Vector{F64: unsafe.Slice((*float64)(p), n)}
	case plan.F16:
		return plan.Vector{F16: unsafe.Slice((*half.Float16)(p), n)}
	case plan.BF16:
		return plan.Vector{BF16: unsafe.Slice((*half.BFloat16)(p), n)}
	}
	return plan.Vector{F32: unsafe.Slice((*float32)(p), n)}
}

// Nothing outside the arrays is read or written: it would be a fault.
func TestFenced(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for _, text := range []string{adam, "w = w - g/norm(g)"} {
		for _, o := range randwork.Forms {
			p := build(t, parse(t, text), o)
			for _, set := range native {
				k := backend{set}.Compile(p)[0][0]
				for n := 1; n < 35; n++ {
					w := randwork.Make(r, p, o, n)
					for i, a := range w.Arrays {
						w.Arrays[i] = fenced(t, a.Type(), n, n%2 == 0)
					}
					k.Run(w)
				}
			}
		}
	}
}

// maps gives the process's memory: a line for each range of addresses.
func maps(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// executable counts the pages that may be executed and are of no file.
func executable(t *testing.T) int {
	t.Helper()
	pages := 0
	for _, line := range maps(t) {
		var from, to uintptr
		var may string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &from, &to, &may); n == 3 && may == "r-xp" && len(strings.Fields(line)) == 5 {
			pages += int(to-from) / syscall.Getpagesize()
		}
	}
	return pages
}

// Machine code can be read and executed, and no memory both written and executed.
func TestNeverWritable(t *testing.T) {
	p, err := newProgram([]byte{0xC3})
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, line := range maps(t) {
		var from, to uintptr
		var may string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &may); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(may, "wx") {
			t.Errorf("writable and executable: %s", line)
		}
		if from <= p.entry && p.entry < to {
			found = true
			if may != "r-xp" {
				t.Errorf("machine code's memory is %s, expected r-xp", may)
			}
		}
	}
	if !found {
		t.Error("machine code is nowhere")
	}
	runtime.KeepAlive(p)
}

// settles waits until there is no more executable memory than that.
func settles(bytes int64) bool {
	for range 1000 {
		runtime.GC()
		if mapped.Load() <= bytes {
			return true
		}
		time.Sleep(time.Millisecond)
	}
	return false
}

// Executable memory goes back when nobody has the kernels any more.
func TestCollected(t *testing.T) {
	settles(0)
	before, pages := mapped.Load(), executable(t)
	p := build(t, parse(t, adam), plan.Options{})
	w := training(p, 20)
	var kept []plan.Kernel
	start := time.Now()
	for range 300 {
		for _, set := range native {
			k := backend{set}.Compile(p)[0][0]
			k.Run(w)
			kept = append(kept, k)
		}
	}
	if n := len(kept); n > 0 {
		t.Logf("from plan to first run: %v", time.Since(start)/time.Duration(n))
	}
	runtime.GC()
	if grown := mapped.Load() - before; grown < int64(len(kept)*4096) {
		t.Errorf("%d kernels have %d bytes of executable memory", len(kept), grown)
	}
	runtime.KeepAlive(kept)
	kept = nil
	if !settles(before) || executable(t) > pages {
		t.Errorf("%d bytes of executable memory remain, %d pages", mapped.Load()-before, executable(t)-pages)
	}
}

// Machine code runs beside garbage collection, stack dumps, profiling and
// changes of GOMAXPROCS.
func TestStress(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		t.Fatal(err)
	}
	defer pprof.StopCPUProfile()
	var wg sync.WaitGroup
	deadline := time.Now().Add(2 * time.Second)
	p := build(t, parse(t, adam+"\nw = w + norm(g) + normal()"), plan.Options{})
	for _, set := range native {
		kernels := backend{set}.Compile(p) // shared
		for worker := range 4 {
			wg.Go(func() { stress(t, deadline, p, kernels, int64(worker)) })
		}
	}
	stack := make([]byte, 1<<16)
	for i := 0; time.Now().Before(deadline); i++ {
		runtime.GC()
		runtime.Stack(stack, true)
		runtime.GOMAXPROCS(1 + i%4)
		time.Sleep(time.Millisecond)
	}
	wg.Wait()
}

// stress runs kernels on fresh memory again and again, which must give the same bits.
func stress(t *testing.T, deadline time.Time, p *plan.Plan, kernels [][]plan.Kernel, seed int64) {
	var first []*plan.Work
	for time.Now().Before(deadline) {
		r := rand.New(rand.NewSource(seed))
		for i := range kernels {
			w := randwork.Make(r, p, plan.Options{}, 1003)
			for _, k := range kernels[i] {
				k.Run(w)
			}
			if len(first) <= i {
				first = append(first, w)
			} else if at := randwork.Differ(w, first[i]); at != "" {
				t.Error(at)
				return
			}
		}
	}
}

//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/cpu"

	"github.com/descent-go/descent/internal/interp"
	"github.com/descent-go/descent/internal/plan"
)

// backend compiles plans for an instruction set.
type backend struct{ set isa }

// Name is what users see.
func (b backend) Name() string { return "machine code (" + b.set.name + ")" }

// Compile makes the kernels of a plan.
func (b backend) Compile(p *plan.Plan) [][]plan.Kernel {
	kernels := interp.Backend{}.Compile(p)
	for i := range kernels {
		for j := range kernels[i] {
			kernels[i][j] = newKernel(p, &p.Phases[i].Segments[j], b.set, kernels[i][j])
		}
	}
	return kernels
}

// New gives the backend for this processor: the widest instruction set that it
// has and that the environment variable DESCENT_JIT allows. That is avx512,
// as where it is not set, avx2 or off; anything else is an error. The reason
// says why the instruction set is not a wider one, or why b is nil.
func New() (b plan.Backend, reason string, err error) {
	return choose(os.Getenv("DESCENT_JIT"), missing(avx2), missing(avx512))
}

// choose picks an instruction set, given what the processor lacks for each.
func choose(setting, lacks2, lacks512 string) (b plan.Backend, reason string, err error) {
	switch {
	case setting == "off":
		return nil, "unavailable: DESCENT_JIT=off", nil
	case setting != "" && setting != "avx2" && setting != "avx512":
		return nil, "", fmt.Errorf("DESCENT_JIT=%s is unknown: it must be off, avx2 or avx512, or not set", setting)
	case lacks512 == "" && setting != "avx2":
		return ready(avx512, "")
	case lacks2 != "":
		return nil, "unavailable: the processor has no " + lacks2, nil
	case setting == "avx2":
		return ready(avx2, "DESCENT_JIT=avx2")
	}
	return ready(avx2, "the processor has no "+lacks512)
}

// ready gives the backend if the system lets it make machine code.
func ready(set isa, reason string) (plan.Backend, string, error) {
	if _, err := newProgram([]byte{0xC3}); err != nil {
		return nil, "unavailable: " + err.Error(), nil
	}
	return backend{set}, reason, nil
}

// missing says what the processor lacks for an instruction set.
func missing(set isa) string {
	x := &cpu.X86
	need := map[string]bool{"AVX2": x.HasAVX2, "F16C": x.HasF16C}
	if set.evex {
		need = map[string]bool{"AVX-512F": x.HasAVX512F, "AVX-512VL": x.HasAVX512VL, "AVX-512BW": x.HasAVX512BW, "AVX-512DQ": x.HasAVX512DQ}
	}
	var lacks []string
	for _, name := range []string{"AVX2", "F16C", "AVX-512F", "AVX-512VL", "AVX-512BW", "AVX-512DQ"} {
		if has, asked := need[name]; asked && !has {
			lacks = append(lacks, name)
		}
	}
	return strings.Join(lacks, ", ")
}

package measure

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/optim"
)

// Machine is what the measurements ran on.
type Machine struct {
	Processor  string `json:"processor,omitempty"` // its name, where the system tells it by a file, as linux does
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	GOMAXPROCS int    `json:"gomaxprocs"`
	Go         string `json:"go"`
	Backend    string `json:"backend"` // of descent.Optimizer.Backend
}

// ThisMachine describes the machine.
func ThisMachine() (Machine, error) {
	opt, err := descent.New(optim.SGD, Work{1, 1, Float32}.model().params)
	if err != nil {
		return Machine{}, err
	}
	defer opt.Close()
	return Machine{processor(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), runtime.Version(), opt.Backend()}, nil
}

func processor() string {
	name, _ := entryOf("/proc/cpuinfo", "model name")
	return name
}

// entryOf finds "name: value" among the lines of a file.
func entryOf(path, name string) (string, bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", false
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}

// available is the memory that is free and that a process can have, in bytes,
// where the system tells.
func available() (float64, bool) {
	text, ok := entryOf("/proc/meminfo", "MemAvailable")
	kB, err := strconv.ParseFloat(strings.TrimSuffix(text, " kB"), 64)
	return min(kB*1024, math.MaxUint), ok && err == nil
}

// perTensor is about what an optimizer needs for a tensor beside its arrays.
const perTensor = 1500

// memory is the bytes that the group needs.
func (g *group) memory() float64 {
	weights := float64(g.work.Weights())
	bytes := weights * float64(3*g.work.Type.Size()) // weights, those of the loop, gradients
	for _, e := range g.entries {
		bytes += weights * e.kept
		if !e.isLoop {
			bytes += perTensor * float64(g.work.Tensors)
		}
	}
	return bytes
}

// fits reports a group that needs more memory than is free.
func (g *group) fits() error {
	have, ok := available()
	if need := g.memory(); ok && need > have {
		return fmt.Errorf("%v need %.1f GB of memory for the rules and threads asked for, and %.1f GB are free", g.work, need/1e9, have/1e9)
	}
	return nil
}

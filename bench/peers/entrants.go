package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/descent-go/descent/bench/peers/protocol"
)

// entrant is a peer under its name in the table.
type entrant struct {
	key, name string
	protocol.Peer
	first bool // only for first steps
	stop  func()
}

// hall is what peers are made from.
type hall struct {
	source   string            // the folder of this program
	scratch  string            // a folder for what is compiled
	python   map[string]string // interpreters
	patience time.Duration
	log      io.Writer
}

// program is how to make a peer that is a program; what cannot be had is an
// error that says how to get it.
type program struct {
	key, name string
	make      func(h *hall) (command []string, err error)
}

var programs = []program{
	{"c", "C, AVX2 and OpenMP", compileC},
	{"torch-fused", "PyTorch, fused", script("torch", "torch_peer.py", "fused")},
	{"torch-foreach", "PyTorch, foreach", script("torch", "torch_peer.py", "foreach")},
	{"deepspeed", "DeepSpeed, CPUAdam", script("deepspeed", "deepspeed_peer.py")},
	{"optax", "Optax, jit", script("optax", "optax_peer.py")},
	{"mxnet", "MXNet 1.9.1", script("mxnet", "mxnet_peer.py")},
	{"gorgonia", "Gorgonia", compileGo("gorgonia")},
	{"gomlx", "GoMLX, pure Go", compileGo("gomlx")},
}

// script is a peer in Python.
func script(python string, args ...string) func(*hall) ([]string, error) {
	return func(h *hall) ([]string, error) {
		interpreter, ok := h.python[python]
		if !ok {
			return nil, fmt.Errorf("give the Python that has requirements/%s.txt installed, --python %s=PATH", python, python)
		}
		return append([]string{interpreter, "-B", filepath.Join(h.source, args[0])}, args[1:]...), nil
	}
}

func compileC(h *hall) ([]string, error) {
	program := filepath.Join(h.scratch, "limit.exe")
	cc := exec.Command("cc", "-O3", "-march=native", "-fopenmp", filepath.Join(h.source, "limit.c"), "-o", program, "-lm")
	return []string{program}, compile(cc)
}

func compileGo(folder string) func(*hall) ([]string, error) {
	return func(h *hall) ([]string, error) {
		program := filepath.Join(h.scratch, folder+".exe")
		build := exec.Command("go", "build", "-o", program, ".")
		build.Dir = filepath.Join(h.source, folder)
		return []string{program}, compile(build)
	}
}

func compile(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w %s", filepath.Base(cmd.Path), err, strings.Join(strings.Fields(string(out)), " "))
	}
	return nil
}

// enter makes the peers of the keys that run with a number of threads, and says which
// cannot be had and why.
func (h *hall) enter(keys string, threads int) (list []entrant, missing []string) {
	list = []entrant{
		{"descent", "descent", &local{recipe: builtIn}, false, func() {}},
		{"own", "descent, own formula", &local{recipe: ownFormula}, false, func() {}},
		{"bf16", "descent, bf16 states", &local{recipe: lowStates}, false, func() {}},
		{"new", "descent, new formula", &local{recipe: newFormula()}, true, func() {}},
	}
	for _, p := range programs {
		if keys != "all" && !slices.Contains(strings.Split(keys, ","), p.key) {
			continue
		}
		command, err := p.make(h)
		if err != nil {
			missing = append(missing, fmt.Sprintf("%s is left out: %v", p.name, err))
			continue
		}
		peer := &process{patience: h.patience, log: h.log, command: func() *exec.Cmd {
			cmd := exec.Command(command[0], command[1:]...)
			cmd.Env = append(os.Environ(), environment(threads)...)
			return cmd
		}}
		list = append(list, entrant{p.key, p.name, peer, false, peer.stop})
	}
	return list, missing
}

// keys lists the keys of all programs.
func keys() string {
	var list []string
	for _, p := range programs {
		list = append(list, p.key)
	}
	return strings.Join(list, ", ")
}

// environment limits the threads of libraries that ask there.
func environment(threads int) []string {
	var env []string
	for _, name := range []string{"OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NPROC", "GOMAXPROCS"} {
		env = append(env, name+"="+strconv.Itoa(threads))
	}
	return env
}

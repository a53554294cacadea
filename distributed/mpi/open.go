//go:build mpi

package mpi

// #include "calls.h"
import "C"

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"

	"github.com/descent-go/descent/distributed"
)

// opened says that MPI is in use or has been.
var opened atomic.Bool

// Open joins the ranks that mpirun has started, once in a process: MPI cannot be
// opened again. Started without mpirun a process is the only rank.
func Open(options ...Option) (distributed.Collective, error) {
	s, err := settingsOf(options)
	if err != nil {
		return nil, err
	}
	if opened.Swap(true) {
		return nil, errors.New("mpi: Open was called before: a process joins its ranks once")
	}
	t := &thread{patience: s.patience, queue: newQueue()}
	ready := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		err := t.open()
		ready <- err
		if err == nil {
			t.run()
		}
	}()
	if err := <-ready; err != nil {
		return nil, err
	}
	return &collective{t}, nil
}

// open begins MPI, on its thread.
func (t *thread) open() error {
	forbidCaches()
	var rank, size C.int
	if code := C.open_mpi(&rank, &size); code != C.MPI_SUCCESS {
		return fmt.Errorf("mpi: MPI does not begin: %w", explain(code))
	}
	t.rank, t.size = int(rank), int(size)
	t.peers = make([]peer, size)
	if want, err := strconv.Atoi(firstSet(sizeVariables)); err == nil && want != t.size {
		return fmt.Errorf("mpi: mpirun started %d ranks, MPI knows of %d: the program was built for another MPI than mpirun's"+
			" (Open MPI has mpicc.openmpi and mpirun.openmpi, MPICH mpicc.mpich and mpirun.mpich)", want, t.size)
	}
	return t.awaitNotice()
}

// forbidCaches keeps networks with memory of their own from remembering where
// memory was: Go gives memory back to the system unseen by them.
func forbidCaches() {
	for _, name := range []string{"OMPI_MCA_mpi_leave_pinned", "OMPI_MCA_mpi_leave_pinned_pipeline"} {
		if os.Getenv(name) == "" {
			os.Setenv(name, "0")
		}
	}
	if os.Getenv("UCX_RCACHE_ENABLE") == "" {
		os.Setenv("UCX_RCACHE_ENABLE", "n")
	}
}

// explain is what MPI says about its error.
func explain(code C.int) error {
	var text [1024]C.char
	n := C.explain(code, &text[0])
	return errors.New(C.GoStringN(&text[0], n))
}

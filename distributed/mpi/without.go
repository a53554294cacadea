//go:build !mpi

package mpi

import (
	"errors"

	"github.com/descent-go/descent/distributed"
)

var errBuilt = errors.New("mpi: this program was built without MPI: build it with" +
	" CC=mpicc go build -tags mpi ./cmd/descent (apt install libopenmpi-dev openmpi-bin brings mpicc and mpirun)")

// Open joins the ranks that mpirun has started, once in a process: MPI cannot be
// opened again. Started without mpirun a process is the only rank.
func Open(options ...Option) (distributed.Collective, error) {
	if _, err := settingsOf(options); err != nil {
		return nil, err
	}
	return nil, errBuilt
}

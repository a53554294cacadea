// Package mpi joins processes, on one machine or many, that mpirun has started:
// a [distributed.Collective] over Open MPI or MPICH.
//
// It is C behind the build tag mpi, and the compiler that MPI brings knows where
// all is:
//
//	apt install libopenmpi-dev openmpi-bin
//	CC=mpicc go build -tags mpi ./cmd/descent
//	mpirun -n 4 ./descent train --distributed mpi
//
// As root Open MPI wants --allow-run-as-root, for more ranks than cores
// --oversubscribe. It binds each of two ranks to one core: --bind-to none lets Go
// use more. Without the tag [Open] is an error that says this.
//
// When a process dies, mpirun names its rank, ends the others and exits with its
// code. A rank that fails tells the others why ([distributed.Collective].Abort),
// so that each can say so before it exits. A rank that merely hangs is waited for,
// without end unless [Patience] is given.
//
// Control-C makes mpirun send SIGTERM to all ranks after a second, and SIGKILL after
// another; --mca odls_base_sigkill_timeout 10 makes both 10 seconds, where more time
// is needed to save.
//
// A program may make calls of MPI of its own while no exchange is under way.
package mpi

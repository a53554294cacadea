package distributed

import (
	"context"
	"errors"
)

// ParameterServer keeps the weights of a model, which workers pull, and moves
// them by the gradients that workers push. A worker is known by a name of its
// choice that no other has, and counts its pulls up, from 1 or more: the push of a
// pull is applied once, however often it is sent. Methods may be called from many
// goroutines, and again after an error that is none of the package's own: nothing
// is done twice.
type ParameterServer interface {
	// Job tells what is trained.
	Job(ctx context.Context) (*Job, error)
	// Pull fills the values of tensors, found by name, and gives the ticket for the
	// gradient that the worker computes at them. It waits while a bound on delays
	// forbids another. The pull before must have been pushed or is given up. When
	// all work is done the error is [ErrDone].
	Pull(ctx context.Context, worker string, seq uint64, into []Tensor) (Ticket, error)
	// Push applies the gradients of a pull: of all tensors or of some. When it
	// returns, they are applied and, where the server keeps a log, on disk.
	Push(ctx context.Context, worker string, seq uint64, grads []Tensor) (Ack, error)
	// Alive says that a worker is at work: one that is not heard of for the
	// server's lease is given up, and its work goes to another.
	Alive(ctx context.Context, worker string) error
	// Leave gives up what the worker has pulled.
	Leave(ctx context.Context, worker string) error
}

// Tensor is a part of a model, or its gradient.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float32
}

// Job is what a server trains.
type Job struct {
	Tensors []Tensor // names and shapes; no Data
	Rule    string   // the text of its formulas
	Lease   float64  // seconds
	Work    int      // units of work in all, 0 where the server hands out none
	Meta    string   // what the one who made the server tells workers: the training's settings
}

// Ticket is the right to push one gradient.
type Ticket struct {
	Seq     uint64
	Version uint64 // updates made when the weights were pulled
	Work    int    // the unit of work to do, from 0; -1 where the server hands out none
}

// Ack is the answer to a push.
type Ack struct {
	Version uint64 // updates made, this one included
	Delay   int    // updates that others made since the pull
	Again   bool   // it had been applied before
}

var (
	// ErrDone is that of a Pull when there is no more work.
	ErrDone = errors.New("distributed: all work is done")
	// ErrExpired is that of a Push whose pull the server does not know, or has
	// given up since the worker was not heard of: pull anew.
	ErrExpired = errors.New("distributed: the pull is not known or was given up: pull anew")
)

package distributed

import "fmt"

// RefusedError says that what a worker has sent to a [ParameterServer] is wrong:
// nothing has changed, and sending it again is of no use. Its pull is given up,
// so that its work goes to another.
type RefusedError struct {
	Worker string
	Err    error // why: a *descent.NotFiniteError where a gradient is no number
}

// Error names the worker.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("distributed: worker %s is refused: %v", e.Worker, e.Err)
}

// Unwrap is why.
func (e *RefusedError) Unwrap() error { return e.Err }

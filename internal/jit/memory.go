//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"runtime"
	"sync/atomic"
)

// mapped is how many bytes of executable memory there are.
var mapped atomic.Int64

// program is machine code in executable memory, given back when nobody has it any more.
type program struct{ entry uintptr }

// newProgram copies code into memory and makes that executable: it is never
// writable and executable at once.
func newProgram(code []byte) (*program, error) {
	m, err := makeExecutable(code)
	if err != nil {
		return nil, err
	}
	mapped.Add(int64(m.size()))
	p := &program{m.entry()}
	runtime.AddCleanup(p, func(m region) {
		mapped.Add(-int64(m.size()))
		m.free()
	}, m)
	return p, nil
}

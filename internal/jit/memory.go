//go:build amd64 && (linux || darwin || windows) && !race && !nojit

package jit

import (
	"runtime"
	"sync/atomic"
)

// mapped is how many bytes of executable memory there are.
var mapped atomic.Int64

// program is machine code in executable memory, given back when nobody has it
// any more. The pointer keeps it out of the blocks that small objects without
// pointers share, each of which lives as long as any of them.
type program struct {
	entry uintptr
	_     *byte
}

// newProgram copies code into memory and makes that executable: it is never
// writable and executable at once.
func newProgram(code []byte) (*program, error) {
	m, err := makeExecutable(code)
	if err != nil {
		return nil, err
	}
	mapped.Add(int64(m.size()))
	p := &program{entry: m.entry()}
	runtime.AddCleanup(p, func(m region) {
		mapped.Add(-int64(m.size()))
		m.free()
	}, m)
	return p, nil
}

//go:build amd64 && (linux || darwin) && !race && !nojit

package jit

import (
	"fmt"
	"syscall"
	"unsafe"
)

// region is memory of its own pages.
type region []byte

func (m region) size() int { return len(m) }

func (m region) entry() uintptr { return uintptr(unsafe.Pointer(&m[0])) }

func (m region) free() { _ = syscall.Munmap(m) } // of what Mmap gave: cannot fail

func makeExecutable(code []byte) (region, error) {
	page := syscall.Getpagesize()
	size := (len(code) + page - 1) / page * page
	m, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("no memory for machine code: %w", err)
	}
	copy(m, code)
	if err := syscall.Mprotect(m, syscall.PROT_READ|syscall.PROT_EXEC); err != nil {
		region(m).free()
		return nil, fmt.Errorf("the system does not allow making memory executable: %w", err)
	}
	return m, nil
}

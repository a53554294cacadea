//go:build amd64 && windows && !race && !nojit

package jit

import (
	"fmt"
	"syscall"
	"unsafe"
)

var (
	kernel32       = syscall.NewLazyDLL("kernel32.dll")
	virtualAlloc   = kernel32.NewProc("VirtualAlloc")
	virtualProtect = kernel32.NewProc("VirtualProtect")
	virtualFree    = kernel32.NewProc("VirtualFree")
)

const (
	memCommit      = 0x1000
	memReserve     = 0x2000
	memRelease     = 0x8000
	pageReadWrite  = 0x04
	pageExecRead   = 0x20
	allocationUnit = 4096
)

// region is memory of its own pages.
type region struct {
	address uintptr
	bytes   int
}

func (m region) size() int { return m.bytes }

func (m region) entry() uintptr { return m.address }

func (m region) free() { _, _, _ = virtualFree.Call(m.address, 0, memRelease) } // of what VirtualAlloc gave: cannot fail

func makeExecutable(code []byte) (region, error) {
	size := (len(code) + allocationUnit - 1) / allocationUnit * allocationUnit
	address, _, err := virtualAlloc.Call(0, uintptr(size), memCommit|memReserve, pageReadWrite)
	if address == 0 {
		return region{}, fmt.Errorf("no memory for machine code: %w", err)
	}
	m := region{address, size}
	// The address is no Go memory: the collector never moves or frees it.
	copy(unsafe.Slice(*(**byte)(unsafe.Pointer(&address)), size), code)
	var old uint32
	if ok, _, err := virtualProtect.Call(address, uintptr(size), pageExecRead, uintptr(unsafe.Pointer(&old))); ok == 0 {
		m.free()
		return region{}, fmt.Errorf("the system does not allow making memory executable: %w", err)
	}
	return m, nil
}

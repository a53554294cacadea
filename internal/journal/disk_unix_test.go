//go:build !windows

package journal

import "syscall"

// noSpace is the error of a full disk.
var noSpace error = syscall.ENOSPC

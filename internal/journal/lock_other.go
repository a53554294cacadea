//go:build !(linux || darwin || dragonfly || freebsd || netbsd || openbsd || windows)

package journal

import (
	"errors"
	"fmt"
	"os"
)

// lockFile fails: without a lock two processes would write into each other's records.
func lockFile(*os.File) (held bool, err error) {
	return false, fmt.Errorf("this system has no file locks that end with the process: %w", errors.ErrUnsupported)
}

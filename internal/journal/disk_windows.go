package journal

import (
	"errors"

	"golang.org/x/sys/windows"
)

// syncDir does nothing: this system brings names to disk by itself, in order.
func syncDir(string) error { return nil }

// isFull says whether an error is that of a full disk or of a quota used up.
func isFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) || errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}

//go:build !windows

package journal

import (
	"errors"
	"os"
	"syscall"
)

// syncDir brings the names in a folder to disk, where the file system can.
func syncDir(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = folder.Sync()
	if errors.Is(err, syscall.EINVAL) { // a network folder's answer: it cannot
		err = nil
	}
	return errors.Join(err, folder.Close())
}

// isFull says whether an error is that of a full disk or of a quota used up.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

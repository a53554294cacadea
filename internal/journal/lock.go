package journal

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Lock keeps others that ask for it from a folder, until what it returns is closed or
// the process ends. On a file system without locks it keeps nobody.
func Lock(dir string) (io.Closer, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if held, _ := lockFile(file); held {
		_ = file.Close()
		return nil, fmt.Errorf("%s is in use by another process: end it, or take another folder", dir)
	}
	return file, nil
}

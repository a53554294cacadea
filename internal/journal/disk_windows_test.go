package journal

import "golang.org/x/sys/windows"

// noSpace is the error of a full disk.
var noSpace error = windows.ERROR_DISK_FULL

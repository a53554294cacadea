package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestOpenSync cannot bring to disk what a killed process wrote.
func TestOpenSync(t *testing.T) {
	d := &disk{space: 1 << 20}
	d.use(t)
	dir := t.TempDir()
	closeLog(t, open(t, dir, Options{}))
	content, _ := segment(3)
	write(t, filepath.Join(dir, segmentName(0)), content)
	d.syncErr = syscall.EIO
	if _, err := Open(dir, Options{}); !errors.Is(err, syscall.EIO) || !strings.HasPrefix(err.Error(), "journal: ") {
		t.Errorf("error %v", err)
	}
	d.syncErr = nil
	check(t, open(t, dir, Options{}), 0, 3)
}

// A disk has space for some bytes, and can fail to keep what it was given.
type disk struct {
	space            int64
	syncErr, openErr error
	truncateErr      error
}

// use has the logs that are opened from now on write to d.
func (d *disk) use(t *testing.T) {
	real := openFile
	t.Cleanup(func() { openFile = real })
	openFile = func(path string, flag int) (file, error) {
		if d.openErr != nil && flag&os.O_CREATE != 0 {
			return nil, d.openErr
		}
		f, err := real(path, flag)
		return diskFile{f, d}, err
	}
}

type diskFile struct {
	file
	d *disk
}

// WriteAt writes what there is space for, as a full disk does.
func (f diskFile) WriteAt(p []byte, offset int64) (int, error) {
	if int64(len(p)) <= f.d.space {
		f.d.space -= int64(len(p))
		return f.file.WriteAt(p, offset)
	}
	n, err := f.file.WriteAt(p[:f.d.space], offset)
	f.d.space = 0
	return n, errors.Join(err, &os.PathError{Op: "write", Path: "it", Err: noSpace})
}

func (f diskFile) Sync() error {
	return errors.Join(f.d.syncErr, f.file.Sync())
}

func (f diskFile) Truncate(size int64) error {
	if f.d.truncateErr != nil {
		return f.d.truncateErr
	}
	return f.file.Truncate(size)
}

// refused appends to a log that must fail, and not apply.
func refused(t *testing.T, l *Log) error {
	t.Helper()
	_, err := l.Append([][]byte{record(5), []byte("never acknowledged")}, func(uint64) { t.Error("applied") })
	if err == nil || !strings.HasPrefix(err.Error(), "journal: ") {
		t.Errorf("error %v", err)
	}
	return err
}

// TestFull fills the disk, at every byte of a write: the records before are there, those
// that failed are not, and with space again the log goes on.
func TestFull(t *testing.T) {
	for space := range int64(40) {
		d := &disk{space: 1 << 20}
		d.use(t)
		dir := t.TempDir()
		l := open(t, dir, Options{})
		add(t, l, 5)
		for range 2 {
			d.space = space
			if err := refused(t, l); !errors.Is(err, noSpace) || !errors.Is(err, ErrFull) {
				t.Fatalf("%d bytes of space: error %v", space, err)
			}
			check(t, l, 0, 5)
		}
		d.space = 1 << 20
		add(t, l, 3)
		check(t, l, 0, 8)
		closeLog(t, l)
		l = open(t, dir, Options{})
		if len(l.Notes()) > 0 {
			t.Errorf("notes %q", l.Notes())
		}
		check(t, l, 0, 8)
	}
}

// TestFullEnded ends the process while the disk is full and what was written of a
// record cannot be taken away.
func TestFullEnded(t *testing.T) {
	d := &disk{space: 1 << 20}
	d.use(t)
	dir := t.TempDir()
	l := open(t, dir, Options{})
	add(t, l, 5)
	d.space, d.truncateErr = 20, syscall.EIO
	for range 2 {
		if err := refused(t, l); !errors.Is(err, syscall.EIO) {
			t.Errorf("error %v", err)
		}
		d.space = 1 << 20
	}
	check(t, l, 0, 5)
	closeLog(t, l)
	d.truncateErr = nil
	l = open(t, dir, Options{})
	if len(l.Notes()) != 1 {
		t.Errorf("notes %q", l.Notes())
	}
	check(t, l, 0, 5)
	add(t, l, 1)
	check(t, l, 0, 6)
}

// TestFullSegment has no space for another file.
func TestFullSegment(t *testing.T) {
	d := &disk{space: 1 << 20}
	d.use(t)
	dir := t.TempDir()
	l := open(t, dir, Options{SegmentBytes: 1})
	add(t, l, 3)
	d.openErr = noSpace
	if err := refused(t, l); !errors.Is(err, ErrFull) {
		t.Errorf("error %v", err)
	}
	d.openErr = nil
	add(t, l, 3)
	closeLog(t, l)
	check(t, open(t, dir, Options{}), 0, 6)
}

// TestSync fails once to bring a record to disk: nothing is acknowledged after that,
// though the disk works again, until the log is opened anew.
func TestSync(t *testing.T) {
	for _, cause := range []error{syscall.EIO, noSpace} {
		d := &disk{space: 1 << 20}
		d.use(t)
		dir := t.TempDir()
		l := open(t, dir, Options{})
		add(t, l, 5)
		d.syncErr = cause
		for range 3 {
			err := refused(t, l)
			if !strings.Contains(err.Error(), cause.Error()) || errors.Is(err, ErrFull) {
				t.Errorf("error %v", err)
			}
			d.syncErr = nil
		}
		check(t, l, 0, 5)
		closeLog(t, l)
		l = open(t, dir, Options{})
		check(t, l, 0, 5)
		add(t, l, 1)
		closeLog(t, l)
	}
}

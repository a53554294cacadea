package serve

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/descent-go/descent/online"
)

// TestFullDisk fills a real file system in memory, where one may be mounted.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no small file system can be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	hog := filepath.Join(dir, "hog")
	if err := os.WriteFile(hog, make([]byte, 500<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	store := filepath.Join(dir, "store")
	s, err := Open(store, newLearner(t, online.Options{}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := serving(t, s)
	var learned []string
	teach := func() (status int) {
		texts := clicks(len(learned), len(learned)+100)
		r := c.vw("/learn", strings.Join(texts, ""))
		if r.status == 200 {
			learned = append(learned, texts...)
		}
		return r.status
	}
	fill := func() int {
		for {
			if status := teach(); status != 200 {
				return status
			}
		}
	}
	if status := fill(); status != 507 {
		t.Errorf("status %d", status)
	}
	if status := teach(); status != 507 {
		t.Errorf("status %d", status)
	}
	c.vw("/predict", click(1)).want(t, 200)
	if err := os.Remove(hog); err != nil {
		t.Fatal(err)
	}
	full := len(learned)
	if status := teach(); status != 200 {
		t.Errorf("status %d when there is space", status)
	}
	fill()
	if len(learned) < full+200 {
		t.Errorf("%d learned, then %d", full, len(learned))
	}
	err = s.Close() // whose snapshot may have no space
	t.Logf("%d examples fit; closing: %v", len(learned), err)

	again, err := Open(store, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(model(t, again.learner), model(t, plain(t, newLearner(t, online.Options{}), learned...))) {
		t.Error("the model is not that of what was acknowledged")
	}
	_ = again.Close() // as above
}

package checkpoint

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"
)

const childVariable = "DESCENT_CHECKPOINT_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		fmt.Println(saveOn(Folder(dir)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// large is small with enough numbers that a kill can tear a part.
func large(step int) *File {
	f := small(step)
	numbers := make([]float64, 30_000)
	for i := range numbers {
		numbers[i] = float64(step * i)
	}
	f.Tensors = append(f.Tensors, Tensor{Name: "many", Shape: []int{30, 1000}, F64: numbers})
	return f
}

// saveOn goes on from the newest checkpoint, saves every step with one to four ranks
// and says which step is saved, until the process is killed.
func saveOn(d Folder) error {
	step := 0
	switch s, err := d.Latest(); {
	case err == nil:
		step = s.Step
	case !errors.Is(err, ErrNone):
		return err
	}
	for {
		step++
		if err := saveStep(d, step, 1+step%4, large(step)); err != nil {
			return err
		}
		fmt.Println(step)
	}
}

// TestFolderKill kills such a process again and again. After each time the newest
// checkpoint is that which it has said last, or the next, and whole; nothing is damaged.
func TestFolderKill(t *testing.T) {
	lives := 100
	if testing.Short() {
		lives = 10
	}
	d := Folder(t.TempDir())
	last, unfinished := 0, 0
	for range lives {
		last = max(last, kill(t, d))
		s, err := d.Latest()
		if last == 0 && errors.Is(err, ErrNone) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if s.Step != last && s.Step != last+1 || len(s.Notes) > 0 {
			t.Fatalf("the newest is of step %d, it said %d; notes %q", s.Step, last, s.Notes)
		}
		sameBits(t, s.File, large(s.Step))
		last = s.Step
		if notDamaged(t, d) > last {
			unfinished++
		}
	}
	t.Logf("%d steps saved in %d lives, %d ended within a save", last, lives, unfinished)
	if last < lives/2 || unfinished == 0 {
		t.Error("too few were saved, or none was torn")
	}
}

// notDamaged wants each step to be whole or to have no manifest, and returns the last.
func notDamaged(t *testing.T, d Folder) (last int) {
	t.Helper()
	steps, err := d.steps()
	if err != nil || len(steps) > 4 {
		t.Fatalf("steps %v, %v", steps, err)
	}
	for _, last = range steps {
		m, err := d.manifest(last)
		if err == nil {
			err = m.verify(d.path(last))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return last
}

// kill starts such a process, kills it some time after, and returns the last step it
// has said.
func kill(t *testing.T, d Folder) (last int) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(exe)
	child.Env = append(os.Environ(), childVariable+"="+string(d))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(out)
	_, _ = in.Peek(1) // it has saved once, or failed
	time.AfterFunc(rand.N(20*time.Millisecond), func() { _ = child.Process.Kill() })
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			break // the last line may be torn
		}
		if _, err := fmt.Sscanf(line, "%d\n", &last); err != nil {
			t.Errorf("it says %s", line)
		}
	}
	_ = child.Wait()
	return last
}

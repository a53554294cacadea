//go:build mpi

package mpi

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/descent-go/descent/distributed"
)

// Ranks are processes of this test binary, which mpirun starts anew for each test:
// a scene is what one of them does. MPIRUN names another mpirun, MPICH's say.

// sceneVariable tells a process which scene it is in.
const sceneVariable = "DESCENT_MPI_SCENE"

var scenes = map[string]func(c distributed.Collective) error{}

func TestMain(m *testing.M) {
	name := os.Getenv(sceneVariable)
	if name == "" {
		os.Exit(m.Run())
	}
	if err := play(name); err != nil {
		fmt.Println("scene:", err)
		os.Exit(3)
	}
}

func play(name string) error {
	var options []Option
	if strings.HasPrefix(name, "patience") {
		options = append(options, Patience(time.Second))
	}
	c, err := Open(options...)
	if err != nil {
		return err
	}
	if err := scenes[name](c); err != nil {
		fmt.Printf("rank %d: %v\n", c.Rank(), err) // before the others can end and have mpirun end this one
		return errors.Join(err, c.Close())
	}
	return c.Close()
}

// stage plays a scene on so many ranks and returns what they print, mpirun too.
func stage(t *testing.T, ranks int, scene string) (output string, exit int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", fmt.Sprintf("exec %s -n %d %s", mpirun(), ranks, os.Args[0]))
	cmd.Env = append(os.Environ(), sceneVariable+"="+scene)
	out, err := cmd.CombinedOutput()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok || ctx.Err() != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// mpirun is the command that starts ranks, more than there are cores, also as root.
func mpirun() string {
	if name := os.Getenv("MPIRUN"); name != "" {
		return name
	}
	return "mpirun --allow-run-as-root --oversubscribe"
}

// succeeds plays a scene on 1, 2 and 4 ranks, or on as many as are given.
func succeeds(t *testing.T, scene string, ranks ...int) {
	if len(ranks) == 0 {
		ranks = []int{1, 2, 4}
	}
	for _, n := range ranks {
		t.Run(strconv.Itoa(n)+" ranks", func(t *testing.T) {
			if out, exit := stage(t, n, scene); exit != 0 {
				t.Errorf("exit code %d:\n%s", exit, out)
			}
		})
	}
}

// breaks plays a scene that must end in an error, and gives what was printed.
func breaks(t *testing.T, scene string, ranks int) string {
	t.Helper()
	out, exit := stage(t, ranks, scene)
	if exit == 0 {
		t.Errorf("%s: exit code 0:\n%s", scene, out)
	}
	return out
}

// says looks for a text in what ranks have printed.
func says(t *testing.T, output, want string) {
	t.Helper()
	if !strings.Contains(output, want) {
		t.Errorf("nobody says %q:\n%s", want, output)
	}
}

package mpi

import (
	"strings"
	"testing"
	"time"
)

func TestLaunched(t *testing.T) {
	for _, name := range append(rankVariables, sizeVariables...) {
		t.Setenv(name, "")
	}
	if Launched() {
		t.Error("without mpirun it says that mpirun has started this process")
	}
	t.Setenv("PMI_RANK", "0")
	if !Launched() {
		t.Error("with MPICH's variable it says that mpirun has not started this process")
	}
}

func TestOptions(t *testing.T) {
	for _, options := range [][]Option{{nil}, {Patience(0)}, {Patience(-time.Second)}} {
		if _, err := Open(options...); err == nil || !strings.HasPrefix(err.Error(), "mpi: a") {
			t.Errorf("the error of a wrong option is %v", err)
		}
	}
}

//go:build !mpi

package mpi

import (
	"strings"
	"testing"
)

func TestWithout(t *testing.T) {
	if _, err := Open(); err == nil || !strings.Contains(err.Error(), "CC=mpicc go build -tags mpi") {
		t.Errorf("the error %v does not say how to build", err)
	}
}

//go:build mpi

package main

// #include <mpi.h>
// static int all_reduce(float *x, int n) {
//	return MPI_Allreduce(MPI_IN_PLACE, x, n, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
// }
import "C"

import "fmt"

// allReduce is MPI's own. MPI was begun so that any thread may call it, one at a time.
func allReduce(x []float32) error {
	if code := C.all_reduce((*C.float)(&x[0]), C.int(len(x))); code != 0 {
		return fmt.Errorf("MPI_Allreduce: error %d", code)
	}
	return nil
}

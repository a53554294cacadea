package mpi

import "os"

// Each launcher tells its processes their rank in a variable of its own.
var (
	rankVariables = []string{"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"}
	sizeVariables = []string{"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}
)

// Launched tells whether mpirun, or another launcher of MPI, has started this process.
func Launched() bool { return firstSet(rankVariables) != "" }

// firstSet is the value of the first of the variables that is set.
func firstSet(names []string) string {
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			return value
		}
	}
	return ""
}

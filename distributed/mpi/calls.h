// The calls of MPI, as Go can make them: without MPI's macros.

#if !__has_include(<mpi.h>)
#error "mpi.h is not found: build with CC=mpicc go build -tags mpi (apt install libopenmpi-dev openmpi-bin)"
#endif
#include <mpi.h>

// What has become of a request.
typedef struct {
	int index;  // which
	int length; // bytes, of a receive
	int source; // rank, of a receive
	int error;
} outcome;

int open_mpi(int *rank, int *size);
int close_mpi(void);
int send_part(const void *data, int length, int rank, MPI_Request *request);
int send_notice(const void *data, int length, int rank, MPI_Request *request);
int receive_part(void *data, int length, int rank, MPI_Request *request);
int receive_notice(void *data, int length, MPI_Request *request);
void forget(MPI_Request *request, int sent);
int wait_some(int n, MPI_Request *requests, long long microseconds, outcome *done);
void wake(void);
int explain(int error, char *text);

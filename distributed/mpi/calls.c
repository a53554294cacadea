//go:build mpi

#include "calls.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

// Parts of exchanges and notices go separate ways.
static MPI_Comm parts, notices;

// init begins MPI and gives Go its signals back: Open MPI takes SIGSEGV and
// others for itself, on a stack where Go cannot have them.
static int init(void) {
	struct sigaction before[NSIG], after;
	int given;
	for (int s = 1; s < NSIG; s++)
		before[s].sa_handler = SIG_ERR, sigaction(s, NULL, &before[s]);
	int error = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &given);
	for (int s = 1; s < NSIG; s++)
		if (before[s].sa_handler != SIG_ERR && sigaction(s, NULL, &after) == 0 && after.sa_handler != before[s].sa_handler)
			sigaction(s, &before[s], NULL);
	if (error == MPI_SUCCESS && given < MPI_THREAD_SERIALIZED)
		return MPI_ERR_OTHER;
	return error;
}

int open_mpi(int *rank, int *size) {
	int error = init();
	if (error != MPI_SUCCESS) return error;
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN); // the others inherit it
	MPI_Comm_dup(MPI_COMM_WORLD, &parts);
	MPI_Comm_dup(MPI_COMM_WORLD, &notices);
	MPI_Comm_rank(parts, rank);
	return MPI_Comm_size(parts, size);
}

int close_mpi(void) { return MPI_Finalize(); }

int send_part(const void *data, int length, int rank, MPI_Request *request) {
	return MPI_Isend(data, length, MPI_BYTE, rank, 0, parts, request);
}

int send_notice(const void *data, int length, int rank, MPI_Request *request) {
	return MPI_Isend(data, length, MPI_BYTE, rank, 0, notices, request);
}

int receive_part(void *data, int length, int rank, MPI_Request *request) {
	return MPI_Irecv(data, length, MPI_BYTE, rank, 0, parts, request);
}

int receive_notice(void *data, int length, MPI_Request *request) {
	return MPI_Irecv(data, length, MPI_BYTE, MPI_ANY_SOURCE, 0, notices, request);
}

// forget gives a request up. What is being sent cannot be called back.
void forget(MPI_Request *request, int sent) {
	if (!sent) MPI_Cancel(request);
	MPI_Request_free(request);
}

static atomic_int woken;

void wake(void) { atomic_store(&woken, 1); }

static long long now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

// rest lets others have the processor: at once for a short wait, in a long one by
// sleeping a small part of what it took so far, so that little is added to it.
static void rest(long long waited) {
	if (waited < 100) {
		sched_yield();
		return;
	}
	long long pause = waited / 16 < 200 ? waited / 16 : 200;
	nanosleep(&(struct timespec){.tv_nsec = pause * 1000}, NULL);
}

static int some(int n, MPI_Request *requests, int *indices, MPI_Status *statuses, outcome *done) {
	int count, error = MPI_Testsome(n, requests, &count, indices, statuses);
	if (error != MPI_SUCCESS && error != MPI_ERR_IN_STATUS) return -1;
	for (int i = 0; i < count; i++) {
		done[i] = (outcome){.index = indices[i], .source = statuses[i].MPI_SOURCE};
		if (error == MPI_ERR_IN_STATUS) done[i].error = statuses[i].MPI_ERROR;
		MPI_Get_count(&statuses[i], MPI_BYTE, &done[i].length);
	}
	return count;
}

// wait_some waits until requests are done, wake is called or the time is over, and
// says how many are done.
int wait_some(int n, MPI_Request *requests, long long microseconds, outcome *done) {
	int *indices = malloc(n * sizeof *indices);
	MPI_Status *statuses = malloc(n * sizeof *statuses);
	int count;
	for (long long start = now();;) {
		count = some(n, requests, indices, statuses, done);
		if (count != 0 || atomic_exchange(&woken, 0)) break;
		long long waited = now() - start;
		if (waited >= microseconds) break;
		rest(waited);
	}
	free(indices);
	free(statuses);
	return count;
}

// explain writes what an error means and gives the text's length; text has room
// for 1024.
int explain(int error, char *text) {
	_Static_assert(MPI_MAX_ERROR_STRING <= 1024, "the text of an error may be longer");
	int length = 0;
	MPI_Error_string(error, text, &length);
	return length;
}

// MPI as Swift sees it: its constants are macros with casts, which Swift does not import.
#ifndef COGNITRON_CMPI_H
#define COGNITRON_CMPI_H

#include <mpi.h>
#include <stddef.h>

static inline int cmpi_init(int *provided) {
    return MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, provided);
}

static inline int cmpi_rank(int *rank) { return MPI_Comm_rank(MPI_COMM_WORLD, rank); }

static inline int cmpi_size(int *size) { return MPI_Comm_size(MPI_COMM_WORLD, size); }

static inline int cmpi_begin_sum(float *values, int count, MPI_Request *request) {
    return MPI_Iallreduce(MPI_IN_PLACE, values, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD, request);
}

static inline int cmpi_test(MPI_Request *request) {
    int done = 0;
    return MPI_Test(request, &done, MPI_STATUS_IGNORE);
}

static inline int cmpi_wait(MPI_Request *request) { return MPI_Wait(request, MPI_STATUS_IGNORE); }

static inline int cmpi_exchange(const float *sent, float *received, int count, int other) {
    return MPI_Sendrecv(
        sent, count, MPI_FLOAT, other, 0, received, count, MPI_FLOAT, other, 0, MPI_COMM_WORLD,
        MPI_STATUS_IGNORE);
}

static inline int cmpi_gather_counts(const int *own, int *counts) {
    return MPI_Allgather(own, 1, MPI_INT, counts, 1, MPI_INT, MPI_COMM_WORLD);
}

static inline int cmpi_gather(
    const unsigned char *own, int count, unsigned char *all, const int *counts, const int *starts) {
    return MPI_Allgatherv(own, count, MPI_BYTE, all, counts, starts, MPI_BYTE, MPI_COMM_WORLD);
}

static inline int cmpi_broadcast_size(unsigned long long *size) {
    return MPI_Bcast(size, 1, MPI_UNSIGNED_LONG_LONG, 0, MPI_COMM_WORLD);
}

static inline int cmpi_broadcast(unsigned char *bytes, int count) {
    return MPI_Bcast(bytes, count, MPI_BYTE, 0, MPI_COMM_WORLD);
}

static inline int cmpi_abort(int status) { return MPI_Abort(MPI_COMM_WORLD, status); }

#endif

// What this machine can do, measured: the yardstick of the benchmarks.

#ifndef CMACHINE_H
#define CMACHINE_H

#include <stddef.h>
#include <stdint.h>

// Each loop runs with the instructions that kernels of that name use ("avx512", "avx2", "sse2", "neon"); the caller
// makes sure that the processor has them.

// Multiplies and adds in registers, as fast as one core can; returns a number that depends on all of them.
float machine_multiply_add(const char *kernels, size_t rounds);
// Floating-point operations of one round.
size_t machine_operations(const char *kernels);

// Reads n floats, n a multiple of 64; returns their sum.
float machine_read(const char *kernels, size_t n, const float *data);
// Reads and writes n floats, n a multiple of 64.
void machine_update(const char *kernels, size_t n, float *data);

// A chain of integer multiplications, each of which waits for the one before.
uint64_t machine_integers(size_t rounds);

// Processor time of the calling thread and of the whole process, and time that passes; in seconds.
double machine_thread_time(void);
double machine_process_time(void);
double machine_time(void);

// Bytes that the process has got from the C library and not given back; 0 where that cannot be asked.
size_t machine_heap_bytes(void);

#endif

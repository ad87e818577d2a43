#include "include/CMachine.h"

#include <string.h>
#include <time.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpsabi"

#define NAME(loop) baseline_##loop
#define LANES 4
#if defined(__aarch64__)
#define MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif
#include "loops.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(loop) avx2_##loop
#define LANES 8
#define MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "loops.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"), \
                                            min_vector_width(512))), apply_to = function)
#define NAME(loop) avx512_##loop
#define LANES 16
#define MULTIPLY_ADD(a, b, c) __builtin_elementwise_fma(a, b, c)
#include "loops.h"
#pragma clang attribute pop
#endif

struct loops {
  const char *kernels;
  size_t lanes;
  float (*multiply_add)(size_t rounds);
  float (*read)(size_t n, const float *data);
  void (*update)(size_t n, float *data);
};

static const struct loops *find(const char *kernels) {
  static const struct loops all[] = {
#if defined(__x86_64__)
      {"avx512", 16, avx512_multiply_add, avx512_read, avx512_update},
      {"avx2", 8, avx2_multiply_add, avx2_read, avx2_update},
#endif
      {"", 4, baseline_multiply_add, baseline_read, baseline_update},
  };
  const struct loops *found = all;
  while (found->kernels[0] != 0 && strcmp(found->kernels, kernels) != 0) found++;
  return found;
}

float machine_multiply_add(const char *kernels, size_t rounds) { return find(kernels)->multiply_add(rounds); }
size_t machine_operations(const char *kernels) { return 2 * 12 * find(kernels)->lanes; }
float machine_read(const char *kernels, size_t n, const float *data) { return find(kernels)->read(n, data); }
void machine_update(const char *kernels, size_t n, float *data) { find(kernels)->update(n, data); }

uint64_t machine_integers(size_t rounds) {
  uint64_t x = 1;
  for (size_t round = 0; round < rounds; round++) x = (x ^ x >> 29) * 0x9e3779b97f4a7c15u + round;
  return x;
}

static double seconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double machine_thread_time(void) { return seconds(CLOCK_THREAD_CPUTIME_ID); }
double machine_process_time(void) { return seconds(CLOCK_PROCESS_CPUTIME_ID); }
double machine_time(void) { return seconds(CLOCK_MONOTONIC); }

#if defined(__GLIBC__)
#include <malloc.h>

size_t machine_heap_bytes(void) {
  struct mallinfo2 now = mallinfo2();
  return now.uordblks + now.hblkhd;
}
#else
size_t machine_heap_bytes(void) { return 0; }
#endif

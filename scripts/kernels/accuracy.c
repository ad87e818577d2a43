// The errors of the elementary functions against float64, in units of the last place:
//
//     accuracy KERNELS STRIDE    every STRIDE-th float32 for exp, log and tanh; every 3·STRIDE-th for the rest;
//                                powers as norms add them up, |x|^p, over a grid
//
// Prints a line for each function, and status 1 if one is beyond its limit or a NaN is not where it should be. The
// references are C's float64 functions, themselves good to about 2^-29 of a float32 unit.

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

enum { THREADS = 2, BLOCK = 4096, EXPONENTS = 1001, BASES = 1 << 16 };

struct function {
  const char *name;
  enum ck_function kernel;
  double (*reference)(double);
  const char *range;
  bool (*covers)(float);
  uint32_t sparse;  // of the floats, only every sparse-th
  double limit;
};

static double sigmoid(double x) { return 1.0 / (1.0 + exp(-x)); }
static bool everywhere(float x) { return x == x; }
static bool up_to_2_20(float x) { return fabsf(x) <= 0x1p20f; }

static const struct function functions[] = {
    {"exp", CK_EXP, exp, "all", everywhere, 1, 2},
    {"log", CK_LOG, log, "all", everywhere, 1, 2},
    {"tanh", CK_TANH, tanh, "all", everywhere, 1, 2},
    {"sigmoid", CK_SIGMOID, sigmoid, "all", everywhere, 3, 2},
    {"sin", CK_SIN, sin, "|x| <= 2^20", up_to_2_20, 3, 2},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

struct worst { double error; float x, y; unsigned long values, misplaced; };

// The distance of y from the exact value, in units of the last place of float32 there. Infinity stands for 2^128, where
// the next number would be.
static double error_of(float y, double exact) {
  if (isinf(y) && isinf(exact)) return signbit(y) == signbit(exact) ? 0 : INFINITY;
  double value = isinf(y) ? copysign(0x1p128, y) : (double)y;
  double bounded = fabs(exact) > 0x1p128 ? copysign(0x1p128, exact) : exact;
  int exponent;
  frexp(bounded, &exponent);
  if (bounded == 0 || exponent < -125) exponent = -125;
  if (exponent > 128) exponent = 128;
  return fabs(value - bounded) * ldexp(1.0, 24 - exponent);
}

static void look(struct worst *worst, float x, float y, double exact) {
  worst->values++;
  if (isnan(exact) || isnan(y)) {
    worst->misplaced += isnan(exact) != isnan(y);
    return;
  }
  double error = error_of(y, exact);
  if (error > worst->error) *worst = (struct worst){error, x, y, worst->values, worst->misplaced};
}

struct job {
  const struct ck_kernels *kernels;
  const struct function *function;
  uint64_t first, step;
  struct worst worst;
};

// Floats by their bits, in blocks; each thread takes every THREADS-th float of those that are looked at.
static void *work(void *argument) {
  struct job *job = argument;
  float x[BLOCK], y[BLOCK];
  for (uint64_t start = job->first; start < 1ull << 32; start += BLOCK * job->step) {
    int count = 0;
    for (int i = 0; i < BLOCK; i++) {
      uint64_t bits = start + (uint64_t)i * job->step;
      if (bits >= 1ull << 32) break;
      uint32_t narrow = (uint32_t)bits;
      memcpy(x + count, &narrow, 4);
      count += job->function->covers(x[count]);
    }
    job->kernels->apply(job->function->kernel, (size_t)count, x, y);
    for (int i = 0; i < count; i++) look(&job->worst, x[i], y[i], job->function->reference((double)x[i]));
  }
  return NULL;
}

static void merge(struct worst *into, const struct worst *other) {
  unsigned long values = into->values + other->values, misplaced = into->misplaced + other->misplaced;
  if (other->error > into->error) *into = *other;
  into->values = values;
  into->misplaced = misplaced;
}

static bool report(const char *name, const char *range, const struct worst *worst, double limit) {
  bool held = worst->error <= limit && worst->misplaced == 0;
  printf("%-8s %-24s %11lu values  %.4f ulp at %a  limit %g%s", name, range, worst->values, worst->error,
         (double)worst->x, limit, held ? "\n" : "  BEYOND\n");
  if (worst->misplaced > 0) printf("%-8s NaN is missing or too much for %lu values\n", name, worst->misplaced);
  fflush(stdout);
  return held;
}

static bool measure(const struct ck_kernels *kernels, const struct function *function, uint64_t stride) {
  struct job jobs[THREADS];
  pthread_t threads[THREADS];
  for (int t = 0; t < THREADS; t++) {
    uint64_t step = stride * function->sparse;
    jobs[t] = (struct job){kernels, function, (uint64_t)t * step, THREADS * step, {0}};
    if (pthread_create(&threads[t], NULL, work, &jobs[t]) != 0) exit(2);
  }
  struct worst worst = {0};
  for (int t = 0; t < THREADS; t++) {
    pthread_join(threads[t], NULL);
    merge(&worst, &jobs[t].worst);
  }
  return report(function->name, function->range, &worst, function->limit);
}

// Bases of every binade and around 1, for exponents from -50 to 50 in tenths and some beyond.
static bool measure_power(const struct ck_kernels *kernels, uint64_t stride) {
  struct worst worst = {0};
  static float x[BASES];
  uint32_t bases = 0, step = 65537;
  for (uint64_t bits = 0; bits < 1ull << 32 && bases < BASES; bits += step, bases++) {
    uint32_t narrow = (uint32_t)bits;
    memcpy(x + bases, &narrow, 4);
    if (x[bases] != x[bases]) x[bases] = 1.0f + ldexpf((float)(bases % 4096), -14);
  }
  for (int i = 0; i < EXPONENTS; i += stride > 100 ? 25 : 1) {
    float exponent = i == EXPONENTS - 1 ? 1000.0f : (float)(i - 500) / 10.0f;
    for (uint32_t j = 0; j < bases; j++) {
      float y = (float)kernels->sum_of_powers(1, x + j, exponent);
      look(&worst, x[j], y, pow(fabs((double)x[j]), (double)exponent));
    }
  }
  return report("pow", "exponents -50 … 50, 1000", &worst, 4);
}

int main(int argc, char **argv) {
  const struct ck_kernels *kernels = argc == 3 ? ck_find(argv[1]) : NULL;
  long stride = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
  if (kernels == NULL || stride < 1) {
    fprintf(stderr, "accuracy: give the name of kernels that this processor has, and a stride\n");
    return 2;
  }
  bool held = true;
  for (int i = 0; i < FUNCTIONS; i++) held &= measure(kernels, &functions[i], (uint64_t)stride);
  held &= measure_power(kernels, (uint64_t)stride);
  return held ? 0 : 1;
}

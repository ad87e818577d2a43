// Kernels over inputs of which no kind is left out: what they leave in memory, as bits.

#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "CKernels.h"

enum { COUNT = 4099 };  // whole vectors and a rest

// Inputs and results.
struct arena {
  float a[COUNT], b[COUNT];
  float out[COUNT];
  double number;
};

struct operation {
  const char *name;
  void (*run)(const struct ck_kernels *k, struct arena *arena);
  bool moves;  // computes nothing: a NaN is handed on as it came
};

extern const struct operation operations[];
extern const int operation_count;

// Fills the inputs with "calm" numbers from -4 to 4; with "infinite" ones, that is zeros, subnormals, extremes,
// infinities and random bits but no NaN; with "special" ones, those and NaN of every kind; or "mixed", calm ones with a
// special one here and there.
void fill(struct arena *arena, const char *kind);

#endif

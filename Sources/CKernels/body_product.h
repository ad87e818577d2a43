// The matrix product c[M×N] = a[M×K] · b[K×N].
//
// Each element of c is one lane that takes in a[i, k] · b[k, j] by fused multiply-add, k = 0, 1, … in order: that is
// the whole definition of the result, so blocks may be cut as registers allow. A block of ROWS × 2 vectors is kept in
// registers over all of K; every value of b is loaded once per block, every value of a is broadcast from memory.
//
// VECTOR_LANES and ROWS come from the instruction set: 16 and 8 fill 16 of the 32 registers of AVX-512 with sums,
// 8 and 6 fill 12 of the 16 of AVX2.

typedef float vector __attribute__((vector_size(VECTOR_LANES * 4)));
typedef float unaligned_vector __attribute__((vector_size(VECTOR_LANES * 4), aligned(4)));

#if HARDWARE_FMA
#define VECTOR_FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
typedef int32_t int_vector __attribute__((vector_size(VECTOR_LANES * 4)));
typedef double wide_vector __attribute__((vector_size(VECTOR_LANES * 8)));
typedef int64_t long_vector __attribute__((vector_size(VECTOR_LANES * 8)));
typedef uint64_t unsigned_long_vector __attribute__((vector_size(VECTOR_LANES * 8)));
DEFINE_SOFTWARE_FMA(software_vector_fma, vector, int_vector, wide_vector, long_vector, unsigned_long_vector)
#define VECTOR_FMA(a, b, c) software_vector_fma(a, b, c)
#endif

INLINE vector load_lanes(const float *p, size_t lanes) {
  if (lanes == VECTOR_LANES) return *(const unaligned_vector *)p;
#ifdef LOAD_SOME
  return LOAD_SOME(p, lanes);
#else
  vector v = {};
  for (size_t i = 0; i < lanes; i++) v[i] = p[i];
  return v;
#endif
}
INLINE void store_lanes(float *p, vector v, size_t lanes) {
  if (lanes == VECTOR_LANES) {
    *(unaligned_vector *)p = v;
    return;
  }
#ifdef STORE_SOME
  STORE_SOME(p, v, lanes);
#else
  for (size_t i = 0; i < lanes; i++) p[i] = v[i];
#endif
}

struct operands {
  size_t n, k;
  const float *a;
  size_t row_stride, k_stride;
  const float *b;
  float *c;
  bool accumulate;
};

// One block of rows × vectors, the last vector of `lanes` lanes. With the first two constant the loops vanish.
INLINE void block(const int rows, const int vectors, size_t lanes, const struct operands *o, size_t i, size_t j) {
  vector sums[ROWS][2];
  const float *a = o->a + i * o->row_stride;
  const float *b = o->b + j;
  float *c = o->c + i * o->n + j;
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      size_t width = v == vectors - 1 ? lanes : VECTOR_LANES;
      sums[r][v] = o->accumulate ? load_lanes(c + r * o->n + v * VECTOR_LANES, width) : (vector){};
    }
  }
  for (size_t k = 0; k < o->k; k++) {
    vector right[2];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      right[v] = load_lanes(b + v * VECTOR_LANES, v == vectors - 1 ? lanes : VECTOR_LANES);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      vector left = a[r * o->row_stride] - (vector){};
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sums[r][v] = VECTOR_FMA(left, right[v], sums[r][v]);
    }
    a += o->k_stride;
    b += o->n;
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      store_lanes(c + r * o->n + v * VECTOR_LANES, sums[r][v], v == vectors - 1 ? lanes : VECTOR_LANES);
  }
}

// All rows of one stripe of columns: full blocks, then one block of what is left.
INLINE void stripe(const int vectors, size_t lanes, const struct operands *o, size_t m, size_t j) {
  size_t i = 0;
  for (; i + ROWS <= m; i += ROWS) block(ROWS, vectors, lanes, o, i, j);
  switch (m - i) {
#if ROWS > 6
  case 7: block(7, vectors, lanes, o, i, j); break;
  case 6: block(6, vectors, lanes, o, i, j); break;
#endif
#if ROWS > 4
  case 5: block(5, vectors, lanes, o, i, j); break;
  case 4: block(4, vectors, lanes, o, i, j); break;
#endif
#if ROWS > 2
  case 3: block(3, vectors, lanes, o, i, j); break;
  case 2: block(2, vectors, lanes, o, i, j); break;
#endif
  case 1: block(1, vectors, lanes, o, i, j); break;
  default: break;
  }
}

// One function per kind of stripe, not inlined: the compiler then plans the registers of each on its own.
static __attribute__((noinline)) void two_vectors(const struct operands *o, size_t m, size_t j) {
  stripe(2, VECTOR_LANES, o, m, j);
}
static __attribute__((noinline)) void two_vectors_part(const struct operands *o, size_t m, size_t j, size_t lanes) {
  stripe(2, lanes, o, m, j);
}
static __attribute__((noinline)) void one_vector_part(const struct operands *o, size_t m, size_t j, size_t lanes) {
  stripe(1, lanes, o, m, j);
}

static void product(size_t m, size_t n, size_t k, const float *a, size_t row_stride, size_t k_stride, const float *b,
                    float *c, bool accumulate) {
  struct operands o = {n, k, a, row_stride, k_stride, b, c, accumulate};
  size_t j = 0;
  for (; j + 2 * VECTOR_LANES <= n; j += 2 * VECTOR_LANES) two_vectors(&o, m, j);
  size_t rest = n - j;
  if (rest > VECTOR_LANES) two_vectors_part(&o, m, j, rest - VECTOR_LANES);
  else if (rest > 0) one_vector_part(&o, m, j, rest);
}

static void transpose(size_t rows, size_t columns, const float *in, float *out) {
  // tiles of one cache line each way
  for (size_t row = 0; row < rows; row += 16) {
    size_t last_row = row + 16 < rows ? row + 16 : rows;
    for (size_t column = 0; column < columns; column += 16) {
      size_t last_column = column + 16 < columns ? column + 16 : columns;
      for (size_t j = column; j < last_column; j++)
        for (size_t i = row; i < last_row; i++) out[j * rows + i] = in[i * columns + j];
    }
  }
}

// Vectors of 16 elements at every instruction set: the compiler splits them into registers, and the index of an
// element in a vector, and with it every sum, is the same everywhere.

typedef float floats __attribute__((vector_size(64)));
typedef int32_t ints __attribute__((vector_size(64)));
typedef uint32_t words __attribute__((vector_size(64)));
typedef double doubles __attribute__((vector_size(128)));
typedef int64_t longs __attribute__((vector_size(128)));
typedef uint64_t long_words __attribute__((vector_size(128)));
typedef float unaligned_floats __attribute__((vector_size(64), aligned(4)));

#define LANES 16
#define INLINE static inline __attribute__((always_inline, unused))

// x - 0 is x for every x, also for -0, where 0 + x is not
INLINE floats broadcast(float x) { return x - (floats){}; }
INLINE doubles broadcast_double(double x) { return x - (doubles){}; }

INLINE floats load(const float *p) { return *(const unaligned_floats *)p; }
// Leaves what only moves as it is.
INLINE void put(float *p, floats v) { *(unaligned_floats *)p = v; }

// The first n < 16 elements, zeros behind them.
INLINE floats load_part(const float *p, size_t n) {
#ifdef LOAD_PART
  return LOAD_PART(p, n);
#else
  floats v = {};
  __builtin_memcpy(&v, p, n * sizeof(float));
  return v;
#endif
}

// The next `width` of them, at most 16.
INLINE floats read(const float *p, size_t width) { return width == LANES ? load(p) : load_part(p, width); }
#define FOR_EACH_PART(n, ...)                               \
  for (size_t i = 0; i < (n); i += LANES) {                 \
    size_t width = (n) - i < LANES ? (n) - i : LANES;       \
    __VA_ARGS__;                                            \
  }

// Bitwise choice; a mask lane is all ones or all zeros, as comparisons give.
INLINE floats choose(ints mask, floats yes, floats no) {
  return (floats)((mask & (ints)yes) | (~mask & (ints)no));
}
INLINE doubles choose_double(longs mask, doubles yes, doubles no) {
  return (doubles)((mask & (longs)yes) | (~mask & (longs)no));
}

// Whatever is computed reaches memory through these. Every NaN becomes the canonical one on its way: processors make
// different ones, and of two that meet they hand on either.
#define NOT_A_NUMBER __builtin_nanf("")
#ifdef CANONICAL
INLINE floats canonical(floats x) { return CANONICAL(x, broadcast(NOT_A_NUMBER)); }
#else
INLINE floats canonical(floats x) { return choose(x == x, x, broadcast(NOT_A_NUMBER)); }
#endif
INLINE void store(float *p, floats v) { put(p, canonical(v)); }
INLINE void store_part(float *p, floats v, size_t n) {
  v = canonical(v);
#ifdef STORE_PART
  STORE_PART(p, v, n);
#else
  __builtin_memcpy(p, &v, n * sizeof(float));
#endif
}
INLINE void write(float *p, floats v, size_t width) {
  if (width == LANES) store(p, v);
  else store_part(p, v, width);
}

// The first n elements, zeros behind them.
INLINE floats first_of(floats x, size_t n) {
  return choose((ints){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} < (int32_t)n, x, (floats){});
}
INLINE floats magnitude(floats x) { return (floats)((words)x & 0x7fffffffu); }
INLINE doubles magnitude_double(doubles x) { return (doubles)((long_words)x & 0x7fffffffffffffffu); }
INLINE floats with_sign_of(floats x, floats sign) {
  return (floats)(((words)x & 0x7fffffffu) | ((words)sign & 0x80000000u));
}
INLINE doubles widen(floats x) { return __builtin_convertvector(x, doubles); }
INLINE floats narrow(doubles x) { return __builtin_convertvector(x, floats); }
INLINE floats root(floats x) { return __builtin_elementwise_sqrt(x); }

#if HARDWARE_FMA
#define FMA(a, b, c) __builtin_elementwise_fma(a, b, c)
#else
// Fused multiply-add without the instruction. The product of two float32 is exact in float64; rounding its sum with c
// to float64 and that to float32 rounds twice, which is wrong at most where the float64 sum is exactly half way between
// two float32 values. That shows in its last 29 bits, or may if the result is subnormal. Only then the sum is rounded
// to odd instead: if it is not exact, to the neighbour whose last bit is 1. 53 bits are more than 2·24 + 2, so that
// rounding it again rounds the exact value once (Boldo, Melquiond 2008).
//
// F, I: vectors of float32 and int32; D, L, U: of as many float64, int64 and uint64. The doubt is decided in 32-bit
// halves, because SSE2 cannot compare 64-bit integers.
#define DEFINE_SOFTWARE_FMA(NAME, F, I, D, L, U)                                                        \
  INLINE F NAME(F a, F b, F c) {                                                                        \
    D product = __builtin_convertvector(a, D) * __builtin_convertvector(b, D);                          \
    D addend = __builtin_convertvector(c, D);                                                           \
    D sum = product + addend;                                                                           \
    I low = __builtin_convertvector((U)sum, I) & 0x1fffffff;                                            \
    I high = __builtin_convertvector((U)sum >> 32, I) & 0x7fffffff; /* 0x38100000 begins 2^-126 */      \
    I doubtful = (low == 0x10000000) | ((high < 0x38100000) & (high > 0));                              \
    if (__builtin_reduce_or(doubtful)) {                                                                \
      D part = sum - product;                                                                           \
      D error = (product - (sum - part)) + (addend - part);                                             \
      L inexact = (error < 0.0) | (error > 0.0); /* neither for NaN, which infinities give */           \
      L even = ((L)sum & 1) - 1;                                                                        \
      L away = 1 - 2 * (L)(((U)error ^ (U)sum) >> 63);                                                  \
      sum = (D)((L)sum + (inexact & even & away));                                                      \
    }                                                                                                   \
    return __builtin_convertvector(sum, F);                                                             \
  }
DEFINE_SOFTWARE_FMA(software_fma, floats, ints, doubles, longs, long_words)
#define FMA(a, b, c) software_fma(a, b, c)
#endif

#if defined(__x86_64__)

#include <immintrin.h>

#define KERNELS_NAME "avx2"
#define KERNELS ck_kernels_avx2
#define HARDWARE_FMA 1
#define VECTOR_LANES 8
#define VECTORS 2

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define SOME(lanes) \
  _mm256_cmpgt_epi32(_mm256_set1_epi32((int)(lanes)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
#define LOAD_SOME(p, lanes) (vector) _mm256_maskload_ps(p, SOME(lanes))
#define STORE_SOME(p, v, lanes) _mm256_maskstore_ps(p, SOME(lanes), (__m256)(v))
#define LOAD_PART(p, lanes)                                                                  \
  ({                                                                                         \
    union { __m256 half[2]; floats all; } v = {                                              \
        .half = {_mm256_maskload_ps(p, SOME(lanes)), _mm256_maskload_ps((p) + 8, SOME((int)(lanes) - 8))}}; \
    v.all;                                                                                   \
  })
#define STORE_PART(p, v, lanes)                                           \
  do {                                                                    \
    union { floats all; __m256 half[2]; } from = {.all = (v)};            \
    _mm256_maskstore_ps(p, SOME(lanes), from.half[0]);                    \
    _mm256_maskstore_ps((p) + 8, SOME((int)(lanes) - 8), from.half[1]);   \
  } while (0)

// Of eight at a time: bit 3 of the index says which half of the table, and moved to the sign it chooses.
#define LOOK_UP_EIGHT(table, i)                                                           \
  _mm256_blendv_ps(_mm256_permutevar8x32_ps(_mm256_loadu_ps(table), i),                   \
                   _mm256_permutevar8x32_ps(_mm256_loadu_ps((table) + 8), i),             \
                   _mm256_castsi256_ps(_mm256_slli_epi32(i, 28)))
#define LOOK_UP(table, i)                                                                                        \
  ({                                                                                                             \
    union { ints all; __m256i half[2]; } at = {.all = (i)};                                                      \
    union { floats all; __m256 half[2]; } found = {                                                              \
        .half = {LOOK_UP_EIGHT(table, at.half[0]), LOOK_UP_EIGHT(table, at.half[1])}};                           \
    found.all;                                                                                                   \
  })

#include "body.h"

#pragma clang attribute pop
#endif

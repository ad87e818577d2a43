#if defined(__x86_64__)

#include <immintrin.h>

#define KERNELS_NAME "avx2"
#define KERNELS ck_kernels_avx2
#define HARDWARE_FMA 1
#define VECTOR_LANES 8
#define ROWS 6

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define SOME(lanes) \
  _mm256_cmpgt_epi32(_mm256_set1_epi32((int)(lanes)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
#define LOAD_SOME(p, lanes) (vector) _mm256_maskload_ps(p, SOME(lanes))
#define STORE_SOME(p, v, lanes) _mm256_maskstore_ps(p, SOME(lanes), (__m256)(v))

#include "body.h"

#pragma clang attribute pop
#endif

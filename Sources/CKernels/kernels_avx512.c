#if defined(__x86_64__)

#include <immintrin.h>

#define KERNELS_NAME "avx512"
#define KERNELS ck_kernels_avx512
#define HARDWARE_FMA 1
#define VECTOR_LANES 16
#define VECTORS 4

// Without the width the compiler may split 512-bit vectors in two.
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"), \
                                            min_vector_width(512))), apply_to = function)

#define SOME(lanes) (__mmask16)((1u << (lanes)) - 1)
#define LOAD_SOME(p, lanes) (vector) _mm512_maskz_loadu_ps(SOME(lanes), p)
#define STORE_SOME(p, v, lanes) _mm512_mask_storeu_ps(p, SOME(lanes), (__m512)(v))
#define LOAD_PART(p, lanes) (floats) _mm512_maskz_loadu_ps(SOME(lanes), p)
#define STORE_PART STORE_SOME

// One instruction: its table says 0, the second operand, for both kinds of NaN, and 1, the first, for all other numbers.
#define CANONICAL(x, nan) \
  (floats) _mm512_fixupimm_ps((__m512)(nan), (__m512)(x), _mm512_set1_epi32(0x11111100), 0)

#define LOOK_UP(table, i) (floats) _mm512_permutexvar_ps((__m512i)(i), _mm512_loadu_ps(table))

#include "body.h"

#pragma clang attribute pop
#endif

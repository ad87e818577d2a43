// What every processor of the family has: SSE2 on x86-64 (no fused multiply-add), NEON on arm64 (with it).

#if defined(__aarch64__)
#define KERNELS_NAME "neon"
#define HARDWARE_FMA 1
#define VECTORS 4
#else
#if defined(__x86_64__)
#define KERNELS_NAME "sse2"
#else
#define KERNELS_NAME "scalar"
#endif
#define HARDWARE_FMA 0
#define VECTORS 2
#endif
#define VECTOR_LANES 4
#define KERNELS ck_kernels_baseline

#include "body.h"

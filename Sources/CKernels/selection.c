// Which kernels run: the widest the processor has, unless told otherwise.

#include <string.h>

#include "include/CKernels.h"

extern const struct ck_kernels ck_kernels_baseline;
#if defined(__x86_64__)
extern const struct ck_kernels ck_kernels_avx2, ck_kernels_avx512;
#endif

static const struct ck_kernels *selected = NULL;

const struct ck_kernels *ck_find(const char *name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (strcmp(name, "avx2") == 0)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &ck_kernels_avx2 : NULL;
  if (strcmp(name, "avx512") == 0)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")
               ? &ck_kernels_avx512
               : NULL;
#endif
  return strcmp(name, ck_kernels_baseline.name) == 0 ? &ck_kernels_baseline : NULL;
}

// Before main, so that no thread sees it half done and no call has to ask.
__attribute__((constructor)) static void select_widest(void) {
  const char *names[] = {"avx512", "avx2"};
  selected = &ck_kernels_baseline;
  for (int i = 1; i >= 0; i--) {
    const struct ck_kernels *found = ck_find(names[i]);
    if (found != NULL) selected = found;
  }
}

const struct ck_kernels *ck_active(void) { return __atomic_load_n(&selected, __ATOMIC_RELAXED); }

void ck_select(const struct ck_kernels *kernels) { __atomic_store_n(&selected, kernels, __ATOMIC_RELAXED); }

#include "AllocationCounter.h"

#include <errno.h>
#include <stddef.h>

#if defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

// In the executable's own storage: space that is made at the first use would be asked of malloc.
static __attribute__((tls_model("initial-exec"))) _Thread_local long requests;

void *malloc(size_t size) {
  requests++;
  return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
  requests++;
  return __libc_calloc(count, size);
}
void *realloc(void *memory, size_t size) {
  requests++;
  return __libc_realloc(memory, size);
}
void *memalign(size_t alignment, size_t size) {
  requests++;
  return __libc_memalign(alignment, size);
}
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **memory, size_t alignment, size_t size) {
  *memory = memalign(alignment, size);
  return *memory == NULL ? ENOMEM : 0;
}

bool allocation_counter_works(void) { return true; }
long allocation_count(void) { return requests; }

#else

bool allocation_counter_works(void) { return false; }
long allocation_count(void) { return 0; }

#endif

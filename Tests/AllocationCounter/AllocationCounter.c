#include "AllocationCounter.h"

#include <errno.h>
#include <stddef.h>

#if defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);
size_t malloc_usable_size(void *memory);

// In the executable's own storage: space that is made at the first use would be asked of malloc.
static __attribute__((tls_model("initial-exec"))) _Thread_local long requests, bytes, held;

static void *given(void *memory, size_t size) {
  bytes += (long)size;
  held += (long)malloc_usable_size(memory);
  return memory;
}

void *malloc(size_t size) {
  requests++;
  return given(__libc_malloc(size), size);
}
void *calloc(size_t count, size_t size) {
  requests++;
  return given(__libc_calloc(count, size), count * size);
}
void *realloc(void *memory, size_t size) {
  requests++;
  held -= (long)malloc_usable_size(memory);
  return given(__libc_realloc(memory, size), size);
}
void *memalign(size_t alignment, size_t size) {
  requests++;
  return given(__libc_memalign(alignment, size), size);
}
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **memory, size_t alignment, size_t size) {
  *memory = memalign(alignment, size);
  return *memory == NULL ? ENOMEM : 0;
}

void free(void *memory) {
  held -= (long)malloc_usable_size(memory);
  __libc_free(memory);
}

bool allocation_counter_works(void) { return true; }
long allocation_count(void) { return requests; }
long allocated_bytes(void) { return bytes; }
long held_bytes(void) { return held; }

#else

bool allocation_counter_works(void) { return false; }
long allocation_count(void) { return 0; }
long allocated_bytes(void) { return 0; }
long held_bytes(void) { return 0; }

#endif

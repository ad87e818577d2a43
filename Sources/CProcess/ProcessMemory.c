#define _GNU_SOURCE
#define _DARWIN_C_SOURCE

#include "ProcessMemory.h"

#include <limits.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static long long least(long long a, long long b) { return a < b ? a : b; }

// The number that a small file of the system's begins with, or `otherwise`.
static long long number_in(const char *path, long long otherwise) {
  FILE *file = fopen(path, "re");
  if (file == NULL) return otherwise;
  long long number;
  if (fscanf(file, "%lld", &number) != 1) number = otherwise;
  fclose(file);
  return number;
}

static long long limit_of(int resource) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return LLONG_MAX;
  return limit.rlim_cur > (rlim_t)LLONG_MAX ? LLONG_MAX : (long long)limit.rlim_cur;
}

long long memory_for_this_process(void) {
  long long page = sysconf(_SC_PAGESIZE), pages = sysconf(_SC_PHYS_PAGES);
  // Three quarters of the machine's: one that swaps shows nothing.
  long long memory = pages > 0 && page > 0 ? pages * page / 4 * 3 : LLONG_MAX;
  long long limit = least(limit_of(RLIMIT_AS), limit_of(RLIMIT_DATA));
  // What the process has of its address space by now counts against its limits.
  if (limit != LLONG_MAX) memory = least(memory, limit - number_in("/proc/self/statm", 0) * page);
  memory = least(memory, number_in("/sys/fs/cgroup/memory.max", LLONG_MAX));
  return least(memory, number_in("/sys/fs/cgroup/memory/memory.limit_in_bytes", LLONG_MAX));
}

#ifndef CLOSE_DESCRIPTORS_H
#define CLOSE_DESCRIPTORS_H

#include <unistd.h>

#if defined(__linux__)
#include <sys/syscall.h>
#endif

/// Closes every descriptor from `first` on, in a child between fork and exec.
static inline void close_descriptors_from(int first) {
#if defined(__linux__) && defined(SYS_close_range)
  if (syscall(SYS_close_range, (unsigned)first, ~0U, 0U) == 0) return;
#endif
  long limit = sysconf(_SC_OPEN_MAX);
  if (limit < 0 || limit > 4096) limit = 4096;
  for (int descriptor = first; descriptor < limit; descriptor++) close(descriptor);
}

#endif

#define _GNU_SOURCE
#define _DARWIN_C_SOURCE

#include "StandardStreams.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

bool print_bytes(const uint8_t *bytes, size_t count) { return fwrite(bytes, 1, count, stdout) == count; }

bool standard_output_failed(void) { return fflush(stdout) != 0 || ferror(stdout) != 0; }

// Before anything of this program opens a file: one that got the number of a closed standard stream would be written into by
// whoever prints.
__attribute__((constructor)) static void open_closed_streams(void) {
  for (int descriptor = 0; descriptor <= 2; descriptor++) {
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    int opened = open("/dev/null", O_RDWR);
    if (opened >= 0 && opened != descriptor) {
      dup2(opened, descriptor);
      close(opened);
    }
  }
}

void make_write_signals_errors(void) {
  signal(SIGPIPE, SIG_IGN);
#ifdef SIGXFSZ
  signal(SIGXFSZ, SIG_IGN);
#endif
}

void write_error(const char *text, size_t length) {
  while (length > 0) {
    ssize_t count = write(STDERR_FILENO, text, length);
    if (count < 0 && errno == EINTR) continue;
    // There is nobody left to tell.
    if (count <= 0) return;
    text += count;
    length -= (size_t)count;
  }
}

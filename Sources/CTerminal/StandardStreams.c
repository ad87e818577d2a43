#define _GNU_SOURCE
#define _DARWIN_C_SOURCE

#include "StandardStreams.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

// MARK: Signals that ask to end

static atomic_int arrived;
static int ends[2] = {-1, -1};

static void note_ending(int number) {
  int problem = errno;
  atomic_store(&arrived, number);
  if (write(ends[1], "", 1) < 0) {
    // The pipe is full: whoever waits has enough to wake up for.
  }
  errno = problem;
}

void watch_ending_signals(void) {
  if (ends[0] >= 0 || pipe(ends) != 0) return;
  for (int end = 0; end < 2; end++) {
    fcntl(ends[end], F_SETFL, O_NONBLOCK);
    fcntl(ends[end], F_SETFD, FD_CLOEXEC);
  }
  const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++) {
    struct sigaction present;
    // What the parent had us ignore stays ignored: that is what nohup is for.
    if (sigaction(numbers[index], NULL, &present) == 0 && present.sa_handler == SIG_IGN) continue;
    // The second one ends at once.
    struct sigaction action = {.sa_handler = note_ending, .sa_flags = SA_RESTART | SA_RESETHAND};
    sigaction(numbers[index], &action, NULL);
  }
}

int ending_signal(void) { return atomic_load(&arrived); }
int ending_signal_descriptor(void) { return ends[0]; }

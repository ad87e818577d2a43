#define _GNU_SOURCE
#define _DARWIN_C_SOURCE

#include "EndingSignals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

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
  sigset_t watched;
  sigemptyset(&watched);
  for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++) {
    struct sigaction present;
    // What the parent had us ignore stays ignored: that is what nohup is for.
    if (sigaction(numbers[index], NULL, &present) == 0 && present.sa_handler == SIG_IGN) continue;
    // The second one ends at once.
    struct sigaction action = {.sa_handler = note_ending, .sa_flags = SA_RESTART | SA_RESETHAND};
    sigaction(numbers[index], &action, NULL);
    sigaddset(&watched, numbers[index]);
  }
  // Whoever started the program may have blocked signals, and that is inherited.
  pthread_sigmask(SIG_UNBLOCK, &watched, NULL);
}

int ending_signal(void) { return atomic_load(&arrived); }
int ending_signal_descriptor(void) { return ends[0]; }

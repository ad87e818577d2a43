#define _GNU_SOURCE
#define _DARWIN_C_SOURCE

// A second process holds one end of a pipe and reads it. Nobody ever writes; the end of the pipe is the end of the
// program, however it came, and the shared state tells whether the terminal was given back before.

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CloseDescriptors.h"
#include "TerminalGuardState.h"

#if defined(__linux__)
#include <sys/prctl.h>
#endif

static pid_t watchdog = -1;

enum { lifeline_place, terminal_place, error_place, held_place, first_unused };

// In the places of the standard descriptors, so that everything else can be closed in one go: a pipe that this
// process kept open would never end for whoever reads it.
static void keep_descriptors(void) {
  dup2(descriptors.lifeline[0], lifeline_place);
  dup2(descriptors.terminal, terminal_place);
  bool holds = descriptors.held_error >= 0 && descriptors.standard_error >= 0;
  if (holds) {
    dup2(descriptors.standard_error, error_place);
    dup2(descriptors.held_error, held_place);
  } else {
    close(error_place);
  }
  close_descriptors_from(holds ? first_unused : held_place);
}

static void ignore_signals(void) {
  struct sigaction ignored = {.sa_handler = SIG_IGN};
  for (int number = 1; number < NSIG; number++) sigaction(number, &ignored, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void watch(void) {
  // A session of its own: keys and hang-ups of the terminal do not reach it.
  setsid();
  ignore_signals();
  keep_descriptors();
#if defined(__linux__)
  prctl(PR_SET_NAME, "clipscope-guard");
#endif
  char byte;
  ssize_t count;
  do {
    count = read(lifeline_place, &byte, 1);
  } while (count > 0 || (count < 0 && errno == EINTR));
  // Leaving counts as up: the program was killed while it restored, and restoring twice does no harm.
  if (atomic_exchange(&shared->screen, ScreenDown) != ScreenDown) {
    atomic_store(&shared->frame_is_cut, true);
    restore_terminal(terminal_place, true);
    show_held_error(error_place, held_place);
  }
  _exit(0);
}

static int open_lifeline(void) {
  int ends[2];
  if (pipe(ends) != 0) return errno;
  for (int end = 0; end < 2; end++) {
    descriptors.lifeline[end] = fcntl(ends[end], F_DUPFD_CLOEXEC, 10);
    close(ends[end]);
  }
  return 0;
}

int start_watchdog(void) {
  int problem = open_lifeline();
  if (problem != 0) return problem;
  // Between fork and its own handlers the child must not run this process's.
  sigset_t every, before;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  watchdog = fork();
  if (watchdog == 0) {
    close(descriptors.lifeline[1]);
    watch();
  }
  problem = watchdog < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(descriptors.lifeline[0]);
  descriptors.lifeline[0] = -1;
  if (problem != 0) {
    close(descriptors.lifeline[1]);
    descriptors.lifeline[1] = -1;
  }
  return problem;
}

void stop_watchdog(void) {
  if (watchdog <= 0) return;
  // Killed, not asked: the terminal is back, and a watchdog that somebody has stopped would never answer.
  kill(watchdog, SIGKILL);
  while (waitpid(watchdog, NULL, 0) < 0 && errno == EINTR) continue;
  watchdog = -1;
  close(descriptors.lifeline[1]);
  descriptors.lifeline[1] = -1;
}

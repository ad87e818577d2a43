#define _GNU_SOURCE
#define _DARWIN_C_SOURCE

#include "TerminalGuard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "TerminalGuardState.h"

struct SharedState *shared;
struct GuardDescriptors descriptors = {-1, -1, -1, {-1, -1}, {-1, -1}};

// Set while a frame is being written: a thread that crashes meanwhile must not restore below it.
static atomic_bool writing;

static long long now_milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool write_patiently(int descriptor, const char *bytes, size_t length, int milliseconds) {
  long long deadline = now_milliseconds() + milliseconds;
  while (length > 0) {
    ssize_t count = write(descriptor, bytes, length);
    if (count > 0) {
      bytes += count;
      length -= (size_t)count;
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    long long left = deadline - now_milliseconds();
    if ((count < 0 && errno != EAGAIN) || left <= 0) return false;
    struct pollfd writable = {.fd = descriptor, .events = POLLOUT};
    poll(&writable, 1, (int)left);
  }
  return true;
}

void show_held_error(int destination, int held) {
  enum { most = 64 * 1024 };
  if (held < 0 || destination < 0) return;
  off_t size = lseek(held, 0, SEEK_END);
  off_t offset = size > most ? size - most : 0;
  static const char cut[] = "clipscope: only the end of what was written to standard error is shown:\n";
  if (offset > 0) write_patiently(destination, cut, sizeof cut - 1, 300);
  char buffer[4096];
  ssize_t count;
  while ((count = pread(held, buffer, sizeof buffer, offset)) > 0) {
    if (!write_patiently(destination, buffer, (size_t)count, 300)) break;
    offset += count;
  }
  if (ftruncate(held, 0) == 0) lseek(held, 0, SEEK_SET);
}

static bool modes_are_ours(int terminal) {
  struct termios now;
  if (tcgetattr(terminal, &now) != 0) return false;
  const struct termios *ours = &shared->ours;
  return now.c_iflag == ours->c_iflag && now.c_oflag == ours->c_oflag && now.c_cflag == ours->c_cflag
    && now.c_lflag == ours->c_lflag && memcmp(now.c_cc, ours->c_cc, sizeof now.c_cc) == 0;
}

void restore_terminal(int terminal, bool only_ours) {
  // CAN ends an escape sequence that a cut frame has begun; some old terminals show it, so it is not sent for nothing.
  if (atomic_load(&shared->frame_is_cut)) write_patiently(terminal, "\x18", 1, 100);
  write_patiently(terminal, shared->undo, shared->undo_length, 300);
  if (!only_ours || modes_are_ours(terminal)) tcsetattr(terminal, TCSANOW, &shared->found);
}

static void wait_while(bool (*condition)(void)) {
  for (int turn = 0; turn < 30 && condition(); turn++) poll(NULL, 0, 10);
}

static bool is_writing(void) { return atomic_load(&writing); }
static bool is_leaving(void) { return atomic_load(&shared->screen) == ScreenLeaving; }

void guard_give_back(void) {
  if (shared == NULL) return;
  int up = ScreenUp;
  if (!atomic_compare_exchange_strong(&shared->screen, &up, ScreenLeaving)) {
    wait_while(is_leaving);
    return;
  }
  int problem = errno;
  wait_while(is_writing);
  // Changing the modes of a terminal from the background stops a process, unless it blocks this signal.
  sigset_t background, before;
  sigemptyset(&background);
  sigaddset(&background, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &background, &before);
  bool in_background = tcgetpgrp(descriptors.terminal) != getpgrp();
  restore_terminal(descriptors.terminal, in_background);
  if (descriptors.held_error >= 0) {
    dup2(descriptors.standard_error, STDERR_FILENO);
    show_held_error(STDERR_FILENO, descriptors.held_error);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  atomic_store(&shared->screen, ScreenDown);
  errno = problem;
}

static void give_back_at_exit(void) { guard_give_back(); }

long guard_write(const uint8_t *bytes, size_t length) {
  atomic_store(&writing, true);
  long count = -1;
  errno = EIO;
  if (atomic_load(&shared->screen) == ScreenUp) count = write(descriptors.terminal, bytes, length);
  if (count >= 0) atomic_store(&shared->frame_is_cut, (size_t)count < length);
  atomic_store(&writing, false);
  return count;
}

void guard_lost_output(void) { atomic_store(&shared->frame_is_cut, true); }

static void choose_modes(void) {
  struct termios modes = shared->found;
  modes.c_iflag &= ~(tcflag_t)(IXON | IXOFF | IXANY | ICRNL | INLCR | IGNCR | ISTRIP | PARMRK | INPCK);
  // ncurses writes into a file and must assume that a line feed goes straight down.
  modes.c_oflag &= ~(tcflag_t)OPOST;
  modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | IEXTEN);
  modes.c_lflag |= ISIG;
  modes.c_cc[VMIN] = 1;
  modes.c_cc[VTIME] = 0;
  shared->ours = modes;
}

// Ctrl-Z and then `bg`: a program in the background stops before it touches the terminal. Changing the modes would
// stop it as well, but a signal that asks it to end could not get through then.
static bool wait_for_foreground(void) {
  // An orphan cannot be stopped, so the number of turns is bounded.
  for (int turn = 0; turn < 100; turn++) {
    pid_t foreground = tcgetpgrp(descriptors.terminal);
    if (foreground < 0 || foreground == getpgrp()) return true;
    if (ending_is_unread()) break;
    raise(SIGTTOU);
    poll(NULL, 0, 10);
  }
  errno = EIO;
  return false;
}

bool guard_take(void) {
  if (!wait_for_foreground()) return false;
  // Continued after a stop that nobody announced, the terminal may still have our modes: not the ones to go back to.
  bool was_given_back = atomic_load(&shared->screen) == ScreenDown;
  if (was_given_back && tcgetattr(descriptors.terminal, &shared->found) != 0) return false;
  choose_modes();
  // Up before the modes change: a signal in between must restore them.
  atomic_store(&shared->screen, ScreenUp);
  int set;
  do {
    set = tcsetattr(descriptors.terminal, TCSANOW, &shared->ours);
  } while (set != 0 && errno == EINTR);
  if (set != 0) {
    atomic_store(&shared->screen, ScreenDown);
    return false;
  }
  tcgetattr(descriptors.terminal, &shared->ours);
  if (descriptors.held_error >= 0) dup2(descriptors.held_error, STDERR_FILENO);
  return true;
}

static int raised(int descriptor) {
  if (descriptor < 0) return -1;
  int high = fcntl(descriptor, F_DUPFD_CLOEXEC, 10);
  close(descriptor);
  return high;
}

// Only a standard error that would end up on the screen is held back; one sent to a file is left alone.
static void prepare_held_error(void) {
  if (!isatty(STDERR_FILENO)) return;
#if defined(__linux__)
  descriptors.held_error = raised(memfd_create("clipscope-stderr", MFD_CLOEXEC));
#else
  char path[] = "/tmp/clipscope-XXXXXX";
  int file = mkstemp(path);
  if (file >= 0) unlink(path);
  descriptors.held_error = raised(file);
#endif
  if (descriptors.held_error >= 0) descriptors.standard_error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
}

static bool open_signal_pipe(void) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  for (int end = 0; end < 2; end++) {
    descriptors.signals[end] = raised(ends[end]);
    fcntl(descriptors.signals[end], F_SETFL, O_NONBLOCK);
  }
  return descriptors.signals[0] >= 0 && descriptors.signals[1] >= 0;
}

static void close_descriptor(int *descriptor) {
  if (*descriptor >= 0) close(*descriptor);
  *descriptor = -1;
}

static void release(void) {
  close_descriptor(&descriptors.terminal);
  close_descriptor(&descriptors.standard_error);
  close_descriptor(&descriptors.held_error);
  close_descriptor(&descriptors.signals[0]);
  close_descriptor(&descriptors.signals[1]);
  if (shared != NULL) munmap(shared, sizeof *shared);
  shared = NULL;
}

bool guard_open(int terminal, const char *undo, size_t length) {
  static bool registered;
  void *memory = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  shared = memory;
  shared->undo_length = length < sizeof shared->undo ? length : sizeof shared->undo;
  memcpy(shared->undo, undo, shared->undo_length);
  descriptors.terminal = fcntl(terminal, F_DUPFD_CLOEXEC, 10);
  prepare_held_error();
  int problem = 0;
  if (descriptors.terminal < 0 || tcgetattr(terminal, &shared->found) != 0 || !open_signal_pipe()) problem = errno;
  if (problem == 0) problem = start_watchdog();
  if (problem != 0) {
    release();
    errno = problem;
    return false;
  }
  if (!registered) atexit(give_back_at_exit);
  registered = true;
  guard_protect_thread();
  install_handlers();
  return true;
}

void guard_close(void) {
  if (shared == NULL) return;
  guard_give_back();
  remove_handlers();
  stop_watchdog();
  release();
}

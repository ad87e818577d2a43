#define _GNU_SOURCE
#define _DARWIN_C_SOURCE

// Handlers do as little as they can: an ordinary signal becomes one byte in a pipe that the event loop reads, a
// crash restores the terminal, says so and goes on as the crash it is.

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "CrashMessage.h"
#include "TerminalGuard.h"
#include "TerminalGuardState.h"

enum { typed_mark = 0x80, patience_microseconds = 250000 };

static const int ordinary_signals[] = {SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct sigaction previous[NSIG];
static bool installed[NSIG];
static bool shows_backtrace;
static atomic_int unread_endings;
static atomic_int last_ending;
static atomic_bool crashing;

static bool ends_program(int number) {
  return number == SIGTERM || number == SIGINT || number == SIGHUP || number == SIGQUIT;
}

// MARK: Ordinary signals

static bool was_typed(const siginfo_t *info) {
#ifdef SI_KERNEL
  return info->si_code == SI_KERNEL;
#else
  return info->si_pid == 0;
#endif
}

static void on_signal(int number, siginfo_t *info, void *context) {
  (void)context;
  int problem = errno;
  unsigned char byte = (unsigned char)number;
  if (was_typed(info)) byte |= typed_mark;
  if (write(descriptors.signals[1], &byte, 1) < 0) {
    // The pipe is full: the loop has enough to wake up for.
  }
  // One that is not read before the next one comes means a loop that hangs, or just a busy moment: wait and see.
  if (ends_program(number)) {
    atomic_store(&last_ending, number);
    // The second one sets the time; those behind it, as of a key that is held, do not put it off.
    if (atomic_fetch_add(&unread_endings, 1) == 1) {
      struct itimerval timer = {.it_value = {.tv_sec = 0, .tv_usec = patience_microseconds}};
      setitimer(ITIMER_REAL, &timer, NULL);
    }
  }
  errno = problem;
}

static void on_alarm(int number) {
  (void)number;
  if (atomic_load(&unread_endings) < 2) return;
  guard_give_back();
  die_by_signal(atomic_load(&last_ending));
}

bool ending_is_unread(void) { return atomic_load(&unread_endings) > 0; }

int guard_signal_descriptor(void) { return descriptors.signals[0]; }

int guard_next_signal(bool *typed) {
  unsigned char byte;
  if (read(descriptors.signals[0], &byte, 1) != 1) return 0;
  *typed = (byte & typed_mark) != 0;
  int number = byte & ~typed_mark;
  if (ends_program(number)) atomic_store(&unread_endings, 0);
  return number;
}

void guard_stop_process(void) {
  // The signal that continues us belongs to this stop: with its handler away it does not arrive as an event.
  struct sigaction standard = {.sa_handler = SIG_DFL}, stopping, continuing;
  sigaction(SIGTSTP, &standard, &stopping);
  sigaction(SIGCONT, &standard, &continuing);
  raise(SIGTSTP);
  sigaction(SIGTSTP, &stopping, NULL);
  sigaction(SIGCONT, &continuing, NULL);
}

// MARK: Crashes

static void on_crash(int number, siginfo_t *info, void *context) {
  if (atomic_exchange(&crashing, true)) {
    // Another thread crashed first and is about to end the process.
    for (int turn = 0; turn < 100; turn++) poll(NULL, 0, 10);
    die_by_signal(number);
  }
  // A terminal that has stalled takes neither the message nor anything else: it is not waited for.
  end_soon_by(number);
  guard_give_back();
  write_crash_message(number, "The terminal is as it was before.\n");
  const struct sigaction *former = &previous[number];
  if (shows_backtrace && (former->sa_flags & SA_SIGINFO) && former->sa_sigaction != NULL) {
    // It reads this process's memory and lives through faults at that, with the signals it leaves open.
    pthread_sigmask(SIG_SETMASK, &former->sa_mask, NULL);
    former->sa_sigaction(number, info, context);
  }
  die_by_signal(number);
}

// Thread-local, because the kernel keeps one such stack for each thread.
void guard_protect_thread(void) {
  static _Thread_local bool protected;
  enum { size = 128 * 1024 };
  stack_t present;
  // Swift's own, when it shows backtraces, is larger.
  bool has_one = sigaltstack(NULL, &present) == 0 && !(present.ss_flags & SS_DISABLE);
  if (protected || has_one) return;
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  stack_t stack = {.ss_sp = memory, .ss_size = size};
  protected = sigaltstack(&stack, NULL) == 0;
}

// MARK: Threads

static void mask_ordinary(int how) {
  sigset_t ordinary;
  sigemptyset(&ordinary);
  for (size_t index = 0; index < COUNT(ordinary_signals); index++) sigaddset(&ordinary, ordinary_signals[index]);
  sigaddset(&ordinary, SIGALRM);
  pthread_sigmask(how, &ordinary, NULL);
}

void guard_hold_signals(void) { mask_ordinary(SIG_BLOCK); }
void guard_admit_signals(void) { mask_ordinary(SIG_UNBLOCK); }

// MARK: Installing

static void install(int number, struct sigaction *action) {
  sigaction(number, NULL, &previous[number]);
  // What the parent had us ignore stays ignored: that is what nohup is for.
  bool ignored = !(previous[number].sa_flags & SA_SIGINFO) && previous[number].sa_handler == SIG_IGN;
  if (ignored && ends_program(number)) return;
  installed[number] = sigaction(number, action, NULL) == 0;
}

// Whoever started the program may have blocked signals, and that is inherited.
static void unblock_installed(void) {
  sigset_t handled;
  sigemptyset(&handled);
  for (int number = 1; number < NSIG; number++) {
    if (installed[number]) sigaddset(&handled, number);
  }
  pthread_sigmask(SIG_UNBLOCK, &handled, NULL);
}

void install_handlers(void) {
  const char *backtrace = getenv("SWIFT_BACKTRACE");
  shows_backtrace = backtrace != NULL && *backtrace != 0;
  atomic_store(&unread_endings, 0);
  struct sigaction ordinary = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
  sigfillset(&ordinary.sa_mask);
  for (size_t index = 0; index < COUNT(ordinary_signals); index++) install(ordinary_signals[index], &ordinary);
  struct sigaction alarm = {.sa_handler = on_alarm, .sa_flags = SA_RESTART | SA_ONSTACK};
  sigfillset(&alarm.sa_mask);
  install(SIGALRM, &alarm);
  struct sigaction crash = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigfillset(&crash.sa_mask);
  for (size_t index = 0; index < crash_signal_count; index++) install(crash_signals[index], &crash);
  unblock_installed();
}

void remove_handlers(void) {
  struct itimerval never = {.it_value = {0, 0}};
  setitimer(ITIMER_REAL, &never, NULL);
  for (int number = 1; number < NSIG; number++) {
    if (installed[number]) sigaction(number, &previous[number], NULL);
    installed[number] = false;
  }
}

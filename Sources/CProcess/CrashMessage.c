#define _GNU_SOURCE
#define _DARWIN_C_SOURCE

#include "CrashMessage.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "StandardStreams.h"

const int crash_signals[] = {SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE};
const size_t crash_signal_count = sizeof crash_signals / sizeof *crash_signals;

static const char *signal_name(int number) {
  switch (number) {
    case SIGSEGV: return "SIGSEGV";
    case SIGILL: return "SIGILL";
    case SIGTRAP: return "SIGTRAP";
    case SIGABRT: return "SIGABRT";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    default: return "a signal";
  }
}

static size_t append(char *message, size_t length, const char *text) {
  size_t count = strlen(text);
  memcpy(message + length, text, count);
  return length + count;
}

// Whoever could not have a piece of memory crashes, and there still is none.
static int memory_has_ended(void) {
  enum { piece = 64 << 20 };
  void *memory = mmap(NULL, piece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  munmap(memory, piece);
  return 0;
}

void write_crash_message(int number, const char *more) {
  char message[600];
  if (memory_has_ended()) {
    size_t length = append(message, 0, "\nclipscope has run out of memory and cannot go on. ");
    length = append(message, length, more);
    length = append(
      message, length,
      "Take a smaller network or batch, or give it more memory (ulimit -v).\n");
    write_error(message, length);
    return;
  }
  char digits[4] = {(char)('0' + number / 10), (char)('0' + number % 10), 0};
  size_t length = append(message, 0, "\nclipscope crashed (signal ");
  length = append(message, length, number < 10 ? digits + 1 : digits);
  length = append(message, length, ", ");
  length = append(message, length, signal_name(number));
  length = append(message, length, "). ");
  length = append(message, length, more);
  length = append(
    message, length,
    "This is a mistake in clipscope: please report it, with the lines above and the commands that led here.\n"
    "With SWIFT_BACKTRACE=enable=yes in the environment it also says where it happened.\n");
  write_error(message, length);
}

_Noreturn void die_by_signal(int number) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  sigaction(number, &standard, NULL);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  pthread_sigmask(SIG_UNBLOCK, &one, NULL);
  raise(number);
  _exit(128 + number);
}

static volatile sig_atomic_t crashed;

static void end_now(int number) {
  (void)number;
  die_by_signal(crashed);
}

void end_soon_by(int number) {
  crashed = number;
  struct sigaction action = {.sa_handler = end_now}, standard = {.sa_handler = SIG_DFL};
  sigaction(SIGALRM, &action, NULL);
  sigaction(SIGTERM, &standard, NULL);
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGALRM);
  sigaddset(&both, SIGTERM);
  pthread_sigmask(SIG_UNBLOCK, &both, NULL);
  struct itimerval timer = {.it_value = {.tv_sec = 2}};
  setitimer(ITIMER_REAL, &timer, NULL);
}

static void on_early_crash(int number) {
  end_soon_by(number);
  write_crash_message(number, "");
  die_by_signal(number);
}

void answer_crashes(void) {
  // Who asks for backtraces has those of the runtime, which waits for keys and goes on after SIGQUIT.
  const char *backtrace = getenv("SWIFT_BACKTRACE");
  if (backtrace != NULL && *backtrace != 0) return;
  struct sigaction action = {.sa_handler = on_early_crash, .sa_flags = SA_ONSTACK};
  sigfillset(&action.sa_mask);
  for (size_t index = 0; index < crash_signal_count; index++) sigaction(crash_signals[index], &action, NULL);
  struct sigaction present, standard = {.sa_handler = SIG_DFL};
  if (sigaction(SIGQUIT, NULL, &present) == 0 && present.sa_handler != SIG_IGN) sigaction(SIGQUIT, &standard, NULL);
}

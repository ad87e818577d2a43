#define _GNU_SOURCE
#define _DARWIN_C_SOURCE

#include "PseudoTerminalDevice.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "CloseDescriptors.h"

bool pseudo_terminal_resize(int controller, int columns, int rows) {
  struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
  return ioctl(controller, TIOCSWINSZ, &size) == 0;
}

int pseudo_terminal_open(int columns, int rows, char *path, size_t capacity) {
  int controller = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (controller < 0) return -1;
  const char *name = NULL;
  if (grantpt(controller) == 0 && unlockpt(controller) == 0) name = ptsname(controller);
  if (name == NULL || strlen(name) >= capacity) {
    close(controller);
    return -1;
  }
  strcpy(path, name);
  // Asked too early, some systems have no size to set: the terminal end has to have been open once.
  if (!pseudo_terminal_resize(controller, columns, rows)) {
    int terminal = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    pseudo_terminal_resize(controller, columns, rows);
    if (terminal >= 0) close(terminal);
  }
  return controller;
}

static void reset_signals(void) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

// Between fork and exec only calls that a signal handler could make.
static void become(const char *path, char *const arguments[], char *const environment[]) {
  setsid();
  int terminal = open(path, O_RDWR);
  if (terminal < 0) _exit(126);
#ifdef TIOCSCTTY
  ioctl(terminal, TIOCSCTTY, 0);
#endif
  for (int standard = 0; standard < 3; standard++) dup2(terminal, standard);
  close_descriptors_from(3);
  reset_signals();
  execve(arguments[0], arguments, environment);
  _exit(127);
}

int pseudo_terminal_spawn(const char *path, char *const arguments[], char *const environment[]) {
  sigset_t every, before;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  pid_t process = fork();
  if (process == 0) become(path, arguments, environment);
  int problem = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return process > 0 ? process : -problem;
}

// Preloaded into the program by tests. From inside it makes happen what cannot be made to happen from outside: on
// SIGUSR1 the main thread, on SIGUSR2 another one does what INTRUDER in the environment says. In the file that INTRUDER_LOG
// names it notes the length of every write to a terminal, and how much memory is held when it was asked for that.
#define _GNU_SOURCE

#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile int depth;
static sem_t asked_for_memory;

static void note(const char *line) {
  static int log = -2;
  if (log == -2) {
    const char *path = getenv("INTRUDER_LOG");
    log = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }
  if (log >= 0) syscall(SYS_write, log, line, strlen(line));
}

static int overflow(int turn) {
  volatile char space[4096];
  memset((void *)space, turn, sizeof space);
  depth = overflow(turn + 1) + space[turn % 4096];
  return depth;
}

static void act(void) {
  const char *what = getenv("INTRUDER");
  if (what == NULL) return;
  // A crash while its signal is blocked, as it may be in a handler, would end the program at once.
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, NULL);
  if (strcmp(what, "exit") == 0) exit(7);
  if (strcmp(what, "trap") == 0) __builtin_trap();
  if (strcmp(what, "abort") == 0) abort();
  if (strcmp(what, "overflow") == 0) overflow(0);
  if (strcmp(what, "hang") == 0) for (;;) depth++;
  if (strcmp(what, "memory") == 0) sem_post(&asked_for_memory);
  if (strcmp(what, "speak") == 0 && write(2, "a loud warning\n", 15) < 0) _exit(9);
}

// Gives back what was let go, and notes what is in use. On a thread of its own: the one that a signal interrupts may be in
// the allocator and hold its locks.
static void *tell_memory(void *nothing) {
  for (;;) {
    if (sem_wait(&asked_for_memory) != 0) continue;
    malloc_trim(0);
    struct mallinfo2 memory = mallinfo2();
    char line[64];
    snprintf(line, sizeof line, "in use: %zu\n", memory.uordblks + memory.hblkhd);
    note(line);
  }
  return nothing;
}

static void start_telling_memory(void) {
  sigset_t every, before;
  sigfillset(&every);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  pthread_t thread;
  if (sem_init(&asked_for_memory, 0, 0) == 0 && pthread_create(&thread, NULL, tell_memory, NULL) == 0)
    pthread_detach(thread);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void on_main(int number) {
  (void)number;
  act();
}

// Whether a thread does not block a signal, as those of a sanitizer do.
static bool takes(int thread, int number) {
  char path[64], line[256];
  snprintf(path, sizeof path, "/proc/self/task/%d/status", thread);
  FILE *status = fopen(path, "r");
  unsigned long long blocked = ~0ull;
  while (status != NULL && fgets(line, sizeof line, status) != NULL) sscanf(line, "SigBlk: %llx", &blocked);
  if (status != NULL) fclose(status);
  return !(blocked >> (number - 1) & 1);
}

static void on_other(int number) {
  if (gettid() != getpid()) {
    act();
    return;
  }
  DIR *tasks = opendir("/proc/self/task");
  for (struct dirent *task; tasks != NULL && (task = readdir(tasks)) != NULL;) {
    int thread = atoi(task->d_name);
    if (thread > 0 && thread != getpid() && takes(thread, number)) {
      syscall(SYS_tgkill, getpid(), thread, number);
      break;
    }
  }
  if (tasks != NULL) closedir(tasks);
}

ssize_t write(int file, const void *bytes, size_t length) {
  if (isatty(file)) {
    char line[32];
    snprintf(line, sizeof line, "%zu\n", length);
    note(line);
  }
  return syscall(SYS_write, file, bytes, length);
}

__attribute__((constructor)) static void move_in(void) {
  struct sigaction main_thread = {.sa_handler = on_main, .sa_flags = SA_RESTART};
  struct sigaction other_thread = {.sa_handler = on_other, .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &main_thread, NULL);
  sigaction(SIGUSR2, &other_thread, NULL);
  const char *what = getenv("INTRUDER");
  if (what != NULL && strcmp(what, "memory") == 0) start_telling_memory();
}

#include "Companion.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

// So many looks before a thread sleeps: some twenty microseconds.
enum { looks = 2000, stack = 8 << 20 };

struct companion {
  // Pieces that were begun, negative at the end, and what to do.
  _Alignas(companion_apart) atomic_long begun;
  int (*work)(void *);
  void *context;
  // Pieces that are done, and what the last one has answered.
  _Alignas(companion_apart) atomic_long done;
  int answer;
  // Who sleeps until one of them changes.
  _Alignas(companion_apart) atomic_int sleepers;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
};

static void pause_a_moment(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

// Waits until a counter has left a value.
static long wait_while(struct companion *companion, atomic_long *counter, long value) {
  for (int look = 0; look < looks; look++) {
    long now = atomic_load_explicit(counter, memory_order_acquire);
    if (now != value) return now;
    pause_a_moment();
  }
  pthread_mutex_lock(&companion->mutex);
  // Before it looks again: whoever changes the counter looks for sleepers afterwards, so that one of the two sees the other.
  atomic_fetch_add(&companion->sleepers, 1);
  long now;
  while ((now = atomic_load(counter)) == value) pthread_cond_wait(&companion->changed, &companion->mutex);
  atomic_fetch_sub(&companion->sleepers, 1);
  pthread_mutex_unlock(&companion->mutex);
  return now;
}

static void set(struct companion *companion, atomic_long *counter, long value) {
  atomic_store(counter, value);
  if (atomic_load(&companion->sleepers) == 0) return;
  pthread_mutex_lock(&companion->mutex);
  pthread_cond_broadcast(&companion->changed);
  pthread_mutex_unlock(&companion->mutex);
}

static void *run(void *argument) {
  struct companion *companion = argument;
  for (long piece = 0;; piece++) {
    if (wait_while(companion, &companion->begun, piece) < 0) return NULL;
    companion->answer = companion->work(companion->context);
    set(companion, &companion->done, piece + 1);
  }
}

companion_t *companion_create(void) {
  if (sysconf(_SC_NPROCESSORS_ONLN) < 2) return NULL;
  struct companion *companion = aligned_alloc(companion_apart, sizeof *companion);
  if (!companion) return NULL;
  *companion = (struct companion){0};
  pthread_mutex_init(&companion->mutex, NULL);
  pthread_cond_init(&companion->changed, NULL);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack);
  // Signals are for the main thread, but for those that say what this one has done.
  static const int own[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
  sigset_t held, before;
  sigfillset(&held);
  for (size_t index = 0; index < sizeof own / sizeof *own; index++) sigdelset(&held, own[index]);
  pthread_sigmask(SIG_SETMASK, &held, &before);
  int failed = pthread_create(&companion->thread, &attributes, run, companion);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (!failed) return companion;
  free(companion);
  return NULL;
}

void companion_begin(companion_t *companion, int (*work)(void *), void *context) {
  companion->work = work;
  companion->context = context;
  set(companion, &companion->begun, atomic_load(&companion->begun) + 1);
}

int companion_wait(companion_t *companion) {
  long begun = atomic_load_explicit(&companion->begun, memory_order_relaxed);
  wait_while(companion, &companion->done, begun - 1);
  return companion->answer;
}

void companion_destroy(companion_t *companion) {
  set(companion, &companion->begun, -1);
  pthread_join(companion->thread, NULL);
  pthread_mutex_destroy(&companion->mutex);
  pthread_cond_destroy(&companion->changed);
  free(companion);
}

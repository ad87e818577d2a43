#define _GNU_SOURCE
#include "Companion.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

// So many times a thread looks before it lets others go first, some twenty microseconds, and so many times it does that before it
// sleeps, about a millisecond: as long as a frame takes.
enum { looks = 2000, turns = 2000, stack = 8 << 20 };
// After so many pieces in a row that it was too late for, the other thread is given another processor; after that, if it is no
// help, after twice as many, and so on.
enum { least_patience = 32, most_patience = 1 << 14 };

// A number that one thread changes and the other waits for.
struct counter {
  atomic_long value;
  // Whether the other sleeps until it changes.
  atomic_int is_awaited;
};

struct companion {
  // Written by the thread that asks: pieces that were begun, negative at the end, and what to do.
  _Alignas(companion_apart) struct counter begun;
  int (*work)(void *);
  void *context;
  // The last piece of which it has heard that the other has done it, and the pieces since that it has done itself.
  long heard;
  int missed, patience;
  // Written by the other one: the last that it has done, and its answer; by both: the last that one of them does.
  _Alignas(companion_apart) struct counter done;
  int answer;
  atomic_long taken;
  _Alignas(companion_apart) pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t changed;
};

static void pause_a_moment(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

// Waits until a counter has left a value.
static long wait_while(struct companion *companion, struct counter *counter, long value) {
  long now;
  for (int look = 0; look < looks; look++) {
    now = atomic_load_explicit(&counter->value, memory_order_acquire);
    if (now != value) return now;
    pause_a_moment();
  }
  for (int turn = 0; turn < turns; turn++) {
    now = atomic_load_explicit(&counter->value, memory_order_acquire);
    if (now != value) return now;
    sched_yield();
  }
  pthread_mutex_lock(&companion->mutex);
  for (;;) {
    // Before it looks again: whoever changes the counter looks for a sleeper afterwards, so that one of the two sees the other.
    atomic_store(&counter->is_awaited, 1);
    if ((now = atomic_load(&counter->value)) != value) break;
    pthread_cond_wait(&companion->changed, &companion->mutex);
  }
  atomic_store(&counter->is_awaited, 0);
  pthread_mutex_unlock(&companion->mutex);
  return now;
}

static void set(struct companion *companion, struct counter *counter, long value) {
  atomic_store(&counter->value, value);
  // It is woken once, however long it takes to be there.
  if (!atomic_load(&counter->is_awaited) || !atomic_exchange(&counter->is_awaited, 0)) return;
  pthread_mutex_lock(&companion->mutex);
  pthread_cond_broadcast(&companion->changed);
  pthread_mutex_unlock(&companion->mutex);
}

// Whether this thread is the one that does a piece.
static int take(struct companion *companion, long piece) {
  long before = piece - 1;
  return atomic_load(&companion->taken) == before && atomic_compare_exchange_strong(&companion->taken, &before, piece);
}

static void *run(void *argument) {
  struct companion *companion = argument;
  for (long piece = 0;;) {
    piece = wait_while(companion, &companion->begun, piece);
    if (piece < 0) return NULL;
    if (!take(companion, piece)) continue;
    companion->answer = companion->work(companion->context);
    set(companion, &companion->done, piece);
  }
}

// The processors that this program may use.
static int processors(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

companion_t *companion_create(void) {
  if (processors() < 2) return NULL;
  struct companion *companion = aligned_alloc(companion_apart, sizeof *companion);
  if (!companion) return NULL;
  *companion = (struct companion){.patience = least_patience};
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
  set(companion, &companion->begun, atomic_load_explicit(&companion->begun.value, memory_order_relaxed) + 1);
}

// The two threads are on one processor if the system has put whoever was woken where the other was: they would take turns there, and
// it may be long before that is noticed. The other one goes elsewhere, and may go where it likes then.
static void part(struct companion *companion) {
  cpu_set_t all, others;
  if (sched_getaffinity(0, sizeof all, &all) != 0) return;
  others = all;
  int here = sched_getcpu();
  if (here < 0 || here >= CPU_SETSIZE) return;
  CPU_CLR(here, &others);
  if (CPU_COUNT(&others) == 0) return;
  pthread_setaffinity_np(companion->thread, sizeof others, &others);
  pthread_setaffinity_np(companion->thread, sizeof all, &all);
}

int companion_finish(companion_t *companion, int takes_over) {
  long piece = atomic_load_explicit(&companion->begun.value, memory_order_relaxed);
  // A thread that sleeps, or waits for a processor, is there only after as long as a dozen steps of a small network.
  if (takes_over && take(companion, piece)) {
    if (++companion->missed >= companion->patience) {
      part(companion);
      companion->missed = 0;
      if (companion->patience < most_patience) companion->patience *= 2;
    }
    return companion->work(companion->context);
  }
  companion->missed = 0;
  companion->patience = least_patience;
  companion->heard = wait_while(companion, &companion->done, companion->heard);
  return companion->answer;
}

void companion_destroy(companion_t *companion) {
  set(companion, &companion->begun, -1);
  pthread_join(companion->thread, NULL);
  pthread_mutex_destroy(&companion->mutex);
  pthread_cond_destroy(&companion->changed);
  free(companion);
}

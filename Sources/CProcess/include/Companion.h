#ifndef COMPANION_H
#define COMPANION_H

/// A second thread that does one piece of work at a time beside the thread that asks for it. It waits for the next piece a
/// moment without sleeping, since pieces may be shorter than the time that it takes to be woken.
typedef struct companion companion_t;

/// So many bytes lie between what one thread writes and the other reads: a line of the cache, and the one beside it that
/// processors fetch with it.
enum { companion_apart = 128 };

/// A companion, or NULL where there is no second processor or no thread can be had: whoever has none does the work himself.
companion_t *companion_create(void);

/// Begins a piece of work; the one before must be finished.
void companion_begin(companion_t *companion, int (*work)(void *), void *context);

/// Waits until the work is done, or does it where the other thread has not come to it.
/// - Parameter takes_over: 0 for work that only the other thread may do.
/// - Returns: what it has answered.
int companion_finish(companion_t *companion, int takes_over);

/// Ends the thread.
void companion_destroy(companion_t *companion);

#endif

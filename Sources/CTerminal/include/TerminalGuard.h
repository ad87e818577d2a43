#ifndef TERMINAL_GUARD_H
#define TERMINAL_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Watches over a terminal: whatever ends the program, the terminal is given back as it was found.
///
/// `terminal` is a non-blocking descriptor of its own; `undo` is what brings a terminal back from the state that
/// the program puts it in. Installs the handlers of signals and crashes and starts the process that restores the
/// terminal should this one be killed. False with `errno` when something of it failed; then nothing is changed.
bool guard_open(int terminal, const char *undo, size_t length);

/// Switches the terminal to single keys and holds standard error back. In the background it stops first, until the
/// shell brings it back. False with `errno` if it cannot be done, or if a signal asks to end meanwhile.
bool guard_take(void);

/// Gives the terminal back and prints what standard error said meanwhile. Nothing happens if it was given back
/// before. Safe in a signal handler, and never waits long for a terminal that has stalled.
void guard_give_back(void);

/// Gives the terminal back and ends watching.
void guard_close(void);

/// Writes as much as the terminal takes without waiting. -1 with `errno`, which is EAGAIN when it takes nothing.
long guard_write(const uint8_t *bytes, size_t length);

/// Output was lost on its way, as the terminal does when Ctrl-C is typed: an escape sequence may hang open.
void guard_lost_output(void);

/// Stops this process as Ctrl-Z does, and returns when it is continued. The terminal must have been given back.
void guard_stop_process(void);

/// A descriptor that is readable when a signal has arrived.
int guard_signal_descriptor(void);

/// The next signal that has arrived, 0 if there is none; `typed` says whether a key of the terminal sent it.
int guard_next_signal(bool *typed);

/// Gives the calling thread a stack of its own for crash handlers, so that running out of stack is a crash like
/// any other. To be called once at the start of every thread with work to do; the main thread has one.
void guard_protect_thread(void);

// Keeps ordinary signals, not crashes, from this thread and from those that it starts, until they are admitted again.
void guard_hold_signals(void);
void guard_admit_signals(void);

#endif

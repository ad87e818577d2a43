#ifndef TERMINAL_GUARD_STATE_H
#define TERMINAL_GUARD_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

/// Whose the terminal is: at `ScreenLeaving` someone is giving it back, and everybody else waits or passes.
enum ScreenState { ScreenDown, ScreenUp, ScreenLeaving };

/// What the program and its watchdog both must know; lives in memory that the two processes share.
struct SharedState {
  atomic_int screen;
  /// The last frame went out in part, perhaps up to the middle of an escape sequence.
  atomic_bool frame_is_cut;
  struct termios found;
  struct termios ours;
  char undo[1024];
  size_t undo_length;
};

/// The guard's descriptors, all above the standard ones; -1 where there is none.
struct GuardDescriptors {
  int terminal;
  int standard_error;
  int held_error;
  int signals[2];
  int lifeline[2];
};

extern struct SharedState *shared;
extern struct GuardDescriptors descriptors;

/// Writes everything, waiting at most `milliseconds` in all for a descriptor that takes nothing.
bool write_patiently(int descriptor, const char *bytes, size_t length, int milliseconds);

/// Copies to `destination` what was written to standard error while the screen was up.
void show_held_error(int destination, int held);

/// Puts the terminal's modes and its screen back. With `only_ours`, modes that somebody changed since are kept: a
/// shell that has its terminal back must not lose the modes of its line editor.
void restore_terminal(int terminal, bool only_ours);

/// Installs the handlers for signals and crashes, and takes them away.
void install_handlers(void);
void remove_handlers(void);

/// Whether a signal has come that asks to end, and the event loop has not read it.
bool ending_is_unread(void);

/// Starts the process that restores the terminal if this one is killed. 0 or the `errno`.
int start_watchdog(void);
void stop_watchdog(void);

#endif

#ifndef PSEUDO_TERMINAL_DEVICE_H
#define PSEUDO_TERMINAL_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

/// Opens a new pseudo-terminal of a size; writes the path of its terminal end to `path`.
/// The result is the controlling end, closed when a program is started; -1 with `errno` if there is none.
int pseudo_terminal_open(int columns, int rows, char *path, size_t capacity);

/// Gives the pseudo-terminal a new size, as a window does that is dragged; its program gets SIGWINCH.
bool pseudo_terminal_resize(int controller, int columns, int rows);

/// Starts `arguments[0]` as the leader of a session whose terminal is at `path`, in the foreground, with every
/// signal at its default. The result is its process identifier, or the negative `errno`.
int pseudo_terminal_spawn(const char *path, char *const arguments[], char *const environment[]);

#endif

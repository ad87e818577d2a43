#ifndef CTERMINAL_H
#define CTERMINAL_H

// What Swift needs of the terminal. <curses.h> itself stays out of these headers: most of it is macros and
// variadic functions that Swift cannot see, and `stdscr` and `LINES` are globals that Swift 6 refuses.
#include "CursesPainter.h"
#include "TerminalGuard.h"

#endif

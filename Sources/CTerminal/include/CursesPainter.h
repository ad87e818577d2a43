#ifndef CURSES_PAINTER_H
#define CURSES_PAINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What became of an attempt to describe the terminal.
typedef enum __attribute__((enum_extensibility(closed))) PainterResult {
  PainterResultReady,
  PainterResultUnknownTerminal,
  PainterResultNoDatabase,
  PainterResultDumbTerminal,
  PainterResultFailed,
} PainterResult;

/// The attributes of a cell, as bits.
typedef enum __attribute__((flag_enum, enum_extensibility(open))) PainterAttributes : unsigned {
  PainterAttributesBold = 1,
  PainterAttributesReverse = 2,
  PainterAttributesDim = 4,
} PainterAttributes;

/// Starts ncurses for the terminal type `name`. Its output goes to a file in memory and never to the terminal
/// itself, so that a whole frame can be taken and written at once.
///
/// Removes LINES and COLUMNS from the environment: exported ones would override the real size.
PainterResult painter_open(const char *name);

/// Ends ncurses; what it would write to the terminal is dropped.
void painter_close(void);

/// The number of colours that terminfo knows, 0 without colour.
int painter_colors(void);

/// Whether a colour number is red, green and blue (a direct-colour terminfo entry).
bool painter_has_direct_color(void);

/// Makes colour pair `pair` the colour `color` on the terminal's own background; false if that cannot be.
bool painter_define_pair(int pair, int color);

/// The terminal now has this size; the next frame paints everything.
void painter_resize(int width, int height);

/// Puts one character into the next frame.
void painter_put(int column, int row, uint32_t glyph, int pair, PainterAttributes attributes);

/// Where the cursor stands after the next frame, and whether it can be seen.
void painter_place_cursor(int column, int row, bool visible);

/// The next frame clears the terminal and paints everything; nothing is assumed of what it shows now.
void painter_forget_screen(void);

/// Everything put since the last frame as the bytes that bring the terminal there, valid until the next call.
/// NULL with a length of 0 when there is nothing to change.
const uint8_t *painter_take_frame(size_t *length);

/// Copies the string capability `name` without padding; the result is its length, 0 if the terminal has none.
size_t painter_capability(const char *name, char *buffer, size_t capacity);

/// The string capability `name` with two numbers filled in, such as `cup` and `csr`; as above.
size_t painter_capability_with(const char *name, int first, int second, char *buffer, size_t capacity);

/// Uses the locale of the environment for characters; true if it can show all of Unicode. An environment that
/// says UTF-8 but names a locale that is not installed gets C.UTF-8: ncurses would draw blanks.
bool painter_use_locale(void);

/// How many columns a character takes; -1 if it cannot be printed.
int painter_width(uint32_t glyph);

#endif

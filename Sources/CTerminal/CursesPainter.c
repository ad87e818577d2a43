#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#define NCURSES_WIDECHAR 1

#include "CursesPainter.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif

static SCREEN *screen;
static FILE *stream;
static int frame_file = -1;
static uint8_t *frame_bytes;
static size_t frame_capacity;
static bool shows_cursor;

static int anonymous_file(void) {
#if defined(__linux__)
  return memfd_create("clipscope-frame", MFD_CLOEXEC);
#else
  char path[] = "/tmp/clipscope-XXXXXX";
  int file = mkstemp(path);
  if (file >= 0) unlink(path);
  return file;
#endif
}

static void discard_frame(void) {
  if (ftruncate(frame_file, 0) == 0) lseek(frame_file, 0, SEEK_SET);
}

// <term.h> makes macros of words such as `columns` and `lines`: no names of ours below.
// newterm alone cannot tell an unknown terminal from one that cannot address its cursor.
static PainterResult describe_terminal(const char *name) {
  int status = 1;
  if (setupterm(name, frame_file, &status) == ERR) {
    // 1 is a terminal that prints on paper.
    if (status == 1) return PainterResultDumbTerminal;
    return status < 0 ? PainterResultNoDatabase : PainterResultUnknownTerminal;
  }
  const char *address = tigetstr("cup");
  bool addressable = address != NULL && address != (const char *)-1;
  del_curterm(cur_term);
  return addressable ? PainterResultReady : PainterResultDumbTerminal;
}

PainterResult painter_open(const char *name) {
  frame_file = anonymous_file();
  if (frame_file < 0) return PainterResultFailed;
  PainterResult result = describe_terminal(name);
  if (result == PainterResultReady) {
    // With LINES and COLUMNS gone ncurses starts at what terminfo says, or 80x24; painter_resize follows.
    unsetenv("LINES");
    unsetenv("COLUMNS");
    stream = fdopen(frame_file, "w+");
    screen = stream ? newterm(name, stream, stream) : NULL;
    if (screen == NULL) result = PainterResultFailed;
  }
  if (result != PainterResultReady) {
    painter_close();
    return result;
  }
  // These fail at the file's missing terminal modes, but tell ncurses what to expect of a line feed.
  raw();
  noecho();
  nonl();
  typeahead(-1);
  leaveok(stdscr, FALSE);
  // The first refresh brings ncurses' own start-up strings, for a size that is not the terminal's: dropped, the
  // session writes its own.
  refresh();
  painter_forget_screen();
  return PainterResultReady;
}

void painter_close(void) {
  if (screen != NULL) {
    endwin();
    delscreen(screen);
    screen = NULL;
  }
  if (stream != NULL) {
    fclose(stream);
  } else if (frame_file >= 0) {
    close(frame_file);
  }
  stream = NULL;
  frame_file = -1;
  free(frame_bytes);
  frame_bytes = NULL;
  frame_capacity = 0;
}

int painter_colors(void) {
  if (!has_colors() || start_color() == ERR || use_default_colors() == ERR) return 0;
  return COLORS;
}

bool painter_has_direct_color(void) { return COLORS >= 1 << 24; }

bool painter_define_pair(int pair, int color) {
#if defined(NCURSES_EXT_COLORS) && NCURSES_EXT_COLORS
  return init_extended_pair(pair, color, -1) != ERR;
#else
  return init_pair((short)pair, (short)color, -1) != ERR;
#endif
}

void painter_resize(int width, int height) {
  resize_term(height > 0 ? height : 1, width > 0 ? width : 1);
  werase(stdscr);
  painter_forget_screen();
}

void painter_put(int column, int row, uint32_t glyph, int pair, PainterAttributes attributes) {
  attr_t look = A_NORMAL;
  if (attributes & PainterAttributesBold) look |= A_BOLD;
  if (attributes & PainterAttributesReverse) look |= A_REVERSE;
  if (attributes & PainterAttributesDim) look |= A_DIM;
  wchar_t text[2] = {(wchar_t)glyph, 0};
  cchar_t cell;
  // Writing the last cell of the last row reports ERR because the cursor cannot go on; the cell is written.
  if (setcchar(&cell, text, look, (short)pair, NULL) == OK) mvadd_wch(row, column, &cell);
}

void painter_place_cursor(int column, int row, bool visible) {
  if (visible) move(row, column);
  if (visible == shows_cursor) return;
  curs_set(visible ? 1 : 0);
  shows_cursor = visible;
}

void painter_forget_screen(void) {
  // Whoever had the terminal left its cursor visible: ncurses is told so, or it would not hide it again.
  curs_set(0);
  curs_set(1);
  shows_cursor = true;
  discard_frame();
  clearok(curscr, TRUE);
}

const uint8_t *painter_take_frame(size_t *length) {
  refresh();
  off_t size = lseek(frame_file, 0, SEEK_CUR);
  *length = 0;
  if (size <= 0) return NULL;
  if ((size_t)size > frame_capacity) {
    uint8_t *larger = realloc(frame_bytes, (size_t)size);
    if (larger == NULL) return NULL;
    frame_bytes = larger;
    frame_capacity = (size_t)size;
  }
  ssize_t count = pread(frame_file, frame_bytes, (size_t)size, 0);
  discard_frame();
  if (count <= 0) return NULL;
  *length = (size_t)count;
  return frame_bytes;
}

// Padding, as in "\E[H\E[J$<50>", asks for a pause that no terminal has needed since they were glass.
static size_t copy_without_padding(const char *text, char *buffer, size_t capacity) {
  if (text == NULL || text == (const char *)-1) return 0;
  size_t length = 0;
  while (*text != 0 && length + 1 < capacity) {
    const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;
    if (end != NULL) {
      text = end + 1;
    } else {
      buffer[length++] = *text++;
    }
  }
  if (length < capacity) buffer[length] = 0;
  return length;
}

size_t painter_capability(const char *name, char *buffer, size_t capacity) {
  return copy_without_padding(tigetstr(name), buffer, capacity);
}

size_t painter_capability_with(const char *name, int first, int second, char *buffer, size_t capacity) {
  const char *text = tigetstr(name);
  if (text == NULL || text == (const char *)-1) return 0;
  return copy_without_padding(tiparm(text, first, second), buffer, capacity);
}

static bool locale_is_utf8(void) { return strcasecmp(nl_langinfo(CODESET), "UTF-8") == 0; }

static bool environment_says_utf8(void) {
  static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
    const char *value = getenv(names[index]);
    if (value == NULL || *value == 0) continue;
    const char *codeset = strchr(value, '.');
    return codeset != NULL && (strncasecmp(codeset, ".utf-8", 6) == 0 || strncasecmp(codeset, ".utf8", 5) == 0);
  }
  return false;
}

bool painter_use_locale(void) {
  static const char *const fallbacks[] = {"C.UTF-8", "en_US.UTF-8", "UTF-8"};
  if (setlocale(LC_CTYPE, "") != NULL && locale_is_utf8()) return true;
  if (!environment_says_utf8()) return false;
  for (size_t index = 0; index < sizeof fallbacks / sizeof *fallbacks; index++) {
    if (setlocale(LC_CTYPE, fallbacks[index]) != NULL && locale_is_utf8()) return true;
  }
  return false;
}

int painter_width(uint32_t glyph) { return wcwidth((wchar_t)glyph); }

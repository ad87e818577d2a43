#ifndef STANDARD_STREAMS_H
#define STANDARD_STREAMS_H

#include <stdbool.h>
#include <stddef.h>

/// Whether anything that was printed could not be written. What the stream still holds is written first.
bool standard_output_failed(void);

/// Makes an error of what would end the program without a word: writing where nobody reads, and beyond the largest size that
/// a file may have.
void make_write_signals_errors(void);

/// Writes a text to standard error, as much of it as can be.
void write_error(const char *text, size_t length);

#endif

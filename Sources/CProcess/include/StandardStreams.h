#ifndef STANDARD_STREAMS_H
#define STANDARD_STREAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Prints bytes, in order with all that is printed; false where they cannot be.
bool print_bytes(const uint8_t *bytes, size_t count);

/// Whether anything that was printed could not be written. What the stream still holds is written first.
bool standard_output_failed(void);

/// Makes an error of what would end the program without a word: writing where nobody reads, and beyond the largest size that
/// a file may have.
void make_write_signals_errors(void);

/// Writes a text to standard error, as much of it as can be.
void write_error(const char *text, size_t length);

#endif

#ifndef STANDARD_STREAMS_H
#define STANDARD_STREAMS_H

#include <stdbool.h>
#include <stddef.h>

/// Whether anything that was printed could not be written. What the stream still holds is written first.
bool standard_output_failed(void);

/// Makes an error of what would end the program without a word: writing where nobody reads, and beyond the largest size that
/// a file may have.
void make_write_signals_errors(void);

/// A crash is answered by a message and the signal's own end, in place of the runtime's prompt.
void answer_crashes(void);

/// Writes a text to standard error, as much of it as can be.
void write_error(const char *text, size_t length);

/// From here on SIGINT, SIGTERM and SIGHUP are noted and do not end the program, each once: whoever makes steps looks between
/// two of them.
void watch_ending_signals(void);

/// The signal that has come, 0 before.
int ending_signal(void);

/// A descriptor that is readable once it has come; -1 where nobody watches.
int ending_signal_descriptor(void);

#endif

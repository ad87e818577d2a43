#ifndef ENDING_SIGNALS_H
#define ENDING_SIGNALS_H

/// From here on SIGINT, SIGTERM and SIGHUP are noted and do not end the program, each once: whoever makes steps looks between
/// two of them.
void watch_ending_signals(void);

/// The signal that has come, 0 before.
int ending_signal(void);

/// A descriptor that is readable once it has come; -1 where nobody watches.
int ending_signal_descriptor(void);

#endif

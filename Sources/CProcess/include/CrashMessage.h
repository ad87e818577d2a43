#ifndef CRASH_MESSAGE_H
#define CRASH_MESSAGE_H

#include <stddef.h>

/// The signals of a program that has gone wrong.
extern const int crash_signals[];
extern const size_t crash_signal_count;

/// A crash is answered by a message and the signal's own end, in place of the runtime's prompt.
void answer_crashes(void);

/// Says on standard error that the program has crashed, and with what; `more` is a sentence of its own. Where it was memory
/// that ended, that is what it says.
void write_crash_message(int number, const char *more);

/// Ends the process by signal `number`, so that its status shows it.
_Noreturn void die_by_signal(int number);

/// The same in two seconds, whatever the process waits for by then.
void end_soon_by(int number);

#endif

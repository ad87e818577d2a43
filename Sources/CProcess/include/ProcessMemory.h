#ifndef PROCESS_MEMORY_H
#define PROCESS_MEMORY_H

/// The bytes that this process may still come to take, as far as the machine, its control group and the process's own limits
/// say; LLONG_MAX where nothing says anything.
long long memory_for_this_process(void);

#endif

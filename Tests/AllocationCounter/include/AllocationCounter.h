// How often this thread has asked for memory. Linked into a program, it stands before the C library's own functions.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>

// Whether requests are counted here: with glibc, and without a sanitizer, which has functions of its own.
bool allocation_counter_works(void);
// malloc, calloc, realloc and aligned requests of the calling thread since it began.
long allocation_count(void);

#endif

// How often this thread has asked for memory. Linked into a program, it stands before the C library's own functions.
#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdbool.h>

// Whether requests are counted here: with glibc, and without a sanitizer, which has functions of its own.
bool allocation_counter_works(void);
// malloc, calloc, realloc and aligned requests of the calling thread since it began.
long allocation_count(void);
// The bytes that those requests asked for, whether they were given back since or not.
long allocated_bytes(void);
// The bytes that this thread has got and not given back, as the C library rounds them; less what it gave back for others.
long held_bytes(void);

#endif

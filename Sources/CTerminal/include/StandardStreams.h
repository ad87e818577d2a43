#ifndef STANDARD_STREAMS_H
#define STANDARD_STREAMS_H

#include <stdbool.h>

/// Whether anything that was printed could not be written. What the stream still holds is written first.
bool standard_output_failed(void);

#endif

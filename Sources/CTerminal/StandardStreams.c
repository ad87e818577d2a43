#include "StandardStreams.h"

#include <stdio.h>

bool standard_output_failed(void) { return fflush(stdout) != 0 || ferror(stdout) != 0; }

#ifndef CPROCESS_H
#define CPROCESS_H

// What the program has to settle with the system it runs on, whether there is a screen or not.
#include "Companion.h"
#include "CrashMessage.h"
#include "EndingSignals.h"
#include "ProcessMemory.h"
#include "StandardStreams.h"

#endif

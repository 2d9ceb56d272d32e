/* Whether a source comes back with a regular period, as a monitor does: to one thing, or to the same few paths. */
#ifndef SENSOR_DETECT_RHYTHM_H
#define SENSOR_DETECT_RHYTHM_H

#include "proto/base/slice.h"
#include "proto/packet/packet.h"

enum { RHYTHM_PATHS = 8 };

/** One thing that is done again and again. Zero at first. */
struct beat {
    uint64_t what; /* a hash; 0: nothing yet */
    moment last, period;
    uint32_t kept, broken; /* intervals that were like the one before, and that were not */
};

/** @param what  of the first time, not 0; the same each time. */
void beat_add(struct beat *b, uint64_t what, moment time);

/** At least two equal intervals in a row, and none that was not. */
bool beat_regular(const struct beat *b);

/** Zero at first. */
struct rhythm {
    struct beat paths[RHYTHM_PATHS];
    bool many; /* more paths than a monitor asks for */
};

/** @param path  a hash of the target, not 0. */
void rhythm_beat(struct rhythm *r, uint64_t path, moment time);

/** At least two equal intervals in a row on one path, and none was broken on any. */
bool rhythm_regular(const struct rhythm *r);

#endif

/* Whether a source asks for the open paths as a monitor does: the same few, each with a regular period. */
#ifndef SENSOR_DETECT_RHYTHM_H
#define SENSOR_DETECT_RHYTHM_H

#include "proto/base/slice.h"
#include "proto/packet/packet.h"

enum { RHYTHM_PATHS = 4 };

/** Zero at first. */
struct rhythm {
    struct {
        uint64_t path; /* a hash; 0: free */
        moment last, period;
        uint32_t kept, broken; /* intervals that were like the one before, and that were not */
    } paths[RHYTHM_PATHS];
    bool many; /* more paths than a monitor asks for */
};

/** @param path  a hash of the target, not 0. */
void rhythm_beat(struct rhythm *r, uint64_t path, moment time);

/** At least two equal intervals in a row on one path, and none was broken on any. */
bool rhythm_regular(const struct rhythm *r);

#endif

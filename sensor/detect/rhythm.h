/* Whether a source comes back with a regular period, as a monitor does: to one thing, or to the same few paths. */
#ifndef SENSOR_DETECT_RHYTHM_H
#define SENSOR_DETECT_RHYTHM_H

#include "proto/base/slice.h"
#include "proto/packet/packet.h"

enum { RHYTHM_PATHS = 16 };

/** One thing that is done again and again. Zero at first. */
struct beat {
    uint64_t what; /* a hash; 0: nothing yet */
    moment last, period;
    moment latest;         /* of what belongs to the last one */
    uint32_t close;        /* how much that is, beside itself */
    uint32_t kept, broken; /* intervals that were like the one before, and that were not */
    bool failed;           /* since the last one it came and was not served */
};

/** What comes close behind a beat belongs to it: a monitor may ask twice, or try again. More of it than a monitor asks
 * breaks more than a late beat. Of an interval several times as long as the others what was between was missed: it
 * tells neither way, and so does the first one behind such intervals. A time before the last one is passed by.
 *  @param what  of the first time, not 0; the same each time. */
void beat_add(struct beat *b, uint64_t what, moment time);

/** Something about the last one was unlike the others: it counts as an interval that was not kept. */
void beat_break(struct beat *b);

/** Two equal intervals at least, and hardly any that was not. */
bool beat_regular(const struct beat *b);

/** More was broken than a monitor breaks that is restarted, or late. */
bool beat_spoilt(const struct beat *b);

/** Zero at first. */
struct rhythm {
    struct beat paths[RHYTHM_PATHS];
    bool many; /* more paths than a monitor asks for */
};

/** @param path  a hash of the target, not 0. */
void rhythm_beat(struct rhythm *r, uint64_t path, moment time);

/** A connection that the server refused, or on which it said nothing: when the next beat comes may hang on how long
 * that took, so that an interval unlike the others breaks nothing. One that is like them counts: it may have been
 * another server, or a connection that was for nothing else. */
void rhythm_failed(struct rhythm *r, moment time);

/** One path is asked for regularly, or several seem to be, and none is spoilt. */
bool rhythm_regular(const struct rhythm *r);

#endif

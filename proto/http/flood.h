/* How often something comes in a short time: what is ordinary now and then, and an attack by the hundred. And what is
 * never ordinary, but must not fill a disk. */
#ifndef PROTO_HTTP_FLOOD_H
#define PROTO_HTTP_FLOOD_H

#include "proto/http/message.h"

enum flood_kind {
    FLOOD_RESETS,
    FLOOD_SETTINGS,
    FLOOD_PINGS,
    FLOOD_EMPTY,
    FLOOD_PROMISES,
    FLOOD_BAD_FRAMES,
    FLOOD_OF_DIRECTION, /* those above are counted over a direction, the next over a block */
    FLOOD_CONTINUATIONS = FLOOD_OF_DIRECTION,
    FLOOD_KINDS
};

struct flood {
    uint32_t count;
    uint32_t since; /* milliseconds of packet time, modulo 2^32: of the first; from the threshold on of the last */
};

/** Counts one more; begins anew where the threshold is not reached within ten seconds, and, once it was, behind a pause
 * of ten. What is told from the first one on is counted for good.
 *  @return whether to tell of it now: at the kind's threshold, and at ten, a hundred ... times that. */
bool flood_rises(struct flood *f, enum flood_kind kind, moment time);

enum http_mark flood_mark(enum flood_kind kind);

#endif

/* The capture's clock: the greatest time so far; it never goes back. All deadlines run on it.
 *
 * Of files it is the frames' own time alone. Live it also follows a steady clock, so that silence times out, and is
 * held to it: when the frames' time jumps against the steady clock (somebody set the machine's time, a card counts from
 * elsewhere), the jump is counted and from then on subtracted, and no connection times out because of it. */
#ifndef SENSOR_CAPTURE_CLOCK_H
#define SENSOR_CAPTURE_CLOCK_H

#include <stdbool.h>

#include "proto/base/moment.h"

#define CLOCK_JUMP       (INT64_C(10) * 1000000000) /* more than this is no disorder of packets but a jump */
#define CLOCK_LIVE_DELAY (INT64_C(100) * 1000000)   /* frames reach us at most this late: the read timeout */

struct capture_clock {
    moment reached;
    moment previous; /* time of the last frame */
    moment base;     /* live: what the clock shows when the steady clock shows 0 */
    moment shift;    /* live: what is added to frames' times, the sum of the jumps absorbed */
    uint64_t jumps;
    bool begun;
};

/** @return the clock at this frame of a file. */
moment capture_clock_file(struct capture_clock *c, moment time);

/** Live: `wall` is the time of day and `steady` the steady clock's, both now. Until then the clock shows 0. */
void capture_clock_start(struct capture_clock *c, moment wall, moment steady);

/** @return the clock at this frame of an interface. */
moment capture_clock_live(struct capture_clock *c, moment time, moment steady);

/** @return the clock when no frame has come. */
moment capture_clock_idle(struct capture_clock *c, moment steady);

#endif

/* Deadlines without timers, and who was silent longest: a queue for each length of waiting.
 *
 * All of a class wait equally long, so a queue in order of the last touch is in order of the deadline: to touch,
 * to expire and to find a victim are each O(1), and 24 bytes a flow. Runs on the capture's clock alone. */
#ifndef PROTO_BASE_AGE_H
#define PROTO_BASE_AGE_H

#include "proto/base/moment.h"

/** Embedded in what ages. */
struct age {
    struct age *older, *newer;
    moment touched;
};

struct age_queue {
    struct age *oldest, *newest;
    moment wait;
};

void age_enter(struct age_queue *q, struct age *who, moment clock);
void age_leave(struct age_queue *q, struct age *who);

static inline void age_touch(struct age_queue *q, struct age *who, moment clock)
{
    if (q->newest == who) {
        who->touched = clock;
        return;
    }
    age_leave(q, who);
    age_enter(q, who, clock);
}

/** When the oldest runs out; INT64_MAX: there is none. */
static inline moment age_deadline(const struct age_queue *q)
{
    return q->oldest ? q->oldest->touched + q->wait : INT64_MAX;
}

#endif

/* Inside of findings: all that are open, by the clock of their first hit. All windows are of one length, so the first
 * closes first. */
#ifndef SENSOR_DETECT_FINDING_QUEUE_H
#define SENSOR_DETECT_FINDING_QUEUE_H

#include "sensor/detect/finding_order.h"

/** Linked by `before` and `after`. */
struct finding_queue {
    struct kept_finding *first, *last;
    struct kept_finding *hand; /* where finding_queue_silent() goes on; NULL: at the first */
};

void finding_queue_enter(struct finding_queue *q, struct kept_finding *k);
void finding_queue_leave(struct finding_queue *q, struct kept_finding *k);

/** One that was not hit since this came by the last time: about the one that is silent longest.
 *  @return NULL: there is none at all. */
struct kept_finding *finding_queue_silent(struct finding_queue *q);

#endif

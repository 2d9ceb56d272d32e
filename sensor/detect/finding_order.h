/* Inside of findings: one as it is kept, and in which order they are told at the end. */
#ifndef SENSOR_DETECT_FINDING_ORDER_H
#define SENSOR_DETECT_FINDING_ORDER_H

#include "sensor/detect/tally.h"

struct subject;

struct kept_finding {
    const struct rule_about *rule;
    struct kept_finding *sibling; /* of its subject: the next in the ring */
    struct tally *tally;
    struct kept_finding *next; /* of the event in hand */
    moment opened;             /* the clock of the first hit */
    uint64_t next_telling;
    bool held;
    bool stirred;          /* hit since finding_queue_silent() came by */
    uint8_t subject_level; /* of its subject, at the end: what its findings are sorted by */
    uint64_t subject_count;
    const struct kept_finding *lead; /* likewise: of the first subject that is alike */
    struct subject *subject;
    struct kept_finding *before, *after;
};

/** Sorts a list by `after`: most severe subject first, then most hits, then by source and endpoint, of which those that
 * are alike stand behind the first of them; of one subject the most severe first. Afterwards `before` means nothing. */
struct kept_finding *finding_order(struct kept_finding *list);

#endif

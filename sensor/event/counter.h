/* Every counter of the program, one a row of counter.def: name in the statistics event and a sentence.
 * A worker counts on its own set; sets are summed when they are reported. */
#ifndef SENSOR_EVENT_COUNTER_H
#define SENSOR_EVENT_COUNTER_H

#include <stddef.h>
#include <stdint.h>

enum counter {
#define COUNTER(id, name, about) COUNT_##id,
#include "sensor/event/counter.def"
#undef COUNTER
    COUNTERS
};

struct counters {
    uint64_t of[COUNTERS];
};

const char *counter_name(enum counter c);  /* "stream.gap_bytes" */
const char *counter_about(enum counter c); /* one sentence */

void counters_add(struct counters *sum, const struct counters *more);

/** The sums that must come out once nothing is held any more: frames = outcomes of the walk; payload = delivered +
 *  repeated + outside + unread.
 *  @return NULL, or the name of the sum that does not. */
const char *counters_check(const struct counters *c);

#endif

/* Findings that are not told: the user suppressed it; or it is complete, and who was taken for a scanner is expected
 * there, or has turned out to be a monitor, a client that lost its credential, or one that had one all along. */
#ifndef SENSOR_DETECT_HARMLESS_H
#define SENSOR_DETECT_HARMLESS_H

#include "sensor/detect/cluster.h"
#include "sensor/detect/endpoint.h"
#include "sensor/detect/finding.h"
#include "sensor/detect/source.h"
#include "sensor/detect/suppress.h"
#include "sensor/event/counter.h"

/** What is asked; all borrowed. */
struct harmless {
    const struct sources *sources;
    const struct infer *infer;
    const struct endpoints *endpoints;
    const struct cluster_map *map;           /* NULL: there is none */
    const struct suppressions *suppressions; /* NULL: there are none */
    struct counters *counters;
};

/** Counts why, of one that is complete. @param held  it was not certain that it is one: only if it is complete. */
bool harmless_is(const struct harmless *h, const struct finding *f, bool held);

#endif

/* Connections that ask for nothing: a SYN without an answer, a refused one, one that is closed before a request. Who
 * makes them at many endpoints looks for API servers. */
#ifndef SENSOR_DETECT_KNOCK_H
#define SENSOR_DETECT_KNOCK_H

#include "sensor/detect/rhythm.h"
#include "sensor/event/flow_record.h"

/** Of one source, within the window that began with the first. Zero at first. */
struct knocks {
    moment window;
    uint32_t count, endpoints;            /* endpoints: different ones, as far as KNOCK_ENDPOINTS */
    struct address seen[KNOCK_ENDPOINTS]; /* these */
    uint8_t basis;                        /* enum endpoint_basis: the best of theirs */
    bool listed;                          /* a finding lists them */
    struct beat beat;                     /* at the one that came first, over all windows: it tells of the others */
};

/** @param hash  of the endpoint, not 0. */
void knocks_add(struct knocks *k, const struct address *endpoint, uint64_t hash, moment time, moment window);

#endif

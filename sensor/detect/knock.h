/* Connections that ask for nothing: a SYN without an answer, a refused one, one that is closed before a request. Who
 * makes them at many endpoints looks for API servers. */
#ifndef SENSOR_DETECT_KNOCK_H
#define SENSOR_DETECT_KNOCK_H

#include "sensor/detect/rhythm.h"
#include "sensor/event/flow_record.h"

enum { KNOCK_RULES = 8 };

/** Of one source, within the window that began with the first that was told. Zero at first. */
struct knocks {
    moment window, first;                 /* first: of their times; each is told at its end */
    uint32_t count, endpoints;            /* endpoints: different ones, as far as KNOCK_ENDPOINTS */
    struct address seen[KNOCK_ENDPOINTS]; /* these */
    uint64_t hashes[KNOCK_ENDPOINTS];     /* of them */
    uint32_t times[KNOCK_ENDPOINTS];      /* knocks on each */
    uint8_t basis;                        /* enum endpoint_basis: the best of theirs */
    uint32_t listed[KNOCK_RULES];         /* numbers of the rules whose findings list them; 0: no more */
    struct beat beat;                     /* at the one that came first, over all windows: it tells of the others */
};

/** @param hash  of the endpoint, not 0. */
void knocks_add(struct knocks *k, const struct address *endpoint, uint64_t hash, moment time, moment window);

/** Whether the rule's finding has those so far. Where more rules have one than are kept, all may. */
bool knocks_are_listed(const struct knocks *k, uint32_t rule);
void knocks_list(struct knocks *k, uint32_t rule);

#endif

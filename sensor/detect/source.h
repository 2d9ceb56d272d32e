/* One source's memory: what a client address did, to which endpoints, over the whole capture. */
#ifndef SENSOR_DETECT_SOURCE_H
#define SENSOR_DETECT_SOURCE_H

#include "proto/base/table.h"
#include "sensor/detect/list.h"
#include "sensor/event/anomaly.h"
#include "sensor/event/auth.h"
#include "sensor/event/exchange.h"
#include "sensor/event/flow_record.h"

/** What a source may have written in a minute of packet time: an event costs 1, an exchange that its client reset
 * before it was answered SOURCE_RESET_COST. */
enum { SOURCE_CAP = 100000, SOURCE_RESET_COST = 100 };

struct share {
    int64_t minute; /* that `spent` belongs to */
    uint64_t spent;
};

struct source {
    uint8_t ip[16];
    moment first, last;
    bool verified; /* a handshake with it was completed: the address is not forged */
    uint64_t exchanges;
    uint64_t states[AUTH_STATES]; /* exchanges by verdict */
    uint64_t open_paths;          /* of the anonymous: those of paths that are open to everyone */
    uint64_t flows, half_open, refused, without_request;
    uint64_t not_written; /* exchanges and anomalies beyond its share */
    struct share share;
    struct value_list endpoints; /* "address:port" */
    struct value_list agents;
};

struct sources;

struct sources *sources_new(const struct hash_secret *secret, struct memory *memory);
void sources_free(struct sources *s);

/** Whether this exchange or anomaly is to be written, by what its source has had written in this minute. Sources that
 *  found no memory share one share.
 *  @param cap  of a source and minute.  */
bool sources_may_write(struct sources *s, const struct event *e, uint64_t cap);

void sources_exchange(struct sources *s, const struct exchange *x);
void sources_flow(struct sources *s, const struct flow_record *f);

/** All sources: most rejected and anonymous exchanges first, then by address. @return how many; `*sorted` is the
 * caller's to give back with memory_resize(), count * sizeof(pointer) bytes. Sources stay where they are until the next
 * call of another function. */
size_t sources_sorted(const struct sources *s, const struct source ***sorted);

/** Sources that were not kept because memory was short. */
uint64_t sources_lost(const struct sources *s);

#endif

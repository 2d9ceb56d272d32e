/* From frames to records: the walk, the connections, their ageing. A worker owns its flows outright and shares nothing.
 */
#ifndef SENSOR_FLOW_WORKER_H
#define SENSOR_FLOW_WORKER_H

#include "proto/base/table.h"
#include "sensor/event/counter.h"
#include "sensor/event/event.h"
#include "sensor/flow/port_set.h"

struct worker;

struct worker_options {
    struct port_set ports;
    struct tunnel_ports tunnels;
    bool checksums; /* what no receiver took is left out */
    size_t memory;  /* the account's hard limit, bytes; eviction begins at seven eighths of it */
    struct hash_secret secret;
    uint8_t credential_key[32];
    struct tls_keys *keys;  /* borrowed; changes between frames only; NULL: there are none */
    uint32_t waiting_bytes; /* a connection's, for a key that may still come; 0: none will */
    moment waiting_time;
};

/** @param options  copied. @param counters  borrowed; the worker counts there.
 *  @return NULL: no memory. */
struct worker *worker_new(const struct worker_options *options, struct counters *counters, struct event_sink sink);

/** Deadlines that the frame's clock has reached are told first, then whatever the frame brings; then memory that is
 * over the budget is evicted. */
void worker_frame(struct worker *w, const struct frame *frame);

/** The capture's clock went on without frames for this worker. */
void worker_clock(struct worker *w, moment clock);

/** New keys came: connections that wait for one are looked at again. */
void worker_keys(struct worker *w);

/** How much of the account is in use. */
size_t worker_memory(const struct worker *w);

/** Whether a connection that waits for its key cannot wait much longer. Asking ends it. */
bool worker_calls_for_keys(struct worker *w);

/** Writes into the counters what is counted elsewhere meanwhile: before they are read. */
void worker_count(struct worker *w);

/** The capture is over: all that is open is told and freed. */
void worker_finish(struct worker *w);

/** @return how many bytes of the account were still in use: 0, or it is a defect. */
size_t worker_free(struct worker *w);

#endif

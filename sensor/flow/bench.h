/* What all connections of a worker share: made once by the worker, lent to each. */
#ifndef SENSOR_FLOW_BENCH_H
#define SENSOR_FLOW_BENCH_H

#include "proto/base/table.h"
#include "proto/http/http1.h"
#include "proto/kube/credential.h"
#include "proto/stream/reassembly.h"
#include "sensor/event/anomaly.h"
#include "sensor/event/counter.h"
#include "sensor/event/event.h"
#include "sensor/flow/age.h"
#include "sensor/flow/claims.h"

struct draft;

struct flow_bench {
    struct memory memory;
    struct hash_secret secret;
    struct counters *counters; /* borrowed */
    struct event_sink sink;
    struct event_order order; /* of what is told next; the count goes up with each record */
    struct reassembly_limits reassembly;
    struct reassembly_counts streams;
    struct http1_limits http1;
    struct credential_digests *digests;
    struct claims claims;
    struct age_queue drafts; /* open and not told: by the time of the request head */
    struct draft *spare;     /* drafts to use again */
    unsigned spares;
    uint8_t path_room[8192 + 512]; /* a target and a method, as long as drafts keep them */
};

/** Facts of a connection that each of its records repeats. Embedded in the connection. */
struct connection_facts {
    struct address client, server;
    uint64_t flow_id;
    uint32_t tunnel_id;
    uint8_t tunnel_kind, vlans;
    uint16_t vlan[2];
    uint32_t exchanges; /* told */
    uint32_t open;      /* exchanges that are not over */
    uint32_t anomalies; /* 1 << enum anomaly_kind: told already */
};

/** Writes the head of a record, but `size`, which is the caller's to set before. */
void bench_head(const struct connection_facts *facts, struct event *e, enum event_type type, moment time);

/** Gives the record its place in the order and tells it. */
void bench_tell(struct flow_bench *b, struct event *e);

/** Tells of an odd thing, the first time on this connection. */
void bench_anomaly(struct flow_bench *b, struct connection_facts *facts, unsigned kind, enum side from,
                   enum gave_up reason, moment time);

#endif

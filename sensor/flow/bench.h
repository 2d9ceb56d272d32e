/* What all connections of a worker share: made once by the worker, lent to each. */
#ifndef SENSOR_FLOW_BENCH_H
#define SENSOR_FLOW_BENCH_H

#include "proto/base/age.h"
#include "proto/base/table.h"
#include "proto/http/http1.h"
#include "proto/http/http2.h"
#include "proto/http/message.h"
#include "proto/kube/credential.h"
#include "proto/kube/request.h"
#include "proto/stream/reassembly.h"
#include "proto/tls/tls.h"
#include "sensor/event/anomaly.h"
#include "sensor/event/counter.h"
#include "sensor/event/event.h"
#include "sensor/flow/agents.h"
#include "sensor/flow/claims.h"
#include "sensor/flow/port_set.h"
#include "sensor/flow/refusals.h"

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
    struct http2_shared http2;
    struct tls_bench tls;
    struct credential_digests *digests;
    struct claims claims;
    struct agents agents;
    struct refusals refusals;
    struct age_queue drafts; /* open and not told: by the time of the request head */
    struct draft *spare;     /* drafts to use again */
    unsigned spares;
    struct port_set ports;                     /* that are followed */
    uint8_t scratch[REQUEST_TARGET_MAX + 512]; /* for what is made of a text before it is kept, in one call */
};

/** HTTP/2 joined late: under which unknown name the server's answers bring UUIDs. Where each brings another one, it is
 *  Audit-Id. */
struct audit_guess {
    uint64_t last;     /* of the UUIDs, folded */
    uint32_t stranger; /* of struct field; 0: none */
    uint32_t anew;     /* likewise: in another table a number is another name */
};

/** What was made of the credential that stands in the client's HPACK table: it comes again with each request. */
struct credential_entry {
    uint64_t digest;
    uint32_t entry;    /* of struct field; 0: none. Numbers begin anew with another reader */
    uint32_t at, size; /* of the token in the value */
    uint8_t kind;      /* enum credential_kind */
};

/** Facts of a connection that each of its records repeats. Embedded in the connection. */
struct connection_facts {
    struct address client, server;
    uint32_t across_network; /* tunnel_network() of the packets of that side */
    uint64_t flow_id;
    uint32_t tunnel_id;
    uint8_t tunnel_kind;
    uint8_t vlans : 2;
    uint8_t across : 2;      /* 1 + enum side: its packets are in a network of their own (across.h); 0: none's are */
    uint8_t goaway_told : 2; /* 1 << enum side */
    uint16_t vlan[2];
    uint8_t goaway;  /* of struct flow_record */
    uint8_t proxied; /* of struct event, as the next one */
    uint8_t proxied_for[16];
    uint32_t goaway_after;       /* of struct flow_record */
    uint32_t exchanges;          /* told */
    uint32_t unheard;            /* of these: without a credential, and refused by the HTTP server itself */
    uint32_t open;               /* exchanges that are not over */
    uint32_t opened;             /* exchanges that were begun */
    uint32_t anomalies;          /* 1 << enum anomaly_kind: told already */
    uint32_t gaps;               /* of both sides, so far */
    const struct tls_facts *tls; /* NULL: plaintext */
    struct audit_guess audit;
    struct credential_entry credential;
};

/** Writes the head of a record, but `size`, which is the caller's to set before. */
void bench_head(const struct connection_facts *facts, struct event *e, enum event_type type, moment time);

/** Gives the record its place in the order and tells it. */
void bench_tell(struct flow_bench *b, struct event *e);

/** Tells of an odd thing, the first time on this connection. */
void bench_anomaly(struct flow_bench *b, struct connection_facts *facts, unsigned kind, enum side from, moment time);

/** Tells that a parser reads no further. */
void bench_gave_up(struct flow_bench *b, struct connection_facts *facts, enum gave_up reason, moment time);

/** Tells of what came so often by now; each time. @param count  1: a single one that belongs to no exchange. */
void bench_odd(struct flow_bench *b, struct connection_facts *facts, enum side from, enum http_mark mark,
               uint64_t count, moment time);

/** Remembers the server's first GOAWAY; tells the first of a side that gives an error. */
void bench_goaway(struct flow_bench *b, struct connection_facts *facts, enum side from, uint32_t code,
                  struct slice debug, moment time);

#endif

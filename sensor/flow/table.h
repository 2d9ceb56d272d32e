/* The flows of a worker: found by key, made at their first packet, aged, evicted, ended.
 *
 *   table.c     which flow a packet belongs to, and what begins one
 *   syn.c       what becomes of a SYN
 *   across.c    connections of which each direction is in an overlay of its own
 *   deadline.c  what time and short memory end */
#ifndef SENSOR_FLOW_TABLE_H
#define SENSOR_FLOW_TABLE_H

#include "sensor/flow/connection.h"
#include "sensor/flow/half_open.h"

enum { FLOWS_FOUND_BITS = 10, FLOWS_FOUND = 1 << FLOWS_FOUND_BITS };

/** A connection's other direction is looked for in so many networks. */
enum { FLOWS_NETWORKS = 16 };

struct flow_table {
    struct flow_bench *bench; /* borrowed */
    struct table connections;
    struct connection *found[FLOWS_FOUND]; /* lately, each where its addresses lead to; NULL: none */
    struct half_opens half_opens;
    struct age_queue ages[AGE_CLASSES];
    struct age_queue waiting;          /* connections that hold segments */
    uint32_t networks[FLOWS_NETWORKS]; /* that flows began in lately, the last first: tunnel_network(); 0 at the end */
    moment half_open_wait;
    moment clock;
    moment quiet_until; /* nothing runs out before */
};

void flow_table_init(struct flow_table *t, struct flow_bench *bench);
void flow_table_deinit(struct flow_table *t);

void flow_table_packet(struct flow_table *t, const struct packet *p, uint32_t wire_size);

/** All that runs out by `clock`, in the order in which it does; then that is the table's clock. */
void flow_table_reach(struct flow_table *t, moment clock);

/** New keys came, or time has passed: what waits for a key is looked at again. */
void flow_table_keys(struct flow_table *t);

/** Ends flows until no more than `bytes` of the account are used: what is closing, SYNs, the idle, then open exchanges,
 * of each the oldest first. Between packets, never inside one. */
void flow_table_evict(struct flow_table *t, size_t bytes);

/** Ends and tells all. */
void flow_table_end(struct flow_table *t);

/* between table.c, syn.c, across.c and deadline.c */

/** By what a flow is looked for that is not of those found lately. */
struct flow_name {
    struct flow_key key;
    uint64_t hash;
    bool from_low;
};

void flow_table_name(const struct flow_table *t, const struct packet *p, struct flow_name *name);

/** @return the packet's connection; NULL: there is none yet. */
struct connection *flow_table_find(const struct flow_table *t, uint64_t hash, const struct packet *p);

/** Takes the packet if its flow is known. @param name  is filled in if not. */
bool flow_table_known(struct flow_table *t, const struct packet *p, uint32_t wire_size, struct flow_name *name);

void flow_table_drop(struct flow_table *t, struct connection *c, moment time, enum flow_reason why);
struct connection *flow_table_make(struct flow_table *t, const struct flow_key *key, const struct packet *p,
                                   bool from_client);

/** The packet is the connection's. @param c  NULL: there was no memory to make it; its bytes are counted as lost. */
void flow_table_take(struct flow_table *t, struct connection *c, const struct packet *p, uint32_t wire_size);

/** What a packet changed in how the connection ages and waits. */
void flow_table_settle(struct flow_table *t, struct connection *c);

/** Whether it waits for bytes to come. */
void flow_table_wait(struct flow_table *t, struct connection *c);

static inline void flow_table_order(struct flow_table *t, moment clock, uint64_t number)
{
    t->bench->order = (struct event_order){.clock = clock, .number = number};
}

#endif

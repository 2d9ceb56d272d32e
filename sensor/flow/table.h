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

/** Its connections come from the bench's account. */
void flow_table_init(struct flow_table *t, struct flow_bench *bench);

/** After flow_table_end(). */
void flow_table_deinit(struct flow_table *t);

/** @param wire_size  of the frame. */
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

/** The place in the order of records of what is told from now on. @param number  of the frame, or the flow's first. */
static inline void flow_table_order(struct flow_table *t, moment clock, uint64_t number)
{
    t->bench->order = (struct event_order){.clock = clock, .number = number};
}

#endif

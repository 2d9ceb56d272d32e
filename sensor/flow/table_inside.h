/* Inside of the flow table: for table.c (which flow a packet is of), syn.c (SYNs), across.c (other networks) and
 * deadline.c (ends), and for nobody else. */
#ifndef SENSOR_FLOW_TABLE_INSIDE_H
#define SENSOR_FLOW_TABLE_INSIDE_H

#include "sensor/flow/table.h"

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

/** Ends the connection, which is told and freed. */
void flow_table_drop(struct flow_table *t, struct connection *c, moment time, enum flow_reason why);

/** A connection for this packet, which it has not been given yet. @return NULL: no memory. */
struct connection *flow_table_make(struct flow_table *t, const struct flow_key *key, const struct packet *p,
                                   bool from_client);

/** The packet is the connection's. @param c  NULL: there was no memory to make it; its bytes are counted as lost. */
void flow_table_take(struct flow_table *t, struct connection *c, const struct packet *p, uint32_t wire_size);

/** What a packet changed in how the connection ages and waits. */
void flow_table_settle(struct flow_table *t, struct connection *c);

/** Enters it among those that wait for bytes to come, or takes it out, as it is now. */
void flow_table_wait(struct flow_table *t, struct connection *c);

#endif

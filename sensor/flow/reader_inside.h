/* What the parts of a connection's reader share: who reads (reader.c), what HTTP tells of it (reader_http.c), the
 * stream that reassembly feeds (reader_front.c). */
#ifndef SENSOR_FLOW_READER_INSIDE_H
#define SENSOR_FLOW_READER_INSIDE_H

#include "sensor/flow/reader.h"

/** What the readers of HTTP tell; their owner is the connection. */
extern const struct message_events reader_messages;

/** Makes the reader of what the connection speaks. */
void reader_decide(struct connection *c, enum protocol protocol, moment time);

/** What the connection says itself, plain or out of its TLS. */
void reader_bytes(struct connection *c, enum side from, moment time, struct slice bytes);
void reader_gap(struct connection *c, enum side from, moment time, uint64_t size);

/** Passes on that a side has ended, if it has. */
void reader_tell_end(struct connection *c, enum side from, moment time);

/** Frees the readers, which have been told all that there will be. */
void reader_finish(struct connection *c);

/** What a CONNECT has led to is anything: it is read as a connection's own. @return NULL: it is one already. */
struct stream *reader_begin_tunnel(struct connection *c);

/** The line of a load balancer that is being read will not be whole. */
void reader_lose_preamble(struct connection *c);

#endif

/* Who reads a connection's bytes: told from the first of them, or found by searching where the beginning is missing. */
#ifndef SENSOR_FLOW_READER_H
#define SENSOR_FLOW_READER_H

#include "sensor/flow/connection.h"

/** Makes `c->front` the stream that reassembly feeds; of a connection that is not followed nothing is read. */
void reader_attach(struct connection *c);

/** Where no SYN told client from server: the bytes of a packet may. Called before the packet is reassembled; client and
 *  server then change places.  @return whether they did. */
bool reader_orient(struct connection *c, enum side from, moment time, struct slice bytes);

/** The first plaintext of its TLS is at hand. @return who reads it; borrowed. */
struct stream *reader_inside(struct connection *c);

/** A parser of its bytes reads no further: counted and told, the first time. */
void reader_gave_up(struct connection *c, enum gave_up reason, moment time);

/** Nothing has been said for a while: gives back what can be made again. */
void reader_rest(struct connection *c);

/** Frees the reader and what was pending; counts what the connection spoke. */
void reader_detach(struct connection *c);

#endif

/* TLS between a connection and those who read it: its plaintext to the readers, its facts into records. */
#ifndef SENSOR_FLOW_SECURED_H
#define SENSOR_FLOW_SECURED_H

#include "sensor/flow/connection.h"

/** Makes `c->tls`. @return false: no memory. */
bool secured_begin(struct connection *c, bool from_start);

/** The connection is over: the handshake is told, if it was not, and what TLS came to is counted. */
void secured_tell(struct connection *c);

/** All keys are wiped. What has read the plaintext is freed before. */
void secured_end(struct connection *c);

/** Writes what of TLS stands in the head of records. @param e  EVENT_MAX bytes have room behind its beginning. */
void secured_head(const struct tls_facts *facts, struct event *e);

/** The same but for the texts, for records whose room is another's business. */
void secured_numbers(const struct tls_facts *facts, struct event *e);

/** The last alert of a side, into a record as above. */
struct text secured_alert(const struct tls_facts *facts, enum side from, struct event *e);

#endif

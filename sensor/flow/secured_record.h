/* What records say of the TLS that their connection is in, and what of it nobody can know. */
#ifndef SENSOR_FLOW_SECURED_RECORD_H
#define SENSOR_FLOW_SECURED_RECORD_H

#include "sensor/flow/connection.h"

/** Writes what of TLS stands in the head of records. @param e  EVENT_MAX bytes have room behind its beginning. */
void secured_record_head(const struct tls_facts *facts, struct event *e);

/** The same but for the texts, for records whose room is another's business. */
void secured_record_numbers(const struct tls_facts *facts, struct event *e);

/** The last alert of a side, into a record as above. */
struct text secured_record_alert(const struct tls_facts *facts, enum side from, struct event *e);

/** Tells the connection's handshake, which was not told yet. */
void secured_record_handshake(struct connection *c, const struct tls_facts *f);

#endif

/* TLS between a connection and those who read it: its plaintext goes to the readers, its facts into records. */
#ifndef SENSOR_FLOW_SECURED_H
#define SENSOR_FLOW_SECURED_H

#include "sensor/flow/connection.h"

/** Makes `c->tls`. @return false: no memory. */
bool secured_begin(struct connection *c, bool from_start);

/** The connection is over: the handshake is told, if it was not, and what TLS came to is counted. */
void secured_tell(struct connection *c);

/** All keys are wiped. What has read the plaintext is freed before. */
void secured_end(struct connection *c);

#endif

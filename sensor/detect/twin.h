/* The same connection seen twice: before a load balancer that passes TCP on, and behind it. Both bear one ClientHello,
 * whose random bytes nobody has twice; and what the second comes from is what the first goes to. What is asked there
 * counts once, for the client of the first. The connections of longest ago are forgotten. */
#ifndef SENSOR_DETECT_TWIN_H
#define SENSOR_DETECT_TWIN_H

#include "proto/base/recent.h"
#include "sensor/event/event.h"

struct twins;

/** @return NULL: no memory. */
struct twins *twins_new(const struct hash_secret *secret, struct memory *memory);
void twins_free(struct twins *t);

/** Remembers the connection of a record, the first of those that bear its ClientHello: the one that is told first may
 * be the balancer's, because the server's last word in a handshake comes there first.
 *  @return whether it is what a balancer makes of another one that was seen. */
bool twins_learn(struct twins *t, const struct event *e);

/** Whether the address was seen to pass on a connection: what else comes from it and has no twin, because packets are
 * missing, is asked for others as well. */
bool twins_passes_on(const struct twins *t, const uint8_t ip[static 16]);

#endif

/* Which endpoints are API servers, and why we think so: cluster.basis in kapiwatch-events(5). Those of which nothing
 * was learnt for longest are forgotten: on a network's edge every web site is an endpoint. */
#ifndef SENSOR_DETECT_ENDPOINT_H
#define SENSOR_DETECT_ENDPOINT_H

#include "proto/base/recent.h"
#include "sensor/event/counter.h"
#include "sensor/event/exchange.h"
#include "sensor/event/flow_record.h"
#include "sensor/event/handshake.h"

struct endpoints;

/** @param configured  ports named by the user; ports 6443 and 16443 count as `port` by themselves. Copied.
 *  @return NULL: no memory. */
struct endpoints *endpoints_new(const uint16_t *configured, size_t count, const struct hash_secret *secret,
                                struct memory *memory);
void endpoints_free(struct endpoints *e);

/** What is known of this endpoint now. */
enum endpoint_basis endpoints_basis(const struct endpoints *e, const struct event *about);

/** Learns from what the endpoint answered: Audit-Id, X-Kubernetes-Pf-*, a Status body, and not behind a proxy
 * subresource. */
void endpoints_learn(struct endpoints *e, const struct exchange *x);

/** Learns from a connection that was answered inside TLS, whatever was seen of its handshake. */
void endpoints_learn_serving(struct endpoints *e, const struct event *about);

/** Learns from the certificate that it presented, and that there is a server. */
void endpoints_learn_handshake(struct endpoints *e, const struct handshake *h);

/** Learns from a connection that stays closed and looks like an API server's: of two such the endpoint is one by its
 * shape. */
void endpoints_learn_shape(struct endpoints *e, const struct event *about);

/** Whether TLS was answered at this address, whatever the port. */
bool endpoints_serves(const struct endpoints *e, const uint8_t ip[static 16]);

/** How large the bodies are with which it has answered 401, as far as that was read: they do not depend on the request.
 * Writes no more than there is room for; 0: no more. */
void endpoints_refusals(const struct endpoints *e, const struct event *about, uint16_t bodies[static FLOW_REFUSALS]);

/** Learns from an answer over HTTP/2 that only strangers get, or hardly anyone else: whether a GOAWAY came with it. */
void endpoints_learn_goaway(struct endpoints *e, const struct event *about, bool goaway);

/** Whether the endpoint sends GOAWAY to whoever asks it over HTTP/2 without a credential that holds: servers from 1.29
 * on do, and those that send it to anyone by chance do not count. */
bool endpoints_sends_away(const struct endpoints *e, const struct event *about);

/** Learns from the verdict. */
void endpoints_learn_lending(struct endpoints *e, const struct exchange *x);

/** Whether the endpoint was seen to answer requests without a credential as if they had one: a proxy that lends its
 * own. Who asks there is not accused of it. */
bool endpoints_lends(const struct endpoints *e, const struct event *about);

/** Adds up: how often an endpoint was not kept because memory was short, and how many were forgotten. */
void endpoints_count(const struct endpoints *e, struct counters *counters);

#endif

/* Exchanges being written.
 *
 * A draft is opened by the message parser's `open`, written field by field, and told once: when it is over; a watch
 * when its answer's head is in; at the latest TELL_AFTER behind its opening. Told, it only waits for its `over`. */
#ifndef SENSOR_FLOW_DRAFT_H
#define SENSOR_FLOW_DRAFT_H

#include "sensor/flow/bench.h"

struct draft;

/** @param stream_id  0: HTTP/1. @return NULL: no memory. */
struct draft *draft_open(struct flow_bench *b, struct connection_facts *facts, moment time, enum http_version version,
                         uint32_t stream_id);

/** These fit into struct message_events; `draft` is a struct draft. What is not in event/field.def is looked at and
 *  forgotten. */
void draft_field(void *draft, enum side from, const struct field *field);
void draft_head(void *draft, enum side from, enum head_kind kind, bool whole);
void draft_body(void *draft, enum side from, struct slice bytes, uint64_t lost);
void draft_done(void *draft, enum side from, enum message_end how);
void draft_mark(void *draft, enum side from, enum http_mark mark);
void draft_reset(void *draft, enum side from, uint32_t code);

/** Its connection has switched to HTTP/2, where it is stream 1: the 101 was not its answer.
 *  @param certain  false: whether it has is shown by an answer there only. */
void draft_carry_on(void *draft, bool certain);

/** Told if it was not, and given back. */
void draft_over(void *draft);

/** Of the connection whose draft it is: the oldest is the one whose time to be told comes first. */
uint64_t draft_flow_id(const struct age *oldest);

/** Its deadline has come: told with what there is. */
void draft_due(struct age *oldest);

/** Gives the spare drafts' memory back. */
void drafts_deinit(struct flow_bench *b);

#endif

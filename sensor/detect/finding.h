/* What a rule found: one a rule, source and endpoint, with counts, times and bounded lists.
 *
 * Told when it first holds, at 10, 100, 1000 ... hits, and complete at the close of its window or at the end. A finding
 * of an endpoint that is not proven to be an API server is kept and not told: it may be proven later. */
#ifndef SENSOR_DETECT_FINDING_H
#define SENSOR_DETECT_FINDING_H

#include "proto/base/table.h"
#include "sensor/detect/list.h"
#include "sensor/detect/rule.h"
#include "sensor/event/exchange.h"

struct finding {
    const struct rule_about *rule;
    uint8_t source[16];
    struct address endpoint;
    enum endpoint_basis basis;
    uint64_t count;
    moment first, last;  /* of the exchanges' times */
    uint64_t first_flow; /* flow_id of the first hit: the order of findings that are otherwise equal */
    struct value_list agents, verbs, urls, statuses, reasons, methods, forwarded;
};

struct findings;

struct finding_options {
    moment window; /* from the first hit; then the finding is complete and a later hit begins another */
};

/** Who is told. @param last_word  the finding is complete. */
struct finding_events {
    /** The end begins: so many complete findings follow. */
    void (*closing)(void *owner, size_t count);
    void (*told)(void *owner, const struct finding *f, bool last_word);
    void *owner;
};

struct findings *findings_new(const struct finding_options *options, const struct hash_secret *secret,
                              struct memory *memory, struct finding_events events);
void findings_free(struct findings *f);

/** @param basis  of the endpoint, as known now. */
void findings_hit(struct findings *f, const struct rule_about *rule, const struct exchange *x,
                  enum endpoint_basis basis);

/** Windows that close at or before `clock`. @param basis  asks for an endpoint's basis at that time. */
void findings_reached(struct findings *f, moment clock,
                      enum endpoint_basis (*basis)(void *owner, const struct address *endpoint), void *owner);

/** The end: all are told complete, most severe first, then most hits, then by source and endpoint. */
void findings_finish(struct findings *f, enum endpoint_basis (*basis)(void *owner, const struct address *endpoint),
                     void *owner);

/** Findings kept from being told: unproven endpoint; lost: no memory. */
uint64_t findings_unproven(const struct findings *f);
uint64_t findings_lost(const struct findings *f);

#endif

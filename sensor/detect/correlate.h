/* Where all records meet: verdict, endpoint, source, rules, finding, and on to whoever writes: in this order. */
#ifndef SENSOR_DETECT_CORRELATE_H
#define SENSOR_DETECT_CORRELATE_H

#include "sensor/detect/cluster.h"
#include "sensor/detect/finding.h"
#include "sensor/detect/source.h"
#include "sensor/detect/suppress.h"
#include "sensor/event/counter.h"

struct correlate;

struct correlate_options {
    const uint16_t *api_ports; /* named by the user: these endpoints are `configured` */
    size_t api_port_count;
    moment window;
    bool at_end;                       /* finding_options.at_end */
    uint64_t source_cap;               /* of what is written of a source in a minute: sources_may_write(); 0: no cap */
    size_t memory;                     /* the limit of its accounts together */
    const struct cluster_map *map;     /* borrowed; NULL: there is none */
    struct suppressions *suppressions; /* borrowed; NULL: there are none */
    bool literal;                      /* the conditions of the story's searches, and nothing else */
};

/** Who is told; called on the correlator's thread. Findings and sources of the end come last, findings first. */
struct correlate_events {
    void (*event)(void *owner, const struct event *e); /* completed by verdict and basis */
    void (*finding)(void *owner, const struct finding *f);
    void (*source)(void *owner, const struct source *s);
    /** The end begins: so many complete findings follow; then, called again, so many sources. */
    void (*closing)(void *owner, bool sources, size_t count);
    void *owner;
};

/** @param rules, secret, counters  borrowed. @return NULL: no memory. */
struct correlate *correlate_new(const struct correlate_options *options, const struct rule_set *rules,
                                const struct hash_secret *secret, struct counters *counters,
                                const struct correlate_events *events);

struct event_sink correlate_sink(struct correlate *c);

/** How much of it is in use. */
size_t correlate_memory(const struct correlate *c);

/** Another limit. Of what is beyond a lower one as much as can goes with the next event. */
void correlate_set_memory(struct correlate *c, size_t limit);

/** The capture is over: findings are completed, then sources told. */
void correlate_finish(struct correlate *c);

/** Adds what is counted by the parts, at any time. */
void correlate_count(const struct correlate *c, struct counters *sum);

/** The most severe level of a finding told so far, or -1: for --fail-on. */
int correlate_worst(const struct correlate *c);

/** @return how many bytes of the account were still in use: 0, or it is a defect. */
size_t correlate_free(struct correlate *c);

#endif

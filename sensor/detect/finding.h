/* What a rule found: one a rule, subject and cluster, with counts, times and bounded lists. The subject is a source or,
 * where the rule says so, an endpoint or a cluster, whose clients are then listed and not accused. An endpoint of no
 * cluster stands for itself where requests are judged: connections are one finding for all such.
 *
 * Told when it first holds, at 10, 100, 1000 ... hits, and complete at the close of its window or at the end. A finding
 * of an endpoint that is not proven to be an API server is kept and not told: it may be proven later. One that is held
 * is told complete only, if it holds then. One that is suppressed when it is due is told when it is due the next time,
 * if it is not suppressed then. */
#ifndef SENSOR_DETECT_FINDING_H
#define SENSOR_DETECT_FINDING_H

#include "proto/base/table.h"
#include "sensor/detect/cluster.h"
#include "sensor/detect/list.h"
#include "sensor/detect/rule.h"
#include "sensor/event/counter.h"
#include "sensor/event/exchange.h"

enum { FINDING_LISTS = 9 };

struct finding {
    const struct rule_about *rule;
    enum rule_subject subject;
    bool observed;           /* the verdict on one of its hits was: not all are inferred */
    uint8_t front;           /* enum front: other clients stand behind the source */
    uint32_t signs;          /* of connections that stay closed: 1 << enum suspect */
    uint16_t suspicion;      /* and the most that these weighed */
    uint8_t source[16];      /* of the first hit, where the subject is another */
    struct address endpoint; /* likewise */
    uint8_t tunnel_kind;     /* and the overlay network that it is in, as in struct event */
    uint32_t tunnel_id;
    const char *cluster, *provider; /* "": of none */
    enum endpoint_basis basis;
    bool complete;       /* no more hits come */
    bool agent_missing;  /* a hit's user agent is not among `agents`: none was sent, or which is not known */
    uint64_t count;      /* hits */
    uint64_t exchanges;  /* of these: exchanges; the others are connections */
    moment first, last;  /* of their times */
    uint64_t first_flow; /* flow_id of the first hit: the order of findings that are otherwise equal */
    uint64_t alike;      /* at the end: the same for subjects of which the same is told (likeness.h); 0: nobody knows */
    union {
        struct value_list lists[FINDING_LISTS];
        struct {
            struct value_list agents, verbs, urls, statuses, reasons, methods, forwarded, endpoints, clients;
        };
    };
};

/** Its endpoint, as an event has it. */
static inline struct event finding_about(const struct finding *f)
{
    return (struct event){.server = f->endpoint, .tunnel_kind = f->tunnel_kind, .tunnel_id = f->tunnel_id};
}

/** The one endpoint of all its hits. @return NULL: there are several. */
static inline const struct address *finding_endpoint(const struct finding *f)
{
    return f->endpoints.used == 1 && f->endpoints.left_out == 0 ? &f->endpoint : NULL;
}

struct findings;

struct finding_options {
    moment window; /* from the first hit; then the finding is complete and a later hit begins another */
    bool at_end;   /* complete ones are told at the end, in order, as far as memory has room for them */
};

/** Who is told. */
struct finding_events {
    /** The end begins: so many complete findings follow. */
    void (*closing)(void *owner, size_t count);
    void (*told)(void *owner, const struct finding *f);
    /** Whether it is to be told, which is asked before each telling: the user may have suppressed it. One that was
     * held, and is complete, may not hold any more. */
    bool (*holds)(void *owner, const struct finding *f, bool held);
    /** Asks for the basis of its endpoint as it is known by now. */
    enum endpoint_basis (*basis)(void *owner, const struct finding *f);
    void *owner;
};

struct findings *findings_new(const struct finding_options *options, const struct hash_secret *secret,
                              struct memory *memory, struct finding_events events);
void findings_free(struct findings *f);

struct knocks; /* detect/knock.h */

/** The hits of an event: one findings_begin(), one findings_hit() for each rule that fires, different ones, and
 * findings_end(), which counts and tells. The record stays as it is until then.
 * @param knocks  of a connection that is a knock: its source's; what findings list of them is noted there. Else NULL.
 * @param basis  of the endpoint, as known now. @param cluster  that it belongs to, NULL: to none; it lives as long as
 * the findings. */
void findings_begin(struct findings *f, const struct event *e, struct knocks *knocks, enum endpoint_basis basis,
                    const struct cluster *cluster);
/** @param hold  it is not certain yet that it is one. */
void findings_hit(struct findings *f, const struct rule_about *rule, bool hold);
void findings_end(struct findings *f);

/** Windows that close at or before `clock`. */
void findings_reached(struct findings *f, moment clock);

/** Between events: where memory is short, completes those that were hit longest ago before their windows close, so
 * that whoever comes next has room. Of these what is held is not told, but lost. */
void findings_trim(struct findings *f);

/** The end: all are told complete, most severe first, then most hits, then by source and endpoint, those that are alike
 * together. */
void findings_finish(struct findings *f);

/** Whether two findings have one subject. */
bool finding_same_subject(const struct finding *a, const struct finding *b);

/** Adds up: findings not told because their endpoint is unproven; hits that found no memory; what findings_trim() did.
 */
void findings_count(const struct findings *f, struct counters *counters);

#endif

/* One source's memory: what a client address did, to which endpoints, over the whole capture. */
#ifndef SENSOR_DETECT_SOURCE_H
#define SENSOR_DETECT_SOURCE_H

#include "proto/base/age.h"
#include "proto/base/table.h"
#include "sensor/detect/closed.h"
#include "sensor/detect/conduct.h"
#include "sensor/detect/habit.h"
#include "sensor/detect/knock.h"
#include "sensor/detect/list.h"
#include "sensor/detect/rhythm.h"
#include "sensor/event/anomaly.h"
#include "sensor/event/auth.h"
#include "sensor/event/counter.h"
#include "sensor/event/exchange.h"
#include "sensor/event/flow_record.h"

/** What a source may have written in a minute of packet time: an event costs 1, an exchange that its client reset
 * before it was answered SOURCE_RESET_COST. */
enum { SOURCE_CAP = 100000, SOURCE_RESET_COST = 100 };

struct share {
    int64_t minute; /* that `spent` belongs to */
    uint64_t spent;
};

enum { SOURCE_CLUSTERS = 16, SOURCE_CREDENTIALS = 4 };

struct source {
    struct age age; /* by its last event, among those that only knocked or among the others */
    uint8_t ip[16];
    bool only_knocked; /* anybody can send that under any address */
    moment first, last;
    bool verified; /* a handshake with it was completed: the address is not forged */
    uint64_t exchanges;
    uint64_t states[AUTH_STATES]; /* exchanges by verdict */
    uint64_t open_paths;          /* of the anonymous: those of paths that are open to everyone */
    uint64_t shown;               /* of the credentialed: those whose credential was seen */
    uint64_t ordinary;            /* exchanges that were so when they were told, misconfigured ones apart */
    uint64_t carried; /* exchanges over its connections that count as others': it is a configured front, or `forgot` */
    bool forgot;      /* of these some may be its own: what was known of sources went, memory was short */
    uint64_t flows, half_open, refused, without_request;
    uint64_t not_written; /* exchanges and anomalies beyond its share */
    struct share share;
    moment window;                      /* that `counts` began with */
    struct source_counts counts;        /* within the window */
    uint32_t clusters[SOURCE_CLUSTERS]; /* number + 1, of those in `counts` */
    uint32_t tried[SOURCE_CREDENTIALS]; /* of the digests of credentials that were answered 401 */
    struct rhythm *rhythm;              /* of its requests for open paths; NULL: none yet */
    uint64_t beats, unclear;            /* exchanges by conduct: CONDUCT_BEAT; CONDUCT_UNKNOWN, but for AUTH_UNKNOWN */
    bool found;                         /* a finding about it was told */
    bool strays;                        /* an exchange of it was CONDUCT_STRAY */
    struct habit habit;                 /* of its requests without a credential that holds */
    uint8_t front;                      /* enum front */
    struct knocks knocks;
    struct closed *closed;       /* NULL: nothing that it counts yet */
    struct value_list endpoints; /* "address:port" */
    struct value_list agents;
};

struct sources;

/** @param own  an account for sources alone, of which nothing is used yet. @return NULL: it is too small for any. */
struct sources *sources_new(const struct hash_secret *secret, struct memory own);

/** @return bytes that are still used: 0. */
size_t sources_free(struct sources *s);

/** How much of the account is in use. */
size_t sources_memory(const struct sources *s);

/** Another limit of the account; sources_trim() keeps to it. */
void sources_set_memory(struct sources *s, size_t limit);

/** Between events: forgets who was silent longest, where memory is short; who only knocked before the others. Of those
 *  there are never so many that others have no room. */
void sources_trim(struct sources *s);

/** Whether this exchange or anomaly is to be written, by what its source has had written in this minute. Sources that
 *  found no memory share one share.
 *  @param cap  of a source and minute.  */
bool sources_may_write(struct sources *s, const struct event *e, uint64_t cap);

/** @return NULL: it is not kept. A source stays where it is until the next sources_trim(). */
struct source *sources_find(const struct sources *s, const uint8_t ip[static 16]);

/** Counts it, and writes into it what is known of its source by now: `source` counts within the window, and whether it
 * is ordinary by its rhythm.
 *  @param conduct  conduct_of(x). @param cluster  number + 1; 0: of none. @param window  how long a window is.
 *  @return its source; NULL: it found no memory. */
struct source *sources_exchange(struct sources *s, struct exchange *x, enum conduct conduct, uint32_t cluster,
                                moment window);

/** Counts what an exchange says of its source's habit, and writes into the exchange whether it is that of a client that
 * lost its credential. @return it may become that: nothing speaks against it. */
bool source_habit(struct source *source, struct exchange *x, const struct habit_request *r);

/* Questions about a source. NULL is one of which nothing is known: no is the answer. */

/** Whether all its requests without a credential that holds were those of such a client; and whether nothing says that
 * they were not. */
bool source_may_be_misconfigured(const struct source *source);
bool source_is_misconfigured(const struct source *source);

/** Whether it asked for nothing but open paths without a credential, as far as is known. */
bool source_keeps_to_open_paths(const struct source *source);

/** And that with a regular period: a monitor, whether it is let in or answered 401. */
bool source_is_regular(const struct source *source);

/** What need worry nobody about a source of which nothing was found: nothing is known; all its requests bore a
 * credential that was seen and not refused; or besides such ones all were ordinary. */
enum source_peace { PEACE_NONE, PEACE_LEGITIMATE, PEACE_ORDINARY, PEACES };

enum source_peace source_peace(const struct source *source);

/** Counts it, and writes into it what its source knocked on within the window. @param ours  of a front, or of a source
 * that is expected there: whatever it does not ask is no knock. @return of a knock what its source knocked on, until
 * the next call of another function; NULL: it is none, or found no memory. */
struct knocks *sources_flow(struct sources *s, struct flow_record *f, bool ours, moment window);

/** Judges a connection that stays closed, and counts it: behind sources_flow(). @param ours  as there. */
void sources_closed(struct sources *s, const struct infer *i, struct flow_record *f, bool ours, moment window);

/** Whether its connections that stay closed may be those of a monitor that is answered the same each time; and whether
 * that shows. */
bool source_may_be_steady(const struct source *source);
bool source_is_steady(const struct source *source);

/** Whether a finding that rests on signs of its closed connections holds no more: closed_refutes(). */
bool source_refutes(const struct source *source, const struct infer *i, uint32_t signs, moment since);

/** Whether it comes back with a regular period where it knocks: a monitor that opens connections and no more. */
bool source_knocks_regularly(const struct source *source);

/** All sources: most rejected and anonymous exchanges first, then by address; those without an exchange at the end, of
 * these most connections first. Sources stay where they are until the next call of another function.
 * @param memory  of the array. @return how many; `*sorted` is the caller's to give back with memory_resize(), count *
 * sizeof(pointer) bytes. 0: there are none, or no memory: then all are counted as lost. */
size_t sources_sorted(struct sources *s, struct memory *memory, const struct source ***sorted);

/** Adds up: how often a source, or something of it, was not kept because memory was short; how many were forgotten;
 *  the memory they took. */
void sources_count(const struct sources *s, struct counters *counters);

#endif

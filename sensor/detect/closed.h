/* What one source's connections that stay closed show together, within the window that began with the first: more than
 * any of them alone. Each sign must show as often as the lists of rules/ say, and weighs what they say. */
#ifndef SENSOR_DETECT_CLOSED_H
#define SENSOR_DETECT_CLOSED_H

#include "sensor/detect/infer.h"
#include "sensor/detect/rhythm.h"

enum { CLOSED_SIZES = 4, CLOSED_HELLOS = 16, CLOSED_ENDPOINTS = 4, CLOSED_BEATS = 16, CLOSED_REQUESTS = 4 };

/** Zero at first. */
struct closed {
    moment window, hellos_since;
    uint16_t sizes_403[CLOSED_SIZES]; /* different ones */
    uint32_t hellos[CLOSED_HELLOS];   /* hashes of different ClientHellos since `hellos_since` */
    uint32_t endpoints[CLOSED_ENDPOINTS];
    uint32_t endpoints_403[CLOSED_ENDPOINTS]; /* of these, where a connection had one answer, of a 403's size */
    uint32_t seen[SUSPECTS];                  /* connections that show the sign, or different things */
    uint32_t unread;                          /* connections whose ClientHello was lost */
    uint32_t large;                           /* answers that are larger than any without a credential */
    uint32_t holes;                           /* connections of which not all was read */
    uint32_t certificates, tokens;            /* connections */
    moment known; /* the clock when one was last told that has one of these, or an answer as large; over all windows */
    uint32_t inferred;      /* anonymous or rejected ones */
    uint32_t shown_refused; /* connections with a certificate or a token, with a first answer of a 401's size */
    uint32_t refusals;      /* connections without a certificate, with a first answer of a 401's or a 403's size */
    uint16_t distrusts;     /* by closed_distrust() */
    struct beat beats[CLOSED_BEATS]; /* one for each endpoint and ClientHello (or protocol, where that was lost), and
                                        for health checks there, over all windows */
    uint32_t answers[CLOSED_BEATS];  /* and how large the one answer was, */
    uint32_t former[CLOSED_BEATS];   /* and before it became another */
    uint16_t requests[CLOSED_BEATS][CLOSED_REQUESTS]; /* and the one request: different sizes */
    bool many;                                        /* more than a monitor has, or other requests or answers */
};

/** Of one connection, hashes are not 0. */
struct closed_place {
    uint32_t hello; /* of its ClientHello's JA4; 0: none was read */
    uint32_t endpoint;
};

/** Whether the source has shown before what speaks for the verdict on this connection. */
bool closed_repeats(const struct closed *c, const struct infer *i, const struct flow_record *f);

/** Counts a connection, behind infer_pass(), and writes into it what is known of its source by now. */
void closed_add(struct closed *c, const struct infer *i, struct flow_record *f, struct closed_place place,
                moment window);

/** A SYN that looks like a scanner's came under the source's address. Anyone can send it, so it never says much. */
void closed_syn(struct closed *c, moment clock, moment window);

/** The client did not take the server's certificate; so it may be with a connection that does not stay closed, too.
 *  @return how many such ones there were. */
uint16_t closed_distrust(struct closed *c, moment clock, moment window);

/** The endpoint refused a connection, or did not answer: when the next one comes hangs on how long that took.
 * @param endpoint  closed_place.endpoint. */
void closed_failed(struct closed *c, uint32_t endpoint, moment time);

/** Whether it comes back with a regular period and is answered the same each time: a monitor. */
bool closed_is_steady(const struct closed *c);

/** Whether it comes back to this endpoint so: what fails there is a monitor's bad day.
 * @param endpoint  closed_place.endpoint. */
bool closed_returns_to(const struct closed *c, uint32_t endpoint);

/** Nothing speaks against that so far. */
bool closed_may_be_steady(const struct closed *c);

/** Whether a finding that rests on these signs, of connections from that time on, holds no more: its source has shown a
 * credential since, or was answered as only one with a credential is, and without the signs that are worth nothing then
 * too little is left.
 * @param signs  1 << enum suspect. */
bool closed_refutes(const struct closed *c, const struct infer *i, uint32_t signs, moment since);

/** Whether other clients seem to stand behind it: some of its connections show a credential, others none, and they
 * are of different programs. */
bool closed_is_mixed(const struct closed *c);

#endif

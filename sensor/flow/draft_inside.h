/* Inside of a draft: for draft.c (its life), draft_field.c (what is kept of a head) and draft_tell.c (what is made of
 * it at the end), and for nobody else. */
#ifndef SENSOR_FLOW_DRAFT_INSIDE_H
#define SENSOR_FLOW_DRAFT_INSIDE_H

#include "sensor/event/exchange.h"
#include "sensor/flow/draft.h"

enum {
    TARGET_KEPT = 8192, /* as long as API servers are asked; what is longer is cut, and marked */
    AGENT_KEPT = 1100,  /* the audit log cuts at 1024 */
    SHORT_KEPT = 512
};

struct draft {
    struct age age; /* first: see draft_due() */
    struct flow_bench *bench;
    struct connection_facts *facts;
    struct exchange *x; /* NULL: told */
    uint32_t room;      /* bytes of x */
    uint16_t code;      /* :status of the head that is being read */
    uint16_t body_size;
    size_t fixed;  /* bytes of the record up to which it does not move: draft_reserve() */
    uint8_t *body; /* BODY_KEPT bytes, of answers that may be a Status; else NULL */
    bool authorization_seen, front_user_seen, host_seen, agent_seen, upgrade_seen, connection_seen;
    bool upgrade_websocket;            /* the first Upgrade is websocket */
    bool upgrade_asked, upgrade_named; /* upgrade is a member of the first Connection; stands anywhere in any of them */
    uint64_t websocket_digest;         /* of a token in a subprotocol; 0: none. Counts only if WebSocket is asked for */
    bool body_readable;                /* JSON or protobuf, not compressed */
    bool body_broken;                  /* a gap inside what is kept, or more than that */
    bool answer_done, answer_whole, request_done;
    struct draft *next_spare;
};

/** A string into the record, which grows for it and may move: `d->x` is read anew behind the call. What does not fit is
 * cut, and the record marked so. Absent strings stay {0, 0}. */
struct text draft_keep(struct draft *d, struct slice wire, size_t most);

/** Room for so many bytes more: until they are used up, draft_keep() does not move the record; where there is no
 * memory, it cuts and does not move it either. */
void draft_reserve(struct draft *d, size_t size);

/** What the request's target means, once both are there. */
void draft_read_target(struct draft *d);

/** Completes the record and tells it; the record itself is left where it is. */
void draft_tell(struct draft *d);

static inline void draft_sign(struct draft *d, enum exchange_sign sign)
{
    d->x->signs |= (uint16_t)(1 << sign);
}

#endif

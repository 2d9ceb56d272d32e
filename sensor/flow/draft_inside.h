/* Inside of a draft: for draft.c (its life), draft_field.c (what is kept of a head), draft_hidden.c (what is made of
 * fields that are not wholly known) and draft_tell.c (what is made of it at the end), and for nobody else. */
#ifndef SENSOR_FLOW_DRAFT_INSIDE_H
#define SENSOR_FLOW_DRAFT_INSIDE_H

#include "sensor/event/exchange.h"
#include "sensor/flow/draft.h"

enum {
    TARGET_KEPT = REQUEST_TARGET_MAX, /* as much as is looked at; what is longer is cut */
    AGENT_KEPT = 1100,                /* the audit log cuts at 1024 */
    SHORT_KEPT = 512
};

_Static_assert(sizeof((struct flow_bench *)0)->scratch >= TARGET_KEPT + SHORT_KEPT, "a target and a method");

/* What a field may be that is not wholly known. */
enum hidden {
    HIDDEN_PSEUDO, /* :method, :path, :authority, :protocol */
    HIDDEN_FIELD,  /* anything */
    HIDDEN_NAME    /* anything that is no credential */
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
    bool authorization_seen, front_user_seen, impersonation_seen, host_seen, agent_seen, upgrade_seen, connection_seen;
    bool forwarded_roomy, via_roomy;   /* has room for SHORT_KEPT bytes in the record */
    bool upgrade_websocket;            /* the first Upgrade is websocket */
    bool connect_websocket;            /* an extended CONNECT's :protocol is */
    bool upgrade_asked, upgrade_named; /* upgrade is a member of the first Connection; stands anywhere in any of them */
    uint64_t websocket_digest;         /* of a token in a subprotocol; 0: none. Counts only if WebSocket is asked for */
    bool body_readable;                /* a form of Status, not compressed */
    bool body_broken;                  /* a gap inside what is kept, or more than that */
    bool answer_done, answer_whole, request_done;
    bool target_cut;    /* more was sent than is kept */
    bool regular_seen;  /* of the request: what follows is no pseudo-header */
    uint8_t hidden;     /* 1 << enum hidden, of the request's head */
    bool answer_hidden; /* a field of the answer's head has no known name */
    bool type_seen;     /* Content-Type, of the answer */
    bool uuids_differ;  /* more than one name that is not known brings a UUID */
    uint32_t uuid_name; /* that one; 0: none */
    uint32_t uuid_anew; /* of struct field */
    uint64_t uuid_folded;
    struct text uuid;
    uint32_t gaps;       /* of its connection, when it was opened */
    bool stream_doubted; /* whether it is a stream of HTTP/2 is shown by an answer only */
    struct draft *next_spare;
};

/** A string into the record, which grows for it and may move: `d->x` is read anew behind the call. What does not fit is
 * cut, and the record marked so. Absent strings stay {0, 0}. */
struct text draft_keep(struct draft *d, struct slice wire, size_t most);

/** Room for so many bytes more: until they are used up, draft_keep() does not move the record; where there is no
 * memory, it cuts and does not move it either. */
void draft_reserve(struct draft *d, size_t size);

/** A field of a head that is not wholly KNOWN: of the request's, of the answer's. */
void draft_hide(struct draft *d, const struct field *f);
void draft_hide_answer(struct draft *d, const struct field *f);

/** What a KNOWN field of the request's head says of those that were hidden before it: draft_place() calls it then. */
void draft_place_behind_hidden(struct draft *d, const struct field *f);

/** The head is over: what follows of the fields that were hidden in it. */
void draft_settle_request(struct draft *d);
void draft_settle_answer(struct draft *d);

/** It was an informational head: nothing follows of what was hidden in it. */
void draft_forget_hidden_answer(struct draft *d);

/** The credential of this value, as if it were an Authorization's. */
void draft_keep_credential(struct draft *d, struct slice value);

static inline bool draft_hides(const struct draft *d, enum hidden what)
{
    return d->hidden >> what & 1;
}

/** Whether it is a stream of HTTP/2, after an Upgrade too. */
static inline bool draft_is_http2(const struct draft *d)
{
    return d->x->stream_id != 0 || d->stream_doubted;
}

/** Whether the client has shown a certificate: as it was when the answer began, for a server may ask for one once it
 * has read the request (RFC 5246, 7.4.1.1; RFC 8446, 4.6.2). */
void draft_keep_certificate(struct draft *d);

/** What the request's target means, once both are there. */
void draft_read_target(struct draft *d);

/** Completes the record and tells it; the record itself is left where it is. */
void draft_tell(struct draft *d);

static inline bool draft_is_pseudo(enum field_name id)
{
    return id >= FIELD_METHOD && id <= FIELD_PROTOCOL;
}

/** A field of the request's head that is KNOWN, before it is looked at. */
static inline void draft_place(struct draft *d, const struct field *f)
{
    if (d->hidden || exchange_has(d->x, SIGN_VALUE_ALONE))
        draft_place_behind_hidden(d, f);
    d->regular_seen |= !draft_is_pseudo(f->id);
}

static inline void draft_sign(struct draft *d, enum exchange_sign sign)
{
    d->x->signs |= UINT32_C(1) << sign;
}

#endif

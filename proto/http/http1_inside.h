/* Inside of the HTTP/1 reader: for http1.c (a connection), http1_head.c (heads) and http1_body.c (bodies), and for
 * nobody else. */
#ifndef PROTO_HTTP_HTTP1_INSIDE_H
#define PROTO_HTTP_HTTP1_INSIDE_H

#include "proto/http/chunked.h"
#include "proto/http/framing.h"
#include "proto/http/head.h"
#include "proto/http/http1.h"
#include "proto/http/lines.h"
#include "proto/http/pair.h"
#include "proto/http/search.h"

/** Of one side. Up to AT_TRAILERS there are lines; a message is from AT_FIELDS to AT_UNTIL_END. */
enum at {
    AT_START,    /* before a message, or in its start line */
    AT_FIELDS,   /* behind the start line */
    AT_TRAILERS, /* behind the last chunk of a body */
    AT_PEEK, /* behind the head of an answer that has a body, unless it was HEAD that was asked, which was not seen */
    AT_COUNTED,   /* in a body of known length */
    AT_CHUNKED,   /* in a chunked one */
    AT_UNTIL_END, /* in a body that ends with the connection */
    AT_SEARCH,    /* wherever the framing was lost */
    AT_NOTHING    /* read no further */
};

struct half {
    enum at at;
    enum at body; /* where AT_PEEK goes on */
    bool ended;
    enum stream_end how; /* it ended */
    bool began;          /* a message's first byte was seen */
    bool whole;          /* no field of the head is missing so far */
    bool body_lost;      /* bytes of a body of unknown length are missing */
    bool refused; /* searching, behind a message that was: what is passed over is its rest, and no other message */
    enum head_kind kind;
    enum http_version version;
    uint16_t status;
    uint32_t fields;        /* told of this head, or passed over */
    bool field_told;        /* one of them was */
    uint32_t told, to_tell; /* marks: of this message; of the next one */
    moment time;            /* of its first byte */
    struct lines lines;     /* of a head; of what AT_SEARCH and AT_PEEK look at */
    struct search search;
    struct framing framing;
    struct chunked chunked;
    uint64_t left; /* of a counted body */
};

enum { UPGRADE_MAX = 32 };

struct http1 {
    struct stream stream;
    struct http1_limits limits; /* head_bytes: never 0 */
    const struct message_events *events;
    void *owner;
    struct memory *memory;
    struct pairing pairing;
    struct half half[2];
    enum side last; /* who spoke last */
    bool gave_up;
    bool switched;       /* all that comes is `next`'s */
    struct stream *next; /* borrowed, or NULL */
    uint8_t upgrade_size;
    uint8_t upgrade[UPGRADE_MAX]; /* the value of a 101's Upgrade, cut to this */
};

/* http1_head.c */

/** Behind a start line, or before trailers. */
void http1_fields_begin(struct half *side, enum at at, enum head_kind kind);

/** A start line and fields, up to the empty line; trailers. Takes some of `rest`. */
void http1_head(struct http1 *h, enum side from, moment time, struct slice *rest);

/** The head is not read to its end: tells what is known of it. */
void http1_head_cut(struct http1 *h, enum side from);

/* http1_body.c */

/** What follows a whole head whose body is so. */
void http1_body_begin(struct http1 *h, enum side from, enum body_kind kind);

/** AT_PEEK to AT_UNTIL_END. Takes some of `rest`. */
void http1_body(struct http1 *h, enum side from, moment time, struct slice *rest);

/** Takes from `size` what is missing inside a body. @return what is missing behind it, or where it is not known. */
uint64_t http1_body_gap(struct http1 *h, enum side from, uint64_t size);

/* http1.c */

/** Reads bytes of this side, wherever it is. */
void http1_read(struct http1 *h, enum side from, moment time, struct slice rest);

/** Who is told of the current message of this side, or NULL. */
static inline void *http1_thing(struct http1 *h, enum side from)
{
    struct h1_exchange *e = pair_current(&h->pairing, from);
    return e ? e->thing : NULL;
}

/** Once a message. */
void http1_mark(struct http1 *h, enum side from, enum http_mark mark);
void http1_marks(struct http1 *h, enum side from, uint32_t marks);

/** The message has ended, and the next one may begin. */
void http1_done(struct http1 *h, enum side from, enum message_end how);

/** By RFC 9112 who receives this message reads no further: it is at its end. Others are laxer, and read on: what is a
 * head again behind the bytes that were taken is found as behind a gap. */
void http1_refuse(struct http1 *h, enum side from);

/** Where a message should begin there is none: nobody reads on, and this side is at its end. */
void http1_refuse_all(struct http1 *h, enum side from);

/** The framing is lost: the message, if there is one, is at its end. */
void http1_lost(struct http1 *h, enum side from, moment time);

/** The answer's head, just told, ends HTTP/1 on this connection. */
void http1_switch(struct http1 *h, moment time, struct slice protocol);
bool http1_is_h2c(struct slice protocol);

void http1_give_up(struct http1 *h, moment time, enum gave_up reason);

#endif

/* Inside of the HTTP/2 reader: for http2.c (frames and streams), http2_block.c (header blocks, out of frames) and
 * http2_head.c (heads, out of blocks), and for nobody else. */
#ifndef PROTO_HTTP_HTTP2_INSIDE_H
#define PROTO_HTTP_HTTP2_INSIDE_H

#include "proto/http/flood.h"
#include "proto/http/frame.h"
#include "proto/http/hpack.h"
#include "proto/http/http2.h"
#include "proto/http/streams.h"

enum { HTTP2_PRIORITY = 5 /* bytes of a priority, in a frame of its own or in HEADERS */ };

/* The header block that is being read. */
struct block {
    struct hold hold; /* its pieces, but a last one that is the only one */
    uint32_t stream;  /* 0: none is being read */
    moment time;      /* of its first frame */
    struct flood pieces;
    bool promise; /* of a PUSH_PROMISE */
    bool end_stream;
    uint8_t damaged; /* enum gave_up: a piece is missing, or it is too long */
};

struct direction {
    struct frames frames;
    struct hpack *hpack; /* NULL until the first block */
    struct block block;
    uint32_t allowed;    /* table size that the other side's SETTINGS allow; 0: they did not say */
    uint32_t highest[2]; /* of the streams on which it sent heads: the even ones, the odd ones */
    bool late;           /* older entries may exist that were not seen */
    bool careful;        /* a malformed field was seen: see validity.h */
    uint32_t lawful;     /* as there */
    bool ended;
    struct flood floods[FLOOD_OF_DIRECTION];
};

struct http2 {
    struct stream stream;
    const struct http2_shared *shared;
    const struct message_events *events;
    void *owner;
    struct h2_streams streams;
    struct direction side[2];
    uint8_t last; /* enum side, of the last push */
    bool gave_up, from_start;
    bool knows_protocol; /* the server has said so of :protocol: RFC 8441, section 3 */
};

/** Everything is over: what is open is told to be, and nothing is read any more. */
void http2_give_up(struct http2 *h, moment time, enum gave_up reason);

/** Something odd of no exchange, told when its count is worth it. */
void http2_bad_frame(struct http2 *h, enum side from, moment time);

/** Counts one more of a kind, and tells of it when its count is worth it. */
void http2_count(struct http2 *h, enum side from, struct flood *f, enum flood_kind kind, moment time);

/** HEADERS, or PUSH_PROMISE. */
void http2_block_headers(struct http2 *h, enum side from, moment time, const struct h2_frame *f, struct slice payload);

void http2_block_continuation(struct http2 *h, enum side from, moment time, const struct h2_frame *f,
                              struct slice payload);

/** Of one of these three bytes are missing, or it is too long. */
void http2_block_damaged(struct http2 *h, enum side from, moment time, const struct h2_frame *f, enum gave_up why);

/** Another frame than the CONTINUATION that was to come: what there is of the block, if anything, is all of it. */
void http2_block_abandon(struct http2 *h, enum side from, moment time);

/** Frames of that side were lost: the rest of the block, if one is being read, is among them. */
void http2_block_lost(struct http2 *h, enum side from, moment time);

/** Gives its memory back; nothing is told. */
void http2_block_drop(struct http2 *h, enum side from);

/** The block of that side is complete: its head is told. */
void http2_head_read(struct http2 *h, enum side from, moment time, struct slice block);

/** The block of that side cannot be read: that a head was there is told, where its stream says whose it is. */
void http2_head_unread(struct http2 *h, enum side from);

/** The stream goes on: its head was in what was lost. */
void http2_head_missed(struct http2 *h, struct h2_exchange *e, enum side from, moment time);

/** A block of that side may be missing. */
void http2_forget_table(struct http2 *h, enum side from);

/** The reader of that side's blocks announced a table of this size, or may have. */
void http2_allow_table(struct http2 *h, enum side from, uint32_t size);

#endif

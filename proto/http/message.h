/* What HTTP/1 and HTTP/2 deliver: the same calls, so that nobody above can tell them apart.
 *
 * The parser, which knows the protocol, pairs answers with requests: `open` hands it a thing of the owner's, and
 * every later call brings that thing back. The start line comes as the pseudo-fields of RFC 9113, for HTTP/1 too
 * (:method, :path with the target as sent, :status; Host stays `host`), before the other fields of the head.
 * Fields come one by one, valid during the call, so that a head is copied once: by who keeps it.
 *
 * Order, a side: field* head, then (field* head) again for each 1xx and for trailers, body* between, done once.
 * After `over` the thing is not named again. An answer without a seen request opens its own exchange: its first call
 * is from the server. A side of which nothing was seen gets no `done`. */
#ifndef PROTO_HTTP_MESSAGE_H
#define PROTO_HTTP_MESSAGE_H

#include "proto/base/memory.h"
#include "proto/http/field.h"
#include "proto/stream/stream.h"

enum http_version { HTTP_UNKNOWN, HTTP_1_0, HTTP_1_1, HTTP_2 };

enum head_kind { HEAD_REQUEST, HEAD_INFORMATIONAL, HEAD_FINAL, HEAD_TRAILERS };

/** Odd things that a reader should know of; each a bit on the exchange. */
enum http_mark {
#define HTTP_MARK(id, name, about) MARK_##id,
#include "proto/http/mark.def"
#undef HTTP_MARK
    HTTP_MARKS
};

const char *http_mark_name(enum http_mark mark);

enum message_end {
    MESSAGE_WHOLE,
    MESSAGE_CUT,     /* a gap or the end of the capture: how it ended was not seen */
    MESSAGE_RESET,   /* the connection ended inside it */
    MESSAGE_REFUSED, /* the server would read no further: a malformed head */
    MESSAGE_SWITCHED /* 101, or 2xx to CONNECT */
};

struct message_events {
    /** @return the owner's thing for this exchange, or NULL: nothing more is told of it. */
    void *(*open)(void *owner, moment time, enum http_version version, uint32_t stream_id);
    void (*field)(void *thing, enum side from, const struct field *field);
    /** HTTP/1: only of names that are asked for: none that is FIELD_OTHER and KNOWN. */
    bool asked_only;
    /** @param whole  false: fields may be missing; then what was not told is unknown, not absent. */
    void (*head)(void *thing, enum side from, enum head_kind kind, bool whole);
    /** @param lost  bytes missing before `bytes`, or GAP_UNKNOWN; `bytes` may be empty. */
    void (*body)(void *thing, enum side from, struct slice bytes, uint64_t lost);
    void (*done)(void *thing, enum side from, enum message_end how);
    void (*mark)(void *thing, enum side from, enum http_mark mark);
    /** Both sides are done, or the connection is. */
    void (*over)(void *thing);
    /** HTTP/2: the stream was reset; `done` and `over` follow. @param code  of RFC 9113, section 7. */
    void (*reset)(void *thing, enum side from, uint32_t code);
    /** HTTP/1: 101, h2c, CONNECT: what follows on this connection is `protocol`; empty: h2c was asked for, and the
     * answer is lost.
     *  @param thing  h2c only, else NULL, and where `open` gave none: the exchange goes on as stream 1 there, its
     * request done, its 101 told as informational; from here on it is the owner's to carry on or to end.
     *  @return who reads it (borrowed), or NULL. */
    struct stream *(*switched)(void *owner, moment time, struct slice protocol, void *thing);
    /** Something odd that belongs to no single exchange, or that came often: told at its threshold and, in HTTP/2, each
     * time the count has grown tenfold. */
    void (*odd)(void *owner, moment time, enum side from, enum http_mark mark, uint64_t count);
    /** HTTP/2: GOAWAY. @param debug  as sent, valid until it returns. */
    void (*goaway)(void *owner, moment time, enum side from, uint32_t code, struct slice debug);
    /** The parser reads no further. Open exchanges have been told `over`. */
    void (*gave_up)(void *owner, moment time, enum gave_up reason);
};

#endif

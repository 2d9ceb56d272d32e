/* HTTP/1.0 and 1.1 (RFC 9112) as one who listens reads it, both sides, through gaps.
 *
 * Reads as Go's net/http server does wherever that decides what the API server saw; what it accepts although it is odd
 * is marked, what it refuses ends the client's side of the connection (MESSAGE_REFUSED), as it does for the server.
 *
 * Behind a gap: inside a body of known length the boundary is computed; otherwise the next message is searched, at the
 * beginnings of lines, and taken when its whole head reads well (MARK_BY_SEARCH). Answers are paired with requests in
 * order while it is certain which belongs to which. When it is not, requests are told without an answer and answers
 * are counted and not told. */
#ifndef PROTO_HTTP_HTTP1_H
#define PROTO_HTTP_HTTP1_H

#include "proto/http/message.h"

struct http1_limits {
    uint32_t head_bytes; /* of one head: start line and fields */
    uint32_t open;       /* exchanges told at a time: pipelined requests without an answer */
};

/** @param from_start  whether the first byte of both sides will be pushed; false: joined late, both sides are searched.
 *  @param limits  borrowed, as are `events` and `memory`.
 *  @return NULL when the account is full; freed by stream_free. */
struct stream *http1_new(const struct http1_limits *limits, bool from_start, struct memory *memory,
                         const struct message_events *events, void *owner);

/** Whether both sides are between two messages and nothing that came before decides how what follows is read. Then it
 *  may be freed, and be made again by http1_wake() when bytes come. */
bool http1_may_rest(const struct stream *http1);

/** As http1_new(), behind messages that it need not know. */
struct stream *http1_wake(const struct http1_limits *limits, struct memory *memory, const struct message_events *events,
                          void *owner);

/** Answers whose request could not be told, and that were therefore not told; and requests that were too many. */
uint64_t http1_unpaired(const struct stream *http1);

#endif

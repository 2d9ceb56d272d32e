/* HTTP/2 (RFC 9113) as one who listens reads it, both sides, joined anywhere.
 *
 * Every stream is an exchange; those that a server promises (PUSH_PROMISE) are not told, their blocks are decoded for
 * the table's sake. What is malformed by RFC 9113 is marked and read on: the fields as they are.
 *
 * Behind a gap that may have held a header block, and after a late start, that direction's HPACK table starts anew:
 * fields are then told as unknown (KNOWN_NOT, KNOWN_VALUE) in their places. Streams that were open stay open: an answer
 * finds its request by its number, whatever was lost between. A head that was in the gap is told as not whole where a
 * later frame of its stream shows that it was there. */
#ifndef PROTO_HTTP_HTTP2_H
#define PROTO_HTTP_HTTP2_H

#include "proto/http/literals.h"
#include "proto/http/message.h"

struct http2_limits {
    uint32_t block_bytes; /* of one header block, coded; a longer one costs its head and the table's older entries */
    uint32_t streams;     /* exchanges open at a time; with one more, the older half is told as over, and marked */
};

/** What all connections share; borrowed. */
struct http2_shared {
    struct http2_limits limits;
    struct literals *literals;
    struct memory *memory;
};

/** @param from_start  whether the first byte of both sides will be pushed; false: joined late, both sides are searched.
 *  @param shared  borrowed, as is `events`.  @return NULL when the account is full; freed by stream_free. */
struct stream *http2_new(const struct http2_shared *shared, bool from_start, const struct message_events *events,
                         void *owner);

/** Whether one that http2_wake() makes would do the same from here on, after ten seconds without a byte: both sides
 * have begun, nobody has asked for anything yet, and nothing was lost. It may be freed then. */
bool http2_may_rest(const struct stream *http2);

/** As http2_new(), for a connection of which one may rest. */
struct stream *http2_wake(const struct http2_shared *shared, const struct message_events *events, void *owner);

/** The connection began as HTTP/1 and switched to h2c: the request that asked for it is stream 1, and was told as done.
 * To be called before the first push. @param thing  the owner's thing for that exchange.
 *  @return false: no memory. */
bool http2_carry_on(struct stream *http2, void *thing);

/** Joined late: whether frames were found on either side. From the start: always. */
bool http2_recognised(const struct stream *http2);

#endif

/* The open streams of an HTTP/2 connection as exchanges: which are open, what of each was told, and when one is over.
 *
 * A stream's number finds its exchange whatever was lost between. An answer to a number that may have been asked in
 * what was lost of the client's side is an exchange of its own; to any other number that is not open it is what was
 * still under way when the stream was reset, and is passed by. */
#ifndef PROTO_HTTP_STREAMS_H
#define PROTO_HTTP_STREAMS_H

#include "proto/base/memory.h"
#include "proto/http/message.h"

/** What was told of a side; each a bit of `told`. */
enum {
    TOLD_BEGUN = 1,
    TOLD_HEAD = 2, /* the final one */
    TOLD_DONE = 4,
    TOLD_BROKEN = 8, /* and bytes of it are missing */
    TOLD_CONNECT = 16,
    TOLD_VAGUE = 32,    /* a head was told as the final one that may have been an informational one */
    TOLD_MALFORMED = 64 /* of the client: Go's server refuses it, and its number is free again: see validity.h */
};

struct h2_exchange {
    void *thing; /* the owner's; NULL: not told */
    uint32_t id;
    uint8_t told[2]; /* by enum side */
    bool reset;      /* by the client: it waits for an answer that is under way */
    bool reset_owed; /* by the server, for a malformed request that had the number before */
    bool over;
};

struct h2_streams {
    struct h2_exchange *open; /* by number; those that are over stay until their room is wanted */
    uint32_t count, over, room, limit;
    uint32_t resets;  /* of the open ones */
    uint32_t highest; /* the client's, seen so far, and the one before */
    uint32_t highest_before;
    uint32_t lost_above;   /* numbers above this ... */
    uint32_t lost_below;   /* ... and below this may have been asked unseen; UINT32_MAX: nothing was seen since */
    bool lost;             /* anything, ever: what is open may be over */
    struct memory *memory; /* borrowed, as are `events` and `owner` */
    const struct message_events *events;
    void *owner;
};

/** @param late  the client may have asked before. */
void streams_init(struct h2_streams *s, bool late, uint32_t limit, struct memory *memory,
                  const struct message_events *events, void *owner);
void streams_deinit(struct h2_streams *s);

/** @return NULL: not open. */
struct h2_exchange *streams_find(const struct h2_streams *s, uint32_t id);

/** Whether a head on this stream, which is not open, begins an exchange. */
bool streams_may_begin(const struct h2_streams *s, enum side from, uint32_t id);

/** The last one that the client opened is malformed in a way in which Go's server does not count its number, and what
 * comes with a lower one is no less. */
void streams_refused(struct h2_streams *s, struct h2_exchange *e);

/** Opens one, and tells it. Where too many are open, the older half is told as over first; marked, if it is certain
 * that they are open.
 *  @return NULL: no memory. Good until the next call that opens or ends one. */
struct h2_exchange *streams_open(struct h2_streams *s, enum side from, moment time, uint32_t id);

/** The exchange of another protocol's making is carried on as stream 1, its request done. @return false: no memory. */
bool streams_carry_on(struct h2_streams *s, void *thing);

/** The side is done; where that was the last of it, the exchange is over, and `e` no more. */
void streams_done(struct h2_streams *s, struct h2_exchange *e, enum side from, enum message_end how);

/** The client has reset it. Where nothing of the answer was seen, that may be under way: the exchange stays open until
 * its head comes, or many more wait so. */
void streams_reset(struct h2_streams *s, struct h2_exchange *e);

/** Both sides are done at once: a reset, a tunnel. */
void streams_over(struct h2_streams *s, struct h2_exchange *e, enum message_end how);

/** Frames of that side were lost: bytes of what it is saying, whole messages, and the client's requests. What waited
 *  for nothing but the end of such a request is over. */
void streams_lost(struct h2_streams *s, enum side from);

/** All of them: no more will be said. */
void streams_all_over(struct h2_streams *s, enum message_end how);

#endif

/* HTTP/2's frames (RFC 9113, section 4), one direction, through gaps.
 *
 * A gap inside a frame whose header was read costs that frame's bytes and no more: the boundary behind it is computed.
 * Behind any other gap, and after a late start, a boundary is searched (frame_search.h). What the found chain of frames
 * held is then read from its first frame, with the time of the moment when it was found. Only the payloads of DATA
 * frames are not held: they are told as lost.
 *
 * While a boundary is known every frame is taken as its length says, whatever it is: what it means is http2's matter.
 * But the first sixteen behind a search or a gap have to be plausible, or of an extension and short; with one that is
 * not, the boundary is lost again. */
#ifndef PROTO_HTTP_FRAME_H
#define PROTO_HTTP_FRAME_H

#include "proto/base/hold.h"
#include "proto/http/frame_header.h"
#include "proto/http/frame_search.h"

/** Told in the order of the wire. */
struct frame_events {
    /** A frame other than DATA, with its whole payload, padding included; valid until it returns. */
    void (*whole)(void *owner, enum side from, moment time, const struct h2_frame *f, struct slice payload);
    /** A frame other than DATA of which bytes are missing (GAVE_UP_NO_RESUME), or that is longer than the bound
     *  (GAVE_UP_LIMIT): told at its end. */
    void (*damaged)(void *owner, enum side from, moment time, const struct h2_frame *f, enum gave_up why);
    /** A piece of a DATA frame, without its padding, as it comes. Where the padding's length is missing, so is the
     * rest.
     *  @param lost  bytes missing before `bytes`, which may be empty.  @param last  the frame is over; told once for
     * each frame, also for an empty one. */
    void (*data)(void *owner, enum side from, moment time, const struct h2_frame *f, struct slice bytes, uint64_t lost,
                 bool last);
    /** The boundary is no longer known: frames of any kind may have been missed. Told once, at the gap; not for a late
     *  start, nor for a gap while it is searched. A frame that was being read is not told of any more. */
    void (*lost)(void *owner, enum side from, moment time);
};

/** One direction. Embedded in its owner, zeroed before frames_init(). */
struct frames {
    const struct frame_events *events; /* borrowed, as `owner` and `memory` */
    void *owner;
    struct memory *memory;
    struct hold hold; /* the piece of a payload */
    struct frame_search search;
    struct h2_frame frame; /* the one that is being read */
    uint32_t most;         /* the largest payload, but of DATA, that is held */
    uint32_t left;         /* of the frame's payload */
    uint32_t padding;      /* of that, at its end: DATA only */
    uint32_t lost;         /* bytes of DATA that are missing, and were not told yet */
    uint8_t begun[FRAME_HEADER];
    uint8_t size;   /* of what there is of the header, or how much of the preface came */
    uint8_t from;   /* enum side */
    uint8_t at;     /* enum, in frame.c */
    uint8_t damage; /* enum gave_up: of the frame */
    uint8_t trial;  /* how many headers more have to be plausible */
};

/** What the next byte is. */
enum frames_start {
    FRAMES_LATE,  /* nobody knows: a frame is searched */
    FRAMES_BEGIN, /* of the client's preface, or of the server's first frame */
    FRAMES_GO_ON  /* of a frame */
};

/** A client that begins with something else than the preface is searched, too, and that is told as lost. */
void frames_init(struct frames *f, enum side from, enum frames_start start, uint32_t most, struct memory *memory,
                 const struct frame_events *events, void *owner);
void frames_deinit(struct frames *f);

/** @return GAVE_UP_NOT, or GAVE_UP_MEMORY: nothing more is read. */
enum gave_up frames_push(struct frames *f, moment time, struct slice bytes);
enum gave_up frames_gap(struct frames *f, moment time, uint64_t size);

/** The other side speaks, or this one has ended: a chain that ends exactly here is taken. To be called before the other
 *  side's bytes are pushed, each time (it is cheap). */
enum gave_up frames_turn(struct frames *f, moment time);

/** Whether the next byte is sure to begin a frame. */
bool frames_between(const struct frames *f);

/** Whether a boundary is known now. */
bool frames_in_step(const struct frames *f);

#endif

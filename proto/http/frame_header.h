/* The header of an HTTP/2 frame (RFC 9113, section 4.1), and which of them a side may send. */
#ifndef PROTO_HTTP_FRAME_HEADER_H
#define PROTO_HTTP_FRAME_HEADER_H

#include "proto/stream/stream.h"

/** Bytes of a header; of a payload at most, unless its reader has allowed more (section 4.2). */
enum { FRAME_HEADER = 9, FRAME_PAYLOAD_MOST = 16384 };

enum frame_type {
    FRAME_DATA,
    FRAME_HEADERS,
    FRAME_PRIORITY,
    FRAME_RST_STREAM,
    FRAME_SETTINGS,
    FRAME_PUSH_PROMISE,
    FRAME_PING,
    FRAME_GOAWAY,
    FRAME_WINDOW_UPDATE,
    FRAME_CONTINUATION,
    FRAME_TYPES /* what is not below this is of an extension */
};

enum { FRAME_END_STREAM = 0x1, FRAME_ACK = 0x1, FRAME_END_HEADERS = 0x4, FRAME_PADDED = 0x8, FRAME_PRIORITISED = 0x20 };

struct h2_frame {
    uint32_t size; /* of the payload */
    uint32_t stream;
    uint8_t type; /* enum frame_type, or another */
    uint8_t flags;
    bool overpadded; /* DATA whose padding does not fit into it: RFC 9113, section 6.1 */
};

/** @param nine  FRAME_HEADER bytes. The reserved bit of the stream is ignored. */
static inline struct h2_frame frame_header_read(const uint8_t *nine)
{
    return (struct h2_frame){.size = (uint32_t)nine[0] << 16 | (uint32_t)nine[1] << 8 | nine[2],
                             .stream = (uint32_t)(nine[5] & 0x7f) << 24 | (uint32_t)nine[6] << 16 |
                                       (uint32_t)nine[7] << 8 | nine[8],
                             .type = nine[3],
                             .flags = nine[4]};
}

/** Whether length, flags and stream number fit the type, as far as RFC 9113 and use go, and that side may send it.
 *  Frames of unknown types are not plausible. */
bool frame_header_plausible(const struct h2_frame *f, enum side from);

/** Plausible, or of an extension and short: what is let pass between frames that are plausible. */
bool frame_header_may_follow(const struct h2_frame *f, enum side from);

#endif

/* A capture in memory, and changed copies of it: what the laws do to the bundled captures. Ethernet with tags, IPv4 or
 * IPv6. */
#ifndef TESTS_TOOLS_FRAMES_H
#define TESTS_TOOLS_FRAMES_H

#include "proto/packet/packet.h"

struct frames {
    struct frame *at;
    size_t count, room;
    uint8_t **owned; /* blocks with their bytes */
    size_t owned_count;
};

/** Ends the program with a message when it cannot. */
void frames_load(struct frames *f, const char *path);
void frames_deinit(struct frames *f);

/** Appends a frame; its bytes stay those of whoever has them. */
void frames_add(struct frames *f, const struct frame *frame);

/** Appends a frame with bytes of its own, which may be written to. @param size  of the bytes; those of the frame are
 * copied. */
uint8_t *frames_copy(struct frames *f, const struct frame *frame, size_t size);

/** Numbers and clock anew, as a capture of these frames would have them. */
void frames_number(struct frames *f);

/** Where things lie in a frame that is a TCP segment. */
struct frame_layout {
    size_t ip, tcp, payload, end;
    bool six;
};

bool frame_layout(const struct frame *frame, struct frame_layout *l);

/** The key of the frame's connection and who sends; false: no segment. */
struct frame_ends {
    struct address low, high;
    bool from_low;
};

bool frame_ends(const struct frame *frame, struct frame_ends *ends);

/** Another address for each address, and back: the same number does both. 0 is no change. */
void address_change(struct address *a, unsigned change);

void frames_change_addresses(struct frames *out, const struct frames *in, unsigned change);

/** Each payload byte a segment of its own. */
void frames_split(struct frames *out, const struct frames *in);

/** In all payloads: `from` becomes `to`, of the same length. @return how often it was found. */
size_t frames_rename(struct frames *out, const struct frames *in, const char *const (*pairs)[2], size_t pair_count);

#endif

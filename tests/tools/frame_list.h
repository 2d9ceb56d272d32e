/* A capture in memory, and changed copies of it: what the laws do to the bundled captures. Ethernet with tags, IPv4 or
 * IPv6. */
#ifndef TESTS_TOOLS_FRAME_LIST_H
#define TESTS_TOOLS_FRAME_LIST_H

#include "proto/packet/packet.h"

struct frame_list {
    struct frame *at;
    size_t count, room;
    uint8_t **owned; /* blocks with their bytes */
    size_t owned_count;
};

/** Ends the program with a message when it cannot. */
void frame_list_load(struct frame_list *f, const char *path);
void frame_list_deinit(struct frame_list *f);

/** Appends a frame; its bytes stay those of whoever has them. */
void frame_list_add(struct frame_list *f, const struct frame *frame);

/** Appends a frame with bytes of its own, which may be written to. @param size  of the bytes; those of the frame are
 * copied. */
uint8_t *frame_list_copy(struct frame_list *f, const struct frame *frame, size_t size);

/** Numbers and clock anew, as a capture of these frames would have them. */
void frame_list_number(struct frame_list *f);

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

void frame_list_change_addresses(struct frame_list *out, const struct frame_list *in, unsigned change);

/** Each payload byte a segment of its own. */
void frame_list_split(struct frame_list *out, const struct frame_list *in);

/** In all payloads: `from` becomes `to`, of the same length. @return how often it was found. */
size_t frame_list_rename(struct frame_list *out, const struct frame_list *in, const char *const (*pairs)[2],
                         size_t pair_count);

#endif

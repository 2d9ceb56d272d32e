/* A capture's bytes, unpacked, in one piece as far as somebody asks: readers point into it, and nothing is copied but
 * at its end, where a piece would be cut.
 *
 * It begins small and grows with the second filling: of many files that wait for their turn each holds but its first
 * packets. */
#ifndef SENSOR_CAPTURE_STRETCH_H
#define SENSOR_CAPTURE_STRETCH_H

#include "sensor/capture/capture.h"
#include "sensor/capture/input.h"
#include "sensor/capture/kind.h"

struct compressed;

struct stretch {
    const uint8_t *at, *end; /* what is there; a reader moves `at` behind what it has read */
    uint8_t *room;
    size_t room_size;
    uint64_t before; /* bytes of the capture before `room` */
    struct input *input;
    struct compressed *compressed; /* NULL: it is not packed */
    bool no_memory;
};

/** Takes `file` over, in any case. @return false: no memory. */
bool stretch_init(struct stretch *s, FILE *file);
void stretch_deinit(struct stretch *s);

/** What has been read turned out to be packed: from now on what comes is what it unpacks to. Nothing may have been
 * taken yet. @return false: no memory. */
bool stretch_unpack(struct stretch *s, enum file_format format);

/** Not for callers: makes more bytes be there. */
enum input_got stretch_fill(struct stretch *s, size_t size);

/** Waits until `size` bytes are there from `at` on; what was there before may move.
 *  @return INPUT_BYTES; else fewer are there: INPUT_END that is all there is; INPUT_IDLE, ask again. */
static inline enum input_got stretch_need(struct stretch *s, size_t size)
{
    return (size_t)(s->end - s->at) >= size ? INPUT_BYTES : stretch_fill(s, size);
}

/** Passes over `*left` bytes, which need not be there, and counts it down. @return INPUT_BYTES: all were. */
enum input_got stretch_skip(struct stretch *s, uint64_t *left);

static inline size_t stretch_left(const struct stretch *s)
{
    return (size_t)(s->end - s->at);
}

/** Where `at` is, from the beginning of what is unpacked. */
static inline uint64_t stretch_offset(const struct stretch *s)
{
    return s->before + (uint64_t)(s->at - s->room);
}

/** What INPUT_FAILED means. */
void stretch_problem(const struct stretch *s, struct capture_error *error);

#endif

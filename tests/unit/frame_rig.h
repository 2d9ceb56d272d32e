/* What a test of the frame reader sees, a list of what was told; and frames made by hand. */
#ifndef TESTS_UNIT_FRAME_RIG_H
#define TESTS_UNIT_FRAME_RIG_H

#include "proto/http/frame.h"

enum { MOST = 32768 };

/* A frame as it was told: whole, damaged, or DATA with all its pieces joined. */
struct told {
    struct h2_frame frame;
    char how; /* w d D, x: lost */
    bool last;
    enum gave_up why;
    uint64_t lost;
    size_t at, size; /* in `bytes` */
};

struct log {
    struct told told[1024];
    unsigned count;
    uint8_t bytes[1 << 18];
    size_t size;
};

static bool same_frame(const struct h2_frame *a, const struct h2_frame *b)
{
    return a->size == b->size && a->stream == b->stream && a->type == b->type && a->flags == b->flags;
}

static struct told *add(struct log *l, char how, const struct h2_frame *frame, struct slice bytes)
{
    assert_true(l->count < sizeof l->told / sizeof l->told[0] && l->size + bytes.size <= sizeof l->bytes);
    struct told *t = &l->told[l->count++];
    *t = (struct told){.how = how, .at = l->size, .size = bytes.size, .last = true};
    if (frame)
        t->frame = *frame;
    memcpy(l->bytes + l->size, bytes.data, bytes.size);
    l->size += bytes.size;
    return t;
}

static void on_whole(void *owner, enum side from, moment time, const struct h2_frame *f, struct slice payload)
{
    (void)from, (void)time;
    assert_int_not_equal(f->type, FRAME_DATA);
    assert_int_equal(f->size, payload.size);
    add(owner, 'w', f, payload);
}

static void on_damaged(void *owner, enum side from, moment time, const struct h2_frame *f, enum gave_up why)
{
    (void)from, (void)time;
    assert_int_not_equal(f->type, FRAME_DATA);
    add(owner, 'd', f, slice_of(""))->why = why;
}

static void on_data(void *owner, enum side from, moment time, const struct h2_frame *f, struct slice bytes,
                    uint64_t lost, bool last)
{
    struct log *l = owner;
    (void)from, (void)time;
    assert_int_equal(f->type, FRAME_DATA);
    assert_true(bytes.size || last);
    struct told *t = l->count ? &l->told[l->count - 1] : NULL;
    if (!t || t->how != 'D' || t->last)
        t = add(l, 'D', f, slice_of(""));
    assert_true(same_frame(&t->frame, f));
    assert_true(l->size + bytes.size <= sizeof l->bytes);
    memcpy(l->bytes + l->size, bytes.data, bytes.size);
    l->size += bytes.size;
    t->size += bytes.size;
    t->lost += lost;
    t->last = last;
}

static void on_lost(void *owner, enum side from, moment time)
{
    (void)from, (void)time;
    add(owner, 'x', NULL, slice_of(""));
}

static const struct frame_events events = {on_whole, on_damaged, on_data, on_lost};

struct run {
    struct memory memory;
    struct frames frames;
    struct log log;
};

static struct run runs[2];

static struct run *start(struct run *r, enum side from, bool in_step)
{
    memset(&r->memory, 0, sizeof r->memory);
    memset(&r->frames, 0, sizeof r->frames);
    r->memory.limit = 1 << 20;
    r->log.count = 0;
    r->log.size = 0;
    frames_init(&r->frames, from, in_step ? FRAMES_BEGIN : FRAMES_LATE, MOST, &r->memory, &events, &r->log);
    return r;
}

static void finish(struct run *r)
{
    frames_deinit(&r->frames);
    assert_int_equal(r->memory.used, 0);
}

/* From its own block, so that a read past its end is seen. */
static void push(struct run *r, const uint8_t *bytes, size_t size)
{
    uint8_t *own = malloc(size ? size : 1);
    memcpy(own, bytes, size);
    assert_int_equal(frames_push(&r->frames, 1, (struct slice){own, size}), GAVE_UP_NOT);
    free(own);
}

static inline void gap(struct run *r, uint64_t size)
{
    assert_int_equal(frames_gap(&r->frames, 1, size), GAVE_UP_NOT);
}

static inline void turn(struct run *r)
{
    assert_int_equal(frames_turn(&r->frames, 1), GAVE_UP_NOT);
}

static inline void assert_same(const struct log *a, const struct log *b)
{
    assert_int_equal(a->count, b->count);
    for (unsigned i = 0; i < a->count; i++) {
        assert_true(same_frame(&a->told[i].frame, &b->told[i].frame));
        assert_int_equal(a->told[i].how, b->told[i].how);
        assert_int_equal(a->told[i].why, b->told[i].why);
        assert_int_equal(a->told[i].last, b->told[i].last);
        assert_int_equal(a->told[i].lost, b->told[i].lost);
        assert_int_equal(a->told[i].size, b->told[i].size);
    }
    assert_int_equal(a->size, b->size);
    assert_memory_equal(a->bytes, b->bytes, a->size);
}

struct wire {
    uint8_t bytes[1 << 17];
    size_t size;
};

static struct wire wire;

static inline void put_header(uint8_t type, uint8_t flags, uint32_t stream, size_t size)
{
    const uint8_t header[FRAME_HEADER] = {
        (uint8_t)(size >> 16),   (uint8_t)(size >> 8),    (uint8_t)size,          type,           flags,
        (uint8_t)(stream >> 24), (uint8_t)(stream >> 16), (uint8_t)(stream >> 8), (uint8_t)stream};
    memcpy(wire.bytes + wire.size, header, sizeof header);
    wire.size += sizeof header;
}

static inline void put(uint8_t type, uint8_t flags, uint32_t stream, const void *payload, size_t size)
{
    put_header(type, flags, stream, size);
    memcpy(wire.bytes + wire.size, payload, size);
    wire.size += size;
}

/* A payload of one byte over and over. */
static inline void put_fill(uint8_t type, uint8_t flags, uint32_t stream, uint8_t fill, size_t size)
{
    put_header(type, flags, stream, size);
    memset(wire.bytes + wire.size, fill, size);
    wire.size += size;
}

static inline void put_headers(uint32_t stream)
{
    put_fill(FRAME_HEADERS, FRAME_END_HEADERS, stream, 0x88, 20);
}

static inline void put_text(const char *text)
{
    memcpy(wire.bytes + wire.size, text, strlen(text));
    wire.size += strlen(text);
}

/* What was told, as text: a line each. */
static inline const char *told(const struct run *r)
{
    static char text[4096];
    size_t size = 0;
    text[0] = 0;
    for (unsigned i = 0; i < r->log.count && size < sizeof text - 128; i++) {
        const struct told *t = &r->log.told[i];
        size += (size_t)snprintf(text + size, sizeof text - size, "%c%u:%u/%u", t->how, t->frame.type, t->frame.size,
                                 t->frame.stream);
        if (t->how == 'd')
            size += (size_t)snprintf(text + size, sizeof text - size, " %s", t->why == GAVE_UP_LIMIT ? "long" : "torn");
        if (t->how == 'D')
            size += (size_t)snprintf(text + size, sizeof text - size, " %zu-%u%s", t->size, (unsigned)t->lost,
                                     t->last ? "" : "...");
        size += (size_t)snprintf(text + size, sizeof text - size, "\n");
    }
    return text;
}

#endif

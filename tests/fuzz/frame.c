/* The first byte chooses side, start and bound, then pieces: one byte says the kind, two how long. Of a push the bytes
 * follow. Aborts where what is told breaks the order that frame.h promises, and where cutting into single bytes changes
 * it. */
#include <stdlib.h>

#include "proto/http/frame.h"

struct watch {
    uint64_t hash, body, lost, of_frame; /* of_frame: bytes of the open DATA frame that were told, or as lost */
    uint32_t most;
    bool in_data, was_lost;
};

static void check(bool good)
{
    if (!good)
        abort();
}

static void mix(struct watch *w, uint64_t value)
{
    w->hash = (w->hash ^ value) * 1099511628211U;
}

/* No piece of a DATA frame, as DATA keeps its own place in the order. */
static void mix_frame(struct watch *w, unsigned what, enum side from, const struct h2_frame *f)
{
    mix(w, (uint64_t)what << 48 | (uint64_t)from << 40 | (uint64_t)f->type << 32 | f->size);
    mix(w, (uint64_t)f->flags << 32 | f->stream);
    w->was_lost = false;
}

static void on_whole(void *owner, enum side from, moment time, const struct h2_frame *f, struct slice payload)
{
    struct watch *w = owner;
    (void)time;
    check(f->type != FRAME_DATA && f->size == payload.size && f->size <= w->most && !w->in_data);
    mix_frame(w, 'w', from, f);
    for (size_t i = 0; i < payload.size; i++)
        mix(w, payload.data[i]);
}

static void on_damaged(void *owner, enum side from, moment time, const struct h2_frame *f, enum gave_up why)
{
    struct watch *w = owner;
    (void)time;
    check(f->type != FRAME_DATA && (why == GAVE_UP_LIMIT) == (f->size > w->most) && !w->in_data);
    mix_frame(w, 'd' + 256U * why, from, f);
}

static void on_data(void *owner, enum side from, moment time, const struct h2_frame *f, struct slice bytes,
                    uint64_t lost, bool last)
{
    struct watch *w = owner;
    (void)time;
    check(f->type == FRAME_DATA && (bytes.size || last));
    if (!w->in_data)
        w->of_frame = 0;
    w->of_frame += bytes.size + lost;
    check(w->of_frame <= f->size && (f->flags & FRAME_PADDED || !last || w->of_frame == f->size));
    for (size_t i = 0; i < bytes.size; i++)
        w->body = (w->body ^ bytes.data[i]) * 1099511628211U;
    w->lost += lost;
    w->in_data = !last;
    w->was_lost = false;
    if (last)
        mix_frame(w, 'D', from, f);
}

static void on_lost(void *owner, enum side from, moment time)
{
    struct watch *w = owner;
    (void)time;
    check(!w->was_lost);
    w->was_lost = true;
    w->in_data = false;
    mix(w, 'x' + from);
}

static const struct frame_events events = {on_whole, on_damaged, on_data, on_lost};

static void push(struct frames *f, struct slice bytes, bool cut)
{
    for (size_t i = 0; cut && i < bytes.size; i++)
        frames_push(f, 1, slice_part(bytes, i, i + 1));
    if (!cut)
        frames_push(f, 1, bytes);
}

static void run(struct slice input, struct watch *w, bool cut, uint64_t fail_at)
{
    struct reader r = reader_of(input);
    uint8_t choice = read_u8(&r);
    struct memory memory = {.limit = 1 << 20, .fail_at = fail_at};
    struct frames f = {.left = 0};
    *w = (struct watch){.most = 16U << (choice & 15)};
    frames_init(&f, choice & 0x10 ? SERVER : CLIENT, choice & 0x20 ? FRAMES_BEGIN : FRAMES_LATE, w->most, &memory,
                &events, w);
    while (reader_left(&r)) {
        uint8_t kind = read_u8(&r);
        uint16_t size = read_u16(&r);
        if (kind < 0xe0)
            push(&f, read_slice(&r, size < reader_left(&r) ? size : reader_left(&r)), cut);
        else if (kind < 0xf0)
            frames_gap(&f, 1, size == UINT16_MAX ? GAP_UNKNOWN : size);
        else
            frames_turn(&f, 1);
    }
    check((frames_turn(&f, 1) == GAVE_UP_MEMORY) == (memory.refused > 0));
    frames_deinit(&f);
    check(memory.used == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct watch whole, cut, failing;
    const struct slice input = {data, size};
    run(input, &whole, false, 0);
    run(input, &cut, true, 0);
    check(whole.hash == cut.hash && whole.body == cut.body && whole.lost == cut.lost && whole.in_data == cut.in_data);
    run(input, &failing, true, size ? 1 + data[size - 1] % 16 : 1);
    return 0;
}

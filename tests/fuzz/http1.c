/* The first byte chooses limits and start, then pieces: one byte says side and kind, two how long. Of a push the bytes
 * follow. Aborts where what is told breaks the order that message.h promises, and where cutting into single bytes
 * changes it. */
#include <stdlib.h>

#include "proto/http/http1.h"

enum { THINGS = 256 };

struct thing {
    struct watch *watch;
    bool over, in_head[2], done[2], seen[2];
};

struct watch {
    struct thing things[THINGS];
    unsigned count;
    uint64_t hash; /* of all that was told, bodies by their bytes apart */
    uint64_t body[2];
    bool gave_up, switched;
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

static void mix_slice(struct watch *w, struct slice s)
{
    mix(w, s.size);
    for (size_t i = 0; i < s.size; i++)
        mix(w, s.data[i]);
}

static struct thing *touch(void *thing, enum side from, unsigned what)
{
    struct thing *t = thing;
    check(t && !t->over && !t->done[from] && !t->watch->gave_up);
    t->seen[from] = true;
    mix(t->watch, (uint64_t)(t - t->watch->things) << 16 | (uint64_t)what << 8 | from);
    return t;
}

static void *on_open(void *owner, moment time, enum http_version version, uint32_t stream_id)
{
    struct watch *w = owner;
    (void)time;
    check(!w->gave_up && !w->switched && stream_id == 0 && version != HTTP_2);
    if (w->count == THINGS)
        return NULL;
    mix(w, 'o' << 8 | version);
    struct thing *t = &w->things[w->count++];
    *t = (struct thing){.watch = w};
    return t;
}

static void on_field(void *thing, enum side from, const struct field *field)
{
    struct thing *t = touch(thing, from, 'f');
    check(field->known != KNOWN_NOT && (field->known == KNOWN || field->value.size == 0));
    check(field->id == field_id(field->name) && field->name.size);
    t->in_head[from] = true;
    mix_slice(t->watch, field->name);
    mix_slice(t->watch, field->value);
}

static void on_head(void *thing, enum side from, enum head_kind kind, bool whole)
{
    struct thing *t = touch(thing, from, 'h');
    check((kind == HEAD_REQUEST) == (from == CLIENT) || kind == HEAD_TRAILERS);
    check(t->in_head[from] || !whole);
    t->in_head[from] = false;
    mix(t->watch, kind << 1 | whole);
}

static void on_body(void *thing, enum side from, struct slice bytes, uint64_t lost)
{
    struct thing *t = thing;
    check(t && !t->over && !t->done[from] && !t->in_head[from] && t->seen[from]);
    check(lost != GAP_UNKNOWN || from == SERVER); /* only an answer's body may have no length */
    uint64_t *hash = &t->watch->body[from];
    *hash = (*hash ^ lost) + lost;
    for (size_t i = 0; i < bytes.size; i++)
        *hash = (*hash ^ bytes.data[i]) * 1099511628211U;
}

static void on_done(void *thing, enum side from, enum message_end how)
{
    struct thing *t = touch(thing, from, 'd');
    check(!t->in_head[from]);
    t->done[from] = true;
    mix(t->watch, how);
}

static void on_mark(void *thing, enum side from, enum http_mark mark)
{
    struct thing *t = touch(thing, from, 'm');
    check(mark < HTTP_MARKS);
    mix(t->watch, mark);
}

static void on_over(void *thing)
{
    struct thing *t = thing;
    check(!t->over && !t->in_head[CLIENT] && !t->in_head[SERVER]);
    check(t->seen[CLIENT] == t->done[CLIENT] && t->seen[SERVER] == t->done[SERVER]);
    t->over = true;
    mix(t->watch, (uint64_t)(t - t->watch->things) << 16 | 'v');
}

static void on_odd(void *owner, moment time, enum side from, enum http_mark mark, uint64_t count)
{
    struct watch *w = owner;
    (void)time;
    check(!w->gave_up && count && mark < HTTP_MARKS);
    mix(w, count << 16 | (uint64_t)mark << 8 | from);
}

static struct stream *on_switched(void *owner, moment time, struct slice protocol, void *thing)
{
    struct watch *w = owner;
    (void)time;
    mix_slice(w, protocol);
    w->switched = true;
    if (thing) {
        struct thing *t = thing;
        check(!t->over && t->done[CLIENT] == t->seen[CLIENT] && !t->done[SERVER] && !t->in_head[CLIENT] &&
              !t->in_head[SERVER]);
        t->over = true;
    }
    return NULL;
}

static void on_gave_up(void *owner, moment time, enum gave_up reason)
{
    struct watch *w = owner;
    (void)time;
    check(!w->gave_up && reason != GAVE_UP_NOT);
    w->gave_up = true;
    mix(w, reason);
}

static const struct message_events events = {
    .open = on_open,
    .field = on_field,
    .head = on_head,
    .body = on_body,
    .done = on_done,
    .mark = on_mark,
    .over = on_over,
    .switched = on_switched,
    .odd = on_odd,
    .gave_up = on_gave_up,
};

static void push(struct stream *s, enum side from, struct slice bytes, bool cut)
{
    for (size_t i = 0; cut && i < bytes.size; i++)
        stream_push(s, from, 1, slice_part(bytes, i, i + 1));
    if (!cut)
        stream_push(s, from, 1, bytes);
}

static void run(struct slice input, struct watch *w, bool cut, uint64_t fail_at)
{
    struct reader r = reader_of(input);
    uint8_t choice = read_u8(&r);
    const struct http1_limits limits = {.head_bytes = 16U << (choice & 7), .open = 4};
    struct memory memory = {.limit = 1 << 20, .fail_at = fail_at};
    *w = (struct watch){.count = 0};
    struct stream *s = http1_new(&limits, !(choice & 0x80), &memory, &events, w);
    while (s && reader_left(&r)) {
        uint8_t kind = read_u8(&r);
        uint16_t size = read_u16(&r);
        enum side from = kind & 1 ? SERVER : CLIENT;
        if (kind < 0xe0)
            push(s, from, read_slice(&r, size < reader_left(&r) ? size : reader_left(&r)), cut);
        else if (kind < 0xf8)
            stream_gap(s, from, 1, size == UINT16_MAX ? GAP_UNKNOWN : size);
        else
            stream_end(s, from, 1, (enum stream_end)(size % 5));
    }
    if (s) {
        stream_end(s, CLIENT, 1, END_CAPTURE);
        stream_end(s, SERVER, 1, END_CAPTURE);
    }
    for (unsigned i = 0; i < w->count; i++)
        check(w->things[i].over);
    stream_free(s);
    check(memory.used == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct watch whole, cut, failing;
    const struct slice input = {data, size};
    run(input, &whole, false, 0);
    run(input, &cut, true, 0);
    check(whole.hash == cut.hash && whole.body[CLIENT] == cut.body[CLIENT] && whole.body[SERVER] == cut.body[SERVER]);
    run(input, &failing, true, size ? 1 + data[size - 1] % 16 : 1);
    return 0;
}

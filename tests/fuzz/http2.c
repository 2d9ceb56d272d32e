/* The first byte chooses limits and start, then pieces: one byte says side and kind, two how long. Of a push the bytes
 * follow; or a frame is made of them: type, flags, stream, and a payload that is a header block where one belongs
 * there, so that real ones come. A frame may have a hole. Aborts where what is told breaks the order that message.h
 * promises, and where cutting into single bytes changes it. */
#include <stdlib.h>

#include "proto/http/frame.h"
#include "proto/http/http2.h"

enum { THINGS = 512, FRAME_BYTES = 2048 };

struct thing {
    struct watch *watch;
    bool over, in_head[2], final[2], done[2], seen[2];
};

struct watch {
    struct thing things[THINGS];
    unsigned count;
    uint64_t hash; /* of all that was told, bodies by their bytes apart */
    uint64_t body[2];
    bool gave_up;
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

static uint64_t number(const struct thing *t)
{
    return (uint64_t)(t - t->watch->things);
}

static struct thing *touch(void *thing, enum side from, unsigned what)
{
    struct thing *t = thing;
    check(t && !t->over && !t->done[from] && !t->watch->gave_up);
    mix(t->watch, number(t) << 16 | (uint64_t)what << 8 | from);
    return t;
}

static void *on_open(void *owner, moment time, enum http_version version, uint32_t stream_id)
{
    struct watch *w = owner;
    (void)time;
    check(!w->gave_up && stream_id % 2 == 1 && version == HTTP_2);
    if (w->count == THINGS)
        return NULL;
    mix(w, (uint64_t)stream_id << 8 | 'o');
    struct thing *t = &w->things[w->count++];
    *t = (struct thing){.watch = w};
    return t;
}

static void on_field(void *thing, enum side from, const struct field *f)
{
    struct thing *t = touch(thing, from, 'f');
    bool named = f->known == KNOWN;
    check(f->known != KNOWN_NAME && named == (f->stranger == 0));
    check(named ? f->id == field_id(f->name) : f->name.size == 0 && f->id == FIELD_OTHER);
    check(f->known != KNOWN_NOT || f->value.size == 0);
    t->in_head[from] = t->seen[from] = true;
    mix(t->watch, f->known);
    mix_slice(t->watch, f->name);
    mix_slice(t->watch, f->value);
}

static void on_head(void *thing, enum side from, enum head_kind kind, bool whole)
{
    struct thing *t = touch(thing, from, 'h');
    check((kind == HEAD_REQUEST) == (from == CLIENT) || kind == HEAD_TRAILERS);
    check((kind == HEAD_TRAILERS) == t->final[from]);
    t->in_head[from] = false;
    t->seen[from] = true;
    t->final[from] |= kind != HEAD_INFORMATIONAL;
    mix(t->watch, kind << 1 | whole);
}

static void on_body(void *thing, enum side from, struct slice bytes, uint64_t lost)
{
    struct thing *t = thing;
    check(t && !t->over && !t->done[from] && !t->in_head[from] && t->seen[from]);
    check(t->final[from] || lost == GAP_UNKNOWN);
    uint64_t *hash = &t->watch->body[from];
    if (lost)
        *hash = (*hash ^ lost ^ number(t) << 32) * 1099511628211U;
    for (size_t i = 0; i < bytes.size; i++)
        *hash = (*hash ^ bytes.data[i] ^ number(t) << 32) * 1099511628211U;
}

static void on_done(void *thing, enum side from, enum message_end how)
{
    struct thing *t = touch(thing, from, 'd');
    check(!t->in_head[from] && t->seen[from] && how != MESSAGE_REFUSED);
    t->done[from] = true;
    mix(t->watch, how);
}

static void on_mark(void *thing, enum side from, enum http_mark mark)
{
    struct thing *t = thing;
    check(t && !t->over && mark < HTTP_MARKS);
    mix(t->watch, number(t) << 16 | (uint64_t)mark << 8 | from);
}

static void on_over(void *thing)
{
    struct thing *t = thing;
    check(!t->over && !t->in_head[CLIENT] && !t->in_head[SERVER]);
    check(t->seen[CLIENT] == t->done[CLIENT] && t->seen[SERVER] == t->done[SERVER]);
    t->over = true;
    mix(t->watch, number(t) << 16 | 'v');
}

static void on_reset(void *thing, enum side from, uint32_t code)
{
    struct thing *t = thing;
    check(!t->over);
    mix(t->watch, number(t) << 40 | (uint64_t)code << 8 | from);
}

static void on_odd(void *owner, moment time, enum side from, enum http_mark mark, uint64_t count)
{
    struct watch *w = owner;
    (void)time;
    check(!w->gave_up && count && mark < HTTP_MARKS);
    mix(w, count << 16 | (uint64_t)mark << 8 | from);
}

static void on_goaway(void *owner, moment time, enum side from, uint32_t code, struct slice debug)
{
    struct watch *w = owner;
    (void)time;
    check(!w->gave_up);
    mix(w, (uint64_t)code << 8 | from);
    mix_slice(w, debug);
}

static void on_gave_up(void *owner, moment time, enum gave_up reason)
{
    struct watch *w = owner;
    (void)time;
    check(!w->gave_up && reason == GAVE_UP_MEMORY);
    for (unsigned i = 0; i < w->count; i++)
        check(w->things[i].over);
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
    .reset = on_reset,
    .odd = on_odd,
    .goaway = on_goaway,
    .gave_up = on_gave_up,
};

static void push(struct stream *s, enum side from, struct slice bytes, bool cut)
{
    for (size_t i = 0; cut && i < bytes.size; i++)
        stream_push(s, from, 1, slice_part(bytes, i, i + 1));
    if (!cut)
        stream_push(s, from, 1, bytes);
}

struct room {
    uint8_t bytes[FRAME_BYTES];
    size_t size;
};

static void put(struct room *to, const void *bytes, size_t size)
{
    if (size <= FRAME_BYTES - to->size) {
        memcpy(to->bytes + to->size, bytes, size);
        to->size += size;
    }
}

/* One field of a block: of the static table, of the dynamic one, new ones of few names and values; updates. */
static void put_field(struct room *to, uint8_t choice)
{
    static const char VALUES[] = "GET/a200https";
    uint8_t low = choice & 15;
    const uint8_t fresh[] = {0x40, 2, 'n', (uint8_t)('a' + choice % 3), 1, (uint8_t)('0' + low)};
    const uint8_t named[] = {(uint8_t)((choice & 16) * 4 | (1 + low)), 1, (uint8_t)VALUES[low % 13]};
    const uint8_t update[] = {0x3f, (uint8_t)(low * 8), choice & 1};
    if (choice < 0x40)
        put(to, (const uint8_t[]){(uint8_t)(0x81 + choice % 61)}, 1);
    else if (choice < 0x80)
        put(to, (const uint8_t[]){(uint8_t)(0xbe + low)}, 1);
    else if (choice < 0xb0)
        put(to, fresh, sizeof fresh);
    else if (choice < 0xe0)
        put(to, named, sizeof named);
    else if (choice < 0xf0)
        put(to, update, sizeof update);
    else
        put(to, &choice, 1);
}

static void put_payload(struct room *to, unsigned type, struct slice choices)
{
    bool block = type == FRAME_HEADERS || type == FRAME_PUSH_PROMISE || type == FRAME_CONTINUATION;
    if (type == FRAME_PUSH_PROMISE)
        put(to, "\0\0\0\2", 4);
    for (size_t i = 0; block && i < choices.size; i++)
        put_field(to, choices.data[i]);
    if (!block)
        put(to, choices.data, choices.size);
}

static struct slice some(struct reader *r, size_t size)
{
    return read_slice(r, size < reader_left(r) ? size : reader_left(r));
}

/* Usual flags more often than others; stream numbers that are few. */
static void make_frame(struct stream *s, enum side from, struct reader *r, bool hole, bool cut)
{
    struct room room = {.size = FRAME_HEADER};
    uint8_t type = read_u8(r) % (FRAME_TYPES + 1), flags = read_u8(r), stream = read_u8(r) & 0x7f, size = read_u8(r);
    size_t lose_from = hole ? read_u8(r) : SIZE_MAX, lose_to = hole ? lose_from + read_u8(r) : SIZE_MAX;
    bool whole = type == FRAME_SETTINGS || type == FRAME_PING;
    unsigned usual = whole ? flags & FRAME_ACK : (flags & 0x29) | (flags & 2 ? 0 : FRAME_END_HEADERS);
    put_payload(&room, type, some(r, size));
    room.bytes[1] = (uint8_t)((room.size - FRAME_HEADER) >> 8);
    room.bytes[2] = (uint8_t)(room.size - FRAME_HEADER);
    room.bytes[3] = type;
    room.bytes[4] = flags & 0x80 ? flags : (uint8_t)usual;
    room.bytes[8] = whole ? 0 : stream;
    struct slice all = {room.bytes, room.size}, lost = slice_part(all, lose_from, lose_to);
    push(s, from, slice_part(all, 0, lose_from), cut);
    if (lost.size)
        stream_gap(s, from, 1, lost.size);
    push(s, from, slice_part(all, lose_to, all.size), cut);
}

static void step(struct stream *s, struct reader *r, bool cut)
{
    uint8_t kind = read_u8(r);
    enum side from = kind & 1 ? SERVER : CLIENT;
    if (kind >= 0x40 && kind < 0xe0) {
        make_frame(s, from, r, kind >= 0xc0, cut);
        return;
    }
    uint16_t size = read_u16(r);
    if (kind < 0x40)
        push(s, from, some(r, size), cut);
    else if (kind < 0xf8)
        stream_gap(s, from, 1, size == UINT16_MAX ? GAP_UNKNOWN : size);
    else
        stream_end(s, from, 1, (enum stream_end)(size % 5));
}

static void carry_on(struct stream *s, struct watch *w)
{
    struct thing *t = &w->things[w->count++];
    *t = (struct thing){.watch = w, .seen = {true}, .done = {true}, .final = {true}};
    if (!http2_carry_on(s, t))
        t->over = true; /* its owner's to end */
}

static void run(struct slice input, struct watch *w, bool cut, uint64_t fail_at)
{
    static const char PREFACE[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    static const struct hash_secret secret;
    struct reader r = reader_of(input);
    uint8_t choice = read_u8(&r);
    struct memory memory = {.limit = 1 << 20};
    struct http2_shared shared = {
        .limits = {.block_bytes = 32U << (choice & 7), .streams = 1U + (choice >> 3 & 3U) * 4U},
        .memory = &memory,
        .literals = literals_new(1, &secret, &memory),
    };
    memory.fail_at = fail_at;
    *w = (struct watch){.count = 0};
    struct stream *s = http2_new(&shared, !(choice & 0x80), &events, w);
    if (s && choice & 0x40)
        carry_on(s, w);
    if (s && choice & 0x20)
        push(s, CLIENT, slice_of(PREFACE), cut);
    while (s && reader_left(&r))
        step(s, &r, cut);
    if (s) {
        stream_end(s, CLIENT, 1, END_CAPTURE);
        stream_end(s, SERVER, 1, END_CAPTURE);
    }
    for (unsigned i = 0; s && i < w->count; i++)
        check(w->things[i].over);
    stream_free(s);
    literals_free(shared.literals);
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

/* A talk of client and server as readable text, played to the HTTP/1 parser, and what it called back as text.
 *
 * A talk is a list of lines: the first letter says who, the rest is pushed. "C...", "S..." push; "c", "s" are a FIN of
 * that side, "r" a reset of both; "(C12", "(S12" a gap of 12 bytes, "(C?" one of unknown size. */
#ifndef TESTS_UNIT_HTTP1_TALK_H
#define TESTS_UNIT_HTTP1_TALK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/http/http1.h"

enum { RECORD_BYTES = 1 << 13, RECORD_THINGS = 64 };

struct record_thing {
    struct record *record;
    unsigned number;
    bool over;
    bool done[2], in_head[2];
};

struct record {
    char text[RECORD_BYTES];
    size_t size;
    struct record_thing things[RECORD_THINGS];
    unsigned count;
    unsigned gave_up;
    size_t body_at; /* where the last body's ']' is, if nothing was said since */
    unsigned body_of;
    enum side body_from;
    struct stream *next;
};

static inline void record_say(struct record *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void record_say(struct record *r, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int size = vsnprintf(r->text + r->size, RECORD_BYTES - r->size, format, list);
    va_end(list);
    assert_true(size >= 0 && (size_t)size < RECORD_BYTES - r->size);
    r->size += (size_t)size;
    r->body_at = 0;
}

static inline struct record_thing *record_thing(void *thing, enum side from)
{
    struct record_thing *t = thing;
    assert_non_null(t);
    assert_false(t->over);
    assert_false(t->done[from]);
    return t;
}

static inline char record_side(enum side from)
{
    return from == CLIENT ? 'C' : 'S';
}

static inline void *record_open(void *owner, moment time, enum http_version version, uint32_t stream_id)
{
    static const char *const versions[] = {"?", "1.0", "1.1", "2"};
    struct record *r = owner;
    (void)time;
    assert_int_equal(stream_id, 0);
    assert_true(r->count < RECORD_THINGS);
    struct record_thing *t = &r->things[r->count++];
    *t = (struct record_thing){.record = r, .number = r->count};
    record_say(r, "%u open %s\n", t->number, versions[version]);
    return t;
}

static inline void record_field(void *thing, enum side from, const struct field *field)
{
    struct record_thing *t = record_thing(thing, from);
    assert_int_equal(field->id, field_id(field->name));
    t->in_head[from] = true;
    assert_true(field->known == KNOWN || field->value.size == 0);
    record_say(t->record, "%u %c %.*s=%s%.*s\n", t->number, record_side(from), (int)field->name.size,
               (const char *)field->name.data, field->known == KNOWN ? "" : "<unknown>", (int)field->value.size,
               (const char *)field->value.data);
}

static inline void record_head(void *thing, enum side from, enum head_kind kind, bool whole)
{
    static const char *const kinds[] = {"request", "informational", "final", "trailers"};
    struct record_thing *t = record_thing(thing, from);
    t->in_head[from] = false;
    record_say(t->record, "%u %c head %s%s\n", t->number, record_side(from), kinds[kind], whole ? "" : " partly");
}

static inline void record_body(void *thing, enum side from, struct slice bytes, uint64_t lost)
{
    struct record_thing *t = record_thing(thing, from);
    struct record *r = t->record;
    if (bytes.size == 0 && lost == 0)
        return;
    if (r->body_at && r->body_of == t->number && r->body_from == from)
        r->size = r->body_at;
    else
        record_say(r, "%u %c body [", t->number, record_side(from));
    if (lost == GAP_UNKNOWN)
        record_say(r, "(?)");
    else if (lost)
        record_say(r, "(%llu)", (unsigned long long)lost);
    record_say(r, "%.*s", (int)bytes.size, (const char *)bytes.data);
    size_t at = r->size;
    record_say(r, "]\n");
    r->body_at = at;
    r->body_of = t->number;
    r->body_from = from;
}

static inline void record_done(void *thing, enum side from, enum message_end how)
{
    static const char *const ends[] = {"whole", "cut", "reset", "refused", "switched"};
    struct record_thing *t = record_thing(thing, from);
    t->done[from] = true;
    record_say(t->record, "%u %c done %s\n", t->number, record_side(from), ends[how]);
}

static inline void record_mark(void *thing, enum side from, enum http_mark mark)
{
    struct record_thing *t = record_thing(thing, from);
    record_say(t->record, "%u %c mark %s\n", t->number, record_side(from), http_mark_name(mark));
}

static inline void record_odd(void *owner, moment time, enum side from, enum http_mark mark, uint64_t count)
{
    (void)time;
    record_say(owner, "%c odd %s %u\n", record_side(from), http_mark_name(mark), (unsigned)count);
}

static inline void record_over(void *thing)
{
    struct record_thing *t = thing;
    assert_false(t->over || t->in_head[CLIENT] || t->in_head[SERVER]);
    t->over = true;
    record_say(t->record, "%u over\n", t->number);
}

static inline struct stream *record_switched(void *owner, moment time, struct slice protocol, void *thing)
{
    struct record *r = owner;
    (void)time;
    record_say(r, "switched to [%.*s]\n", (int)protocol.size, (const char *)protocol.data);
    struct record_thing *t = thing;
    if (t) {
        assert_true(!t->over && !t->done[SERVER] && !t->in_head[CLIENT] && !t->in_head[SERVER]);
        t->over = true;
        record_say(r, "%u handed over\n", t->number);
    }
    return r->next;
}

static inline void record_gave_up(void *owner, moment time, enum gave_up reason)
{
    struct record *r = owner;
    (void)time;
    assert_int_equal(r->gave_up++, 0);
    for (unsigned i = 0; i < r->count; i++)
        assert_true(r->things[i].over);
    record_say(r, "gave up %s\n", gave_up_name(reason));
}

static const struct message_events record_events = {
    .open = record_open,
    .field = record_field,
    .head = record_head,
    .body = record_body,
    .done = record_done,
    .mark = record_mark,
    .over = record_over,
    .odd = record_odd,
    .switched = record_switched,
    .gave_up = record_gave_up,
};

static const struct http1_limits roomy = {.head_bytes = 4096, .open = 8};

/* Bytes on the heap of their own size, so that reading past them is seen. */
static inline void talk_push(struct stream *s, enum side from, const char *bytes, size_t size)
{
    uint8_t *own = malloc(size ? size : 1);
    memcpy(own, bytes, size);
    stream_push(s, from, 1, (struct slice){own, size});
    free(own);
}

/* One line of a talk. @param cut  pushes are cut into pieces of so many bytes; 0: not. */
static inline void talk_line(struct stream *s, const char *line, size_t cut)
{
    enum side from = *line == 'S' || *line == 's' ? SERVER : CLIENT;
    size_t size = strlen(line + 1);
    switch (*line) {
    case 'C':
    case 'S':
        for (size_t at = 0; at < size; at += cut ? cut : size)
            talk_push(s, from, line + 1 + at, cut && cut < size - at ? cut : size - at);
        break;
    case 'c':
    case 's': stream_end(s, from, 1, END_FIN); break;
    case '(':
        stream_gap(s, line[1] == 'S' ? SERVER : CLIENT, 1, line[2] == '?' ? GAP_UNKNOWN : strtoull(line + 2, NULL, 10));
        break;
    case 'r':
        stream_end(s, CLIENT, 1, END_RESET);
        stream_end(s, SERVER, 1, END_RESET);
        break;
    default: fail_msg("no talk: %s", line);
    }
}

/* Ends what has not ended, and sees that nothing is left. */
static inline void talk_finish(struct stream *s, struct record *r, const struct memory *memory)
{
    stream_end(s, CLIENT, 1, END_CAPTURE);
    stream_end(s, SERVER, 1, END_CAPTURE);
    stream_push(s, CLIENT, 1, slice_of("GET / HTTP/1.1\r\n\r\n"));
    stream_free(s);
    for (unsigned i = 0; i < r->count; i++)
        assert_true(r->things[i].over);
    assert_int_equal(memory->used, 0);
}

/** Where it may rest it does, and is made again.  @param rested  goes up then. */
static inline struct stream *talk_rest(struct stream *s, struct memory *memory, struct record *r, unsigned *rested)
{
    if (!http1_may_rest(s))
        return s;
    stream_free(s);
    assert_int_equal(memory->used, 0);
    ++*rested;
    s = http1_wake(&roomy, memory, &record_events, r);
    assert_non_null(s);
    return s;
}

static inline struct record *record_new(void)
{
    struct record *r = calloc(1, sizeof *r);
    assert_non_null(r);
    return r;
}

#endif

/* What the HTTP/2 parser calls back, as text, and the order of the calls that message.h promises.
 *
 * A line begins with the stream's number. A head is one line with its fields; one whose name is unknown is "?=value",
 * one of which nothing is "?=?". Pieces of a body are one "[...]" while nothing else comes between; "(3)" in it are
 * bytes that are missing, "(?)" an unknown number of them. What belongs to no stream begins with a letter. */
#ifndef TESTS_UNIT_HTTP2_RECORD_H
#define TESTS_UNIT_HTTP2_RECORD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/http/http2.h"

enum { RECORD_BYTES = 1 << 15, RECORD_THINGS = 512, FIELDS_BYTES = 1 << 13 };

struct record_thing {
    struct record *record;
    unsigned id;
    bool over, seen[2], done[2];
    bool final[2]; /* the head that a body may follow was told */
};

struct record {
    char text[RECORD_BYTES];
    size_t size;
    struct record_thing things[RECORD_THINGS];
    unsigned count, gave_up;
    struct record_thing *in_head; /* fields were told, and their head was not */
    enum side head_from;
    char fields[FIELDS_BYTES];
    size_t fields_size;
    size_t body_at; /* where the last body's ']' is, if nothing was said since */
    struct record_thing *body_of;
    enum side body_from;
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

static inline char record_side(enum side from)
{
    return from == CLIENT ? 'C' : 'S';
}

/* Not over, its side not done, and no head between two of its fields. */
static inline struct record_thing *record_touch(void *thing, enum side from, bool field)
{
    struct record_thing *t = thing;
    assert_non_null(t);
    assert_false(t->over);
    assert_false(t->done[from]);
    assert_int_equal(t->record->gave_up, 0);
    if (t->record->in_head)
        assert_true(t->record->in_head == t && t->record->head_from == from && field);
    return t;
}

static inline void *record_open(void *owner, moment time, enum http_version version, uint32_t stream_id)
{
    struct record *r = owner;
    (void)time;
    assert_int_equal(version, HTTP_2);
    assert_true(stream_id % 2 == 1);
    assert_null(r->in_head);
    assert_int_equal(r->gave_up, 0);
    assert_true(r->count < RECORD_THINGS);
    for (unsigned i = 0; i < r->count; i++)
        assert_true(r->things[i].id != stream_id || r->things[i].over); /* again, behind a malformed one */
    struct record_thing *t = &r->things[r->count++];
    *t = (struct record_thing){.record = r, .id = stream_id};
    record_say(r, "%u open\n", t->id);
    return t;
}

static inline void record_field(void *thing, enum side from, const struct field *f)
{
    struct record_thing *t = record_touch(thing, from, true);
    struct record *r = t->record;
    bool named = f->known == KNOWN || f->known == KNOWN_NAME, valued = f->known == KNOWN || f->known == KNOWN_VALUE;
    assert_int_equal(f->id, named ? field_id(f->name) : FIELD_OTHER);
    assert_true(named == (f->stranger == 0));
    assert_true((named || f->name.size == 0) && (valued || f->value.size == 0));
    struct slice unknown = slice_of("?"), name = named ? f->name : unknown, value = valued ? f->value : unknown;
    int size = snprintf(r->fields + r->fields_size, FIELDS_BYTES - r->fields_size, " %.*s=%.*s", (int)name.size,
                        (const char *)name.data, (int)value.size, (const char *)value.data);
    assert_true(size > 0 && (size_t)size < FIELDS_BYTES - r->fields_size);
    r->fields_size += (size_t)size;
    r->in_head = t;
    r->head_from = from;
}

static inline void record_head(void *thing, enum side from, enum head_kind kind, bool whole)
{
    static const char *const kinds[] = {"request", "informational", "final", "trailers"};
    struct record_thing *t = record_touch(thing, from, true);
    struct record *r = t->record;
    assert_true(kind == HEAD_TRAILERS ? t->final[from] : !t->final[from]);
    assert_true(kind == HEAD_TRAILERS || (kind == HEAD_REQUEST) == (from == CLIENT));
    t->final[from] |= kind != HEAD_INFORMATIONAL;
    t->seen[from] = true;
    record_say(r, "%u %c %s%s%.*s\n", t->id, record_side(from), kinds[kind], whole ? "" : " partly",
               (int)r->fields_size, r->fields);
    r->fields_size = 0;
    r->in_head = NULL;
}

static inline void record_body(void *thing, enum side from, struct slice bytes, uint64_t lost)
{
    struct record_thing *t = record_touch(thing, from, false);
    struct record *r = t->record;
    assert_true(t->seen[from]);
    assert_true(t->final[from] || lost == GAP_UNKNOWN);
    if (bytes.size == 0 && lost == 0)
        return;
    if (r->body_at && r->body_of == t && r->body_from == from)
        r->size = r->body_at;
    else
        record_say(r, "%u %c body [", t->id, record_side(from));
    if (lost == GAP_UNKNOWN)
        record_say(r, "(?)");
    else if (lost)
        record_say(r, "(%llu)", (unsigned long long)lost);
    record_say(r, "%.*s", (int)bytes.size, (const char *)bytes.data);
    size_t at = r->size;
    record_say(r, "]\n");
    r->body_at = at;
    r->body_of = t;
    r->body_from = from;
}

static inline void record_done(void *thing, enum side from, enum message_end how)
{
    static const char *const ends[] = {"whole", "cut", "reset", "refused", "switched"};
    struct record_thing *t = record_touch(thing, from, false);
    assert_true(t->seen[from]);
    t->done[from] = true;
    record_say(t->record, "%u %c done %s\n", t->id, record_side(from), ends[how]);
}

/* Of a head between its fields and its end, too; of a side that is done, too. */
static inline void record_mark(void *thing, enum side from, enum http_mark mark)
{
    struct record_thing *t = thing;
    assert_false(t->over);
    record_say(t->record, "%u %c mark %s\n", t->id, record_side(from), http_mark_name(mark));
}

static inline void record_over(void *thing)
{
    struct record_thing *t = thing;
    assert_false(t->over);
    assert_ptr_not_equal(t->record->in_head, t);
    assert_true(t->seen[CLIENT] == t->done[CLIENT] && t->seen[SERVER] == t->done[SERVER]);
    t->over = true;
    record_say(t->record, "%u over\n", t->id);
}

static inline void record_reset(void *thing, enum side from, uint32_t code)
{
    struct record_thing *t = thing;
    assert_false(t->over);
    record_say(t->record, "%u %c reset %u\n", t->id, record_side(from), code);
}

static inline struct stream *record_switched(void *owner, moment time, struct slice protocol, void *thing)
{
    (void)owner, (void)time, (void)protocol, (void)thing;
    fail();
    return NULL;
}

static inline void record_odd(void *owner, moment time, enum side from, enum http_mark mark, uint64_t count)
{
    (void)time;
    record_say(owner, "%c odd %s %llu\n", record_side(from), http_mark_name(mark), (unsigned long long)count);
}

static inline void record_goaway(void *owner, moment time, enum side from, uint32_t code, struct slice debug)
{
    (void)time;
    record_say(owner, "%c goaway %u [%.*s]\n", record_side(from), code, (int)debug.size, (const char *)debug.data);
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
    .reset = record_reset,
    .switched = record_switched,
    .odd = record_odd,
    .goaway = record_goaway,
    .gave_up = record_gave_up,
};

static inline struct record *record_new(void)
{
    struct record *r = calloc(1, sizeof *r);
    assert_non_null(r);
    return r;
}

#endif

/* Drafts under test: what a parser of HTTP/2 would tell of one connection is told by hand, the records are kept. */
#ifndef TESTS_UNIT_DRAFT_RIG_H
#define TESTS_UNIT_DRAFT_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sensor/event/anomaly.h"
#include "sensor/event/auth.h"
#include "sensor/event/exchange.h"
#include "sensor/event/field.h"
#include "sensor/flow/draft.h"

enum { DESK_MOST = 32 };

struct desk {
    struct flow_bench bench;
    struct counters counters;
    struct connection_facts facts;
    struct event_room *told[DESK_MOST];
    size_t count;
};

static inline void desk_take(void *owner, const struct event *e)
{
    struct desk *d = owner;
    assert_true(d->count < DESK_MOST);
    d->told[d->count] = malloc(sizeof *d->told[0]);
    memcpy(d->told[d->count++], e, e->size);
}

static inline void desk_begin(struct desk *d)
{
    static const uint8_t key[32] = "any";
    *d = (struct desk){.bench.memory.limit = 1 << 20};
    d->bench.counters = &d->counters;
    d->bench.sink = (struct event_sink){.take = desk_take, .owner = d};
    d->bench.drafts.wait = TELL_AFTER;
    d->bench.digests = credential_digests_new(key, &d->bench.memory);
    assert_non_null(d->bench.digests);
}

static inline void desk_end(struct desk *d)
{
    while (d->count)
        free(d->told[--d->count]);
    drafts_deinit(&d->bench);
    credential_digests_free(d->bench.digests);
    assert_int_equal(d->bench.memory.used, 0);
}

static inline struct draft *desk_open(struct desk *d, uint32_t stream_id)
{
    struct draft *draft = draft_open(&d->bench, &d->facts, 1, stream_id ? HTTP_2 : HTTP_1_1, stream_id);
    assert_non_null(draft);
    return draft;
}

static inline const struct exchange *desk_exchange(const struct desk *d, size_t i)
{
    assert_true(i < d->count);
    const struct exchange *x = (const struct exchange *)d->told[i];
    assert_int_equal(x->event.type, EVENT_EXCHANGE);
    return x;
}

static inline const struct anomaly *desk_anomaly(const struct desk *d, size_t i)
{
    assert_true(i < d->count);
    const struct anomaly *a = (const struct anomaly *)d->told[i];
    assert_int_equal(a->event.type, EVENT_ANOMALY);
    return a;
}

/** A field of a head; HIDDEN: neither name nor value is known. */
struct desk_field {
    const char *name, *value;
    uint32_t stranger, entry, anew;
    bool indexed, last;
};

#define IS(name_, value_)                                                                                              \
    {                                                                                                                  \
        .name = name_, .value = value_                                                                                 \
    }
#define NAMED(name_)                                                                                                   \
    {                                                                                                                  \
        .name = name_                                                                                                  \
    }
#define VALUE(stranger_, value_)                                                                                       \
    {                                                                                                                  \
        .value = value_, .stranger = stranger_                                                                         \
    }
#define INDEXED(stranger_, value_)                                                                                     \
    {                                                                                                                  \
        .value = value_, .stranger = stranger_, .indexed = true                                                        \
    }
#define HIDDEN                                                                                                         \
    {                                                                                                                  \
        .indexed = true                                                                                                \
    }
#define LAST                                                                                                           \
    {                                                                                                                  \
        .last = true                                                                                                   \
    }

/** @param fields  up to LAST. */
static inline void desk_head(struct draft *draft, enum side from, enum head_kind kind, const struct desk_field *fields)
{
    for (const struct desk_field *f = fields; !f->last; f++) {
        struct slice name = slice_of(f->name ? f->name : ""), value = slice_of(f->value ? f->value : "");
        struct field field = {.id = field_id(name),
                              .known = f->name    ? f->value ? KNOWN : KNOWN_NAME
                                       : f->value ? KNOWN_VALUE
                                                  : KNOWN_NOT,
                              .indexed = f->indexed || f->entry,
                              .entry = f->entry,
                              .anew = f->anew,
                              .stranger = f->name       ? 0
                                          : f->stranger ? f->stranger
                                                        : 1,
                              .name = name,
                              .value = value};
        draft_field(draft, from, &field);
    }
    draft_head(draft, from, kind, true);
}

/** Both messages, and their ends. */
#define DESK_FIELDS(...) ((const struct desk_field[]){__VA_ARGS__, LAST})

static inline void desk_close(struct draft *draft)
{
    draft_done(draft, CLIENT, MESSAGE_WHOLE);
    draft_done(draft, SERVER, MESSAGE_WHOLE);
    draft_over(draft);
}

#endif

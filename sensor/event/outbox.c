#include "sensor/event/outbox.h"

#include "proto/base/memory.h"

enum { BYTES = 4 * EVENT_MAX };

struct outbox {
    struct event_sink to;
    moment reached; /* by the clock, and not told yet; with `moved` */
    bool moved;
    unsigned count;
    size_t used;
    _Alignas(8) uint8_t bytes[BYTES]; /* records, each begins at a multiple of eight */
};

struct outbox *outbox_new(struct event_sink to)
{
    struct memory memory = {.limit = sizeof(struct outbox)};
    struct outbox *o = memory_resize(&memory, NULL, 0, sizeof *o);
    if (o)
        o->to = to;
    return o;
}

void outbox_free(struct outbox *o)
{
    struct memory memory = {.used = sizeof *o};
    if (o)
        memory_resize(&memory, o, sizeof *o, 0);
}

static size_t place_of(const struct event *e)
{
    return (e->size + 7U) / 8 * 8;
}

void outbox_empty(struct outbox *o)
{
    for (size_t at = 0; at < o->used;) {
        const struct event *e = (const void *)(o->bytes + at);
        o->to.take(o->to.owner, e);
        at += place_of(e);
    }
    o->used = 0;
    o->count = 0;
    if (o->moved)
        o->to.reached(o->to.owner, o->reached);
    o->moved = false;
}

static void take(void *owner, const struct event *e)
{
    struct outbox *o = owner;
    memcpy(o->bytes + o->used, e, e->size);
    o->used += place_of(e);
    if (++o->count == OUTBOX_RECORDS || o->used > BYTES - EVENT_MAX)
        outbox_empty(o);
}

static void reached(void *owner, moment clock)
{
    struct outbox *o = owner;
    o->reached = clock;
    o->moved = true;
    if (!o->count)
        outbox_empty(o);
}

struct event_sink outbox_sink(struct outbox *o)
{
    return (struct event_sink){.take = take, .reached = reached, .owner = o};
}

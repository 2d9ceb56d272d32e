#include "proto/http/streams.h"

enum { ROOM_FIRST = 4, ROOM_IDLE = 16, RESETS_WAIT = 32 };

void streams_init(struct h2_streams *s, bool late, uint32_t limit, struct memory *memory,
                  const struct message_events *events, void *owner)
{
    *s = (struct h2_streams){.limit = limit,
                             .lost_below = late ? UINT32_MAX : 0,
                             .lost = late,
                             .memory = memory,
                             .events = events,
                             .owner = owner};
}

static bool resize(struct h2_streams *s, uint32_t room)
{
    struct h2_exchange *open = memory_resize(s->memory, s->open, s->room * sizeof *s->open, room * sizeof *s->open);
    if (!open && room)
        return false;
    s->open = open;
    s->room = room;
    return true;
}

void streams_deinit(struct h2_streams *s)
{
    resize(s, 0);
}

/* Of the first whose number is not smaller: mostly the last one, or behind it. */
static uint32_t place(const struct h2_streams *s, uint32_t id)
{
    if (s->count && s->open[s->count - 1].id <= id)
        return s->count - (s->open[s->count - 1].id == id);
    uint32_t low = 0, high = s->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (s->open[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct h2_exchange *streams_find(const struct h2_streams *s, uint32_t id)
{
    uint32_t at = place(s, id);
    return at < s->count && s->open[at].id == id && !s->open[at].over ? &s->open[at] : NULL;
}

/* Numbers only go up (RFC 9113, section 5.1.1). */
bool streams_may_begin(const struct h2_streams *s, enum side from, uint32_t id)
{
    if (id % 2 == 0)
        return false;
    if (from == CLIENT)
        return id > s->highest;
    uint32_t at = place(s, id);
    bool was_told = at < s->count && s->open[at].id == id;
    return id > s->lost_above && id < s->lost_below && !was_told;
}

static void tell_done(struct h2_streams *s, struct h2_exchange *e, enum side from, enum message_end how)
{
    uint8_t *told = &e->told[from];
    if (e->thing && (*told & (TOLD_BEGUN | TOLD_DONE)) == TOLD_BEGUN)
        s->events->done(e->thing, from, how == MESSAGE_WHOLE && *told & TOLD_BROKEN ? MESSAGE_CUT : how);
    *told |= TOLD_DONE;
}

static void end_one(struct h2_streams *s, struct h2_exchange *e, enum message_end how)
{
    tell_done(s, e, CLIENT, how);
    tell_done(s, e, SERVER, how);
    if (e->thing)
        s->events->over(e->thing);
    s->resets -= e->reset;
    e->over = true;
    s->over++;
}

void streams_over(struct h2_streams *s, struct h2_exchange *e, enum message_end how)
{
    end_one(s, e, how);
    if (s->over < s->count || s->room <= ROOM_IDLE)
        return;
    s->count = s->over = 0;
    resize(s, ROOM_IDLE);
}

void streams_reset(struct h2_streams *s, struct h2_exchange *e)
{
    if (e->told[SERVER] & TOLD_BEGUN) {
        streams_over(s, e, MESSAGE_RESET);
        return;
    }
    tell_done(s, e, CLIENT, MESSAGE_RESET);
    s->resets += !e->reset;
    e->reset = true;
    for (uint32_t i = 0; s->resets > RESETS_WAIT && i < s->count; i++) {
        if (s->open[i].reset && !s->open[i].over)
            streams_over(s, &s->open[i], MESSAGE_RESET);
    }
}

void streams_all_over(struct h2_streams *s, enum message_end how)
{
    for (uint32_t i = 0; i < s->count; i++) {
        if (!s->open[i].over)
            end_one(s, &s->open[i], how);
    }
    s->count = s->over = 0;
}

static void take_out(struct h2_streams *s)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        if (!s->open[i].over)
            s->open[kept++] = s->open[i];
    }
    s->count = kept;
    s->over = 0;
}

/* More than the limit are open: the older half is told as over, so that what nobody answers goes as it comes. */
static void end_older(struct h2_streams *s)
{
    take_out(s);
    uint32_t ended = s->count / 2 + 1;
    for (uint32_t i = 0; i < ended && i < s->count; i++) {
        struct h2_exchange *e = &s->open[i];
        if (e->thing && !s->lost)
            s->events->mark(e->thing, CLIENT, MARK_MANY_STREAMS);
        end_one(s, e, MESSAGE_CUT);
    }
    take_out(s);
}

static struct h2_exchange *insert(struct h2_streams *s, uint32_t id)
{
    if (s->count == s->room) {
        if (s->over > s->count / 4)
            take_out(s);
        else if (!resize(s, s->room ? s->room * 2 : ROOM_FIRST))
            return NULL;
    }
    uint32_t at = place(s, id);
    struct h2_exchange *e = &s->open[at];
    if (at < s->count && e->id == id)
        s->over--; /* it was over, and begins again */
    else
        memmove(e + 1, e, (s->count++ - at) * sizeof *e);
    *e = (struct h2_exchange){.id = id};
    return e;
}

struct h2_exchange *streams_open(struct h2_streams *s, enum side from, moment time, uint32_t id)
{
    if (s->count - s->over >= s->limit)
        end_older(s);
    struct h2_exchange *e = insert(s, id);
    if (!e)
        return NULL;
    if (from == CLIENT) {
        s->highest_before = s->highest;
        s->highest = id > s->highest ? id : s->highest;
        if (s->lost_below == UINT32_MAX)
            s->lost_below = id;
    }
    e->thing = s->events->open(s->owner, time, HTTP_2, id);
    return e;
}

void streams_refused(struct h2_streams *s, struct h2_exchange *e)
{
    e->told[CLIENT] |= TOLD_MALFORMED;
    s->highest = s->highest_before;
    if (s->lost_below == e->id)
        s->lost_below = UINT32_MAX;
}

bool streams_carry_on(struct h2_streams *s, void *thing)
{
    struct h2_exchange *e = insert(s, 1);
    if (!e)
        return false;
    e->thing = thing;
    e->told[CLIENT] = TOLD_BEGUN | TOLD_HEAD | TOLD_DONE;
    s->highest = e->id;
    return true;
}

/* An answer that is complete ends the exchange, too, where the end of the request may have been lost, or its beginning
 * was. */
static bool nothing_owed(const struct h2_exchange *e)
{
    uint8_t request = e->told[CLIENT];
    return e->told[SERVER] & TOLD_DONE && (request & (TOLD_DONE | TOLD_BROKEN) || !(request & TOLD_BEGUN));
}

void streams_done(struct h2_streams *s, struct h2_exchange *e, enum side from, enum message_end how)
{
    tell_done(s, e, from, how);
    if (nothing_owed(e))
        streams_over(s, e, how);
}

void streams_lost(struct h2_streams *s, enum side from)
{
    for (uint32_t i = 0; i < s->count; i++) {
        struct h2_exchange *e = &s->open[i];
        if (e->over || (e->told[from] & (TOLD_BEGUN | TOLD_DONE)) != TOLD_BEGUN)
            continue;
        e->told[from] |= TOLD_BROKEN;
        if (e->thing)
            s->events->body(e->thing, from, slice_of(""), GAP_UNKNOWN);
        if (nothing_owed(e))
            end_one(s, e, MESSAGE_CUT);
    }
    s->lost = true;
    if (from == SERVER)
        return;
    s->lost_above = s->highest;
    s->lost_below = UINT32_MAX;
}

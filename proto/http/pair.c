#include "proto/http/pair.h"

enum { FIRST_CAPACITY = 2, PASSED_OVER = 32 };

void pair_init(struct pairing *p, bool from_start, uint32_t limit, struct memory *memory,
               const struct message_events *events, void *owner)
{
    *p = (struct pairing){.events = events, .owner = owner, .memory = memory, .limit = limit ? limit : 1};
    p->lost = p->client_lost = !from_start;
}

void pair_deinit(struct pairing *p)
{
    if (p->open)
        memory_resize(p->memory, p->open - p->left, p->capacity * sizeof *p->open, 0);
    p->open = NULL;
    p->count = p->capacity = p->left = 0;
}

bool pair_may_rest(const struct pairing *p)
{
    return p->recognised && !p->count && !p->alone_open && !p->lost && !p->pipelined;
}

static void tell_done(struct pairing *p, struct h1_exchange *e, enum side from, enum message_end how)
{
    bool *done = from == CLIENT ? &e->request_done : &e->answer_done;
    if (e->thing && !*done)
        p->events->done(e->thing, from, how);
    *done = true;
}

/* Whatever was left open is cut by now. */
static void tell_over(struct pairing *p, struct h1_exchange *e, enum message_end how)
{
    if (!e->request_done && e != &p->alone)
        tell_done(p, e, CLIENT, e->request_read ? MESSAGE_WHOLE : how);
    if (e->answer_begun)
        tell_done(p, e, SERVER, how);
    if (e->thing)
        p->events->over(e->thing);
    e->thing = NULL;
}

/* The first one is only stepped over: there may be many behind it. */
static void remove_first(struct pairing *p)
{
    p->count--;
    p->open++;
    p->left++;
}

static bool nothing_will_come(const struct pairing *p, const struct h1_exchange *e)
{
    return (p->unpaired || p->no_answers) && !e->answered && !e->in_head;
}

/* Tells over what needs to wait no longer, now that less is to be expected. */
static void settle(struct pairing *p)
{
    uint32_t kept = 0;
    if (!p->unpaired && !p->no_answers)
        return;
    for (uint32_t i = 0; i < p->count; i++) {
        struct h1_exchange *e = &p->open[i];
        if (e->request_read && nothing_will_come(p, e))
            tell_over(p, e, MESSAGE_CUT);
        else
            p->open[kept++] = *e;
    }
    p->count = kept;
}

static void end_alone(struct pairing *p, enum message_end how)
{
    if (p->alone_open)
        tell_over(p, &p->alone, how);
    p->alone_open = false;
}

void pair_part(struct pairing *p)
{
    p->unpaired = true;
    settle(p);
}

void pair_no_answers(struct pairing *p)
{
    p->no_answers = true;
    end_alone(p, MESSAGE_CUT);
    settle(p);
}

void pair_over(struct pairing *p, enum message_end how)
{
    end_alone(p, how);
    for (uint32_t i = 0; i < p->count; i++)
        tell_over(p, &p->open[i], how);
    p->count = 0;
}

void pair_unseen_request(struct pairing *p)
{
    p->client_lost = p->client_lost_owed = true;
}

/* Of whichever exchange the server speaks: it is not over in the middle of that. */
static bool in_head(const struct pairing *p)
{
    return p->alone_open ? p->alone.in_head : p->count && p->open[0].in_head;
}

void pair_request_byte(struct pairing *p)
{
    bool owed = p->alone_open || (p->count && !p->open[p->count - 1].answer_done);
    if (!owed || (p->server_lost && !in_head(p)))
        return;
    p->pipelined = true;
    if (p->lost)
        pair_part(p);
}

/* Room is made where half of it or more was left behind, so that what is moved was added since. */
static bool make_room(struct pairing *p)
{
    if (p->left + p->count < p->capacity)
        return true;
    if (p->left) {
        memmove(p->open - p->left, p->open, p->count * sizeof *p->open);
        p->open -= p->left;
        p->left = 0;
    }
    if (p->count <= p->capacity / 2 && p->capacity)
        return true;
    uint32_t capacity = p->capacity ? p->capacity * 2 : FIRST_CAPACITY;
    struct h1_exchange *open =
        memory_resize(p->memory, p->open, p->capacity * sizeof *open, (size_t)capacity * sizeof *open);
    if (!open)
        return false;
    p->open = open;
    p->capacity = capacity;
    return true;
}

/* A request that is not told, for too many are open: its answer is read all the same, and those before it are paired.
 */
static void pass_over(struct pairing *p, moment time)
{
    if (!p->many)
        p->events->odd(p->owner, time, CLIENT, MARK_MANY_STREAMS, p->count + 1);
    p->many = true;
    p->untold++;
}

enum gave_up pair_request(struct pairing *p, moment time, enum http_version version)
{
    if (p->client_lost_owed) {
        pair_part(p);
    } else if (p->server_lost && !p->pipelined && !in_head(p)) {
        pair_over(p, MESSAGE_CUT);
    }
    p->client_lost = p->client_lost_owed = p->server_lost = false;
    if (p->count / PASSED_OVER >= p->limit)
        return GAVE_UP_LIMIT;
    if (!make_room(p))
        return GAVE_UP_MEMORY;
    p->recognised = true;
    struct h1_exchange *e = &p->open[p->count];
    *e = (struct h1_exchange){.thing = NULL};
    if (p->count < p->limit)
        e->thing = p->events->open(p->owner, time, version, 0);
    else
        pass_over(p, time);
    p->count++;
    return GAVE_UP_NOT;
}

bool pair_may_switch(const struct pairing *p)
{
    for (uint32_t i = 0; i < p->count; i++) {
        if (p->open[i].may_switch && !p->open[i].answered)
            return true;
    }
    return false;
}

bool pair_may_be_h2c(const struct pairing *p)
{
    return p->count == 1 && p->open[0].h2c && !p->open[0].answered && !p->alone_open;
}

static void open_alone(struct pairing *p, moment time, enum http_version version)
{
    p->alone = (struct h1_exchange){.thing = NULL};
    p->alone_open = true;
    p->recognised = true;
    if (!p->unpaired)
        p->alone.thing = p->events->open(p->owner, time, version, 0);
}

bool pair_owed(const struct pairing *p)
{
    return p->count && !p->open[0].answer_done && !p->unpaired;
}

/* @return the request that the answer which begins belongs to, or NULL. */
static struct h1_exchange *asked(struct pairing *p)
{
    if (!pair_owed(p))
        return NULL;
    if (!(p->client_lost && p->server_lost))
        return &p->open[0];
    /* Rule 6. Its request may still be going on: it stays, as one that is answered already. */
    if (p->open[0].answer_begun)
        tell_done(p, &p->open[0], SERVER, MESSAGE_CUT);
    p->open[0].answer_done = true;
    if (p->open[0].request_read) {
        tell_over(p, &p->open[0], MESSAGE_CUT);
        remove_first(p);
    }
    return NULL;
}

void pair_answer(struct pairing *p, moment time, enum http_version version, bool final)
{
    struct h1_exchange *e = p->alone_open ? &p->alone : asked(p);
    if (!e) {
        open_alone(p, time, version);
        e = &p->alone;
    }
    e->answer_begun = true;
    e->in_head = !final;
    if (!final)
        return;
    e->answered = true;
    p->client_lost_owed = p->server_lost = false;
    if (p->unpaired && e == &p->alone)
        p->untold++;
}

void pair_informed(struct pairing *p)
{
    struct h1_exchange *e = pair_current(p, SERVER);
    if (!e)
        return;
    e->in_head = false;
    settle(p);
}

static void request_done(struct pairing *p, enum message_end how)
{
    struct h1_exchange *e = pair_current(p, CLIENT);
    if (!e)
        return;
    e->request_read = true;
    bool wait = how == MESSAGE_WHOLE && e->may_switch && !e->answered && !nothing_will_come(p, e);
    if (!wait)
        tell_done(p, e, CLIENT, how);
    if (e->answer_done || nothing_will_come(p, e)) {
        tell_over(p, e, MESSAGE_CUT);
        p->count--; /* it is the last one */
    }
}

static void answer_done(struct pairing *p, enum message_end how)
{
    struct h1_exchange *e = pair_current(p, SERVER);
    if (!e)
        return;
    tell_done(p, e, SERVER, how);
    if (e == &p->alone) {
        end_alone(p, how);
        return;
    }
    if (e->request_read || how == MESSAGE_SWITCHED) {
        tell_done(p, e, CLIENT, how == MESSAGE_SWITCHED ? how : MESSAGE_WHOLE);
        tell_over(p, e, how);
        remove_first(p);
    }
}

void pair_done(struct pairing *p, enum side from, enum message_end how)
{
    if (from == CLIENT)
        request_done(p, how);
    else
        answer_done(p, how);
}

void *pair_hand_over(struct pairing *p)
{
    struct h1_exchange *e = pair_current(p, SERVER);
    if (!e && pair_may_be_h2c(p))
        e = &p->open[0];
    if (!e)
        return NULL;
    if (e != &p->alone)
        tell_done(p, e, CLIENT, MESSAGE_WHOLE); /* it waited for its answer, or was told before */
    void *thing = e->thing;
    e->thing = NULL;
    return thing;
}

void pair_lost(struct pairing *p, enum side from)
{
    p->lost = true;
    if (from == CLIENT) {
        p->client_lost = p->client_lost_owed = true;
    } else {
        p->server_lost = true;
        p->client_lost_owed = false;
        end_alone(p, MESSAGE_CUT);
    }
    if (p->pipelined)
        pair_part(p);
}

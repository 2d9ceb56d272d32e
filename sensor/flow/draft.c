#include "sensor/flow/draft.h"

#include "proto/http/http2_error.h"
#include "sensor/flow/draft_inside.h"

enum {
    ROOM_FIRST = 2048, /* of a record: nearly all fit */
    BODY_KEPT = 1024,  /* of an answer: a Status of the API server has 200 to 600 bytes */
    SPARES = 64
};

_Static_assert((int)CERTIFICATE_UNKNOWN == (int)TLS_CLIENT_UNKNOWN &&
                   (int)CERTIFICATE_ABSENT == (int)TLS_CLIENT_ABSENT &&
                   (int)CERTIFICATE_PRESENTED == (int)TLS_CLIENT_PRESENTED,
               "one question");

static struct draft *spare_or_new(struct flow_bench *b)
{
    struct draft *d = b->spare;
    if (d) {
        b->spare = d->next_spare;
        b->spares--;
        *d = (struct draft){.x = d->x, .room = ROOM_FIRST, .body = d->body};
        return d;
    }
    d = memory_resize(&b->memory, NULL, 0, sizeof *d);
    if (!d)
        return NULL;
    d->x = memory_resize(&b->memory, NULL, 0, ROOM_FIRST);
    d->room = ROOM_FIRST;
    if (!d->x) {
        memory_resize(&b->memory, d, sizeof *d, 0);
        return NULL;
    }
    return d;
}

struct draft *draft_open(struct flow_bench *b, struct connection_facts *facts, moment time, enum http_version version,
                         uint32_t stream_id)
{
    struct draft *d = spare_or_new(b);
    if (!d)
        return NULL;
    d->bench = b;
    d->facts = facts;
    struct exchange *x = d->x;
    *x = (struct exchange){.event.size = sizeof *x, .version = (uint8_t)version, .certificate = CERTIFICATE_ABSENT};
    if (!facts->tls)
        x->signs = UINT32_C(1) << SIGN_PLAINTEXT;
    x->stream_id = stream_id;
    bench_head(facts, &x->event, EVENT_EXCHANGE, time);
    d->gaps = facts->gaps;
    facts->open++;
    facts->opened++;
    age_enter(&b->drafts, &d->age, b->order.clock);
    return d;
}

static void drop_body(struct draft *d)
{
    d->body = memory_resize(&d->bench->memory, d->body, d->body ? BODY_KEPT : 0, 0);
    d->body_size = 0;
}

static void drop_record(struct draft *d)
{
    d->x = memory_resize(&d->bench->memory, d->x, d->room, 0);
    d->room = 0;
}

static void give_back(struct draft *d)
{
    struct flow_bench *b = d->bench;
    if (d->x && d->room == ROOM_FIRST && b->spares < SPARES) {
        d->next_spare = b->spare;
        b->spare = d;
        b->spares++;
        return;
    }
    drop_body(d);
    if (d->x)
        drop_record(d);
    memory_resize(&b->memory, d, sizeof *d, 0);
}

void drafts_deinit(struct flow_bench *b)
{
    while (b->spare) {
        struct draft *d = b->spare;
        b->spare = d->next_spare;
        d->bench = b;
        drop_body(d);
        drop_record(d);
        memory_resize(&b->memory, d, sizeof *d, 0);
    }
    b->spares = 0;
}

static void grow(struct draft *d, size_t wanted)
{
    size_t room = d->room;
    while (room < wanted && room < EVENT_MAX)
        room *= 2;
    struct exchange *x = memory_resize(&d->bench->memory, d->x, d->room, room);
    if (!x)
        return;
    d->x = x;
    d->room = (uint32_t)room;
}

void draft_reserve(struct draft *d, size_t size)
{
    size_t wanted = d->x->event.size + size;
    if (wanted > d->room && d->room < EVENT_MAX)
        grow(d, wanted);
    d->fixed = d->x->event.size + size;
}

/* What there is room for of so many bytes more, once the record has grown. */
static size_t __attribute__((noinline, cold)) room_for(struct draft *d, size_t size)
{
    size_t wanted = d->x->event.size + size;
    if (d->room < EVENT_MAX && wanted > d->fixed)
        grow(d, wanted);
    size_t left = d->room - d->x->event.size;
    return size < left ? size : left;
}

struct text draft_keep(struct draft *d, struct slice wire, size_t most)
{
    size_t size = wire.size < most ? wire.size : most;
    if (size > d->room - d->x->event.size)
        size = room_for(d, size);
    struct event *e = &d->x->event;
    if (size < wire.size)
        e->cut = 1;
    return event_append(e, (struct slice){.data = wire.data, .size = size});
}

/* Told before it is over: what comes later is passed by. */
static void tell_early(struct draft *d)
{
    draft_tell(d);
    drop_record(d);
    drop_body(d);
}

/* What an informational head said is not the answer's. */
static void forget_answer(struct draft *d)
{
    d->code = 0;
    d->body_readable = d->body_broken = d->type_seen = false;
    d->x->audit_id = (struct text){0};
    d->x->signs &= ~(UINT32_C(1) << SIGN_KUBERNETES | UINT32_C(1) << SIGN_ADMITTED | UINT32_C(1) << SIGN_BACKEND);
    draft_forget_hidden_answer(d);
}

void draft_carry_on(void *draft, bool certain)
{
    struct draft *d = draft;
    if (!d->x)
        return;
    forget_answer(d);
    d->x->stream_id = 1;
    d->stream_doubted = !certain;
    d->x->answer = SEEN_NOT;
    d->x->status = 0;
    d->answer_done = d->answer_whole = false;
}

void draft_head(void *draft, enum side from, enum head_kind kind, bool whole)
{
    struct draft *d = draft;
    if (!d->x || kind == HEAD_TRAILERS)
        return;
    if (kind == HEAD_INFORMATIONAL) {
        forget_answer(d);
        return;
    }
    if (from == CLIENT) {
        d->x->request = whole ? SEEN_WHOLE : SEEN_PART;
        age_touch(&d->bench->drafts, &d->age, d->bench->order.clock);
        draft_settle_request(d);
        draft_read_target(d);
        return;
    }
    draft_settle_answer(d);
    draft_keep_certificate(d);
    d->x->status = d->code;
    /* HTTP/2 may hide the code as well. */
    if (d->code || draft_is_http2(d))
        d->x->answer = whole && !d->answer_hidden ? SEEN_WHOLE : SEEN_PART;
    /* an answer that goes on for as long as the client likes */
    bool watch = slice_is(event_text(&d->x->event, d->x->verb), "watch");
    if (d->code / 100 == 2 && whole && watch)
        tell_early(d);
}

void draft_body(void *draft, enum side from, struct slice bytes, uint64_t lost)
{
    struct draft *d = draft;
    if (!d->x)
        return;
    uint64_t *count = from == CLIENT ? &d->x->request_bytes : &d->x->response_bytes;
    *count += bytes.size + (lost == GAP_UNKNOWN ? 0 : lost);
    if (from == CLIENT || d->x->status < 400 || !d->body_readable)
        return;
    d->body_broken |= lost != 0;
    if (d->body_broken || !bytes.size)
        return;
    if (!d->body)
        d->body = memory_resize(&d->bench->memory, NULL, 0, BODY_KEPT);
    size_t left = d->body ? (size_t)(BODY_KEPT - d->body_size) : 0;
    size_t size = bytes.size < left ? bytes.size : left;
    if (size)
        memcpy(d->body + d->body_size, bytes.data, size);
    d->body_size = (uint16_t)(d->body_size + size);
    d->body_broken |= size < bytes.size;
}

void draft_done(void *draft, enum side from, enum message_end how)
{
    struct draft *d = draft;
    if (from == CLIENT) {
        d->request_done = how == MESSAGE_WHOLE || how == MESSAGE_SWITCHED;
        return;
    }
    d->answer_done = true;
    d->answer_whole = how == MESSAGE_WHOLE || how == MESSAGE_SWITCHED;
}

void draft_mark(void *draft, enum side from, enum http_mark mark)
{
    struct draft *d = draft;
    if (!d->x)
        return;
    d->x->marks |= UINT32_C(1) << mark;
    if (mark != MARK_BY_SEARCH)
        bench_anomaly(d->bench, d->facts, anomaly_of(mark), from, d->x->event.time);
}

void draft_reset(void *draft, enum side from, uint32_t code)
{
    struct draft *d = draft;
    /* The stream's end may be among what was lost: then this came behind it, and ended nothing. */
    if (!d->x || d->x->reset_by || d->gaps != d->facts->gaps)
        return;
    d->x->reset_error = http2_error_keep(code);
    d->x->reset_by = from == CLIENT ? RESET_BY_CLIENT : RESET_BY_SERVER;
}

/* Bytes where a request should begin, that are none, and that nobody answered: their mark was told, there is no
 * exchange. In HTTP/2 a head that was lost is one all the same: its stream goes on. */
static bool says_nothing(const struct draft *d)
{
    const struct exchange *x = d->x;
    bool request = draft_is_http2(d) ? x->request != SEEN_NOT : x->request == SEEN_WHOLE;
    return !request && !x->method.size && x->answer == SEEN_NOT;
}

void draft_over(void *draft)
{
    struct draft *d = draft;
    if (d->x && says_nothing(d))
        age_leave(&d->bench->drafts, &d->age);
    else if (d->x)
        draft_tell(d);
    d->facts->open--;
    give_back(d);
}

uint64_t draft_flow_id(const struct age *oldest)
{
    return ((const struct draft *)oldest)->facts->flow_id;
}

void draft_due(struct age *oldest)
{
    struct draft *d = (struct draft *)oldest;
    /* The time is counted from the end of the request's head: who sends it slowly gains nothing. */
    if (d->x->request == SEEN_NOT && d->x->answer == SEEN_NOT)
        age_touch(&d->bench->drafts, &d->age, d->bench->order.clock);
    else
        tell_early(d);
}

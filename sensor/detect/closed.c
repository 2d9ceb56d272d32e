#include "sensor/detect/closed.h"

#include "sensor/event/auth.h"

/* More than any answer to a request without a credential measures, but for lists of paths that are open to everyone. */
enum { LARGE = 1000 };

enum { PROGRAMS = 3, KNOWN = 3 }; /* different ClientHellos behind one address */

static bool add_number(uint32_t *kept, unsigned room, uint32_t number)
{
    unsigned i = 0;
    while (i < room && kept[i] && kept[i] != number)
        i++;
    if (i == room || kept[i] == number)
        return false;
    kept[i] = number;
    return true;
}

/* @return where it is, or a free place; `room`: neither. */
static unsigned find_size(uint16_t *kept, unsigned room, unsigned size)
{
    unsigned i = 0;
    while (i < room && kept[i] && kept[i] != size)
        i++;
    return i;
}

static bool add_size(struct closed *c, unsigned size)
{
    unsigned i = find_size(c->sizes_403, CLOSED_SIZES, size);
    if (i == CLOSED_SIZES || c->sizes_403[i])
        return false;
    c->sizes_403[i] = (uint16_t)size;
    return true;
}

static bool is_401(const struct infer *i, const struct flow_record *f)
{
    return f->shape.answers && infer_answer(i, f, 0) == ANSWER_OF_401;
}

/* A certificate, or what is as large as a token. */
static bool shows_credential(const struct infer *i, const struct flow_record *f)
{
    return f->shape.client == TLS_CLIENT_PRESENTED || infer_is_token(i, &f->shape);
}

bool closed_repeats(const struct closed *c, const struct infer *i, const struct flow_record *f)
{
    if (is_401(i, f))
        return c->seen[SUSPECT_ANSWERS_OF_401] + c->shown_refused > 0;
    return infer_is_goaway(i, f) && c->seen[SUSPECT_EARLY_GOAWAYS] > 0;
}

/* A stranger would have been sent away: a client with a short token that gets small answers is none. */
static bool is_let_in(const struct flow_record *f)
{
    const struct tls_reading *r = &f->shape;
    return f->sends_away && r->inside == TLS_INSIDE_HTTP2 && r->answers && !r->goaway && !r->hole;
}

/* Strangers read. Who writes is told what he wrote: the leader of an election gets small answers all day. */
static bool sent_body(const struct tls_reading *r, unsigned at)
{
    return r->sent_more >> at & 1;
}

static void count_answers(struct closed *c, const struct infer *i, const struct flow_record *f, uint32_t endpoint)
{
    const struct tls_reading *r = &f->shape;
    bool refusable = r->client == TLS_CLIENT_ABSENT && !is_let_in(f);
    for (unsigned at = 0; r->asked && at < r->answers; at++) {
        unsigned size = (unsigned)r->answer[at].head + r->answer[at].body;
        c->large += size > LARGE;
        if (infer_answer(i, f, at) == ANSWER_OF_403 && refusable && !sent_body(r, at))
            c->seen[SUSPECT_ANSWERS_OF_403] += add_size(c, r->inside == TLS_INSIDE_HTTP2 ? r->answer[at].body : size);
    }
    /* A stranger shows nothing: who is refused with a credential in hand has one that ran out, or guesses. */
    bool refused = r->asked && is_401(i, f), shown = shows_credential(i, f);
    c->seen[SUSPECT_ANSWERS_OF_401] += refused && !shown;
    c->shown_refused += refused && shown;
    if (r->asked && refusable && r->answers == 1 && !sent_body(r, 0) && infer_answer(i, f, 0) == ANSWER_OF_403) {
        c->seen[SUSPECT_ONLY_403]++;
        c->seen[SUSPECT_WIDE_403] += add_number(c->endpoints_403, CLOSED_ENDPOINTS, endpoint);
    }
    c->seen[SUSPECT_EARLY_GOAWAYS] += r->asked && infer_is_goaway(i, f);
}

static void count_hello(struct closed *c, const struct infer *i, const struct flow_record *f, uint32_t hello)
{
    moment second = INT64_C(1000) * 1000 * 1000;
    c->unread += !hello;
    if (!hello || f->event.tls.resumed) /* the same program's, which brings its ticket, is another shape */
        return;
    if (!c->hellos_since || f->event.time - c->hellos_since > infer_count(i, COUNT_HELLO_SECONDS) * second) {
        memset(c->hellos, 0, sizeof c->hellos);
        c->hellos_since = f->event.time;
        /* What has shown once within seconds stays shown for the window. */
        if (c->seen[SUSPECT_MANY_HELLOS] < infer_count(i, SUSPECT_MANY_HELLOS))
            c->seen[SUSPECT_MANY_HELLOS] = 0;
    }
    c->seen[SUSPECT_MANY_HELLOS] += add_number(c->hellos, CLOSED_HELLOS, hello);
}

static bool is_address(struct slice name)
{
    bool letters = false, colon = false;
    for (size_t i = 0; i < name.size; i++) {
        colon |= name.data[i] == ':';
        letters |= name.data[i] != '.' && (name.data[i] < '0' || name.data[i] > '9');
    }
    return colon || !letters;
}

/* The head of an answer over HTTP/2 varies by itself; where nothing followed, the capture may have ended first. */
static uint32_t size_of(const struct tls_reading *r)
{
    if (r->answers != 1 || r->cut)
        return 0;
    return r->inside == TLS_INSIDE_HTTP2 || r->answer[0].more ? r->answer[0].body : r->answer[0].head;
}

/* A monitor asks for the same each time; what comes together in one record, and a new version of it, differ a little.
 */
static void count_answer(struct closed *c, unsigned beat, const struct tls_reading *r, uint32_t size)
{
    unsigned at = find_size(c->requests[beat], CLOSED_REQUESTS, r->first_request);
    bool room = at < CLOSED_REQUESTS, asked_before = room && c->requests[beat][at];
    bool other_answer = c->answers[beat] && c->answers[beat] != size;
    c->many |= !room || (other_answer && !asked_before);
    /* A server that starts anew answers the same request otherwise for a while, and then as before. */
    bool returned = other_answer && c->former[beat] == size;
    if (other_answer && !returned)
        beat_break(&c->beats[beat]);
    if (other_answer)
        c->former[beat] = returned ? 0 : c->answers[beat];
    if (room)
        c->requests[beat][at] = r->first_request;
    c->answers[beat] = size;
}

static void count_beat(struct closed *c, const struct infer *infer, const struct flow_record *f,
                       struct closed_place place)
{
    enum { HEALTH = 1 }; /* no hash has this bit clear */
    const struct tls_reading *r = &f->shape;
    unsigned i = 0;
    /* Of a ClientHello that was lost, what is spoken behind it still tells two programs of one monitor apart. */
    uint64_t what = (uint64_t)place.endpoint << 32 | (place.hello ? place.hello : r->inside);
    uint32_t size = size_of(r);
    if (!place.hello && !r->inside)
        return;
    /* A monitor may ask a health check and something else, each by its own clock. */
    if (r->answers && infer_answer(infer, f, 0) == ANSWER_OF_HEALTH)
        what ^= HEALTH;
    while (i < CLOSED_BEATS && c->beats[i].what && c->beats[i].what != what)
        i++;
    c->many |= i == CLOSED_BEATS || r->answers > 1;
    if (i == CLOSED_BEATS)
        return;
    beat_add(&c->beats[i], what, f->event.time);
    if (size)
        count_answer(c, i, r, size);
}

static void count_habits(struct closed *c, const struct flow_record *f, struct closed_place place)
{
    c->seen[SUSPECT_OLD_VERSIONS] += f->tls_old;
    c->seen[SUSPECT_NO_ALPN] += f->tls_no_alpn;
    c->seen[SUSPECT_NO_NAME] += place.hello && is_address(event_text(&f->event, f->event.tls.texts[TLS_TEXT_SNI]));
    bool over = f->reason != FLOW_SHUTDOWN && f->reason != FLOW_EVICTED; /* else it may have asked later */
    c->seen[SUSPECT_ASKS_NOTHING] += f->from_start && !f->shape.requests && !f->shape.cut && !f->distrusts && over;
    c->seen[SUSPECT_MANY_ENDPOINTS] += add_number(c->endpoints, CLOSED_ENDPOINTS, place.endpoint);
}

/* A client that shows a credential somewhere, or is answered as only such a client is, is no stranger by sizes alone,
 * or by a SYN that may be somebody else's. */
static bool counts_alone(enum suspect sign)
{
    return sign != SUSPECT_ANSWERS_OF_403 && sign != SUSPECT_ONLY_403 && sign != SUSPECT_NO_ALPN &&
           sign != SUSPECT_WIDE_403 && sign != SUSPECT_MANY_ENDPOINTS && sign != SUSPECT_ASKS_NOTHING &&
           sign != SUSPECT_SYN_SHAPE;
}

/* How often it did. */
static uint32_t times_known(const struct closed *c)
{
    return c->large + c->certificates + c->tokens;
}

static void weigh(const struct closed *c, const struct infer *i, struct suspicion *s)
{
    uint32_t weight = 0;
    bool known = times_known(c) || c->holes; /* what was lost may have shown one */
    for (unsigned sign = 0; sign < SUSPECTS; sign++) {
        uint32_t needed = infer_count(i, sign);
        if (!needed || c->seen[sign] < needed || (known && !counts_alone((enum suspect)sign)))
            continue;
        s->evidence |= UINT32_C(1) << sign;
        weight += infer_weight(i, (enum suspect)sign);
    }
    s->weight = (uint16_t)(weight < UINT16_MAX ? weight : UINT16_MAX);
    s->distrusts = c->distrusts;
    s->inferred = c->inferred;
    s->refusals = c->refusals;
    s->shown_refused = c->shown_refused;
}

static void begin_window(struct closed *c, moment clock, moment window)
{
    if (c->window && clock - c->window < window)
        return;
    struct closed fresh = {.window = clock, .many = c->many, .known = c->known};
    memcpy(fresh.beats, c->beats, sizeof fresh.beats);
    memcpy(fresh.answers, c->answers, sizeof fresh.answers);
    memcpy(fresh.former, c->former, sizeof fresh.former);
    memcpy(fresh.requests, c->requests, sizeof fresh.requests);
    *c = fresh;
}

void closed_syn(struct closed *c, moment clock, moment window)
{
    begin_window(c, clock, window);
    c->seen[SUSPECT_SYN_SHAPE]++;
}

uint16_t closed_distrust(struct closed *c, moment clock, moment window)
{
    begin_window(c, clock, window);
    if (c->distrusts < UINT16_MAX)
        c->distrusts++;
    return c->distrusts;
}

void closed_add(struct closed *c, const struct infer *i, struct flow_record *f, struct closed_place place,
                moment window)
{
    const struct tls_reading *r = &f->shape;
    begin_window(c, f->event.order.clock, window);
    uint32_t known = times_known(c);
    count_beat(c, i, f, place);
    c->certificates += r->client == TLS_CLIENT_PRESENTED && !is_401(i, f);
    c->tokens += infer_is_token(i, r) && !is_401(i, f);
    c->refusals += r->client == TLS_CLIENT_ABSENT && r->answers &&
                   (infer_answer(i, f, 0) == ANSWER_OF_401 || infer_answer(i, f, 0) == ANSWER_OF_403);
    c->inferred += f->auth_state == AUTH_ANONYMOUS || f->auth_state == AUTH_REJECTED;
    c->holes += r->hole;
    count_answers(c, i, f, place.endpoint);
    if (times_known(c) > known)
        c->known = f->event.order.clock;
    count_hello(c, i, f, place.hello);
    count_habits(c, f, place);
    weigh(c, i, &f->suspicion);
}

bool closed_refutes(const struct closed *c, const struct infer *i, uint32_t signs, moment since)
{
    enum { ENOUGH = 100 }; /* percent */
    uint32_t weight = 0;
    bool doubtful = false;
    for (unsigned sign = 0; sign < SUSPECTS; sign++) {
        bool shown = signs >> sign & 1, alone = counts_alone((enum suspect)sign);
        doubtful |= shown && !alone;
        weight += shown && alone ? infer_weight(i, (enum suspect)sign) : 0;
    }
    return doubtful && weight < ENOUGH && c->known && c->known >= since;
}

bool closed_is_mixed(const struct closed *c)
{
    uint32_t programs = c->seen[SUSPECT_MANY_HELLOS] + c->unread; /* nobody knows that these are of one */
    return times_known(c) >= KNOWN && c->inferred && programs >= PROGRAMS;
}

void closed_failed(struct closed *c, uint32_t endpoint, moment time)
{
    for (unsigned i = 0; i < CLOSED_BEATS; i++)
        c->beats[i].failed |= c->beats[i].what >> 32 == endpoint && time > c->beats[i].latest;
}

bool closed_returns_to(const struct closed *c, uint32_t endpoint)
{
    bool returns = false;
    for (unsigned i = 0; i < CLOSED_BEATS; i++)
        returns |= c->beats[i].what >> 32 == endpoint && beat_regular(&c->beats[i]);
    return returns;
}

bool closed_may_be_steady(const struct closed *c)
{
    bool spoilt = c->many;
    for (unsigned i = 0; i < CLOSED_BEATS; i++)
        spoilt |= beat_spoilt(&c->beats[i]);
    return !spoilt;
}

bool closed_is_steady(const struct closed *c)
{
    bool regular = false;
    for (unsigned i = 0; i < CLOSED_BEATS; i++)
        regular |= beat_regular(&c->beats[i]);
    return regular && closed_may_be_steady(c);
}

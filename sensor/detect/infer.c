#include "sensor/detect/infer.h"

#include "sensor/detect/measure.h"
#include "sensor/event/auth.h"
#include "sensor/event/field.h"

struct infer {
    struct measure sizes[MEASURE_SIZES][MEASURE_RANGES]; /* most 0: none */
    uint32_t counts[INFER_COUNTS], weights[SUSPECTS], sure[MEASURE_SURES];
};

static void read_sizes(struct infer *i, const struct rule_set *rules)
{
    for (const struct rule_entry *entry = rule_set_entries(rules, "tls_sizes"); entry; entry = entry->next) {
        unsigned name = measure_size_find(entry->tool), free_at = 0;
        while (name < MEASURE_SIZES && free_at < MEASURE_RANGES && i->sizes[name][free_at].most)
            free_at++;
        if (name < MEASURE_SIZES && free_at < MEASURE_RANGES)
            measure_read(entry->value, &i->sizes[name][free_at]);
    }
}

static uint32_t number_of(const struct rule_set *rules, const char *list, const char *name)
{
    struct measure measure = {0, 0};
    for (const struct rule_entry *entry = rule_set_entries(rules, list); entry; entry = entry->next) {
        if (strcmp(entry->tool, name) == 0)
            measure_read(entry->value, &measure);
    }
    return measure.least;
}

struct infer *infer_new(const struct rule_set *rules, struct memory *memory)
{
    struct infer *i = memory_resize(memory, NULL, 0, sizeof *i);
    if (!i)
        return NULL;
    read_sizes(i, rules);
    for (unsigned s = 0; s < SUSPECTS; s++) {
        i->weights[s] = number_of(rules, "tls_signs", suspect_name(s));
        i->counts[s] = number_of(rules, "tls_counts", suspect_name(s));
    }
    i->counts[COUNT_HELLO_SECONDS] = number_of(rules, "tls_counts", MEASURE_HELLO_SECONDS);
    for (unsigned s = 0; s < MEASURE_SURES; s++)
        i->sure[s] = number_of(rules, "tls_confidence", measure_sure_name(s));
    return i;
}

void infer_free(struct infer *i, struct memory *memory)
{
    if (i)
        memory_resize(memory, i, sizeof *i, 0);
}

uint32_t infer_count(const struct infer *i, unsigned count)
{
    return i->counts[count];
}

uint32_t infer_weight(const struct infer *i, enum suspect sign)
{
    return i->weights[sign];
}

static bool is_in(const struct infer *i, enum measure_size name, unsigned size)
{
    for (unsigned at = 0; at < MEASURE_RANGES && i->sizes[name][at].most; at++) {
        if (size >= i->sizes[name][at].least && size <= i->sizes[name][at].most)
            return true;
    }
    return false;
}

/* Whether what is behind the head is as large as the body of a 401 that was read of this endpoint. */
static bool is_read_401(const struct infer *i, const struct flow_record *f, struct tls_answer a, bool http2)
{
    enum { FRAME = 9 }; /* RFC 9113, 4.1: the header of the DATA */
    for (unsigned at = 0; at < FLOW_REFUSALS && f->refusals[at]; at++) {
        unsigned body = f->refusals[at];
        if (http2 ? a.body == FRAME + body : a.head > body && is_in(i, SIZE_HTTP1_401_HEAD, a.head - body))
            return true;
    }
    return false;
}

static bool is_http2_401(const struct infer *i, const struct flow_record *f, struct tls_answer a)
{
    return is_in(i, SIZE_HTTP2_401_HEAD, a.head) &&
           (is_in(i, SIZE_HTTP2_401_BODY, a.body) || is_read_401(i, f, a, true));
}

/* Before the request's body was read: what came of it is acknowledged in the record of the answer's head, and the
 * stream reset in the one of its body, which ends it. RFC 9113, 6.4, 6.5.3, 6.9 and 8.1. The body may come behind the
 * answer; then only the GOAWAY tells it from other answers of such sizes. */
static bool is_early_401(const struct infer *i, const struct flow_record *f, struct tls_answer a)
{
    enum { ACKNOWLEDGED = 9, WINDOW_UPDATE = 13, RESET = 13 };
    static const uint16_t before[] = {0, ACKNOWLEDGED, WINDOW_UPDATE, ACKNOWLEDGED + WINDOW_UPDATE};
    for (size_t at = 0; at < sizeof before / sizeof *before; at++) {
        struct tls_answer b = {(uint16_t)(a.head - before[at]), a.body, a.more};
        struct tls_answer reset = {b.head, (uint16_t)(a.body - RESET), a.more};
        if (a.head > before[at] && (is_http2_401(i, f, b) || (a.body > RESET && is_http2_401(i, f, reset))))
            return true;
    }
    return false;
}

/* Of several requests at once that are all refused only the first head is whole, the others are what HPACK leaves of
 * it: an index each, and an Audit-Id. One may stand in the first one's record. Their bodies are of one size. */
static bool is_several_401s(const struct infer *i, const struct tls_reading *r)
{
    enum { GOAWAY = 17 }; /* RFC 9113, 6.8: that, and what is smaller, is the connection's own */
    const struct measure later = i->sizes[SIZE_HTTP2_401_LATER_HEAD][0];
    const struct tls_answer *a = &r->answer[0];
    bool head = is_in(i, SIZE_HTTP2_401_HEAD, a->head), two = false;
    for (unsigned size = later.least; later.most && !head && !two && size <= later.most && size < a->head; size++)
        two = is_in(i, SIZE_HTTP2_401_HEAD, a->head - size);
    unsigned body = 0, fits = 0, count = a->more < TLS_SHAPE_BEHIND ? a->more : TLS_SHAPE_BEHIND;
    for (unsigned at = 0; at < count; at++) {
        unsigned size = r->behind[at], more = size > body ? size - body : 0;
        if (!body && is_in(i, SIZE_HTTP2_401_BODY, size))
            body = size;
        fits += size <= GOAWAY || size == body || is_in(i, SIZE_HTTP2_401_LATER_HEAD, size) ||
                is_in(i, SIZE_HTTP2_401_LATER_HEAD, more);
    }
    return (head || two) && body && fits == count;
}

enum infer_answer infer_answer(const struct infer *i, const struct flow_record *f, unsigned at)
{
    const struct tls_reading *r = &f->shape;
    struct tls_answer a = r->answer[at];
    bool http2 = r->inside == TLS_INSIDE_HTTP2;
    /* To HEAD there is no body; of answers to who is sent away none but a 401 has so small a head. */
    if (http2 && !a.more && r->early_goaway && is_in(i, SIZE_HTTP2_401_HEAD, a.head))
        return ANSWER_OF_401;
    if (http2 && at == 0 && a.more > 1 && r->early_goaway && is_several_401s(i, r))
        return ANSWER_OF_401;
    if (a.more != http2)
        return ANSWER_OTHER;
    if (!http2) {
        bool refused = is_in(i, SIZE_HTTP1_401, a.head) || is_read_401(i, f, a, http2);
        return refused                               ? ANSWER_OF_401
               : is_in(i, SIZE_HTTP1_HEALTH, a.head) ? ANSWER_OF_HEALTH
               : is_in(i, SIZE_HTTP1_403, a.head)    ? ANSWER_OF_403
                                                     : ANSWER_OTHER;
    }
    if (at == 0 && is_http2_401(i, f, a))
        return ANSWER_OF_401;
    if (is_in(i, at ? SIZE_HTTP2_HEALTH_LATER_HEAD : SIZE_HTTP2_HEALTH_HEAD, a.head) &&
        is_in(i, SIZE_HTTP2_HEALTH_BODY, a.body))
        return ANSWER_OF_HEALTH;
    if (is_in(i, at ? SIZE_HTTP2_403_LATER_HEAD : SIZE_HTTP2_403_HEAD, a.head) && is_in(i, SIZE_HTTP2_403_BODY, a.body))
        return ANSWER_OF_403;
    if (at == 0 && (r->sent_more & 1 || r->goaway) && is_early_401(i, f, a))
        return ANSWER_OF_401;
    return ANSWER_OTHER;
}

bool infer_is_token(const struct infer *i, const struct tls_reading *r)
{
    return is_in(i, r->inside == TLS_INSIDE_HTTP2 ? SIZE_HTTP2_TOKEN : SIZE_TOKEN, r->first_request);
}

bool infer_is_goaway(const struct infer *i, const struct flow_record *f)
{
    const struct tls_reading *r = &f->shape;
    return r->early_goaway && r->client == TLS_CLIENT_ABSENT && r->answers &&
           infer_answer(i, f, 0) != ANSWER_OF_HEALTH && !infer_is_token(i, r);
}

bool infer_is_for_strangers(const struct infer *i, const struct flow_record *f)
{
    const struct tls_reading *r = &f->shape;
    enum infer_answer first = r->answers ? infer_answer(i, f, 0) : ANSWER_OTHER;
    return r->inside == TLS_INSIDE_HTTP2 && !r->hole && r->client == TLS_CLIENT_ABSENT && !infer_is_token(i, r) &&
           (first == ANSWER_OF_401 || first == ANSWER_OF_HEALTH);
}

/* Who is answered 401 is answered so whatever else he asks for. Over HTTP/2 heads that come later are shorter. */
static bool refuses_all(const struct infer *i, const struct flow_record *f)
{
    const struct tls_reading *r = &f->shape;
    bool http2 = r->inside == TLS_INSIDE_HTTP2, all = r->answers && infer_answer(i, f, 0) == ANSWER_OF_401;
    for (unsigned at = 1; all && at < r->answers; at++)
        all = http2 ? r->answer[at].body == r->answer[0].body : infer_answer(i, f, at) == ANSWER_OF_401;
    return all;
}

/* The sizes of a 403 are a band, and so wide that any service that may be shown a certificate answers into it. */
bool infer_is_api_server(const struct infer *i, const struct flow_record *f)
{
    return f->shape.asked && (refuses_all(i, f) || f->shape.early_goaway);
}

static void conclude(struct flow_record *f, enum auth_state state, enum auth_outcome outcome, uint32_t confidence)
{
    f->auth_state = (uint8_t)state;
    f->auth_outcome = (uint8_t)outcome;
    f->auth_confidence = (uint8_t)(confidence < 100 ? confidence : 100);
}

static uint32_t bit(enum auth_evidence e)
{
    return UINT32_C(1) << e;
}

static uint32_t evidence_of(const struct infer *i, const struct flow_record *f)
{
    const struct tls_reading *r = &f->shape;
    static const enum auth_evidence sizes[] = {[ANSWER_OF_401] = EVIDENCE_SIZE_OF_401,
                                               [ANSWER_OF_403] = EVIDENCE_SIZE_OF_403,
                                               [ANSWER_OF_HEALTH] = EVIDENCE_SIZE_OF_HEALTH};
    uint32_t evidence = 0;
    if (r->client == TLS_CLIENT_ABSENT)
        evidence |= bit(EVIDENCE_NO_CERTIFICATE);
    if (r->client == TLS_CLIENT_PRESENTED)
        evidence |= bit(EVIDENCE_CERTIFICATE);
    if (r->early_goaway)
        evidence |= bit(EVIDENCE_EARLY_GOAWAY);
    if (infer_is_token(i, r))
        evidence |= bit(EVIDENCE_SIZE_OF_TOKEN);
    for (unsigned at = 0; at < r->answers; at++) {
        enum infer_answer a = infer_answer(i, f, at);
        evidence |= a ? bit(sizes[a]) : 0;
    }
    return evidence;
}

/* The first answer decides: what comes behind a hole, or behind many records, does not matter to it. */
void infer_pass(const struct infer *i, struct flow_record *f, bool repeated)
{
    const struct tls_reading *r = &f->shape;
    enum infer_answer first = r->answers ? infer_answer(i, f, 0) : ANSWER_OTHER;
    f->auth_state = AUTH_UNKNOWN;
    f->auth_outcome = OUTCOME_UNSEEN;
    f->auth_basis = BASIS_INFERRED;
    f->auth_evidence = evidence_of(i, f);
    if (r->cut && !r->answers)
        f->auth_evidence |= bit(EVIDENCE_HOLE);
    /* Whom a session of TLS 1.2 was resumed with is not asked for a certificate anew. */
    if (first == ANSWER_OF_401 && (r->asked || r->early_goaway)) {
        conclude(f, AUTH_REJECTED, OUTCOME_REFUSED, i->sure[repeated || r->early_goaway ? SURE_401S : SURE_401]);
    } else if (infer_is_goaway(i, f)) {
        conclude(f, AUTH_ANONYMOUS, first == ANSWER_OF_403 ? OUTCOME_FORBIDDEN : OUTCOME_UNSEEN,
                 i->sure[repeated ? SURE_GOAWAYS : SURE_GOAWAY]);
    }
    if (f->auth_state != AUTH_UNKNOWN && repeated)
        f->auth_evidence |= bit(EVIDENCE_REPEATED);
    if (f->auth_state == AUTH_UNKNOWN) {
        event_set_unknown(&f->event, EVENT_AUTH_STATE);
        event_set_unknown(&f->event, EVENT_AUTH_OUTCOME);
        f->auth_confidence = 0;
    }
}

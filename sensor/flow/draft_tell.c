#include "proto/kube/request.h"
#include "proto/kube/status.h"
#include "sensor/event/field.h"
#include "sensor/flow/draft_inside.h"
#include "sensor/flow/secured_record.h"

/* What stands in the target as it was sent is not kept twice. */
static struct text keep_part(struct draft *d, struct slice part)
{
    const struct event *e = &d->x->event;
    const uint8_t *target = event_text(e, d->x->target).data;
    if (part.size && part.size <= SHORT_KEPT && part.data >= target && part.data < target + d->x->target.size)
        return (struct text){.at = (uint16_t)(part.data - (const uint8_t *)e), .size = (uint16_t)part.size};
    return draft_keep(d, part, SHORT_KEPT);
}

/* What an empty part of `info` may be in what was not kept of a long target. */
static void mark_cut(struct event *e, const struct request_info *info)
{
    const struct {
        enum event_field_id field;
        enum request_open from;
        bool known;
    } parts[] = {{EVENT_KUBE_VERB, REQUEST_OPEN_OPTIONS, info->verb.size},
                 {EVENT_KUBE_NAME, REQUEST_OPEN_OPTIONS, info->name.size},
                 {EVENT_KUBE_API_GROUP, REQUEST_OPEN_PATH, info->version.size},
                 {EVENT_KUBE_API_VERSION, REQUEST_OPEN_PATH, info->version.size},
                 {EVENT_KUBE_RESOURCE, REQUEST_OPEN_PATH, info->resource.size},
                 {EVENT_KUBE_SUBRESOURCE, REQUEST_OPEN_PATH, info->subresource.size},
                 {EVENT_KUBE_NAMESPACE, REQUEST_OPEN_PATH, info->name_space.size},
                 {EVENT_KUBE_PATH_KIND, REQUEST_OPEN_PATH, info->kind != PATH_NON_RESOURCE}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (info->cut >= parts[i].from && !parts[i].known)
            event_set_unknown(e, parts[i].field);
    }
}

/* Without escapes it is a part of the target, which the record has; with them it lies outside, and the record may move
 * for it. */
static struct text keep_path_read(struct draft *d, struct slice path)
{
    enum { DECODED_KEPT = 1024 };
    struct slice target = event_text(&d->x->event, d->x->target);
    size_t at = (size_t)((uintptr_t)path.data - (uintptr_t)target.data);
    if (path.size && at < target.size)
        return (struct text){.at = (uint16_t)(d->x->target.at + at), .size = (uint16_t)path.size};
    return draft_keep(d, slice_part(path, 0, DECODED_KEPT), DECODED_KEPT);
}

void draft_read_target(struct draft *d)
{
    enum { VERB_MOST = 32 };
    struct flow_bench *b = d->bench;
    if (!d->x->method.size || !d->x->target.size)
        return;
    /* The parts are slices of the record itself, which must not move while they are kept. */
    draft_reserve(d, 2 * (size_t)d->x->target.size + d->x->method.size + VERB_MOST);
    struct exchange *x = d->x;
    struct request_info info;
    request_info_read(&info, event_text(&x->event, x->method), event_text(&x->event, x->target), d->target_cut,
                      b->scratch, sizeof b->scratch);
    x->path_kind = (uint8_t)info.kind;
    if (info.proxied)
        draft_sign(d, SIGN_PROXIED);
    if (info.node)
        draft_sign(d, SIGN_NODE);
    if (info.added)
        draft_sign(d, SIGN_ADDED);
    if (info.open)
        draft_sign(d, SIGN_OPEN_PATH);
    if (info.opened)
        draft_sign(d, SIGN_OPENED_PATH);
    if (info.probe)
        draft_sign(d, SIGN_PROBE);
    if (info.timeout_bad)
        draft_sign(d, SIGN_TIMEOUT_BAD);
    x->verb = draft_keep(d, info.verb, SHORT_KEPT);
    x->group = keep_part(d, info.group);
    x->api_version = keep_part(d, info.version);
    x->resource = keep_part(d, info.resource);
    x->subresource = keep_part(d, info.subresource);
    x->name_space = keep_part(d, info.name_space);
    x->name = keep_part(d, info.name);
    mark_cut(&x->event, &info);
    struct text path = keep_path_read(d, info.path);
    d->x->path = path;
}

static void keep_status(struct draft *d)
{
    struct slice body = {.data = d->body, .size = d->body_size};
    const struct status *status = refusals_of(&d->bench->refusals, &d->bench->secret, body);
    d->body_broken |= status->unread;
    d->x->event.cut |= status->cut;
    if (status->is_status) {
        draft_sign(d, SIGN_STATUS);
        if (!exchange_has(d->x, SIGN_PROXIED))
            draft_sign(d, SIGN_KUBERNETES);
    }
    if (status->own_401)
        draft_sign(d, SIGN_OWN_401);
    if (status->other_401)
        draft_sign(d, SIGN_OTHER_401);
    if (status->impersonation_refused)
        draft_sign(d, SIGN_IMPERSONATION_REFUSED);
    struct text reason =
        draft_keep(d, (struct slice){(const uint8_t *)status->reason, status->reason_size}, SHORT_KEPT);
    d->x->reason = reason;
    struct text user = draft_keep(d, (struct slice){(const uint8_t *)status->user, status->user_size}, SHORT_KEPT);
    d->x->status_user = user;
}

struct told_text {
    enum event_field_id field;
    uint16_t size;
};

static void mark_missing(struct event *e, const struct told_text *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!texts[i].size)
            event_set_unknown(e, texts[i].field);
    }
}

/* What pseudo-headers say, or a start line. */
static void mark_target_unknown(struct draft *d)
{
    struct exchange *x = d->x;
    struct event *e = &x->event;
    const struct told_text texts[] = {
        {EVENT_HTTP_METHOD, x->method.size}, {EVENT_HTTP_URL, x->target.size}, {EVENT_HTTP_HOSTNAME, x->host.size}};
    mark_missing(e, texts, sizeof texts / sizeof *texts);
    bool may_connect = !x->method.size || slice_is(event_text(e, x->method), "CONNECT");
    if (draft_is_http2(d) && may_connect && !x->connect_protocol.size)
        event_set_unknown(e, EVENT_HTTP2_PROTOCOL);
    if (x->target.size && x->method.size)
        return;
    static const enum event_field_id of_target[] = {EVENT_KUBE_VERB,     EVENT_KUBE_API_GROUP,   EVENT_KUBE_API_VERSION,
                                                    EVENT_KUBE_RESOURCE, EVENT_KUBE_SUBRESOURCE, EVENT_KUBE_NAMESPACE,
                                                    EVENT_KUBE_NAME,     EVENT_KUBE_PATH_KIND,   EVENT_KUBE_PATH};
    for (size_t i = 0; i < sizeof of_target / sizeof *of_target; i++)
        event_set_unknown(e, of_target[i]);
}

/* What no one can know of a request that was not, or not wholly, seen. */
static void mark_request_unknown(struct draft *d)
{
    struct exchange *x = d->x;
    struct event *e = &x->event;
    bool part = x->request != SEEN_WHOLE, hidden = draft_hides(d, HIDDEN_FIELD) || draft_hides(d, HIDDEN_NAME);
    if (part || d->hidden)
        mark_target_unknown(d);
    if (!part && !hidden)
        return;
    const struct told_text texts[] = {{EVENT_HTTP_USER_AGENT, x->agent.size},
                                      {EVENT_KUBE_AGENT, x->agent.size},
                                      {EVENT_FORWARDED_FOR, x->event.forwarded_for.size},
                                      {EVENT_FORWARDED_VIA, x->via.size}};
    mark_missing(e, texts, sizeof texts / sizeof *texts);
    /* Beside an Authorization that is no credential another one may stand, and before it. */
    if (!x->auth_kind || (exchange_has(x, SIGN_UNKNOWN_FIELD) && !credential_counts(x->auth_kind)))
        event_set_unknown(e, EVENT_AUTH_KIND);
    if (!x->digest && (part || !x->auth_kind))
        event_set_unknown(e, EVENT_AUTH_DIGEST);
    if (!x->jwt_issuer.size && (part || !x->auth_kind))
        event_set_unknown(e, EVENT_AUTH_ISSUER);
}

static void mark_answer_unknown(struct draft *d)
{
    struct exchange *x = d->x;
    struct event *e = &x->event;
    bool part = x->answer != SEEN_WHOLE;
    bool could_be_status = !x->status || (x->status >= 400 && (part || d->body_readable));
    bool unread = !x->status || !d->answer_whole || d->body_broken || (part && !exchange_has(x, SIGN_STATUS));
    if (!x->status)
        event_set_unknown(e, EVENT_HTTP_STATUS);
    if (part && !x->audit_id.size)
        event_set_unknown(e, EVENT_KUBE_AUDIT_ID);
    if (!d->answer_whole || x->answer == SEEN_NOT)
        event_set_unknown(e, EVENT_HTTP_LENGTH);
    if (could_be_status && unread) {
        if (!x->reason.size)
            event_set_unknown(e, EVENT_KUBE_REASON);
        if (!x->status_user.size)
            event_set_unknown(e, EVENT_KUBE_MESSAGE_USER);
    }
}

/* Over HTTP/2 the request decides what an answer alone is: behind a CONNECT no message follows (RFC 9113, section 8.5),
 * and stream 1 may have been asked for by HTTP/1.1. */
static void mark_kind_unknown(struct draft *d)
{
    struct exchange *x = d->x;
    /* A server may answer HTTP/1.1 as it is without knowing what it was asked in. */
    if (!draft_is_http2(d) && x->request == SEEN_NOT && x->version == HTTP_1_0)
        event_set_unknown(&x->event, EVENT_HTTP_PROTOCOL);
    if (!draft_is_http2(d) || x->request == SEEN_WHOLE)
        return;
    if (!x->method.size)
        event_set_unknown(&x->event, EVENT_HTTP_LENGTH);
    if (x->request == SEEN_NOT && x->stream_id == 1)
        event_set_unknown(&x->event, EVENT_HTTP_PROTOCOL);
}

/* While it goes on, or where its end was lost, it may be reset later, or have been; and a reset may be what was lost.
 */
static void mark_reset_unknown(struct draft *d)
{
    if (!draft_is_http2(d) || d->x->reset_by || (d->x->complete && d->gaps == d->facts->gaps))
        return;
    event_set_unknown(&d->x->event, EVENT_HTTP2_ERROR);
    event_set_unknown(&d->x->event, EVENT_HTTP2_RESET_BY);
}

/* A token in a subprotocol is read where WebSocket is asked for. Servers differ in how they read Connection: all take a
 * first line that lists upgrade, newer ones any line that has the word in it. HTTP/2 has neither field: an extended
 * CONNECT asks. No API server takes one, but fronts do, which ask on over HTTP/1. */
static void settle_websocket(struct draft *d)
{
    bool upgrades = !draft_is_http2(d) && d->upgrade_websocket;
    bool asks = draft_is_http2(d) ? d->connect_websocket : upgrades && d->upgrade_asked;
    if (!asks && !(upgrades && d->upgrade_named))
        return;
    draft_sign(d, asks ? SIGN_WEBSOCKET : SIGN_WEBSOCKET_PERHAPS);
    if (!d->websocket_digest || credential_counts(d->x->auth_kind))
        return;
    d->x->auth_kind = CREDENTIAL_WEBSOCKET;
    d->x->digest = d->websocket_digest;
}

/* That may be a CONNECT, and lead to TLS. */
static const struct tls_facts *facts_of(const struct draft *d)
{
    return exchange_has(d->x, SIGN_PLAINTEXT) ? NULL : d->facts->tls;
}

void draft_keep_certificate(struct draft *d)
{
    const struct tls_facts *f = facts_of(d);
    if (f)
        d->x->certificate = f->client;
}

/* What is known of the TLS that bore it. */
static void keep_tls(struct draft *d)
{
    const struct tls_facts *f = facts_of(d);
    size_t size = 0;
    if (!f)
        return;
    if (d->x->answer == SEEN_NOT)
        draft_keep_certificate(d);
    for (unsigned i = 0; i < TLS_TEXTS; i++)
        size += f->texts[i].size;
    draft_reserve(d, size);
    secured_record_numbers(f, &d->x->event);
    d->x->event.tls.client = d->x->certificate;
    for (unsigned i = 0; i < TLS_TEXTS_BRIEF; i++) {
        struct text kept = draft_keep(d, tls_facts_text(f, (enum tls_text)i), TLS_TEXT_MAX);
        d->x->event.tls.texts[i] = kept;
    }
    if (d->x->certificate != CERTIFICATE_PRESENTED)
        return;
    d->x->certificate_expired = tls_facts_has(f, TLS_SIGN_CLIENT_EXPIRED);
    struct text user = draft_keep(d, tls_facts_text(f, TLS_TEXT_USER), SHORT_KEPT);
    d->x->certificate_user = user;
    struct text groups = draft_keep(d, tls_facts_text(f, TLS_TEXT_GROUPS), SHORT_KEPT);
    d->x->certificate_groups = groups;
}

/* The HTTP server answers by itself what it cannot read, or what comes in clear where it speaks TLS: nobody behind it
 * heard of that, and no audit log has it. */
static bool is_unheard(const struct draft *d)
{
    const struct exchange *x = d->x;
    return x->status == 400 && d->answer_whole && !exchange_has(x, SIGN_KUBERNETES) &&
           x->auth_kind == CREDENTIAL_NONE && x->certificate == CERTIFICATE_ABSENT &&
           !exchange_has(x, SIGN_UNKNOWN_FIELD);
}

void draft_tell(struct draft *d)
{
    struct flow_bench *b = d->bench;
    struct counters *c = b->counters;
    age_leave(&b->drafts, &d->age);
    settle_websocket(d);
    if (d->x->agent.size)
        d->x->agent_form = (uint8_t)agents_form(&b->agents, event_text(&d->x->event, d->x->agent));
    if (d->body_size)
        keep_status(d);
    keep_tls(d);
    struct exchange *x = d->x;
    if (x->request == SEEN_NOT && x->method.size)
        x->request = SEEN_PART; /* its head has not ended */
    x->complete = d->request_done && d->answer_done && d->answer_whole;
    mark_request_unknown(d);
    if (d->stream_doubted && x->answer == SEEN_NOT) {
        x->stream_id = 0;
        event_set_unknown(&x->event, EVENT_HTTP2_STREAM_ID);
    }
    mark_answer_unknown(d);
    mark_reset_unknown(d);
    mark_kind_unknown(d);
    c->of[COUNT_EXCHANGES]++;
    c->of[COUNT_UNANSWERED] += x->answer == SEEN_NOT;
    c->of[COUNT_ANSWERS_ALONE] += x->request == SEEN_NOT && x->answer != SEEN_NOT;
    d->facts->exchanges++;
    d->facts->unheard += is_unheard(d);
    bench_tell(b, &x->event);
}

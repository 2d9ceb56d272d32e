#include "sensor/flow/secured.h"

#include "sensor/event/field.h"
#include "sensor/event/handshake.h"
#include "sensor/event/value.h"
#include "sensor/flow/reader.h"

/* records */

static void mark(struct event *e, const enum event_field_id *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        event_set_unknown(e, fields[i]);
}

static bool lacks(const struct tls_facts *f, enum tls_text id)
{
    return f->texts[id].size == 0;
}

static bool is_answered(const struct tls_facts *f)
{
    return tls_facts_has(f, TLS_SIGN_SERVER_HELLO);
}

/* Whether something behind the hellos was not read. */
static bool is_hidden(const struct tls_facts *f)
{
    bool sealed = f->version == TLS_1_3 && !tls_facts_has(f, TLS_SIGN_OPENED);
    return !is_answered(f) || sealed || tls_facts_has(f, TLS_SIGN_LOST);
}

static bool lacks_certificate(const struct tls_facts *f)
{
    return (is_hidden(f) || f->resumed) && lacks(f, TLS_TEXT_SUBJECT);
}

static bool lacks_identity(const struct tls_facts *f)
{
    return f->client != TLS_CLIENT_ABSENT && lacks(f, TLS_TEXT_CLIENT_FINGERPRINT);
}

/* What nobody can know of a handshake that was not, or not wholly, read. */
static void mark_unknown(const struct tls_facts *f, struct event *e)
{
    static const enum event_field_id of_client[] = {EVENT_TLS_SNI, EVENT_TLS_JA3, EVENT_TLS_JA4};
    static const enum event_field_id of_server[] = {EVENT_TLS_JA3S, EVENT_TLS_RESUMED};
    static const enum event_field_id of_certificate[] = {EVENT_TLS_SUBJECT, EVENT_TLS_ISSUER, EVENT_TLS_FINGERPRINT};
    static const enum event_field_id of_identity[] = {EVENT_TLS_CLIENT_SUBJECT, EVENT_TLS_CLIENT_ISSUER,
                                                      EVENT_TLS_CLIENT_FINGERPRINT};
    if (!tls_facts_has(f, TLS_SIGN_CLIENT_HELLO))
        mark(e, of_client, sizeof of_client / sizeof *of_client);
    if (!is_answered(f))
        mark(e, of_server, sizeof of_server / sizeof *of_server);
    if (!f->version)
        event_set_unknown(e, EVENT_TLS_VERSION);
    if (f->version != TLS_1_3 && !tls_facts_has(f, TLS_SIGN_CLIENT_HELLO))
        event_set_unknown(e, EVENT_TLS_RESUMED); /* what was offered was in the ClientHello */
    if (is_hidden(f) && lacks(f, TLS_TEXT_ALPN))
        event_set_unknown(e, EVENT_TLS_ALPN);
    if (lacks_certificate(f))
        mark(e, of_certificate, sizeof of_certificate / sizeof *of_certificate);
    if (f->client == TLS_CLIENT_UNKNOWN)
        event_set_unknown(e, EVENT_TLS_CLIENT_CERTIFICATE);
    if (lacks_identity(f))
        mark(e, of_identity, sizeof of_identity / sizeof *of_identity);
}

/* The same of what the handshake alone tells. */
static void mark_details(const struct tls_facts *f, struct event *e)
{
    static const enum event_field_id of_client[] = {EVENT_TLS_JA3_STRING,      EVENT_TLS_OFFERS, EVENT_TLS_OFFERED,
                                                    EVENT_TLS_SESSION_OFFERED, EVENT_TLS_ECH,    EVENT_TLS_EARLY_DATA};
    static const enum event_field_id of_server[] = {EVENT_TLS_JA3S_STRING, EVENT_TLS_CIPHER};
    static const enum event_field_id of_session[] = {EVENT_TLS_RESUMPTION, EVENT_TLS_SESSION_SEEN};
    static const enum event_field_id of_certificate[] = {
        EVENT_TLS_SHA256, EVENT_TLS_SERIAL, EVENT_TLS_NOT_BEFORE,       EVENT_TLS_NOT_AFTER,
        EVENT_TLS_NAMES,  EVENT_TLS_KEY_ID, EVENT_TLS_AUTHORITY_KEY_ID, EVENT_TLS_API_SERVER};
    static const enum event_field_id of_identity[] = {
        EVENT_TLS_CLIENT_SHA256, EVENT_TLS_CLIENT_SERIAL, EVENT_TLS_CLIENT_NOT_BEFORE,       EVENT_TLS_CLIENT_NOT_AFTER,
        EVENT_TLS_CLIENT_NAMES,  EVENT_TLS_CLIENT_KEY_ID, EVENT_TLS_CLIENT_AUTHORITY_KEY_ID, EVENT_TLS_CLIENT_EXPIRED};
    if (!tls_facts_has(f, TLS_SIGN_CLIENT_HELLO))
        mark(e, of_client, sizeof of_client / sizeof *of_client);
    if (!is_answered(f))
        mark(e, of_server, sizeof of_server / sizeof *of_server);
    if ((!is_answered(f) || tls_facts_has(f, TLS_SIGN_LOST)) && !tls_facts_has(f, TLS_SIGN_RETRY))
        event_set_unknown(e, EVENT_TLS_RETRY);
    if (event_is_unknown(e, EVENT_TLS_RESUMED))
        mark(e, of_session, sizeof of_session / sizeof *of_session);
    if (lacks_certificate(f))
        mark(e, of_certificate, sizeof of_certificate / sizeof *of_certificate);
    if (lacks_identity(f))
        mark(e, of_identity, sizeof of_identity / sizeof *of_identity);
    if (is_hidden(f) && !tls_facts_has(f, TLS_SIGN_REQUESTED))
        event_set_unknown(e, EVENT_TLS_CLIENT_REQUESTED);
    if (tls_facts_has(f, TLS_SIGN_EARLY_DATA) && is_hidden(f) && !tls_facts_has(f, TLS_SIGN_EARLY_ACCEPTED))
        event_set_unknown(e, EVENT_TLS_EARLY_ACCEPTED);
}

void secured_numbers(const struct tls_facts *facts, struct event *e)
{
    e->tls.version = facts->version ? tls_version_rank(facts->version) : 0;
    e->tls.client = facts->client;
    e->tls.resumed = facts->resumed != TLS_RESUMED_NOT;
    e->tls.decrypted = tls_facts_has(facts, TLS_SIGN_OPENED);
    memcpy(e->tls.client_random, facts->client_random, sizeof e->tls.client_random);
    mark_unknown(facts, e);
}

void secured_head(const struct tls_facts *facts, struct event *e)
{
    secured_numbers(facts, e);
    for (unsigned i = 0; i < TLS_TEXTS_BRIEF; i++)
        e->tls.texts[i] = event_add_text(e, tls_facts_text(facts, (enum tls_text)i), TLS_TEXT_MAX);
}

struct text secured_alert(const struct tls_facts *facts, enum side from, struct event *e)
{
    char number[VALUE_MAX];
    const struct tls_alert *a = &facts->alert[from];
    const char *name = tls_alert_name(a->description);
    if (!a->level)
        return (struct text){0};
    size_t size = (size_t)(value_number(number, a->description) - number);
    struct slice text = name ? slice_of(name) : (struct slice){(const uint8_t *)number, size};
    return event_add_text(e, text, text.size);
}

static struct text suite_text(uint16_t id, struct event *e)
{
    char number[VALUE_MAX] = "0x";
    const struct tls_suite *suite = tls_suite_find(id);
    size_t size = (size_t)(value_hex(number + 2, id, sizeof id) - number);
    struct slice text = suite ? slice_of(suite->name) : (struct slice){(const uint8_t *)number, size};
    return event_add_text(e, text, text.size);
}

static void tell_handshake(struct connection *c, const struct tls_facts *f)
{
    struct event_room room;
    struct handshake *h = handshake_begin(&room);
    h->offers = f->offers ? tls_version_rank(f->offers) : 0;
    h->resumption = f->resumed;
    h->session_seen = tls_facts_has(f, TLS_SIGN_SESSION_FOUND);
    h->offers_session = tls_facts_has(f, TLS_SIGN_OFFERS_TICKET);
    h->completed = tls_facts_has(f, TLS_SIGN_DONE);
    h->requested = tls_facts_has(f, TLS_SIGN_REQUESTED);
    h->expired = tls_facts_has(f, TLS_SIGN_CLIENT_EXPIRED);
    h->retried = tls_facts_has(f, TLS_SIGN_RETRY);
    h->ech = tls_facts_has(f, TLS_SIGN_ECH);
    h->early_data = tls_facts_has(f, TLS_SIGN_EARLY_DATA);
    h->early_accepted = tls_facts_has(f, TLS_SIGN_EARLY_ACCEPTED);
    h->renegotiated = tls_facts_has(f, TLS_SIGN_RENEGOTIATED);
    h->sslv2 = tls_facts_has(f, TLS_SIGN_SSLV2_HELLO);
    h->broken = tls_facts_has(f, TLS_SIGN_BROKEN_HELLO);
    h->api_server = tls_facts_has(f, TLS_SIGN_API_SERVER);
    bench_head(&c->facts, &h->event, EVENT_HANDSHAKE, c->first);
    secured_head(f, &h->event);
    mark_details(f, &h->event);
    if (f->version)
        h->suite = suite_text(f->suite, &h->event);
    for (unsigned i = TLS_TEXTS_BRIEF; i < TLS_TEXTS; i++)
        h->texts[i] = event_add_text(&h->event, tls_facts_text(f, (enum tls_text)i), TLS_TEXT_MAX);
    for (int side = CLIENT; side <= SERVER; side++)
        h->alert[side] = secured_alert(f, (enum side)side, &h->event);
    c->tls_told = true;
    c->bench->counters->of[COUNT_TLS_HANDSHAKES]++;
    bench_tell(c->bench, &h->event);
    tls_shed(c->tls);
}

/* what TLS tells */

static void on_facts(void *owner, const struct tls_facts *facts)
{
    struct connection *c = owner;
    if (tls_facts_has(facts, TLS_SIGN_DONE) && !c->tls_told)
        tell_handshake(c, facts);
}

static struct stream *on_opened(void *owner)
{
    return reader_inside(owner);
}

static void on_record(void *owner, enum side from, enum tls_content content)
{
    struct connection *c = owner;
    c->bench->counters->of[COUNT_TLS_RECORDS]++;
    if (content == TLS_HANDSHAKE && from == CLIENT)
        c->tls_client_hello = 1;
    else if (content == TLS_HANDSHAKE)
        c->tls_server_hello = 1;
    else if (content == TLS_APPLICATION_DATA)
        c->tls_data = 1;
}

static void on_gave_up(void *owner, moment time, enum gave_up reason)
{
    reader_gave_up(owner, reason, time);
}

bool secured_begin(struct connection *c, bool from_start)
{
    static const struct tls_events events = {
        .facts = on_facts, .opened = on_opened, .record = on_record, .gave_up = on_gave_up};
    c->tls = tls_new(&c->bench->tls, from_start, &c->facts.server, &events, c);
    if (!c->tls)
        return false;
    c->facts.tls = tls_facts_of(c->tls);
    return true;
}

/* Of a connection that was joined late, what is missing was not its handshake. */
static bool has_handshake(const struct connection *c, const struct tls_facts *f)
{
    uint32_t missing = UINT32_C(1) << TLS_SIGN_LOST | UINT32_C(1) << TLS_SIGN_CLOSED;
    return f->signs & ~missing || (f->signs && c->from_start);
}

void secured_tell(struct connection *c)
{
    if (!c->tls)
        return;
    const struct tls_facts *f = tls_facts_of(c->tls);
    uint64_t *of = c->bench->counters->of;
    bool opened = tls_facts_has(f, TLS_SIGN_OPENED);
    if (!c->tls_told && has_handshake(c, f))
        tell_handshake(c, f);
    of[COUNT_TLS]++;
    of[COUNT_TLS_OPENED] += opened;
    of[COUNT_TLS_CLOSED] += !opened;
    of[COUNT_TLS_RESUMED] += f->resumed != TLS_RESUMED_NOT;
    of[COUNT_TLS_SSLV2] += tls_facts_has(f, TLS_SIGN_SSLV2_HELLO);
    of[COUNT_TLS_ALERTS] += f->alert[CLIENT].level == 2 || f->alert[SERVER].level == 2;
}

void secured_end(struct connection *c)
{
    if (!c->tls)
        return;
    c->facts.tls = NULL;
    stream_free(tls_stream(c->tls));
    c->tls = NULL;
}

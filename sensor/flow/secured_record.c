#include "sensor/flow/secured_record.h"

#include "sensor/event/field.h"
#include "sensor/event/handshake.h"
#include "sensor/event/value.h"

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
    bool hidden = is_hidden(f) || f->resumed || tls_facts_has(f, TLS_SIGN_CERTIFICATE_UNREAD);
    return hidden && lacks(f, TLS_TEXT_SUBJECT);
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

void secured_record_numbers(const struct tls_facts *facts, struct event *e)
{
    e->tls.version = facts->version ? tls_version_rank(facts->version) : 0;
    e->tls.client = facts->client;
    e->tls.resumed = facts->resumed != TLS_RESUMED_NOT;
    e->tls.decrypted = tls_facts_has(facts, TLS_SIGN_OPENED);
    memcpy(e->tls.client_random, facts->client_random, sizeof e->tls.client_random);
    mark_unknown(facts, e);
}

void secured_record_head(const struct tls_facts *facts, struct event *e)
{
    secured_record_numbers(facts, e);
    for (unsigned i = 0; i < TLS_TEXTS_BRIEF; i++)
        e->tls.texts[i] = event_add_text(e, tls_facts_text(facts, (enum tls_text)i), TLS_TEXT_MAX);
}

struct text secured_record_alert(const struct tls_facts *facts, enum side from, struct event *e)
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

void secured_record_handshake(struct connection *c, const struct tls_facts *f)
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
    secured_record_head(f, &h->event);
    mark_details(f, &h->event);
    if (f->version)
        h->suite = suite_text(f->suite, &h->event);
    for (unsigned i = TLS_TEXTS_BRIEF; i < TLS_TEXTS; i++)
        h->texts[i] = event_add_text(&h->event, tls_facts_text(f, (enum tls_text)i), TLS_TEXT_MAX);
    for (int side = CLIENT; side <= SERVER; side++)
        h->alert[side] = secured_record_alert(f, (enum side)side, &h->event);
    c->tls_told = true;
    c->bench->counters->of[COUNT_TLS_HANDSHAKES]++;
    bench_tell(c->bench, &h->event);
    tls_shed(c->tls);
}

/* The certificates that both sides present, and what they say of who is there: RFC 8446, 4.4.2 and 4.6.2; RFC
 * 5246, 7.4.2 and 7.4.6; RFC 8879. */
#include "proto/tls/certificate.h"
#include "proto/tls/compressed.h"
#include "proto/tls/tls_inside.h"

static void set_certificate(struct tls *t, enum side of, const struct tls_certificate *c)
{
    static const struct {
        uint8_t from, to[2];
    } rows[] = {
        {TLS_CERTIFICATE_SUBJECT, {TLS_TEXT_CLIENT_SUBJECT, TLS_TEXT_SUBJECT}},
        {TLS_CERTIFICATE_ISSUER, {TLS_TEXT_CLIENT_ISSUER, TLS_TEXT_ISSUER}},
        {TLS_CERTIFICATE_SERIAL, {TLS_TEXT_CLIENT_SERIAL, TLS_TEXT_SERIAL}},
        {TLS_CERTIFICATE_NOT_BEFORE, {TLS_TEXT_CLIENT_NOT_BEFORE, TLS_TEXT_NOT_BEFORE}},
        {TLS_CERTIFICATE_NOT_AFTER, {TLS_TEXT_CLIENT_NOT_AFTER, TLS_TEXT_NOT_AFTER}},
        {TLS_CERTIFICATE_FINGERPRINT, {TLS_TEXT_CLIENT_FINGERPRINT, TLS_TEXT_FINGERPRINT}},
        {TLS_CERTIFICATE_SHA256, {TLS_TEXT_CLIENT_SHA256, TLS_TEXT_SHA256}},
        {TLS_CERTIFICATE_NAMES, {TLS_TEXT_CLIENT_NAMES, TLS_TEXT_NAMES}},
        {TLS_CERTIFICATE_KEY_ID, {TLS_TEXT_CLIENT_KEY_ID, TLS_TEXT_KEY_ID}},
        {TLS_CERTIFICATE_AUTHORITY_KEY_ID, {TLS_TEXT_CLIENT_AUTHORITY_KEY_ID, TLS_TEXT_AUTHORITY_KEY_ID}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        tls_say(t, (enum tls_text)rows[i].to[of], tls_certificate_get(c, (enum tls_certificate_text)rows[i].from));
    if (of == SERVER) {
        if (c->api_server)
            tls_note(t, TLS_SIGN_API_SERVER);
        return;
    }
    tls_say(t, TLS_TEXT_USER, tls_certificate_get(c, TLS_CERTIFICATE_USER));
    tls_say(t, TLS_TEXT_GROUPS, tls_certificate_get(c, TLS_CERTIFICATE_GROUPS));
}

/* Behind the handshake, who declines is as before. */
static void settle_client(struct tls *t, enum tls_client client)
{
    struct tls_dialogue *d = &t->dialogue;
    bool after = t->epochs.version == TLS_1_3 && t->epochs.side[CLIENT].epoch == TLS_EPOCH_TRAFFIC;
    if (client != TLS_CLIENT_ABSENT || !after || d->asked_again)
        tls_facts_client(&t->facts, client);
    d->asked_again = false;
    d->settled = t->changed = true;
}

void tls_presented_certificate(struct tls *t, enum side from, moment time, struct slice body)
{
    struct slice der;
    struct tls_certificate c;
    bool read = tls_certificate_first(body, t->epochs.version == TLS_1_3, &der);
    if (from == CLIENT)
        settle_client(t, !read ? TLS_CLIENT_UNKNOWN : der.size ? TLS_CLIENT_PRESENTED : TLS_CLIENT_ABSENT);
    if (!read || !der.size || !tls_certificate_read(der, &c)) {
        if (from == SERVER)
            tls_note(t, TLS_SIGN_CERTIFICATE_UNREAD);
        return;
    }
    set_certificate(t, from, &c);
    if (from == CLIENT && (time < c.not_before || time > c.not_after))
        tls_note(t, TLS_SIGN_CLIENT_EXPIRED);
}

void tls_presented_compressed(struct tls *t, enum side from, moment time, struct slice body)
{
    struct tls_compressed c;
    bool read = tls_compressed_read(body, &c) && c.size <= t->bench->limits.handshake_bytes;
    uint8_t *room = read ? memory_resize(tls_memory(t), NULL, 0, c.size) : NULL;
    if (room && tls_compressed_unpack(&c, room))
        tls_presented_certificate(t, from, time, (struct slice){room, c.size});
    else if (from == SERVER)
        tls_note(t, TLS_SIGN_CERTIFICATE_UNREAD);
    else
        settle_client(t, read ? tls_compressed_client(&c) : TLS_CLIENT_UNKNOWN);
    memory_resize(tls_memory(t), room, room ? c.size : 0, 0);
}

/* RFC 8446, 4.6.2: behind the handshake it is unknown from the question to the reply, which may be lost. */
void tls_presented_request(struct tls *t)
{
    tls_note(t, TLS_SIGN_REQUESTED);
    if (t->epochs.version != TLS_1_3 || t->epochs.side[SERVER].epoch != TLS_EPOCH_TRAFFIC ||
        t->facts.client != TLS_CLIENT_ABSENT)
        return;
    t->dialogue.asked_again = true;
    t->facts.client = TLS_CLIENT_UNKNOWN;
}

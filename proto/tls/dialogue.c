/* The order of a handshake: RFC 8446, 2; RFC 5246, 7.3; RFC 5077, 3.1.
 *
 * Nothing is concluded from a message that is missing, unless all that could bear it was read: `broken` of a side. */
#include <openssl/crypto.h>

#include "proto/tls/fingerprint.h"
#include "proto/tls/tls_inside.h"

static bool is_tls13(const struct tls *t)
{
    return t->epochs.version == TLS_1_3;
}

/* hellos */

static void set_fingerprints(struct tls *t, const struct tls_client_hello *h)
{
    struct tls_ja3 ja3;
    char ja4[TLS_JA4];
    if (tls_ja3_of_client(h, &ja3)) {
        tls_say(t, TLS_TEXT_JA3, (struct slice){(const uint8_t *)ja3.hash, sizeof ja3.hash});
        tls_say(t, TLS_TEXT_JA3_STRING, (struct slice){(const uint8_t *)ja3.string, ja3.size});
    }
    if (tls_ja4_of_client(h, ja4))
        tls_say(t, TLS_TEXT_JA4, (struct slice){(const uint8_t *)ja4, sizeof ja4});
}

static void set_offered(struct tls *t, struct slice protocols)
{
    uint8_t text[TLS_TEXT_MAX];
    size_t used = 0;
    struct reader names = reader_of(protocols);
    while (reader_left(&names)) {
        struct slice name = read_slice(&names, read_u8(&names));
        if (used + name.size + 1 > sizeof text)
            break;
        if (used)
            text[used++] = ',';
        memcpy(text + used, name.data, name.size);
        used += name.size;
    }
    tls_say(t, TLS_TEXT_OFFERED, (struct slice){text, used});
}

static void keep_session_id(struct tls_dialogue *d, enum side side, struct slice id)
{
    memcpy(d->session_id[side], id.data, id.size);
    d->session_id_size[side] = (uint8_t)id.size;
}

static struct slice session_id(const struct tls_dialogue *d, enum side side)
{
    return (struct slice){d->session_id[side], d->session_id_size[side]};
}

static void read_client_hello(struct tls *t, const struct tls_client_hello *h)
{
    struct tls_dialogue *d = &t->dialogue;
    if (h->broken)
        tls_note(t, TLS_SIGN_BROKEN_HELLO);
    if (h->ech)
        tls_note(t, TLS_SIGN_ECH);
    tls_say(t, TLS_TEXT_SNI, h->server_name);
    set_offered(t, h->protocols);
    t->facts.offers = tls_client_hello_offers(h);
    d->ticket = h->ticket.size != 0;
    d->early = TLS_EARLY_NONE;
    if (tls_hello_has(h->has, TLS_EXTENSION_EARLY_DATA) && !d->retried) {
        tls_note(t, TLS_SIGN_EARLY_DATA);
        d->early = TLS_EARLY_OFFERED;
    }
    d->answers_later = tls_hello_has(h->has, TLS_EXTENSION_POST_HANDSHAKE_AUTH);
    keep_session_id(d, CLIENT, h->session_id);
    tls_resumption_look_up(t, h);
}

static void client_hello(struct tls *t, struct slice body)
{
    struct tls_client_hello h;
    struct tls_dialogue *d = &t->dialogue;
    if (!tls_client_hello_read(body, &h)) {
        tls_note(t, TLS_SIGN_BROKEN_HELLO);
        return;
    }
    bool first = !d->hello, second = !first && !d->answered;
    if (second) { /* the HelloRetryRequest may have been lost */
        d->retried = true;
        if (!t->for_a_key)
            tls_waiting_release(&t->waiting, tls_memory(t));
    } else if (first && d->answered && t->epochs.side[CLIENT].epoch != TLS_EPOCH_TRAFFIC) {
        /* It waited for a proof that a record begins there, and its answer was read before it, without what it offers:
         * of this half nothing follows from what is missing. */
        d->hello = true;
    } else {
        tls_resumption_release(d, tls_memory(t));
        *d = (struct tls_dialogue){.hello = true};
        OPENSSL_cleanse(&t->epochs.master, sizeof t->epochs.master);
        t->half[CLIENT].broken = false;
        if (!first)
            tls_note(t, TLS_SIGN_RENEGOTIATED);
    }
    tls_epochs_name(&t->epochs, h.random);
    if (first)
        memcpy(t->facts.client_random, h.random, sizeof t->facts.client_random);
    tls_note(t, TLS_SIGN_CLIENT_HELLO);
    if (first)
        set_fingerprints(t, &h);
    read_client_hello(t, &h);
}

/* There are no keys, and there will be none. */
static void close_both(struct tls *t)
{
    t->half[CLIENT].closed = t->half[SERVER].closed = true;
    tls_note(t, TLS_SIGN_CLOSED);
}

static void begin_tls13(struct tls *t, const struct tls_server_hello *h)
{
    struct tls_dialogue *d = &t->dialogue;
    if (tls_hello_has(h->has, TLS_EXTENSION_PRE_SHARED_KEY))
        tls_resumption_take(t, TLS_RESUMED_PSK, h->identity < TLS_OFFER_OLD ? h->identity : TLS_OFFERS);
    tls_epochs_enter(&t->epochs, SERVER, TLS_EPOCH_HANDSHAKE);
    if (d->early != TLS_EARLY_OFFERED)
        tls_epochs_enter(&t->epochs, CLIENT, TLS_EPOCH_HANDSHAKE);
    if (!t->epochs.named)
        return;
    if (t->bench->limits.waiting_bytes)
        t->for_a_key = !tls_epochs_has_all_keys(&t->epochs, &t->bench->locksmith);
    else if (!tls_epochs_has_keys(&t->epochs, &t->bench->locksmith) && !tls_sealed_unname(t))
        close_both(t);
}

/* With a ticket and no session id only the server's messages tell whether it was taken (RFC 5077, 3.4). */
static bool perhaps_resumed(const struct tls *t)
{
    const struct tls_dialogue *d = &t->dialogue;
    return !is_tls13(t) && d->ticket && !d->session_id_size[CLIENT] && !d->full;
}

static void begin_tls12(struct tls *t, const struct tls_server_hello *h)
{
    struct tls_dialogue *d = &t->dialogue;
    keep_session_id(d, SERVER, h->session_id);
    t->epochs.encrypt_then_mac = tls_hello_has(h->has, TLS_EXTENSION_ENCRYPT_THEN_MAC);
    if (h->session_id.size && slice_same(session_id(d, CLIENT), h->session_id))
        tls_resumption_take(t, d->ticket ? TLS_RESUMED_TICKET : TLS_RESUMED_ID, TLS_OFFER_OLD);
}

/* The ClientHello was lost: these bytes may be from anywhere, so they have to be more than a message. */
static bool stands_alone(const struct tls_server_hello *h)
{
    const struct tls_suite *suite = tls_suite_find(h->suite);
    return suite && !h->broken && !h->retry && tls_suite_fits(suite, h->version);
}

static void server_hello(struct tls *t, struct slice body)
{
    struct tls_server_hello h;
    struct tls_ja3 ja3;
    struct tls_dialogue *d = &t->dialogue;
    if (!tls_server_hello_read(body, &h) || d->answered || (!d->hello && !stands_alone(&h)))
        return;
    if (!d->hello)
        tls_dialogue_lost(t, CLIENT);
    if (h.broken)
        tls_note(t, TLS_SIGN_BROKEN_HELLO);
    if (h.retry) {
        /* The client begins anew, and its early data goes unread: RFC 8446, 4.1.2 and 4.2.10. */
        d->retried = true;
        d->early = TLS_EARLY_NONE;
        tls_note(t, TLS_SIGN_RETRY);
        return;
    }
    d->answered = true;
    t->half[SERVER].broken = false;
    tls_note(t, TLS_SIGN_SERVER_HELLO);
    t->facts.version = h.version;
    t->epochs.version = h.version > TLS_1_2 ? TLS_1_3 : h.version; /* drafts of it too, and what may follow */
    t->facts.suite = h.suite;
    t->facts.group = h.group;
    t->facts.resumed = TLS_RESUMED_NOT;
    t->epochs.suite = tls_suite_find(h.suite);
    memcpy(t->epochs.server_random, h.random, TLS_RANDOM);
    if (tls_ja3_of_server(&h, &ja3)) {
        tls_say(t, TLS_TEXT_JA3S, (struct slice){(const uint8_t *)ja3.hash, sizeof ja3.hash});
        tls_say(t, TLS_TEXT_JA3S_STRING, (struct slice){(const uint8_t *)ja3.string, ja3.size});
    }
    if (h.protocol.size)
        tls_say(t, TLS_TEXT_ALPN, h.protocol);
    if (is_tls13(t))
        begin_tls13(t, &h);
    else
        begin_tls12(t, &h);
    if (!perhaps_resumed(t))
        tls_resumption_release(d, tls_memory(t));
}

static void encrypted_extensions(struct tls *t, moment time, struct slice body)
{
    struct tls_encrypted_extensions e;
    if (!tls_encrypted_extensions_read(body, &e))
        return;
    if (e.protocol.size)
        tls_say(t, TLS_TEXT_ALPN, e.protocol);
    if (t->dialogue.early != TLS_EARLY_OFFERED)
        return;
    if (e.early_data)
        tls_note(t, TLS_SIGN_EARLY_ACCEPTED);
    tls_early_begin(t, time, e.early_data ? TLS_EARLY_ACCEPTED : TLS_EARLY_NONE);
}

/* the end of a handshake */

/* The client's messages are over, and there was no Certificate among them. */
static void settle_client(struct tls *t)
{
    struct tls_dialogue *d = &t->dialogue;
    if (d->settled || t->half[CLIENT].broken || perhaps_resumed(t))
        return;
    tls_facts_client(&t->facts, TLS_CLIENT_ABSENT);
    d->settled = t->changed = true;
}

static void finished(struct tls *t, enum side from, moment time)
{
    struct tls_dialogue *d = &t->dialogue;
    if (!is_tls13(t) ||
        t->epochs.side[from].epoch == TLS_EPOCH_TRAFFIC) /* it may end an authentication behind all that */
        return;
    if (from == SERVER) {
        if (!t->half[SERVER].broken && !tls_facts_has(&t->facts, TLS_SIGN_REQUESTED) && !d->settled) {
            tls_facts_client(&t->facts, TLS_CLIENT_ABSENT);
            d->settled = true;
        }
        tls_early_settle(t, time);
    } else {
        settle_client(t);
        tls_note(t, TLS_SIGN_DONE);
    }
    tls_epochs_enter(&t->epochs, from, TLS_EPOCH_TRAFFIC);
    t->changed = true;
}

/* The server has come to its ChangeCipherSpec, or to the NewSessionTicket before it, without a message of a full
 * handshake: RFC 5077, 3.1, figure 2. */
static void take_ticket(struct tls *t)
{
    const struct tls_dialogue *d = &t->dialogue;
    if (d->answered && perhaps_resumed(t) && !d->settled && !t->half[SERVER].broken)
        tls_resumption_take(t, TLS_RESUMED_TICKET, TLS_OFFER_OLD);
}

static void new_session_ticket(struct tls *t, struct slice body)
{
    take_ticket(t);
    tls_resumption_keep(t, TLS_SESSION_BY_TICKET, tls_ticket_read(body, t->epochs.version));
}

void tls_dialogue_change_cipher(struct tls *t, enum side from)
{
    struct tls_dialogue *d = &t->dialogue;
    if (!d->answered)
        return;
    t->half[from].finished = t->half[from].anew = false;
    if (from == SERVER)
        take_ticket(t);
    if (from == SERVER)
        tls_resumption_release(d, tls_memory(t));
    if (from == CLIENT)
        settle_client(t);
    /* Of a handshake anew something was lost, and with it perhaps a certificate. */
    if (tls_facts_has(&t->facts, TLS_SIGN_DONE) && t->half[CLIENT].broken) {
        tls_facts_client(&t->facts, TLS_CLIENT_UNKNOWN);
        t->changed = true;
    }
    tls_epochs_change_cipher(&t->epochs, &t->bench->locksmith, from);
    if (from == SERVER && t->facts.resumed == TLS_RESUMED_NOT)
        tls_resumption_keep(t, TLS_SESSION_BY_ID, session_id(d, SERVER));
    if (t->epochs.side[CLIENT].epoch == TLS_EPOCH_TRAFFIC && t->epochs.side[SERVER].epoch == TLS_EPOCH_TRAFFIC)
        tls_note(t, TLS_SIGN_DONE);
    if (!t->epochs.named || tls_epochs_master(&t->epochs, &t->bench->locksmith))
        return;
    t->for_a_key = t->bench->limits.waiting_bytes != 0;
    if (!t->for_a_key) {
        t->half[from].closed = true;
        tls_note(t, TLS_SIGN_CLOSED);
    }
}

static void key_update(struct tls *t, enum side from)
{
    if (is_tls13(t) && !tls_epochs_update(&t->epochs, from))
        t->half[from].closed = true;
}

static void of_client(struct tls *t, moment time, const struct tls_message *m)
{
    switch (m->type) {
    case TLS_CLIENT_HELLO: client_hello(t, m->body); break;
    case TLS_CERTIFICATE: tls_presented_certificate(t, CLIENT, time, m->body); break;
    case TLS_COMPRESSED_CERTIFICATE: tls_presented_compressed(t, CLIENT, time, m->body); break;
    case TLS_END_OF_EARLY_DATA: tls_epochs_enter(&t->epochs, CLIENT, TLS_EPOCH_HANDSHAKE); break;
    case TLS_FINISHED: finished(t, CLIENT, time); break;
    case TLS_KEY_UPDATE: key_update(t, CLIENT); break;
    default: break;
    }
}

static void of_server(struct tls *t, moment time, const struct tls_message *m)
{
    switch (m->type) {
    case TLS_SERVER_HELLO: server_hello(t, m->body); break;
    case TLS_ENCRYPTED_EXTENSIONS: encrypted_extensions(t, time, m->body); break;
    case TLS_CERTIFICATE:
        t->dialogue.full = true;
        tls_presented_certificate(t, SERVER, time, m->body);
        break;
    case TLS_COMPRESSED_CERTIFICATE: tls_presented_compressed(t, SERVER, time, m->body); break;
    case TLS_CERTIFICATE_REQUEST: tls_presented_request(t); break;
    case TLS_SERVER_HELLO_DONE: t->dialogue.full = true; break;
    case TLS_NEW_SESSION_TICKET: new_session_ticket(t, m->body); break;
    case TLS_FINISHED: finished(t, SERVER, time); break;
    case TLS_KEY_UPDATE: key_update(t, SERVER); break;
    default: break;
    }
}

/* A Certificate without one in it, which is in clear before TLS 1.3. */
static bool is_empty_certificate(enum side from, const struct tls_message *m)
{
    enum { SIZE = 3 };
    return from == CLIENT && m->type == TLS_CERTIFICATE && m->body.size == SIZE &&
           memcmp(m->body.data, "\0\0", SIZE) == 0;
}

void tls_dialogue_message(struct tls *t, enum side from, moment time, const struct tls_message *m)
{
    /* Joined late, bytes from anywhere may look like a message; a whole hello they are not, and neither are seven bytes
     * that are all given. */
    bool begun = t->dialogue.hello || t->dialogue.answered || is_empty_certificate(from, m);
    if (!begun && m->type != TLS_CLIENT_HELLO && m->type != TLS_SERVER_HELLO)
        return;
    if (from == CLIENT)
        of_client(t, time, m);
    else
        of_server(t, time, m);
}

void tls_dialogue_lost(struct tls *t, enum side from)
{
    tls_handshake_reset(&t->half[from].handshake, tls_memory(t));
    t->half[from].broken = true;
    if (!tls_facts_has(&t->facts, TLS_SIGN_DONE))
        tls_note(t, TLS_SIGN_LOST);
    /* The client may have been asked for a certificate behind the handshake, and have shown one. */
    bool both = t->half[CLIENT].broken && t->half[SERVER].broken;
    if (both && t->dialogue.answers_later && t->facts.client == TLS_CLIENT_ABSENT) {
        t->facts.client = TLS_CLIENT_UNKNOWN;
        t->changed = true;
    }
}

void tls_dialogue_found(struct tls *t)
{
    struct tls_dialogue *d = &t->dialogue;
    if (!d->hello)
        t->half[CLIENT].lost = true;
    if (!d->answered) { /* it would have said what is resumed */
        t->half[SERVER].lost |= !d->hello;
        tls_dialogue_lost(t, CLIENT);
        tls_dialogue_lost(t, SERVER);
    }
    d->answered = true;
    t->facts.version = t->epochs.version;
    t->facts.suite = t->epochs.suite->id;
    tls_epochs_found(&t->epochs);
    tls_resumption_release(d, tls_memory(t));
    t->changed = true;
}

void tls_dialogue_skipped(struct tls *t, enum side from, moment time)
{
    tls_dialogue_lost(t, from);
    if (from == SERVER)
        tls_early_settle(t, time);
    if (from == CLIENT && t->epochs.side[from].epoch == TLS_EPOCH_TRAFFIC)
        tls_note(t, TLS_SIGN_DONE);
}

/* Sessions: what a client offers to resume, and what later handshakes may (RFC 5246, 7.3; RFC 5077; RFC 8446, 2.2). */
#include <openssl/crypto.h>

#include "proto/tls/tls_inside.h"

static struct slice scope(const struct tls *t)
{
    return (struct slice){(const uint8_t *)&t->server, sizeof t->server};
}

void tls_resumption_release(struct tls_dialogue *d, struct memory *memory)
{
    if (d->offers) {
        OPENSSL_cleanse(d->offers, TLS_OFFERS * sizeof *d->offers);
        d->offers = memory_resize(memory, d->offers, TLS_OFFERS * sizeof *d->offers, 0);
    }
}

static bool look_up(struct tls *t, unsigned place, enum tls_resumed by, struct slice name)
{
    struct tls_sessions *sessions = t->bench->sessions;
    enum tls_session_name kind = by == TLS_RESUMED_ID ? TLS_SESSION_BY_ID : TLS_SESSION_BY_TICKET;
    const struct tls_session *found = sessions ? tls_sessions_find(sessions, scope(t), kind, name) : NULL;
    struct tls_dialogue *d = &t->dialogue;
    if (!found)
        return false;
    if (!d->offers)
        d->offers = memory_resize(tls_memory(t), NULL, 0, TLS_OFFERS * sizeof *d->offers);
    if (!d->offers)
        return false;
    struct tls_offer *offer = &d->offers[place];
    *offer = (struct tls_offer){.found = true, .master = found->master};
    memcpy(&offer->kept, found->facts, sizeof offer->kept);
    return true;
}

void tls_resumption_look_up(struct tls *t, const struct tls_client_hello *h)
{
    struct reader identities = reader_of(h->identities);
    struct slice identity;
    bool any = h->ticket.size || h->identities.size;
    tls_resumption_release(&t->dialogue, tls_memory(t));
    for (unsigned i = 0; i < TLS_OFFER_OLD && tls_hello_identity_next(&identities, &identity); i++)
        look_up(t, i, TLS_RESUMED_PSK, identity);
    /* A client of TLS 1.3 sends a session id that is none (RFC 8446, D.4); so does one with a ticket. */
    bool id = !look_up(t, TLS_OFFER_OLD, TLS_RESUMED_TICKET, h->ticket) &&
              look_up(t, TLS_OFFER_OLD, TLS_RESUMED_ID, h->session_id);
    bool old = h->session_id.size && !tls_hello_has(h->has, TLS_EXTENSION_SUPPORTED_VERSIONS);
    if (any || id || old)
        tls_note(t, TLS_SIGN_OFFERS_TICKET);
}

void tls_resumption_take(struct tls *t, enum tls_resumed by, unsigned place)
{
    struct tls_dialogue *d = &t->dialogue;
    const struct tls_offer *offer = d->offers && place < TLS_OFFERS ? &d->offers[place] : NULL;
    t->facts.resumed = (uint8_t)by;
    tls_facts_client(&t->facts, TLS_CLIENT_UNKNOWN);
    d->settled = true;
    if (!offer || !offer->found)
        return;
    tls_note(t, TLS_SIGN_SESSION_FOUND);
    tls_facts_restore(&t->facts, tls_memory(t), &offer->kept);
    if (t->epochs.version != TLS_1_3)
        t->epochs.master = offer->master;
}

void tls_resumption_keep(struct tls *t, enum tls_session_name by, struct slice name)
{
    const struct tls_secret *master =
        t->epochs.version == TLS_1_3 ? NULL : tls_epochs_master(&t->epochs, &t->bench->locksmith);
    struct tls_kept kept;
    if (!t->bench->sessions || !name.size)
        return;
    tls_facts_keep(&t->facts, &kept);
    tls_sessions_put(t->bench->sessions, scope(t), by, name, master, &kept);
}

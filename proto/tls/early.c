/* Early data of TLS 1.3: what becomes of what the client seals before it knows whether the server reads it. RFC
 * 8446, 2.3 and 4.2.10. */
#include "proto/tls/tls_inside.h"

bool tls_early_waits(const struct tls *t, enum side from)
{
    return from == CLIENT && t->dialogue.early == TLS_EARLY_OFFERED;
}

/* Behind a HelloRetryRequest the client seals nothing before the ServerHello but what it sent before it heard of it. */
bool tls_early_goes_unread(const struct tls *t, enum side from)
{
    return from == CLIENT && t->dialogue.retried && !t->dialogue.answered && !t->half[SERVER].broken;
}

void tls_early_lose(struct tls *t, moment time)
{
    t->half[CLIENT].begun = true; /* with what is lost, wherever the next epoch begins */
    tls_plain_gap(t, CLIENT, time, GAP_UNKNOWN);
}

void tls_early_begin(struct tls *t, moment time, enum tls_early early)
{
    struct tls_dialogue *d = &t->dialogue;
    struct tls_epoch_side *client = &t->epochs.side[CLIENT];
    bool opens = early == TLS_EARLY_ACCEPTED && tls_epochs_has_early_key(&t->epochs, &t->bench->locksmith);
    d->early = (uint8_t)early;
    tls_epochs_enter(&t->epochs, CLIENT, opens ? TLS_EPOCH_EARLY : TLS_EPOCH_HANDSHAKE);
    client->passing = !opens;
    if (!d->early_lost || early == TLS_EARLY_NONE)
        return;
    client->unsure = opens;
    tls_early_lose(t, time);
}

void tls_early_settle(struct tls *t, moment time)
{
    if (t->dialogue.early == TLS_EARLY_OFFERED)
        tls_early_begin(t, time, TLS_EARLY_UNKNOWN);
}

#include "proto/tls/trial.h"

#include <openssl/crypto.h>

/* Connections of the log that are tried for one without a ClientHello, where the ServerHello was seen (else
 * `trials` of them), and places in the sequence for each: as many as a few lost packets may hide. Together they bound
 * what a peer can make a record cost: milliseconds. */
enum { LOGGED_MOST = 256, PLACES = 8 };

/* What a secret costs in bytes deciphered, of which a core does about two in a nanosecond; what a byte of TLS pays for;
 * and which part of what there is a search may spend, so that something is left for the next, which may have its key
 * among the first. */
enum { KEY_COST = 16 << 10, PAID_BY_BYTE = 16, PART = 8 };

/* RFC 8446, B.4: by likelihood; nobody speaks the others. */
static const uint16_t suites13[] = {0x1301, 0x1302, 0x1303};

struct trial {
    const struct tls_epochs *epochs;
    const struct tls_locksmith *locksmith;
    enum side from;
    unsigned places;
    const uint8_t *header;
    struct slice sealed;
    uint8_t *out;
    uint64_t cost, most; /* of this search */
    bool broke;
};

static bool pay(struct trial *t)
{
    uint64_t cost = KEY_COST + t->places * (uint64_t)t->sealed.size;
    t->broke = t->cost + cost > t->most;
    if (!t->broke)
        t->cost += cost;
    return !t->broke;
}

static bool opens(const struct trial *t, const struct tls_record_keys *keys)
{
    struct tls_opened opened;
    struct tls_opener *o = tls_opener_new(t->locksmith->ciphers, keys, t->locksmith->memory);
    bool found = false;
    for (uint64_t at = 0; o && !found && at < t->places; at++)
        found = tls_opener_try(o, at, t->header, t->sealed, t->out, &opened) == TLS_OPEN_OK;
    tls_opener_free(o);
    return found;
}

static bool opens_traffic(struct trial *t, const struct tls_secret *secret, const struct tls_suite *suite)
{
    struct tls_record_keys keys;
    if (!suite || secret->size != tls_hash_size((enum tls_hash)suite->hash) || !pay(t) ||
        !tls_schedule_traffic(t->locksmith->ciphers, suite, secret, &keys))
        return false;
    bool found = opens(t, &keys);
    OPENSSL_cleanse(&keys, sizeof keys);
    return found;
}

/* @return the suite, or NULL. */
static const struct tls_suite *fits_tls13(struct trial *t, const struct tls_logged *logged)
{
    static const enum tls_label labels[2][2] = {{TLS_LABEL_CLIENT_HANDSHAKE, TLS_LABEL_CLIENT_TRAFFIC},
                                                {TLS_LABEL_SERVER_HANDSHAKE, TLS_LABEL_SERVER_TRAFFIC}};
    unsigned epochs = t->epochs->hidden ? 1 : 2; /* nothing else was lost; and anybody can say that his hello is */
    for (unsigned epoch = 0; epoch < epochs; epoch++) {
        const struct tls_secret *secret = &logged->secrets[labels[t->from][epoch]];
        if (t->epochs->version && opens_traffic(t, secret, t->epochs->suite))
            return t->epochs->suite;
        for (size_t i = 0; !t->epochs->version && i < sizeof suites13 / sizeof *suites13; i++) {
            const struct tls_suite *suite = tls_suite_find(suites13[i]);
            if (opens_traffic(t, secret, suite))
                return suite;
        }
    }
    return NULL;
}

static const struct tls_suite *fits_older(struct trial *t, const struct tls_logged *logged)
{
    const struct tls_epochs *e = t->epochs;
    const struct tls_secret *master = &logged->secrets[TLS_LABEL_MASTER];
    struct tls_record_keys keys[2];
    if (!master->size || !e->suite || !pay(t) ||
        !tls_schedule_expand(t->locksmith->ciphers, e->suite, e->version, master, logged->random, e->server_random,
                             e->encrypt_then_mac, keys))
        return NULL;
    bool found = opens(t, &keys[t->from]);
    OPENSSL_cleanse(keys, sizeof keys);
    return found ? e->suite : NULL;
}

static const struct tls_suite *fits(struct trial *t, const struct tls_logged *logged)
{
    bool older = t->epochs->version && t->epochs->version != TLS_1_3;
    return older ? fits_older(t, logged) : fits_tls13(t, logged);
}

bool tls_trial_worth(const struct tls_epochs *e, const struct tls_locksmith *l)
{
    return l->keys && (e->named ? tls_keys_logged(l->keys, e->client_random) != NULL : tls_keys_count(l->keys) > 0);
}

void tls_trial_earn(struct tls_locksmith *l, size_t bytes)
{
    uint64_t paid = bytes * (uint64_t)PAID_BY_BYTE;
    l->trial_debt -= paid < l->trial_debt ? paid : l->trial_debt;
}

enum tls_trial tls_trial_find(struct tls_epochs *e, struct tls_locksmith *l, enum side from,
                              const uint8_t header[static TLS_RECORD_HEADER], struct slice sealed, uint8_t *out)
{
    struct trial t = {.epochs = e,
                      .locksmith = l,
                      .from = from,
                      .places = e->named ? l->trials : PLACES,
                      .header = header,
                      .sealed = sealed,
                      .out = out,
                      .most = (TLS_TRIAL_DEBT_MOST - l->trial_debt) / PART};
    const struct tls_suite *suite = NULL;
    const struct tls_logged *logged = NULL, *next = NULL;
    struct tls_vault_walk walk = {.left = 0};
    if (tls_trial_worth(e, l)) {
        walk = tls_keys_walk(l->keys);
        next = e->named ? tls_keys_logged(l->keys, e->client_random) : tls_keys_next(&walk);
    }
    unsigned most = e->named || e->version ? LOGGED_MOST : l->trials;
    for (unsigned tried = 0; next && !suite && !t.broke && tried < most; tried++) {
        logged = next;
        suite = fits(&t, logged);
        next = e->named ? tls_keys_same(logged) : tls_keys_next(&walk);
    }
    if (!suite) {
        l->trial_debt += t.cost;
        return t.broke ? TLS_TRIAL_GAVE_UP : TLS_TRIAL_IN_VAIN;
    }
    memcpy(e->client_random, logged->random, sizeof e->client_random);
    e->named = true;
    e->suite = suite;
    e->version = e->version ? e->version : TLS_1_3;
    return TLS_TRIAL_FOUND;
}

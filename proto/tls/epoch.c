#include "proto/tls/epoch.h"

#include <openssl/crypto.h>

enum { OTHERS_MOST = 8 }; /* each costs as many trials as there are secrets with this client random */

static const struct tls_secret *logged(const struct tls_epochs *e, const struct tls_locksmith *l, enum tls_label label)
{
    return l->keys ? tls_keys_find(l->keys, e->client_random, label) : NULL;
}

static bool is_tls13(const struct tls_epochs *e)
{
    return e->version == TLS_1_3;
}

const struct tls_secret *tls_epochs_master(const struct tls_epochs *e, const struct tls_locksmith *l)
{
    return e->master.size ? &e->master : logged(e, l, TLS_LABEL_MASTER);
}

bool tls_epochs_has_keys(const struct tls_epochs *e, const struct tls_locksmith *l)
{
    bool any = e->master.size != 0;
    for (int label = 0; label < TLS_LABELS && !any; label++)
        any = logged(e, l, (enum tls_label)label) != NULL;
    return any;
}

bool tls_epochs_has_early_key(const struct tls_epochs *e, const struct tls_locksmith *l)
{
    return logged(e, l, TLS_LABEL_CLIENT_EARLY) != NULL;
}

bool tls_epochs_has_all_keys(const struct tls_epochs *e, const struct tls_locksmith *l)
{
    if (!is_tls13(e))
        return tls_epochs_has_keys(e, l);
    return logged(e, l, TLS_LABEL_CLIENT_TRAFFIC) && logged(e, l, TLS_LABEL_SERVER_TRAFFIC);
}

static const enum tls_label traffic_labels[][2] = {
    [TLS_EPOCH_EARLY] = {TLS_LABEL_CLIENT_EARLY, TLS_LABEL_CLIENT_EARLY},
    [TLS_EPOCH_HANDSHAKE] = {TLS_LABEL_CLIENT_HANDSHAKE, TLS_LABEL_SERVER_HANDSHAKE},
    [TLS_EPOCH_TRAFFIC] = {TLS_LABEL_CLIENT_TRAFFIC, TLS_LABEL_SERVER_TRAFFIC},
};

/* An opener of TLS 1.3. @return NULL: there is no secret, none of this suite's size, or no memory. */
static struct tls_opener *opener_with(const struct tls_epochs *e, const struct tls_locksmith *l,
                                      const struct tls_secret *secret)
{
    struct tls_record_keys keys;
    if (!secret || !secret->size || !e->suite || !tls_schedule_traffic(l->ciphers, e->suite, secret, &keys))
        return NULL;
    struct tls_opener *opener = tls_opener_new(l->ciphers, &keys, l->memory);
    OPENSSL_cleanse(&keys, sizeof keys);
    return opener;
}

static struct tls_opener *traffic_opener(const struct tls_epochs *e, const struct tls_locksmith *l, enum side side,
                                         enum tls_epoch epoch)
{
    return epoch == TLS_EPOCH_CLEAR ? NULL : opener_with(e, l, logged(e, l, traffic_labels[epoch][side]));
}

static bool expand_master(const struct tls_epochs *e, const struct tls_locksmith *l, const struct tls_secret *master,
                          struct tls_record_keys keys[static 2])
{
    return master && master->size && e->suite &&
           tls_schedule_expand(l->ciphers, e->suite, e->version, master, e->client_random, e->server_random,
                               e->encrypt_then_mac, keys);
}

/* Both sides' next openers before TLS 1.3: the keys come out of one expansion. */
static void expand(struct tls_epochs *e, const struct tls_locksmith *l)
{
    struct tls_record_keys keys[2];
    if (is_tls13(e))
        return;
    if (expand_master(e, l, tls_epochs_master(e, l), keys)) {
        for (int side = CLIENT; side <= SERVER; side++) {
            struct tls_epoch_side *s = &e->side[side];
            if (!s->next && !s->changed)
                s->next = tls_opener_new(l->ciphers, &keys[side], l->memory);
        }
    }
    OPENSSL_cleanse(keys, sizeof keys);
}

static void forget_opener(struct tls_opener **o)
{
    tls_opener_free(*o);
    *o = NULL;
}

static void use_next(struct tls_epoch_side *s)
{
    tls_opener_free(s->opener);
    s->opener = s->next;
    s->next = NULL;
    s->epoch = TLS_EPOCH_TRAFFIC;
    s->proven = false;
}

void tls_epochs_change_cipher(struct tls_epochs *e, const struct tls_locksmith *l, enum side side)
{
    struct tls_epoch_side *s = &e->side[side];
    if (!s->next)
        expand(e, l);
    use_next(s);
    s->unsure = s->skipped = false;
    s->changed = !e->side[other_side(side)].changed;
    if (!s->changed) /* both sides have: the next hellos are another handshake's */
        e->side[other_side(side)].changed = false;
}

void tls_epochs_enter(struct tls_epochs *e, enum side side, enum tls_epoch epoch)
{
    struct tls_epoch_side *s = &e->side[side];
    if (epoch == TLS_EPOCH_TRAFFIC && s->next) {
        use_next(s);
    } else {
        forget_opener(&s->opener);
        s->epoch = (uint8_t)epoch;
        s->proven = false;
    }
    s->unsure = s->skipped = false;
}

void tls_epochs_found(struct tls_epochs *e)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        if (is_tls13(e) && e->side[side].epoch == TLS_EPOCH_CLEAR)
            tls_epochs_enter(e, (enum side)side, TLS_EPOCH_HANDSHAKE);
        e->side[side].unsure = true;
    }
}

bool tls_epochs_update(struct tls_epochs *e, enum side side)
{
    struct tls_epoch_side *s = &e->side[side];
    return s->opener && s->epoch == TLS_EPOCH_TRAFFIC && tls_opener_update(s->opener);
}

uint64_t tls_epochs_place(const struct tls_epochs *e, enum side side)
{
    return e->side[side].opener ? tls_opener_sequence(e->side[side].opener) : 0;
}

/* Shorter ones may be alerts and key updates. */
uint64_t tls_epochs_plain_size(const struct tls_epochs *e, enum side side, size_t length)
{
    enum { LEAST = 64 };
    const struct tls_epoch_side *s = &e->side[side];
    size_t size;
    bool told = s->opener && s->epoch == TLS_EPOCH_TRAFFIC && !s->unsure && length >= LEAST &&
                tls_opener_plain_size(s->opener, length, &size);
    return told ? size : GAP_UNKNOWN;
}

/* What may be a hello behind a gap is read once a later record proves it: that one's opener came from the random
 * before, and would stay where there was something to look ahead at. */
void tls_epochs_name(struct tls_epochs *e, const uint8_t random[static TLS_RANDOM])
{
    struct tls_epoch_side *s = &e->side[CLIENT];
    if (is_tls13(e) && !s->proven && memcmp(e->client_random, random, TLS_RANDOM) != 0) {
        forget_opener(&s->opener);
        forget_opener(&s->next);
    }
    memcpy(e->client_random, random, TLS_RANDOM);
    e->named = true;
}

/* Behind a gap: the first of so many places in the sequence where the record opens. */
static bool find_place(struct tls_opener *o, unsigned trials, const uint8_t *header, struct slice sealed, uint8_t *out,
                       struct tls_opened *opened)
{
    uint64_t first = tls_opener_sequence(o);
    for (uint64_t at = first + 1; at <= first + trials; at++) {
        if (tls_opener_try(o, at, header, sealed, out, opened) == TLS_OPEN_OK) {
            tls_opener_seek(o, at);
            tls_opener_pass(o, sealed);
            return true;
        }
    }
    return false;
}

static bool is_unsure(const struct tls_epoch_side *s)
{
    return s->unsure || s->skipped;
}

static bool open_here(struct tls_opener *o, const struct tls_epoch_side *s, const struct tls_locksmith *l,
                      const uint8_t *header, struct slice sealed, uint8_t *out, struct tls_opened *opened)
{
    return o && (tls_opener_open(o, header, sealed, out, opened) == TLS_OPEN_OK ||
                 (is_unsure(s) && find_place(o, l->trials, header, sealed, out, opened)));
}

static void fetch(struct tls_epochs *e, const struct tls_locksmith *l, enum side from)
{
    struct tls_epoch_side *s = &e->side[from];
    if (!is_tls13(e)) {
        if (!s->opener && s->epoch == TLS_EPOCH_TRAFFIC) {
            bool changed = s->changed;
            s->changed = false;
            expand(e, l);
            s->changed = changed;
            use_next(s);
        }
        return;
    }
    if (!s->opener)
        s->opener = traffic_opener(e, l, from, (enum tls_epoch)s->epoch);
    if (!s->next && s->epoch == TLS_EPOCH_HANDSHAKE && (!s->opener || is_unsure(s)))
        s->next = traffic_opener(e, l, from, TLS_EPOCH_TRAFFIC);
}

/* The opener of its epoch may not have been asked for yet. */
void tls_epochs_lost(struct tls_epochs *e, const struct tls_locksmith *l, enum side side, enum tls_record_lost what)
{
    struct tls_epoch_side *s = &e->side[side];
    if (s->epoch != TLS_EPOCH_CLEAR && what == TLS_LOST_ONE)
        fetch(e, l, side);
    bool placed = what == TLS_LOST_ONE && s->opener && !s->passing;
    if (placed)
        tls_opener_pass(s->opener, slice_of(""));
    s->skipped |= placed;
    s->unsure |= !placed && (what == TLS_LOST_SOME || s->epoch != TLS_EPOCH_CLEAR);
}

/* A record that shows whether an opener is the right one. */
struct proof {
    enum side from;
    unsigned places; /* behind the opener's own that are tried */
    const uint8_t *header;
    struct slice sealed;
    uint8_t *out;
};

static bool proves(struct tls_opener *o, const struct proof *p)
{
    struct tls_opened opened;
    uint64_t first = o ? tls_opener_sequence(o) : 0;
    for (uint64_t at = first; o && at <= first + p->places; at++) {
        if (tls_opener_try(o, at, p->header, p->sealed, p->out, &opened) == TLS_OPEN_OK)
            return true;
    }
    return false;
}

/* @param fresh  at its first place. @return whether it is the right one, and stands now where `o` stood. */
static bool take_place(struct tls_opener **o, struct tls_opener *fresh, const struct proof *p)
{
    if (fresh && *o)
        tls_opener_seek(fresh, tls_opener_sequence(*o));
    bool right = proves(fresh, p);
    tls_opener_free(right ? *o : fresh);
    if (right)
        *o = fresh;
    return right;
}

static bool choose_traffic(const struct tls_epochs *e, const struct tls_locksmith *l, const struct proof *p,
                           enum tls_epoch epoch, struct tls_opener **o)
{
    const struct tls_logged *other = tls_keys_logged(l->keys, e->client_random);
    bool right = false;
    for (other = tls_keys_same(other); other && !right; other = tls_keys_same(other))
        right = take_place(o, opener_with(e, l, &other->secrets[traffic_labels[epoch][p->from]]), p);
    return right;
}

/* The other side's openers came out of the wrong secret, too, and are fetched anew. */
static void choose_master(struct tls_epochs *e, const struct tls_secret *master, enum side from)
{
    struct tls_epoch_side *s = &e->side[other_side(from)];
    e->master = *master;
    forget_opener(&s->next);
    if (s->opener && !s->proven) {
        s->unsure |= tls_opener_sequence(s->opener) > 0;
        forget_opener(&s->opener);
    }
}

static bool choose_older(struct tls_epochs *e, const struct tls_locksmith *l, const struct proof *p)
{
    const struct tls_logged *other = tls_keys_logged(l->keys, e->client_random);
    bool right = false;
    for (other = tls_keys_same(other); other && !right; other = tls_keys_same(other)) {
        struct tls_record_keys keys[2];
        const struct tls_secret *master = &other->secrets[TLS_LABEL_MASTER];
        if (expand_master(e, l, master, keys))
            right = take_place(&e->side[p->from].opener, tls_opener_new(l->ciphers, &keys[p->from], l->memory), p);
        OPENSSL_cleanse(keys, sizeof keys);
        if (right)
            choose_master(e, master, p->from);
    }
    return right;
}

/* There are clients that use a random again, and logs with wrong secrets: by another one than the first. */
static bool choose(struct tls_epochs *e, const struct tls_locksmith *l, const struct proof *p)
{
    struct tls_epoch_side *s = &e->side[p->from];
    const struct tls_logged *first = l->keys ? tls_keys_logged(l->keys, e->client_random) : NULL;
    bool ends = is_tls13(e) && s->epoch == TLS_EPOCH_HANDSHAKE;
    if (!first || !tls_keys_same(first) || (s->proven && !ends) || s->others >= OTHERS_MOST)
        return false;
    s->others++;
    if (!is_tls13(e))
        return s->opener && !e->master.size && choose_older(e, l, p);
    if (!s->proven && choose_traffic(e, l, p, (enum tls_epoch)s->epoch, &s->opener))
        return true;
    return ends && choose_traffic(e, l, p, TLS_EPOCH_TRAFFIC, &s->next);
}

bool tls_epochs_prove(struct tls_epochs *e, const struct tls_locksmith *l, enum side from,
                      const uint8_t header[static TLS_RECORD_HEADER], struct slice sealed, uint8_t *out)
{
    struct tls_epoch_side *s = &e->side[from];
    struct proof p = {from, l->trials, header, sealed, out};
    if (s->epoch == TLS_EPOCH_CLEAR)
        return false;
    fetch(e, l, from);
    return proves(s->opener, &p) || proves(s->next, &p) || choose(e, l, &p);
}

/* A KeyUpdate may be what was lost: RFC 8446, 4.6.3. */
static bool open_updated(struct tls_epoch_side *s, const struct tls_locksmith *l, const uint8_t *header,
                         struct slice sealed, uint8_t *out, struct tls_opened *opened)
{
    struct tls_opener *updated = tls_opener_updated(s->opener), *left = updated;
    bool opens = open_here(updated, s, l, header, sealed, out, opened);
    if (opens) {
        left = s->opener;
        s->opener = updated;
    }
    tls_opener_free(left);
    return opens;
}

static bool open_fetched(struct tls_epochs *e, const struct tls_locksmith *l, enum side from, const uint8_t *header,
                         struct slice sealed, uint8_t *out, struct tls_opened *opened)
{
    struct tls_epoch_side *s = &e->side[from];
    bool opens = open_here(s->opener, s, l, header, sealed, out, opened);
    if (!opens && s->epoch == TLS_EPOCH_EARLY && is_unsure(s)) {
        /* EndOfEarlyData may be what was lost. */
        tls_epochs_enter(e, from, TLS_EPOCH_HANDSHAKE);
        s->passing = s->unsure = true;
        fetch(e, l, from);
        opens = open_here(s->opener, s, l, header, sealed, out, opened);
    }
    if (!opens && is_tls13(e) && s->epoch == TLS_EPOCH_HANDSHAKE) {
        /* What said that the next epoch begins was lost, or has no key. */
        if (!s->next)
            s->next = traffic_opener(e, l, from, TLS_EPOCH_TRAFFIC);
        opens = open_here(s->next, s, l, header, sealed, out, opened);
        if (opens)
            use_next(s);
    }
    if (!opens && is_tls13(e) && s->epoch == TLS_EPOCH_TRAFFIC && is_unsure(s) && s->opener)
        opens = open_updated(s, l, header, sealed, out, opened);
    return opens;
}

enum tls_epoch_open tls_epochs_open(struct tls_epochs *e, const struct tls_locksmith *l, enum side from,
                                    const uint8_t header[static TLS_RECORD_HEADER], struct slice sealed, uint8_t *out,
                                    struct tls_opened *opened)
{
    struct tls_epoch_side *s = &e->side[from];
    fetch(e, l, from);
    struct proof p = {from, is_unsure(s) ? l->trials : 0, header, sealed, out};
    if (!s->opener && !s->next && !choose(e, l, &p))
        return TLS_EPOCH_CLOSED;
    bool opens = open_fetched(e, l, from, header, sealed, out, opened) ||
                 (choose(e, l, &p) && open_fetched(e, l, from, header, sealed, out, opened));
    if (opens) {
        s->unsure = s->skipped = s->passing = false;
        s->proven = true;
    } else if (s->opener && !s->passing) {
        tls_opener_pass(s->opener, sealed);
    }
    return opens ? TLS_EPOCH_OPENED : TLS_EPOCH_BAD;
}

void tls_epochs_release(struct tls_epochs *e)
{
    for (int side = CLIENT; side <= SERVER; side++) {
        tls_opener_free(e->side[side].opener);
        tls_opener_free(e->side[side].next);
    }
    OPENSSL_cleanse(e, sizeof *e);
}

/* Which keys open a side's records now: suite and randoms of the hellos, the secrets of the key log, an opener a side.
 *
 * A side goes from one epoch to the next where its messages say so, or, where those were lost, where a record opens
 * with the next epoch's keys and not with this one's. Keys are fetched when the first record needs them. Of several
 * secrets that are logged with one client random the first is taken, until a record opens with another one. */
#ifndef PROTO_TLS_EPOCH_H
#define PROTO_TLS_EPOCH_H

#include "proto/stream/stream.h"
#include "proto/tls/keys.h"
#include "proto/tls/opener.h"

enum tls_epoch {
    TLS_EPOCH_CLEAR,
    TLS_EPOCH_EARLY,     /* TLS 1.3: the client's early data */
    TLS_EPOCH_HANDSHAKE, /* TLS 1.3 */
    TLS_EPOCH_TRAFFIC    /* before TLS 1.3 all that is sealed */
};

/** What all connections of a worker share. */
struct tls_locksmith {
    struct tls_ciphers *ciphers;
    struct tls_keys *keys; /* none comes or goes while a packet is handled; NULL: there are none */
    struct memory *memory;
    uint16_t trials;     /* how many places of the sequence are tried behind a gap */
    uint64_t trial_debt; /* what searches in vain have cost: tls_trial_earn() */
};

struct tls_epoch_side {
    struct tls_opener *opener; /* of `epoch`; NULL: not asked for yet, or not to be had */
    struct tls_opener *next;   /* before TLS 1.3: behind the ChangeCipherSpec; else: of the traffic's epoch */
    uint8_t epoch;             /* enum tls_epoch */
    bool unsure;               /* records were lost, nobody knows how many */
    bool skipped;              /* records were lost, each with its place: one may have said that the keys change */
    bool passing;   /* early data that is not read, or has no key: what does not open has no place in the sequence */
    bool changed;   /* before TLS 1.3: the ChangeCipherSpec that `next` is for was seen */
    bool proven;    /* `opener` has opened a record */
    uint8_t others; /* records that other secrets with the same client random were tried on */
};

/** Embedded in its connection; all zero is a fresh one. */
struct tls_epochs {
    uint8_t client_random[TLS_RANDOM], server_random[TLS_RANDOM];
    bool named;                    /* the client random is known: of the ClientHello, or found by trial */
    bool hidden;                   /* the hello that counts is encrypted in the ClientHello, perhaps */
    const struct tls_suite *suite; /* NULL: not known, or none that can be opened */
    uint16_t version;              /* 0: the ServerHello was not seen */
    bool encrypt_then_mac;
    struct tls_secret master; /* before TLS 1.3: of the session that is resumed, or which of several with this client
                               * random opens a record; else the log has it */
    struct tls_epoch_side side[2];
};

enum tls_epoch_open {
    TLS_EPOCH_OPENED,
    TLS_EPOCH_CLOSED, /* no keys */
    TLS_EPOCH_BAD     /* does not open with the keys that there are */
};

/** The record of this side that comes next. `side[from].epoch` is the one that it was opened in.
 *  @param out  TLS_RECORD_MAX bytes. */
enum tls_epoch_open tls_epochs_open(struct tls_epochs *e, const struct tls_locksmith *l, enum side from,
                                    const uint8_t header[static TLS_RECORD_HEADER], struct slice sealed, uint8_t *out,
                                    struct tls_opened *opened);

/** Whether the side's record opens, now or at one of the places that are tried; its place stays. */
bool tls_epochs_prove(struct tls_epochs *e, const struct tls_locksmith *l, enum side from,
                      const uint8_t header[static TLS_RECORD_HEADER], struct slice sealed, uint8_t *out);

/** The place in its epoch's sequence of the record that comes next; 0 also where nothing can be opened. */
uint64_t tls_epochs_place(const struct tls_epochs *e, enum side side);

/** Hellos were lost, what they said was found by trial: where in its epochs and sequence a side is, is not known. */
void tls_epochs_found(struct tls_epochs *e);

/** TLS 1.3: the side's next record is of this epoch. */
void tls_epochs_enter(struct tls_epochs *e, enum side side, enum tls_epoch epoch);

/** Before TLS 1.3: the side's next record is sealed with the keys of the last hellos. */
void tls_epochs_change_cipher(struct tls_epochs *e, const struct tls_locksmith *l, enum side side);

/** TLS 1.3: KeyUpdate. @return false: it cannot be followed; the side stays closed. */
bool tls_epochs_update(struct tls_epochs *e, enum side side);

/** How much plaintext the side's next record bears, which is application data of this length. @return GAP_UNKNOWN where
 * that cannot be told: see tls_opener_plain_size(). */
uint64_t tls_epochs_plain_size(const struct tls_epochs *e, enum side side, size_t length);

/** The ClientHello says which secrets are this connection's. */
void tls_epochs_name(struct tls_epochs *e, const uint8_t random[static TLS_RANDOM]);

/** A record of this side is missing, or nobody knows how many are. */
void tls_epochs_lost(struct tls_epochs *e, const struct tls_locksmith *l, enum side side, enum tls_record_lost what);

/** Before TLS 1.3: the master secret of the last hellos. @return NULL: not known. */
const struct tls_secret *tls_epochs_master(const struct tls_epochs *e, const struct tls_locksmith *l);

/** Whether the key log has anything for this connection, or a resumed session's secret is known. */
bool tls_epochs_has_keys(const struct tls_epochs *e, const struct tls_locksmith *l);

/** Whether it has what opens the client's early data. */
bool tls_epochs_has_early_key(const struct tls_epochs *e, const struct tls_locksmith *l);

/** Whether it has what opens what both sides say: of TLS 1.3 a log that is being written may have the handshake's
 * secrets alone. */
bool tls_epochs_has_all_keys(const struct tls_epochs *e, const struct tls_locksmith *l);

/** Wipes everything. */
void tls_epochs_release(struct tls_epochs *e);

#endif

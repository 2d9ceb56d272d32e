/* One TLS connection: facts always, plaintext where a key fits. RFC 8446, 5246, 7366, 7627, 8449.
 *
 *   record.c      bytes to records; finding a record again after a gap
 *   sealed.c      records that are sealed: opened, told as lost, or left to wait
 *   waiting.c     those that wait: early data for the server's answer, all of them for a key that may still come
 *   plain.c       who reads the plaintext, and what is told of it
 *   handshake.c   records to messages             hello.c, certificate.c   what they say
 *   dialogue.c    what messages mean for what follows: the only file that knows the order of a handshake
 *   early.c       what becomes of early data      presented.c              what certificates the sides present
 *   resumption.c  what is resumed, and what may be, out of sessions.c
 *   epoch.c       which keys open a side's records now; the sequence number found again by trial
 *   trial.c       keys found by trial where a hello was lost
 *   opener.c      one side's records opened in turn, with keys that schedule.c makes of the secrets in keys.c
 *   facts.c       what is known of it all         fingerprint.c            JA3, JA3S, JA4
 *   shape.c       sizes of records, kept          shape_read.c             what they betray, where there is no key
 *
 * tls_stream() is what reassembly feeds. Plaintext is pushed into the stream that `opened` returns, one record a
 * push, out of a buffer of the worker: no plaintext is kept here. A record that was lost or does
 * not open is a gap of GAP_UNKNOWN in the plaintext; alerts, tickets and key updates are not passed on. */
#ifndef PROTO_TLS_TLS_H
#define PROTO_TLS_TLS_H

#include "proto/base/memory.h"
#include "proto/packet/address.h"
#include "proto/stream/stream.h"
#include "proto/tls/epoch.h"
#include "proto/tls/facts.h"
#include "proto/tls/sessions.h"
#include "proto/tls/shape.h"

struct tls;

struct tls_limits {
    uint32_t handshake_bytes; /* of one message */
    uint32_t waiting_bytes;   /* ciphertext kept for a key that may still come; 0 offline */
    moment waiting_time;      /* and for how long */
    uint32_t early_bytes;     /* of early data, kept until the server has said whether it reads it */
};

/** What all connections of a worker share: made once, lent to each. */
struct tls_bench {
    struct tls_limits limits;
    struct tls_locksmith locksmith;
    struct tls_sessions *sessions;  /* of struct tls_kept; NULL: resumption is not followed */
    bool calls_for_keys;            /* waiting bytes grow: who looks for keys shall look now, and clears this */
    uint8_t record[TLS_RECORD_MAX]; /* one plaintext record */
};

struct tls_events {
    /** Something of `facts` became known: a hello, a certificate, an alert, that it will stay closed. */
    void (*facts)(void *owner, const struct tls_facts *facts);
    /** The first plaintext is at hand. @return who reads it; borrowed. */
    struct stream *(*opened)(void *owner);
    /** A record's header was read. */
    void (*record)(void *owner, enum side from, enum tls_content content);
    void (*gave_up)(void *owner, moment time, enum gave_up reason);
};

/** @param from_start  false: joined late.
 *  @param server      whose sessions these are. Copied.
 *  @return NULL when the account is full. Keys are wiped by stream_free() on tls_stream(). */
struct tls *tls_new(struct tls_bench *bench, bool from_start, const struct address *server,
                    const struct tls_events *events, void *owner);

/** Borrowed; stream_free() on it frees the tls. */
struct stream *tls_stream(struct tls *t);

const struct tls_facts *tls_facts_of(const struct tls *t);

/** The handshake was told: the texts that are told with it alone may go. */
void tls_shed(struct tls *t);

/** Of its sealed records. */
const struct tls_shape *tls_shape_of(const struct tls *t);

/** Whether records wait for a key. */
bool tls_waits(const struct tls *t);

/** Keys came: if one is for this connection, what waits is opened now. What has waited too long is given up. */
void tls_retry(struct tls *t, moment time);

#endif

/* Secrets by client random, from the lines of NSS's key log (RFC 9850), and the reading of such lines.
 *
 * A secret that is known stays. Another one for the same client random and label is kept beside it: there are clients
 * that use a random again, and only opening a record tells which is whose. Bounded by the account; the oldest go first,
 * with tls_keys_trim(), between packets. Wiped when they go. */
#ifndef PROTO_TLS_KEYS_H
#define PROTO_TLS_KEYS_H

#include "proto/base/memory.h"
#include "proto/base/slice.h"
#include "proto/base/table.h"
#include "proto/tls/schedule.h"
#include "proto/tls/vault.h"

enum tls_label {
    TLS_LABEL_MASTER, /* CLIENT_RANDOM: TLS 1.2 and before */
    TLS_LABEL_CLIENT_EARLY,
    TLS_LABEL_CLIENT_HANDSHAKE,
    TLS_LABEL_SERVER_HANDSHAKE,
    TLS_LABEL_CLIENT_TRAFFIC, /* the first generation */
    TLS_LABEL_SERVER_TRAFFIC,
    TLS_LABELS
};

struct tls_keys;

/** @return NULL when the account is full. */
struct tls_keys *tls_keys_new(const struct hash_secret *secret, struct memory *memory);
void tls_keys_free(struct tls_keys *k);

/** What is logged of one connection. Good until tls_keys_trim(). */
struct tls_logged {
    uint8_t random[TLS_RANDOM];
    struct tls_secret secrets[TLS_LABELS]; /* size 0: not logged */
    bool asked;                            /* of the first: a connection with this client random was seen */
    bool late;                             /* and had asked in vain before; none has since */
};

/** How many connections with one client random are told apart. */
enum { TLS_LOGGED_SAME = 256 };

/** The first connection that was logged with this client random, and the next with the same: in the order of the log.
 *  A log is written line by line, so their secrets may be mixed up among them.  @return NULL: there is none. */
const struct tls_logged *tls_keys_logged(const struct tls_keys *k, const uint8_t random[static TLS_RANDOM]);
const struct tls_logged *tls_keys_same(const struct tls_logged *logged);

/** The first one's secret. A log is written in the order of the connections: this one's place in it is where the
 * capture is now.  @return NULL: not logged. */
const struct tls_secret *tls_keys_find(struct tls_keys *k, const uint8_t random[static TLS_RANDOM],
                                       enum tls_label label);

/** All connections for trials: those first that were logged nearest to the one asked for last; where none was, those at
 *  both ends of the log.  @return NULL: that were all. */
struct tls_vault_walk tls_keys_walk(const struct tls_keys *k);
const struct tls_logged *tls_keys_next(struct tls_vault_walk *walk);

/** How many connections have secrets here; how many of these nobody asked for, and how many only before they came. */
size_t tls_keys_count(const struct tls_keys *k);
size_t tls_keys_unasked(const struct tls_keys *k);
size_t tls_keys_late(const struct tls_keys *k);

/** Forgets the oldest connections until no more than so many are left. @return how many were forgotten. */
size_t tls_keys_trim(struct tls_keys *k, size_t connections);

enum tls_line {
    TLS_LINE_ADDED,
    TLS_LINE_KNOWN,       /* said before, the same */
    TLS_LINE_CONTRADICTS, /* another secret is known for this client random and label: kept beside it */
    TLS_LINE_COMMENT,     /* or blank */
    TLS_LINE_OTHER,       /* well-formed, of a label that nothing here needs, known or not */
    TLS_LINE_MALFORMED,
    TLS_LINE_FULL, /* the account is, or the client random was used TLS_LOGGED_SAME times: not kept */
    TLS_LINES
};

/** Why a line is malformed. Says nothing of a secret's bytes. */
struct tls_mistake {
    unsigned column;      /* from 1 */
    const char *found;    /* words */
    const char *expected; /* words */
};

/** One line, with or without its end. What stands before the label (a syslog prefix) is passed over.
 *  @param mistake  filled in when malformed. */
enum tls_line tls_keys_add(struct tls_keys *k, struct slice line, struct tls_mistake *mistake);

#endif

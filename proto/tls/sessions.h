/* What a later handshake may resume: the master secret of TLS 1.2, and what was known of the client, by what the later
 * one will name it with.
 *
 * Bounded by the account; the oldest go first, with tls_sessions_trim(), between packets. Wiped when they go. */
#ifndef PROTO_TLS_SESSIONS_H
#define PROTO_TLS_SESSIONS_H

#include "proto/base/memory.h"
#include "proto/base/slice.h"
#include "proto/base/table.h"
#include "proto/tls/schedule.h"

enum tls_session_name { TLS_SESSION_BY_ID, TLS_SESSION_BY_TICKET };

struct tls_session {
    struct tls_secret master; /* size 0: not known, or TLS 1.3 */
    uint8_t facts[];          /* as many bytes as tls_sessions_new() was told */
};

struct tls_sessions;

/** @param facts  size of what is known of the client, a flat record of the caller's.
 *  @return NULL when the account is full, or libcrypto is without SHA-256. */
struct tls_sessions *tls_sessions_new(size_t facts, const struct hash_secret *secret, struct memory *memory);
void tls_sessions_free(struct tls_sessions *s);

/** Remembers, in place of what was known under this name.
 *  @param scope   whose names these are (the server's address): a server cannot speak for another's session.
 *  @param name    the session id, or the ticket; only its digest is kept.
 *  @param master  NULL: not known.
 *  @return false: the account is full, or the name is empty. */
bool tls_sessions_put(struct tls_sessions *s, struct slice scope, enum tls_session_name by, struct slice name,
                      const struct tls_secret *master, const void *facts);

/** @return NULL: never seen, or forgotten. Good until the next put or trim. */
const struct tls_session *tls_sessions_find(struct tls_sessions *s, struct slice scope, enum tls_session_name by,
                                            struct slice name);

size_t tls_sessions_count(const struct tls_sessions *s);

/** Forgets the oldest until no more than so many are left. @return how many were forgotten. */
size_t tls_sessions_trim(struct tls_sessions *s, size_t sessions);

#endif

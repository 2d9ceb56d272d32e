/* Which credential a field bears, as the API server's authenticators read it, and a digest to know it again.
 *
 * The credential itself is never copied: what leaves here is its kind, its length and a keyed, truncated digest
 * (HMAC-SHA256, 64 bits). */
#ifndef PROTO_KUBE_CREDENTIAL_H
#define PROTO_KUBE_CREDENTIAL_H

#include "proto/base/memory.h"
#include "proto/base/slice.h"

enum credential_kind {
    CREDENTIAL_NONE,
    CREDENTIAL_BEARER,      /* Authorization: Bearer, a token that is no JWT */
    CREDENTIAL_JWT,         /* Authorization: Bearer, a token of three base64url parts */
    CREDENTIAL_WEBSOCKET,   /* base64url.bearer.authorization.k8s.io.TOKEN in a subprotocol */
    CREDENTIAL_CERTIFICATE, /* a TLS client certificate */
    CREDENTIAL_BASIC,       /* from here on: presented, and no credential to the server */
    CREDENTIAL_OTHER_SCHEME,
    CREDENTIAL_EMPTY, /* Bearer with nothing, or with more than one space; a field with no value at all */
    CREDENTIAL_KINDS
};

/** "none", "bearer", "jwt", ... "basic", "other", "empty" */
const char *credential_kind_name(enum credential_kind kind);

/** Whether the server's authenticators read a credential of this kind at all. */
static inline bool credential_counts(enum credential_kind kind)
{
    return kind > CREDENTIAL_NONE && kind < CREDENTIAL_BASIC;
}

struct credential {
    enum credential_kind kind;
    struct slice token; /* of the input, as it stands there: for the digest and the claims, never for an output */
};

/** Of an Authorization value: white space at both ends cut, split at single spaces, the scheme without case;
 *  k8s.io/apiserver bearertoken.go. A tab is no space there. */
struct credential credential_of_authorization(struct slice value);

/** Of a Sec-WebSocket-Protocol value: protocol.go beside it. Counts only on a request that asks for WebSocket.
 *  Bad base64, two tokens, or no protocol besides it are refused with 401: still CREDENTIAL_WEBSOCKET.
 *  An empty token or a prefix in another case is CREDENTIAL_NONE. */
struct credential credential_of_subprotocols(struct slice value);

struct credential_digests; /* key, and the digests of credentials seen lately, by a hash of their bytes */

/** @param key  32 bytes, copied, wiped when freed. @return NULL when the account is full. */
struct credential_digests *credential_digests_new(const uint8_t key[static 32], struct memory *memory);
void credential_digests_free(struct credential_digests *d);

/** credential_of_authorization() and the digest at once, remembered by the value's bytes: a client sends the same with
 * each request. @param digest  0: it has no token. */
struct credential credential_read(struct credential_digests *d, struct slice authorization, uint64_t *digest);

/** Never 0. */
uint64_t credential_digest(struct credential_digests *d, struct slice token);

#endif

/* RC4, the stream cipher of old suites: one keystream from the first record of an epoch to its last.
 *
 * An own one, since libcrypto 3 has it in its legacy provider only: that is not installed everywhere, and would have to
 * be loaded for the whole program. It opens what others sent; nobody should seal with it (RFC 7465). */
#ifndef PROTO_TLS_RC4_H
#define PROTO_TLS_RC4_H

#include "proto/base/slice.h"

/** A place in the keystream: as secret as the key. A copy stays where it is. Wiped by who holds it. */
struct tls_rc4 {
    uint8_t i, j, box[256];
};

/** To the first byte of the keystream. @param key  1 to 256 bytes. */
void tls_rc4_init(struct tls_rc4 *r, struct slice key);

/** Seals or opens, which is the same. @param out  text.size bytes; may be `text` itself. */
void tls_rc4_apply(struct tls_rc4 *r, struct slice text, uint8_t *out);

/** Passes over so many bytes of the keystream. */
void tls_rc4_skip(struct tls_rc4 *r, size_t size);

#endif

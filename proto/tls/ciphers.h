/* What libcrypto has to be asked for by name, asked once: one a worker, lent to all its connections.
 *
 * Fetching costs more than a small record. What this libcrypto does not have is asked for once, too. What libcrypto
 * takes for itself does not come from the account; it is as large as the tables of suite.h, whatever a peer sends. */
#ifndef PROTO_TLS_CIPHERS_H
#define PROTO_TLS_CIPHERS_H

#include <openssl/types.h>

#include "proto/base/memory.h"
#include "proto/tls/suite.h"

struct tls_ciphers;

/** @return NULL when the account is full, or libcrypto is without HMAC and the functions that make keys. */
struct tls_ciphers *tls_ciphers_new(struct memory *memory);

/** After everything that was made with it. */
void tls_ciphers_free(struct tls_ciphers *c);

/** Borrowed. @return NULL: this libcrypto does not have it; RC4 is as a rule not among what it has. */
EVP_CIPHER *tls_ciphers_cipher(struct tls_ciphers *c, enum tls_cipher cipher);

/** Without a key. Borrowed. */
EVP_MAC *tls_ciphers_hmac(struct tls_ciphers *c);

/** Contexts of the functions that make keys, borrowed for one call: RFC 5246, 5 (TLS1-PRF), and RFC 8446, 7.1. */
EVP_KDF_CTX *tls_ciphers_prf(struct tls_ciphers *c);
EVP_KDF_CTX *tls_ciphers_expand_label(struct tls_ciphers *c);

#endif

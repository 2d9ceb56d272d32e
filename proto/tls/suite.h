/* Cipher suites by their number in IANA's registry: what a record is sealed with, and what its keys are made with.
 *
 * Those are here that libcrypto can open, and those of RC4 (rc4.h). A suite without a row is told by its number alone.
 */
#ifndef PROTO_TLS_SUITE_H
#define PROTO_TLS_SUITE_H

#include <stdbool.h>
#include <stdint.h>

enum { TLS_1_0 = 0x0301, TLS_1_1 = 0x0302, TLS_1_2 = 0x0303, TLS_1_3 = 0x0304 };

enum tls_cipher {
    TLS_AES_128_GCM,
    TLS_AES_256_GCM,
    TLS_AES_128_CCM,
    TLS_AES_256_CCM,
    TLS_AES_128_CCM_8,
    TLS_AES_256_CCM_8,
    TLS_CHACHA20_POLY1305,
    TLS_ARIA_128_GCM,
    TLS_ARIA_256_GCM,
    TLS_AES_128_CBC,
    TLS_AES_256_CBC,
    TLS_CAMELLIA_128_CBC,
    TLS_CAMELLIA_256_CBC,
    TLS_3DES_EDE_CBC,
    TLS_RC4_128,
    TLS_RC4_40, /* of export: RFC 2246, 6.3.1 */
    TLS_CIPHERS
};

enum tls_hash {
    TLS_NO_HASH,
    TLS_MD5_SHA1, /* of the PRF of TLS 1.0 and 1.1 */
    TLS_MD5,
    TLS_SHA1,
    TLS_SHA256,
    TLS_SHA384,
    TLS_HASHES
};

enum tls_mode { TLS_MODE_GCM, TLS_MODE_CCM, TLS_MODE_CHACHA, TLS_MODE_CBC, TLS_MODE_STREAM };

/** Sizes in bytes. TLS 1.3 has the fixed IV of 12 bytes and nothing explicit, whatever stands here. */
struct tls_cipher_info {
    const char *name; /* libcrypto's */
    enum tls_mode mode;
    uint8_t key;         /* from the key block */
    uint8_t fixed_iv;    /* from the key block; of CBC in TLS 1.0 one block */
    uint8_t explicit_iv; /* in front of each record of TLS 1.2 (CBC: 1.1 and 1.2) */
    uint8_t tag;         /* 0: CBC and stream, there is a MAC instead */
    uint16_t taken;      /* about what libcrypto takes for one direction's context */
};

struct tls_suite {
    uint16_t id;
    uint8_t cipher; /* enum tls_cipher */
    uint8_t hash;   /* enum tls_hash: of the key schedule, from TLS 1.2 on */
    uint8_t mac;    /* enum tls_hash: of CBC and stream; else TLS_NO_HASH */
    bool tls13;     /* of TLS 1.3 and of nothing else */
    const char *name;
};

/** @return NULL: no row. */
const struct tls_suite *tls_suite_find(uint16_t id);

/** All of them in the order of their numbers: 0, 1, ... @return NULL behind the last. */
const struct tls_suite *tls_suite_at(unsigned index);

/** Whether records of this suite can be opened in this version: TLS 1.3 has its own, AEAD begins with TLS 1.2. A MAC of
 *  SHA-2 does so, too, but not under PSK (RFC 5487, 3), so what a peer dares is opened. */
bool tls_suite_fits(const struct tls_suite *suite, uint16_t version);

const struct tls_cipher_info *tls_cipher_info(enum tls_cipher cipher);

/** Of its output, in bytes; 0 for TLS_NO_HASH. */
uint8_t tls_hash_size(enum tls_hash hash);

/** libcrypto's. */
const char *tls_hash_name(enum tls_hash hash);

#endif

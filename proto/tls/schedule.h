/* From a logged secret to what records are sealed with: RFC 5246, 6.3; RFC 8446, 7.
 *
 * The key log has the master secret as it is, so an extended one (RFC 7627) needs nothing here. All bytes of keys and
 * secrets are wiped by who holds them: OPENSSL_cleanse, or the functions named so. */
#ifndef PROTO_TLS_SCHEDULE_H
#define PROTO_TLS_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "proto/base/slice.h"
#include "proto/tls/ciphers.h"
#include "proto/tls/suite.h"

enum {
    TLS_RANDOM = 32, /* of a hello */
    TLS_MASTER_SECRET = 48,
    TLS_SECRET_MAX = 48,
    TLS_KEY_MAX = 32,
    TLS_IV_MAX = 16,
    TLS_MAC_KEY_MAX = 48,
    TLS_RC4_KEY = 16 /* of export, too, however little of it is secret */
};

struct tls_secret {
    uint8_t size; /* 0: none */
    uint8_t bytes[TLS_SECRET_MAX];
};

/** What one side seals its records with in one epoch. Sizes are those of the suite. */
struct tls_record_keys {
    const struct tls_suite *suite;
    uint16_t version;      /* as agreed in the hellos, not as in the records */
    bool encrypt_then_mac; /* RFC 7366: agreed in the hellos; CBC only */
    uint8_t key[TLS_KEY_MAX];
    uint8_t iv[TLS_IV_MAX];
    uint8_t mac_key[TLS_MAC_KEY_MAX];
    struct tls_secret traffic; /* of TLS 1.3: the next generation comes from it */
};

/** Both sides' keys of TLS 1.0 to 1.2, indexed by enum side: the key expansion. Export suites are dead since TLS 1.1
 * (RFC 4346, A.5), but OpenSSL before 1.1 spoke them in TLS 1.2, too.
 *  @param encrypt_then_mac  passed on to `keys`; without effect but for CBC.
 *  @return false: libcrypto cannot, or suite and version do not fit; `keys` are wiped then. */
bool tls_schedule_expand(struct tls_ciphers *c, const struct tls_suite *suite, uint16_t version,
                         const struct tls_secret *master, const uint8_t client_random[static TLS_RANDOM],
                         const uint8_t server_random[static TLS_RANDOM], bool encrypt_then_mac,
                         struct tls_record_keys keys[static 2]);

/** One side's keys of TLS 1.3 from a traffic secret, early, handshake's or application's.
 *  @return false: libcrypto cannot, or the secret is not of the suite's size; `keys` are wiped then. */
bool tls_schedule_traffic(struct tls_ciphers *c, const struct tls_suite *suite, const struct tls_secret *traffic,
                          struct tls_record_keys *keys);

/** The next generation, after a KeyUpdate: RFC 8446, 7.2. TLS 1.3 only. @return false: as above, and nothing changed.
 */
bool tls_schedule_update(struct tls_ciphers *c, struct tls_record_keys *keys);

#endif

#include "proto/tls/schedule.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

enum { TLS13_IV = 12, BLOCK_MAX = 2 * (TLS_MAC_KEY_MAX + TLS_KEY_MAX + TLS_IV_MAX) };

/* libcrypto's parameters are not const, but it only reads them. */
static OSSL_PARAM bytes_param(const char *name, const void *bytes, size_t size)
{
    return OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)bytes, size);
}

static OSSL_PARAM text_param(const char *name, const char *text)
{
    return OSSL_PARAM_construct_utf8_string(name, (char *)(uintptr_t)text, 0);
}

/* The context keeps no secret behind the call. */
static bool derive(EVP_KDF_CTX *kdf, const OSSL_PARAM *params, uint8_t *out, size_t size)
{
    bool done = EVP_KDF_derive(kdf, out, size, params) == 1;
    EVP_KDF_CTX_reset(kdf);
    return done;
}

/* The PRF, its seed two randoms: RFC 5246, 5; before TLS 1.2 with MD5 and SHA-1 together, RFC 2246, 5. */
static bool expand(struct tls_ciphers *c, enum tls_hash hash, struct slice secret, const char *label,
                   const uint8_t *first_random, const uint8_t *second_random, uint8_t *out, size_t size)
{
    OSSL_PARAM params[] = {text_param(OSSL_KDF_PARAM_DIGEST, tls_hash_name(hash)),
                           bytes_param(OSSL_KDF_PARAM_SECRET, secret.data, secret.size),
                           bytes_param(OSSL_KDF_PARAM_SEED, label, strlen(label)),
                           bytes_param(OSSL_KDF_PARAM_SEED, first_random, TLS_RANDOM),
                           bytes_param(OSSL_KDF_PARAM_SEED, second_random, TLS_RANDOM),
                           OSSL_PARAM_construct_end()};
    return derive(tls_ciphers_prf(c), params, out, size);
}

/* Of an export suite the key block has a part of the key only: RFC 2246, 6.3.1. What OpenSSL made of that in TLS 1.2 is
 * the same, with the PRF of TLS 1.2. */
static bool finish_export(struct tls_ciphers *c, enum tls_hash hash, const uint8_t *client_random,
                          const uint8_t *server_random, struct tls_record_keys keys[static 2])
{
    static const char *const labels[] = {"client write key", "server write key"};
    bool done = true;
    for (int side = 0; side < 2; side++) {
        uint8_t part[TLS_KEY_MAX];
        size_t size = tls_cipher_info(keys[side].suite->cipher)->key;
        memcpy(part, keys[side].key, size);
        done &= expand(c, hash, (struct slice){.data = part, .size = size}, labels[side], client_random, server_random,
                       keys[side].key, TLS_RC4_KEY);
        OPENSSL_cleanse(part, sizeof part);
    }
    return done;
}

static const uint8_t *take(uint8_t *to, const uint8_t *from, size_t size)
{
    memcpy(to, from, size);
    return from + size;
}

bool tls_schedule_expand(struct tls_ciphers *c, const struct tls_suite *suite, uint16_t version,
                         const struct tls_secret *master, const uint8_t client_random[static TLS_RANDOM],
                         const uint8_t server_random[static TLS_RANDOM], bool encrypt_then_mac,
                         struct tls_record_keys keys[static 2])
{
    const struct tls_cipher_info *info = tls_cipher_info(suite->cipher);
    size_t mac = tls_hash_size(suite->mac);
    size_t size = 2 * (mac + info->key + info->fixed_iv);
    enum tls_hash hash = version < TLS_1_2 ? TLS_MD5_SHA1 : suite->hash;
    uint8_t block[BLOCK_MAX];
    bool done = tls_suite_fits(suite, version) && version != TLS_1_3 && master->size == TLS_MASTER_SECRET &&
                expand(c, hash, (struct slice){.data = master->bytes, .size = master->size}, "key expansion",
                       server_random, client_random, block, size);
    for (int side = 0; side < 2; side++) {
        OPENSSL_cleanse(&keys[side], sizeof keys[side]);
        keys[side].suite = suite;
        keys[side].version = version;
        keys[side].encrypt_then_mac = encrypt_then_mac && info->mode == TLS_MODE_CBC;
    }
    if (done) {
        const uint8_t *at = block;
        at = take(keys[0].mac_key, at, mac);
        at = take(keys[1].mac_key, at, mac);
        at = take(keys[0].key, at, info->key);
        at = take(keys[1].key, at, info->key);
        at = take(keys[0].iv, at, info->fixed_iv);
        take(keys[1].iv, at, info->fixed_iv);
    }
    OPENSSL_cleanse(block, sizeof block);
    if (done && suite->cipher == TLS_RC4_40 && !finish_export(c, hash, client_random, server_random, keys)) {
        OPENSSL_cleanse(keys, 2 * sizeof *keys);
        done = false;
    }
    return done;
}

/* HKDF-Expand-Label with an empty context: RFC 8446, 7.1. */
static bool expand_label(struct tls_ciphers *c, enum tls_hash hash, const struct tls_secret *secret, const char *label,
                         uint8_t *out, size_t size)
{
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    OSSL_PARAM params[] = {OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
                           text_param(OSSL_KDF_PARAM_DIGEST, tls_hash_name(hash)),
                           bytes_param(OSSL_KDF_PARAM_KEY, secret->bytes, secret->size),
                           bytes_param(OSSL_KDF_PARAM_PREFIX, "tls13 ", 6),
                           bytes_param(OSSL_KDF_PARAM_LABEL, label, strlen(label)),
                           OSSL_PARAM_construct_end()};
    return derive(tls_ciphers_expand_label(c), params, out, size);
}

bool tls_schedule_traffic(struct tls_ciphers *c, const struct tls_suite *suite, const struct tls_secret *traffic,
                          struct tls_record_keys *keys)
{
    struct tls_record_keys made = {.suite = suite, .version = TLS_1_3, .traffic = *traffic};
    bool done = suite->tls13 && traffic->size == tls_hash_size(suite->hash) &&
                expand_label(c, suite->hash, traffic, "key", made.key, tls_cipher_info(suite->cipher)->key) &&
                expand_label(c, suite->hash, traffic, "iv", made.iv, TLS13_IV);
    if (done)
        *keys = made;
    else
        OPENSSL_cleanse(keys, sizeof *keys);
    OPENSSL_cleanse(&made, sizeof made);
    return done;
}

bool tls_schedule_update(struct tls_ciphers *c, struct tls_record_keys *keys)
{
    struct tls_secret next = {.size = keys->traffic.size};
    struct tls_record_keys made;
    bool done = keys->version == TLS_1_3 &&
                expand_label(c, keys->suite->hash, &keys->traffic, "traffic upd", next.bytes, next.size) &&
                tls_schedule_traffic(c, keys->suite, &next, &made);
    if (done)
        *keys = made;
    OPENSSL_cleanse(&next, sizeof next);
    OPENSSL_cleanse(&made, sizeof made);
    return done;
}

#include "proto/tls/suite.h"

#include <stddef.h>

static const struct tls_cipher_info ciphers[TLS_CIPHERS] = {
    [TLS_AES_128_GCM] = {"AES-128-GCM", TLS_MODE_GCM, 16, 4, 8, 16, 1216},
    [TLS_AES_256_GCM] = {"AES-256-GCM", TLS_MODE_GCM, 32, 4, 8, 16, 1216},
    [TLS_AES_128_CCM] = {"AES-128-CCM", TLS_MODE_CCM, 16, 4, 8, 16, 640},
    [TLS_AES_256_CCM] = {"AES-256-CCM", TLS_MODE_CCM, 32, 4, 8, 16, 640},
    [TLS_AES_128_CCM_8] = {"AES-128-CCM", TLS_MODE_CCM, 16, 4, 8, 8, 640},
    [TLS_AES_256_CCM_8] = {"AES-256-CCM", TLS_MODE_CCM, 32, 4, 8, 8, 640},
    [TLS_CHACHA20_POLY1305] = {"ChaCha20-Poly1305", TLS_MODE_CHACHA, 32, 12, 0, 16, 1088},
    [TLS_ARIA_128_GCM] = {"ARIA-128-GCM", TLS_MODE_GCM, 16, 4, 8, 16, 1216},
    [TLS_ARIA_256_GCM] = {"ARIA-256-GCM", TLS_MODE_GCM, 32, 4, 8, 16, 1216},
    [TLS_AES_128_CBC] = {"AES-128-CBC", TLS_MODE_CBC, 16, 16, 16, 0, 1920},
    [TLS_AES_256_CBC] = {"AES-256-CBC", TLS_MODE_CBC, 32, 16, 16, 0, 1920},
    [TLS_CAMELLIA_128_CBC] = {"CAMELLIA-128-CBC", TLS_MODE_CBC, 16, 16, 16, 0, 1920},
    [TLS_CAMELLIA_256_CBC] = {"CAMELLIA-256-CBC", TLS_MODE_CBC, 32, 16, 16, 0, 1920},
    [TLS_3DES_EDE_CBC] = {"DES-EDE3-CBC", TLS_MODE_CBC, 24, 8, 8, 0, 1920},
    [TLS_RC4_128] = {"RC4", TLS_MODE_STREAM, 16, 0, 0, 0, 832},
    [TLS_RC4_40] = {"RC4-40", TLS_MODE_STREAM, 5, 0, 0, 0, 832},
};

/* https://www.iana.org/assignments/tls-parameters, in the order of the numbers. */
static const struct tls_suite suites[] = {
#define AEAD(id, name, cipher, hash)     {id, TLS_##cipher, TLS_##hash, TLS_NO_HASH, false, name},
#define CBC(id, name, cipher, hash, mac) {id, TLS_##cipher##_CBC, TLS_##hash, TLS_##mac, false, name},
#define STREAM(id, name, cipher, mac)    {id, TLS_##cipher, TLS_SHA256, TLS_##mac, false, name},
#define TLS13(id, name, cipher, hash)    {id, TLS_##cipher, TLS_##hash, TLS_NO_HASH, true, name},
#include "proto/tls/suite.def"
#undef AEAD
#undef CBC
#undef STREAM
#undef TLS13
};

const struct tls_suite *tls_suite_at(unsigned index)
{
    return index < sizeof suites / sizeof *suites ? &suites[index] : NULL;
}

const struct tls_suite *tls_suite_find(uint16_t id)
{
    size_t low = 0, high = sizeof suites / sizeof *suites;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (suites[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sizeof suites / sizeof *suites && suites[low].id == id ? &suites[low] : NULL;
}

bool tls_suite_fits(const struct tls_suite *suite, uint16_t version)
{
    if (version < TLS_1_0 || version > TLS_1_3)
        return false;
    if (suite->tls13 || version == TLS_1_3)
        return suite->tls13 && version == TLS_1_3;
    return version == TLS_1_2 || suite->mac != TLS_NO_HASH;
}

const struct tls_cipher_info *tls_cipher_info(enum tls_cipher cipher)
{
    return &ciphers[cipher];
}

uint8_t tls_hash_size(enum tls_hash hash)
{
    static const uint8_t sizes[TLS_HASHES] = {
        [TLS_NO_HASH] = 0, [TLS_MD5_SHA1] = 36, [TLS_MD5] = 16, [TLS_SHA1] = 20, [TLS_SHA256] = 32, [TLS_SHA384] = 48};
    return sizes[hash];
}

const char *tls_hash_name(enum tls_hash hash)
{
    static const char *const names[TLS_HASHES] = {
        [TLS_NO_HASH] = "",  [TLS_MD5_SHA1] = "MD5-SHA1", [TLS_MD5] = "MD5",
        [TLS_SHA1] = "SHA1", [TLS_SHA256] = "SHA256",     [TLS_SHA384] = "SHA384"};
    return names[hash];
}

/* RC4 against RFC 6229, and against libcrypto where it has the legacy provider. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "proto/tls/rc4.h"

static const uint8_t key[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static void check(size_t key_size, size_t offset, const char *hex)
{
    static const uint8_t zeros[16];
    struct tls_rc4 r;
    uint8_t expected[16], out[16];
    size_t size = 0;
    assert_int_equal(OPENSSL_hexstr2buf_ex(expected, sizeof expected, &size, hex, ' '), 1);
    tls_rc4_init(&r, slice_part((struct slice){key, sizeof key}, 0, key_size));
    tls_rc4_skip(&r, offset);
    tls_rc4_apply(&r, (struct slice){zeros, sizeof zeros}, out);
    assert_memory_equal(out, expected, sizeof expected);
}

static void rfc_6229(void **state)
{
    (void)state;
    check(5, 0, "b2 39 63 05 f0 3d c0 27 cc c3 52 4a 0a 11 18 a8");
    check(5, 16, "69 82 94 4f 18 fc 82 d5 89 c4 03 a4 7a 0d 09 19");
    check(5, 4096, "ff 25 b5 89 95 99 67 07 e5 1f bd f0 8b 34 d8 75");
    check(16, 0, "9a c7 cc 9a 60 9d 1e f7 b2 93 28 99 cd e4 1b 97");
    check(16, 16, "52 48 c4 95 90 14 12 6a 6e 8a 84 f1 1d 1a 9e 1c");
    check(16, 4096, "a3 6a 4c 30 1a e8 ac 13 61 0c cb c1 22 56 ca cc");
}

static void as_libcrypto_has_it(void **state)
{
    (void)state;
    static uint8_t text[70000], theirs[sizeof text], ours[sizeof text];
    OSSL_LIB_CTX *library = OSSL_LIB_CTX_new();
    OSSL_PROVIDER *legacy = OSSL_PROVIDER_try_load(library, "legacy", 1);
    EVP_CIPHER *cipher = legacy != NULL ? EVP_CIPHER_fetch(library, "RC4", NULL) : NULL;
    if (cipher == NULL) {
        OSSL_LIB_CTX_free(library);
        skip();
    }
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 31 + i / 251);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int written = 0;
    assert_int_equal(EVP_EncryptInit_ex2(c, cipher, key, NULL, NULL), 1);
    assert_int_equal(EVP_EncryptUpdate(c, theirs, &written, text, sizeof text), 1);
    struct tls_rc4 r;
    tls_rc4_init(&r, (struct slice){key, sizeof key});
    for (size_t at = 0, size = 0; at < sizeof text; at += size++) {
        struct slice part =
            slice_part((struct slice){text, sizeof text}, at, at + size < sizeof text ? at + size : sizeof text);
        tls_rc4_apply(&r, part, ours + at);
    }
    assert_memory_equal(ours, theirs, sizeof text);
    EVP_CIPHER_CTX_free(c);
    EVP_CIPHER_free(cipher);
    OSSL_PROVIDER_unload(legacy);
    OSSL_LIB_CTX_free(library);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rfc_6229), cmocka_unit_test(as_libcrypto_has_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

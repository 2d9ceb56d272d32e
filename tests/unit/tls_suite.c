/* The table of suites against OpenSSL's own, where that has the suite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <string.h>

#include "proto/tls/ciphers.h"

static void in_order(void **state)
{
    (void)state;
    unsigned last = 0, count = 0;
    const struct tls_suite *suite;
    for (; (suite = tls_suite_at(count)) != NULL; count++) {
        assert_true(suite->id > last);
        assert_ptr_equal(tls_suite_find(suite->id), suite);
        last = suite->id;
    }
    assert_true(count > 100);
    assert_null(tls_suite_find(0));
    assert_null(tls_suite_find(0x0A0A)); /* GREASE */
    assert_null(tls_suite_find(0xFFFF));
}

static void as_openssl_has_them(void **state)
{
    (void)state;
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    assert_non_null(context);
    SSL *ssl = SSL_new(context);
    unsigned judged = 0;
    const struct tls_suite *suite;
    for (unsigned i = 0; (suite = tls_suite_at(i)) != NULL; i++) {
        const uint8_t number[] = {(uint8_t)(suite->id >> 8), (uint8_t)suite->id};
        const SSL_CIPHER *theirs = SSL_CIPHER_find(ssl, number);
        if (theirs == NULL)
            continue;
        const EVP_CIPHER *cipher = EVP_get_cipherbynid(SSL_CIPHER_get_cipher_nid(theirs));
        const struct tls_cipher_info *info = tls_cipher_info(suite->cipher);
        judged++;
        assert_string_equal(SSL_CIPHER_standard_name(theirs), suite->name);
        assert_int_equal(SSL_CIPHER_is_aead(theirs), suite->mac == TLS_NO_HASH);
        assert_int_equal(info->mode == TLS_MODE_CBC || info->mode == TLS_MODE_STREAM, suite->mac != TLS_NO_HASH);
        assert_int_equal(strcmp(SSL_CIPHER_get_version(theirs), "TLSv1.3") == 0, suite->tls13);
        if (cipher != NULL)
            assert_int_equal(EVP_CIPHER_get_key_length(cipher), info->key);
        int hash = EVP_MD_get_type(SSL_CIPHER_get_handshake_digest(theirs));
        assert_int_equal(suite->hash == TLS_SHA384, hash == NID_sha384);
        int mac = SSL_CIPHER_get_digest_nid(theirs);
        assert_int_equal(suite->mac == TLS_MD5, mac == NID_md5);
        assert_int_equal(suite->mac == TLS_SHA1, mac == NID_sha1);
        assert_int_equal(suite->mac == TLS_SHA256, mac == NID_sha256);
        assert_int_equal(suite->mac == TLS_SHA384, mac == NID_sha384);
        bool old = strcmp(SSL_CIPHER_get_version(theirs), "TLSv1.2") != 0 && !suite->tls13;
        assert_true(tls_suite_fits(suite, TLS_1_0) || !old);
        assert_true(tls_suite_fits(suite, TLS_1_0) == (suite->mac != TLS_NO_HASH));
        assert_int_equal(tls_suite_fits(suite, TLS_1_2), !suite->tls13);
        assert_int_equal(tls_suite_fits(suite, TLS_1_3), suite->tls13);
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    assert_true(judged > 60);
}

/* OpenSSL has none with the certificate's own ECDH key. The registry has them, but for AEADs that came later, beside
 * those with an ephemeral one, which seal alike: RFC 4492, 5289 and 6367. */
static void ecdh_as_ecdhe(void **state)
{
    (void)state;
    unsigned judged = 0;
    const struct tls_suite *suite;
    for (unsigned i = 0; (suite = tls_suite_at(i)) != NULL; i++) {
        char name[64];
        if (strncmp(suite->name, "TLS_ECDH_", 9) != 0)
            continue;
        const struct tls_suite *ephemeral =
            tls_suite_find((uint16_t)(suite->id < 0xC014 ? suite->id + 5 : suite->id - 2));
        snprintf(name, sizeof name, "TLS_ECDHE_%s", suite->name + 9);
        assert_non_null(ephemeral);
        assert_string_equal(ephemeral->name, name);
        assert_int_equal(suite->cipher, ephemeral->cipher);
        assert_int_equal(suite->hash, ephemeral->hash);
        assert_int_equal(suite->mac, ephemeral->mac);
        judged++;
    }
    assert_int_equal(judged, 20);
}

static void sizes_are_libcryptos(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct tls_ciphers *c = tls_ciphers_new(&memory);
    for (int i = 0; i < TLS_CIPHERS; i++) {
        EVP_CIPHER *cipher = tls_ciphers_cipher(c, (enum tls_cipher)i);
        const struct tls_cipher_info *info = tls_cipher_info((enum tls_cipher)i);
        assert_ptr_equal(cipher, tls_ciphers_cipher(c, (enum tls_cipher)i));
        if (cipher == NULL)
            continue;
        assert_int_equal(EVP_CIPHER_get_key_length(cipher), info->key);
        if (info->mode == TLS_MODE_CBC)
            assert_int_equal(EVP_CIPHER_get_block_size(cipher), info->fixed_iv);
    }
    for (int i = TLS_NO_HASH; i < TLS_HASHES; i++) {
        const EVP_MD *digest = EVP_get_digestbyname(tls_hash_name((enum tls_hash)i));
        assert_int_equal(digest != NULL ? EVP_MD_get_size(digest) : 0, tls_hash_size((enum tls_hash)i));
    }
    assert_false(tls_suite_fits(tls_suite_find(0x002F), 0x0300));
    tls_ciphers_free(c);
    assert_int_equal(memory.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_order), cmocka_unit_test(as_openssl_has_them),
                                       cmocka_unit_test(ecdh_as_ecdhe), cmocka_unit_test(sizes_are_libcryptos)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

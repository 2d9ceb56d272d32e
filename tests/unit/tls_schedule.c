/* Keys of TLS 1.3 as RFC 8448 prints them. Those of TLS 1.2 and before are judged by OpenSSL, in
 * tests/unit/tls_opener.c; but no OpenSSL of today speaks an export suite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <openssl/crypto.h>
#include <string.h>

#include "proto/tls/schedule.h"

static struct memory memory = {.limit = 1 << 20};
static struct tls_ciphers *ciphers;

static size_t bytes_of(const char *hex, uint8_t *out, size_t most)
{
    size_t size = 0;
    assert_int_equal(OPENSSL_hexstr2buf_ex(out, most, &size, hex, ' '), 1);
    return size;
}

static struct tls_secret secret_of(const char *hex)
{
    struct tls_secret secret = {0};
    secret.size = (uint8_t)bytes_of(hex, secret.bytes, sizeof secret.bytes);
    return secret;
}

static void check(const char *traffic, const char *key, const char *iv)
{
    struct tls_secret secret = secret_of(traffic);
    struct tls_record_keys keys;
    uint8_t expected[32];
    assert_true(tls_schedule_traffic(ciphers, tls_suite_find(0x1301), &secret, &keys));
    assert_int_equal(bytes_of(key, expected, sizeof expected), 16);
    assert_memory_equal(keys.key, expected, 16);
    assert_int_equal(bytes_of(iv, expected, sizeof expected), 12);
    assert_memory_equal(keys.iv, expected, 12);
    assert_int_equal(keys.version, TLS_1_3);
    assert_memory_equal(keys.traffic.bytes, secret.bytes, secret.size);
}

static void rfc_8448(void **state)
{
    (void)state;
    check("b3 ed db 12 6e 06 7f 35 a7 80 b3 ab f4 5e 2d 8f 3b 1a 95 07 38 f5 2e 96 00 74 6a 0e 27 a5 5a 21",
          "db fa a6 93 d1 76 2c 5b 66 6a f5 d9 50 25 8d 01", "5b d3 c7 1b 83 6e 0b 76 bb 73 26 5f");
    check("b6 7b 7d 69 0c c1 6c 4e 75 e5 42 13 cb 2d 37 b4 e9 c9 12 bc de d9 10 5d 42 be fd 59 d3 91 ad 38",
          "3f ce 51 60 09 c2 17 27 d0 f2 e4 e8 6e e4 03 bc", "5d 31 3e b2 67 12 76 ee 13 00 0b 30");
}

struct pair {
    const char *client, *server;
};

static void check_export(uint16_t version, struct pair mac_keys, struct pair made)
{
    struct tls_secret master = {.size = TLS_MASTER_SECRET};
    uint8_t client_random[TLS_RANDOM], server_random[TLS_RANDOM], expected[32];
    struct tls_record_keys keys[2];
    for (uint8_t i = 0; i < TLS_MASTER_SECRET; i++)
        master.bytes[i] = i;
    for (uint8_t i = 0; i < TLS_RANDOM; i++) {
        client_random[i] = (uint8_t)(100 + i);
        server_random[i] = (uint8_t)(200 + i);
    }
    assert_true(tls_schedule_expand(ciphers, tls_suite_find(0x0003), version, &master, client_random, server_random,
                                    true, keys));
    for (int side = 0; side < 2; side++) {
        assert_false(keys[side].encrypt_then_mac);
        assert_int_equal(bytes_of(side ? mac_keys.server : mac_keys.client, expected, sizeof expected), 16);
        assert_memory_equal(keys[side].mac_key, expected, 16);
        assert_int_equal(bytes_of(side ? made.server : made.client, expected, sizeof expected), 16);
        assert_memory_equal(keys[side].key, expected, 16);
    }
}

/* Reckoned with the PRF written down from the RFCs over Python's hmac: 42 bytes of key block, then both final keys from
 * its last ten. Master secret 0, 1, ...; randoms 100, 101, ... and 200, 201, ... */
static void export_keys(void **state)
{
    (void)state;
    check_export(TLS_1_0,
                 (struct pair){"9f c5 16 9b 26 99 a4 9a 75 65 40 a0 c0 c4 01 f6",
                               "59 69 96 ca 8d b2 f2 82 cf 2b 97 7b 97 56 34 7a"},
                 (struct pair){"24 f5 c5 d6 73 81 c8 f2 f0 a1 f4 29 b9 e6 79 d6",
                               "3b 18 64 58 a4 c6 35 51 6b ee a9 a1 ea 4a aa c0"});
    check_export(TLS_1_2,
                 (struct pair){"de 62 d3 ee 5d c8 b4 2d 2f 65 7a fc e5 c1 a5 bd",
                               "07 03 3d 2a 02 fa cf 4d b7 c2 2c e8 8b f3 cc a3"},
                 (struct pair){"01 c2 58 8e f6 d3 49 f1 89 87 26 e2 2c fa 3b f9",
                               "f6 de 08 77 92 b1 04 54 68 79 2b fb a9 d3 de 11"});
}

static bool all_zero(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++) {
        if (at[i] != 0)
            return false;
    }
    return true;
}

static void what_does_not_fit(void **state)
{
    (void)state;
    static const uint8_t random[TLS_RANDOM] = "of a hello";
    struct tls_secret short_one = {.size = 32, .bytes = "32 bytes"}, master = {.size = 48, .bytes = "48 bytes"};
    struct tls_record_keys keys[2];
    memset(keys, 'x', sizeof keys);
    assert_false(tls_schedule_traffic(ciphers, tls_suite_find(0x1302), &short_one, &keys[0]));
    assert_true(all_zero(&keys[0], sizeof keys[0]));
    assert_false(tls_schedule_traffic(ciphers, tls_suite_find(0xC02F), &short_one, &keys[0]));
    assert_false(
        tls_schedule_expand(ciphers, tls_suite_find(0xC02F), TLS_1_2, &short_one, random, random, false, keys));
    assert_true(all_zero(keys[1].key, sizeof keys[1].key));
    assert_false(tls_schedule_expand(ciphers, tls_suite_find(0xC02F), TLS_1_1, &master, random, random, false, keys));
    assert_false(tls_schedule_expand(ciphers, tls_suite_find(0x1301), TLS_1_3, &master, random, random, false, keys));
    assert_true(tls_schedule_expand(ciphers, tls_suite_find(0xC02F), TLS_1_2, &master, random, random, true, keys));
    assert_false(keys[0].encrypt_then_mac); /* without effect but for CBC */
    struct tls_record_keys before = keys[0];
    assert_false(tls_schedule_update(ciphers, &keys[0]));
    assert_memory_equal(&keys[0], &before, sizeof before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rfc_8448), cmocka_unit_test(export_keys),
                                       cmocka_unit_test(what_does_not_fit)};
    ciphers = tls_ciphers_new(&memory);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    tls_ciphers_free(ciphers);
    return failed + (memory.used != 0);
}

#include "proto/stream/sniff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define BYTES(...)                                                                                                     \
    {                                                                                                                  \
        (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})                                         \
    }
#define TEXT(t)                                                                                                        \
    {                                                                                                                  \
        (const uint8_t *)(t), sizeof(t) - 1                                                                            \
    }

enum { NOBODY = -1 };

/* From `told_at` bytes on the answer stands; before, it is unknown (or, for `side`, not known yet). */
static const struct {
    struct slice bytes;
    enum protocol protocol;
    int side;
    size_t told_at;
} rows[] = {
    {TEXT("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), PROTOCOL_HTTP1, CLIENT, 4},
    {TEXT("OPTIONS * HTTP/1.1\r\n"), PROTOCOL_HTTP1, CLIENT, 8},
    {TEXT("CONNECT a:1 HTTP/1.1\r\n"), PROTOCOL_HTTP1, CLIENT, 8},
    {TEXT("HEAD http://a/ HTTP/1.0\n"), PROTOCOL_HTTP1, CLIENT, 5},
    {TEXT("PATCH /"), PROTOCOL_HTTP1, CLIENT, 6},
    {TEXT("\r\n\n\r\nPOST /x"), PROTOCOL_HTTP1, CLIENT, 10},
    {TEXT("PROPFIND /x HTTP/1.1\r\n"), PROTOCOL_HTTP1, CLIENT, 22},
    {TEXT("get /x HTTP/1.0\n"), PROTOCOL_HTTP1, CLIENT, 16},
    {TEXT("QUERY * HTTP/1.1\n"), PROTOCOL_HTTP1, CLIENT, 17},
    {TEXT("QUERY /012345678901234567890123456789012345678901234567890123456789 HTTP/1.1\n"), PROTOCOL_HTTP1, CLIENT,
     64},
    {TEXT("HTTP/1.1 200 OK\r\n"), PROTOCOL_HTTP1, SERVER, 7},
    {TEXT("HTTP/1.0 401"), PROTOCOL_HTTP1, SERVER, 7},
    {TEXT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), PROTOCOL_HTTP2, CLIENT, 24},
    {BYTES(0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100), PROTOCOL_HTTP2, SERVER, 9},
    {BYTES(0, 0, 0, 4, 0, 0, 0, 0, 0), PROTOCOL_HTTP2, SERVER, 9},
    {BYTES(0, 0, 0, 4, 1, 0, 0, 0, 0), PROTOCOL_HTTP2, NOBODY, 9},
    {BYTES(0x16, 3, 1, 2, 0, 1, 0, 1), PROTOCOL_TLS, CLIENT, 6},
    {BYTES(0x16, 3, 3, 0, 90, 2, 0, 0), PROTOCOL_TLS, SERVER, 6},
    {BYTES(0x16, 3, 3, 0, 40, 0xd7, 0, 0), PROTOCOL_TLS, NOBODY, 6},
    {BYTES(0x15, 3, 3, 0, 2, 2, 40), PROTOCOL_TLS, NOBODY, 5},
    {BYTES(0x15, 3, 3, 2, 0, 9), PROTOCOL_TLS, NOBODY, 5}, /* sealed, it is longer, but never so long: */
    {BYTES(0x15, 3, 3, 2, 1), PROTOCOL_OTHER, NOBODY, 5},
    {BYTES(0x14, 3, 3, 0, 1, 1), PROTOCOL_TLS, NOBODY, 5},
    {BYTES(0x17, 3, 3, 0x40, 0x11, 9), PROTOCOL_TLS, NOBODY, 5},
    {BYTES(0x80, 46, 1, 3, 1, 0, 0x15), PROTOCOL_TLS, CLIENT, 5},
    {TEXT("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"), PROTOCOL_OTHER, NOBODY, 32},
    {TEXT("EHLO mail.example\r\n"), PROTOCOL_OTHER, NOBODY, 19},
    {TEXT("PRI * HTTP/2.0\r\n\r\nSN"), PROTOCOL_HTTP1, CLIENT, 20},
    {TEXT("PRI * HTTP/2.0\r\nHost: a\r\n"), PROTOCOL_HTTP1, CLIENT, 17},
    {TEXT("PRI * HTTP/2.0\n"), PROTOCOL_HTTP1, CLIENT, 15},
    {TEXT("\rPRI * HTTP/2.0\r\n\r\nSN"), PROTOCOL_HTTP1, CLIENT, 21},
    {TEXT("\rPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), PROTOCOL_OTHER, NOBODY, 25},
    {TEXT("PRI * HTTP/2.1\r\n"), PROTOCOL_OTHER, NOBODY, 16},
    {TEXT("PRI / HTTP/2.0\r\n"), PROTOCOL_OTHER, NOBODY, 16},
    {TEXT("HTTP/2 200\r\n"), PROTOCOL_OTHER, NOBODY, 6},
    {TEXT("GOT\t/ HTTP/1.1\r\n"), PROTOCOL_OTHER, NOBODY, 4},
    {TEXT("FETCH \x01"), PROTOCOL_OTHER, NOBODY, 7},
    {TEXT("FETCH /\x7f"), PROTOCOL_OTHER, NOBODY, 8},
    {TEXT("get /\xc3\xa9 HTTP/1.1\r\n"), PROTOCOL_HTTP1, CLIENT, 18},
    {TEXT("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNO"), PROTOCOL_HTTP1, CLIENT, 64},
    {TEXT("FETCH /a\rb"), PROTOCOL_OTHER, NOBODY, 10},
    {TEXT("FETCH /a HTTP/2\n"), PROTOCOL_OTHER, NOBODY, 16},
    {TEXT("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\n"), PROTOCOL_HTTP1, CLIENT, 46},
    {TEXT(" GET / HTTP/1.1\r\n"), PROTOCOL_OTHER, NOBODY, 1},
    /* Of another version: a ClientHello, or nothing. */
    {BYTES(0x16, 5, 0, 2, 0, 1, 0, 1, 0xfc, 3), PROTOCOL_TLS, CLIENT, 10},
    {BYTES(0x16, 3, 5, 0, 1, 1, 0x16, 3, 0, 0), PROTOCOL_TLS, CLIENT, 10}, /* its first byte alone */
    {BYTES(0x15, 5, 5, 0, 2, 1, 0x5a, 0x16, 3, 1, 0, 60, 1, 0, 0, 56, 3), PROTOCOL_TLS, CLIENT, 17},
    {BYTES(0x15, 5, 5, 0, 2, 1, 0x5a, 0x16, 5, 1, 0, 60, 1, 0, 0, 56, 3), PROTOCOL_TLS, CLIENT, 17},
    {BYTES(0x16, 2, 0, 2, 0, 2), PROTOCOL_OTHER, NOBODY, 6},
    {BYTES(0x16, 2, 0, 0, 0), PROTOCOL_OTHER, NOBODY, 5},
    {BYTES(0x16, 2, 0, 2, 0, 1, 0, 0, 30), PROTOCOL_OTHER, NOBODY, 9},
    {BYTES(0x16, 2, 0, 2, 0, 1, 0, 1, 0xfc, 4), PROTOCOL_OTHER, NOBODY, 10},
    {BYTES(0x15, 5, 5, 0, 2, 2), PROTOCOL_OTHER, NOBODY, 6},
    {BYTES(0x17, 2), PROTOCOL_OTHER, NOBODY, 2},
    {BYTES(0x17, 3, 3, 0x48, 1), PROTOCOL_OTHER, NOBODY, 5},
    {BYTES(0x14, 3, 3, 0, 2), PROTOCOL_OTHER, NOBODY, 5},
    {BYTES(0x15, 3, 3, 0, 0), PROTOCOL_OTHER, NOBODY, 5},
    {BYTES(0x80, 46, 2), PROTOCOL_OTHER, NOBODY, 3},
    {BYTES(0, 0, 5, 4, 0, 0, 0, 0, 0), PROTOCOL_OTHER, NOBODY, 9},
    {BYTES(0, 0, 6, 4, 1, 0, 0, 0, 0), PROTOCOL_OTHER, NOBODY, 9},
    {BYTES(0, 0, 6, 4, 0, 0, 0, 0, 1), PROTOCOL_OTHER, NOBODY, 9},
    {BYTES(0, 2, 94, 4, 0, 0, 0, 0, 0), PROTOCOL_OTHER, NOBODY, 9},
    {BYTES(0, 0, 6, 5), PROTOCOL_OTHER, NOBODY, 4},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t size = 0; size <= rows[i].bytes.size; size++) {
            struct sniffed got = sniff(slice_part(rows[i].bytes, 0, size));
            if (size < rows[i].told_at) {
                assert_int_equal(got.protocol, PROTOCOL_UNKNOWN);
                continue;
            }
            if (got.protocol != rows[i].protocol || got.side_known != (rows[i].side != NOBODY))
                fail_msg("row %zu, %zu bytes: %s", i, size, protocol_name(got.protocol));
            if (got.side_known)
                assert_int_equal(got.side, rows[i].side);
        }
    }
}

/* Adding bytes never changes what was told; with SNIFF_BYTES something is. */
static void check_prefixes(const uint8_t *bytes, size_t size)
{
    struct sniffed before = {.protocol = PROTOCOL_UNKNOWN};
    for (size_t n = 0; n <= size; n++) {
        uint8_t *copy = malloc(n ? n : 1);
        memcpy(copy, bytes, n);
        struct sniffed now = sniff((struct slice){copy, n});
        free(copy);
        if (before.protocol != PROTOCOL_UNKNOWN) {
            assert_int_equal(now.protocol, before.protocol);
            assert_true(!before.side_known || (now.side_known && now.side == before.side));
        }
        if (n >= SNIFF_BYTES)
            assert_int_not_equal(now.protocol, PROTOCOL_UNKNOWN);
        before = now;
    }
}

/* Beginnings of the rows, changed at random and gone on with at random. */
static void test_prefixes(void **state)
{
    (void)state;
    static const char alphabet[] = "\r\n /*AZaz HTTP/1.1\x16\x03\x01\x80\x00\x04";
    srand(1);
    for (int round = 0; round < 40000; round++) {
        uint8_t bytes[SNIFF_BYTES + 8];
        size_t row = (size_t)rand() % (sizeof rows / sizeof rows[0]);
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = rand() % 4 ? (uint8_t)alphabet[(size_t)rand() % (sizeof alphabet - 1)] : (uint8_t)rand();
        struct slice start = slice_part(rows[row].bytes, 0, (size_t)rand() % (sizeof bytes + 1));
        memcpy(bytes, start.data, start.size);
        if (rand() % 2)
            bytes[(size_t)rand() % sizeof bytes] = (uint8_t)rand();
        check_prefixes(bytes, sizeof bytes);
    }
    uint8_t same[SNIFF_BYTES + 8];
    for (unsigned b = 0; b < 256; b++) {
        memset(same, (int)b, sizeof same);
        check_prefixes(same, sizeof same);
    }
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(protocol_name(PROTOCOL_UNKNOWN), "unknown");
    assert_string_equal(protocol_name(PROTOCOL_TLS), "tls");
    assert_string_equal(protocol_name(PROTOCOL_HTTP1), "http");
    assert_string_equal(protocol_name(PROTOCOL_HTTP2), "http2");
    assert_string_equal(protocol_name(PROTOCOL_OTHER), "failed");
    for (unsigned i = 0; i < GAVE_UP_REASONS; i++)
        assert_true(gave_up_name((enum gave_up)i)[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The examples are those of the descriptions of JA3 and JA4; that of JA3S is as md5sum has it. */
#include "proto/tls/fingerprint.h"

#include "tests/unit/tls_hello_made.h"

static struct made m;

/* Extensions without content, in the order given, but those that are read. */
static void add_extensions(const int *types, const int *groups, const int *formats, const int *algorithms)
{
    struct made content;
    size_t at = made_open(&m);
    for (; *types >= 0; types++) {
        content.size = 0;
        if (*types == TLS_EXTENSION_SUPPORTED_GROUPS && groups)
            made_list(&content, groups, 2, 2);
        else if (*types == TLS_EXTENSION_POINT_FORMATS && formats)
            made_list(&content, formats, 1, 1);
        else if (*types == TLS_EXTENSION_SIGNATURE_ALGORITHMS && algorithms)
            made_list(&content, algorithms, 2, 2);
        else if (*types == TLS_EXTENSION_ALPN)
            made_add(&content, "\0\x0c\2h2\x08http/1.1", 14);
        else if (*types == TLS_EXTENSION_SUPPORTED_VERSIONS)
            made_add(&content, "\6\xaa\xaa\3\4\3\3", 7);
        else if (*types == TLS_EXTENSION_SERVER_NAME)
            made_add(&content, "\0\4\0\0\1h", 6);
        made_extension(&m, (unsigned)*types, content.bytes, content.size);
    }
    made_close(&m, at);
}

static void is_ja3(const char *string, const char *hash)
{
    struct tls_client_hello h;
    struct tls_ja3 ja3;
    assert_true(tls_client_hello_read(made_slice(&m), &h));
    assert_true(tls_ja3_of_client(&h, &ja3));
    assert_int_equal(ja3.size, strlen(string));
    assert_memory_equal(ja3.string, string, ja3.size);
    assert_memory_equal(ja3.hash, hash, TLS_JA3_HASH);
}

static void ja3(void **state)
{
    (void)state;
    made_client(&m, 0x0301, (const int[]){47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4, -1});
    add_extensions((const int[]){0, 10, 11, -1}, (const int[]){23, 24, 25, -1}, (const int[]){0, -1}, NULL);
    is_ja3("769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", "ada70206e40642a3e4461f35503241d5");
    made_client(&m, 0x0301, (const int[]){4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99, -1});
    is_ja3("769,4-5-10-9-100-98-3-6-19-18-99,,,", "de350869b8c85de67a350c8d186f11e6");
    /* GREASE is left out, wherever it stands. */
    made_client(&m, 0x0301,
                (const int[]){0x0a0a, 47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4, 0xfafa, -1});
    add_extensions((const int[]){0x1a1a, 0, 10, 11, 0x2a2a, -1}, (const int[]){0x3a3a, 23, 24, 25, -1},
                   (const int[]){0, -1}, NULL);
    is_ja3("769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", "ada70206e40642a3e4461f35503241d5");
}

static void ja3s(void **state)
{
    (void)state;
    struct tls_server_hello h;
    struct tls_ja3 ja3;
    made_server(&m, 0x0301, 47);
    size_t at = made_open(&m);
    for (const int *type = (const int[]){65281, 0, 11, 35, 5, 16, -1}; *type >= 0; type++)
        made_extension(&m, (unsigned)*type, "", 0);
    made_close(&m, at);
    assert_true(tls_server_hello_read(made_slice(&m), &h));
    assert_true(tls_ja3_of_server(&h, &ja3));
    assert_memory_equal(ja3.hash, "836ce314215654b5b1f85f97c73e506f", TLS_JA3_HASH);
}

static void is_ja4(const char *expected)
{
    struct tls_client_hello h;
    char ja4[TLS_JA4 + 1] = "";
    assert_true(tls_client_hello_read(made_slice(&m), &h));
    assert_true(tls_ja4_of_client(&h, ja4));
    assert_string_equal(ja4, expected);
}

static const int CHROME[] = {0x1a1a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9,
                             0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035, -1};
static const int ALGORITHMS[] = {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, -1};

static void ja4(void **state)
{
    (void)state;
    made_client(&m, 0x0303, CHROME);
    add_extensions((const int[]){0x3a3a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023,
                                 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015, -1},
                   NULL, NULL, ALGORITHMS);
    is_ja4("t13d1516h2_8daaf6152771_e5627efa2ab1");
    made_client(&m, 0x0302, (const int[]){0x0a0a, -1});
    is_ja4("t11i000000_000000000000_000000000000");
}

/* The first and the last byte of a name that is no text, in hexadecimal. */
static void ja4_of_an_odd_protocol(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        size_t size;
        const char *expected;
    } rows[] = {{"\0\2\1a", 4, "aa"},
                {"\0\3\2\xab\xcd", 5, "ad"},
                {"\0\4\3"
                 "a.\xfe",
                 6, "6e"},
                {"\0\3\2-0", 5, "20"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tls_client_hello h;
        char ja4[TLS_JA4];
        made_client(&m, 0x0303, (const int[]){47, -1});
        size_t at = made_open(&m);
        made_extension(&m, TLS_EXTENSION_ALPN, rows[i].list, rows[i].size);
        made_close(&m, at);
        assert_true(tls_client_hello_read(made_slice(&m), &h));
        assert_true(tls_ja4_of_client(&h, ja4));
        assert_memory_equal(ja4 + 8, rows[i].expected, 2);
    }
}

static void too_many(void **state)
{
    (void)state;
    static int suites[TLS_FINGERPRINT_NUMBERS + 2];
    struct tls_client_hello h;
    struct tls_ja3 ja3;
    char ja4[TLS_JA4];
    for (int more = 0; more < 2; more++) {
        for (int i = 0; i < TLS_FINGERPRINT_NUMBERS + more; i++)
            suites[i] = 0x100;
        suites[TLS_FINGERPRINT_NUMBERS + more] = -1;
        made_client(&m, 0x0303, suites);
        assert_true(tls_client_hello_read(made_slice(&m), &h));
        assert_int_equal(tls_ja3_of_client(&h, &ja3), !more);
        assert_int_equal(tls_ja4_of_client(&h, ja4), !more);
        if (!more) {
            assert_int_equal(ja3.size, 0);
            assert_memory_equal(ja4, "t12i9900", 8);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ja3), cmocka_unit_test(ja3s), cmocka_unit_test(ja4),
                                       cmocka_unit_test(ja4_of_an_odd_protocol), cmocka_unit_test(too_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

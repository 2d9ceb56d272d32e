#include "proto/tls/hello.h"

#include "proto/tls/suite.h"
#include "tests/unit/tls_hello_made.h"

static struct made m;

static void make_all(void)
{
    made_client(&m, 0x0303, (const int[]){0x1301, 0xc02b, -1});
    size_t at = made_open(&m);
    made_extension(&m, TLS_EXTENSION_SERVER_NAME, "\0\x0e\0\0\x0bkube.local.", 16);
    made_extension(&m, TLS_EXTENSION_ALPN, "\0\x0c\2h2\x08http/1.1\0", 14);
    made_extension(&m, TLS_EXTENSION_SUPPORTED_VERSIONS, "\6\x2a\x2a\3\4\3\3", 7);
    made_extension(&m, TLS_EXTENSION_SESSION_TICKET, "ticket", 6);
    made_extension(&m, TLS_EXTENSION_EXTENDED_MASTER_SECRET, "", 0);
    made_extension(&m, TLS_EXTENSION_EARLY_DATA, "", 0);
    made_extension(&m, TLS_EXTENSION_ECH, "x", 1);
    made_extension(&m, TLS_EXTENSION_PRE_SHARED_KEY, "\0\x12\0\5first\0\0\0\1\0\1s\0\0\0\2\0\2\1x", 24);
    made_close(&m, at);
}

static void a_clients(void **state)
{
    (void)state;
    struct tls_client_hello h;
    make_all();
    assert_true(tls_client_hello_read(made_slice(&m), &h));
    assert_false(h.broken);
    assert_int_equal(h.version, TLS_1_2);
    assert_int_equal(tls_client_hello_offers(&h), TLS_1_3);
    assert_int_equal(h.random[31], 'r');
    assert_true(slice_is(h.session_id, "sess"));
    assert_int_equal(h.suites.size, 4);
    assert_true(slice_is(h.server_name, "kube.local."));
    assert_true(slice_is(tls_protocol_first(h.protocols), "h2"));
    assert_true(slice_is(h.ticket, "ticket"));
    assert_true(h.ech);
    assert_true(tls_hello_has(h.has, TLS_EXTENSION_EARLY_DATA));
    assert_false(tls_hello_has(h.has, TLS_EXTENSION_KEY_SHARE));
    assert_false(tls_hello_has(h.has, TLS_EXTENSION_ECH));
    struct reader identities = reader_of(h.identities);
    struct slice identity;
    assert_true(tls_hello_identity_next(&identities, &identity) && slice_is(identity, "first"));
    assert_true(tls_hello_identity_next(&identities, &identity) && slice_is(identity, "s"));
    assert_false(tls_hello_identity_next(&identities, &identity));
}

/* Cut anywhere it is none. */
static void a_part_is_none(void **state)
{
    (void)state;
    struct tls_client_hello h;
    make_all();
    for (size_t size = 0; size < m.size; size++) {
        uint8_t *own = malloc(size + 1);
        memcpy(own, m.bytes, size);
        /* but where the extensions begin: without any it would be whole */
        bool whole = size == 2 + 32 + 1 + 4 + 2 + 4 + 2;
        assert_int_equal(tls_client_hello_read((struct slice){own, size}, &h), whole);
        free(own);
    }
    m.bytes[m.size] = 0;
    m.size++;
    assert_false(tls_client_hello_read(made_slice(&m), &h));
}

static void broken_extensions(void **state)
{
    (void)state;
    static const struct {
        unsigned type;
        const char *bytes;
        size_t size;
    } rows[] = {{TLS_EXTENSION_SERVER_NAME, "\0\5\0\0\3hos", 8},
                {TLS_EXTENSION_SERVER_NAME, "\0\4\1\0\1h", 6},
                {TLS_EXTENSION_ALPN, "\0\3\3h2", 5},
                {TLS_EXTENSION_ALPN, "\0\1\0", 3},
                {TLS_EXTENSION_ALPN, "\0\0", 2},
                {TLS_EXTENSION_SUPPORTED_VERSIONS, "\3\3\4\3", 4},
                {TLS_EXTENSION_SUPPORTED_GROUPS, "\0\2\0", 3},
                {TLS_EXTENSION_PRE_SHARED_KEY, "\0\x09s", 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tls_client_hello h;
        made_client(&m, 0x0303, (const int[]){0x1301, -1});
        size_t at = made_open(&m);
        made_extension(&m, rows[i].type, rows[i].bytes, rows[i].size);
        made_close(&m, at);
        assert_true(tls_client_hello_read(made_slice(&m), &h));
        assert_true(h.broken);
        assert_int_equal(h.protocols.size + h.server_name.size, 0);
    }
}

static void a_servers(void **state)
{
    (void)state;
    struct tls_server_hello h;
    made_server(&m, 0x0303, 0x1302);
    size_t at = made_open(&m);
    made_extension(&m, TLS_EXTENSION_SUPPORTED_VERSIONS, "\3\4", 2);
    made_extension(&m, TLS_EXTENSION_PRE_SHARED_KEY, "\0\1", 2);
    made_extension(&m, TLS_EXTENSION_KEY_SHARE, "\x11\xec..", 4);
    made_close(&m, at);
    assert_true(tls_server_hello_read(made_slice(&m), &h));
    assert_int_equal(h.version, TLS_1_3);
    assert_int_equal(h.legacy_version, TLS_1_2);
    assert_int_equal(h.suite, 0x1302);
    assert_int_equal(h.identity, 1);
    assert_int_equal(h.group, 0x11ec);
    assert_false(h.retry || h.broken);
    made_server(&m, 0x0303, 0xc02f);
    at = made_open(&m);
    made_extension(&m, TLS_EXTENSION_ALPN, "\0\3\2h2", 5);
    made_close(&m, at);
    assert_true(tls_server_hello_read(made_slice(&m), &h));
    assert_int_equal(h.version, TLS_1_2);
    assert_true(slice_is(h.protocol, "h2"));
}

/* RFC 8448, section 5: the random of its HelloRetryRequest. */
static void a_retry(void **state)
{
    (void)state;
    static const uint8_t random[TLS_HELLO_RANDOM] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                                     0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                                     0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
    struct tls_server_hello h;
    made_server(&m, 0x0303, 0x1301);
    memcpy(m.bytes + 2, random, sizeof random);
    assert_true(tls_server_hello_read(made_slice(&m), &h) && h.retry);
    m.bytes[33] ^= 1;
    assert_true(tls_server_hello_read(made_slice(&m), &h) && !h.retry);
}

#define BYTES(text)                                                                                                    \
    (struct slice)                                                                                                     \
    {                                                                                                                  \
        (const uint8_t *)(text), sizeof(text) - 1                                                                      \
    }

static void what_follows(void **state)
{
    (void)state;
    struct tls_encrypted_extensions e;
    assert_true(tls_encrypted_extensions_read(BYTES("\0\x0d\0\x10\0\5\0\3\2h2\0\x2a\0\0"), &e));
    assert_true(slice_is(e.protocol, "h2") && e.early_data);
    assert_true(tls_encrypted_extensions_read(BYTES("\0\0"), &e) && !e.early_data && e.protocol.size == 0);
    assert_false(tls_encrypted_extensions_read(BYTES("\0\4\0\0\0"), &e));
    assert_true(slice_is(tls_ticket_read(BYTES("\0\0\1\0\0\2ab"), TLS_1_2), "ab"));
    assert_true(slice_is(tls_ticket_read(BYTES("\0\0\1\0aaaa\1n\0\3abc\0\0"), TLS_1_3), "abc"));
    assert_int_equal(tls_ticket_read(BYTES("\0\0\1\0\0\3ab"), TLS_1_2).size, 0);
    assert_int_equal(tls_ticket_read(BYTES("\0\0\1\0\0\2abc"), TLS_1_2).size, 0);
}

static void grease(void **state)
{
    (void)state;
    unsigned count = 0;
    for (unsigned i = 0; i < 65536; i++)
        count += tls_is_grease((uint16_t)i);
    assert_int_equal(count, 16);
    assert_true(tls_is_grease(0x0a0a) && tls_is_grease(0xfafa) && !tls_is_grease(0x0a1a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clients), cmocka_unit_test(a_part_is_none), cmocka_unit_test(broken_extensions),
        cmocka_unit_test(a_servers), cmocka_unit_test(a_retry),        cmocka_unit_test(what_follows),
        cmocka_unit_test(grease)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

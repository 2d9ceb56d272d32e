#include "proto/stream/proxy_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/packet/address.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"

static enum proxy_line read_bytes(const char *bytes, size_t size, struct proxied *out)
{
    /* A copy of its own, so that a read behind the end is seen. */
    uint8_t *copy = malloc(size > 0 ? size : 1);
    memcpy(copy, bytes, size);
    enum proxy_line got = proxy_line_read((struct slice){copy, size}, out);
    free(copy);
    return got;
}

static void is_address(const struct address *a, const char *ip, uint16_t port)
{
    uint8_t expected[16];
    assert_true(address_parse(slice_of(ip), expected));
    assert_memory_equal(a->ip, expected, 16);
    assert_int_equal(a->port, port);
}

/* Every beginning of a line is not enough; with the connection's bytes behind it the line ends where it ends. */
static void read_cut(const char *line, size_t size, struct proxied *out)
{
    char more[4096];
    memcpy(more, line, size);
    memcpy(more + size, "GET / HTTP/1.1\r\n", 16);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(read_bytes(more, i, out), PROXY_LINE_MORE);
    for (size_t i = 0; i <= 16; i++) {
        assert_int_equal(read_bytes(more, size + i, out), PROXY_LINE_READ);
        assert_int_equal(out->size, size);
    }
}

static void text(void **state)
{
    (void)state;
    static const char four[] = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n";
    static const char six[] = "PROXY TCP6 2001:db8::1 2001:db8::2 0 65535\r\n";
    struct proxied p;
    read_cut(four, sizeof four - 1, &p);
    assert_int_equal(p.version, 1);
    assert_true(p.known);
    assert_false(p.local);
    is_address(&p.from, "192.0.2.1", 56324);
    is_address(&p.to, "198.51.100.2", 443);
    read_cut(six, sizeof six - 1, &p);
    is_address(&p.from, "2001:db8::1", 0);
    is_address(&p.to, "2001:db8::2", 65535);
    /* As HAProxy writes who came by IPv4 to a socket of both families. */
    static const char mapped[] = "PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.2 44276 443\r\n";
    read_cut(mapped, sizeof mapped - 1, &p);
    assert_true(p.known);
    is_address(&p.from, "192.0.2.1", 44276);
    is_address(&p.to, "198.51.100.2", 443);
    static const char *const unknown[] = {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 x 1 2 3\r\n"};
    for (size_t i = 0; i < 2; i++) {
        read_cut(unknown[i], strlen(unknown[i]), &p);
        assert_false(p.known);
    }
    /* The longest of the specification: 107 bytes. */
    static const char longest[] = "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
                                  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
    assert_int_equal(sizeof longest - 1, 107);
    read_cut(longest, 107, &p);
}

static void bad_text(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "PROXY\x20\r\n",
        "PROXY TCP4\r\n",
        "PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n",
        "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
        "PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 2001:db8::2 1 2\r\n",
        "PROXY TCP4 ::ffff:192.0.2.1 ::ffff:192.0.2.2 1 2\r\n",
        "PROXY TCP4 a.example 192.0.2.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\rx",
    };
    struct proxied p;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(read_bytes(cases[i], strlen(cases[i]), &p), PROXY_LINE_BAD);
    /* No end within 107 bytes. */
    char endless[200];
    memset(endless, 'x', sizeof endless);
    memcpy(endless, "PROXY ", 6);
    assert_int_equal(read_bytes(endless, 106, &p), PROXY_LINE_MORE);
    assert_int_equal(read_bytes(endless, 107, &p), PROXY_LINE_BAD);
    endless[106] = '\r'; /* the newline would be the 108th */
    endless[107] = '\n';
    assert_int_equal(read_bytes(endless, 108, &p), PROXY_LINE_BAD);
}

static void binary(void **state)
{
    (void)state;
    static const char four[] = SIGNATURE "\x21\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x02\xdc\x04\x01\xbb";
    static const char six[] = SIGNATURE "\x21\x21\0\x29" /* 36 of addresses, 5 of a TLV */
                                        "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"
                                        "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\x12\x34\x19\x2b\x04\0\x02hi";
    struct proxied p;
    read_cut(four, sizeof four - 1, &p);
    assert_int_equal(p.version, 2);
    assert_true(p.known);
    assert_false(p.local);
    is_address(&p.from, "192.0.2.1", 0xdc04);
    is_address(&p.to, "198.51.100.2", 443);
    read_cut(six, sizeof six - 1, &p);
    is_address(&p.from, "2001:db8::1", 0x1234);
    is_address(&p.to, "2001:db8::2", 6443);
}

/* Lines that say no address: the connection's bytes begin behind them all the same. */
static void binary_without_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        bool local;
    } cases[] = {
        {SIGNATURE "\x20\0\0\0", 16, true},
        {SIGNATURE "\x20\x11\0\x0c............", 28, true},
        {SIGNATURE "\x20\x11\0\x02..", 18, true}, /* too short for what it names, which LOCAL makes nothing of */
        {SIGNATURE "\x20\xff\0\0", 16, true},     /* nor of what the family is */
        {SIGNATURE "\x21\0\0\x03...", 19, false}, /* UNSPEC */
        {SIGNATURE "\x21\x12\0\x0c............", 28, false}, /* datagrams */
        {SIGNATURE "\x21\x22\0\x24....................................", 52, false},
    };
    struct proxied p;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        read_cut(cases[i].bytes, cases[i].size, &p);
        assert_false(p.known);
        assert_int_equal(p.local, cases[i].local);
    }
    char unix_line[16 + 216] = SIGNATURE "\x21\x31\0\xd8";
    read_cut(unix_line, sizeof unix_line, &p);
    assert_false(p.known);
}

static void bad_binary(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size, bad_from; /* from so many bytes on it is known to be bad */
    } cases[] = {
        {SIGNATURE "\x11\x11\0\x0c............", 28, 13}, /* version 1 */
        {SIGNATURE "\x31\x11\0\x0c............", 28, 13},
        {SIGNATURE "\x22\x11\0\x0c............", 28, 13}, /* no such command */
        {SIGNATURE "\x21\x41\0\x0c............", 28, 14}, /* no such family */
        {SIGNATURE "\x21\x13\0\x0c............", 28, 14}, /* no such protocol */
        {SIGNATURE "\x21\x11\0\x0b...........", 27, 27},  /* too short for its addresses */
        {SIGNATURE "\x21\x21\0\x23...................................", 51, 51},
        {SIGNATURE "\x21\x11\x08\x01............", 28, 16}, /* longer than is read */
    };
    struct proxied p;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t size = 0; size <= cases[i].size; size++)
            assert_int_equal(read_bytes(cases[i].bytes, size, &p),
                             size < cases[i].bad_from ? PROXY_LINE_MORE : PROXY_LINE_BAD);
    }
    char most[PROXY_LINE_MAX] = SIGNATURE "\x21\x11\x08\0";
    assert_int_equal(read_bytes(most, sizeof most - 1, &p), PROXY_LINE_MORE);
    assert_int_equal(read_bytes(most, sizeof most, &p), PROXY_LINE_READ);
    assert_int_equal(p.size, PROXY_LINE_MAX);
}

static void none(void **state)
{
    (void)state;
    static const char *const cases[] = {"GET / HTTP/1.1\r\n",
                                        "PROXX TCP4",
                                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                                        "\x16\x03",
                                        "\r\nGET",
                                        "\r\n\r\nG",
                                        "proxy ",
                                        "PROPFIND",
                                        "PUT"};
    struct proxied p;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(read_bytes(cases[i], strlen(cases[i]), &p), PROXY_LINE_NOT);
    assert_int_equal(read_bytes("", 0, &p), PROXY_LINE_MORE);
    assert_int_equal(read_bytes("P", 1, &p), PROXY_LINE_MORE);
    assert_int_equal(read_bytes("PR", 2, &p), PROXY_LINE_MORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(text),       cmocka_unit_test(bad_text),
                                       cmocka_unit_test(binary),     cmocka_unit_test(binary_without_addresses),
                                       cmocka_unit_test(bad_binary), cmocka_unit_test(none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

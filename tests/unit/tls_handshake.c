#include "proto/tls/handshake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MOST = 100 };

/* Type, length, and a content that can be told from any other. */
static size_t put(uint8_t *to, uint8_t type, uint32_t size)
{
    const uint8_t header[TLS_MESSAGE_HEADER] = {type, (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size};
    memcpy(to, header, sizeof header);
    for (uint32_t i = 0; i < size; i++)
        to[sizeof header + i] = (uint8_t)(type * 3 + i);
    return sizeof header + size;
}

/* "1:5 2:0 " and, for one that is passed over, "(3) ". */
struct log {
    char text[512];
};

static void add(struct log *l, const char *form, unsigned a, size_t b)
{
    size_t used = strlen(l->text);
    snprintf(l->text + used, sizeof l->text - used, form, a, b);
}

static void push(struct tls_handshake *h, struct memory *memory, struct log *l, const uint8_t *bytes, size_t size)
{
    uint8_t *own = malloc(size ? size : 1);
    memcpy(own, bytes, size);
    struct slice fragment = {own, size};
    struct tls_message m;
    enum tls_handshake_next next;
    while ((next = tls_handshake_next(h, memory, MOST, &fragment, &m)) != TLS_HANDSHAKE_MORE) {
        assert_int_not_equal(next, TLS_HANDSHAKE_NO_MEMORY);
        if (next == TLS_HANDSHAKE_PASSED) {
            add(l, "(%u) ", m.type, 0);
            continue;
        }
        add(l, "%u:%zu ", m.type, m.body.size);
        for (size_t i = 0; i < m.body.size; i++)
            assert_int_equal(m.body.data[i], (uint8_t)(m.type * 3 + i));
    }
    assert_int_equal(fragment.size, 0);
    free(own);
}

static size_t five(uint8_t *wire)
{
    size_t size = put(wire, 1, 50);
    size += put(wire + size, 2, 0);
    size += put(wire + size, 11, MOST);
    size += put(wire + size, 12, MOST + 1);
    return size + put(wire + size, 20, 12);
}

static const char five_told[] = "1:50 2:0 11:100 (12) 20:12 ";

static void however_cut(void **state)
{
    (void)state;
    uint8_t wire[512];
    size_t size = five(wire);
    for (size_t piece = 1; piece <= size; piece++) {
        struct memory memory = {.limit = 1 << 16};
        struct tls_handshake h = {0};
        struct log l = {""};
        for (size_t at = 0; at < size; at += piece)
            push(&h, &memory, &l, wire + at, piece < size - at ? piece : size - at);
        assert_string_equal(l.text, five_told);
        tls_handshake_reset(&h, &memory);
        assert_int_equal(memory.used, 0);
    }
}

/* What is told lies in the fragment where it can: nothing is held. */
static void without_copying(void **state)
{
    (void)state;
    uint8_t wire[64];
    struct memory memory = {.limit = 0};
    struct tls_handshake h = {0};
    struct log l = {""};
    push(&h, &memory, &l, wire, put(wire, 8, 30));
    assert_string_equal(l.text, "8:30 ");
}

/* A length is believed only as far as bytes come. */
static void a_length_alone_costs_nothing(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct tls_handshake h = {0};
    struct tls_message m;
    struct slice fragment = {(const uint8_t *)"\x0b\x00\xff\xff\x00", 5};
    assert_int_equal(tls_handshake_next(&h, &memory, 65536, &fragment, &m), TLS_HANDSHAKE_MORE);
    assert_true(memory.used < 1024);
    tls_handshake_reset(&h, &memory);
    assert_int_equal(memory.used, 0);
}

static void memory_may_fail(void **state)
{
    (void)state;
    struct memory memory = {.limit = 10};
    struct tls_handshake h = {0};
    struct tls_message m;
    struct slice fragment = {(const uint8_t *)"\x01\x00\x00\x09zz", 6};
    assert_int_equal(tls_handshake_next(&h, &memory, 65536, &fragment, &m), TLS_HANDSHAKE_NO_MEMORY);
    tls_handshake_reset(&h, &memory);
    assert_int_equal(memory.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(however_cut), cmocka_unit_test(without_copying),
                                       cmocka_unit_test(a_length_alone_costs_nothing),
                                       cmocka_unit_test(memory_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

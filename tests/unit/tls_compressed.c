/* Certificate messages that zlib and zstd themselves compress. */
#include "proto/tls/compressed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

enum { ZLIB = 1, BROTLI = 2, ZSTD = 3, PLAIN = 1500, ROOM = 4096 };

struct made {
    uint8_t plain[PLAIN], message[ROOM];
    size_t size;
};

static void put_u24(uint8_t *at, size_t number)
{
    at[0] = (uint8_t)(number >> 16);
    at[1] = (uint8_t)(number >> 8);
    at[2] = (uint8_t)number;
}

/* @param claimed  how large it is said to be. */
static void make(struct made *m, unsigned algorithm, size_t claimed)
{
    enum { HEADER = 2 + 3 + 3 };
    uLongf size = sizeof m->message - HEADER;
    for (size_t i = 0; i < PLAIN; i++)
        m->plain[i] = (uint8_t)(i % 251 * (i / 400 + 1));
    if (algorithm == ZSTD)
        size = ZSTD_compress(m->message + HEADER, size, m->plain, PLAIN, 3);
    else
        assert_int_equal(compress(m->message + HEADER, &size, m->plain, PLAIN), Z_OK);
    m->message[0] = 0;
    m->message[1] = (uint8_t)algorithm;
    put_u24(m->message + 2, claimed);
    put_u24(m->message + 5, size);
    m->size = HEADER + size;
}

/* Whether it is unpacked, into no more room than it claims to need. */
static bool unpacks(const struct made *m)
{
    struct tls_compressed c;
    assert_true(tls_compressed_read((struct slice){m->message, m->size}, &c));
    uint8_t *room = malloc(c.size + 1); /* sanitizers see what is written behind it */
    assert_non_null(room);
    room[c.size] = 0xA5;
    bool read = tls_compressed_unpack(&c, room);
    assert_int_equal(room[c.size], 0xA5);
    if (read)
        assert_memory_equal(room, m->plain, PLAIN);
    free(room);
    return read;
}

static void is_what_was_packed(void **state)
{
    (void)state;
    struct made m;
    for (unsigned algorithm = ZLIB; algorithm <= ZSTD; algorithm++) {
        make(&m, algorithm, PLAIN);
        assert_int_equal(unpacks(&m), algorithm != BROTLI);
    }
}

static void has_the_size_that_it_claims(void **state)
{
    (void)state;
    struct made m;
    for (unsigned algorithm = ZLIB; algorithm <= ZSTD; algorithm += ZSTD - ZLIB) {
        make(&m, algorithm, PLAIN - 1);
        assert_false(unpacks(&m));
        make(&m, algorithm, PLAIN + 1);
        assert_false(unpacks(&m));
    }
}

static void is_whole(void **state)
{
    (void)state;
    struct made m;
    struct tls_compressed c;
    make(&m, ZLIB, PLAIN);
    for (size_t size = 0; size < m.size; size++)
        assert_false(tls_compressed_read((struct slice){m.message, size}, &c));
    assert_false(tls_compressed_read((struct slice){m.message, m.size + 1}, &c));
    for (unsigned algorithm = ZLIB; algorithm <= ZSTD; algorithm += ZSTD - ZLIB) {
        make(&m, algorithm, PLAIN);
        m.size--;
        put_u24(m.message + 5, m.size - 8);
        assert_false(unpacks(&m));
    }
}

static void shows_by_its_size(void **state)
{
    (void)state;
    static const struct {
        uint32_t size;
        enum tls_client client;
    } rows[] = {{0, TLS_CLIENT_UNKNOWN},    {3, TLS_CLIENT_UNKNOWN},       {4, TLS_CLIENT_ABSENT},
                {5, TLS_CLIENT_UNKNOWN},    {4 + 255, TLS_CLIENT_UNKNOWN}, {4 + 256, TLS_CLIENT_PRESENTED},
                {900, TLS_CLIENT_PRESENTED}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(tls_compressed_client(&(struct tls_compressed){.size = rows[i].size}), rows[i].client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_what_was_packed),
        cmocka_unit_test(has_the_size_that_it_claims),
        cmocka_unit_test(is_whole),
        cmocka_unit_test(shows_by_its_size),
    };
    return cmocka_run_group_tests_name("tls_compressed", tests, NULL, NULL);
}

/* The judge is nghttp2's coder: it encodes what is decoded here, and says which strings are malformed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <nghttp2/nghttp2.h>
#include <stdlib.h>

#include "proto/http/huffman.h"

enum { STRING_MAX = 4000, ZEROS = 60 };

/* A block with one field, "x", that is never indexed; behind that the value as a string: its size, and whether it is
 * coded. */
static struct slice value_of(const uint8_t *block, size_t size, bool *coded)
{
    struct reader r = reader_of((struct slice){block, size});
    while ((read_u8(&r) & 0xe0) == 0x20)
        continue;
    read_slice(&r, read_u8(&r) & 0x7f);
    uint8_t first = read_u8(&r);
    size_t length = first & 0x7f;
    if (length == 0x7f) {
        unsigned shift = 0;
        uint8_t byte;
        do {
            byte = read_u8(&r);
            length += (size_t)(byte & 0x7f) << shift;
            shift += 7;
        } while (byte & 0x80);
    }
    *coded = first & 0x80;
    struct slice value = read_slice(&r, length);
    assert_true(!r.failed && reader_left(&r) == 0);
    return value;
}

/* As nghttp2 codes it. */
static struct slice encode(const uint8_t *bytes, size_t size, uint8_t block[2 * STRING_MAX])
{
    nghttp2_hd_deflater *deflater;
    assert_int_equal(nghttp2_hd_deflate_new(&deflater, 4096), 0);
    nghttp2_nv field = {(uint8_t *)"x", (uint8_t *)(uintptr_t)bytes, 1, size, NGHTTP2_NV_FLAG_NO_INDEX};
    ssize_t done = nghttp2_hd_deflate_hd(deflater, block, 2 * STRING_MAX, &field, 1);
    nghttp2_hd_deflate_del(deflater);
    assert_true(done > 0);
    bool coded;
    struct slice value = value_of(block, (size_t)done, &coded);
    assert_true(coded);
    return value;
}

static void decodes_to(struct slice coded, const uint8_t *bytes, size_t size)
{
    size_t room = huffman_room(coded.size), got = 0;
    uint8_t *out = malloc(room),
            *exact = malloc(coded.size + 1); /* of just their sizes: reads and writes behind are seen */
    assert_true(out != NULL && exact != NULL);
    memcpy(exact, coded.data, coded.size);
    assert_true(huffman_decode((struct slice){exact, coded.size}, out, &got));
    assert_int_equal(got, size);
    assert_memory_equal(out, bytes, size);
    free(out);
    free(exact);
}

/* Each byte between '0's, whose codes are short, so that nghttp2 finds coding worth it; and at the end, before the
 * padding. */
static void every_byte(void **state)
{
    (void)state;
    static uint8_t block[2 * STRING_MAX];
    for (unsigned byte = 0; byte < 256; byte++) {
        for (unsigned at = ZEROS - 9; at < ZEROS; at++) {
            uint8_t text[ZEROS];
            memset(text, '0', sizeof text);
            text[at] = (uint8_t)byte;
            decodes_to(encode(text, sizeof text, block), text, sizeof text);
        }
    }
}

static void any_text(void **state)
{
    (void)state;
    static uint8_t block[2 * STRING_MAX], text[STRING_MAX];
    srand(7);
    for (unsigned run = 0; run < 3000; run++) {
        size_t size = ZEROS + (size_t)(rand() % (run % 100 == 0 ? STRING_MAX - ZEROS : 90));
        int odd = 16 + rand() % 30;
        for (size_t i = 0; i < size; i++)
            text[i] = (uint8_t)(rand() % odd ? "0123456789aeiost-/.ABCXYZbdfghlmnpr"[rand() % 35] : rand());
        memset(text, '0', ZEROS);
        decodes_to(encode(text, size, block), text, size);
    }
}

/* nghttp2's word on a coded string: whether it is one, and which. */
static bool judge(const uint8_t *coded, size_t size, uint8_t *out, size_t *out_size)
{
    nghttp2_hd_inflater *inflater;
    assert_int_equal(nghttp2_hd_inflate_new(&inflater), 0);
    uint8_t block[64] = {0x10, 1, 'x', (uint8_t)(0x80 | size)};
    assert_true(size < 60);
    memcpy(block + 4, coded, size);
    nghttp2_nv field;
    int flags = 0;
    bool good = nghttp2_hd_inflate_hd2(inflater, &field, &flags, block, size + 4, 1) >= 0;
    good = good && flags & NGHTTP2_HD_INFLATE_EMIT;
    *out_size = good ? field.valuelen : 0;
    if (good)
        memcpy(out, field.value, field.valuelen);
    nghttp2_hd_inflate_del(inflater);
    return good;
}

static unsigned compare(const uint8_t *coded, size_t size)
{
    uint8_t expected[128], out[128];
    size_t expected_size, got;
    bool good = judge(coded, size, expected, &expected_size);
    assert_int_equal(huffman_decode((struct slice){coded, size}, out, &got), good);
    if (good) {
        assert_int_equal(got, expected_size);
        assert_memory_equal(out, expected, got);
    }
    return good;
}

/* All strings of up to two bytes, and many that are longer: among them every wrong padding, and codes that are cut. */
static void malformed_or_not(void **state)
{
    (void)state;
    unsigned good = 0;
    for (unsigned i = 0; i < 256; i++)
        good += compare((const uint8_t[]){(uint8_t)i}, 1);
    for (unsigned i = 0; i < 65536; i++)
        good += compare((const uint8_t[]){(uint8_t)(i >> 8), (uint8_t)i}, 2);
    assert_in_range(good, 1000, 60000);
    srand(11);
    for (unsigned run = 0; run < 60000; run++) {
        uint8_t coded[24];
        size_t size = 3 + (size_t)rand() % (sizeof coded - 3);
        for (size_t i = 0; i < size; i++)
            coded[i] = (uint8_t)(rand() % 4 ? rand() : 0xff);
        if (rand() % 2)
            coded[size - 1] = (uint8_t)(coded[size - 1] | ((1 << rand() % 8) - 1));
        compare(coded, size);
    }
}

/* RFC 7541, section 5.2: more than seven bits of padding, other bits than EOS begins with, EOS itself. */
static void padding(void **state)
{
    (void)state;
    static const struct {
        uint8_t coded[6];
        size_t size;
        bool good;
    } cases[] = {
        {{0}, 0, true},
        {{0x07}, 1, true},                               /* '0' and 111 */
        {{0x06}, 1, false},                              /* '0' and 110 */
        {{0x00}, 1, false},                              /* '0' and 000 */
        {{0x07, 0xff}, 2, false},                        /* '0' and eleven ones */
        {{0xf8}, 1, true},                               /* '&' alone */
        {{0xf8, 0xff}, 2, false},                        /* '&' and eight ones */
        {{0xfe}, 1, false},                              /* 11111110: the beginning of codes that are longer */
        {{0xff}, 1, false},                              /* nothing but eight ones */
        {{0xff, 0xff, 0xff, 0xff}, 4, false},            /* EOS and two ones */
        {{0x07, 0xff, 0xff, 0xff, 0xff, 0x07}, 6, false} /* EOS between */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t out[16];
        size_t size;
        assert_int_equal(huffman_decode((struct slice){cases[i].coded, cases[i].size}, out, &size), cases[i].good);
        assert_true(cases[i].size == 0 || compare(cases[i].coded, cases[i].size) == cases[i].good);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte),
        cmocka_unit_test(any_text),
        cmocka_unit_test(malformed_or_not),
        cmocka_unit_test(padding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

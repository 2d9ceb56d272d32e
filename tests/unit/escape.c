/* What is written is read back by jansson, which takes nothing but strict UTF-8, and must give the text that the header
 * promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "proto/base/utf8.h"
#include "sensor/report/escape.h"

static struct buffer out;

static struct slice bytes_of(const void *bytes, size_t size)
{
    return (struct slice){.data = bytes, .size = size};
}

/* Neither raw control characters nor DEL, nor C1 as UTF-8. */
static void check_visible(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t b = (uint8_t)text[i], before = i ? (uint8_t)text[i - 1] : 0;
        assert_true(b >= 0x20 && b != 0x7F);
        assert_false(before == 0xC2 && b < 0xA0);
    }
}

static void check_json(struct slice wire, const char *expected, size_t expected_size)
{
    out.size = 0;
    char *at = buffer_reserve(&out, escape_json_room(wire.size));
    out.size = (size_t)(escape_json_at(at, wire) - at);
    assert_true(out.size <= escape_json_room(wire.size));
    check_visible(out.bytes, out.size);
    json_t *value = json_loadb(out.bytes, out.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(value);
    assert_int_equal(json_string_length(value), expected_size);
    assert_memory_equal(json_string_value(value), expected, expected_size);
    json_decref(value);
}

/* What one byte that begins no character reads as. */
static size_t alone(char *text, uint8_t byte)
{
    if (byte >= 0x80)
        return (size_t)sprintf(text, "\\x%02x", byte);
    text[0] = (char)byte;
    return 1;
}

static void json_single_bytes(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        uint8_t byte = (uint8_t)i;
        char expected[8];
        check_json(bytes_of(&byte, 1), expected, alone(expected, byte));
    }
    check_json(slice_of(""), "", 0);
}

static void json_pairs(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 65536; i++) {
        uint8_t pair[2] = {(uint8_t)(i >> 8), (uint8_t)i};
        char expected[16];
        size_t size = 2;
        if (pair[0] >= 0xC2 && pair[0] <= 0xDF && (pair[1] & 0xC0) == 0x80) {
            memcpy(expected, pair, 2);
        } else {
            size = alone(expected, pair[0]);
            size += alone(expected + size, pair[1]);
        }
        check_json(bytes_of(pair, 2), expected, size);
    }
}

/* Eight or sixteen bytes are looked at in one: wherever the odd one stands, it is found, and nothing else is touched.
 */
static void json_every_place_in_a_word(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 50; size++) {
        for (size_t place = 0; place < size; place++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                char wire[50], expected[64];
                memset(wire, "~ x"[byte % 3], sizeof wire);
                wire[place] = (char)byte;
                memcpy(expected, wire, place);
                size_t at = place + alone(expected + place, (uint8_t)byte);
                memcpy(expected + at, wire + place + 1, size - place - 1);
                check_json(bytes_of(wire, size), expected, at + size - place - 1);
            }
        }
    }
}

static const uint32_t stand[] = {0x80,   0xA0,   0x7FF,   0x800,   0xD7FF,  0xE000,   0xFDCF,
                                 0xFDF0, 0xFFFD, 0x10000, 0x1FFFD, 0x20000, 0x10FFFD, 0x2028};

static void json_characters_stand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stand / sizeof *stand; i++) {
        uint8_t wire[4];
        size_t size = utf8_put(wire, stand[i]);
        check_json(bytes_of(wire, size), (const char *)wire, size);
    }
}

/* Sequences that a strict reader refuses, byte for byte as text. */
static const char *const refused[] = {"\xC0\x80",
                                      "\xC1\xBF",
                                      "\xE0\x80\x80",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xED\xBF\xBF",
                                      "\xF0\x80\x80\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xF8\x88\x80\x80",
                                      "\xFE",
                                      "\xFF",
                                      "\xE2\x82",
                                      "\xF0\x9F\x98",
                                      "\xEF\xB7\x90",
                                      "\xEF\xB7\xAF",
                                      "\xEF\xBF\xBE",
                                      "\xEF\xBF\xBF",
                                      "\xF0\x9F\xBF\xBE",
                                      "\xF4\x8F\xBF\xBF"};

static void invalid_becomes_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char expected[32], printed[32];
        size_t size = 0;
        for (const char *at = refused[i]; *at; at++)
            size += alone(expected + size, (uint8_t)*at);
        check_json(slice_of(refused[i]), expected, size);
        out.size = 0;
        escape_text(&out, slice_of(refused[i]), 0);
        memcpy(printed, out.bytes, out.size);
        assert_int_equal(out.size, size);
        assert_memory_equal(printed, expected, size);
    }
}

static void check_text(const char *wire, size_t columns, const char *expected)
{
    out.size = 0;
    escape_text(&out, slice_of(wire), columns);
    buffer_add(&out, "", 1);
    assert_string_equal(out.bytes, expected);
}

static void text_escapes(void **state)
{
    (void)state;
    check_text("plain / \"quoted\"", 0, "plain / \"quoted\"");
    check_text("a\\b", 0, "a\\\\b");
    check_text("\033[31mred\r\n", 0, "\\x1b[31mred\\x0d\\x0a");
    check_text("\x7F", 0, "\\x7f");
    check_text("\xC2\x9B"
               "31m",
               0, "\\xc2\\x9b31m"); /* CSI as a C1 character */
    check_text("gr\xC3\xBC\xC3\x9F\xE2\x82\xAC", 0, "gr\xC3\xBC\xC3\x9F\xE2\x82\xAC");
    check_text("\xE2\x80\xAE"
               "abc",
               0, "\\xe2\\x80\\xaeabc");                       /* right-to-left override */
    check_text("\xE2\x80\xA8", 0, "\\xe2\\x80\\xa8");          /* line separator */
    check_text("\xE2\x80\x8B", 0, "\\xe2\\x80\\x8b");          /* zero width space */
    check_text("\xE2\x81\xA6", 0, "\\xe2\\x81\\xa6");          /* left-to-right isolate */
    check_text("\xD8\x9C", 0, "\\xd8\\x9c");                   /* Arabic letter mark */
    check_text("\xEF\xBB\xBF", 0, "\\xef\\xbb\\xbf");          /* byte order mark */
    check_text("\xC2\xAD", 0, "\\xc2\\xad");                   /* soft hyphen */
    check_text("\xF3\xA0\x80\xA1", 0, "\\xf3\\xa0\\x80\\xa1"); /* a tag */
    check_text("\xE2\x80\x90", 0, "\xE2\x80\x90");             /* a hyphen between two such ranges */
}

static void text_is_cut_at_columns(void **state)
{
    (void)state;
    check_text("12345", 5, "12345");
    check_text("123456", 5, "12345...");
    check_text("\xC3\xBC\xC3\xBC\xC3\xBC", 2, "\xC3\xBC\xC3\xBC...");
    check_text("abc\nd", 5, "abc..."); /* an escape is not cut in two */
    check_text("ab\\\\", 3, "ab...");
    check_text("", 1, "");
}

static void text_is_always_visible(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 65536; i++) {
        uint8_t pair[2] = {(uint8_t)(i >> 8), (uint8_t)i};
        out.size = 0;
        escape_text(&out, bytes_of(pair, 2), 0);
        check_visible(out.bytes, out.size);
        assert_true(out.size >= 2);
    }
}

static int free_out(void **state)
{
    (void)state;
    buffer_deinit(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_single_bytes),          cmocka_unit_test(json_pairs),
        cmocka_unit_test(json_every_place_in_a_word), cmocka_unit_test(json_characters_stand),
        cmocka_unit_test(invalid_becomes_text),       cmocka_unit_test(text_escapes),
        cmocka_unit_test(text_is_cut_at_columns),     cmocka_unit_test(text_is_always_visible),
    };
    return cmocka_run_group_tests(tests, NULL, free_out);
}

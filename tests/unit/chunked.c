#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "proto/http/chunked.h"

struct row {
    const char *wire, *body;
    enum chunked_step end;
    const char *rest; /* what is left untouched, for CHUNKED_LAST */
    bool bare_lf, odd_space;
};

static const struct row rows[] = {
    {"3\r\nabc\r\n0\r\n\r\n", "abc", CHUNKED_LAST, "\r\n", false, false},
    {"0\r\nA: b", "", CHUNKED_LAST, "A: b", false, false},
    {"a\r\n0123456789\r\n00A\r\n0123456789\r\n000\r\n", "01234567890123456789", CHUNKED_LAST, "", false, false},
    {"1;a=b;c=\"d\"\r\nx\r\n0;last\r\n", "x", CHUNKED_LAST, "", false, false},
    {"1 \t\r\nx\r\n0 ;e\r\n", "x", CHUNKED_LAST, "", false, true},
    {"1\nx\r\n0\r\n", "x", CHUNKED_LAST, "", true, false},
    {"1\r\nx\n0\n", "x", CHUNKED_LAST, "", true, false},
    {"FFFFFFFFFFFFFFFF\r\nxyz", "xyz", CHUNKED_MORE, "", false, false},
    {"3\r\nab", "ab", CHUNKED_MORE, "", false, false},
    {"", "", CHUNKED_MORE, "", false, false},
    {"00000000000000001\r\n", "", CHUNKED_ODD_SIZE, "", false, false},
    {"\r\n", "", CHUNKED_ODD_SIZE, "", false, false},
    {";a\r\n", "", CHUNKED_ODD_SIZE, "", false, false},
    {"g\r\n", "", CHUNKED_ODD_SIZE, "", false, false},
    {"-1\r\n", "", CHUNKED_ODD_SIZE, "", false, false},
    {"0x1\r\n", "", CHUNKED_ODD_SIZE, "", false, false},
    {"1 1\r\n", "", CHUNKED_ODD_SIZE, "", false, true},
    {"1\r\r\nx\r\n0\r \t\r\n", "x", CHUNKED_LAST, "", false, true},
    {"1;a\rb\r\r\nx\r\n0;\r\r\n", "x", CHUNKED_LAST, "", false, false},
    {"1;a\r\nx\r\n1\rx", "x", CHUNKED_BAD, "", false, true},
    {"1\rx", "", CHUNKED_BAD, "", false, true},
    {"1\r;a\r\n", "", CHUNKED_BAD, "", false, true},
    {"1\r\nxy", "x", CHUNKED_BAD, "", false, false},
    {"1\r\nx\rx", "x", CHUNKED_BAD, "", false, false},
};

static enum chunked_step feed(struct chunked *c, struct slice bytes, char *body, size_t *left)
{
    enum chunked_step step;
    struct slice data = slice_of("");
    while ((step = chunked_step(c, &bytes, &data)) == CHUNKED_BYTES)
        snprintf(body + strlen(body), 64 - strlen(body), "%.*s", (int)data.size, (const char *)data.data);
    *left = bytes.size;
    return step;
}

/* Go reads such a line into 4096 bytes, its end among them. */
static void long_lines(void **state)
{
    (void)state;
    static char wire[5000];
    for (size_t size = 4095; size <= 4097; size++) {
        struct chunked c = chunked_begin();
        char body[64] = "";
        size_t left;
        memset(wire, 'x', size - 2);
        memcpy(wire, "1;", 2);
        memcpy(wire + size - 2, "\r\n", 2);
        enum chunked_step end = feed(&c, (struct slice){(const uint8_t *)wire, size}, body, &left);
        assert_int_equal(end, size <= 4096 ? CHUNKED_MORE : CHUNKED_BAD);
    }
}

static void rows_at_every_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct slice wire = slice_of(row->wire);
        for (size_t cut = 0; cut <= wire.size; cut++) {
            struct chunked c = chunked_begin();
            char body[64] = "";
            size_t left;
            enum chunked_step step = feed(&c, slice_part(wire, 0, cut), body, &left);
            if (step == CHUNKED_MORE)
                step = feed(&c, slice_part(wire, cut, wire.size), body, &left);
            else
                left += wire.size - cut;
            assert_int_equal(step, row->end);
            assert_string_equal(body, row->body);
            if (step == CHUNKED_LAST)
                assert_string_equal(row->wire + wire.size - left, row->rest);
            assert_int_equal(c.bare_lf, row->bare_lf);
            assert_int_equal(c.odd_space, row->odd_space);
        }
    }
}

static void lines_are_bounded(void **state)
{
    (void)state;
    struct chunked c = chunked_begin();
    char body[64] = "";
    size_t left, before = 0;
    enum chunked_step step = feed(&c, slice_of("1;"), body, &left);
    while (step == CHUNKED_MORE && before < 10000) {
        step = feed(&c, slice_of("x"), body, &left);
        before++;
    }
    assert_int_equal(step, CHUNKED_BAD);
    assert_true(before < 5000);
}

static void gaps(void **state)
{
    (void)state;
    char body[64] = "";
    size_t left;
    struct chunked c = chunked_begin();
    assert_false(chunked_gap(&c, 1)); /* in a size */
    feed(&c, slice_of("5\r\nab"), body, &left);
    struct chunked other = c;
    assert_false(chunked_gap(&other, 4)); /* over the chunk's end */
    assert_true(chunked_gap(&c, 2));
    assert_int_equal(feed(&c, slice_of("e\r\n3\r\n"), body, &left), CHUNKED_MORE);
    assert_true(chunked_gap(&c, 3)); /* up to it */
    assert_false(chunked_gap(&c, 1));
    assert_int_equal(feed(&c, slice_of("\r\n0\r\n"), body, &left), CHUNKED_LAST);
    assert_string_equal(body, "abe");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_at_every_cut),
        cmocka_unit_test(long_lines),
        cmocka_unit_test(lines_are_bounded),
        cmocka_unit_test(gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

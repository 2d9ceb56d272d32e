#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/http/head.h"

/* sizeof keeps a NUL inside. */
#define LINE(text)                                                                                                     \
    {                                                                                                                  \
        (const uint8_t *)("" text), sizeof(text) - 1                                                                   \
    }

struct request_row {
    struct slice line;
    enum start_line read;
    const char *method, *target;
    enum http_version version;
};

static const struct request_row requests[] = {
    {LINE("GET / HTTP/1.1"), START_GOOD, "GET", "/", HTTP_1_1},
    {LINE("get /a?b HTTP/1.0"), START_GOOD, "get", "/a?b", HTTP_1_0},
    {LINE("a!#$%&'*+-.^_`|~09Z * HTTP/1.9"), START_GOOD, "a!#$%&'*+-.^_`|~09Z", "*", HTTP_1_1},
    {LINE("CONNECT h:443 HTTP/1.1"), START_GOOD, "CONNECT", "h:443", HTTP_1_1},
    {LINE("CONNECT  HTTP/1.1"), START_GOOD, "CONNECT", "", HTTP_1_1},
    {LINE("CONNECT  HTTP/2.0"), START_REFUSED, "CONNECT", "", HTTP_UNKNOWN},
    {LINE("CONNECT "), START_UNREADABLE, "", "", HTTP_UNKNOWN},
    {LINE("CONNECT  x"), START_UNREADABLE, "", "", HTTP_UNKNOWN},
    {LINE("GET /\xc3\xa9 HTTP/1.1"), START_GOOD, "GET", "/\xc3\xa9", HTTP_1_1},
    {LINE("GET / HTTP/0.9"), START_REFUSED, "GET", "/", HTTP_UNKNOWN},
    {LINE("GET x HTTP/2.0"), START_REFUSED, "GET", "x", HTTP_UNKNOWN},
    {LINE("GET /"), START_REFUSED, "GET", "/", HTTP_UNKNOWN},
    {LINE("GET / "), START_REFUSED, "GET", "/", HTTP_UNKNOWN},
    {LINE("GET / HTTP/1.1 "), START_REFUSED, "GET", "/", HTTP_UNKNOWN},
    {LINE("GET / http/1.1"), START_REFUSED, "GET", "/", HTTP_UNKNOWN},
    {LINE("GET / HTTP/11"), START_REFUSED, "GET", "/", HTTP_UNKNOWN},
    {LINE("GET / HTTP/1.10"), START_REFUSED, "GET", "/", HTTP_UNKNOWN},
    {LINE("GET /a b HTTP/1.1"), START_REFUSED, "GET", "/a", HTTP_UNKNOWN},
    {LINE(""), START_UNREADABLE, "", "", HTTP_UNKNOWN},
    {LINE("GET"), START_UNREADABLE, "", "", HTTP_UNKNOWN},
    {LINE("GET  HTTP/1.1"), START_UNREADABLE, "", "", HTTP_UNKNOWN},
    {LINE(" GET / HTTP/1.1"), START_UNREADABLE, "", "", HTTP_UNKNOWN},
    {LINE("GET\t/ HTTP/1.1"), START_UNREADABLE, "", "", HTTP_UNKNOWN},
    {LINE("GET /\t HTTP/1.1"), START_REFUSED, "GET", "/\t", HTTP_UNKNOWN},
    {LINE("GET /\x7f HTTP/1.1"), START_REFUSED, "GET", "/\x7f", HTTP_UNKNOWN},
    {LINE("GET \x1b[31m HTTP/1.0"), START_REFUSED, "GET", "\x1b[31m", HTTP_UNKNOWN},
    {LINE("GET / HTTP/1.1\x01"), START_REFUSED, "GET", "/", HTTP_UNKNOWN},
    {LINE("GET /\x01"), START_UNREADABLE, "", "", HTTP_UNKNOWN},
    {LINE("GET /\x01 HTTP/2.0"), START_UNREADABLE, "", "", HTTP_UNKNOWN},
    {LINE("G\x01T / HTTP/1.1"), START_UNREADABLE, "", "", HTTP_UNKNOWN},
    {LINE("G(T / HTTP/1.1"), START_UNREADABLE, "", "", HTTP_UNKNOWN},
    {LINE("SSH-2.0-x y"), START_UNREADABLE, "", "", HTTP_UNKNOWN},
};

static void request_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        const struct request_row *row = &requests[i];
        struct request_line read;
        assert_int_equal(head_request_line(row->line, false, &read), row->read);
        if (row->read == START_UNREADABLE)
            continue;
        assert_true(slice_is(read.method, row->method));
        assert_true(slice_is(read.target, row->target));
        assert_int_equal(read.version, row->version);
    }
}

/* A method of any length, and each of its beginnings: so Go's server. */
static void long_methods(void **state)
{
    (void)state;
    for (size_t size = 4090; size < 4100; size++) {
        char line[4200];
        memset(line, 'M', size);
        memcpy(line + size, " /a HTTP/1.1", sizeof " /a HTTP/1.1");
        struct request_line read;
        assert_int_equal(head_request_line(slice_of(line), false, &read), START_GOOD);
        assert_int_equal(read.method.size, size);
        assert_true(slice_is(read.target, "/a"));
        for (size_t part = 1; part <= strlen(line); part++)
            assert_true(head_may_begin(slice_part(slice_of(line), 0, part), CLIENT));
    }
}

/* The bound on a line with a control character, wherever in it that stands, is one for a whole line and for its
 * beginning. */
static void long_lines_with_control_characters(void **state)
{
    (void)state;
    for (size_t size = 4090; size < 4100; size++) {
        for (size_t at = 6; at<size - 9; at += at> 20 && at < 4060 ? 500 : 1) {
            char line[4200];
            memset(line, 'a', size);
            memcpy(line, "GET /", 5);
            memcpy(line + size - 9, " HTTP/1.1", 10);
            line[at] = 1;
            struct request_line read;
            bool refused = head_request_line(slice_of(line), false, &read) == START_REFUSED;
            bool begins = true;
            for (size_t part = 1; part <= strlen(line); part++)
                begins = begins && head_may_begin(slice_part(slice_of(line), 0, part), CLIENT);
            assert_int_equal(refused, size < 4096);
            assert_int_equal(begins, refused);
        }
    }
}

static void status_lines(void **state)
{
    (void)state;
    static const struct {
        struct slice line;
        unsigned status; /* 0: none */
        enum http_version version;
    } rows[] = {
        {LINE("HTTP/1.1 200 OK"), 200, HTTP_1_1},
        {LINE("HTTP/1.0 404"), 404, HTTP_1_0},
        {LINE("HTTP/1.1 100 "), 100, HTTP_1_1},
        {LINE("HTTP/1.1 999 a\tb\xff"), 999, HTTP_1_1},
        {LINE("HTTP/1.1 20"), 0, 0},
        {LINE("HTTP/1.1 2000"), 0, 0},
        {LINE("HTTP/1.1 099"), 0, 0},
        {LINE("HTTP/1.1 2x0 OK"), 0, 0},
        {LINE("HTTP/1.1  200 OK"), 0, 0},
        {LINE("HTTP/2.0 200 OK"), 0, 0},
        {LINE("http/1.1 200 OK"), 0, 0},
        {LINE("HTTP/1.1"), 0, 0},
        {LINE(""), 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct status_line read = {.status = 0};
        assert_int_equal(head_status_line(rows[i].line, &read), rows[i].status != 0);
        assert_int_equal(read.status, rows[i].status);
        if (rows[i].status) {
            assert_int_equal(read.version, rows[i].version);
            assert_int_equal(read.digits.size, 3);
            assert_ptr_equal(read.digits.data, rows[i].line.data + 9);
        }
    }
}

static void fields(void **state)
{
    (void)state;
    static const struct {
        struct slice line;
        enum field_line read;
        const char *name, *value;
    } rows[] = {
        {LINE("Host: a"), FIELD_LINE_GOOD, "Host", "a"},
        {LINE("A:"), FIELD_LINE_GOOD, "A", ""},
        {LINE("A: \t "), FIELD_LINE_GOOD, "A", ""},
        {LINE("A:\t b c\t"), FIELD_LINE_GOOD, "A", "b c"},
        {LINE("A: b:c"), FIELD_LINE_GOOD, "A", "b:c"},
        {LINE("A: \x80\xff eight bytes and more"), FIELD_LINE_GOOD, "A", "\x80\xff eight bytes and more"},
        {LINE("A: a\tb and a tab in a long one"), FIELD_LINE_GOOD, "A", "a\tb and a tab in a long one"},
        {LINE("A : b"), FIELD_LINE_SPACE, "", ""},
        {LINE("A \t: b"), FIELD_LINE_SPACE, "", ""},
        {LINE("A b: c"), FIELD_LINE_BAD, "", ""},
        {LINE("Impersonate-Extra-a b: c"), FIELD_LINE_BAD, "", ""},
        {LINE("A b"), FIELD_LINE_BAD, "", ""},
        {LINE("A "), FIELD_LINE_BAD, "", ""},
        {LINE(": b"), FIELD_LINE_BAD, "", ""},
        {LINE("A"), FIELD_LINE_BAD, "", ""},
        {LINE(" A: b"), FIELD_LINE_BAD, "", ""},
        {LINE("A\0: b"), FIELD_LINE_BAD, "", ""},
        {LINE("A\xe9: b"), FIELD_LINE_BAD, "", ""},
        {LINE("A: b\0"), FIELD_LINE_CONTROL, "A", ""},
        {LINE("A: b\r c"), FIELD_LINE_CONTROL, "A", ""},
        {LINE("A: \x7f"), FIELD_LINE_CONTROL, "A", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct field read;
        assert_int_equal(head_field(rows[i].line, false, &read), rows[i].read);
        if (rows[i].read == FIELD_LINE_CONTROL)
            assert_int_equal(read.value.size, rows[i].line.size - 3);
        else if (rows[i].read != FIELD_LINE_GOOD)
            continue;
        assert_true(slice_is(read.name, rows[i].name));
        if (rows[i].read == FIELD_LINE_GOOD)
            assert_true(slice_is(read.value, rows[i].value));
        assert_int_equal(read.known, KNOWN);
        assert_int_equal(read.id, field_id(read.name));
    }
}

/* Each byte at each place of a value, so that no step of eight hides one. */
static void no_control_character_hides(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 20; size++) {
        for (size_t at = 0; at < size; at++) {
            for (unsigned b = 0; b < 256; b++) {
                uint8_t value[20];
                memset(value, 'x', sizeof value);
                value[at] = (uint8_t)b;
                bool plain = b == '\t' || (b >= 0x20 && b != 0x7f);
                assert_int_equal(head_value_plain((struct slice){value, size}), plain);
            }
        }
    }
}

/* Each byte at each place of a line, with more behind it or less than a step of sixteen. */
static void a_line_ends_where_it_ends(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 36; size++) {
        for (size_t at = 0; at < size; at++) {
            for (unsigned b = 0; b < 256; b++) {
                uint8_t line[60];
                memset(line, 'x', sizeof line);
                line[at] = (uint8_t)b;
                memcpy(line + size, "\r\n", 2);
                size_t behind = size % 3 * 11;
                bool quiet = b >= 0x20 && b != 0x7f, plain;
                size_t ends = b == '\n' ? at + 1 : size + 2;
                assert_int_equal(head_line_size((struct slice){line, size + 2 + behind}, &plain), ends);
                assert_int_equal(plain, quiet);
                bool ended = b == '\n';
                assert_int_equal(head_line_size((struct slice){line, size + 1}, &plain), ended ? at + 1 : size + 2);
                assert_false(plain);
            }
        }
    }
}

static void names_of_what_is_cut(void **state)
{
    (void)state;
    struct field read;
    assert_true(head_field_name(slice_of("Authorization: Be"), &read));
    assert_int_equal(read.id, FIELD_AUTHORIZATION);
    assert_int_equal(read.known, KNOWN_NAME);
    assert_int_equal(read.value.size, 0);
    assert_true(head_field_name(slice_of("a:"), &read));
    assert_false(head_field_name(slice_of("Authorization"), &read));
    assert_false(head_field_name(slice_of("Authorization :"), &read));
    assert_false(head_field_name(slice_of(""), &read));
}

static void folded_lines_are_joined(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *joined;
        bool bare;
    } rows[] = {
        {"A: b\r\n c\r\n", "A: b c", false},
        {"A:\r\n\t\t b \r\n", "A: b", false},
        {"A: b  \r\n  \r\n c\r\n", "A: b  c", false},
        {"A: b\n c\r\n", "A: b c", true},
        {"A: b\r\n c\n", "A: b c", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t lines[64];
        bool bare = false;
        size_t size = strlen(rows[i].lines);
        memcpy(lines, rows[i].lines, size);
        size = head_unfold(lines, size, &bare);
        assert_true(slice_is((struct slice){lines, size}, rows[i].joined));
        assert_int_equal(bare, rows[i].bare);
    }
}

/* What begins a line that reads well may begin one, at every size; and what may not, never may again. */
static void beginnings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        bool may = true;
        for (size_t size = 0; size <= requests[i].line.size; size++) {
            bool now = head_may_begin(slice_part(requests[i].line, 0, size), CLIENT);
            assert_true(may || !now);
            may = now;
        }
        assert_true(may || requests[i].read == START_UNREADABLE);
    }
    assert_true(head_may_begin(slice_of("GET / HTTP/1.1\r"), CLIENT));
    assert_true(head_may_begin(slice_of("GET / HTTP/1.1\rx"), CLIENT)); /* to be refused */
    assert_false(head_may_begin(slice_of("\x16"), CLIENT));
    assert_true(head_may_begin(slice_of("HTTP/1.0 5"), SERVER));
    assert_true(head_may_begin(slice_of("\r"), SERVER));
    assert_false(head_may_begin(slice_of("HTTP/2"), SERVER));
    assert_false(head_may_begin(slice_of("HTTP/1.1 x"), SERVER));
}

static void absolute_forms(void **state)
{
    (void)state;
    assert_true(head_absolute(slice_of("http://h/")));
    assert_true(head_absolute(slice_of("x://")));
    assert_false(head_absolute(slice_of("/x://")));
    assert_false(head_absolute(slice_of("h:443")));
    assert_false(head_absolute(slice_of("://")));
    assert_false(head_absolute(slice_of("*")));
    assert_false(head_absolute(slice_of("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_lines),
        cmocka_unit_test(long_methods),
        cmocka_unit_test(long_lines_with_control_characters),
        cmocka_unit_test(status_lines),
        cmocka_unit_test(fields),
        cmocka_unit_test(no_control_character_hides),
        cmocka_unit_test(a_line_ends_where_it_ends),
        cmocka_unit_test(names_of_what_is_cut),
        cmocka_unit_test(folded_lines_are_joined),
        cmocka_unit_test(beginnings),
        cmocka_unit_test(absolute_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/tls/record.h"

struct log {
    char text[4096];
    unsigned gave_up;
    uint64_t lost; /* told last */
};

static void add(struct log *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct log *l, const char *format, ...)
{
    size_t size = strlen(l->text);
    va_list list;
    va_start(list, format);
    vsnprintf(l->text + size, sizeof l->text - size, format, list);
    va_end(list);
}

static bool on_record(void *owner, enum side from, const uint8_t header[static TLS_RECORD_HEADER])
{
    assert_int_equal(((struct log *)owner)->gave_up, 0);
    add(owner, "%c%d %x %u\n", from == CLIENT ? 'C' : 'S', header[0], header[1] << 8 | header[2],
        header[3] << 8 | header[4]);
    return false;
}

static void on_gave_up(void *owner, moment time, enum gave_up reason)
{
    (void)time;
    assert_int_equal(((struct log *)owner)->gave_up++, 0);
    add(owner, "gave up %s\n", gave_up_name(reason));
}

static void on_lost(void *owner, enum side from, moment time, enum tls_record_lost what, const uint8_t *header,
                    uint64_t size)
{
    (void)from, (void)time;
    assert_true(what == TLS_LOST_SOME && !header && size > 0);
    add(owner, "lost\n");
    ((struct log *)owner)->lost = size;
}

static const struct tls_record_events events = {.record = on_record, .gave_up = on_gave_up},
                                      losing = {.record = on_record, .lost = on_lost, .gave_up = on_gave_up};

/* A record whose content is bytes that are no header anywhere: 0xee. */
static size_t put(uint8_t *to, uint8_t content, uint16_t length)
{
    const uint8_t header[TLS_RECORD_HEADER] = {content, 3, 3, (uint8_t)(length >> 8), (uint8_t)length};
    memcpy(to, header, sizeof header);
    memset(to + sizeof header, 0xee, length);
    return sizeof header + length;
}

/* Six records of one side. */
struct wire {
    uint8_t bytes[1024];
    size_t size;
    size_t at[6]; /* where each begins */
};

static const struct {
    uint8_t content;
    uint16_t length;
} six[6] = {{22, 100}, {20, 1}, {22, 40}, {23, 0}, {23, 300}, {21, 2}};

static const char *const six_told = "S22 303 100\nS20 303 1\nS22 303 40\nS23 303 0\nS23 303 300\nS21 303 2\n";

static struct wire wire_of_six(void)
{
    struct wire w = {.size = 0};
    for (size_t i = 0; i < 6; i++) {
        w.at[i] = w.size;
        w.size += put(w.bytes + w.size, six[i].content, six[i].length);
    }
    return w;
}

static void push(struct stream *s, const uint8_t *bytes, size_t size)
{
    uint8_t *own = malloc(size ? size : 1);
    memcpy(own, bytes, size);
    stream_push(s, SERVER, 1, (struct slice){own, size});
    free(own);
}

static void finish(struct stream *s, const struct memory *memory)
{
    stream_end(s, SERVER, 1, END_FIN);
    stream_push(s, SERVER, 1, slice_of("\x16\x03\x01"));
    stream_free(s);
    assert_int_equal(memory->used, 0);
}

static void plausible_headers(void **state)
{
    (void)state;
    static const struct {
        uint8_t header[TLS_RECORD_HEADER];
        bool plausible;
    } rows[] = {
        {{22, 3, 1, 0, 5}, true},  {{20, 3, 0, 0, 1}, true},           {{23, 3, 4, 0x48, 0x00}, true},
        {{21, 3, 3, 0, 2}, true},  {{23, 3, 3, 0x48, 0x01}, false},    {{19, 3, 3, 0, 5}, false},
        {{24, 3, 3, 0, 5}, false}, {{22, 2, 3, 0, 5}, false},          {{22, 3, 5, 0, 5}, false},
        {{22, 4, 0, 0, 5}, false}, {{'G', 'E', 'T', ' ', '/'}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(tls_record_plausible(rows[i].header), rows[i].plausible);
}

static void every_cut_is_the_same(void **state)
{
    (void)state;
    struct wire w = wire_of_six();
    for (unsigned late = 0; late < 2; late++) {
        for (size_t cut = 1; cut <= w.size; cut++) {
            struct memory memory = {.limit = 1 << 20};
            struct log log = {.gave_up = 0};
            struct stream *s = tls_record_new(!late, &memory, &events, &log);
            for (size_t at = 0; at < w.size; at += cut)
                push(s, w.bytes + at, cut < w.size - at ? cut : w.size - at);
            finish(s, &memory);
            assert_string_equal(log.text, six_told);
        }
    }
}

/* RFC 8446, 5.1: the version of a record is ignored. Where one is searched for, it is not. */
static void versions_say_nothing(void **state)
{
    (void)state;
    struct wire w = wire_of_six();
    for (size_t i = 0; i < 6; i++)
        memcpy(w.bytes + w.at[i] + 1, i % 2 ? "\x05\x05" : "\xff", 1 + i % 2);
    struct memory memory = {.limit = 1 << 20};
    struct log log = {.gave_up = 0};
    struct stream *s = tls_record_new(true, &memory, &events, &log);
    push(s, w.bytes, w.size);
    finish(s, &memory);
    assert_string_equal(log.text, "S22 ff03 100\nS20 505 1\nS22 ff03 40\nS23 505 0\nS23 ff03 300\nS21 505 2\n");
}

/* RFC 6520. A search begins at none. */
static void heartbeats(void **state)
{
    (void)state;
    uint8_t bytes[200];
    size_t size = put(bytes, 22, 40);
    size += put(bytes + size, 24, 19);
    size += put(bytes + size, 23, 30);
    size += put(bytes + size, 21, 2);
    for (unsigned late = 0; late < 2; late++) {
        struct memory memory = {.limit = 1 << 20};
        struct log log = {.gave_up = 0};
        struct stream *s = tls_record_new(!late, &memory, &events, &log);
        push(s, bytes + (late ? 45 : 0), size - (late ? 45 : 0));
        push(s, bytes, size);
        finish(s, &memory);
        assert_string_equal(log.text, late ? "S23 303 30\nS21 303 2\nS22 303 40\nS24 303 19\nS23 303 30\nS21 303 2\n"
                                           : "S22 303 40\nS24 303 19\nS23 303 30\nS21 303 2\n"
                                             "S22 303 40\nS24 303 19\nS23 303 30\nS21 303 2\n");
    }
}

static void sides_are_apart(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct log log = {.gave_up = 0};
    struct stream *s = tls_record_new(true, &memory, &events, &log);
    stream_push(s, CLIENT, 1, (struct slice){(const uint8_t *)"\x16\x03\x01\x00", 4});
    stream_push(s, SERVER, 1, (struct slice){(const uint8_t *)"\x16\x03\x03\x00\x01!\x15", 7});
    stream_push(s, CLIENT, 1, (struct slice){(const uint8_t *)"\x02", 1});
    stream_push(s, SERVER, 1, (struct slice){(const uint8_t *)"\x03\x03\x00\x02", 4});
    finish(s, &memory);
    assert_string_equal(log.text, "S22 303 1\nC22 301 2\nS21 303 2\n");
}

static void another_protocol(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct log log = {.gave_up = 0};
    struct stream *s = tls_record_new(true, &memory, &events, &log);
    push(s, (const uint8_t *)"GET / HTTP/1.1\r\n", 16);
    push(s, (const uint8_t *)"\x16\x03\x01\x00\x01", 5);
    finish(s, &memory);
    assert_string_equal(log.text, "gave up not-mine\n");
}

static void no_record_where_one_must_be(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct log log = {.gave_up = 0};
    struct stream *s = tls_record_new(true, &memory, &events, &log);
    push(s, (const uint8_t *)"\x16\x03\x01\x00\x01!rubbish", 13);
    finish(s, &memory);
    assert_string_equal(log.text, "S22 301 1\ngave up malformed\n");
}

/* The records before the gap; behind it those that the rules give: all from the next on where the gap lies in one
 * record, else all from the first whose header was not touched, if it has two behind it, or is believed right behind
 * the gap. */
static void after_gap(const struct wire *w, size_t from, size_t to, bool unknown, char *told)
{
    size_t first = 6;
    bool inside = false, believed = false;
    told[0] = '\0';
    for (size_t i = 0; i < 6; i++) {
        size_t content = w->at[i] + TLS_RECORD_HEADER, end = content + six[i].length;
        inside |= !unknown && from >= content && from < end && to <= end;
        if (content > from && w->at[i] >= to && first == 6)
            first = i, believed = w->at[i] == to && (six[i].content == 23 || six[i].content == 20);
        bool seen = content <= from || (i >= first && (inside || believed || first <= 3));
        if (seen)
            sprintf(told + strlen(told), "S%d 303 %u\n", six[i].content, six[i].length);
    }
}

static void every_gap(void **state)
{
    (void)state;
    struct wire w = wire_of_six();
    static const size_t sizes[] = {1, 3, 5, 6, 39, 40, 101, 150, 400};
    for (size_t from = 0; from < w.size; from++) {
        for (size_t i = 0; i < 2 * sizeof sizes / sizeof sizes[0]; i++) {
            size_t to = from + sizes[i / 2] < w.size ? from + sizes[i / 2] : w.size;
            bool unknown = i % 2;
            struct memory memory = {.limit = 1 << 20};
            struct log log = {.gave_up = 0};
            struct stream *s = tls_record_new(true, &memory, &events, &log);
            push(s, w.bytes, from);
            stream_gap(s, SERVER, 1, unknown ? GAP_UNKNOWN : to - from);
            push(s, w.bytes + to, w.size - to);
            finish(s, &memory);
            char told[512];
            after_gap(&w, from, to, unknown, told);
            assert_string_equal(log.text, told);
        }
    }
}

/* Of two segments of each side the first bytes alone were captured, behind a record that is not whole. */
static void between_gaps(void **state)
{
    (void)state;
    static const struct {
        const char *bytes; /* a record of application data of 40 bytes, but for what is said */
        size_t size;
        const char *told;
    } rows[] = {
        {"\x17\x03\x03\x00\x28!!!", 8, "S23 303 40\nS21 303 2\n"},
        {"\x14\x03\x03\x00\x01\x01\x17\x03\x03\x00\x22!", 12, "S20 303 1\nS23 303 34\nS21 303 2\n"},
        {"!\x17\x03\x03\x00\x27!!!", 9, "lost\n"}, /* not right behind the gap */
        {"\x17\x03\x01\x00\x28!!!", 8, "lost\n"},  /* of another version */
        {"\x17\x03\x03\xff\x28!!!", 8, "lost\n"},  /* longer than records are */
        {"\x16\x03\x03\x00\x28!!!", 8, "lost\n"},  /* too often by chance */
        /* Too short, so that it was none itself: nothing ends where the next one begins, or there is none. */
        {"\x17\x03\x03\x00\x20!!!", 8, "S23 303 32\nlost\n"},
        {"\x17\x03\x03\x00\x02!!!!!!!!", 13, "S23 303 2\nlost\nlost\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t cut = 1; cut < 8; cut++) {
            struct memory memory = {.limit = 1 << 20};
            struct log log = {.gave_up = 0};
            struct stream *s = tls_record_new(true, &memory, &losing, &log);
            size_t size = rows[i].size;
            push(s, (const uint8_t *)"\x16\x03\x03\x00\x01!", 6);
            stream_gap(s, SERVER, 1, 100);
            log.text[0] = '\0';
            for (size_t at = 0; at < size; at += cut)
                push(s, (const uint8_t *)rows[i].bytes + at, cut < size - at ? cut : size - at);
            stream_gap(s, SERVER, 1, 45 - size);
            push(s, (const uint8_t *)"\x15\x03\x03\x00\x02!!", 7);
            finish(s, &memory);
            assert_string_equal(log.text, rows[i].told);
        }
    }
}

/* How much of whole records is missing, from where one began. */
static void says_how_much_is_lost(void **state)
{
    (void)state;
    static const struct {
        size_t before;
        uint64_t gap, lost; /* 0: it is not told */
    } rows[] = {{0, 50, 50}, {3, 50, 53}, {5, 7, 0}, {5, 58, 51}, {12, 58, 58}, {8, GAP_UNKNOWN, GAP_UNKNOWN}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct memory memory = {.limit = 1 << 20};
        struct log log = {.gave_up = 0};
        struct stream *s = tls_record_new(true, &memory, &losing, &log);
        push(s, (const uint8_t *)"\x17\x03\x03\x00\x07!!!!!!!", rows[i].before);
        log.lost = 0;
        stream_gap(s, SERVER, 1, rows[i].gap);
        assert_true(log.lost == rows[i].lost);
        stream_gap(s, SERVER, 1, 10); /* where it begins is known of the first one alone */
        assert_true(log.lost == (rows[i].lost ? GAP_UNKNOWN : 10));
        finish(s, &memory);
    }
}

/* Chains as long as records can be, and bytes before them that chain only twice. */
static void long_records_are_found(void **state)
{
    (void)state;
    enum { CUT = 1000 };
    size_t size = 0;
    uint8_t *bytes = malloc(4 * (TLS_RECORD_HEADER + TLS_RECORD_MAX));
    size += put(bytes, 22, 7);
    size += put(bytes + size, 22, 9);
    memset(bytes + size, 0xee, 20);
    size += 20;
    for (size_t i = 0; i < 3; i++)
        size += put(bytes + size, 23, TLS_RECORD_MAX);
    struct memory memory = {.limit = 1 << 20};
    struct log log = {.gave_up = 0};
    struct stream *s = tls_record_new(false, &memory, &events, &log);
    for (size_t at = 0; at < size; at += CUT)
        push(s, bytes + at, CUT < size - at ? CUT : size - at);
    finish(s, &memory);
    free(bytes);
    assert_string_equal(log.text, "S23 303 18432\nS23 303 18432\nS23 303 18432\n");
}

/* Who is asked for another ClientHello sends a ChangeCipherSpec first (RFC 8446, D.4): to wait for what follows the two
 * would tell them behind their answer. */
static void a_hello_is_not_waited_behind(void **state)
{
    (void)state;
    static const uint8_t bytes[] = "\x14\x03\x03\x00\x01\x01\x16\x03\x03\x00\x40\x01\x00\x00\x3c\x03\x03";
    struct memory memory = {.limit = 1 << 20};
    struct log log = {.gave_up = 0};
    struct stream *s = tls_record_new(false, &memory, &events, &log);
    push(s, bytes, sizeof bytes - 2);
    assert_string_equal(log.text, "");
    push(s, bytes + sizeof bytes - 2, 1);
    assert_string_equal(log.text, "S20 303 1\nS22 303 64\n");
    finish(s, &memory);
}

static void memory_may_fail(void **state)
{
    (void)state;
    struct wire w = wire_of_six();
    bool failed = true;
    for (uint64_t at = 1; failed; at++) {
        struct memory memory = {.limit = 1 << 20, .fail_at = at};
        struct log log = {.gave_up = 0};
        struct stream *s = tls_record_new(false, &memory, &events, &log);
        for (size_t i = 0; s && i < w.size; i += 3)
            push(s, w.bytes + i, 3 < w.size - i ? 3 : w.size - i);
        failed = memory.fail_at == 0;
        if (s) {
            finish(s, &memory);
            assert_int_equal(strstr(log.text, "gave up memory\n") != NULL, failed);
        } else {
            assert_int_equal(at, 1);
        }
        assert_int_equal(memory.used, 0);
        assert_true(failed || at > 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plausible_headers),
        cmocka_unit_test(every_cut_is_the_same),
        cmocka_unit_test(versions_say_nothing),
        cmocka_unit_test(heartbeats),
        cmocka_unit_test(sides_are_apart),
        cmocka_unit_test(another_protocol),
        cmocka_unit_test(no_record_where_one_must_be),
        cmocka_unit_test(every_gap),
        cmocka_unit_test(between_gaps),
        cmocka_unit_test(says_how_much_is_lost),
        cmocka_unit_test(long_records_are_found),
        cmocka_unit_test(a_hello_is_not_waited_behind),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

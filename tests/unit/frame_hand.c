/* Frames made by hand: padding, gaps at given places, bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/frame_rig.h"

/* All of the wire in pieces of `cut`, but [gap_at, gap_at + gap_size) is lost. */
static struct run *read_with_gap(size_t cut, size_t gap_at, size_t gap_size)
{
    struct run *r = start(&runs[0], SERVER, true);
    for (size_t at = 0; at < wire.size;) {
        size_t size = cut < wire.size - at ? cut : wire.size - at;
        if (gap_size && at == gap_at) {
            gap(r, gap_size);
            at += gap_size;
            continue;
        }
        if (gap_size && at < gap_at && size > gap_at - at)
            size = gap_at - at;
        push(r, wire.bytes + at, size);
        at += size;
    }
    finish(r);
    return r;
}

static void test_padding(void **state)
{
    (void)state;
    static const struct {
        const char *payload;
        size_t size, gap_at, gap_size; /* in the payload */
        const char *body;
        unsigned lost;
    } rows[] = {
        {"\3abcdefPPP", 10, 0, 0, "abcdef", 0},
        {"\0abc", 4, 0, 0, "abc", 0},
        {"\3PPP", 4, 0, 0, "", 0}, /* all of it */
        {"\4PPP", 4, 0, 0, "", 0}, /* more than there is */
        {"\377P", 2, 0, 0, "", 0},
        {"\0", 1, 0, 0, "", 0},
        {"", 0, 0, 0, "", 0},
        {"\3abcdefPPP", 10, 1, 2, "cdef", 2},
        {"\3abcdefPPP", 10, 3, 2, "abef", 2},
        {"\3abcdefPPP", 10, 5, 2, "abcd", 2},
        {"\3abcdefPPP", 10, 5, 4, "abcd", 2}, /* and two of the padding */
        {"\3abcdefPPP", 10, 5, 5, "abcd", 2},
        {"\3abcdefPPP", 10, 7, 2, "abcdef", 0},
        {"\3abcdefPPP", 10, 9, 1, "abcdef", 0},
        {"\3abcdefPPP", 10, 0, 1, "", 9}, /* how much is padding is not known */
        {"\3abcdefPPP", 10, 0, 4, "", 9},
        {"\3abcdefPPP", 10, 0, 10, "", 9},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t cut = 1; cut < 30; cut++) {
            wire.size = 0;
            put(FRAME_DATA, FRAME_PADDED | FRAME_END_STREAM, 5, rows[i].payload, rows[i].size);
            put_headers(7);
            const struct log *l = &read_with_gap(cut, FRAME_HEADER + rows[i].gap_at, rows[i].gap_size)->log;
            assert_int_equal(l->count, 2);
            assert_int_equal(l->told[0].how, 'D');
            assert_true(l->told[0].last);
            assert_int_equal(l->told[0].size, strlen(rows[i].body));
            assert_memory_equal(l->bytes, rows[i].body, strlen(rows[i].body));
            assert_int_equal(l->told[0].lost, rows[i].lost);
            assert_int_equal(l->told[1].how, 'w');
        }
    }
}

static void test_gap_places(void **state)
{
    (void)state;
    wire.size = 0;
    put_headers(1);                       /* payload: 9 to 29 */
    put_fill(FRAME_DATA, 0, 1, 'x', 100); /* 38 to 138 */
    put_fill(0x42, 0xff, 3, 0, 50);       /* 147 to 197: an extension's */
    put_headers(5);                       /* 206 to 226 */
    put_headers(7);
    static const struct {
        size_t at, size;
        const char *told;
    } rows[] = {
        {0, 0, "w1:20/1\nD0:100/1 100-0\nw66:50/3\nw1:20/5\nw1:20/7\n"},
        {9, 1, "d1:20/1 torn\nD0:100/1 100-0\nw66:50/3\nw1:20/5\nw1:20/7\n"},
        {9, 20, "d1:20/1 torn\nD0:100/1 100-0\nw66:50/3\nw1:20/5\nw1:20/7\n"},
        {28, 1, "d1:20/1 torn\nD0:100/1 100-0\nw66:50/3\nw1:20/5\nw1:20/7\n"},
        {38, 100, "w1:20/1\nD0:100/1 0-100\nw66:50/3\nw1:20/5\nw1:20/7\n"},
        {50, 10, "w1:20/1\nD0:100/1 90-10\nw66:50/3\nw1:20/5\nw1:20/7\n"},
        {137, 1, "w1:20/1\nD0:100/1 99-1\nw66:50/3\nw1:20/5\nw1:20/7\n"},
        {147, 50, "w1:20/1\nD0:100/1 100-0\nd66:50/3 torn\nw1:20/5\nw1:20/7\n"},
        /* Beyond a frame, or in a header: searched. Two HEADERS are enough. */
        {9, 21, "x0:0/0\nw1:20/5\nw1:20/7\n"},
        {0, 1, "x0:0/0\nD0:100/1 0-100\nw66:50/3\nw1:20/5\nw1:20/7\n"},
        {60, 79, "w1:20/1\nD0:100/1 22-0...\nx0:0/0\nw1:20/5\nw1:20/7\n"},
        {140, 2, "w1:20/1\nD0:100/1 100-0\nx0:0/0\nw1:20/5\nw1:20/7\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t cut = 1; cut < 60; cut += 7)
            assert_string_equal(told(read_with_gap(cut, rows[i].at, rows[i].size)), rows[i].told);
    }
    struct run *r = start(&runs[0], SERVER, true);
    push(r, wire.bytes, 50);
    gap(r, GAP_UNKNOWN);
    gap(r, 10); /* told once */
    push(r, wire.bytes + 197, wire.size - 197);
    assert_string_equal(told(r), "w1:20/1\nD0:100/1 12-0...\nx0:0/0\nw1:20/5\nw1:20/7\n");
    finish(r);
}

static void test_bounds(void **state)
{
    (void)state;
    wire.size = 0;
    put_fill(FRAME_HEADERS, 0, 1, 'x', MOST);
    put_fill(FRAME_HEADERS, 0, 3, 'x', MOST + 1);
    put_headers(5);
    for (size_t cut = 1; cut <= wire.size; cut = cut * 7 + 2)
        assert_string_equal(told(read_with_gap(cut, 0, 0)), "w1:32768/1\nd1:32769/3 long\nw1:20/5\n");
    assert_string_equal(told(read_with_gap(wire.size, MOST + 2 * FRAME_HEADER, MOST + 1)),
                        "w1:32768/1\nd1:32769/3 long\nw1:20/5\n");

    /* Nothing is held between frames, of DATA, or of what is too long; nor of what came in one piece. */
    struct run *r = start(&runs[0], SERVER, true);
    put_fill(FRAME_DATA, 0, 1, 'x', 100);
    for (size_t at = 0; at < wire.size; at++) {
        size_t behind = at - (FRAME_HEADER + MOST);
        if (at == 0 || at >= FRAME_HEADER + MOST) {
            bool in_last_headers = behind > 2 * FRAME_HEADER + MOST + 1 && behind < 2 * FRAME_HEADER + MOST + 1 + 20;
            assert_true((r->memory.used > 0) == in_last_headers);
        }
        push(r, wire.bytes + at, 1);
    }
    finish(r);
    r = start(&runs[0], SERVER, true);
    push(r, wire.bytes, wire.size);
    assert_int_equal(r->memory.peak, 0);
    finish(r);
}

static void test_memory(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        wire.size = 0;
        for (uint32_t i = 0; i < 6; i++) {
            put_fill(FRAME_HEADERS, FRAME_END_HEADERS, 2 * i + 1, 0x88, 300);
            put_fill(FRAME_DATA, 0, 2 * i + 1, 'x', 100);
        }
        unsigned refused = 0;
        for (uint64_t fail_at = 1; fail_at < 40; fail_at++) {
            struct run *r = start(&runs[0], SERVER, !late);
            r->memory.fail_at = fail_at;
            enum gave_up gave_up = GAVE_UP_NOT;
            for (size_t at = 0; at < wire.size; at++) {
                enum gave_up now = frames_push(&r->frames, 1, (struct slice){wire.bytes + at, 1});
                assert_true(now == gave_up || (gave_up == GAVE_UP_NOT && now == GAVE_UP_MEMORY));
                gave_up = now;
            }
            assert_int_equal(gave_up == GAVE_UP_MEMORY, r->memory.refused > 0);
            refused += r->memory.refused > 0;
            if (gave_up) {
                unsigned count = r->log.count;
                assert_int_equal(frames_gap(&r->frames, 1, 5), GAVE_UP_MEMORY);
                assert_int_equal(frames_turn(&r->frames, 1), GAVE_UP_MEMORY);
                assert_int_equal(r->log.count, count);
                assert_int_equal(r->memory.used, 0);
                assert_false(frames_in_step(&r->frames));
            }
            finish(r);
        }
        assert_true(refused > 5);
    }
}

static void test_client_begins(void **state)
{
    (void)state;
    static const char *const texts[] = {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "", "PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n",
                                        "P"};
    for (size_t i = 0; i < 4; i++) {
        wire.size = 0;
        put_text(texts[i]);
        put_headers(1);
        put_headers(3);
        for (size_t cut = 1; cut < 40; cut++) {
            struct run *r = start(&runs[0], CLIENT, true);
            for (size_t at = 0; at < wire.size; at += cut)
                push(r, wire.bytes + at, cut < wire.size - at ? cut : wire.size - at);
            assert_string_equal(told(r), i == 0 ? "w1:20/1\nw1:20/3\n" : "x0:0/0\nw1:20/1\nw1:20/3\n");
            finish(r);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_padding), cmocka_unit_test(test_gap_places),    cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_memory),  cmocka_unit_test(test_client_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a search believes, with frames made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/frame_rig.h"

/* What is told of the wire by one who is late: at once, and when then the other side speaks. */
static void assert_late(enum side from, const char *at_once, const char *at_turn)
{
    for (size_t cut = 1; cut <= wire.size; cut = cut * 3 + 1) {
        struct run *r = start(&runs[0], from, false);
        turn(r);
        for (size_t at = 0; at < wire.size; at += cut)
            push(r, wire.bytes + at, cut < wire.size - at ? cut : wire.size - at);
        assert_string_equal(told(r), at_once);
        turn(r);
        assert_string_equal(told(r), at_turn);
        assert_int_equal(frames_in_step(&r->frames), at_turn[0] != 0);
        finish(r);
    }
}

static void test_evidence(void **state)
{
    (void)state;
    wire.size = 0; /* one frame is believed at a turn, DATA is not */
    put_text("of a body");
    put_headers(5);
    assert_late(CLIENT, "", "w1:20/5\n");
    put_text("x"); /* it does not end there */
    assert_late(CLIENT, "", "");
    wire.size = 0;
    put_fill(FRAME_DATA, FRAME_END_STREAM, 5, 'x', 30);
    put_fill(FRAME_DATA, FRAME_END_STREAM, 7, 'x', 30);
    assert_late(SERVER, "", "");
    put_fill(FRAME_DATA, 0, 5, 'x', 30);
    assert_late(SERVER, "", "D0:30/5 0-30\nD0:30/7 0-30\nD0:30/5 0-30\n");
    put_fill(FRAME_DATA, 0, 5, 'y', 30);
    put_fill(FRAME_DATA, 0, 5, 'y', 30);
    put_fill(FRAME_DATA, 0, 5, 'z', 30); /* is read while it comes */
    assert_late(SERVER, "D0:30/5 0-30\nD0:30/7 0-30\nD0:30/5 0-30\nD0:30/5 0-30\nD0:30/5 0-30\nD0:30/5 30-0\n",
                "D0:30/5 0-30\nD0:30/7 0-30\nD0:30/5 0-30\nD0:30/5 0-30\nD0:30/5 0-30\nD0:30/5 30-0\n");
    wire.size = 0; /* of streams that have nothing to do with each other: tables of numbers look so */
    for (uint32_t i = 0; i < 20; i++)
        put_fill(FRAME_DATA, 0, 1 + i * 100000, 'x', 30);
    assert_late(SERVER, "", "");
    wire.size = 0; /* without bytes */
    for (uint32_t i = 0; i < 20; i++)
        put_header(FRAME_DATA, 0, 5, 0);
    assert_late(SERVER, "", "");
    wire.size = 0; /* a block whose beginning is missing is of no use; one that goes on is not believed at a turn */
    put_fill(FRAME_CONTINUATION, FRAME_END_HEADERS, 5, 0x88, 30);
    assert_late(CLIENT, "", "");
    put_fill(FRAME_HEADERS, 0, 7, 0x88, 30);
    assert_late(CLIENT, "", "");
    put_fill(FRAME_CONTINUATION, FRAME_END_HEADERS, 7, 0x88, 30);
    assert_late(CLIENT, "w1:30/7\nw9:30/7\n", "w1:30/7\nw9:30/7\n");
    wire.size = 0; /* within a block, nothing else comes: the second begins a chain of its own */
    put_fill(FRAME_HEADERS, 0, 5, 0x88, 30);
    put_headers(7);
    assert_late(CLIENT, "", "w1:20/7\n");
    wire.size = 0;
    put_text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    put(FRAME_SETTINGS, 0, 0, "\0\3\0\0\0d", 6);
    assert_late(CLIENT, "", "w4:6/0\n");
}

/* What begins no chain is not told, but what follows it is. */
static void test_beginnings(void **state)
{
    (void)state;
    static const struct {
        struct h2_frame frame;
        bool begins;
    } rows[] = {
        {{20, 1, FRAME_HEADERS, FRAME_END_HEADERS}, true},
        {{20, 0xfffffff1, FRAME_HEADERS, FRAME_END_HEADERS}, false},
        {{20, 2, FRAME_HEADERS, FRAME_END_HEADERS}, false},
        {{16384, 1, FRAME_HEADERS, FRAME_END_HEADERS}, true},
        {{16385, 1, FRAME_HEADERS, FRAME_END_HEADERS}, false},
        {{20, 1, FRAME_CONTINUATION, FRAME_END_HEADERS}, false},
        {{16384, 1, FRAME_DATA, 0}, true},
        {{16385, 1, FRAME_DATA, 0}, false},
        {{0, 1, FRAME_DATA, FRAME_END_STREAM}, false},
        {{20, 0x1000001, FRAME_DATA, 0}, false},
        {{20, 0xffffff, FRAME_DATA, 0}, true},
        {{20, 0x1000001, FRAME_HEADERS, FRAME_END_HEADERS}, true},
        {{0, 0, FRAME_SETTINGS, FRAME_ACK}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        wire.size = 0;
        put_fill(rows[i].frame.type, rows[i].frame.flags, rows[i].frame.stream, 0x88, rows[i].frame.size);
        put_headers(((rows[i].frame.stream + 2) & 0x7fffffff) | 1);
        put_headers(((rows[i].frame.stream + 4) & 0x7fffffff) | 1);
        struct run *r = start(&runs[0], SERVER, false);
        push(r, wire.bytes, wire.size);
        assert_int_equal(r->log.count, rows[i].begins ? 3 : 2);
        finish(r);
    }
}

/* How a chain goes on. */
static void test_chains(void **state)
{
    (void)state;
    wire.size = 0; /* no evidence: an empty frame, and a block of which another stream's part is next */
    put_headers(5);
    put_header(FRAME_SETTINGS, FRAME_ACK, 0, 0);
    assert_late(SERVER, "", "w1:20/5\nw4:0/0\n");
    wire.size = 0;
    put_fill(FRAME_HEADERS, 0, 5, 0x88, 20);
    put_fill(FRAME_CONTINUATION, FRAME_END_HEADERS, 7, 0x88, 20);
    put_headers(9);
    assert_late(SERVER, "", "w1:20/9\n");
    wire.size = 0; /* an extension's frames are let pass, but not in a block, and not when they are long */
    put_headers(5);
    put_fill(0x10, 0xff, 0, 'x', 20);
    assert_late(SERVER, "", "w1:20/5\nw16:20/0\n");
    put_headers(7);
    assert_late(SERVER, "w1:20/5\nw16:20/0\nw1:20/7\n", "w1:20/5\nw16:20/0\nw1:20/7\n");
    wire.size = 0;
    put_fill(0x10, 0xff, 0, 'x', 20);
    put_headers(5);
    assert_late(SERVER, "", "w1:20/5\n");
    wire.size = 0;
    put_headers(5);
    put_fill(0x10, 0, 0, 'x', 16385);
    put_headers(7);
    assert_late(SERVER, "", "w1:20/7\n");
    wire.size = 0;
    put_fill(FRAME_HEADERS, 0, 5, 0x88, 20);
    put_fill(0x10, 0, 0, 'x', 20);
    put_headers(7);
    assert_late(SERVER, "", "w1:20/7\n");
    wire.size = 0; /* long DATA costs nothing, a long block the chain */
    put_headers(1);
    put_fill(FRAME_DATA, 0, 1, 'x', 70000);
    put_headers(3);
    assert_late(SERVER, "w1:20/1\nD0:70000/1 0-70000\nw1:20/3\n", "w1:20/1\nD0:70000/1 0-70000\nw1:20/3\n");
    wire.size = 0;
    put_fill(FRAME_DATA, 0, 1, 'x', 70);
    put_fill(FRAME_HEADERS, FRAME_END_HEADERS, 1, 0x88, 40000);
    put_headers(3);
    assert_late(SERVER, "", "w1:20/3\n");
    wire.size = 0; /* one that has gone on is not left for one within it that ends at a turn */
    put_headers(1);
    put_header(FRAME_DATA, 0, 1, 100);
    put_headers(3);
    assert_late(SERVER, "", "");
    put_fill(FRAME_DATA, 0, 1, 'x', 100 - 29 - FRAME_HEADER);
    put_headers(5);
    assert_late(SERVER, "w1:20/1\nD0:100/1 0-100\nw1:20/5\n", "w1:20/1\nD0:100/1 0-100\nw1:20/5\n");
}

static void test_chain_memory(void **state)
{
    (void)state;
    struct run *none = start(&runs[0], SERVER, false);
    wire.size = 0;
    put_header(FRAME_CONTINUATION, 0, 1, 100);
    push(none, wire.bytes, wire.size);
    assert_int_equal(none->memory.used, 0);
    finish(none);
    struct run *r = start(&runs[0], SERVER, false);
    size_t of_one = 0;
    for (uint32_t i = 0; i < 5; i++) { /* the frames of a chain begin none of their own */
        wire.size = 0;
        put_fill(FRAME_DATA, 0, 1, 'x', 100);
        push(r, wire.bytes, wire.size);
        of_one = of_one ? of_one : r->memory.used;
        assert_true(of_one > 0);
        assert_int_equal(r->memory.used, of_one);
    }
    push(r, wire.bytes, wire.size);
    assert_int_equal(r->log.count, 6);
    assert_int_equal(r->memory.used, 0);
    finish(r);
    r = start(&runs[0], SERVER, false);
    wire.size = 0;
    put_headers(1);
    push(r, wire.bytes, wire.size);
    assert_true(r->memory.used > 0);
    push(r, wire.bytes + 1, 1); /* no header: the chain, and all with it, is given back */
    for (unsigned i = 0; i < 9; i++)
        push(r, (const uint8_t *)"x", 1);
    assert_int_equal(r->memory.used, 0);
    finish(r);
}

/* A gap while it is searched: what lies on both sides of it does not belong together. */
static void test_gap_in_a_search(void **state)
{
    (void)state;
    wire.size = 0;
    put_headers(1);
    put_headers(3);
    for (size_t at = 1; at < 38; at++) { /* with the second header whole there is a chain */
        struct run *r = start(&runs[0], SERVER, false);
        push(r, wire.bytes, at);
        gap(r, 7);
        push(r, wire.bytes + at, wire.size - at);
        assert_string_equal(told(r), "");
        turn(r);
        assert_string_equal(told(r), at <= 29 ? "w1:20/3\n" : "");
        finish(r);
    }
}

/* Payloads that are none, where a header alone would do. */
static void test_payloads(void **state)
{
    (void)state;
    static const struct {
        uint8_t type, flags;
        uint32_t stream;
        const char *bad, *good;
        size_t size;
    } rows[] = {
        {FRAME_RST_STREAM, 0, 5, "\0\0\0\16", "\0\0\0\10", 4},
        {FRAME_WINDOW_UPDATE, 0, 5, "\0\0\0\0", "\0\0\1\0", 4},
        {FRAME_WINDOW_UPDATE, 0, 0, "\200\0\0\1", "\177\0\0\1", 4},
        {FRAME_SETTINGS, 0, 0, "\0\0\0\0\0\1", "\0\1\0\0\0\1", 6},
        {FRAME_SETTINGS, 0, 0, "\0\4\0\1\0\0\0\21\0\1\0\0", "\0\4\0\1\0\0\0\1\0\1\0\0", 12},
        {FRAME_HEADERS, FRAME_END_HEADERS, 5, "\200\204", "\202\204", 2},
        {FRAME_HEADERS, FRAME_END_HEADERS, 5, "\0\0a", "\0\1a", 3},
        {FRAME_HEADERS, FRAME_END_HEADERS, 5, "\100\200a", "\100\201a", 3},
        {FRAME_HEADERS, FRAME_END_HEADERS | FRAME_PADDED, 5, "\2\202P", "\1\202P", 3},
        {FRAME_HEADERS, FRAME_END_HEADERS | FRAME_PRIORITISED, 5, "\0\0\0\0\0\200", "\0\0\0\0\0\202", 6},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[32];
        snprintf(text, sizeof text, "w%u:%zu/%u\n", rows[i].type, rows[i].size, rows[i].stream);
        wire.size = 0;
        put(rows[i].type, rows[i].flags, rows[i].stream, rows[i].bad, rows[i].size);
        assert_late(CLIENT, "", "");
        wire.size = 0;
        put(rows[i].type, rows[i].flags, rows[i].stream, rows[i].good, rows[i].size);
        assert_late(CLIENT, "", text);
    }
}

/* Frames in a body are not believed while the frame that carries them is followed; false headers before it do not hide
 * it. */
static void test_frames_in_a_body(void **state)
{
    (void)state;
    wire.size = 0;
    put_headers(1);
    put_header(FRAME_DATA, 0, 1, 10 * 29);
    for (uint32_t i = 0; i < 10; i++)
        put_headers(101 + 2 * i);
    put_headers(3);
    assert_late(SERVER, "w1:20/1\nD0:290/1 0-290\nw1:20/3\n", "w1:20/1\nD0:290/1 0-290\nw1:20/3\n");

    for (size_t many = 1; many < 20; many++) {
        wire.size = 0;
        for (uint32_t i = 0; i < many; i++) /* each says that the next is far */
            put_header(FRAME_DATA, 0, 1, 5000 + 1000 * i);
        put_text("more of a body");
        put_headers(3);
        put_headers(5);
        put_headers(7);
        struct run *r = start(&runs[0], SERVER, false);
        push(r, wire.bytes, wire.size);
        turn(r);
        assert_string_equal(told(r), "w1:20/3\nw1:20/5\nw1:20/7\n");
        finish(r);
    }
}

/* A chain that was chance is given up when it goes on with what is none. */
static void test_trial(void **state)
{
    (void)state;
    wire.size = 0;
    put_headers(1);
    put_headers(3);
    put_text("nine byte"); /* no header */
    put_headers(5);
    put_headers(7);
    const char *text = "w1:20/1\nw1:20/3\nx0:0/0\nw1:20/5\nw1:20/7\n";
    assert_late(SERVER, text, text);
    wire.size = 0;
    put_headers(1);
    put_headers(3);
    put_text("bytes"); /* and what was taken for one has the beginning of one in it */
    put_headers(5);
    put_headers(7);
    assert_late(SERVER, text, text);
    wire.size = 0;
    static const struct {
        struct h2_frame frame;
        bool early, late; /* let pass among the first sixteen, behind them */
    } rows[] = {
        {{100, 0, 0x42, 0xff}, true, true},
        {{16384, 0, 0x42, 0xff}, true, true},
        {{16385, 0, 0x42, 0xff}, false, true},
        {{100, 0, FRAME_DATA, 0}, false, true},
        {{100, 2, FRAME_PUSH_PROMISE, 0xff}, false, true},
        {{100, 41, FRAME_DATA, 0}, true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (uint32_t before = 2; before < 20; before++) {
            wire.size = 0;
            for (uint32_t k = 0; k < before; k++)
                put_headers(2 * k + 1);
            put_fill(rows[i].frame.type, rows[i].frame.flags, rows[i].frame.stream, 'x', rows[i].frame.size);
            put_headers(41);
            put_headers(43);
            struct run *r = start(&runs[0], SERVER, false);
            push(r, wire.bytes, wire.size);
            bool passes = before < 16 ? rows[i].early : rows[i].late;
            assert_int_equal(r->log.count, before + 3);
            assert_int_equal(r->log.told[before].how == 'x', !passes);
            finish(r);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_evidence),         cmocka_unit_test(test_beginnings),
        cmocka_unit_test(test_chains),           cmocka_unit_test(test_chain_memory),
        cmocka_unit_test(test_gap_in_a_search),  cmocka_unit_test(test_payloads),
        cmocka_unit_test(test_frames_in_a_body), cmocka_unit_test(test_trial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

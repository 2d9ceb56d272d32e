/* Order, holes, overlaps, limits: one situation a test. Beginnings and ends: reassembly_life.c. Random:
 * reassembly_model.c. */
#include "tests/unit/rig.h"

static void test_in_order(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    t.memory.fail_at = 1; /* no allocation in order */
    assert_int_equal(segment(&t, CLIENT, 1, 1, A, "get"), SEGMENT_DELIVERED);
    assert_int_equal(segment(&t, SERVER, 1, 4, A, "answer"), SEGMENT_DELIVERED);
    assert_int_equal(segment(&t, CLIENT, 4, 7, F, ""), SEGMENT_DELIVERED);
    assert_int_equal(segment(&t, SERVER, 7, 5, F, "s"), SEGMENT_DELIVERED);
    assert_int_equal(t.memory.fail_at, 1);
    assert_int_equal(t.memory.refused, 0);
    assert_false(reassembly_over(&t.r)); /* the second FIN is not acknowledged */
    assert_int_equal(segment(&t, CLIENT, 5, 9, A, ""), SEGMENT_DELIVERED);
    assert_true(reassembly_over(&t.r));
    told(&t, "C(get)S(answer)C<fin>S(s)S<fin>");
    assert_int_equal(segment(&t, CLIENT, 5, 9, A, "more"), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, CLIENT, 4, 9, F, ""), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, CLIENT, 3, 9, F, ""), SEGMENT_OUTSIDE);
    counted(&t, 10, 0, 4, 0);
    finish(&t, "");
}

static void test_repeats(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, CLIENT, 0, 0, S, "");
    assert_int_equal(segment(&t, CLIENT, 0, 0, S, ""), SEGMENT_REPEATED);
    segment(&t, SERVER, 0, 1, SA, "");
    assert_int_equal(segment(&t, SERVER, 0, 1, SA, ""), SEGMENT_REPEATED);
    segment(&t, CLIENT, 1, 1, A, "abcdef");
    assert_int_equal(segment(&t, CLIENT, 1, 1, A, "abcdef"), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, CLIENT, 3, 1, A, "XYZ"), SEGMENT_REPEATED); /* no copy to compare with */
    assert_int_equal(segment(&t, CLIENT, 5, 1, A, "XYgh"), SEGMENT_DELIVERED);
    assert_int_equal(segment(&t, CLIENT, 8, 1, A, ""), SEGMENT_REPEATED); /* a probe: next - 1 */
    assert_int_equal(segment(&t, CLIENT, 8, 1, A, "?"), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, CLIENT, 0, 0, S, ""), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, SERVER, 0, 1, SA, ""), SEGMENT_REPEATED);
    counted(&t, 8, 6 + 3 + 2 + 1, 0, 0);
    assert_int_equal(t.counts.conflicting, 0);
    finish(&t, "C(abcdefgh)C<capture>S<capture>");
}

/* A window of 0 is probed with one byte of data. */
static void test_window_probe(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, SERVER, 1, 1, A, "ab");
    assert_int_equal(segment(&t, SERVER, 3, 1, A, "c"), SEGMENT_DELIVERED);
    segment(&t, CLIENT, 1, 3, A, ""); /* refused */
    assert_int_equal(segment(&t, SERVER, 3, 1, A, "c"), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, SERVER, 3, 1, A, "cde"), SEGMENT_DELIVERED);
    counted(&t, 5, 2, 0, 0);
    finish(&t, "S(abcde)C<capture>S<capture>");
}

static void test_out_of_order(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    assert_int_equal(segment(&t, CLIENT, 7, 1, A, "ghi"), SEGMENT_HELD);
    assert_true(reassembly_holds(&t.r));
    assert_int_equal(segment(&t, CLIENT, 4, 1, A, "def"), SEGMENT_HELD);
    told(&t, "");
    assert_int_equal(segment(&t, CLIENT, 1, 1, A, "abc"), SEGMENT_DELIVERED);
    assert_false(reassembly_holds(&t.r));
    assert_int_equal(t.memory.used, 0);
    counted(&t, 9, 0, 0, 0);
    finish(&t, "C(abcdefghi)C<capture>S<capture>");
}

/* As Linux has it: what begins earlier counts, also before what came first; what is due, before all that waits. */
static void test_who_counts(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 4, 1, A, "def");
    segment(&t, CLIENT, 9, 1, A, "ij");
    assert_int_equal(segment(&t, CLIENT, 4, 1, A, "def"), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, CLIENT, 5, 1, A, "XfghXj"), SEGMENT_CONFLICTING);
    assert_int_equal(segment(&t, CLIENT, 9, 1, A, "ijkl"), SEGMENT_CONFLICTING);
    assert_int_equal(segment(&t, CLIENT, 11, 1, A, "klm"), SEGMENT_HELD); /* equal ones: the longer */
    assert_int_equal(segment(&t, CLIENT, 1, 1, A, "abcXefghXXkl"), SEGMENT_CONFLICTING);
    assert_int_equal(t.counts.conflicting, (2 + 2) + 2 + (3 + 4)); /* whole overlaps of what differs */
    counted(&t, 13, 3 + 4 + 2 + 2 + 9, 0, 0);
    finish(&t, "C(abcXefghXXklm)C<capture>S<capture>");
}

/* A FIN is a byte of its segment like any other. */
static void test_fin_inside(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 7, 1, A, "ghi");
    assert_int_equal(segment(&t, CLIENT, 4, 1, F, "def"), SEGMENT_CONFLICTING);
    assert_int_equal(segment(&t, CLIENT, 6, 1, A, "fgh"), SEGMENT_CONFLICTING);
    segment(&t, CLIENT, 1, 1, A, "abc");
    counted(&t, 6, 1, 3 + 2, 0);
    finish(&t, "C(abcdef)C<fin>S<capture>");
    t = rig();
    shake_hands(&t);
    assert_int_equal(segment(&t, CLIENT, 4, 1, F, "def"), SEGMENT_HELD);
    assert_int_equal(segment(&t, CLIENT, 3, 1, A, "cdefghi"), SEGMENT_CONFLICTING);
    segment(&t, CLIENT, 1, 1, A, "ab");
    counted(&t, 9, 3, 0, 0);
    finish(&t, "C(abcdefghi)C<capture>S<capture>");
    t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 4, 1, A, "def");
    assert_int_equal(segment(&t, CLIENT, 1, 1, F, "abcd"), SEGMENT_CONFLICTING); /* due, and whole */
    counted(&t, 4, 1, 2, 0);
    finish(&t, "C(abcd)C<fin>S<capture>");
}

static void test_wrap(void **state)
{
    (void)state;
    for (uint32_t back = 0; back < 12; back++) {
        struct rig t = rig();
        t.isn[CLIENT] = UINT32_MAX - back;
        t.isn[SERVER] = UINT32_MAX - back / 2;
        shake_hands(&t);
        segment(&t, CLIENT, 6, 1, A, "fghij");
        segment(&t, CLIENT, 1, 1, A, "abcde");
        segment(&t, SERVER, 1, 11, A, "123456");
        segment(&t, CLIENT, 11, 7, R, "");
        assert_int_equal(t.r.side[CLIENT].next, 11);
        told(&t, "C(abcdefghij)S(123456)C<reset>S<reset>");
        finish(&t, "");
    }
}

/* More than the numbers hold: offsets go on. */
static void test_long(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    reassembly_init(&t.r, NULL);
    uint32_t at = 1;
    for (int i = 0; i < 12; i++, at += 1u << 29) {
        t.cut = (1u << 29) - 1;
        assert_int_equal(segment(&t, SERVER, at, 1, A, "x"), SEGMENT_DELIVERED);
    }
    assert_true(t.r.side[SERVER].next - ((uint64_t)1 << 32) == (uint64_t)12 << 29);
    assert_int_equal(t.counts.gap, 12 * (uint64_t)((1u << 29) - 1));
    assert_int_equal(t.counts.delivered, 12);
    finish(&t, "");
}

/* A lost segment: acknowledged, it is waited for a little; then it is a gap of its exact size. */
static void test_hole_patience(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, SERVER, 4, 1, A, "def");
    for (int i = 0; i < 5; i++)
        segment(&t, CLIENT, 1, 1, A, ""); /* not acknowledged: the bytes will come */
    segment(&t, CLIENT, 1, 7, A, "");
    for (int i = 0; i < 3; i++)
        segment(&t, CLIENT, 1, 7, A, "");
    told(&t, "");
    segment(&t, CLIENT, 1, 7, A, "");
    told(&t, "S[3]S(def)");
    assert_int_equal(segment(&t, SERVER, 1, 1, A, "abc"), SEGMENT_REPEATED); /* too late */
    counted(&t, 3, 3, 0, 3);
    assert_int_equal(t.counts.gaps, 1);
    finish(&t, "C<capture>S<capture>");
}

/* Patience is no shorter than the clocks of two mirrors may be apart, whatever the milliseconds' counter does. */
/* Who acknowledges what was never sent hides nothing by it, however often: the other side goes on where it was. */
static void test_hole_that_is_none(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 1, 100000, A, "");
    for (int i = 0; i < 50; i++)
        segment(&t, CLIENT, 1, 1, A, "");
    told(&t, "");
    segment(&t, CLIENT, 1, 1, A, "get");
    segment(&t, SERVER, 1, 4, A, "200");
    segment(&t, CLIENT, 4, 4, A, "get");
    segment(&t, SERVER, 4, 7, A, "403");
    told(&t, "C(get)S(200)C(get)S(403)");
    segment(&t, SERVER, 10, 7, A, "lost"); /* a hole, and bytes behind it */
    for (int i = 0; i < 10; i++)
        segment(&t, CLIENT, 7, 14, A, "");
    told(&t, "S[3]S(lost)");
    reassembly_end(&t.r, t.clock, END_CAPTURE, &t.memory, &t.counts);
    assert_int_equal(t.memory.used, 0);
}

static void test_hole_skew(void **state)
{
    (void)state;
    const moment millisecond = 1000000;
    for (moment begin = 0; begin < 70000; begin += 997) {
        struct rig t = rig();
        t.limits.skew = 25 * millisecond;
        t.limits.hole_wait = 1000 * millisecond;
        t.clock = begin * millisecond;
        shake_hands(&t);
        segment(&t, SERVER, 4, 1, A, "def");
        for (int i = 0; i < 40; i++)
            segment(&t, CLIENT, 1, 7, A, "");
        t.clock += 24 * millisecond;
        segment(&t, CLIENT, 1, 7, A, "");
        told(&t, "");
        t.clock += 2 * millisecond;
        segment(&t, CLIENT, 1, 7, A, "");
        told(&t, "S[3]S(def)");
        finish(&t, "C<capture>S<capture>");
    }
}

static void test_hole_filled_in_time(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, SERVER, 4, 1, A, "def");
    segment(&t, CLIENT, 1, 7, A, "");
    for (int i = 0; i < 3; i++)
        segment(&t, CLIENT, 1, 7, A, "");
    segment(&t, SERVER, 1, 1, A, "abc");
    finish(&t, "S(abcdef)C<capture>S<capture>");
}

/* Acknowledged up to the middle of the hole: only that much is given up. */
static void test_hole_in_part(void **state)
{
    (void)state;
    struct rig t = rig();
    t.limits.patience = 0;
    shake_hands(&t);
    segment(&t, SERVER, 7, 1, A, "ghi");
    segment(&t, CLIENT, 1, 4, A, "");
    told(&t, "");
    segment(&t, CLIENT, 1, 4, A, "");
    told(&t, "S[3]");
    segment(&t, SERVER, 4, 1, A, "def");
    finish(&t, "S(defghi)C<capture>S<capture>");
}

static void test_hole_wait(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, SERVER, 4, 1, A, "def");
    moment held = t.clock;
    reassembly_wait(&t.r, held + 5000, &t.limits, &t.memory, &t.counts);
    told(&t, ""); /* not acknowledged */
    segment(&t, CLIENT, 1, 7, A, "");
    reassembly_wait(&t.r, held + 999, &t.limits, &t.memory, &t.counts);
    told(&t, "");
    reassembly_wait(&t.r, held + 1000, &t.limits, &t.memory, &t.counts);
    told(&t, "S[3]S(def)");
    /* On a packet likewise, but never on the one that acknowledges: what it overtook may come next. */
    segment(&t, SERVER, 10, 1, A, "jkl");
    t.clock += 2000;
    segment(&t, CLIENT, 1, 13, A, "");
    told(&t, "");
    segment(&t, CLIENT, 1, 13, A, "");
    finish(&t, "S[3]S(jkl)C<capture>S<capture>");
}

static void test_limits(void **state)
{
    (void)state;
    struct rig t = rig();
    t.limits.held_bytes = 5;
    shake_hands(&t);
    segment(&t, CLIENT, 4, 1, A, "def");
    segment(&t, CLIENT, 10, 1, A, "jk");
    told(&t, "");
    segment(&t, CLIENT, 13, 1, A, "m");
    told(&t, "C[3]C(def)");
    assert_int_equal(t.r.side[CLIENT].held_bytes, 3);
    t.limits.held_segments = 2;
    segment(&t, CLIENT, 15, 1, A, "o");
    told(&t, "C[3]C(jk)");
    finish(&t, "C[1]C(m)C[1]C(o)C<capture>S<capture>");
    counted(&t, 7, 0, 0, 8);
}

static void test_no_memory(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    t.memory.limit = 0;
    assert_int_equal(segment(&t, CLIENT, 4, 1, F, "def"), SEGMENT_OUTSIDE);
    t.memory.limit = 1 << 20;
    segment(&t, CLIENT, 1, 1, A, "abc");
    counted(&t, 3, 0, 3, 0);
    finish(&t, "C(abc)C<capture>S<capture>");
}

/* A mirror swaps directions: the answer is seen before its request. */
static void test_swapped(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    assert_int_equal(segment(&t, SERVER, 1, 4, A, "200"), SEGMENT_HELD);
    assert_int_equal(segment(&t, CLIENT, 1, 1, A, "get"), SEGMENT_DELIVERED);
    told(&t, "C(get)S(200)");
    assert_int_equal(segment(&t, SERVER, 4, 7, F, ""), SEGMENT_HELD);
    segment(&t, CLIENT, 4, 4, A, "put");
    told(&t, "C(put)S<fin>");
    segment(&t, CLIENT, 7, 5, RA, "");
    told(&t, "C<reset>");
    finish(&t, "");
}

static void test_swapped_handshake(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, CLIENT, 0, 0, S, "");
    segment(&t, CLIENT, 4, 4, A, "put"); /* behind its first request, and behind the answer */
    segment(&t, SERVER, 0, 1, SA, "");   /* now it is known where the answer began */
    segment(&t, SERVER, 1, 4, A, "200");
    told(&t, "");
    segment(&t, CLIENT, 1, 1, A, "get");
    finish(&t, "C(get)S(200)C(put)C<capture>S<capture>");
    counted(&t, 9, 0, 0, 0);
}

/* The later request is seen first: what the answer begins with is told by the least that is acknowledged. */
static void test_swapped_requests(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, CLIENT, 0, 0, S, "");
    segment(&t, CLIENT, 4, 4, A, "put");
    segment(&t, CLIENT, 1, 1, A, "get");
    segment(&t, SERVER, 1, 4, A, "200");
    finish(&t, "C(get)S(200)C(put)C<capture>S<capture>");
}

/* An end or a cut that is seen beside bytes that are held. */
static void test_ends_between(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 4, 1, A, "defg");
    assert_int_equal(segment(&t, CLIENT, 6, 1, F, ""), SEGMENT_OUTSIDE); /* inside of what is held */
    t.cut = 1;
    assert_int_equal(segment(&t, CLIENT, 5, 1, A, ""), SEGMENT_REPEATED);
    t.cut = 5; /* two bytes of it are new */
    assert_int_equal(segment(&t, CLIENT, 5, 1, A, ""), SEGMENT_HELD);
    assert_int_equal(segment(&t, CLIENT, 4, 1, A, "defg"), SEGMENT_REPEATED);
    segment(&t, CLIENT, 10, 1, F, "");
    assert_int_equal(segment(&t, CLIENT, 2, 1, A, "bcdefghijklm"), SEGMENT_CONFLICTING); /* passes the FIN */
    assert_int_equal(segment(&t, CLIENT, 7, 1, A, "ghijklm"), SEGMENT_REPEATED);
    segment(&t, CLIENT, 1, 1, A, "a");
    finish(&t, "C(abcdefghijklm)C<capture>S<capture>");
    counted(&t, 13, 4 + 4 + 7, 0, 0);
}

static void test_swapped_reset(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    assert_int_equal(segment(&t, SERVER, 1, 4, RA, ""), SEGMENT_HELD);
    segment(&t, CLIENT, 1, 1, A, "get");
    told(&t, "C(get)S<reset>C<reset>");
    assert_true(reassembly_over(&t.r));
    finish(&t, "");
}

/* The request was lost: its answer does not wait for ever. */
static void test_lost_request(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, SERVER, 1, 301, A, "200");
    for (int i = 0; i < 3; i++)
        segment(&t, CLIENT, 301, 4, A, "");
    told(&t, "");
    segment(&t, CLIENT, 301, 4, A, "");
    told(&t, "C[300]S(200)");
    finish(&t, "C<capture>S<capture>");
}

/* Of a long hole no more is told before a request than that one acknowledges: the rest may answer it. */
static void test_lost_answers(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 1, 1, A, "get");
    segment(&t, CLIENT, 4, 4, A, "put");
    segment(&t, SERVER, 9, 10, A, "200");
    told(&t, "C(get)");
    for (int i = 0; i < 4; i++)
        segment(&t, CLIENT, 10, 12, A, "");
    told(&t, "S[3]C(put)S[5]");
    finish(&t, "C[3]S(200)C<capture>S<capture>");
}

/* The same where nobody is waited for any longer. */
static void test_lost_answers_at_the_end(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 4, 4, A, "put");
    segment(&t, SERVER, 9, 10, A, "200");
    finish(&t, "C[3]S[3]C(put)S[5]C[3]S(200)C<capture>S<capture>");
}

/* Two segments in order, each acknowledging the other: impossible, and no reason to wait. */
static void test_circle(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, SERVER, 1, 4, A, "200");
    segment(&t, CLIENT, 1, 4, A, "get");
    finish(&t, "S(200)C(get)C<capture>S<capture>");
}

static void test_fin_in_its_place(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    assert_int_equal(segment(&t, CLIENT, 4, 1, F, "def"), SEGMENT_HELD);
    assert_int_equal(segment(&t, CLIENT, 4, 1, F, "def"), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, CLIENT, 7, 1, F, ""), SEGMENT_REPEATED);
    assert_int_equal(t.r.side[CLIENT].held_segments, 2);
    segment(&t, CLIENT, 7, 1, A, "beyond");
    told(&t, "");
    segment(&t, CLIENT, 1, 1, A, "abc");
    told(&t, "C(abcdef)C<fin>");
    counted(&t, 6, 3, 6, 0);
    finish(&t, "S<capture>");
}

static void test_outside(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    assert_int_equal(segment(&t, CLIENT, 1U + (1U << 30), 1, A, "far"), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, CLIENT, 1U - (1U << 30), 1, A, "far"), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, CLIENT, 1, 1U + (1U << 30), A, "far"), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, CLIENT, 1, 1, TCP_PSH | TCP_FIN | TCP_URG, "xmas"), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, CLIENT, 1, 1, 0, "null"), SEGMENT_OUTSIDE);
    t.cut = UINT32_MAX;
    assert_int_equal(segment(&t, CLIENT, 1, 1, A, "x"), SEGMENT_OUTSIDE);
    counted(&t, 0, 0, 18, 0);
    finish(&t, "C<capture>S<capture>");
}

/* Snap length: the cut is a gap where it stands. */
static void test_cut(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    t.cut = 7;
    segment(&t, CLIENT, 1, 1, A, "abc");
    told(&t, "C(abc)C[7]");
    t.cut = 2;
    assert_int_equal(segment(&t, CLIENT, 13, 1, F, "m"), SEGMENT_HELD);
    t.cut = 2;
    assert_int_equal(segment(&t, CLIENT, 13, 1, F, "m"), SEGMENT_REPEATED);
    told(&t, "");
    t.cut = 1;
    segment(&t, CLIENT, 11, 1, A, "k");
    told(&t, "C(k)C[1]C(m)C[2]C<fin>");
    counted(&t, 5, 1, 0, 10);

    struct rig again = rig(); /* a longer copy that is held fills what it has */
    shake_hands(&again);
    again.cut = 4;
    segment(&again, CLIENT, 4, 1, F, "d");
    segment(&again, CLIENT, 6, 1, A, "fg");
    again.cut = 2;
    segment(&again, CLIENT, 1, 1, A, "a");
    told(&again, "C(a)C[2]C(d)C[1]C(fg)");
    finish(&again, "C[1]C<fin>S<capture>");
    finish(&t, "S<capture>");
}

static void test_doubled(void **state)
{
    (void)state;
    struct rig t = rig();
    for (int i = 0; i < 2; i++)
        segment(&t, CLIENT, 0, 0, S, "");
    for (int i = 0; i < 2; i++)
        segment(&t, SERVER, 0, 1, SA, "");
    for (int i = 0; i < 2; i++)
        segment(&t, CLIENT, 1, 1, A, "get");
    for (int i = 0; i < 2; i++)
        segment(&t, SERVER, 1, 4, F, "200");
    for (int i = 0; i < 2; i++)
        segment(&t, CLIENT, 4, 5, F, "");
    for (int i = 0; i < 2; i++)
        segment(&t, SERVER, 5, 5, A, "");
    counted(&t, 6, 6, 0, 0);
    assert_int_equal(t.counts.conflicting, 0);
    assert_true(reassembly_over(&t.r));
    finish(&t, "C(get)S(200)S<fin>C<fin>");
}

static void test_nobody_above(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    t.r.above = NULL;
    segment(&t, CLIENT, 4, 1, A, "def");
    segment(&t, CLIENT, 1, 1, F, "ab");
    segment(&t, CLIENT, 1, 1, A, "abc");
    finish(&t, "");
    assert_int_equal(t.counts.payload, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_order),
        cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_window_probe),
        cmocka_unit_test(test_out_of_order),
        cmocka_unit_test(test_who_counts),
        cmocka_unit_test(test_fin_inside),
        cmocka_unit_test(test_wrap),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_hole_patience),
        cmocka_unit_test(test_hole_that_is_none),
        cmocka_unit_test(test_hole_skew),
        cmocka_unit_test(test_hole_filled_in_time),
        cmocka_unit_test(test_hole_in_part),
        cmocka_unit_test(test_hole_wait),
        cmocka_unit_test(test_ends_between),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_swapped),
        cmocka_unit_test(test_swapped_handshake),
        cmocka_unit_test(test_swapped_requests),
        cmocka_unit_test(test_swapped_reset),
        cmocka_unit_test(test_lost_request),
        cmocka_unit_test(test_lost_answers),
        cmocka_unit_test(test_lost_answers_at_the_end),
        cmocka_unit_test(test_circle),
        cmocka_unit_test(test_fin_in_its_place),
        cmocka_unit_test(test_outside),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_doubled),
        cmocka_unit_test(test_nobody_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

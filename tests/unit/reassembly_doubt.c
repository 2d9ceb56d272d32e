/* Segments that no receiver takes, though their numbers are right. */
#include "tests/unit/rig.h"

static enum segment signed_acknowledging(struct rig *t, uint32_t seq, uint32_t ack, const char *text)
{
    t->signature = true;
    return segment(t, CLIENT, seq, ack, A, text);
}

static enum segment signed_segment(struct rig *t, uint32_t seq, const char *text)
{
    return signed_acknowledging(t, seq, 1, text);
}

static enum segment stamped(struct rig *t, uint32_t stamp, enum side from, uint32_t seq, uint32_t ack, const char *text)
{
    t->stamp = stamp;
    return segment(t, from, seq, ack, A, text);
}

/* What comes in its place counts, however it lies. */
static void gives_way(void **state)
{
    (void)state;
    static const struct {
        uint32_t at;
        const char *first, *then, *told;
        unsigned repeated, outside;
    } cases[] = {
        {1, "xyz", "abc", "C(abc)", 3, 0},
        {1, "xyz", "ab", "C(ab)", 2, 1},
        {1, "xyz", "abcde", "C(abcde)", 3, 0},
        {2, "xyz", "abc", "C(abc)", 2, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig t = rig();
        shake_hands(&t);
        assert_int_equal(signed_segment(&t, cases[i].at, cases[i].first), SEGMENT_HELD);
        told(&t, "");
        assert_int_equal(segment(&t, CLIENT, 1, 1, A, cases[i].then), SEGMENT_CONFLICTING);
        told(&t, cases[i].told);
        finish(&t, "C<capture>S<capture>");
        counted(&t, (unsigned)strlen(cases[i].then), cases[i].repeated, cases[i].outside, 0);
    }
}

/* The first byte is the same: it came all the same, and what is doubtful is not kept for it. */
static void gives_way_where_it_agrees(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    signed_segment(&t, 1, "ayz");
    segment(&t, CLIENT, 1, 1, A, "a");
    told(&t, "C(a)");
    segment(&t, SERVER, 1, 2, A, "");
    assert_false(reassembly_holds(&t.r));
    segment(&t, CLIENT, 2, 1, A, "bc");
    finish(&t, "C(bc)C<capture>S<capture>");
    counted(&t, 3, 1, 2, 0);
}

/* An older copy of a part comes later, and what was acknowledged later still: nothing of either is lost. */
static void keeps_what_lies_round_what_agrees(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    assert_int_equal(segment(&t, CLIENT, 1, 4, A, "abcdefghij"), SEGMENT_HELD);
    segment(&t, CLIENT, 3, 1, A, "cd");
    segment(&t, CLIENT, 6, 1, A, "fg");
    told(&t, "");
    assert_int_equal(t.r.side[CLIENT].held_bytes, 10);
    assert_int_equal(t.r.side[CLIENT].held_segments, 5);
    segment(&t, SERVER, 1, 1, A, "xyz");
    told(&t, "S(xyz)C(abcdefghij)");
    finish(&t, "C<capture>S<capture>");
    counted(&t, 13, 4, 0, 0);
}

/* Other bytes in the midst of it: it is not what its receiver took, and what lies behind them is none of it either. */
static void ends_where_it_differs(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    signed_segment(&t, 1, "abcdefgh");
    segment(&t, CLIENT, 3, 1, A, "xy");
    segment(&t, CLIENT, 1, 1, A, "ab");
    segment(&t, SERVER, 1, 9, A, "");
    finish(&t, "C(abxy)C[4]C<capture>S<capture>");
    counted(&t, 4, 4, 4, 4);
}

/* None takes what acknowledges too much, few an odd option, and some what acknowledges too little. */
static void counts_before_what_fewer_take(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    assert_int_equal(segment(&t, CLIENT, 1, 5000, A, "xyz"), SEGMENT_HELD);
    assert_int_equal(signed_segment(&t, 1, "uvw"), SEGMENT_CONFLICTING);
    assert_int_equal(segment(&t, CLIENT, 1, (uint32_t)-5000, A, "abc"), SEGMENT_CONFLICTING);
    segment(&t, SERVER, 1, 4, A, "");
    told(&t, "C(abc)");
    finish(&t, "S[4999]C<capture>S<capture>"); /* what is acknowledged at the end is owed */
}

/* Nobody acknowledges the half of what it took. */
static void is_refuted_by_a_part(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    signed_segment(&t, 1, "xyz");
    segment(&t, CLIENT, 1, 1, A, "a");
    segment(&t, SERVER, 1, 2, A, "");
    assert_false(reassembly_holds(&t.r));
    assert_int_equal(signed_segment(&t, 2, "bc"), SEGMENT_HELD);
    segment(&t, SERVER, 1, 4, A, "");
    finish(&t, "C(abc)C<capture>S<capture>");
}

/* One request after the other below a segment that acknowledges what its receiver never sent, as that tells. */
static void refuted_it_makes_no_hole(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    assert_int_equal(segment(&t, CLIENT, 1, 5000, A, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"), SEGMENT_HELD);
    for (uint32_t i = 0; i < 20; i++) {
        segment(&t, CLIENT, 1 + i, 1, A, "a");
        segment(&t, SERVER, 1, 2 + i, A, "");
    }
    segment(&t, SERVER, 1, 21, A, "b");
    finish(&t, "C(aaaaaaaaaaaaaaaaaaaa)S(b)S[4998]C<capture>S<capture>");
}

/* Who tells one more than it had sent, as a probe does, does not refute it; nor who did not take so much. */
static void is_not_refuted(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    assert_int_equal(segment(&t, CLIENT, 1, 4, A, "ab"), SEGMENT_HELD);
    segment(&t, SERVER, 1, 1, A, "");
    segment(&t, SERVER, 3, 3, A, "");
    told(&t, "");
    segment(&t, SERVER, 1, 1, A, "xyz");
    told(&t, "S(xyz)C(ab)");
    assert_int_equal(segment(&t, CLIENT, 3, 9, A, "cd"), SEGMENT_HELD);
    segment(&t, SERVER, 4, 4, A, "x"); /* sent again, for all that is known: what it had sent it does not tell */
    told(&t, "C(cd)S(x)");
    finish(&t, "S[4]C<capture>S<capture>");
}

/* What waits for other things is no witness of what the server sent: an acknowledgement alone claims it. */
static void witnesses_no_hole(void **state)
{
    (void)state;
    static const char *const told_then[] = {
        "C(a)S(b)C[58]C(x)S[4998]C<capture>S<capture>", "C(a)S(b)C[58]S[4998]C(x)C<capture>S<capture>",
        "C(a)S(b)S[4998]C<capture>S<capture>", "C(a)S(b)S[4998]C<capture>S<capture>"};
    for (int kind = 0; kind < 4; kind++) {
        struct rig t = rig();
        shake_hands(&t);
        segment(&t, CLIENT, 1, 5000, A, "");
        if (kind == 0)
            segment(&t, CLIENT, 60, 1, A, "x"); /* for the bytes before it */
        else if (kind == 1)
            segment(&t, CLIENT, 60, 5000, A, "x"); /* for these first */
        else if (kind == 2)
            signed_segment(&t, 1, "x"); /* for its acknowledgement */
        else
            signed_acknowledging(&t, 1, 5000, "x"); /* for that as well */
        for (int i = 0; i < 40; i++)
            segment(&t, CLIENT, 1, 1, A, "");
        assert_false(reassembly_waits(&t.r));
        segment(&t, CLIENT, 1, 1, A, "a");
        segment(&t, SERVER, 1, 2, A, "b");
        finish(&t, told_then[kind]);
    }
}

/* Both ends may bear signatures: neither waits for the other's bytes. */
static void of_both_sides_each_is_asked(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    signed_segment(&t, 1, "abc");
    t.signature = true;
    assert_int_equal(segment(&t, SERVER, 1, 1, A, "xyz"), SEGMENT_HELD);
    told(&t, "");
    segment(&t, SERVER, 4, 4, A, "");
    told(&t, "C(abc)");
    segment(&t, CLIENT, 4, 4, A, "");
    finish(&t, "S(xyz)C<capture>S<capture>");
}

/* A receiver that took it says so. */
static void counts_when_acknowledged(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    signed_segment(&t, 1, "abc");
    segment(&t, SERVER, 1, 1, A, "");
    told(&t, "");
    segment(&t, SERVER, 1, 4, A, "d");
    told(&t, "C(abc)S(d)");
    signed_segment(&t, 4, "ef");
    segment(&t, SERVER, 2, 5, A, ""); /* something came, and not this: it was not captured */
    assert_false(reassembly_holds(&t.r));
    segment(&t, CLIENT, 5, 2, A, "g");
    told(&t, "");
    for (int i = 0; i < 10; i++)
        segment(&t, CLIENT, 6, 2, A, "");
    told(&t, "C[1]C(g)");
    finish(&t, "C<capture>S<capture>");
    counted(&t, 5, 0, 2, 1);
}

static void is_nothing_at_the_end(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    signed_segment(&t, 1, "abc");
    assert_int_equal(segment(&t, CLIENT, 4, 1, F, ""), SEGMENT_HELD); /* behind what never came */
    t.signature = true;
    assert_int_equal(segment(&t, CLIENT, 6, 1, F, ""), SEGMENT_HELD);
    finish(&t, "C[3]C<fin>S<capture>");
    counted(&t, 0, 0, 3, 3);
}

static void is_bounded(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    for (unsigned i = 0; i < 100; i++) {
        signed_segment(&t, 1 + 40 * (i % 50), "twenty bytes of it__");
        assert_true(t.r.side[CLIENT].held_segments <= t.limits.held_segments);
    }
    reassembly_end(&t.r, t.clock, END_CAPTURE, &t.memory, &t.counts);
    assert_int_equal(t.memory.used, 0);
    assert_int_equal(t.counts.delivered, 0);
    assert_int_equal(t.counts.repeated + t.counts.outside, 100 * 20);
}

/* Nobody is asked who is not seen. */
static void of_one_side_nothing(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, CLIENT, 0, 0, S, "");
    assert_int_equal(signed_segment(&t, 1, "abc"), SEGMENT_DELIVERED);
    finish(&t, "C(abc)C<capture>S<capture>");
}

static void acknowledges_what_was_never_sent(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    assert_int_equal(segment(&t, CLIENT, 1, 0, A, "x"), SEGMENT_HELD);
    assert_int_equal(segment(&t, CLIENT, 1, (uint32_t)-5000, A, "x"), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, CLIENT, 1, 1, A, "ab"), SEGMENT_CONFLICTING);
    told(&t, "C(ab)");
    segment(&t, SERVER, 1, 3, A, "cde");
    assert_int_equal(segment(&t, CLIENT, 3, 2, A, "f"), SEGMENT_DELIVERED); /* old, and true */
    finish(&t, "S(cde)C(f)C<capture>S<capture>");
}

static void stamps_go_forward(void **state)
{
    (void)state;
    struct rig t = rig();
    t.stamp = 0xfffffff0;
    segment(&t, CLIENT, 0, 0, S, "");
    t.stamp = 70;
    segment(&t, SERVER, 0, 1, SA, "");
    assert_int_equal(stamped(&t, 5, CLIENT, 1, 1, "ab"), SEGMENT_DELIVERED); /* they wrap */
    assert_int_equal(stamped(&t, 4, CLIENT, 3, 1, "c"), SEGMENT_DELIVERED);  /* a tick may pass */
    assert_int_equal(stamped(&t, 3, CLIENT, 4, 1, "x"), SEGMENT_HELD);
    assert_int_equal(stamped(&t, 0xffffffff, CLIENT, 4, 1, "x"), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, CLIENT, 4, 1, A, "d"), SEGMENT_CONFLICTING); /* without one: Linux takes it */
    told(&t, "C(abcd)");
    /* What lies behind what is acknowledged tells nothing, nor does what is doubtful itself. */
    stamped(&t, 100, CLIENT, 6, 1, "f");
    segment(&t, SERVER, 1, 5, A, "");
    t.signature = true;
    stamped(&t, 100, CLIENT, 5, 1, "x");
    assert_int_equal(stamped(&t, 6, CLIENT, 5, 1, "e"), SEGMENT_CONFLICTING);
    finish(&t, "C(ef)C<capture>S<capture>");
}

/* Where the peer bears no stamps, none were agreed on. */
static void stamps_of_one_side_mean_nothing(void **state)
{
    (void)state;
    struct rig t = rig();
    t.stamp = 500;
    segment(&t, CLIENT, 0, 0, S, "");
    segment(&t, SERVER, 0, 1, SA, "");
    assert_int_equal(stamped(&t, 5, CLIENT, 1, 1, "ab"), SEGMENT_DELIVERED);
    finish(&t, "C(ab)C<capture>S<capture>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_way),
        cmocka_unit_test(gives_way_where_it_agrees),
        cmocka_unit_test(keeps_what_lies_round_what_agrees),
        cmocka_unit_test(ends_where_it_differs),
        cmocka_unit_test(counts_before_what_fewer_take),
        cmocka_unit_test(is_refuted_by_a_part),
        cmocka_unit_test(refuted_it_makes_no_hole),
        cmocka_unit_test(is_not_refuted),
        cmocka_unit_test(witnesses_no_hole),
        cmocka_unit_test(of_both_sides_each_is_asked),
        cmocka_unit_test(counts_when_acknowledged),
        cmocka_unit_test(is_nothing_at_the_end),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(of_one_side_nothing),
        cmocka_unit_test(acknowledges_what_was_never_sent),
        cmocka_unit_test(stamps_go_forward),
        cmocka_unit_test(stamps_of_one_side_mean_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

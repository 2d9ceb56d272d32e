/* How connections begin and end: handshakes, late joins, one direction only, resets, ports used again. */
#include "tests/unit/rig.h"

/* RFC 7413: a SYN may carry bytes. */
static void test_fast_open(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, CLIENT, 0, 0, S, "early");
    assert_int_equal(segment(&t, CLIENT, 0, 0, S, "early"), SEGMENT_REPEATED);
    segment(&t, SERVER, 0, 6, SA, "hi");
    assert_int_equal(t.r.side[CLIENT].next, 6);
    segment(&t, CLIENT, 6, 3, A, "late");
    counted(&t, 11, 5, 0, 0);
    finish(&t, "C(early)S(hi)C(late)C<capture>S<capture>");
}

/* A server without it acknowledges the SYN alone, and the client sends again, the same or not. */
static void test_offer_refused(void **state)
{
    (void)state;
    struct rig t = rig();
    assert_int_equal(segment(&t, CLIENT, 0, 0, S, "junk"), SEGMENT_HELD);
    told(&t, "");
    segment(&t, SERVER, 0, 1, SA, "");
    assert_false(reassembly_holds(&t.r));
    assert_int_equal(segment(&t, CLIENT, 0, 0, S, "junk"), SEGMENT_REPEATED); /* mirrored late */
    assert_int_equal(segment(&t, CLIENT, 1, 1, A, "get /"), SEGMENT_DELIVERED);
    counted(&t, 5, 0, 8, 0);
    assert_int_equal(t.counts.conflicting, 0);
    finish(&t, "C(get /)C<capture>S<capture>");
}

/* RFC 7413 section 4.2.2: a server may take a part of it. */
static void test_offer_in_part(void **state)
{
    (void)state;
    for (uint32_t cut = 0; cut < 10; cut += 9) {
        struct rig t = rig();
        t.cut = cut;
        segment(&t, CLIENT, 0, 0, S, "early");
        segment(&t, SERVER, 0, 4, SA, "");
        told(&t, "C(ear)");
        segment(&t, CLIENT, 0, 0, S, "early");
        segment(&t, CLIENT, 4, 1, A, "th");
        finish(&t, "C(th)C<capture>S<capture>");
        counted(&t, 5, 3, 2 + 2, 0);
    }
    struct rig t = rig();
    t.cut = 9;
    segment(&t, CLIENT, 0, 0, S, "early");
    segment(&t, SERVER, 0, 10, SA, "");
    segment(&t, CLIENT, 10, 1, A, "late");
    finish(&t, "C(early)C[4]C(late)C<capture>S<capture>");
}

/* The answer to the SYN was lost: the server's next packet says as much. */
static void test_offer_told_later(void **state)
{
    (void)state;
    struct rig taken = rig();
    segment(&taken, CLIENT, 0, 0, S, "get");
    segment(&taken, CLIENT, 4, 1, A, "more");
    told(&taken, "");
    segment(&taken, SERVER, 1, 8, A, "200");
    finish(&taken, "C(getmore)S(200)C<capture>S<capture>");
    counted(&taken, 10, 0, 0, 0);

    struct rig refused = rig();
    segment(&refused, CLIENT, 0, 0, S, "junk");
    segment(&refused, SERVER, 1, 1, A, "");
    segment(&refused, CLIENT, 1, 1, A, "get");
    finish(&refused, "C(get)C<capture>S<capture>");
    counted(&refused, 3, 0, 4, 0);
}

/* Or the client sends the same numbers again, before its server is heard: what it offered was not taken. */
static void test_offer_withdrawn(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, CLIENT, 0, 0, S, "junk");
    assert_int_equal(segment(&t, CLIENT, 1, 1, A, "get"), SEGMENT_CONFLICTING);
    segment(&t, CLIENT, 4, 1, A, " /");
    segment(&t, SERVER, 0, 1, SA, "");
    told(&t, "C(get /)");
    segment(&t, SERVER, 1, 6, A, "200");
    finish(&t, "S(200)C<capture>S<capture>");
    counted(&t, 5 + 3, 0, 4, 0);

    struct rig inside = rig();
    segment(&inside, CLIENT, 0, 0, S, "get /");
    assert_int_equal(segment(&inside, CLIENT, 4, 1, A, " /"), SEGMENT_HELD);
    segment(&inside, CLIENT, 1, 1, A, "get");
    segment(&inside, SERVER, 1, 6, A, "");
    finish(&inside, "C(get /)C<capture>S<capture>");

    struct rig late = rig(); /* the same, and a mirror brings the SYN last */
    segment(&late, CLIENT, 1, 1, A, "get");
    told(&late, "C(get)");
    segment(&late, CLIENT, 0, 0, S, "junk");
    segment(&late, SERVER, 0, 1, SA, "");
    segment(&late, CLIENT, 4, 1, A, "ter");
    finish(&late, "C(ter)C<capture>S<capture>");
}

/* Its server is never seen: time tells, or the end. A client that sent nothing else was not answered. */
static void test_offer_alone(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, CLIENT, 0, 0, S, "get");
    assert_false(reassembly_waits(&t.r));
    segment(&t, CLIENT, 4, 0, A, "");
    assert_true(reassembly_waits(&t.r));
    reassembly_wait(&t.r, t.clock + 500, &t.limits, &t.memory, &t.counts);
    told(&t, "");
    reassembly_wait(&t.r, t.clock + 1000, &t.limits, &t.memory, &t.counts);
    told(&t, "C(get)");
    assert_int_equal(segment(&t, CLIENT, 0, 0, S, "get"), SEGMENT_REPEATED);
    finish(&t, "C<capture>S<capture>");

    struct rig ended = rig();
    segment(&ended, CLIENT, 0, 0, S, "get");
    segment(&ended, CLIENT, 4, 0, A, "");
    finish(&ended, "C(get)C<capture>S<capture>");

    struct rig knock = rig();
    segment(&knock, CLIENT, 0, 0, S, "get");
    reassembly_wait(&knock.r, knock.clock + 100000, &knock.limits, &knock.memory, &knock.counts);
    told(&knock, "");
    assert_int_equal(segment(&knock, CLIENT, 0, 0, S, ""), SEGMENT_REPEATED);
    segment(&knock, SERVER, 0, 1, SA, ""); /* it took the second SYN */
    segment(&knock, CLIENT, 1, 1, A, "put");
    finish(&knock, "C(put)C<capture>S<capture>");

    struct rig unanswered = rig();
    segment(&unanswered, CLIENT, 0, 0, S, "get");
    finish(&unanswered, "C<capture>S<capture>");
    counted(&unanswered, 0, 0, 3, 0);
}

/* A SYN that comes again with other bytes has none that count. */
static void test_offer_again(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, CLIENT, 0, 0, S, "get");
    assert_int_equal(segment(&t, CLIENT, 0, 0, S, "putter"), SEGMENT_CONFLICTING);
    segment(&t, SERVER, 0, 4, SA, "");
    counted(&t, 3, 6, 0, 0);
    finish(&t, "C(get)C<capture>S<capture>");
}

/* A server that is not there acknowledges all of the SYN with its reset; a scanner takes all of it back. */
static void test_offer_reset(void **state)
{
    (void)state;
    for (uint32_t number = 1; number <= 4; number += 3) {
        struct rig closed = rig();
        segment(&closed, CLIENT, 0, 0, S, "get");
        assert_int_equal(segment(&closed, SERVER, 0, 3, RA, ""), SEGMENT_OUTSIDE);
        assert_int_equal(segment(&closed, SERVER, 0, number, RA, ""), SEGMENT_DELIVERED);
        assert_true(reassembly_over(&closed.r));
        finish(&closed, "S<reset>C<reset>");
        counted(&closed, 0, 0, 3, 0);

        struct rig back = rig();
        segment(&back, CLIENT, 0, 0, S, "get");
        assert_int_equal(segment(&back, CLIENT, number, 0, R, ""), SEGMENT_DELIVERED);
        finish(&back, "C<reset>S<reset>");
        counted(&back, 0, 0, 3, 0);
    }
}

static void test_reset_exact(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 1, 1, A, "get");
    assert_int_equal(segment(&t, CLIENT, 3, 0, R, ""), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, CLIENT, 5, 0, R, ""), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, SERVER, 0, 4, RA, ""), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, SERVER, 2, 4, RA, "remark"), SEGMENT_OUTSIDE);
    segment(&t, SERVER, 1, 4, A, "200");
    told(&t, "C(get)S(200)");
    assert_int_equal(segment(&t, SERVER, 4, 4, RA, "remark"), SEGMENT_DELIVERED);
    told(&t, "S<reset>C<reset>");
    assert_true(reassembly_over(&t.r));
    assert_int_equal(segment(&t, SERVER, 4, 4, RA, ""), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, SERVER, 5, 4, RA, ""), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, CLIENT, 4, 4, A, "more"), SEGMENT_OUTSIDE);
    counted(&t, 6, 0, 16, 0);
    finish(&t, "");
}

/* Bytes before it were lost, but the receiver has acknowledged them: there it is exact, and behind them. */
static void test_reset_behind_hole(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 1, 4, A, "");
    assert_int_equal(segment(&t, SERVER, 4, 1, RA, ""), SEGMENT_HELD);
    reassembly_wait(&t.r, t.clock + 1000, &t.limits, &t.memory, &t.counts);
    told(&t, "S[3]S<reset>C<reset>");
    finish(&t, "");
}

/* What the other side had said is told before a reset ends it. */
static void test_reset_flushes(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 4, 1, A, "def");
    segment(&t, SERVER, 4, 1, A, "xyz");
    segment(&t, SERVER, 1, 1, RA, "");
    told(&t, "S<reset>C[3]C(def)C<reset>");
    counted(&t, 3, 0, 3, 3);
    finish(&t, "");
}

static void test_closed_port(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, CLIENT, 0, 0, S, "");
    assert_int_equal(segment(&t, SERVER, 555, 9, RA, ""), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, SERVER, 555, 0, R, ""), SEGMENT_OUTSIDE);
    assert_false(reassembly_over(&t.r));
    assert_int_equal(segment(&t, SERVER, 555, 1, RA, ""), SEGMENT_DELIVERED);
    assert_true(reassembly_over(&t.r));
    told(&t, "S<reset>C<reset>");
    finish(&t, "");

    struct rig half = rig(); /* a scanner takes back its SYN */
    segment(&half, CLIENT, 0, 0, S, "");
    segment(&half, SERVER, 0, 1, SA, "");
    assert_int_equal(segment(&half, CLIENT, 1, 0, R, ""), SEGMENT_DELIVERED);
    finish(&half, "C<reset>S<reset>");

    struct rig alone = rig(); /* nothing else is known */
    assert_int_equal(segment(&alone, CLIENT, 77, 0, R, ""), SEGMENT_DELIVERED);
    finish(&alone, "C<reset>S<reset>");
}

static void test_half_closed(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 1, 1, F, "get");
    segment(&t, SERVER, 1, 5, A, "20");
    segment(&t, CLIENT, 5, 3, A, "");
    segment(&t, SERVER, 3, 5, A, "0");
    assert_int_equal(segment(&t, CLIENT, 5, 4, A, "!"), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, CLIENT, 5, 4, R, ""), SEGMENT_DELIVERED);
    assert_true(reassembly_over(&t.r));
    finish(&t, "C(get)C<fin>S(200)S<reset>");
}

/* It answers with a reset what the server sent before it had the FIN; the server may take it or not. */
static void test_reset_at_fin(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 1, 1, A, "get");
    assert_int_equal(segment(&t, CLIENT, 4, 0, R, ""), SEGMENT_DELIVERED); /* no FIN: the next number */
    finish(&t, "C(get)C<reset>S<reset>");

    struct rig closed = rig();
    shake_hands(&closed);
    segment(&closed, CLIENT, 1, 1, F, "get");
    for (int twice = 0; twice < 2; twice++)
        assert_int_equal(segment(&closed, CLIENT, 4, 0, R, ""), SEGMENT_REPEATED);
    assert_int_equal(segment(&closed, CLIENT, 3, 0, R, ""), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&closed, CLIENT, 6, 0, R, ""), SEGMENT_OUTSIDE);
    segment(&closed, SERVER, 1, 5, A, "200");
    finish(&closed, "C(get)C<fin>S(200)S<capture>");
}

/* Something before the FIN is missing; the reset behind it is at the next number all the same. */
static void test_reset_behind_held_fin(void **state)
{
    (void)state;
    for (enum side side = CLIENT; side <= SERVER; side++) {
        enum side peer = other_side(side);
        struct rig lost = rig(); /* its peer has all of it */
        lost.limits.patience = 10;
        shake_hands(&lost);
        assert_int_equal(segment(&lost, side, 4, 1, F, "xyz"), SEGMENT_HELD);
        segment(&lost, peer, 1, 8, A, "other");
        assert_int_equal(segment(&lost, side, 7, 0, R, ""), SEGMENT_REPEATED); /* answers what crossed the FIN */
        assert_int_equal(segment(&lost, side, 6, 0, R, ""), SEGMENT_OUTSIDE);
        assert_int_equal(segment(&lost, side, 9, 0, R, ""), SEGMENT_OUTSIDE);
        assert_int_equal(segment(&lost, side, 1 << 20, 0, R, ""), SEGMENT_OUTSIDE);
        assert_int_equal(segment(&lost, side, 8, 0, R, ""), SEGMENT_HELD);
        reassembly_wait(&lost.r, lost.clock + 1000, &lost.limits, &lost.memory, &lost.counts);
        assert_true(reassembly_over(&lost.r));
        finish(&lost, side == CLIENT ? "C[3]C(xyz)C<fin>S(other)S<reset>" : "S[3]S(xyz)S<fin>C(other)C<reset>");

        struct rig late = rig(); /* it comes after all */
        shake_hands(&late);
        segment(&late, side, 4, 1, F, "xyz");
        segment(&late, peer, 1, 8, A, "");
        segment(&late, side, 8, 0, R, "");
        segment(&late, side, 1, 1, A, "get");
        finish(&late, side == CLIENT ? "C(getxyz)C<fin>S<reset>" : "S(getxyz)S<fin>C<reset>");

        struct rig waits = rig(); /* for what it acknowledges of the other side */
        shake_hands(&waits);
        segment(&waits, side, 1, 6, A, "get");
        segment(&waits, side, 4, 6, F, "");
        segment(&waits, peer, 6, 5, A, "more");
        assert_int_equal(segment(&waits, side, 5, 0, R, ""), SEGMENT_HELD);
        segment(&waits, peer, 1, 1, A, "other");
        finish(&waits, side == CLIENT ? "S(other)C(get)C<fin>S(more)S<reset>" : "C(other)S(get)S<fin>C(more)C<reset>");
    }
}

/* Nobody has acknowledged what stands before it: a receiver that misses that does not take the reset, and another does.
 */
static void test_reset_behind_open_hole(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 4, 1, A, "xyz");
    assert_int_equal(segment(&t, CLIENT, 7, 0, R, ""), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, CLIENT, 6, 0, R, ""), SEGMENT_OUTSIDE);
    segment(&t, CLIENT, 1, 1, A, "get");
    segment(&t, SERVER, 1, 7, A, "200");
    segment(&t, CLIENT, 7, 4, A, "put");
    finish(&t, "C(getxyz)S(200)C(put)C<capture>S<capture>");

    struct rig fin = rig();
    shake_hands(&fin);
    segment(&fin, CLIENT, 4, 1, F, "xyz");
    assert_int_equal(segment(&fin, CLIENT, 7, 0, R, ""), SEGMENT_REPEATED);
    assert_int_equal(segment(&fin, CLIENT, 8, 0, R, ""), SEGMENT_REPEATED);
    assert_int_equal(segment(&fin, CLIENT, 1, 0, R, ""), SEGMENT_DELIVERED); /* of a real loss it is the next */
    finish(&fin, "C<reset>S<reset>");

    struct rig lies = rig(); /* acknowledged is more than was sent */
    shake_hands(&lies);
    segment(&lies, CLIENT, 1, 1, F, "get");
    segment(&lies, SERVER, 1, 9, A, "200");
    assert_int_equal(segment(&lies, CLIENT, 9, 0, R, ""), SEGMENT_OUTSIDE);
    finish(&lies, "C(get)C<fin>S(200)S<capture>");

    struct rig alone = rig(); /* who cannot be seen is not asked */
    segment(&alone, CLIENT, 0, 0, S, "");
    segment(&alone, CLIENT, 4, 1, F, "xyz");
    assert_int_equal(segment(&alone, CLIENT, 8, 0, R, ""), SEGMENT_HELD);
    finish(&alone, "C[3]C(xyz)C<fin>S<reset>");
}

/* Ports used again so soon that both numbers are near the old ones: the server's answer to the other SYN proves it. */
static void test_new_life_near(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 1, 1, F, "get");
    assert_int_equal(segment(&t, CLIENT, 5000, 0, S, ""), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, SERVER, 6000, 1, SA, ""), SEGMENT_OUTSIDE); /* to the old one */
    assert_int_equal(segment(&t, CLIENT, 6000, 5001, SA, ""), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, CLIENT, 1u << 21, 5001, SA, ""), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, SERVER, 0, 1, SA, ""), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, SERVER, 6000, 5001, SA, ""), SEGMENT_NEW_LIFE);
    finish(&t, "C(get)C<fin>S<capture>");
}

/* A mirror brings all that the server says late: the client has taken its word back by then. */
static void test_answer_behind_reset(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, CLIENT, 0, 0, S, "");
    segment(&t, CLIENT, 1, 1, A, "get");
    segment(&t, CLIENT, 4, 0, R, "");
    reassembly_wait(&t.r, t.clock + 1000, &t.limits, &t.memory, &t.counts);
    assert_true(reassembly_over(&t.r));
    assert_int_equal(segment(&t, SERVER, 0, 1, SA, ""), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, SERVER, 1, 4, A, "200"), SEGMENT_OUTSIDE);
    assert_int_equal(segment(&t, SERVER, 0, 5, SA, ""), SEGMENT_NEW_LIFE);
    finish(&t, "C(get)C<reset>S<reset>");
}

static void test_new_life(void **state)
{
    (void)state;
    struct rig t = rig();
    shake_hands(&t);
    segment(&t, CLIENT, 1, 1, A, "get");
    struct reassembly_counts before = t.counts;
    assert_int_equal(segment(&t, CLIENT, 5000, 0, S, "data"), SEGMENT_OUTSIDE); /* near: RFC 5961 */
    assert_int_equal(t.counts.outside, 4);
    assert_int_equal(segment(&t, CLIENT, 1u << 21, 0, S, "data"), SEGMENT_NEW_LIFE);
    assert_int_equal(segment(&t, SERVER, 1u << 31, 0, SA, ""), SEGMENT_NEW_LIFE);
    assert_int_equal(t.counts.payload, before.payload + 4); /* of a new life nothing was done */
    segment(&t, CLIENT, 4, 1, A, "put");
    told(&t, "C(getput)");
    segment(&t, CLIENT, 7, 1, F, "");
    segment(&t, SERVER, 1, 8, F, "");
    assert_int_equal(segment(&t, CLIENT, 0, 0, S, ""), SEGMENT_REPEATED);
    assert_int_equal(segment(&t, CLIENT, 9, 0, S, ""), SEGMENT_NEW_LIFE); /* both said all: near is near enough */
    finish(&t, "C<fin>S<fin>");

    struct rig knock = rig();
    segment(&knock, CLIENT, 0, 0, S, "");
    assert_int_equal(segment(&knock, CLIENT, 9, 0, S, ""), SEGMENT_NEW_LIFE); /* it had come to nothing */
    finish(&knock, "C<capture>S<capture>");
}

static void test_one_sided_client(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, CLIENT, 0, 0, S, "");
    segment(&t, CLIENT, 1, 1, A, "get");
    told(&t, "C(get)");
    assert_int_equal(segment(&t, CLIENT, 4, 501, A, "put"), SEGMENT_HELD); /* the first time it is waited */
    for (int i = 0; i < 3; i++)
        segment(&t, CLIENT, 7, 501, A, "");
    told(&t, "");
    segment(&t, CLIENT, 7, 501, A, "");
    told(&t, "S[500]C(put)");
    assert_int_equal(segment(&t, CLIENT, 7, 601, A, "del"), SEGMENT_DELIVERED); /* then no more */
    told(&t, "S[100]C(del)");
    segment(&t, CLIENT, 10, 701, A, "");
    told(&t, "S[100]");
    segment(&t, CLIENT, 13, 901, A, "2nd"); /* swapped: the order of both sides stays */
    segment(&t, CLIENT, 10, 801, A, "1st");
    told(&t, "S[100]C(1st)S[100]C(2nd)");
    segment(&t, SERVER, 901, 16, A, "seen"); /* after all */
    assert_int_equal(segment(&t, CLIENT, 16, 1001, A, "x"), SEGMENT_HELD);
    finish(&t, "S(seen)S[96]C(x)C<capture>S<capture>");
}

static void test_one_sided_server(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, SERVER, 0, 1, SA, "");
    segment(&t, SERVER, 1, 301, A, "200");
    for (int i = 0; i < 4; i++)
        segment(&t, SERVER, 4, 301, A, "");
    told(&t, "C[300]S(200)");
    segment(&t, SERVER, 4, 401, A, "404");
    told(&t, "C[100]S(404)");
    segment(&t, SERVER, 10, 401, A, "tail"); /* a loss that nobody can acknowledge: time closes it */
    reassembly_wait(&t.r, t.clock + 999, &t.limits, &t.memory, &t.counts);
    told(&t, "");
    reassembly_wait(&t.r, t.clock + 1000, &t.limits, &t.memory, &t.counts);
    told(&t, "S[3]S(tail)");
    finish(&t, "C<capture>S<capture>");
}

static void test_late_join(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, CLIENT, 100, 500, A, "middle");
    assert_true(t.r.side[CLIENT].next == ((uint64_t)1 << 32) + 6);
    segment(&t, SERVER, 503, 106, A, "xyz"); /* acknowledged up to 500: three are missing */
    told(&t, "C(middle)");
    segment(&t, CLIENT, 106, 506, A, "");
    finish(&t, "S[3]S(xyz)C<capture>S<capture>");

    struct rig back = rig(); /* only an acknowledgement was seen: what it overtook is no repeat */
    segment(&back, CLIENT, 100, 500, A, "");
    segment(&back, SERVER, 490, 100, A, "0123456789");
    segment(&back, CLIENT, 95, 490, A, "abcde");
    finish(&back, "S(0123456789)C<capture>S<capture>");
    counted(&back, 10, 5, 0, 0); /* too late: the server's bytes acknowledged them */
}

/* An idle connection shows probes first, each one before the next number: no hole of one byte. */
static void test_late_join_alive(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct rig t = rig();
        for (int i = 0; i < 2; i++) {
            if (i == order)
                segment(&t, CLIENT, 99, 500, A, "");
            else
                segment(&t, SERVER, 500, 100, A, "");
        }
        segment(&t, CLIENT, 100, 500, A, "get");
        segment(&t, SERVER, 500, 103, A, "200");
        finish(&t, "C(get)S(200)C<capture>S<capture>");
    }
    struct rig byte = rig(); /* some probe with a byte */
    segment(&byte, CLIENT, 100, 500, A, "");
    assert_int_equal(segment(&byte, SERVER, 499, 100, A, "?"), SEGMENT_REPEATED);
    segment(&byte, SERVER, 500, 100, A, "200");
    finish(&byte, "S(200)C<capture>S<capture>");
}

static void test_lost_handshake(void **state)
{
    (void)state;
    struct rig t = rig(); /* the SYN was lost, and the first request */
    segment(&t, SERVER, 0, 1, SA, "");
    segment(&t, CLIENT, 4, 1, A, "put");
    segment(&t, SERVER, 1, 7, A, "");
    finish(&t, "C[3]C(put)C<capture>S<capture>");
    struct rig both = rig(); /* the SYN|ACK was lost, and the first answer */
    segment(&both, CLIENT, 0, 0, S, "");
    segment(&both, CLIENT, 1, 1, A, "get");
    segment(&both, SERVER, 4, 4, A, "204");
    finish(&both, "C(get)S[3]S(204)C<capture>S<capture>");
}

static void test_swap(void **state)
{
    (void)state;
    struct rig t = rig();
    segment(&t, CLIENT, 0, 1, SA, "");
    segment(&t, CLIENT, 4, 1, A, "def");
    reassembly_swap(&t.r);
    t.isn[CLIENT] = 2000, t.isn[SERVER] = 1000;
    segment(&t, SERVER, 1, 1, A, "abc");
    segment(&t, CLIENT, 1, 7, A, "xyz");
    finish(&t, "S(abcdef)C(xyz)C<capture>S<capture>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fast_open),
        cmocka_unit_test(test_offer_refused),
        cmocka_unit_test(test_offer_in_part),
        cmocka_unit_test(test_offer_told_later),
        cmocka_unit_test(test_offer_withdrawn),
        cmocka_unit_test(test_offer_alone),
        cmocka_unit_test(test_offer_again),
        cmocka_unit_test(test_offer_reset),
        cmocka_unit_test(test_reset_exact),
        cmocka_unit_test(test_reset_behind_hole),
        cmocka_unit_test(test_reset_flushes),
        cmocka_unit_test(test_closed_port),
        cmocka_unit_test(test_reset_at_fin),
        cmocka_unit_test(test_reset_behind_held_fin),
        cmocka_unit_test(test_reset_behind_open_hole),
        cmocka_unit_test(test_new_life_near),
        cmocka_unit_test(test_half_closed),
        cmocka_unit_test(test_new_life),
        cmocka_unit_test(test_answer_behind_reset),
        cmocka_unit_test(test_one_sided_client),
        cmocka_unit_test(test_one_sided_server),
        cmocka_unit_test(test_late_join),
        cmocka_unit_test(test_late_join_alive),
        cmocka_unit_test(test_lost_handshake),
        cmocka_unit_test(test_swap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

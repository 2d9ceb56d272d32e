#include "sensor/detect/closed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/infer_rig.h"

static const moment SECOND = INT64_C(1000) * 1000 * 1000, WINDOW = INT64_C(3600) * 1000 * 1000 * 1000;

static struct infer *infer;

static struct suspicion add(struct closed *c, struct flow_record f, moment seconds, uint32_t hello, uint32_t endpoint)
{
    f.event.time = f.event.order.clock = (1000 + seconds) * SECOND;
    infer_pass(infer, &f, closed_repeats(c, infer, &f));
    closed_add(c, infer, &f, (struct closed_place){hello, endpoint}, WINDOW);
    return f.suspicion;
}

static struct flow_record without_goaway(struct flow_record f)
{
    f.shape.early_goaway = false;
    return f;
}

static bool shows(struct suspicion s, enum suspect sign)
{
    return s.evidence >> sign & 1;
}

static void two_goaways(void **state)
{
    (void)state;
    struct closed c = {0};
    assert_true(add(&c, stranger(300), 0, 1, 1).weight < 100);
    struct suspicion s = add(&c, stranger(300), 1, 1, 1);
    assert_true(shows(s, SUSPECT_EARLY_GOAWAYS) && s.weight >= 100);
    assert_int_equal(s.inferred, 2);
}

static void sizes_of_403(void **state)
{
    (void)state;
    struct closed c = {0};
    for (unsigned i = 0; i < 6; i++)
        assert_true(add(&c, without_goaway(stranger(300)), i, 1, 1).weight < 100); /* one size: one request, again */
    add(&c, without_goaway(stranger(310)), 7, 1, 1);
    struct suspicion s = add(&c, without_goaway(stranger(320)), 8, 1, 1);
    assert_true(shows(s, SUSPECT_ANSWERS_OF_403) && s.weight >= 100);
    assert_int_equal(s.inferred, 0);
    /* A client that is answered more than that, or shows a credential. */
    struct flow_record large = without_goaway(stranger(300));
    large.shape.answer[0].body = 9000;
    assert_true(add(&c, large, 9, 1, 1).weight < 100);
    for (unsigned i = 0; i < 2; i++) {
        struct flow_record known = without_goaway(stranger(300));
        c = (struct closed){0};
        if (i)
            known.shape.client = TLS_CLIENT_PRESENTED;
        else
            known.shape.first_request = 1000;
        add(&c, known, 0, 1, 1);
        for (unsigned k = 0; k < 4; k++)
            s = add(&c, without_goaway(stranger(300 + k)), k, 1, 1);
        assert_true(s.weight < 100);
    }
}

static struct flow_record refused_401(void)
{
    struct flow_record f = without_goaway(stranger(0));
    f.shape.answer[0] = (struct tls_answer){104, 138, 1};
    return f;
}

/* A credential that ran out is no stranger's; and none that holds, so that it excuses nothing. */
static void credentials_that_are_refused(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < 3; kind++) {
        struct closed c = {0};
        struct suspicion s = {0};
        struct flow_record f = refused_401();
        f.shape.client = kind == 1 ? TLS_CLIENT_PRESENTED : TLS_CLIENT_ABSENT;
        f.shape.first_request = kind == 2 ? 1000 : 50;
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(closed_repeats(&c, infer, &f), i > 0);
            s = add(&c, f, i * i, 1, 1);
        }
        assert_int_equal(s.weight >= 100, kind == 0);
        assert_int_equal(shows(s, SUSPECT_ANSWERS_OF_401), kind == 0);
        assert_int_equal(s.shown_refused, kind ? 3 : 0);
        assert_int_equal(s.inferred, 3);
        for (unsigned i = 0; i < 3; i++)
            s = add(&c, without_goaway(stranger(300 + i)), 10 + i, 1, 1);
        assert_true(shows(s, SUSPECT_ANSWERS_OF_403) && s.weight >= 100);
    }
}

/* One and the same small answer, at one endpoint or at many. */
static void refused_everywhere(void **state)
{
    (void)state;
    for (unsigned wide = 0; wide < 2; wide++) {
        struct closed c = {0};
        struct suspicion s = {0};
        for (unsigned i = 0; i < 4; i++) {
            assert_true(s.weight < 100);
            s = add(&c, without_goaway(stranger(300)), i * i, 1, wide ? 1 + i : 1 + i % 3);
        }
        assert_int_equal(s.weight >= 100, wide);
        assert_int_equal(shows(s, SUSPECT_WIDE_403), wide);
        s = add(&c, without_goaway(stranger(9000)), 20, 1, 1);
        assert_true(s.weight < 100 && !shows(s, SUSPECT_WIDE_403)); /* it is known there */
    }
}

/* Its first answers were as small as a stranger's; what it shows later takes that back, and no more. */
static void a_credential_shown_later(void **state)
{
    (void)state;
    struct closed c = {0};
    struct suspicion s = {0};
    for (unsigned i = 0; i < 3; i++)
        s = add(&c, without_goaway(stranger(300 + i)), i, 1, 1);
    assert_true(s.weight >= 100);
    moment since = 1000 * SECOND;
    assert_false(closed_refutes(&c, infer, s.evidence, since));
    struct flow_record known = without_goaway(stranger(300));
    known.shape.client = TLS_CLIENT_PRESENTED;
    add(&c, known, 10, 1, 1);
    assert_true(closed_refutes(&c, infer, s.evidence, since));
    assert_false(closed_refutes(&c, infer, s.evidence | 1U << SUSPECT_EARLY_GOAWAYS, since));
    assert_false(closed_refutes(&c, infer, 1U << SUSPECT_EARLY_GOAWAYS, since));
    assert_false(closed_refutes(&c, infer, 1U << SUSPECT_NO_NAME, since)); /* no credential makes that another */
    /* That was before; also where its window is over. */
    assert_false(closed_refutes(&c, infer, s.evidence, 1011 * SECOND));
    add(&c, without_goaway(stranger(300)), 7200, 1, 1);
    assert_true(closed_refutes(&c, infer, s.evidence, since));
}

static void many_hellos(void **state)
{
    (void)state;
    struct flow_record nothing = {.event = {.type = EVENT_FLOW}, .closed = true, .from_start = true};
    struct closed c = {0};
    struct suspicion s = {0};
    for (unsigned i = 0; i < 12; i++)
        s = add(&c, nothing, i, 100 + i, 1);
    assert_true(shows(s, SUSPECT_MANY_HELLOS) && s.weight >= 100 && shows(s, SUSPECT_NO_NAME));
    c = (struct closed){0};
    for (unsigned i = 0; i < 12; i++)
        s = add(&c, nothing, i * 30, 100 + i, 1); /* over six minutes: address translation */
    assert_false(shows(s, SUSPECT_MANY_HELLOS));
    /* What comes back with its ticket was counted when it came without. */
    struct flow_record again = nothing;
    again.event.tls.resumed = 1;
    c = (struct closed){0};
    for (unsigned i = 0; i < 12; i++)
        s = add(&c, i < 6 ? nothing : again, i, 100 + i, 1);
    assert_false(shows(s, SUSPECT_MANY_HELLOS));
}

/* A SYN can be sent in anybody's name: it adds to what else speaks against a source, and accuses nobody by itself. */
static void syn_shapes(void **state)
{
    (void)state;
    struct flow_record nothing = {.event = {.type = EVENT_FLOW}, .closed = true, .from_start = true};
    struct closed c = {0};
    for (unsigned i = 0; i < 1000; i++)
        closed_syn(&c, 1000 * SECOND, WINDOW);
    struct suspicion s = add(&c, nothing, 1, 1, 1), without;
    assert_true(shows(s, SUSPECT_SYN_SHAPE) && s.weight > 0 && s.weight < 50);
    struct closed d = {0};
    for (unsigned i = 0; i < 3; i++) {
        s = add(&c, nothing, 2 + i, 1, 1);
        without = add(&d, nothing, 2 + i, 1, 1);
    }
    assert_int_equal(s.weight, without.weight + infer_weight(infer, SUSPECT_SYN_SHAPE));
    assert_false(shows(add(&c, nothing, 3700, 1, 1), SUSPECT_SYN_SHAPE)); /* its window is over */
    struct flow_record known = without_goaway(stranger(9000));
    known.shape.client = TLS_CLIENT_PRESENTED;
    c = (struct closed){0};
    closed_syn(&c, 1000 * SECOND, WINDOW);
    assert_false(shows(add(&c, known, 1, 1, 1), SUSPECT_SYN_SHAPE));
}

static void the_window(void **state)
{
    (void)state;
    struct closed c = {0};
    add(&c, stranger(300), 0, 1, 1);
    assert_false(shows(add(&c, stranger(300), 3600, 1, 1), SUSPECT_EARLY_GOAWAYS));
}

static void monitors(void **state)
{
    (void)state;
    struct closed c = {0};
    struct flow_record refused = refused_401();
    for (unsigned i = 0; i < 6; i++) {
        add(&c, refused, i * 5, 1, 1);
        assert_true(closed_may_be_steady(&c));
    }
    assert_true(closed_is_steady(&c));
    /* Its ClientHellos were lost: over HTTP/1 and HTTP/2 in turn, by one clock and one answer each. */
    c = (struct closed){0};
    struct flow_record other = refused;
    other.shape.inside = TLS_INSIDE_HTTP1;
    other.shape.answer[0] = (struct tls_answer){358, 0, 0};
    for (unsigned i = 0; i < 6; i++) {
        add(&c, refused, i * 5, 0, 1);
        assert_false(shows(add(&c, other, i * 5 + 1, 0, 1), SUSPECT_NO_NAME));
    }
    assert_true(closed_is_steady(&c));
    /* Something else each time, by the same clock. */
    c = (struct closed){0};
    for (unsigned i = 0; i < 12; i++)
        add(&c, stranger(300 + i), i * 5, 1, 1);
    assert_false(closed_may_be_steady(&c) || closed_is_steady(&c));
    /* The same each time, by no clock. */
    c = (struct closed){0};
    static const unsigned times[] = {0, 1, 7, 8, 30, 31, 60, 90, 91};
    for (unsigned i = 0; i < sizeof times / sizeof *times; i++)
        add(&c, refused, times[i], 1, 1);
    assert_false(closed_is_steady(&c));
}

/* Who was given up because memory was short, or was cut off by the end, may have asked later. */
static void asks_nothing(void **state)
{
    (void)state;
    for (unsigned reason = 0; reason < FLOW_REASONS; reason++) {
        struct closed c = {0};
        struct suspicion s = {0};
        struct flow_record f = {.event = {.size = sizeof f, .type = EVENT_FLOW},
                                .closed = true,
                                .from_start = true,
                                .reason = (uint8_t)reason,
                                .shape = {.client = TLS_CLIENT_ABSENT, .inside = TLS_INSIDE_HTTP2}};
        for (unsigned i = 0; i < 20; i++)
            s = add(&c, f, i, 1, 1);
        assert_int_equal(shows(s, SUSPECT_ASKS_NOTHING), reason != FLOW_SHUTDOWN && reason != FLOW_EVICTED);
    }
}

/* Refused by the clock: a monitor asks for the same each time, who tries paths does not. */
static void what_a_monitor_asks(void **state)
{
    (void)state;
    for (unsigned sizes = 1; sizes <= 40; sizes += 3) {
        struct closed c = {0};
        for (unsigned i = 0; i < 40; i++) {
            struct flow_record f = refused_401();
            f.shape.first_request = (uint16_t)(50 + i % sizes);
            add(&c, f, i * 60, 1, 1);
            assert_true(i >= 4 || closed_may_be_steady(&c));
        }
        assert_int_equal(closed_is_steady(&c), sizes <= 4);
    }
    /* A health check and something else, by two clocks. */
    struct closed both = {0};
    for (unsigned i = 0; i < 12; i++) {
        struct flow_record ok = refused_401();
        ok.shape.answer[0] = (struct tls_answer){234, 11, 1};
        add(&both, refused_401(), i * 15, 1, 1);
        add(&both, ok, i * 15 + 4, 1, 1);
        assert_true(closed_may_be_steady(&both));
    }
    assert_true(closed_is_steady(&both));
    struct flow_record other = without_goaway(stranger(300));
    other.shape.first_request = 70;
    add(&both, other, 180, 1, 1);
    assert_false(closed_may_be_steady(&both));
    /* The capture ends within its answer, or within its handshake. */
    struct closed c = {0};
    struct flow_record f = refused_401();
    for (unsigned i = 0; i < 6; i++)
        add(&c, f, i * 5, 1, 1);
    assert_true(closed_returns_to(&c, 1));
    assert_false(closed_returns_to(&c, 2));
    f.shape.answer[0].body = f.shape.answer[0].more = 0;
    add(&c, f, 30, 1, 1);
    assert_true(closed_is_steady(&c));
    f.shape.answers = 0;
    f.shape.requests = 0;
    add(&c, f, 35, 1, 1);
    assert_true(closed_is_steady(&c));
    add(&c, f, 36, 1, 2);
    assert_false(closed_returns_to(&c, 2));
}

/* What it asks is answered otherwise while its server starts anew; not all the time. */
static void a_server_that_starts_anew(void **state)
{
    (void)state;
    for (unsigned often = 0; often < 2; often++) {
        struct closed c = {0};
        for (unsigned i = 0; i < 30; i++) {
            bool starting = often ? i % 2 : i == 10 || i == 11 || i == 20;
            add(&c, without_goaway(stranger(starting ? 420 : 300)), i * 5, 1, 1);
        }
        assert_int_equal(closed_is_steady(&c), !often);
    }
}

/* While it is down the monitor waits for as long as its patience lasts, and comes by another clock afterwards. */
static void a_server_that_is_down(void **state)
{
    (void)state;
    static const unsigned times[] = {0, 5, 10, 15, 28, 33, 38, 51, 56};
    for (unsigned endpoint = 0; endpoint < 3; endpoint++) {
        struct closed c = {0};
        for (unsigned i = 0; i < sizeof times / sizeof *times; i++) {
            if (endpoint && i && times[i] - times[i - 1] > 5)
                closed_failed(&c, endpoint, (1000 + times[i] - 8) * SECOND);
            add(&c, stranger(300), times[i], 1, 1);
        }
        assert_int_equal(closed_is_steady(&c), endpoint == 1);
    }
}

static void fronts(void **state)
{
    (void)state;
    struct closed c = {0};
    struct flow_record known = without_goaway(stranger(9000));
    known.shape.client = TLS_CLIENT_PRESENTED;
    for (unsigned i = 0; i < 3; i++) {
        add(&c, known, i, 1 + i, 1);
        assert_false(closed_is_mixed(&c));
    }
    add(&c, stranger(300), 4, 9, 1);
    assert_true(closed_is_mixed(&c));
    /* One program, and where ClientHellos were lost nobody knows that it is one. */
    for (unsigned hello = 0; hello < 2; hello++) {
        c = (struct closed){0};
        for (unsigned i = 0; i < 3; i++)
            add(&c, known, i, hello, 1);
        add(&c, stranger(300), 4, hello, 1);
        assert_int_equal(closed_is_mixed(&c), !hello);
    }
}

/* A leader of an election with a token of 27 characters, every half second: measured on 1.36. */
static void who_is_not_sent_away(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        struct flow_record f = without_goaway(stranger(157));
        f.sends_away = true;
        f.shape.answers = f.shape.requests = 4;
        for (unsigned at = 1; at < 4; at++)
            f.shape.answer[at] = (struct tls_answer){60, (uint16_t)(365 + at), 1};
        switch (i) {
        case 0: break;
        case 1: f.sends_away = false; break;
        case 2: f.shape.goaway = true; break; /* it asked for several things at once */
        case 3: f.shape.hole = true; break;
        default:
            f.shape.inside = TLS_INSIDE_HTTP1;
            for (unsigned at = 0; at < 4; at++)
                f.shape.answer[at] = (struct tls_answer){(uint16_t)(600 + at), 0, 0};
        }
        struct closed c = {0};
        add(&c, f, 0, 1, 1);
        assert_int_equal(c.seen[SUSPECT_ANSWERS_OF_403] != 0, i != 0);
    }
    for (unsigned away = 0; away < 2; away++) {
        struct flow_record f = without_goaway(stranger(300));
        f.sends_away = away;
        struct closed c = {0};
        add(&c, f, 0, 1, 1);
        assert_int_equal(c.seen[SUSPECT_ONLY_403], !away);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_goaways),
                                       cmocka_unit_test(who_is_not_sent_away),
                                       cmocka_unit_test(sizes_of_403),
                                       cmocka_unit_test(a_credential_shown_later),
                                       cmocka_unit_test(many_hellos),
                                       cmocka_unit_test(syn_shapes),
                                       cmocka_unit_test(the_window),
                                       cmocka_unit_test(monitors),
                                       cmocka_unit_test(fronts),
                                       cmocka_unit_test(credentials_that_are_refused),
                                       cmocka_unit_test(refused_everywhere),
                                       cmocka_unit_test(what_a_monitor_asks),
                                       cmocka_unit_test(asks_nothing),
                                       cmocka_unit_test(a_server_that_starts_anew),
                                       cmocka_unit_test(a_server_that_is_down)};
    infer = shipped_infer();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    infer_free(infer, &infer_memory);
    return failed || infer_memory.used;
}

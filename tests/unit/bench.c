#include "tests/unit/draft_rig.h"

#include "proto/http/http2_error.h"

static const unsigned OF_MARK = ANOMALY_MARKS;

/* Of a kind the first is told; what is counted is told each time it is said. */
static void anomalies_come_once(void **state)
{
    (void)state;
    struct desk d;
    desk_begin(&d);
    bench_anomaly(&d.bench, &d.facts, ANOMALY_WRONG_RESET, SERVER, 5);
    bench_anomaly(&d.bench, &d.facts, ANOMALY_WRONG_RESET, SERVER, 6);
    assert_int_equal(d.count, 1);
    assert_int_equal(desk_anomaly(&d, 0)->count, 0);
    bench_odd(&d.bench, &d.facts, CLIENT, MARK_PING_FLOOD, 100, 7);
    bench_odd(&d.bench, &d.facts, CLIENT, MARK_PING_FLOOD, 1000, 8);
    bench_anomaly(&d.bench, &d.facts, OF_MARK + MARK_PING_FLOOD, CLIENT, 9);
    assert_int_equal(d.count, 3);
    for (size_t i = 1; i < 3; i++) {
        const struct anomaly *a = desk_anomaly(&d, i);
        assert_string_equal(anomaly_name(a->kind), "ping_flood");
        assert_int_equal(a->count, i == 1 ? 100 : 1000);
        assert_int_equal(a->event.time, 6 + (moment)i);
        assert_int_equal(a->from, CLIENT);
    }
    desk_end(&d);
}

/* A parser reads both sides: nobody is named. */
static void who_made_it_give_up_is_not_told(void **state)
{
    (void)state;
    struct desk d;
    desk_begin(&d);
    bench_gave_up(&d.bench, &d.facts, GAVE_UP_LIMIT, 5);
    const struct event *e = &desk_anomaly(&d, 0)->event;
    assert_int_equal(event_field_get(EVENT_ANOMALY_FROM, e).kind, VALUE_ABSENT);
    assert_true(slice_is(event_field_get(EVENT_ANOMALY_EVENT, e).text, "gave_up"));
    assert_true(slice_is(event_field_get(EVENT_ANOMALY_REASON, e).text, "limit"));
    desk_end(&d);
}

static void a_goaway_without_error_is_remembered(void **state)
{
    (void)state;
    struct desk d;
    desk_begin(&d);
    bench_goaway(&d.bench, &d.facts, CLIENT, 0, slice_of(""), 1);
    assert_int_equal(d.facts.goaway, HTTP2_ERROR_NONE);
    draft_over(desk_open(&d, 1));
    draft_over(desk_open(&d, 3));
    bench_goaway(&d.bench, &d.facts, SERVER, 0, slice_of("bye"), 1);
    draft_over(desk_open(&d, 5));
    bench_goaway(&d.bench, &d.facts, SERVER, 11, slice_of(""), 1);
    assert_string_equal(http2_error_name(d.facts.goaway), "NO_ERROR");
    assert_int_equal(d.facts.goaway_after, 2);
    assert_int_equal(d.count, 1); /* the error behind it */
    assert_string_equal(http2_error_name(desk_anomaly(&d, 0)->error), "ENHANCE_YOUR_CALM");
    desk_end(&d);
}

static void a_goaway_with_an_error_is_told(void **state)
{
    (void)state;
    static uint8_t many[1000];
    memset(many, 'x', sizeof many);
    struct desk d;
    desk_begin(&d);
    bench_goaway(&d.bench, &d.facts, SERVER, 0x1234, (struct slice){many, sizeof many}, 4);
    bench_goaway(&d.bench, &d.facts, SERVER, 2, slice_of("again"), 5);
    bench_goaway(&d.bench, &d.facts, CLIENT, 1, slice_of("no"), 6);
    assert_int_equal(d.count, 2); /* the first of each side */
    const struct anomaly *a = desk_anomaly(&d, 0), *b = desk_anomaly(&d, 1);
    assert_string_equal(anomaly_name(a->kind), "goaway");
    assert_string_equal(http2_error_name(a->error), "unknown");
    assert_int_equal(a->text.size, ANOMALY_TEXT_MAX);
    assert_int_equal(event_text(&a->event, a->text).data[ANOMALY_TEXT_MAX - 1], 'x');
    assert_true(a->event.cut);
    assert_int_equal(a->from, SERVER);
    assert_int_equal(a->event.time, 4);
    assert_string_equal(http2_error_name(b->error), "PROTOCOL_ERROR");
    assert_true(slice_is(event_text(&b->event, b->text), "no"));
    assert_false(b->event.cut);
    assert_int_equal(b->from, CLIENT);
    assert_int_equal(d.facts.goaway, http2_error_keep(0x1234));
    desk_end(&d);
    desk_begin(&d);
    bench_goaway(&d.bench, &d.facts, SERVER, 1, slice_of("bad eyJhbGciOiJ4In0.eyJpc3MiOiJpIn0.c token"), 4);
    a = desk_anomaly(&d, 0);
    assert_true(slice_is(event_text(&a->event, a->text), "bad *** token"));
    desk_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(anomalies_come_once),
        cmocka_unit_test(who_made_it_give_up_is_not_told),
        cmocka_unit_test(a_goaway_without_error_is_remembered),
        cmocka_unit_test(a_goaway_with_an_error_is_told),
    };
    return cmocka_run_group_tests_name("bench", tests, NULL, NULL);
}

#include "sensor/event/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TOLD = 256 };

struct told {
    uint64_t what[TOLD]; /* the number of a record; of a clock that was reached its negation */
    size_t count;
};

static void note(struct told *t, uint64_t what)
{
    assert_true(t->count < TOLD);
    t->what[t->count++] = what;
}

static void on_event(void *owner, const struct event *e)
{
    const uint8_t *bytes = (const uint8_t *)e;
    for (size_t i = sizeof *e; i < e->size; i++)
        assert_int_equal(bytes[i], (uint8_t)e->order.number);
    note(owner, e->order.number);
}

static void on_reached(void *owner, moment clock)
{
    note(owner, ~(uint64_t)clock);
}

static struct outbox *box_for(struct told *t)
{
    return outbox_new((struct event_sink){.take = on_event, .reached = on_reached, .owner = t});
}

static void put(struct outbox *o, uint64_t number, size_t size)
{
    static struct event_room room;
    struct event *e = (struct event *)room.bytes;
    memset(room.bytes, (uint8_t)number, sizeof room);
    *e = (struct event){.size = (uint16_t)size, .order.number = number};
    struct event_sink sink = outbox_sink(o);
    sink.take(sink.owner, e);
}

static void reach(struct outbox *o, moment clock)
{
    struct event_sink sink = outbox_sink(o);
    sink.reached(sink.owner, clock);
}

static void keeps_the_order(void **state)
{
    (void)state;
    struct told t = {.count = 0};
    struct outbox *o = box_for(&t);
    for (uint64_t i = 1; i <= 5; i++)
        put(o, i, sizeof(struct event) + (size_t)i); /* sizes that are no multiple of eight */
    assert_int_equal(t.count, 0);
    outbox_empty(o);
    assert_int_equal(t.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(t.what[i], i + 1);
    outbox_empty(o);
    assert_int_equal(t.count, 5);
    outbox_free(o);
}

static void a_clock_stands_behind_the_records_before_it(void **state)
{
    (void)state;
    struct told t = {.count = 0};
    struct outbox *o = box_for(&t);
    reach(o, 7); /* nothing waits: at once */
    assert_int_equal(t.count, 1);
    assert_int_equal(t.what[0], ~UINT64_C(7));
    put(o, 1, sizeof(struct event));
    reach(o, 8);
    reach(o, 9);
    assert_int_equal(t.count, 1);
    outbox_empty(o);
    assert_int_equal(t.count, 3);
    assert_int_equal(t.what[1], 1);
    assert_int_equal(t.what[2], ~UINT64_C(9));
    outbox_free(o);
}

static void empties_itself_when_it_is_full(void **state)
{
    (void)state;
    struct told t = {.count = 0};
    struct outbox *o = box_for(&t);
    for (uint64_t i = 1; i < OUTBOX_RECORDS; i++)
        put(o, i, 512);
    assert_int_equal(t.count, 0);
    put(o, OUTBOX_RECORDS, 512);
    assert_int_equal(t.count, OUTBOX_RECORDS);
    outbox_free(o);
}

/* The largest records that there are, of all sizes near it: none is cut, none lost. */
static void large_records_fit(void **state)
{
    (void)state;
    struct told t = {.count = 0};
    struct outbox *o = box_for(&t);
    uint64_t count = 0;
    for (size_t less = 0; less < 100; less++)
        put(o, ++count, EVENT_MAX - less);
    outbox_empty(o);
    assert_int_equal(t.count, count);
    for (size_t i = 0; i < t.count; i++)
        assert_int_equal(t.what[i], i + 1);
    outbox_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_order),
        cmocka_unit_test(a_clock_stands_behind_the_records_before_it),
        cmocka_unit_test(empties_itself_when_it_is_full),
        cmocka_unit_test(large_records_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

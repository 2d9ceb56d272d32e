/* Open streams: their numbers, their ends, and that they cost no more than they should. */
#include "proto/http/streams.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

struct rig {
    struct memory memory;
    struct h2_streams streams;
    unsigned opened, over, marks;
    char text[4096];
};

/* A thing is its stream's number: nothing here is kept behind its over. */
static struct rig *now;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
    size_t used = strlen(now->text);
    va_list list;
    va_start(list, format);
    if (used + 64 < sizeof now->text)
        vsnprintf(now->text + used, sizeof now->text - used, format, list);
    va_end(list);
}

static void *on_open(void *owner, moment time, enum http_version version, uint32_t stream_id)
{
    assert_ptr_equal(owner, now);
    assert_int_equal(version, HTTP_2);
    assert_int_equal(time, 7);
    now->opened++;
    say("%u open ", stream_id);
    return (void *)(uintptr_t)stream_id;
}

static void on_body(void *thing, enum side from, struct slice bytes, uint64_t lost)
{
    assert_true(bytes.size == 0 && lost == GAP_UNKNOWN);
    say("%u %c(?) ", (unsigned)(uintptr_t)thing, "CS"[from]);
}

static void on_done(void *thing, enum side from, enum message_end how)
{
    say("%u %c%d ", (unsigned)(uintptr_t)thing, "CS"[from], (int)how);
}

static void on_mark(void *thing, enum side from, enum http_mark mark)
{
    assert_true(from == CLIENT && mark == MARK_MANY_STREAMS);
    now->marks++;
    say("%u many ", (unsigned)(uintptr_t)thing);
}

static void on_over(void *thing)
{
    now->over++;
    say("%u over ", (unsigned)(uintptr_t)thing);
}

static const struct message_events events = {
    .open = on_open, .body = on_body, .done = on_done, .mark = on_mark, .over = on_over};

static struct h2_streams *begin(struct rig *r, bool late, uint32_t limit)
{
    *r = (struct rig){.memory = {.limit = 1 << 20}};
    now = r;
    streams_init(&r->streams, late, limit, &r->memory, &events, r);
    return &r->streams;
}

static void end(struct rig *r)
{
    streams_deinit(&r->streams);
    assert_int_equal(r->memory.used, 0);
}

static struct h2_exchange *open_one(struct h2_streams *s, enum side from, uint32_t id)
{
    assert_true(streams_may_begin(s, from, id));
    struct h2_exchange *e = streams_open(s, from, 7, id);
    assert_non_null(e);
    e->told[from] |= TOLD_BEGUN | TOLD_HEAD;
    assert_ptr_equal(streams_find(s, id), e);
    return e;
}

static void done(struct h2_streams *s, enum side from, uint32_t id)
{
    struct h2_exchange *e = streams_find(s, id);
    assert_non_null(e);
    e->told[from] |= TOLD_BEGUN | TOLD_HEAD;
    streams_done(s, e, from, MESSAGE_WHOLE);
}

static void both_sides_end_one(void **state)
{
    (void)state;
    struct rig r;
    struct h2_streams *s = begin(&r, false, 8);
    open_one(s, CLIENT, 1);
    open_one(s, CLIENT, 5);
    done(s, CLIENT, 1);
    done(s, SERVER, 5);
    assert_non_null(streams_find(s, 5));
    done(s, SERVER, 1);
    assert_null(streams_find(s, 1));
    done(s, CLIENT, 5);
    assert_string_equal(r.text, "1 open 5 open 1 C0 5 S0 1 S0 1 over 5 C0 5 over ");
    end(&r);
}

static void numbers_only_go_up(void **state)
{
    (void)state;
    struct rig r;
    struct h2_streams *s = begin(&r, false, 8);
    assert_false(streams_may_begin(s, CLIENT, 0));
    assert_false(streams_may_begin(s, CLIENT, 2));
    assert_false(streams_may_begin(s, SERVER, 1));
    assert_false(streams_may_begin(s, SERVER, 2));
    open_one(s, CLIENT, 3);
    assert_false(streams_may_begin(s, CLIENT, 1));
    assert_false(streams_may_begin(s, CLIENT, 3));
    assert_false(streams_may_begin(s, SERVER, 1));
    assert_true(streams_may_begin(s, CLIENT, 2147483647));
    end(&r);
}

static void answers_alone_are_those_of_what_was_lost(void **state)
{
    (void)state;
    struct rig r;
    struct h2_streams *s = begin(&r, false, 8);
    open_one(s, CLIENT, 3);
    streams_lost(s, CLIENT);
    assert_false(streams_may_begin(s, SERVER, 1));
    assert_false(streams_may_begin(s, SERVER, 3));
    assert_true(streams_may_begin(s, SERVER, 5));
    assert_true(streams_may_begin(s, SERVER, 99));
    open_one(s, CLIENT, 9);
    assert_true(streams_may_begin(s, SERVER, 7));
    assert_false(streams_may_begin(s, SERVER, 11));
    open_one(s, SERVER, 7);
    done(s, SERVER, 7);
    assert_false(streams_may_begin(s, SERVER, 7)); /* once */
    assert_string_equal(r.text, "3 open 3 C(?) 9 open 7 open 7 S0 7 over ");
    end(&r);
    s = begin(&r, true, 8);
    assert_true(streams_may_begin(s, SERVER, 1));
    open_one(s, SERVER, 11);
    done(s, SERVER, 11);
    assert_false(streams_may_begin(s, SERVER, 11));
    open_one(s, CLIENT, 21);
    assert_true(streams_may_begin(s, SERVER, 19));
    assert_false(streams_may_begin(s, SERVER, 23));
    end(&r);
}

static void loss_cuts_what_goes_on(void **state)
{
    (void)state;
    struct rig r;
    struct h2_streams *s = begin(&r, false, 8);
    open_one(s, CLIENT, 1);
    open_one(s, CLIENT, 3);
    open_one(s, CLIENT, 5);
    done(s, CLIENT, 1);
    done(s, SERVER, 3);
    r.text[0] = '\0';
    streams_lost(s, CLIENT);
    assert_string_equal(r.text, "3 C(?) 3 C1 3 over 5 C(?) ");
    streams_lost(s, SERVER); /* nobody of them has been answered in part */
    done(s, SERVER, 5);
    assert_string_equal(r.text, "3 C(?) 3 C1 3 over 5 C(?) 5 S0 5 C1 5 over ");
    r.text[0] = '\0';
    streams_find(s, 1)->told[SERVER] |= TOLD_BEGUN;
    streams_lost(s, SERVER);
    done(s, SERVER, 1);
    assert_string_equal(r.text, "1 S(?) 1 S1 1 over ");
    end(&r);
}

static void what_another_began_is_carried_on(void **state)
{
    (void)state;
    struct rig r;
    struct h2_streams *s = begin(&r, false, 8);
    assert_true(streams_carry_on(s, (void *)(uintptr_t)1));
    assert_false(streams_may_begin(s, CLIENT, 1));
    assert_true(streams_may_begin(s, CLIENT, 3));
    done(s, SERVER, 1);
    assert_string_equal(r.text, "1 S0 1 over ");
    end(&r);
    s = begin(&r, false, 8);
    r.memory.fail_at = 1;
    assert_false(streams_carry_on(s, (void *)(uintptr_t)1));
    end(&r);
}

static void memory_may_fail(void **state)
{
    (void)state;
    struct rig r;
    struct h2_streams *s = begin(&r, false, 100);
    uint32_t id = 1;
    for (; id < 9; id += 2)
        open_one(s, CLIENT, id);
    r.memory.fail_at = 1;
    assert_null(streams_open(s, CLIENT, 7, id));
    assert_null(streams_find(s, id));
    assert_int_equal(r.opened, 4);
    streams_all_over(s, MESSAGE_RESET);
    assert_int_equal(r.over, 4);
    assert_non_null(strstr(r.text, "7 C2 7 over "));
    end(&r);
}

static void too_many_end_the_older_half(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        struct rig r;
        struct h2_streams *s = begin(&r, late, 4);
        for (uint32_t id = 1; id < 11; id += 2)
            open_one(s, CLIENT, id);
        assert_int_equal(r.over, 3);
        assert_int_equal(r.marks, late ? 0 : 3); /* who came late does not know that they are open */
        assert_null(streams_find(s, 5));
        assert_non_null(streams_find(s, 7));
        streams_all_over(s, MESSAGE_CUT);
        assert_int_equal(r.over, 5);
        end(&r);
    }
}

/* At random, beside a list that is looked through. */
static void at_random(void **state)
{
    (void)state;
    enum { IDS = 4000, LIMIT = 40 };
    static bool open[IDS];
    unsigned seed = 1, count = 0, most = 0;
    struct rig r;
    struct h2_streams *s = begin(&r, false, LIMIT);
    memset(open, 0, sizeof open);
    for (uint32_t highest = 1; highest < IDS - 10;) {
        seed = seed * 1103515245 + 12345;
        uint32_t dice = seed >> 16, id = (highest - dice % 200) | 1;
        if (dice % 3 == 0 && count < LIMIT) {
            highest += 2 + (dice >> 4) % 3 * 2;
            open_one(s, CLIENT, highest);
            open[highest] = true;
            count++;
            most = count > most ? count : most;
        } else if (id < highest) {
            struct h2_exchange *e = streams_find(s, id);
            assert_int_equal(e != NULL, open[id]);
            assert_false(streams_may_begin(s, CLIENT, id));
            if (e)
                streams_over(s, e, MESSAGE_RESET);
            count -= open[id];
            open[id] = false;
        }
        assert_int_equal(r.opened - r.over, count);
    }
    assert_true(most > LIMIT / 2);
    assert_int_equal(r.marks, 0);
    end(&r);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Requests that nobody answers, answers that nobody asked for, with numbers that go down, and the memory of all that.
 */
static void many_cost_little(void **state)
{
    (void)state;
    enum { MANY = 100000, LIMIT = 2048, ROOM = 4 * LIMIT * sizeof(struct h2_exchange) };
    double before = seconds();
    struct rig r;
    struct h2_streams *s = begin(&r, false, LIMIT);
    for (uint32_t id = 1; id < 2 * MANY; id += 2)
        open_one(s, CLIENT, id);
    assert_true(r.memory.peak <= ROOM);
    end(&r);
    s = begin(&r, true, LIMIT);
    for (uint32_t id = 2 * MANY - 1; id > 1; id -= 2) {
        open_one(s, SERVER, id);
        if (id % 4 == 1)
            done(s, SERVER, id);
    }
    assert_true(r.memory.peak <= ROOM);
    streams_all_over(s, MESSAGE_CUT);
    assert_int_equal(r.opened, r.over);
    end(&r);
    assert_true(seconds() - before < 20); /* a second with sanitizers; what grows with the square takes minutes */
}

/* Beside one that stays open for hours. */
static void those_that_are_over_take_no_room(void **state)
{
    (void)state;
    struct rig r;
    struct h2_streams *s = begin(&r, false, 1000);
    open_one(s, CLIENT, 1);
    for (uint32_t id = 3; id < 20000; id += 2) {
        open_one(s, CLIENT, id);
        done(s, CLIENT, id);
        done(s, SERVER, id);
    }
    assert_non_null(streams_find(s, 1));
    assert_true(r.memory.peak <= 32 * sizeof(struct h2_exchange));
    end(&r);
}

/* One that the client has reset waits for what may be under way: its head, or the server's reset; a few of them do. */
static void what_is_reset_waits_for_its_answer(void **state)
{
    (void)state;
    struct rig r;
    struct h2_streams *s = begin(&r, false, 1000);
    open_one(s, CLIENT, 1);
    streams_reset(s, streams_find(s, 1));
    assert_string_equal(r.text, "1 open 1 C2 ");
    done(s, SERVER, 1);
    assert_string_equal(r.text, "1 open 1 C2 1 S0 1 over ");
    open_one(s, CLIENT, 3)->told[SERVER] |= TOLD_BEGUN;
    streams_reset(s, streams_find(s, 3));
    assert_null(streams_find(s, 3));
    for (uint32_t id = 5; id < 205; id += 2) {
        open_one(s, CLIENT, id);
        streams_reset(s, streams_find(s, id));
    }
    assert_int_equal(r.opened - r.over, 32);
    assert_null(streams_find(s, 203 - 2 * 32));
    assert_non_null(streams_find(s, 205 - 2 * 32));
    streams_over(s, streams_find(s, 203), MESSAGE_RESET);
    open_one(s, CLIENT, 301);
    streams_reset(s, streams_find(s, 301));
    assert_int_equal(r.opened - r.over, 32); /* there was a place */
    streams_all_over(s, MESSAGE_CUT);
    for (uint32_t id = 401; id < 465; id += 2) {
        open_one(s, CLIENT, id);
        streams_reset(s, streams_find(s, id));
        streams_reset(s, streams_find(s, id)); /* no other one */
    }
    assert_int_equal(r.opened - r.over, 32);
    end(&r);
}

/* An answer alone is over, and then the request comes, which the mirror had behind it. */
static void one_may_begin_again(void **state)
{
    (void)state;
    struct rig r;
    struct h2_streams *s = begin(&r, true, 1000);
    open_one(s, SERVER, 1);
    done(s, SERVER, 1);
    for (uint32_t id = 1; id < 100; id += 2)
        open_one(s, CLIENT, id);
    for (uint32_t id = 1; id < 99; id += 2)
        streams_over(s, streams_find(s, id), MESSAGE_RESET);
    assert_non_null(streams_find(s, 99));
    end(&r);
}

/* Behind many the room of a few is kept. */
static void an_idle_one_keeps_little(void **state)
{
    (void)state;
    struct rig r;
    struct h2_streams *s = begin(&r, false, 1000);
    for (uint32_t id = 1; id < 1000; id += 2)
        open_one(s, CLIENT, id);
    for (uint32_t id = 1; id < 1000; id += 2)
        streams_over(s, streams_find(s, id), MESSAGE_RESET);
    assert_true(r.memory.used <= 16 * sizeof(struct h2_exchange));
    open_one(s, CLIENT, 1001);
    end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_end_one),
        cmocka_unit_test(numbers_only_go_up),
        cmocka_unit_test(answers_alone_are_those_of_what_was_lost),
        cmocka_unit_test(loss_cuts_what_goes_on),
        cmocka_unit_test(what_another_began_is_carried_on),
        cmocka_unit_test(memory_may_fail),
        cmocka_unit_test(too_many_end_the_older_half),
        cmocka_unit_test(at_random),
        cmocka_unit_test(many_cost_little),
        cmocka_unit_test(an_idle_one_keeps_little),
        cmocka_unit_test(those_that_are_over_take_no_room),
        cmocka_unit_test(what_is_reset_waits_for_its_answer),
        cmocka_unit_test(one_may_begin_again),
    };
    return cmocka_run_group_tests_name("streams", tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "sensor/event/counter.h"

static void each_has_a_name_and_a_sentence(void **state)
{
    (void)state;
    assert_string_equal(counter_name(COUNT_FRAMES), "capture.frames");
    assert_string_equal(counter_name(COUNT_GAP_BYTES), "stream.gap_bytes");
    for (int i = 0; i < COUNTERS; i++) {
        const char *about = counter_about((enum counter)i);
        assert_int_equal(about[strlen(about) - 1], '.');
        for (int k = 0; k < i; k++)
            assert_string_not_equal(counter_name((enum counter)i), counter_name((enum counter)k));
    }
}

/* The JSON has an object for each group: it must not be opened twice. */
static void groups_stand_together(void **state)
{
    (void)state;
    char done[COUNTERS][32] = {""};
    size_t groups = 0;
    for (int i = 0; i < COUNTERS; i++) {
        const char *name = counter_name((enum counter)i);
        size_t size = strcspn(name, ".");
        assert_true(name[size] == '.' && size < sizeof done[0] && !strchr(name + size + 1, '.'));
        if (groups && strlen(done[groups - 1]) == size && memcmp(done[groups - 1], name, size) == 0)
            continue;
        memcpy(done[groups], name, size);
        for (size_t k = 0; k < groups; k++)
            assert_string_not_equal(done[k], done[groups]);
        groups++;
    }
    assert_true(groups > 5);
}

static void sets_are_summed(void **state)
{
    (void)state;
    struct counters sum = {0}, more = {0};
    for (size_t i = 0; i < COUNTERS; i++)
        more.of[i] = i + 1;
    counters_add(&sum, &more);
    counters_add(&sum, &more);
    for (size_t i = 0; i < COUNTERS; i++)
        assert_int_equal(sum.of[i], 2 * (i + 1));
}

static const enum counter outcomes[] = {COUNT_WALK_SEGMENT,  COUNT_WALK_OTHER, COUNT_WALK_SEALED,  COUNT_WALK_UNREAD,
                                        COUNT_WALK_FRAGMENT, COUNT_WALK_CUT,   COUNT_WALK_BAD,     COUNT_WALK_DEEP,
                                        COUNT_WALK_LINK,     COUNT_WALK_FULL,  COUNT_WALK_CHECKSUM};
static const enum counter fates[] = {COUNT_DELIVERED, COUNT_REPEATED, COUNT_OUTSIDE, COUNT_UNREAD};

enum { OUTCOMES = sizeof outcomes / sizeof *outcomes, FATES = sizeof fates / sizeof *fates };

static struct counters balanced(void)
{
    struct counters c = {0};
    for (size_t i = 0; i < OUTCOMES; i++)
        c.of[COUNT_FRAMES] += c.of[outcomes[i]] = 10 + i;
    for (size_t i = 0; i < FATES; i++)
        c.of[COUNT_PAYLOAD] += c.of[fates[i]] = 1000 + i;
    return c;
}

static void sums_come_out(void **state)
{
    (void)state;
    struct counters c = {0};
    assert_null(counters_check(&c));
    c = balanced();
    assert_null(counters_check(&c));
}

/* Each summand counts: one too many anywhere is seen, and told by the right sum. */
static void each_summand_counts(void **state)
{
    (void)state;
    for (int i = 0; i < COUNTERS; i++) {
        bool of_frames = i == COUNT_FRAMES, of_payload = i == COUNT_PAYLOAD;
        for (size_t k = 0; k < OUTCOMES; k++)
            of_frames = of_frames || (int)outcomes[k] == i;
        for (size_t k = 0; k < FATES; k++)
            of_payload = of_payload || (int)fates[k] == i;
        struct counters c = balanced();
        c.of[i]++;
        const char *wrong = counters_check(&c);
        assert_int_equal(wrong != NULL, of_frames || of_payload);
        if (wrong)
            assert_string_equal(wrong, of_frames ? "frames" : "payload");
    }
}

/* As kapiwatch-events(5) says: all of the group decode, and nothing else, is an outcome. */
static void outcomes_are_a_group(void **state)
{
    (void)state;
    for (int i = 0; i < COUNTERS; i++) {
        bool outcome = false;
        for (size_t k = 0; k < OUTCOMES; k++)
            outcome = outcome || (int)outcomes[k] == i;
        assert_int_equal(strncmp(counter_name((enum counter)i), "decode.", 7) == 0, outcome);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_a_name_and_a_sentence),
        cmocka_unit_test(groups_stand_together),
        cmocka_unit_test(sets_are_summed),
        cmocka_unit_test(sums_come_out),
        cmocka_unit_test(each_summand_counts),
        cmocka_unit_test(outcomes_are_a_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

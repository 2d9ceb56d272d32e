/* The HPACK decoder beside nghttp2's, which sees everything: tests/tools/hpack_rig.h says what must hold of each field.
 * Encoders with nghttp2's and with Go's habits, tables of four sizes, joined somewhere, blocks lost, sizes changed. It
 * prints what share of the fields is unknown after joining. HPACK_JUDGE_FIELDS asks for more fields than the usual
 * ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/tools/hpack_rig.h"

enum { AFTER = 100 };

static const uint32_t table_sizes[] = {0, 1024, 4096, 65536};
static const char *const habit_names[HABITS] = {"nghttp2", "Go"};
static const struct hash_secret secret = {{1, 2, 3}};

static struct memory memory = {.limit = 1 << 24};
static struct literals *literals;

static int setup(void **state)
{
    (void)state;
    literals = literals_new(1 << 16, &secret, &memory);
    return literals == NULL;
}

static int teardown(void **state)
{
    (void)state;
    literals_free(literals);
    return memory.used != 0;
}

static uint64_t fields_wanted(uint64_t usual)
{
    const char *more = getenv("HPACK_JUDGE_FIELDS");
    return more != NULL ? strtoull(more, NULL, 10) : usual;
}

static void from_the_start_all_is_known(void **state)
{
    (void)state;
    struct choices c = {.state = 4711};
    static struct header_set set;
    for (unsigned run = 0; run < 4U * HABITS; run++) {
        struct hpack_rig *r = hpack_rig_new(run % HABITS, false, literals, &memory);
        hpack_rig_resize(r, table_sizes[run / HABITS]);
        for (unsigned i = 0; i < 300; i++) {
            header_set_make(&set, choose(&c, TALKS), &c);
            struct hpack_counts known = hpack_rig_block(r, &set, false);
            assert_int_equal(known.fields, set.count);
            assert_int_equal(known.unknown + known.name_unknown, 0);
        }
        hpack_rig_free(r);
    }
}

/* A connection of one talk with odd sets between, joined somewhere, by a decoder that misses blocks. */
static uint64_t one_connection(struct choices *c)
{
    static struct header_set set;
    struct hpack_rig *r = hpack_rig_new(choose(c, HABITS), choose(c, 2), literals, &memory);
    enum talk talk = choose(c, TALKS);
    unsigned join = choose(c, 200), losses = choose(c, 3) * 100, changes = choose(c, 3) * 50;
    uint64_t fields = 0;
    hpack_rig_resize(r, table_sizes[choose(c, 4)]);
    for (unsigned i = 0; i < 300; i++) {
        if (i == join)
            hpack_rig_join(r);
        for (unsigned left = changes > 0 && choose(c, changes) == 0 ? 1 + choose(c, 2) : 0; left > 0; left--)
            hpack_rig_resize(r, choose(c, 2) ? table_sizes[choose(c, 4)] : choose(c, 70000));
        header_set_make(&set, choose(c, 8) ? talk : TALK_ODD, c);
        fields += hpack_rig_block(r, &set, losses > 0 && choose(c, losses) == 0).fields;
    }
    hpack_rig_free(r);
    return fields;
}

static void nothing_is_wrong_whenever_joined(void **state)
{
    (void)state;
    struct choices c = {.state = 8128};
    uint64_t fields = 0, wanted = fields_wanted(200000);
    while (fields < wanted)
        fields += one_connection(&c);
    print_message("# %llu fields, none of them wrong\n", (unsigned long long)fields);
}

/* Adds up the blocks after joining: what share of the fields is unknown in block 0, 20, 80. */
static void joined(enum habit habit, enum talk talk, uint32_t table, struct hpack_counts after[AFTER])
{
    struct choices c = {.state = 31337 + table};
    static struct header_set set;
    memset(after, 0, AFTER * sizeof after[0]);
    for (unsigned connection = 0; connection < 40; connection++) {
        struct hpack_rig *r = hpack_rig_new(habit, true, literals, &memory);
        hpack_rig_resize(r, table);
        unsigned join = 100 + choose(&c, 100);
        for (unsigned i = 0; i < join + AFTER; i++) {
            if (i == join)
                hpack_rig_join(r);
            header_set_make(&set, talk, &c);
            struct hpack_counts counts = hpack_rig_block(r, &set, false);
            if (i < join)
                continue;
            after[i - join].fields += counts.fields;
            after[i - join].name_unknown += counts.name_unknown;
            after[i - join].unknown += counts.unknown;
        }
        hpack_rig_free(r);
    }
}

static double share(uint64_t part, const struct hpack_counts *counts)
{
    return 100.0 * (double)part / (double)counts->fields;
}

static void what_is_unknown_after_joining(void **state)
{
    (void)state;
    static const char *const talk_names[TALKS] = {"kubectl", "controller", "health", "answer", "odd"};
    static struct hpack_counts after[AFTER];
    print_message("# percent of the fields unknown (and with a known value): first block, after 20, after 80\n");
    for (unsigned run = 0; run < HABITS * 4U * 3U; run++) {
        enum habit habit = run / 12;
        enum talk talk = (const enum talk[]){TALK_KUBECTL, TALK_CONTROLLER, TALK_ANSWER}[run % 3];
        uint32_t table = table_sizes[run / 3 % 4];
        joined(habit, talk, table, after);
        print_message("# %-7s %-10s %5u:", habit_names[habit], talk_names[talk], table);
        for (unsigned i = 0; i <= 80; i += i > 0 ? 60 : 20)
            print_message(" %5.1f (%4.1f)", share(after[i].unknown, &after[i]),
                          share(after[i].name_unknown, &after[i]));
        print_message("\n");
        if (table == 0 || table >= 4096)
            assert_true((table > 0) == (after[0].unknown > 0));
        /* Answers have an Audit-Id and a date of their own, and Go's encoder indexes paths: 80 blocks fill such a table
         * anew. What nghttp2's habits put into the table of a client stays there, so what is unknown stays unknown; as
         * a name does that each new entry refers to in the one before it. */
        if (table <= 4096 && (habit == HABIT_GO || talk == TALK_ANSWER))
            assert_int_equal(after[80].unknown, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_start_all_is_known),
        cmocka_unit_test(nothing_is_wrong_whenever_joined),
        cmocka_unit_test(what_is_unknown_after_joining),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

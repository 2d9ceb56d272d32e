#include "sensor/detect/rule_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MANY = 20000 };

static struct rule_indexed entries[MANY];

/* Every one is found by its hash, and none by another; of one hash there may be several. */
static void finds_each(void **state)
{
    (void)state;
    struct rule_arena arena = {.memory = {.limit = 1 << 20}};
    struct rule_index x = {.size = 0};
    assert_null(rule_index_each(&x, 1, NULL));
    for (uint32_t i = 0; i < MANY; i++)
        rule_index_put(&x, &arena, &entries[i], i / 2 * 3);
    for (uint32_t i = 0; i < MANY; i += 2) {
        uint32_t hash = i / 2 * 3;
        const struct rule_indexed *a = rule_index_each(&x, hash, NULL), *b = rule_index_each(&x, hash, a);
        assert_true((a == &entries[i] && b == &entries[i + 1]) || (b == &entries[i] && a == &entries[i + 1]));
        assert_null(rule_index_each(&x, hash, b));
        assert_null(rule_index_each(&x, hash + 1, NULL));
    }
    assert_false(arena.failed);
    rule_arena_release(&arena);
}

/* To look at a few is all that it costs, however many there are. */
static void looks_at_few(void **state)
{
    (void)state;
    struct rule_arena arena = {.memory = {.limit = 1 << 20}};
    struct rule_index x = {.size = 0};
    for (uint32_t i = 0; i < MANY; i++)
        rule_index_put(&x, &arena, &entries[i], i);
    for (size_t i = 0; i < x.size; i++) {
        size_t chain = 0;
        for (const struct rule_indexed *e = x.buckets[i]; e; e = e->next)
            chain++;
        assert_true(chain <= 2);
    }
    rule_arena_release(&arena);
}

static void survives_a_full_arena(void **state)
{
    (void)state;
    struct rule_arena arena = {.memory = {.limit = 1}};
    struct rule_index x = {.size = 0};
    rule_index_put(&x, &arena, &entries[0], 7);
    assert_true(arena.failed);
    assert_null(rule_index_each(&x, 7, NULL));
    rule_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each),
        cmocka_unit_test(looks_at_few),
        cmocka_unit_test(survives_a_full_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

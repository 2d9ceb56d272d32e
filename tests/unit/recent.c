#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/base/recent.h"

static const struct hash_secret SECRET = {{1, 2, 3}};

struct entry {
    uint32_t key, value;
};

enum { BYTES = 10000 };

static struct recent begin(struct memory *memory)
{
    struct recent r;
    recent_init(&r, sizeof(uint32_t), sizeof(struct entry), BYTES, &SECRET, memory);
    return r;
}

static void put(struct recent *r, uint32_t key, uint32_t value)
{
    struct entry *e = recent_put(r, &key);
    assert_non_null(e);
    assert_int_equal(e->key, key);
    e->value = value;
}

/* 0: it is not there. */
static uint32_t value_of(const struct recent *r, uint32_t key)
{
    const struct entry *e = recent_find(r, &key);
    return e ? e->value : 0;
}

static void keeps_the_last(void **state)
{
    (void)state;
    enum { ALL = 100000 };
    struct memory memory = {.limit = 1 << 20};
    struct recent r = begin(&memory);
    assert_true(r.half > 200);
    for (uint32_t i = 1; i <= ALL; i++) {
        put(&r, i, i + 7);
        uint32_t oldest = i > r.half ? i - (uint32_t)r.half + 1 : 1;
        assert_int_equal(value_of(&r, oldest), oldest + 7);
        assert_true(i <= 2 * r.half || value_of(&r, i - 2 * (uint32_t)r.half) == 0);
    }
    /* All that is not there any more, and nothing else, was forgotten. */
    size_t left = 0;
    for (uint32_t i = 1; i <= ALL; i++)
        left += value_of(&r, i) != 0;
    assert_int_equal(r.forgotten + left, ALL);
    assert_true(memory.peak <= BYTES);
    recent_deinit(&r);
    assert_int_equal(memory.used, 0);
}

/* What is put again moves to the young with what it was; what is only looked for does not. */
static void keeps_what_is_put_again(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct recent r = begin(&memory);
    put(&r, 1000001, 1);
    put(&r, 1000002, 2);
    for (uint32_t i = 1; i <= 5000; i++) {
        put(&r, i, i);
        if (i % 100)
            continue;
        uint32_t key = 1000001;
        const struct entry *again = recent_put(&r, &key);
        assert_int_equal(again->value, 1);
        (void)value_of(&r, 1000002);
    }
    assert_int_equal(value_of(&r, 1000001), 1);
    assert_int_equal(value_of(&r, 1000002), 0);
    recent_deinit(&r);
    assert_int_equal(memory.used, 0);
}

static void starts_anew_after_being_forgotten(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct recent r = begin(&memory);
    put(&r, 1000001, 1);
    for (uint32_t i = 1; i <= 5000; i++)
        put(&r, i, i);
    uint32_t key = 1000001;
    const struct entry *again = recent_put(&r, &key);
    assert_int_equal(again->value, 0);
    recent_deinit(&r);
    assert_int_equal(memory.used, 0);
}

static void lives_without_memory(void **state)
{
    (void)state;
    for (uint64_t fail = 1; fail < 20; fail++) {
        struct memory memory = {.limit = 1 << 20, .fail_at = fail};
        struct recent r = begin(&memory);
        size_t refused = 0;
        for (uint32_t i = 1; i <= 3000; i++)
            refused += recent_put(&r, &i) == NULL;
        assert_true(refused > 0);
        memory.fail_at = 0;
        put(&r, 1, 2);
        assert_int_equal(value_of(&r, 1), 2);
        recent_deinit(&r);
        assert_int_equal(memory.used, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_last),
        cmocka_unit_test(keeps_what_is_put_again),
        cmocka_unit_test(starts_anew_after_being_forgotten),
        cmocka_unit_test(lives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

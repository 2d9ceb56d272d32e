#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "proto/base/table.h"

enum { KEYS = 3000, STEPS = 200000 };

struct entry {
    uint32_t key[3];
    uint32_t value;
};

static struct hash_secret secret;

static uint32_t next_random(void)
{
    static uint64_t x = 88172645463325252U;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (uint32_t)(x >> 16);
}

static int make_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof secret.bytes; i++)
        secret.bytes[i] = (uint8_t)next_random();
    return 0;
}

static void key_of(uint32_t n, uint32_t key[3])
{
    key[0] = 0;
    key[1] = n;
    key[2] = 7;
}

/* What the table holds is exactly what the model says. */
static void check_all(const struct table *t, const uint32_t *model)
{
    size_t cursor = 0, count = 0, expected = 0;
    uint8_t *seen = calloc(KEYS, 1);
    for (struct entry *e; (e = table_next(t, &cursor)) != NULL; count++) {
        assert_in_range(e->key[1], 0, KEYS - 1);
        assert_int_equal(seen[e->key[1]]++, 0);
        assert_int_equal(e->value, model[e->key[1]]);
        assert_int_not_equal(e->value, 0);
    }
    for (uint32_t n = 0; n < KEYS; n++) {
        uint32_t key[3];
        key_of(n, key);
        struct entry *e = table_find(t, key);
        assert_int_equal(e != NULL, model[n] != 0);
        if (e != NULL)
            assert_memory_equal(e->key, key, sizeof key);
        expected += model[n] != 0;
    }
    assert_int_equal(count, expected);
    assert_int_equal(t->count, expected);
    free(seen);
}

/* Random puts and removes against an array. The weight swings, so that the table grows and shrinks several times. */
static void agrees_with_an_array(void **state)
{
    (void)state;
    struct memory m = {.limit = 1 << 24};
    struct table t;
    uint32_t *model = calloc(KEYS, sizeof *model);
    size_t largest = 0;
    table_init(&t, 12, sizeof(struct entry), &secret, &m);
    for (uint32_t step = 1; step <= STEPS; step++) {
        uint32_t n = next_random() % KEYS, key[3];
        bool grow = next_random() % 100 < (step / 25000 % 2 == 0 ? 80U : 8U);
        key_of(n, key);
        if (grow) {
            bool made;
            struct entry *e = table_put(&t, key, &made);
            assert_non_null(e);
            assert_int_equal(made, model[n] == 0);
            assert_int_equal(e->value, model[n]); /* zero when new, whoever had the slot before */
            e->value = model[n] = step;
        } else {
            struct entry *e = table_find(&t, key);
            assert_int_equal(e != NULL, model[n] != 0);
            if (e != NULL)
                table_remove(&t, e);
            model[n] = 0;
        }
        largest = t.capacity > largest ? t.capacity : largest;
        if (step % 2500 == 0)
            check_all(&t, model);
    }
    assert_true(largest >= 4096);
    assert_true(t.capacity < largest); /* it ended in a time of removing */
    assert_int_equal(m.used, t.capacity * (sizeof(struct entry) + 1));
    table_deinit(&t);
    assert_int_equal(m.used, 0);
    free(model);
}

static void a_full_account_changes_nothing(void **state)
{
    (void)state;
    struct memory m = {.limit = 2000};
    struct table t;
    uint32_t *model = calloc(KEYS, sizeof *model);
    table_init(&t, 12, sizeof(struct entry), &secret, &m);
    bool full = false;
    for (uint32_t n = 0; n < 200; n++) {
        uint32_t key[3];
        bool made = true;
        key_of(n, key);
        struct entry *e = table_put(&t, key, &made);
        assert_int_equal(e != NULL, made);
        full = full || e == NULL;
        if (e != NULL)
            e->value = model[n] = n + 1;
    }
    assert_true(full);
    assert_true(m.refused > 0);
    check_all(&t, model);
    /* What is there is still found by putting. */
    uint32_t key[3];
    bool made = true;
    key_of(0, key);
    assert_int_equal(((struct entry *)table_put(&t, key, &made))->value, 1);
    assert_false(made);
    table_deinit(&t);
    assert_int_equal(m.used, 0);
    free(model);
}

static void an_empty_table_costs_nothing(void **state)
{
    (void)state;
    struct memory m = {.limit = 100};
    struct table t;
    uint32_t key[3] = {1, 2, 3};
    size_t cursor = 0;
    table_init(&t, 12, sizeof(struct entry), &secret, &m);
    assert_null(table_find(&t, key));
    assert_null(table_next(&t, &cursor));
    assert_int_equal(m.used, 0);
    table_deinit(&t);
}

static void the_hash_is_xxh3_under_the_secret(void **state)
{
    (void)state;
    uint8_t bytes[300];
    struct hash_secret other = secret;
    for (size_t i = 0; i < sizeof other.bytes; i++)
        other.bytes[i] ^= 0x55;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)next_random();
    for (size_t size = 0; size <= sizeof bytes; size++) {
        XXH64_hash_t hash = XXH3_64bits_withSecret(bytes, size, secret.bytes, sizeof secret.bytes);
        assert_true(hash_bytes(&secret, bytes, size) == hash);
    }
    assert_true(hash_bytes(&secret, bytes, 300) != hash_bytes(&other, bytes, 300));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_an_array),
        cmocka_unit_test(a_full_account_changes_nothing),
        cmocka_unit_test(an_empty_table_costs_nothing),
        cmocka_unit_test(the_hash_is_xxh3_under_the_secret),
    };
    return cmocka_run_group_tests(tests, make_secret, NULL);
}

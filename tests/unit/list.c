#include "sensor/detect/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct hash_secret LIST_SECRET = {{1, 2, 3}};

static void add(struct value_list *list, const char *value, unsigned times, struct memory *memory)
{
    while (times--)
        value_list_add(list, slice_of(value), &LIST_SECRET, memory);
}

static void expect(const struct value_list *list, size_t at, const char *text, uint64_t count)
{
    uint16_t order[LIST_VALUES];
    value_list_order(list, order);
    const struct value_count *v = &list->values[order[at]];
    assert_int_equal(v->size, strlen(text));
    assert_memory_equal(v->text, text, v->size);
    assert_int_equal(v->count, count);
}

static void counts_and_orders(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct value_list list = {0};
    add(&list, "beta", 2, &memory);
    add(&list, "alpha", 2, &memory);
    add(&list, "alp", 2, &memory);
    add(&list, "", 1, &memory);
    add(&list, "often", 5, &memory);
    add(&list, "", 2, &memory);
    assert_int_equal(list.used, 5);
    expect(&list, 0, "often", 5);
    expect(&list, 1, "", 3);
    expect(&list, 2, "alp", 2);
    expect(&list, 3, "alpha", 2);
    expect(&list, 4, "beta", 2);
    value_list_clear(&list, &memory);
    assert_int_equal(memory.used, 0);
    assert_null(list.values);
}

static void is_bounded(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct value_list list = {0};
    char text[2 * LIST_TEXT_MAX];
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "value %d", i);
        add(&list, text, 1, &memory);
    }
    assert_int_equal(list.used, LIST_VALUES);
    assert_int_equal(list.left_out, 1000 - LIST_VALUES);
    add(&list, "value 3", 1, &memory); /* a known one is counted still */
    expect(&list, 0, "value 3", 2);
    value_list_clear(&list, &memory);
    /* What is the same up to the cut is the same. */
    memset(text, 'x', sizeof text);
    value_list_add(&list, (struct slice){(const uint8_t *)text, LIST_TEXT_MAX + 1}, &LIST_SECRET, &memory);
    value_list_add(&list, (struct slice){(const uint8_t *)text, sizeof text}, &LIST_SECRET, &memory);
    value_list_add(&list, (struct slice){(const uint8_t *)text, LIST_TEXT_MAX - 1}, &LIST_SECRET, &memory);
    assert_int_equal(list.used, 2);
    assert_int_equal(list.values[0].size, LIST_TEXT_MAX);
    assert_int_equal(list.values[0].count, 2);
    value_list_clear(&list, &memory);
    assert_int_equal(memory.used, 0);
}

static void lives_without_memory(void **state)
{
    (void)state;
    for (uint64_t fail = 1; fail <= 3; fail++) {
        struct memory memory = {.limit = 1 << 20, .fail_at = fail};
        struct value_list list = {0};
        add(&list, "one", 1, &memory);
        add(&list, "two", 1, &memory);
        assert_int_equal(list.used + list.left_out, 2);
        assert_int_equal(list.left_out, 1);
        value_list_clear(&list, &memory);
        assert_int_equal(memory.used, 0);
    }
}

/* A copy is equal and stands alone; half a copy is given back whole. */
static void copies(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct value_list list = {0}, copy = {0};
    char text[32];
    for (int i = 0; i < 20; i++) {
        snprintf(text, sizeof text, "value %d", i);
        add(&list, text, (unsigned)(40 - i), &memory);
    }
    size_t one = memory.used;
    assert_true(value_list_copy(&copy, &list, &memory));
    assert_int_equal(memory.used, 2 * one);
    assert_int_equal(copy.left_out, list.left_out);
    add(&list, "value 7", 100, &memory);
    add(&list, "another", 1, &memory);
    add(&copy, "value 2", 5, &memory);
    assert_int_equal(copy.used, LIST_VALUES);
    assert_int_equal(copy.left_out + 1, list.left_out);
    expect(&copy, 0, "value 2", 43);
    expect(&copy, 1, "value 0", 40);
    expect(&copy, 15, "value 15", 25);
    expect(&list, 0, "value 7", 133);
    value_list_clear(&copy, &memory);
    for (uint64_t fail = 1; fail <= LIST_VALUES + 3; fail++) {
        memory.fail_at = fail;
        assert_false(value_list_copy(&copy, &list, &memory));
        value_list_clear(&copy, &memory);
        assert_int_equal(memory.used, one);
    }
    memory.fail_at = 0;
    struct value_list none = {0};
    assert_true(value_list_copy(&copy, &none, &memory));
    assert_int_equal(memory.used, one);
    value_list_clear(&list, &memory);
    assert_int_equal(memory.used, 0);
}

/* Values in turn and again: each is counted where it belongs, whichever was the last, and without memory for more. */
static void counts_in_any_order(void **state)
{
    (void)state;
    for (unsigned values = 1; values <= 2 * LIST_VALUES; values++) {
        struct memory memory = {.limit = 1 << 20};
        struct value_list list = {0};
        char text[32];
        for (unsigned i = 0; i < 7 * values; i++) {
            snprintf(text, sizeof text, "%u", i % values);
            add(&list, text, 1 + i % 2, &memory);
            memory.fail_at = i + 1 == LIST_VALUES ? 1 : 0; /* of a list that is full nobody asks for more */
        }
        assert_int_equal(list.used, values < LIST_VALUES ? values : LIST_VALUES);
        uint64_t all = list.left_out;
        for (unsigned i = 0; i < list.used; i++) {
            snprintf(text, sizeof text, "%u", i);
            assert_int_equal(list.values[i].size, strlen(text));
            assert_memory_equal(list.values[i].text, text, strlen(text));
            unsigned odd = values % 2 ? 3 + (i & 1) : i & 1 ? 7 : 0; /* of its seven, those that came twice */
            assert_int_equal(list.values[i].count, 7 + odd);
            all += list.values[i].count;
        }
        assert_int_equal(all, 7 * values + 7 * values / 2);
        value_list_clear(&list, &memory);
        assert_int_equal(memory.used, 0);
    }
}

/* Most lists of a finding have one value: such a one is small. */
static void grows_as_needed(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct value_list list = {0};
    add(&list, "one", 1000, &memory);
    assert_true(memory.used <= 3 + sizeof(struct value_count));
    value_list_clear(&list, &memory);
    assert_int_equal(memory.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_orders),    cmocka_unit_test(is_bounded),
        cmocka_unit_test(lives_without_memory), cmocka_unit_test(copies),
        cmocka_unit_test(counts_in_any_order),  cmocka_unit_test(grows_as_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

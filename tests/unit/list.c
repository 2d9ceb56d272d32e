#include "sensor/detect/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void add(struct value_list *list, const char *value, unsigned times, struct memory *memory)
{
    while (times--)
        value_list_add(list, slice_of(value), memory);
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
    value_list_add(&list, (struct slice){(const uint8_t *)text, LIST_TEXT_MAX + 1}, &memory);
    value_list_add(&list, (struct slice){(const uint8_t *)text, sizeof text}, &memory);
    value_list_add(&list, (struct slice){(const uint8_t *)text, LIST_TEXT_MAX - 1}, &memory);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_orders),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(lives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "sensor/quantity.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void numbers(void **state)
{
    (void)state;
    uint64_t value;
    assert_true(quantity_number("0", 9, &value) && value == 0);
    assert_true(quantity_number("0009", 9, &value) && value == 9);
    assert_false(quantity_number("10", 9, &value));
    assert_false(quantity_number("7", 5, &value));
    assert_true(quantity_number("18446744073709551615", UINT64_MAX, &value) && value == UINT64_MAX);
    assert_false(quantity_number("18446744073709551616", UINT64_MAX, &value));
    static const char *const wrong[] = {"", " 1", "1 ", "+1", "-1", "0x1", "1.0"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(quantity_number(wrong[i], UINT64_MAX, &value));
}

static void sizes(void **state)
{
    (void)state;
    size_t bytes;
    assert_true(quantity_size("1000", &bytes) && bytes == 1000);
    assert_true(quantity_size("64k", &bytes) && bytes == 65536);
    assert_true(quantity_size("64K", &bytes) && bytes == 65536);
    assert_true(quantity_size("3M", &bytes) && bytes == 3145728);
    assert_true(quantity_size("2G", &bytes) && bytes == 2147483648);
    static const char *const wrong[] = {"k", "1kk", "1KB", "1m", "1 k", "17179869184G"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(quantity_size(wrong[i], &bytes));
}

static void durations(void **state)
{
    (void)state;
    int64_t time;
    assert_true(quantity_duration("1s", &time) && time == 1000000000);
    assert_true(quantity_duration("30m", &time) && time == INT64_C(1800000000000));
    assert_true(quantity_duration("1h", &time) && time == INT64_C(3600000000000));
    assert_true(quantity_duration("3653d", &time) && time == INT64_C(315619200000000000));
    static const char *const wrong[] = {"1", "0h", "3654d", "1M", "1ms", "h"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(quantity_duration(wrong[i], &time));
}

static void back_to_text(void **state)
{
    (void)state;
    char text[QUANTITY_TEXT];
    assert_string_equal(quantity_size_text(268435456, text), "256M");
    assert_string_equal(quantity_size_text(1536, text), "1536");
    assert_string_equal(quantity_size_text(2048, text), "2k");
    assert_string_equal(quantity_duration_text(INT64_C(3600000000000), text), "1h");
    assert_string_equal(quantity_duration_text(INT64_C(90000000000), text), "90s");
    assert_string_equal(quantity_duration_text(INT64_C(172800000000000), text), "2d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(sizes),
        cmocka_unit_test(durations),
        cmocka_unit_test(back_to_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

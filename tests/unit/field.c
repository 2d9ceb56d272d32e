#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/http/field.h"
#include "proto/http/message.h"

static const char *const names[FIELD_IDS] = {
    [FIELD_OTHER] = "",
#define FIELD(id, name) [FIELD_##id] = name,
#include "proto/http/field.def"
#undef FIELD
};

static void every_row_is_found_in_any_case(void **state)
{
    (void)state;
    for (unsigned id = FIELD_OTHER + 1; id < FIELD_IDS; id++) {
        const char *text = names[id];
        assert_int_equal(field_id(slice_of(text)), id);
        char upper[64];
        size_t size = strlen(text);
        assert_true(size < sizeof upper);
        for (size_t i = 0; i < size; i++)
            upper[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32 : text[i]);
        assert_int_equal(field_id((struct slice){(const uint8_t *)upper, size}), id);
    }
}

static void near_misses_are_others(void **state)
{
    (void)state;
    static const char *const others[] = {
        "",     "h",       "hos",        "hosts",          "cookie",          ":",
        "hust", "upgrada", "audit-id-x", "content_length", "x-forwarded-foo", ":statuz"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(field_id(slice_of(others[i])), FIELD_OTHER);
    for (unsigned id = FIELD_OTHER + 1; id < FIELD_IDS; id++) {
        struct slice name = slice_of(names[id]);
        assert_int_equal(field_id(slice_part(name, 0, name.size - 1)), FIELD_OTHER);
    }
    uint8_t longest[400];
    memset(longest, 'x', sizeof longest);
    for (size_t size = 0; size < sizeof longest; size++)
        assert_int_equal(field_id((struct slice){longest, size}), FIELD_OTHER);
}

static void a_kind_of_names(void **state)
{
    (void)state;
    static const char *const extras[] = {"impersonate-extra-", "Impersonate-Extra-scopes",
                                         "impersonate-extra-example.org%2fa-name-longer-than-any-row"};
    for (size_t i = 0; i < sizeof extras / sizeof extras[0]; i++)
        assert_int_equal(field_id(slice_of(extras[i])), FIELD_IMPERSONATE_EXTRA);
    assert_int_equal(field_id(slice_of("impersonate-extra")), FIELD_OTHER);
    assert_int_equal(field_id(slice_of("ximpersonate-extra-a")), FIELD_OTHER);
    assert_int_equal(field_id(slice_of("impersonate-extrb-a")), FIELD_OTHER);
}

static void marks(void **state)
{
    (void)state;
    assert_string_equal(http_mark_name(MARK_BY_SEARCH), "found_by_search");
    assert_string_equal(http_mark_name(MARK_TWO_LENGTHS), "two_lengths");
    assert_string_equal(http_mark_name(HTTP_MARKS), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_found_in_any_case),
        cmocka_unit_test(near_misses_are_others),
        cmocka_unit_test(a_kind_of_names),
        cmocka_unit_test(marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/flow/refusals.h"

static const struct hash_secret secret;

static size_t write_body(char *to, size_t room, unsigned user, size_t length)
{
    char path[512];
    memset(path, '/', length);
    path[length] = 0;
    int size = snprintf(to, room,
                        "{\"kind\":\"Status\",\"message\":\"forbidden: User \\\"user-%03u\\\" cannot get path "
                        "\\\"%s\\\"\",\"reason\":\"Forbidden\",\"code\":403}",
                        user, path);
    assert_true(size > 0 && (size_t)size < room);
    return (size_t)size;
}

static void assert_same(const struct status *got, struct slice body)
{
    struct status expected;
    status_read(&expected, body);
    assert_int_equal(got->is_status, expected.is_status);
    assert_int_equal(got->reason_size, expected.reason_size);
    assert_memory_equal(got->reason, expected.reason, expected.reason_size);
    assert_int_equal(got->user_size, expected.user_size);
    assert_memory_equal(got->user, expected.user, expected.user_size);
}

/* Many more bodies than are kept, all of one size, each several times in a row and again later: always its own. */
static void each_body_is_told_as_it_is(void **state)
{
    (void)state;
    struct refusals *r = calloc(1, sizeof *r);
    char text[1024];
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned user = 0; user < 10 * REFUSALS_KEPT; user++) {
            struct slice body = {.data = (const uint8_t *)text, .size = write_body(text, sizeof text, user, 9)};
            for (unsigned again = 0; again < 3; again++) {
                const struct status *got = refusals_of(r, &secret, body);
                assert_same(got, body);
                char name[16];
                snprintf(name, sizeof name, "user-%03u", user);
                assert_int_equal(got->user_size, strlen(name));
                assert_memory_equal(got->user, name, strlen(name));
            }
        }
    }
    free(r);
}

static void a_body_that_is_cut_is_another(void **state)
{
    (void)state;
    struct refusals *r = calloc(1, sizeof *r);
    char text[1024];
    struct slice body = {.data = (const uint8_t *)text, .size = write_body(text, sizeof text, 1, 9)};
    for (size_t size = 0; size <= body.size; size++)
        assert_same(refusals_of(r, &secret, slice_part(body, 0, size)), slice_part(body, 0, size));
    free(r);
}

static void bodies_about_the_size_that_is_kept(void **state)
{
    (void)state;
    struct refusals *r = calloc(1, sizeof *r);
    char text[1024];
    for (size_t length = 350; length < 430; length++) {
        for (unsigned user = 0; user < 3; user++) {
            struct slice body = {.data = (const uint8_t *)text, .size = write_body(text, sizeof text, user, length)};
            assert_same(refusals_of(r, &secret, body), body);
            assert_same(refusals_of(r, &secret, body), body);
        }
    }
    assert_true(write_body(text, sizeof text, 1, 350) < REFUSAL_BYTES);
    assert_true(write_body(text, sizeof text, 1, 429) > REFUSAL_BYTES);
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_body_is_told_as_it_is),
        cmocka_unit_test(a_body_that_is_cut_is_another),
        cmocka_unit_test(bodies_about_the_size_that_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

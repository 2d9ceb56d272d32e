#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "proto/base/memory.h"

static void counts_every_byte(void **state)
{
    (void)state;
    struct memory m = {.limit = 1000};
    uint8_t *a = memory_resize(&m, NULL, 0, 100);
    uint8_t *b = memory_resize(&m, NULL, 0, 50);
    assert_int_equal(m.used, 150);
    a = memory_resize(&m, a, 100, 300);
    assert_int_equal(m.used, 350);
    a = memory_resize(&m, a, 300, 10);
    assert_int_equal(m.used, 60);
    memory_charge(&m, 40);
    assert_int_equal(m.used, 100);
    memory_charge(&m, -40);
    assert_null(memory_resize(&m, a, 10, 0));
    assert_null(memory_resize(&m, b, 50, 0));
    assert_null(memory_resize(&m, NULL, 0, 0));
    assert_int_equal(m.used, 0);
    assert_int_equal(m.refused, 0);
}

static void new_bytes_are_zero(void **state)
{
    (void)state;
    struct memory m = {.limit = 1 << 20};
    size_t size = 0;
    uint8_t *block = NULL;
    for (size_t more = 1; more < 5000; more = more * 3 + 1) {
        block = memory_resize(&m, block, size, size + more);
        for (size_t i = 0; i < size + more; i++)
            assert_int_equal(block[i], i < size ? 0xA5 : 0);
        size += more;
        memset(block, 0xA5, size);
    }
    /* Bytes that were given back and come again are new. */
    block = memory_resize(&m, block, size, 4);
    block = memory_resize(&m, block, 4, size);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(block[i], i < 4 ? 0xA5 : 0);
    memory_resize(&m, block, size, 0);
    assert_int_equal(m.used, 0);
}

static void never_passes_the_limit(void **state)
{
    (void)state;
    struct memory m = {.limit = 100};
    uint8_t *block = memory_resize(&m, NULL, 0, 60);
    memset(block, 7, 60);
    assert_null(memory_resize(&m, NULL, 0, 41));
    assert_null(memory_resize(&m, block, 60, 101));
    assert_null(memory_resize(&m, NULL, 0, SIZE_MAX));
    assert_int_equal(m.refused, 3);
    assert_int_equal(m.used, 60);
    assert_int_equal(block[59], 7);
    block = memory_resize(&m, block, 60, 100);
    assert_non_null(block);
    /* A library's share is never refused, and then nothing more is given. */
    memory_charge(&m, 50);
    assert_null(memory_resize(&m, NULL, 0, 1));
    assert_int_equal(m.used, 150);
    memory_charge(&m, -50);
    memory_resize(&m, block, 100, 0);
    assert_int_equal(m.used, 0);
}

static void fails_the_nth_request(void **state)
{
    (void)state;
    for (uint64_t n = 1; n <= 4; n++) {
        struct memory m = {.limit = 1000, .fail_at = n};
        void *blocks[4];
        for (uint64_t i = 0; i < 4; i++) {
            blocks[i] = memory_resize(&m, NULL, 0, 8);
            assert_int_equal(blocks[i] == NULL, i + 1 == n);
            if (blocks[i] != NULL)
                blocks[i] = memory_resize(&m, blocks[i], 8, 4); /* giving back is no request and cannot fail */
        }
        assert_int_equal(m.refused, 1);
        for (size_t i = 0; i < 4; i++)
            memory_resize(&m, blocks[i], blocks[i] != NULL ? 4 : 0, 0);
        assert_int_equal(m.used, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_every_byte),
        cmocka_unit_test(new_bytes_are_zero),
        cmocka_unit_test(never_passes_the_limit),
        cmocka_unit_test(fails_the_nth_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

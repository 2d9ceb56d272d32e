#include "proto/tls/waiting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void comes_back_in_order(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct tls_waiting w = {0};
    uint8_t content[300];
    for (unsigned i = 0; i < 100; i++) {
        memset(content, (int)i, sizeof content);
        struct tls_waiting_record r = {.time = 1000 + i,
                                       .side = (uint8_t)(i & 1),
                                       .kind = (uint8_t)(i % 7 == 3 ? TLS_WAITING_LOST_SOME : TLS_WAITING_RECORD),
                                       .how = (uint8_t)(i % 5),
                                       .header = {23, 3, 3, 1, (uint8_t)i},
                                       .content = {content, i % 7 == 3 ? 0 : 3 * (size_t)i}};
        assert_true(tls_waiting_add(&w, &memory, 1 << 20, &r));
    }
    assert_int_equal(w.since, 1000);
    struct tls_waiting_record r;
    size_t at = 0;
    for (unsigned i = 0; i < 100; i++) {
        assert_true(tls_waiting_next(&w, &at, &r));
        assert_int_equal(r.time, 1000 + i);
        assert_int_equal(r.side, i & 1);
        assert_int_equal(r.kind, i % 7 == 3 ? TLS_WAITING_LOST_SOME : TLS_WAITING_RECORD);
        assert_int_equal(r.how, i % 5);
        assert_int_equal(r.header[4], i);
        assert_int_equal(r.content.size, i % 7 == 3 ? 0 : 3 * (size_t)i);
        for (size_t j = 0; j < r.content.size; j++)
            assert_int_equal(r.content.data[j], i);
    }
    assert_false(tls_waiting_next(&w, &at, &r));
    tls_waiting_release(&w, &memory);
    assert_int_equal(memory.used, 0);
}

static void keeps_its_bounds(void **state)
{
    (void)state;
    static const uint8_t content[500];
    struct memory memory = {.limit = 4096};
    struct tls_waiting w = {0};
    const struct tls_waiting_record r = {.content = {content, sizeof content}};
    assert_false(tls_waiting_add(&w, &memory, sizeof content, &r));
    size_t added = 0;
    while (tls_waiting_add(&w, &memory, 2000, &r))
        added++;
    assert_int_equal(added, 3);
    while (tls_waiting_add(&w, &memory, SIZE_MAX / 2, &r))
        added++;
    assert_true(memory.used <= memory.limit && memory.refused == 1);
    struct tls_waiting_record out;
    size_t at = 0, count = 0;
    while (tls_waiting_next(&w, &at, &out))
        count++;
    assert_int_equal(count, added);
    tls_waiting_release(&w, &memory);
    assert_int_equal(memory.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(comes_back_in_order), cmocka_unit_test(keeps_its_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

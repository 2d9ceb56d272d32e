#include "sensor/detect/prefix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/packet/address.h"

static struct prefix prefix(const char *text)
{
    struct prefix p;
    assert_int_equal(prefix_parse(slice_of(text), &p), PREFIX_GOOD);
    return p;
}

static bool holds(const char *text, const char *address)
{
    struct prefix p = prefix(text);
    uint8_t ip[16];
    assert_true(address_parse(slice_of(address), ip));
    return prefix_holds(&p, ip);
}

static void parses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *back;
        unsigned length;
    } cases[] = {
        {"192.0.2.1", "192.0.2.1", 32},         {"192.0.2.1/32", "192.0.2.1", 32},
        {"192.0.2.0/24", "192.0.2.0/24", 24},   {"192.0.2.128/25", "192.0.2.128/25", 25},
        {"0.0.0.0/0", "0.0.0.0/0", 0},          {"::/0", "::/0", 0},
        {"2001:DB8::/32", "2001:db8::/32", 32}, {"2001:db8::1", "2001:db8::1", 128},
    };
    char text[PREFIX_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct prefix p = prefix(cases[i].text);
        assert_string_equal(prefix_text(&p, text), cases[i].back);
        assert_int_equal(prefix_length(&p), cases[i].length);
        assert_int_equal(prefix_is_host(&p), strchr(cases[i].back, '/') == NULL);
    }
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum prefix_form form;
    } cases[] = {
        {"", PREFIX_NO_ADDRESS},
        {"a.example", PREFIX_NO_ADDRESS},
        {"/24", PREFIX_NO_ADDRESS},
        {"192.0.2", PREFIX_NO_ADDRESS},
        {"192.0.2.1:443", PREFIX_HAS_PORT},
        {"[2001:db8::1]:443", PREFIX_HAS_PORT},
        {"192.0.2.0/33", PREFIX_BAD_BITS},
        {"192.0.2.0/", PREFIX_BAD_BITS},
        {"192.0.2.0/-1", PREFIX_BAD_BITS},
        {"192.0.2.0/x", PREFIX_BAD_BITS},
        {"::/129", PREFIX_BAD_BITS},
        {"192.0.2.0/24/24", PREFIX_BAD_BITS},
        {"::/4294967296", PREFIX_BAD_BITS},
        {"a:443", PREFIX_NO_ADDRESS},
    };
    struct prefix p;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(prefix_parse(slice_of(cases[i].text), &p), cases[i].form);
    char text[PREFIX_TEXT];
    assert_int_equal(prefix_parse(slice_of("192.0.2.129/25"), &p), PREFIX_HOST_BITS);
    assert_string_equal(prefix_text(&p, text), "192.0.2.128/25");
    assert_int_equal(prefix_parse(slice_of("2001:db8::1/127"), &p), PREFIX_HOST_BITS);
    assert_string_equal(prefix_text(&p, text), "2001:db8::/127");
}

static void what_they_hold(void **state)
{
    (void)state;
    assert_true(holds("192.0.2.0/24", "192.0.2.255"));
    assert_false(holds("192.0.2.0/24", "192.0.3.0"));
    assert_true(holds("192.0.2.128/25", "192.0.2.128"));
    assert_false(holds("192.0.2.128/25", "192.0.2.127"));
    assert_true(holds("0.0.0.0/0", "255.255.255.255"));
    assert_true(holds("::/0", "2001:db8::1"));
    assert_true(holds("2001:db8::/29", "2001:dbf:ffff::"));
    assert_false(holds("2001:db8::/29", "2001:dc0::"));
    /* Neither family holds the other's. */
    assert_false(holds("::/0", "192.0.2.1"));
    assert_false(holds("0.0.0.0/0", "::1"));
    struct prefix wide = prefix("10.0.0.0/8"), narrow = prefix("10.1.0.0/16");
    assert_true(prefix_same(&wide, &wide));
    assert_false(prefix_same(&wide, &narrow));
}

/* Against a look at every entry: random prefixes of few bits, so that many hold each other. */
static void table_of_random_prefixes(void **state)
{
    (void)state;
    srand(11);
    for (unsigned round = 0; round < 200; round++) {
        enum { MOST = 60 };
        struct prefix given[MOST];
        struct prefix_entry entries[MOST];
        struct prefix_group groups[MOST];
        struct prefix_table t;
        size_t count = (size_t)rand() % MOST;
        for (size_t i = 0; i < count; i++) {
            char text[64];
            unsigned bits = (unsigned)rand() % 33, low = (unsigned)rand() % 4, high = (unsigned)rand() % 4;
            snprintf(text, sizeof text, rand() % 3 == 0 ? "%x%x::%x/%u" : "%u.%u.0.%u/%u", high, low, low * 85, bits);
            prefix_parse(slice_of(text), &given[i]);
            entries[i] = (struct prefix_entry){.prefix = given[i], .row = (uint32_t)i};
        }
        prefix_table_init(&t, entries, count, groups);
        for (unsigned question = 0; question < 50; question++) {
            char text[64];
            uint8_t ip[16];
            unsigned low = (unsigned)rand() % 4, high = (unsigned)rand() % 4;
            snprintf(text, sizeof text, rand() % 3 == 0 ? "%x%x::%x" : "%u.%u.0.%u", high, low, low * 85);
            assert_true(address_parse(slice_of(text), ip));
            bool seen[MOST] = {false};
            struct prefix_walk walk = {.group = 0};
            const struct prefix_entry *e, *last = NULL;
            while ((e = prefix_table_next(&t, ip, &walk)) != NULL) {
                assert_true(prefix_holds(&given[e->row], ip));
                assert_false(seen[e->row]);
                seen[e->row] = true;
                assert_true(last == NULL || last->prefix.bits > e->prefix.bits ||
                            (last->prefix.bits == e->prefix.bits && last->row < e->row));
                last = e;
            }
            assert_null(prefix_table_next(&t, ip, &walk)); /* the end stays the end */
            for (size_t i = 0; i < count; i++)
                assert_int_equal(seen[i], prefix_holds(&given[i], ip));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parses), cmocka_unit_test(refuses),
                                       cmocka_unit_test(what_they_hold), cmocka_unit_test(table_of_random_prefixes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

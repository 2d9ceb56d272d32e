/* The ring of SYNs against a plain list of the same records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/base/table.h"
#include "sensor/flow/half_open.h"

static struct hash_secret SECRET; /* with few bits set, all hashes would be alike */

static struct flow_key key_of(unsigned i)
{
    struct flow_key key = {.low_port = 6443, .high_port = (uint16_t)(i & 0xffff)};
    memcpy(key.high_ip, &i, sizeof i);
    return key;
}

static uint32_t tag_of(const struct half_opens *h, const struct flow_key *key)
{
    return half_open_tag(h, hash_bytes(&SECRET, key, sizeof *key));
}

static void finds_what_was_added(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 24};
    struct half_opens h;
    half_opens_init(&h, 4096, &memory);
    for (unsigned i = 0; i < 4096; i++) {
        struct flow_key key = key_of(i);
        struct half_open *record = half_open_add(&h, &key, tag_of(&h, &key), 0, i + 1u);
        assert_non_null(record);
    }
    struct flow_key more = key_of(4096);
    assert_null(half_open_add(&h, &more, tag_of(&h, &more), 0, 4097));
    for (unsigned i = 0; i < 4096; i++) {
        struct flow_key key = key_of(i);
        assert_int_equal(half_open_find(&h, &key, tag_of(&h, &key))->number, i + 1);
    }
    assert_null(half_open_find(&h, &more, tag_of(&h, &more)));
    half_opens_deinit(&h);
    assert_int_equal(memory.used, 0);
}

/* Random additions and removals: the same as a list says, the oldest always the first that is left. */
static void agrees_with_a_list(void **state)
{
    (void)state;
    enum { KEYS = 1500, STEPS = 200000 };
    struct memory memory = {.limit = 1 << 24};
    struct half_opens h;
    half_opens_init(&h, 1024, &memory);
    uint64_t *numbers = calloc(KEYS, sizeof *numbers);
    uint64_t next = (UINT64_C(1) << 36) - 100; /* numbers whose lower bits are all zero are like any other */
    unsigned live = 0;
    srand(7);
    for (unsigned step = 0; step < STEPS; step++) {
        unsigned i = (unsigned)rand() % KEYS;
        struct flow_key key = key_of(i);
        struct half_open *record = half_open_find(&h, &key, tag_of(&h, &key));
        assert_int_equal(record ? half_open_number(&h, record) : 0, numbers[i]);
        if (record) {
            half_open_remove(&h, record);
            numbers[i] = 0;
            live--;
        } else if ((record = half_open_add(&h, &key, tag_of(&h, &key), 0, next))) {
            numbers[i] = next++;
            live++;
        } else {
            struct half_open *oldest = half_open_oldest(&h);
            unsigned which;
            memcpy(&which, oldest->high_ip, sizeof which);
            for (unsigned j = 0; j < KEYS; j++)
                assert_true(!numbers[j] || numbers[j] >= half_open_number(&h, oldest));
            half_open_remove(&h, oldest);
            numbers[which] = 0;
            live--;
        }
        assert_int_equal(h.live, live);
    }
    free(numbers);
    half_opens_deinit(&h);
    assert_int_equal(memory.used, 0);
}

/* The network of the key is kept as the tunnel that makes it. */
static void tells_networks_apart(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 24};
    struct half_opens h;
    half_opens_init(&h, 4096, &memory);
    for (unsigned kind = TUNNEL_NONE; kind < TUNNEL_KINDS; kind++) {
        for (uint32_t id = 0; id <= 0xffffff; id += id ? 0x7fffff : 0x800000) {
            struct flow_key key = key_of(1), again;
            key.network = tunnel_network(kind, id);
            struct half_open *record = half_open_find(&h, &key, tag_of(&h, &key));
            if (!record) {
                record = half_open_add(&h, &key, tag_of(&h, &key), 0, kind + 1);
                record->tunnel_kind = kind & 15;
                record->tunnel_id = id;
            }
            assert_int_equal(tunnel_network(record->tunnel_kind, record->tunnel_id), key.network);
            assert_ptr_equal(half_open_find(&h, &key, tag_of(&h, &key)), record);
            half_open_key(record, &again);
            assert_memory_equal(&again, &key, sizeof key);
        }
    }
    assert_int_equal(h.live, 1 + 4 * 3); /* all that is no overlay is one network */
    half_opens_deinit(&h);
}

/* Before the caller says what tunnel it was. */
static void is_found_at_once(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 24};
    struct half_opens h;
    half_opens_init(&h, 4096, &memory);
    struct flow_key key = key_of(1), other = key_of(1);
    key.network = tunnel_network(TUNNEL_GENEVE, 0xabcdef);
    struct half_open *record = half_open_add(&h, &key, tag_of(&h, &key), 0, 1);
    assert_ptr_equal(half_open_find(&h, &key, tag_of(&h, &key)), record);
    uint32_t tag = tag_of(&h, &key);
    assert_null(half_open_find(&h, &other, tag)); /* were the hashes the same */
    half_opens_deinit(&h);
}

/* Numbers of frames have 64 bits. What is too far behind the newest has to go first. */
static void numbers_are_whole(void **state)
{
    (void)state;
    const uint64_t first = UINT64_C(0x123456789a), last = first + UINT32_MAX;
    struct memory memory = {.limit = 1 << 24};
    struct half_opens h;
    half_opens_init(&h, 4096, &memory);
    struct flow_key a = key_of(1), b = key_of(2), c = key_of(3);
    half_open_add(&h, &a, tag_of(&h, &a), 0, first);
    half_open_add(&h, &b, tag_of(&h, &b), 0, last);
    assert_null(half_open_add(&h, &c, tag_of(&h, &c), 0, last + 1));
    assert_int_equal(half_open_number(&h, half_open_oldest(&h)), first);
    half_open_remove(&h, half_open_oldest(&h));
    assert_int_equal(half_open_number(&h, half_open_oldest(&h)), last);
    assert_non_null(half_open_add(&h, &c, tag_of(&h, &c), 0, last + 1));
    assert_int_equal(half_open_number(&h, half_open_find(&h, &b, tag_of(&h, &b))), last);
    assert_int_equal(half_open_number(&h, half_open_find(&h, &c, tag_of(&h, &c))), last + 1);
    half_opens_deinit(&h);
}

static void times_are_whole_microseconds(void **state)
{
    (void)state;
    static const moment most = INT64_C(8000000000) * 1000000000;
    static const moment times[] = {0, 1000, -1000, most, -most, INT64_C(1700000000123456000)};
    struct half_open record = {.above_least = 127, .syns = 7};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        half_open_set_time(&record, times[i]);
        assert_true(half_open_time(&record) == times[i]);
    }
    half_open_set_time(&record, 1999);
    assert_true(half_open_time(&record) == 1000);
    assert_int_equal(record.above_least, 127);
    assert_int_equal(record.syns, 7);
}

static void without_memory_it_is_full(void **state)
{
    (void)state;
    for (unsigned at = 1; at <= 4; at++) {
        struct memory memory = {.limit = 1 << 24, .fail_at = at};
        struct half_opens h;
        half_opens_init(&h, 4096, &memory);
        struct flow_key key = key_of(1);
        assert_null(half_open_add(&h, &key, tag_of(&h, &key), 0, 1));
        assert_null(half_open_oldest(&h));
        half_opens_deinit(&h);
        assert_int_equal(memory.used, 0);
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof SECRET.bytes; i++)
        SECRET.bytes[i] = (uint8_t)(i * 167 + 13);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_added),      cmocka_unit_test(agrees_with_a_list),
        cmocka_unit_test(tells_networks_apart),      cmocka_unit_test(is_found_at_once),
        cmocka_unit_test(numbers_are_whole),         cmocka_unit_test(times_are_whole_microseconds),
        cmocka_unit_test(without_memory_it_is_full),
    };
    return cmocka_run_group_tests_name("half_open", tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "proto/http/hpack.h"
#include "proto/http/huffman.h"
#include "proto/http/literals.h"
#include "tests/unit/wiped.h"

enum { LONG = 900, SLOT = 4096, STRINGS = 24 };

static const struct hash_secret secret = {{9, 8, 7}};

/* `size` bytes, a multiple of five, that decode to 8/5 of that: codes of five bits, of a text that `seed` chooses among
 * '0', '1', '2'. */
static struct slice coded_text(uint8_t *coded, size_t size, unsigned seed)
{
    uint32_t word = 0;
    unsigned held = 0;
    for (size_t i = 0; i < size;) {
        word = word << 5 | (seed >> 16) % 3;
        seed = seed * 1103515245U + 12345;
        for (held += 5; held >= 8 && i < size; held -= 8)
            coded[i++] = (uint8_t)(word >> (held - 8));
    }
    return (struct slice){coded, size};
}

static void is_decoded(struct slice coded, struct slice out)
{
    size_t size = 0, room = huffman_room(coded.size);
    uint8_t *expected = malloc(room);
    assert_true(expected != NULL && huffman_decode(coded, expected, &size));
    assert_int_equal(out.size, size);
    assert_memory_equal(out.data, expected, size);
    free(expected);
}

static struct slice decoded(struct literals *l, struct slice coded)
{
    struct slice out;
    assert_int_equal(literals_decode(l, coded, &out), GAVE_UP_NOT);
    is_decoded(coded, out);
    return out;
}

static void long_ones_are_remembered(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct literals *l = literals_new(8 * SLOT, &secret, &memory);
    uint8_t a[LONG];
    struct slice token = coded_text(a, sizeof a, 1);
    decoded(l, token);
    const uint8_t *first = decoded(l, token).data, *second = decoded(l, token).data;
    assert_ptr_equal(first, second);
    uint8_t same[LONG];
    memcpy(same, a, sizeof a); /* wherever the bytes are */
    assert_ptr_equal(decoded(l, (struct slice){same, sizeof same}).data, first);
    same[LONG / 2] ^= 0x20;
    assert_ptr_not_equal(decoded(l, (struct slice){same, sizeof same}).data, first);
    literals_free(l);
    assert_int_equal(memory.used, 0);
}

/* One number is one string, and a string that is kept keeps it; those that end alike are told apart. */
static void kept_ones_have_numbers(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct literals *l = literals_new(8 * SLOT, &secret, &memory);
    static uint8_t bytes[3][LONG];
    struct slice coded[3];
    uint32_t numbers[3];
    for (unsigned i = 0; i < 3; i++) {
        coded[i] = coded_text(bytes[i], LONG, 7);
        bytes[i][0] ^= (uint8_t)(i == 1 ? 0x20 : 0); /* the second differs in its first byte alone */
    }
    bytes[2][LONG - 1] ^= 1;
    for (unsigned i = 0; i < 3; i++) {
        decoded(l, coded[i]);
        numbers[i] = literals_number(l);
        assert_true(numbers[i] != 0 && numbers[i] <= LITERALS_NUMBER_MAX);
    }
    assert_true(numbers[0] != numbers[1] && numbers[1] != numbers[2] && numbers[0] != numbers[2]);
    for (unsigned i = 0; i < 3; i++) {
        decoded(l, coded[i]);
        assert_int_equal(literals_number(l), numbers[i]);
        decoded(l, slice_part(coded[i], 0, 100)); /* is not kept */
        assert_int_equal(literals_number(l), 0);
    }
    literals_free(l);
}

static void keep_entry(void *owner, const struct field *f)
{
    assert_true(f->id == FIELD_AUTHORIZATION && !f->indexed && f->named && f->value.size == 256);
    *(uint32_t *)owner = f->entry;
}

/* An Authorization that stays out of the table of HPACK is told with the number of its value. */
static void fields_bear_the_numbers(void **state)
{
    (void)state;
    enum { CODED = 160 };
    struct memory memory = {.limit = 1 << 20};
    struct literals *l = literals_new(8 * SLOT, &secret, &memory);
    struct hpack *h = hpack_new(true, &memory);
    uint8_t block[4 + CODED] = {0x1f, 0x08, 0xff, CODED - 127};
    uint32_t entries[4];
    for (unsigned i = 0; i < 4; i++) {
        coded_text(block + 4, CODED, i / 2);
        assert_int_equal(hpack_block(h, (struct slice){block, sizeof block}, l, keep_entry, &entries[i]), GAVE_UP_NOT);
    }
    assert_true(entries[0] != 0 && entries[0] == entries[1]);
    assert_true(entries[2] != 0 && entries[2] == entries[3] && entries[2] != entries[0]);
    hpack_free(h);
    literals_free(l);
}

/* With so few slots, long strings take each other's. Whatever comes when, each is right, and stays through the next
 * call. */
static void one_takes_the_place_of_another(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct literals *l = literals_new(0, &secret, &memory);
    static uint8_t bytes[STRINGS][2000];
    struct slice coded[STRINGS], before_coded = {(const uint8_t *)"", 0}, before = before_coded;
    for (unsigned i = 0; i < STRINGS; i++)
        coded[i] = coded_text(bytes[i], (const size_t[]){5, 125, 130, 900, 905, 1570, 1575, 2000}[i % 8], i);
    srand(5);
    for (unsigned run = 0; run < 5000; run++) {
        struct slice now = coded[rand() % STRINGS];
        struct slice out = decoded(l, now);
        if (before_coded.size > 0)
            is_decoded(before_coded, before);
        before_coded = now;
        before = out;
    }
    literals_free(l);
    assert_int_equal(memory.used, 0);
}

static void what_is_very_long(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 22};
    struct literals *l = literals_new(SLOT, &secret, &memory);
    enum { MOST = (1 << 20) + 2 * 4096 + 2 }; /* a whole header block */
    uint8_t *bytes = malloc(MOST + 100000);
    struct slice out, large = coded_text(bytes, MOST, 3);
    decoded(l, coded_text(bytes, 100, 3));
    decoded(l, coded_text(bytes, 105, 3));
    size_t usual = memory.used;
    coded_text(bytes, MOST, 3);
    assert_true(decoded(l, large).size == 8 * MOST / 5); /* more than 256 KiB, in memory of the account */
    assert_true(memory.used >= usual + 8 * MOST / 5 - 16384);
    decoded(l, (struct slice){bytes, 100});
    decoded(l, (struct slice){bytes, 105});
    assert_int_equal(memory.used, usual); /* given back */
    coded_text(bytes, MOST + 100000, 3);
    assert_int_equal(literals_decode(l, (struct slice){bytes, MOST + 100000}, &out), GAVE_UP_MEMORY);
    memory.limit = memory.used + 1000;
    assert_int_equal(literals_decode(l, large, &out), GAVE_UP_MEMORY);
    memory.limit = 1 << 22;
    decoded(l, large);
    free(bytes);
    literals_free(l);
    assert_int_equal(memory.used, 0);
}

static void malformed_ones(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct literals *l = literals_new(SLOT, &secret, &memory);
    uint8_t bytes[LONG + 1], shorter[2];
    struct slice out;
    coded_text(bytes, sizeof bytes, 3);
    coded_text(shorter, sizeof shorter, 3);
    bytes[LONG] = 0xff; /* LONG is a multiple of 5: the codes end with a byte, and this is padding by eight */
    shorter[1] = 0xfe;
    for (unsigned run = 0; run < 3; run++) {
        assert_int_equal(literals_decode(l, (struct slice){bytes, sizeof bytes}, &out), GAVE_UP_MALFORMED);
        assert_int_equal(literals_decode(l, (struct slice){shorter, sizeof shorter}, &out), GAVE_UP_MALFORMED);
        decoded(l, (struct slice){bytes, LONG});
    }
    literals_free(l);
    assert_int_equal(memory.used, 0);
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    static uint8_t bytes[LONG];
    unsigned refused = 0;
    for (unsigned fail_at = 1; fail_at <= 5; fail_at++) {
        struct memory memory = {.limit = 1 << 20, .fail_at = fail_at};
        struct literals *l = literals_new(SLOT, &secret, &memory);
        for (unsigned i = 0; l != NULL && i < 3; i++) {
            struct slice out, coded = coded_text(bytes, LONG - 5 * i, i);
            enum gave_up reason = literals_decode(l, coded, &out);
            assert_true(reason == GAVE_UP_NOT || reason == GAVE_UP_MEMORY);
            if (reason == GAVE_UP_NOT)
                is_decoded(coded, out);
        }
        refused += (unsigned)memory.refused;
        literals_free(l);
        assert_int_equal(memory.used, 0);
    }
    assert_int_equal(refused, 4); /* itself, its slots, both turns' room */
}

static void wiped_when_freed(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct literals *l = literals_new(2 * SLOT, &secret, &memory);
    uint8_t bytes[LONG];
    decoded(l, coded_text(bytes, sizeof bytes, 1));
    size_t held = memory.used;
    wiped = 0;
    literals_free(l);
    assert_true(wiped >= 2 * SLOT + 8 * LONG / 5 && wiped <= held);
    literals_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_ones_have_numbers),      cmocka_unit_test(fields_bear_the_numbers),
        cmocka_unit_test(long_ones_are_remembered),    cmocka_unit_test(one_takes_the_place_of_another),
        cmocka_unit_test(what_is_very_long),           cmocka_unit_test(malformed_ones),
        cmocka_unit_test(every_allocation_fails_once), cmocka_unit_test(wiped_when_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

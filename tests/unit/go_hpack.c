/* The encoder with Go's habits, and the decoder that reads as Go does: what they are must be right before they judge.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tools/go_hpack.h"
#include "tests/tools/go_hpack_reader.h"
#include "tests/tools/header_sets.h"

/* Encodes one field, and wants these bytes: hexadecimal, a plain string with its size between quotes. */
static void is(struct go_hpack *g, const char *name, const char *value, bool sensitive, const char *words)
{
    uint8_t block[200], expected[200];
    size_t size = 0;
    nghttp2_nv field = {(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name), strlen(value),
                        sensitive ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE};
    for (const char *at = words; *at != '\0';) {
        size_t length = strcspn(at + 1, "\"");
        if (*at == '"') {
            expected[size++] = (uint8_t)length;
            memcpy(expected + size, at + 1, length);
            size += length;
            at += length + 2;
        } else {
            expected[size++] = (uint8_t)strtoul((char[]){at[0], at[1], '\0'}, NULL, 16);
            at += 2;
        }
    }
    assert_int_equal(go_hpack_encode(g, &field, 1, block, sizeof block), size);
    assert_memory_equal(block, expected, size);
}

static void habits(void **state)
{
    (void)state;
    struct go_hpack *g = go_hpack_new(4096);
    is(g, ":method", "GET", false, "82");
    is(g, ":method", "PUT", false, "43\"PUT\""); /* the static table's last of that name; 21 bits are no fewer bytes */
    is(g, ":method", "PUT", false, "be");
    is(g, "xyz", "0", false, "40\"xyz\"\"0\"");
    is(g, "xyz", "1", false, "7e\"1\"");
    is(g, "xyz", "0", false, "bf");
    is(g, "xyz", "2", true, "1f2f\"2\""); /* the newest of that name */
    is(g, "xyz", "1", true, "1f2f\"1\""); /* sensitive: never an index, whatever the table holds */
    is(g, ":method", "DELETE", false, "43\"DELETE\"");
    is(g, "a", "aaaaaaaa", false, "40\"a\"8518c6318c63"); /* 'a' is 00011 */
    go_hpack_resize(g, 100);
    go_hpack_resize(g, 4096);
    is(g, ":method", "PUT", false, "3f453fe11f43\"PUT\"");
    is(g, "a", "aaaaaaaa", false, "bf"); /* of the last 100 bytes, so it stayed */
    go_hpack_resize(g, 40);
    is(g, "xyz", "0", false, "3f0940\"xyz\"\"0\"");
    is(g, "uvw", "@@@@@@", false, "00\"uvw\"\"@@@@@@\""); /* 41 bytes: no room */
    is(g, "xyz", "0", false, "be");
    go_hpack_free(g);
}

struct talk_rig {
    const struct header_set *set;
    size_t told;
};

static void on_field(void *owner, const nghttp2_nv *field)
{
    struct talk_rig *t = owner;
    assert_true(t->told < t->set->count);
    const nghttp2_nv *sent = &t->set->fields[t->told++];
    assert_int_equal(field->namelen, sent->namelen);
    assert_int_equal(field->valuelen, sent->valuelen);
    assert_memory_equal(field->name, sent->name, sent->namelen);
    assert_memory_equal(field->value, sent->value, sent->valuelen);
}

/* (That nghttp2's decoder reads what the encoder writes is what tests/tools/hpack_rig.c checks with each block.) */
static void the_reader_reads_what_the_encoder_writes(void **state)
{
    (void)state;
    static struct header_set set;
    static uint8_t block[1 << 17];
    struct choices c = {.state = 99};
    struct go_hpack *g = go_hpack_new(4096);
    struct go_reader *reader = go_reader_new();
    go_reader_allow(reader, 65536);
    for (unsigned i = 0; i < 3000; i++) {
        if (choose(&c, 50) == 0)
            go_hpack_resize(g, choose(&c, 5000));
        header_set_make(&set, choose(&c, TALKS), &c);
        size_t size = go_hpack_encode(g, set.fields, set.count, block, sizeof block);
        struct talk_rig t = {.set = &set, .told = 0};
        assert_true(go_reader_block(reader, block, size, on_field, &t));
        assert_int_equal(t.told, set.count);
    }
    go_reader_free(reader);
    go_hpack_free(g);
}

static void on_any(void *owner, const nghttp2_nv *field)
{
    (void)field;
    ++*(unsigned *)owner;
}

static void what_the_reader_refuses(void **state)
{
    (void)state;
    static const struct {
        uint8_t block[12];
        size_t size;
        bool good;
    } cases[] = {
        {{0x82, 0x84}, 2, true},
        {{0x80}, 1, false},                       /* index 0 */
        {{0xbe}, 1, false},                       /* beyond the table */
        {{0x00, 1, 'a', 2, 'b'}, 5, false},       /* cut */
        {{0x82, 0x20}, 2, true},                  /* an update of an empty table */
        {{0x40, 1, 'a', 1, 'b', 0x20}, 6, false}, /* and of one that is not */
        {{0x3f, 0xe2, 0x1f}, 3, false},           /* to 4097 */
        {{0x0f, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 1, 'x'}, 12, true},   /* nine bytes */
        {{0x0f, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 0}, 12, false}, /* ten */
        {{0x00, 1, 'a', 0x81, 0x06}, 5, false},                                             /* padding */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct go_reader *reader = go_reader_new();
        unsigned told = 0;
        assert_int_equal(go_reader_block(reader, cases[i].block, cases[i].size, on_any, &told), cases[i].good);
        go_reader_free(reader);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(habits),
        cmocka_unit_test(the_reader_reads_what_the_encoder_writes),
        cmocka_unit_test(what_the_reader_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

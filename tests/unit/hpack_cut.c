/* Blocks that are refused in ways in which the decoder and others easily part: what is still told, and what of the
 * table is left. By thought, from RFC 7541 and from what Go's server does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "proto/http/hpack.h"

struct rig {
    struct memory memory;
    struct literals *literals;
    struct hpack *h;
    char told[1024];
    size_t used;
};

static void start(struct rig *t)
{
    static const struct hash_secret secret = {{1}};
    *t = (struct rig){.memory = {.limit = 1 << 20}};
    t->literals = literals_new(4096, &secret, &t->memory);
    t->h = hpack_new(true, &t->memory);
    assert_true(t->literals != NULL && t->h != NULL);
}

static void end(struct rig *t)
{
    hpack_free(t->h);
    literals_free(t->literals);
    assert_int_equal(t->memory.used, 0);
}

static void on_field(void *owner, const struct field *f)
{
    struct rig *t = owner;
    int size =
        snprintf(t->told + t->used, sizeof t->told - t->used, "%.*s=%.*s ", (int)f->name.size,
                 f->known == KNOWN ? (const char *)f->name.data : "", (int)f->value.size, (const char *)f->value.data);
    assert_true(size > 0);
    t->used += (size_t)size;
}

static void decodes(struct rig *t, struct slice block, enum gave_up reason, const char *told)
{
    t->used = 0;
    t->told[0] = '\0';
    assert_int_equal(hpack_block(t->h, block, t->literals, on_field, t), reason);
    assert_string_equal(t->told, told);
}

#define BLOCK(text) ((struct slice){(const uint8_t *)(text), sizeof(text) - 1})

/* 0xff and nothing behind it: not index 127, though there is such an entry. */
static void an_index_that_is_cut(void **state)
{
    (void)state;
    struct rig t;
    start(&t);
    for (unsigned i = 0; i < 70; i++)
        decodes(&t,
                BLOCK("\x40\x01"
                      "a\x01"
                      "b"),
                GAVE_UP_NOT, "a=b ");
    decodes(&t, BLOCK("\xff\x00"), GAVE_UP_NOT, "a=b ");
    decodes(&t, BLOCK("\xff"), GAVE_UP_MALFORMED, "");
    decodes(&t, BLOCK("\xbe"), GAVE_UP_NOT, "= "); /* the table is lost */
    end(&t);
}

/* Behind such a string nothing is told, but all that comes into the table is there, and what came before. */
static void undecodable_strings_that_stay_out_of_the_table(void **state)
{
    (void)state;
    static const struct slice spoilt[] = {
        BLOCK("\x00\x81\xff\x00"),             /* a name that is only padding, of eight bits */
        BLOCK("\x10\x81\xff\x00"),             /* the same, never indexed */
        BLOCK("\x00\x81\xff\x81\x00"),         /* and a value with padding of zeros */
        BLOCK("\x0f\x2f\x81\x00"),             /* under an entry's name */
        BLOCK("\x0f\x2f\x84\xff\xff\xff\xff"), /* EOS */
    };
    for (size_t i = 0; i < sizeof spoilt / sizeof *spoilt; i++) {
        struct rig t;
        uint8_t block[32] = "\x82\x40\x01"
                            "c\x01"
                            "d";
        memcpy(block + 6, spoilt[i].data, spoilt[i].size);
        memcpy(block + 6 + spoilt[i].size,
               "\x83\x40\x01"
               "e\x01"
               "f",
               6);
        start(&t);
        decodes(&t,
                BLOCK("\x40\x01"
                      "a\x01"
                      "b"),
                GAVE_UP_NOT, "a=b ");
        decodes(&t, (struct slice){block, 12 + spoilt[i].size}, GAVE_UP_MALFORMED, ":method=GET c=d ");
        decodes(&t, BLOCK("\xbe\xbf\xc0"), GAVE_UP_NOT, "e=f c=d a=b ");
        end(&t);
    }
}

/* Nobody knows what was put into the table then. */
static void one_that_goes_into_it(void **state)
{
    (void)state;
    struct rig t;
    start(&t);
    decodes(&t,
            BLOCK("\x40\x01"
                  "a\x01"
                  "b\x40\x01"
                  "c\x81\xff"),
            GAVE_UP_MALFORMED, "a=b ");
    decodes(&t, BLOCK("\xbe"), GAVE_UP_NOT, "= ");
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_index_that_is_cut),
        cmocka_unit_test(undecodable_strings_that_stay_out_of_the_table),
        cmocka_unit_test(one_that_goes_into_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

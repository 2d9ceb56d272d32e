/* By hand, a block at a time. What is told is text: a line a field, "*" before one that is indexed as a whole, "?A" for
 * an unknown name, a letter for each number in the order of their coming. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/http/hpack.h"
#include "tests/tools/go_hpack_reader.h"
#include "tests/unit/wiped.h"

enum { BLOCK = 1 << 18, TOLD = 8192 };

static const struct hash_secret secret = {{1}};

struct rig {
    struct memory memory;
    struct literals *literals;
    struct hpack *h;
    char told[TOLD];
    size_t used;
    uint32_t numbers[26];
    uint32_t anew; /* of the last stranger */
    struct {
        uint32_t entry;
        uint64_t hash;
    } entries[4096]; /* those that were told, whatever became of the table since */
    size_t entry_count;
};

static void start(struct rig *t, bool from_start)
{
    *t = (struct rig){.memory = {.limit = 1 << 22}};
    t->literals = literals_new(4096, &secret, &t->memory);
    t->h = hpack_new(from_start, &t->memory);
    assert_true(t->literals != NULL && t->h != NULL);
}

static void end(struct rig *t)
{
    hpack_free(t->h);
    literals_free(t->literals);
    assert_int_equal(t->memory.used, 0);
}

__attribute__((format(printf, 2, 3))) static void tell(struct rig *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int size = vsnprintf(t->told + t->used, TOLD - t->used, format, list);
    va_end(list);
    assert_true(size >= 0 && (size_t)size < TOLD - t->used);
    t->used += (size_t)size;
}

/* One number is one value, and of an entry one name. */
static void check_entry(struct rig *t, const struct field *f)
{
    uint8_t text[BLOCK];
    size_t name = f->indexed ? 4 + f->name.size : 0;
    if (f->indexed) {
        memcpy(text, &f->stranger, sizeof f->stranger);
        memcpy(text + 4, f->name.data, f->name.size);
    }
    memcpy(text + name, f->value.data, f->value.size);
    uint64_t hash = hash_bytes(&secret, text, name + f->value.size);
    for (size_t i = 0; i < t->entry_count; i++) {
        if (t->entries[i].entry == f->entry)
            assert_int_equal(t->entries[i].hash, hash);
    }
    assert_true(t->entry_count < sizeof t->entries / sizeof t->entries[0]);
    t->entries[t->entry_count].entry = f->entry;
    t->entries[t->entry_count++].hash = hash;
}

static void on_field(void *owner, const struct field *f)
{
    struct rig *t = owner;
    if (f->entry != 0)
        check_entry(t, f);
    assert_int_equal(f->stranger == 0, f->known == KNOWN || f->known == KNOWN_NAME);
    assert_true(f->known != KNOWN_NAME);
    assert_int_equal(f->id, field_id(f->name));
    assert_int_equal(f->pseudo, f->name.size > 0 && f->name.data[0] == ':');
    tell(t, "%s", f->indexed ? "*" : "");
    if (f->stranger != 0) {
        unsigned letter = 0;
        while (t->numbers[letter] != 0 && t->numbers[letter] != f->stranger)
            assert_true(++letter < 26);
        t->numbers[letter] = f->stranger;
        t->anew = f->anew;
        tell(t, "?%c", 'A' + letter);
        assert_true(f->name.size == 0);
    }
    if (f->name.size > 100)
        tell(t, "(%zu)", f->name.size);
    else
        tell(t, "%.*s", (int)f->name.size, (const char *)f->name.data);
    if (f->known == KNOWN_NOT)
        assert_true(f->value.size == 0);
    else if (f->value.size > 100)
        tell(t, "=(%zu)", f->value.size);
    else
        tell(t, "=%.*s", (int)f->value.size, (const char *)f->value.data);
    tell(t, "\n");
}

/* A block in words: hexadecimal digits; "text" with quotes, a string in plain with its size; (N) a string of N times
 * 'x'. */
static struct slice block_of(const char *words)
{
    static uint8_t block[BLOCK];
    size_t size = 0;
    for (const char *at = words; *at != '\0';) {
        assert_true(size < sizeof block - 200);
        if (*at == '"') {
            size_t length = strcspn(++at, "\"");
            assert_true(length < 127);
            block[size++] = (uint8_t)length;
            memcpy(block + size, at, length);
            size += length;
            at += length + 1;
        } else if (*at == '(') {
            size_t length = strtoul(at + 1, NULL, 10), left = length - 127;
            assert_true(length >= 127 && length < sizeof block - size - 200);
            block[size++] = 0x7f;
            for (; left >= 128; left >>= 7)
                block[size++] = (uint8_t)(0x80 | (left & 0x7f));
            block[size++] = (uint8_t)left;
            memset(block + size, 'x', length);
            size += length;
            at += strcspn(at, ")") + 1;
        } else if (*at == ' ') {
            at++;
        } else {
            char digits[3] = {at[0], at[1], '\0'};
            block[size++] = (uint8_t)strtoul(digits, NULL, 16);
            at += 2;
        }
    }
    return (struct slice){block, size};
}

static enum gave_up decode(struct rig *t, struct slice block)
{
    t->used = 0;
    t->told[0] = '\0';
    uint8_t *exact = malloc(block.size + 1); /* of just its size, so that a read behind it is seen */
    assert_true(exact != NULL);
    memcpy(exact, block.data, block.size);
    enum gave_up reason = hpack_block(t->h, (struct slice){exact, block.size}, t->literals, on_field, t);
    free(exact);
    return reason;
}

static void tells_(struct rig *t, const char *words, const char *expected)
{
    assert_int_equal(decode(t, block_of(words)), GAVE_UP_NOT);
    assert_string_equal(t->told, expected);
}

static void refuses_(struct rig *t, const char *words, const char *expected)
{
    assert_int_equal(decode(t, block_of(words)), GAVE_UP_MALFORMED);
    assert_string_equal(t->told, expected);
}

/* As macros for the line number. */
#define tells(t, words, expected)                                                                                      \
    do {                                                                                                               \
        print_message("# line %d\n", __LINE__);                                                                        \
        tells_(t, words, expected);                                                                                    \
    } while (0)
#define refuses(t, words, expected)                                                                                    \
    do {                                                                                                               \
        print_message("# line %d\n", __LINE__);                                                                        \
        refuses_(t, words, expected);                                                                                  \
    } while (0)

static void examples_of_the_rfc(void **state)
{
    (void)state;
    struct rig t;
    start(&t, true); /* appendix C.4 */
    tells(&t, "828684418cf1e3c2e5f23a6ba0ab90f4ff",
          "*:method=GET\n*:scheme=http\n*:path=/\n:authority=www.example.com\n");
    tells(&t, "828684be5886a8eb10649cbf",
          "*:method=GET\n*:scheme=http\n*:path=/\n*:authority=www.example.com\ncache-control=no-cache\n");
    tells(&t, "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
          "*:method=GET\n*:scheme=https\n*:path=/index.html\n*:authority=www.example.com\ncustom-key=custom-value\n");
    end(&t);
    start(&t, true); /* appendix C.6: the table has 256 bytes, and entries are evicted */
    tells(
        &t,
        "3fe101 "
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        ":status=302\ncache-control=private\ndate=Mon, 21 Oct 2013 20:13:21 GMT\nlocation=https://www.example.com\n");
    tells(&t, "4883640effc1c0bf",
          ":status=307\n*cache-control=private\n*date=Mon, 21 Oct 2013 20:13:21 GMT\n"
          "*location=https://www.example.com\n");
    tells(
        &t,
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af270"
        "87f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
        "*:status=200\n*cache-control=private\ndate=Mon, 21 Oct 2013 20:13:22 GMT\n*location=https://www.example.com\n"
        "content-encoding=gzip\nset-cookie=foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1\n");
    end(&t);
}

static void static_table(void **state)
{
    (void)state;
    struct rig t;
    nghttp2_hd_inflater *judge;
    assert_int_equal(nghttp2_hd_inflate_new(&judge), 0);
    start(&t, true);
    for (unsigned i = 1; i <= 61; i++) {
        char words[8], expected[100];
        const nghttp2_nv *e = nghttp2_hd_inflate_get_table_entry(judge, i);
        snprintf(words, sizeof words, "%02x", 0x80 | i);
        snprintf(expected, sizeof expected, "*%.*s=%.*s\n", (int)e->namelen, (const char *)e->name, (int)e->valuelen,
                 (const char *)e->value);
        tells(&t, words, expected);
    }
    refuses(&t, "be", "");
    end(&t);
    nghttp2_hd_inflate_del(judge);
}

static void what_is_malformed(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "80",                           /* index 0 */
        "be",                           /* nothing there yet */
        "1f80808080808080808000 \"x\"", /* an integer of ten bytes behind the first, though it is 15 */
        "ffffffffffffffffff7f",         /* of nine, and an index that no table has */
        "40",                           /* cut before the name */
        "4001",                         /* in the name */
        "400161",                       /* before the value */
        "40016105",                     /* in it */
        "5f",                           /* in an index */
        "4081ff00",                     /* a name that is only padding, of eight bits */
        "4001618100",                   /* a value with padding of zeros */
        "0081ff",                       /* such a name, cut before its value */
        "00016181007f",                 /* and a value, before an index that is cut */
        "000161ff8080808080808080807f", /* a size that no block has */
        "3fe21f",                       /* a size update to 4097 */
        "3fffffffff0f",                 /* to more than 2^32 */
        "400161016220",                 /* an update behind a field that is in the table now */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rig t;
        start(&t, true);
        assert_int_equal(decode(&t, block_of(cases[i])), GAVE_UP_MALFORMED);
        tells(&t, "be 82", "*?A\n*:method=GET\n"); /* what was inserted is lost, and what is inserted next is not */
        tells(&t, "40 \"a\" \"b\" be bf", "a=b\n*a=b\n*?A\n");
        end(&t);
    }
}

static void joined_late(void **state)
{
    (void)state;
    struct rig t;
    start(&t, false);
    /* Two entries that are not known, by index and by name; the same numbers whatever is inserted between. */
    tells(&t, "82 be bf", "*:method=GET\n*?A\n*?B\n");
    tells(&t, "7e \"one\"", "?A=one\n");          /* inserted under the name of A */
    tells(&t, "be bf c0", "*?A=one\n*?A\n*?B\n"); /* and known by its value */
    tells(&t, "0f2f \"two\" 0f30 \"three\" 1f31 \"four\"", "?A=two\n?A=three\n?B=four\n");
    tells(&t, "7e \"five\" be bf", "?A=five\n*?A=five\n*?A=one\n");       /* by way of an entry that has it from A */
    tells(&t, "40 \"k\" \"\" 40 \"\" \"v\" be bf", "k=\n=v\n*=v\n*k=\n"); /* an empty name is known */
    tells(&t, "c0 c1 c2 c3", "*?A=five\n*?A=one\n*?A\n*?B\n");
    refuses(&t, "ff80ffffff07", "");
    /* All numbers begin anew. */
    memset(t.numbers, 0, sizeof t.numbers);
    tells(&t, "c3 c3 c2 be", "*?A\n*?A\n*?B\n*?C\n");
    end(&t);
}

static void lost_in_between(void **state)
{
    (void)state;
    struct rig t;
    start(&t, true);
    tells(&t, "40 \"a\" \"1\" 40 \"b\" \"2\" be bf", "a=1\nb=2\n*b=2\n*a=1\n");
    hpack_lost(t.h);
    tells(&t, "be bf 40 \"c\" \"3\" be bf c0", "*?A\n*?B\nc=3\n*c=3\n*?A\n*?B\n");
    tells(&t, "82 3fe11f be", "*:method=GET\n*c=3\n"); /* an update behind a field: who knows what the table holds */
    /* A table of no size may have one again behind a loss. */
    tells(&t, "20", "");
    hpack_lost(t.h);
    tells(&t, "40 \"e\" \"5\" be", "e=5\n*e=5\n");
    /* Down to nothing: then all is known again, and what is beyond is malformed. */
    tells(&t, "20 3fe11f 40 \"d\" \"4\" be", "d=4\n*d=4\n");
    refuses(&t, "bf", "");
    end(&t);
}

static void entries_have_numbers(void **state)
{
    (void)state;
    struct rig t;
    start(&t, true);
    tells(&t, "82 40 \"a\" \"1\" 7e \"2\"", "*:method=GET\na=1\na=2\n");
    assert_int_equal(t.entry_count, 0); /* a static entry, a new one, one that has a known one's name */
    tells(&t, "be bf be", "*a=2\n*a=1\n*a=2\n");
    assert_int_equal(t.entry_count, 3);
    assert_true(t.entries[0].entry == t.entries[2].entry && t.entries[0].entry != t.entries[1].entry);
    hpack_lost(t.h);
    tells(&t, "be", "*?A\n");
    assert_int_equal(t.entry_count, 3);
    uint32_t anew = t.anew;
    hpack_lost(t.h);
    tells(&t, "be 7e \"3\" be", "*?A\n?A=3\n*?A=3\n"); /* the same number, of another table */
    assert_int_equal(t.anew, anew + 1);
    end(&t);
}

/* Entries from before the loss were not dropped too early here: they say nothing of the table's size. */
static void a_loss_does_not_enlarge_the_table(void **state)
{
    (void)state;
    struct rig t;
    start(&t, true);
    tells(&t, "40 \"a\" \"1\"", "a=1\n");
    hpack_lost(t.h);
    tells(&t, "be", "*?A\n");
    tells(&t, "40 \"k\" (3000) 40 \"l\" (3000)", "k=(3000)\nl=(3000)\n");
    tells(&t, "bf", "*?B\n"); /* that one is in 8192 */
    end(&t);
}

static void size_updates(void **state)
{
    (void)state;
    struct rig t;
    start(&t, true);
    tells(&t, "40 \"a\" \"1\" 40 \"b\" \"2\"", "a=1\nb=2\n");
    tells(&t, "3f03 be", "*b=2\n"); /* 34 bytes: one of the two */
    tells(&t, "40 \"c\" \"3\" be", "c=3\n*c=3\n");
    refuses(&t, "bf", "");
    end(&t);
    start(&t, true);
    tells(&t, "40 \"a\" \"1\" 40 \"b\" \"2\"", "a=1\nb=2\n");
    tells(&t, "3f02 3fe11f 82", "*:method=GET\n"); /* 33 bytes, and up again: none */
    refuses(&t, "be", "");
    end(&t);
    start(&t, true);
    hpack_allow(t.h, 8192);
    tells(&t, "3fe13f 40 \"a\" (5000) 40 \"b\" \"2\" bf", "a=(5000)\nb=2\n*a=(5000)\n");
    hpack_allow(t.h, 100); /* it may not be known to the encoder yet */
    tells(&t, "3fe13f be", "*b=2\n");
    refuses(&t, "3fe23f", "");
    tells(&t, "3fe23f", ""); /* behind a loss nobody knows what was allowed */
    tells(&t, "3fe0ffffff0f", "");
    refuses(&t, "3fe1ffffff0f", ""); /* but SETTINGS have 32 bits */
    end(&t);
}

/* RFC 7541, section 4.4, with bytes that stay, and with bytes that must move. */
static void the_name_of_an_entry_that_it_evicts(void **state)
{
    (void)state;
    struct rig t;
    start(&t, true);
    for (unsigned i = 0; i < 50; i++) {
        tells(&t, "3fa901 40 \"a-name-of-some-length\" \"v\" 7e (127) be", /* 54 and 180 bytes, of 200 */
              "a-name-of-some-length=v\na-name-of-some-length=(127)\n*a-name-of-some-length=(127)\n");
        tells(&t, "7e \"short\" 7e \"short\" be",
              "a-name-of-some-length=short\na-name-of-some-length=short\n"
              "*a-name-of-some-length=short\n");
    }
    refuses(&t, "c1", ""); /* 58 bytes each: three */
    end(&t);
}

static void larger_than_the_table(void **state)
{
    (void)state;
    struct rig t;
    start(&t, true);
    tells(&t, "40 \"a\" \"1\" 40 \"b\" (5000)", "a=1\nb=(5000)\n");
    refuses(&t, "be", ""); /* it empties the table, and is not in it */
    end(&t);
    start(&t, false);
    /* Joined late, the table may be larger than is thought: then it is in it, and what is older one place further. */
    tells(&t, "be 40 \"b\" (5000) be bf", "*?A\nb=(5000)\n*?B\n*?A\n");
    /* What was dropped too early shows that: twice as much is kept from now on. */
    tells(&t, "40 \"b\" (5000) 40 \"c\" \"3\" be bf", "b=(5000)\nc=3\n*c=3\n*b=(5000)\n");
    end(&t);
}

static void tables_larger_than_are_followed(void **state)
{
    (void)state;
    struct rig t;
    start(&t, true);
    hpack_allow(t.h, 1 << 20);
    tells(&t, "3fe1ff3f 40 \"a\" (40000) 40 \"b\" (20000) 40 \"c\" (20000) be bf c0",
          "a=(40000)\nb=(20000)\nc=(20000)\n*c=(20000)\n*b=(20000)\n*?A\n");
    tells(&t, "40 \"d\" (70000) be bf c0 c1", "d=(70000)\n*?B\n*?C\n*?D\n*?A\n");
    assert_true(t.memory.used < (1 << 17));
    tells(&t, "40 \"e\" \"5\" be bf", "e=5\n*e=5\n*?B\n");
    tells(&t, "20", "");
    refuses(&t, "be", "");
    end(&t);
}

struct verdicts {
    const char *words;
    bool nghttp2;
};

static bool nghttp2_accepts(struct slice block)
{
    nghttp2_hd_inflater *inflater;
    assert_int_equal(nghttp2_hd_inflate_new(&inflater), 0);
    int flags = 0;
    ssize_t used = 0;
    while (!(flags & NGHTTP2_HD_INFLATE_FINAL) && used >= 0) {
        nghttp2_nv field;
        used = nghttp2_hd_inflate_hd2(inflater, &field, &flags, block.data, block.size, 1);
        block = slice_part(block, used > 0 ? (size_t)used : 0, block.size);
    }
    nghttp2_hd_inflate_del(inflater);
    return used >= 0;
}

static void on_go_field(void *owner, const nghttp2_nv *field)
{
    struct rig *t = owner;
    struct field f = {.name = {field->name, field->namelen}, .value = {field->value, field->valuelen}};
    f.id = field_id(f.name);
    f.pseudo = f.name.size > 0 && f.name.data[0] == ':';
    on_field(t, &f);
}

/* What Go's decoder accepts, is accepted; where nghttp2's is stricter, that is shown. */
static void as_go_reads(void **state)
{
    (void)state;
    static const struct verdicts cases[] = {
        {"00 \"a\" (65536)", true},
        {"00 \"a\" (65537)", false}, /* nghttp2's bound of a string */
        {"00 (70000) (100000)", false},
        {"40 \"a\" (70000)", false},
        {"3fe11f 82", true},
        {"82 3fe11f", false},             /* an update behind a field; the table is empty */
        {"40 \"a\" (5000) 20 82", false}, /* and here, because what was inserted had no room */
        {"20 40 \"a\" \"b\" 3fe11f 82", false},
        {"20 3fe11f 82", true}, /* two updates */
        {"20 20 3f00 3fe11f 3fe11f 82", true},
        {"1f8000 \"x\"", true}, /* an index of 15 with a byte that says nothing */
        {"1f808000 \"x\"", true},
        {"1f8080808080808000 \"x\"", false}, /* with seven of them, and with all nine that Go reads */
        {"1f808080808080808000 \"x\"", false},
        {"00 \"a\" 7f8080808080808000 \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" /* 127 bytes,
                                                                                                            the length
                                                                                                            one of them
                                                                                                          */
         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"",
         false},
        {"", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static struct rig t;
        start(&t, true);
        struct slice block = block_of(cases[i].words);
        struct go_reader *go = go_reader_new();
        static char by_go[TOLD];
        bool accepted = go_reader_block(go, block.data, block.size, on_go_field, &t);
        memcpy(by_go, t.told, sizeof by_go);
        print_message("# %s\n", cases[i].words);
        assert_true(accepted);
        assert_int_equal(decode(&t, block), GAVE_UP_NOT);
        for (char *star = strchr(t.told, '*'); star != NULL; star = strchr(star, '*'))
            memmove(star, star + 1, strlen(star));
        assert_string_equal(t.told, by_go);
        assert_int_equal(nghttp2_accepts(block), cases[i].nghttp2);
        go_reader_free(go);
        end(&t);
    }
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    unsigned refused = 0;
    for (unsigned fail_at = 1; fail_at <= 20; fail_at++) {
        struct rig t;
        start(&t, true);
        t.memory.fail_at = fail_at;
        enum gave_up reason = decode(&t, block_of("40 \"k\" \"v\" 828684418cf1e3c2e5f23a6ba0ab90f4ff"));
        for (unsigned i = 0; reason == GAVE_UP_NOT && i < 20; i++)
            reason = decode(&t, block_of("40 \"k\" (150) 82"));
        assert_int_equal(reason, t.memory.refused > 0 ? GAVE_UP_MEMORY : GAVE_UP_NOT);
        refused += (unsigned)t.memory.refused;
        t.memory.fail_at = 0;
        if (reason == GAVE_UP_MEMORY)
            tells(&t, "be 40 \"a\" \"b\" be", "*?A\na=b\n*a=b\n");
        end(&t);
    }
    assert_in_range(refused, 5, 19); /* entries and bytes, each more than once, and a string's room */
    struct memory full = {.limit = 10};
    assert_null(hpack_new(true, &full));
    hpack_free(NULL);
}

/* Late, with 4096 bytes: at most 5 KiB, whatever the sizes of the entries are; nothing before the first one comes. */
static void memory_of_a_direction(void **state)
{
    (void)state;
    for (unsigned value = 0; value < 600; value += 7) {
        struct memory memory = {.limit = 1 << 20};
        struct literals *literals = literals_new(4096, &secret, &memory);
        size_t others = memory.used, most = 0;
        struct rig t = {.h = hpack_new(false, &memory), .literals = literals};
        assert_true(memory.used - others <= 100);
        for (unsigned i = 0; i < 300; i++) {
            uint8_t block[700] = {0x40, 0, 0};
            size_t size = 2;
            block[size++] = value < 127 ? (uint8_t)value : 0x7f;
            if (value >= 127) {
                block[size++] = (uint8_t)(0x80 | ((value - 127) & 0x7f));
                block[size++] = (uint8_t)((value - 127) >> 7);
            }
            size += value;
            t.used = 0;
            assert_int_equal(hpack_block(t.h, (struct slice){block, size}, literals, on_field, &t), GAVE_UP_NOT);
            most = memory.used - others > most ? memory.used - others : most;
        }
        assert_true(most <= 5120);
        wiped = 0;
        hpack_lost(t.h);
        assert_true(wiped >= value && wiped <= 4096);
        assert_true(memory.used - others <= 100);
        hpack_free(t.h);
        literals_free(literals);
        assert_int_equal(memory.used, 0);
    }
}

static void wiped_when_freed_or_moved(void **state)
{
    (void)state;
    struct rig t;
    start(&t, true);
    tells(&t, "40 \"authorization\" \"secret\"", "authorization=secret\n");
    wiped = 0;
    tells(&t, "40 \"authorization\" (1000)", "authorization=(1000)\n"); /* the first block was too small for both */
    assert_true(wiped >= 19);
    wiped = 0;
    hpack_free(t.h);
    assert_true(wiped >= 1013 + 19);
    literals_free(t.literals);
    assert_int_equal(t.memory.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_rfc),
        cmocka_unit_test(static_table),
        cmocka_unit_test(what_is_malformed),
        cmocka_unit_test(joined_late),
        cmocka_unit_test(lost_in_between),
        cmocka_unit_test(entries_have_numbers),
        cmocka_unit_test(a_loss_does_not_enlarge_the_table),
        cmocka_unit_test(size_updates),
        cmocka_unit_test(the_name_of_an_entry_that_it_evicts),
        cmocka_unit_test(larger_than_the_table),
        cmocka_unit_test(tables_larger_than_are_followed),
        cmocka_unit_test(as_go_reads),
        cmocka_unit_test(every_allocation_fails_once),
        cmocka_unit_test(memory_of_a_direction),
        cmocka_unit_test(wiped_when_freed_or_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

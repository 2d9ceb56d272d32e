#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The judge's names of types are ours, too. */
#define JSON_OBJECT  JANSSON_OBJECT
#define JSON_ARRAY   JANSSON_ARRAY
#define JSON_STRING  JANSSON_STRING
#define JSON_INTEGER JANSSON_INTEGER
#define JSON_REAL    JANSSON_REAL
#define JSON_TRUE    JANSSON_TRUE
#define JSON_FALSE   JANSSON_FALSE
#define JSON_NULL    JANSSON_NULL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_INTEGER
#undef JSON_REAL
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL

#include "proto/base/json.h"

static const struct slice nothing = {(const uint8_t *)"", 0};

/* What was told: for each value its depth, the keys, its kind and text, with the sizes of what may hold anything. */
struct list {
    char *bytes;
    size_t size, values;
    size_t last; /* where the last value's text begins */
    bool whole;  /* of the last value */
    size_t after_cut;
};

static void add(struct list *l, const struct json_value *v)
{
    char head[80];
    int size = snprintf(head, sizeof head, "\n%u %zu %zu %d ", v->depth, v->outer.size, v->key.size, (int)v->kind);
    const struct slice parts[] = {{(const uint8_t *)head, (size_t)size}, v->outer, v->key, v->text};
    l->bytes = realloc(l->bytes, l->size + (size_t)size + v->outer.size + v->key.size + v->text.size);
    for (size_t i = 0; i < 4; i++) {
        l->last = l->size;
        memcpy(l->bytes + l->size, parts[i].data, parts[i].size);
        l->size += parts[i].size;
    }
    l->values++;
    l->whole = v->whole;
}

static bool collect(void *owner, const struct json_value *v)
{
    struct list *l = owner;
    if (l->values > 0 && !l->whole)
        l->after_cut++;
    add(l, v);
    return true;
}

static struct list read_all(struct slice text, enum json_end *end)
{
    /* A copy of the exact size, so that a read past the end is seen. */
    uint8_t *copy = malloc(text.size + (text.size == 0));
    struct list l = {0};
    memcpy(copy, text.data, text.size);
    *end = json_read((struct slice){copy, text.size}, collect, &l);
    free(copy);
    return l;
}

static void judge(struct list *l, json_t *value, unsigned depth, struct slice outer, struct slice key)
{
    struct json_value v = {.depth = depth, .key = key, .outer = outer, .text = nothing, .whole = true};
    const char *name;
    json_t *inside;
    size_t i;
    char number[32];
    if (json_typeof(value) == JANSSON_OBJECT) {
        json_object_foreach(value, name, inside) judge(l, inside, depth + 1, key, slice_of(name));
        return;
    }
    if (json_typeof(value) == JANSSON_ARRAY) {
        json_array_foreach(value, i, inside) judge(l, inside, depth + 1, key, nothing);
        return;
    }
    if (json_typeof(value) == JANSSON_STRING) {
        v.kind = JSON_STRING;
        v.text = (struct slice){(const uint8_t *)json_string_value(value), json_string_length(value)};
    } else if (json_typeof(value) == JANSSON_INTEGER || json_typeof(value) == JANSSON_REAL) {
        v.kind = JSON_NUMBER;
        if (json_typeof(value) == JANSSON_INTEGER)
            snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        else
            snprintf(number, sizeof number, "%.3f", json_real_value(value));
        v.text = slice_of(number);
    } else {
        v.kind = json_typeof(value) == JANSSON_TRUE    ? JSON_TRUE
                 : json_typeof(value) == JANSSON_FALSE ? JSON_FALSE
                                                       : JSON_NULL;
    }
    add(l, &v);
}

/* Numbers are written as the judge prints them: integers, and three digits behind the point. */
static const char *const texts[] = {
    "{}",
    "[]",
    " \t\r\n[ ] \n",
    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"pods is "
    "forbidden: User \\\"system:anonymous\\\" cannot list\",\"reason\":\"Forbidden\",\"details\":{\"kind\":\"pods\","
    "\"causes\":[{\"reason\":\"a\",\"field\":null},{\"reason\":\"b\"}]},\"code\":403}\n",
    "[1,-20,0,4.500,-0.125,true,false,null,\"\",[[],[[7]]],{\"a\":{\"b\":[{\"c\":[1,{\"d\":2}]}]}}]",
    "{\"\":1,\"a\\u0062c\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"\xC3\xA9\":\"\xE2\x82\xAC \\u20ac \\u00E9\\u0041\"}",
    "[\"\\ud83d\\ude00 \\uD834\\uDD1E\",\"x\\u0000y\",\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"]",
    "\"a text alone\"",
    "true",
    "null",
    "[[[[[[[[[[[[[[[[\"sixteen deep\"]]]]]]]]]]]]]]]]",
};

static void agrees_with_jansson(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_error_t error;
        enum json_end end;
        struct list expected = {0};
        json_t *tree = json_loads(texts[i], JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
        assert_non_null(tree);
        judge(&expected, tree, 0, nothing, nothing);
        struct list told = read_all(slice_of(texts[i]), &end);
        assert_int_equal(end, JSON_WHOLE);
        assert_true(told.values == 0 || told.whole);
        assert_int_equal(told.values, expected.values);
        assert_int_equal(told.size, expected.size);
        if (told.size > 0)
            assert_memory_equal(told.bytes, expected.bytes, told.size);
        json_decref(tree);
        free(told.bytes);
        free(expected.bytes);
    }
}

/* A beginning tells a beginning: of the same values, the last perhaps not to its end. The size in a value's head is
 * that of its keys only, so that a cut text is a beginning of the whole list's bytes, too. */
static void check_prefixes(struct slice text)
{
    enum json_end whole_end;
    struct list all = read_all(text, &whole_end);
    size_t values = 0;
    for (size_t size = 0; size < text.size; size++) {
        enum json_end end;
        struct list told = read_all(slice_part(text, 0, size), &end);
        assert_true(told.size <= all.size);
        if (told.size > 0)
            assert_memory_equal(told.bytes, all.bytes, told.size);
        if (told.values > 0 && told.whole && told.size < all.size)
            assert_int_equal(all.bytes[told.size], '\n'); /* told as whole, and the value does end there */
        assert_true(told.values >= values);
        assert_int_equal(told.after_cut, 0);
        values = told.values;
        free(told.bytes);
    }
    free(all.bytes);
}

static void every_beginning_tells_a_beginning(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "[1,2 3]",
        "{\"a\":tru}",
        "[\"ab\\q\"]",
        "[\"ab\tc\",1]",
        "[01]",
        "[1.]",
        "[1e+]",
        "[-]",
        "{\"a\" 1}",
        "{\"a\":1,}",
        "[1,]",
        "[1}",
        "[\"\\ud83d\\ud83d\\ude00\",\"\\ude00x\",\"\\ud83d!\",\"\\ud83d\\n\"]",
        "[1] x",
        "[\"\\ud83d\\uZZ\"]",
        "[\"\\u12G4\"]",
        "nul",
        "[1.5e-3,2E5,3e+7]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_prefixes(slice_of(texts[i]));
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        check_prefixes(slice_of(broken[i]));
}

static void how_it_ends(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum json_end end;
        size_t values;
        bool whole; /* the last one */
    } rows[] = {
        {"", JSON_CUT, 0, false},
        {"  ", JSON_CUT, 0, false},
        {"{\"a\":1", JSON_CUT, 1, false},
        {"{\"a\":1 ", JSON_CUT, 1, true},
        {"{\"a\":\"x", JSON_CUT, 1, false},
        {"{\"a\":tru", JSON_CUT, 0, false},
        {"{\"a", JSON_CUT, 0, false},
        {"[\"\\", JSON_CUT, 1, false},
        {"12", JSON_WHOLE, 1, false},
        {"12 ", JSON_WHOLE, 1, true},
        {"-", JSON_CUT, 1, false},
        {"[1,2 3]", JSON_BAD, 2, true},
        {"[01]", JSON_BAD, 1, true},
        {"[1.]", JSON_BAD, 1, false},
        {"[1e+]", JSON_BAD, 1, false},
        {"[+1]", JSON_BAD, 0, false},
        {"[1,]", JSON_BAD, 1, true},
        {"{\"a\":1,}", JSON_BAD, 1, true},
        {"{a:1}", JSON_BAD, 0, false},
        {"{\"a\" 1}", JSON_BAD, 0, false},
        {"[1}", JSON_BAD, 1, true},
        {"[]]", JSON_BAD, 0, false},
        {"[nule]", JSON_BAD, 0, false},
        {"{} {}", JSON_BAD, 0, false},
        {"[\"\\q\"]", JSON_BAD, 1, false},
        {"[\"a\nb\"]", JSON_BAD, 1, false},
        {"<html>", JSON_BAD, 0, false},
        {"[[[[[[[[[[[[[[[[[", JSON_DEEP, 0, false},
        {"{\"a\":[[[[[[[[[[[[[[[{}", JSON_DEEP, 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum json_end end;
        struct list told = read_all(slice_of(rows[i].text), &end);
        assert_int_equal(end, rows[i].end);
        assert_int_equal(told.values, rows[i].values);
        assert_int_equal(told.whole, rows[i].whole);
        free(told.bytes);
    }
}

/* Bytes that no good writer makes, by RFC 8259 section 8.2 and what Go's reader makes of them. */
static void half_pairs_are_replaced(void **state)
{
    (void)state;
    static const char text[] = "[\"\\ud83d\\ud83d\\ude00\\ude00\\ud83dx\"]";
    static const char expected[] = "\xEF\xBF\xBD\xF0\x9F\x98\x80\xEF\xBF\xBD\xEF\xBF\xBDx";
    enum json_end end;
    struct list told = read_all(slice_of(text), &end);
    assert_int_equal(end, JSON_WHOLE);
    assert_int_equal(told.size - told.last, sizeof expected - 1);
    assert_memory_equal(told.bytes + told.last, expected, sizeof expected - 1);
    free(told.bytes);
}

static bool keep_first(void *owner, const struct json_value *v)
{
    *(size_t *)owner = v->text.size << 1 | v->whole;
    return false;
}

struct sizes {
    size_t key[2], text[2];
    bool whole[2];
    unsigned count;
};

static bool keep_sizes(void *owner, const struct json_value *v)
{
    struct sizes *s = owner;
    assert_in_range(s->count, 0, 1);
    s->key[s->count] = v->key.size;
    s->text[s->count] = v->text.size;
    s->whole[s->count++] = v->whole;
    return true;
}

/* Plain, and with each third byte escaped: cut at the same place, and what comes behind is read. */
static void long_texts_are_cut(void **state)
{
    (void)state;
    for (size_t size = 1; size <= JSON_STRING_MAX + 2; size += size == 200 ? JSON_STRING_MAX - 210 : 1) {
        for (int escaped = 0; escaped < 2; escaped++) {
            char *text = malloc(12 * size + 32), *at = text;
            at += sprintf(at, "{\"");
            for (size_t i = 0; i < size; i++)
                at += sprintf(at, "%s", escaped && i % 3 == 0 ? "\\u0061" : "a");
            at += sprintf(at, "\":\"");
            for (size_t i = 0; i < size; i++)
                at += sprintf(at, "%s", escaped && i % 3 == 0 ? "\\u0061" : "a");
            sprintf(at, "\",\"b\":7}");
            struct sizes s = {0};
            assert_int_equal(json_read(slice_of(text), keep_sizes, &s), JSON_WHOLE);
            assert_int_equal(s.count, 2);
            assert_int_equal(s.key[0], size < JSON_KEY_MAX ? size : JSON_KEY_MAX);
            assert_int_equal(s.text[0], size < JSON_STRING_MAX ? size : JSON_STRING_MAX);
            assert_int_equal(s.whole[0], size <= JSON_STRING_MAX);
            assert_true(s.key[1] == 1 && s.text[1] == 1 && s.whole[1]);
            free(text);
        }
    }
}

static void stops_when_asked(void **state)
{
    (void)state;
    size_t told = 0;
    assert_int_equal(json_read(slice_of("[\"abc\",\"d\",}"), keep_first, &told), JSON_WHOLE);
    assert_int_equal(told, 3 << 1 | 1);
    char text[JSON_STRING_MAX + 16];
    memset(text, 'b', sizeof text);
    text[0] = '"';
    text[sizeof text - 1] = '"';
    assert_int_equal(json_read((struct slice){(uint8_t *)text, sizeof text}, keep_first, &told), JSON_WHOLE);
    assert_int_equal(told, JSON_STRING_MAX << 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_jansson), cmocka_unit_test(every_beginning_tells_a_beginning),
        cmocka_unit_test(how_it_ends),         cmocka_unit_test(half_pairs_are_replaced),
        cmocka_unit_test(long_texts_are_cut),  cmocka_unit_test(stops_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

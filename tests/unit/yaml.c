#include "sensor/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* @param complaints  what is printed of them; NULL: there may be none, and the file is read. */
static struct yaml *read_bytes(const char *bytes, size_t size, const char *complaints)
{
    FILE *file = tmpfile();
    fwrite(bytes, 1, size, file);
    rewind(file);
    struct complaint_list *list = complaint_list_new();
    struct yaml *y = yaml_read(file, "f.yml", list);
    fclose(file);
    char *text;
    size_t text_size;
    FILE *out = open_memstream(&text, &text_size);
    complaint_list_print(list, out);
    fclose(out);
    if (complaints == NULL) {
        assert_string_equal(text, "");
        assert_non_null(y);
    } else {
        assert_null(y);
        assert_true(complaint_errors(list) > 0);
        if (strstr(text, complaints) == NULL)
            fail_msg("\"%s\" is not in \"%s\"", complaints, text);
    }
    free(text);
    complaint_list_free(list);
    return y;
}

static struct yaml *good(const char *text)
{
    return read_bytes(text, strlen(text), NULL);
}

static void bad(const char *text, const char *complaints)
{
    read_bytes(text, strlen(text), complaints);
}

static void is_scalar(const struct yaml_node *n, const char *text, bool quoted, unsigned line, unsigned column)
{
    assert_non_null(n);
    assert_int_equal(n->kind, YAML_SCALAR);
    assert_string_equal(n->text, text);
    assert_int_equal(n->size, strlen(text));
    assert_int_equal(n->quoted, quoted);
    assert_int_equal(n->line, line);
    assert_int_equal(n->column, column);
}

static void a_rule_like_file(void **state)
{
    (void)state;
    struct yaml *y = good("title: Something\n"
                          "detection:\n"
                          "    selection:\n"
                          "        verb|startswith:\n"
                          "            - get\n"
                          "            - 'list'\n"
                          "        count: 5\n"
                          "    condition: selection\n"
                          "tags: [a, \"b\"]\n");
    assert_int_equal(yaml_documents(y), 1);
    const struct yaml_node *root = yaml_document(y, 0);
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->line, 1);
    assert_null(root->key);
    assert_null(root->next);
    is_scalar(yaml_member(root, "title"), "Something", false, 1, 8);
    assert_ptr_equal(root->first, yaml_member(root, "title"));
    const struct yaml_node *detection = yaml_member(root, "detection");
    assert_int_equal(detection->key_line, 2);
    assert_int_equal(detection->key_column, 1);
    assert_string_equal(detection->key, "detection");
    const struct yaml_node *verbs = yaml_member(yaml_member(detection, "selection"), "verb|startswith");
    assert_int_equal(verbs->kind, YAML_LIST);
    assert_int_equal(verbs->key_line, 4);
    assert_int_equal(verbs->key_column, 9);
    is_scalar(verbs->first, "get", false, 5, 15);
    is_scalar(verbs->first->next, "list", true, 6, 15);
    assert_null(verbs->first->next->next);
    assert_null(verbs->first->key);
    is_scalar(yaml_member(yaml_member(detection, "selection"), "count"), "5", false, 7, 16);
    is_scalar(yaml_member(root, "tags")->first->next, "b", true, 9, 11);
    assert_null(yaml_member(root, "absent"));
    assert_null(yaml_member(verbs, "get"));
    assert_null(yaml_member(NULL, "get"));
    yaml_release(y);
}

static void nulls_and_strings(void **state)
{
    (void)state;
    struct yaml *y = good("a:\nb: ~\nc: null\nd: 'null'\ne: ''\nf: |\n  x\n  y\ng: \"a\\0b\"\nh: &anchor v\n");
    const struct yaml_node *root = yaml_document(y, 0);
    assert_int_equal(yaml_member(root, "a")->kind, YAML_NULL);
    assert_int_equal(yaml_member(root, "b")->kind, YAML_NULL);
    assert_int_equal(yaml_member(root, "c")->kind, YAML_NULL);
    assert_string_equal(yaml_member(root, "c")->text, "");
    is_scalar(yaml_member(root, "d"), "null", true, 4, 4);
    is_scalar(yaml_member(root, "e"), "", true, 5, 4);
    is_scalar(yaml_member(root, "f"), "x\ny\n", true, 6, 4);
    assert_int_equal(yaml_member(root, "g")->size, 3);
    assert_memory_equal(yaml_member(root, "g")->text, "a\0b", 4);
    assert_string_equal(yaml_member(root, "h")->text, "v");
    yaml_release(y);
}

static void several_documents(void **state)
{
    (void)state;
    struct yaml *y = good("a: 1\n---\n- 2\n---\n---\nword\n");
    assert_int_equal(yaml_documents(y), 4);
    assert_int_equal(yaml_document(y, 0)->kind, YAML_MAP);
    assert_int_equal(yaml_document(y, 1)->kind, YAML_LIST);
    assert_int_equal(yaml_document(y, 1)->line, 3);
    assert_int_equal(yaml_document(y, 2)->kind, YAML_NULL);
    is_scalar(yaml_document(y, 3), "word", false, 6, 1);
    assert_null(yaml_document(y, 4));
    yaml_release(y);
    y = good("# nothing\n");
    assert_int_equal(yaml_documents(y), 0);
    assert_null(yaml_document(y, 0));
    yaml_release(y);
}

static void refused(void **state)
{
    (void)state;
    bad("a: &x 1\nb: *x\n", "f.yml:2:4: error: an alias");
    bad("a: 1\nb: 2\na: 3\n", "f.yml:3:1: error: the key \"a\" again: expected it once; it is already in line 1\n");
    bad("a: !!str 1\n", "f.yml:1:4: error: a tag");
    bad("a: !x [1]\n", "f.yml:1:4: error: a tag");
    bad("[a, b]: 1\n", "f.yml:1:1: error: a list or map as a key");
    bad("a: [1, 2\nb: 3\n", "error: no YAML: ");
    bad("a: 1\n  b: 2\n", "f.yml:2:4: error: no YAML: mapping values are not allowed");
    bad("a: \xff\xfe\n", "f.yml:");
    bad("\"a\\0b\": 1\n", "f.yml:1:1: error: a key with a NUL");
}

/* A key that is there again is complained of, and its value is there to be complained of, too; what is no YAML is not.
 */
static void through(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool read;
    } cases[] = {{"a: 1\nb: 2\na: 3\n", true}, {"a: 1\nb: *x\n", false}, {"a: [\n", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct complaint_list *list = complaint_list_new();
        FILE *file = fmemopen((void *)(uintptr_t)cases[i].text, strlen(cases[i].text), "r");
        struct yaml *y = yaml_read_through(file, "f.yml", list);
        fclose(file);
        assert_int_equal(complaint_errors(list), 1);
        assert_int_equal(y != NULL, cases[i].read);
        if (y != NULL)
            is_scalar(yaml_document(y, 0)->first->next->next, "3", false, 3, 4);
        yaml_release(y);
        complaint_list_free(list);
    }
}

/* All that is wrong with keys in one run, in the inner map and the outer. */
static void all_duplicates_at_once(void **state)
{
    (void)state;
    const char *text = "x:\n  k: 1\n  l: 2\n  k: 3\n  k: 4\ny: 1\nx: 2\n";
    bad(text, "f.yml:4:3: error: the key \"k\" again: expected it once; it is already in line 2\n"
              "f.yml:5:3: error: the key \"k\" again: expected it once; it is already in line 2\n"
              "f.yml:7:1: error: the key \"x\" again: expected it once; it is already in line 1\n");
    bad("a: 1\nz: 1\nm: 2\nz: 3\n",
        "f.yml:4:1: error: the key \"z\" again: expected it once; it is already in line 2\n");
    /* The same key in two maps is none. */
    yaml_release(good("x:\n  k: 1\ny:\n  k: 1\nk: 1\n"));
}

/* `depth` lists within each other. */
static void nested(char *text, size_t depth)
{
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    text[2 * depth] = '\0';
}

static void bounds(void **state)
{
    (void)state;
    char text[256];
    nested(text, 32);
    yaml_release(good(text));
    nested(text, 33);
    bad(text, "f.yml:1:33: error: nested too deep");
    size_t size = 5 << 20;
    char *large = malloc(size);
    memset(large, 'a', size);
    read_bytes(large, size, "f.yml: error: larger than is read");
    for (size_t i = 0; i < size; i++)
        large[i] = i % 2 == 0 ? '-' : '\n';
    read_bytes(large, 500000, "more nodes than are read");
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_like_file),
        cmocka_unit_test(nulls_and_strings),
        cmocka_unit_test(several_documents),
        cmocka_unit_test(refused),
        cmocka_unit_test(through),
        cmocka_unit_test(all_duplicates_at_once),
        cmocka_unit_test(bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Shapes of SYNs: how they are written, and whom the shipped list names. */
#include "sensor/detect/syn_shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sensor/complaint.h"
#include "sensor/event/field.h"

#define HAS(name) (1u << TCP_OPTION_##name)

static void reads_patterns(void **state)
{
    (void)state;
    struct syn_pattern p;
    assert_true(syn_pattern_read("1024 mss 1-59", &p));
    assert_int_equal(p.window.least, 1024);
    assert_int_equal(p.window.most, 1024);
    assert_int_equal(p.options, HAS(MSS));
    assert_int_equal(p.ttl.least, 1);
    assert_int_equal(p.ttl.most, 59);
    assert_true(syn_pattern_read("0-65535 none 255", &p));
    assert_int_equal(p.window.most, 65535);
    assert_int_equal(p.options, 0);
    assert_int_equal(p.ttl.least, 255);
    assert_true(syn_pattern_read("1 wscale,nop,mss,ts,sackOK,eol,other,bad 40-59", &p));
    assert_int_equal(p.options, 0xff);
    static const char *const wrong[] = {"",
                                        "1024",
                                        "1024 mss",
                                        "1024 mss ",
                                        " 1024 mss 1",
                                        "1024  mss 1",
                                        "1024 mss 1 2",
                                        "65536 mss 1",
                                        "1024 mss 256",
                                        "1024 mss 59-1",
                                        "1024 MSS 1",
                                        "1024 mss, 1",
                                        "1024 ,mss 1",
                                        "1024 mss,none 1",
                                        "1024 ? 1",
                                        "x mss 1",
                                        "1024 mss x",
                                        "000000000000000000001024 mss 1"};
    const struct syn_pattern before = p;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_false(syn_pattern_read(wrong[i], &p));
        assert_memory_equal(&p, &before, sizeof p);
    }
}

static struct memory memory = {.limit = 1 << 20};

static struct rule_set *load(FILE *file)
{
    struct complaint_list *complaints = complaint_list_new();
    struct rule_file files = {.name = "list-syn-shapes.yaml", .file = file};
    assert_non_null(file);
    struct rule_set *rules = rule_set_load(&files, 1, complaints);
    complaint_list_print(complaints, stderr);
    complaint_list_free(complaints);
    fclose(file);
    assert_non_null(rules);
    return rules;
}

static const char *tool_of(const struct syn_shapes *s, unsigned window, unsigned options, unsigned ttl)
{
    const struct flow_record f = {.event = {.type = EVENT_FLOW},
                                  .syn = {(uint16_t)window, (uint8_t)options, (uint8_t)ttl}};
    const char *tool = syn_shapes_tool(s, &f);
    return tool ? tool : "";
}

/* Captured SYNs of the tools, and of those who are none: each differs in one thing, or is what a system sends. */
static void the_shipped_list(void **state)
{
    (void)state;
    enum { WINDOWS = HAS(MSS) | HAS(NOP) | HAS(SCALE) | HAS(SACK), LINUX = WINDOWS | HAS(TIMESTAMP) };
    char path[512];
    const char *root = getenv("srcdir");
    snprintf(path, sizeof path, "%s/rules/list-syn-shapes.yaml", root ? root : ".");
    struct rule_set *rules = load(fopen(path, "r"));
    struct syn_shapes *s = syn_shapes_new(rules, &memory);
    assert_non_null(s);
    assert_string_equal(tool_of(s, 1024, 0, 255), "masscan");
    assert_string_equal(tool_of(s, 1024, 0, 231), "masscan");
    assert_string_equal(tool_of(s, 1024, HAS(MSS), 255), "masscan or nmap");
    assert_string_equal(tool_of(s, 1024, HAS(MSS), 53), "nmap");
    assert_string_equal(tool_of(s, 1024, HAS(MSS), 12), "nmap");
    assert_string_equal(tool_of(s, 65535, 0, 255), "zmap");
    assert_string_equal(tool_of(s, 65535, HAS(MSS), 240), "zmap");
    static const struct syn_shape others[] = {
        {64240, LINUX, 64},            /* Linux */
        {65535, LINUX | HAS(END), 64}, /* macOS */
        {65535, LINUX, 64},            /* FreeBSD */
        {16384, LINUX, 64},            /* OpenBSD */
        {64240, WINDOWS, 128},         /* Windows, and zmap 4.1 */
        {65535, WINDOWS, 128},
        {4128, HAS(MSS), 255}, /* a router */
        {1024, HAS(MSS), 64},  /* one that starts with 64 */
        {1024, HAS(MSS), 128},
        {1024, LINUX, 255},
        {1024, 0, 64},
        {1025, 0, 255},
        {65535, 0, 64},
        {65535, 0, 128},
        {8192, 0, 64},
        {1024, HAS(MSS) | HAS(NOP), 53},
        {1024, HAS(MSS) | HAS(BAD), 53},
        {0, 0, 0},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_string_equal(tool_of(s, others[i].window, others[i].options, others[i].ttl), "");
    struct flow_record unseen = {.event = {.type = EVENT_FLOW}, .syn = {1024, 0, 255}};
    event_set_unknown(&unseen.event, EVENT_FLOW_SYN_WINDOW);
    assert_null(syn_shapes_tool(s, &unseen));
    syn_shapes_free(s, &memory);
    rule_set_free(rules);
    assert_int_equal(memory.used, 0);
}

static void without_a_list(void **state)
{
    (void)state;
    char lists[][128] = {
        "list: other\nkind: scanner\nsource: s\nentries: [{tool: a, value: 0 none 0}]\n",
        "list: syn_shapes\nkind: scanner\nsource: s\nentries: [{tool: a, value: anything}]\n", /* not checked there */
    };
    for (size_t i = 0; i < 2; i++) {
        struct rule_set *rules = load(fmemopen(lists[i], strlen(lists[i]), "r"));
        struct syn_shapes *s = syn_shapes_new(rules, &memory);
        assert_string_equal(tool_of(s, 0, 0, 0), "");
        syn_shapes_free(s, &memory);
        struct memory none = {.limit = 1 << 20, .fail_at = 1};
        assert_null(syn_shapes_new(rules, &none));
        rule_set_free(rules);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_patterns), cmocka_unit_test(the_shipped_list),
                                       cmocka_unit_test(without_a_list)};
    return cmocka_run_group_tests_name("syn_shape", tests, NULL, NULL);
}

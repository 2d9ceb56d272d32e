#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "proto/kube/query.h"

/* What a real API server (1.20) did with these, then what its sources say of cases that it was not asked. */
static const struct {
    const char *query;
    bool watch;
    const char *name;
} rows[] = {
    {"", false, ""},
    {"Watch=1&timeoutSeconds=1", false, ""},
    {"fieldSelector=metadata.name!=web-1", false, ""},
    {"fieldSelector=metadata.name%3Dweb-1", false, "web-1"},
    {"fieldSelector=metadata.name=", false, ""},
    {"fieldSelector=metadata.name=..", false, ""},
    {"fieldSelector=metadata.name==web-1", false, "web-1"},
    {"fieldSelector=metadata.name=a%2Fb", false, ""},
    {"fieldSelector=metadata.name=web-1", false, "web-1"},
    {"fieldSelector=metadata.name=web-1&fieldSelector=metadata.name=x", false, "web-1"},
    {"fieldSelector=metadata.name=web-1&limit=abc", false, ""},
    {"fieldSelector=metadata.name=web-1&watch=1&timeoutSeconds=1", true, "web-1"},
    {"fieldSelector=metadata.name=web-1,metadata.namespace=x", false, "web-1"},
    {"fieldSelector=metadata.namespace=x", false, ""},
    {"limit=1;watch=1", false, ""},
    {"limit=abc&timeoutSeconds=1", false, ""},
    {"limit=abc&watch&timeoutSeconds=1", true, ""},
    {"limit=abc&watch=0&timeoutSeconds=1", false, ""},
    {"limit=abc&watch=1&timeoutSeconds=1", true, ""},
    {"timeoutSeconds=1&watch", true, ""},
    {"timeoutSeconds=x", false, ""},
    {"timeoutSeconds=x&watch=1", true, ""},
    {"watch=%30&timeoutSeconds=1", false, ""},
    {"watch=&timeoutSeconds=1", true, ""},
    {"watch=+0&timeoutSeconds=1", true, ""},
    {"watch=0&watch=1&timeoutSeconds=1", false, ""},
    {"watch=1%", false, ""},
    {"watch=1&fieldSelector=((&timeoutSeconds=1", true, ""},
    {"watch=1&watch=0&timeoutSeconds=1", true, ""},
    {"watch=2&timeoutSeconds=1", true, ""},
    {"watch=FALSE", false, ""},
    {"watch=False", false, ""},
    {"watch=false", false, ""},
    {"watch=no", true, ""},
    {"watch=true", true, ""},
    /* net/url: keys are unescaped; a bad escape or a semicolon drops its pair only. */
    {"w%61tch=1", true, ""},
    {"&&watch&", true, ""},
    {"watch=%zz&watch=1", true, ""},
    {"watch=0;&watch=1", true, ""},
    {"watch=1;x=2", false, ""},
    {"watch==0", true, ""},
    {"=watch", false, ""},
    {"watch=fals%65", false, ""},
    {"watch=falsey", true, ""},
    {"watch=fals", true, ""},
    {"watch=00", true, ""},
    {"watches=1&wat=1", false, ""},
    /* strconv.ParseInt, base 10, 64 bits. */
    {"limit=%2B5&fieldSelector=metadata.name=a", false, "a"},
    {"limit=-5&fieldSelector=metadata.name=a", false, "a"},
    {"limit=+5&fieldSelector=metadata.name=a", false, ""},
    {"limit=&fieldSelector=metadata.name=a", false, ""},
    {"limit=-&fieldSelector=metadata.name=a", false, ""},
    {"limit=1_0&fieldSelector=metadata.name=a", false, ""},
    {"limit=0x10&fieldSelector=metadata.name=a", false, ""},
    {"limit=5.0&fieldSelector=metadata.name=a", false, ""},
    {"limit=5-&fieldSelector=metadata.name=a", false, ""},
    {"limit=9223372036854775807&fieldSelector=metadata.name=a", false, "a"},
    {"limit=9223372036854775808&fieldSelector=metadata.name=a", false, ""},
    {"limit=-9223372036854775808&fieldSelector=metadata.name=a", false, "a"},
    {"limit=-9223372036854775809&fieldSelector=metadata.name=a", false, ""},
    {"limit=99999999999999999999999&fieldSelector=metadata.name=a", false, ""},
    {"limit=00000000000000000000000000000007&fieldSelector=metadata.name=a", false, "a"},
    {"limit=1&limit=x&fieldSelector=metadata.name=a", false, "a"},
    /* A real server: a label selector that it does not understand takes the name away too. */
    {"labelSelector=((&fieldSelector=metadata.name=a", false, ""},
    {"fieldSelector=metadata.name=a&labelSelector=a%3Da_", false, ""},
    {"labelSelector=a%20in%20&fieldSelector=metadata.name=a", false, ""},
    {"labelSelector=a%20in%20(b,c)&fieldSelector=metadata.name=a", false, "a"},
    {"labelSelector=&fieldSelector=metadata.name=a", false, "a"},
    {"labelSelector=a=b&labelSelector=((&fieldSelector=metadata.name=a", false, "a"},
    {"watch=1&labelSelector=a+b&fieldSelector=metadata.name=a", true, ""},
    /* apimachinery pkg/fields: terms are sorted, a backslash protects, empty terms are skipped. */
    {"fieldSelector=metadata.name=b,metadata.name=a", false, "a"},
    {"fieldSelector=metadata.name=a,metadata.name==b", false, "b"},
    {"fieldSelector=,,metadata.name=a,", false, "a"},
    {"fieldSelector=metadata.name=a,x", false, ""},
    {"fieldSelector=metadata.name=a=b", false, ""},
    {"fieldSelector=metadata.name=a===b", false, ""},
    {"fieldSelector=metadata.name=a%5C,b", false, "a,b"},
    {"fieldSelector=metadata.name=a%5C%5C", false, "a\\"},
    {"fieldSelector=metadata.name=a%5C=b", false, "a=b"},
    {"fieldSelector=metadata.name=a%5Cb", false, ""},
    {"fieldSelector=metadata.name=a%5C", false, ""},
    {"fieldSelector=metadata.name=a,status=b%5Cc", false, ""},
    {"fieldSelector=+metadata.name=a", false, ""},
    {"fieldSelector=metadata.name=a+b", false, "a b"},
    {"fieldSelector=metadata.name!=a,metadata.name=b", false, "b"},
    {"fieldSelector=metadata.name=.", false, ""},
    {"fieldSelector=metadata.name=a%2525", false, ""},
    {"fieldSelector=metadata.name=...", false, "..."},
    {"fieldSelector=metadata.name", false, ""},
};

static void reads_as_the_server_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice query = slice_of(rows[i].query);
        uint8_t *room = malloc(query.size + 1);
        struct query_options options;
        query_read(&options, query, room, query.size);
        if (options.watch != rows[i].watch || !slice_is(options.name, rows[i].name))
            fail_msg("%s: watch %d, name %.*s", rows[i].query, options.watch, (int)options.name.size,
                     (const char *)options.name.data);
        free(room);
    }
}

static void a_small_room_gives_no_wrong_name(void **state)
{
    (void)state;
    struct slice query = slice_of("watch=1&fieldSelector=metadata.name=web-12");
    for (size_t size = 0; size < query.size; size++) {
        uint8_t *room = malloc(size + 1);
        struct query_options options;
        query_read(&options, query, room, size);
        assert_true(options.watch);
        assert_true(options.name.size == 0 || slice_is(options.name, "web-12"));
        free(room);
    }
}

/* What time.ParseDuration says of the first pair whose name is timeout; of none, and of an empty one, nothing is asked.
 */
static const struct {
    const char *query;
    bool bad;
} timeouts[] = {
    {"", false},
    {"timeout=", false},
    {"timeout", false},
    {"Timeout=abc", false},
    {"timeoutSeconds=abc", false},
    {"timeout=abc", true},
    {"a=b&timeout=abc", true},
    {"%74imeout=abc", true},
    {"timeout=5s&timeout=abc", false},
    {"timeout=abc&timeout=5s", true},
    {"timeout=&timeout=abc", false},
    {"timeout=abc;&timeout=5s", false},
    {"timeout=%zz&timeout=5s", false},
    {"timeout=32s", false},
    {"timeout=%33%32s", false},
    {"timeout=-1s", false},
    {"timeout=%2B1s", false},
    {"timeout=+1s", true},
    {"timeout=1h1m1s", false},
    {"timeout=1h+1m", true},
    {"timeout=0", false},
    {"timeout=-0", false},
    {"timeout=00", true},
    {"timeout=1", true},
    {"timeout=-", true},
    {"timeout=.s", true},
    {"timeout=.5s", false},
    {"timeout=5.s", false},
    {"timeout=1.2.3s", true},
    {"timeout=1.5h3ms2us1ns", false},
    {"timeout=3%C2%B5s", false},
    {"timeout=3%CE%BCs", false},
    {"timeout=3%C2s", true},
    {"timeout=1S", true},
    {"timeout=1d", true},
    {"timeout=5sm", true},
    {"timeout=9223372036854775807ns", false},
    {"timeout=9223372036854775808ns", true},
    {"timeout=-9223372036854775808ns", false},
    {"timeout=-9223372036854775809ns", true},
    {"timeout=99999999999999999999ns", true},
    {"timeout=2562047h", false},
    {"timeout=2562048h", true},
    {"timeout=2562047.9h", true},
    {"timeout=9223372036854775807ns1ns", true},
    {"timeout=0.99999999999999999999999s", false},
};

static void timeouts_are_read_as_go_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof timeouts / sizeof *timeouts; i++) {
        struct slice query = slice_of(timeouts[i].query);
        uint8_t *room = malloc(query.size + 1);
        if (query_timeout_bad(query, room, query.size) != timeouts[i].bad)
            fail_msg("%s: expected %s", timeouts[i].query, timeouts[i].bad ? "bad" : "good");
        free(room);
    }
    uint8_t room[2];
    assert_true(query_timeout_bad(slice_of("timeout=32s"), room, sizeof room));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_as_the_server_does),
        cmocka_unit_test(a_small_room_gives_no_wrong_name),
        cmocka_unit_test(timeouts_are_read_as_go_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

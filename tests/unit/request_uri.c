/* Expected values are what Go's net/url makes of the same targets: URL.RequestURI. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sensor/report/request_uri.h"

static void check(const char *method, const char *target, const char *expected)
{
    struct buffer out = {0};
    request_uri(&out, slice_of(method), slice_of(target));
    buffer_add(&out, "", 1);
    assert_false(out.failed);
    assert_string_equal(out.bytes, expected);
    buffer_deinit(&out);
}

static void legal_paths_stand_as_sent(void **state)
{
    (void)state;
    static const char *const targets[] = {"/",
                                          "/api/v1/pods?limit=500&watch=1",
                                          "/a%2fb%2Fc%41",
                                          "//api//v1",
                                          "/-_.~$&+,/:;=@!'()*[]",
                                          "/a?",
                                          "/a??",
                                          "/a?b c",
                                          "/a?\xC3\xA9%zz#x",
                                          "*"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        check("GET", targets[i], targets[i]);
}

static void others_are_escaped_anew(void **state)
{
    (void)state;
    check("GET", "/a\"b", "/a%22b");
    check("GET", "/{a}|\\^`<>", "/%7Ba%7D%7C%5C%5E%60%3C%3E");
    check("GET", "/caf\xC3\xA9?q=\xC3\xA9", "/caf%C3%A9?q=\xC3\xA9");
    check("GET", "/a#b", "/a%23b");
    /* As a whole: what was escaped and need not be is not, and what may stand raw is. */
    check("GET", "/%41%2fb\"", "/A/b%22");
    check("GET", "/!'()*[]\"", "/%21%27%28%29%2A%5B%5D%22");
    check("GET", "/$&+,:;=@-_.~\"", "/$&+,:;=@-_.~%22");
    check("GET", "/%3f%25%00\"", "/%3F%25%00%22");
}

static void undecodable_paths_stand_as_sent(void **state)
{
    (void)state;
    check("GET", "/\"%zz", "/\"%zz");
    check("GET", "/\"%4", "/\"%4");
    check("GET", "/\"%", "/\"%");
}

static void origins_are_left_out(void **state)
{
    (void)state;
    check("GET", "http://api.example:6443/api?x=1", "/api?x=1");
    check("GET", "https://[2001:db8::1]?x", "/?x");
    check("GET", "HTTP+a-1.2://h/\"", "/%22");
    check("GET", "/http://h/a", "/http://h/a");
    check("GET", "1http://h/a", "1http://h/a");
    check("CONNECT", "example.org:443", "/");
    check("CONNECT", "/echo", "/echo");
    check("GET", "", "/");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(legal_paths_stand_as_sent), cmocka_unit_test(others_are_escaped_anew),
        cmocka_unit_test(undecodable_paths_stand_as_sent), cmocka_unit_test(origins_are_left_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

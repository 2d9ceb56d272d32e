#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "proto/kube/mask.h"

#define CLAIMS "eyJzdWIiOiJtYWRlLXVwIn0"
#define JWT    "eyJhbGciOiJub25lIn0." CLAIMS ".c2lnbmF0dXJl"

static const struct {
    const char *wire, *kept;
} targets[] = {
    {"/api/v1/pods?limit=500&resourceVersion=0", "/api/v1/pods?limit=500&resourceVersion=0"},
    {"/api/v1/pods?continue=abc&watch=1&labelSelector=app%3Dtoken",
     "/api/v1/pods?continue=abc&watch=1&labelSelector=app%3Dtoken"},
    {"/api?access_token=abcdef", "/api?access_token=***"},
    {"/api?access_token=abcdef&limit=1", "/api?access_token=***&limit=1"},
    {"/api?a=1&Access_Token=abcdef&id_token=ghijkl&b=2", "/api?a=1&Access_Token=***&id_token=***&b=2"},
    {"/api?access%5ftoken=abcdef", "/api?access%5ftoken=***"},
    {"/api?access_token=ab", "/api?access_token=**"},
    {"/api?access_token=", "/api?access_token="},
    {"/api?access_token", "/api?access_token"},
    {"/api?access_token=a=b&x", "/api?access_token=***&x"},
    {"/api?user=u&password=secret1", "/api?user=u&password=***"},
    {"/api?tokens=1&tokenise=2", "/api?tokens=1&tokenise=2"},
    {"/t/" JWT "/x?y=1", "/t/***/x?y=1"},
    {"/t/eyJhbGciOiJub25lIn0." CLAIMS, "/t/***"},
    {"/t/eyJhbGciOiJub25lIn0." CLAIMS ".", "/t/***"},
    {"/t/eyJhbGciOiJub25lIn0", "/t/eyJhbGciOiJub25lIn0"},
    {"/t/eyJhbGciOiJub25lIn0./", "/t/eyJhbGciOiJub25lIn0./"},
    {"/t?x=" JWT "&y=" JWT, "/t?x=***&y=***"},
    {"/t?" JWT, "/t?***"},
    {"http://user:pass@host/api", "http://***@host/api"},
    {"http://user:p@ss@host/api?token=xyzw", "http://***@host/api?token=***"},
    {"http://host/a@b", "http://host/a@b"},
    {"http://host?a@b", "http://host?a@b"},
    {"user:pass@host:443", "***@host:443"},
    {"host:443", "host:443"},
    {"/a@b:c@d", "/a@b:c@d"},
    {"*", "*"},
    {"", ""},
};

static void assert_kept(struct slice kept, const char *text)
{
    struct slice wanted = slice_of(text);
    assert_int_equal(kept.size, wanted.size);
    assert_memory_equal(kept.data, wanted.data, wanted.size);
}

static void credentials_in_targets_are_hidden(void **state)
{
    (void)state;
    uint8_t room[256];
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        assert_kept(mask_target(slice_of(targets[i].wire), room, sizeof room), targets[i].kept);
}

static void what_is_clean_is_not_copied(void **state)
{
    (void)state;
    uint8_t room[8];
    struct slice clean = slice_of("/api/v1/namespaces?limit=500");
    assert_ptr_equal(mask_target(clean, room, sizeof room).data, clean.data);
    assert_ptr_equal(mask_text(clean, room, sizeof room).data, clean.data);
}

static void only_tokens_are_hidden_in_other_texts(void **state)
{
    (void)state;
    uint8_t room[256];
    assert_kept(mask_text(slice_of("agent/1.0 (" JWT ")"), room, sizeof room), "agent/1.0 (***)");
    assert_kept(mask_text(slice_of("a?token=1 me@here"), room, sizeof room), "a?token=1 me@here");
}

static void a_small_room_cuts(void **state)
{
    (void)state;
    uint8_t room[12];
    assert_kept(mask_target(slice_of("/api?token=abcdef&limit=1"), room, sizeof room), "/api?token=*");
}

/* With each length of what stands before it and behind it, so that no step of sixteen hides one. */
static void credentials_stand_anywhere(void **state)
{
    (void)state;
    const char *text = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    for (int before = 3; before < 40; before++) {
        for (int behind = 0; behind < 40; behind++) {
            char wire[128], kept[128];
            uint8_t room[128];
            snprintf(wire, sizeof wire, "/%.*s?token=abcd&%.*s", before, text, behind, text);
            snprintf(kept, sizeof kept, "/%.*s?token=***&%.*s", before, text, behind, text);
            assert_kept(mask_target(slice_of(wire), room, sizeof room), kept);
            snprintf(wire, sizeof wire, "/%.*s/eyJh.c/%.*s", before, text, behind, text);
            snprintf(kept, sizeof kept, "/%.*s/***/%.*s", before, text, behind, text);
            assert_kept(mask_target(slice_of(wire), room, sizeof room), kept);
            snprintf(wire, sizeof wire, "%.*s@h/%.*s", before, text, behind, text);
            snprintf(kept, sizeof kept, "***@h/%.*s", behind, text);
            assert_kept(mask_target(slice_of(wire), room, sizeof room), kept);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credentials_in_targets_are_hidden),
        cmocka_unit_test(what_is_clean_is_not_copied),
        cmocka_unit_test(only_tokens_are_hidden_in_other_texts),
        cmocka_unit_test(credentials_stand_anywhere),
        cmocka_unit_test(a_small_room_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

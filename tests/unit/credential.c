#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem */
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/kube/credential.h"

#define PREFIX "base64url.bearer.authorization.k8s.io."
#define JWT    "eyJhbGciOiJub25lIn0.e30.c2ln"

struct row {
    const char *value;
    enum credential_kind kind;
    const char *token;
};

static void check(struct credential (*read)(struct slice), const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(rows[i].value);
        uint8_t *copy = malloc(size + (size == 0));
        memcpy(copy, rows[i].value, size);
        struct credential c = read((struct slice){copy, size});
        if (c.kind != rows[i].kind || !slice_is(c.token, rows[i].token))
            fail_msg("[%s]: %s [%.*s]", rows[i].value, credential_kind_name(c.kind), (int)c.token.size,
                     (const char *)c.token.data);
        free(copy);
    }
}

/* As a real server (1.20) answered them: what it let in or refused with 401 counts, what it called anonymous does not.
 */
static void reads_authorization(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"Bearer tok", CREDENTIAL_BEARER, "tok"},
        {"bearer tok", CREDENTIAL_BEARER, "tok"},
        {"BEARER tok", CREDENTIAL_BEARER, "tok"},
        {"  Bearer tok", CREDENTIAL_BEARER, "tok"},
        {"Bearer tok  ", CREDENTIAL_BEARER, "tok"},
        {"Bearer tok\t", CREDENTIAL_BEARER, "tok"},
        {"Bearer tok word", CREDENTIAL_BEARER, "tok"},
        {"Bearer tok,", CREDENTIAL_BEARER, "tok,"},
        {"Bearer \"tok\"", CREDENTIAL_BEARER, "\"tok\""},
        {"Bearer \ttok", CREDENTIAL_BEARER, "\ttok"},
        {"Bearer " JWT, CREDENTIAL_JWT, JWT},
        {"Bearer", CREDENTIAL_EMPTY, ""},
        {"Bearer ", CREDENTIAL_EMPTY, ""},
        {"Bearer  tok", CREDENTIAL_EMPTY, ""},
        {"Bearer   tok", CREDENTIAL_EMPTY, ""},
        {"", CREDENTIAL_EMPTY, ""},
        {" \t", CREDENTIAL_EMPTY, ""},
        {"Bearer\ttok", CREDENTIAL_OTHER_SCHEME, "Bearer\ttok"},
        {"Bearer: tok", CREDENTIAL_OTHER_SCHEME, "tok"},
        {"Token tok", CREDENTIAL_OTHER_SCHEME, "tok"},
        {"Digest username=\"u\", realm=\"r\"", CREDENTIAL_OTHER_SCHEME, "username=\"u\", realm=\"r\""},
        {"Negotiate YII=", CREDENTIAL_OTHER_SCHEME, "YII="},
        {"tok", CREDENTIAL_OTHER_SCHEME, "tok"},
        {"Basic dTpw", CREDENTIAL_BASIC, "dTpw"},
        {"basic  dTpw", CREDENTIAL_BASIC, "dTpw"},
        {"Basic", CREDENTIAL_BASIC, ""},
        /* strings.TrimSpace knows Unicode's white space; inside, only a space splits. */
        {"Bearer \xC2\xA0", CREDENTIAL_EMPTY, ""},
        {"Bearer \xC2\x85\xE2\x80\x89\xE3\x80\x80 ", CREDENTIAL_EMPTY, ""},
        {"\xE2\x80\xA8\xE1\x9A\x80"
         "Bearer \xE2\x81\x9F\xE2\x80\xAF\v\f",
         CREDENTIAL_EMPTY, ""},
        {"Bearer \xC2\xA1", CREDENTIAL_BEARER, "\xC2\xA1"},
        {"Bearer \xA0", CREDENTIAL_BEARER, "\xA0"},
        {"Bearer \xE2\x80\x8B", CREDENTIAL_BEARER, "\xE2\x80\x8B"}, /* a zero-width space is none */
        {"Bearer \xC2\xA0tok", CREDENTIAL_BEARER, "\xC2\xA0tok"},
    };
    check(credential_of_authorization, rows, sizeof rows / sizeof *rows);
}

static void reads_subprotocols(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {PREFIX "dG9r, v4.channel.k8s.io", CREDENTIAL_WEBSOCKET, "dG9r"},
        {"v4.channel.k8s.io," PREFIX "dG9r", CREDENTIAL_WEBSOCKET, "dG9r"},
        {"a , \t" PREFIX "dG9r\t ,b", CREDENTIAL_WEBSOCKET, "dG9r"},
        {PREFIX "dG9r", CREDENTIAL_WEBSOCKET, "dG9r"},
        {PREFIX "dG9r==, a", CREDENTIAL_WEBSOCKET, "dG9r=="},
        {PREFIX "!!, a", CREDENTIAL_WEBSOCKET, "!!"},
        {PREFIX "dG9r," PREFIX "eHl6, a", CREDENTIAL_WEBSOCKET, "dG9r"},
        {PREFIX "," PREFIX ", a", CREDENTIAL_WEBSOCKET, ""},
        {PREFIX "," PREFIX "eHl6", CREDENTIAL_WEBSOCKET, "eHl6"},
        {PREFIX ", v4.channel.k8s.io", CREDENTIAL_NONE, ""},
        {PREFIX, CREDENTIAL_NONE, ""},
        {"BASE64URL.bearer.authorization.k8s.io.dG9r, a", CREDENTIAL_NONE, ""},
        {"x" PREFIX "dG9r, a", CREDENTIAL_NONE, ""},
        {"base64url.bearer.authorization.k8s.io", CREDENTIAL_NONE, ""},
        {"v4.channel.k8s.io", CREDENTIAL_NONE, ""},
        {",,", CREDENTIAL_NONE, ""},
        {"", CREDENTIAL_NONE, ""},
    };
    check(credential_of_subprotocols, rows, sizeof rows / sizeof *rows);
}

/* The judge: OpenSSL's one-shot HMAC, of which the digest is the first eight bytes. */
static uint64_t expected_digest(const uint8_t key[32], struct slice token)
{
    uint8_t mac[32];
    unsigned size = 0;
    uint64_t digest = 0;
    assert_non_null(HMAC(EVP_sha256(), key, 32, token.data, token.size, mac, &size));
    for (size_t i = 0; i < 8; i++)
        digest = digest << 8 | mac[i];
    return digest;
}

static void digests_are_hmac(void **state)
{
    (void)state;
    struct memory m = {.limit = 1 << 20};
    uint8_t keys[2][32] = {"the first key, of 32 bytes......", "another key, of 32 bytes........"};
    for (size_t k = 0; k < 2; k++) {
        struct credential_digests *d = credential_digests_new(keys[k], &m);
        assert_non_null(d);
        /* More tokens than are remembered, most of them again and again, from the same place in memory. */
        for (unsigned i = 0; i < 6000; i++) {
            char token[200];
            int size = snprintf(token, sizeof token, "token %u%*s", i % 7 == 0 ? i : i % 40, (int)(i % 120), "");
            struct slice s = {(const uint8_t *)token, (size_t)size};
            assert_true(credential_digest(d, s) == expected_digest(keys[k], s));
        }
        struct slice none = slice_of("");
        for (int i = 0; i < 2; i++)
            assert_true(credential_digest(d, none) == expected_digest(keys[k], none));
        credential_digests_free(d);
        assert_int_equal(m.used, 0);
    }
    credential_digests_free(NULL);
}

/* What is remembered is what was read, whichever values came between. */
static void reads_the_same_again(void **state)
{
    (void)state;
    static const char *const values[] = {"Bearer abc",   "abc",     "Basic abc",
                                         " bearer  abc", "Bearer ", "",
                                         "Basic dTpw",   "Other x", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJtIn0.c2ln",
                                         "Bearer abd"};
    struct memory m = {.limit = 1 << 20};
    struct credential_digests *d = credential_digests_new((const uint8_t[32]){1}, &m);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            struct slice value = slice_of(values[i]);
            struct credential wanted = credential_of_authorization(value);
            uint64_t digest = 1;
            struct credential c = credential_read(d, value, &digest);
            assert_int_equal(c.kind, wanted.kind);
            assert_true(slice_same(c.token, wanted.token));
            assert_true(digest == (wanted.token.size ? credential_digest(d, wanted.token) : 0));
        }
    }
    credential_digests_free(d);
    assert_int_equal(m.used, 0);
}

static void keeps_no_token(void **state)
{
    (void)state;
    struct memory m = {.limit = 1 << 20};
    static const uint8_t key[32] = "k-e-y k-e-y k-e-y k-e-y k-e-y k";
    static const char token[] = "a-token-that-must-not-be-kept";
    struct credential_digests *d = credential_digests_new(key, &m);
    size_t used = m.used;
    credential_digest(d, slice_of(token));
    assert_int_equal(m.used, used);
    assert_null(memmem(d, used > 1024 ? used - 1024 : used, token, 8));
    assert_null(memmem(d, used > 1024 ? used - 1024 : used, key, 8));
    credential_digests_free(d);
    assert_int_equal(m.used, 0);
}

static void a_full_account_is_told(void **state)
{
    (void)state;
    static const uint8_t key[32] = {0};
    struct memory m = {.limit = 1 << 20, .fail_at = 1};
    assert_null(credential_digests_new(key, &m));
    assert_int_equal(m.used, 0);
}

static void names_and_counts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool counts;
    } kinds[CREDENTIAL_KINDS] = {{"none", false},       {"bearer", true}, {"jwt", true},    {"websocket", true},
                                 {"certificate", true}, {"basic", false}, {"other", false}, {"empty", false}};
    for (int kind = 0; kind < CREDENTIAL_KINDS; kind++) {
        assert_string_equal(credential_kind_name((enum credential_kind)kind), kinds[kind].name);
        assert_int_equal(credential_counts((enum credential_kind)kind), kinds[kind].counts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_authorization), cmocka_unit_test(reads_subprotocols),
        cmocka_unit_test(digests_are_hmac),    cmocka_unit_test(reads_the_same_again),
        cmocka_unit_test(keeps_no_token),      cmocka_unit_test(a_full_account_is_told),
        cmocka_unit_test(names_and_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

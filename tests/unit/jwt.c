#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/kube/jwt.h"

static const char header[] = "{\"alg\":\"RS256\",\"kid\":\"k\"}";

/* One part, encoded by OpenSSL. */
static size_t encode(char *out, const void *bytes, size_t size)
{
    int length = EVP_EncodeBlock((unsigned char *)out, bytes, (int)size);
    while (length > 0 && out[length - 1] == '=')
        length--;
    for (int i = 0; i < length; i++)
        out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
    return (size_t)length;
}

static struct slice make(char *room, const char *head, const char *claims)
{
    size_t size = encode(room, head, strlen(head));
    room[size++] = '.';
    size += encode(room + size, claims, strlen(claims));
    room[size++] = '.';
    size += encode(room + size, "signature\xFB\xFF", 11);
    return (struct slice){(const uint8_t *)room, size};
}

static bool text_is(const char *text, uint16_t size, const char *expected)
{
    return slice_is((struct slice){(const uint8_t *)text, size}, expected);
}

static void reads_claims(void **state)
{
    (void)state;
    static const struct {
        const char *claims;
        bool good;
        const char *issuer, *subject;
    } rows[] = {
        {"{\"aud\":[\"https://a\",\"b\"],\"exp\":1900000000,\"iat\":1,\"iss\":\"https://a\",\"kubernetes.io\":{\"iss\":"
         "\"x\",\"namespace\":\"n\",\"serviceaccount\":{\"name\":\"s\",\"sub\":\"y\"}},\"nbf\":1,\"sub\":"
         "\"system:serviceaccount:n:s\"}",
         true, "https://a", "system:serviceaccount:n:s"},
        {"{\"iss\":\"kubernetes/serviceaccount\",\"sub\":\"system:serviceaccount:n:s\"}", true,
         "kubernetes/serviceaccount", "system:serviceaccount:n:s"},
        {"{\"aud\":[[\"x\"],{\"sub\":\"y\"},\"iss\"]}", true, "", ""},
        {"{\"sub\":\"\\u00e9\\\"\"}", true, "", "\xC3\xA9\""},
        {"{\"exp\":1e9,\"iss\":7,\"sub\":null,\"x\":{\"iss\":\"y\"},\"z\":{\"sub\":[\"y\"]}}", true, "", ""},
        {"{}", true, "", ""},
        {"{\"iss\":\"a\",\"sub\":\"b\"", false, "", ""},
        {"{\"iss\":\"a\",\"sub\":\"b\"} x", false, "", ""},
        {"[\"iss\",\"a\"]", false, "", ""},
        {"no object", false, "", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char room[2048];
        struct jwt jwt;
        struct slice token = make(room, header, rows[i].claims);
        uint8_t *copy = malloc(token.size);
        memcpy(copy, token.data, token.size);
        memset(&jwt, 0x5A, sizeof jwt);
        assert_true(jwt_shaped(token));
        assert_int_equal(jwt_read(&jwt, (struct slice){copy, token.size}), rows[i].good);
        assert_true(text_is(jwt.issuer, jwt.issuer_size, rows[i].issuer));
        assert_true(text_is(jwt.subject, jwt.subject_size, rows[i].subject));
        assert_false(jwt.cut);
        free(copy);
    }
}

static void long_claims_are_cut(void **state)
{
    (void)state;
    char *claims = calloc(1, 20000), *room = malloc(40000);
    struct jwt jwt;
    int size = sprintf(claims, "{\"iss\":\"");
    memset(claims + size, 'i', 300);
    size += 300;
    size += sprintf(claims + size, "\",\"sub\":\"s\",\"x\":\"");
    memset(claims + size, 'x', 10000);
    strcpy(claims + size + 10000, "\",\"sub\":\"behind what is looked at\"}");
    assert_true(jwt_read(&jwt, make(room, header, claims)));
    assert_int_equal(jwt.issuer_size, JWT_TEXT_MAX);
    assert_true(jwt.cut);
    assert_int_equal(jwt.issuer[JWT_TEXT_MAX - 1], 'i');
    assert_true(text_is(jwt.subject, jwt.subject_size, "s"));
    free(claims);
    free(room);
}

static void tells_the_shape(void **state)
{
    (void)state;
    static const struct {
        const char *token;
        bool shaped;
    } rows[] = {
        {"eyJhbGciOiJub25lIn0.e30.", true},
        {"eyJhbGciOiJub25lIn0.e30.abc", true},
        {"eyA.e30.a-_", true},
        {"ewo.e30.abc", true},
        {"e30.e30.abc", true},
        {"", false},
        {"eyJhbGciOiJub25lIn0", false},
        {"eyJhbGciOiJub25lIn0.e30", false},
        {"eyJhbGciOiJub25lIn0..abc", false},
        {".e30.abc", false},
        {"eyA.e30.abc.d", false},
        {"eyA.e30.ab=", false},
        {"eyA.e3+.abc", false},
        {"eyA.e30.a", false},
        {"eyA.e.abc", false},
        {"e.e30.abc", false},
        {"ezA.e30.abc", true},
        {"evA.e30.abc", false},
        {"W10.e30.abc", false},
        {"eyA.e30.ab c", false},
        {"some-token", false},
        {"a.b.c", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct jwt jwt;
        if (jwt_shaped(slice_of(rows[i].token)) != rows[i].shaped)
            fail_msg("%s", rows[i].token);
        if (!rows[i].shaped)
            assert_false(jwt_read(&jwt, slice_of(rows[i].token)));
    }
}

/* Each byte at each place of a long part: the alphabet of RFC 4648 section 5, and nothing else. */
static void knows_the_alphabet(void **state)
{
    (void)state;
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char token[64];
    memset(token, 'A', sizeof token);
    memcpy(token, "eyA.", 4);
    token[44] = '.';
    for (size_t at = 4; at < 63; at++) {
        for (int byte = 0; byte < 256; byte++) {
            if (at == 44 || byte == '.')
                continue;
            char kept = token[at];
            token[at] = (char)byte;
            bool good = byte != 0 && strchr(alphabet, byte) != NULL;
            assert_int_equal(jwt_shaped((struct slice){(const uint8_t *)token, 63}), good);
            token[at] = kept;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_claims),
        cmocka_unit_test(long_claims_are_cut),
        cmocka_unit_test(tells_the_shape),
        cmocka_unit_test(knows_the_alphabet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

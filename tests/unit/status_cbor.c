/* A Status in CBOR, as the encoder of k8s.io/apimachinery 0.36.4 wrote them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/kube/status.h"

struct row {
    const char *hex;
    const char *reason, *user;
    bool impersonation, own_401, other_401;
};

static const struct row rows[] = {
    {"d9d9f7a744636f6465190191446b696e644653746174757346726561736f6e4c556e617574686f72697a6564467374617475"
     "73474661696c757265476d6573736167654c556e617574686f72697a6564486d65746164617461a04a61706956657273696f"
     "6e427631",
     "Unauthorized", "", false, true, false},
    {"d9d9f7a844636f6465190193446b696e644653746174757346726561736f6e49466f7262696464656e467374617475734746"
     "61696c7572654764657461696c73a1446b696e6444706f6473476d6573736167655871706f647320697320666f7262696464"
     "656e3a2055736572202273797374656d3a616e6f6e796d6f7573222063616e6e6f74206c697374207265736f757263652022"
     "706f64732220696e204150492067726f757020222220696e20746865206e616d657370616365202264656661756c7422486d"
     "65746164617461a04a61706956657273696f6e427631",
     "Forbidden", "system:anonymous", false, false, false},
    {"d9d9f7a844636f6465190193446b696e644653746174757346726561736f6e49466f7262696464656e467374617475734746"
     "61696c7572654764657461696c73a2446b696e64457573657273446e616d6544726f6f74476d657373616765586e75736572"
     "732022726f6f742220697320666f7262696464656e3a20557365722022626f74222063616e6e6f7420696d706572736f6e61"
     "7465207265736f75726365202275736572732220696e204150492067726f75702022222061742074686520636c7573746572"
     "2073636f7065486d65746164617461a04a61706956657273696f6e427631",
     "Forbidden", "bot", true, false, false},
    {"d9d9f7a844636f6465190191446b696e644653746174757346726561736f6e4c556e617574686f72697a6564467374617475"
     "73474661696c7572654764657461696c73a3446b696e6444706f6473446e616d6541704663617573657381a146726561736f"
     "6e5818556e6578706563746564536572766572526573706f6e7365476d657373616765584774686520736572766572206861"
     "732061736b656420666f722074686520636c69656e7420746f2070726f766964652063726564656e7469616c732028676574"
     "20706f6473207029486d65746164617461a04a61706956657273696f6e427631",
     "Unauthorized", "", false, false, true},
};

/* Where each size is exact a read behind it is seen. */
static void read_hex(struct status *s, const char *hex, size_t size)
{
    uint8_t *body = malloc(size + (size == 0));
    assert_non_null(body);
    for (size_t i = 0; i < size; i++)
        body[i] = (uint8_t)(byte_hex((uint8_t)hex[2 * i]) << 4 | byte_hex((uint8_t)hex[2 * i + 1]));
    memset(s, 0x5A, sizeof *s);
    status_read(s, (struct slice){body, size});
    free(body);
}

static bool text_is(const char *text, size_t size, const char *wanted)
{
    return slice_is((struct slice){(const uint8_t *)text, size}, wanted);
}

static void reads_cbor(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        struct status s;
        read_hex(&s, r->hex, strlen(r->hex) / 2);
        if (!s.is_status || s.unread || s.cut || !text_is(s.reason, s.reason_size, r->reason) ||
            !text_is(s.user, s.user_size, r->user) || s.impersonation_refused != r->impersonation ||
            s.own_401 != r->own_401 || s.other_401 != r->other_401)
            fail_msg("%zu: %d %d %.*s %.*s", i, s.is_status, s.unread, s.reason_size, s.reason, s.user_size, s.user);
    }
}

/* Each fact of a beginning is that of the whole, or absent. */
static void a_beginning_says_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        for (size_t size = 0; size < strlen(r->hex) / 2; size++) {
            struct status s;
            read_hex(&s, r->hex, size);
            assert_true(s.reason_size == 0 || text_is(s.reason, s.reason_size, r->reason));
            assert_true(s.user_size == 0 || text_is(s.user, s.user_size, r->user));
            assert_true(r->impersonation || !s.impersonation_refused);
            assert_true((r->own_401 || !s.own_401) && (r->other_401 || !s.other_401));
            assert_true(s.is_status || (s.reason_size == 0 && s.user_size == 0));
        }
    }
}

#define TAG    "d9d9f7"
#define KIND   "446b696e6446537461747573"           /* kind: Status */
#define REASON "46726561736f6e49466f7262696464656e" /* reason: Forbidden */

/* Every form of RFC 8949 that a reader meets before it is where it wants to be, and what is none. */
static void other_forms(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        bool is_status, reason, unread;
    } forms[] = {
        {TAG "a2" KIND REASON, true, true, false},
        {TAG "bf" KIND REASON "ff", true, true, false}, /* of no announced length */
        {TAG "a2646b696e646653746174757366726561736f6e69466f7262696464656e", true, true, false}, /* text strings */
        {TAG "b90002" KIND REASON, true, true, false},
        {TAG "bb0000000000000002" KIND REASON, true, true, false},
        {TAG "a3" KIND "41618201829f01a1020340ff"
             "f6" REASON,
         true, true, false},
        {TAG "a3" KIND "4161bf4162fb4004000000000000ff" REASON, true, true, false},
        {TAG "a3" KIND "4161c11a514b67b0" REASON, true, true, false},         /* a tag before a value */
        {TAG "a3" KIND "4161a1446b696e6443506f64" REASON, true, true, false}, /* another kind, inside of something */
        {TAG "a3446b696e6443506f64" KIND REASON, false, false, false},        /* the first counts */
        {TAG "a1" KIND REASON, true, false, false},                           /* behind the end */
        {TAG "a3" KIND "41615f4162ff" REASON, true, false, true},             /* chunks */
        {TAG "a3" KIND "01"
             "02" REASON,
         true, false, true},                                /* a number for a name */
        {TAG "a3" KIND "41611c" REASON, true, false, true}, /* no such length */
        {TAG "a3" KIND "4161ff" REASON, true, false, true}, /* a break where nothing is open */
        {TAG "a3" KIND "416181ff" REASON, true, false, true},
        {TAG "a3" KIND "41619bffffffffffffffff" REASON, true, false, true},
        {TAG "a3" KIND "4161818181818181818181818181818181818181818181"
             "01" REASON,
         true, false, true},
        {TAG "a3" KIND "41615bffffffffffffffff" REASON, true, false, false}, /* goes on behind the cut */
        {TAG "8201" KIND REASON, false, false, false},
        {TAG, false, false, false},
        {"a2" KIND REASON, false, false, false}, /* the server never leaves out the tag */
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct status s;
        read_hex(&s, forms[i].hex, strlen(forms[i].hex) / 2);
        if (s.is_status != forms[i].is_status || (s.reason_size > 0) != forms[i].reason || s.unread != forms[i].unread)
            fail_msg("%zu: %d %.*s %d", i, s.is_status, s.reason_size, s.reason, s.unread);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_cbor), cmocka_unit_test(a_beginning_says_nothing_else),
                                       cmocka_unit_test(other_forms)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

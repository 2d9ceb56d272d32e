#include "proto/tls/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void texts(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct tls_facts f = {0};
    char text[32];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < TLS_TEXTS; i++) {
            snprintf(text, sizeof text, "%d of %d", i, round);
            tls_facts_set(&f, &memory, (enum tls_text)i, slice_of(text));
        }
        for (int i = 0; i < TLS_TEXTS; i++) {
            snprintf(text, sizeof text, "%d of %d", i, round);
            assert_true(slice_is(tls_facts_text(&f, (enum tls_text)i), text));
        }
    }
    tls_facts_set(&f, &memory, TLS_TEXT_SNI, slice_of(""));
    assert_int_equal(tls_facts_text(&f, TLS_TEXT_SNI).size, 0);
    tls_facts_release(&f, &memory);
    assert_int_equal(memory.used, 0);
}

static void bounds(void **state)
{
    (void)state;
    static uint8_t big[5000];
    memset(big, 'x', sizeof big);
    struct memory memory = {.limit = 1 << 20};
    struct tls_facts f = {0};
    for (int i = 0; i < TLS_TEXTS; i++)
        tls_facts_set(&f, &memory, (enum tls_text)i, (struct slice){big, sizeof big});
    assert_true(memory.peak <= 2 * TLS_FACTS_MAX && memory.used <= TLS_FACTS_MAX);
    assert_int_equal(tls_facts_text(&f, TLS_TEXT_SNI).size, TLS_TEXT_MAX);
    assert_int_equal(tls_facts_text(&f, TLS_TEXT_GROUPS).size, 0); /* there is no room any more */
    tls_facts_release(&f, &memory);
    tls_facts_set(&f, &memory, TLS_TEXT_NAMES, (struct slice){big, sizeof big});
    assert_int_equal(tls_facts_text(&f, TLS_TEXT_NAMES).size, TLS_TEXT_MAX);
    tls_facts_release(&f, &memory);
    memory.limit = 0;
    tls_facts_set(&f, &memory, TLS_TEXT_NAMES, slice_of("x"));
    assert_int_equal(tls_facts_text(&f, TLS_TEXT_NAMES).size, 0);
    assert_int_equal(memory.used, 0);
}

/* Handshakes anew take the room of those before: what is said again and again is there, and so is what is not. */
static void takes_its_own_place(void **state)
{
    (void)state;
    static uint8_t big[TLS_TEXT_MAX];
    struct memory memory = {.limit = 1 << 20};
    struct tls_facts f = {0};
    tls_facts_set(&f, &memory, TLS_TEXT_USER, slice_of("ada"));
    for (size_t i = 1; i < 200; i++) {
        size_t size = i * 37 % sizeof big + 1;
        memset(big, (int)i, sizeof big);
        tls_facts_set(&f, &memory, TLS_TEXT_NAMES, (struct slice){big, size});
        assert_true(slice_same(tls_facts_text(&f, TLS_TEXT_NAMES), (struct slice){big, size}));
        assert_true(slice_is(tls_facts_text(&f, TLS_TEXT_USER), "ada"));
    }
    assert_true(memory.used <= TLS_FACTS_MAX);
    tls_facts_release(&f, &memory);
    assert_int_equal(memory.used, 0);
}

static void sheds_what_is_told_once(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct tls_facts f = {0};
    char text[TLS_TEXT_MAX];
    memset(text, 'x', sizeof text);
    tls_facts_shed(&f, &memory);
    assert_int_equal(memory.used, 0);
    for (int i = 0; i < TLS_TEXTS; i++)
        tls_facts_set(&f, &memory, (enum tls_text)i, (struct slice){(const uint8_t *)text, 10 + (size_t)i});
    tls_facts_set(&f, &memory, TLS_TEXT_NAMES, (struct slice){(const uint8_t *)text, sizeof text});
    memory.fail_at = 1; /* where there is no memory for less, all stays */
    tls_facts_shed(&f, &memory);
    assert_int_equal(tls_facts_text(&f, TLS_TEXT_NAMES).size, sizeof text);
    tls_facts_shed(&f, &memory);
    for (int i = 0; i < TLS_TEXTS; i++) {
        bool kept = i < TLS_TEXTS_BRIEF || i == TLS_TEXT_USER || i == TLS_TEXT_GROUPS || i == TLS_TEXT_OFFERED;
        assert_int_equal(tls_facts_text(&f, (enum tls_text)i).size, kept ? 10 + (size_t)i : 0);
    }
    assert_true(memory.used < 300);
    tls_facts_set(&f, &memory, TLS_TEXT_SNI, slice_of("again"));
    assert_true(slice_is(tls_facts_text(&f, TLS_TEXT_SNI), "again"));
    tls_facts_release(&f, &memory);
    assert_int_equal(memory.used, 0);
}

static void a_session_keeps_the_client(void **state)
{
    (void)state;
    struct memory memory = {.limit = 1 << 20};
    struct tls_facts first = {.client = TLS_CLIENT_PRESENTED}, second = {0};
    struct tls_kept kept;
    char issuer[481];
    memset(issuer, 'i', sizeof issuer - 1);
    issuer[sizeof issuer - 1] = '\0';
    tls_facts_sign(&first, TLS_SIGN_CLIENT_EXPIRED);
    tls_facts_set(&first, &memory, TLS_TEXT_USER, slice_of("ada"));
    tls_facts_set(&first, &memory, TLS_TEXT_CLIENT_SUBJECT, slice_of("CN=ada"));
    tls_facts_set(&first, &memory, TLS_TEXT_CLIENT_ISSUER, slice_of(issuer)); /* too long for it */
    tls_facts_set(&second, &memory, TLS_TEXT_GROUPS, slice_of("another's"));
    tls_facts_keep(&first, &kept);
    tls_facts_restore(&second, &memory, &kept);
    assert_int_equal(second.client, TLS_CLIENT_PRESENTED);
    assert_true(tls_facts_has(&second, TLS_SIGN_CLIENT_EXPIRED));
    assert_true(slice_is(tls_facts_text(&second, TLS_TEXT_USER), "ada"));
    assert_true(slice_is(tls_facts_text(&second, TLS_TEXT_CLIENT_SUBJECT), "CN=ada"));
    assert_int_equal(tls_facts_text(&second, TLS_TEXT_CLIENT_ISSUER).size, 0);
    assert_int_equal(tls_facts_text(&second, TLS_TEXT_GROUPS).size, 0);
    tls_facts_release(&first, &memory);
    tls_facts_release(&second, &memory);
    assert_int_equal(memory.used, 0);
}

static void names(void **state)
{
    (void)state;
    static const struct {
        uint16_t version;
        const char *name;
    } rows[] = {{0, ""},
                {0x0002, "SSLv2"},
                {0x0300, "SSLv3"},
                {0x0301, "TLSv1"},
                {0x0302, "TLS 1.1"},
                {0x0303, "TLS 1.2"},
                {0x0304, "TLS 1.3"},
                {0x7f12, "TLS 1.3 draft"},
                {0x7fff, "TLS 1.3 draft"},
                {0x0305, "UNDETERMINED"},
                {0x1234, "UNDETERMINED"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(tls_version_name(tls_version_rank(rows[i].version)), rows[i].name);
    assert_string_equal(tls_version_name(200), "?");
    assert_string_equal(tls_alert_name(40), "handshake_failure");
    assert_string_equal(tls_alert_name(0), "close_notify");
    assert_null(tls_alert_name(1));
    assert_null(tls_alert_name(255));
    assert_string_equal(tls_resumed_name(TLS_RESUMED_PSK), "psk");
    assert_string_equal(tls_client_name(TLS_CLIENT_UNKNOWN), "");
    assert_string_equal(tls_client_name(9), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts),
                                       cmocka_unit_test(bounds),
                                       cmocka_unit_test(takes_its_own_place),
                                       cmocka_unit_test(sheds_what_is_told_once),
                                       cmocka_unit_test(a_session_keeps_the_client),
                                       cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/tls/sessions.h"

struct facts {
    uint8_t certificate;
    char subject[40];
};

static struct memory memory = {.limit = 1 << 20};
static const struct hash_secret secret = {.bytes = "192 bytes of a test"};
static const struct facts nobody = {.certificate = 1}, admin = {.certificate = 2, .subject = "admin"};
static const struct tls_secret master = {.size = 48, .bytes = "a master secret"};

static struct tls_sessions *sessions_new(void)
{
    struct tls_sessions *s = tls_sessions_new(sizeof(struct facts), &secret, &memory);
    assert_non_null(s);
    return s;
}

static void sessions_over(struct tls_sessions *s)
{
    tls_sessions_free(s);
    assert_int_equal(memory.used, 0);
}

static const char *subject(struct tls_sessions *s, const char *scope, enum tls_session_name by, const char *name)
{
    const struct tls_session *found = tls_sessions_find(s, slice_of(scope), by, slice_of(name));
    return found != NULL ? ((const struct facts *)found->facts)->subject : "unknown";
}

static void found_under_its_name_alone(void **state)
{
    (void)state;
    struct tls_sessions *s = sessions_new();
    assert_true(tls_sessions_put(s, slice_of("server"), TLS_SESSION_BY_ID, slice_of("name"), &master, &admin));
    const struct tls_session *found = tls_sessions_find(s, slice_of("server"), TLS_SESSION_BY_ID, slice_of("name"));
    assert_non_null(found);
    assert_int_equal(found->master.size, 48);
    assert_memory_equal(found->master.bytes, master.bytes, 48);
    assert_memory_equal(found->facts, &admin, sizeof admin);
    assert_string_equal(subject(s, "server", TLS_SESSION_BY_TICKET, "name"), "unknown");
    assert_string_equal(subject(s, "another", TLS_SESSION_BY_ID, "name"), "unknown");
    assert_string_equal(subject(s, "server", TLS_SESSION_BY_ID, "nam"), "unknown");
    assert_string_equal(subject(s, "servern", TLS_SESSION_BY_ID, "ame"), "unknown");
    assert_string_equal(subject(s, "server", TLS_SESSION_BY_ID, ""), "unknown");
    assert_false(tls_sessions_put(s, slice_of("server"), TLS_SESSION_BY_ID, slice_of(""), &master, &admin));

    assert_true(tls_sessions_put(s, slice_of("server"), TLS_SESSION_BY_ID, slice_of("name"), NULL, &nobody));
    found = tls_sessions_find(s, slice_of("server"), TLS_SESSION_BY_ID, slice_of("name"));
    assert_int_equal(found->master.size, 0);
    assert_memory_equal(found->facts, &nobody, sizeof nobody);
    assert_int_equal(tls_sessions_count(s), 1);
    sessions_over(s);
}

static void oldest_go_first(void **state)
{
    (void)state;
    struct tls_sessions *s = sessions_new();
    char ticket[2000];
    memset(ticket, 't', sizeof ticket);
    for (unsigned i = 0; i < 300; i++) {
        snprintf(ticket + sizeof ticket - 10, 10, "%u", i);
        assert_true(tls_sessions_put(s, slice_of(""), TLS_SESSION_BY_TICKET, slice_of(ticket), NULL, &admin));
    }
    assert_int_equal(tls_sessions_count(s), 300);
    assert_int_equal(tls_sessions_trim(s, 100), 200);
    for (unsigned i = 0; i < 300; i++) {
        snprintf(ticket + sizeof ticket - 10, 10, "%u", i);
        assert_string_equal(subject(s, "", TLS_SESSION_BY_TICKET, ticket), i < 200 ? "unknown" : "admin");
    }
    sessions_over(s);
}

static void without_memory(void **state)
{
    (void)state;
    memory.fail_at = 1;
    assert_null(tls_sessions_new(1, &secret, &memory));
    struct tls_sessions *s = sessions_new();
    for (unsigned fail = 1; fail <= 2; fail++) {
        memory.fail_at = fail;
        assert_false(tls_sessions_put(s, slice_of(""), TLS_SESSION_BY_ID, slice_of("name"), &master, &admin));
        assert_int_equal(tls_sessions_count(s), 0);
    }
    memory.fail_at = 0;
    assert_true(tls_sessions_put(s, slice_of(""), TLS_SESSION_BY_ID, slice_of("name"), &master, &admin));
    sessions_over(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(found_under_its_name_alone), cmocka_unit_test(oldest_go_first),
                                       cmocka_unit_test(without_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "sensor/detect/conduct.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "proto/kube/credential.h"
#include "sensor/event/auth.h"

static enum conduct of(enum auth_state state, unsigned signs, enum credential_kind kind, enum seen request)
{
    struct event_room room;
    struct exchange *x = exchange_begin(&room);
    x->auth_state = (uint8_t)state;
    x->auth_kind = (uint8_t)kind;
    x->signs = signs;
    x->request = (uint8_t)request;
    x->target = event_add_text(&x->event, slice_of("/readyz"), 64);
    return conduct_of(x);
}

/* Where nobody is let in without a credential a monitor is answered 401; who tries one there is none. */
static void what_monitors_do(void **state)
{
    (void)state;
    const unsigned open = 1U << SIGN_OPEN_PATH;
    assert_int_equal(of(AUTH_ANONYMOUS, open, CREDENTIAL_NONE, SEEN_WHOLE), CONDUCT_BEAT);
    assert_int_equal(of(AUTH_ANONYMOUS, open, CREDENTIAL_BASIC, SEEN_WHOLE), CONDUCT_BEAT);
    assert_int_equal(of(AUTH_REJECTED, open, CREDENTIAL_NONE, SEEN_WHOLE), CONDUCT_BEAT);
    assert_int_equal(of(AUTH_REJECTED, open, CREDENTIAL_JWT, SEEN_WHOLE), CONDUCT_STRAY);
    assert_int_equal(of(AUTH_REJECTED, open, CREDENTIAL_BASIC, SEEN_WHOLE), CONDUCT_STRAY);
    assert_int_equal(of(AUTH_REJECTED, 0, CREDENTIAL_NONE, SEEN_WHOLE), CONDUCT_STRAY);
    assert_int_equal(of(AUTH_ANONYMOUS, 0, CREDENTIAL_NONE, SEEN_WHOLE), CONDUCT_STRAY);
    assert_int_equal(of(AUTH_REJECTED, open, CREDENTIAL_NONE, SEEN_PART), CONDUCT_UNKNOWN);
    assert_int_equal(of(AUTH_ANONYMOUS, 0, CREDENTIAL_NONE, SEEN_NOT), CONDUCT_UNKNOWN);
    assert_int_equal(of(AUTH_UNKNOWN, open, CREDENTIAL_NONE, SEEN_WHOLE), CONDUCT_BEAT);
    assert_int_equal(of(AUTH_UNKNOWN, open, CREDENTIAL_JWT, SEEN_WHOLE), CONDUCT_UNKNOWN);
    assert_int_equal(of(AUTH_UNKNOWN, 0, CREDENTIAL_NONE, SEEN_WHOLE), CONDUCT_UNKNOWN);
    assert_int_equal(of(AUTH_CREDENTIALED, open, CREDENTIAL_JWT, SEEN_WHOLE), CONDUCT_SHOWS);
}

static enum conduct of_signs(unsigned signs, enum auth_state state, enum credential_kind kind, unsigned status)
{
    struct event_room room;
    struct exchange *x = exchange_begin(&room);
    x->auth_state = (uint8_t)state;
    x->auth_kind = (uint8_t)kind;
    x->signs = signs;
    x->request = SEEN_WHOLE;
    x->status = (uint16_t)status;
    x->target = event_add_text(&x->event, slice_of("/"), 64);
    return conduct_of(x);
}

static enum conduct of_probe(enum auth_state state, enum credential_kind kind, unsigned status)
{
    return of_signs(1U << SIGN_PROBE, state, kind, status);
}

/* What many owners open, and others do not: discovery is no monitor's. */
static void what_checks_tokens_elsewhere(void **state)
{
    (void)state;
    const unsigned document = 1U << SIGN_PROBE | 1U << SIGN_OPENED_PATH;
    assert_int_equal(of_signs(document, AUTH_ANONYMOUS, CREDENTIAL_NONE, 200), CONDUCT_BEAT);
    assert_int_equal(of_signs(document, AUTH_ANONYMOUS, CREDENTIAL_NONE, 403), CONDUCT_BEAT);
    assert_int_equal(of_signs(document, AUTH_ANONYMOUS, CREDENTIAL_NONE, 404), CONDUCT_STRAY);
    assert_int_equal(of_signs(document, AUTH_ANONYMOUS, CREDENTIAL_BASIC, 200), CONDUCT_STRAY);
    assert_int_equal(of_signs(1U << SIGN_OPENED_PATH, AUTH_ANONYMOUS, CREDENTIAL_NONE, 200), CONDUCT_STRAY);
}

/* What is open to nobody, and asked in vain. */
static void what_tells_a_monitor_enough(void **state)
{
    (void)state;
    assert_int_equal(of_probe(AUTH_ANONYMOUS, CREDENTIAL_NONE, 403), CONDUCT_BEAT);
    assert_int_equal(of_probe(AUTH_REJECTED, CREDENTIAL_NONE, 401), CONDUCT_BEAT);
    assert_int_equal(of_probe(AUTH_ANONYMOUS, CREDENTIAL_NONE, 0), CONDUCT_UNKNOWN);
    assert_int_equal(of_probe(AUTH_ANONYMOUS, CREDENTIAL_NONE, 200), CONDUCT_STRAY);
    assert_int_equal(of_probe(AUTH_ANONYMOUS, CREDENTIAL_NONE, 404), CONDUCT_STRAY);
    assert_int_equal(of_probe(AUTH_ANONYMOUS, CREDENTIAL_BASIC, 403), CONDUCT_STRAY);
    assert_int_equal(of_probe(AUTH_REJECTED, CREDENTIAL_JWT, 401), CONDUCT_STRAY);
    assert_int_equal(of_probe(AUTH_UNKNOWN, CREDENTIAL_NONE, 403), CONDUCT_UNKNOWN);
    assert_int_equal(of_probe(AUTH_CREDENTIALED, CREDENTIAL_JWT, 403), CONDUCT_SHOWS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_monitors_do),
                                       cmocka_unit_test(what_tells_a_monitor_enough),
                                       cmocka_unit_test(what_checks_tokens_elsewhere)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "proto/http/http2_error.h"
#include "proto/http/message.h"
#include "proto/kube/agent.h"
#include "proto/kube/credential.h"
#include "proto/kube/request.h"
#include "proto/stream/sniff.h"
#include "sensor/event/anomaly.h"
#include "sensor/event/auth.h"
#include "sensor/event/exchange.h"
#include "sensor/event/field.h"
#include "sensor/event/flow_record.h"

static struct event_room room;

static void adds_texts_behind_one_another(void **state)
{
    (void)state;
    struct exchange *x = exchange_begin(&room);
    assert_int_equal(x->event.size, sizeof *x);
    assert_int_equal(x->event.type, EVENT_EXCHANGE);
    struct text a = event_add_text(&x->event, slice_of("GET"), 100);
    struct text b = event_add_text(&x->event, slice_of("/version"), 4);
    struct text none = event_add_text(&x->event, slice_of(""), 100);
    assert_true(slice_is(event_text(&x->event, a), "GET"));
    assert_int_equal(a.at, sizeof *x);
    assert_int_equal(b.at, a.at + 3);
    assert_true(slice_is(event_text(&x->event, b), "/ver"));
    assert_int_equal(none.at, 0);
    assert_int_equal(none.size, 0);
    assert_int_equal(x->event.size, sizeof *x + 7);
    assert_int_equal(x->event.cut, 1);
}

static void whole_texts_are_not_cut(void **state)
{
    (void)state;
    struct exchange *x = exchange_begin(&room);
    event_add_text(&x->event, slice_of("GET"), 3);
    assert_int_equal(x->event.cut, 0);
}

static void a_full_record_takes_no_more(void **state)
{
    (void)state;
    struct exchange *x = exchange_begin(&room);
    char *many = calloc(1, 2 * EVENT_MAX);
    struct slice long_one = {(const uint8_t *)many, 2 * EVENT_MAX};
    struct text t = event_add_text(&x->event, long_one, SIZE_MAX);
    assert_int_equal(t.size, EVENT_MAX - sizeof *x);
    assert_int_equal(x->event.size, EVENT_MAX);
    struct text none = event_add_text(&x->event, slice_of("x"), 1);
    assert_int_equal(none.size, 0);
    assert_int_equal(x->event.size, EVENT_MAX);
    assert_int_equal(x->event.cut, 1);
    free(many);
}

static void begins_clean_in_used_room(void **state)
{
    (void)state;
    memset(&room, 0xAA, sizeof room);
    struct exchange *x = exchange_begin(&room);
    struct exchange clean = {.event = {.size = sizeof clean, .type = EVENT_EXCHANGE}};
    assert_int_equal(x->status, clean.status);
    assert_int_equal(x->event.unknown.words[0] | x->event.unknown.words[1], 0);
    assert_int_equal(x->groups.size, 0);
    assert_int_equal(x->auth_evidence, 0);
}

/* Names are found whole, never by their beginning, and no two rows answer to one name. */
static void finds_rows_by_name_and_alias(void **state)
{
    (void)state;
    assert_int_equal(event_field_find("kube.verb"), EVENT_KUBE_VERB);
    assert_int_equal(event_field_find("verb"), EVENT_KUBE_VERB);
    assert_int_equal(event_field_find("objectRef.apiGroup"), EVENT_KUBE_API_GROUP);
    assert_int_equal(event_field_find("apiGroup"), EVENT_KUBE_API_GROUP);
    assert_int_equal(event_field_find("apiGrou"), -1);
    assert_int_equal(event_field_find("objectRef.apiGroup apiGroup"), -1);
    assert_int_equal(event_field_find(""), -1);
    assert_int_equal(event_field_find("kube"), -1);
    for (int i = 0; i < EVENT_FIELDS; i++)
        assert_int_equal(event_field_find(event_fields[i].name), i);
}

static void every_row_is_whole(void **state)
{
    (void)state;
    for (int i = 0; i < EVENT_FIELDS; i++) {
        const struct event_field *f = &event_fields[i];
        bool named = f->kind == FIELD_NAME || f->kind == FIELD_NAMES;
        assert_true(f->in != 0);
        assert_int_equal(named, f->text != NULL);
        assert_int_equal(f->about[strlen(f->about) - 1], '.');
        if (f->kind == FIELD_TEXT)
            assert_int_equal(f->width, sizeof(struct text));
        if (f->kind == FIELD_NUMBER || f->kind == FIELD_COUNT || named)
            assert_true(f->width == 1 || f->width == 2 || f->width == 4 || f->width == 8);
    }
}

static void gets_each_kind(void **state)
{
    (void)state;
    struct exchange *x = exchange_begin(&room);
    x->event.client = (struct address){.ip = {[10] = 0xFF, [11] = 0xFF, 192, 0, 2, 1}, .port = 40000};
    x->event.flow_id = 77;
    x->method = event_add_text(&x->event, slice_of("GET"), 16);
    x->status = 403;
    x->digest = 0x1122334455667788;
    x->marks = 1U << MARK_BARE_LF;
    x->auth_state = AUTH_ANONYMOUS;
    const struct event *e = &x->event;

    struct value v = event_field_get(EVENT_HTTP_METHOD, e);
    assert_int_equal(v.kind, VALUE_TEXT);
    assert_true(slice_is(v.text, "GET"));
    assert_int_equal(event_field_get(EVENT_HTTP_URL, e).kind, VALUE_ABSENT);
    v = event_field_get(EVENT_HTTP_STATUS, e);
    assert_int_equal(v.kind, VALUE_NUMBER);
    assert_int_equal(v.number, 403);
    v = event_field_get(EVENT_HTTP_LENGTH, e); /* a count: 0 is a value */
    assert_int_equal(v.kind, VALUE_NUMBER);
    assert_int_equal(v.number, 0);
    v = event_field_get(EVENT_AUTH_DIGEST, e);
    assert_int_equal(v.kind, VALUE_NUMBER);
    assert_true(v.number == 0x1122334455667788);
    v = event_field_get(EVENT_HTTP_MARKS, e);
    assert_int_equal(v.kind, VALUE_NAMES);
    assert_int_equal(v.number, 1U << MARK_BARE_LF);
    v = event_field_get(EVENT_AUTH_STATE, e);
    assert_int_equal(v.kind, VALUE_TEXT);
    assert_true(slice_is(v.text, "anonymous"));
    v = event_field_get(EVENT_SRC_IP, e);
    assert_int_equal(v.kind, VALUE_ADDRESS);
    assert_ptr_equal(v.ip, e->client.ip);
    assert_int_equal(event_field_get(EVENT_SRC_PORT, e).number, 40000);
    assert_int_equal(event_field_get(EVENT_FLOW_ID, e).number, 77);
    assert_true(slice_is(event_field_get(EVENT_PROTO, e).text, "TCP"));
    assert_true(slice_is(event_field_get(EVENT_EVENT_TYPE, e).text, "http"));
}

static void absent_is_not_unknown(void **state)
{
    (void)state;
    struct exchange *x = exchange_begin(&room);
    const struct event *e = &x->event;
    assert_int_equal(event_field_get(EVENT_HTTP_STATUS, e).kind, VALUE_ABSENT);
    assert_int_equal(event_field_get(EVENT_AUTH_BASIS, e).kind, VALUE_ABSENT);
    assert_int_equal(event_field_get(EVENT_VLAN, e).kind, VALUE_ABSENT);
    x->status = 200; /* what is marked unknown is not looked at */
    event_set_unknown(&x->event, EVENT_HTTP_STATUS);
    assert_int_equal(event_field_get(EVENT_HTTP_STATUS, e).kind, VALUE_UNKNOWN);
    assert_int_equal(event_field_get(EVENT_HTTP_LENGTH, e).kind, VALUE_NUMBER);
}

/* Of any event: a text that does not fit whole is told as such. */
static void a_cut_text_is_told(void **state)
{
    (void)state;
    struct event_room bytes;
    struct exchange *x = exchange_begin(&bytes);
    x->target = event_add_text(&x->event, slice_of("/version"), 8);
    assert_int_equal(event_field_get(EVENT_TRUNCATED, &x->event).kind, VALUE_ABSENT);
    x->host = event_add_text(&x->event, slice_of("example"), 6);
    assert_int_equal(event_field_get(EVENT_TRUNCATED, &x->event).kind, VALUE_FLAG);
}

/* A flow's record ends where an exchange's goes on: a row of the one is never read from the other. */
static void fields_of_other_events_are_absent(void **state)
{
    (void)state;
    struct flow_record *f = calloc(1, sizeof *f);
    f->event.type = EVENT_FLOW;
    event_set_unknown(&f->event, EVENT_HTTP_URL);
    f->protocol = PROTOCOL_TLS;
    assert_int_equal(event_field_get(EVENT_HTTP_URL, &f->event).kind, VALUE_ABSENT);
    assert_int_equal(event_field_get(EVENT_AUTH_DIGEST, &f->event).kind, VALUE_ABSENT);
    assert_true(slice_is(event_field_get(EVENT_APP_PROTO, &f->event).text, "tls"));
    f->packets[1] = 9;
    assert_int_equal(event_field_get(EVENT_FLOW_PKTS_TOSERVER, &f->event).number, 0);
    assert_int_equal(event_field_get(EVENT_FLOW_PKTS_TOCLIENT, &f->event).number, 9);
    assert_int_equal(event_field_get(EVENT_FLOW_START, &f->event).kind, VALUE_ABSENT); /* times are for reading */
    free(f);
}

/* A record has more fields than a word has bits: each has its own, and no other. */
static void each_field_is_unknown_by_itself(void **state)
{
    (void)state;
    assert_true(EVENT_FIELDS > 64);
    for (unsigned one = 0; one < EVENT_FIELDS; one++) {
        struct exchange *x = exchange_begin(&room);
        event_set_unknown(&x->event, (enum event_field_id)one);
        for (unsigned other = 0; other < EVENT_FIELDS; other++)
            assert_int_equal(event_is_unknown(&x->event, (enum event_field_id)other), other == one);
    }
}

static void vlan_gives_the_outermost(void **state)
{
    (void)state;
    struct exchange *x = exchange_begin(&room);
    x->event.vlans = 2;
    x->event.vlan[0] = 100;
    x->event.vlan[1] = 200;
    assert_int_equal(event_field_get(EVENT_VLAN, &x->event).number, 100);
}

/* Every value has a name of its own, and none beyond them. */
static void check_names(const char *(*name)(unsigned), unsigned count, bool zero_is_empty)
{
    for (unsigned i = 0; i < count; i++) {
        assert_non_null(name(i));
        assert_string_not_equal(name(i), "?");
        assert_int_equal(name(i)[0] == 0, i == 0 && zero_is_empty);
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(name(i), name(k));
    }
    assert_string_equal(name(count), "?");
    assert_string_equal(name(255), "?");
}

static void names_are_complete(void **state)
{
    (void)state;
    check_names(event_type_name, EVENT_TYPES, false);
    check_names(endpoint_basis_name, ENDPOINT_BASES, false);
    check_names(auth_state_name, AUTH_STATES, false);
    check_names(auth_outcome_name, AUTH_OUTCOMES, false);
    check_names(auth_basis_name, AUTH_BASES, true);
    check_names(auth_evidence_name, AUTH_EVIDENCE, false);
    assert_string_equal(auth_state_name(AUTH_NOT_JUDGED), "");
    assert_string_equal(auth_outcome_name(AUTH_NOT_JUDGED), "");
    check_names(suspect_name, SUSPECTS, false);
    check_names(tls_inside_name, TLS_INSIDES, true);
    check_names(flow_state_name, FLOW_STATES, false);
    check_names(flow_reason_name, FLOW_REASONS, false);
    check_names(flow_protocol_name, PROTOCOL_OTHER + 1, false);
    check_names(exchange_version_name, HTTP_2 + 1, true);
    check_names(exchange_mark_name, HTTP_MARKS, false);
    check_names(exchange_reset_by_name, 3, true);
    check_names(http2_error_name, HTTP2_ERRORS, true);
    assert_string_equal(anomaly_from_name(CLIENT), "client");
    assert_string_equal(anomaly_from_name(SERVER), "server");
    assert_string_equal(anomaly_from_name(ANOMALY_FROM_NOBODY), "");
    assert_string_equal(anomaly_from_name(ANOMALY_FROM_NOBODY + 1), "?");
    check_names(exchange_path_kind_name, PATH_ERROR + 1, false);
    check_names(exchange_agent_name, AGENT_BROKEN + 1, false);
    check_names(exchange_credential_name, CREDENTIAL_KINDS, false);
    check_names(anomaly_name, anomaly_of(HTTP_MARKS), false);
    check_names(anomaly_reason_name, GAVE_UP_REASONS, true);
    assert_string_equal(anomaly_name(anomaly_of(MARK_BARE_LF)), "bare_lf");
    assert_string_equal(exchange_version_name(HTTP_1_0), "HTTP/1.0");
    assert_string_equal(exchange_version_name(HTTP_1_1), "HTTP/1.1");
    assert_string_equal(anomaly_layer(ANOMALY_WRONG_RESET), "stream");
    assert_string_equal(anomaly_layer(anomaly_of(MARK_BARE_LF)), "applayer");
    assert_string_equal(auth_evidence_name(EVIDENCE_NO_CREDENTIAL), "no_credential");
    assert_string_equal(flow_reason_name(FLOW_RST), "rst");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_texts_behind_one_another),
        cmocka_unit_test(whole_texts_are_not_cut),
        cmocka_unit_test(a_full_record_takes_no_more),
        cmocka_unit_test(begins_clean_in_used_room),
        cmocka_unit_test(finds_rows_by_name_and_alias),
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(gets_each_kind),
        cmocka_unit_test(absent_is_not_unknown),
        cmocka_unit_test(a_cut_text_is_told),
        cmocka_unit_test(fields_of_other_events_are_absent),
        cmocka_unit_test(each_field_is_unknown_by_itself),
        cmocka_unit_test(vlan_gives_the_outermost),
        cmocka_unit_test(names_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

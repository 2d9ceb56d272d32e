/* What is read of the body of an answer. */
#include "tests/unit/worker_rig.h"

#include "proto/kube/status.h"
#include "sensor/event/field.h"

/* A kubelet that no longer knows the server: `kubectl logs` says that the server has asked for credentials. */
static void a_log_that_the_kubelet_refused(void **state)
{
    (void)state;
    static const char BODY[] =
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"the server "
        "has asked "
        "for the client to provide credentials ( pods/log p)\",\"reason\":\"Unauthorized\",\"details\":{\"name\":\"p\","
        "\"kind\":\"pods/log\"},\"code\":401}\n";
    static const char OWN[] =
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":"
        "\"Unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}\n";
    struct test t;
    begin(&t);
    shake_hands(&t);
    for (size_t i = 0; i < 2; i++) {
        char answer[1024];
        say(&t, CLIENT, PA,
            "GET /api/v1/namespaces/a/pods/p/log HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n");
        snprintf(answer, sizeof answer,
                 "HTTP/1.1 401 Unauthorized\r\nAudit-Id: 1\r\nContent-Type: application/json\r\n"
                 "Content-Length: %zu\r\n\r\n%s",
                 strlen(i ? OWN : BODY), i ? OWN : BODY);
        say(&t, SERVER, PA, answer);
    }
    finish(&t);
    for (size_t i = 0; i < 2; i++) {
        const struct exchange *x = exchange_at(&t, i);
        assert_text(x, x->reason, "Unauthorized");
        assert_true(exchange_has(x, SIGN_NODE));
        assert_int_equal(exchange_has(x, SIGN_OWN_401), i == 1);
        assert_int_equal(exchange_has(x, SIGN_OTHER_401), i == 0);
    }
    end(&t);
}

/* A client may ask for a Status in a form that is not read: then what it says is not known. */
static void a_status_in_another_form_is_not_known(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        bool unknown;
    } forms[] = {{"application/json", false}, {"application/yaml", true}, {"application/yaml; charset=utf-8", true},
                 {"application/cbor", false}, {"text/plain", false},      {"text/html", false}};
    enum { FORMS = sizeof forms / sizeof *forms };
    struct test t;
    begin(&t);
    shake_hands(&t);
    for (size_t i = 0; i < FORMS; i++) {
        char answer[256];
        say(&t, CLIENT, PA, GET);
        snprintf(answer, sizeof answer,
                 "HTTP/1.1 403 Forbidden\r\nContent-Type: %s\r\nContent-Length: 13\r\n\r\nkind: Status\n",
                 forms[i].type);
        say(&t, SERVER, PA, answer);
    }
    finish(&t);
    for (size_t i = 0; i < FORMS; i++) {
        const struct event *e = &exchange_at(&t, i)->event;
        if (event_is_unknown(e, EVENT_KUBE_REASON) != forms[i].unknown ||
            event_is_unknown(e, EVENT_KUBE_MESSAGE_USER) != forms[i].unknown)
            fail_msg("%s", forms[i].type);
        assert_false(exchange_has(exchange_at(&t, i), SIGN_STATUS));
    }
    end(&t);
}

/* As k8s.io/apimachinery 0.36.4 encodes it: "pods is forbidden: User ... cannot list ...". */
static void a_status_in_cbor_is_read(void **state)
{
    (void)state;
    static const char hex[] =
        "d9d9f7a844636f6465190193446b696e644653746174757346726561736f6e49466f7262696464656e467374617475734746"
        "61696c7572654764657461696c73a1446b696e6444706f6473476d6573736167655871706f647320697320666f7262696464"
        "656e3a2055736572202273797374656d3a616e6f6e796d6f7573222063616e6e6f74206c697374207265736f757263652022"
        "706f64732220696e204150492067726f757020222220696e20746865206e616d657370616365202264656661756c7422486d"
        "65746164617461a04a61706956657273696f6e427631";
    struct test t;
    char answer[512];
    int head = snprintf(answer, sizeof answer,
                        "HTTP/1.1 403 Forbidden\r\nContent-Type: application/cbor\r\nContent-Length: %zu\r\n\r\n",
                        sizeof hex / 2);
    for (size_t i = 0; i < sizeof hex / 2; i++)
        answer[(size_t)head + i] = (char)(byte_hex((uint8_t)hex[2 * i]) << 4 | byte_hex((uint8_t)hex[2 * i + 1]));
    begin(&t);
    shake_hands(&t);
    say(&t, CLIENT, PA, GET);
    answer[(size_t)head + sizeof hex / 2] = '\0'; /* there is none in it */
    say(&t, SERVER, PA, answer);
    finish(&t);
    const struct exchange *x = exchange_at(&t, 0);
    assert_true(exchange_has(x, SIGN_STATUS));
    assert_text(x, x->reason, "Forbidden");
    assert_text(x, x->status_user, "system:anonymous");
    end(&t);
}

static void ask_and_be_told(struct test *t, const char *body)
{
    char answer[1536];
    snprintf(answer, sizeof answer,
             "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(body),
             body);
    shake_hands(t);
    say(t, CLIENT, PA, GET);
    say(t, SERVER, PA, answer);
}

/* Nor is what stands behind something that is nested too deep to be read. */
static void what_is_not_read_of_a_status_is_not_known(void **state)
{
    (void)state;
    for (unsigned depth = 10; depth <= 20; depth += 10) {
        char body[128] = "{\"a\":";
        for (unsigned i = 0; i < depth; i++)
            strcat(body, "[");
        for (unsigned i = 0; i < depth; i++)
            strcat(body, "]");
        strcat(body, ",\"kind\":\"Status\",\"reason\":\"Forbidden\"}");
        struct test t;
        begin(&t);
        ask_and_be_told(&t, body);
        finish(&t);
        const struct exchange *x = exchange_at(&t, 0);
        assert_text(x, x->reason, depth == 10 ? "Forbidden" : "");
        assert_int_equal(event_is_unknown(&x->event, EVENT_KUBE_REASON), depth == 20);
        end(&t);
    }
}

/* A service account's name may be that long. */
static void a_long_name_is_marked_as_cut(void **state)
{
    (void)state;
    for (unsigned size = STATUS_TEXT_MAX; size <= STATUS_TEXT_MAX + 1; size++) {
        char body[1024], name[STATUS_TEXT_MAX + 2] = "";
        memset(name, 'n', size);
        snprintf(body, sizeof body,
                 "{\"kind\":\"Status\",\"message\":\"x is forbidden: User \\\"%s\\\" cannot "
                 "list\",\"reason\":\"Forbidden\"}",
                 name);
        struct test t;
        begin(&t);
        ask_and_be_told(&t, body);
        finish(&t);
        const struct exchange *x = exchange_at(&t, 0);
        assert_int_equal(x->status_user.size, STATUS_TEXT_MAX);
        assert_int_equal(x->event.cut, size > STATUS_TEXT_MAX);
        end(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_that_the_kubelet_refused), cmocka_unit_test(a_status_in_another_form_is_not_known),
        cmocka_unit_test(a_status_in_cbor_is_read),       cmocka_unit_test(what_is_not_read_of_a_status_is_not_known),
        cmocka_unit_test(a_long_name_is_marked_as_cut),
    };
    return cmocka_run_group_tests_name("draft_answer", tests, NULL, NULL);
}

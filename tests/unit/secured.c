#include "sensor/flow/secured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/tls/keys_reader.h"
#include "sensor/event/field.h"
#include "sensor/flow/secured_record.h"
#include "tests/tools/tls_talk.h"
#include "tests/unit/worker_rig.h"

#define SECOND INT64_C(1000000000)

#define SIGN(name) (UINT32_C(1) << TLS_SIGN_##name)

/* What can be known of a handshake by what was read of it: who was not read is unknown, and not absent. */
static void what_is_unknown(void **state)
{
    (void)state;
    enum { SERVER_CERTIFICATE = 1, CLIENT_CERTIFICATE = 2, IDENTITY = 4, ALPN = 8, SNI = 16, RESUMED = 32 };
    static const uint32_t hellos = SIGN(CLIENT_HELLO) | SIGN(SERVER_HELLO);
    static const struct {
        uint32_t signs;
        uint16_t version;
        uint8_t resumed, client;
        unsigned unknown;
    } rows[] = {
        {hellos, TLS_1_2, TLS_RESUMED_NOT, TLS_CLIENT_ABSENT, 0},
        /* The certificates were in the session that is resumed. */
        {hellos, TLS_1_2, TLS_RESUMED_TICKET, TLS_CLIENT_ABSENT, SERVER_CERTIFICATE},
        {hellos, TLS_1_2, TLS_RESUMED_TICKET, TLS_CLIENT_UNKNOWN, SERVER_CERTIFICATE | CLIENT_CERTIFICATE | IDENTITY},
        {hellos, TLS_1_2, TLS_RESUMED_NOT, TLS_CLIENT_PRESENTED, IDENTITY},
        /* Of TLS 1.3 all behind the hellos is sealed. */
        {hellos, TLS_1_3, TLS_RESUMED_NOT, TLS_CLIENT_UNKNOWN,
         SERVER_CERTIFICATE | CLIENT_CERTIFICATE | IDENTITY | ALPN},
        {hellos | SIGN(OPENED), TLS_1_3, TLS_RESUMED_NOT, TLS_CLIENT_ABSENT, 0},
        {hellos | SIGN(OPENED) | SIGN(LOST), TLS_1_3, TLS_RESUMED_NOT, TLS_CLIENT_ABSENT, SERVER_CERTIFICATE | ALPN},
        {hellos | SIGN(OPENED) | SIGN(CERTIFICATE_UNREAD), TLS_1_3, TLS_RESUMED_NOT, TLS_CLIENT_ABSENT,
         SERVER_CERTIFICATE},
        {SIGN(CLIENT_HELLO), 0, TLS_RESUMED_NOT, TLS_CLIENT_UNKNOWN,
         SERVER_CERTIFICATE | CLIENT_CERTIFICATE | IDENTITY | ALPN | RESUMED},
        {SIGN(SERVER_HELLO), TLS_1_2, TLS_RESUMED_NOT, TLS_CLIENT_ABSENT, SNI | RESUMED},
    };
    static const struct {
        unsigned bit;
        enum event_field_id field;
    } fields[] = {{SERVER_CERTIFICATE, EVENT_TLS_SUBJECT},
                  {CLIENT_CERTIFICATE, EVENT_TLS_CLIENT_CERTIFICATE},
                  {IDENTITY, EVENT_TLS_CLIENT_SUBJECT},
                  {ALPN, EVENT_TLS_ALPN},
                  {SNI, EVENT_TLS_SNI},
                  {RESUMED, EVENT_TLS_RESUMED}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tls_facts facts = {
            .signs = rows[i].signs, .version = rows[i].version, .resumed = rows[i].resumed, .client = rows[i].client};
        struct event e = {.size = sizeof e};
        secured_record_numbers(&facts, &e);
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
            if (event_is_unknown(&e, fields[k].field) != ((rows[i].unknown & fields[k].bit) != 0))
                fail_msg("row %zu, field %zu", i, k);
        }
    }
}

/* What TLS lets wait for a key, and for how long. */
static void begin_waiting(struct test *t, struct tls_keys *keys)
{
    struct worker_options *options = calloc(1, sizeof *options);
    *t = (struct test){0};
    options->memory = 16 << 20;
    options->keys = keys;
    options->waiting_bytes = 1 << 16;
    options->waiting_time = 10 * SECOND;
    port_set_add(&options->ports, PORT);
    t->worker = worker_new(options, &t->counters, (struct event_sink){take, reached, t});
    free(options);
    wire_begin(&t->wire, CLIENT_IP, 40000, SERVER_IP, PORT);
}

enum { NO_RECORD = 1000 };

/* All its records but one, whose bytes are missing. */
static void say_talk_without(struct test *t, const struct tls_talk *talk, size_t lost)
{
    struct wire *w = &t->wire;
    for (size_t i = 0; i < talk->count; i++) {
        const struct tls_talk_record *r = &talk->records[i];
        if (i == lost) {
            w->end[r->side].seq += (uint32_t)r->size;
            continue;
        }
        for (size_t at = 0, size; at < r->size; at += size) {
            size = r->size - at < 1400 ? r->size - at : 1400;
            worker_frame(t->worker, wire_raw(w, r->side, w->end[r->side].seq, w->end[!r->side].seq, PA,
                                             (const char *)talk->wire + r->at + at, size));
            w->end[r->side].seq += (uint32_t)size;
        }
    }
}

static void say_talk(struct test *t, const struct tls_talk *talk)
{
    say_talk_without(t, talk, NO_RECORD);
}

/* The event of the talk's handshake, by a connection of its own; NULL: there is none. It is good until end(). */
static const struct event *handshake_of(struct test *t, const struct tls_talk *talk, bool joined_late, size_t lost)
{
    begin(t);
    wire_begin(&t->wire, CLIENT_IP, 40000, SERVER_IP, PORT);
    if (!joined_late)
        shake_hands(t);
    say_talk_without(t, talk, lost);
    finish(t);
    for (size_t i = 0; i < t->count; i++) {
        const struct event *e = (const struct event *)t->told[i]->bytes;
        if (e->type == EVENT_HANDSHAKE)
            return e;
    }
    return NULL;
}

static size_t first_record_of(const struct tls_talk *talk, int side)
{
    size_t i = 0;
    while (talk->records[i].side != side)
        i++;
    return i;
}

/* What the handshake alone tells is unknown, too, where it was not read: no client that offers nothing, no server
 * without a certificate. */
static void details_are_unknown(void **state)
{
    (void)state;
    enum { OF_CLIENT = 1, OF_SERVER = 2, OF_CERTIFICATE = 4, OF_IDENTITY = 8, ASKED = 16, RETRY = 32, SESSION = 64 };
    static const struct {
        unsigned bit;
        enum event_field_id field;
    } fields[] = {{OF_CLIENT, EVENT_TLS_OFFERS},
                  {OF_CLIENT, EVENT_TLS_OFFERED},
                  {OF_CLIENT, EVENT_TLS_SESSION_OFFERED},
                  {OF_SERVER, EVENT_TLS_CIPHER},
                  {OF_SERVER, EVENT_TLS_JA3S_STRING},
                  {OF_CERTIFICATE, EVENT_TLS_SHA256},
                  {OF_CERTIFICATE, EVENT_TLS_API_SERVER},
                  {OF_IDENTITY, EVENT_TLS_CLIENT_NOT_AFTER},
                  {OF_IDENTITY, EVENT_TLS_CLIENT_EXPIRED},
                  {ASKED, EVENT_TLS_CLIENT_REQUESTED},
                  {RETRY, EVENT_TLS_RETRY},
                  {SESSION, EVENT_TLS_SESSION_SEEN}};
    static const unsigned behind = OF_CERTIFICATE | OF_IDENTITY | ASKED;
    static const struct {
        const char *suite;
        uint16_t version;
        int lost; /* whose first record; -1: none */
        unsigned unknown;
    } rows[] = {{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", TLS_1_2, -1, 0},
                {"TLS_AES_128_GCM_SHA256", TLS_1_3, -1, behind},
                {"TLS_AES_128_GCM_SHA256", TLS_1_3, CLIENT, OF_CLIENT | behind | RETRY},
                {"TLS_AES_128_GCM_SHA256", TLS_1_3, SERVER, OF_SERVER | behind | RETRY | SESSION}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct test t;
        struct tls_talk *talk =
            tls_talk_new(&(struct tls_talk_options){.suite = rows[i].suite, .version = rows[i].version});
        assert_non_null(talk);
        size_t lost = rows[i].lost < 0 ? NO_RECORD : first_record_of(talk, rows[i].lost);
        const struct event *e = handshake_of(&t, talk, false, lost);
        assert_non_null(e);
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
            if (event_is_unknown(e, fields[k].field) != ((rows[i].unknown & fields[k].bit) != 0))
                fail_msg("row %zu: %s", i, event_fields[fields[k].field].name);
        }
        end(&t);
        tls_talk_free(talk);
    }
}

/* Joined behind its handshake, a connection has none, even where bytes are missing later. */
static void no_handshake_no_event(void **state)
{
    (void)state;
    struct tls_talk *talk =
        tls_talk_new(&(struct tls_talk_options){.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3});
    struct test t;
    assert_non_null(talk);
    size_t shaken = talk->count;
    for (int i = 0; i < 4; i++) {
        tls_talk_send(talk, CLIENT, (const uint8_t *)GET, strlen(GET));
        tls_talk_send(talk, SERVER, (const uint8_t *)OK_EMPTY, strlen(OK_EMPTY));
    }
    struct tls_talk late = *talk;
    late.records += shaken;
    late.count -= shaken;
    assert_null(handshake_of(&t, &late, true, 2));
    end(&t);
    tls_talk_free(talk);
}

/* One that is over waits for its keys as long as one that goes on, and no longer. */
static void keys_may_come_behind_the_end(void **state)
{
    (void)state;
    struct tls_talk *talk =
        tls_talk_new(&(struct tls_talk_options){.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3});
    assert_non_null(talk);
    tls_talk_send(talk, CLIENT, (const uint8_t *)GET, strlen(GET));
    tls_talk_send(talk, SERVER, (const uint8_t *)OK_EMPTY, strlen(OK_EMPTY));
    for (int come = 0; come < 2; come++) {
        struct memory memory = {.limit = 1 << 20};
        const struct hash_secret secret = {.bytes = "192 bytes of a test"};
        struct tls_keys *keys = tls_keys_new(&secret, &memory);
        struct tls_keys_reader reader;
        struct test t;
        begin_waiting(&t, keys);
        shake_hands(&t);
        say_talk(&t, talk);
        part(&t);
        moment over = t.wire.time;
        worker_clock(t.worker, over + 8 * SECOND);
        tls_keys_reader_init(&reader, keys, NULL, NULL);
        if (come)
            tls_keys_reader_feed(&reader, (struct slice){(const uint8_t *)talk->log, talk->log_size});
        tls_keys_reader_finish(&reader);
        worker_keys(t.worker);
        assert_int_equal(t.counters.of[COUNT_EXCHANGES], come);
        worker_clock(t.worker, over + 11 * SECOND);
        worker_keys(t.worker);
        worker_clock(t.worker, over + 17 * SECOND);
        assert_int_equal(flow_at(&t, t.count - 1)->exchanges, come);
        assert_int_equal(flow_at(&t, t.count - 1)->reason, FLOW_FIN);
        assert_int_equal(flow_at(&t, t.count - 1)->closed, !come);
        finish(&t);
        end(&t);
        tls_keys_free(keys);
    }
    tls_talk_free(talk);
}

static void say_more(struct test *t, struct tls_talk *talk, enum side from, const uint8_t *text, size_t size)
{
    size_t said = talk->count;
    tls_talk_send(talk, from, text, size);
    struct tls_talk more = *talk;
    more.records += said;
    more.count -= said;
    say_talk(t, &more);
}

/* A connection whose keys are still to come. */
static struct tls_talk *talk_before_keys(struct test *t, struct tls_keys *keys)
{
    struct tls_talk *talk =
        tls_talk_new(&(struct tls_talk_options){.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3});
    assert_non_null(talk);
    begin_waiting(t, keys);
    shake_hands(t);
    say_talk(t, talk);
    return talk;
}

/* The first answer is ten times what may wait. The request before it, the answer's head and what comes behind its body
 * are read all the same. */
static void a_large_answer_leaves_room_for_the_next(void **state)
{
    (void)state;
    enum { PIECE = 10000, PIECES = 65 };
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 650000\r\n\r\n";
    static uint8_t text[PIECE];
    struct memory memory = {.limit = 1 << 20};
    const struct hash_secret secret = {.bytes = "192 bytes of a test"};
    struct tls_keys *keys = tls_keys_new(&secret, &memory);
    struct tls_keys_reader reader;
    struct test t;
    struct tls_talk *talk = talk_before_keys(&t, keys);
    say_more(&t, talk, CLIENT, (const uint8_t *)GET, strlen(GET));
    say_more(&t, talk, SERVER, (const uint8_t *)head, strlen(head));
    for (int i = 0; i < PIECES; i++)
        say_more(&t, talk, SERVER, text, sizeof text);
    say_more(&t, talk, CLIENT, (const uint8_t *)GET, strlen(GET));
    say_more(&t, talk, SERVER, (const uint8_t *)OK_EMPTY, strlen(OK_EMPTY));
    assert_int_equal(t.counters.of[COUNT_EXCHANGES], 0);
    tls_keys_reader_init(&reader, keys, NULL, NULL);
    tls_keys_reader_feed(&reader, (struct slice){(const uint8_t *)talk->log, talk->log_size});
    tls_keys_reader_finish(&reader);
    worker_keys(t.worker);
    assert_int_equal(t.counters.of[COUNT_EXCHANGES], 2);
    assert_int_equal(t.counters.of[COUNT_UNANSWERED], 0);
    finish(&t);
    end(&t);
    tls_keys_free(keys);
    tls_talk_free(talk);
}

/* It has room for 64 KiB here, and calls at each quarter. */
static void calls_for_keys_before_its_room_ends(void **state)
{
    (void)state;
    static uint8_t text[4000];
    struct memory memory = {.limit = 1 << 20};
    const struct hash_secret secret = {.bytes = "192 bytes of a test"};
    struct tls_keys *keys = tls_keys_new(&secret, &memory);
    struct test t;
    struct tls_talk *talk = talk_before_keys(&t, keys);
    assert_false(worker_calls_for_keys(t.worker));
    unsigned calls = 0;
    for (unsigned i = 0; i < 40; i++) {
        say_more(&t, talk, SERVER, text, sizeof text);
        calls += worker_calls_for_keys(t.worker);
        assert_false(worker_calls_for_keys(t.worker));
        assert_int_equal(calls, i < 3 ? 0 : i < 7 ? 1 : i < 11 ? 2 : 3);
    }
    finish(&t);
    end(&t);
    tls_keys_free(keys);
    tls_talk_free(talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_unknown),
                                       cmocka_unit_test(details_are_unknown),
                                       cmocka_unit_test(no_handshake_no_event),
                                       cmocka_unit_test(keys_may_come_behind_the_end),
                                       cmocka_unit_test(a_large_answer_leaves_room_for_the_next),
                                       cmocka_unit_test(calls_for_keys_before_its_room_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

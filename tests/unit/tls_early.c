/* Early data of TLS 1.3 (RFC 8446, 2.3 and 4.2.10): told where the server reads it, before all else, and only there;
 * whatever becomes of it, what follows is told. OpenSSL's client and server talk. */
#include "tests/unit/tls_rig.h"

static const char EARLY[] = "GET /early", SAID[] = "what is said behind the handshake";

struct early_case {
    bool refused, retry;
    unsigned more; /* records of early data, but the first */
};

struct early {
    struct rig rig;
    struct tls_talk *first, *talk;
};

/* A first connection, whose ticket the second one takes; its log is not read yet. */
static void begin(struct early *e, const struct early_case *of)
{
    struct tls_talk_options options = {.suite = "TLS_AES_128_GCM_SHA256", .version = TLS_1_3, .takes_early = true};
    rig_init(&e->rig);
    e->first = tls_talk_new(&options);
    tls_talk_send(e->first, SERVER, (const uint8_t *)SAID, sizeof SAID - 1);
    options = (struct tls_talk_options){.suite = options.suite,
                                        .version = options.version,
                                        .session = tls_talk_session(e->first),
                                        .early = EARLY,
                                        .early_more = of->more,
                                        .early_refused = of->refused,
                                        .retry = of->retry};
    e->talk = tls_talk_new(&options);
    assert_non_null(e->talk);
    assert_int_equal(SSL_get_early_data_status(e->talk->ssl[0]),
                     of->refused || of->retry ? SSL_EARLY_DATA_REJECTED : SSL_EARLY_DATA_ACCEPTED);
    for (int side = 0; side < 2; side++)
        tls_talk_send(e->talk, side, (const uint8_t *)SAID, sizeof SAID - 1);
    SSL_SESSION_free(options.session);
}

static void end(struct early *e)
{
    tls_talk_free(e->first);
    tls_talk_free(e->talk);
    rig_deinit(&e->rig);
}

/* Both sides' words, behind so many times the early data. */
static void told_is_said(const struct rig *r, size_t early)
{
    size_t one = sizeof EARLY - 1, size = sizeof SAID - 1;
    const struct rig_side *client = &r->side[CLIENT], *server = &r->side[SERVER];
    assert_int_equal(client->size, early * one + size);
    for (size_t i = 0; i < early; i++)
        assert_memory_equal(client->bytes + i * one, EARLY, one);
    assert_memory_equal(client->bytes + early * one, SAID, size);
    assert_int_equal(server->size, size);
    assert_memory_equal(server->bytes, SAID, size);
    assert_int_equal(server->gap_count, 0);
    assert_false(tls_facts_has(rig_known(r), TLS_SIGN_CLOSED));
    assert_false(tls_facts_has(rig_known(r), TLS_SIGN_LOST));
    assert_true(tls_facts_has(rig_known(r), TLS_SIGN_EARLY_DATA));
    assert_true(tls_facts_has(rig_known(r), TLS_SIGN_DONE));
}

/* 64: more than a side may have records that do not open. */
static void is_told_where_it_is_read(void **state)
{
    (void)state;
    static const struct early_case cases[] = {{0}, {.refused = true}, {.more = 64}, {.refused = true, .more = 64}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct early e;
        begin(&e, &cases[i]);
        rig_add_keys(&e.rig, e.talk);
        rig_hear(&e.rig, e.talk, 0, SIZE_MAX);
        told_is_said(&e.rig, cases[i].refused ? 0 : 1 + cases[i].more);
        assert_int_equal(e.rig.side[CLIENT].gap_count, 0);
        assert_int_equal(tls_facts_has(rig_known(&e.rig), TLS_SIGN_EARLY_ACCEPTED), !cases[i].refused);
        end(&e);
    }
}

/* A HelloRetryRequest says that it goes unread, and has nothing to do with what the next hellos seal with. */
static void goes_unread_behind_a_retry(void **state)
{
    (void)state;
    for (unsigned more = 0; more < 5; more++) {
        struct early e;
        begin(&e, &(struct early_case){.retry = true, .more = more});
        rig_add_keys(&e.rig, e.talk);
        for (int live = 0; live < 2; live++) {
            rig_connect(&e.rig);
            e.rig.bench->limits.waiting_bytes = live ? 100000 : 0;
            e.rig.bench->limits.waiting_time = 1000;
            rig_hear(&e.rig, e.talk, 0, SIZE_MAX);
            told_is_said(&e.rig, 0);
            assert_int_equal(e.rig.side[CLIENT].gap_count, 0);
            assert_true(tls_facts_has(rig_known(&e.rig), TLS_SIGN_RETRY));
        }
        end(&e);
    }
}

/* As goes_unread_behind_a_retry(), but the key log is read last. */
static void goes_unread_and_the_key_comes_late(void **state)
{
    (void)state;
    struct early e;
    begin(&e, &(struct early_case){.retry = true, .more = 4});
    e.rig.bench->limits.waiting_bytes = 100000;
    e.rig.bench->limits.waiting_time = 1000;
    rig_hear(&e.rig, e.talk, 0, SIZE_MAX);
    rig_add_keys(&e.rig, e.talk);
    tls_retry(e.rig.tls, 10);
    told_is_said(&e.rig, 0);
    end(&e);
}

/* All lines of the log but those of this label. */
static void add_keys_but(struct rig *r, const struct tls_talk *t, const char *label)
{
    const char *line = t->log, *end = t->log + t->log_size;
    for (const char *next; line < end; line = next) {
        next = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;
        if (strncmp(line, label, strlen(label)) != 0)
            rig_add_lines(r, line, (size_t)(next - line));
    }
}

/* The early data is lost then, and nothing else. */
static void has_no_key(void **state)
{
    (void)state;
    for (unsigned more = 0; more < 2; more++) {
        struct early e;
        begin(&e, &(struct early_case){.more = more * 64});
        add_keys_but(&e.rig, e.talk, "CLIENT_EARLY_TRAFFIC_SECRET");
        rig_hear(&e.rig, e.talk, 0, SIZE_MAX);
        told_is_said(&e.rig, 0);
        assert_int_equal(e.rig.side[CLIENT].gap_count, 1);
        assert_int_equal(e.rig.side[CLIENT].gaps[0], 0);
        end(&e);
    }
}

/* More of it than is kept until the server has said whether it reads it: what is too much is lost, and nothing else. */
static void is_too_much(void **state)
{
    (void)state;
    for (unsigned refused = 0; refused < 2; refused++) {
        struct early e;
        begin(&e, &(struct early_case){.refused = refused, .more = 30});
        rig_add_keys(&e.rig, e.talk);
        e.rig.bench->limits.early_bytes = 700;
        rig_hear(&e.rig, e.talk, 0, SIZE_MAX);
        const struct rig_side *client = &e.rig.side[CLIENT];
        size_t size = sizeof SAID - 1;
        assert_true(client->size >= size);
        assert_memory_equal(client->bytes + client->size - size, SAID, size);
        assert_int_equal(client->size - size, client->gap_count && !refused ? client->size - size : 0);
        assert_int_equal(client->gap_count > 0, !refused);
        assert_int_equal(e.rig.side[SERVER].size, size);
        end(&e);
    }
}

/* However much of it is kept, the client's end is told. */
static void is_followed_by_the_end(void **state)
{
    (void)state;
    struct early e;
    begin(&e, &(struct early_case){.more = 3});
    rig_add_keys(&e.rig, e.talk);
    for (uint32_t most = 0; most < 400; most++) {
        bool ended = false;
        rig_connect(&e.rig);
        e.rig.bench->limits.early_bytes = most;
        for (size_t i = 0; i < e.talk->count; i++) {
            const struct tls_talk_record *record = &e.talk->records[i];
            if (record->side == SERVER && !ended)
                stream_end(tls_stream(e.rig.tls), CLIENT, 1, END_FIN);
            ended |= record->side == SERVER;
            if (record->side == SERVER || !ended)
                rig_say(&e.rig, record->side, e.talk->wire + record->at, record->size);
        }
        assert_int_equal(e.rig.side[SERVER].size, sizeof SAID - 1);
        assert_true(e.rig.side[CLIENT].ended);
    }
    end(&e);
}

/* What is told is early data, whole or a record of it less, and what was said: @return whether that was. */
static bool ends_with_said(const struct rig *r, enum side side, size_t early)
{
    size_t one = sizeof EARLY - 1, size = sizeof SAID - 1, told = r->side[side].size;
    const uint8_t *bytes = r->side[side].bytes;
    bool ends = told >= size && memcmp(bytes + told - size, SAID, size) == 0;
    size_t rest = ends ? told - size : told;
    assert_true(rest % one == 0 && rest / one <= early);
    for (size_t at = 0; at < rest; at += one)
        assert_memory_equal(bytes + at, EARLY, one);
    return ends;
}

/* Any record is lost: what the client said behind its handshake is told, and who it is is never told wrongly. */
static void has_a_hole(void **state)
{
    (void)state;
    static const struct early_case cases[] = {
        {.more = 3}, {.refused = true, .more = 3}, {.retry = true, .more = 3}, {.retry = true, .refused = true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct early e;
        begin(&e, &cases[i]);
        rig_add_keys(&e.rig, e.talk);
        for (size_t lost = 1; lost < e.talk->count; lost++) { /* behind the ClientHello */
            rig_connect(&e.rig);
            bool said[2] = {false, false};
            for (size_t k = 0; k < e.talk->count; k++) {
                const struct tls_talk_record *record = &e.talk->records[k];
                if (k != lost)
                    rig_say(&e.rig, record->side, e.talk->wire + record->at, record->size);
                else
                    stream_gap(tls_stream(e.rig.tls), (enum side)record->side, 1, record->size);
                said[record->side] = k != lost;
            }
            for (int side = 0; side < 2; side++)
                assert_int_equal(ends_with_said(&e.rig, (enum side)side, side == CLIENT ? cases[i].more + 1 : 0),
                                 said[side]);
        }
        end(&e);
    }
}

/* Of a record of the client's the snap length left the header: it may have been EndOfEarlyData, or Finished. */
static void is_cut(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct early e;
        begin(&e, &(struct early_case){.more = i & 2 ? 3 : 0, .refused = i & 1});
        rig_add_keys(&e.rig, e.talk);
        unsigned cuts = 0;
        for (size_t cut = 1; cut + 2 < e.talk->count; cut++) {
            const struct tls_talk_record *lost = &e.talk->records[cut];
            if (lost->side != CLIENT || e.talk->wire[lost->at] != TLS_APPLICATION_DATA)
                continue;
            cuts++;
            rig_connect(&e.rig);
            for (size_t k = 0; k < e.talk->count; k++) {
                const struct tls_talk_record *record = &e.talk->records[k];
                rig_say(&e.rig, record->side, e.talk->wire + record->at, k == cut ? TLS_RECORD_HEADER : record->size);
                if (k == cut)
                    stream_gap(tls_stream(e.rig.tls), CLIENT, 1, record->size - TLS_RECORD_HEADER);
            }
            size_t size = sizeof SAID - 1;
            const struct rig_side *client = &e.rig.side[CLIENT];
            assert_true(client->size >= size && memcmp(client->bytes + client->size - size, SAID, size) == 0);
        }
        assert_true(cuts > 1);
        end(&e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_told_where_it_is_read),
        cmocka_unit_test(goes_unread_behind_a_retry),
        cmocka_unit_test(goes_unread_and_the_key_comes_late),
        cmocka_unit_test(has_no_key),
        cmocka_unit_test(is_too_much),
        cmocka_unit_test(is_followed_by_the_end),
        cmocka_unit_test(has_a_hole),
        cmocka_unit_test(is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

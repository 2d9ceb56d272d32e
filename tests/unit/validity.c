/* Which heads are malformed: by thought, and beside libnghttp2 as a server and a client that read them. */
#include "proto/http/validity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <nghttp2/nghttp2.h>

enum { MOST = 12 };

struct pair {
    const char *name, *value; /* NULL: not known */
};

static struct validity look_at(const struct pair *pairs, size_t count, enum head_kind kind, bool indexed, bool careful)
{
    struct validity v = {.careful = careful};
    for (size_t i = 0; i < count && (pairs[i].name || pairs[i].value); i++) {
        const struct pair *p = &pairs[i];
        struct field f = {.known = !p->value ? KNOWN_NOT : !p->name ? KNOWN_VALUE : KNOWN, .indexed = indexed};
        f.name = slice_of(p->name ? p->name : "");
        f.value = slice_of(p->value ? p->value : "");
        f.id = p->name && p->value ? field_id(f.name) : FIELD_OTHER;
        f.pseudo = f.name.size > 0 && f.name.data[0] == ':';
        validity_field(&v, &f);
    }
    validity_end(&v, kind);
    return v;
}

static uint32_t judge(const struct pair *pairs, size_t count, enum head_kind kind, bool indexed, bool careful)
{
    return look_at(pairs, count, kind, indexed, careful).marks;
}

#define PSEUDO    (UINT32_C(1) << MARK_BAD_PSEUDO)
#define FIELD_BAD (UINT32_C(1) << MARK_BAD_FIELD)
#define ASK                                                                                                            \
    {":method", "GET"}, {":scheme", "https"},                                                                          \
    {                                                                                                                  \
        ":path", "/"                                                                                                   \
    }
#define UNKNOWN                                                                                                        \
    {                                                                                                                  \
        "", NULL                                                                                                       \
    }

static const struct {
    enum head_kind kind;
    uint32_t marks;
    struct pair pairs[MOST];
} heads[] = {
    {HEAD_REQUEST, 0, {ASK}},
    {HEAD_REQUEST, 0, {ASK, {":authority", "a"}, {"b", "c"}}},
    {HEAD_REQUEST, PSEUDO, {{":method", "GET"}, {":scheme", "https"}}},
    {HEAD_REQUEST, PSEUDO, {ASK, {"b", "c"}, {":authority", "a"}}},
    {HEAD_REQUEST, PSEUDO, {ASK, {":path", "/"}}},
    {HEAD_REQUEST, PSEUDO, {ASK, {":status", "200"}}},
    {HEAD_REQUEST, PSEUDO, {ASK, {":new", "x"}}},
    {HEAD_REQUEST, PSEUDO | FIELD_BAD, {{"", "x"}}},
    {HEAD_REQUEST, 0, {{":method", "CONNECT"}, {":authority", "a:1"}}},
    {HEAD_REQUEST, PSEUDO, {{":method", "CONNECT"}, {":authority", "a:1"}, {":path", "/"}}},
    {HEAD_REQUEST, PSEUDO, {{":method", "CONNECT"}}},
    {HEAD_REQUEST,
     0,
     {{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "https"}, {":path", "/"}, {":authority", "a"}}},
    {HEAD_REQUEST, PSEUDO, {{":method", "CONNECT"}, {":protocol", "websocket"}, {":authority", "a"}}},
    {HEAD_REQUEST, PSEUDO, {ASK, {":authority", "a"}, {":protocol", "websocket"}}},
    /* what is unknown may be what is missing, and may stand anywhere */
    {HEAD_REQUEST, 0, {UNKNOWN, {":path", "/"}}},
    {HEAD_REQUEST, 0, {{NULL, "GET"}, {":scheme", "https"}}},
    {HEAD_REQUEST, 0, {{":method", "CONNECT"}, UNKNOWN, {":scheme", "https"}, {":path", "/"}}},
    {HEAD_REQUEST, PSEUDO, {UNKNOWN, {":status", "200"}}},
    {HEAD_REQUEST, PSEUDO, {UNKNOWN, {"a", "b"}, {":path", "/"}}},
    {HEAD_REQUEST, FIELD_BAD, {{":method", "G T"}, {":scheme", "https"}, {":path", "/"}}},
    {HEAD_REQUEST, FIELD_BAD, {{":method", "GET"}, {":scheme", "https"}, {":path", ""}}},
    {HEAD_REQUEST, FIELD_BAD, {ASK, {"Name", "b"}}},
    {HEAD_REQUEST, FIELD_BAD, {ASK, {"na me", "b"}}},
    {HEAD_REQUEST, FIELD_BAD, {ASK, {"", "b"}}},
    {HEAD_REQUEST, FIELD_BAD, {ASK, {"a", "b\r\nc"}}},
    {HEAD_REQUEST, FIELD_BAD, {ASK, {"a", " b"}}},
    {HEAD_REQUEST, FIELD_BAD, {ASK, {"transfer-encoding", "chunked"}}},
    {HEAD_REQUEST, FIELD_BAD, {ASK, {"keep-alive", "1"}}},
    {HEAD_REQUEST, FIELD_BAD, {ASK, {"te", "gzip"}}},
    {HEAD_REQUEST, 0, {ASK, {"te", "trailers"}}},
    {HEAD_REQUEST, PSEUDO | FIELD_BAD, {{":method", "GET"}, {"A", "b"}}},
    {HEAD_FINAL, 0, {{":status", "200"}, {"a", "b"}}},
    {HEAD_FINAL, PSEUDO, {{"a", "b"}}},
    {HEAD_FINAL, 0, {UNKNOWN, {"a", "b"}}},
    {HEAD_FINAL, PSEUDO, {{":status", "200"}, {":path", "/"}}},
    {HEAD_FINAL, PSEUDO, {{":status", "200"}, {":status", "200"}}},
    {HEAD_FINAL, FIELD_BAD, {{":status", "20"}}},
    {HEAD_FINAL, FIELD_BAD, {{":status", "2x0"}}},
    {HEAD_INFORMATIONAL, 0, {{":status", "103"}}},
    {HEAD_INFORMATIONAL, PSEUDO, {{"a", "b"}}},
    {HEAD_TRAILERS, 0, {{"a", "b"}}},
    {HEAD_TRAILERS, 0, {{NULL, NULL}}},
    {HEAD_TRAILERS, PSEUDO, {{":status", "200"}}},
    {HEAD_TRAILERS, PSEUDO, {{":new", "200"}}},
};

static void heads_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        uint32_t marks = judge(heads[i].pairs, MOST, heads[i].kind, false, false);
        if (marks != heads[i].marks)
            fail_msg("head %zu: %x, not %x", i, marks, heads[i].marks);
    }
}

/* What comes as an index was looked at when it came into the table; unless one of those was malformed. */
static void careful_looks_at_indexed_fields(void **state)
{
    (void)state;
    static const struct pair name[] = {ASK, {"Name", "b"}},
                             path[] = {{":method", "GET"}, {":scheme", "https"}, {":path", "/ /"}};
    assert_int_equal(judge(name, 4, HEAD_REQUEST, true, false), 0);
    assert_int_equal(judge(name, 4, HEAD_REQUEST, true, true), FIELD_BAD);
    assert_int_equal(judge(path, 3, HEAD_REQUEST, true, false), 0);
    assert_int_equal(judge(path, 3, HEAD_REQUEST, true, true), FIELD_BAD);
}

static uint32_t judge_one(struct validity *v, struct field f, const char *name, const char *value)
{
    f.name = slice_of(name);
    f.value = slice_of(value);
    f.id = field_id(f.name);
    v->marks = 0;
    validity_field(v, &f);
    return v->marks;
}

/* A name that is an entry's is not looked at again, its new value is; and a value that was found lawful is known by its
 * number. */
static void what_is_not_new_is_not_looked_at(void **state)
{
    (void)state;
    struct validity v = {0}, careful = {.careful = true};
    assert_int_equal(judge_one(&v, (struct field){.named = true}, "Name", "b"), 0);
    assert_int_equal(judge_one(&careful, (struct field){.named = true}, "Name", "b"), FIELD_BAD);
    assert_int_equal(judge_one(&v, (struct field){.named = true}, "name", " b"), FIELD_BAD);
    assert_int_equal(judge_one(&v, (struct field){.named = true}, "upgrade", "b"), FIELD_BAD);
    assert_int_equal(judge_one(&v, (struct field){.entry = 5}, "name", "b"), 0);
    assert_int_equal(judge_one(&v, (struct field){.entry = 5}, "Name", " b"), FIELD_BAD);
    assert_int_equal(judge_one(&v, (struct field){.entry = 5}, "name", " b"), 0);
    assert_int_equal(judge_one(&v, (struct field){.entry = 6}, "name", " b"), FIELD_BAD);
    assert_int_equal(judge_one(&v, (struct field){.entry = 6}, "name", " b"), FIELD_BAD);
    assert_int_equal(judge_one(&v, (struct field){.entry = 5}, "name", " b"), 0);
}

/* libnghttp2 as the one who receives: does it accept the head? */

static int refused_frame(nghttp2_session *session, const nghttp2_frame *frame, int error, void *user)
{
    (void)session, (void)frame, (void)error;
    *(bool *)user = true;
    return 0;
}

static int refused_field(nghttp2_session *session, const nghttp2_frame *frame, nghttp2_rcbuf *name,
                         nghttp2_rcbuf *value, uint8_t flags, void *user)
{
    (void)session, (void)frame, (void)name, (void)value, (void)flags;
    *(bool *)user = true;
    return 0;
}

static ssize_t send_nothing(nghttp2_session *session, const uint8_t *bytes, size_t size, int flags, void *user)
{
    (void)session, (void)bytes, (void)flags, (void)user;
    return (ssize_t)size;
}

static size_t frame_of(const struct pair *pairs, size_t count, uint8_t *frame, size_t room)
{
    nghttp2_nv list[MOST];
    nghttp2_hd_deflater *deflater;
    assert_int_equal(nghttp2_hd_deflate_new(&deflater, 0), 0);
    for (size_t i = 0; i < count; i++)
        list[i] = (nghttp2_nv){.name = (uint8_t *)(uintptr_t)pairs[i].name,
                               .namelen = strlen(pairs[i].name),
                               .value = (uint8_t *)(uintptr_t)pairs[i].value,
                               .valuelen = strlen(pairs[i].value)};
    ssize_t size = nghttp2_hd_deflate_hd(deflater, frame + 9, room - 9, list, count);
    assert_true(size >= 0 && size < 256);
    nghttp2_hd_deflate_del(deflater);
    memcpy(frame, (const uint8_t[9]){0, 0, (uint8_t)size, 1, 5, 0, 0, 0, 1}, 9);
    return (size_t)size + 9;
}

static bool accepts(const struct pair *pairs, size_t count, bool request)
{
    static const uint8_t SETTINGS[9] = {0, 0, 0, 4};
    uint8_t frame[512];
    bool refused = false;
    nghttp2_session_callbacks *callbacks;
    nghttp2_session *session;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, refused_frame);
    nghttp2_session_callbacks_set_on_invalid_header_callback2(callbacks, refused_field);
    nghttp2_session_callbacks_set_send_callback(callbacks, send_nothing);
    if (request) {
        const nghttp2_settings_entry connect = {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1};
        nghttp2_session_server_new(&session, callbacks, &refused);
        nghttp2_submit_settings(session, 0, &connect, 1);
        nghttp2_session_mem_recv(session, (const uint8_t *)NGHTTP2_CLIENT_MAGIC, NGHTTP2_CLIENT_MAGIC_LEN);
    } else {
        const struct pair get[] = {ASK, {":authority", "a"}};
        nghttp2_nv list[4];
        for (size_t i = 0; i < 4; i++)
            list[i] = (nghttp2_nv){(uint8_t *)(uintptr_t)get[i].name, (uint8_t *)(uintptr_t)get[i].value,
                                   strlen(get[i].name), strlen(get[i].value), 0};
        nghttp2_session_client_new(&session, callbacks, &refused);
        nghttp2_submit_request(session, NULL, list, 4, NULL, NULL);
    }
    nghttp2_session_send(session);
    nghttp2_session_mem_recv(session, SETTINGS, sizeof SETTINGS);
    size_t size = frame_of(pairs, count, frame, sizeof frame);
    assert_int_equal(nghttp2_session_mem_recv(session, frame, size), size);
    nghttp2_session_del(session);
    nghttp2_session_callbacks_del(callbacks);
    return !refused;
}

static unsigned seed = 1;

static unsigned dice(unsigned sides)
{
    seed = seed * 1103515245 + 12345;
    return (seed >> 16) % sides;
}

/* Most heads begin as they should, so that what is odd in them is one thing. No path of "*", whose place hangs on the
 * method; :authority stands first, because libnghttp2 wants one, and RFC 9113 does not. */
static size_t make_head(struct pair *pairs, bool request)
{
    static const struct pair pseudo[] = {{":method", "GET"},         {":method", "CONNECT"}, {":method", "G\"T"},
                                         {":scheme", "https"},       {":scheme", "http"},    {":path", "/"},
                                         {":path", "/a b"},          {":path", "/x?y"},      {":authority", "h:1"},
                                         {":authority", "h/"},       {":status", "200"},     {":status", "2000"},
                                         {":protocol", "websocket"}, {":other", "x"}};
    static const struct pair fields[] = {{"a", "b"},
                                         {"a-b", ""},
                                         {"A", "b"},
                                         {"a", "b\x01"},
                                         {"a", "b "},
                                         {"te", "gzip"},
                                         {"te", "Trailers"},
                                         {"upgrade", "x"},
                                         {"connection", "close"},
                                         {"keep-alive", "1"},
                                         {"user agent", "x"},
                                         {"cookie", "a=b"},
                                         {"proxy-connection", "x"},
                                         {"transfer-encoding", "x"},
                                         {"a:b", "c"}};
    static const struct pair ask[] = {{":authority", "h"}, ASK},
                             tunnel[] = {{":authority", "h"}, {":method", "CONNECT"}},
                             web[] = {{":authority", "h"},
                                      {":method", "CONNECT"},
                                      {":protocol", "p"},
                                      {":scheme", "http"},
                                      {":path", "/"}},
                             bare[] = {{":authority", "h"}}, give[] = {{":status", "200"}},
                             code[] = {{":status", "20x"}};
    static const struct {
        const struct pair *pairs;
        size_t count;
    } asks[] = {{ask, 4}, {ask, 4}, {ask, 3}, {tunnel, 2}, {web, 5}, {bare, 1}},
      gives[] = {{give, 1}, {give, 1}, {code, 1}};
    size_t which = dice(request ? 6 : 3);
    size_t count = request ? asks[which].count : gives[which].count;
    memcpy(pairs, request ? asks[which].pairs : gives[which].pairs, count * sizeof *pairs);
    for (unsigned more = dice(4); more; more--)
        pairs[count++] =
            dice(3) ? fields[dice(sizeof fields / sizeof *fields)] : pseudo[dice(sizeof pseudo / sizeof *pseudo)];
    return count;
}

static void libnghttp2_judges_the_same(void **state)
{
    (void)state;
    unsigned good = 0;
    for (unsigned i = 0; i < 40000; i++) {
        struct pair pairs[MOST] = {{NULL, NULL}};
        bool request = i % 2;
        size_t count = make_head(pairs, request);
        uint32_t marks = judge(pairs, count, request ? HEAD_REQUEST : HEAD_FINAL, false, false);
        bool theirs = accepts(pairs, count, request);
        good += theirs;
        if (theirs == (marks == 0))
            continue;
        for (size_t k = 0; k < count; k++)
            print_error("%s: %s\n", pairs[k].name, pairs[k].value);
        fail_msg("ours: %x, accepted: %d", marks, theirs);
    }
    assert_true(good > 4000 && good < 36000);
}

/* Any byte at any place of values of any length: what is not asked of libnghttp2 is what it would have said. */
static void values_are_judged_as_by_libnghttp2(void **state)
{
    (void)state;
    uint8_t value[40];
    size_t bad = 0;
    for (size_t size = 0; size <= sizeof value; size++) {
        for (size_t at = 0; at < size; at++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                memset(value, 'a', sizeof value);
                value[at] = (uint8_t)byte;
                struct validity v = {.marks = 0};
                struct field f = {.known = KNOWN, .name = slice_of("b"), .value = {value, size}};
                validity_field(&v, &f);
                assert_int_equal(v.marks == 0, nghttp2_check_header_value_rfc9113(value, size) != 0);
                bad += v.marks != 0;
            }
        }
    }
    assert_true(bad > 0);
}

/* What golang.org/x/net/http2 of 2023 did, asked over a connection: the number could be used again, or not. */
static void what_go_does_not_count(void **state)
{
    (void)state;
    static const struct {
        bool uncounted;
        struct pair pairs[MOST];
    } requests[] = {
        {false, {ASK}},
        {true, {ASK, {"Name", "b"}}},
        {true, {ASK, {"na me", "b"}}},
        {true, {ASK, {"", "b"}}},
        {true, {ASK, {"a", "b\nc"}}},
        {true, {ASK, {"a", "b\x7f"}}},
        {true, {{":method", "GET"}, {":scheme", "https"}, {":path", "/\x01"}}},
        {true, {ASK, {"b", "c"}, {":authority", "a"}}},
        {true, {ASK, {":path", "/"}}},
        {true, {ASK, {":status", "200"}}},
        {true, {ASK, {":new", "x"}}},
        {true, {{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "https"}, {":path", "/"}}},
        /* reset, but counted */
        {false, {{":method", "GET"}, {":scheme", "https"}}},
        {false, {{":status", "200"}}},
        {false, {{":method", "GET"}, {":scheme", "https"}, {":path", "no-slash"}}},
        {false, {{":method", "CONNECT"}, {":authority", "a:1"}, {":path", "/"}}},
        /* answered, with 400 or as any other */
        {false, {ASK, {"a", " b"}}},
        {false, {ASK, {"a", "b\t"}}},
        {false, {ASK, {"te", "gzip"}}},
        {false, {ASK, {"connection", "close"}}},
        {false, {ASK, {":authority", "a b"}}},
        {false, {{":method", "G T"}, {":scheme", "https"}, {":path", "/"}}},
        {false, {{":method", "GET"}, {":scheme", "https"}, {":path", "/a b"}}},
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        if (look_at(requests[i].pairs, MOST, HEAD_REQUEST, false, false).uncounted != requests[i].uncounted)
            fail_msg("request %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_are_judged),
        cmocka_unit_test(careful_looks_at_indexed_fields),
        cmocka_unit_test(what_is_not_new_is_not_looked_at),
        cmocka_unit_test(libnghttp2_judges_the_same),
        cmocka_unit_test(values_are_judged_as_by_libnghttp2),
        cmocka_unit_test(what_go_does_not_count),
    };
    return cmocka_run_group_tests_name("validity", tests, NULL, NULL);
}

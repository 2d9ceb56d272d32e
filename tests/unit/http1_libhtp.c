/* Well-formed exchanges at random, read by libhtp as an independent judge: method, target, status and the sizes of both
 * bodies agree. Without libhtp there is nothing to compare. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef HAVE_LIBHTP
#include <htp/htp.h>

#include "proto/http/http1.h"

enum { TALKS = 400, EXCHANGES = 12, WIRE_BYTES = 1 << 14, BODY_MAX = 300 };

struct wire {
    char bytes[WIRE_BYTES];
    size_t size;
};

struct seen {
    char method[16], target[64];
    unsigned status;
    uint64_t body[2];
    bool over;
};

struct reading {
    struct seen seen[EXCHANGES + 1];
    unsigned count;
};

static void write_text(struct wire *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void write_text(struct wire *w, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    w->size += (size_t)vsnprintf(w->bytes + w->size, WIRE_BYTES - w->size, format, list);
    va_end(list);
    assert_true(w->size < WIRE_BYTES);
}

static unsigned pick(unsigned below)
{
    return (unsigned)rand() % below;
}

/* What is in a body: lines, digits and letters, so that it could be taken for anything. */
static void write_bytes(struct wire *w, unsigned size)
{
    static const char letters[] = "HTTP/1.1 200 \r\n0123456789abcdef:;GET /";
    for (unsigned i = 0; i < size; i++)
        write_text(w, "%c", letters[pick(sizeof letters - 1)]);
}

static void write_body(struct wire *w, bool chunked, unsigned size)
{
    if (!chunked) {
        write_text(w, "Content-Length: %u\r\n\r\n", size);
        write_bytes(w, size);
        return;
    }
    write_text(w, "Transfer-Encoding: chunked\r\n\r\n");
    while (size) {
        unsigned chunk = 1 + pick(size);
        write_text(w, pick(2) ? "%x\r\n" : "%X\r\n", chunk);
        write_bytes(w, chunk);
        write_text(w, "\r\n");
        size -= chunk;
    }
    write_text(w, "0\r\n\r\n");
}

static void write_fields(struct wire *w)
{
    for (unsigned i = pick(4); i > 0; i--)
        write_text(w, "X-Field-%u:%s%u\r\n", pick(100), pick(2) ? " " : "", pick(100000));
}

static void write_request(struct wire *w, const char *method)
{
    write_text(w, "%s /path/%u?q=%u HTTP/1.1\r\nHost: host\r\n", method, pick(1000), pick(1000));
    write_fields(w);
    if (strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0)
        write_body(w, pick(2), pick(BODY_MAX));
    else
        write_text(w, "\r\n");
}

static void write_answer(struct wire *w, const char *method)
{
    static const unsigned statuses[] = {200, 201, 202, 204, 301, 304, 400, 401, 403, 404, 409, 500, 503};
    unsigned status = statuses[pick(sizeof statuses / sizeof statuses[0])];
    write_text(w, "HTTP/1.1 %u Reason\r\n", status);
    write_fields(w);
    if (status == 204 || status == 304)
        write_text(w, "\r\n");
    else if (strcmp(method, "HEAD") == 0)
        write_text(w, "Content-Length: %u\r\n\r\n", pick(BODY_MAX));
    else
        write_body(w, pick(2), pick(BODY_MAX));
}

static void *on_open(void *owner, moment time, enum http_version version, uint32_t stream_id)
{
    struct reading *r = owner;
    (void)time;
    (void)stream_id;
    assert_int_equal(version, HTTP_1_1);
    assert_true(r->count < EXCHANGES);
    return &r->seen[r->count++];
}

static void keep(char *to, size_t room, struct slice value)
{
    snprintf(to, room, "%.*s", (int)value.size, (const char *)value.data);
}

static void on_field(void *thing, enum side from, const struct field *field)
{
    struct seen *s = thing;
    (void)from;
    if (field->id == FIELD_METHOD)
        keep(s->method, sizeof s->method, field->value);
    if (field->id == FIELD_PATH)
        keep(s->target, sizeof s->target, field->value);
    if (field->id == FIELD_STATUS)
        s->status = (unsigned)strtoul((const char *)field->value.data, NULL, 10);
}

static void on_head(void *thing, enum side from, enum head_kind kind, bool whole)
{
    (void)thing;
    (void)from;
    (void)kind;
    assert_true(whole);
}

static void on_body(void *thing, enum side from, struct slice bytes, uint64_t lost)
{
    assert_int_equal(lost, 0);
    ((struct seen *)thing)->body[from] += bytes.size;
}

static void on_done(void *thing, enum side from, enum message_end how)
{
    (void)thing;
    (void)from;
    assert_int_equal(how, MESSAGE_WHOLE);
}

static void on_mark(void *thing, enum side from, enum http_mark mark)
{
    (void)thing;
    (void)from;
    fail_msg("nothing is odd here: %s", http_mark_name(mark));
}

static void on_over(void *thing)
{
    ((struct seen *)thing)->over = true;
}

static const struct message_events events = {
    .open = on_open,
    .field = on_field,
    .head = on_head,
    .body = on_body,
    .done = on_done,
    .mark = on_mark,
    .over = on_over,
};

struct pair_of_readers {
    struct stream *ours;
    htp_connp_t *theirs;
};

static void push(const struct pair_of_readers *p, enum side from, const struct wire *w)
{
    htp_time_t now = {.tv_sec = 1};
    for (size_t at = 0; at < w->size;) {
        size_t size = 1 + pick(pick(2) ? 8 : 400);
        size = size < w->size - at ? size : w->size - at;
        stream_push(p->ours, from, 1, (struct slice){(const uint8_t *)w->bytes + at, size});
        if (from == CLIENT)
            htp_connp_req_data(p->theirs, &now, w->bytes + at, size);
        else
            htp_connp_res_data(p->theirs, &now, w->bytes + at, size);
        at += size;
    }
}

static void compare(const struct reading *ours, const htp_conn_t *theirs)
{
    assert_int_equal(ours->count, EXCHANGES);
    assert_int_equal(htp_list_size(theirs->transactions), EXCHANGES);
    for (unsigned i = 0; i < EXCHANGES; i++) {
        const struct seen *s = &ours->seen[i];
        const htp_tx_t *tx = htp_list_get(theirs->transactions, i);
        assert_true(s->over);
        assert_int_equal(bstr_cmp_c(tx->request_method, s->method), 0);
        assert_int_equal(bstr_cmp_c(tx->request_uri, s->target), 0);
        assert_int_equal(tx->response_status_number, s->status);
        assert_int_equal(tx->request_entity_len, s->body[CLIENT]);
        assert_int_equal(tx->response_entity_len, s->body[SERVER]);
    }
}

static void agrees_with_libhtp(void **state)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS"};
    static const struct http1_limits limits = {.head_bytes = 4096, .open = 8};
    (void)state;
    srand(1);
    htp_cfg_t *config = htp_config_create();
    htp_config_set_server_personality(config, HTP_SERVER_GENERIC);
    for (unsigned talk = 0; talk < TALKS; talk++) {
        struct memory memory = {.limit = 1 << 20};
        struct reading reading = {.count = 0};
        struct pair_of_readers p = {http1_new(&limits, true, &memory, &events, &reading), htp_connp_create(config)};
        htp_connp_open(p.theirs, "192.0.2.1", 1, "192.0.2.2", 2, NULL);
        for (unsigned i = 0; i < EXCHANGES; i++) {
            struct wire wire = {.size = 0};
            const char *method = methods[pick(sizeof methods / sizeof methods[0])];
            write_request(&wire, method);
            push(&p, CLIENT, &wire);
            wire.size = 0;
            write_answer(&wire, method);
            push(&p, SERVER, &wire);
        }
        compare(&reading, htp_connp_get_connection(p.theirs));
        stream_free(p.ours);
        htp_connp_destroy_all(p.theirs);
        assert_int_equal(memory.used, 0);
    }
    htp_config_destroy(config);
}

#else

static void agrees_with_libhtp(void **state)
{
    (void)state;
    skip();
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_libhtp)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

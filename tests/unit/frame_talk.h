/* A conversation between two sessions of nghttp2, in memory: the bytes of each side in the pieces in which they were
 * sent, and what nghttp2 itself read. */
#ifndef TESTS_UNIT_FRAME_TALK_H
#define TESTS_UNIT_FRAME_TALK_H

#include <nghttp2/nghttp2.h>

#include "proto/http/frame.h"

enum { TALK_FRAMES = 512, TALK_PIECES = 256, TALK_BYTES = 1 << 17 };

struct talk_side {
    uint8_t bytes[TALK_BYTES];
    size_t size;
    size_t turns[TALK_PIECES]; /* where the other side spoke */
    unsigned turn_count;
    struct h2_frame frames[TALK_FRAMES]; /* as nghttp2 read them: all but CONTINUATION */
    unsigned count;
    uint8_t body[TALK_BYTES]; /* of all DATA, without padding */
    size_t body_size;
};

struct talk {
    struct talk_side side[2];
};

static struct talk talk; /* of one test at a time */

struct talk_source {
    size_t left;
    uint32_t seed;
};

/* Bodies as they are hard for a search: numbers with many zeros, as a binary encoding has them, and text between. */
static uint8_t talk_byte(struct talk_source *s)
{
    static const uint8_t some[] = {0, 0, 0, 0, 0, 0, 1, 3, 4, 8, 9, 0x12, 0x1a, 'n', 'a', 0x84};
    s->seed = s->seed * 1103515245U + 12345U;
    return (s->seed >> 28) % 4 == 0 ? (uint8_t)(s->seed >> 20) : some[s->seed >> 24 & 15];
}

static ssize_t talk_body(nghttp2_session *session, int32_t stream, uint8_t *to, size_t size, uint32_t *flags,
                         nghttp2_data_source *source, void *user)
{
    struct talk_source *s = source->ptr;
    size_t some = s->left < size ? s->left : size;
    (void)session, (void)stream, (void)user;
    some = some < 3000 ? some : 3000;
    for (size_t i = 0; i < some; i++)
        to[i] = talk_byte(s);
    s->left -= some;
    if (s->left == 0)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)some;
}

static ssize_t talk_padding(nghttp2_session *session, const nghttp2_frame *frame, size_t most, void *user)
{
    size_t padded = frame->hd.length + (frame->hd.stream_id % 3 == 0 ? 17 : 0);
    (void)session, (void)user;
    return (ssize_t)(padded < most ? padded : most);
}

static int talk_frame(nghttp2_session *session, const nghttp2_frame_hd *hd, void *user)
{
    struct talk_side *from = user;
    (void)session;
    from->frames[from->count++] = (struct h2_frame){
        .size = (uint32_t)hd->length, .stream = (uint32_t)hd->stream_id, .type = hd->type, .flags = hd->flags};
    return 0;
}

static int talk_chunk(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *bytes, size_t size,
                      void *user)
{
    struct talk_side *from = user;
    (void)session, (void)flags, (void)stream;
    memcpy(from->body + from->body_size, bytes, size);
    from->body_size += size;
    return 0;
}

/* All that one has to say goes to the other. @return whether it was anything. */
static bool talk_pump(nghttp2_session *of, nghttp2_session *to, enum side from)
{
    struct talk_side *s = &talk.side[from], *other = &talk.side[other_side(from)];
    const uint8_t *bytes = NULL;
    bool any = false;
    for (ssize_t size; (size = nghttp2_session_mem_send(of, &bytes)) > 0; any = true) {
        assert_true(s->size + (size_t)size <= TALK_BYTES);
        memcpy(s->bytes + s->size, bytes, (size_t)size);
        s->size += (size_t)size;
        assert_int_equal(nghttp2_session_mem_recv(to, bytes, (size_t)size), size);
    }
    if (any)
        other->turns[other->turn_count++] = other->size;
    return any;
}

static void talk_pump_both(nghttp2_session *sessions[2])
{
    bool any = true;
    while (any) {
        any = talk_pump(sessions[CLIENT], sessions[SERVER], CLIENT);
        any = talk_pump(sessions[SERVER], sessions[CLIENT], SERVER) || any;
    }
}

static void talk_request(nghttp2_session *client, uint32_t number, struct talk_source *source, bool large)
{
    static char value[17000];
    char path[64];
    snprintf(path, sizeof path, "/api/v1/namespaces/default/pods/%u", number * 7919 % 1000);
    for (size_t i = 0; i < sizeof value; i++)
        value[i] = (char)('!' + (i * i + number) % 90); /* long in Huffman's code, too */
#define PAIR(name, value, size)                                                                                        \
    {(uint8_t *)(name), (uint8_t *)(value), sizeof(name) - 1, size, NGHTTP2_NV_FLAG_NO_INDEX}
    nghttp2_nv fields[] = {PAIR(":method", "POST", 4), PAIR(":scheme", "http", 4), PAIR(":authority", "api", 3),
                           PAIR(":path", path, strlen(path)),
                           PAIR("authorization", value, large ? sizeof value : 40 + number)};
    nghttp2_data_provider body = {.source.ptr = source, .read_callback = talk_body};
    assert_true(nghttp2_submit_request(client, NULL, fields, 5, source->left ? &body : NULL, NULL) > 0);
}

static void talk_answer(nghttp2_session *server, int32_t stream, struct talk_source *source)
{
    nghttp2_nv fields[] = {PAIR(":status", "200", 3), PAIR("content-type", "application/json", 16)};
    nghttp2_nv promised[] = {PAIR(":method", "GET", 3), PAIR(":scheme", "http", 4), PAIR(":authority", "api", 3),
                             PAIR(":path", "/pushed", 7)};
    nghttp2_data_provider body = {.source.ptr = source, .read_callback = talk_body};
    if (stream == 9) {
        int32_t even = nghttp2_submit_push_promise(server, 0, stream, promised, 4, NULL);
        assert_true(even > 0);
        assert_int_equal(nghttp2_submit_response(server, even, fields, 2, NULL), 0);
    }
    assert_int_equal(nghttp2_submit_response(server, stream, fields, 2, source->left ? &body : NULL), 0);
#undef PAIR
}

/* @param scale  how large bodies are. */
static void talk_make(size_t scale, bool large_head)
{
    static struct talk_source sources[64];
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_session *sessions[2] = {NULL, NULL};
    memset(&talk, 0, sizeof talk);
    assert_int_equal(nghttp2_session_callbacks_new(&callbacks), 0);
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, talk_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, talk_chunk);
    nghttp2_session_callbacks_set_select_padding_callback(callbacks, talk_padding);
    assert_int_equal(nghttp2_session_client_new(&sessions[CLIENT], callbacks, &talk.side[SERVER]), 0);
    assert_int_equal(nghttp2_session_server_new(&sessions[SERVER], callbacks, &talk.side[CLIENT]), 0);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 100}};
    nghttp2_submit_settings(sessions[CLIENT], 0, settings, 1);
    nghttp2_submit_settings(sessions[SERVER], 0, settings, 1);
    for (uint32_t i = 0; i < 24; i++) {
        sources[i] = (struct talk_source){.left = i % 3 ? 0 : scale * (i + 1) / 8, .seed = i};
        sources[24 + i] = (struct talk_source){.left = i % 5 ? scale * (i % 7) / 4 : 0, .seed = 100 + i};
        talk_request(sessions[CLIENT], i, &sources[i], large_head && i == 10);
        if (i % 4 == 1) /* else several requests are under way at a time */
            talk_pump_both(sessions);
        if (i % 6 == 5)
            nghttp2_submit_ping(sessions[i % 2 ? CLIENT : SERVER], 0, NULL);
        if (i % 8 == 7) {
            talk_pump_both(sessions);
            nghttp2_submit_window_update(sessions[CLIENT], 0, 0, 1000);
            nghttp2_submit_rst_stream(sessions[CLIENT], 0, (int32_t)(2 * i - 1), NGHTTP2_CANCEL);
        }
        if (i % 2) {
            talk_pump_both(sessions);
            talk_answer(sessions[SERVER], (int32_t)(2 * i - 1), &sources[24 + i - 1]);
            if (i % 8 != 7)
                talk_answer(sessions[SERVER], (int32_t)(2 * i + 1), &sources[24 + i]);
        }
        talk_pump_both(sessions);
    }
    nghttp2_session_terminate_session(sessions[SERVER], NGHTTP2_NO_ERROR);
    talk_pump_both(sessions);
    nghttp2_session_del(sessions[CLIENT]);
    nghttp2_session_del(sessions[SERVER]);
}

#endif

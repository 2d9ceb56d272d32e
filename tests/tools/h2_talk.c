#include "tests/tools/h2_talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *need(void *block)
{
    if (!block) {
        fputs("no memory\n", stderr);
        exit(99);
    }
    return block;
}

void h2_talk_init(struct h2_talk *t, enum h2_habit client, enum h2_habit server, uint32_t seed)
{
    *t = (struct h2_talk){.side = {{.habit = client}, {.habit = server}}, .next_stream = 1, .seed = seed};
    for (struct h2_side *s = t->side; s < t->side + 2; s++) {
        if (s->habit == H2_GO)
            s->go = need(go_hpack_new(4096));
        else if (nghttp2_hd_deflate_new(&s->deflater, 4096) != 0)
            need(NULL);
    }
}

void h2_talk_deinit(struct h2_talk *t)
{
    for (struct h2_side *s = t->side; s < t->side + 2; s++) {
        if (s->habit == H2_GO)
            go_hpack_free(s->go);
        else
            nghttp2_hd_deflate_del(s->deflater);
        free(s->bytes);
    }
}

const uint8_t *h2_talk_said(struct h2_talk *t, unsigned from, size_t *size)
{
    *size = t->side[from].size;
    t->side[from].size = 0;
    return t->side[from].bytes;
}

void h2_talk_bytes(struct h2_talk *t, unsigned from, const void *bytes, size_t size)
{
    struct h2_side *s = &t->side[from];
    if (s->room - s->size < size) {
        s->room = (s->size + size) * 2;
        s->bytes = need(realloc(s->bytes, s->room));
    }
    if (size)
        memcpy(s->bytes + s->size, bytes, size);
    s->size += size;
}

static void put32(uint8_t *at, uint32_t number)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(number >> (24 - 8 * i));
}

void h2_talk_frame(struct h2_talk *t, unsigned from, unsigned type, unsigned flags, uint32_t stream,
                   const void *payload, size_t size)
{
    uint8_t head[9] = {(uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size, (uint8_t)type, (uint8_t)flags};
    put32(head + 5, stream);
    h2_talk_bytes(t, from, head, sizeof head);
    h2_talk_bytes(t, from, payload, size);
}

void h2_talk_number(struct h2_talk *t, unsigned from, unsigned type, uint32_t stream, uint32_t number)
{
    uint8_t payload[4];
    put32(payload, number);
    h2_talk_frame(t, from, type, 0, stream, payload, sizeof payload);
}

void h2_talk_goaway(struct h2_talk *t, unsigned from, uint32_t last_stream, uint32_t code, const char *debug)
{
    uint8_t payload[256];
    size_t size = strlen(debug);
    put32(payload, last_stream);
    put32(payload + 4, code);
    memcpy(payload + 8, debug, size);
    h2_talk_frame(t, from, H2_GOAWAY, 0, 0, payload, 8 + size);
}

void h2_talk_greet(struct h2_talk *t, unsigned from)
{
    static const struct {
        uint16_t id;
        uint32_t value;
    } settings[2][2][4] = {
        [H2_CLIENT][H2_NGHTTP2] = {{3, 100}, {4, 33554432}, {2, 0}},
        [H2_CLIENT][H2_GO] = {{2, 0}, {4, 4194304}, {6, 10485760}},
        [H2_SERVER][H2_NGHTTP2] = {{8, 1}, {3, 100}},
        [H2_SERVER][H2_GO] = {{5, 262144}, {3, 250}, {6, 1048896}, {4, 262144}},
    };
    static const uint32_t windows[2][2] = {[H2_CLIENT] = {33488897, 1073741824}, [H2_SERVER] = {2147418112, 65470465}};
    enum h2_habit habit = t->side[from].habit;
    uint8_t payload[24];
    size_t size = 0;
    for (unsigned i = 0; i < 4 && settings[from][habit][i].id; i++, size += 6) {
        payload[size] = 0;
        payload[size + 1] = (uint8_t)settings[from][habit][i].id;
        put32(payload + size + 2, settings[from][habit][i].value);
    }
    if (from == H2_CLIENT)
        h2_talk_bytes(t, from, NGHTTP2_CLIENT_MAGIC, NGHTTP2_CLIENT_MAGIC_LEN);
    h2_talk_frame(t, from, H2_SETTINGS, 0, 0, payload, size);
    h2_talk_number(t, from, H2_WINDOW_UPDATE, 0, windows[from][habit]);
}

void h2_talk_resize(struct h2_talk *t, unsigned from, uint32_t table_size)
{
    struct h2_side *s = &t->side[from];
    if (s->habit == H2_GO)
        go_hpack_resize(s->go, table_size);
    else if (nghttp2_hd_deflate_change_table_size(s->deflater, table_size) != 0)
        need(NULL);
}

/* The library's structure has no const, but neither encoder writes to the strings. */
static uint8_t *unconst(const char *text)
{
    union {
        const char *in;
        uint8_t *out;
    } u = {.in = text};
    return u.out;
}

void h2_field(struct h2_fields *f, const char *name, const char *value)
{
    f->at[f->count++] = (nghttp2_nv){unconst(name), unconst(value), strlen(name), strlen(value), NGHTTP2_NV_FLAG_NONE};
}

size_t h2_talk_block(struct h2_talk *t, unsigned from, const struct h2_fields *f, uint8_t *out, size_t room)
{
    struct h2_side *s = &t->side[from];
    if (s->habit == H2_GO)
        return go_hpack_encode(s->go, f->at, f->count, out, room);
    ssize_t size = nghttp2_hd_deflate_hd(s->deflater, out, room, f->at, f->count);
    if (size < 0)
        need(NULL);
    return (size_t)size;
}

void h2_talk_head(struct h2_talk *t, unsigned from, uint32_t stream, unsigned flags, const struct h2_fields *f)
{
    static uint8_t block[H2_BLOCK_ROOM];
    size_t size = h2_talk_block(t, from, f, block, sizeof block), at = 0;
    do {
        size_t part = size - at < H2_FRAME_MAX ? size - at : H2_FRAME_MAX;
        unsigned type = at ? H2_CONTINUATION : H2_HEADERS, end = at + part == size ? H2_END_HEADERS : 0;
        h2_talk_frame(t, from, type, (at ? 0 : flags) | end, stream, block + at, part);
        at += part;
    } while (at < size);
}

void h2_talk_data(struct h2_talk *t, unsigned from, uint32_t stream, const void *bytes, size_t size, bool last)
{
    size_t at = 0;
    do {
        size_t part = size - at < H2_FRAME_MAX ? size - at : H2_FRAME_MAX;
        unsigned flags = last && at + part == size ? H2_END_STREAM : 0;
        h2_talk_frame(t, from, H2_DATA, flags, stream, (const uint8_t *)bytes + at, part);
        at += part;
    } while (at < size);
}

uint32_t h2_chance(struct h2_talk *t, uint32_t below)
{
    t->seed = t->seed * 1664525 + 1013904223;
    return (t->seed >> 8) % below;
}

void h2_uuid(struct h2_talk *t, char out[static H2_UUID])
{
    static const char digits[] = "0123456789abcdef", form[] = "xxxxxxxx-xxxx-4xxx-Vxxx-xxxxxxxxxxxx";
    memcpy(out, form, H2_UUID);
    for (char *at = out; *at; at++) {
        if (*at == 'x')
            *at = digits[h2_chance(t, 16)];
        else if (*at == 'V')
            *at = digits[8 + h2_chance(t, 4)];
    }
}

/* Go keeps a request's fields in a map, and takes them from it in another order each time. */
static void shuffle(struct h2_talk *t, nghttp2_nv *at, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = h2_chance(t, (uint32_t)i);
        nghttp2_nv kept = at[i - 1];
        at[i - 1] = at[other];
        at[other] = kept;
    }
}

static void go_request(struct h2_talk *t, const struct h2_request *r, struct h2_fields *f, const char *length)
{
    h2_field(f, ":authority", r->authority);
    h2_field(f, ":method", r->method);
    h2_field(f, ":path", r->path);
    h2_field(f, ":scheme", "http");
    size_t pseudo = f->count;
    h2_field(f, "accept", "application/json, */*");
    h2_field(f, "user-agent", r->agent);
    if (r->bearer)
        h2_field(f, "authorization", r->bearer);
    if (r->body)
        h2_field(f, "content-type", "application/json");
    if (r->extra[0])
        h2_field(f, r->extra[0], r->extra[1]);
    shuffle(t, f->at + pseudo, f->count - pseudo);
    if (r->body)
        h2_field(f, "content-length", length);
    h2_field(f, "accept-encoding", "gzip");
}

static void nghttp2_request(const struct h2_request *r, struct h2_fields *f, const char *length)
{
    h2_field(f, ":method", r->method);
    h2_field(f, ":path", r->path);
    h2_field(f, ":scheme", "http");
    h2_field(f, ":authority", r->authority);
    if (r->bearer)
        h2_field(f, "authorization", r->bearer);
    h2_field(f, "user-agent", r->agent);
    h2_field(f, "accept", "*/*");
    if (r->extra[0])
        h2_field(f, r->extra[0], r->extra[1]);
    if (r->body) {
        h2_field(f, "content-type", "application/json");
        h2_field(f, "content-length", length);
    }
}

void h2_request_fields(struct h2_talk *t, const struct h2_request *r, struct h2_fields *f,
                       char length[static H2_NUMBER])
{
    snprintf(length, H2_NUMBER, "%zu", r->body ? strlen(r->body) : 0);
    if (t->side[H2_CLIENT].habit == H2_GO)
        go_request(t, r, f, length);
    else
        nghttp2_request(r, f, length);
}

uint32_t h2_ask(struct h2_talk *t, const struct h2_request *r)
{
    struct h2_fields f = {.count = 0};
    char length[H2_NUMBER];
    uint32_t stream = t->next_stream;
    t->next_stream += 2;
    h2_request_fields(t, r, &f, length);
    h2_talk_head(t, H2_CLIENT, stream, r->body ? 0 : H2_END_STREAM, &f);
    if (r->body)
        h2_talk_data(t, H2_CLIENT, stream, r->body, strlen(r->body), true);
    return stream;
}

void h2_answer_head(struct h2_talk *t, uint32_t stream, const struct h2_answer *a)
{
    struct h2_fields f = {.count = 0};
    char status[8], length[H2_NUMBER];
    snprintf(status, sizeof status, "%u", a->status % 1000);
    snprintf(length, sizeof length, "%lld", a->length);
    h2_field(&f, ":status", status);
    if (a->audit_id)
        h2_field(&f, "audit-id", a->audit_id);
    h2_field(&f, "cache-control", "no-cache, private");
    h2_field(&f, "content-type", a->type ? a->type : "application/json");
    if (a->status == 403)
        h2_field(&f, "x-content-type-options", "nosniff");
    if (!a->refused) {
        h2_field(&f, "x-kubernetes-pf-flowschema-uid", "5d4e9a52-08f1-4a6b-9c0e-3f6f1d2b7a10");
        h2_field(&f, "x-kubernetes-pf-prioritylevel-uid", "b1c7e0d4-6a83-4f25-8e19-77d05c3a9e42");
    }
    if (a->length >= 0)
        h2_field(&f, "content-length", length);
    h2_field(&f, "date", a->date ? a->date : "Tue, 14 Nov 2023 22:13:20 GMT");
    h2_talk_head(t, H2_SERVER, stream, a->no_body ? H2_END_STREAM : 0, &f);
}

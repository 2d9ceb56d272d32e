/* odd-http2.pcap: what RFC 9113 allows and few clients do, and some of what it forbids but all read. */
#include <string.h>

#include "tests/tools/h2_scene.h"

enum {
    CLIENT_IP = 0xC0000214 /* 192.0.2.20 */,
    MANY = 12,
    NO_ERROR = 0,
    PROTOCOL_ERROR = 1,
    REFUSED_STREAM = 7,
    CANCEL = 8,
    ENHANCE_YOUR_CALM = 11
};

static const char BEARER[] = "Bearer bm90LWEtdG9rZW4tb2YtYW55Ym9keS1lbHNl";
static const char USER[] = "reader", ANONYMOUS[] = "system:anonymous";

static const struct speaker with_token = {CLIENT_IP, 40071, H2_NGHTTP2, H2_GO, "edges/2.0", BEARER, USER},
                            without = {CLIENT_IP, 40071, H2_NGHTTP2, H2_GO, "edges/2.0", NULL, ANONYMOUS};

static void priority(struct link *l, uint32_t stream, uint8_t on)
{
    uint8_t payload[5] = {0, 0, 0, on, 15};
    h2_talk_frame(&l->h2, H2_CLIENT, H2_PRIORITY, 0, stream, payload, sizeof payload);
}

/* Padding before and behind: its length, the bytes, that much of zeros. */
static size_t padded(uint8_t *out, const void *bytes, size_t size, uint8_t padding)
{
    out[0] = padding;
    memcpy(out + 1, bytes, size);
    memset(out + 1 + size, 0, padding);
    return 1 + size + padding;
}

static uint32_t new_stream(struct link *l)
{
    l->h2.next_stream += 2;
    return l->h2.next_stream - 2;
}

static size_t request_block(struct link *l, const struct call *c, uint8_t *out, size_t room)
{
    struct h2_request r = {.method = c->method,
                           .path = c->path,
                           .authority = "api.example:8080",
                           .agent = l->by->agent,
                           .bearer = l->by->bearer};
    struct h2_fields f = {.count = 0};
    char length[H2_NUMBER];
    h2_request_fields(&l->h2, &r, &f, length);
    return h2_talk_block(&l->h2, H2_CLIENT, &f, out, room);
}

/* HEADERS with padding and priority and the first bytes, then CONTINUATION: empty, five bytes, the rest; each by
 * itself. */
static void in_pieces(struct link *l)
{
    static const struct call c = {"GET", "/api/v1/namespaces/one/pods", 200, "credentialed", "list pods one", NULL, 2};
    uint8_t block[2048], piece[2048];
    size_t size = request_block(l, &c, block, sizeof block);
    struct pending p = {.call = &c, .stream = new_stream(l)};
    h2_uuid(&l->h2, p.audit_id);
    uint8_t first[5 + 10] = {0x80, 0, 0, 0, 200};
    memcpy(first + 5, block, 10);
    size_t head = padded(piece, first, sizeof first, 100);
    h2_talk_frame(&l->h2, H2_CLIENT, H2_HEADERS, H2_END_STREAM | H2_PADDED | H2_PRIORITY_FLAG, p.stream, piece, head);
    link_carry(l, H2_CLIENT);
    h2_talk_frame(&l->h2, H2_CLIENT, H2_CONTINUATION, 0, p.stream, NULL, 0);
    h2_talk_frame(&l->h2, H2_CLIENT, H2_CONTINUATION, 0, p.stream, block + 10, 5);
    link_carry(l, H2_CLIENT);
    h2_talk_frame(&l->h2, H2_CLIENT, H2_CONTINUATION, H2_END_HEADERS, p.stream, block + 15, size - 15);
    link_carry(l, H2_CLIENT);
    link_answer(l, &p);
    link_carry(l, H2_SERVER);
}

static void head_of(struct link *l, uint32_t stream, unsigned flags, const char *name, const char *value)
{
    struct h2_fields f = {.count = 0};
    h2_field(&f, name, value);
    h2_talk_head(&l->h2, name[0] == ':' || flags == 0 ? H2_SERVER : H2_CLIENT, stream, flags, &f);
}

/* Padded and empty DATA, trailers on both sides; 100 and 103 before the answer. A token in a trailer is none. */
static void with_trailers(struct link *l)
{
    static const struct call c = {
        "POST", "/api/v1/namespaces/one/configmaps", 403, "anonymous", "create configmaps one", NULL, 0};
    uint8_t block[2048], piece[2048];
    char body[1024];
    struct pending p = {.call = &c, .stream = new_stream(l)};
    h2_uuid(&l->h2, p.audit_id);
    size_t size = request_block(l, &c, block, sizeof block);
    h2_talk_frame(&l->h2, H2_CLIENT, H2_HEADERS, H2_END_HEADERS, p.stream, block, size);
    link_carry(l, H2_CLIENT);
    head_of(l, p.stream, 0, ":status", "100");
    head_of(l, p.stream, 0, ":status", "103");
    link_carry(l, H2_SERVER);
    h2_talk_frame(&l->h2, H2_CLIENT, H2_DATA, H2_PADDED, p.stream, piece, padded(piece, "{\"kind\":", 8, 255));
    h2_talk_frame(&l->h2, H2_CLIENT, H2_DATA, 0, p.stream, NULL, 0);
    h2_talk_frame(&l->h2, H2_CLIENT, H2_DATA, H2_PADDED, p.stream, piece, padded(piece, "", 0, 0));
    h2_talk_data(&l->h2, H2_CLIENT, p.stream, "\"ConfigMap\"}", 12, false);
    head_of(l, p.stream, H2_END_STREAM, "authorization", BEARER);
    link_carry(l, H2_CLIENT);
    size = scene_body(l, &c, body, sizeof body);
    link_answer_head(l, &p, -1, false);
    h2_talk_frame(&l->h2, H2_SERVER, H2_DATA, H2_PADDED, p.stream, piece, padded(piece, body, 40, 17));
    h2_talk_frame(&l->h2, H2_SERVER, H2_DATA, H2_PADDED, p.stream, piece, padded(piece, body + 40, size - 40, 1));
    struct h2_fields after = {.count = 0};
    h2_field(&after, "x-after", "1");
    h2_talk_head(&l->h2, H2_SERVER, p.stream, H2_END_STREAM, &after);
    link_carry(l, H2_SERVER);
    link_row(l, &c, 403, p.audit_id, p.stream);
}

/* Given up by the client before the answer, which is on its way all the same and says what the server made of it; in
 * the middle of it; refused by the server. */
static void resets(struct link *l)
{
    static const struct call never = {
        "GET", "/api/v1/namespaces/one/pods/slow", 200, "credentialed", "get pods one slow", NULL, 1};
    static const struct call watch = {"GET", "/api/v1/pods?watch=1", 200, "credentialed", "watch pods", NULL, 0};
    static const struct call again = {
        "GET", "/api/v1/namespaces/one/pods/busy", 200, "credentialed", "get pods one busy", NULL, 1};
    struct pending p = link_ask(l, &never);
    link_carry(l, H2_CLIENT);
    h2_talk_number(&l->h2, H2_CLIENT, H2_RST_STREAM, p.stream, CANCEL);
    link_carry(l, H2_CLIENT);
    link_answer_head(l, &p, 2, false);
    h2_talk_data(&l->h2, H2_SERVER, p.stream, "{}", 2, true);
    link_carry(l, H2_SERVER);
    link_row(l, &never, 200, p.audit_id, p.stream);

    p = link_ask(l, &watch);
    link_carry(l, H2_CLIENT);
    link_answer_head(l, &p, -1, false);
    h2_talk_data(&l->h2, H2_SERVER, p.stream, "{\"type\":\"ADDED\"}\n", 17, false);
    link_carry(l, H2_SERVER);
    h2_talk_number(&l->h2, H2_CLIENT, H2_RST_STREAM, p.stream, CANCEL);
    link_carry(l, H2_CLIENT);
    link_row(l, &watch, 200, p.audit_id, p.stream);

    p = link_ask(l, &again);
    link_carry(l, H2_CLIENT);
    h2_talk_number(&l->h2, H2_SERVER, H2_RST_STREAM, p.stream, REFUSED_STREAM);
    link_carry(l, H2_SERVER);
    struct call unseen = again;
    unseen.verdict = "unknown";
    link_row(l, &unseen, 0, NULL, p.stream);
    p = link_ask(l, &again);
    link_carry(l, H2_CLIENT);
    link_answer(l, &p);
    link_carry(l, H2_SERVER);
}

/* Frames of types that nobody knows, between those of an answer; and an answer that nobody asked for. */
static void unknown_frames(struct link *l)
{
    static const struct call c = {
        "GET", "/api/v1/namespaces/one/services", 200, "credentialed", "list services one", NULL, 0};
    static const struct call pushed = {"GET", "/pushed", 200, NULL, NULL, NULL, 0};
    uint8_t promise[512] = {0, 0, 0, 2};
    struct pending p = link_ask(l, &c), two = {.call = &pushed, .stream = 2};
    h2_talk_frame(&l->h2, H2_CLIENT, 0x10, 0, 0, "\0\0\0\1u=1", 7); /* PRIORITY_UPDATE */
    h2_talk_frame(&l->h2, H2_CLIENT, 0xFA, 0xFF, p.stream, "greased", 7);
    link_carry(l, H2_CLIENT);
    h2_uuid(&l->h2, two.audit_id);
    struct h2_fields f = {.count = 0};
    h2_field(&f, ":method", "GET");
    h2_field(&f, ":scheme", "http");
    h2_field(&f, ":authority", "api.example:8080");
    h2_field(&f, ":path", pushed.path);
    size_t size = h2_talk_block(&l->h2, H2_SERVER, &f, promise + 4, sizeof promise - 4);
    h2_talk_frame(&l->h2, H2_SERVER, H2_PUSH_PROMISE, H2_END_HEADERS, p.stream, promise, 4 + size);
    link_answer_head(l, &p, 12, false);
    h2_talk_frame(&l->h2, H2_SERVER, 0xA, 0, 0, "\0\0h2=\":443\"", 11); /* ALTSVC */
    h2_talk_data(&l->h2, H2_SERVER, p.stream, "{\"items\"", 8, false);
    link_answer_head(l, &two, 3, false);
    h2_talk_frame(&l->h2, H2_SERVER, 0xFB, 1, p.stream, "x", 1);
    link_carry(l, H2_SERVER);
    h2_talk_data(&l->h2, H2_SERVER, two.stream, "two", 3, true);
    h2_talk_data(&l->h2, H2_SERVER, p.stream, ":[]}", 4, true);
    link_carry(l, H2_SERVER);
    link_row(l, &c, 200, p.audit_id, p.stream);
}

/* The server allows no table, then one again: the client's next block begins with two size updates. */
static void table_sizes(struct link *l)
{
    static const uint8_t none[6] = {0, 1, 0, 0, 0, 0}, some[6] = {0, 1, 0, 0, 8, 0};
    static const struct call c[] = {
        {"GET", "/apis/apps/v1/deployments", 200, "credentialed", "list deployments.apps", NULL, 1},
        {"GET", "/apis/apps/v1/daemonsets", 200, "credentialed", "list daemonsets.apps", NULL, 1},
    };
    for (size_t i = 0; i < 2; i++) {
        h2_talk_frame(&l->h2, H2_SERVER, H2_SETTINGS, 0, 0, none, sizeof none);
        if (i)
            h2_talk_frame(&l->h2, H2_SERVER, H2_SETTINGS, 0, 0, some, sizeof some);
        link_carry(l, H2_SERVER);
        h2_talk_resize(&l->h2, H2_CLIENT, 0);
        if (i)
            h2_talk_resize(&l->h2, H2_CLIENT, 2048);
        for (size_t k = 0; k <= i; k++)
            h2_talk_frame(&l->h2, H2_CLIENT, H2_SETTINGS, H2_ACK, 0, NULL, 0);
        struct pending p = link_ask(l, &c[i]);
        link_carry(l, H2_CLIENT);
        link_answer(l, &p);
        link_carry(l, H2_SERVER);
    }
}

/* Answers without a body, a token on one request and none on the next, a field that no server takes. */
static void plain(struct link *l)
{
    static const struct call with[] = {
        {"HEAD", "/api/v1/namespaces/one/pods/two", 200, "credentialed", "get pods one two", NULL, 1},
        {"DELETE", "/apis/apps/v1/namespaces/one/deployments/two", 204, "credentialed",
         "delete deployments.apps one two", NULL, 0},
    };
    static const struct call bare[] = {
        {"GET", "/version", 304, "anonymous", "get", NULL, 0},
        {"OPTIONS", "*", 200, "anonymous", "options", NULL, 0},
        {"GET", "/api/v1/secrets", 403, "anonymous", "list secrets", NULL, 0},
    };
    static const struct call bad = {"GET", "/api/v1/upper", 0, "unknown", "list upper", NULL, 0};
    for (size_t i = 0; i < 5; i++) {
        l->by = i % 2 ? &with_token : &without;
        struct pending p = link_ask(l, i % 2 ? &with[i / 2] : &bare[i / 2]);
        link_carry(l, H2_CLIENT);
        link_answer(l, &p);
        link_carry(l, H2_SERVER);
    }
    struct h2_request r = {"GET", bad.path, "api.example:8080", "edges/2.0", NULL, NULL, {"X-Upper", "1"}};
    uint32_t stream = h2_ask(&l->h2, &r);
    link_carry(l, H2_CLIENT);
    h2_talk_number(&l->h2, H2_SERVER, H2_RST_STREAM, stream, PROTOCOL_ERROR);
    link_carry(l, H2_SERVER);
    link_row(l, &bad, 0, NULL, stream);
}

static void frames(struct scene *s)
{
    struct link l;
    link_open(&l, s, &with_token);
    for (uint32_t stream = 3; stream <= 11; stream += 2)
        priority(&l, stream, 0);
    l.h2.next_stream = 13; /* as older clients of nghttp2 do: the first five hold the tree */
    in_pieces(&l);
    l.by = &without;
    with_trailers(&l);
    l.by = &with_token;
    resets(&l);
    unknown_frames(&l);
    table_sizes(&l);
    plain(&l);
    h2_talk_goaway(&l.h2, H2_SERVER, l.h2.next_stream - 2, NO_ERROR, "shutting down");
    link_carry(&l, H2_SERVER);
    link_close(&l);
}

/* Twelve streams at a time, their answers in turn piece by piece; then the server has had enough. */
static void interleaved(struct scene *s)
{
    static const struct speaker by = {CLIENT_IP + 1, 40072, H2_GO, H2_GO, "edges/2.0", BEARER, USER};
    static const struct call c = {
        "GET", "/api/v1/namespaces/one/configmaps", 200, "credentialed", "list configmaps one", NULL, 3};
    struct link l;
    struct pending p[MANY];
    char body[1024];
    link_open(&l, s, &by);
    for (size_t i = 0; i < MANY; i++)
        p[i] = link_ask(&l, &c);
    link_carry(&l, H2_CLIENT);
    size_t size = scene_body(&l, &c, body, sizeof body), part = size / 4;
    for (size_t turn = 0; turn < 5; turn++) {
        for (size_t i = 0; i < MANY; i++) {
            struct pending *one = &p[(i * 5 + turn) % MANY];
            size_t at = (turn - 1) * part;
            if (turn == 0)
                link_answer_head(&l, one, (long long)size, false);
            else
                h2_talk_data(&l.h2, H2_SERVER, one->stream, body + at, turn < 4 ? part : size - at, turn == 4);
            if (turn == 4)
                link_row(&l, &c, 200, one->audit_id, one->stream);
        }
        link_carry(&l, H2_SERVER);
    }
    for (size_t i = 0; i < 3; i++) {
        h2_talk_frame(&l.h2, H2_CLIENT, H2_PING, 0, 0, "12345678", 8);
        link_carry(&l, H2_CLIENT);
    }
    h2_talk_goaway(&l.h2, H2_SERVER, p[MANY - 1].stream, ENHANCE_YOUR_CALM, "too_many_pings");
    link_carry(&l, H2_SERVER);
    link_close(&l);
}

/* RFC 8441: a WebSocket on a stream, its token in the subprotocol; what it carries looks like a request and is none. */
static void extended_connect(struct scene *s)
{
    static const struct speaker by = {CLIENT_IP + 2, 40073, H2_NGHTTP2, H2_NGHTTP2, "edges/2.0", NULL, USER};
    static const struct call c = {
        "CONNECT", "/api/v1/namespaces/one/pods/two/exec?command=id", 200, "credentialed", NULL, NULL, 0};
    struct link l;
    struct h2_fields f = {.count = 0};
    link_open(&l, s, &by);
    struct pending p = {.call = &c, .stream = new_stream(&l)};
    h2_uuid(&l.h2, p.audit_id);
    h2_field(&f, ":method", "CONNECT");
    h2_field(&f, ":protocol", "websocket");
    h2_field(&f, ":scheme", "http");
    h2_field(&f, ":path", c.path);
    h2_field(&f, ":authority", "api.example:8080");
    h2_field(&f, "sec-websocket-version", "13");
    h2_field(&f, "sec-websocket-protocol",
             "base64url.bearer.authorization.k8s.io.bm90LWEtdG9rZW4tb2YtYW55Ym9keQ, v5.channel.k8s.io");
    h2_field(&f, "user-agent", by.agent);
    h2_talk_head(&l.h2, H2_CLIENT, p.stream, 0, &f);
    link_carry(&l, H2_CLIENT);
    link_answer_head(&l, &p, -1, false);
    link_carry(&l, H2_SERVER);
    h2_talk_data(&l.h2, H2_CLIENT, p.stream, "\x81\x24GET /not-a-request HTTP/1.1\r\nHost: a\r\n\r\n", 42, false);
    link_carry(&l, H2_CLIENT);
    h2_talk_data(&l.h2, H2_SERVER, p.stream, "\x82\x05\1uid=", 7, false);
    link_carry(&l, H2_SERVER);
    h2_talk_data(&l.h2, H2_CLIENT, p.stream, "\x88\x02\x03\xe8", 4, true);
    link_carry(&l, H2_CLIENT);
    h2_talk_data(&l.h2, H2_SERVER, p.stream, "\x88\x02\x03\xe8", 4, true);
    link_carry(&l, H2_SERVER);
    link_row(&l, &c, 200, p.audit_id, p.stream);
    link_close(&l);
}

void scene_odd(const char *folder)
{
    struct scene s;
    scene_begin(&s, folder, "odd-http2");
    frames(&s);
    interleaved(&s);
    extended_connect(&s);
    scene_end(&s);
}

/* generate KIND MEGABYTES FILE: writes a capture of at least that size and says how many things are in it.
 *
 *   small   HTTP/1.1 exchanges on persistent connections: requests of about 300 bytes, answers of 400
 *   token   the same, each request with a bearer token of 900 bytes
 *   large   answers of 2 MB
 *   http2   HTTP/2 exchanges with the habits of nghttp2: the token of 900 bytes is a literal in each request
 *   http2go the same with the habits of Go: the token is indexed
 *   tls     TLS 1.3 without keys: requests of a record, answers of 16 KiB in one
 *   tlssmall the same, answers of 400 bytes
 *   other   traffic to ports that are not followed
 *   syn     SYNs, each of another source
 *   pieces  pieces of IP datagrams of which the rest never comes */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/tools/h2_talk.h"
#include "tests/tools/tcp_talk.h"

enum { CONNECTIONS = 64, LIFE = 200, LARGE = 2 << 20, TOKEN = 900, SERVER = 0xC0000202U, STEP = 5 };

struct output {
    struct tcp_file to;
    uint64_t limit;
};

struct talk {
    struct tcp_talk tcp;
    unsigned exchanges;
    struct h2_talk h2; /* of the kinds that speak it */
};

static uint32_t seed = 12345;

/* The same captures on every machine. */
static uint32_t chance(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static void open_talk(struct output *o, struct talk *t, uint16_t port)
{
    static uint32_t number;
    uint32_t isn[2] = {1000 + chance(1 << 30), chance(1 << 30)};
    t->exchanges = 0;
    t->tcp = (struct tcp_talk){.file = &o->to,
                               .end = {{0x0A000001U + number % 4096, isn[0], (uint16_t)(20000 + number / 4096 % 40000)},
                                       {SERVER, isn[1], port}}};
    number++;
    tcp_talk_open(&t->tcp);
}

static const char *const resources[] = {"pods",  "configmaps", "secrets",    "services",   "events",     "endpoints",
                                        "nodes", "leases",     "daemonsets", "namespaces", "replicasets"};
static const char *const agents[] = {"kubectl/v1.28.15 (linux/amd64) kubernetes/8418565",
                                     "kube-controller-manager/v1.30.2 (linux/amd64) kubernetes/3968350/node-controller",
                                     "kube-scheduler/v1.30.2 (linux/amd64) kubernetes/3968350/leader-election",
                                     "python-requests/2.32.3", "curl/8.5.0"};

/* One of sixteen. */
static const char *some_token(void)
{
    static char tokens[16][TOKEN + 1];
    char *own = tokens[chance(16)];
    if (!own[0]) {
        memcpy(own, "eyJhbGciOiJSUzI1NiJ9.", 21);
        for (size_t i = 21; i < TOKEN; i++)
            own[i] = i == 600 ? '.' : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[chance(64)];
    }
    return own;
}

static size_t request(char *out, size_t room, bool with_token)
{
    const char *own = some_token();
    int size = snprintf(out, room,
                        "GET /api/v1/namespaces/team-%u/%s/item-%u HTTP/1.1\r\nHost: api.example:6443\r\n"
                        "User-Agent: %s\r\nAccept: application/json, */*\r\nAccept-Encoding: gzip\r\n%s%s%s"
                        "X-Request-Id: 8c1f%08x-77aa-4e2b-9d52\r\nCache-Control: no-cache\r\n\r\n",
                        chance(40), resources[chance(11)], chance(500), agents[chance(5)],
                        with_token ? "Authorization: Bearer " : "", with_token ? own : "", with_token ? "\r\n" : "",
                        chance(1 << 30));
    return (size_t)size;
}

static size_t answer(char *out, size_t room, size_t body, bool forbidden)
{
    static const char status[] = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                                 "\"message\":\"forbidden: User "
                                 "\\\"system:anonymous\\\" cannot get path\",\"reason\":\"Forbidden\",\"code\":403}\n";
    body = forbidden ? sizeof status - 1 : body;
    int size = snprintf(
        out, room,
        "HTTP/1.1 %s\r\nAudit-Id: 0fc3%04x-1111-4000-8000-%012x\r\nCache-Control: no-cache, private\r\n"
        "Content-Type: application/json\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\nContent-Length: %zu\r\n\r\n%s",
        forbidden ? "403 Forbidden" : "200 OK", chance(65536), chance(1 << 30), body, forbidden ? status : "");
    return (size_t)size;
}

static uint64_t exchanges(struct output *o, bool with_token, size_t body)
{
    static struct talk talks[CONNECTIONS];
    static char bytes[LARGE + 4096];
    uint64_t count = 0;
    for (unsigned i = 0; i < CONNECTIONS; i++)
        open_talk(o, &talks[i], 8080);
    while (o->to.size < o->limit) {
        struct talk *t = &talks[chance(CONNECTIONS)];
        size_t size = request(bytes, 4096, with_token);
        tcp_talk_say(&t->tcp, 0, bytes, size);
        size_t head = answer(bytes, 4096, body, !with_token && body < TCP_TALK_MSS);
        memset(bytes + head, 'x', with_token || body >= TCP_TALK_MSS ? body : 0);
        tcp_talk_say(&t->tcp, 1, bytes, head + (with_token || body >= TCP_TALK_MSS ? body : 0));
        if (count++ % 2 == 0)
            tcp_talk_segment(&t->tcp, 0, TALK_ACK, NULL, 0);
        if (++t->exchanges == LIFE) {
            tcp_talk_close(&t->tcp);
            open_talk(o, t, 8080);
        }
    }
    for (unsigned i = 0; i < CONNECTIONS; i++)
        tcp_talk_close(&talks[i].tcp);
    return count;
}

static uint64_t small(struct output *o)
{
    return exchanges(o, false, 120);
}

static uint64_t token(struct output *o)
{
    return exchanges(o, true, 180);
}

static uint64_t large(struct output *o)
{
    return exchanges(o, true, LARGE);
}

/* What both sides have said, in one piece each: what a sensor gets is bytes, so many small frames are the dearest. */
static void carry(struct talk *t, unsigned from)
{
    size_t size;
    const uint8_t *bytes = h2_talk_said(&t->h2, from, &size);
    tcp_talk_say(&t->tcp, from, bytes, size);
}

static void open_http2(struct output *o, struct talk *t, enum h2_habit habit)
{
    open_talk(o, t, 8080);
    h2_talk_init(&t->h2, habit, habit, chance(1 << 30));
    for (unsigned side = 0; side < 2; side++) {
        h2_talk_greet(&t->h2, side);
        carry(t, side);
    }
    for (unsigned side = 0; side < 2; side++)
        h2_talk_frame(&t->h2, side, H2_SETTINGS, H2_ACK, 0, NULL, 0);
}

static void close_http2(struct talk *t)
{
    tcp_talk_close(&t->tcp);
    h2_talk_deinit(&t->h2);
}

static void http2_exchange(struct output *o, struct talk *t, const char *bearer, const char *agent)
{
    static const char list[] =
        "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"4711\"},\"items\":["
        "{\"metadata\":{\"name\":\"item-7\",\"namespace\":\"team-3\"},\"data\":{\"key\":\"value\"}}]}\n";
    char path[128], audit[H2_UUID], date[32];
    snprintf(path, sizeof path, "/api/v1/namespaces/team-%u/%s/item-%u", chance(40), resources[chance(11)],
             chance(500));
    struct h2_request r = {
        .method = "GET", .path = path, .authority = "api.example:6443", .agent = agent, .bearer = bearer};
    uint32_t stream = h2_ask(&t->h2, &r);
    carry(t, H2_CLIENT);
    time_t now = TCP_TALK_START + (time_t)(o->to.micros / 1000000);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
    h2_uuid(&t->h2, audit);
    struct h2_answer a = {.status = 200, .audit_id = audit, .date = date, .length = sizeof list - 1};
    h2_answer_head(&t->h2, stream, &a);
    h2_talk_data(&t->h2, H2_SERVER, stream, list, sizeof list - 1, true);
    carry(t, H2_SERVER);
}

/* A connection is one client: its agent and its token stay the same. */
static uint64_t http2_exchanges(struct output *o, enum h2_habit habit)
{
    static struct talk talks[CONNECTIONS];
    static char bearer[CONNECTIONS][8 + TOKEN];
    uint64_t count = 0;
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        snprintf(bearer[i], sizeof bearer[i], "Bearer %s", some_token());
        open_http2(o, &talks[i], habit);
    }
    while (o->to.size < o->limit) {
        unsigned i = chance(CONNECTIONS);
        struct talk *t = &talks[i];
        http2_exchange(o, t, bearer[i], agents[i % 5]);
        if (count++ % 2 == 0)
            tcp_talk_segment(&t->tcp, 0, TALK_ACK, NULL, 0);
        if (++t->exchanges == LIFE) {
            close_http2(t);
            open_http2(o, t, habit);
        }
    }
    for (unsigned i = 0; i < CONNECTIONS; i++)
        close_http2(&talks[i]);
    return count;
}

static uint64_t http2(struct output *o)
{
    return http2_exchanges(o, H2_NGHTTP2);
}

static uint64_t http2go(struct output *o)
{
    return http2_exchanges(o, H2_GO);
}

/* A record whose content is sealed: any bytes will do. */
static size_t sealed(uint8_t *out, size_t size)
{
    const uint8_t head[] = {23, 3, 3, (uint8_t)(size >> 8), (uint8_t)size};
    memcpy(out, head, sizeof head);
    for (size_t i = 0; i < size; i += 4)
        memcpy(out + sizeof head + i, &(uint32_t){chance(UINT32_MAX)}, 4);
    return sizeof head + size;
}

/* The hellos of TLS 1.3, with what a client has to say at least; the rest of the handshake is sealed. */
static void open_tls(struct output *o, struct talk *t)
{
    static const uint8_t client[] = {22, 3,  1, 0,  0, 1, 0, 0, 0, 3, 3,  [43] = 0, 0, 2, 0x13, 0x01, 1,   0,
                                     0,  16, 0, 43, 0, 3, 2, 3, 4, 0, 16, 0,        5, 0, 3,    2,    'h', '2'};
    static const uint8_t server[] = {22,   3,    3, 0, 0, 2, 0,  0, 0, 3, 3, [43] = 0,
                                     0x13, 0x01, 0, 0, 6, 0, 43, 0, 2, 3, 4};
    static const uint8_t change[] = {20, 3, 3, 0, 1, 1};
    uint8_t bytes[4096];
    const struct {
        const uint8_t *hello;
        size_t size, flight;
    } sides[] = {{client, sizeof client, 53}, {server, sizeof server, 1200}};
    open_talk(o, t, 6443);
    for (unsigned side = 0; side < 2; side++) {
        size_t size = sides[side].size;
        memcpy(bytes, sides[side].hello, size);
        bytes[4] = (uint8_t)(size - 5);
        bytes[8] = (uint8_t)(size - 9);
        for (size_t i = 11; i < 43; i++)
            bytes[i] = (uint8_t)chance(256);
        tcp_talk_say(&t->tcp, side, bytes, size);
    }
    memcpy(bytes, change, sizeof change);
    tcp_talk_say(&t->tcp, 1, bytes, sizeof change + sealed(bytes + sizeof change, sides[1].flight));
    tcp_talk_say(&t->tcp, 0, bytes, sizeof change + sealed(bytes + sizeof change, sides[0].flight));
}

static uint64_t tls_exchanges(struct output *o, size_t answer_size)
{
    static struct talk talks[CONNECTIONS];
    static uint8_t bytes[17000];
    uint64_t count = 0;
    for (unsigned i = 0; i < CONNECTIONS; i++)
        open_tls(o, &talks[i]);
    while (o->to.size < o->limit) {
        struct talk *t = &talks[chance(CONNECTIONS)];
        tcp_talk_say(&t->tcp, 0, bytes, sealed(bytes, 120 + chance(60)));
        tcp_talk_say(&t->tcp, 1, bytes, sealed(bytes, answer_size));
        if (count++ % 2 == 0)
            tcp_talk_segment(&t->tcp, 0, TALK_ACK, NULL, 0);
        if (++t->exchanges == LIFE) {
            tcp_talk_close(&t->tcp);
            open_tls(o, t);
        }
    }
    for (unsigned i = 0; i < CONNECTIONS; i++)
        tcp_talk_close(&talks[i].tcp);
    return count;
}

static uint64_t tls(struct output *o)
{
    return tls_exchanges(o, 16384 + 17);
}

static uint64_t tls_small(struct output *o)
{
    return tls_exchanges(o, 400);
}

static uint64_t other_ports(struct output *o)
{
    static struct talk talks[CONNECTIONS];
    static char bytes[8 * TCP_TALK_MSS];
    for (unsigned i = 0; i < CONNECTIONS; i++)
        open_talk(o, &talks[i], i % 2 ? 5432 : 9200);
    while (o->to.size < o->limit) {
        struct talk *t = &talks[chance(CONNECTIONS)];
        tcp_talk_say(&t->tcp, 0, bytes, 40 + chance(400));
        tcp_talk_say(&t->tcp, 1, bytes, 100 + chance(6 * TCP_TALK_MSS));
        tcp_talk_segment(&t->tcp, 0, TALK_ACK, NULL, 0);
    }
    return o->to.packets;
}

static uint64_t sweep(struct output *o)
{
    uint64_t count = 0;
    while (o->to.size < o->limit) {
        struct tcp_talk t = {
            .file = &o->to,
            .end = {{0x0B000000U + (uint32_t)(count >> 2), chance(1 << 30), (uint16_t)(1024 + count % 60000)},
                    {SERVER + (uint32_t)(count & 3), 0, 6443}}};
        tcp_talk_segment(&t, 0, TALK_SYN, NULL, 0);
        count++;
    }
    return count;
}

static uint64_t pieces(struct output *o)
{
    static const uint8_t bytes[76]; /* with the TCP header words of 8 bytes */
    uint64_t count = 0;
    while (o->to.size < o->limit) {
        struct tcp_talk t = {
            .file = &o->to,
            .end = {{0x0B000000U + (uint32_t)(count >> 16), chance(1 << 30), 40000}, {SERVER, 0, 6443}},
            .in_pieces = true,
            .id = (uint16_t)count};
        tcp_talk_segment(&t, 0, TALK_ACK, bytes, sizeof bytes);
        count++;
    }
    return count;
}

static const struct {
    const char *name;
    uint64_t (*make)(struct output *o);
} kinds[] = {
    {"small", small},       {"token", token}, {"large", large},   {"http2", http2}, {"http2go", http2go},
    {"other", other_ports}, {"syn", sweep},   {"pieces", pieces}, {"tls", tls},     {"tlssmall", tls_small},
};

int main(int argc, char **argv)
{
    size_t kind = 0;
    while (argc == 4 && kind < sizeof kinds / sizeof kinds[0] && strcmp(kinds[kind].name, argv[1]) != 0)
        kind++;
    if (argc != 4 || kind == sizeof kinds / sizeof kinds[0]) {
        fputs("usage: generate KIND MEGABYTES FILE\nKIND:", stderr);
        for (kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++)
            fprintf(stderr, " %s", kinds[kind].name);
        fputs("\n", stderr);
        return 1;
    }
    struct output o = {.limit = strtoull(argv[2], NULL, 10) << 20};
    if (!tcp_file_open(&o.to, argv[3], STEP)) {
        perror(argv[3]);
        return 1;
    }
    uint64_t count = kinds[kind].make(&o);
    printf("%llu %llu\n", (unsigned long long)o.to.packets, (unsigned long long)count);
    return tcp_file_close(&o.to) ? 0 : 1;
}

/* generate KIND MEGABYTES FILE: writes a capture of at least that size and says how many things are in it.
 *
 *   small   HTTP/1.1 exchanges on persistent connections: requests of about 300 bytes, answers of 400
 *   token   the same, each request with a bearer token of 900 bytes
 *   large   answers of 2 MB
 *   other   traffic to ports that are not followed
 *   syn     SYNs, each of another source */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS = 54, MSS = 1448, CONNECTIONS = 64, LIFE = 200, LARGE = 2 << 20, TOKEN = 900, SERVER = 0xC0000202U };

struct output {
    FILE *file;
    uint64_t size, limit, packets;
    uint64_t micros; /* of the capture's clock */
};

struct end {
    uint32_t ip, seq;
    uint16_t port;
};

struct talk {
    struct end end[2]; /* client, server */
    unsigned exchanges;
};

static uint32_t seed = 12345;

/* The same captures on every machine. */
static uint32_t chance(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static void put16(uint8_t *at, uint32_t number)
{
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
}

static void put32(uint8_t *at, uint32_t number)
{
    put16(at, number >> 16);
    put16(at + 2, number);
}

static void segment(struct output *o, struct talk *t, unsigned from, uint8_t flags, const char *payload, size_t size)
{
    struct end *a = &t->end[from], *b = &t->end[1 - from];
    uint8_t frame[HEADERS + MSS] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, [20] = 0x40, [22] = 64, 6};
    put16(frame + 16, (uint32_t)(40 + size));
    put32(frame + 26, a->ip);
    put32(frame + 30, b->ip);
    put16(frame + 34, a->port);
    put16(frame + 36, b->port);
    put32(frame + 38, a->seq);
    put32(frame + 42, flags & 16 ? b->seq : 0);
    frame[46] = 5 << 4;
    frame[47] = flags;
    put16(frame + 48, 65535);
    if (size)
        memcpy(frame + HEADERS, payload, size);
    uint32_t length = (uint32_t)(HEADERS + size);
    uint32_t record[4] = {1700000000U + (uint32_t)(o->micros / 1000000), (uint32_t)(o->micros % 1000000), length,
                          length};
    fwrite(record, sizeof record, 1, o->file);
    fwrite(frame, length, 1, o->file);
    a->seq += (uint32_t)size + (flags & 3 ? 1 : 0);
    o->size += sizeof record + length;
    o->packets++;
    o->micros += 5;
}

static void say(struct output *o, struct talk *t, unsigned from, const char *bytes, size_t size)
{
    for (size_t at = 0; at < size; at += MSS)
        segment(o, t, from, 24, bytes + at, size - at < MSS ? size - at : MSS);
}

static void open_talk(struct output *o, struct talk *t, uint16_t port)
{
    static uint32_t number;
    *t = (struct talk){
        .end = {{0x0A000001U + number % 4096, 1000 + chance(1 << 30), (uint16_t)(20000 + number / 4096 % 40000)},
                {SERVER, chance(1 << 30), port}}};
    number++;
    segment(o, t, 0, 2, NULL, 0);
    segment(o, t, 1, 18, NULL, 0);
    segment(o, t, 0, 16, NULL, 0);
}

static void close_talk(struct output *o, struct talk *t)
{
    segment(o, t, 0, 17, NULL, 0);
    segment(o, t, 1, 17, NULL, 0);
    segment(o, t, 0, 16, NULL, 0);
}

static const char *const resources[] = {"pods",  "configmaps", "secrets",    "services",   "events",     "endpoints",
                                        "nodes", "leases",     "daemonsets", "namespaces", "replicasets"};
static const char *const agents[] = {"kubectl/v1.28.15 (linux/amd64) kubernetes/8418565",
                                     "kube-controller-manager/v1.30.2 (linux/amd64) kubernetes/3968350/node-controller",
                                     "kube-scheduler/v1.30.2 (linux/amd64) kubernetes/3968350/leader-election",
                                     "python-requests/2.32.3", "curl/8.5.0"};

static size_t request(char *out, size_t room, bool token)
{
    static char tokens[16][TOKEN + 1];
    char *own = tokens[chance(16)];
    if (!own[0]) {
        memcpy(own, "eyJhbGciOiJSUzI1NiJ9.", 21);
        for (size_t i = 21; i < TOKEN; i++)
            own[i] = i == 600 ? '.' : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[chance(64)];
    }
    int size = snprintf(out, room,
                        "GET /api/v1/namespaces/team-%u/%s/item-%u HTTP/1.1\r\nHost: api.example:6443\r\n"
                        "User-Agent: %s\r\nAccept: application/json, */*\r\nAccept-Encoding: gzip\r\n%s%s%s"
                        "X-Request-Id: 8c1f%08x-77aa-4e2b-9d52\r\nCache-Control: no-cache\r\n\r\n",
                        chance(40), resources[chance(11)], chance(500), agents[chance(5)],
                        token ? "Authorization: Bearer " : "", token ? own : "", token ? "\r\n" : "", chance(1 << 30));
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

static uint64_t exchanges(struct output *o, bool token, size_t body)
{
    static struct talk talks[CONNECTIONS];
    static char bytes[LARGE + 4096];
    uint64_t count = 0;
    for (unsigned i = 0; i < CONNECTIONS; i++)
        open_talk(o, &talks[i], 8080);
    while (o->size < o->limit) {
        struct talk *t = &talks[chance(CONNECTIONS)];
        size_t size = request(bytes, 4096, token);
        say(o, t, 0, bytes, size);
        size_t head = answer(bytes, 4096, body, !token && body < MSS);
        memset(bytes + head, 'x', token || body >= MSS ? body : 0);
        say(o, t, 1, bytes, head + (token || body >= MSS ? body : 0));
        if (count++ % 2 == 0)
            segment(o, t, 0, 16, NULL, 0);
        if (++t->exchanges == LIFE) {
            close_talk(o, t);
            open_talk(o, t, 8080);
        }
    }
    for (unsigned i = 0; i < CONNECTIONS; i++)
        close_talk(o, &talks[i]);
    return count;
}

static uint64_t other_ports(struct output *o)
{
    static struct talk talks[CONNECTIONS];
    static char bytes[8 * MSS];
    for (unsigned i = 0; i < CONNECTIONS; i++)
        open_talk(o, &talks[i], i % 2 ? 5432 : 9200);
    while (o->size < o->limit) {
        struct talk *t = &talks[chance(CONNECTIONS)];
        say(o, t, 0, bytes, 40 + chance(400));
        say(o, t, 1, bytes, 100 + chance(6 * MSS));
        segment(o, t, 0, 16, NULL, 0);
    }
    return o->packets;
}

static uint64_t sweep(struct output *o)
{
    uint64_t count = 0;
    while (o->size < o->limit) {
        struct talk t = {
            .end = {{0x0B000000U + (uint32_t)(count >> 2), chance(1 << 30), (uint16_t)(1024 + count % 60000)},
                    {SERVER + (uint32_t)(count & 3), 0, 6443}}};
        segment(o, &t, 0, 2, NULL, 0);
        count++;
    }
    return count;
}

int main(int argc, char **argv)
{
    static const uint32_t head[6] = {0xA1B2C3D4U, 4 << 16 | 2, 0, 0, 262144, 1};
    if (argc != 4) {
        fputs("usage: generate small|token|large|other|syn MEGABYTES FILE\n", stderr);
        return 1;
    }
    struct output o = {.file = fopen(argv[3], "wb"), .limit = strtoull(argv[2], NULL, 10) << 20};
    if (!o.file) {
        perror(argv[3]);
        return 1;
    }
    fwrite(head, sizeof head, 1, o.file);
    uint64_t count = strcmp(argv[1], "small") == 0   ? exchanges(&o, false, 120)
                     : strcmp(argv[1], "token") == 0 ? exchanges(&o, true, 180)
                     : strcmp(argv[1], "large") == 0 ? exchanges(&o, true, LARGE)
                     : strcmp(argv[1], "other") == 0 ? other_ports(&o)
                                                     : sweep(&o);
    printf("%llu %llu\n", (unsigned long long)o.packets, (unsigned long long)count);
    return fclose(o.file) == 0 ? 0 : 1;
}

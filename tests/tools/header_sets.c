#include "tests/tools/header_sets.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned choose(struct choices *c, unsigned count)
{
    if (c->at != NULL)
        return c->at < c->end ? *c->at++ % count : 0;
    c->state ^= c->state << 13;
    c->state ^= c->state >> 7;
    c->state ^= c->state << 17;
    return (unsigned)(c->state >> 33) % count;
}

static uint8_t *room(struct header_set *set, size_t size)
{
    if (size > SET_BYTES - set->used || set->count == SET_FIELDS)
        abort();
    uint8_t *at = set->bytes + set->used;
    set->used += size;
    return at;
}

static void add_bytes(struct header_set *set, const void *name, size_t name_size, const void *value, size_t value_size)
{
    nghttp2_nv *field = &set->fields[set->count];
    *field = (nghttp2_nv){room(set, name_size), room(set, value_size), name_size, value_size, NGHTTP2_NV_FLAG_NONE};
    memcpy(field->name, name, name_size);
    memcpy(field->value, value, value_size);
    set->count++;
}

__attribute__((format(printf, 3, 4))) static void add(struct header_set *set, const char *name, const char *format, ...)
{
    char value[4096];
    va_list list;
    va_start(list, format);
    int size = vsnprintf(value, sizeof value, format, list);
    va_end(list);
    if (size < 0 || (size_t)size >= sizeof value)
        abort();
    add_bytes(set, name, strlen(name), value, (size_t)size);
}

static void add_uuid(struct header_set *set, const char *name, struct choices *c)
{
    char id[40];
    for (size_t i = 0; i < 36; i++)
        id[i] = i == 8 || i == 13 || i == 18 || i == 23 ? '-' : "0123456789abcdef"[choose(c, 16)];
    add(set, name, "%.36s", id);
}

/* One of a few tokens of about 900 bytes, each the same every time. */
static void add_token(struct header_set *set, unsigned number)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct choices own = {.state = number * 7919U + 1};
    char token[1000];
    size_t size = 850 + choose(&own, 100);
    for (size_t i = 0; i < size; i++)
        token[i] = i == 36 || i == size - 342 ? '.' : alphabet[choose(&own, 64)];
    add(set, "authorization", "Bearer %.*s", (int)size, token);
}

static void add_path(struct header_set *set, struct choices *c)
{
    static const char *const kinds[] = {"pods",   "services",  "secrets", "configmaps",
                                        "leases", "endpoints", "nodes",   "deployments"};
    unsigned space = choose(c, 6), kind = choose(c, 8);
    switch (choose(c, 4)) {
    case 0: add(set, ":path", "/api/v1/namespaces/team-%u/%s?limit=500", space, kinds[kind]); break;
    case 1: add(set, ":path", "/api/v1/%s?watch=true&resourceVersion=%u", kinds[kind], choose(c, 256) * 977); break;
    case 2: add(set, ":path", "/apis/apps/v1/namespaces/team-%u/deployments/web-%u", space, choose(c, 20)); break;
    default: add(set, ":path", "/api/v1/namespaces/team-%u/%s/item-%u", space, kinds[kind], choose(c, 200));
    }
}

static void add_request(struct header_set *set, const char *method)
{
    add(set, ":authority", "api.example.test:6443");
    add(set, ":method", "%s", method);
}

static void kubectl(struct header_set *set, struct choices *c)
{
    static const char *const methods[] = {"GET", "GET", "GET", "POST", "DELETE"};
    add_request(set, methods[choose(c, 5)]);
    add_path(set, c);
    add(set, ":scheme", "https");
    add(set, "accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
    add(set, "user-agent", "kubectl/v1.29.%u (linux/amd64) kubernetes/3f7a50f", choose(c, 2));
    add(set, "kubectl-command", "kubectl get");
    add_uuid(set, "kubectl-session", &(struct choices){.state = 5 + choose(c, 3)});
    add_token(set, 1);
    add(set, "accept-encoding", "gzip");
}

static void controller(struct header_set *set, struct choices *c)
{
    static const char *const methods[] = {"GET", "PUT", "PATCH", "POST"};
    unsigned who = choose(c, 50);
    add_request(set, methods[choose(c, 4)]);
    add_path(set, c);
    add(set, ":scheme", "https");
    add(set, "accept", "application/vnd.kubernetes.protobuf,application/json");
    add(set, "content-type", "application/vnd.kubernetes.protobuf");
    add(set, "user-agent", "controller/v0.0.0 (linux/amd64) kubernetes/$Format/system:serviceaccount:ops:c-%u",
        who % 7);
    add_token(set, who);
    add(set, "content-length", "%u", choose(c, 256) * 13);
    if (choose(c, 4) == 0)
        add(set, "impersonate-user", "system:serviceaccount:team-%u:default", choose(c, 6));
    add(set, "accept-encoding", "gzip");
}

static void health(struct header_set *set, struct choices *c)
{
    static const char *const paths[] = {"/healthz", "/livez", "/readyz", "/livez?verbose"};
    add_request(set, "GET");
    add(set, ":path", "%s", paths[choose(c, 4)]);
    add(set, ":scheme", "https");
    add(set, "user-agent", "kube-probe/1.29");
    add(set, "accept-encoding", "gzip");
}

static void answer(struct header_set *set, struct choices *c)
{
    static const char *const statuses[] = {"200", "200", "200", "201", "403", "404", "401", "504"};
    add(set, ":status", "%s", statuses[choose(c, 8)]);
    add_uuid(set, "audit-id", c);
    add(set, "cache-control", "no-cache, private");
    add(set, "content-type", choose(c, 2) ? "application/json" : "application/vnd.kubernetes.protobuf");
    add_uuid(set, "x-kubernetes-pf-flowschema-uid", &(struct choices){.state = 11 + choose(c, 4)});
    add_uuid(set, "x-kubernetes-pf-prioritylevel-uid", &(struct choices){.state = 31 + choose(c, 3)});
    if (choose(c, 2))
        add(set, "content-length", "%u", choose(c, 256) * 31);
    add(set, "date", "Tue, 05 Mar 2024 10:%02u:%02u GMT", choose(c, 60), choose(c, 60));
}

/* Few names and values, the empty ones too, so that everything comes again; and sensitive or large ones. */
static void odd(struct header_set *set, struct choices *c)
{
    for (unsigned count = choose(c, 12); count > 0; count--) {
        char name[8], value[4096];
        unsigned name_size = choose(c, 4), value_size = choose(c, 6);
        if (choose(c, 16) == 0)
            value_size = choose(c, 256) * 16;
        for (unsigned i = 0; i < name_size; i++)
            name[i] = (char)('a' + choose(c, 2));
        unsigned first = choose(c, 256), spread = choose(c, 8) == 0 ? 77 : 1;
        for (unsigned i = 0; i < value_size; i++)
            value[i] = (char)(first + i / 8 * spread);
        add_bytes(set, name, name_size, value, value_size);
        if (choose(c, 4) == 0)
            set->fields[set->count - 1].flags = NGHTTP2_NV_FLAG_NO_INDEX;
        if (set->used > SET_BYTES - sizeof value - sizeof name)
            return;
    }
}

void header_set_make(struct header_set *set, enum talk talk, struct choices *c)
{
    static void (*const makers[TALKS])(struct header_set *, struct choices *) = {
        [TALK_KUBECTL] = kubectl, [TALK_CONTROLLER] = controller, [TALK_HEALTH] = health, [TALK_ANSWER] = answer,
        [TALK_ODD] = odd,
    };
    set->count = set->used = 0;
    makers[talk](set, c);
}

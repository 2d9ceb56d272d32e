#include "tests/tools/h2_scene.h"

#include <stdlib.h>
#include <string.h>

enum { SERVER_IP = 0xC6336407 /* 198.51.100.7 */, SERVER_PORT = 8080, STEP = 1000, BODY_ROOM = 1 << 16 };

static const char AUTHORITY[] = "api.example:8080";

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

void scene_begin(struct scene *s, const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.pcap", folder, name);
    if (!tcp_file_open(&s->to, path, STEP))
        fail(path);
    snprintf(path, sizeof path, "%s/%s.truth.json", folder, name);
    s->truth = fopen(path, "w");
    s->rows = 0;
    if (!s->truth)
        fail(path);
    fputs("[\n", s->truth);
}

void scene_end(struct scene *s)
{
    fputs("\n]\n", s->truth);
    bool good = !ferror(s->truth);
    if (!tcp_file_close(&s->to) || fclose(s->truth) != 0 || !good)
        fail("not all was written");
}

void link_connect(struct link *l, struct scene *s, const struct speaker *by)
{
    *l = (struct link){
        .scene = s,
        .by = by,
        .tcp = {.file = &s->to, .end = {{by->ip, by->port * 31U, by->port}, {SERVER_IP, by->port * 77U, SERVER_PORT}}}};
    h2_talk_init(&l->h2, by->client, by->server, by->port);
    tcp_talk_open(&l->tcp);
}

void link_greet(struct link *l)
{
    for (unsigned side = 0; side < 2; side++) {
        h2_talk_greet(&l->h2, side);
        link_carry(l, side);
    }
    for (unsigned side = 0; side < 2; side++)
        h2_talk_frame(&l->h2, side, H2_SETTINGS, H2_ACK, 0, NULL, 0);
    link_carry(l, H2_SERVER); /* the client's goes with its first request */
}

void link_open(struct link *l, struct scene *s, const struct speaker *by)
{
    link_connect(l, s, by);
    link_greet(l);
}

void link_carry(struct link *l, unsigned from)
{
    size_t size;
    const uint8_t *bytes = h2_talk_said(&l->h2, from, &size);
    tcp_talk_say(&l->tcp, from, bytes, size);
    if (size)
        tcp_talk_segment(&l->tcp, 1 - from, TALK_ACK, NULL, 0);
}

void link_close(struct link *l)
{
    tcp_talk_close(&l->tcp);
    h2_talk_deinit(&l->h2);
}

/* "VERB [RESOURCE[.GROUP][/SUBRESOURCE] [NAMESPACE|- [NAME]]]" */
struct object {
    char verb[20], resource[64], name_space[32], name[64];
    char *group, *subresource; /* in `resource`; NULL: none */
};

static void read_object(const char *audit, struct object *o)
{
    *o = (struct object){.verb = ""};
    if (sscanf(audit, "%19s %63s %31s %63s", o->verb, o->resource, o->name_space, o->name) < 1)
        exit(99);
    if (strcmp(o->name_space, "-") == 0)
        o->name_space[0] = 0;
    if ((o->subresource = strchr(o->resource, '/')))
        *o->subresource++ = 0;
    if ((o->group = strchr(o->resource, '.')))
        *o->group++ = 0;
}

static void put(FILE *to, const char *key, const char *value)
{
    if (value && value[0])
        fprintf(to, ",\"%s\":\"%s\"", key, value);
}

static void put_address(FILE *to, const char *key, uint32_t ip, unsigned port)
{
    fprintf(to, "\"%s\":\"%u.%u.%u.%u", key, ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
    if (port)
        fprintf(to, ":%u", port);
    fputc('"', to);
}

void link_row(struct link *l, const struct call *c, unsigned status, const char *audit_id, uint32_t stream)
{
    FILE *to = l->scene->truth;
    struct object o;
    fputs(l->scene->rows++ ? ",\n{" : "{", to);
    put_address(to, "src", l->by->ip, 0);
    fputc(',', to);
    put_address(to, "endpoint", SERVER_IP, SERVER_PORT);
    put(to, "method", c->method);
    put(to, "url", c->path);
    put(to, "agent", l->by->agent);
    if (status)
        fprintf(to, ",\"status\":%u", status);
    else
        fputs(",\"status\":null", to);
    if (c->verdict)
        put(to, "verdict", c->verdict);
    else
        fputs(",\"verdict\":null", to);
    put(to, "audit_id", audit_id);
    if (stream)
        fprintf(to, ",\"stream\":%u", stream);
    if (c->audit) {
        read_object(c->audit, &o);
        put(to, "verb", o.verb);
        if (o.resource[0])
            put(to, "apiVersion", "v1");
        put(to, "apiGroup", o.group);
        put(to, "resource", o.resource);
        put(to, "subresource", o.subresource);
        put(to, "namespace", o.name_space);
        put(to, "name", o.name);
    }
    fputc('}', to);
}

static size_t status_body(const struct link *l, const struct call *c, char *out, size_t room)
{
    struct object o = {.verb = ""};
    char message[512] = "Unauthorized";
    if (c->audit)
        read_object(c->audit, &o);
    if (c->status == 403 && o.resource[0])
        snprintf(message, sizeof message,
                 "%s is forbidden: User \\\"%s\\\" cannot %s resource \\\"%s\\\" in API group "
                 "\\\"%s\\\" in the namespace \\\"%s\\\"",
                 o.resource, l->by->user, o.verb, o.resource, o.group ? o.group : "", o.name_space);
    else if (c->status == 403)
        snprintf(message, sizeof message, "forbidden: User \\\"%s\\\" cannot get path \\\"%s\\\"", l->by->user,
                 c->path);
    else if (c->status == 404)
        snprintf(message, sizeof message, "%s \\\"%s\\\" not found", o.resource, o.name);
    const char *reason = c->status == 403 ? "Forbidden" : c->status == 404 ? "NotFound" : "Unauthorized";
    return (size_t)snprintf(out, room,
                            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                            "\"message\":\"%s\",\"reason\":\"%s\",%s\"code\":%u}\n",
                            message, reason, c->status == 401 ? "" : "\"details\":{},", c->status);
}

size_t scene_body(const struct link *l, const struct call *c, char *out, size_t room)
{
    if (c->status >= 400)
        return status_body(l, c, out, room);
    if (!c->audit || !strchr(c->audit, ' '))
        return (size_t)snprintf(out, room, "{\"major\":\"1\",\"minor\":\"30\",\"path\":\"%s\"}\n", c->path);
    size_t size = (size_t)snprintf(out, room,
                                   "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":"
                                   "\"4711\"},\"items\":[");
    for (unsigned i = 0; i < c->items; i++)
        size += (size_t)snprintf(out + size, room - size,
                                 "%s{\"metadata\":{\"name\":\"item-%u\",\"namespace\":\"one\",\"uid\":\"%08x-0000-4000-"
                                 "8000-0000000000aa\"},\"data\":{\"key\":\"value\"}}",
                                 i ? "," : "", i, i * 2654435761U);
    return size + (size_t)snprintf(out + size, room - size, "]}\n");
}

struct pending link_ask(struct link *l, const struct call *c)
{
    struct h2_request r = {.method = c->method,
                           .path = c->path,
                           .authority = AUTHORITY,
                           .agent = l->by->agent,
                           .bearer = l->by->bearer,
                           .body = c->body};
    struct pending p = {.call = c, .stream = h2_ask(&l->h2, &r)};
    h2_uuid(&l->h2, p.audit_id);
    return p;
}

void link_answer_head(struct link *l, struct pending *p, long long length, bool no_body)
{
    struct h2_answer a = {.status = p->call->status,
                          .audit_id = p->audit_id,
                          .length = length,
                          .no_body = no_body,
                          .refused = p->call->status == 401};
    h2_answer_head(&l->h2, p->stream, &a);
}

void link_answer(struct link *l, struct pending *p)
{
    static char body[BODY_ROOM];
    const struct call *c = p->call;
    size_t size = scene_body(l, c, body, sizeof body);
    bool no_body = strcmp(c->method, "HEAD") == 0 || c->status == 204 || c->status == 304;
    link_answer_head(l, p, c->status == 204 || c->status == 304 ? -1 : (long long)size, no_body);
    if (!no_body)
        h2_talk_data(&l->h2, H2_SERVER, p->stream, body, size, true);
    link_row(l, c, c->status, p->audit_id, p->stream);
}

#include "sensor/detect/component.h"

#include "proto/kube/agent.h"
#include "proto/kube/request.h"
#include "proto/packet/tunnel.h"
#include "sensor/detect/rule_pattern.h"
#include "sensor/event/auth.h"
#include "sensor/event/field.h"

/* Longer than any of them writes. */
enum { REQUEST_MAX = 512 };

struct component_request {
    struct slice program; /* the rule set's */
    struct rule_pattern pattern;
};

struct components {
    struct rule_arena arena; /* this struct is in its account, all else in its blocks */
    struct component_request *requests;
    size_t count;
};

static bool read_list(struct components *c, const struct rule_set *rules)
{
    const struct rule_entry *first = rule_set_entries(rules, "component_requests");
    size_t count = 0;
    for (const struct rule_entry *entry = first; entry; entry = entry->next)
        count++;
    c->requests = rule_arena_take(&c->arena, count, sizeof *c->requests);
    for (const struct rule_entry *entry = first; c->requests && entry; entry = entry->next) {
        struct component_request *r = &c->requests[c->count++];
        r->program = slice_of(entry->tool);
        if (!rule_pattern_read(&r->pattern, &c->arena, slice_of(entry->value), (struct pattern_form){0}))
            return false;
    }
    return !c->arena.failed;
}

struct components *components_new(const struct rule_set *rules)
{
    struct memory memory = {.limit = (size_t)16 << 20};
    struct components *c = memory_resize(&memory, NULL, 0, sizeof *c);
    if (!c)
        return NULL;
    c->arena.memory = memory;
    if (read_list(c, rules))
        return c;
    components_free(c);
    return NULL;
}

void components_free(struct components *c)
{
    if (!c)
        return;
    rule_arena_release(&c->arena);
    struct memory memory = c->arena.memory;
    memory_resize(&memory, c, sizeof *c, 0);
}

/* A request as the list writes it. */
struct written {
    char text[REQUEST_MAX];
    size_t size;
    bool cut;
};

static void add(struct written *w, struct slice s)
{
    w->cut |= s.size > sizeof w->text - w->size;
    if (w->cut)
        return;
    memcpy(w->text + w->size, s.data, s.size);
    w->size += s.size;
}

static void write_part(struct written *w, const char *before, const struct exchange *x, struct text part)
{
    add(w, slice_of(before));
    add(w, event_text(&x->event, part));
}

static void write_resource(struct written *w, const struct exchange *x)
{
    write_part(w, "", x, x->verb);
    write_part(w, " ", x, x->resource);
    if (x->group.size)
        write_part(w, ".", x, x->group);
    if (x->subresource.size)
        write_part(w, "/", x, x->subresource);
    if (x->name_space.size)
        write_part(w, " ", x, x->name_space);
    if (x->name_space.size || x->name.size)
        write_part(w, x->name_space.size ? "/" : " ", x, x->name);
}

static void write_path(struct written *w, const struct exchange *x)
{
    struct text path = x->target;
    path.size = (uint16_t)slice_find(event_text(&x->event, path), '?');
    write_part(w, "", x, x->verb);
    write_part(w, " ", x, path);
}

static bool is_listed(const struct components *c, struct slice program, const struct exchange *x)
{
    struct written w = {.size = 0};
    for (size_t i = 0; !w.cut && i < c->count; i++) {
        if (!slice_same(program, c->requests[i].program))
            continue;
        if (!w.size && x->path_kind == PATH_RESOURCE)
            write_resource(&w, x);
        else if (!w.size)
            write_path(&w, x);
        struct slice request = {(const uint8_t *)w.text, w.size};
        if (!w.cut && rule_pattern_matches(&c->requests[i].pattern, request))
            return true;
    }
    return false;
}

/* An answer that only a request which passed authorization gets; what is open to everyone is none. */
static bool gained(const struct exchange *x)
{
    bool turned_away = !x->status || x->status == 401 || x->status == 403 || x->status == 429 || x->status >= 500;
    return !turned_away && !exchange_has(x, SIGN_OPEN_PATH);
}

static bool claims_another(const struct exchange *x)
{
    return exchange_has(x, SIGN_IMPERSONATES) || exchange_has(x, SIGN_FRONT_USER) || exchange_has(x, SIGN_PROXIED);
}

static uint64_t hash_of(const struct hash_secret *secret, struct slice s)
{
    return hash_bytes(secret, s.data, s.size) | 1;
}

/* Where the value of timeoutSeconds begins; the target's size: it has none. client-go draws it anew for each watch, and
 * since its 1.35 each try of a reflector begins with one: it is the same request all the same. */
static size_t find_timeout(struct slice target)
{
    static const char name[] = "timeoutSeconds=";
    for (size_t at = slice_find(target, '?'); at < target.size;) {
        struct slice rest = slice_part(target, ++at, target.size);
        if (slice_begins(rest, name))
            return at + sizeof name - 1;
        at += slice_find(rest, '&');
    }
    return target.size;
}

static uint64_t hash_of_request(const struct hash_secret *secret, struct slice target)
{
    size_t at = find_timeout(target);
    struct slice rest = slice_part(target, at, target.size);
    rest = slice_part(rest, slice_find(rest, '&'), rest.size);
    return (hash_of(secret, slice_part(target, 0, at)) + 2 * hash_of(secret, rest)) | 1;
}

static uint64_t place_of(const struct hash_secret *secret, const struct address *server, uint32_t cluster)
{
    uint8_t bytes[sizeof server->ip + sizeof server->port];
    if (cluster)
        return cluster;
    memcpy(bytes, server->ip, sizeof server->ip);
    memcpy(bytes + sizeof server->ip, &server->port, sizeof server->port);
    return hash_of(secret, (struct slice){bytes, sizeof bytes});
}

/* A program, and which one of it. One whose user agent does not have Kubernetes' form stands in the list with what it
 * begins with: a name and a slash, which no name of that form has. */
static bool read_program(struct slice user_agent, struct slice *name, struct slice *version)
{
    struct agent agent;
    agent_read(&agent, user_agent);
    if (agent.form == AGENT_KUBERNETES) {
        const uint8_t *end = agent.commit.data + agent.commit.size;
        *name = agent.binary;
        *version = (struct slice){agent.binary.data, (size_t)(end - agent.binary.data)};
        return true;
    }
    size_t slash = slice_find(user_agent, '/');
    *name = slice_part(user_agent, 0, slash + 1);
    *version = user_agent;
    return agent.form == AGENT_FREE && slash < user_agent.size;
}

bool components_request(const struct components *c, const struct exchange *x, const struct hash_secret *secret,
                        uint32_t cluster, struct habit_request *r)
{
    const struct event *e = &x->event;
    if ((x->auth_state != AUTH_ANONYMOUS && x->auth_state != AUTH_REJECTED) ||
        event_is_unknown(e, EVENT_HTTP_USER_AGENT) || event_is_unknown(e, EVENT_HTTP_URL))
        return false;
    struct slice name, version;
    *r = (struct habit_request){.place = place_of(secret, &e->server, cluster),
                                .credential = x->digest,
                                .request = hash_of_request(secret, event_text(e, x->target)),
                                .time = e->time,
                                .network = cluster ? 0 : tunnel_network(e->tunnel_kind, e->tunnel_id),
                                .refused = x->status == 401 || x->status == 403};
    if (read_program(event_text(e, x->agent), &name, &version) && !gained(x) && !claims_another(x)) {
        r->program = hash_of(secret, version);
        r->own = is_listed(c, name, x);
    }
    return true;
}

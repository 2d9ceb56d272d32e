#include "proto/kube/request.h"

#include "proto/base/sixteen.h"
#include "proto/kube/escape.h"
#include "proto/kube/query.h"

/* As many segments as can mean something: apis, group, version, watch, namespaces, namespace, resource, name,
 * subresource. What follows is ignored. */
enum { SEGMENTS = 9 };

/* What is left of the caller's room. */
struct room {
    uint8_t *at;
    size_t left;
};

struct target {
    struct slice path, query;
    bool cut;       /* it is longer than what is looked at, and the cut is in the path */
    bool query_cut; /* or in the query */
    bool escaped;   /* the path has an escape; one without stays where it is */
};

static const struct method {
    const char *name, *verb, *lower; /* verb of a resource; of anything else the verb is `lower` */
} methods[] = {
    {"GET", "get", "get"},       {"POST", "create", "post"}, {"PUT", "update", "put"},
    {"PATCH", "patch", "patch"}, {"HEAD", "get", "head"},    {"DELETE", "delete", "delete"},
    {"OPTIONS", "", "options"},  {"TRACE", "", "trace"},     {"CONNECT", "", "connect"},
};

const char *path_kind_name(enum path_kind kind)
{
    static const char *const names[] = {"non-resource", "resource", "error"};
    return names[kind];
}

static struct slice skip(struct slice s, size_t size)
{
    return slice_part(s, size, s.size);
}

/* The size of a scheme and its colon, 0 where there is none: net/url getScheme. */
static size_t scheme_size(struct slice target)
{
    for (size_t i = 0; i < target.size; i++) {
        uint8_t low = byte_lower(target.data[i]);
        if (low >= 'a' && low <= 'z')
            continue;
        if (low == ':')
            return i > 0 ? i + 1 : 0;
        bool later = (low >= '0' && low <= '9') || low == '+' || low == '-' || low == '.';
        if (i == 0 || !later)
            return 0;
    }
    return 0;
}

/* What stands anywhere in a target; control bytes Go refuses. */
struct marks {
    bool control, escape, query;
};

/* Sixteen bytes at a time, because every target is looked through; the last ones overlap those before. */
static struct marks look_through(struct slice s)
{
    uint8_t few[sizeof(sixteen)];
    sixteen control = {0}, escape = {0}, query = {0};
    if (s.size < sizeof few) {
        memset(few, '/', sizeof few);
        memcpy(few, s.data, s.size);
        s = (struct slice){few, sizeof few};
    }
    for (size_t at = 0, last = s.size - sizeof few; at < s.size; at += sizeof few) {
        sixteen bytes = sixteen_at(s.data + (at < last ? at : last));
        control |= (sixteen)((bytes < 0x20) | (bytes == 0x7F));
        escape |= (sixteen)(bytes == '%');
        query |= (sixteen)(bytes == '?');
    }
    return (struct marks){sixteen_any(control), sixteen_any(escape), sixteen_any(query)};
}

/* The path as it was sent: url.ParseRequestURI, and http.Server for CONNECT.  @return false when Go refuses it. */
static bool find_path(struct slice rest, bool connect, struct slice *path)
{
    *path = rest;
    if ((rest.size > 0 && rest.data[0] == '/') || (slice_is(rest, "*") && !connect))
        return true;
    size_t scheme = connect ? 0 : scheme_size(rest);
    *path = skip(rest, scheme);
    if (connect)
        *path = skip(rest, slice_find(rest, '/'));
    else if (slice_begins(*path, "//"))
        *path = skip(*path, 2 + slice_find(skip(*path, 2), '/'));
    else if (!slice_begins(*path, "/"))
        *path = skip(*path, path->size); /* opaque: mailto:x */
    return connect || scheme > 0;
}

static bool split_target(struct target *t, struct slice target, bool goes_on, bool connect)
{
    struct slice looked_at = slice_part(target, 0, REQUEST_TARGET_MAX);
    struct marks marks = look_through(looked_at);
    size_t mark = marks.query ? slice_find(looked_at, '?') : looked_at.size;
    goes_on = goes_on || looked_at.size < target.size;
    t->cut = goes_on && mark == looked_at.size;
    t->query_cut = goes_on && !t->cut;
    t->query = skip(looked_at, mark + 1);
    if (t->query_cut) {
        /* The last pair is not whole: without it. */
        while (t->query.size > 0 && t->query.data[t->query.size - 1] != '&')
            t->query.size--;
    }
    if (looked_at.size == 0 || marks.control || !find_path(slice_part(looked_at, 0, mark), connect, &t->path))
        return false;
    /* Nor is an escape in the last two bytes. */
    for (size_t i = 0; t->cut && i < 2 && t->path.size > 0; i++) {
        if (slice_find(skip(t->path, t->path.size - 2), '%') < 2)
            t->path.size--;
    }
    t->escaped = marks.escape && slice_find(t->path, '%') < t->path.size;
    return !t->escaped || escape_valid(t->path);
}

static struct slice decode(struct slice raw, struct room *room)
{
    struct slice path = {.data = room->at, .size = 0};
    while (raw.size > 0 && room->left > 0) {
        *room->at++ = escape_take(&raw);
        room->left--;
        path.size++;
    }
    return path;
}

/* Slashes at both ends count for nothing, between them each. */
static size_t split_path(struct slice path, struct slice parts[static SEGMENTS])
{
    size_t count = 0;
    while (path.size > 0 && path.data[0] == '/')
        path = skip(path, 1);
    while (path.size > 0 && path.data[path.size - 1] == '/')
        path.size--;
    while (path.size > 0 && count < SEGMENTS) {
        size_t end = slice_find(path, '/');
        parts[count++] = slice_part(path, 0, end);
        path = skip(path, end + 1);
    }
    return count;
}

static const struct method *find_method(struct slice method)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (slice_is(method, methods[i].name))
            return &methods[i];
    }
    return NULL;
}

static struct request_info nothing_known(void)
{
    const struct slice none = slice_of("");
    return (struct request_info){
        .kind = PATH_ERROR,
        .path = none,
        .verb = none,
        .group = none,
        .version = none,
        .resource = none,
        .subresource = none,
        .name_space = none,
        .name = none,
    };
}

/* The verb of a non-resource request. */
static struct slice lower_method(struct slice method, struct room *room)
{
    const struct method *known = find_method(method);
    if (known != NULL)
        return slice_of(known->lower);
    struct slice verb = {.data = room->at, .size = 0};
    for (size_t i = 0; i < method.size && room->left > 0; i++, verb.size++, room->left--)
        *room->at++ = byte_lower(method.data[i]);
    return verb;
}

/* A get without a name is a list or a watch, and its field selector may give the name. */
static void read_options(struct request_info *info, const struct target *target, struct room *room)
{
    struct query_options options;
    query_read(&options, target->query, room->at, room->left);
    info->verb = slice_of(options.watch ? "watch" : "list");
    info->name = options.name;
    if (!target->query_cut)
        return;
    /* The first `watch` counts; an option that does not decode takes away the name. */
    info->cut = REQUEST_OPEN_OPTIONS;
    info->name = slice_of("");
    if (!options.watch_given)
        info->verb = slice_of("");
}

/* The segments behind the version. @return how many of them were looked at. */
static size_t read_object(struct request_info *info, const struct slice *parts, size_t count)
{
    const struct slice *from = parts;
    if (slice_is(parts[0], "namespaces") && count > 1) {
        info->name_space = parts[1];
        if (count > 2 && !slice_is(parts[2], "status") && !slice_is(parts[2], "finalize")) {
            parts += 2;
            count -= 2;
        }
    }
    bool deep = !slice_is(info->verb, "proxy");
    info->resource = parts[0];
    if (count >= 2)
        info->name = parts[1];
    if (count >= 3 && deep)
        info->subresource = parts[2];
    return (size_t)(parts - from) + (deep ? 3 : 2);
}

/* For these the server asks a kubelet, and hands on what that answers. */
static bool asks_node(const struct request_info *info)
{
    struct slice what = info->subresource;
    return slice_is(info->resource, "pods") && info->group.size == 0 &&
           (slice_is(what, "log") || slice_is(what, "exec") || slice_is(what, "attach") ||
            slice_is(what, "portforward"));
}

/* @param parts  those behind the version, at least one. */
static void read_resource(struct request_info *info, struct slice method, const struct target *target,
                          const struct slice *parts, size_t count, struct room *room)
{
    bool special = slice_is(parts[0], "proxy") || slice_is(parts[0], "watch");
    if (special && count < 2) {
        *info = nothing_known();
        return;
    }
    info->kind = PATH_RESOURCE;
    if (special) {
        info->verb = parts[0];
        parts++;
        count--;
    } else {
        const struct method *known = find_method(method);
        info->verb = known != NULL ? slice_of(known->verb) : slice_of("");
    }
    size_t looked_at = read_object(info, parts, count);
    info->proxied = slice_is(info->subresource, "proxy") || slice_is(info->verb, "proxy");
    info->node = asks_node(info);
    if (target->cut && count <= looked_at) {
        /* The last of them is not whole, and what was read may be the beginning of something else. */
        info->name_space = info->resource = info->subresource = info->name = slice_of("");
        info->verb = special ? info->verb : slice_of("");
        info->cut = REQUEST_OPEN_PATH;
        return;
    }
    if (info->name.size > 0)
        return;
    if (slice_is(info->verb, "get"))
        read_options(info, target, room);
    else if (slice_is(info->verb, "delete"))
        info->verb = slice_of("deletecollection");
}

/* The role system:public-info-viewer, which everyone has, names these paths exactly. */
static bool is_open(struct slice path)
{
    return slice_is(path, "/healthz") || slice_is(path, "/livez") || slice_is(path, "/readyz") ||
           slice_is(path, "/version") || slice_is(path, "/version/");
}

static bool is_under(struct slice path, const char *folder)
{
    size_t size = strlen(folder);
    return slice_begins(path, folder) && (path.size == size || path.data[size] == '/');
}

/* Who checks tokens of the cluster elsewhere fetches the keys from time to time. */
static bool is_of_the_issuer(struct slice path)
{
    return slice_is(path, "/.well-known/openid-configuration") || slice_is(path, "/openid/v1/jwks") ||
           slice_is(path, "/openid/v1/jwks/");
}

/* What monitors ask beside that: below the paths it takes a credential, and with other methods than GET. */
static bool is_probe(struct slice path, struct slice query, bool get)
{
    if (slice_is(path, "/"))
        return query.size == 0;
    if (is_open(path))
        return !get;
    if (is_of_the_issuer(path))
        return get;
    return is_under(path, "/healthz") || is_under(path, "/livez") || is_under(path, "/readyz");
}

/* What roles of the default policy name, but grant to nobody without a credential. */
static bool is_opened(const struct request_info *info, struct slice path)
{
    if (info->kind == PATH_RESOURCE) {
        return slice_is(info->name, "cluster-info") && slice_is(info->resource, "configmaps") &&
               slice_is(info->name_space, "kube-public") && info->group.size == 0 && slice_is(info->version, "v1") &&
               info->subresource.size == 0 && slice_is(info->verb, "get");
    }
    return is_under(path, "/api") || is_under(path, "/apis") || is_under(path, "/openapi") ||
           slice_begins(path, "/.well-known/") || is_of_the_issuer(path);
}

void request_info_read(struct request_info *info, struct slice method, struct slice target, bool goes_on, uint8_t *room,
                       size_t room_size)
{
    struct target t;
    struct room left = {.at = room, .left = room_size};
    *info = nothing_known();
    if (!split_target(&t, target, goes_on, slice_is(method, "CONNECT")))
        return;
    info->timeout_bad = t.cut || t.query_cut || query_timeout_bad(t.query, room, room_size);
    struct slice path = t.escaped ? decode(t.path, &left) : t.path, parts[SEGMENTS];
    size_t count = split_path(path, parts);
    info->kind = PATH_NON_RESOURCE;
    info->added = count >= 2 && slice_is(parts[0], "apis") && slice_find(parts[1], '.') < parts[1].size;
    if (count >= 3 && slice_is(parts[0], "api")) {
        info->version = parts[1];
        read_resource(info, method, &t, parts + 2, count - 2, &left);
    } else if (count >= 4 && slice_is(parts[0], "apis")) {
        info->group = parts[1];
        info->version = parts[2];
        read_resource(info, method, &t, parts + 3, count - 3, &left);
    } else if (t.cut && count > 0 && (slice_is(parts[0], "api") || slice_is(parts[0], "apis"))) {
        info->cut = REQUEST_OPEN_PATH;
    } else {
        info->verb = lower_method(method, &left);
    }
    info->path = path;
    bool get = slice_is(method, "GET"), whole = !t.cut && info->kind != PATH_ERROR;
    if (whole && (get || slice_is(method, "HEAD") || slice_is(method, "OPTIONS")))
        info->probe = is_probe(path, t.query, get);
    /* The authorizer compares the verb: of what is no resource that is the method in small letters. */
    if (whole && (get || (info->kind == PATH_NON_RESOURCE && slice_is(info->verb, "get")))) {
        info->open = is_open(path);
        info->opened = is_opened(info, path);
    }
    info->open = info->open || (slice_is(method, "OPTIONS") && slice_is(target, "*"));
}

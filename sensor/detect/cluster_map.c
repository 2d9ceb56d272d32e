#include "sensor/detect/cluster_map.h"

#include "sensor/detect/cluster_tree.h"
#include "sensor/detect/wildcard.h"

enum {
    MAP_MEMORY = 64 << 20, /* far above any map that a person writes */
    SERVER_NAME_MAX = 253,
    PORTS_TEXT_MAX = 128
};

const char *const cluster_map_keys[CLUSTER_MAP_KEYS] = {"clusters", "fronts", "expected"};

/* What reading goes through: a document, and whom it speaks of. */
struct map_reader {
    const struct document *d;
    struct cluster_map *map;
    struct cluster_scope *scope;
    const char *file; /* the name's copy */
};

static struct cluster_place place_of(const struct map_reader *r, const struct yaml_node *n)
{
    return (struct cluster_place){.file = r->file, .line = n->line, .column = n->column};
}

static const char *copy_of(const struct map_reader *r, const char *text)
{
    const char *copy = text != NULL ? rule_arena_text(&r->map->arena, slice_of(text)) : NULL;
    return copy != NULL ? copy : "";
}

/* A list, or nothing at all: an empty one says that somebody forgot. */
static bool is_list(const struct map_reader *r, const struct yaml_node *n, const char *of)
{
    char shown[DOCUMENT_SHOWN];
    if (n->kind == YAML_LIST && n->first != NULL)
        return true;
    document_wrong(r->d, n, "found %s as %s, expected a list of %s",
                   n->kind == YAML_LIST ? "an empty list" : document_shown(n, shown), n->key, of);
    return false;
}

/* Behind `of`: "443" or "8443-8445". */
static bool parse_range(struct slice text, uint64_t *low, uint64_t *high)
{
    size_t dash = slice_find(text, '-');
    if (!document_number(slice_part(text, 0, dash), UINT16_MAX, low))
        return false;
    *high = *low;
    return dash == text.size || document_number(slice_part(text, dash + 1, text.size), UINT16_MAX, high);
}

static void add_endpoint(const struct map_reader *r, const struct cluster_endpoint *like)
{
    struct cluster_map *m = r->map;
    struct cluster_endpoint *e = like->scope != NULL ? rule_arena_take(&m->arena, 1, sizeof *e) : NULL;
    if (e == NULL)
        return;
    *e = *like;
    if (m->last_endpoint != NULL)
        m->last_endpoint->next = e;
    else
        m->first_endpoint = e;
    m->last_endpoint = e;
    m->endpoint_count++;
    r->scope->endpoints++;
}

/* One range of an endpoint's ports is an entry of its own. */
static void add_range(const struct map_reader *r, const struct yaml_node *n, struct slice text,
                      struct cluster_endpoint *like)
{
    uint64_t low, high;
    int size = (int)(text.size < 32 ? text.size : 32);
    if (!parse_range(text, &low, &high) || low == 0 || high == 0) {
        document_wrong(r->d, n, "found \"%.*s\" as a port, expected 1 to 65535, or a range like 8443-8445", size,
                       (const char *)text.data);
    } else if (high < low) {
        document_wrong(r->d, n, "found the ports \"%.*s\", expected the lower one first", size,
                       (const char *)text.data);
    } else {
        like->low = (uint16_t)low;
        like->high = (uint16_t)high;
        like->place = place_of(r, n);
        add_endpoint(r, like);
    }
}

/* "443,8443-8445", or such texts in a list. */
static void read_ports(const struct map_reader *r, const struct yaml_node *ports, struct cluster_endpoint *like)
{
    if (ports->kind == YAML_LIST && !is_list(r, ports, "ports"))
        return;
    for (const struct yaml_node *n = NULL; (n = document_each(ports, n)) != NULL;) {
        const char *text = document_text(r->d, n, PORTS_TEXT_MAX, "a port, or a range like 8443-8445");
        struct slice rest = slice_of(text != NULL ? text : "");
        for (size_t end = 0; text != NULL && end < rest.size + 1;) {
            struct slice part = slice_part(rest, end, rest.size);
            part.size = slice_find(part, ',');
            end += part.size + 1;
            while (part.size > 0 && part.data[0] == ' ')
                part = slice_part(part, 1, part.size);
            while (part.size > 0 && part.data[part.size - 1] == ' ')
                part.size--;
            add_range(r, n, part, like);
        }
    }
}

/* An address that nobody can be reached at: unspecified, or multicast. */
static bool is_nobody(const struct prefix *p)
{
    static const uint8_t none[16];
    bool ipv4 = address_is_ipv4(p->ip);
    if (!prefix_is_host(p))
        return false;
    return ipv4 ? p->ip[12] >> 4 == 14 || memcmp(p->ip + 12, none, 4) == 0
                : p->ip[0] == 0xff || memcmp(p->ip, none, sizeof none) == 0;
}

/* The member `address` of an entry, or the entry itself where it may be short. */
static bool read_address(const struct map_reader *r, const struct yaml_node *entry, struct prefix *out)
{
    const struct yaml_node *n = entry->kind == YAML_MAP ? yaml_member(entry, "address") : entry;
    char shown[DOCUMENT_SHOWN];
    if (n == NULL) {
        document_wrong(r->d, entry, "found no address, expected one: an address or prefix like 192.0.2.0/24");
        return false;
    }
    if (!document_address(r->d, n, out))
        return false;
    if (is_nobody(out)) {
        document_wrong(r->d, n, "found %s, at which nobody can be reached, expected a host's address",
                       document_shown(n, shown));
        return false;
    }
    return true;
}

static void read_endpoint(const struct map_reader *r, const struct yaml_node *entry)
{
    static const char *const keys[] = {"address", "port", "tunnel"};
    struct cluster_endpoint like = {.any_tunnel = true, .scope = r->scope, .place = place_of(r, entry)};
    char shown[DOCUMENT_SHOWN];
    if (entry->kind != YAML_SCALAR && !document_keys(r->d, entry, "an endpoint", keys, sizeof keys / sizeof *keys))
        return;
    bool good = read_address(r, entry, &like.prefix);
    const struct yaml_node *port = yaml_member(entry, "port"), *tunnel = yaml_member(entry, "tunnel");
    uint64_t id = 0;
    if (tunnel != NULL) {
        struct slice text = {.data = (const uint8_t *)tunnel->text, .size = tunnel->size};
        if (!document_number(text, UINT32_MAX, &id))
            document_wrong(r->d, tunnel, "found %s as a tunnel's id, expected a number up to 4294967295",
                           document_shown(tunnel, shown));
        like.any_tunnel = false;
        like.tunnel = (uint32_t)id;
    }
    if (!good)
        like.scope = NULL; /* its ports are looked at all the same */
    else if (prefix_length(&like.prefix) == 0)
        document_warn(r->d, entry, "every address is an endpoint of this cluster: expected a narrower prefix");
    if (port != NULL) {
        read_ports(r, port, &like);
    } else {
        like.any_port = true;
        add_endpoint(r, &like);
    }
}

static void add_source(const struct map_reader *r, struct cluster_sources *to, const struct cluster_source *like)
{
    struct cluster_source *s = rule_arena_take(&r->map->arena, 1, sizeof *s);
    if (s == NULL)
        return;
    *s = *like;
    if (to->last != NULL)
        to->last->next = s;
    else
        to->first = s;
    to->last = s;
    to->count++;
}

/* Nobody would be left to be found. */
static bool is_everyone(const struct map_reader *r, const struct yaml_node *entry, const struct prefix *p,
                        const char *as)
{
    if (prefix_length(p) > 0)
        return false;
    const struct yaml_node *n = yaml_member(entry, "address");
    document_wrong(r->d, n != NULL ? n : entry, "found every address %s, expected a narrower prefix", as);
    return true;
}

static void read_expected(const struct map_reader *r, const struct yaml_node *entry)
{
    static const char *const keys[] = {"address", "reason"};
    static const char expected[] = "a reason: who this is and why it asks without a credential";
    struct cluster_source s = {.place = place_of(r, entry)};
    if (!document_keys(r->d, entry, "an expected source", keys, sizeof keys / sizeof *keys))
        return;
    bool good = read_address(r, entry, &s.prefix) && !is_everyone(r, entry, &s.prefix, "as expected");
    if (yaml_member(entry, "reason") == NULL)
        document_wrong(r->d, entry, "found no reason, expected %s", expected);
    const char *reason = document_member(r->d, entry, "reason", CLUSTER_REASON_MAX, expected);
    s.reason = copy_of(r, reason);
    if (good && reason != NULL)
        add_source(r, &r->scope->expected, &s);
}

static unsigned read_says(const struct map_reader *r, const struct yaml_node *says)
{
    static const char *const words[] = {"x-forwarded-for", "proxy-protocol"};
    static const unsigned bits[] = {SAYS_FORWARDED_FOR, SAYS_PROXY_LINE};
    char shown[DOCUMENT_SHOWN];
    unsigned all = 0;
    for (const struct yaml_node *n = NULL; (n = document_each(says, n)) != NULL;) {
        unsigned bit = 0;
        for (size_t i = 0; n->kind == YAML_SCALAR && i < sizeof words / sizeof *words; i++)
            bit |= strcmp(n->text, words[i]) == 0 ? bits[i] : 0;
        if (bit == 0)
            document_wrong(r->d, n, "found %s as what a front says, expected x-forwarded-for, proxy-protocol, or both",
                           document_shown(n, shown));
        else if ((all & bit) != 0)
            document_warn(r->d, n, "found %s again: expected it once", document_shown(n, shown));
        all |= bit;
    }
    return all;
}

static void read_front(const struct map_reader *r, const struct yaml_node *entry)
{
    static const char *const keys[] = {"address", "says"};
    struct cluster_source s = {.place = place_of(r, entry), .reason = ""};
    if (!document_keys(r->d, entry, "a front", keys, sizeof keys / sizeof *keys))
        return;
    bool good = read_address(r, entry, &s.prefix) && !is_everyone(r, entry, &s.prefix, "as a front");
    const struct yaml_node *says = yaml_member(entry, "says");
    if (says == NULL || says->kind == YAML_NULL || (says->kind == YAML_LIST && says->first == NULL))
        document_wrong(r->d, says != NULL ? says : entry,
                       "found nothing that the front says, expected says: x-forwarded-for, proxy-protocol, or both");
    else
        s.says = read_says(r, says);
    if (good && s.says != 0)
        add_source(r, &r->scope->fronts, &s);
}

static void add_name(const struct map_reader *r, const struct yaml_node *n)
{
    struct cluster_map *m = r->map;
    struct cluster_name *name = rule_arena_take(&m->arena, 1, sizeof *name);
    char *pattern = rule_arena_take(&m->arena, n->size + 1, 1);
    if (name == NULL || pattern == NULL)
        return;
    for (size_t i = 0; i < n->size; i++)
        pattern[i] = (char)byte_lower((uint8_t)n->text[i]);
    if (n->size > 1 && pattern[n->size - 1] == '.')
        pattern[n->size - 1] = '\0';
    *name = (struct cluster_name){.pattern = pattern,
                                  .wild = strchr(pattern, '*') != NULL,
                                  .literals = wildcard_literals(pattern),
                                  .scope = r->scope,
                                  .place = place_of(r, n)};
    if (m->last_name != NULL)
        m->last_name->next = name;
    else
        m->first_name = name;
    m->last_name = name;
    m->name_count++;
    r->scope->names++;
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '*';
}

/* Why this text can be no server name; NULL: it can. */
static const char *wrong_name(const char *text)
{
    struct prefix p;
    size_t alone = wildcard_literals(text);
    enum prefix_form form = prefix_parse(slice_of(text), &p);
    if (form != PREFIX_NO_ADDRESS)
        return "an address, which belongs under endpoints";
    for (const char *at = text; *at != '\0'; at++) {
        if (!is_name_byte(*at))
            return "characters that no server name has (no scheme, port or path belongs to it)";
    }
    if (text[0] == '.' || strstr(text, "..") != NULL)
        return "an empty part between dots";
    return alone < 2 ? "a wildcard for every name" : NULL;
}

static void read_server_names(const struct map_reader *r, const struct yaml_node *names)
{
    static const char expected[] = "a server name like api.example.com or *.example.com";
    char shown[DOCUMENT_SHOWN];
    if (names->kind == YAML_LIST && !is_list(r, names, "server names"))
        return;
    for (const struct yaml_node *n = NULL; (n = document_each(names, n)) != NULL;) {
        const char *text = document_text(r->d, n, SERVER_NAME_MAX, expected);
        const char *wrong = text != NULL ? wrong_name(text) : NULL;
        if (wrong != NULL)
            document_wrong(r->d, n, "found %s, %s, expected %s", document_shown(n, shown), wrong, expected);
        else if (text != NULL)
            add_name(r, n);
    }
}

static const char *read_provider(const struct map_reader *r, const struct yaml_node *map)
{
    static const char *const known[] = {"eks", "aks", "gke", "openshift"};
    const struct yaml_node *n = yaml_member(map, "provider");
    const char *text = document_member(r->d, map, "provider", CLUSTER_PROVIDER_MAX,
                                       "a provider: eks, aks, gke, openshift or another word");
    for (size_t i = 0; text != NULL && i < sizeof known / sizeof *known; i++) {
        if (strcmp(text, known[i]) != 0 && slice_same_nocase(slice_of(text), slice_of(known[i])))
            document_warn(r->d, n, "found \"%s\", which is another provider than \"%s\"", text, known[i]);
    }
    return copy_of(r, text);
}

/* Each member of a list under `key`, if there is one. */
static void read_each(const struct map_reader *r, const struct yaml_node *map, const char *key, const char *of,
                      void (*read)(const struct map_reader *r, const struct yaml_node *entry))
{
    const struct yaml_node *list = yaml_member(map, key);
    if (list == NULL || !is_list(r, list, of))
        return;
    for (const struct yaml_node *n = list->first; n != NULL; n = n->next)
        read(r, n);
}

static void read_cluster(const struct map_reader *r, const struct yaml_node *n)
{
    static const char *const keys[] = {"provider", "endpoints", "server-names", "expected", "fronts"};
    if (!document_keys(r->d, n, "a cluster", keys, sizeof keys / sizeof *keys))
        return;
    r->scope->about.provider = read_provider(r, n);
    read_each(r, n, "endpoints", "addresses, or maps with address, port and tunnel", read_endpoint);
    if (yaml_member(n, "server-names") != NULL)
        read_server_names(r, yaml_member(n, "server-names"));
    read_each(r, n, "expected", "maps with address and reason", read_expected);
    read_each(r, n, "fronts", "maps with address and says", read_front);
    if (yaml_member(n, "endpoints") == NULL && yaml_member(n, "server-names") == NULL)
        document_wrong_key(r->d, n,
                           "found neither endpoints nor server names of the cluster, expected some: "
                           "nothing could be known to be its");
}

/* The key is text as any other: what document_text() asks of a value. */
static bool is_cluster_name(const struct map_reader *r, const struct yaml_node *n)
{
    struct yaml_node key = {
        .kind = YAML_SCALAR, .line = n->key_line, .column = n->key_column, .text = n->key, .size = strlen(n->key)};
    return document_text(r->d, &key, CLUSTER_NAME_MAX, "the name of a cluster") != NULL;
}

static void add_cluster(const struct map_reader *whole, const struct yaml_node *n)
{
    struct cluster_map *m = whole->map;
    struct map_reader r = *whole;
    r.scope = rule_arena_take(&m->arena, 1, sizeof *r.scope);
    if (!is_cluster_name(whole, n) || r.scope == NULL)
        return;
    *r.scope = (struct cluster_scope){.about = {.name = copy_of(&r, n->key),
                                                .provider = "",
                                                .file = r.file,
                                                .line = n->key_line,
                                                .number = m->cluster_count++}};
    if (m->last != NULL)
        m->last->next = r.scope;
    else
        m->first = r.scope;
    m->last = r.scope;
    read_cluster(&r, n);
}

static void read_clusters(const struct map_reader *r, const struct yaml_node *clusters)
{
    char shown[DOCUMENT_SHOWN];
    for (const struct yaml_node *n = clusters->first; clusters->kind == YAML_MAP && n != NULL; n = n->next)
        add_cluster(r, n);
    if (clusters->kind != YAML_MAP || clusters->first == NULL)
        document_wrong(r->d, clusters,
                       "found %s as clusters, expected a map: a name, and behind it what is the cluster's",
                       clusters->kind == YAML_MAP ? "an empty map" : document_shown(clusters, shown));
}

static void read_map(struct cluster_map *m, const struct document *d, const struct yaml_node *root, bool files)
{
    struct map_reader r = {.d = d, .map = m, .scope = &m->whole};
    r.file = copy_of(&r, d->file);
    const struct yaml_node *clusters = yaml_member(root, "clusters");
    read_each(&r, root, "fronts", "maps with address and says", read_front);
    read_each(&r, root, "expected", "maps with address and reason", read_expected);
    if (clusters != NULL && (clusters->kind == YAML_MAP || !files))
        read_clusters(&r, clusters);
}

void cluster_map_add(struct cluster_map *m, const struct document *d, const struct yaml_node *root)
{
    read_map(m, d, root, true);
}

void cluster_map_add_file(struct cluster_map *m, FILE *file, const char *name, struct complaint_list *complaints)
{
    struct document d = {.file = name, .complaints = complaints};
    struct yaml *y = yaml_read_through(file, name, complaints);
    const struct yaml_node *root = y != NULL ? yaml_document(y, 0) : NULL;
    if (y != NULL && (root == NULL || root->kind == YAML_NULL))
        complain(complaints, false, name, 0, 0,
                 "found an empty file, expected a map with clusters, fronts or expected");
    else if (y != NULL && yaml_documents(y) > 1)
        document_wrong(&d, yaml_document(y, 1), "found another document, expected one a file");
    if (root != NULL && root->kind != YAML_NULL &&
        document_keys(&d, root, "a cluster map", cluster_map_keys, CLUSTER_MAP_KEYS))
        read_map(m, &d, root, false);
    yaml_release(y);
}

struct cluster_map *cluster_map_new(void)
{
    struct memory memory = {.limit = MAP_MEMORY};
    struct cluster_map *m = memory_resize(&memory, NULL, 0, sizeof *m);
    if (m == NULL)
        return NULL;
    m->arena.memory = memory;
    m->whole.about = (struct cluster){.name = "", .provider = "", .file = ""};
    return m;
}

void cluster_map_free(struct cluster_map *m)
{
    if (m == NULL)
        return;
    rule_arena_release(&m->arena);
    struct memory memory = m->arena.memory;
    memory_resize(&memory, m, sizeof *m, 0);
}

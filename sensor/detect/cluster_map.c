#include "sensor/detect/cluster_map.h"

#include "sensor/detect/cluster_entry.h"

enum {
    MAP_MEMORY = 64 << 20, /* far above any map that a person writes */
    SERVER_NAME_MAX = 253
};

const char *const cluster_map_keys[CLUSTER_MAP_KEYS] = {"clusters", "fronts", "expected"};

static void add_name(const struct cluster_reader *r, const struct yaml_node *n)
{
    struct cluster_map *m = r->map;
    struct cluster_name *name = rule_arena_take(&m->arena, 1, sizeof *name);
    char *text = rule_arena_take(&m->arena, n->size + 1, 1);
    if (name == NULL || text == NULL)
        return;
    for (size_t i = 0; i < n->size; i++)
        text[i] = (char)byte_lower((uint8_t)n->text[i]);
    if (n->size > 1 && text[n->size - 1] == '.')
        text[n->size - 1] = '\0';
    *name = (struct cluster_name){.text = text, .scope = r->scope, .place = cluster_place_of(r, n)};
    if (!rule_pattern_read(&name->pattern, &m->arena, slice_of(text), (struct pattern_form){.plain = true}))
        return;
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
    size_t bytes = 0, stars = 0;
    enum prefix_form form = prefix_parse(slice_of(text), &p);
    if (form != PREFIX_NO_ADDRESS)
        return "an address, which belongs under endpoints";
    for (const char *at = text; *at != '\0'; at++) {
        if (!is_name_byte(*at))
            return "characters that no server name has (no scheme, port or path belongs to it)";
        *(*at == '*' ? &stars : &bytes) += 1;
    }
    if (text[0] == '.' || strstr(text, "..") != NULL)
        return "an empty part between dots";
    return bytes < 2 && stars > 0 ? "a wildcard for every name" : NULL;
}

static void read_server_names(const struct cluster_reader *r, const struct yaml_node *names)
{
    static const char expected[] = "a server name like api.example.com or *.example.com";
    char shown[DOCUMENT_SHOWN];
    if (names->kind == YAML_LIST && !cluster_is_list(r, names, "server names"))
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

static const char *read_provider(const struct cluster_reader *r, const struct yaml_node *map)
{
    static const char *const known[] = {"eks", "aks", "gke", "openshift"};
    const struct yaml_node *n = yaml_member(map, "provider");
    const char *text = document_member(r->d, map, "provider", CLUSTER_PROVIDER_MAX,
                                       "a provider: eks, aks, gke, openshift or another word");
    for (size_t i = 0; text != NULL && i < sizeof known / sizeof *known; i++) {
        if (strcmp(text, known[i]) != 0 && slice_same_nocase(slice_of(text), slice_of(known[i])))
            document_warn(r->d, n, "found \"%s\", which is another provider than \"%s\"", text, known[i]);
    }
    return cluster_copy_of(r, text);
}

/* Each member of a list under `key`, if there is one. */
static void read_each(const struct cluster_reader *r, const struct yaml_node *map, const char *key, const char *of,
                      void (*read)(const struct cluster_reader *r, const struct yaml_node *entry))
{
    const struct yaml_node *list = yaml_member(map, key);
    if (list == NULL || !cluster_is_list(r, list, of))
        return;
    for (const struct yaml_node *n = list->first; n != NULL; n = n->next)
        read(r, n);
}

static void read_cluster(const struct cluster_reader *r, const struct yaml_node *n)
{
    static const char *const keys[] = {"provider", "endpoints", "server-names", "expected", "fronts"};
    if (!document_keys(r->d, n, "a cluster", keys, sizeof keys / sizeof *keys))
        return;
    r->scope->about.provider = read_provider(r, n);
    read_each(r, n, "endpoints", "addresses, or maps with address, port and tunnel", cluster_read_endpoint);
    if (yaml_member(n, "server-names") != NULL)
        read_server_names(r, yaml_member(n, "server-names"));
    read_each(r, n, "expected", "maps with address and reason", cluster_read_expected);
    read_each(r, n, "fronts", "maps with address and says", cluster_read_front);
    if (yaml_member(n, "endpoints") == NULL && yaml_member(n, "server-names") == NULL)
        document_wrong_key(r->d, n,
                           "found neither endpoints nor server names of the cluster, expected some: "
                           "nothing could be known to be its");
}

/* The key is text as any other: what document_text() asks of a value. */
static bool is_cluster_name(const struct cluster_reader *r, const struct yaml_node *n)
{
    struct yaml_node key = {
        .kind = YAML_SCALAR, .line = n->key_line, .column = n->key_column, .text = n->key, .size = strlen(n->key)};
    return document_text(r->d, &key, CLUSTER_NAME_MAX, "the name of a cluster") != NULL;
}

static void add_cluster(const struct cluster_reader *whole, const struct yaml_node *n)
{
    struct cluster_map *m = whole->map;
    struct cluster_reader r = *whole;
    r.scope = rule_arena_take(&m->arena, 1, sizeof *r.scope);
    if (!is_cluster_name(whole, n) || r.scope == NULL)
        return;
    *r.scope = (struct cluster_scope){.about = {.name = cluster_copy_of(&r, n->key),
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

static void read_clusters(const struct cluster_reader *r, const struct yaml_node *clusters)
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
    struct cluster_reader r = {.d = d, .map = m, .scope = &m->whole};
    r.file = cluster_copy_of(&r, d->file);
    const struct yaml_node *clusters = yaml_member(root, "clusters");
    read_each(&r, root, "fronts", "maps with address and says", cluster_read_front);
    read_each(&r, root, "expected", "maps with address and reason", cluster_read_expected);
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

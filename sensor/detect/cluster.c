#include "sensor/detect/cluster.h"

#include "sensor/detect/cluster_tree.h"

size_t cluster_count(const struct cluster_map *map)
{
    return map != NULL ? map->cluster_count : 0;
}

const struct cluster *cluster_at(const struct cluster_map *map, size_t i)
{
    return i < cluster_count(map) ? &map->clusters[i]->about : NULL;
}

const struct cluster *cluster_named(const struct cluster_map *map, const char *name)
{
    size_t low = 0, high = cluster_count(map);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, map->by_name[middle]->about.name);
        if (order == 0)
            return &map->by_name[middle]->about;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct cluster *cluster_of_endpoint(const struct cluster_map *map, const struct address *endpoint,
                                          unsigned tunnel_kind, uint32_t tunnel_id)
{
    if (map == NULL)
        return NULL;
    struct prefix_walk walk = {.group = 0};
    const struct prefix_entry *entry;
    /* Of equal prefixes those that say most come first. */
    while ((entry = prefix_table_next(&map->endpoint_table, endpoint->ip, &walk)) != NULL) {
        const struct cluster_endpoint *e = map->endpoints[entry->row];
        bool port = e->any_port || (endpoint->port >= e->low && endpoint->port <= e->high);
        bool tunnel = e->any_tunnel || (tunnel_kind != 0 && tunnel_id == e->tunnel);
        if (port && tunnel)
            return &e->scope->about;
    }
    return NULL;
}

/* How a name is compared with one without wildcards: ASCII case aside. */
static int compare_name(struct slice name, const char *text)
{
    for (size_t i = 0; i < name.size; i++) {
        int order = byte_lower(name.data[i]) - (int)(uint8_t)text[i];
        if (order != 0)
            return order;
        if (text[i] == '\0') /* which a name may have inside, and this one has not */
            return 1;
    }
    return text[name.size] == '\0' ? 0 : -1;
}

const struct cluster *cluster_of_server_name(const struct cluster_map *map, struct slice name)
{
    if (map == NULL || name.size == 0)
        return NULL;
    if (name.data[name.size - 1] == '.') /* the root's dot, which says nothing */
        name.size--;
    size_t low = 0, high = map->exact_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_name(name, map->names[middle]->text);
        if (order == 0)
            return &map->names[middle]->scope->about;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    for (size_t i = map->exact_count; i < map->name_count; i++) {
        if (rule_pattern_matches(&map->names[i]->pattern, name))
            return &map->names[i]->scope->about;
    }
    return NULL;
}

static const struct cluster_source *find(const struct cluster_sources *s, const uint8_t ip[static 16])
{
    struct prefix_walk walk = {.group = 0};
    const struct prefix_entry *entry = prefix_table_next(&s->table, ip, &walk);
    return entry != NULL ? s->rows[entry->row] : NULL;
}

/* Of the cluster's own and the whole map's the one with the longer prefix; of equal ones the cluster's own. */
static const struct cluster_source *closer(const struct cluster_source *own, const struct cluster_source *whole)
{
    if (own == NULL || whole == NULL)
        return own != NULL ? own : whole;
    return own->prefix.bits >= whole->prefix.bits ? own : whole;
}

static const struct cluster_scope *scope_of(const struct cluster *c)
{
    return (const struct cluster_scope *)(const void *)c;
}

const char *cluster_expects(const struct cluster_map *map, const struct cluster *at, const uint8_t source[static 16])
{
    if (map == NULL)
        return NULL;
    const struct cluster_source *own = at != NULL ? find(&scope_of(at)->expected, source) : NULL;
    const struct cluster_source *found = closer(own, find(&map->whole.expected, source));
    return found != NULL ? found->reason : NULL;
}

unsigned cluster_front(const struct cluster_map *map, const struct cluster *at, const uint8_t ip[static 16])
{
    if (map == NULL)
        return 0;
    const struct cluster_source *own = at != NULL ? find(&scope_of(at)->fronts, ip) : NULL;
    const struct cluster_source *found = closer(own, find(&map->whole.fronts, ip));
    return found != NULL ? found->says : 0;
}

void cluster_each_port(const struct cluster_map *map, void (*range)(void *owner, uint16_t low, uint16_t high),
                       void *owner)
{
    for (size_t i = 0; map != NULL && i < map->endpoint_count; i++) {
        const struct cluster_endpoint *e = map->endpoints[i];
        if (!e->any_port)
            range(owner, e->low, e->high);
    }
}

struct cluster_sums cluster_sum(const struct cluster_map *map, const struct cluster *at)
{
    if (map == NULL)
        return (struct cluster_sums){.endpoints = 0};
    const struct cluster_scope *s = at != NULL ? scope_of(at) : &map->whole;
    return (struct cluster_sums){
        .endpoints = s->endpoints, .server_names = s->names, .expected = s->expected.count, .fronts = s->fronts.count};
}

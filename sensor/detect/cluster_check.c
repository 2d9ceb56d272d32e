/* The end of reading a cluster map: everything into sorted tables, and complaints of what contradicts each other. */
#include <stdlib.h>

#include "sensor/detect/cluster_map.h"
#include "sensor/detect/cluster_tree.h"

struct check {
    struct cluster_map *map;
    struct complaint_list *complaints;
};

static void wrong(const struct check *k, const struct cluster_place *at, const char *what, const char *name,
                  const struct cluster_scope *other, const struct cluster_place *there)
{
    complain(k->complaints, false, at->file, at->line, at->column,
             "%s \"%s\" is also one of the cluster \"%.64s\" (%s, line %u), expected it in one of them", what, name,
             other->about.name, there->file, there->line);
}

static void again(const struct check *k, bool warning, const struct cluster_place *at, const char *what,
                  const char *name, const struct cluster_place *there)
{
    complain(k->complaints, warning, at->file, at->line, at->column,
             "%s \"%s\" again, expected it once: it is already in line %u of %s", what, name, there->line, there->file);
}

/* In the order of their file. */
static int by_reading(const struct cluster_place *a, const struct cluster_place *b)
{
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->column < b->column ? -1 : a->column > b->column;
}

static int by_precedence(const void *left, const void *right)
{
    const struct cluster_endpoint *a = *(const struct cluster_endpoint *const *)left,
                                  *b = *(const struct cluster_endpoint *const *)right;
    int order = memcmp(a->prefix.ip, b->prefix.ip, sizeof a->prefix.ip);
    if (order != 0)
        return order;
    if (a->prefix.bits != b->prefix.bits)
        return a->prefix.bits > b->prefix.bits ? -1 : 1;
    if (a->any_tunnel != b->any_tunnel)
        return a->any_tunnel ? 1 : -1;
    if (a->tunnel != b->tunnel)
        return a->tunnel < b->tunnel ? -1 : 1;
    if (a->any_port != b->any_port)
        return a->any_port ? 1 : -1;
    if (a->low != b->low)
        return a->low < b->low ? -1 : 1;
    if (a->scope->about.number != b->scope->about.number)
        return a->scope->about.number < b->scope->about.number ? -1 : 1;
    return by_reading(&a->place, &b->place);
}

/* Whether the same packets are meant, but for their ports. */
static bool same_place(const struct cluster_endpoint *a, const struct cluster_endpoint *b)
{
    return prefix_same(&a->prefix, &b->prefix) && a->any_tunnel == b->any_tunnel && a->tunnel == b->tunnel &&
           a->any_port == b->any_port;
}

/* Whether `a` stands behind `b`: complaints stand at the later one. */
static bool later(const struct cluster_endpoint *a, const struct cluster_endpoint *b)
{
    if (a->scope != b->scope)
        return a->scope->about.number > b->scope->about.number;
    return by_reading(&a->place, &b->place) > 0;
}

/* Sorted by their first port: who overlaps any before him overlaps the one that reaches furthest. */
static void check_endpoints(const struct check *k)
{
    const struct cluster_endpoint **sorted = k->map->endpoints, *furthest = NULL;
    char name[PREFIX_TEXT];
    for (size_t i = 0; i < k->map->endpoint_count; i++) {
        const struct cluster_endpoint *e = sorted[i];
        if (furthest == NULL || !same_place(furthest, e)) {
            furthest = e;
            continue;
        }
        if (e->any_port || e->low <= furthest->high) {
            prefix_text(&e->prefix, name);
            const struct cluster_endpoint *first = furthest, *second = e;
            if (later(first, second))
                first = e, second = furthest;
            if (first->scope != second->scope)
                wrong(k, &second->place, "the endpoint", name, first->scope, &first->place);
            else
                again(k, true, &second->place, "the endpoint", name, &first->place);
        }
        if (e->high > furthest->high)
            furthest = e;
    }
}

static bool finish_endpoints(const struct check *k)
{
    struct cluster_map *m = k->map;
    size_t count = m->endpoint_count, at = 0;
    struct prefix_entry *entries = rule_arena_take(&m->arena, count, sizeof *entries);
    struct prefix_group *groups = rule_arena_take(&m->arena, PREFIX_GROUPS, sizeof *groups);
    m->endpoints = rule_arena_take(&m->arena, count, sizeof *m->endpoints);
    if (entries == NULL || groups == NULL || m->endpoints == NULL)
        return false;
    for (const struct cluster_endpoint *e = m->first_endpoint; e != NULL; e = e->next)
        m->endpoints[at++] = e;
    if (count > 0)
        qsort(m->endpoints, count, sizeof *m->endpoints, by_precedence);
    for (size_t i = 0; i < count; i++)
        entries[i] = (struct prefix_entry){.prefix = m->endpoints[i]->prefix, .row = (uint32_t)i};
    prefix_table_init(&m->endpoint_table, entries, count, groups);
    check_endpoints(k);
    return true;
}

static bool finish_sources(const struct check *k, struct cluster_sources *s, const char *what)
{
    struct rule_arena *arena = &k->map->arena;
    size_t at = 0, groups_most = s->count < PREFIX_GROUPS ? s->count : PREFIX_GROUPS;
    char name[PREFIX_TEXT];
    struct prefix_entry *entries = rule_arena_take(arena, s->count, sizeof *entries);
    struct prefix_group *groups = rule_arena_take(arena, groups_most, sizeof *groups);
    s->rows = rule_arena_take(arena, s->count, sizeof *s->rows);
    if (entries == NULL || groups == NULL || s->rows == NULL)
        return false;
    for (const struct cluster_source *from = s->first; from != NULL; from = from->next, at++) {
        s->rows[at] = from;
        entries[at] = (struct prefix_entry){.prefix = from->prefix, .row = (uint32_t)at};
    }
    prefix_table_init(&s->table, entries, s->count, groups);
    for (size_t i = 1; i < s->count; i++) {
        const struct cluster_source *one = s->rows[entries[i - 1].row], *other = s->rows[entries[i].row];
        if (prefix_same(&one->prefix, &other->prefix))
            again(k, false, &other->place, what, prefix_text(&other->prefix, name), &one->place);
    }
    return true;
}

/* A front of one cluster alone whose address is an endpoint of another: it stands before both, or one is wrong. */
static void check_fronts(const struct check *k, const struct cluster_scope *scope)
{
    const struct cluster_map *m = k->map;
    char name[PREFIX_TEXT];
    for (const struct cluster_source *f = scope->fronts.first; f != NULL; f = f->next) {
        struct prefix_walk walk = {.group = 0};
        const struct prefix_entry *entry = prefix_table_next(&m->endpoint_table, f->prefix.ip, &walk);
        const struct cluster_endpoint *e = entry != NULL ? m->endpoints[entry->row] : NULL;
        if (e == NULL || e->scope == scope)
            continue;
        complain(
            k->complaints, true, f->place.file, f->place.line, f->place.column,
            "the front \"%s\" of this cluster alone is an endpoint of the cluster \"%.64s\" (%s, line %u), expected "
            "a front of several clusters under the map's own fronts",
            prefix_text(&f->prefix, name), e->scope->about.name, e->place.file, e->place.line);
    }
}

static int by_fit(const void *left, const void *right)
{
    const struct cluster_name *a = *(const struct cluster_name *const *)left,
                              *b = *(const struct cluster_name *const *)right;
    bool exact = rule_pattern_is_exact(&a->pattern);
    size_t in_a = rule_pattern_literals(&a->pattern), in_b = rule_pattern_literals(&b->pattern);
    if (exact != rule_pattern_is_exact(&b->pattern))
        return exact ? -1 : 1;
    if (!exact && in_a != in_b)
        return in_a > in_b ? -1 : 1;
    int order = strcmp(a->text, b->text);
    if (order != 0)
        return order;
    if (a->scope->about.number != b->scope->about.number)
        return a->scope->about.number < b->scope->about.number ? -1 : 1;
    return by_reading(&a->place, &b->place);
}

static bool finish_names(const struct check *k)
{
    struct cluster_map *m = k->map;
    size_t at = 0;
    m->names = rule_arena_take(&m->arena, m->name_count, sizeof *m->names);
    if (m->names == NULL)
        return false;
    for (const struct cluster_name *n = m->first_name; n != NULL; n = n->next) {
        m->names[at++] = n;
        m->exact_count += rule_pattern_is_exact(&n->pattern);
    }
    if (at > 0)
        qsort(m->names, at, sizeof *m->names, by_fit);
    for (size_t i = 1; i < at; i++) {
        const struct cluster_name *one = m->names[i - 1], *other = m->names[i];
        if (strcmp(one->text, other->text) != 0)
            continue;
        if (one->scope != other->scope)
            wrong(k, &other->place, "the server name", other->text, one->scope, &one->place);
        else
            again(k, true, &other->place, "the server name", other->text, &one->place);
    }
    return true;
}

static int by_name(const void *left, const void *right)
{
    const struct cluster *a = &(*(const struct cluster_scope *const *)left)->about,
                         *b = &(*(const struct cluster_scope *const *)right)->about;
    int order = strcmp(a->name, b->name);
    if (order != 0)
        return order;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* Of one file YAML's reader says it; of two nobody but us. */
static void check_names(const struct check *k)
{
    for (size_t i = 1; i < k->map->cluster_count; i++) {
        const struct cluster *one = &k->map->by_name[i - 1]->about, *other = &k->map->by_name[i]->about;
        if (strcmp(one->name, other->name) == 0 && strcmp(one->file, other->file) != 0)
            complain(k->complaints, false, other->file, other->line, 0,
                     "the cluster \"%s\" again, expected it once: it is already in line %u of %s", other->name,
                     one->line, one->file);
    }
}

static bool finish_clusters(const struct check *k)
{
    struct cluster_map *m = k->map;
    size_t at = 0, size = sizeof *m->clusters;
    m->clusters = rule_arena_take(&m->arena, m->cluster_count, size);
    m->by_name = rule_arena_take(&m->arena, m->cluster_count, size);
    if (m->clusters == NULL || m->by_name == NULL)
        return false;
    for (const struct cluster_scope *s = m->first; s != NULL; s = s->next, at++)
        m->clusters[at] = m->by_name[at] = s;
    if (at > 0)
        qsort(m->by_name, at, size, by_name);
    check_names(k);
    return true;
}

bool cluster_map_finish(struct cluster_map *m, struct complaint_list *complaints)
{
    struct check k = {.map = m, .complaints = complaints};
    bool good = !m->arena.failed && finish_clusters(&k) && finish_endpoints(&k) && finish_names(&k);
    good = good && finish_sources(&k, &m->whole.expected, "the expected source") &&
           finish_sources(&k, &m->whole.fronts, "the front");
    for (struct cluster_scope *s = m->first; good && s != NULL; s = s->next) {
        good = finish_sources(&k, &s->expected, "the expected source") && finish_sources(&k, &s->fronts, "the front");
        check_fronts(&k, s);
    }
    return good;
}

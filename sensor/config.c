#include "sensor/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/detect/cluster_map.h"
#include "sensor/detect/document.h"
#include "sensor/monitor.h"
#include "sensor/setting.h"
#include "sensor/yaml.h"

enum { VALUE_MOST = 4096, JOINED_MOST = 1024 };

struct loading {
    struct options *o;
    struct options unused; /* takes what the command line has said already: it is checked, and goes nowhere */
    struct document d;
    const struct yaml_node *root;
    bool inline_map; /* `clusters` is a map, or `fronts` or `expected` are there */
};

static bool is_from(const struct options *o, size_t row, enum origin from)
{
    return o->origins[row].from == from;
}

/* Whether the command line said this, or another thing of the same choice. */
static bool is_taken(const struct options *o, size_t row)
{
    for (size_t i = 0; i < setting_count; i++) {
        bool one_choice = setting_rows[i].choice != CHOICE_NONE && setting_rows[i].choice == setting_rows[row].choice;
        if ((i == row || one_choice) && is_from(o, i, ORIGIN_LINE))
            return true;
    }
    return false;
}

/* Of `read` and `interface`, `filter` and `filter-file` the file may say one. */
static void check_choice(struct loading *l, size_t row, const struct yaml_node *n)
{
    uint8_t choice = setting_rows[row].choice;
    for (size_t i = 0; i < setting_count && choice != CHOICE_NONE && choice != CHOICE_CLUSTERS; i++) {
        if (i != row && setting_rows[i].choice == choice && is_from(&l->unused, i, ORIGIN_FILE))
            document_wrong_key(&l->d, n, "found \"%s\" beside \"%s\", expected one of them", n->key,
                               setting_rows[i].name);
    }
}

static bool apply(struct loading *l, struct options *to, const struct setting_row *row, const struct yaml_node *at,
                  const char *value)
{
    char error[OPTIONS_ERROR];
    if (setting_apply(to, row, value, error))
        return true;
    document_wrong(&l->d, at, "%s: %s", row->name, error);
    return false;
}

static void take_flag(struct loading *l, struct options *to, const struct setting_row *row, const struct yaml_node *n)
{
    char shown[DOCUMENT_SHOWN];
    bool plain = n->kind == YAML_SCALAR && !n->quoted;
    if (plain && strcmp(n->text, "true") == 0)
        apply(l, to, row, n, "");
    else if (!plain || strcmp(n->text, "false") != 0)
        document_wrong(&l->d, n, "%s: found %s, expected true or false", row->name, document_shown(n, shown));
}

/* An output that would stand where --survey does: the command line wins. */
static bool gives_way(const struct loading *l, const struct setting_row *row, const char *value)
{
    struct output_spec spec;
    char ignored[OPTIONS_ERROR];
    return l->o->survey && row == &setting_rows[setting_named("output")] &&
           output_parse(&spec, value, ignored, sizeof ignored) && strcmp(spec.target, "-") == 0;
}

static void take_each(struct loading *l, struct options *to, const struct setting_row *row, const struct yaml_node *n)
{
    if (n->kind == YAML_LIST && n->first == NULL)
        document_wrong(&l->d, n, "%s: found an empty list, expected %s", row->name, row->expected);
    for (const struct yaml_node *m = NULL; (m = document_each(n, m)) != NULL;) {
        const char *value = document_text(&l->d, m, VALUE_MOST, row->expected);
        if (value != NULL)
            apply(l, gives_way(l, row, value) ? &l->unused : to, row, m, value);
    }
}

/* Each part is looked at by itself, so that a complaint stands at its place; then all of them are one value. */
static void take_list(struct loading *l, struct options *to, const struct setting_row *row, const struct yaml_node *n)
{
    char joined[JOINED_MOST] = "";
    size_t used = 0;
    bool good = true;
    if (n->kind != YAML_LIST || n->first == NULL) {
        take_each(l, to, row, n);
        return;
    }
    for (const struct yaml_node *m = n->first; m != NULL; m = m->next) {
        const char *value = document_text(&l->d, m, VALUE_MOST, row->expected);
        good = value != NULL && apply(l, &l->unused, row, m, value) && good;
        if (value == NULL || used >= sizeof joined)
            continue;
        int wrote = snprintf(joined + used, sizeof joined - used, "%s%s", used > 0 ? "," : "", value);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    if (used >= sizeof joined)
        document_wrong(&l->d, n, "%s: found more than %d bytes, expected ranges", row->name, JOINED_MOST);
    else if (good)
        apply(l, to, row, n, joined);
}

/* The cluster map stands here and not in a file of its own. */
static bool is_inline(const struct setting_row *row, const struct yaml_node *n)
{
    return row->choice == CHOICE_CLUSTERS && (row->kind == SETTING_PART || n->kind == YAML_MAP);
}

static void keep_origin(struct options *o, size_t at, const struct yaml_node *n)
{
    bool one = n->kind == YAML_SCALAR;
    o->origins[at].from = ORIGIN_FILE;
    o->origins[at].line = n->key_line;
    o->origins[at].of_line = one ? n->line : n->key_line;
    o->origins[at].of_column = one ? n->column : n->key_column;
}

static void take_member(struct loading *l, const struct yaml_node *n)
{
    char shown[DOCUMENT_SHOWN];
    size_t at = setting_named(n->key);
    if (at == setting_count || (setting_rows[at].where & SETTING_IN_FILE) == 0)
        return; /* complained of, with all unknown keys */
    const struct setting_row *row = &setting_rows[at];
    bool taken = is_taken(l->o, at);
    struct options *to = taken ? &l->unused : l->o;
    check_choice(l, at, n);
    l->unused.origins[at].from = ORIGIN_FILE;
    if (!taken)
        keep_origin(l->o, at, n);
    if (is_inline(row, n)) {
        l->inline_map = true;
    } else if (row->kind == SETTING_PART) { /* suppressions: there is no other */
        suppressions_free(l->o->suppressions);
        l->o->suppressions = suppressions_read(&l->d, n);
    } else if (row->kind == SETTING_FLAG) {
        take_flag(l, to, row, n);
    } else if (row->kind == SETTING_EACH) {
        take_each(l, to, row, n);
    } else if (row->kind == SETTING_LIST) {
        take_list(l, to, row, n);
    } else if (n->kind != YAML_SCALAR) {
        document_wrong(&l->d, n, "%s: found %s, expected %s", row->name, document_shown(n, shown), row->expected);
    } else {
        take_each(l, to, row, n);
    }
}

static void take_all(struct loading *l)
{
    const char *known[OPTIONS_SETTINGS];
    size_t count = 0;
    for (size_t i = 0; i < setting_count; i++) {
        if ((setting_rows[i].where & SETTING_IN_FILE) != 0)
            known[count++] = setting_rows[i].name;
    }
    if (!document_keys(&l->d, l->root, "the configuration", known, count))
        return;
    for (const struct yaml_node *n = l->root->first; n != NULL; n = n->next)
        take_member(l, n);
}

static void read_config(struct loading *l)
{
    const char *name = l->o->config_file;
    FILE *file = monitor_read(MONITOR_READ_CONFIG, name);
    if (file == NULL) {
        complain(l->d.complaints, false, name, 0, 0, "%s, expected a configuration file", strerror(errno));
        return;
    }
    struct yaml *y = l->o->config = yaml_read_through(file, name, l->d.complaints);
    fclose(file);
    const struct yaml_node *root = y != NULL ? yaml_document(y, 0) : NULL;
    if (y != NULL && yaml_documents(y) > 1)
        document_wrong(&l->d, yaml_document(y, 1), "found another document, expected one a file");
    if (root == NULL || root->kind == YAML_NULL) /* nothing but comments: the defaults */
        return;
    l->root = root;
    take_all(l);
}

static void follow(void *owner, uint16_t low, uint16_t high)
{
    for (uint32_t port = low; port <= high; port++)
        port_set_add(owner, (uint16_t)port);
}

static void add_map_file(struct cluster_map *map, const char *name, struct complaint_list *complaints)
{
    FILE *file = monitor_read(MONITOR_READ_CONFIG, name);
    if (file == NULL) {
        complain(complaints, false, name, 0, 0, "%s, expected a cluster map", strerror(errno));
        return;
    }
    cluster_map_add_file(map, file, name, complaints);
    fclose(file);
}

/* Files, and what stands in the configuration file itself, unless the command line names other files. */
static void load_map(struct loading *l)
{
    struct options *o = l->o;
    bool inline_counts = !is_taken(o, setting_named("clusters"));
    if (o->cluster_file_count == 0 && !l->inline_map)
        return;
    struct complaint_list *complaints = l->d.complaints;
    struct cluster_map *map = cluster_map_new(), *other = cluster_map_new();
    if (map == NULL || other == NULL) {
        complain(complaints, false, l->d.file, 0, 0, "no memory to read the cluster map");
        cluster_map_free(map);
        cluster_map_free(other);
        return;
    }
    for (size_t i = 0; i < o->cluster_file_count; i++)
        add_map_file(map, o->cluster_files[i], complaints);
    if (l->inline_map)
        cluster_map_add(inline_counts ? map : other, &l->d, l->root);
    if (!cluster_map_finish(map, complaints) || !cluster_map_finish(other, complaints))
        complain(complaints, false, l->d.file, 0, 0, "no memory to read the cluster map");
    cluster_map_free(other);
    o->map = map;
    cluster_each_port(map, follow, &o->ports);
}

void config_load(struct options *o, struct complaint_list *complaints)
{
    struct loading *l = calloc(1, sizeof *l);
    if (l == NULL) {
        complain(complaints, false, "kapiwatch", 0, 0, "no memory to read the configuration");
        return;
    }
    *l = (struct loading){
        .o = o, .d = {.file = o->config_file != NULL ? o->config_file : "kapiwatch", .complaints = complaints}};
    setting_defaults(&l->unused);
    if (o->config_file != NULL)
        read_config(l);
    load_map(l);
    options_deinit(&l->unused);
    free(l);
}

const char *config_origin(const struct options *o, const char *name, char *text, size_t size)
{
    size_t at = setting_named(name);
    if (at == setting_count || is_from(o, at, ORIGIN_DEFAULT))
        snprintf(text, size, "default");
    else if (is_from(o, at, ORIGIN_LINE))
        snprintf(text, size, "command line");
    else
        snprintf(text, size, "%s:%u", o->config_file, o->origins[at].line);
    return text;
}

const char *config_place(const struct options *o, const char *name, char text[static CONFIG_PLACE])
{
    size_t at = setting_named(name);
    text[0] = '\0';
    if (is_from(o, at, ORIGIN_FILE))
        snprintf(text, CONFIG_PLACE, "%.500s:%u:%u: ", o->config_file, o->origins[at].of_line,
                 o->origins[at].of_column);
    else if (setting_rows[at].letter != 0)
        snprintf(text, CONFIG_PLACE, "option -%c: ", setting_rows[at].letter);
    return text;
}

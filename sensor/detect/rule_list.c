#include "sensor/detect/rule_list.h"

#include "sensor/detect/document.h"
#include "sensor/detect/measure.h"
#include "sensor/detect/rule_parse.h"
#include "sensor/detect/syn_shape.h"

bool rule_list_is(const struct yaml_node *document)
{
    return document->kind == YAML_MAP && yaml_member(document, "list") != NULL;
}

const struct rule_list *rule_list_find(const struct rule_lists *lists, struct slice name)
{
    const struct rule_list *list = lists->first;
    while (list && !slice_is(name, list->name))
        list = list->next;
    return list;
}

/* What is written in a list's head or in an entry; an entry's own goes before the head's. */
static const char *const HEAD_KEYS[] = {"list",     "title",  "description", "references", "author",  "date",
                                        "modified", "source", "kind",        "confidence", "entries", NULL};
static const char *const ENTRY_KEYS[] = {"tool", "value", "source", "kind", "confidence", "note", NULL};

static void check_keys(const struct rule_reader *r, const struct yaml_node *map, const char *const *keys,
                       const char *where)
{
    for (const struct yaml_node *n = map->first; n; n = n->next) {
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], n->key) != 0)
            i++;
        if (keys[i])
            continue;
        char known[128] = "";
        for (size_t k = 0, at = 0; keys[k] && at < sizeof known; k++)
            at += (size_t)snprintf(known + at, sizeof known - at, "%s%s", k ? ", " : "", keys[k]);
        rule_wrong(r, n->key_line, n->key_column, "found '%.64s' in %s, expected one of %s", n->key, where, known);
    }
}

static const char *text_of(const struct rule_reader *r, const struct yaml_node *entry, const char *key,
                           const char *otherwise)
{
    const struct yaml_node *n = yaml_member(entry, key);
    return n ? rule_read_text(r, n) : otherwise;
}

static const char *word_of(const struct rule_reader *r, const struct yaml_node *map, const char *key,
                           const char *otherwise, const char *const *words, const char *expected)
{
    const struct yaml_node *n = yaml_member(map, key);
    const char *text = n ? rule_read_text(r, n) : otherwise;
    for (size_t i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0)
            return text;
    }
    if (n && n->kind == YAML_SCALAR)
        rule_wrong(r, n->line, n->column, "found '%.64s' as %s, expected %s", text, key, expected);
    return text;
}

static struct rule_entry read_common(const struct rule_reader *r, const struct yaml_node *map,
                                     const struct rule_entry *head)
{
    static const char *const CONFIDENCES[] = {"definite", "strong", "weak", NULL};
    static const char *const KINDS[] = {"scanner", "research", "auditor", "library", "path", "measure", "syn", NULL};
    struct rule_entry entry = *head;
    entry.source = text_of(r, map, "source", head->source);
    entry.confidence = word_of(r, map, "confidence", head->confidence, CONFIDENCES, "definite, strong or weak");
    entry.kind =
        word_of(r, map, "kind", head->kind, KINDS, "scanner, research, auditor, library, path, measure or syn");
    return entry;
}

struct entries {
    const struct rule_entry **tail;
    size_t count;
    unsigned ranges[MEASURE_SIZES];
};

static void add_entry(const struct rule_reader *r, struct entries *all, const struct rule_entry *like,
                      const struct yaml_node *value)
{
    struct rule_entry *entry = rule_arena_take(r->arena, 1, sizeof *entry);
    if (!entry)
        return;
    *entry = *like;
    entry->value = rule_read_text(r, value);
    if (value->kind == YAML_SCALAR && (!value->size || strlen(value->text) != value->size))
        rule_wrong(r, value->line, value->column, "found an empty value or a NUL character, expected a text");
    struct measure measure;
    if (value->kind == YAML_SCALAR && strcmp(like->kind, "measure") == 0 && !measure_read(entry->value, &measure))
        rule_wrong(r, value->line, value->column,
                   "found '%.64s' as a measure, expected a number or two as 95-130, up to %d", entry->value,
                   MEASURE_MOST);
    unsigned size = strcmp(like->list, "tls_sizes") == 0 ? measure_size_find(like->tool) : MEASURE_SIZES;
    if (size < MEASURE_SIZES && all->ranges[size]++ == MEASURE_RANGES)
        rule_wrong(r, value->line, value->column, "found one more range of %s, expected %d at most", like->tool,
                   MEASURE_RANGES);
    struct syn_pattern pattern;
    if (value->kind == YAML_SCALAR && strcmp(like->kind, "syn") == 0 && !syn_pattern_read(entry->value, &pattern))
        rule_wrong(r, value->line, value->column,
                   "found '%.64s' as a SYN, expected window, options and time to live, as 1024 mss 1-59", entry->value);
    *all->tail = entry;
    all->tail = &entry->next;
    all->count++;
}

/* A name that nothing asks for would be passed over in silence. */
static void check_measure(const struct rule_reader *r, const struct yaml_node *name, const struct rule_entry *entry)
{
    if (measure_known(entry->list, entry->tool))
        return;
    if (measure_list_known(entry->list))
        rule_wrong(r, name->line, name->column,
                   "found '%.64s' as a measure of %s, expected a name as in the shipped list", entry->tool,
                   entry->list);
    else
        rule_wrong(r, name->line, name->column,
                   "found a measure in list '%.64s', expected tls_sizes, tls_signs, tls_counts or tls_confidence",
                   entry->list);
}

/* The same of a list. */
static void check_syn(const struct rule_reader *r, const struct yaml_node *name, const struct rule_entry *entry)
{
    if (strcmp(entry->list, SYN_LIST) == 0)
        return;
    rule_wrong(r, name->line, name->column, "found a SYN in list '%.64s', expected %s", entry->list, SYN_LIST);
}

static void read_entry(const struct rule_reader *r, struct entries *all, const struct yaml_node *n,
                       const struct rule_entry *head)
{
    if (n->kind != YAML_MAP) {
        rule_wrong(r, n->line, n->column, "found no map in a list's entries, expected tool, value and source");
        return;
    }
    check_keys(r, n, ENTRY_KEYS, "an entry");
    struct rule_entry entry = read_common(r, n, head);
    const struct yaml_node *name = rule_needed(r, n, "tool", "entry of a list");
    const struct yaml_node *value = rule_needed(r, n, "value", "entry of a list");
    if (name)
        entry.tool = rule_read_text(r, name);
    if (name && name->kind == YAML_SCALAR && strcmp(entry.kind, "measure") == 0)
        check_measure(r, name, &entry);
    if (name && strcmp(entry.kind, "syn") == 0)
        check_syn(r, name, &entry);
    if (!*entry.source)
        rule_wrong(r, n->line, n->column,
                   "found no 'source', expected one in the entry or in its list: where this is known "
                   "from");
    if (value && value->kind == YAML_LIST && !value->first)
        rule_wrong(r, value->line, value->column, "found an empty list as 'value', expected values");
    for (const struct yaml_node *v = NULL; value && (v = document_each(value, v));)
        add_entry(r, all, &entry, v);
}

static bool is_name(const char *text)
{
    size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");
    return size > 0 && !text[size];
}

static void read_head(const struct rule_reader *r, const struct yaml_node *d, struct rule_list *list,
                      struct rule_entry *head)
{
    size_t errors = complaint_errors(r->complaints);
    check_keys(r, d, HEAD_KEYS, "a list");
    const struct yaml_node *name = yaml_member(d, "list");
    list->name = rule_read_text(r, name);
    list->file = r->file;
    list->line = d->line;
    if (name->kind == YAML_SCALAR && !is_name(list->name))
        rule_wrong(r, name->line, name->column,
                   "found '%.64s' as a list's name, expected letters, digits, '_', '-' and '.'", list->name);
    const struct rule_list *other = rule_list_find(r->lists, slice_of(list->name));
    if (complaint_errors(r->complaints) == errors && other)
        rule_wrong(r, name->line, name->column,
                   "found list '%.64s' again, expected a name of its own: it is already in %s:%u", list->name,
                   other->file, other->line);
    *head = (struct rule_entry){
        .tool = "", .value = "", .kind = "scanner", .confidence = "definite", .source = "", .list = list->name};
    *head = read_common(r, d, head);
}

void rule_list_parse(struct rule_reader *r, const struct yaml_node *d)
{
    struct rule_list *list = rule_arena_take(r->arena, 1, sizeof *list);
    struct rule_entry head;
    if (!list)
        return;
    read_head(r, d, list, &head);
    const struct yaml_node *entries = rule_needed(r, d, "entries", "list");
    struct entries all = {.tail = &list->entries};
    if (entries && (entries->kind != YAML_LIST || !entries->first))
        rule_wrong(r, entries->line, entries->column, "found no entries, expected a list of tool, value and source");
    for (const struct yaml_node *n = entries && entries->kind == YAML_LIST ? entries->first : NULL; n; n = n->next)
        read_entry(r, &all, n, &head);
    list->count = all.count;
    /* Also a wrong one: the rules that name it are right, and one run shows what is wrong in both. */
    list->next = r->lists->first;
    if (*list->name)
        r->lists->first = list;
}

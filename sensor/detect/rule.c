#include "sensor/detect/rule.h"

#include "sensor/detect/rule_parse.h"

static const size_t RULES_MEMORY = (size_t)256 << 20;

struct rule_set {
    struct rule_arena arena; /* this struct is in its account, all else in its blocks */
    const struct rule **rules;
    size_t count;
    size_t selections; /* of the rule that has most */
};

static const char *const LEVEL_NAMES[LEVELS] = {[LEVEL_INFORMATIONAL] = "informational",
                                                [LEVEL_LOW] = "low",
                                                [LEVEL_MEDIUM] = "medium",
                                                [LEVEL_HIGH] = "high",
                                                [LEVEL_CRITICAL] = "critical"};

const char *rule_level_name(unsigned level)
{
    return level < LEVELS ? LEVEL_NAMES[level] : "?";
}

int rule_level_of(const char *name)
{
    for (int i = 0; i < LEVELS; i++) {
        if (strcmp(LEVEL_NAMES[i], name) == 0)
            return i;
    }
    return -1;
}

const struct rule_about *rule_about(const struct rule *rule)
{
    return &rule->about;
}

/* Rules in the order of their files, while their number is not known. */
struct loaded {
    const struct rule *rule;
    struct loaded *next;
};

struct loading {
    struct rule_reader reader;
    struct loaded *first, **tail;
    size_t count;
};

/* An id, and the number made of it, name one rule only. */
static void check_unique(const struct loading *l, const struct rule *rule)
{
    for (const struct loaded *o = l->first; o; o = o->next) {
        const struct rule_about *other = &o->rule->about;
        if (other->number != rule->about.number)
            continue;
        rule_wrong(&l->reader, rule->about.line, 1, "found id %s, expected one of its own: that of %s:%u is %s",
                   rule->about.id, other->file, other->line,
                   slice_same_nocase(slice_of(other->id), slice_of(rule->about.id)) ? "the same" : "too like it");
        return;
    }
}

static void load_document(struct loading *l, const struct yaml_node *document)
{
    const struct rule *rule = rule_parse(&l->reader, document);
    if (!rule)
        return;
    check_unique(l, rule);
    struct loaded *o = rule_arena_take(l->reader.arena, 1, sizeof *o);
    if (!o)
        return;
    o->rule = rule;
    *l->tail = o;
    l->tail = &o->next;
    l->count++;
}

static void load_file(struct loading *l, const struct rule_file *file)
{
    struct rule_arena *arena = l->reader.arena;
    const char *name = rule_arena_text(arena, slice_of(file->name));
    struct yaml *yaml = name ? yaml_read(file->file, file->name, l->reader.complaints) : NULL;
    if (!yaml)
        return;
    l->reader.file = name;
    size_t documents = yaml_documents(yaml);
    for (size_t i = 0; i < documents; i++)
        load_document(l, yaml_document(yaml, i));
    if (!documents)
        rule_warn(&l->reader, 0, 0, "found nothing in it, expected a rule");
    yaml_release(yaml);
}

static void fill(struct rule_set *set, const struct loading *l)
{
    set->rules = rule_arena_take(&set->arena, l->count, sizeof *set->rules);
    for (const struct loaded *o = l->first; set->rules && o; o = o->next) {
        set->rules[set->count++] = o->rule;
        if (o->rule->selections > set->selections)
            set->selections = o->rule->selections;
    }
}

struct rule_set *rule_set_load(const struct rule_file *files, size_t count, struct complaint_list *complaints)
{
    struct memory memory = {.limit = RULES_MEMORY};
    struct rule_set *set = memory_resize(&memory, NULL, 0, sizeof *set);
    if (!set) {
        complain(complaints, false, "", 0, 0, "no memory for rules");
        return NULL;
    }
    set->arena.memory = memory;
    struct loading l = {.reader = {.arena = &set->arena, .complaints = complaints}};
    l.tail = &l.first;
    size_t errors = complaint_errors(complaints);
    for (size_t i = 0; i < count; i++)
        load_file(&l, &files[i]);
    fill(set, &l);
    if (set->arena.failed)
        complain(complaints, false, l.reader.file ? l.reader.file : "", 0, 0,
                 "found rules larger than the bound of %zu MiB", RULES_MEMORY >> 20);
    if (complaint_errors(complaints) == errors)
        return set;
    rule_set_free(set);
    return NULL;
}

void rule_set_free(struct rule_set *set)
{
    if (!set)
        return;
    rule_arena_release(&set->arena);
    struct memory memory = set->arena.memory;
    memory_resize(&memory, set, sizeof *set, 0);
}

size_t rule_set_count(const struct rule_set *set)
{
    return set->count;
}

const struct rule *rule_set_at(const struct rule_set *set, size_t i)
{
    return set->rules[i];
}

/* Its own small account: a scratch is one block, of a size that the set says. */
static size_t scratch_size(const struct rule_set *set)
{
    return sizeof(struct rule_scratch) + set->count * sizeof(const struct rule *) + 2 * set->selections;
}

struct rule_scratch *rule_scratch_new(const struct rule_set *set)
{
    size_t size = scratch_size(set);
    struct memory memory = {.limit = size};
    struct rule_scratch *scratch = memory_resize(&memory, NULL, 0, size);
    if (!scratch)
        return NULL;
    scratch->size = size;
    scratch->fired = (const struct rule **)(scratch + 1);
    scratch->truths = (signed char *)(scratch->fired + set->count);
    scratch->told = (bool *)(scratch->truths + set->selections);
    return scratch;
}

void rule_scratch_free(struct rule_scratch *scratch)
{
    if (!scratch)
        return;
    struct memory memory = {.used = scratch->size};
    memory_resize(&memory, scratch, scratch->size, 0);
}

size_t rule_set_match(const struct rule_set *set, struct rule_scratch *scratch, const struct event *e,
                      const struct rule *const **fired)
{
    *fired = scratch->fired;
    if (e->type != EVENT_EXCHANGE)
        return 0;
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (rule_evaluate(set->rules[i], scratch, e) == IS_TRUE)
            scratch->fired[count++] = set->rules[i];
    }
    return count;
}

struct witness {
    struct rule_scratch *scratch;
    const struct event *event;
    void (*step)(void *owner, unsigned depth, const char *what, enum truth);
    void *owner;
};

/* A search that the condition names again is not taken apart again. */
static void explain(const struct witness *w, const struct rule_node *node, unsigned depth)
{
    w->step(w->owner, depth, node->what, rule_evaluate_node(node, w->scratch, w->event));
    if (node->kind == NODE_SELECTION) {
        if (w->scratch->told[node->place])
            return;
        w->scratch->told[node->place] = true;
    }
    for (size_t i = 0; i < node->count; i++)
        explain(w, node->children[i], depth + 1);
}

void rule_explain(const struct rule_set *set, struct rule_scratch *scratch, const struct rule *rule,
                  const struct event *e, void (*step)(void *owner, unsigned depth, const char *what, enum truth),
                  void *owner)
{
    memset(scratch->told, 0, set->selections * sizeof *scratch->told);
    struct witness w = {.scratch = scratch, .event = e, .step = step, .owner = owner};
    step(owner, 0, rule->about.title, rule_evaluate(rule, scratch, e));
    explain(&w, rule->condition, 1);
}

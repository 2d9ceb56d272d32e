#include "sensor/detect/rule.h"

#include "sensor/detect/rule_index.h"
#include "sensor/detect/rule_memo.h"
#include "sensor/detect/rule_parse.h"
#include "sensor/event/exchange.h"

static const size_t RULES_MEMORY = (size_t)256 << 20;

/* The rules on events of one type, in the order of the set. */
struct rule_part {
    const struct rule **rules;
    size_t count;
    struct rule_memo *memo;
};

struct rule_set {
    struct rule_arena arena; /* this struct is in its account, all else in its blocks */
    const struct rule **rules;
    size_t count;
    struct rule_texts *texts;
    struct rule_regexes regexes;
    struct rule_part parts[EVENT_TYPES];
    struct rule_lists lists;
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
    struct rule_indexed indexed; /* by its number */
    const struct rule *rule;
    struct loaded *next;
};

struct loading {
    struct rule_reader reader;
    struct loaded *first, **tail;
    size_t count;
    struct rule_index numbers;
};

/* An id, and the number made of it, name one rule only. */
static void check_unique(const struct loading *l, const struct rule *rule)
{
    const struct loaded *o = (struct loaded *)rule_index_each(&l->numbers, rule->about.number, NULL);
    if (!o)
        return;
    const struct rule_about *other = &o->rule->about;
    bool same = slice_same_nocase(slice_of(other->id), slice_of(rule->about.id));
    rule_wrong(&l->reader, rule->about.line, 1, "found id %s, expected one of its own: that of %s:%u is %s",
               rule->about.id, other->file, other->line, same ? "the same" : "too like it");
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
    rule_index_put(&l->numbers, l->reader.arena, &o->indexed, rule->about.number);
    *l->tail = o;
    l->tail = &o->next;
    l->count++;
}

/* A file that was read, kept until the rules of all files are loaded: a list may stand behind the rule that names it.
 */
struct rule_source {
    const char *name;
    struct yaml *yaml; /* NULL: it is no YAML, which has been said */
};

static void read_source(struct loading *l, const struct rule_file *file, struct rule_source *source)
{
    source->name = rule_arena_text(l->reader.arena, slice_of(file->name));
    source->yaml = source->name ? yaml_read(file->file, file->name, l->reader.complaints) : NULL;
    l->reader.file = source->name;
    size_t documents = source->yaml ? yaml_documents(source->yaml) : 1;
    if (!documents)
        rule_warn(&l->reader, 0, 0, "found nothing in it, expected a rule");
    for (size_t i = 0; source->yaml && i < documents; i++) {
        if (rule_list_is(yaml_document(source->yaml, i)))
            rule_list_parse(&l->reader, yaml_document(source->yaml, i));
    }
}

static void load_source(struct loading *l, const struct rule_source *source)
{
    l->reader.file = source->name;
    for (size_t i = 0; source->yaml && i < yaml_documents(source->yaml); i++) {
        if (!rule_list_is(yaml_document(source->yaml, i)))
            load_document(l, yaml_document(source->yaml, i));
    }
}

static void load_files(struct loading *l, const struct rule_file *files, size_t count)
{
    struct rule_source *sources = rule_arena_take(l->reader.arena, count, sizeof *sources);
    for (size_t i = 0; sources && i < count; i++)
        read_source(l, &files[i], &sources[i]);
    for (size_t i = 0; sources && i < count; i++)
        load_source(l, &sources[i]);
    for (size_t i = 0; sources && i < count; i++)
        yaml_release(sources[i].yaml);
}

static void fill(struct rule_set *set, const struct loading *l)
{
    size_t counts[EVENT_TYPES] = {0};
    for (const struct loaded *o = l->first; o; o = o->next)
        counts[o->rule->about.event]++;
    set->rules = rule_arena_take(&set->arena, l->count, sizeof *set->rules);
    for (size_t type = 0; type < EVENT_TYPES; type++)
        set->parts[type].rules = rule_arena_take(&set->arena, counts[type], sizeof *set->rules);
    for (const struct loaded *o = l->first; !set->arena.failed && o; o = o->next) {
        struct rule_part *part = &set->parts[o->rule->about.event];
        part->rules[part->count++] = set->rules[set->count++] = o->rule;
    }
}

/* What is found out about all rules together, once they are all right. */
static void compile(struct rule_set *set, struct complaint_list *complaints)
{
    const char *why = rule_texts_compile(set->texts);
    if (why)
        complain(complaints, false, "", 0, 0, "the patterns of all rules cannot be searched for: %s", why);
    for (size_t type = 0; type < EVENT_TYPES; type++) {
        struct rule_part *part = &set->parts[type];
        part->memo = rule_memo_new(&set->arena, set->texts, part->rules, part->count, (enum event_type)type);
    }
}

static struct rule_set *new_set(void)
{
    struct memory memory = {.limit = RULES_MEMORY};
    struct rule_set *set = memory_resize(&memory, NULL, 0, sizeof *set);
    if (!set)
        return NULL;
    set->arena.memory = memory;
    set->texts = rule_texts_new(&set->arena);
    if (set->texts)
        return set;
    rule_set_free(set);
    return NULL;
}

struct rule_set *rule_set_load(const struct rule_file *files, size_t count, struct complaint_list *complaints)
{
    struct rule_set *set = new_set();
    if (!set) {
        complain(complaints, false, "", 0, 0, "no memory for rules");
        return NULL;
    }
    struct loading l = {.reader = {.arena = &set->arena,
                                   .complaints = complaints,
                                   .texts = set->texts,
                                   .regexes = &set->regexes,
                                   .lists = &set->lists}};
    l.tail = &l.first;
    size_t errors = complaint_errors(complaints);
    load_files(&l, files, count);
    fill(set, &l);
    if (complaint_errors(complaints) == errors)
        compile(set, complaints);
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
    rule_texts_release(set->texts);
    rule_regexes_release(&set->regexes);
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

const struct rule_entry *rule_set_entries(const struct rule_set *set, const char *list)
{
    const struct rule_list *found = rule_list_find(&set->lists, slice_of(list));
    return found ? found->entries : NULL;
}

struct rule_scratch *rule_scratch_new(const struct rule_set *set)
{
    size_t size = sizeof(struct rule_scratch) + set->count * sizeof(const struct rule *);
    struct memory memory = {.limit = size};
    struct rule_scratch *scratch = memory_resize(&memory, NULL, 0, size);
    if (!scratch)
        return NULL;
    scratch->size = size;
    scratch->fired = (const struct rule **)(scratch + 1);
    scratch->text = rule_text_scratch_new(set->texts);
    scratch->regex = rule_regex_scratch_new();
    bool enough = scratch->text && scratch->regex;
    for (size_t type = 0; type < EVENT_TYPES; type++) {
        const struct rule_part *part = &set->parts[type];
        scratch->notes[type] = part->count ? rule_memo_notes_new(part->memo) : NULL;
        enough = enough && (!part->count || scratch->notes[type]);
    }
    if (enough)
        return scratch;
    rule_scratch_free(scratch);
    return NULL;
}

void rule_scratch_free(struct rule_scratch *scratch)
{
    if (!scratch)
        return;
    rule_text_scratch_free(scratch->text);
    rule_regex_scratch_free(scratch->regex);
    for (size_t type = 0; type < EVENT_TYPES; type++)
        rule_memo_notes_free(scratch->notes[type]);
    struct memory memory = {.used = scratch->size};
    memory_resize(&memory, scratch, scratch->size, 0);
}

void rule_scratch_set_mode(struct rule_scratch *scratch, enum rule_mode mode)
{
    scratch->mode = mode;
}

uint64_t rule_scratch_gave_up(const struct rule_scratch *scratch)
{
    return rule_regex_gave_up(scratch->regex);
}

size_t rule_set_match(const struct rule_set *set, struct rule_scratch *scratch, const struct event *e,
                      const struct rule *const **fired)
{
    *fired = scratch->fired;
    const struct rule_part *part = &set->parts[e->type];
    if (!part->count)
        return 0;
    size_t count = 0;
    rule_match_begin(scratch);
    const uint64_t *sets = rule_memo_match(part->memo, scratch->notes[e->type], scratch, e);
    for (size_t word = 0; word * 64 < part->count; word++) {
        for (uint64_t left = sets[word]; left; left &= left - 1)
            scratch->fired[count++] = part->rules[word * 64 + (size_t)__builtin_ctzll(left)];
    }
    return count;
}

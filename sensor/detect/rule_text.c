#include "sensor/detect/rule_text.h"

#include <hs.h>
#include <stdio.h>

#include "sensor/detect/rule_index.h"

/* Fewer are tried one by one, which is sooner done than asking libhs. Answers are kept of so many texts of a field. */
enum { SEARCHED_MIN = 2, KEPT_TEXTS = 64 };

/* By what an entry is found: all of the text, so many bytes of its beginning, a run anywhere in it, or nothing (`?`).
 */
enum entry_class { WHOLE, BEGUN_16, BEGUN_8, BEGUN_4, BEGUN_2, HASHED, WITH_RUN = HASHED, WITHOUT, CLASSES };

static const uint8_t BEGINNING[HASHED] = {[BEGUN_16] = 16, [BEGUN_8] = 8, [BEGUN_4] = 4, [BEGUN_2] = 2};

struct entry {
    struct rule_pattern pattern;
    uint32_t group;
    uint32_t next;   /* of one hash; an entry's number + 1; 0: the end */
    bool run_is_all; /* any text around its run: found is matched */
};

struct added {
    struct entry entry;
    enum entry_class kind;
    struct added *next;
};

struct group {
    struct rule_indexed indexed; /* by what its patterns are */
    const struct added *first;   /* of its `count` entries, one behind the other */
    size_t count;
    uint32_t number;
};

struct field_texts {
    struct added *added, **tail;
    size_t added_count;
    struct rule_index groups;
    uint32_t group_count;
    size_t answer_size;
    /* Compiled: kind by kind, each as it was added. */
    struct entry *entries;
    size_t ends[CLASSES];
    struct {
        uint32_t *buckets; /* an entry's number + 1; NULL: there is none of the kind */
        size_t mask;
    } tables[HASHED];
    hs_database_t *database; /* of those with a run; NULL: there are too few */
};

struct rule_texts {
    struct rule_arena *arena;
    struct field_texts fields[EVENT_FIELDS];
};

struct rule_texts *rule_texts_new(struct rule_arena *arena)
{
    struct rule_texts *t = rule_arena_take(arena, 1, sizeof *t);
    if (!t)
        return NULL;
    t->arena = arena;
    for (size_t i = 0; i < EVENT_FIELDS; i++)
        t->fields[i].tail = &t->fields[i].added;
    return t;
}

static enum entry_class class_of(const struct rule_pattern *p)
{
    if (rule_pattern_is_exact(p))
        return WHOLE;
    for (unsigned kind = BEGUN_16; kind <= BEGUN_2; kind++) {
        if (p->prefix >= BEGINNING[kind])
            return (enum entry_class)kind;
    }
    return rule_pattern_run(p).size ? WITH_RUN : WITHOUT;
}

static uint32_t hash_group(const struct rule_node *const *tests, size_t count)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < count; i++) {
        const struct rule_pattern *p = &tests[i]->test.pattern;
        for (size_t j = 0; j < p->size; j++)
            hash = (hash ^ p->units[j]) * 16777619U;
        hash = (hash ^ (uint32_t)(0x10000 + p->cased)) * 16777619U;
    }
    return hash;
}

static bool same_group(const struct group *g, const struct rule_node *const *tests, size_t count)
{
    const struct added *a = g->first;
    for (size_t i = 0; g->count == count && i < count; i++, a = a->next) {
        if (!rule_pattern_same(&a->entry.pattern, &tests[i]->test.pattern))
            return false;
    }
    return g->count == count;
}

uint32_t rule_texts_add(struct rule_texts *t, enum event_field_id field, const struct rule_node *const *tests,
                        size_t count)
{
    struct field_texts *f = &t->fields[field];
    uint32_t hash = hash_group(tests, count);
    struct group *g = NULL;
    while ((g = (struct group *)rule_index_each(&f->groups, hash, g ? &g->indexed : NULL))) {
        if (same_group(g, tests, count))
            return g->number;
    }
    g = rule_arena_take(t->arena, 1, sizeof *g);
    struct added *a = rule_arena_take(t->arena, count, sizeof *a);
    if (!g || !a)
        return 0; /* the arena remembers that it failed: nobody will ask */
    *g = (struct group){.first = a, .count = count, .number = f->group_count++};
    rule_index_put(&f->groups, t->arena, &g->indexed, hash);
    for (size_t i = 0; i < count; i++, a++) {
        a->entry = (struct entry){.pattern = tests[i]->test.pattern, .group = g->number};
        a->kind = class_of(&a->entry.pattern);
        *f->tail = a;
        f->tail = &a->next;
    }
    f->added_count += count;
    return g->number;
}

uint32_t rule_texts_groups(const struct rule_texts *t, enum event_field_id field)
{
    return t->fields[field].group_count;
}

#define LOAD(to, from, size) memcpy(&(to), (from), (size))

/* The last eight bytes; of a shorter text all, some of them twice: with its size no other text has the same. */
static uint64_t end_of(struct slice text)
{
    uint64_t end = 0, begin = 0;
    if (text.size >= 8) {
        LOAD(end, text.data + text.size - 8, 8);
    } else if (text.size >= 4) {
        LOAD(begin, text.data, 4);
        LOAD(end, text.data + text.size - 4, 4);
    } else if (text.size >= 2) {
        LOAD(begin, text.data, 2);
        LOAD(end, text.data + text.size - 2, 2);
    } else if (text.size) {
        end = text.data[0];
    }
    return end | begin << 32;
}

/* What the hashes are made of: bytes of both ends. Each is read once, in a size that the compiler knows. */
struct ends {
    uint64_t two, four, eight, sixteen; /* of the first sixteen the last eight */
    uint64_t last;                      /* as end_of() */
    size_t size;
};

static struct ends ends_of(struct slice text)
{
    struct ends e = {.size = text.size};
    if (text.size >= 2)
        LOAD(e.two, text.data, 2);
    if (text.size >= 4)
        LOAD(e.four, text.data, 4);
    if (text.size >= 16)
        LOAD(e.sixteen, text.data + 8, 8);
    if (text.size >= 8) {
        LOAD(e.eight, text.data, 8);
    }
    e.last = end_of(text);
    return e;
}

/* Letters in one case; other bytes may fall together. */
static uint64_t fold(uint64_t bytes)
{
    return bytes | 0x2020202020202020;
}

static size_t hash_ends(const struct ends *e, enum entry_class kind)
{
    static const uint64_t A = 0x9E3779B97F4A7C15, B = 0xC2B2AE3D27D4EB4F;
    uint64_t hash = 0;
    switch (kind) {
    case WHOLE: hash = fold(e->eight) * A ^ (fold(e->last) + e->size) * B; break;
    case BEGUN_16: hash = fold(e->eight) * A ^ fold(e->sixteen) * B; break;
    case BEGUN_8: hash = fold(e->eight) * A; break;
    case BEGUN_4: hash = fold(e->four) * A; break;
    case BEGUN_2: hash = fold(e->two) * A; break;
    default: break;
    }
    return (size_t)(hash * A >> 32);
}

static bool fill_table(struct rule_texts *t, struct field_texts *f, enum entry_class kind)
{
    size_t begin = kind ? f->ends[kind - 1] : 0, count = f->ends[kind] - begin, size = 8;
    while (size < 2 * count)
        size *= 2;
    uint32_t *buckets = count ? rule_arena_take(t->arena, size, sizeof *buckets) : NULL;
    f->tables[kind].buckets = buckets;
    f->tables[kind].mask = size - 1;
    for (size_t i = begin + count; buckets && i-- > begin;) {
        const struct rule_pattern *p = &f->entries[i].pattern;
        uint8_t *text = rule_arena_take(t->arena, p->prefix + 1, 1);
        if (!text)
            return false;
        for (size_t j = 0; j < p->prefix; j++)
            text[j] = (uint8_t)p->units[j];
        struct ends ends = ends_of((struct slice){text, p->prefix});
        uint32_t *bucket = &buckets[hash_ends(&ends, kind) & (size - 1)];
        f->entries[i].next = *bucket;
        *bucket = (uint32_t)i + 1;
    }
    return buckets || !count;
}

static bool sort_entries(struct rule_texts *t, struct field_texts *f)
{
    size_t count = 0;
    f->entries = rule_arena_take(t->arena, f->added_count, sizeof *f->entries);
    for (unsigned kind = WHOLE; f->entries && kind < CLASSES; kind++) {
        for (const struct added *a = f->added; a; a = a->next) {
            if (a->kind == kind)
                f->entries[count++] = a->entry;
        }
        f->ends[kind] = count;
        if (kind < HASHED && !fill_table(t, f, (enum entry_class)kind))
            return false;
    }
    return f->entries != NULL;
}

struct search {
    const char **runs;
    size_t *sizes;
    unsigned *flags, *ids;
    unsigned count;
};

static bool take_search(struct rule_arena *arena, struct search *s, size_t most)
{
    s->runs = rule_arena_take(arena, most, sizeof *s->runs);
    s->sizes = rule_arena_take(arena, most, sizeof *s->sizes);
    s->flags = rule_arena_take(arena, most, sizeof *s->flags);
    s->ids = rule_arena_take(arena, most, sizeof *s->ids);
    return s->runs && s->sizes && s->flags && s->ids;
}

static bool add_run(struct rule_texts *t, struct search *s, struct entry *entry, unsigned id)
{
    const struct rule_pattern *p = &entry->pattern;
    struct pattern_run run = rule_pattern_run(p);
    char *bytes = rule_arena_take(t->arena, run.size + 1, 1);
    if (!bytes)
        return false;
    for (size_t i = 0; i < run.size; i++)
        bytes[i] = (char)p->units[run.at + i];
    entry->run_is_all = run.size + 2 == p->size && run.at == 1 && p->units[0] == UNIT_ANY_TEXT &&
                        p->units[p->size - 1] == UNIT_ANY_TEXT;
    s->runs[s->count] = bytes;
    s->sizes[s->count] = run.size;
    s->flags[s->count] = HS_FLAG_SINGLEMATCH | (p->cased ? 0 : HS_FLAG_CASELESS);
    s->ids[s->count++] = id;
    return true;
}

static const char *compile_search(struct rule_texts *t, struct field_texts *f)
{
    struct search s = {.count = 0};
    size_t first = f->ends[HASHED - 1], runs = f->ends[WITH_RUN] - first;
    if (runs < SEARCHED_MIN || hs_valid_platform() != HS_SUCCESS || !take_search(t->arena, &s, runs))
        return NULL;
    for (size_t i = first; i < first + runs; i++) {
        if (!add_run(t, &s, &f->entries[i], (unsigned)i))
            return NULL;
    }
    hs_compile_error_t *error = NULL;
    if (hs_compile_lit_multi(s.runs, s.flags, s.ids, s.sizes, s.count, HS_MODE_BLOCK, NULL, &f->database, &error) ==
        HS_SUCCESS)
        return NULL;
    const char *why = rule_arena_text(t->arena, slice_of(error ? error->message : "no memory"));
    hs_free_compile_error(error);
    return why;
}

const char *rule_texts_compile(struct rule_texts *t)
{
    const char *why = NULL;
    for (size_t i = 0; !why && i < EVENT_FIELDS; i++) {
        struct field_texts *f = &t->fields[i];
        f->answer_size = sizeof(struct rule_text_answer) + (f->group_count + 63) / 64 * sizeof(uint64_t);
        if (f->added_count && sort_entries(t, f))
            why = compile_search(t, f);
    }
    return why;
}

void rule_texts_release(struct rule_texts *t)
{
    for (size_t i = 0; t && i < EVENT_FIELDS; i++)
        hs_free_database(t->fields[i].database);
}

/* The answers of a field: those of kept texts, and one of what is absent: nothing fits that, not even `*`. */
static size_t answers_size(const struct field_texts *f)
{
    return f->group_count ? (KEPT_TEXTS + 1) * f->answer_size : 0;
}

struct rule_text_scratch *rule_text_scratch_new(const struct rule_texts *t)
{
    size_t size = sizeof(struct rule_text_scratch);
    for (size_t i = 0; i < EVENT_FIELDS; i++)
        size += answers_size(&t->fields[i]);
    struct memory memory = {.limit = size};
    struct rule_text_scratch *s = memory_resize(&memory, NULL, 0, size);
    if (!s)
        return NULL;
    s->size = size;
    s->texts = t;
    uint8_t *kept = (uint8_t *)(s + 1);
    for (size_t i = 0; i < EVENT_FIELDS; i++) {
        s->kept[i] = kept;
        kept += answers_size(&t->fields[i]);
    }
    hs_scratch_t *search = NULL;
    for (size_t i = 0; i < EVENT_FIELDS; i++) {
        bool enough = !t->fields[i].database || hs_alloc_scratch(t->fields[i].database, &search) == HS_SUCCESS;
        s->search = search;
        if (!enough) {
            rule_text_scratch_free(s);
            return NULL;
        }
    }
    return s;
}

void rule_text_scratch_free(struct rule_text_scratch *s)
{
    if (!s)
        return;
    hs_free_scratch(s->search);
    struct memory memory = {.used = s->size};
    memory_resize(&memory, s, s->size, 0);
}

void rule_text_begin(struct rule_text_scratch *s)
{
    if (++s->now)
        return;
    /* Once in four thousand million events: what is remembered from then must not look like now. */
    memset(s->searched, 0, sizeof s->searched);
    s->now = 1;
}

struct looking {
    const struct field_texts *f;
    struct slice text;
    struct rule_text_answer *answer;
};

static void mark(const struct looking *l, size_t i)
{
    uint32_t group = l->f->entries[i].group;
    l->answer->fits[group / 64] |= UINT64_C(1) << group % 64;
}

static void try_entry(const struct looking *l, size_t i)
{
    if (rule_pattern_matches(&l->f->entries[i].pattern, l->text))
        mark(l, i);
}

static int on_run(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
    (void)from, (void)to, (void)flags;
    const struct looking *l = context;
    if (l->f->entries[id].run_is_all)
        mark(l, id);
    else
        try_entry(l, id);
    return 0;
}

static void search(struct looking *l, const struct ends *ends, hs_scratch_t *scratch)
{
    const struct field_texts *f = l->f;
    for (unsigned kind = WHOLE; kind < HASHED; kind++) {
        const uint32_t *buckets = f->tables[kind].buckets;
        if (!buckets || l->text.size < BEGINNING[kind])
            continue;
        uint32_t i = buckets[hash_ends(ends, (enum entry_class)kind) & f->tables[kind].mask];
        for (; i; i = f->entries[i - 1].next)
            try_entry(l, i - 1);
    }
    bool searched = f->database && hs_scan(f->database, (const char *)l->text.data, (unsigned)l->text.size, 0, scratch,
                                           on_run, l) == HS_SUCCESS;
    for (size_t i = searched ? f->ends[WITH_RUN] : f->ends[HASHED - 1]; i < f->ends[WITHOUT]; i++)
        try_entry(l, i);
}

static size_t place_of(struct slice text, uint64_t end)
{
    const uint64_t odd = 0x9E3779B97F4A7C15;
    return text.size ? (size_t)((end ^ text.size) * odd >> 32) % KEPT_TEXTS : KEPT_TEXTS;
}

static bool is_of(const struct rule_text_answer *a, struct slice text, uint64_t end)
{
    return a->size == text.size && a->end == end &&
           (text.size <= sizeof end || memcmp(a->text, text.data, text.size - sizeof end) == 0);
}

/* Not inlined: who finds an answer, which is nearly always, would save the registers for it. */
__attribute__((noinline)) static void make_answer(struct rule_text_answer *answer, const struct field_texts *f,
                                                  struct slice text, uint64_t end, hs_scratch_t *scratch)
{
    struct looking l = {.f = f, .text = text, .answer = answer};
    const struct ends ends = ends_of(text);
    answer->end = end;
    answer->size = text.size <= sizeof answer->text ? (uint16_t)text.size : 0;
    memcpy(answer->text, text.data, answer->size);
    memset(answer->fits, 0, f->answer_size - sizeof *answer);
    search(&l, &ends, scratch);
}

void rule_text_search(struct rule_text_scratch *s, enum event_field_id field, const struct event *e)
{
    const struct field_texts *f = &s->texts->fields[field];
    const struct text *place = (const void *)((const uint8_t *)e + event_fields[field].offset);
    struct slice text = event_text(e, *place);
    uint64_t end = end_of(text);
    struct rule_text_answer *answer = (void *)(s->kept[field] + place_of(text, end) * f->answer_size);
    s->searched[field] = s->now;
    s->answers[field] = answer;
    if (!is_of(answer, text, end))
        make_answer(answer, f, text, end, s->search);
}

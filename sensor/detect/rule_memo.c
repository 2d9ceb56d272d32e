#include "sensor/detect/rule_memo.h"

#include "sensor/event/exchange.h"
#include "sensor/event/shape.h"

enum {
    FIRSTS = 64,     /* sets of names and numbers that are remembered */
    SECONDS = 256,   /* and of these with texts */
    LOOKS_MAX = 8,   /* texts and networks that the rules left may look at: with more they are matched anew */
    RANGES_MAX = 32, /* large numbers that count by where they lie, */
    BOUNDS_MAX = 64, /* between so many bounds: with more they count as they are */
    NARROW = 64      /* groups of patterns over a text: their answers are one word */
};

struct range {
    uint16_t offset;
    uint8_t width;
    uint8_t bound_count;
    uint64_t bounds[BOUNDS_MAX]; /* ascending; numbers between two of them are alike to all rules */
};

/* What a rule looks at besides numbers. */
struct looks {
    const struct rule_node *nodes[LOOKS_MAX]; /* texts, each once, and networks */
    size_t count;
    bool too_many, other; /* there are more; there is what is remembered by nothing */
};

struct rule_memo {
    const struct rule_texts *texts;
    const struct rule *const *rules;
    size_t count, words; /* words: of a set of them, bit i % 64 of word i / 64 is rule i */
    struct shape_mask mask;
    struct range ranges[RANGES_MAX];
    size_t range_count;
    struct looks *looks; /* by rule */
    size_t first_size, second_size;
};

struct first {
    shape_pair key[SHAPE_PARTS];
    uint8_t places[RANGES_MAX];
    uint64_t serial; /* 0: nothing is here */
    struct looks looks;
    uint64_t sets[]; /* of rules that may fire: by what `looks` has, and by more than that */
};

struct second {
    uint64_t serial; /* of the first step; 0: nothing is here */
    uint64_t answers[LOOKS_MAX];
    uint64_t sets[]; /* of rules: those that fire, and those that are matched anew */
};

struct rule_memo_notes {
    size_t size; /* of this block, all behind it among it */
    uint64_t serial;
    enum rule_mode mode; /* that all of it is of */
    uint64_t *fired;
    uint8_t *firsts, *seconds;
};

static void put(uint64_t *set, size_t rule)
{
    set[rule / 64] |= UINT64_C(1) << rule % 64;
}

/* The first of a set from `rule` on; `count` or more: none. */
static size_t next(const struct rule_memo *m, const uint64_t *set, size_t rule)
{
    while (rule < m->count && !(set[rule / 64] >> rule % 64))
        rule = (rule / 64 + 1) * 64;
    return rule < m->count ? rule + (size_t)__builtin_ctzll(set[rule / 64] >> rule % 64) : rule;
}

static bool is_new(const struct looks *l, const struct rule_node *node)
{
    for (size_t i = 0; i < l->count; i++) {
        const struct rule_node *o = l->nodes[i];
        if (o == node || (node->quick == QUICK_TEXT && o->quick == QUICK_TEXT && o->field == node->field))
            return false;
    }
    return true;
}

static void add_look(struct looks *l, const struct rule_node *node)
{
    if (!is_new(l, node))
        return;
    l->too_many |= l->count == LOOKS_MAX;
    if (!l->too_many)
        l->nodes[l->count++] = node;
}

static struct range *range_of(struct rule_memo *m, const struct rule_node *leaf)
{
    size_t i = 0;
    while (i < m->range_count && m->ranges[i].offset != leaf->offset)
        i++;
    if (i == RANGES_MAX)
        return NULL;
    m->range_count += i == m->range_count;
    m->ranges[i].offset = leaf->offset;
    m->ranges[i].width = leaf->width;
    return &m->ranges[i];
}

/* @return false: there is no room. */
static bool add_bound(struct range *r, uint64_t bound)
{
    size_t at = 0, count = r->bound_count;
    while (at < count && r->bounds[at] < bound)
        at++;
    if (at < count && r->bounds[at] == bound)
        return true;
    if (count == BOUNDS_MAX)
        return false;
    memmove(r->bounds + at + 1, r->bounds + at, (count - at) * sizeof *r->bounds);
    r->bounds[at] = bound;
    r->bound_count++;
    return true;
}

static bool add_range(struct rule_memo *m, const struct rule_node *leaf)
{
    struct range *r = range_of(m, leaf);
    return r && (leaf->least == 0 || add_bound(r, leaf->least)) &&
           (leaf->most == UINT64_MAX || add_bound(r, leaf->most + 1));
}

static void add_number(struct rule_memo *m, const struct rule_node *leaf)
{
    bool range = leaf->quick == QUICK_RANGE, large = range && leaf->width > sizeof(uint16_t);
    if (range && leaf->least <= 1 && (leaf->most == 0 || leaf->most == UINT64_MAX))
        shape_add_presence(&m->mask, leaf->offset, leaf->width);
    else if (!large || !add_range(m, leaf))
        shape_add_value(&m->mask, leaf->offset, leaf->width);
}

static void find_looks(struct rule_memo *m, struct looks *l, const struct rule_node *node, struct field_set *asked)
{
    if (node->quick == QUICK_NOT) {
        l->other |= node->kind == NODE_TEST;
        for (size_t i = 0; i < node->asked_count; i++)
            find_looks(m, l, node->asked[i], asked);
        return;
    }
    field_set_add(asked, node->field);
    if (node->quick == QUICK_TEXT)
        l->too_many |= rule_texts_groups(m->texts, node->field) > NARROW;
    if (rule_is_number(node))
        add_number(m, node);
    else
        add_look(l, node);
}

static size_t aligned(size_t size)
{
    return (size + sizeof(shape_pair) - 1) / sizeof(shape_pair) * sizeof(shape_pair);
}

struct rule_memo *rule_memo_new(struct rule_arena *arena, const struct rule_texts *texts,
                                const struct rule *const *rules, size_t count, enum event_type type)
{
    struct rule_memo *m = rule_arena_take(arena, 1, sizeof *m);
    struct looks *looks = rule_arena_take(arena, count, sizeof *looks);
    struct field_set asked = {{0}};
    if (!m || !looks)
        return NULL;
    m->texts = texts;
    m->rules = rules;
    m->count = count;
    m->words = (count + 63) / 64;
    m->looks = looks;
    m->first_size = aligned(sizeof(struct first) + 2 * m->words * sizeof(uint64_t));
    m->second_size = sizeof(struct second) + 2 * m->words * sizeof(uint64_t);
    shape_begin(&m->mask, type);
    if (type == EVENT_EXCHANGE)
        shape_add_value(&m->mask, offsetof(struct exchange, ordinary), sizeof((struct exchange *)0)->ordinary);
    for (size_t i = 0; i < count; i++)
        find_looks(m, &looks[i], rules[i]->condition, &asked);
    for (unsigned word = 0; word < FIELD_SET_WORDS; word++)
        shape_add_unknown(&m->mask, word, asked.words[word]);
    return m;
}

struct rule_memo_notes *rule_memo_notes_new(const struct rule_memo *m)
{
    size_t firsts = FIRSTS * m->first_size, seconds = SECONDS * m->second_size;
    size_t head = aligned(sizeof(struct rule_memo_notes)), size = head + firsts + seconds + m->words * sizeof(uint64_t);
    struct memory memory = {.limit = size};
    struct rule_memo_notes *n = memory_resize(&memory, NULL, 0, size);
    if (!n)
        return NULL;
    n->size = size;
    n->firsts = (uint8_t *)n + head;
    n->seconds = n->firsts + firsts;
    n->fired = (uint64_t *)(n->seconds + seconds);
    return n;
}

void rule_memo_notes_free(struct rule_memo_notes *n)
{
    if (!n)
        return;
    struct memory memory = {.used = n->size};
    memory_resize(&memory, n, n->size, 0);
}

/* What a rule that may fire looks at is looked at then. @return false: there is too much. */
static bool take_in(struct looks *all, const struct looks *rule)
{
    struct looks with = *all;
    for (size_t i = 0; i < rule->count; i++)
        add_look(&with, rule->nodes[i]);
    if (rule->too_many || with.too_many)
        return false;
    *all = with;
    return true;
}

static bool is_asked(const struct rule_about *about, enum rule_mode mode, const struct event *e)
{
    if (mode == RULE_MODE_LITERAL)
        return *about->story;
    return !about->ordinary_excluded || e->type != EVENT_EXCHANGE || !((const struct exchange *)e)->ordinary;
}

static void fill_first(const struct rule_memo *m, struct first *f, struct rule_scratch *scratch, const struct event *e)
{
    f->looks = (struct looks){.count = 0};
    memset(f->sets, 0, 2 * m->words * sizeof *f->sets);
    for (size_t i = 0; i < m->count; i++) {
        const struct rule *rule = m->rules[i];
        if (is_asked(&rule->about, scratch->mode, e) && rule_may_hold(rule, KNOWN_NUMBERS, scratch, e))
            put(f->sets + (take_in(&f->looks, &m->looks[i]) ? 0 : m->words), i);
    }
}

static uint8_t place_in(const struct range *r, const struct event *e)
{
    uint64_t number = event_field_number((const uint8_t *)e + r->offset, r->width);
    uint8_t place = 0;
    while (place < r->bound_count && number >= r->bounds[place])
        place++;
    return place;
}

static const struct first *find_first(const struct rule_memo *m, struct rule_memo_notes *n,
                                      struct rule_scratch *scratch, const struct event *e)
{
    shape_pair key[SHAPE_PARTS];
    uint8_t places[RANGES_MAX];
    uint64_t hash = shape_of(&m->mask, e, key);
    for (size_t i = 0; i < m->range_count; i++) {
        places[i] = place_in(&m->ranges[i], e);
        hash = hash * 31 + places[i];
    }
    struct first *f = (void *)(n->firsts + hash % FIRSTS * m->first_size);
    if (f->serial && shape_same(&m->mask, f->key, key) && memcmp(f->places, places, m->range_count) == 0)
        return f;
    memcpy(f->key, key, m->mask.count * sizeof *key);
    memcpy(f->places, places, m->range_count);
    f->serial = ++n->serial;
    fill_first(m, f, scratch, e);
    return f;
}

static uint64_t answer_of(const struct rule_node *node, struct rule_scratch *scratch, const struct event *e)
{
    if (event_is_unknown(e, (enum event_field_id)node->field))
        return 0; /* which the first step tells from a text that nothing fits */
    if (node->quick == QUICK_TEXT)
        return rule_text_answer(scratch->text, (enum event_field_id)node->field, e)->fits[0];
    return rule_evaluate_node(node, scratch, e) == IS_TRUE;
}

static void fill_second(const struct rule_memo *m, struct second *s, const struct first *f,
                        struct rule_scratch *scratch, const struct event *e)
{
    memset(s->sets, 0, m->words * sizeof *s->sets);
    memcpy(s->sets + m->words, f->sets + m->words, m->words * sizeof *s->sets);
    for (size_t i = next(m, f->sets, 0); i < m->count; i = next(m, f->sets, i + 1)) {
        if (rule_may_hold(m->rules[i], KNOWN_TEXTS, scratch, e))
            put(s->sets + (m->looks[i].other ? m->words : 0), i);
    }
}

static const struct second *find_second(const struct rule_memo *m, struct rule_memo_notes *n, const struct first *f,
                                        struct rule_scratch *scratch, const struct event *e)
{
    uint64_t answers[LOOKS_MAX] = {0}, hash = f->serial;
    for (size_t i = 0; i < f->looks.count; i++) {
        answers[i] = answer_of(f->looks.nodes[i], scratch, e);
        hash = (hash ^ answers[i]) * UINT64_C(0x9E3779B97F4A7C15);
    }
    struct second *s = (void *)(n->seconds + (hash >> 32) % SECONDS * m->second_size);
    if (s->serial == f->serial && memcmp(s->answers, answers, sizeof answers) == 0)
        return s;
    s->serial = f->serial;
    memcpy(s->answers, answers, sizeof answers);
    fill_second(m, s, f, scratch, e);
    return s;
}

const uint64_t *rule_memo_match(const struct rule_memo *m, struct rule_memo_notes *n, struct rule_scratch *scratch,
                                const struct event *e)
{
    if (n->mode != scratch->mode) {
        memset(n->firsts, 0, FIRSTS * m->first_size);
        n->mode = scratch->mode;
    }
    const struct second *s = find_second(m, n, find_first(m, n, scratch, e), scratch, e);
    const uint64_t *anew = s->sets + m->words;
    uint64_t any = 0;
    for (size_t word = 0; word < m->words; word++)
        any |= anew[word];
    if (!any)
        return s->sets;
    memcpy(n->fired, s->sets, m->words * sizeof *n->fired);
    for (size_t i = next(m, anew, 0); i < m->count; i = next(m, anew, i + 1)) {
        if (rule_may_hold(m->rules[i], KNOWN_ALL, scratch, e))
            put(n->fired, i);
    }
    return n->fired;
}

#include "sensor/detect/rule_memo.h"

#include "sensor/event/exchange.h"
#include "sensor/event/shape.h"

enum {
    FIRSTS = 64,     /* sets of names and numbers that are remembered */
    SECONDS = 256,   /* and of these with texts */
    LOOKS_MAX = 8,   /* texts and networks that the rules left may look at: with more they are matched anew */
    RANGES_MAX = 16, /* large numbers */
    NARROW = 64      /* groups of patterns over a text: their answers are one word */
};

struct range {
    uint16_t offset;
    uint8_t width;
    const uint64_t *bounds;
    size_t bound_count;
};

/* What a rule looks at besides numbers. */
struct looks {
    const struct rule_node *nodes[LOOKS_MAX]; /* texts, each once, and networks */
    size_t count;
    bool too_many, other; /* there are more; there is what is remembered by nothing */
};

struct rule_memo {
    const struct rule_texts *texts;
    const struct rule_guards *guards;
    const struct rule_terms *terms;
    size_t words;
    struct shape_mask mask;
    struct range ranges[RANGES_MAX]; /* large numbers count by where they lie */
    size_t range_count;
    struct looks *looks; /* by rule */
    size_t first_size, second_size;
};

struct first {
    shape_pair key[SHAPE_PARTS];
    uint8_t places[RANGES_MAX];
    uint64_t serial; /* 0: nothing is here */
    struct looks looks;
    uint64_t sets[]; /* of rules that are left: remembered, remembered as far as guards go, and not at all */
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

static void find_looks(struct looks *l, const struct rule_memo *m, const struct rule_node *node)
{
    if (node->quick == QUICK_TEXT || node->quick == QUICK_NETWORK) {
        l->too_many |= node->quick == QUICK_TEXT && rule_texts_groups(m->texts, node->field) > NARROW;
        add_look(l, node);
    } else if (node->quick == QUICK_NOT) {
        l->other |= node->kind == NODE_TEST;
        for (size_t i = 0; i < node->asked_count; i++)
            find_looks(l, m, node->asked[i]);
    }
}

/* @return false: there are too many large ones. */
static bool add_number(struct rule_memo *m, const struct guard_look *look)
{
    bool large = look->width > sizeof(uint16_t) && look->is_range;
    if (look->is_range && look->bound_count == 1 && look->bounds[0] == 1)
        shape_add_presence(&m->mask, look->offset, look->width);
    else if (!large)
        shape_add_value(&m->mask, look->offset, look->width);
    else if (m->range_count < RANGES_MAX)
        m->ranges[m->range_count++] = (struct range){look->offset, look->width, look->bounds, look->bound_count};
    else
        return false;
    return true;
}

/* @return false: there are too many of them to be remembered by. */
static bool add_fields(struct rule_memo *m, size_t rules)
{
    struct field_set asked = {{0}};
    bool enough = true;
    for (size_t i = 0; i < rule_guards_count(m->guards); i++) {
        struct guard_look look = rule_guards_look(m->guards, i);
        field_set_add(&asked, look.field);
        if (!look.is_text)
            enough = add_number(m, &look) && enough;
    }
    for (size_t rule = 0; rule < rules; rule++) {
        for (size_t i = 0; i < m->looks[rule].count; i++)
            field_set_add(&asked, m->looks[rule].nodes[i]->field);
    }
    for (unsigned word = 0; word < FIELD_SET_WORDS; word++)
        shape_add_unknown(&m->mask, word, asked.words[word]);
    return enough;
}

static size_t aligned(size_t size)
{
    return (size + sizeof(shape_pair) - 1) / sizeof(shape_pair) * sizeof(shape_pair);
}

struct rule_memo *rule_memo_new(struct rule_arena *arena, const struct rule_texts *texts,
                                const struct rule_guards *guards, const struct rule_terms *terms,
                                const struct rule *const *rules, size_t count, enum event_type type)
{
    struct rule_memo *m = rule_arena_take(arena, 1, sizeof *m);
    struct looks *looks = rule_arena_take(arena, count, sizeof *looks);
    if (!m || !looks)
        return NULL;
    m->texts = texts;
    m->guards = guards;
    m->terms = terms;
    m->words = terms->words;
    m->looks = looks;
    size_t sets = m->words * sizeof(uint64_t);
    m->first_size = aligned(sizeof(struct first) + 3 * sets);
    m->second_size = sizeof(struct second) + 2 * sets;
    shape_begin(&m->mask, type);
    if (type == EVENT_EXCHANGE)
        shape_add_value(&m->mask, offsetof(struct exchange, ordinary), sizeof((struct exchange *)0)->ordinary);
    for (size_t i = 0; i < count; i++)
        find_looks(&looks[i], m, rules[i]->condition);
    bool enough = add_fields(m, count);
    for (size_t i = 0; i < count; i++)
        looks[i].too_many |= !enough;
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

/* What a rule that is left looks at is looked at then. @return false: there is too much. */
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

static void fill_first(const struct rule_memo *m, struct first *f, struct rule_scratch *scratch, const struct event *e)
{
    f->looks = (struct looks){.count = 0};
    memset(f->sets, 0, 3 * m->words * sizeof *f->sets);
    for (size_t word = 0; word < m->words; word++) {
        uint64_t left = rule_guards_begin(m->guards, scratch, e, word);
        for (; left; left &= left - 1) {
            const struct looks *rule = &m->looks[word * 64 + (size_t)__builtin_ctzll(left)];
            size_t set = !take_in(&f->looks, rule) ? 2 : rule->other ? 1 : 0;
            f->sets[set * m->words + word] |= left & -left;
        }
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

/* Rules that are left by numbers alone: those that fire. */
static void match_anew(const struct rule_memo *m, struct rule_scratch *scratch, const struct event *e,
                       const uint64_t *among, uint64_t *fired)
{
    rule_terms_begin(m->terms, scratch);
    for (size_t word = 0; word < m->words; word++) {
        uint64_t left = rule_guards_left(m->guards, scratch, e, word, among[word]);
        fired[word] = rule_terms_match(m->terms, scratch, e, word, left);
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
    match_anew(m, scratch, e, f->sets, s->sets);
    for (size_t word = 0; word < m->words; word++) {
        uint64_t left = rule_guards_left(m->guards, scratch, e, word, f->sets[m->words + word]);
        s->sets[m->words + word] = left | f->sets[2 * m->words + word];
    }
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
    match_anew(m, scratch, e, anew, n->fired);
    for (size_t word = 0; word < m->words; word++)
        n->fired[word] |= s->sets[word];
    return n->fired;
}

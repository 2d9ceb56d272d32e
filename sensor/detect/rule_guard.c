#include "sensor/detect/rule_guard.h"

#include "sensor/event/exchange.h"

/* Sets of a field of names: of each, and of what is none. Of a number: between bounds; with more bounds than these its
 * terms are asked one by one. */
enum { NAMED_SETS = NAMES_MAX + 1, BOUNDS_MAX = 63 };

struct guard {
    uint8_t field, quick; /* of the leaves that it is about */
    uint8_t width;
    bool each; /* its terms are asked one by one; of a text where any pattern fits, else there is a set */
    uint16_t offset;
    size_t set_count, bound_count;
    uint64_t *bounds;               /* of numbers, ascending: set i is of those below bound i */
    uint64_t *sets;                 /* of rules, one behind the other */
    uint64_t *unknown;              /* where the field could not be read */
    uint64_t *affected;             /* those that it may leave out */
    const struct rule_term **terms; /* simple ones */
    size_t term_count, weight;
};

struct rule_guards {
    size_t words;
    uint64_t *asked[RULE_MODES]; /* where nothing is known yet */
    uint64_t *told_always;       /* those that ordinary traffic does not silence */
    struct guard *guards;
    size_t count;
    size_t number_count; /* of these: the first, which look at numbers */
};

static bool is_of(const struct guard *g, const struct rule_node *leaf)
{
    return leaf->quick == g->quick && leaf->field == g->field;
}

/* What a condition can still be. */
struct span {
    int least, most;
};

/* What a leaf says of a number. */
static bool holds(const struct rule_node *leaf, uint64_t number)
{
    switch ((enum quick)leaf->quick) {
    case QUICK_NAME: return number < NAMES_MAX && leaf->bits >> number & 1;
    case QUICK_NAMES: return number & leaf->bits;
    case QUICK_RANGE: return number >= leaf->least && number <= leaf->most;
    default: return false; /* of a text that nothing fits */
    }
}

/* With the field's value known, and nothing else. */
static struct span span_of(const struct rule_node *node, const struct guard *g, uint64_t value)
{
    if (node->quick != QUICK_NOT && is_of(g, node)) {
        int truth = holds(node, value) ? IS_TRUE : IS_FALSE;
        return (struct span){truth, truth};
    }
    if (node->quick != QUICK_NOT || node->kind == NODE_TEST)
        return (struct span){IS_FALSE, IS_TRUE};
    bool any = node->kind == NODE_ANY;
    struct span s = any ? (struct span){IS_FALSE, IS_FALSE} : (struct span){IS_TRUE, IS_TRUE};
    for (size_t i = 0; i < node->asked_count; i++) {
        struct span one = span_of(node->asked[i], g, value);
        s.least = (any ? one.least > s.least : one.least < s.least) ? one.least : s.least;
        s.most = (any ? one.most > s.most : one.most < s.most) ? one.most : s.most;
    }
    return node->kind == NODE_NOT ? (struct span){-s.most, -s.least} : s;
}

static bool can_be_true(const struct rule_term *term, const struct guard *g, uint64_t value)
{
    struct span s = span_of(term->node, g, value);
    return term->negated ? s.least == IS_FALSE : s.most == IS_TRUE;
}

/* A leaf that guards can be about, and the term that it stands in. */
struct place {
    const struct rule_term *term;
    const struct rule_node *leaf;
};

struct making {
    struct rule_arena *arena;
    size_t words;
    struct place *places;
    size_t place_count;
    struct guard found[2 * EVENT_FIELDS]; /* a text has two: whether it is there, and what it says */
    size_t count;
};

static size_t count_leaves(const struct rule_node *node)
{
    size_t count = node->quick != QUICK_NOT;
    for (size_t i = 0; node->quick == QUICK_NOT && i < node->asked_count; i++)
        count += count_leaves(node->asked[i]);
    return count;
}

static void note_leaves(struct making *m, const struct rule_term *term, const struct rule_node *node)
{
    if (node->quick != QUICK_NOT && node->quick != QUICK_NETWORK)
        m->places[m->place_count++] = (struct place){term, node};
    for (size_t i = 0; node->quick == QUICK_NOT && i < node->asked_count; i++)
        note_leaves(m, term, node->asked[i]);
}

static void note_guard(struct making *m, const struct rule_node *leaf)
{
    for (size_t i = 0; i < m->count; i++) {
        if (is_of(&m->found[i], leaf))
            return;
    }
    m->found[m->count++] =
        (struct guard){.field = leaf->field, .quick = leaf->quick, .width = leaf->width, .offset = leaf->offset};
}

static void add_bound(struct guard *g, uint64_t bound)
{
    size_t at = 0, count = g->bound_count;
    while (at < count && g->bounds[at] < bound)
        at++;
    if (count > BOUNDS_MAX || (at < count && g->bounds[at] == bound))
        return;
    memmove(g->bounds + at + 1, g->bounds + at, (count - at) * sizeof *g->bounds);
    g->bounds[at] = bound;
    g->bound_count++;
}

static bool take_bounds(struct making *m, struct guard *g)
{
    g->bounds = rule_arena_take(m->arena, BOUNDS_MAX + 1, sizeof *g->bounds);
    for (size_t i = 0; g->bounds && i < m->place_count; i++) {
        const struct rule_node *leaf = m->places[i].leaf;
        if (is_of(g, leaf) && leaf->least > 0)
            add_bound(g, leaf->least);
        if (is_of(g, leaf) && leaf->most < UINT64_MAX)
            add_bound(g, leaf->most + 1);
    }
    return g->bounds;
}

static uint64_t *take_sets(struct making *m, size_t count, uint8_t bytes)
{
    uint64_t *sets = rule_arena_take(m->arena, count * m->words, sizeof *sets);
    if (sets)
        memset(sets, bytes, count * m->words * sizeof *sets);
    return sets;
}

static bool take_guard(struct making *m, struct guard *g)
{
    size_t terms = 0;
    if (g->quick == QUICK_RANGE && !take_bounds(m, g))
        return false;
    for (size_t i = 0; i < m->place_count; i++)
        terms += is_of(g, m->places[i].leaf);
    g->each = g->quick == QUICK_TEXT || g->quick == QUICK_NAMES || g->bound_count > BOUNDS_MAX;
    g->set_count = g->quick == QUICK_NAME ? NAMED_SETS : g->quick == QUICK_RANGE ? g->bound_count + 1 : 1;
    if (g->bound_count > BOUNDS_MAX)
        g->bound_count = g->set_count = 0;
    g->sets = take_sets(m, g->set_count, 0xFF);
    g->unknown = take_sets(m, 1, 0xFF);
    g->affected = take_sets(m, 1, 0);
    g->terms = rule_arena_take(m->arena, terms, sizeof *g->terms);
    return g->sets && g->unknown && g->affected && g->terms;
}

/* A value of the set: all in it are alike to each leaf. */
static uint64_t value_of(const struct guard *g, size_t set)
{
    return g->quick != QUICK_RANGE ? set : set > 0 ? g->bounds[set - 1] : 0;
}

static void drop(uint64_t *set, const uint64_t *rules, size_t words)
{
    for (size_t i = 0; i < words; i++)
        set[i] &= ~rules[i];
}

static void fill_guard(struct making *m, struct guard *g)
{
    for (size_t i = 0; i < m->place_count; i++) {
        const struct place *p = &m->places[i];
        if (!is_of(g, p->leaf))
            continue;
        bool simple = p->leaf == p->term->node, affects = simple;
        for (size_t set = 0; set < g->set_count; set++) {
            if (can_be_true(p->term, g, value_of(g, set)))
                continue;
            drop(g->sets + set * m->words, p->term->rules, m->words);
            affects = true;
        }
        if (simple) {
            drop(g->unknown, p->term->rules, m->words);
            g->terms[g->term_count++] = p->term;
        }
        for (size_t w = 0; affects && w < m->words; w++)
            g->affected[w] |= p->term->rules[w];
    }
    for (size_t w = 0; w < m->words; w++)
        g->weight += (size_t)__builtin_popcountll(g->affected[w]);
}

/* What is looked at sooner: numbers before texts, and what may leave out more rules. */
static bool goes_before(const struct guard *a, const struct guard *b)
{
    return a->each != b->each ? b->each : a->weight > b->weight;
}

static bool make_guards(struct making *m, struct rule_guards *guards, const struct rule_terms *terms)
{
    size_t leaves = 0;
    for (size_t i = 0; i < terms->count; i++)
        leaves += count_leaves(terms->terms[i].node);
    m->places = rule_arena_take(m->arena, leaves, sizeof *m->places);
    if (!m->places)
        return false;
    for (size_t i = 0; i < terms->count; i++)
        note_leaves(m, &terms->terms[i], terms->terms[i].node);
    for (size_t i = 0; i < m->place_count; i++)
        note_guard(m, m->places[i].leaf);
    guards->guards = rule_arena_take(m->arena, m->count, sizeof *guards->guards);
    for (size_t i = 0; guards->guards && i < m->count; i++) {
        if (!take_guard(m, &m->found[i]))
            return false;
        fill_guard(m, &m->found[i]);
        size_t at = guards->count;
        for (; at > 0 && goes_before(&m->found[i], &guards->guards[at - 1]); at--)
            guards->guards[at] = guards->guards[at - 1];
        guards->guards[at] = m->found[i];
        guards->count++;
        guards->number_count += !m->found[i].each;
    }
    return guards->guards;
}

static void put(uint64_t *set, size_t rule)
{
    set[rule / 64] |= UINT64_C(1) << rule % 64;
}

struct rule_guards *rule_guards_new(struct rule_arena *arena, const struct rule_terms *terms,
                                    const struct rule *const *rules, size_t count)
{
    struct making m = {.arena = arena, .words = terms->words};
    struct rule_guards *guards = rule_arena_take(arena, 1, sizeof *guards);
    uint64_t *sets = take_sets(&m, RULE_MODES + 1, 0);
    if (!guards || !sets)
        return NULL;
    guards->words = terms->words;
    guards->told_always = sets;
    for (size_t mode = 0; mode < RULE_MODES; mode++)
        guards->asked[mode] = sets + terms->words * (mode + 1);
    for (size_t i = 0; i < count; i++) {
        put(guards->asked[RULE_MODE_ALL], i);
        if (*rules[i]->about.story)
            put(guards->asked[RULE_MODE_LITERAL], i);
        if (!rules[i]->about.ordinary_excluded)
            put(guards->told_always, i);
    }
    return make_guards(&m, guards, terms) ? guards : NULL;
}

static uint64_t keep_terms(const struct guard *g, uint64_t number, size_t word, uint64_t left)
{
    for (size_t i = 0; i < g->term_count; i++) {
        if (holds(g->terms[i]->node, number) == g->terms[i]->negated)
            left &= ~g->terms[i]->rules[word];
    }
    return left;
}

static uint64_t keep_fitting(const struct guard *g, const struct rule_text_answer *answer, size_t word, uint64_t left)
{
    for (size_t i = 0; i < g->term_count; i++) {
        bool fits = rule_text_fits(answer, g->terms[i]->node->group);
        if (fits == g->terms[i]->negated)
            left &= ~g->terms[i]->rules[word];
    }
    return left;
}

static inline uint64_t ask(const struct guard *g, struct rule_scratch *scratch, const struct event *e, size_t words,
                           size_t word, uint64_t left)
{
    size_t set = 0;
    if (g->quick == QUICK_TEXT) {
        const struct rule_text_answer *answer = rule_text_answer(scratch->text, (enum event_field_id)g->field, e);
        if (answer->any)
            return keep_fitting(g, answer, word, left);
    } else {
        uint64_t number = event_field_number((const uint8_t *)e + g->offset, g->width);
        if (g->each && (number || !g->set_count))
            return keep_terms(g, number, word, left);
        if (g->quick == QUICK_NAME)
            set = number < NAMES_MAX ? (size_t)number : NAMES_MAX;
        while (set < g->bound_count && number >= g->bounds[set])
            set++;
    }
    return left & g->sets[set * words + word];
}

static uint64_t ask_all(const struct rule_guards *g, const struct guard *guard, const struct guard *end,
                        struct rule_scratch *scratch, const struct event *e, size_t word, uint64_t left)
{
    for (; left && guard < end; guard++) {
        if (!(left & guard->affected[word]))
            continue;
        if (event_is_unknown(e, (enum event_field_id)guard->field))
            left &= guard->unknown[word];
        else
            left = ask(guard, scratch, e, g->words, word, left);
    }
    return left;
}

uint64_t rule_guards_begin(const struct rule_guards *g, struct rule_scratch *scratch, const struct event *e,
                           size_t word)
{
    const struct exchange *x = (const struct exchange *)e;
    uint64_t left = g->asked[scratch->mode][word];
    if (scratch->mode == RULE_MODE_ALL && e->type == EVENT_EXCHANGE && x->ordinary)
        left &= g->told_always[word];
    return ask_all(g, g->guards, g->guards + g->number_count, scratch, e, word, left);
}

uint64_t rule_guards_left(const struct rule_guards *g, struct rule_scratch *scratch, const struct event *e, size_t word,
                          uint64_t left)
{
    return ask_all(g, g->guards + g->number_count, g->guards + g->count, scratch, e, word, left);
}

size_t rule_guards_count(const struct rule_guards *g)
{
    return g->count;
}

struct guard_look rule_guards_look(const struct rule_guards *g, size_t i)
{
    const struct guard *guard = &g->guards[i];
    return (struct guard_look){.field = guard->field,
                               .width = guard->width,
                               .offset = guard->offset,
                               .is_text = guard->quick == QUICK_TEXT,
                               .is_range = guard->quick == QUICK_RANGE && !guard->each,
                               .bounds = guard->bounds,
                               .bound_count = guard->bound_count};
}

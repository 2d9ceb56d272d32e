#include "sensor/detect/rule_term.h"

/* The terms of a rule that are not simple, cheapest first: a part of `numbers`. */
struct rule_own_terms {
    uint32_t first, count;
};

enum { BUCKETS = 1024 };

/* What the scratch remembers of a term. */
enum { ANSWER_NOT_YET, ANSWER_TRUE, ANSWER_NOT_TRUE };

static uint32_t mix(uint32_t hash, uint64_t number)
{
    return (uint32_t)((hash ^ number ^ number >> 32) * UINT64_C(0x9E3779B97F4A7C15) >> 32);
}

static uint32_t hash_node(const struct rule_node *n)
{
    uint32_t hash = mix(mix(n->quick, n->kind), n->field);
    if (n->quick != QUICK_NOT)
        return mix(mix(mix(mix(hash, n->group), n->bits), n->least), n->most);
    for (size_t i = 0; i < n->asked_count; i++)
        hash = mix(hash, hash_node(n->asked[i]));
    return hash;
}

static bool same_networks(const struct rule_node *a, const struct rule_node *b)
{
    if (a->field != b->field || a->kind != b->kind || a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!prefix_same(&a->children[i]->test.network, &b->children[i]->test.network))
            return false;
    }
    return a->kind != NODE_TEST || prefix_same(&a->test.network, &b->test.network);
}

/* Whether two nodes are one question. Tests that have no quick way are not compared. */
static bool same(const struct rule_node *a, const struct rule_node *b)
{
    if (a->quick != b->quick)
        return false;
    if (a->quick == QUICK_NETWORK)
        return same_networks(a, b);
    if (a->quick != QUICK_NOT)
        return a->field == b->field && a->group == b->group && a->bits == b->bits && a->least == b->least &&
               a->most == b->most;
    if (a->kind != b->kind || a->kind == NODE_TEST || a->asked_count != b->asked_count)
        return a == b;
    for (size_t i = 0; i < a->asked_count; i++) {
        if (!same(a->asked[i], b->asked[i]))
            return false;
    }
    return true;
}

/* Whether its truth is the "and" of its children's, each negated as it is. */
static bool is_joint(const struct rule_node *node, bool negated)
{
    if (node->quick != QUICK_NOT || node->kind == NODE_TEST)
        return false;
    return node->kind == NODE_NOT || node->asked_count == 1 || (node->kind == NODE_ANY) == negated;
}

static size_t count_terms(const struct rule_node *node, bool negated)
{
    if (!is_joint(node, negated))
        return 1;
    size_t count = 0;
    for (size_t i = 0; i < node->asked_count; i++)
        count += count_terms(node->asked[i], negated != (node->kind == NODE_NOT));
    return count;
}

bool rule_term_is_simple(const struct rule_term *term)
{
    return term->node->quick != QUICK_NOT && term->node->quick != QUICK_NETWORK;
}

static uint32_t find_or_make(struct rule_terms *t, const struct rule_node *node, bool negated, uint64_t *sets)
{
    uint32_t hash = hash_node(node);
    uint32_t *bucket = &t->buckets[hash % BUCKETS];
    for (uint32_t i = *bucket; i; i = t->terms[i - 1].older) {
        const struct rule_term *term = &t->terms[i - 1];
        if (term->hash == hash && term->negated == negated && same(term->node, node))
            return i - 1;
    }
    t->terms[t->count] = (struct rule_term){node, sets + t->count * t->words, negated, hash, *bucket};
    *bucket = (uint32_t)++t->count;
    return *bucket - 1;
}

/* Stable: equal ones stay as the rule has them. */
static void put_sorted(struct rule_terms *t, struct rule_own_terms *own, uint32_t number)
{
    uint32_t *numbers = t->numbers + own->first;
    size_t at = own->count++;
    for (; at > 0 && t->terms[numbers[at - 1]].node->cost > t->terms[number].node->cost; at--)
        numbers[at] = numbers[at - 1];
    numbers[at] = number;
}

static void add_terms(struct rule_terms *t, size_t rule, const struct rule_node *node, bool negated, uint64_t *sets)
{
    if (is_joint(node, negated)) {
        for (size_t i = 0; i < node->asked_count; i++)
            add_terms(t, rule, node->asked[i], negated != (node->kind == NODE_NOT), sets);
        return;
    }
    uint32_t number = find_or_make(t, node, negated, sets);
    t->terms[number].rules[rule / 64] |= UINT64_C(1) << rule % 64;
    if (!rule_term_is_simple(&t->terms[number]))
        put_sorted(t, &t->own[rule], number);
}

struct rule_terms *rule_terms_new(struct rule_arena *arena, const struct rule *const *rules, size_t count)
{
    size_t most = 0, words = (count + 63) / 64;
    for (size_t i = 0; i < count; i++)
        most += count_terms(rules[i]->condition, false);
    struct rule_terms *t = rule_arena_take(arena, 1, sizeof *t);
    uint64_t *sets = rule_arena_take(arena, most * words, sizeof *sets);
    if (!t || !sets)
        return NULL;
    t->words = words;
    t->terms = rule_arena_take(arena, most, sizeof *t->terms);
    t->numbers = rule_arena_take(arena, most, sizeof *t->numbers);
    t->own = rule_arena_take(arena, count, sizeof *t->own);
    t->buckets = rule_arena_take(arena, BUCKETS, sizeof *t->buckets);
    if (!t->terms || !t->numbers || !t->own || !t->buckets)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        t->own[i].first = i ? t->own[i - 1].first + t->own[i - 1].count : 0;
        add_terms(t, i, rules[i]->condition, false, sets);
    }
    return t;
}

void rule_terms_begin(const struct rule_terms *t, struct rule_scratch *scratch)
{
    memset(scratch->answers, ANSWER_NOT_YET, t->count);
}

static bool is_true(const struct rule_terms *t, uint32_t number, struct rule_scratch *scratch, const struct event *e)
{
    uint8_t *answer = &scratch->answers[number];
    if (*answer == ANSWER_NOT_YET)
        *answer = rule_term_holds(&t->terms[number], scratch, e) ? ANSWER_TRUE : ANSWER_NOT_TRUE;
    return *answer == ANSWER_TRUE;
}

uint64_t rule_terms_match(const struct rule_terms *t, struct rule_scratch *scratch, const struct event *e, size_t word,
                          uint64_t left)
{
    for (uint64_t rest = left; rest;) {
        const struct rule_own_terms own = t->own[word * 64 + (size_t)__builtin_ctzll(rest)];
        rest &= rest - 1;
        for (uint32_t i = own.first; i < own.first + own.count; i++) {
            if (is_true(t, t->numbers[i], scratch, e))
                continue;
            /* And with it all that do not fire for the same reason. */
            left &= ~t->terms[t->numbers[i]].rules[word];
            rest &= left;
            break;
        }
    }
    return left;
}

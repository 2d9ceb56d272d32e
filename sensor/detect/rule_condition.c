/* Conditions, weakest first: or, and, not, "1 of x*", parentheses. */
#include "sensor/detect/rule_parse.h"

enum { DEPTH_MAX = 32, CHILDREN_MAX = 4096 };

struct condition {
    struct rule_reader *r;
    const struct yaml_node *at;
    const char *text;
    struct slice word; /* the next; empty at the end */
    struct rule_selection *selections;
    size_t count;
    size_t children; /* so far, of the whole condition */
    unsigned depth;
    bool wrong; /* said once: what follows makes no more sense */
};

/* A folded or literal text has columns of its own that nobody keeps. */
static unsigned column_of(const struct condition *c, const uint8_t *place)
{
    if (strchr(c->text, '\n'))
        return c->at->column;
    return c->at->column + c->at->quoted + (unsigned)(place - (const uint8_t *)c->text);
}

static void expected(struct condition *c, const char *what)
{
    if (c->wrong)
        return;
    c->wrong = true;
    unsigned column = column_of(c, c->word.data);
    if (c->word.size)
        rule_wrong(c->r, c->at->line, column, "found '%.*s' in the condition, expected %s",
                   (int)(c->word.size < 64 ? c->word.size : 64), (const char *)c->word.data, what);
    else
        rule_wrong(c->r, c->at->line, column, "found the end of the condition, expected %s", what);
}

static void advance(struct condition *c)
{
    const char *at = (const char *)c->word.data + c->word.size;
    at += strspn(at, " \t\r\n");
    size_t size = strcspn(at, " \t\r\n()|");
    if (!size && *at)
        size = 1;
    c->word = (struct slice){(const uint8_t *)at, size};
    if (*at == '|')
        expected(c, "no pipe: a count is a field of the source, as in 'source.forbidden|gt: 5'");
}

static bool next_is(const struct condition *c, const char *word)
{
    return slice_same_nocase(c->word, slice_of(word));
}

/* Operands of one "and" or "or", while their number is not known. */
struct operand {
    const struct rule_node *node;
    struct operand *next;
};

static const struct rule_node *join(struct condition *c, enum node_kind kind, const struct operand *first, size_t count)
{
    if (c->wrong || !first)
        return NULL;
    if (count == 1)
        return first->node;
    const struct rule_node **places;
    struct rule_node *node = rule_node_new(c->r, kind, count, &places);
    for (size_t i = 0; node && i < count; i++, first = first->next)
        places[i] = first->node;
    return node ? rule_node_finish(c->r, node) : NULL;
}

static bool add(struct condition *c, struct operand ***tail, const struct rule_node *node)
{
    if (++c->children > CHILDREN_MAX)
        expected(c, "less: the condition is too long");
    struct operand *o = node && !c->wrong ? rule_arena_take(c->r->arena, 1, sizeof *o) : NULL;
    if (!o) {
        c->wrong = true;
        return false;
    }
    o->node = node;
    **tail = o;
    *tail = &o->next;
    return true;
}

/* A name with `*` in it, as in "1 of selection_*". */
static bool fits(struct slice pattern, const char *name)
{
    size_t star = slice_find(pattern, '*');
    struct slice left = slice_part(pattern, 0, star), right = slice_part(pattern, star + 1, pattern.size);
    struct slice n = slice_of(name);
    if (star == pattern.size)
        return slice_same(pattern, n);
    return n.size >= left.size + right.size && slice_same(left, slice_part(n, 0, left.size)) &&
           slice_same(right, slice_part(n, n.size - right.size, n.size));
}

/* Behind "1 of", "any of", "all of": what the names select, joined. */
static const struct rule_node *several(struct condition *c, enum node_kind kind)
{
    bool them = next_is(c, "them");
    struct operand *first = NULL, **tail = &first;
    size_t count = 0;
    for (size_t i = 0; i < c->count && !c->wrong; i++) {
        struct rule_selection *s = &c->selections[i];
        if (them ? s->name[0] == '_' : !fits(c->word, s->name))
            continue;
        s->used = true;
        count += add(c, &tail, s->node);
    }
    if (!count)
        expected(c, "'them', or a pattern that a search's name fits");
    if (!c->wrong)
        advance(c);
    return join(c, kind, first, count);
}

static const struct rule_node *either(struct condition *c);

static const struct rule_node *name(struct condition *c)
{
    bool all = next_is(c, "all"), any = next_is(c, "1") || next_is(c, "any");
    struct slice word = c->word;
    advance(c);
    if ((all || any) && next_is(c, "of")) {
        advance(c);
        return several(c, all ? NODE_ALL : NODE_ANY);
    }
    for (size_t i = 0; i < c->count; i++) {
        struct rule_selection *s = &c->selections[i];
        if (!slice_is(word, s->name))
            continue;
        s->used = true;
        c->wrong |= !s->node;
        return s->node;
    }
    c->word = word;
    expected(c, "the name of a search");
    return NULL;
}

static const struct rule_node *one(struct condition *c)
{
    bool negated = next_is(c, "not"), nested = next_is(c, "(");
    if (!negated && !nested)
        return name(c);
    if (++c->depth > DEPTH_MAX) {
        expected(c, "less depth");
        return NULL;
    }
    advance(c);
    const struct rule_node *inner = nested ? either(c) : one(c);
    c->depth--;
    if (nested && !next_is(c, ")"))
        expected(c, "')', 'and' or 'or'");
    if (c->wrong || !inner)
        return NULL;
    if (nested) {
        advance(c);
        return inner;
    }
    const struct rule_node **place;
    struct rule_node *node = rule_node_new(c->r, NODE_NOT, 1, &place);
    if (!node)
        return NULL;
    *place = inner;
    return rule_node_finish(c->r, node);
}

static const struct rule_node *both(struct condition *c)
{
    struct operand *first = NULL, **tail = &first;
    size_t count = 1;
    if (!add(c, &tail, one(c)))
        return NULL;
    for (; next_is(c, "and"); count++) {
        advance(c);
        if (!add(c, &tail, one(c)))
            return NULL;
    }
    return join(c, NODE_ALL, first, count);
}

static const struct rule_node *either(struct condition *c)
{
    struct operand *first = NULL, **tail = &first;
    size_t count = 1;
    if (!add(c, &tail, both(c)))
        return NULL;
    for (; next_is(c, "or"); count++) {
        advance(c);
        if (!add(c, &tail, both(c)))
            return NULL;
    }
    return join(c, NODE_ANY, first, count);
}

static const struct rule_node *parse_text(struct rule_reader *r, const struct yaml_node *text,
                                          struct rule_selection *selections, size_t count)
{
    if (text->kind != YAML_SCALAR) {
        rule_wrong(r, text->line, text->column, "found no text as condition, expected names of searches, and, or, not");
        return NULL;
    }
    struct condition c = {.r = r, .at = text, .text = text->text, .selections = selections, .count = count};
    c.word = (struct slice){(const uint8_t *)text->text, 0};
    advance(&c);
    const struct rule_node *node = either(&c);
    if (!c.wrong && c.word.size)
        expected(&c, "'and', 'or', or its end");
    return c.wrong ? NULL : node;
}

const struct rule_node *rule_condition_parse(struct rule_reader *r, const struct yaml_node *condition,
                                             struct rule_selection *selections, size_t count)
{
    if (condition->kind != YAML_LIST)
        return parse_text(r, condition, selections, count);
    size_t texts = yaml_count(condition), at = 0;
    const struct rule_node **places;
    struct rule_node *node = rule_node_new(r, NODE_ANY, texts, &places);
    if (!texts)
        rule_wrong(r, condition->line, condition->column, "found an empty list as condition, expected at least one");
    bool right = node && texts;
    for (const struct yaml_node *text = condition->first; node && text; text = text->next) {
        places[at] = parse_text(r, text, selections, count);
        right &= places[at++] != NULL;
    }
    return right ? rule_node_finish(r, node) : NULL;
}

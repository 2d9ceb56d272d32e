/* The key of a search: a field, and modifiers behind it, read from left to right. */
#include "sensor/detect/rule_parse.h"

enum { NAME_SIZE = 128 };

#define BIT(modifier)  (1U << MODIFIER_##modifier)
#define WILDCARDS      (BIT(CONTAINS) | BIT(STARTSWITH) | BIT(ENDSWITH))
#define ORDERS         (BIT(GT) | BIT(GTE) | BIT(LT) | BIT(LTE))
#define FLAGS          (BIT(I) | BIT(M) | BIT(S))
#define OTHER_LANGUAGE (BIT(RE) | FLAGS | BIT(CIDR) | ORDERS | BIT(EXISTS))
#define NO_ORDER       (WILDCARDS | OTHER_LANGUAGE | BIT(CASED) | BIT(NEQ) | BIT(EXPAND) | BIT(FIELDREF))

/* A modifier, what it cannot stand with, and what has to stand before it. */
static const struct {
    const char *name;
    unsigned excluded, needed;
} MODIFIER[MODIFIERS] = {
    [MODIFIER_CONTAINS] = {"contains", WILDCARDS | OTHER_LANGUAGE | BIT(FIELDREF), 0},
    [MODIFIER_STARTSWITH] = {"startswith", WILDCARDS | OTHER_LANGUAGE, 0},
    [MODIFIER_ENDSWITH] = {"endswith", WILDCARDS | OTHER_LANGUAGE, 0},
    [MODIFIER_ALL] = {"all", BIT(ALL) | BIT(EXISTS) | BIT(EXPAND), 0},
    [MODIFIER_RE] = {"re", WILDCARDS | OTHER_LANGUAGE | BIT(CASED) | BIT(EXPAND) | BIT(FIELDREF), 0},
    [MODIFIER_I] = {"i", BIT(I), BIT(RE)},
    [MODIFIER_M] = {"m", BIT(M), BIT(RE)},
    [MODIFIER_S] = {"s", BIT(S), BIT(RE)},
    [MODIFIER_CIDR] = {"cidr", WILDCARDS | OTHER_LANGUAGE | BIT(CASED) | BIT(EXPAND) | BIT(FIELDREF), 0},
    [MODIFIER_EXISTS] = {"exists", ~0U, 0},
    [MODIFIER_CASED] = {"cased", OTHER_LANGUAGE | BIT(CASED), 0},
    [MODIFIER_GT] = {"gt", NO_ORDER, 0},
    [MODIFIER_GTE] = {"gte", NO_ORDER, 0},
    [MODIFIER_LT] = {"lt", NO_ORDER, 0},
    [MODIFIER_LTE] = {"lte", NO_ORDER, 0},
    [MODIFIER_NEQ] = {"neq", BIT(NEQ) | BIT(EXISTS) | ORDERS, 0},
    [MODIFIER_EXPAND] = {"expand", OTHER_LANGUAGE | BIT(ALL) | BIT(EXPAND) | BIT(FIELDREF), 0},
    [MODIFIER_FIELDREF] = {"fieldref", OTHER_LANGUAGE | BIT(CONTAINS) | BIT(EXPAND) | BIT(FIELDREF), 0},
};

static const char EXPECTED[] =
    "contains, startswith, endswith, all, re, i, m, s, cidr, exists, cased, gt, gte, lt, lte, "
    "neq, expand or fieldref";

/* Sigma's own that have nothing to work on here. */
static const char *const FOREIGN[] = {"base64", "base64offset", "wide", "utf16", "utf16le", "utf16be", "windash",
                                      "minute", "hour",         "day",  "week",  "month",   "year"};

static bool is_word(const char *word, const char *name, size_t size)
{
    return strlen(word) == size && memcmp(word, name, size) == 0;
}

static bool is_foreign(const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN; i++) {
        if (is_word(FOREIGN[i], name, size))
            return true;
    }
    return false;
}

static unsigned find(const char *name, size_t size)
{
    unsigned m = 0;
    while (m < MODIFIERS && !is_word(MODIFIER[m].name, name, size))
        m++;
    return m;
}

static bool add(const struct rule_reader *r, struct rule_key *key, const char *name, size_t size, unsigned line,
                unsigned column)
{
    unsigned m = find(name, size);
    int shown = (int)(size < NAME_SIZE ? size : NAME_SIZE);
    if (m == MODIFIERS && is_foreign(name, size)) {
        rule_wrong(r, line, column,
                   "found modifier '%.*s', which is of no use on requests and not supported, expected %s", shown, name,
                   EXPECTED);
        return false;
    }
    if (m == MODIFIERS) {
        rule_wrong(r, line, column, "found modifier '%.*s', expected %s", shown, name, EXPECTED);
        return false;
    }
    if (MODIFIER[m].needed & ~key->modifiers) {
        rule_wrong(r, line, column, "found modifier '%s', expected it behind 're'", MODIFIER[m].name);
        return false;
    }
    if (MODIFIER[m].excluded & key->modifiers) {
        rule_wrong(r, line, column, "found modifier '%s' behind one that it cannot stand with", MODIFIER[m].name);
        return false;
    }
    key->modifiers |= 1U << m;
    return true;
}

static bool read_modifiers(const struct rule_reader *r, const struct yaml_node *n, const char *at, struct rule_key *key)
{
    while (*at == '|') {
        const char *name = ++at;
        size_t size = strcspn(name, "|");
        unsigned column = n->key_column + n->key_quoted + (unsigned)(name - n->key);
        if (!add(r, key, name, size, n->key_line, column))
            return false;
        at += size;
    }
    return true;
}

int rule_field_find(const struct rule_reader *r, const char *name, unsigned line, unsigned column)
{
    int field = event_field_find(name);
    if (field < 0) {
        rule_wrong(r, line, column, "found field '%s', expected a name that kapiwatch-events(5) lists", name);
        return -1;
    }
    unsigned kind = event_fields[field].kind;
    if (!(event_fields[field].in & field_seen_on(r->event))) {
        rule_wrong(r, line, column, "found field '%s', expected one that %s have", name, rule_subject_words(r->event));
        return -1;
    }
    if (kind == FIELD_TIME || kind == FIELD_ENDPOINT || kind == FIELD_COMMUNITY) {
        rule_wrong(r, line, column, "found field '%s', expected one that can be compared", name);
        return -1;
    }
    return field;
}

/* What a modifier asks of the field. */
static bool fits_field(const struct rule_reader *r, const struct yaml_node *n, const struct rule_key *key)
{
    unsigned kind = event_fields[key->field].kind;
    bool number = kind == FIELD_NUMBER || kind == FIELD_COUNT || kind == FIELD_PORT || kind == FIELD_VLAN;
    const char *expected = NULL;
    if ((key->modifiers & ORDERS) && !number)
        expected = "a field that is a number";
    else if (rule_key_has(key, MODIFIER_CIDR) && kind != FIELD_IP)
        expected = "a field that is an address";
    else if (rule_key_has(key, MODIFIER_FIELDREF) && (kind == FIELD_NAMES || kind == FIELD_VLAN || kind == FIELD_FLAG))
        expected = "a field that is no list and no flag";
    if (expected)
        rule_wrong(r, n->key_line, n->key_column, "found '%s', expected %s before these modifiers", n->key, expected);
    return !expected;
}

bool rule_key_parse(const struct rule_reader *r, const struct yaml_node *member, struct rule_key *key)
{
    char name[NAME_SIZE];
    size_t size = strcspn(member->key, "|");
    if (!size) {
        rule_wrong(r, member->key_line, member->key_column,
                   "found no field in '%s', expected one: keywords over a whole event are not supported", member->key);
        return false;
    }
    snprintf(name, sizeof name, "%.*s", (int)(size < sizeof name ? size : sizeof name - 1), member->key);
    int field = rule_field_find(r, name, member->key_line, member->key_column); /* no field's name is that long */
    if (field < 0)
        return false;
    *key = (struct rule_key){.field = (enum event_field_id)field, .text = member->key};
    return read_modifiers(r, member, member->key + size, key) && fits_field(r, member, key);
}

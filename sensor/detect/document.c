#include "sensor/detect/document.h"

#include <stdarg.h>

enum { MESSAGE_SIZE = 400, QUOTED_MOST = 64, WORD_MOST = 32 };

void document_wrong(const struct document *d, const struct yaml_node *at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain_quoting(d->complaints, false, d->file, at->line, at->column, format, arguments);
    va_end(arguments);
}

void document_warn(const struct document *d, const struct yaml_node *at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain_quoting(d->complaints, true, d->file, at->line, at->column, format, arguments);
    va_end(arguments);
}

void document_wrong_key(const struct document *d, const struct yaml_node *at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain_quoting(d->complaints, false, d->file, at->key_line, at->key_column, format, arguments);
    va_end(arguments);
}

/* Cut before a character of UTF-8, not inside one. */
static int quoted_size(const char *text, size_t size)
{
    if (size <= QUOTED_MOST)
        return (int)size;
    size = QUOTED_MOST;
    while (size > 0 && ((uint8_t)text[size] & 0xc0) == 0x80)
        size--;
    return (int)size;
}

const char *document_shown(const struct yaml_node *n, char text[static DOCUMENT_SHOWN])
{
    static const char *const kinds[] = {[YAML_NULL] = "nothing", [YAML_LIST] = "a list", [YAML_MAP] = "a map"};
    if (n->kind == YAML_SCALAR)
        snprintf(text, DOCUMENT_SHOWN, "\"%.*s%s\"", quoted_size(n->text, strlen(n->text)), n->text,
                 strlen(n->text) > QUOTED_MOST ? "..." : "");
    else
        snprintf(text, DOCUMENT_SHOWN, "%s", kinds[n->kind]);
    return text;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Levenshtein's distance, case and the kind of dash aside; words too long for it are far from all. */
static unsigned distance(const char *a, const char *b)
{
    size_t size_a = strlen(a), size_b = strlen(b);
    unsigned row[WORD_MOST + 1];
    if (size_a > WORD_MOST || size_b > WORD_MOST)
        return WORD_MOST;
    for (size_t k = 0; k <= size_b; k++)
        row[k] = (unsigned)k;
    for (size_t i = 0; i < size_a; i++) {
        unsigned corner = row[0]++;
        for (size_t k = 0; k < size_b; k++) {
            uint8_t x = a[i] == '_' ? '-' : byte_lower((uint8_t)a[i]), y = byte_lower((uint8_t)b[k]);
            unsigned replaced = corner + (x != y);
            corner = row[k + 1];
            row[k + 1] = least(replaced, corner + 1, row[k] + 1);
        }
    }
    return row[size_b];
}

const char *document_nearest(const char *text, const char *const *known, size_t count)
{
    const char *nearest = NULL;
    unsigned best = (unsigned)strlen(text) / 3 + 2; /* further off it is another word */
    for (size_t i = 0; i < count; i++) {
        unsigned far = distance(text, known[i]);
        if (far < best && far < strlen(known[i])) {
            best = far;
            nearest = known[i];
        }
    }
    return nearest;
}

const char *document_words(const char *const *words, size_t count, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) {
        const char *before = i == 0 ? "" : i + 1 < count ? ", " : " or ";
        int wrote = snprintf(text + used, size - used, "%s%s", before, words[i]);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
    return text;
}

static bool is_known(const char *key, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(key, known[i]) == 0)
            return true;
    }
    return false;
}

bool document_keys(const struct document *d, const struct yaml_node *map, const char *what, const char *const *known,
                   size_t count)
{
    char words[MESSAGE_SIZE - DOCUMENT_SHOWN], shown[DOCUMENT_SHOWN];
    document_words(known, count, words, sizeof words);
    if (map->kind != YAML_MAP) {
        document_wrong(d, map, "found %s as %s, expected a map with %s", document_shown(map, shown), what, words);
        return false;
    }
    for (const struct yaml_node *n = map->first; n != NULL; n = n->next) {
        const char *nearest = document_nearest(n->key, known, count);
        if (is_known(n->key, known, count))
            continue;
        int size = quoted_size(n->key, strlen(n->key));
        if (nearest != NULL)
            document_wrong_key(d, n, "found the key \"%.*s\" in %s, expected %s: perhaps \"%s\" is meant", size, n->key,
                               what, words, nearest);
        else
            document_wrong_key(d, n, "found the key \"%.*s\" in %s, expected %s", size, n->key, what, words);
    }
    return true;
}

static bool is_plain(struct slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t next = i + 1 < text.size ? text.data[i + 1] : 0;
        if (text.data[i] < 0x20 || text.data[i] == 0x7f || (text.data[i] == 0xc2 && next >= 0x80 && next < 0xa0))
            return false;
    }
    return true;
}

const char *document_text(const struct document *d, const struct yaml_node *n, size_t most, const char *expected)
{
    char shown[DOCUMENT_SHOWN];
    if (n->kind != YAML_SCALAR || n->size == 0)
        document_wrong(d, n, "found %s, expected %s", document_shown(n, shown), expected);
    else if (n->size > most)
        document_wrong(d, n, "found %zu bytes, expected %s, of at most %zu", n->size, expected, most);
    else if (!is_plain((struct slice){.data = (const uint8_t *)n->text, .size = n->size}))
        document_wrong(d, n, "found control characters in %s, expected %s", document_shown(n, shown), expected);
    else
        return n->text;
    return NULL;
}

const char *document_member(const struct document *d, const struct yaml_node *map, const char *key, size_t most,
                            const char *expected)
{
    const struct yaml_node *n = yaml_member(map, key);
    return n != NULL ? document_text(d, n, most, expected) : NULL;
}

bool document_address(const struct document *d, const struct yaml_node *n, struct prefix *out)
{
    static const char expected[] = "an address or prefix like 192.0.2.1 or 2001:db8::/32";
    char shown[DOCUMENT_SHOWN], meant[PREFIX_TEXT];
    if (document_text(d, n, QUOTED_MOST, expected) == NULL)
        return false;
    document_shown(n, shown);
    switch (prefix_parse((struct slice){.data = (const uint8_t *)n->text, .size = n->size}, out)) {
    case PREFIX_GOOD: return true;
    case PREFIX_NO_ADDRESS:
        document_wrong(d, n, "found %s, expected %s: names are never looked up", shown, expected);
        break;
    case PREFIX_HAS_PORT:
        document_wrong(d, n, "found %s, expected an address or prefix alone: a port has a key of its own", shown);
        break;
    case PREFIX_BAD_BITS:
        document_wrong(d, n, "found %s, expected a length of 0 to %d behind the slash", shown,
                       strchr(n->text, ':') != NULL ? 128 : 32);
        break;
    case PREFIX_HOST_BITS:
        document_wrong(d, n, "found %s, with bits set behind the prefix, expected %s or a single address", shown,
                       prefix_text(out, meant));
        break;
    }
    return false;
}

bool document_number(struct slice text, uint64_t most, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint64_t digit = (uint64_t)text.data[i] - '0';
        if (text.data[i] < '0' || text.data[i] > '9' || digit > most || *value > (most - digit) / 10)
            return false;
        *value = *value * 10 + digit;
    }
    return text.size > 0;
}

const struct yaml_node *document_each(const struct yaml_node *list, const struct yaml_node *last)
{
    if (list->kind != YAML_LIST)
        return last == NULL ? list : NULL;
    return last == NULL ? list->first : last->next;
}

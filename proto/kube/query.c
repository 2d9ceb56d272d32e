#include "proto/kube/query.h"

#include "proto/kube/duration.h"
#include "proto/kube/escape.h"
#include "proto/kube/labels.h"

enum option { OPTION_WATCH, OPTION_LIMIT, OPTION_TIMEOUT, OPTION_LABELS, OPTION_FIELDS, OPTIONS };

static const char *const option_names[OPTIONS] = {"watch", "limit", "timeoutSeconds", "labelSelector", "fieldSelector"};

/* The first value of each option, still escaped. */
struct values {
    bool given[OPTIONS];
    struct slice value[OPTIONS];
};

/* In a query, unlike in a path, a plus is a space. */
static uint8_t take(struct slice *raw)
{
    uint8_t first = raw->data[0], byte = escape_take(raw);
    return first == '+' ? ' ' : byte;
}

static bool means(struct slice raw, const char *text, bool any_case)
{
    size_t size = strlen(text);
    if (raw.size < size || raw.size > 3 * size)
        return false;
    for (; raw.size > 0 && *text != '\0'; text++) {
        uint8_t byte = take(&raw);
        if ((any_case ? byte_lower(byte) : byte) != (uint8_t)*text)
            return false;
    }
    return raw.size == 0 && *text == '\0';
}

/* apimachinery pkg/runtime/conversion.go: whatever is not false is true, nothing at all included. */
static bool is_true(struct slice raw)
{
    return !means(raw, "false", true) && !means(raw, "0", false);
}

/* Whether strconv.ParseInt(value, 10, 64) takes it. */
static bool is_integer(struct slice raw)
{
    bool negative = false, digits = false;
    uint64_t value = 0;
    for (bool first = true; raw.size > 0; first = false) {
        uint8_t byte = take(&raw);
        if (first && (byte == '-' || byte == '+')) {
            negative = byte == '-';
            continue;
        }
        if (byte < '0' || byte > '9')
            return false;
        digits = true;
        value = value * 10 + (uint64_t)(byte - '0');
        if (value > (uint64_t)INT64_MAX + negative)
            return false;
    }
    return digits;
}

/* url.ParseQuery: a pair with a semicolon or with an escape that is none is dropped.
 * @param value  still escaped. @return false: there is none left. */
static bool next_pair(struct slice *query, struct slice *name, struct slice *value)
{
    while (query->size > 0) {
        struct slice pair = slice_part(*query, 0, slice_find(*query, '&'));
        *query = slice_part(*query, pair.size + 1, SIZE_MAX);
        if (slice_find(pair, ';') < pair.size || !escape_valid(pair))
            continue;
        size_t equals = slice_find(pair, '=');
        *name = slice_part(pair, 0, equals);
        *value = slice_part(pair, equals + 1, SIZE_MAX);
        return true;
    }
    return false;
}

static void split(struct values *values, struct slice query)
{
    struct slice name, value;
    while (next_pair(&query, &name, &value)) {
        for (size_t i = 0; i < OPTIONS; i++) {
            if (values->given[i] || !means(name, option_names[i], false))
                continue;
            values->given[i] = true;
            values->value[i] = value;
        }
    }
}

/* One term of a field selector: apimachinery pkg/fields/selector.go. */
struct term {
    struct slice text, field, value;
    bool exact;
};

/* Cuts the next term off: up to a comma that no backslash protects. */
static struct slice cut_term(struct slice *selector)
{
    size_t end = 0;
    while (end < selector->size && selector->data[end] != ',')
        end += selector->data[end] == '\\' ? 2 : 1;
    struct slice text = slice_part(*selector, 0, end);
    *selector = slice_part(*selector, end + 1, SIZE_MAX);
    return text;
}

/* A value may hold the three special bytes only behind a backslash, and a backslash only before one of them. */
static bool value_valid(struct slice value)
{
    for (size_t i = 0; i < value.size; i++) {
        uint8_t byte = value.data[i];
        if (byte == '\\') {
            if (++i == value.size || (value.data[i] != '\\' && value.data[i] != ',' && value.data[i] != '='))
                return false;
        } else if (byte == ',' || byte == '=') {
            return false;
        }
    }
    return true;
}

/* Splits at the first of !=, == and =. */
static bool term_read(struct term *term, struct slice text)
{
    size_t equals = slice_find(text, '=');
    if (equals == text.size)
        return false;
    bool differs = equals > 0 && text.data[equals - 1] == '!';
    bool doubled = !differs && equals + 1 < text.size && text.data[equals + 1] == '=';
    *term = (struct term){
        .text = text,
        .field = slice_part(text, 0, equals - differs),
        .value = slice_part(text, equals + 1 + doubled, SIZE_MAX),
        .exact = !differs,
    };
    return value_valid(term->value);
}

static bool comes_before(struct slice a, struct slice b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = memcmp(a.data, b.data, size);
    return order != 0 ? order < 0 : a.size < b.size;
}

/* @param name  the value that metadata.name must have, still with its backslashes: of several such terms the first in
 *              the order of bytes counts, because the server sorts them.  @return false when the server refuses it. */
static bool selector_read(struct slice selector, struct slice *name)
{
    struct slice best = {.data = selector.data, .size = 0};
    while (selector.size > 0) {
        struct slice text = cut_term(&selector);
        struct term term;
        if (text.size == 0)
            continue;
        if (!term_read(&term, text))
            return false;
        if (term.exact && slice_is(term.field, "metadata.name") && (best.size == 0 || comes_before(text, best))) {
            best = text;
            *name = term.value;
        }
    }
    return true;
}

/* apimachinery pkg/api/validation/path: what may stand as a name in a path. */
static bool segment_legal(struct slice name)
{
    return !slice_is(name, ".") && !slice_is(name, "..") && slice_find(name, '/') == name.size &&
           slice_find(name, '%') == name.size;
}

/* Drops the backslashes of `name`, a part of `room`. */
static struct slice unprotect(struct slice name, uint8_t *room)
{
    uint8_t *out = room + (name.data - room);
    size_t size = 0;
    for (size_t i = 0; i < name.size; i++) {
        i += name.data[i] == '\\';
        out[size++] = name.data[i];
    }
    return (struct slice){.data = out, .size = size};
}

/* @return false when the room is too small. */
static bool decode(struct slice *text, struct slice raw, uint8_t *room, size_t room_size)
{
    *text = (struct slice){.data = room, .size = 0};
    while (raw.size > 0) {
        if (text->size == room_size)
            return false;
        room[text->size++] = take(&raw);
    }
    return true;
}

void query_read(struct query_options *options, struct slice query, uint8_t *room, size_t room_size)
{
    struct values values = {0};
    struct slice name = {.data = room, .size = 0};
    *options = (struct query_options){.name = name};
    split(&values, query);
    options->watch_given = values.given[OPTION_WATCH];
    options->watch = values.given[OPTION_WATCH] && is_true(values.value[OPTION_WATCH]);
    /* When one option does not decode, the server forgets all but watch. */
    if (values.given[OPTION_LIMIT] && !is_integer(values.value[OPTION_LIMIT]))
        return;
    if (values.given[OPTION_TIMEOUT] && !is_integer(values.value[OPTION_TIMEOUT]))
        return;
    if (!values.given[OPTION_FIELDS])
        return;
    struct slice selector;
    if (values.given[OPTION_LABELS] &&
        (!decode(&selector, values.value[OPTION_LABELS], room, room_size) || !labels_valid(selector)))
        return;
    if (!decode(&selector, values.value[OPTION_FIELDS], room, room_size) || !selector_read(selector, &name))
        return;
    name = unprotect(name, room);
    if (segment_legal(name))
        options->name = name;
}

bool query_timeout_bad(struct slice query, uint8_t *room, size_t room_size)
{
    struct slice name, value, timeout;
    while (next_pair(&query, &name, &value)) {
        if (means(name, "timeout", false))
            return value.size > 0 && (!decode(&timeout, value, room, room_size) || !duration_valid(timeout));
    }
    return false;
}

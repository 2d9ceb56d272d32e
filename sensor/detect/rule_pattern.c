#include "sensor/detect/rule_pattern.h"

/* Before any other byte a backslash is itself. */
static bool is_escaped(uint8_t byte)
{
    return byte == '*' || byte == '?' || byte == '\\';
}

bool rule_pattern_read(struct rule_pattern *pattern, struct rule_arena *arena, struct slice written,
                       struct pattern_form form)
{
    uint16_t *units = rule_arena_take(arena, written.size + 2, sizeof *units);
    if (!units)
        return false;
    size_t size = 0;
    if (form.open_left)
        units[size++] = UNIT_ANY_TEXT;
    for (size_t i = 0; i < written.size; i++) {
        uint8_t byte = written.data[i];
        bool escapes = !form.plain && byte == '\\' && i + 1 < written.size && is_escaped(written.data[i + 1]);
        if (escapes)
            byte = written.data[++i];
        if (!escapes && (byte == '*' || byte == '?'))
            units[size++] = byte == '*' ? UNIT_ANY_TEXT : UNIT_ANY_ONE;
        else
            units[size++] = form.cased ? byte : byte_lower(byte);
    }
    if (form.open_right)
        units[size++] = UNIT_ANY_TEXT;
    *pattern = (struct rule_pattern){.units = units, .size = size, .cased = form.cased};
    while (pattern->prefix < size && units[pattern->prefix] <= UINT8_MAX)
        pattern->prefix++;
    return true;
}

static uint8_t folded(const struct rule_pattern *pattern, uint8_t byte)
{
    return pattern->cased ? byte : byte_lower(byte);
}

/* How many bytes of the text the unit takes: 0 when it does not fit. `?` takes a whole UTF-8 sequence. */
static size_t fits(const struct rule_pattern *pattern, size_t unit, struct slice text, size_t at)
{
    if (at >= text.size || unit >= pattern->size)
        return 0;
    if (pattern->units[unit] != UNIT_ANY_ONE)
        return pattern->units[unit] == folded(pattern, text.data[at]);
    size_t size = 1;
    while (at + size < text.size && (text.data[at + size] & 0xC0) == 0x80)
        size++;
    return size;
}

/* Only the last wildcard is ever tried again: what an earlier one took cannot help a later part. */
bool rule_pattern_matches(const struct rule_pattern *pattern, struct slice text)
{
    size_t prefix = pattern->prefix, unit = prefix, at = prefix, retry_unit = SIZE_MAX, retry_at = 0;
    /* Most do not match: told by the size, or from the end of what is fixed, where paths begin to differ. */
    if (prefix == pattern->size ? text.size != prefix : text.size < prefix)
        return false;
    while (prefix-- > 0) {
        if (pattern->units[prefix] != folded(pattern, text.data[prefix]))
            return false;
    }
    while (true) {
        if (unit < pattern->size && pattern->units[unit] == UNIT_ANY_TEXT) {
            retry_unit = ++unit;
            retry_at = at;
            if (unit == pattern->size)
                return true;
            continue;
        }
        if (unit == pattern->size && at == text.size)
            return true;
        size_t taken = fits(pattern, unit, text, at);
        if (taken) {
            unit++;
            at += taken;
            continue;
        }
        if (retry_unit == SIZE_MAX || retry_at >= text.size)
            return false;
        unit = retry_unit;
        at = ++retry_at;
    }
}

bool rule_pattern_same(const struct rule_pattern *a, const struct rule_pattern *b)
{
    return a->cased == b->cased && a->size == b->size && memcmp(a->units, b->units, a->size * sizeof *a->units) == 0;
}

size_t rule_pattern_literals(const struct rule_pattern *pattern)
{
    size_t count = 0;
    for (size_t i = 0; i < pattern->size; i++)
        count += pattern->units[i] <= UINT8_MAX;
    return count;
}

struct pattern_run rule_pattern_run(const struct rule_pattern *pattern)
{
    struct pattern_run best = {0, 0};
    for (size_t at = 0, end; at < pattern->size; at = end + 1) {
        for (end = at; end < pattern->size && pattern->units[end] <= UINT8_MAX; end++)
            continue;
        if (end - at > best.size)
            best = (struct pattern_run){at, end - at};
    }
    return best;
}

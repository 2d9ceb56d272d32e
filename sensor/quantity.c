#include "sensor/quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct unit {
    char letter;
    uint64_t of;
};

/* Smallest first. */
static const struct unit sizes[] = {{'k', 1 << 10}, {'M', 1 << 20}, {'G', 1 << 30}};
static const struct unit durations[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};

enum { SIZES = sizeof sizes / sizeof *sizes, DURATIONS = sizeof durations / sizeof *durations };

static const uint64_t second = 1000000000, years_ten = UINT64_C(3653) * 86400;

/* Digits from the beginning. @return what follows them, or NULL: none, or over `most`. */
static const char *digits(const char *text, uint64_t most, uint64_t *value)
{
    const char *at = text;
    for (*value = 0; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        if (*value > (most - digit) / 10 || digit > most)
            return NULL;
        *value = *value * 10 + digit;
    }
    return at > text ? at : NULL;
}

bool quantity_number(const char *text, uint64_t most, uint64_t *value)
{
    const char *rest = digits(text, most, value);
    return rest != NULL && *rest == '\0';
}

/* @return what the unit counts, or 0: no such unit. */
static uint64_t unit_of(const struct unit *units, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (text[0] == units[i].letter && text[1] == '\0')
            return units[i].of;
    }
    return 0;
}

bool quantity_size(const char *text, size_t *bytes)
{
    uint64_t value;
    const char *rest = digits(text, SIZE_MAX, &value);
    if (rest == NULL)
        return false;
    uint64_t unit = *rest == '\0' ? 1 : unit_of(sizes, SIZES, *rest == 'K' ? "k" : rest);
    if (*rest == 'K' && rest[1] != '\0')
        return false;
    if (unit == 0 || value > SIZE_MAX / unit)
        return false;
    *bytes = (size_t)(value * unit);
    return true;
}

bool quantity_duration(const char *text, int64_t *nanoseconds)
{
    uint64_t value;
    const char *rest = digits(text, years_ten, &value);
    uint64_t unit = rest != NULL ? unit_of(durations, DURATIONS, rest) : 0;
    if (unit == 0 || value == 0 || value > years_ten / unit)
        return false;
    *nanoseconds = (int64_t)(value * unit * second);
    return true;
}

static const char *text_of(const struct unit *units, size_t count, uint64_t value, char *text)
{
    size_t i = count;
    while (i > 0 && value % units[i - 1].of != 0)
        i--;
    if (i == 0 || value == 0)
        snprintf(text, QUANTITY_TEXT, "%" PRIu64, value);
    else
        snprintf(text, QUANTITY_TEXT, "%" PRIu64 "%c", value / units[i - 1].of, units[i - 1].letter);
    return text;
}

const char *quantity_size_text(size_t bytes, char text[static QUANTITY_TEXT])
{
    return text_of(sizes, SIZES, bytes, text);
}

const char *quantity_duration_text(int64_t nanoseconds, char text[static QUANTITY_TEXT])
{
    return text_of(durations, DURATIONS, (uint64_t)nanoseconds / second, text);
}

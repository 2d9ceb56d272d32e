#include "proto/kube/duration.h"

/* Of a sum of nanoseconds that is not negative; a negative one may be one more. */
static const uint64_t MOST = INT64_MAX;

static const struct unit {
    const char *name;
    uint64_t nanoseconds;
} units[] = {{"ns", 1},
             {"us", 1000},
             {"\xc2\xb5s", 1000}, /* the micro sign, and the Greek letter */
             {"\xce\xbcs", 1000},
             {"ms", 1000000},
             {"s", 1000000000},
             {"m", UINT64_C(60000000000)},
             {"h", UINT64_C(3600000000000)}};

/* @return 0: it is none. */
static uint64_t unit_of(struct slice name)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (slice_is(name, units[i].name))
            return units[i].nanoseconds;
    }
    return 0;
}

/* Takes the bytes off that are digits, or those that are not and no point. */
static struct slice take_run(struct slice *text, bool digits)
{
    size_t size = 0;
    for (; size < text->size; size++) {
        uint8_t byte = text->data[size];
        bool digit = byte >= '0' && byte <= '9';
        if (digits ? !digit : digit || byte == '.')
            break;
    }
    struct slice run = slice_part(*text, 0, size);
    *text = slice_part(*text, size, text->size);
    return run;
}

/* @return how many digits fit: all, or it is too large. */
static size_t read_number(struct slice digits, uint64_t *value)
{
    size_t i = 0;
    for (*value = 0; i < digits.size; i++) {
        uint64_t digit = (uint64_t)(digits.data[i] - '0');
        if (*value > (MOST + 1 - digit) / 10)
            break;
        *value = *value * 10 + digit;
    }
    return i;
}

/* Digits behind the point, in nanoseconds. Those that do not fit count nothing. */
static uint64_t read_fraction(struct slice digits, uint64_t unit)
{
    uint64_t value;
    double scale = 1;
    for (size_t fit = read_number(digits, &value); fit > 0; fit--)
        scale *= 10;
    return (uint64_t)((double)value * ((double)unit / scale));
}

/* Takes a number and its unit off. @return false: it is none, or too large. */
static bool take_part(struct slice *text, uint64_t *sum)
{
    struct slice whole = take_run(text, true), fraction = slice_of("");
    if (text->size && text->data[0] == '.') {
        *text = slice_part(*text, 1, text->size);
        fraction = take_run(text, true);
    }
    uint64_t unit = unit_of(take_run(text, false)), value;
    if (whole.size + fraction.size == 0 || !unit || read_number(whole, &value) < whole.size ||
        value > (MOST + 1) / unit)
        return false;
    value = value * unit + read_fraction(fraction, unit);
    *sum += value;
    return value <= MOST + 1 && *sum <= MOST + 1;
}

bool duration_valid(struct slice text)
{
    bool negative = text.size && text.data[0] == '-', sign = negative || (text.size && text.data[0] == '+');
    text = slice_part(text, sign, text.size);
    uint64_t sum = 0;
    if (slice_is(text, "0"))
        return true;
    bool good = text.size > 0;
    while (good && text.size > 0)
        good = take_part(&text, &sum);
    return good && sum <= MOST + negative;
}

#include "sensor/detect/wildcard.h"

/* Where the next character begins; a byte that begins none is one by itself. */
static size_t behind_one(struct slice text, size_t at)
{
    do
        at++;
    while (at < text.size && (text.data[at] & 0xC0) == 0x80);
    return at;
}

bool wildcard_match(const char *pattern, struct slice text)
{
    const char *star = NULL;
    size_t at = 0, from = 0; /* `from`: where the last star's bytes end, for now */
    while (at < text.size) {
        if (*pattern == '*') {
            star = ++pattern;
            from = at;
        } else if (*pattern == '?') {
            pattern++;
            at = behind_one(text, at);
        } else if (*pattern != '\0' && byte_lower((uint8_t)*pattern) == byte_lower(text.data[at])) {
            pattern++;
            at++;
        } else if (star != NULL) {
            pattern = star;
            at = ++from;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

size_t wildcard_literals(const char *pattern)
{
    size_t count = 0;
    for (; *pattern != '\0'; pattern++)
        count += *pattern != '*' && *pattern != '?';
    return count;
}

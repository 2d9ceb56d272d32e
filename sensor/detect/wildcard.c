#include "sensor/detect/wildcard.h"

bool wildcard_match(const char *pattern, struct slice text)
{
    const char *star = NULL;
    size_t at = 0, from = 0; /* `from`: where the last star's bytes end, for now */
    while (at < text.size) {
        if (*pattern == '*') {
            star = ++pattern;
            from = at;
        } else if (*pattern != '\0' &&
                   (*pattern == '?' || byte_lower((uint8_t)*pattern) == byte_lower(text.data[at]))) {
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

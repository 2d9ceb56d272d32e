#include "sensor/detect/measure.h"

static const char *read_number(const char *text, uint32_t *n)
{
    const char *at = text;
    for (*n = 0; *at >= '0' && *at <= '9' && *n <= MEASURE_MOST; at++)
        *n = *n * 10 + (uint32_t)(*at - '0');
    return at == text || *n > MEASURE_MOST ? "?" : at;
}

bool measure_read(const char *text, struct measure *m)
{
    struct measure read;
    text = read_number(text, &read.least);
    read.most = read.least;
    if (*text == '-')
        text = read_number(text + 1, &read.most);
    if (*text || read.least > read.most)
        return false;
    *m = read;
    return true;
}

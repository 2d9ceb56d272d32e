#include "sensor/detect/measure.h"

#include "sensor/event/flow_record.h"

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

const char *measure_size_name(unsigned size)
{
    static const char *const names[MEASURE_SIZES] = {[SIZE_HTTP2_401_HEAD] = "http2-401-head",
                                                     [SIZE_HTTP2_401_LATER_HEAD] = "http2-401-later-head",
                                                     [SIZE_HTTP2_401_BODY] = "http2-401-body",
                                                     [SIZE_HTTP1_401] = "http1-401",
                                                     [SIZE_HTTP1_401_HEAD] = "http1-401-head",
                                                     [SIZE_HTTP2_403_HEAD] = "http2-403-head",
                                                     [SIZE_HTTP2_403_LATER_HEAD] = "http2-403-later-head",
                                                     [SIZE_HTTP2_403_BODY] = "http2-403-body",
                                                     [SIZE_HTTP1_403] = "http1-403",
                                                     [SIZE_HTTP2_HEALTH_HEAD] = "http2-health-head",
                                                     [SIZE_HTTP2_HEALTH_LATER_HEAD] = "http2-health-later-head",
                                                     [SIZE_HTTP2_HEALTH_BODY] = "http2-health-body",
                                                     [SIZE_HTTP1_HEALTH] = "http1-health",
                                                     [SIZE_TOKEN] = "token",
                                                     [SIZE_HTTP2_TOKEN] = "http2-token"};
    return names[size];
}

unsigned measure_size_find(const char *name)
{
    unsigned size = 0;
    while (size < MEASURE_SIZES && strcmp(measure_size_name(size), name) != 0)
        size++;
    return size;
}

const char *measure_sure_name(unsigned sure)
{
    static const char *const names[MEASURE_SURES] = {[SURE_GOAWAY] = "early_goaway",
                                                     [SURE_GOAWAYS] = "early_goaway_repeated",
                                                     [SURE_401] = "size_of_401",
                                                     [SURE_401S] = "size_of_401_repeated"};
    return names[sure];
}

const char MEASURE_HELLO_SECONDS[] = "many_hellos_seconds";

static const struct {
    const char *list;
    const char *(*name)(unsigned i);
    unsigned count;
    const char *besides; /* NULL: none */
} lists[] = {{"tls_sizes", measure_size_name, MEASURE_SIZES, NULL},
             {"tls_signs", suspect_name, SUSPECTS, NULL},
             {"tls_counts", suspect_name, SUSPECTS, MEASURE_HELLO_SECONDS},
             {"tls_confidence", measure_sure_name, MEASURE_SURES, NULL}};

enum { LISTS = sizeof lists / sizeof *lists };

static unsigned find(const char *list)
{
    unsigned i = 0;
    while (i < LISTS && strcmp(lists[i].list, list) != 0)
        i++;
    return i;
}

bool measure_list_known(const char *list)
{
    return find(list) < LISTS;
}

bool measure_known(const char *list, const char *name)
{
    unsigned at = find(list);
    if (at == LISTS)
        return false;
    for (unsigned i = 0; i < lists[at].count; i++) {
        if (strcmp(lists[at].name(i), name) == 0)
            return true;
    }
    return lists[at].besides && strcmp(lists[at].besides, name) == 0;
}

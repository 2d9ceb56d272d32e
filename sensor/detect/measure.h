/* What data lists of kind `measure` give: numbers, or the least and the greatest, under names that inference asks for.
 */
#ifndef SENSOR_DETECT_MEASURE_H
#define SENSOR_DETECT_MEASURE_H

#include <stdbool.h>
#include <stdint.h>

enum { MEASURE_MOST = 1000000 };

/** Both the same where one number is given. */
struct measure {
    uint32_t least, most;
};

/** "11" or "95-130". @return false: neither, above MEASURE_MOST, or the least is the greater; *m is left alone. */
bool measure_read(const char *text, struct measure *m);

/** In the list tls_sizes. */
enum measure_size {
    SIZE_HTTP2_401_HEAD,
    SIZE_HTTP2_401_LATER_HEAD,
    SIZE_HTTP2_401_BODY,
    SIZE_HTTP1_401,
    SIZE_HTTP1_401_HEAD,
    SIZE_HTTP2_403_HEAD,
    SIZE_HTTP2_403_LATER_HEAD,
    SIZE_HTTP2_403_BODY,
    SIZE_HTTP1_403,
    SIZE_HTTP2_HEALTH_HEAD,
    SIZE_HTTP2_HEALTH_LATER_HEAD,
    SIZE_HTTP2_HEALTH_BODY,
    SIZE_HTTP1_HEALTH,
    SIZE_TOKEN,
    SIZE_HTTP2_TOKEN,
    MEASURE_SIZES
};

/** As many ranges one of them may have. */
enum { MEASURE_RANGES = 8 };

const char *measure_size_name(unsigned size);

/** @return MEASURE_SIZES: there is none of that name. */
unsigned measure_size_find(const char *name);

/** In the list tls_confidence. */
enum measure_sure { SURE_GOAWAY, SURE_GOAWAYS, SURE_401, SURE_401S, MEASURE_SURES };

const char *measure_sure_name(unsigned sure);

/** In the list tls_counts, beside how often each sign must show. */
extern const char MEASURE_HELLO_SECONDS[];

/** Whether anything asks for this name in this list: tls_signs and tls_counts have those of signs, too
 * (suspect_name()).
 */
bool measure_known(const char *list, const char *name);

/** Whether there are measures in a list of this name. */
bool measure_list_known(const char *list);

#endif

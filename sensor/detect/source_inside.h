/* Inside of sources: for source.c (who is kept), source_exchange.c (their requests) and source_flow.c (their
 * connections), and for nobody else. */
#ifndef SENSOR_DETECT_SOURCE_INSIDE_H
#define SENSOR_DETECT_SOURCE_INSIDE_H

#include "sensor/detect/source.h"
#include "sensor/event/value.h"

struct kept_source {
    uint8_t ip[16];
    struct source *source; /* stays in place */
};

struct sources {
    struct memory memory;             /* this struct is in it, too */
    struct table table;               /* of struct kept_source */
    const struct hash_secret *secret; /* borrowed */
    struct age_queue silent[2];       /* [only_knocked] */
    size_t knocked, knocked_most;     /* how many only did that, and may be kept */
    uint64_t lost, forgotten;
    struct source *last;  /* that was found: most events have the same as the one before */
    struct share forlorn; /* of all that are not kept */
    struct address named; /* the endpoint that was written last, and how: most events have the same as the one before */
    char name[VALUE_MAX];
    size_t name_size;
};

/** Memory for what is kept of a source, zeros. @return NULL: what they may take is used up. */
void *sources_take(struct sources *s, size_t size);

/** The source of this event, made where it is not known. @param last  the end of what is told. @param knocks  it does
 * no more than that. @return NULL: lost, and counted so. */
struct source *sources_of(struct sources *s, const struct event *e, moment last, bool knocks);

/** "address:port", valid until the next call. */
struct slice sources_name(struct sources *s, const struct address *server);

void sources_add_endpoint(struct sources *s, struct source *source, const struct address *server);

#endif

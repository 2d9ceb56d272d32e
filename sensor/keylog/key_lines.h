/* One stream of key log lines, and what is said of those that are none: where, what was found, what was expected; never
 * what stands in it. */
#ifndef SENSOR_KEYLOG_KEY_LINES_H
#define SENSOR_KEYLOG_KEY_LINES_H

#include "proto/tls/keys_reader.h"
#include "sensor/keylog/key_store.h"

enum { KEY_TOLD_MOST = 10 };

/** A source as messages name it. All its streams together may cause so many messages and no more. */
struct key_origin {
    struct key_store *store; /* borrowed */
    const char *name;        /* borrowed */
    unsigned told;
};

struct key_lines {
    struct key_origin *origin; /* borrowed */
    uint64_t writer;           /* which of several streams, from 1; 0: there is one */
    struct tls_keys_reader reader;
};

/** Stays where it is until key_lines_end(). */
void key_lines_begin(struct key_lines *l, struct key_origin *origin, uint64_t writer);

/** Any piece of the stream. */
void key_lines_feed(struct key_lines *l, struct slice bytes);

/** The stream is over: a last line without an end counts. Wipes what was held. */
void key_lines_end(struct key_lines *l);

/** A message about the source, unless there have been too many. */
void key_origin_tell(struct key_origin *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

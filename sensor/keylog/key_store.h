/* The secrets that all sources together have brought, in an account of their own: the oldest go when it fills up. */
#ifndef SENSOR_KEYLOG_KEY_STORE_H
#define SENSOR_KEYLOG_KEY_STORE_H

#include "proto/tls/keys.h"
#include "sensor/log.h"

enum { KEY_PIECE = 16384 };

struct key_store {
    struct memory memory;
    struct tls_keys *keys;
    const struct hash_secret *secret; /* borrowed */
    struct log *log;                  /* borrowed */
    uint64_t lines[TLS_LINES];        /* read, by what they were */
    uint64_t forgotten;               /* connections that went to make room */
    uint8_t piece[KEY_PIECE];         /* for reading; who read into it wipes it */
};

/** Forgets the oldest, if memory is short. Between lines: what tls_keys_logged() gave before may be gone. */
void key_store_make_room(struct key_store *s);

#endif

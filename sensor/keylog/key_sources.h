/* Where secrets of TLS come from: key logs in files, packed or not, files that grow and are rotated while they are
 * read, FIFOs, Unix sockets, and what a capture brings along.
 *
 * All that is there is read before the first packet. Live, more is read between packets, and may come after the packets
 * that it unlocks. Nothing here opens anything: descriptors are given, or asked for.
 *
 * What is wrong is told with the source's name and the line, never with what stands there, a bounded number of times,
 * and counted. After the start nothing is fatal. */
#ifndef SENSOR_KEYLOG_KEY_SOURCES_H
#define SENSOR_KEYLOG_KEY_SOURCES_H

#include "proto/base/moment.h"
#include "proto/tls/keys.h"
#include "sensor/event/counter.h"
#include "sensor/keylog/key_file.h"
#include "sensor/log.h"

struct key_sources;

struct key_sources_options {
    const struct hash_secret *secret; /* borrowed */
    size_t memory;                    /* bytes for all secrets and lines: the oldest secrets go first */
    bool follow;                      /* live */
    struct key_reopen reopen;         /* only if `follow` */
    struct log *log;                  /* borrowed */
};

/** @return NULL: no memory. */
struct key_sources *key_sources_new(const struct key_sources_options *options);

/** A source, whose kind is seen: a listening socket; a file; or else something that is read like a FIFO.
 *  @param name  for messages, and to ask for it again; borrowed. @param fd  taken over. Of a listening socket it must
 *               not wait; offline it is never read.
 *  @return false, and it was told: no memory. */
bool key_sources_add(struct key_sources *s, const char *name, int fd);

/** All that is there of all sources. Offline each to its end, for which the writers of a FIFO are waited for.
 *  @return false, and the reason was told: at least one is no key log, or cannot be read. The others were. */
bool key_sources_read_all(struct key_sources *s);

/** Text of a key log from elsewhere, all of one: a capture's. @param name  for messages: "FILE, block 3". */
void key_sources_feed(struct key_sources *s, const char *name, struct slice text);

/** What has come since: cheap to ask, ten times a second it looks.
 *  @param now  any clock that does not go back. @return whether there are new secrets. */
bool key_sources_poll(struct key_sources *s, moment now);

/** The next time it is asked it looks. */
void key_sources_hasten(struct key_sources *s);

/** Borrowed; changes within key_sources_read_all(), _feed() and _poll() only. */
struct tls_keys *key_sources_keys(const struct key_sources *s);

/** Adds what was read so far to COUNT_KEYS_*. */
void key_sources_count(const struct key_sources *s, struct counters *counters);

/** How much of the account is in use. */
size_t key_sources_memory(const struct key_sources *s);

/** Wipes all, closes all. @return how many bytes of the account were still in use: 0, or it is a defect. */
size_t key_sources_free(struct key_sources *s);

#endif

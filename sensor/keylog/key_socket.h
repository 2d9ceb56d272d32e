/* A Unix socket that shippers of several nodes write key logs to, all at once: each has lines of its own. */
#ifndef SENSOR_KEYLOG_KEY_SOCKET_H
#define SENSOR_KEYLOG_KEY_SOCKET_H

#include "sensor/keylog/key_lines.h"

enum { KEY_WRITERS_MOST = 64 };

struct key_socket;

/** @param name  borrowed. @param fd  listens, of type SOCK_STREAM, and does not wait; closed by key_socket_free().
 *  @return NULL, `fd` is then still the caller's: no memory. */
struct key_socket *key_socket_new(struct key_store *store, const char *name, int fd);
void key_socket_free(struct key_socket *s);

/** What has come since, a bounded part of it. Beyond KEY_WRITERS_MOST who connects has to wait until others have gone.
 *  @return whether there is more. */
bool key_socket_poll(struct key_socket *s);

/** Each source is in a list. */
struct key_socket **key_socket_next(struct key_socket *s);

#endif

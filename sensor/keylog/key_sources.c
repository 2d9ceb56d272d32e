#include "sensor/keylog/key_sources.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sensor/keylog/key_socket.h"

#define LOOK_EVERY INT64_C(100000000) /* nanoseconds */

struct key_sources {
    struct key_store store;
    struct key_sources_options options;
    struct key_file *files; /* as they came */
    struct key_socket *sockets;
    struct key_origin fed_origin; /* of all that key_sources_feed() is given: it may be many blocks */
    struct key_lines fed;
    moment due;
};

struct key_sources *key_sources_new(const struct key_sources_options *options)
{
    struct memory memory = {.limit = options->memory};
    struct key_sources *s = memory_resize(&memory, NULL, 0, sizeof *s);
    if (s == NULL)
        return NULL;
    s->options = *options;
    s->store.memory = memory;
    s->store.secret = options->secret;
    s->store.log = options->log;
    s->store.keys = tls_keys_new(options->secret, &s->store.memory);
    if (s->store.keys != NULL)
        return s;
    key_sources_free(s);
    return NULL;
}

size_t key_sources_memory(const struct key_sources *s)
{
    return s->store.memory.used;
}

size_t key_sources_free(struct key_sources *s)
{
    if (s == NULL)
        return 0;
    while (s->files != NULL) {
        struct key_file *f = s->files;
        s->files = *key_file_next(f);
        key_file_free(f);
    }
    while (s->sockets != NULL) {
        struct key_socket *socket = s->sockets;
        s->sockets = *key_socket_next(socket);
        key_socket_free(socket);
    }
    tls_keys_free(s->store.keys);
    struct memory memory = s->store.memory;
    explicit_bzero(s, sizeof *s);
    memory_resize(&memory, s, sizeof *s, 0);
    return memory.used;
}

static bool listens(int fd)
{
    int yes = 0;
    socklen_t size = sizeof yes;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &size) == 0 && yes != 0;
}

static bool add_file(struct key_sources *s, const char *name, int fd)
{
    struct key_file *f = key_file_new(&s->store, name, fd);
    if (f == NULL)
        return false;
    struct key_file **end = &s->files;
    while (*end != NULL)
        end = key_file_next(*end);
    *end = f;
    return true;
}

static bool add_socket(struct key_sources *s, const char *name, int fd)
{
    struct key_socket *socket = key_socket_new(&s->store, name, fd);
    if (socket == NULL)
        return false;
    struct key_socket **end = &s->sockets;
    while (*end != NULL)
        end = key_socket_next(*end);
    *end = socket;
    return true;
}

bool key_sources_add(struct key_sources *s, const char *name, int fd)
{
    if (listens(fd) ? add_socket(s, name, fd) : add_file(s, name, fd))
        return true;
    log_error(s->store.log, "%s: %s", name, strerror(ENOMEM));
    close(fd);
    return false;
}

bool key_sources_read_all(struct key_sources *s)
{
    bool good = true;
    for (struct key_file *f = s->files; f != NULL; f = *key_file_next(f))
        good = key_file_read_all(f, s->options.follow) && good;
    return good;
}

void key_sources_feed(struct key_sources *s, const char *name, struct slice text)
{
    s->fed_origin.store = &s->store;
    s->fed_origin.name = name;
    key_lines_begin(&s->fed, &s->fed_origin, 0);
    key_lines_feed(&s->fed, text);
    key_lines_end(&s->fed);
}

/* What may open a connection that could not be opened before. */
static uint64_t new_secrets(const struct key_sources *s)
{
    return s->store.lines[TLS_LINE_ADDED] + s->store.lines[TLS_LINE_CONTRADICTS];
}

bool key_sources_poll(struct key_sources *s, moment now)
{
    if (!s->options.follow || now < s->due)
        return false;
    uint64_t before = new_secrets(s);
    bool more = false;
    for (struct key_file *f = s->files; f != NULL; f = *key_file_next(f))
        more = key_file_poll(f, now, &s->options.reopen) || more;
    for (struct key_socket *k = s->sockets; k != NULL; k = *key_socket_next(k))
        more = key_socket_poll(k) || more;
    s->due = more ? now : now + LOOK_EVERY;
    return new_secrets(s) != before;
}

void key_sources_hasten(struct key_sources *s)
{
    s->due = INT64_MIN;
}

struct tls_keys *key_sources_keys(const struct key_sources *s)
{
    return s->store.keys;
}

void key_sources_count(const struct key_sources *s, struct counters *counters)
{
    const uint64_t *lines = s->store.lines;
    uint64_t *of = counters->of;
    for (size_t i = 0; i < TLS_LINES; i++)
        of[COUNT_KEYS_LINES] += lines[i];
    of[COUNT_KEYS_ADDED] += new_secrets(s);
    of[COUNT_KEYS_MALFORMED] += lines[TLS_LINE_MALFORMED];
    of[COUNT_KEYS_CONTRADICTING] += lines[TLS_LINE_CONTRADICTS];
    of[COUNT_KEYS_FORGOTTEN] += lines[TLS_LINE_FULL] + s->store.forgotten;
    of[COUNT_KEYS_CONNECTIONS] += tls_keys_count(s->store.keys);
    of[COUNT_KEYS_UNASKED] += tls_keys_unasked(s->store.keys);
    of[COUNT_KEYS_LATE] += tls_keys_late(s->store.keys);
}

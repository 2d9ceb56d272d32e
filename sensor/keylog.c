#include "sensor/keylog.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/tls/keys_reader.h"
#include "sensor/monitor.h"

enum { PIECE = 65536, MISTAKES_TOLD = 10, WRITERS = 64 };

struct keylog_file {
    const char *path; /* borrowed */
    int fd;           /* -1: not open now */
    struct stat opened;
    uint64_t mistakes;
    struct keylog *log;
    struct tls_keys_reader reader;
};

/* Where several write at once, each its own lines. */
struct keylog_socket {
    const char *path; /* borrowed, with its prefix */
    int fd;           /* -1: there is none */
    struct keylog_file *writers[WRITERS];
    uint64_t counts[TLS_LINES]; /* of those who have gone */
};

static const char SOCKET_PREFIX[] = "unix:";

struct keylog {
    struct memory memory;
    struct tls_keys *keys;
    struct log *log;
    struct keylog_file **files;
    size_t count;
    struct keylog_socket *sockets;
    size_t socket_count;
    struct keylog_file other; /* what keylog_feed() is given */
    uint64_t forgotten;
    uint8_t piece[PIECE];
};

static void on_malformed(void *owner, uint64_t line, const struct tls_mistake *mistake)
{
    struct keylog_file *f = owner;
    if (f->mistakes++ < MISTAKES_TOLD)
        log_note(f->log->log, "%s: line %" PRIu64 ", column %u: found %s, expected %s", f->path, line, mistake->column,
                 mistake->found, mistake->expected);
    else if (f->mistakes == MISTAKES_TOLD + 1)
        log_note(f->log->log, "%s: more such lines; they are counted", f->path);
}

static void begin(struct keylog *k, struct keylog_file *f, const char *path)
{
    f->path = path;
    f->fd = -1;
    f->log = k;
    tls_keys_reader_init(&f->reader, k->keys, on_malformed, f);
}

struct keylog *keylog_new(const struct hash_secret *secret, size_t memory, struct log *log)
{
    struct keylog *k = calloc(1, sizeof *k);
    if (k == NULL)
        return NULL;
    k->memory.limit = memory;
    k->log = log;
    k->keys = tls_keys_new(secret, &k->memory);
    begin(k, &k->other, "");
    if (k->keys != NULL)
        return k;
    keylog_free(k);
    return NULL;
}

/* Between packets, as all who call this are. */
static void feed(struct keylog *k, struct keylog_file *f, struct slice text)
{
    tls_keys_reader_feed(&f->reader, text);
    if (k->memory.used > k->memory.limit / 8 * 7)
        k->forgotten += tls_keys_trim(k->keys, tls_keys_count(k->keys) / 4 * 3);
}

/* To the end of what is there. @return false: it cannot be read; `errno` says why. */
static bool read_on(struct keylog *k, struct keylog_file *f)
{
    ssize_t size;
    while ((size = read(f->fd, k->piece, sizeof k->piece)) > 0 || (size < 0 && errno == EINTR)) {
        if (size > 0)
            feed(k, f, (struct slice){k->piece, (size_t)size});
    }
    explicit_bzero(k->piece, sizeof k->piece);
    return size == 0 || errno == EAGAIN;
}

static bool open_file(struct keylog_file *f, bool follow)
{
    f->fd = monitor_open(follow ? MONITOR_FOLLOW_KEYS : MONITOR_READ_KEYS, f->path);
    return f->fd >= 0 && fstat(f->fd, &f->opened) == 0;
}

static void close_file(struct keylog_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    f->fd = -1;
}

static struct keylog_file *append(struct keylog *k, const char *path)
{
    struct keylog_file **files = realloc(k->files, (k->count + 1) * sizeof(struct keylog_file *));
    if (files == NULL)
        return NULL;
    k->files = files;
    struct keylog_file *f = files[k->count] = calloc(1, sizeof *f);
    if (f == NULL)
        return NULL;
    k->count++;
    begin(k, f, path);
    return f;
}

static bool add_socket(struct keylog *k, const char *path)
{
    struct keylog_socket *sockets = realloc(k->sockets, (k->socket_count + 1) * sizeof *sockets);
    if (sockets == NULL)
        return false;
    k->sockets = sockets;
    struct keylog_socket *s = &sockets[k->socket_count++];
    *s = (struct keylog_socket){.path = path};
    s->fd = monitor_open(MONITOR_LISTEN_KEYS, path + sizeof SOCKET_PREFIX - 1);
    return s->fd >= 0;
}

static bool add_file(struct keylog *k, const char *path, bool follow)
{
    struct keylog_file *f = append(k, path);
    if (f == NULL || !open_file(f, follow) || !read_on(k, f))
        return false;
    if (!follow) {
        tls_keys_reader_finish(&f->reader);
        close_file(f);
    }
    return true;
}

bool keylog_add(struct keylog *k, const char *path, bool follow)
{
    bool socket = strncmp(path, SOCKET_PREFIX, sizeof SOCKET_PREFIX - 1) == 0;
    if (socket && !follow) {
        log_error(k->log, "option -k: found %s, which nobody writes to while files are read, expected a TLS key log",
                  path);
        return false;
    }
    errno = ENOMEM;
    if (socket ? add_socket(k, path) : add_file(k, path, follow))
        return true;
    log_error(k->log, "option -k: %s: %s, expected a %s", path, strerror(errno),
              socket ? "socket to make" : "TLS key log");
    return false;
}

void keylog_feed(struct keylog *k, const char *name, struct slice text)
{
    k->other.path = name;
    k->other.reader.line = 1;
    feed(k, &k->other, text);
    tls_keys_reader_finish(&k->other.reader);
    k->other.path = "";
}

/* Whether another file stands under its name, or it was emptied. */
static bool is_replaced(const struct keylog_file *f)
{
    struct stat now;
    int fd = monitor_open(MONITOR_FOLLOW_KEYS, f->path);
    bool there = fd >= 0 && fstat(fd, &now) == 0;
    if (fd >= 0)
        close(fd);
    return there && S_ISREG(now.st_mode) &&
           (now.st_dev != f->opened.st_dev || now.st_ino != f->opened.st_ino ||
            now.st_size < lseek(f->fd, 0, SEEK_CUR));
}

static void poll_file(struct keylog *k, struct keylog_file *f)
{
    bool regular = S_ISREG(f->opened.st_mode);
    if (f->fd >= 0)
        read_on(k, f);
    if (f->fd >= 0 && regular && is_replaced(f)) {
        tls_keys_reader_finish(&f->reader);
        close_file(f);
        f->reader.line = 1;
    }
    if (f->fd < 0 && open_file(f, true))
        read_on(k, f);
}

static void part_from(struct keylog_socket *s, struct keylog_file **writer)
{
    struct keylog_file *f = *writer;
    tls_keys_reader_finish(&f->reader);
    for (int i = 0; i < TLS_LINES; i++)
        s->counts[i] += f->reader.counts[i];
    close_file(f);
    explicit_bzero(f, sizeof *f);
    free(f);
    *writer = NULL;
}

/* @return false: nobody more is waiting, or can be taken. */
static bool accept_writer(struct keylog *k, struct keylog_socket *s)
{
    for (size_t i = 0; i < WRITERS; i++) {
        if (s->writers[i] != NULL)
            continue;
        int fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        struct keylog_file *f = fd >= 0 ? calloc(1, sizeof *f) : NULL;
        if (f == NULL) {
            if (fd >= 0)
                close(fd);
            return false;
        }
        begin(k, f, s->path);
        f->fd = fd;
        s->writers[i] = f;
        return true;
    }
    return false;
}

/* Who has nothing to say is at its end, or may have more to say later. */
static void poll_socket(struct keylog *k, struct keylog_socket *s)
{
    while (s->fd >= 0 && accept_writer(k, s))
        ;
    for (size_t i = 0; i < WRITERS; i++) {
        struct keylog_file *f = s->writers[i];
        errno = 0;
        if (f != NULL && (!read_on(k, f) || errno != EAGAIN))
            part_from(s, &s->writers[i]);
    }
}

/* Lines read so far, by what they were. */
static void sum_lines(const struct keylog *k, uint64_t sum[static TLS_LINES])
{
    for (int line = 0; line < TLS_LINES; line++) {
        sum[line] = k->other.reader.counts[line];
        for (size_t i = 0; i < k->count; i++)
            sum[line] += k->files[i]->reader.counts[line];
        for (size_t i = 0; i < k->socket_count; i++) {
            sum[line] += k->sockets[i].counts[line];
            for (size_t j = 0; j < WRITERS; j++)
                sum[line] += k->sockets[i].writers[j] != NULL ? k->sockets[i].writers[j]->reader.counts[line] : 0;
        }
    }
}

bool keylog_poll(struct keylog *k)
{
    uint64_t before[TLS_LINES], after[TLS_LINES];
    sum_lines(k, before);
    for (size_t i = 0; i < k->count; i++)
        poll_file(k, k->files[i]);
    for (size_t i = 0; i < k->socket_count; i++)
        poll_socket(k, &k->sockets[i]);
    sum_lines(k, after);
    return after[TLS_LINE_ADDED] != before[TLS_LINE_ADDED];
}

bool keylog_follows(const struct keylog *k)
{
    return k->count + k->socket_count > 0;
}

const struct tls_keys *keylog_keys(const struct keylog *k)
{
    return k->keys;
}

void keylog_count(const struct keylog *k, struct counters *counters)
{
    uint64_t lines[TLS_LINES], *of = counters->of;
    sum_lines(k, lines);
    of[COUNT_KEYS_ADDED] += lines[TLS_LINE_ADDED];
    of[COUNT_KEYS_CONTRADICTING] += lines[TLS_LINE_CONTRADICTS];
    of[COUNT_KEYS_MALFORMED] += lines[TLS_LINE_MALFORMED];
    of[COUNT_KEYS_FORGOTTEN] += lines[TLS_LINE_FULL] + k->forgotten;
    of[COUNT_KEYS_CONNECTIONS] += tls_keys_count(k->keys);
}

void keylog_protect(struct log *log)
{
    const struct rlimit none = {0};
    struct rlimit locked;
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        log_note(log, "core dumps cannot be turned off: %s; one would hold keys", strerror(errno));
#ifndef KAPIWATCH_CHECK /* the leak checker attaches to the process */
    prctl(PR_SET_DUMPABLE, 0);
#endif
    /* Where there is a limit, all that is asked for behind it would fail. */
    if (getrlimit(RLIMIT_MEMLOCK, &locked) == 0 && locked.rlim_cur == RLIM_INFINITY)
        mlockall(MCL_CURRENT | MCL_FUTURE);
}

static void forget_sockets(struct keylog *k)
{
    for (size_t i = 0; i < k->socket_count; i++) {
        struct keylog_socket *s = &k->sockets[i];
        for (size_t j = 0; j < WRITERS; j++) {
            if (s->writers[j] != NULL)
                part_from(s, &s->writers[j]);
        }
        if (s->fd >= 0)
            close(s->fd);
    }
    free(k->sockets);
}

size_t keylog_free(struct keylog *k)
{
    if (k == NULL)
        return 0;
    forget_sockets(k);
    for (size_t i = 0; i < k->count; i++) {
        close_file(k->files[i]);
        explicit_bzero(k->files[i], sizeof *k->files[i]);
        free(k->files[i]);
    }
    free(k->files);
    if (k->keys != NULL)
        tls_keys_free(k->keys);
    size_t left = k->memory.used;
    explicit_bzero(k, sizeof *k);
    free(k);
    return left;
}

#include "sensor/keylog.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/tls/keys_reader.h"
#include "sensor/monitor.h"

enum { PIECE = 65536, MISTAKES_TOLD = 10 };

struct keylog_file {
    const char *path; /* borrowed */
    int fd;           /* -1: not open now */
    struct stat opened;
    uint64_t mistakes;
    struct keylog *log;
    struct tls_keys_reader reader;
};

struct keylog {
    struct memory memory;
    struct tls_keys *keys;
    struct log *log;
    struct keylog_file **files;
    size_t count;
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

bool keylog_add(struct keylog *k, const char *path, bool follow)
{
    struct keylog_file *f = append(k, path);
    if (f != NULL && open_file(f, follow) && read_on(k, f)) {
        if (!follow) {
            tls_keys_reader_finish(&f->reader);
            close_file(f);
        }
        return true;
    }
    log_error(k->log, "option -k: %s: %s, expected a TLS key log", path, strerror(f != NULL ? errno : ENOMEM));
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

static uint64_t added(const struct keylog *k)
{
    uint64_t sum = k->other.reader.counts[TLS_LINE_ADDED];
    for (size_t i = 0; i < k->count; i++)
        sum += k->files[i]->reader.counts[TLS_LINE_ADDED];
    return sum;
}

bool keylog_poll(struct keylog *k)
{
    uint64_t before = added(k);
    for (size_t i = 0; i < k->count; i++)
        poll_file(k, k->files[i]);
    return added(k) != before;
}

bool keylog_follows(const struct keylog *k)
{
    return k->count > 0;
}

const struct tls_keys *keylog_keys(const struct keylog *k)
{
    return k->keys;
}

static void count_lines(const struct keylog_file *f, uint64_t *of)
{
    const uint64_t *lines = f->reader.counts;
    of[COUNT_KEYS_ADDED] += lines[TLS_LINE_ADDED];
    of[COUNT_KEYS_CONTRADICTING] += lines[TLS_LINE_CONTRADICTS];
    of[COUNT_KEYS_MALFORMED] += lines[TLS_LINE_MALFORMED];
    of[COUNT_KEYS_FORGOTTEN] += lines[TLS_LINE_FULL];
}

void keylog_count(const struct keylog *k, struct counters *counters)
{
    count_lines(&k->other, counters->of);
    for (size_t i = 0; i < k->count; i++)
        count_lines(k->files[i], counters->of);
    counters->of[COUNT_KEYS_FORGOTTEN] += k->forgotten;
    counters->of[COUNT_KEYS_CONNECTIONS] += tls_keys_count(k->keys);
}

size_t keylog_free(struct keylog *k)
{
    if (k == NULL)
        return 0;
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

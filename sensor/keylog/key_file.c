#include "sensor/keylog/key_file.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/keylog/key_packed.h"

#define SECOND INT64_C(1000000000)

enum {
    READ_AT_ONCE = 1 << 20, /* packets wait meanwhile */
    MARK = 64,
    LOOK_SECONDS = 1, /* how often it is seen whether it was rotated */
    /* Who writes a log goes on writing to the old one until it is told; or the other way round, ends a line there. */
    FORMER_SECONDS = 30
};

/* One file; two of them when it was rotated. */
struct opened {
    int fd; /* -1: none */
    struct stat about;
    uint64_t mark; /* of a file: a hash of the last bytes that were read */
    struct key_lines lines;
};

struct key_file {
    struct key_file *next;
    struct key_origin origin;
    struct opened opened[2];
    unsigned turn; /* which of them stands under the name; the other one did before */
    moment former_until, look_due;
    int unopened, unread; /* why it cannot be opened again, or read, as it was told, so that it is told once: errno */
    bool packed;          /* read whole, and done with */
};

static void open_as(struct key_file *f, struct opened *o, int fd, const struct stat *about)
{
    o->fd = fd;
    o->about = *about;
    key_lines_begin(&o->lines, &f->origin, 0);
}

static void close_opened(struct opened *o)
{
    if (o->fd < 0)
        return;
    key_lines_end(&o->lines);
    close(o->fd);
    o->fd = -1;
}

struct key_file *key_file_new(struct key_store *store, const char *name, int fd)
{
    struct stat about;
    struct key_file *f = fstat(fd, &about) == 0 ? memory_resize(&store->memory, NULL, 0, sizeof *f) : NULL;
    if (f == NULL)
        return NULL;
    f->origin = (struct key_origin){.store = store, .name = name};
    f->opened[1].fd = -1;
    open_as(f, &f->opened[0], fd, &about);
    return f;
}

void key_file_free(struct key_file *f)
{
    close_opened(&f->opened[0]);
    close_opened(&f->opened[1]);
    memory_resize(&f->origin.store->memory, f, sizeof *f, 0);
}

struct key_file **key_file_next(struct key_file *f)
{
    return &f->next;
}

static bool is_file(const struct opened *o)
{
    return S_ISREG(o->about.st_mode);
}

/* Of what stands in the file now before the place to read on from. */
static uint64_t mark_of(const struct key_file *f, const struct opened *o)
{
    uint8_t last[MARK];
    off_t at = lseek(o->fd, 0, SEEK_CUR), from = at > MARK ? at - MARK : 0;
    ssize_t size = pread(o->fd, last, (size_t)(at - from), from);
    uint64_t mark = hash_bytes(f->origin.store->secret, last, size > 0 ? (size_t)size : 0);
    explicit_bzero(last, sizeof last);
    return mark;
}

/* A log that was emptied begins anew, and its size does not tell: it may have grown since. What was read does. */
static void rewind_emptied(const struct key_file *f, struct opened *o)
{
    if (!is_file(o) || mark_of(f, o) == o->mark)
        return;
    key_lines_end(&o->lines);
    key_lines_begin(&o->lines, o->lines.origin, 0);
    lseek(o->fd, 0, SEEK_SET);
}

enum got { GOT_BYTES, GOT_NOTHING, GOT_END, GOT_ERROR };

/* Does not wait, whether the descriptor would or not, if `timeout` is 0; -1: as long as it takes. */
static enum got read_piece(struct key_file *f, struct opened *o, int timeout)
{
    struct key_store *store = f->origin.store;
    struct pollfd ready = {.fd = o->fd, .events = POLLIN};
    if (poll(&ready, 1, timeout) <= 0 && timeout == 0)
        return GOT_NOTHING;
    ssize_t size = read(o->fd, store->piece, sizeof store->piece);
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return timeout == 0 ? GOT_NOTHING : GOT_BYTES;
    if (size <= 0)
        return size == 0 ? GOT_END : GOT_ERROR;
    key_lines_feed(&o->lines, (struct slice){.data = store->piece, .size = (size_t)size});
    explicit_bzero(store->piece, (size_t)size);
    return GOT_BYTES;
}

/* @param error  0: there is none any more. */
static void tell_trouble(struct key_file *f, int *told, int error, const char *what)
{
    if (error != 0 && error != *told)
        key_origin_tell(&f->origin, "%s: %s", what, strerror(error));
    *told = error;
}

/* @return whether there is more. */
static bool read_on(struct key_file *f, struct opened *o)
{
    enum got got = GOT_BYTES;
    rewind_emptied(f, o);
    for (size_t pieces = 0; got == GOT_BYTES && pieces < READ_AT_ONCE / KEY_PIECE; pieces++)
        got = read_piece(f, o, 0);
    if (got == GOT_END && !is_file(o))
        key_lines_end(&o->lines); /* all writers have gone: what the next one begins is a new line */
    if (got == GOT_ERROR || o == &f->opened[f->turn]) /* that the former can be read says nothing of the other */
        tell_trouble(f, &f->unread, got == GOT_ERROR ? errno : 0, "it cannot be read any more, and is tried again");
    if (got == GOT_ERROR)
        close_opened(o);
    else if (is_file(o))
        o->mark = mark_of(f, o);
    return got == GOT_BYTES;
}

/* @return the errno that says why it cannot be read on from, or 0. */
static int unfit(int fd, struct stat *about)
{
    if (fd < 0 || fstat(fd, about) != 0)
        return errno;
    if (S_ISREG(about->st_mode) || S_ISFIFO(about->st_mode))
        return 0;
    return S_ISDIR(about->st_mode) ? EISDIR : ENXIO;
}

/* Whether another file stands under the name; then it is the one, and the one before is the former. */
static void look(struct key_file *f, moment now, const struct key_reopen *reopen)
{
    struct opened *o = &f->opened[f->turn];
    struct stat about;
    int fd = reopen->open(reopen->owner, f->origin.name), why = unfit(fd, &about);
    if (why == 0 && (o->fd < 0 || about.st_dev != o->about.st_dev || about.st_ino != o->about.st_ino)) {
        close_opened(&f->opened[!f->turn]);
        f->turn = !f->turn;
        f->former_until = now + FORMER_SECONDS * SECOND;
        open_as(f, &f->opened[f->turn], fd, &about);
    } else if (fd >= 0) {
        close(fd);
    }
    if (why == ENOENT) /* between renaming and making anew there is none */
        why = 0;
    tell_trouble(f, &f->unopened, why, "it cannot be opened again");
}

bool key_file_poll(struct key_file *f, moment now, const struct key_reopen *reopen)
{
    if (f->packed)
        return false;
    if (now >= f->look_due) {
        look(f, now, reopen);
        f->look_due = now + LOOK_SECONDS * SECOND;
    }
    struct opened *former = &f->opened[!f->turn], *o = &f->opened[f->turn];
    bool more = former->fd >= 0 && read_on(f, former);
    if (!more && now >= f->former_until)
        close_opened(former);
    return (o->fd >= 0 && read_on(f, o)) || more;
}

/* What it is by its first bytes, of a file: what comes through a FIFO cannot be looked at without taking it. */
static struct file_kind kind_of(const struct opened *o)
{
    uint8_t first[KIND_BYTES];
    ssize_t size = is_file(o) ? pread(o->fd, first, sizeof first, 0) : 0;
    return file_kind_of((struct slice){.data = first, .size = size > 0 ? (size_t)size : 0});
}

static bool refuse(struct key_file *f, const char *what)
{
    log_error(f->origin.store->log, "%s: found %s, expected a TLS key log", f->origin.name, what);
    close_opened(&f->opened[f->turn]);
    return false;
}

static bool read_packed(struct key_file *f, struct opened *o, enum file_format format)
{
    bool whole = key_packed_read(&o->lines, o->fd, format);
    o->fd = -1;
    key_lines_end(&o->lines);
    f->packed = true;
    return whole;
}

bool key_file_read_all(struct key_file *f, bool follow)
{
    struct opened *o = &f->opened[f->turn];
    struct file_kind kind = kind_of(o);
    if (kind.format == FORMAT_GZIP || kind.format == FORMAT_ZSTD)
        return read_packed(f, o, kind.format);
    if (kind.format != FORMAT_NONE || kind.hint != NULL)
        return refuse(f, kind.what);
    if (S_ISDIR(o->about.st_mode))
        return refuse(f, "a folder");
    if (follow && !is_file(o))
        return true; /* it may never pause */
    enum got got = GOT_BYTES;
    while (got == GOT_BYTES)
        got = read_piece(f, o, follow ? 0 : -1);
    if (got == GOT_ERROR)
        return refuse(f, strerror(errno));
    o->mark = follow ? mark_of(f, o) : 0;
    if (!follow)
        close_opened(o);
    return true;
}

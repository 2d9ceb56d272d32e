#include "sensor/report/target.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    BATCH = 256 * 1024,
    WIDTH = 80,
    WIDTH_MAX = 120,
    PATIENCE = 10, /* seconds */
    RETRY = 1,     /* likewise */
    LOOK = 1000    /* milliseconds between two looks whether the run is to end */
};

struct target {
    char *name;
    int fd; /* -1: of a socket that nobody listens at */
    int error;
    bool (*over)(void);
    int (*connect)(const char *name); /* NULL: what breaks stays broken */
    time_t tried;
    uint64_t dropped;
};

struct target *target_new(const char *name, int fd, bool (*over)(void), int (*connect)(const char *name))
{
    struct target *t = calloc(1, sizeof *t);
    struct stat about;
    if (!t)
        return NULL;
    *t = (struct target){.name = strdup(name), .fd = fd, .over = over};
    if (strcmp(name, "-") != 0 && fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode))
        t->connect = connect;
    if (t->name)
        return t;
    free(t);
    return NULL;
}

static bool is_standard(const struct target *t)
{
    return strcmp(t->name, "-") == 0;
}

static bool is_file(const struct target *t)
{
    struct stat about;
    return !is_standard(t) && fstat(t->fd, &about) == 0 && S_ISREG(about.st_mode);
}

/* A FIFO, which is opened non-blocking, or a pipe or terminal that somebody else set so: wait until it takes more. */
static void wait_writable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    poll(&p, 1, LOOK); /* whatever it says, writing again tells */
}

static time_t now_of_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* A slow reader is waited for, and one that takes nothing as well, until the run is to end.
 * @param since  when it was to end and nothing was taken first; 0: not yet. */
static bool is_patient(const struct target *t, time_t *since)
{
    if (!t->over || !t->over())
        return true;
    time_t now = now_of_clock();
    if (*since == 0)
        *since = now;
    return now - *since < PATIENCE;
}

static size_t write_all(struct target *t, const char *bytes, size_t size)
{
    size_t done = 0;
    time_t since = 0;
    while (done < size && !t->error) {
        ssize_t n = write(t->fd, bytes + done, size - done);
        int why = n < 0 ? errno : EIO;
        bool full = n < 0 && (why == EAGAIN || why == EWOULDBLOCK);
        if (n > 0) {
            done += (size_t)n;
            since = 0;
        } else if (!full && (n == 0 || why != EINTR)) {
            t->error = why;
        } else if (!is_patient(t, &since)) {
            t->error = ETIME;
        } else if (full) {
            wait_writable(t->fd);
        }
    }
    return done;
}

/* Of a file, the piece of a line that a full disk left at its end: who reads it, or goes on writing it, shall find
 * whole lines. Unless somebody else wrote meanwhile. @return how many of the bytes stay. */
static size_t take_back(struct target *t, const char *bytes, size_t done)
{
    struct stat about;
    size_t whole = done;
    while (whole > 0 && bytes[whole - 1] != '\n')
        whole--;
    off_t piece = (off_t)(done - whole);
    if (piece == 0 || fstat(t->fd, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size < piece ||
        lseek(t->fd, 0, SEEK_CUR) != about.st_size || ftruncate(t->fd, about.st_size - piece) != 0)
        return done;
    return whole;
}

/* Who listens at a socket may be started anew. What it did not take is not sent again: of a line that it had in part
 * nobody knows. */
static void leave_if_left(struct target *t)
{
    if (!t->connect || (t->error != EPIPE && t->error != ECONNRESET))
        return;
    close(t->fd);
    t->fd = -1;
    t->error = 0;
    t->tried = now_of_clock();
}

static bool is_there(struct target *t)
{
    time_t now = t->fd < 0 ? now_of_clock() : 0;
    if (t->fd >= 0 || now - t->tried < RETRY)
        return t->fd >= 0;
    t->tried = now;
    t->fd = t->connect(t->name);
    return t->fd >= 0;
}

void target_write(struct target *t, struct buffer *from, bool now)
{
    if (!now && from->size < BATCH)
        return;
    size_t done = !t->error && is_there(t) ? write_all(t, from->bytes, from->size) : 0;
    if (done < from->size)
        done = take_back(t, from->bytes, done);
    leave_if_left(t);
    t->dropped += from->size - done;
    from->size = 0;
}

/* A network file system tells only here that the disk is full. After EINTR the descriptor is gone all the same. */
static void close_fd(struct target *t)
{
    if (t->fd >= 0 && close(t->fd) != 0 && errno != EINTR && !t->error)
        t->error = errno;
}

int target_reopen(struct target *t, int (*reopen)(const char *path))
{
    if (!is_file(t))
        return 0;
    int fd = reopen(t->name);
    if (fd < 0)
        return errno;
    close_fd(t);
    t->fd = fd;
    return 0;
}

int target_error(const struct target *t)
{
    return t->error;
}

uint64_t target_dropped(const struct target *t)
{
    return t->dropped;
}

bool target_is_left(const struct target *t)
{
    return t->fd < 0;
}

const char *target_name(const struct target *t)
{
    return is_standard(t) ? "standard output" : t->name;
}

unsigned target_width(const struct target *t)
{
    struct winsize size;
    if (ioctl(t->fd, TIOCGWINSZ, &size) != 0 || size.ws_col < WIDTH)
        return WIDTH;
    return size.ws_col < WIDTH_MAX ? size.ws_col : WIDTH_MAX;
}

int target_close(struct target *t)
{
    close_fd(t);
    int error = t->error;
    free(t->name);
    free(t);
    return error;
}

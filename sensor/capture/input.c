#include "sensor/capture/input.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAIT_MS = 100 };

struct input {
    FILE *file;
    int fd;     /* -1: it has none, and is read as a stream */
    bool waits; /* no file on a disk: there may be nothing for a while */
    int error;
};

struct input *input_new(FILE *file)
{
    struct input *in = calloc(1, sizeof *in);
    if (in == NULL) {
        fclose(file);
        return NULL;
    }
    in->file = file;
    in->fd = fileno(file);
    struct stat about;
    in->waits = in->fd >= 0 && fstat(in->fd, &about) == 0 && !S_ISREG(about.st_mode);
    return in;
}

void input_free(struct input *in)
{
    fclose(in->file);
    free(in);
}

/* For a tenth of a second: what has been found out so far is to be told while a pipe is silent. */
static bool wait_for_bytes(int fd)
{
    struct pollfd waited = {.fd = fd, .events = POLLIN};
    return poll(&waited, 1, WAIT_MS) > 0;
}

static enum input_got outcome(struct input *in, ssize_t count, size_t *got)
{
    *got = count > 0 ? (size_t)count : 0;
    if (count > 0)
        return INPUT_BYTES;
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return INPUT_IDLE;
    if (count == 0)
        return INPUT_END;
    in->error = errno != 0 ? errno : EIO;
    return INPUT_FAILED;
}

enum input_got input_read(struct input *in, uint8_t *to, size_t size, size_t *got)
{
    errno = 0;
    if (in->fd < 0) {
        size_t count = fread(to, 1, size, in->file);
        return outcome(in, count == 0 && ferror(in->file) ? -1 : (ssize_t)count, got);
    }
    *got = 0;
    if (in->waits && !wait_for_bytes(in->fd))
        return INPUT_IDLE;
    return outcome(in, read(in->fd, to, size), got);
}

int input_error(const struct input *in)
{
    return in->error;
}

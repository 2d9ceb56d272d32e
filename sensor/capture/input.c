#include "sensor/capture/input.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

struct input {
    FILE *file;
    int fd; /* -1: it has none, and is read as a stream */
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
    return in;
}

void input_free(struct input *in)
{
    fclose(in->file);
    free(in);
}

/* A descriptor that somebody else made non-blocking is waited for all the same. */
static ssize_t read_waiting(int fd, uint8_t *to, size_t size)
{
    ssize_t got;
    while ((got = read(fd, to, size)) < 0 && errno == EAGAIN) {
        struct pollfd waited = {.fd = fd, .events = POLLIN};
        if (poll(&waited, 1, -1) < 0)
            return -1;
    }
    return got;
}

enum input_got input_read(struct input *in, uint8_t *to, size_t size, size_t *got)
{
    *got = 0;
    errno = 0;
    ssize_t count = in->fd >= 0 ? read_waiting(in->fd, to, size) : (ssize_t)fread(to, 1, size, in->file);
    if (count > 0) {
        *got = (size_t)count;
        return INPUT_BYTES;
    }
    if (count < 0 && errno == EINTR)
        return INPUT_IDLE;
    if (count == 0 && (in->fd >= 0 || !ferror(in->file)))
        return INPUT_END;
    in->error = errno != 0 ? errno : EIO;
    return INPUT_FAILED;
}

int input_error(const struct input *in)
{
    return in->error;
}

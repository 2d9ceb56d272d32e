/* fopencookie() is glibc's. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "sensor/capture/input.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    INPUT_BUFFER = 262144
}; /* libpcap reads packet by packet; stdio's own 4 KiB would cost a system call for three */

struct input {
    FILE *file;
    uint8_t first[KIND_BYTES];
    size_t first_size, first_given;
    off64_t given; /* all that the stream was given */
    int error;
    char buffer[INPUT_BUFFER];
};

/* What is there, without waiting for more: a pipe's packets are to be judged when they come. */
static ssize_t read_some(struct input *in, void *to, size_t size)
{
    int fd = fileno(in->file);
    ssize_t got = fd >= 0 ? read(fd, to, size) : (ssize_t)fread(to, 1, size, in->file);
    if (got < 0)
        in->error = errno;
    return got;
}

static void read_first(struct input *in)
{
    while (in->first_size < sizeof in->first) {
        ssize_t got = read_some(in, in->first + in->first_size, sizeof in->first - in->first_size);
        if (got <= 0)
            return;
        in->first_size += (size_t)got;
    }
}

static ssize_t stream_read(void *cookie, char *to, size_t size)
{
    struct input *in = cookie;
    ssize_t got;
    if (in->first_given < in->first_size) {
        size_t left = in->first_size - in->first_given;
        size_t part = size < left ? size : left;
        memcpy(to, in->first + in->first_given, part);
        in->first_given += part;
        got = (ssize_t)part;
    } else {
        got = read_some(in, to, size);
    }
    if (got > 0)
        in->given += got;
    return got;
}

/* Serves ftello() alone, which is how the offset of an error is found. */
static int stream_seek(void *cookie, off64_t *offset, int whence)
{
    const struct input *in = cookie;
    if (whence != SEEK_CUR || *offset != 0) {
        errno = ESPIPE;
        return -1;
    }
    *offset = in->given;
    return 0;
}

struct input *input_new(FILE *file)
{
    struct input *in = calloc(1, sizeof *in);
    if (in == NULL) {
        fclose(file);
        return NULL;
    }
    in->file = file;
    read_first(in);
    return in;
}

void input_free(struct input *in)
{
    fclose(in->file);
    free(in);
}

struct slice input_first(const struct input *in)
{
    return (struct slice){.data = in->first, .size = in->first_size};
}

int input_error(const struct input *in)
{
    return in->error;
}

FILE *input_stream(struct input *in)
{
    FILE *stream = fopencookie(in, "r", (cookie_io_functions_t){.read = stream_read, .seek = stream_seek});
    if (stream != NULL)
        setvbuf(stream, in->buffer, _IOFBF, sizeof in->buffer);
    return stream;
}

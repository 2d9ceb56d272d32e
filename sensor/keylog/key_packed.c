#include "sensor/keylog/key_packed.h"

#include <errno.h>
#include <unistd.h>

#include "sensor/capture/compressed.h"

static enum input_got read_all(struct key_lines *l, struct compressed *c)
{
    struct key_store *store = l->origin->store;
    enum input_got result;
    size_t got;
    while ((result = compressed_read(c, store->piece, sizeof store->piece, &got)) == INPUT_BYTES ||
           result == INPUT_IDLE)
        key_lines_feed(l, (struct slice){.data = store->piece, .size = got});
    explicit_bzero(store->piece, sizeof store->piece);
    return result;
}

static struct input *input_of(int fd)
{
    FILE *file = fdopen(fd, "r");
    if (file == NULL)
        close(fd);
    return file != NULL ? input_new(file) : NULL;
}

bool key_packed_read(struct key_lines *l, int fd, enum file_format format)
{
    const struct key_origin *o = l->origin;
    struct input *input = input_of(fd);
    struct compressed *c =
        input != NULL ? compressed_new(format, input, (struct slice){.data = o->store->piece, .size = 0}) : NULL;
    bool whole = c != NULL && read_all(l, c) == INPUT_END;
    if (c == NULL)
        log_error(o->store->log, "%s: %s", o->name, strerror(ENOMEM));
    else if (!whole)
        log_error(o->store->log, "%s: %s", o->name,
                  compressed_problem(c) != NULL ? compressed_problem(c) : strerror(input_error(input)));
    if (c != NULL)
        compressed_free(c);
    if (input != NULL)
        input_free(input);
    return whole;
}

#include "sensor/capture/stretch.h"

#include <errno.h>
#include <stdlib.h>

#include "sensor/capture/compressed.h"

enum { ROOM_FIRST = 16384, ROOM_LATER = 524288 };

bool stretch_init(struct stretch *s, FILE *file)
{
    *s = (struct stretch){.input = input_new(file)};
    if (s->input == NULL)
        return false;
    s->room = malloc(ROOM_FIRST);
    s->room_size = ROOM_FIRST;
    s->at = s->end = s->room;
    return s->room != NULL;
}

void stretch_deinit(struct stretch *s)
{
    if (s->compressed != NULL)
        compressed_free(s->compressed);
    if (s->input != NULL)
        input_free(s->input);
    free(s->room);
    *s = (struct stretch){.room = NULL};
}

bool stretch_unpack(struct stretch *s, enum file_format format)
{
    struct slice packed = {.data = s->at, .size = stretch_left(s)};
    s->compressed = compressed_new(format, s->input, packed);
    s->at = s->end = s->room;
    s->before = 0;
    return s->compressed != NULL;
}

/* What is left goes to the front of a room for at least `size` bytes. */
static bool make_room(struct stretch *s, size_t size)
{
    size_t left = stretch_left(s);
    s->before = stretch_offset(s);
    size_t wanted = s->before > 0 && s->room_size < ROOM_LATER ? ROOM_LATER : s->room_size;
    memmove(s->room, s->at, left);
    wanted = wanted < size ? size : wanted;
    if (wanted > s->room_size) {
        uint8_t *room = realloc(s->room, wanted);
        s->no_memory = room == NULL;
        s->room = room != NULL ? room : s->room;
        s->room_size = room != NULL ? wanted : s->room_size;
    }
    s->at = s->room;
    s->end = s->room + left;
    return !s->no_memory;
}

static bool has_room(const struct stretch *s, size_t size)
{
    bool used_up = s->at == s->end && s->at != s->room;
    return !used_up && (size_t)(s->at - s->room) + size <= s->room_size;
}

enum input_got stretch_fill(struct stretch *s, size_t size)
{
    if (!has_room(s, size) && !make_room(s, size))
        return INPUT_FAILED;
    while (stretch_left(s) < size) {
        uint8_t *to = s->room + (s->end - s->room);
        size_t free_room = s->room_size - (size_t)(s->end - s->room), got;
        enum input_got result = s->compressed != NULL ? compressed_read(s->compressed, to, free_room, &got)
                                                      : input_read(s->input, to, free_room, &got);
        if (result != INPUT_BYTES)
            return result;
        s->end += got;
    }
    return INPUT_BYTES;
}

enum input_got stretch_skip(struct stretch *s, uint64_t *left)
{
    for (;;) {
        size_t there = stretch_left(s);
        size_t part = *left < there ? (size_t)*left : there;
        s->at += part;
        *left -= part;
        if (*left == 0)
            return INPUT_BYTES;
        enum input_got result = stretch_fill(s, 1);
        if (result != INPUT_BYTES)
            return result;
    }
}

void stretch_problem(const struct stretch *s, struct capture_error *error)
{
    const char *packed = s->compressed != NULL ? compressed_problem(s->compressed) : NULL;
    if (packed != NULL)
        snprintf(error->text, sizeof error->text, "%s", packed);
    else
        snprintf(error->text, sizeof error->text, "%s", s->no_memory ? "no memory" : strerror(input_error(s->input)));
}

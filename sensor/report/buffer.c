#include "sensor/report/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROOM_FIRST = 4096 };

void buffer_deinit(struct buffer *b)
{
    free(b->bytes);
    *b = (struct buffer){0};
}

char *buffer_reserve(struct buffer *b, size_t size)
{
    if (b->failed)
        return NULL;
    if (b->room - b->size < size) {
        size_t room = b->room ? b->room : ROOM_FIRST;
        while (room - b->size < size && room <= SIZE_MAX / 2)
            room *= 2;
        char *bytes = room - b->size < size ? NULL : realloc(b->bytes, room);
        if (!bytes) {
            b->failed = true;
            return NULL;
        }
        b->bytes = bytes;
        b->room = room;
    }
    return b->bytes + b->size;
}

void buffer_add(struct buffer *b, const void *bytes, size_t size)
{
    char *at = buffer_reserve(b, size);
    if (!at)
        return;
    memcpy(at, bytes, size);
    b->size += size;
}

void buffer_text(struct buffer *b, const char *text)
{
    buffer_add(b, text, strlen(text));
}

void buffer_number(struct buffer *b, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    buffer_add(b, digits + at, sizeof digits - at);
}

void buffer_format(struct buffer *b, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int size = vsnprintf(NULL, 0, format, list);
    char *at = size < 0 ? NULL : buffer_reserve(b, (size_t)size + 1);
    if (at) {
        vsnprintf(at, (size_t)size + 1, format, again);
        b->size += (size_t)size;
    }
    va_end(again);
    va_end(list);
}

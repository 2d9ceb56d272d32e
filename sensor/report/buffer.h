/* Bytes on their way to a target: grows, belongs to one output, emptied by its target. */
#ifndef SENSOR_REPORT_BUFFER_H
#define SENSOR_REPORT_BUFFER_H

#include "proto/base/slice.h"

struct buffer {
    char *bytes;
    size_t size, room;
    bool failed; /* no memory: what was added since is lost; the owner says so once */
};

void buffer_deinit(struct buffer *b);
void buffer_add(struct buffer *b, const void *bytes, size_t size);
void buffer_text(struct buffer *b, const char *text);
void buffer_number(struct buffer *b, uint64_t number);
void buffer_format(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** At least `size` bytes to write to directly; the writer then adds what it wrote to `size`. NULL when failed. */
char *buffer_reserve(struct buffer *b, size_t size);

#endif

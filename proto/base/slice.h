/* Borrowed bytes, and a reader over them whose error is sticky.
 *
 * The only place with length arithmetic. A parser reads as if all were there and asks once, at the
 * end, whether it was: after a read past the end every read gives 0 or an empty slice. */
#ifndef PROTO_BASE_SLICE_H
#define PROTO_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Bytes of somebody else. Valid as long as the giver says: in a callback, until it returns.
 *  `data` is never NULL, not even for no bytes: NULL + 0 is undefined, and the sanitizer says so. */
struct slice {
    const uint8_t *data;
    size_t size;
};

/** The bytes of a C string, without its end. */
static inline struct slice slice_of(const char *text)
{
    return (struct slice){.data = (const uint8_t *)text, .size = strlen(text)};
}

/** Bytes `from` up to, not including, `to`; both are cut to what is there. */
static inline struct slice slice_part(struct slice s, size_t from, size_t to)
{
    to = to < s.size ? to : s.size;
    from = from < to ? from : to;
    return (struct slice){.data = s.data + from, .size = to - from};
}

/** The first `most` bytes, or what there is of them, taken off the front of `rest`. */
static inline struct slice slice_take(struct slice *rest, size_t most)
{
    size_t size = most < rest->size ? most : rest->size;
    struct slice front = {.data = rest->data, .size = size};
    *rest = (struct slice){.data = rest->data + size, .size = rest->size - size};
    return front;
}

static inline bool slice_same(struct slice a, struct slice b)
{
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

static inline bool slice_is(struct slice s, const char *text)
{
    size_t size = strlen(text); /* a constant where `text` is one, and so is the comparison's */
    return s.size == size && memcmp(s.data, text, size) == 0;
}

static inline bool slice_begins(struct slice s, const char *text)
{
    size_t size = strlen(text);
    return s.size >= size && memcmp(s.data, text, size) == 0;
}

/** ASCII only: what is not a letter there has one case. */
static inline uint8_t byte_lower(uint8_t b)
{
    return b >= 'A' && b <= 'Z' ? (uint8_t)(b | 0x20) : b;
}

/** The value of a hexadecimal digit, or -1. */
static inline int byte_hex(uint8_t b)
{
    if (b >= '0' && b <= '9')
        return b - '0';
    b = byte_lower(b);
    return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
}

static inline bool slice_same_nocase(struct slice a, struct slice b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++) {
        if (byte_lower(a.data[i]) != byte_lower(b.data[i]))
            return false;
    }
    return true;
}

/** The place of the first `byte`, or `s.size`. */
static inline size_t slice_find(struct slice s, uint8_t byte)
{
    const uint8_t *at = s.size ? memchr(s.data, byte, s.size) : NULL;
    return at ? (size_t)(at - s.data) : s.size;
}

/** Without the blanks and tabs at both ends. */
static inline struct slice slice_trim(struct slice s)
{
    const uint8_t *at = s.data, *end = s.data + s.size;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (at < end && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return (struct slice){.data = at, .size = (size_t)(end - at)};
}

struct reader {
    const uint8_t *at;
    const uint8_t *end;
    bool failed; /* something was read that was not there */
};

static inline struct reader reader_of(struct slice s)
{
    return (struct reader){.at = s.data, .end = s.data + s.size, .failed = false};
}

static inline size_t reader_left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

/** The next `size` bytes, without copying. */
static inline struct slice read_slice(struct reader *r, size_t size)
{
    if (size > reader_left(r)) {
        r->failed = true;
        r->at = r->end;
        return (struct slice){.data = r->end, .size = 0};
    }
    struct slice s = {.data = r->at, .size = size};
    r->at += size;
    return s;
}

static inline uint8_t read_u8(struct reader *r)
{
    struct slice s = read_slice(r, 1);
    return s.size ? s.data[0] : 0;
}

/** Network byte order, as all the numbers here. */
static inline uint16_t read_u16(struct reader *r)
{
    struct slice s = read_slice(r, 2);
    return s.size ? (uint16_t)(s.data[0] * 256u + s.data[1]) : 0;
}

static inline uint32_t read_u24(struct reader *r)
{
    struct slice s = read_slice(r, 3);
    return s.size ? (uint32_t)s.data[0] << 16 | (uint32_t)s.data[1] << 8 | s.data[2] : 0;
}

static inline uint32_t read_u32(struct reader *r)
{
    uint32_t high = read_u16(r);
    return high << 16 | read_u16(r);
}

/** A reader over the next `size` bytes, as in TLS vectors: `read_part(r, read_u16(r))`.
 *  A part that is not all there is failed from the start, and so is `r`. */
static inline struct reader read_part(struct reader *r, size_t size)
{
    struct reader part = reader_of(read_slice(r, size));
    part.failed = r->failed;
    return part;
}

#endif

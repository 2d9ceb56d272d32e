/* pcapng files written block by block, and what reading them came to. For the tests of files. */
#ifndef TESTS_UNIT_SAVEFILE_RIG_H
#define TESTS_UNIT_SAVEFILE_RIG_H

#include "sensor/capture/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

enum { ROOM = 1 << 20, ETHERNET = 1, RAW = 101, USB = 249 };

struct bytes {
    uint8_t at[ROOM];
    size_t size;
    bool big;
};

static inline void put(struct bytes *b, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        b->at[b->size++] = (uint8_t)(value >> 8 * (b->big ? size - 1 - i : i));
}

static inline void put_bytes(struct bytes *b, const void *bytes, size_t size)
{
    memcpy(b->at + b->size, bytes, size);
    b->size += size;
    while (b->size % 4 != 0)
        b->at[b->size++] = 0;
}

/* @return where the block begins; end_block() sets its lengths. */
static inline size_t begin_block(struct bytes *b, uint32_t type)
{
    size_t begin = b->size;
    put(b, type, 4);
    put(b, 0, 4);
    return begin;
}

static inline void end_block(struct bytes *b, size_t begin)
{
    size_t length = b->size + 4 - begin, end = b->size;
    b->size = begin + 4;
    put(b, length, 4);
    b->size = end;
    put(b, length, 4);
}

static inline void section(struct bytes *b)
{
    size_t begin = begin_block(b, 0x0a0d0d0a);
    put(b, 0x1a2b3c4d, 4);
    put(b, 1, 4);
    if (b->big) {
        b->size -= 4;
        put(b, 1, 2);
        put(b, 0, 2);
    }
    put(b, UINT64_MAX, 8);
    end_block(b, begin);
}

static inline void interface(struct bytes *b, unsigned link_type)
{
    size_t begin = begin_block(b, 1);
    put(b, link_type, 2);
    put(b, 0, 6);
    end_block(b, begin);
}

static inline void packet(struct bytes *b, uint32_t of, uint64_t microseconds, const void *bytes, size_t size)
{
    size_t begin = begin_block(b, 6);
    put(b, of, 4);
    put(b, microseconds >> 32, 4);
    put(b, microseconds & 0xffffffff, 4);
    put(b, size, 4);
    put(b, size, 4);
    put_bytes(b, bytes, size);
    end_block(b, begin);
}

static inline void secrets(struct bytes *b, uint32_t kind, const char *text)
{
    size_t begin = begin_block(b, 10);
    put(b, kind, 4);
    put(b, strlen(text), 4);
    put_bytes(b, text, strlen(text));
    end_block(b, begin);
}

static inline struct bytes *new_bytes(bool big)
{
    struct bytes *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->big = big;
    section(b);
    return b;
}

/* A section with one Ethernet interface and three packets. */
static inline struct bytes *small(bool big)
{
    struct bytes *b = new_bytes(big);
    interface(b, ETHERNET);
    packet(b, 0, 1000000, "aaaa", 4);
    packet(b, 0, 2000000, "bbbbb", 5);
    packet(b, 0, 3000000, "", 0);
    return b;
}

static inline FILE *file_of(const void *bytes, size_t size)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    rewind(file);
    return file;
}

/* What reading a file came to. */
struct told {
    unsigned frames, notes, wrongs, failures;
    char first[256]; /* the first bytes of the frames, one a frame */
    char keys[256], note[CAPTURE_ERROR_MAX], wrong[CAPTURE_ERROR_MAX], failure[CAPTURE_ERROR_MAX];
    struct capture_counts counts;
    bool refused;
};

static inline void take_key_log(void *owner, const char *name, struct slice text)
{
    assert_string_equal(name, "f");
    struct told *t = owner;
    size_t used = strlen(t->keys);
    snprintf(t->keys + used, sizeof t->keys - used, "%u:%.*s;", t->frames, (int)text.size, (const char *)text.data);
}

static inline void take_note(void *owner, const char *line)
{
    struct told *t = owner;
    t->notes++;
    snprintf(t->note, sizeof t->note, "%s", line);
}

static inline void take_wrong(void *owner, const char *line)
{
    struct told *t = owner;
    t->wrongs++;
    snprintf(t->wrong, sizeof t->wrong, "%s", line);
}

static inline void take_frames(struct capture *c, struct told *t)
{
    struct capture_error error;
    struct frame f;
    enum capture_got got;
    while ((got = capture_next(c, &f, &error)) != CAPTURE_END) {
        if (got == CAPTURE_FRAME && t->frames < sizeof t->first - 1)
            t->first[t->frames] = f.bytes.size > 0 ? (char)f.bytes.data[0] : '-';
        t->frames += got == CAPTURE_FRAME;
        if (got != CAPTURE_FAILED)
            continue;
        t->failures++;
        snprintf(t->failure, sizeof t->failure, "%s", error.text);
    }
}

static inline struct told read_file(FILE *file, const char *filter)
{
    struct told t = {.frames = 0};
    struct capture_error error;
    struct capture *c = capture_new();
    capture_listen(
        c, &(struct capture_listener){.key_log = take_key_log, .note = take_note, .wrong = take_wrong, .owner = &t});
    t.refused = !capture_add_file(c, "f", file, filter, &error);
    if (t.refused)
        snprintf(t.failure, sizeof t.failure, "%s", error.text);
    else
        take_frames(c, &t);
    capture_count(c, &t.counts);
    capture_free(c);
    assert_null(strchr(t.failure, '\n'));
    return t;
}

static inline struct told read_bytes(const void *bytes, size_t size)
{
    return read_file(file_of(bytes, size), NULL);
}

static inline void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", text, part);
}

#endif

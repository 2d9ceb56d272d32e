#include "tests/tools/go_hpack_reader.h"

#include <stdlib.h>
#include <string.h>

enum { STATIC_ENTRIES = 61, ENTRY_OVERHEAD = 32 };

struct string {
    uint8_t *bytes; /* its own */
    size_t size;
};

struct entry {
    struct string name, value;
};

struct go_reader {
    nghttp2_hd_inflater *inflater; /* for its static table, and to decode single strings */
    struct entry *entries;         /* the newest last */
    size_t count;
    uint64_t size, bound, allowed;
    const uint8_t *at, *end;
    bool failed;
};

static struct string copy(const uint8_t *bytes, size_t size)
{
    struct string s = {malloc(size + 1), size};
    if (s.bytes == NULL)
        abort();
    if (size > 0)
        memcpy(s.bytes, bytes, size);
    return s;
}

static void entry_free(struct entry *e)
{
    free(e->name.bytes);
    free(e->value.bytes);
}

struct go_reader *go_reader_new(void)
{
    struct go_reader *g = calloc(1, sizeof *g);
    if (g == NULL || nghttp2_hd_inflate_new(&g->inflater) != 0)
        abort();
    g->bound = g->allowed = 4096;
    return g;
}

static void evict(struct go_reader *g)
{
    while (g->size > g->bound) {
        g->size -= g->entries[0].name.size + g->entries[0].value.size + ENTRY_OVERHEAD;
        entry_free(&g->entries[0]);
        memmove(g->entries, g->entries + 1, --g->count * sizeof(struct entry));
    }
}

void go_reader_free(struct go_reader *g)
{
    g->bound = 0;
    evict(g);
    nghttp2_hd_inflate_del(g->inflater);
    free(g->entries);
    free(g);
}

void go_reader_allow(struct go_reader *g, uint32_t size)
{
    g->allowed = size;
}

static uint8_t read_byte(struct go_reader *g)
{
    g->failed |= g->at == g->end;
    return g->failed ? 0 : *g->at++;
}

static uint64_t read_number(struct go_reader *g, uint8_t first, unsigned bits)
{
    uint64_t mask = (1ULL << bits) - 1, number = first & mask;
    if (number < mask)
        return number;
    for (unsigned i = 0; i < 9; i++) {
        uint8_t byte = read_byte(g);
        number += (uint64_t)(byte & 127) << 7 * i;
        if (byte < 128)
            return number;
    }
    g->failed = true;
    return 0;
}

/* By a block of nghttp2's that has no other field: never indexed, a name of one byte, then the string. */
static struct string decode(struct go_reader *g, const uint8_t *coded, size_t size)
{
    uint8_t *block = malloc(size + 16);
    if (block == NULL)
        abort();
    uint8_t *put = block;
    for (const char *head = "\x10\x01x"; *head != '\0'; head++)
        *put++ = (uint8_t)*head;
    *put++ = size < 127 ? (uint8_t)(0x80 | size) : 0xff;
    if (size >= 127) {
        size_t left = size - 127;
        for (; left >= 128; left >>= 7)
            *put++ = (uint8_t)(128 | (left & 127));
        *put++ = (uint8_t)left;
    }
    if (size > 0)
        memcpy(put, coded, size);
    nghttp2_nv field = {.value = NULL};
    int flags = 0;
    ssize_t used = nghttp2_hd_inflate_hd2(g->inflater, &field, &flags, block, (size_t)(put - block) + size, 1);
    struct string s = copy(field.value, used > 0 && field.value != NULL ? field.valuelen : 0);
    if (used > 0 && flags & NGHTTP2_HD_INFLATE_EMIT) {
        nghttp2_hd_inflate_hd2(g->inflater, &field, &flags, block, 0, 1);
        nghttp2_hd_inflate_end_headers(g->inflater);
    } else {
        g->failed = true; /* and the inflater dead */
        nghttp2_hd_inflate_del(g->inflater);
        if (nghttp2_hd_inflate_new(&g->inflater) != 0)
            abort();
    }
    free(block);
    return s;
}

static struct string read_string(struct go_reader *g)
{
    uint8_t first = read_byte(g);
    uint64_t size = read_number(g, first, 7);
    if (g->failed || size > (uint64_t)(g->end - g->at)) {
        g->failed = true;
        return copy(NULL, 0);
    }
    const uint8_t *bytes = g->at;
    g->at += size;
    return first & 0x80 ? decode(g, bytes, (size_t)size) : copy(bytes, (size_t)size);
}

static struct entry look_up(struct go_reader *g, uint64_t index)
{
    nghttp2_nv fixed = {.name = NULL};
    if (index == 0 || index > STATIC_ENTRIES + g->count) {
        g->failed = true;
    } else if (index > STATIC_ENTRIES) {
        const struct entry *e = &g->entries[g->count - (size_t)(index - STATIC_ENTRIES)];
        return (struct entry){copy(e->name.bytes, e->name.size), copy(e->value.bytes, e->value.size)};
    } else {
        fixed = *nghttp2_hd_inflate_get_table_entry(g->inflater, (size_t)index);
    }
    return (struct entry){copy(fixed.name, fixed.namelen), copy(fixed.value, fixed.valuelen)};
}

static void insert(struct go_reader *g, const struct entry *e)
{
    g->entries = realloc(g->entries, (g->count + 1) * sizeof(struct entry));
    if (g->entries == NULL)
        abort();
    g->entries[g->count++] = (struct entry){copy(e->name.bytes, e->name.size), copy(e->value.bytes, e->value.size)};
    g->size += e->name.size + e->value.size + ENTRY_OVERHEAD;
    evict(g);
}

static struct entry read_literal(struct go_reader *g, uint64_t index)
{
    struct entry e = {.name = {NULL, 0}};
    if (index > 0) {
        e = look_up(g, index);
        free(e.value.bytes);
    } else {
        e.name = read_string(g);
    }
    e.value = read_string(g);
    return e;
}

bool go_reader_block(struct go_reader *g, const uint8_t *block, size_t size,
                     void (*each)(void *owner, const nghttp2_nv *field), void *owner)
{
    g->at = block;
    g->end = block + size;
    for (bool first_thing = true; g->at < g->end && !g->failed; first_thing = false) {
        uint8_t first = read_byte(g);
        if ((first & 0xe0) == 0x20) {
            uint64_t bound = read_number(g, first, 5);
            g->failed |= (!first_thing && g->size > 0) || bound > g->allowed;
            g->bound = g->failed ? g->bound : bound;
            evict(g);
            continue;
        }
        bool indexed = first & 0x80, kept = (first & 0xc0) == 0x40;
        uint64_t index = read_number(g, first, indexed ? 7 : kept ? 6 : 4);
        struct entry e = indexed ? look_up(g, index) : read_literal(g, index);
        if (!g->failed && kept)
            insert(g, &e);
        if (!g->failed)
            each(owner, &(nghttp2_nv){e.name.bytes, e.value.bytes, e.name.size, e.value.size, NGHTTP2_NV_FLAG_NONE});
        entry_free(&e);
    }
    return !g->failed;
}

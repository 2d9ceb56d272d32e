#include "tests/tools/go_hpack.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { STATIC_ENTRIES = 61, ENTRY_OVERHEAD = 32 };

struct entry {
    uint32_t name_size, value_size;
    uint32_t name_hash, hash; /* of the name, of both: most comparisons end here */
    uint8_t bytes[];          /* name, value */
};

struct code {
    uint32_t bits;
    unsigned size;
};

struct go_hpack {
    struct entry *fixed[STATIC_ENTRIES]; /* the static table */
    struct entry **entries;              /* the newest last */
    size_t count, room;
    uint32_t size, bound;
    uint32_t least; /* the smallest bound since the last block */
    bool resized;
};

static struct code codes[256]; /* made by the first encoder */

struct output {
    uint8_t *at, *end;
};

static void put(struct output *out, unsigned byte)
{
    if (out->at == out->end)
        abort();
    *out->at++ = (uint8_t)byte;
}

static uint32_t hash_of(uint32_t hash, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 16777619U;
    return hash;
}

static struct entry *entry_new(const nghttp2_nv *field)
{
    struct entry *e = malloc(sizeof *e + field->namelen + field->valuelen);
    if (e == NULL)
        abort();
    e->name_size = (uint32_t)field->namelen;
    e->value_size = (uint32_t)field->valuelen;
    e->name_hash = hash_of(0, field->name, field->namelen);
    e->hash = hash_of(e->name_hash, field->value, field->valuelen);
    memcpy(e->bytes, field->name, field->namelen);
    memcpy(e->bytes + field->namelen, field->value, field->valuelen);
    return e;
}

/* The code of a byte, as nghttp2 writes it between twenty zeros ('0' is five zero bits) and twenty more: behind the
 * last one come ones, the padding. */
static struct code code_of(nghttp2_hd_deflater *nghttp2, uint8_t byte)
{
    enum { ZEROS = 20, ZERO_BITS = 5 * ZEROS, NAME_SIZE = 3 };
    uint8_t value[2 * ZEROS + 1], block[100];
    memset(value, '0', sizeof value);
    value[ZEROS] = byte;
    nghttp2_nv field = {(uint8_t *)"x", value, 1, sizeof value, NGHTTP2_NV_FLAG_NO_INDEX};
    ssize_t size = nghttp2_hd_deflate_hd(nghttp2, block, sizeof block, &field, 1);
    const uint8_t *coded = block + NAME_SIZE + 1; /* behind: never indexed, a name of one byte, the value's size */
    if (size <= NAME_SIZE + 1 || !(block[NAME_SIZE] & 0x80))
        abort();
    unsigned bits = 8 * (unsigned)(size - NAME_SIZE - 1);
    while (coded[(bits - 1) / 8] >> (7 - (bits - 1) % 8) & 1)
        bits--;
    struct code code = {.size = bits - 2 * ZERO_BITS};
    for (unsigned i = ZERO_BITS; i < ZERO_BITS + code.size; i++)
        code.bits = code.bits << 1 | ((unsigned)coded[i / 8] >> (7 - i % 8) & 1);
    return code;
}

struct go_hpack *go_hpack_new(uint32_t table_size)
{
    struct go_hpack *g = calloc(1, sizeof *g);
    nghttp2_hd_deflater *deflater;
    nghttp2_hd_inflater *inflater;
    if (g == NULL || nghttp2_hd_deflate_new(&deflater, 0) != 0 || nghttp2_hd_inflate_new(&inflater) != 0)
        abort();
    uint8_t update[100];
    nghttp2_hd_deflate_hd(deflater, update, sizeof update, NULL, 0);
    for (unsigned i = 0; i < 256 && codes[255].size == 0; i++)
        codes[i] = code_of(deflater, (uint8_t)i);
    for (unsigned i = 0; i < STATIC_ENTRIES; i++)
        g->fixed[i] = entry_new(nghttp2_hd_inflate_get_table_entry(inflater, i + 1));
    nghttp2_hd_deflate_del(deflater);
    nghttp2_hd_inflate_del(inflater);
    g->bound = table_size;
    g->least = UINT32_MAX;
    return g;
}

static void evict(struct go_hpack *g)
{
    size_t gone = 0;
    for (; g->size > g->bound; gone++) {
        struct entry *e = g->entries[gone];
        g->size -= e->name_size + e->value_size + ENTRY_OVERHEAD;
        free(e);
    }
    g->count -= gone;
    if (gone > 0)
        memmove(g->entries, g->entries + gone, g->count * sizeof(struct entry *));
}

void go_hpack_free(struct go_hpack *g)
{
    g->bound = 0;
    evict(g);
    for (unsigned i = 0; i < STATIC_ENTRIES; i++)
        free(g->fixed[i]);
    free(g->entries);
    free(g);
}

void go_hpack_resize(struct go_hpack *g, uint32_t table_size)
{
    if (table_size < g->least)
        g->least = table_size;
    g->resized = true;
    g->bound = table_size;
    evict(g);
}

static void put_integer(struct output *out, unsigned kind, unsigned bits, uint64_t value)
{
    uint64_t limit = (1U << bits) - 1;
    if (value < limit) {
        put(out, kind | (unsigned)value);
        return;
    }
    put(out, kind | (unsigned)limit);
    for (value -= limit; value >= 128; value >>= 7)
        put(out, 128 | (unsigned)(value & 127));
    put(out, (unsigned)value);
}

static void put_string(struct output *out, const uint8_t *bytes, size_t size)
{
    size_t bits = 0;
    for (size_t i = 0; i < size; i++)
        bits += codes[bytes[i]].size;
    if ((bits + 7) / 8 >= size) {
        put_integer(out, 0, 7, size);
        for (size_t i = 0; i < size; i++)
            put(out, bytes[i]);
        return;
    }
    put_integer(out, 0x80, 7, (bits + 7) / 8);
    uint64_t word = 0;
    unsigned held = 0;
    for (size_t i = 0; i < size; i++) {
        struct code code = codes[bytes[i]];
        word = word << code.size | code.bits;
        for (held += code.size; held >= 8; held -= 8)
            put(out, word >> (held - 8) & 0xff);
    }
    if (held > 0)
        put(out, (word << (8 - held) | 0xff >> held) & 0xff);
}

enum same { SAME_NOT, SAME_NAME, SAME_BOTH };

static enum same compare(const struct entry *e, const struct entry *field, bool sensitive)
{
    if (e->name_hash != field->name_hash || e->name_size != field->name_size ||
        memcmp(e->bytes, field->bytes, e->name_size) != 0)
        return SAME_NOT;
    if (sensitive || e->hash != field->hash || e->value_size != field->value_size ||
        memcmp(e->bytes + e->name_size, field->bytes + e->name_size, e->value_size) != 0)
        return SAME_NAME;
    return SAME_BOTH;
}

/* Of entries that share the name alone, the one that came last, in the static table too. */
static enum same find(const struct go_hpack *g, const struct entry *field, bool sensitive, size_t *index)
{
    size_t name = 0;
    for (size_t i = STATIC_ENTRIES; i-- > 0;) {
        enum same same = compare(g->fixed[i], field, sensitive);
        if (same != SAME_NOT && (name == 0 || same == SAME_BOTH))
            *index = name = i + 1;
        if (same == SAME_BOTH)
            return SAME_BOTH;
    }
    for (size_t i = g->count; i-- > 0;) {
        enum same same = compare(g->entries[i], field, sensitive);
        if (same != SAME_NOT && (name == 0 || same == SAME_BOTH))
            *index = name = STATIC_ENTRIES + g->count - i;
        if (same == SAME_BOTH)
            return SAME_BOTH;
    }
    return name > 0 ? SAME_NAME : SAME_NOT;
}

static void insert(struct go_hpack *g, struct entry *e)
{
    if (g->count == g->room) {
        g->room = g->room > 0 ? 2 * g->room : 16;
        g->entries = realloc(g->entries, g->room * sizeof(struct entry *));
        if (g->entries == NULL)
            abort();
    }
    g->entries[g->count++] = e;
    g->size += e->name_size + e->value_size + ENTRY_OVERHEAD;
    evict(g);
}

static void encode_field(struct go_hpack *g, const nghttp2_nv *field, struct output *out)
{
    bool sensitive = field->flags & NGHTTP2_NV_FLAG_NO_INDEX;
    struct entry *e = entry_new(field);
    size_t index = 0;
    enum same same = find(g, e, sensitive, &index);
    if (same == SAME_BOTH) {
        put_integer(out, 0x80, 7, index);
        free(e);
        return;
    }
    bool kept = !sensitive && field->namelen + field->valuelen + ENTRY_OVERHEAD <= g->bound;
    if (kept)
        put_integer(out, 0x40, 6, index);
    else
        put_integer(out, sensitive ? 0x10 : 0, 4, index);
    if (same == SAME_NOT)
        put_string(out, field->name, field->namelen);
    put_string(out, field->value, field->valuelen);
    if (kept)
        insert(g, e);
    else
        free(e);
}

size_t go_hpack_encode(struct go_hpack *g, const nghttp2_nv *fields, size_t count, uint8_t *out, size_t room)
{
    struct output output = {out, out + room};
    if (g->resized && g->least < g->bound)
        put_integer(&output, 0x20, 5, g->least);
    if (g->resized)
        put_integer(&output, 0x20, 5, g->bound);
    g->resized = false;
    g->least = UINT32_MAX;
    for (size_t i = 0; i < count; i++)
        encode_field(g, &fields[i], &output);
    return (size_t)(output.at - out);
}

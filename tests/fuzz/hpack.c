/* The first byte chooses. Talks: what the rest drives goes through an encoder, and tests/tools/hpack_rig.h judges. Raw:
 * the rest is blocks, each behind its size in two bytes. What nghttp2's decoder accepts, and what one with Go's rules
 * accepts, must be accepted, with the same fields; and a late decoder must bear anything, and so must one that looks
 * for what it lost. */
#include <stdlib.h>

#include "tests/tools/go_hpack_reader.h"
#include "tests/tools/hpack_rig.h"

enum { FIELDS = 65536 };

static const uint32_t table_sizes[] = {0, 1024, 4096, 65536};

static void check(bool good)
{
    if (!good)
        abort();
}

/* A hash of each field that was told. */
struct list {
    uint64_t hashes[FIELDS];
    size_t count;
};

static void add(struct list *l, struct slice name, struct slice value)
{
    uint64_t hash = 14695981039346656037U ^ name.size;
    for (size_t i = 0; i < name.size; i++)
        hash = (hash ^ name.data[i]) * 1099511628211U;
    for (size_t i = 0; i < value.size; i++)
        hash = (hash ^ value.data[i]) * 1099511628211U;
    check(l->count < FIELDS);
    l->hashes[l->count++] = hash;
}

static void on_known(void *owner, const struct field *f)
{
    check(f->known == KNOWN && f->stranger == 0 && f->id == field_id(f->name));
    check(f->pseudo == (f->name.size > 0 && f->name.data[0] == ':'));
    add(owner, f->name, f->value);
}

static void on_late(void *owner, const struct field *f)
{
    (void)owner;
    check((f->stranger != 0) == (f->known != KNOWN) && (f->known == KNOWN || f->name.size == 0));
    check(f->known != KNOWN_NOT || f->value.size == 0);
}

static void on_judged(void *owner, const nghttp2_nv *field)
{
    add(owner, (struct slice){field->name, field->namelen}, (struct slice){field->value, field->valuelen});
}

static bool nghttp2_block(nghttp2_hd_inflater *inflater, struct slice block, struct list *l)
{
    for (int flags = 0; !(flags & NGHTTP2_HD_INFLATE_FINAL);) {
        nghttp2_nv field;
        ssize_t used = nghttp2_hd_inflate_hd2(inflater, &field, &flags, block.data, block.size, 1);
        if (used < 0)
            return false;
        block = slice_part(block, (size_t)used, block.size);
        if (flags & NGHTTP2_HD_INFLATE_EMIT)
            on_judged(l, &field);
    }
    return nghttp2_hd_inflate_end_headers(inflater) == 0;
}

static void same(const struct list *a, const struct list *b)
{
    check(a->count == b->count && memcmp(a->hashes, b->hashes, a->count * sizeof a->hashes[0]) == 0);
}

static void raw(struct reader *r, struct literals *literals, struct memory *memory)
{
    static struct list ours, judged;
    struct hpack *h = hpack_new(true, memory), *late = hpack_new(false, memory), *lossy = hpack_new(true, memory);
    struct go_reader *go = go_reader_new();
    nghttp2_hd_inflater *inflater;
    check(h != NULL && late != NULL && lossy != NULL && nghttp2_hd_inflate_new(&inflater) == 0);
    bool nghttp2_good = true, go_good = true;
    hpack_recover(lossy);
    while (reader_left(r) > 0) {
        size_t size = read_u16(r);
        struct slice block = read_slice(r, size < reader_left(r) ? size : reader_left(r));
        if (block.size == FIELDS)
            break;
        hpack_block(late, block, literals, on_late, NULL);
        if (size % 8 == 7)
            hpack_lost(lossy);
        else
            hpack_block(lossy, block, literals, on_late, NULL);
        if (!nghttp2_good && !go_good)
            continue;
        ours.count = judged.count = 0;
        bool good = hpack_block(h, block, literals, on_known, &ours) == GAVE_UP_NOT;
        if (nghttp2_good && (nghttp2_good = nghttp2_block(inflater, block, &judged))) {
            check(good);
            same(&ours, &judged);
        }
        judged.count = 0;
        if (go_good && (go_good = go_reader_block(go, block.data, block.size, on_judged, &judged))) {
            check(good);
            same(&ours, &judged);
        }
    }
    hpack_free(h);
    hpack_free(late);
    hpack_free(lossy);
    go_reader_free(go);
    nghttp2_hd_inflate_del(inflater);
}

static void talks(uint8_t choice, struct reader *r, struct literals *literals, struct memory *memory)
{
    static struct header_set set;
    struct choices c = {.at = r->at, .end = r->end};
    struct hpack_rig *rig = hpack_rig_new(choice & 1 ? HABIT_GO : HABIT_NGHTTP2, choice & 2, literals, memory);
    hpack_rig_resize(rig, table_sizes[choice >> 2 & 3]);
    while (c.at < c.end) {
        unsigned what = choose(&c, 256);
        if (what < 16)
            hpack_rig_resize(rig, what < 8 ? table_sizes[what % 4] : choose(&c, 256) * choose(&c, 256));
        else if (what < 32)
            hpack_rig_join(rig);
        header_set_make(&set, what % TALKS, &c);
        hpack_rig_block(rig, &set, what >= 240);
    }
    hpack_rig_free(rig);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct hash_secret secret = {{1}};
    if (size == 0)
        return 0;
    struct memory memory = {.limit = 1 << 24};
    struct literals *literals = literals_new(4096, &secret, &memory);
    struct reader r = reader_of((struct slice){data, size});
    uint8_t choice = read_u8(&r);
    if (choice & 0x80)
        raw(&r, literals, &memory);
    else
        talks(choice, &r, literals, &memory);
    literals_free(literals);
    check(memory.used == 0);
    return 0;
}

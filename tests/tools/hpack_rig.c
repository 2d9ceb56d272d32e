#include "tests/tools/hpack_rig.h"

#include <stdlib.h>

#include "tests/tools/go_hpack.h"

enum { BLOCK_ROOM = 1 << 17, PLACES = 4096, NUMBERS = 16384, STATIC_ENTRIES = 61, ENTRY_OVERHEAD = 32 };

/* What must be known of a field, and whose name it has where that is not known. */
struct expected {
    enum known known;
    bool indexed;
    uint32_t origin; /* an index into origins[] */
};

/* An entry of the true table. */
struct place {
    uint32_t size;
    struct expected content; /* KNOWN_NOT: inserted before the loss */
};

struct number {
    uint32_t number;
    uint32_t loss; /* since which it stands; 0: free */
    uint64_t name; /* a hash */
};

struct hpack_rig {
    nghttp2_hd_deflater *nghttp2; /* one of these two encodes */
    struct go_hpack *go;
    nghttp2_hd_inflater *judge;
    struct hpack *hpack; /* NULL: not joined yet */
    struct literals *literals;
    struct memory *memory;
    bool late;

    struct place places[PLACES]; /* a ring */
    uint64_t oldest, next;
    uint64_t size, bound;         /* of the true table */
    uint64_t guess;               /* of its bound, by one who has seen what the decoder has */
    bool exact;                   /* since the last loss the decoder kept all that the encoder did */
    uint32_t origins[PLACES + 1]; /* numbers of the unknown names, 0: not told yet */
    uint32_t losses;
    struct number numbers[NUMBERS];

    struct expected expected[SET_FIELDS];
    const struct header_set *set;
    size_t told;
    struct hpack_counts counts;
};

static void check(bool good)
{
    if (!good)
        abort();
}

struct hpack_rig *hpack_rig_new(enum habit habit, bool late, struct literals *literals, struct memory *memory)
{
    struct hpack_rig *r = calloc(1, sizeof *r);
    check(r != NULL && nghttp2_hd_inflate_new(&r->judge) == 0);
    if (habit == HABIT_GO)
        r->go = go_hpack_new(HPACK_TABLE_FIRST);
    else
        check(nghttp2_hd_deflate_new(&r->nghttp2, HPACK_TABLE_MAX) == 0);
    r->literals = literals;
    r->memory = memory;
    r->bound = HPACK_TABLE_FIRST;
    r->late = late;
    if (!late)
        hpack_rig_join(r);
    return r;
}

void hpack_rig_free(struct hpack_rig *r)
{
    hpack_free(r->hpack);
    nghttp2_hd_inflate_del(r->judge);
    if (r->nghttp2 != NULL)
        nghttp2_hd_deflate_del(r->nghttp2);
    if (r->go != NULL)
        go_hpack_free(r->go);
    free(r);
}

void hpack_rig_resize(struct hpack_rig *r, uint32_t size)
{
    check(nghttp2_hd_inflate_change_table_size(r->judge, size) == 0);
    if (r->go != NULL)
        go_hpack_resize(r->go, size);
    else
        check(nghttp2_hd_deflate_change_table_size(r->nghttp2, size) == 0);
    if (r->hpack != NULL)
        hpack_allow(r->hpack, size);
}

static struct place *place_at(struct hpack_rig *r, uint64_t place)
{
    return &r->places[place % PLACES];
}

/* From here on all that the table holds is unknown, and each entry's name a stranger of its own. */
static void lose(struct hpack_rig *r)
{
    r->losses++;
    r->exact = true;
    r->guess = r->guess > HPACK_TABLE_FIRST ? r->guess : HPACK_TABLE_FIRST;
    for (uint64_t place = r->oldest; place != r->next; place++) {
        uint32_t origin = (uint32_t)(place - r->oldest) + 1;
        place_at(r, place)->content = (struct expected){.known = KNOWN_NOT, .origin = origin};
        r->origins[origin] = 0;
    }
}

void hpack_rig_join(struct hpack_rig *r)
{
    if (r->hpack != NULL)
        return;
    r->hpack = hpack_new(!r->late, r->memory);
    check(r->hpack != NULL);
    lose(r);
}

static void evict(struct hpack_rig *r)
{
    while (r->size > r->bound)
        r->size -= place_at(r, r->oldest++)->size;
}

static uint64_t read_number(struct reader *in, uint8_t first, unsigned bits)
{
    uint64_t mask = (1U << bits) - 1, number = first & mask;
    uint8_t byte = 0x80;
    for (unsigned shift = 0; (first & mask) == mask && byte & 0x80; shift += 7) {
        byte = read_u8(in);
        number += (uint64_t)(byte & 0x7f) << shift;
    }
    return number;
}

static void skip_string(struct reader *in)
{
    uint8_t first = read_u8(in);
    read_slice(in, (size_t)read_number(in, first, 7));
}

/* What must be known of the field that begins with `first`, and what that makes of the table. */
static struct expected follow(struct hpack_rig *r, struct reader *in, uint8_t first, const nghttp2_nv *field)
{
    bool indexed = first & 0x80, kept = (first & 0xc0) == 0x40;
    uint64_t index = read_number(in, first, indexed ? 7 : kept ? 6 : 4);
    struct expected e = {.known = KNOWN};
    if (index > STATIC_ENTRIES)
        e = place_at(r, r->next - (index - STATIC_ENTRIES))->content;
    e.indexed = indexed;
    if (indexed)
        return e;
    if (e.known == KNOWN_NOT)
        e.known = KNOWN_VALUE;
    if (index == 0)
        skip_string(in);
    skip_string(in);
    if (!kept)
        return e;
    struct place *p = place_at(r, r->next++);
    *p = (struct place){.size = (uint32_t)(field->namelen + field->valuelen + ENTRY_OVERHEAD), .content = e};
    /* The number of an unknown name takes four bytes in the decoder's table: it may drop early what the encoder keeps.
     */
    r->exact &= e.known == KNOWN || field->namelen >= 4;
    r->size += p->size;
    evict(r);
    return e;
}

static void expect(struct hpack_rig *r, struct slice block, bool seen)
{
    struct reader in = reader_of(block);
    size_t fields = 0;
    while (reader_left(&in) > 0) {
        uint8_t first = read_u8(&in);
        if ((first & 0xe0) != 0x20) {
            check(fields < r->set->count);
            r->expected[fields] = follow(r, &in, first, &r->set->fields[fields]);
            fields++;
            continue;
        }
        r->bound = read_number(&in, first, 5);
        if (seen)
            r->guess = r->bound;
        evict(r);
    }
    check(!in.failed && fields == r->set->count);
    r->exact &= r->guess >= r->bound && r->bound <= HPACK_TABLE_MAX;
}

static uint64_t hash_of(const nghttp2_nv *field)
{
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; i < field->namelen; i++)
        hash = (hash ^ field->name[i]) * 1099511628211U;
    return hash;
}

static void check_number(struct hpack_rig *r, uint32_t number, const struct expected *e, const nghttp2_nv *field)
{
    check(number != 0);
    size_t slot = number % NUMBERS;
    while (r->numbers[slot].loss == r->losses && r->numbers[slot].number != number)
        slot = (slot + 1) % NUMBERS;
    if (r->numbers[slot].loss == r->losses)
        check(r->numbers[slot].name == hash_of(field));
    r->numbers[slot] = (struct number){number, r->losses, hash_of(field)};
    if (!r->exact)
        return;
    check(r->origins[e->origin] == 0 || r->origins[e->origin] == number);
    r->origins[e->origin] = number;
}

static bool same(struct slice s, const uint8_t *bytes, size_t size)
{
    return slice_same(s, (struct slice){bytes, size});
}

static void on_field(void *owner, const struct field *f)
{
    struct hpack_rig *r = owner;
    check(r->told < r->set->count);
    const struct expected *e = &r->expected[r->told];
    const nghttp2_nv *field = &r->set->fields[r->told++];
    check(f->indexed == e->indexed);
    check(r->exact ? f->known == e->known : f->known >= e->known);
    check(f->known == KNOWN || f->known == KNOWN_VALUE || f->known == KNOWN_NOT);
    check(f->pseudo == (f->name.size > 0 && f->name.data[0] == ':'));
    check(f->known == KNOWN_NOT ? f->value.size == 0 : same(f->value, field->value, field->valuelen));
    if (f->known == KNOWN) {
        check(same(f->name, field->name, field->namelen) && f->id == field_id(f->name) && f->stranger == 0);
    } else {
        check(f->name.size == 0 && f->id == FIELD_OTHER);
        check_number(r, f->stranger, e, field);
    }
    r->counts.fields++;
    r->counts.name_unknown += f->known == KNOWN_VALUE;
    r->counts.unknown += f->known == KNOWN_NOT;
}

static void judge(struct hpack_rig *r, uint8_t *block, size_t size)
{
    size_t count = 0;
    for (int flags = 0; !(flags & NGHTTP2_HD_INFLATE_FINAL);) {
        nghttp2_nv field;
        ssize_t used = nghttp2_hd_inflate_hd2(r->judge, &field, &flags, block, size, 1);
        check(used >= 0);
        block += used;
        size -= (size_t)used;
        if (!(flags & NGHTTP2_HD_INFLATE_EMIT))
            continue;
        check(count < r->set->count);
        const nghttp2_nv *sent = &r->set->fields[count++];
        check(same((struct slice){field.name, field.namelen}, sent->name, sent->namelen));
        check(same((struct slice){field.value, field.valuelen}, sent->value, sent->valuelen));
    }
    check(count == r->set->count && nghttp2_hd_inflate_end_headers(r->judge) == 0);
}

struct hpack_counts hpack_rig_block(struct hpack_rig *r, const struct header_set *set, bool lost)
{
    static uint8_t block[BLOCK_ROOM];
    r->set = set;
    ssize_t size = r->go ? (ssize_t)go_hpack_encode(r->go, set->fields, set->count, block, sizeof block)
                         : nghttp2_hd_deflate_hd(r->nghttp2, block, sizeof block, set->fields, set->count);
    check(size >= 0);
    judge(r, block, (size_t)size);
    bool seen = r->hpack != NULL && !lost;
    expect(r, (struct slice){block, (size_t)size}, seen);
    check(r->next - r->oldest == nghttp2_hd_inflate_get_num_table_entries(r->judge) - STATIC_ENTRIES);
    check(r->size == nghttp2_hd_inflate_get_dynamic_table_size(r->judge));
    struct hpack_counts before = r->counts;
    r->told = 0;
    if (seen) {
        uint8_t *exact = malloc((size_t)size + 1); /* of just its size, so that a read behind it is seen */
        check(exact != NULL);
        memcpy(exact, block, (size_t)size);
        check(hpack_block(r->hpack, (struct slice){exact, (size_t)size}, r->literals, on_field, r) == GAVE_UP_NOT);
        check(r->told == set->count);
        free(exact);
    } else if (r->hpack != NULL) {
        hpack_lost(r->hpack);
        lose(r);
    }
    r->counts.blocks++;
    return (struct hpack_counts){1, r->counts.fields - before.fields, r->counts.name_unknown - before.name_unknown,
                                 r->counts.unknown - before.unknown};
}

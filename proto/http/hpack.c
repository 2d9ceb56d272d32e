#include "proto/http/hpack.h"

#include "proto/http/hpack_inside.h"

/* By index; the first is none. */
static const struct field statics[HPACK_STATIC_ENTRIES + 1] = {
    {.name = {(const uint8_t *)"", 0}, .value = {(const uint8_t *)"", 0}},
#define STATIC(name_id, text, content)                                                                                 \
    {.id = FIELD_##name_id,                                                                                            \
     .pseudo = FIELD_##name_id >= FIELD_METHOD && FIELD_##name_id <= FIELD_PROTOCOL,                                   \
     .name = {(const uint8_t *)(text), sizeof(text) - 1},                                                              \
     .value = {(const uint8_t *)(content), sizeof(content) - 1}},
#include "proto/http/hpack_static.def"
#undef STATIC
};

static uint32_t limit_of(const struct hpack *h)
{
    return h->bound < HPACK_TABLE_MAX ? h->bound : HPACK_TABLE_MAX;
}

struct hpack *hpack_new(bool from_start, struct memory *memory)
{
    struct hpack *h = memory_resize(memory, NULL, 0, sizeof *h);
    if (h == NULL)
        return NULL;
    *h = (struct hpack){.table.memory = memory, .bound = HPACK_TABLE_FIRST, .allowed = HPACK_TABLE_FIRST};
    h->first = h->table.oldest = h->table.next = HPACK_PLACE_FIRST;
    if (!from_start)
        hpack_lost(h);
    return h;
}

void hpack_free(struct hpack *h)
{
    if (h == NULL)
        return;
    hpack_table_empty(&h->table);
    hpack_recovery_free(h->recovery);
    memory_resize(h->table.memory, h, sizeof *h, 0);
}

void hpack_allow(struct hpack *h, uint32_t size)
{
    if (size > h->allowed)
        h->allowed = size;
}

void hpack_begin_anew(struct hpack *h)
{
    hpack_table_empty(&h->table);
    h->first = h->table.next;
    h->anew++;
    h->older = true;
    h->allowed = UINT32_MAX; /* the SETTINGS may be what was lost */
    if (h->bound < HPACK_TABLE_FIRST)
        h->bound = HPACK_TABLE_FIRST; /* as likely as any, and too large does no harm */
}

/* Nothing is sure any more. */
static void give_up(struct hpack *h)
{
    if (h->recovery != NULL)
        hpack_recovery_drop(h->recovery);
    hpack_begin_anew(h);
}

/* One from before those that are kept. @return false: there is none. */
static bool read_older(struct hpack *h, uint64_t back, struct field *f)
{
    if (!h->older || back >= HPACK_PLACE_FIRST)
        return false;
    *f = statics[0];
    f->known = KNOWN_NOT;
    f->stranger = h->table.next - (uint32_t)back;
    f->anew = h->anew;
    if (f->stranger >= h->first && h->bound < HPACK_TABLE_MAX)
        h->bound *= 2; /* it was kept here and dropped too early */
    hpack_find_again(h, f);
    return true;
}

static inline bool look_up(struct hpack *h, uint64_t index, struct field *f)
{
    if (index <= HPACK_STATIC_ENTRIES) {
        *f = statics[index];
        return index > 0;
    }
    uint64_t back = index - HPACK_STATIC_ENTRIES;
    uint32_t place = h->table.next - (uint32_t)back;
    if (back > h->table.next - h->table.oldest)
        return read_older(h, back, f);
    hpack_table_read(&h->table, place, f);
    f->entry = h->worn ? 0 : place;
    if (f->known == KNOWN)
        return true;
    f->anew = h->anew;
    struct slice value = f->value; /* newer than what the old table may have under that name */
    hpack_find_again(h, f);
    f->value = value;
    return true;
}

bool hpack_look_up(struct hpack *h, uint64_t index, struct field *f)
{
    return look_up(h, index, f);
}

/* As Go reads them: over 63 bits is malformed, zeros at the high end are not. Out of line, where it is seldom asked. */
static uint64_t __attribute__((noinline)) read_more(struct reader *r, uint64_t value)
{
    uint8_t byte = 0x80;
    for (unsigned shift = 0; shift < 63 && byte & 0x80; shift += 7) {
        byte = read_u8(r);
        value += (uint64_t)(byte & 0x7f) << shift;
    }
    r->failed |= byte & 0x80;
    return r->failed ? 0 : value;
}

/* Section 5.1. */
uint64_t hpack_read_integer(struct reader *r, uint8_t first, unsigned bits)
{
    uint64_t most = (1U << bits) - 1, value = first & most;
    return value < most ? value : read_more(r, most);
}

/* Sections 6.1 and 6.2. */
uint64_t hpack_read_index(struct reader *r, uint8_t first)
{
    return hpack_read_integer(r, first, first & 0x80 ? 7 : first & 0x40 ? 6 : 4);
}

enum gave_up hpack_read_string(struct reader *r, struct literals *literals, struct slice *string, uint32_t *number)
{
    *number = 0;
    uint8_t first = read_u8(r);
    uint64_t size = hpack_read_integer(r, first, 7);
    *string = read_slice(r, size > reader_left(r) ? reader_left(r) + 1 : (size_t)size);
    if (r->failed)
        return GAVE_UP_MALFORMED;
    if (!(first & 0x80))
        return GAVE_UP_NOT;
    enum gave_up reason = literals_decode(literals, *string, string);
    *number = literals_number(literals);
    return reason;
}

enum gave_up hpack_read_name(struct reader *r, struct literals *literals, struct field *f)
{
    enum gave_up reason = hpack_read_string(r, literals, &f->name, &f->entry);
    if (reason != GAVE_UP_NOT)
        return reason;
    f->id = field_id(f->name);
    f->pseudo = f->name.size > 0 && f->name.data[0] == ':';
    return GAVE_UP_NOT;
}

/* Section 6.1. */
static enum gave_up read_indexed(struct hpack *h, struct reader *r, uint8_t first, struct field *f)
{
    uint64_t index = hpack_read_integer(r, first, 7);
    bool found = look_up(h, index, f);
    f->indexed = true;
    if (h->recovery != NULL && found && index > HPACK_STATIC_ENTRIES && f->known == KNOWN)
        hpack_recovery_used(h->recovery, h->table.next + HPACK_STATIC_ENTRIES - (uint32_t)index);
    return found ? GAVE_UP_NOT : GAVE_UP_MALFORMED;
}

/* Section 6.2. Its end is found though its strings cannot be decoded, unless the reader has failed. */
static enum gave_up read_literal(struct hpack *h, struct reader *r, uint8_t first, struct literals *literals,
                                 struct field *f)
{
    uint64_t index = hpack_read_index(r, first);
    f->named = look_up(h, index, f);
    r->failed |= index > 0 && !f->named;
    enum gave_up name = f->named || r->failed ? GAVE_UP_NOT : hpack_read_name(r, literals, f);
    if (r->failed)
        return GAVE_UP_MALFORMED;
    f->known = f->stranger != 0 ? KNOWN_VALUE : KNOWN;
    enum gave_up value = hpack_read_string(r, literals, &f->value, &f->entry);
    return name != GAVE_UP_NOT ? name : value;
}

/* Section 6.3. Behind a field, Go wants the table empty. */
static enum gave_up read_update(struct hpack *h, struct reader *r, uint8_t first, bool behind_field)
{
    uint64_t bound = hpack_read_integer(r, first, 5);
    if (r->failed || bound > h->allowed || (behind_field && !h->older && h->table.next != h->table.oldest))
        return GAVE_UP_MALFORMED;
    h->bound = (uint32_t)bound;
    hpack_table_evict(&h->table, limit_of(h));
    if (bound == 0)
        hpack_table_empty(&h->table);
    h->older = bound > HPACK_TABLE_MAX || (h->older && bound > 0);
    return GAVE_UP_NOT;
}

enum gave_up hpack_block(struct hpack *h, struct slice block, struct literals *literals,
                         void (*each)(void *owner, const struct field *field), void *owner)
{
    if (h->table.next > UINT32_MAX - block.size) { /* places are used up, after gigabytes of blocks */
        h->table.next = HPACK_PLACE_FIRST;
        h->worn = true;
        give_up(h);
    }
    if (h->recovery != NULL && hpack_recovery_waits(h->recovery))
        hpack_look_ahead(h, block, literals);
    enum gave_up reason = GAVE_UP_NOT, passed_by = GAVE_UP_NOT;
    bool behind_field = false;
    struct reader r = reader_of(block);
    while (reason == GAVE_UP_NOT && reader_left(&r) > 0) {
        uint8_t first = read_u8(&r);
        struct field f;
        if (first & 0x80) {
            reason = read_indexed(h, &r, first, &f);
        } else if ((first & 0xe0) != 0x20) {
            reason = read_literal(h, &r, first, literals, &f);
        } else {
            reason = read_update(h, &r, first, behind_field);
            continue;
        }
        behind_field = true;
        if (reason != GAVE_UP_NOT && (r.failed || first & 0xc0))
            break;
        passed_by = passed_by != GAVE_UP_NOT ? passed_by : reason; /* the table is as the encoder has it */
        reason = GAVE_UP_NOT;
        if (passed_by == GAVE_UP_NOT)
            each(owner, &f);
        if ((first & 0xc0) != 0x40)
            continue;
        if (!hpack_table_insert(&h->table, &f, limit_of(h)))
            reason = GAVE_UP_MEMORY;
        else if (h->recovery != NULL && f.known == KNOWN)
            hpack_recovery_used(h->recovery, h->table.next - 1);
    }
    if (reason != GAVE_UP_NOT)
        give_up(h);
    else if (h->recovery != NULL)
        hpack_recovery_block_over(h->recovery);
    return reason != GAVE_UP_NOT ? reason : passed_by;
}

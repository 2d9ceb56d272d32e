#include "proto/http/hpack.h"

#include "proto/http/hpack_recovery.h"

enum {
    STATIC_ENTRIES = 61,
    ENTRY_OVERHEAD = 32, /* section 4.1 */
    SPARE = 256,         /* bytes */
    SLOTS_FIRST = 16,    /* entries */
    PLACE_FIRST = 1 << 30
};

static const struct {
    const char *name, *value;
    uint8_t name_size, value_size, id;
} statics[STATIC_ENTRIES] = {
#define STATIC(id, name, value) {name, value, sizeof(name) - 1, sizeof(value) - 1, FIELD_##id},
#include "proto/http/hpack_static.def"
#undef STATIC
};

/* Its bytes are the name and the value, or, where the name is a stranger, the stranger's number and the value. */
struct entry {
    uint16_t at; /* counted on from the first byte ever inserted, modulo 2^16: more is never kept */
    uint16_t name_size, value_size;
    uint8_t id;
    bool stranger;
    bool inferred; /* its name */
};

/* Every entry has a place: the first one ever inserted PLACE_FIRST, the next one more. An index counts back from the
 * newest, so the unknown older entries have the places below, which are more than a table of 2^32 bytes has entries. A
 * place is also the number of a stranger. */
struct hpack {
    struct memory *memory;
    struct hpack_recovery *recovery; /* NULL: what was lost is not looked for */
    struct entry *entries;           /* a ring: slot = place modulo `slots`, a power of two */
    uint8_t *bytes;                  /* of the kept entries, from `start` to `end`, the oldest first */
    uint32_t slots, room;
    uint32_t oldest, next; /* places: of the oldest kept, of the next inserted */
    uint32_t first;        /* the place of the first one inserted since the table began anew */
    uint32_t start, end;
    uint32_t origin;  /* what an entry's `at` counts is this much before bytes[0] */
    uint32_t size;    /* of the table, as section 4.1 counts */
    uint32_t bound;   /* of that size, as the encoder has it; a guess after a loss */
    uint32_t allowed; /* what an update may set it to */
    bool older;       /* entries older than the kept ones may exist */
    bool worn;        /* places were used up, and are used again */
};

static const struct slice nothing = {.data = (const uint8_t *)"", .size = 0};

static struct entry *entry_at(const struct hpack *h, uint32_t place)
{
    return &h->entries[place & (h->slots - 1)];
}

static uint32_t limit_of(const struct hpack *h)
{
    return h->bound < HPACK_TABLE_MAX ? h->bound : HPACK_TABLE_MAX;
}

static void wipe(struct hpack *h, uint8_t *bytes, uint32_t room)
{
    if (bytes != NULL)
        explicit_bzero(bytes, room);
    memory_resize(h->memory, bytes, room, 0);
}

/* Also gives its memory back. */
static void empty(struct hpack *h)
{
    wipe(h, h->bytes, h->room);
    memory_resize(h->memory, h->entries, h->slots * sizeof *h->entries, 0);
    h->bytes = NULL;
    h->entries = NULL;
    h->slots = h->room = h->start = h->end = h->size = 0;
    h->oldest = h->next;
}

struct hpack *hpack_new(bool from_start, struct memory *memory)
{
    struct hpack *h = memory_resize(memory, NULL, 0, sizeof *h);
    if (h == NULL)
        return NULL;
    *h = (struct hpack){.memory = memory, .bound = HPACK_TABLE_FIRST, .allowed = HPACK_TABLE_FIRST};
    h->first = h->oldest = h->next = PLACE_FIRST;
    if (!from_start)
        hpack_lost(h);
    return h;
}

void hpack_recover(struct hpack *h)
{
    if (h->recovery == NULL)
        h->recovery = hpack_recovery_new(h->memory);
}

void hpack_free(struct hpack *h)
{
    if (h == NULL)
        return;
    empty(h);
    hpack_recovery_free(h->recovery);
    memory_resize(h->memory, h, sizeof *h, 0);
}

void hpack_allow(struct hpack *h, uint32_t size)
{
    if (size > h->allowed)
        h->allowed = size;
}

static void begin_anew(struct hpack *h)
{
    empty(h);
    h->first = h->next;
    h->older = true;
    h->allowed = UINT32_MAX; /* the SETTINGS may be what was lost */
    if (h->bound < HPACK_TABLE_FIRST)
        h->bound = HPACK_TABLE_FIRST; /* as likely as any, and too large does no harm */
}

static void evict(struct hpack *h, uint32_t bound)
{
    while (h->size > bound) {
        const struct entry *e = entry_at(h, h->oldest++);
        uint32_t size = (uint32_t)e->name_size + e->value_size;
        h->start += size;
        h->size -= size + ENTRY_OVERHEAD;
    }
}

static bool more_slots(struct hpack *h)
{
    uint32_t slots = h->slots > 0 ? 2 * h->slots : SLOTS_FIRST;
    struct entry *entries = memory_resize(h->memory, NULL, 0, slots * sizeof *entries);
    if (entries == NULL)
        return false;
    for (uint32_t place = h->oldest; place != h->next; place++)
        entries[place & (slots - 1)] = *entry_at(h, place);
    memory_resize(h->memory, h->entries, h->slots * sizeof *entries, 0);
    h->entries = entries;
    h->slots = slots;
    return true;
}

/* Moves what is kept to a new block with room for `size` bytes more; the old one is left to the caller, who may have to
 * copy from it. */
static bool move(struct hpack *h, uint32_t size)
{
    uint32_t kept = h->end - h->start;
    uint32_t room = (kept + size) / 2 * 3 + SPARE;
    if (room > limit_of(h))
        room = limit_of(h); /* more than the bytes of all entries, because they have an overhead */
    uint8_t *bytes = memory_resize(h->memory, NULL, 0, room);
    if (bytes == NULL)
        return false;
    if (kept > 0)
        memcpy(bytes, h->bytes + h->start, kept);
    h->bytes = bytes;
    h->room = room;
    h->origin += h->start;
    h->start = 0;
    h->end = kept;
    return true;
}

/* Section 4.4: the name may be that of an entry which is evicted by this one, and an entry larger than the table
 * empties it. That one has its place too: the encoder's table may be larger than it is thought to be here.
 * @return false: no memory. */
static bool insert(struct hpack *h, const struct field *f)
{
    struct slice name = f->name;
    if (f->stranger != 0)
        name = (struct slice){.data = (const uint8_t *)&f->stranger, .size = sizeof f->stranger};
    size_t size = name.size + f->value.size;
    if (size + ENTRY_OVERHEAD > limit_of(h)) {
        evict(h, 0);
        h->oldest = ++h->next;
        return true;
    }
    evict(h, limit_of(h) - (uint32_t)size - ENTRY_OVERHEAD);
    if (h->next - h->oldest == h->slots && !more_slots(h))
        return false;
    uint8_t *old = h->bytes;
    uint32_t old_room = h->room;
    if (h->end + size >= h->room && !move(h, (uint32_t)size))
        return false;
    memcpy(h->bytes + h->end, name.data, name.size);
    memcpy(h->bytes + h->end + name.size, f->value.data, f->value.size);
    *entry_at(h, h->next++) = (struct entry){.at = (uint16_t)(h->origin + h->end),
                                             .name_size = (uint16_t)name.size,
                                             .value_size = (uint16_t)f->value.size,
                                             .id = (uint8_t)f->id,
                                             .stranger = f->stranger != 0,
                                             .inferred = f->inferred};
    h->end += (uint32_t)size;
    h->size += (uint32_t)size + ENTRY_OVERHEAD;
    if (old != h->bytes)
        wipe(h, old, old_room);
    return true;
}

/* A field whose name, or all of it, is in the old table. */
static void find_again(const struct hpack *h, struct field *f)
{
    if (h->recovery == NULL || !hpack_recovery_find(h->recovery, f->stranger, f))
        return;
    f->known = KNOWN;
    f->stranger = 0;
    f->inferred = true;
}

static void read_entry(const struct hpack *h, const struct entry *e, struct field *f)
{
    const uint8_t *bytes = h->bytes + (uint16_t)(e->at - h->origin);
    f->known = e->stranger ? KNOWN_VALUE : KNOWN;
    f->id = (enum field_name)e->id;
    f->value = (struct slice){.data = bytes + e->name_size, .size = e->value_size};
    f->inferred = e->inferred;
    if (!e->stranger) {
        f->name = (struct slice){.data = bytes, .size = e->name_size};
        return;
    }
    memcpy(&f->stranger, bytes, sizeof f->stranger);
    find_again(h, f);
    f->value = (struct slice){.data = bytes + e->name_size, .size = e->value_size};
}

/* What was lost is looked for among the entries that were there before. */
void hpack_lost(struct hpack *h)
{
    bool keep = h->recovery != NULL && !h->worn && hpack_recovery_lost(h->recovery, h->next);
    for (uint32_t place = h->oldest; keep && place != h->next; place++) {
        struct field f = {.name = nothing};
        read_entry(h, entry_at(h, place), &f);
        if (f.known == KNOWN)
            hpack_recovery_keep(h->recovery, place, &f);
    }
    begin_anew(h);
}

/* Nothing is sure any more. */
static void give_up(struct hpack *h)
{
    if (h->recovery != NULL)
        hpack_recovery_drop(h->recovery);
    begin_anew(h);
}

/* @return false: there is no such entry. */
static bool look_up(struct hpack *h, uint64_t index, struct field *f)
{
    if (index == 0)
        return false;
    if (index <= STATIC_ENTRIES) {
        f->id = (enum field_name)statics[index - 1].id;
        f->name = (struct slice){(const uint8_t *)statics[index - 1].name, statics[index - 1].name_size};
        f->value = (struct slice){(const uint8_t *)statics[index - 1].value, statics[index - 1].value_size};
        return true;
    }
    uint64_t back = index - STATIC_ENTRIES;
    if (back <= h->next - h->oldest) {
        read_entry(h, entry_at(h, h->next - (uint32_t)back), f);
        f->entry = h->worn ? 0 : h->next - (uint32_t)back;
        return true;
    }
    if (!h->older || back >= PLACE_FIRST)
        return false;
    f->known = KNOWN_NOT;
    f->stranger = h->next - (uint32_t)back;
    if (f->stranger >= h->first && h->bound < HPACK_TABLE_MAX)
        h->bound *= 2; /* it was kept here and dropped too early */
    find_again(h, f);
    return true;
}

/* Section 5.1. As Go reads them: what is longer than 63 bits is malformed, zeros at the high end are not. */
static uint64_t read_integer(struct reader *r, uint8_t first, unsigned bits)
{
    uint64_t most = (1U << bits) - 1, value = first & most;
    if (value < most)
        return value;
    for (unsigned shift = 0; shift < 63; shift += 7) {
        uint8_t byte = read_u8(r);
        value += (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    r->failed = true;
    return 0;
}

/* Sections 6.1 and 6.2. */
static uint64_t read_index(struct reader *r, uint8_t first)
{
    return read_integer(r, first, first & 0x80 ? 7 : first & 0x40 ? 6 : 4);
}

static enum gave_up read_string(struct reader *r, struct literals *literals, struct slice *string)
{
    uint8_t first = read_u8(r);
    uint64_t size = read_integer(r, first, 7);
    *string = read_slice(r, size < reader_left(r) ? (size_t)size : reader_left(r));
    if (r->failed || string->size != size)
        return GAVE_UP_MALFORMED;
    return first & 0x80 ? literals_decode(literals, *string, string) : GAVE_UP_NOT;
}

/* Sections 6.1 and 6.2: its first byte has been read. */
static enum gave_up read_field(struct hpack *h, struct reader *r, uint8_t first, struct literals *literals,
                               struct field *f, uint32_t *place)
{
    f->indexed = first & 0x80;
    uint64_t index = read_index(r, first);
    if (r->failed || ((f->indexed || index > 0) && !look_up(h, index, f)))
        return GAVE_UP_MALFORMED;
    *place = f->indexed && index > STATIC_ENTRIES ? h->next - (uint32_t)(index - STATIC_ENTRIES) : 0;
    if (f->indexed)
        return GAVE_UP_NOT;
    f->entry = 0;
    if (index == 0) {
        enum gave_up reason = read_string(r, literals, &f->name);
        if (reason != GAVE_UP_NOT)
            return reason;
        f->id = field_id(f->name);
    }
    f->known = f->stranger != 0 ? KNOWN_VALUE : KNOWN;
    return read_string(r, literals, &f->value);
}

/* Section 6.3. Behind a field, Go wants the table empty. */
static enum gave_up read_update(struct hpack *h, struct reader *r, uint8_t first, bool behind_field)
{
    uint64_t bound = read_integer(r, first, 5);
    if (r->failed || bound > h->allowed || (behind_field && !h->older && h->next != h->oldest))
        return GAVE_UP_MALFORMED;
    h->bound = (uint32_t)bound;
    evict(h, limit_of(h));
    if (bound == 0) {
        empty(h);
        h->older = false;
    }
    h->older |= bound > HPACK_TABLE_MAX;
    return GAVE_UP_NOT;
}

/* A field as hpack_recovery.h asks for it. @param inserted  what this block has inserted so far.
 * @return false: the block is malformed. */
static bool outline(const struct hpack *h, struct reader *r, uint8_t first, struct literals *literals,
                    const struct hpack_outline *const *inserted, uint32_t insertions, struct hpack_outline *o)
{
    struct field f = {.name = nothing, .value = nothing};
    uint64_t index = read_index(r, first), back = index - STATIC_ENTRIES;
    *o = (struct hpack_outline){.whole = first & 0x80};
    if (index > STATIC_ENTRIES && back <= insertions) {
        *o = *inserted[insertions - back];
    } else if (index > 0) {
        struct hpack now = *h; /* look_up() may learn of the table's size: not here */
        if (!look_up(&now, index > STATIC_ENTRIES ? index - insertions : index, &f))
            return false;
        o->place = f.stranger;
        o->whole &= f.known == KNOWN_NOT;
        o->first = f.value.size > 0 ? f.value.data[0] : 0;
    } else if (read_string(r, literals, &f.name) == GAVE_UP_NOT) {
        f.id = field_id(f.name);
    }
    if (index <= STATIC_ENTRIES || back > insertions) {
        o->id = (uint8_t)f.id;
        o->pseudo = f.name.size > 0 && f.name.data[0] == ':';
    }
    if (!(first & 0x80) && read_string(r, literals, &f.value) == GAVE_UP_NOT)
        o->first = f.value.size > 0 ? f.value.data[0] : 0;
    return !r->failed;
}

/* A whole block, before it is read: what it says of the old table. */
static void look_ahead(struct hpack *h, struct slice block, struct literals *literals)
{
    struct hpack_outline fields[HPACK_OUTLINES];
    const struct hpack_outline *inserted[HPACK_OUTLINES];
    size_t count = 0;
    uint32_t insertions = 0;
    if (h->oldest > h->first) { /* older ones went before this one */
        hpack_recovery_drop(h->recovery);
        return;
    }
    for (struct reader r = reader_of(block); reader_left(&r) > 0;) {
        uint8_t first = read_u8(&r);
        if ((first & 0xe0) == 0x20) {
            read_integer(&r, first, 5);
            continue;
        }
        if (count == HPACK_OUTLINES || !outline(h, &r, first, literals, inserted, insertions, &fields[count]))
            return;
        if ((first & 0xc0) == 0x40)
            inserted[insertions++] = &fields[count];
        count++;
    }
    if (!hpack_recovery_judge(h->recovery, fields, count))
        begin_anew(h);
}

enum gave_up hpack_block(struct hpack *h, struct slice block, struct literals *literals,
                         void (*each)(void *owner, const struct field *field), void *owner)
{
    if (h->next > UINT32_MAX - block.size) { /* places are used up, after gigabytes of blocks */
        h->next = PLACE_FIRST;
        h->worn = true;
        give_up(h);
    }
    if (h->recovery != NULL && hpack_recovery_waits(h->recovery))
        look_ahead(h, block, literals);
    enum gave_up reason = GAVE_UP_NOT;
    bool behind_field = false;
    struct reader r = reader_of(block);
    while (reason == GAVE_UP_NOT && reader_left(&r) > 0) {
        uint8_t first = read_u8(&r);
        if ((first & 0xe0) == 0x20) {
            reason = read_update(h, &r, first, behind_field);
            continue;
        }
        struct field f = {.name = nothing, .value = nothing};
        uint32_t place;
        reason = read_field(h, &r, first, literals, &f, &place);
        if (reason != GAVE_UP_NOT)
            break;
        behind_field = true;
        each(owner, &f);
        if ((first & 0xc0) == 0x40) {
            place = h->next;
            if (!insert(h, &f))
                reason = GAVE_UP_MEMORY;
        }
        if (place != 0 && f.known == KNOWN && h->recovery != NULL)
            hpack_recovery_used(h->recovery, place);
    }
    if (reason != GAVE_UP_NOT)
        give_up(h);
    else if (h->recovery != NULL)
        hpack_recovery_block_over(h->recovery);
    return reason;
}

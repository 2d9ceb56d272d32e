#include "proto/http/hpack_recovery.h"

enum {
    BLOCKS = 6,        /* before the gap */
    RING = BLOCKS + 1, /* with the one that is being read */
    BLOCKS_LEAST = 3,  /* of a connection that has just begun */
    USED_MOST = 24,    /* entries of a block that are noted */
    SHIFTS = 64,
    WANTED = 3,         /* of the constant fields in a block that speaks for a shift */
    RIVAL = 2,          /* as many speak against any other */
    BLOCKS_WANTED = 2,  /* that speak for it */
    WAITS_MOST = 12,    /* blocks */
    ENTRIES_MOST = 512, /* of the old table */
    BYTES_MOST = 65536
};

enum state { WATCHING, WAITING, FOUND };

struct entry {
    uint32_t place, at;
    uint16_t name_size, value_size;
    uint8_t id;
};

struct trial {
    bool contradicted;
    uint8_t wanted, rival; /* blocks with as many */
};

struct hpack_recovery {
    struct memory *memory;
    struct entry *entries; /* ENTRIES_MOST at most, by place */
    uint8_t *bytes;
    struct trial *trials; /* SHIFTS of them while WAITING */
    uint32_t count, slots, size, room;
    uint32_t end;   /* the place behind the newest entry */
    uint32_t shift; /* FOUND: an entry at `place` is referred to as place - shift */
    uint32_t used[RING][USED_MOST];
    uint32_t constant[USED_MOST]; /* places of entries that stood in each of the blocks before the gap */
    uint8_t used_count[RING];
    uint8_t constants;
    uint8_t blocks; /* in `used`; the one that is being read is at `turn` */
    uint8_t turn;
    uint8_t waited;
    uint8_t state; /* enum */
};

struct hpack_recovery *hpack_recovery_new(struct memory *memory)
{
    struct hpack_recovery *r = memory_resize(memory, NULL, 0, sizeof *r);
    if (r)
        *r = (struct hpack_recovery){.memory = memory};
    return r;
}

static void stop_trials(struct hpack_recovery *r)
{
    r->trials = memory_resize(r->memory, r->trials, r->trials ? SHIFTS * sizeof *r->trials : 0, 0);
}

void hpack_recovery_drop(struct hpack_recovery *r)
{
    stop_trials(r);
    if (r->bytes)
        explicit_bzero(r->bytes, r->room);
    r->bytes = memory_resize(r->memory, r->bytes, r->room, 0);
    r->entries = memory_resize(r->memory, r->entries, r->slots * sizeof *r->entries, 0);
    r->count = r->slots = r->size = r->room = 0;
    r->constants = 0;
    r->state = WATCHING;
}

void hpack_recovery_free(struct hpack_recovery *r)
{
    if (!r)
        return;
    hpack_recovery_drop(r);
    memory_resize(r->memory, r, sizeof *r, 0);
}

/* the blocks before the gap */

void hpack_recovery_used(struct hpack_recovery *r, uint32_t place)
{
    uint8_t *count = &r->used_count[r->turn];
    if (*count < USED_MOST)
        r->used[r->turn][(*count)++] = place;
}

void hpack_recovery_block_over(struct hpack_recovery *r)
{
    r->blocks = r->blocks < BLOCKS ? (uint8_t)(r->blocks + 1) : BLOCKS;
    r->turn = (uint8_t)((r->turn + 1) % RING);
    r->used_count[r->turn] = 0;
}

static bool has(const uint32_t *places, size_t count, uint32_t place)
{
    size_t i = 0;
    while (i < count && places[i] != place)
        i++;
    return i < count;
}

static void find_constants(struct hpack_recovery *r)
{
    unsigned first = (r->turn + RING - 1U) % RING;
    r->constants = 0;
    for (unsigned i = 0; i < r->used_count[first]; i++) {
        uint32_t place = r->used[first][i];
        bool always = !has(r->constant, r->constants, place);
        for (unsigned back = 1; always && back < r->blocks; back++) {
            unsigned block = (first + RING - back) % RING;
            always = has(r->used[block], r->used_count[block], place);
        }
        if (always)
            r->constant[r->constants++] = place;
    }
}

static void renumber(struct hpack_recovery *r)
{
    for (uint32_t i = 0; i < r->count; i++)
        r->entries[i].place -= r->shift;
    for (unsigned i = 0; i < r->constants; i++)
        r->constant[i] -= r->shift;
}

/* Another gap, with blocks between, while it waits is too much: where clients differ, behind a front, the table of one
 * passes for another's. */
bool hpack_recovery_lost(struct hpack_recovery *r, uint32_t next)
{
    if (r->state == WAITING && r->waited == 0)
        return false;
    bool again = r->state == WAITING;
    if (r->state == FOUND)
        renumber(r);
    if (r->blocks >= BLOCKS_LEAST)
        find_constants(r);
    r->blocks = r->turn = r->used_count[0] = 0;
    if (!again && r->constants >= WANTED)
        r->trials = memory_resize(r->memory, NULL, 0, SHIFTS * sizeof *r->trials);
    if (again || !r->trials) {
        hpack_recovery_drop(r);
        return false;
    }
    r->state = WAITING;
    r->waited = 0;
    r->end = next;
    return true;
}

static bool make_room(struct hpack_recovery *r, size_t size)
{
    if (r->count == r->slots) {
        uint32_t slots = r->slots ? 2 * r->slots : 16;
        struct entry *entries =
            memory_resize(r->memory, r->entries, r->slots * sizeof *entries, slots * sizeof *entries);
        if (!entries)
            return false;
        r->entries = entries;
        r->slots = slots;
    }
    if (r->size + size > r->room) {
        uint32_t room = (r->size + (uint32_t)size) / 2 * 3 + 256;
        uint8_t *bytes = memory_resize(r->memory, NULL, 0, room);
        if (!bytes)
            return false;
        if (r->size)
            memcpy(bytes, r->bytes, r->size);
        if (r->bytes)
            explicit_bzero(r->bytes, r->room);
        memory_resize(r->memory, r->bytes, r->room, 0);
        r->bytes = bytes;
        r->room = room;
    }
    return true;
}

void hpack_recovery_keep(struct hpack_recovery *r, uint32_t place, const struct field *f)
{
    size_t size = f->name.size + f->value.size;
    if (r->state != WAITING)
        return;
    if (r->count == ENTRIES_MOST || size > BYTES_MOST - r->size || !make_room(r, size)) {
        hpack_recovery_drop(r);
        return;
    }
    r->entries[r->count++] = (struct entry){.place = place,
                                            .at = r->size,
                                            .name_size = (uint16_t)f->name.size,
                                            .value_size = (uint16_t)f->value.size,
                                            .id = (uint8_t)f->id};
    memcpy(r->bytes + r->size, f->name.data, f->name.size);
    memcpy(r->bytes + r->size + f->name.size, f->value.data, f->value.size);
    r->size += (uint32_t)size;
}

/* the blocks behind it */

static const struct entry *entry_at(const struct hpack_recovery *r, uint32_t place)
{
    uint32_t low = 0, high = r->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (r->entries[middle].place < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->count && r->entries[low].place == place ? &r->entries[low] : NULL;
}

static bool is_pseudo(const struct hpack_recovery *r, const struct entry *e)
{
    return e->name_size && r->bytes[e->at] == ':';
}

/* Names that a request has once. */
static uint64_t once(uint8_t id)
{
    switch (id) {
    case FIELD_METHOD:
    case FIELD_SCHEME:
    case FIELD_AUTHORITY:
    case FIELD_PATH:
    case FIELD_PROTOCOL:
    case FIELD_USER_AGENT:
    case FIELD_AUTHORIZATION:
    case FIELD_CONTENT_TYPE:
    case FIELD_CONTENT_LENGTH: return UINT64_C(1) << id;
    default: return 0;
    }
}

/* Whether a literal value may stand behind this name. */
static bool value_fits(uint8_t id, uint8_t first)
{
    switch (id) {
    case FIELD_PATH: return first == '/' || first == '*';
    case FIELD_METHOD: return first >= 'A' && first <= 'Z';
    case FIELD_SCHEME: return first == 'h';
    case FIELD_STATUS: return false;
    case FIELD_CONTENT_LENGTH: return first >= '0' && first <= '9';
    default: return true;
    }
}

/* RFC 9113, 8.3: pseudo-headers once each, before all others. What always was there is there still.
 * @return false: with this shift the block makes no sense. @param constants  how many came out of the old table. */
static bool makes_sense(const struct hpack_recovery *r, uint32_t shift, const struct hpack_outline *fields,
                        size_t count, unsigned *constants)
{
    uint64_t seen = 0;
    bool regular = false, perhaps_pseudo = false;
    *constants = 0;
    for (size_t i = 0; i < count; i++) {
        const struct hpack_outline *f = &fields[i];
        const struct entry *e = f->place && f->place < r->end - shift ? entry_at(r, f->place + shift) : NULL;
        uint8_t id = e ? e->id : f->id;
        if (f->place && !e) {
            perhaps_pseudo |= !regular;
            continue;
        }
        if (e && !f->whole && !value_fits(id, f->first))
            return false;
        bool pseudo = e ? is_pseudo(r, e) : f->pseudo;
        if ((pseudo && regular) || seen & once(id) || id == FIELD_STATUS)
            return false;
        regular |= !pseudo;
        seen |= once(id);
        *constants += e && f->whole && has(r->constant, r->constants, e->place);
    }
    for (unsigned i = 0; i < r->constants; i++) {
        const struct entry *e = entry_at(r, r->constant[i]);
        if (e && is_pseudo(r, e) && !(seen & once(e->id)) && !perhaps_pseudo)
            return false;
    }
    return true;
}

static void settle(struct hpack_recovery *r)
{
    unsigned rivals = 0, best = SHIFTS;
    for (unsigned shift = 0; shift < SHIFTS; shift++) {
        const struct trial *t = &r->trials[shift];
        rivals += !t->contradicted && t->rival >= BLOCKS_WANTED;
        if (!t->contradicted && t->wanted >= BLOCKS_WANTED)
            best = shift;
    }
    if (rivals == 1 && best < SHIFTS) {
        stop_trials(r);
        r->shift = best;
        r->state = FOUND;
    } else if (++r->waited == WAITS_MOST) {
        hpack_recovery_drop(r);
    }
}

bool hpack_recovery_waits(const struct hpack_recovery *r)
{
    return r->state != WATCHING;
}

bool hpack_recovery_judge(struct hpack_recovery *r, const struct hpack_outline *fields, size_t count)
{
    unsigned constants;
    if (r->state == FOUND) {
        if (makes_sense(r, r->shift, fields, count, &constants))
            return true;
        hpack_recovery_drop(r);
        return false;
    }
    for (unsigned shift = 0; r->state == WAITING && shift < SHIFTS; shift++) {
        struct trial *t = &r->trials[shift];
        if (t->contradicted)
            continue;
        t->contradicted = !makes_sense(r, shift, fields, count, &constants);
        t->wanted = (uint8_t)(t->wanted + (constants >= WANTED && t->wanted < BLOCKS_WANTED));
        t->rival = (uint8_t)(t->rival + (constants >= RIVAL && t->rival < BLOCKS_WANTED));
    }
    if (r->state == WAITING)
        settle(r);
    return true;
}

bool hpack_recovery_find(const struct hpack_recovery *r, uint32_t place, struct field *f)
{
    const struct entry *e = r->state == FOUND && place < r->end - r->shift ? entry_at(r, place + r->shift) : NULL;
    if (!e)
        return false;
    f->id = (enum field_name)e->id;
    f->pseudo = is_pseudo(r, e);
    f->name = (struct slice){r->bytes + e->at, e->name_size};
    f->value = (struct slice){r->bytes + e->at + e->name_size, e->value_size};
    return true;
}

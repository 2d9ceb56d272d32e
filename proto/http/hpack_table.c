#include "proto/http/hpack_table.h"

enum {
    ENTRY_OVERHEAD = 32, /* section 4.1 */
    SPARE = 256,         /* bytes */
    SLOTS_FIRST = 16     /* entries */
};

static struct hpack_entry *entry_at(const struct hpack_table *t, uint32_t place)
{
    return &t->entries[place & (t->slots - 1)];
}

static void wipe(struct hpack_table *t, uint8_t *bytes, uint32_t room)
{
    if (bytes != NULL)
        explicit_bzero(bytes, room);
    memory_resize(t->memory, bytes, room, 0);
}

void hpack_table_empty(struct hpack_table *t)
{
    wipe(t, t->bytes, t->room);
    memory_resize(t->memory, t->entries, t->slots * sizeof *t->entries, 0);
    t->bytes = NULL;
    t->entries = NULL;
    t->slots = t->room = t->start = t->end = t->size = 0;
    t->oldest = t->next;
}

void hpack_table_evict(struct hpack_table *t, uint32_t bound)
{
    while (t->size > bound) {
        const struct hpack_entry *e = entry_at(t, t->oldest++);
        uint32_t size = (uint32_t)e->name_size + e->value_size;
        t->start += size;
        t->size -= size + ENTRY_OVERHEAD;
    }
}

static bool more_slots(struct hpack_table *t)
{
    uint32_t slots = t->slots > 0 ? 2 * t->slots : SLOTS_FIRST;
    struct hpack_entry *entries = memory_resize(t->memory, NULL, 0, slots * sizeof *entries);
    if (entries == NULL)
        return false;
    for (uint32_t place = t->oldest; place != t->next; place++)
        entries[place & (slots - 1)] = *entry_at(t, place);
    memory_resize(t->memory, t->entries, t->slots * sizeof *entries, 0);
    t->entries = entries;
    t->slots = slots;
    return true;
}

/* Moves what is kept to the beginning: of the block, once that has the room of all entries, else of a new one with room
 * for `size` bytes more. The old one is left to the caller, because the name may be one in it; where that is of an
 * entry just evicted, it must not be written over.
 * @return false: no memory. */
static bool make_room(struct hpack_table *t, uint32_t size, uint32_t limit, struct slice *name)
{
    uint32_t kept = t->end - t->start, room = (kept + size) / 2 * 3 + SPARE;
    uintptr_t at = (uintptr_t)name->data - (uintptr_t)t->bytes; /* large: it is none of the table's */
    bool slides = t->room >= limit && at >= t->start;
    if (slides || room > limit)
        room = slides ? t->room : limit; /* more than the bytes of all entries, because they have an overhead */
    uint8_t *bytes = slides ? t->bytes : memory_resize(t->memory, NULL, 0, room);
    if (bytes == NULL)
        return false;
    if (slides && at < t->end)
        name->data -= t->start;
    if (kept > 0)
        memmove(bytes, t->bytes + t->start, kept);
    t->bytes = bytes;
    t->room = room;
    t->origin += t->start;
    t->start = 0;
    t->end = kept;
    return true;
}

/* Section 4.4: the name may be that of an entry which is evicted by this one, and an entry larger than the table
 * empties it. That one has its place too: the encoder's table may be larger than it is thought to be here.
 * @return false: no memory. */
bool hpack_table_insert(struct hpack_table *t, const struct field *f, uint32_t limit)
{
    struct slice name = f->name;
    if (f->stranger != 0)
        name = (struct slice){.data = (const uint8_t *)&f->stranger, .size = sizeof f->stranger};
    size_t size = name.size + f->value.size;
    if (size + ENTRY_OVERHEAD > limit) {
        hpack_table_evict(t, 0);
        t->oldest = ++t->next;
        return true;
    }
    hpack_table_evict(t, limit - (uint32_t)size - ENTRY_OVERHEAD);
    if (t->next - t->oldest == t->slots && !more_slots(t))
        return false;
    uint8_t *old = t->bytes;
    uint32_t old_room = t->room;
    if (t->end + size >= t->room && !make_room(t, (uint32_t)size, limit, &name))
        return false;
    memcpy(t->bytes + t->end, name.data, name.size);
    memcpy(t->bytes + t->end + name.size, f->value.data, f->value.size);
    *entry_at(t, t->next++) = (struct hpack_entry){.at = (uint16_t)(t->origin + t->end),
                                                   .name_size = (uint16_t)name.size,
                                                   .value_size = (uint16_t)f->value.size,
                                                   .id = (uint8_t)f->id,
                                                   .stranger = f->stranger != 0,
                                                   .pseudo = f->pseudo,
                                                   .inferred = f->inferred};
    t->end += (uint32_t)size;
    t->size += (uint32_t)size + ENTRY_OVERHEAD;
    if (old != t->bytes)
        wipe(t, old, old_room);
    return true;
}

void hpack_table_read(const struct hpack_table *t, uint32_t place, struct field *f)
{
    const struct hpack_entry *e = entry_at(t, place);
    const uint8_t *bytes = t->bytes + (uint16_t)(e->at - t->origin);
    struct slice name = {.data = bytes, .size = e->name_size};
    *f = (struct field){.id = (enum field_name)e->id,
                        .known = KNOWN,
                        .pseudo = e->pseudo,
                        .inferred = e->inferred,
                        .name = name,
                        .value = {.data = bytes + name.size, .size = e->value_size}};
    if (!e->stranger)
        return;
    f->known = KNOWN_VALUE;
    f->name.size = 0;
    memcpy(&f->stranger, bytes, sizeof f->stranger);
}

/* The table that was lost: what a block says of it, and what is found of it again (hpack_recovery.h). */
#include "proto/http/hpack_inside.h"

void hpack_recover(struct hpack *h)
{
    if (h->recovery == NULL)
        h->recovery = hpack_recovery_new(h->table.memory);
}

/* What was lost is looked for among the entries that were there before. */
void hpack_lost(struct hpack *h)
{
    bool keep = h->recovery != NULL && !h->worn && hpack_recovery_lost(h->recovery, h->table.next);
    for (uint32_t back = h->table.next - h->table.oldest; keep && back > 0; back--) {
        struct field f;
        if (hpack_look_up(h, HPACK_STATIC_ENTRIES + back, &f) && f.known == KNOWN)
            hpack_recovery_keep(h->recovery, h->table.next - back, &f);
    }
    hpack_begin_anew(h);
}

void hpack_find_again(const struct hpack *h, struct field *f)
{
    if (h->recovery == NULL || !hpack_recovery_find(h->recovery, f->stranger, f))
        return;
    f->known = KNOWN;
    f->stranger = 0;
    f->inferred = true;
}

/* A field as hpack_recovery.h asks for it. @param inserted  what this block has inserted so far.
 * @return false: the block is malformed. */
static bool outline(const struct hpack *h, struct reader *r, uint8_t first, struct literals *literals,
                    const struct hpack_outline *const *inserted, uint32_t insertions, struct hpack_outline *o)
{
    struct field f = {.name = slice_of(""), .value = slice_of("")};
    uint64_t index = hpack_read_index(r, first), back = index - HPACK_STATIC_ENTRIES;
    *o = (struct hpack_outline){.whole = first & 0x80};
    if (index > HPACK_STATIC_ENTRIES && back <= insertions) {
        *o = *inserted[insertions - back];
    } else if (index > 0) {
        struct hpack now = *h; /* hpack_look_up() may learn of the table's size: not here */
        if (!hpack_look_up(&now, index > HPACK_STATIC_ENTRIES ? index - insertions : index, &f))
            return false;
        o->place = f.stranger;
        o->whole &= f.known == KNOWN_NOT;
        o->first = f.value.size > 0 ? f.value.data[0] : 0;
    } else {
        hpack_read_name(r, literals, &f);
    }
    if (index <= HPACK_STATIC_ENTRIES || back > insertions) {
        o->id = (uint8_t)f.id;
        o->pseudo = f.pseudo;
    }
    if (!(first & 0x80) && hpack_read_string(r, literals, &f.value, &f.entry) == GAVE_UP_NOT)
        o->first = f.value.size > 0 ? f.value.data[0] : 0;
    return !r->failed;
}

/* A whole block, before it is read: what it says of the old table. */
void hpack_look_ahead(struct hpack *h, struct slice block, struct literals *literals)
{
    struct hpack_outline fields[HPACK_OUTLINES];
    const struct hpack_outline *inserted[HPACK_OUTLINES];
    size_t count = 0;
    uint32_t insertions = 0;
    if (h->table.oldest > h->first) { /* older ones went before this one */
        hpack_recovery_drop(h->recovery);
        return;
    }
    for (struct reader r = reader_of(block); reader_left(&r) > 0;) {
        uint8_t first = read_u8(&r);
        if ((first & 0xe0) == 0x20) {
            hpack_read_integer(&r, first, 5);
            continue;
        }
        if (count == HPACK_OUTLINES || !outline(h, &r, first, literals, inserted, insertions, &fields[count]))
            return;
        if ((first & 0xc0) == 0x40)
            inserted[insertions++] = &fields[count];
        count++;
    }
    if (!hpack_recovery_judge(h->recovery, fields, count))
        hpack_begin_anew(h);
}

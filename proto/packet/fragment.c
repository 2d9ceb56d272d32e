#include "proto/packet/fragment.h"

enum { DATAGRAM_MOST = 65535 };

/* Pieces of one datagram do not overlap: of what comes, only what is new is kept. */
struct piece {
    struct piece *next; /* the next in the datagram */
    uint32_t offset, size;
    uint32_t kept; /* of its bytes */
    uint8_t bytes[];
};

struct datagram {
    struct fragment_key key;
    struct datagram *older, *newer;
    moment begun;
    struct piece *first; /* in the order of their offsets */
    struct piece *near;  /* where the last one was put in: the next is often behind it */
    uint32_t covered;    /* bytes in all pieces */
    uint32_t end;        /* of the piece that reaches furthest */
    uint32_t size;       /* of the whole; 0: its last piece has not come */
    uint32_t pieces;
    uint8_t protocol; /* named by the piece at 0 */
    bool again;       /* one of this key had just become whole */
    bool conflicting; /* a piece had other bytes than what was there */
};

struct whole {
    struct whole *next;
    size_t size;
    uint8_t bytes[];
};

struct entry {
    struct fragment_key key;
    uint32_t unused; /* the pointer's alignment, said aloud */
    struct datagram *datagram;
};

_Static_assert(sizeof(struct fragment_key) == 44, "no padding");

void fragments_init(struct fragments *f, const struct packet_limits *limits, struct memory *memory)
{
    *f = (struct fragments){.limits = limits, .memory = memory};
    table_init(&f->table, sizeof(struct fragment_key), sizeof(struct entry), limits->secret, memory);
}

static void *take(struct fragments *f, size_t size)
{
    void *block = memory_resize(f->memory, NULL, 0, size);
    if (block)
        f->bytes += size;
    return block;
}

static void give_back(struct fragments *f, void *block, size_t size)
{
    memory_resize(f->memory, block, size, 0);
    f->bytes -= size;
}

static void forget(struct fragments *f, struct datagram *d)
{
    *(d->older ? &d->older->newer : &f->oldest) = d->newer;
    *(d->newer ? &d->newer->older : &f->newest) = d->older;
    table_remove(&f->table, table_find(&f->table, &d->key));
    f->bytes -= sizeof(struct entry);
    for (struct piece *p = d->first, *next; p; p = next) {
        next = p->next;
        give_back(f, p, sizeof *p + p->kept);
    }
    give_back(f, d, sizeof *d);
}

static void free_wholes(struct fragments *f)
{
    for (struct whole *w = f->wholes, *next; w; w = next) {
        next = w->next;
        memory_resize(f->memory, w, sizeof *w + w->size, 0);
    }
    f->wholes = NULL;
}

void fragments_deinit(struct fragments *f)
{
    while (f->oldest)
        forget(f, f->oldest);
    free_wholes(f);
    table_deinit(&f->table);
}

static void expire(struct fragments *f, struct datagram *d)
{
    *(d->again ? &f->counts.again : &f->counts.expired) += 1;
    forget(f, d);
}

void fragments_finish(struct fragments *f)
{
    while (f->oldest)
        expire(f, f->oldest);
}

void fragments_begin(struct fragments *f, moment clock)
{
    if (f->wholes)
        free_wholes(f);
    while (f->oldest && clock - f->oldest->begun > f->limits->piece_wait)
        expire(f, f->oldest);
    for (; f->oldest && f->bytes > f->limits->piece_bytes; f->counts.evicted++)
        forget(f, f->oldest);
}

static uint64_t hash(const struct fragments *f, const struct fragment_key *key)
{
    return hash_bytes(f->limits->secret, key, sizeof *key);
}

static bool is_recent(const struct fragments *f, const struct fragment_key *key)
{
    uint64_t wanted = hash(f, key);
    bool found = false;
    for (unsigned i = 0; i < FRAGMENTS_RECENT; i++)
        found |= f->recent[i] == wanted;
    return found;
}

static struct datagram *find(struct fragments *f, const struct fragment *piece, moment clock)
{
    bool made;
    struct entry *e = table_put(&f->table, &piece->key, &made);
    if (!e || !made)
        return e ? e->datagram : NULL;
    struct datagram *d = take(f, sizeof *d);
    if (!d) {
        table_remove(&f->table, e);
        return NULL;
    }
    e->datagram = d;
    *d = (struct datagram){.key = piece->key, .begun = clock, .older = f->newest, .again = is_recent(f, &piece->key)};
    *(f->newest ? &f->newest->newer : &f->oldest) = d;
    f->newest = d;
    f->bytes += sizeof *e;
    return d;
}

/* What two pieces both have, and the capture kept of both. */
static bool differs(const struct piece *there, const struct fragment *piece, uint32_t from, uint32_t to)
{
    uint32_t kept = piece->offset + (uint32_t)piece->bytes.size;
    to = to < kept ? to : kept;
    to = to < there->offset + there->kept ? to : there->offset + there->kept;
    return from < to &&
           memcmp(there->bytes + (from - there->offset), piece->bytes.data + (from - piece->offset), to - from) != 0;
}

/* Its bytes `from` to `to`, behind `after`. */
static bool insert(struct fragments *f, struct datagram *d, struct piece *after, const struct fragment *piece,
                   uint32_t from, uint32_t to)
{
    struct slice kept = slice_part(piece->bytes, from - piece->offset, to - piece->offset);
    struct piece *new = d->pieces < f->limits->pieces ? take(f, sizeof *new + kept.size) : NULL;
    if (!new)
        return false;
    *new = (struct piece){.offset = from, .size = to - from, .kept = (uint32_t)kept.size};
    memcpy(new->bytes, kept.data, kept.size);
    struct piece **link = after ? &after->next : &d->first;
    new->next = *link;
    *link = new;
    d->near = new;
    d->covered += new->size;
    d->pieces++;
    return true;
}

/* What of the piece is not there yet is put in, gap by gap. */
static bool merge(struct fragments *f, struct datagram *d, const struct fragment *piece, uint32_t end)
{
    uint32_t at = piece->offset;
    struct piece *before = d->near && d->near->offset <= at ? d->near : NULL;
    bool repeated = false, conflicting = false;
    for (struct piece *there = before ? before : d->first; at < end; there = there->next) {
        uint32_t gap_end = there && there->offset < end ? there->offset : end;
        if (gap_end > at && !insert(f, d, before, piece, at, gap_end))
            return false;
        at = at < gap_end ? gap_end : at;
        if (!there || at >= end)
            break;
        uint32_t there_end = there->offset + there->size;
        uint32_t both_end = there_end < end ? there_end : end;
        if (both_end > at) {
            repeated = true;
            conflicting = conflicting || differs(there, piece, at, both_end);
            at = both_end;
        }
        before = there;
    }
    f->counts.repeated += repeated;
    f->counts.conflicting += conflicting;
    d->conflicting |= conflicting;
    return true;
}

static bool put_together(struct fragments *f, const struct datagram *d, struct fragment_whole *out)
{
    struct whole *w = memory_resize(f->memory, NULL, 0, sizeof *w + d->size);
    if (!w)
        return false;
    w->next = f->wholes;
    w->size = d->size;
    f->wholes = w;
    uint32_t size = 0;
    for (const struct piece *p = d->first; p; p = p->next) {
        memcpy(w->bytes + p->offset, p->bytes, p->kept);
        size += p->kept;
        if (p->kept < p->size)
            break;
    }
    *out = (struct fragment_whole){
        .bytes = {w->bytes, size}, .cut = d->size - size, .protocol = d->protocol, .conflicting = d->conflicting};
    return true;
}

static enum walk give_up(struct fragments *f, struct datagram *d)
{
    forget(f, d);
    f->counts.evicted++;
    return WALK_FULL;
}

enum walk fragments_put(struct fragments *f, const struct fragment *piece, moment clock, struct fragment_whole *out)
{
    uint64_t size = (uint64_t)piece->bytes.size + piece->cut, end = piece->offset + size;
    if (size == 0 || end > DATAGRAM_MOST || (piece->more && size % 8 != 0))
        return WALK_BAD;
    struct datagram *d = find(f, piece, clock);
    if (!d)
        return WALK_FULL;
    bool too_far = d->size && end > d->size;
    if (too_far || (!piece->more && end < d->end)) /* two ends: the one that was there first counts */
        return WALK_BAD;
    if (piece->offset == 0 && !(d->first && d->first->offset == 0))
        d->protocol = piece->protocol;
    if (!merge(f, d, piece, (uint32_t)end))
        return give_up(f, d);
    if (!piece->more)
        d->size = (uint32_t)end;
    d->end = d->end < end ? (uint32_t)end : d->end;
    if (d->covered != d->size)
        return WALK_FRAGMENT;
    if (!put_together(f, d, out))
        return give_up(f, d);
    f->counts.whole++;
    f->recent[f->next_recent++ % FRAGMENTS_RECENT] = hash(f, &d->key);
    forget(f, d);
    return WALK_SEGMENT;
}

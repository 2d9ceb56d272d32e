#include "sensor/flow/half_open.h"

enum { RING_FIRST = 256 };

static uint32_t slot_mask(const struct half_opens *h)
{
    return 2 * h->capacity - 1;
}

void half_opens_init(struct half_opens *h, uint32_t most, struct memory *memory)
{
    *h = (struct half_opens){.memory = memory, .most = RING_FIRST};
    while (h->most <= most / 2 && h->most < UINT32_C(1) << 30)
        h->most *= 2;
}

static void give_back(struct half_opens *h)
{
    if (h->ring)
        memory_resize(h->memory, h->ring, h->capacity * sizeof *h->ring, 0);
    if (h->clocks)
        memory_resize(h->memory, h->clocks, h->capacity * sizeof *h->clocks, 0);
    if (h->tags)
        memory_resize(h->memory, h->tags, h->capacity * sizeof *h->tags, 0);
    if (h->slots)
        memory_resize(h->memory, h->slots, 2 * h->capacity * sizeof *h->slots, 0);
}

void half_opens_deinit(struct half_opens *h)
{
    give_back(h);
    h->ring = NULL;
    h->clocks = NULL;
    h->tags = NULL;
    h->slots = NULL;
    h->capacity = h->oldest = h->used = h->live = 0;
}

static void index_record(struct half_opens *h, uint32_t tag, uint32_t at)
{
    uint32_t mask = slot_mask(h), i = tag & mask;
    while (h->slots[i].at)
        i = (i + 1) & mask;
    h->slots[i] = (struct half_open_slot){.tag = tag, .at = at + 1};
    h->tags[at] = tag;
}

/* Twice the places, the records in order from 0 on, dead ones dropped. */
static bool grow(struct half_opens *h)
{
    struct half_opens larger = *h;
    larger.capacity = h->capacity ? 2 * h->capacity : RING_FIRST;
    if (larger.capacity > h->most)
        return false;
    larger.ring = memory_resize(h->memory, NULL, 0, larger.capacity * sizeof *h->ring);
    larger.clocks = memory_resize(h->memory, NULL, 0, larger.capacity * sizeof *h->clocks);
    larger.tags = memory_resize(h->memory, NULL, 0, larger.capacity * sizeof *h->tags);
    larger.slots = memory_resize(h->memory, NULL, 0, 2 * larger.capacity * sizeof *h->slots);
    if (!larger.ring || !larger.clocks || !larger.tags || !larger.slots) {
        give_back(&larger);
        return false;
    }
    larger.oldest = larger.used = 0;
    for (uint32_t i = 0; i < h->used; i++) {
        uint32_t at = (h->oldest + i) & (h->capacity - 1);
        if (h->ring[at].dead)
            continue;
        larger.ring[larger.used] = h->ring[at];
        larger.clocks[larger.used] = h->clocks[at];
        index_record(&larger, h->tags[at], larger.used++);
    }
    give_back(h);
    *h = larger;
    return true;
}

uint32_t half_open_tag(const struct half_opens *h, uint64_t hash)
{
    uint32_t tag = (uint32_t)hash;
    if (h->live)
        __builtin_prefetch(&h->slots[tag & slot_mask(h)]);
    return tag;
}

static bool is_of_key(const struct half_open *record, const struct flow_key *key)
{
    return memcmp(record, key, offsetof(struct flow_key, network)) == 0 &&
           tunnel_network(record->tunnel_kind, record->tunnel_id) == key->network;
}

void half_open_key(const struct half_open *record, struct flow_key *key)
{
    memcpy(key, record, offsetof(struct flow_key, network));
    key->network = tunnel_network(record->tunnel_kind, record->tunnel_id);
}

bool half_open_has(const struct half_open *record, const struct packet *p, bool from_client)
{
    enum { WINDOW = 1 << 20 };
    if (p->flags & TCP_RST)
        return from_client ? p->seq == record->isn + 1 : p->ack == record->isn + 1;
    if (from_client || !(p->flags & TCP_ACK))
        return false;
    return p->flags & TCP_SYN ? p->ack == record->isn + 1 : p->payload.size && p->ack - (record->isn + 1) < WINDOW;
}

static uint32_t slot_of(const struct half_opens *h, const struct flow_key *key, uint32_t tag)
{
    uint32_t mask = slot_mask(h), i = tag & mask;
    for (; h->slots[i].at; i = (i + 1) & mask) {
        if (h->slots[i].tag == tag && is_of_key(&h->ring[h->slots[i].at - 1], key))
            break;
    }
    return i;
}

struct half_open *half_open_find(const struct half_opens *h, const struct flow_key *key, uint32_t tag)
{
    if (!h->live)
        return NULL;
    uint32_t at = h->slots[slot_of(h, key, tag)].at;
    return at ? &h->ring[at - 1] : NULL;
}

struct half_open *half_open_add(struct half_opens *h, const struct flow_key *key, uint32_t tag, moment clock,
                                uint64_t number)
{
    if (h->live && number - half_open_number(h, &h->ring[h->oldest]) > UINT32_MAX)
        return NULL;
    if (h->used == h->capacity && !grow(h))
        return NULL;
    h->newest = number;
    uint32_t at = (h->oldest + h->used++) & (h->capacity - 1);
    uint32_t id;
    enum tunnel_kind kind = tunnel_of_network(key->network, &id);
    h->ring[at] = (struct half_open){.number = (uint32_t)number, .tunnel_id = id, .tunnel_kind = kind & 15};
    memcpy(&h->ring[at], key, offsetof(struct flow_key, network));
    index_record(h, tag, at);
    h->clocks[at] = clock;
    h->live++;
    return &h->ring[at];
}

/* In a sweep the oldest go one after the other, each from a slot that is in no cache: those that follow are asked for
 * now. */
static void fetch_ahead(const struct half_opens *h)
{
    enum { AHEAD = 8 };
    if (h->used > AHEAD)
        __builtin_prefetch(&h->slots[h->tags[(h->oldest + AHEAD) & (h->capacity - 1)] & slot_mask(h)], 1);
}

void half_open_remove(struct half_opens *h, struct half_open *record)
{
    uint32_t at = (uint32_t)(record - h->ring), mask = slot_mask(h), hole = h->tags[at] & mask;
    while (h->slots[hole].at != at + 1)
        hole = (hole + 1) & mask;
    for (uint32_t i = (hole + 1) & mask; h->slots[i].at; i = (i + 1) & mask) {
        uint32_t home = h->slots[i].tag & mask;
        /* it may move into the hole unless its own search begins behind it */
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            h->slots[hole] = h->slots[i];
            hole = i;
        }
    }
    h->slots[hole] = (struct half_open_slot){0};
    record->dead = 1;
    h->live--;
    while (h->used && h->ring[h->oldest].dead) {
        h->oldest = (h->oldest + 1) & (h->capacity - 1);
        h->used--;
    }
    fetch_ahead(h);
}

struct half_open *half_open_oldest(struct half_opens *h)
{
    return h->live ? &h->ring[h->oldest] : NULL;
}

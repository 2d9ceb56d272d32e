/* SYNs that nobody has answered yet: a ring of 64-byte records in the order in which they came, found by a keyed index
 * of 8-byte slots. A sweep costs one record each; all wait equally long, so the oldest is always at the end of the
 * ring.
 *
 * So that two tags fit too, a record keeps no more of its time than is told, and of its frame's number the lower half:
 * those in the ring are never so far apart that the newest one's number does not give the rest. */
#ifndef SENSOR_FLOW_HALF_OPEN_H
#define SENSOR_FLOW_HALF_OPEN_H

#include "proto/base/memory.h"
#include "sensor/flow/key.h"

#define HALF_OPEN_TIME  ((UINT64_C(1) << 54) - 1)
#define HALF_OPEN_LEAST 40u
#define HALF_OPEN_ABOVE 127u

/** The SYN, as far as a connection is made of it later. It begins as its key does, but that tunnel_id and tunnel_kind
 * stand for the network that they make. */
struct half_open {
    uint8_t low_ip[16], high_ip[16];
    uint16_t low_port, high_port;
    uint32_t tunnel_id;
    uint32_t isn;
    struct syn_shape shape;
    uint64_t microseconds : 54, /* its time: half_open_time() */
        above_least : 7,        /* of its frame's size: half_open_size() */
        syns : 3;               /* how often it came, as far as 7 */
    uint32_t number;            /* of its frame, the lower half: half_open_number() */
    uint32_t outer : 12,        /* the outermost tag */
        inner : 12,             /* the one inside it */
        vlans : 2,              /* how many of the two there are */
        client_low : 1,         /* the client is the lower address of the key */
        dead : 1,               /* it was taken out, and waits for those before it */
        tunnel_kind : 4;        /* enum tunnel_kind, as the one above of what is told */
};

_Static_assert(sizeof(struct half_open) == 64, "what a SYN costs, beside its slot");
_Static_assert(offsetof(struct half_open, tunnel_id) == offsetof(struct flow_key, network),
               "compared as bytes up to it");

struct half_open_slot {
    uint32_t tag; /* of the key's hash; its lower bits are the slot where the search begins */
    uint32_t at;  /* place in the ring + 1; 0: free */
};

struct half_opens {
    struct half_open *ring;
    moment *clocks; /* when they came by the capture's clock: deadlines run on it, and it never goes back */
    uint32_t *tags; /* of the keys in the ring, so that the oldest is taken out without hashing it again */
    struct half_open_slot *slots; /* twice as many as the ring has places */
    uint32_t capacity;            /* a power of two, or 0 */
    uint32_t most;                /* the ring grows no further */
    uint32_t oldest, used;        /* place of the oldest; records from there, dead ones included */
    uint32_t live;
    uint64_t newest; /* the number of the frame that came last */
    struct memory *memory;
};

/** @param most  records at most; rounded down to a power of two. */
void half_opens_init(struct half_opens *h, uint32_t most, struct memory *memory);
void half_opens_deinit(struct half_opens *h);

/** For the calls below. Begins to fetch what half_open_find() will look at.
 *  @param hash  of the key, under a secret. */
uint32_t half_open_tag(const struct half_opens *h, uint64_t hash);

struct half_open *half_open_find(const struct half_opens *h, const struct flow_key *key, uint32_t tag);

/** @param number  of the frame: greater than all before it.
 *  @return a record with this key and number and else zeroed, valid until the next call; NULL: full, or the oldest is
 *  too far back. Of a tunnel that makes no network the caller may set kind and number. */
struct half_open *half_open_add(struct half_opens *h, const struct flow_key *key, uint32_t tag, moment clock,
                                uint64_t number);
void half_open_remove(struct half_opens *h, struct half_open *record);

/** Whether the packet's numbers fit the SYN: it ends what that began, or its server answers it. */
bool half_open_has(const struct half_open *record, const struct packet *p, bool from_client);

void half_open_key(const struct half_open *record, struct flow_key *key);

static inline uint64_t half_open_number(const struct half_opens *h, const struct half_open *record)
{
    return h->newest - (uint32_t)((uint32_t)h->newest - record->number);
}

/** Years as far as packets' times reach, before 1970 too; in whole microseconds. */
static inline void half_open_set_time(struct half_open *record, moment time)
{
    record->microseconds = (uint64_t)(time / 1000) & HALF_OPEN_TIME;
}

static inline moment half_open_time(const struct half_open *record)
{
    return ((moment)((uint64_t)record->microseconds << 10) >> 10) * 1000;
}

/** Of the SYN's frame: from 40 bytes, which IPv4 and TCP have, to 167, which IPv6 with options has in a tunnel. */
static inline void half_open_set_size(struct half_open *record, uint32_t size)
{
    uint32_t above = size > HALF_OPEN_LEAST ? size - HALF_OPEN_LEAST : 0;
    record->above_least = above < HALF_OPEN_ABOVE ? above & HALF_OPEN_ABOVE : HALF_OPEN_ABOVE;
}

static inline uint32_t half_open_size(const struct half_open *record)
{
    return HALF_OPEN_LEAST + record->above_least;
}

/** The one that came first, or NULL. */
struct half_open *half_open_oldest(struct half_opens *h);

/** By the clock; INT64_MAX: there is none. */
static inline moment half_open_oldest_clock(const struct half_opens *h)
{
    return h->live ? h->clocks[h->oldest] : INT64_MAX;
}

#endif

#include "proto/http/literals.h"

#include "proto/http/huffman.h"

/* Short strings are decoded nearly as fast as they are found, and the paths among them do not come again soon. */
enum { SHORT = 128, WAYS = 4, SLOT_BYTES = 4096, SCRATCH_KEPT = 16384 };

/* For any string in a header block of the longest that are read, 1 MiB and a little. */
enum { SCRATCH_MAX = 7 << 18 };

/* A string as it was sent, and behind that what it means. */
struct slot {
    uint32_t coded, decoded; /* sizes */
    uint32_t number;
    uint8_t bytes[SLOT_BYTES - 12];
};

struct scratch {
    uint8_t *bytes;
    size_t size;
};

struct literals {
    struct memory *memory;
    struct slot *slots;
    uint64_t *hashes;          /* of the slots' strings, behind the slots; 0: free */
    uint64_t seed;             /* of the hashes */
    size_t sets;               /* of WAYS slots, each: a string may be in any slot of its set */
    size_t last;               /* the slot given out by the last call: it stays through the next one */
    struct scratch scratch[2]; /* used in turn, for the same reason */
    unsigned turn, next;       /* the scratch used last; the way of its set that the next string takes */
    uint32_t number, numbers;  /* of the string decoded last; how many were given out */
};

static void scratch_free(struct literals *l, struct scratch *s)
{
    if (s->bytes != NULL)
        explicit_bzero(s->bytes, s->size);
    memory_resize(l->memory, s->bytes, s->size, 0);
    *s = (struct scratch){.bytes = NULL};
}

/* What one long string took is given back when the next one is not. */
static bool scratch_fit(struct literals *l, struct scratch *s, size_t size)
{
    size_t wanted = size > SCRATCH_KEPT ? size : SCRATCH_KEPT;
    if (s->size == wanted || (s->size > wanted && size > SCRATCH_KEPT))
        return true;
    if (wanted > SCRATCH_MAX)
        return false;
    scratch_free(l, s);
    s->bytes = memory_resize(l->memory, NULL, 0, wanted);
    s->size = s->bytes != NULL ? wanted : 0;
    return s->bytes != NULL;
}

static size_t slots_size(const struct literals *l)
{
    return l->sets * WAYS * (sizeof *l->slots + sizeof *l->hashes);
}

struct literals *literals_new(size_t bytes, const struct hash_secret *secret, struct memory *memory)
{
    struct literals *l = memory_resize(memory, NULL, 0, sizeof *l);
    if (l == NULL)
        return NULL;
    size_t sets = bytes / (WAYS * sizeof *l->slots);
    *l = (struct literals){
        .memory = memory, .seed = hash_bytes(secret, "", 0), .sets = sets > 0 ? sets : 1, .last = SIZE_MAX};
    l->slots = memory_resize(memory, NULL, 0, slots_size(l));
    if (l->slots == NULL) {
        memory_resize(memory, l, sizeof *l, 0);
        return NULL;
    }
    l->hashes = (uint64_t *)(void *)(l->slots + l->sets * WAYS);
    return l;
}

void literals_free(struct literals *l)
{
    if (l == NULL)
        return;
    scratch_free(l, &l->scratch[0]);
    scratch_free(l, &l->scratch[1]);
    explicit_bzero(l->slots, slots_size(l));
    memory_resize(l->memory, l->slots, slots_size(l), 0);
    memory_resize(l->memory, l, sizeof *l, 0);
}

static enum gave_up decode(struct literals *l, struct slice coded, struct slice *out)
{
    struct scratch *s = &l->scratch[l->turn ^= 1];
    if (!scratch_fit(l, s, huffman_room(coded.size)))
        return GAVE_UP_MEMORY;
    *out = (struct slice){.data = s->bytes, .size = 0};
    return huffman_decode(coded, s->bytes, &out->size) ? GAVE_UP_NOT : GAVE_UP_MALFORMED;
}

/* By its end: of a token that is its signature. Who makes strings that share it makes them cost what they do without.
 */
static uint64_t hash_of(const struct literals *l, struct slice coded)
{
    const uint64_t odd = 0x9E3779B97F4A7C15;
    uint64_t end;
    memcpy(&end, coded.data + coded.size - sizeof end, sizeof end);
    return ((end ^ l->seed) + coded.size) * odd | 1;
}

/* @return the slot in which the string is, or SIZE_MAX. */
static size_t find(const struct literals *l, size_t set, uint64_t hash, struct slice coded)
{
    for (size_t i = set * WAYS; i < (set + 1) * WAYS; i++) {
        const struct slot *slot = &l->slots[i];
        if (l->hashes[i] == hash && slot->coded == coded.size && memcmp(slot->bytes, coded.data, coded.size) == 0)
            return i;
    }
    return SIZE_MAX;
}

static void remember(struct literals *l, size_t i, uint64_t hash, struct slice coded, struct slice decoded)
{
    struct slot *slot = &l->slots[i];
    if (coded.size + decoded.size > sizeof slot->bytes)
        return;
    l->hashes[i] = hash;
    slot->coded = (uint32_t)coded.size;
    slot->decoded = (uint32_t)decoded.size;
    slot->number = l->numbers < LITERALS_NUMBER_MAX ? ++l->numbers : 0;
    l->number = slot->number;
    memcpy(slot->bytes, coded.data, coded.size);
    memcpy(slot->bytes + coded.size, decoded.data, decoded.size);
}

uint32_t literals_number(const struct literals *l)
{
    return l->number;
}

enum gave_up literals_decode(struct literals *l, struct slice coded, struct slice *out)
{
    size_t last = l->last;
    l->last = SIZE_MAX;
    l->number = 0;
    if (coded.size < SHORT || coded.size > sizeof l->slots->bytes)
        return decode(l, coded, out);
    uint64_t hash = hash_of(l, coded);
    size_t set = (hash >> 32) * l->sets >> 32, i = find(l, set, hash, coded);
    if (i != SIZE_MAX) {
        *out = (struct slice){.data = l->slots[i].bytes + coded.size, .size = l->slots[i].decoded};
        l->last = i;
        l->number = l->slots[i].number;
        return GAVE_UP_NOT;
    }
    enum gave_up reason = decode(l, coded, out);
    i = set * WAYS + l->next++ % WAYS;
    if (reason == GAVE_UP_NOT && i != last)
        remember(l, i, hash, coded, *out);
    return reason;
}

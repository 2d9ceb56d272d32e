#include "proto/tls/record.h"

/* How many headers in a row, each where the one before says, make bytes from anywhere a record. */
enum { CHAIN = 3, SEARCH_BYTES = (CHAIN - 1) * (TLS_RECORD_HEADER + TLS_RECORD_MAX) + TLS_RECORD_HEADER };

/* Searching, `held` begins where a record may begin; else it is the beginning of a header. */
struct half {
    uint8_t *held;
    uint32_t size, capacity;
    uint32_t left; /* of the content of the record */
    bool searching;
    bool ended;
};

struct tls_record {
    struct stream stream;
    const struct tls_record_events *events;
    void *owner;
    struct memory *memory;
    struct half half[2];
    bool recognised; /* a record was told */
    bool gave_up;
};

static uint16_t number_at(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

bool tls_record_plausible(const uint8_t header[static TLS_RECORD_HEADER])
{
    return header[0] >= TLS_CHANGE_CIPHER_SPEC && header[0] <= TLS_APPLICATION_DATA && header[1] == 3 &&
           header[2] <= 4 && number_at(header + 3) <= TLS_RECORD_MAX;
}

static void release(struct tls_record *t, struct half *side)
{
    if (side->held)
        memory_resize(t->memory, side->held, side->capacity, 0);
    side->held = NULL;
    side->size = side->capacity = 0;
}

static void give_up(struct tls_record *t, moment time, enum gave_up reason)
{
    t->gave_up = true;
    t->events->gave_up(t->owner, time, reason);
}

static bool hold(struct tls_record *t, struct half *side, struct slice bytes)
{
    size_t need = side->size + bytes.size;
    if (bytes.size == 0)
        return true;
    if (need > side->capacity) {
        size_t capacity = side->capacity ? side->capacity : 64;
        while (capacity < need)
            capacity *= 2;
        uint8_t *held = memory_resize(t->memory, side->held, side->capacity, capacity);
        if (!held)
            return false;
        side->held = held;
        side->capacity = (uint32_t)capacity;
    }
    memcpy(side->held + side->size, bytes.data, bytes.size);
    side->size = (uint32_t)need;
    return true;
}

static struct slice held_slice(const struct half *side)
{
    return side->held ? (struct slice){.data = side->held, .size = side->size} : slice_of("");
}

/* Reads one header and passes over what there is of its content. @return bytes taken; 0: the header is not all there.
 */
static size_t one_record(struct tls_record *t, enum side from, moment time, struct slice rest)
{
    struct half *side = &t->half[from];
    if (rest.size < TLS_RECORD_HEADER)
        return 0;
    if (!tls_record_plausible(rest.data)) {
        give_up(t, time, t->recognised ? GAVE_UP_MALFORMED : GAVE_UP_NOT_MINE);
        return rest.size;
    }
    uint16_t length = number_at(rest.data + 3);
    t->recognised = true;
    t->events->record(t->owner, from, time, (enum tls_content)rest.data[0], number_at(rest.data + 1), length);
    size_t here = rest.size - TLS_RECORD_HEADER;
    here = here < length ? here : length;
    side->left = (uint32_t)(length - here);
    return TLS_RECORD_HEADER + here;
}

/* @return whether nothing speaks against a record here; `whole`: the chain is all there. */
static bool chains(struct slice bytes, bool *whole)
{
    size_t at = 0;
    *whole = false;
    for (unsigned i = 0; i < CHAIN; i++) {
        if (at > bytes.size || bytes.size - at < TLS_RECORD_HEADER)
            return true;
        if (!tls_record_plausible(bytes.data + at))
            return false;
        at += TLS_RECORD_HEADER + (size_t)number_at(bytes.data + at + 3);
    }
    *whole = true;
    return true;
}

/* Walks to the first place where a record may begin. */
static size_t search(struct slice bytes, bool *found)
{
    size_t at = 0;
    *found = false;
    while (at < bytes.size && !chains(slice_part(bytes, at, bytes.size), found))
        at++;
    return at;
}

static void read_on(struct tls_record *t, enum side from, moment time, struct slice rest);

/* All of a found chain is read from the hold, which is emptied first: what is left of it may have to be held again. */
static void read_held(struct tls_record *t, enum side from, moment time)
{
    struct half *side = &t->half[from];
    struct half found = *side;
    side->held = NULL;
    side->size = side->capacity = 0;
    read_on(t, from, time, held_slice(&found));
    release(t, &found);
}

static void search_on(struct tls_record *t, enum side from, moment time, struct slice rest)
{
    struct half *side = &t->half[from];
    bool found = false;
    if (side->size == 0) {
        size_t at = search(rest, &found);
        rest = slice_part(rest, at, rest.size);
        side->searching = !found;
        if (found)
            read_on(t, from, time, rest);
        else if (!hold(t, side, rest))
            give_up(t, time, GAVE_UP_MEMORY);
        return;
    }
    while (rest.size && side->searching && !t->gave_up) {
        struct slice piece = slice_part(rest, 0, SEARCH_BYTES - side->size);
        rest = slice_part(rest, piece.size, rest.size);
        if (!hold(t, side, piece)) {
            give_up(t, time, GAVE_UP_MEMORY);
            return;
        }
        size_t at = search(held_slice(side), &found);
        memmove(side->held, side->held + at, side->size - at);
        side->size -= (uint32_t)at;
        side->searching = !found;
        if (found)
            read_held(t, from, time);
    }
    read_on(t, from, time, rest);
}

/* The beginning of a header is held: only what it lacks is added. */
static void complete_header(struct tls_record *t, enum side from, moment time, struct slice *rest)
{
    struct half *side = &t->half[from];
    struct slice piece = slice_part(*rest, 0, TLS_RECORD_HEADER - side->size);
    *rest = slice_part(*rest, piece.size, rest->size);
    if (!hold(t, side, piece)) {
        give_up(t, time, GAVE_UP_MEMORY);
    } else if (side->size == TLS_RECORD_HEADER) {
        one_record(t, from, time, held_slice(side));
        release(t, side);
    }
}

static void read_on(struct tls_record *t, enum side from, moment time, struct slice rest)
{
    struct half *side = &t->half[from];
    while (rest.size && !t->gave_up) {
        if (side->searching) {
            search_on(t, from, time, rest);
            return;
        }
        size_t passed = side->left < rest.size ? side->left : rest.size;
        side->left -= (uint32_t)passed;
        rest = slice_part(rest, passed, rest.size);
        size_t taken = side->size || rest.size == 0 ? 0 : one_record(t, from, time, rest);
        if (taken == 0 && rest.size)
            complete_header(t, from, time, &rest);
        rest = slice_part(rest, taken, rest.size);
    }
}

static void push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    struct tls_record *t = (struct tls_record *)s;
    if (!t->gave_up && !t->half[from].ended)
        read_on(t, from, time, bytes);
}

static void gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    struct tls_record *t = (struct tls_record *)s;
    struct half *side = &t->half[from];
    (void)time;
    if (t->gave_up || side->ended || size == 0)
        return;
    if (size <= side->left) {
        side->left -= (uint32_t)size;
        return;
    }
    release(t, side);
    side->left = 0;
    side->searching = true;
}

static void end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    struct tls_record *t = (struct tls_record *)s;
    (void)time;
    (void)how;
    t->half[from].ended = true;
    release(t, &t->half[from]);
}

static void destroy(struct stream *s)
{
    struct tls_record *t = (struct tls_record *)s;
    release(t, &t->half[CLIENT]);
    release(t, &t->half[SERVER]);
    memory_resize(t->memory, t, sizeof *t, 0);
}

struct stream *tls_record_new(bool from_start, struct memory *memory, const struct tls_record_events *events,
                              void *owner)
{
    static const struct stream_ops ops = {.push = push, .gap = gap, .end = end, .free = destroy};
    struct tls_record *t = memory_resize(memory, NULL, 0, sizeof *t);
    if (!t)
        return NULL;
    t->stream.ops = &ops;
    t->events = events;
    t->owner = owner;
    t->memory = memory;
    t->half[CLIENT].searching = t->half[SERVER].searching = !from_start;
    return &t->stream;
}

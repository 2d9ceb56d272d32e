#include "proto/tls/record.h"

#include "proto/base/hold.h"

/* How many headers in a row, each where the one before says, make bytes from anywhere a record; and how many of those
 * that chance hardly makes. */
enum {
    CHAIN = 3,
    BELIEVABLE = 2,
    SEARCH_BYTES = (CHAIN - 1) * (TLS_RECORD_HEADER + TLS_RECORD_MAX) + TLS_RECORD_HEADER
};

/* Searching, `hold` begins where a record may begin; else it is the beginning of a header, or of a wanted content. */
struct half {
    struct hold hold;
    uint32_t left; /* of the content of the record: what is still to come */
    uint8_t header[TLS_RECORD_HEADER];
    bool wanted; /* that content */
    bool searching;
    bool behind;   /* a gap: what is held begins right there */
    bool believes; /* that a record begins there, for its header alone */
    bool believed; /* of the record that was begun: the next one shows whether it was one */
    bool asked;    /* whether what may begin at `hold` is proved: it was not */
    bool ended;
};

struct tls_record {
    struct stream stream;
    const struct tls_record_events *events;
    void *owner;
    struct memory *memory;
    struct half half[2];
    bool recognised; /* a record was told */
    bool sslv2;      /* or a hello of SSL 2: what the server answers may be no records */
    bool gave_up;
};

static uint16_t number_at(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

/* Where a record is known to begin. Its version "MUST be ignored for all purposes" (RFC 8446, 5.1), and is by servers.
 */
static bool may_be_record(const uint8_t header[static TLS_RECORD_HEADER])
{
    return header[0] >= TLS_CHANGE_CIPHER_SPEC && header[0] <= TLS_HEARTBEAT && number_at(header + 3) <= TLS_RECORD_MAX;
}

bool tls_record_plausible(const uint8_t header[static TLS_RECORD_HEADER])
{
    return may_be_record(header) && header[0] != TLS_HEARTBEAT && header[1] == 3 && header[2] <= 4;
}

static void give_up(struct tls_record *t, moment time, enum gave_up reason)
{
    t->gave_up = true;
    t->events->gave_up(t->owner, time, reason);
}

/* RFC 5246, E.2: a length with its highest bit set, CLIENT-HELLO, a version: SSL 2.0 or what is offered. */
static bool is_sslv2_hello(const uint8_t header[static TLS_RECORD_HEADER])
{
    enum { LEAST = 9 + 3 };
    unsigned length = (header[0] & 0x7fU) << 8 | header[1];
    return header[0] & 0x80 && header[2] == 1 && length >= LEAST &&
           (header[3] == 3 || (header[3] == 0 && header[4] == 2));
}

static void begin_sslv2(struct tls_record *t, struct half *side, const uint8_t *header)
{
    t->recognised = t->sslv2 = true;
    side->left = ((header[0] & 0x7fU) << 8 | header[1]) - (TLS_RECORD_HEADER - 2);
    side->wanted = false;
    if (t->events->sslv2_hello)
        t->events->sslv2_hello(t->owner);
}

static void tell_content(struct tls_record *t, enum side from, moment time, struct slice content)
{
    t->half[from].wanted = false;
    t->events->content(t->owner, from, time, t->half[from].header, content);
}

/* What was believed to be a record was none: nobody knows how many were passed over. */
static void disbelieve(struct tls_record *t, enum side from, moment time, const uint8_t *header)
{
    struct half *side = &t->half[from];
    side->believed = false;
    side->searching = true;
    if (t->events->lost)
        t->events->lost(t->owner, from, time, TLS_LOST_SOME, NULL, GAP_UNKNOWN);
    if (!hold_add(&side->hold, (struct slice){header, TLS_RECORD_HEADER}, t->memory))
        give_up(t, time, GAVE_UP_MEMORY);
}

/* @param header  may be held: it is not asked for behind the call. */
static void begin_record(struct tls_record *t, enum side from, moment time, const uint8_t *header)
{
    struct half *side = &t->half[from];
    if (!t->recognised && from == CLIENT && is_sslv2_hello(header)) {
        begin_sslv2(t, side, header);
        return;
    }
    if (!tls_record_plausible(header) && side->believed) {
        disbelieve(t, from, time, header);
        return;
    }
    if (!may_be_record(header)) {
        give_up(t, time, t->recognised && !t->sslv2 ? GAVE_UP_MALFORMED : GAVE_UP_NOT_MINE);
        return;
    }
    t->recognised = true;
    side->believed = side->believes;
    side->believes = false;
    memcpy(side->header, header, TLS_RECORD_HEADER);
    side->left = number_at(header + 3);
    side->wanted = t->events->record(t->owner, from, side->header);
    if (side->wanted && side->left == 0)
        tell_content(t, from, time, slice_of(""));
}

/* A record that begins with a hello needs no others behind it, and one before it no more: content, version, kind, and a
 * version again. */
static bool is_hello(struct slice bytes)
{
    enum { AT_KIND = TLS_RECORD_HEADER, AT_LENGTH = AT_KIND + 1, AT_VERSION = AT_LENGTH + 3, NEEDED = AT_VERSION + 2 };
    return bytes.size >= NEEDED && tls_record_plausible(bytes.data) && bytes.data[0] == TLS_HANDSHAKE &&
           number_at(bytes.data + 3) >= NEEDED - TLS_RECORD_HEADER &&
           (bytes.data[AT_KIND] == 1 || bytes.data[AT_KIND] == 2) && bytes.data[AT_LENGTH] == 0 &&
           bytes.data[AT_VERSION] == 3 && bytes.data[AT_VERSION + 1] <= 4;
}

/* By chance bytes begin so once in some fifty millions. */
static bool is_believable(const uint8_t header[static TLS_RECORD_HEADER])
{
    bool changes = header[0] == TLS_CHANGE_CIPHER_SPEC && number_at(header + 3) == 1;
    return tls_record_plausible(header) && header[2] == 3 && (header[0] == TLS_APPLICATION_DATA || changes);
}

/* @return whether nothing speaks against a record here; `whole`: the chain is all there. */
static bool chains(struct slice bytes, bool *whole)
{
    size_t at = 0;
    unsigned believable = 0;
    *whole = false;
    for (unsigned i = 0; i < CHAIN && believable < BELIEVABLE && !*whole; i++) {
        if (at > bytes.size || bytes.size - at < TLS_RECORD_HEADER)
            return true;
        if (!tls_record_plausible(bytes.data + at))
            return false;
        *whole = is_hello(slice_part(bytes, at, bytes.size));
        believable += is_believable(bytes.data + at);
        at += TLS_RECORD_HEADER + (size_t)number_at(bytes.data + at + 3);
    }
    *whole = true;
    return true;
}

static bool is_proved(struct tls_record *t, enum side from, struct slice bytes)
{
    struct half *side = &t->half[from];
    bool may_be = bytes.size >= TLS_RECORD_HEADER && tls_record_plausible(bytes.data);
    size_t length = may_be ? number_at(bytes.data + 3) : 0;
    if (!t->events->proves || side->asked || !may_be || bytes.size < TLS_RECORD_HEADER + length)
        return false;
    side->asked = true;
    return t->events->proves(t->owner, from, bytes.data,
                             slice_part(bytes, TLS_RECORD_HEADER, TLS_RECORD_HEADER + length));
}

/* Segments begin with records more often than not, and of a short snap length they show little else. To wait for what
 * follows would tell the record behind what the other side says then. */
static bool is_behind_gap(const struct half *side, struct slice bytes)
{
    return side->behind && bytes.size >= TLS_RECORD_HEADER && is_believable(bytes.data);
}

/* Walks to the first place where a record may begin. */
static size_t search(struct tls_record *t, enum side from, struct slice bytes, bool *found)
{
    struct half *side = &t->half[from];
    size_t at = 0;
    *found = false;
    for (; at < bytes.size; at++, side->asked = false) {
        struct slice here = slice_part(bytes, at, bytes.size);
        /* Proved first: what follows it is asked only where that is not known. */
        side->believes = at == 0 && is_behind_gap(side, here);
        *found = side->believes || is_proved(t, from, here);
        if (*found || chains(here, found))
            break;
    }
    side->asked &= !*found;
    side->behind &= at == 0 && !*found;
    return at;
}

static void read_on(struct tls_record *t, enum side from, moment time, struct slice rest);

/* All of a found chain is read from the hold, which is emptied first: what is left of it may have to be held again. */
static void read_held(struct tls_record *t, enum side from, moment time)
{
    struct half *side = &t->half[from];
    struct hold found = side->hold;
    side->hold = (struct hold){0};
    read_on(t, from, time, hold_slice(&found));
    hold_clear(&found, t->memory);
}

static void search_on(struct tls_record *t, enum side from, moment time, struct slice rest)
{
    struct half *side = &t->half[from];
    bool found = false;
    if (side->hold.size == 0) {
        size_t at = search(t, from, rest, &found);
        rest = slice_part(rest, at, rest.size);
        side->searching = !found;
        if (found)
            read_on(t, from, time, rest);
        else if (!hold_add(&side->hold, rest, t->memory))
            give_up(t, time, GAVE_UP_MEMORY);
        return;
    }
    while (rest.size && side->searching && !t->gave_up) {
        struct slice piece = slice_take(&rest, SEARCH_BYTES - side->hold.size);
        if (!hold_add(&side->hold, piece, t->memory)) {
            give_up(t, time, GAVE_UP_MEMORY);
            return;
        }
        size_t at = search(t, from, hold_slice(&side->hold), &found);
        memmove(side->hold.bytes, side->hold.bytes + at, side->hold.size - at);
        side->hold.size -= (uint32_t)at;
        side->searching = !found;
        if (found)
            read_held(t, from, time);
    }
    read_on(t, from, time, rest);
}

/* A header, or the beginning of one: with what is held of it. */
static void read_header(struct tls_record *t, enum side from, moment time, struct slice *rest)
{
    struct half *side = &t->half[from];
    uint8_t header[TLS_RECORD_HEADER];
    struct slice piece = slice_take(rest, TLS_RECORD_HEADER - side->hold.size);
    if (side->hold.size + piece.size < TLS_RECORD_HEADER) {
        if (!hold_add(&side->hold, piece, t->memory))
            give_up(t, time, GAVE_UP_MEMORY);
        return;
    }
    if (side->hold.size)
        memcpy(header, side->hold.bytes, side->hold.size);
    memcpy(header + side->hold.size, piece.data, piece.size);
    hold_clear(&side->hold, t->memory);
    begin_record(t, from, time, header);
}

/* What there is of a record's content: passed over, or, where it is wanted, told once it is all there. */
static void read_content(struct tls_record *t, enum side from, moment time, struct slice *rest)
{
    struct half *side = &t->half[from];
    struct slice piece = slice_take(rest, side->left);
    size_t length = number_at(side->header + 3);
    side->left -= (uint32_t)piece.size;
    if (!side->wanted)
        return;
    if (piece.size == length) {
        tell_content(t, from, time, piece);
    } else if (!hold_add_of(&side->hold, piece, length, t->memory)) {
        give_up(t, time, GAVE_UP_MEMORY);
    } else if (side->left == 0) {
        tell_content(t, from, time, hold_slice(&side->hold));
        hold_clear(&side->hold, t->memory);
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
        if (side->left)
            read_content(t, from, time, &rest);
        else
            read_header(t, from, time, &rest);
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
    if (t->gave_up || side->ended || size == 0)
        return;
    bool inside = size <= side->left, wanted = side->wanted;
    bool placed = size != GAP_UNKNOWN && !side->searching && !inside;
    uint64_t records = placed ? size - side->left + (side->left ? 0 : side->hold.size) : GAP_UNKNOWN;
    side->wanted = false;
    hold_clear(&side->hold, t->memory);
    side->left = inside ? side->left - (uint32_t)size : 0;
    side->searching |= !inside;
    side->behind = side->searching;
    side->asked = false;
    if (t->events->lost && inside && wanted)
        t->events->lost(t->owner, from, time, TLS_LOST_ONE, side->header, 0);
    else if (t->events->lost && !inside)
        t->events->lost(t->owner, from, time, TLS_LOST_SOME, NULL, records);
}

static void end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    struct tls_record *t = (struct tls_record *)s;
    (void)time;
    (void)how;
    t->half[from].ended = true;
    hold_clear(&t->half[from].hold, t->memory);
}

static void destroy(struct stream *s)
{
    struct tls_record *t = (struct tls_record *)s;
    hold_clear(&t->half[CLIENT].hold, t->memory);
    hold_clear(&t->half[SERVER].hold, t->memory);
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

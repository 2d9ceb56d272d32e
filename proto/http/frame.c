#include "proto/http/frame.h"

enum at { AT_PREFACE, AT_HEADER, AT_PAYLOAD, AT_PAD_LENGTH, AT_DATA, AT_SEARCH, AT_NOTHING };

/* RFC 9113, section 3.4. */
static const char PREFACE[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum { PREFACE_SIZE = sizeof PREFACE - 1, TRIAL = 16 };

void frames_deinit(struct frames *f)
{
    hold_clear(&f->hold, f->memory);
    frame_search_clear(&f->search, f->memory);
    f->at = AT_NOTHING;
}

static void lose(struct frames *f, moment time)
{
    hold_clear(&f->hold, f->memory);
    f->at = AT_SEARCH;
    f->size = 0;
    f->events->lost(f->owner, f->from, time);
}

/* `size` bytes of the payload are gone through: what is left is padding at its end. */
static void pass(struct frames *f, size_t size)
{
    f->left -= (uint32_t)size;
    f->padding = f->padding < f->left ? f->padding : f->left;
    if (f->left == 0)
        f->at = AT_HEADER;
}

static void read_payload(struct frames *f, moment time, struct slice piece)
{
    pass(f, piece.size);
    bool held = !f->damage && (f->hold.size || f->left);
    if (held && !hold_add(&f->hold, piece, f->memory)) {
        frames_deinit(f);
        return;
    }
    if (f->left)
        return;
    if (f->damage)
        f->events->damaged(f->owner, f->from, time, &f->frame, f->damage);
    else
        f->events->whole(f->owner, f->from, time, &f->frame, held ? hold_slice(&f->hold) : piece);
    hold_clear(&f->hold, f->memory);
}

static void read_data(struct frames *f, moment time, struct slice piece)
{
    struct slice body = slice_part(piece, 0, f->left - f->padding);
    pass(f, piece.size);
    if (body.size == 0 && f->left)
        return;
    uint32_t lost = f->lost;
    f->lost = 0;
    f->events->data(f->owner, f->from, time, &f->frame, body, lost, f->left == 0);
}

/* Padding of the payload's size or more is a connection error (RFC 9113, section 6.1): then there is no body. */
static void read_pad_length(struct frames *f, moment time, struct slice one)
{
    f->at = AT_DATA;
    f->padding = one.data[0];
    f->frame.overpadded = f->padding >= f->frame.size;
    pass(f, 1);
    read_data(f, time, slice_of(""));
}

static void begin(struct frames *f, moment time, const uint8_t *nine)
{
    f->frame = frame_header_read(nine);
    f->size = 0;
    if (f->trial && !frame_header_may_follow(&f->frame, f->from)) {
        struct slice again = {nine, FRAME_HEADER};
        struct frames_found none;
        lose(f, time);
        frame_search_push(&f->search, f->from, f->memory, &again, &none); /* too little for a chain to be found in */
        return;
    }
    if (f->trial)
        f->trial--;
    f->left = f->frame.size;
    f->padding = f->lost = 0;
    bool data = f->frame.type == FRAME_DATA;
    f->damage = !data && f->left > f->most ? GAVE_UP_LIMIT : GAVE_UP_NOT;
    f->at = !data ? AT_PAYLOAD : f->frame.flags & FRAME_PADDED ? AT_PAD_LENGTH : AT_DATA;
    if (f->left == 0)
        (data ? read_data : read_payload)(f, time, slice_of(""));
}

static void read_header(struct frames *f, moment time, struct slice piece)
{
    if (piece.size == FRAME_HEADER) {
        begin(f, time, piece.data);
        return;
    }
    memcpy(f->begun + f->size, piece.data, piece.size);
    f->size = (uint8_t)(f->size + piece.size);
    if (f->size == FRAME_HEADER)
        begin(f, time, f->begun);
}

static void read_preface(struct frames *f, moment time, struct slice *rest)
{
    struct slice piece = slice_part(*rest, 0, PREFACE_SIZE - f->size);
    if (memcmp(piece.data, PREFACE + f->size, piece.size) != 0) {
        lose(f, time); /* what came begins no frame: 'P' is more than a frame's length begins with in a search */
        return;
    }
    slice_take(rest, piece.size);
    f->size = (uint8_t)(f->size + piece.size);
    if (f->size < PREFACE_SIZE)
        return;
    f->size = 0;
    f->at = AT_HEADER;
}

/* How much is missing may be likely only (a record of TLS): so the boundary behind it is on trial. */
static void gap_inside(struct frames *f, moment time, uint32_t size)
{
    f->trial = TRIAL;
    if (f->at == AT_PAYLOAD) {
        hold_clear(&f->hold, f->memory);
        f->damage = f->damage ? f->damage : GAVE_UP_NO_RESUME;
        pass(f, size);
        read_payload(f, time, slice_of(""));
        return;
    }
    uint32_t body = f->left - f->padding;
    if (f->at == AT_PAD_LENGTH) { /* which of the rest is padding is not known: none of it is told */
        f->padding = f->left;
        f->at = AT_DATA;
        f->lost += f->left - 1;
    } else {
        f->lost += size < body ? size : body;
    }
    pass(f, size);
    read_data(f, time, slice_of(""));
}

/* Reads what the chain held, and then is where it has come to. */
static void resume(struct frames *f, moment time, struct frames_found *found)
{
    struct slice rest = hold_slice(&found->hold);
    f->at = AT_HEADER;
    f->trial = TRIAL;
    while (rest.size && f->at != AT_NOTHING) {
        if (f->at == AT_HEADER)
            read_header(f, time, slice_take(&rest, FRAME_HEADER - f->size));
        else
            read_payload(f, time, slice_take(&rest, f->left));
        uint32_t missing = f->left - (rest.size ? 0 : found->left);
        if ((f->at == AT_DATA || f->at == AT_PAD_LENGTH) && missing)
            gap_inside(f, time, missing);
    }
    hold_clear(&found->hold, f->memory);
}

static void search(struct frames *f, moment time, struct slice *rest)
{
    struct frames_found found;
    enum frame_search_result result = frame_search_push(&f->search, f->from, f->memory, rest, &found);
    if (result == FRAME_SEARCH_FOUND)
        resume(f, time, &found);
    else if (result == FRAME_SEARCH_NO_MEMORY)
        frames_deinit(f);
}

void frames_init(struct frames *f, enum side from, enum frames_start start, uint32_t most, struct memory *memory,
                 const struct frame_events *events, void *owner)
{
    f->events = events;
    f->owner = owner;
    f->memory = memory;
    f->most = most;
    f->from = (uint8_t)from;
    f->at = start == FRAMES_LATE ? AT_SEARCH : start == FRAMES_BEGIN && from == CLIENT ? AT_PREFACE : AT_HEADER;
}

static enum gave_up state(const struct frames *f)
{
    return f->at == AT_NOTHING ? GAVE_UP_MEMORY : GAVE_UP_NOT;
}

enum gave_up frames_push(struct frames *f, moment time, struct slice rest)
{
    while (rest.size && f->at != AT_NOTHING) {
        switch (f->at) {
        case AT_PREFACE: read_preface(f, time, &rest); break;
        case AT_HEADER: read_header(f, time, slice_take(&rest, FRAME_HEADER - f->size)); break;
        case AT_PAYLOAD: read_payload(f, time, slice_take(&rest, f->left)); break;
        case AT_PAD_LENGTH: read_pad_length(f, time, slice_take(&rest, 1)); break;
        case AT_DATA: read_data(f, time, slice_take(&rest, f->left)); break;
        default: search(f, time, &rest); break;
        }
    }
    return state(f);
}

enum gave_up frames_gap(struct frames *f, moment time, uint64_t size)
{
    bool inside = f->at >= AT_PAYLOAD && f->at <= AT_DATA;
    if (size == 0 || f->at == AT_NOTHING)
        return state(f);
    if (inside && size <= f->left)
        gap_inside(f, time, (uint32_t)size);
    else if (f->at != AT_SEARCH)
        lose(f, time);
    else
        frame_search_clear(&f->search, f->memory);
    return state(f);
}

enum gave_up frames_turn(struct frames *f, moment time)
{
    struct frames_found found;
    if (f->at == AT_SEARCH && frame_search_turn(&f->search, f->memory, &found))
        resume(f, time, &found);
    return state(f);
}

bool frames_between(const struct frames *f)
{
    return f->at == AT_HEADER && !f->size && !f->trial;
}

bool frames_in_step(const struct frames *f)
{
    return f->at < AT_SEARCH;
}

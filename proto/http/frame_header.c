#include "proto/http/frame_header.h"

enum place { ON_STREAM = 1, ON_CONNECTION = 2 };

/* RFC 9113, section 6; the sizes are what is found in use. */
static const struct form {
    uint8_t flags, place;
    uint32_t least, most;
} forms[FRAME_TYPES] = {
    [FRAME_DATA] = {FRAME_END_STREAM | FRAME_PADDED, ON_STREAM, 0, 1 << 20},
    [FRAME_HEADERS] = {FRAME_END_STREAM | FRAME_END_HEADERS | FRAME_PADDED | FRAME_PRIORITISED, ON_STREAM, 1, 65536},
    [FRAME_PRIORITY] = {0, ON_STREAM, 5, 5},
    [FRAME_RST_STREAM] = {0, ON_STREAM, 4, 4},
    [FRAME_SETTINGS] = {FRAME_ACK, ON_CONNECTION, 0, 600},
    [FRAME_PUSH_PROMISE] = {FRAME_END_HEADERS | FRAME_PADDED, ON_STREAM, 5, 65536},
    [FRAME_PING] = {FRAME_ACK, ON_CONNECTION, 8, 8},
    [FRAME_GOAWAY] = {0, ON_CONNECTION, 8, 16384},
    [FRAME_WINDOW_UPDATE] = {0, ON_STREAM | ON_CONNECTION, 4, 4},
    [FRAME_CONTINUATION] = {FRAME_END_HEADERS, ON_STREAM, 0, 65536},
};

/* Even streams are those that a server promised: no API server does, so they are taken while their numbers are low. */
bool frame_header_plausible(const struct h2_frame *f, enum side from)
{
    if (f->type >= FRAME_TYPES)
        return false;
    const struct form *form = &forms[f->type];
    bool promised = f->stream % 2 == 0 && f->stream;
    uint32_t least = form->least + (f->flags & FRAME_PADDED ? 1U : 0U) + (f->flags & FRAME_PRIORITISED ? 5U : 0U);
    if (f->flags & ~form->flags || f->size < least || f->size > form->most)
        return false;
    if (!(form->place & (f->stream ? ON_STREAM : ON_CONNECTION)) || (promised && f->stream > UINT16_MAX))
        return false;
    switch (f->type) {
    case FRAME_DATA:
    case FRAME_HEADERS:
    case FRAME_CONTINUATION: return !promised || from == SERVER;
    case FRAME_PUSH_PROMISE: return !promised && from == SERVER;
    case FRAME_SETTINGS: return f->size % 6 == 0 && !(f->flags & FRAME_ACK && f->size);
    default: return true;
    }
}

bool frame_header_may_follow(const struct h2_frame *f, enum side from)
{
    return f->type < FRAME_TYPES ? frame_header_plausible(f, from) : f->size <= FRAME_PAYLOAD_MOST;
}

#include "proto/http/http1_inside.h"

static void tell_body(struct http1 *h, enum side from, struct slice bytes, uint64_t lost)
{
    void *thing = http1_thing(h, from);
    if (thing)
        h->events->body(thing, from, bytes, lost);
}

void http1_body_begin(struct http1 *h, enum side from, enum body_kind kind)
{
    struct half *side = &h->half[from];
    side->body_lost = false;
    switch (kind) {
    case BODY_NONE: http1_done(h, from, MESSAGE_WHOLE); return;
    case BODY_REFUSED: http1_refuse(h, from); return;
    case BODY_UNTIL_END: side->at = AT_UNTIL_END; break;
    case BODY_COUNTED:
        side->at = AT_COUNTED;
        side->left = side->framing.length;
        break;
    case BODY_CHUNKED:
        side->at = AT_CHUNKED;
        side->chunked = chunked_begin();
        break;
    }
    if (from == SERVER && h->pairing.alone_open) {
        side->body = side->at;
        side->at = AT_PEEK;
    }
}

static void counted(struct http1 *h, enum side from, struct slice *rest)
{
    struct half *side = &h->half[from];
    size_t size = side->left < rest->size ? (size_t)side->left : rest->size;
    side->left -= size;
    tell_body(h, from, slice_take(rest, size), 0);
    if (side->left == 0)
        http1_done(h, from, MESSAGE_WHOLE);
}

static void chunked(struct http1 *h, enum side from, struct slice *rest)
{
    struct half *side = &h->half[from];
    struct slice data;
    enum chunked_step step = chunked_step(&side->chunked, rest, &data);
    if (step == CHUNKED_MORE)
        return; /* marks wait for the line's end, so that their order does not depend on cuts */
    if (side->chunked.bare_lf)
        http1_mark(h, from, MARK_BARE_LF);
    if (side->chunked.odd_space)
        http1_mark(h, from, MARK_ODD_SPACE);
    switch (step) {
    case CHUNKED_MORE: return; /* as above */
    case CHUNKED_BYTES: tell_body(h, from, data, 0); return;
    case CHUNKED_LAST: http1_fields_begin(side, AT_TRAILERS, HEAD_TRAILERS); return;
    case CHUNKED_ODD_SIZE:
        http1_mark(h, from, MARK_ODD_LENGTH);
        http1_refuse(h, from);
        return;
    case CHUNKED_BAD:
        http1_mark(h, from, MARK_MALFORMED);
        http1_refuse(h, from);
        return;
    }
}

/* No body begins like a status line: then it was HEAD that was asked, and this is the next head. What looks like one so
 * far is kept until it is enough. */
static void peek(struct http1 *h, enum side from, moment time, struct slice *rest)
{
    enum { ENOUGH = sizeof "HTTP/1.1 2" - 1 };
    struct half *side = &h->half[from];
    size_t enough = side->body == AT_COUNTED && side->left < ENOUGH ? (size_t)side->left : ENOUGH;
    if (!hold_add(&side->lines.hold, slice_take(rest, enough - side->lines.hold.size), h->memory)) {
        http1_give_up(h, time, GAVE_UP_MEMORY);
        return;
    }
    struct slice seen = hold_slice(&side->lines.hold);
    bool head = head_may_begin(seen, SERVER);
    if (head && seen.size < enough)
        return;
    struct hold held = side->lines.hold;
    side->lines.hold = (struct hold){0};
    if (head)
        http1_done(h, from, MESSAGE_WHOLE);
    else
        side->at = side->body;
    http1_read(h, from, time, seen);
    hold_clear(&held, h->memory);
}

void http1_body(struct http1 *h, enum side from, moment time, struct slice *rest)
{
    switch (h->half[from].at) {
    case AT_PEEK: peek(h, from, time, rest); break;
    case AT_COUNTED: counted(h, from, rest); break;
    case AT_CHUNKED: chunked(h, from, rest); break;
    default: tell_body(h, from, slice_take(rest, rest->size), 0); break;
    }
}

static uint64_t counted_gap(struct http1 *h, enum side from, uint64_t size)
{
    struct half *side = &h->half[from];
    uint64_t inside = size < side->left ? size : side->left;
    side->left -= inside;
    tell_body(h, from, slice_of(""), inside);
    if (side->left == 0)
        http1_done(h, from, MESSAGE_WHOLE);
    return size - inside;
}

uint64_t http1_body_gap(struct http1 *h, enum side from, uint64_t size)
{
    struct half *side = &h->half[from];
    if (side->at == AT_UNTIL_END) {
        side->body_lost |= size == GAP_UNKNOWN;
        tell_body(h, from, slice_of(""), size);
        return 0;
    }
    if (size == GAP_UNKNOWN)
        return size;
    if (side->at == AT_COUNTED)
        return counted_gap(h, from, size);
    if (side->at != AT_CHUNKED || !chunked_gap(&side->chunked, size))
        return size;
    tell_body(h, from, slice_of(""), size);
    return 0;
}

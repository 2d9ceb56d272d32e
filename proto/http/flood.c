#include "proto/http/flood.h"

/* Thresholds: many times what a client does by itself within ten seconds. */
static const struct {
    uint32_t threshold;
    enum http_mark mark;
} kinds[FLOOD_KINDS] = {
    [FLOOD_RESETS] = {100, MARK_RAPID_RESET}, [FLOOD_SETTINGS] = {100, MARK_SETTINGS_FLOOD},
    [FLOOD_PINGS] = {1000, MARK_PING_FLOOD},  [FLOOD_EMPTY] = {1000, MARK_EMPTY_FLOOD},
    [FLOOD_PROMISES] = {1, MARK_SERVER_PUSH}, [FLOOD_CONTINUATIONS] = {100, MARK_CONTINUATION_FLOOD},
    [FLOOD_BAD_FRAMES] = {1, MARK_BAD_FRAME},
};

enum { PERIOD = 10000 };

bool flood_rises(struct flood *f, enum flood_kind kind, moment time)
{
    uint32_t now = (uint32_t)((uint64_t)time / 1000000), threshold = kinds[kind].threshold;
    if (f->count == 0 || (threshold > 1 && now - f->since > PERIOD))
        *f = (struct flood){.since = now};
    bool full = f->count == UINT32_MAX;
    f->count += !full;
    if (f->count >= threshold)
        f->since = now;
    for (uint64_t at = threshold; !full && at <= f->count; at *= 10) {
        if (f->count == at)
            return true;
    }
    return false;
}

enum http_mark flood_mark(enum flood_kind kind)
{
    return kinds[kind].mark;
}

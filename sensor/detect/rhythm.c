#include "sensor/detect/rhythm.h"

/* What a busy monitor may be late by. */
#define SLACK (INT64_C(250) * 1000 * 1000)

/* A monitor waits for half a second at least between two beats: what is quicker is a program at work. */
#define QUICKEST (INT64_C(500) * 1000 * 1000)

static bool alike(moment a, moment b)
{
    moment apart = a < b ? b - a : a - b, room = (a < b ? a : b) / 4;
    return apart <= (room > SLACK ? room : SLACK);
}

void beat_add(struct beat *b, uint64_t what, moment time)
{
    moment since = time - b->last;
    if (b->what && b->period) {
        bool kept = alike(since, b->period);
        b->kept += kept;
        b->broken += !kept;
    }
    if (b->what)
        b->period = since > 0 ? since : 1;
    b->what = what;
    b->last = time;
}

static bool is_spoilt(const struct beat *b)
{
    return b->broken || (b->period && b->period < QUICKEST);
}

bool beat_regular(const struct beat *b)
{
    return !is_spoilt(b) && b->kept >= 2;
}

void rhythm_beat(struct rhythm *r, uint64_t path, moment time)
{
    size_t i = 0;
    while (i < RHYTHM_PATHS && r->paths[i].what && r->paths[i].what != path)
        i++;
    if (i == RHYTHM_PATHS)
        r->many = true;
    else
        beat_add(&r->paths[i], path, time);
}

bool rhythm_regular(const struct rhythm *r)
{
    bool any = false;
    for (size_t i = 0; i < RHYTHM_PATHS && r->paths[i].what; i++) {
        if (is_spoilt(&r->paths[i]))
            return false;
        any |= beat_regular(&r->paths[i]);
    }
    return any && !r->many;
}

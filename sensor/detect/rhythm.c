#include "sensor/detect/rhythm.h"

/* What a busy monitor may be late by. */
#define SLACK (INT64_C(250) * 1000 * 1000)

/* A monitor waits for half a second at least between two beats: what is quicker is a program at work. */
#define QUICKEST (INT64_C(500) * 1000 * 1000)

enum {
    MISSED = 8,    /* beats in a row, at most: behind more it begins anew */
    LATE = 2,      /* one that a monitor leaves out, or whose connection is told late, breaks two intervals */
    KEPT_EACH = 4, /* intervals for each that is broken */
    CLOSE = 3,     /* beside a beat: more is a program at work, */
    QUICK = 3      /* and counts as so many broken ones */
};

/* Who never pauses breaks without end: it does not begin anew at a number's. */
static void count_broken(struct beat *b, uint32_t count)
{
    const uint32_t most = UINT32_MAX / KEPT_EACH;
    b->broken = b->broken < most - count ? b->broken + count : most;
}

static moment room_of(moment period)
{
    return period / 4 > SLACK ? period / 4 : SLACK;
}

static bool alike(moment a, moment b)
{
    return (a < b ? b - a : a - b) <= room_of(a < b ? a : b);
}

/* Whether an interval is about several periods long. */
static bool is_several(moment interval, moment period)
{
    moment times = (interval + period / 2) / period, whole = times * period;
    return times >= 2 && times <= MISSED && (interval < whole ? whole - interval : interval - whole) <= room_of(period);
}

static void count_interval(struct beat *b, moment since)
{
    if (b->period && is_several(since, b->period))
        return;
    bool as_before = b->period && alike(since, b->period);
    if (b->failed && !as_before && b->kept) /* its length is the server's doing */
        return;
    if (as_before)
        b->kept++;
    else if (b->period && !b->failed && !is_several(b->period, since))
        count_broken(b, 1);
    b->period = since;
}

void beat_add(struct beat *b, uint64_t what, moment time)
{
    if (b->what && time < b->latest)
        return;
    if (b->what && time - b->latest < QUICKEST) {
        b->latest = time;
        if (++b->close > CLOSE)
            count_broken(b, QUICK);
        return;
    }
    if (b->what)
        count_interval(b, time - b->last);
    b->failed = false;
    b->what = what;
    b->last = b->latest = time;
    b->close = 0;
}

void beat_break(struct beat *b)
{
    count_broken(b, 1);
}

bool beat_regular(const struct beat *b)
{
    return b->kept >= 2 && b->broken * KEPT_EACH <= b->kept;
}

bool beat_spoilt(const struct beat *b)
{
    return b->broken > LATE + b->kept / KEPT_EACH;
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

void rhythm_failed(struct rhythm *r, moment time)
{
    for (size_t i = 0; i < RHYTHM_PATHS && r->paths[i].what; i++)
        r->paths[i].failed |= time > r->paths[i].latest;
}

/* Where several paths keep one period side by side, an interval that is kept on each of them says as much as two on
 * one. */
enum { SIDE_BY_SIDE = 3 };

bool rhythm_regular(const struct rhythm *r)
{
    bool regular = false;
    size_t kept = 0;
    for (size_t i = 0; i < RHYTHM_PATHS && r->paths[i].what; i++) {
        const struct beat *b = &r->paths[i];
        if (beat_spoilt(b))
            return false;
        regular |= beat_regular(b);
        kept += b->kept > 0 && b->broken == 0;
    }
    return (regular || kept >= SIDE_BY_SIDE) && !r->many;
}

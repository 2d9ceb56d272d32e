#include "sensor/detect/rhythm.h"

/* What a busy monitor may be late by. */
#define SLACK (INT64_C(250) * 1000 * 1000)

static bool alike(moment a, moment b)
{
    moment apart = a < b ? b - a : a - b, room = (a < b ? a : b) / 4;
    return apart <= (room > SLACK ? room : SLACK);
}

void rhythm_beat(struct rhythm *r, uint64_t path, moment time)
{
    size_t i = 0;
    while (i < RHYTHM_PATHS && r->paths[i].path && r->paths[i].path != path)
        i++;
    if (i == RHYTHM_PATHS) {
        r->many = true;
        return;
    }
    moment since = time - r->paths[i].last;
    if (r->paths[i].path && r->paths[i].period) {
        bool kept = alike(since, r->paths[i].period);
        r->paths[i].kept += kept;
        r->paths[i].broken += !kept;
    }
    if (r->paths[i].path)
        r->paths[i].period = since > 0 ? since : 1;
    r->paths[i].path = path;
    r->paths[i].last = time;
}

/* A monitor that waits for half a second at least between two beats: what is quicker is a program at work. */
bool rhythm_regular(const struct rhythm *r)
{
    const moment quickest = INT64_C(500) * 1000 * 1000;
    uint32_t most = 0;
    for (size_t i = 0; i < RHYTHM_PATHS && r->paths[i].path; i++) {
        if (r->paths[i].broken || (r->paths[i].period && r->paths[i].period < quickest))
            return false;
        most = r->paths[i].kept > most ? r->paths[i].kept : most;
    }
    return !r->many && most >= 2;
}

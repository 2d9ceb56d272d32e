#include "sensor/event/counter.h"

static const struct {
    const char *name, *about;
} rows[COUNTERS] = {
#define COUNTER(id, text, sentence) [COUNT_##id] = {text, sentence},
#include "sensor/event/counter.def"
#undef COUNTER
};

const char *counter_name(enum counter c)
{
    return rows[c].name;
}

const char *counter_about(enum counter c)
{
    return rows[c].about;
}

void counters_add(struct counters *sum, const struct counters *more)
{
    for (size_t i = 0; i < COUNTERS; i++)
        sum->of[i] += more->of[i];
}

const char *counters_check(const struct counters *c)
{
    static const struct {
        const char *name;
        enum counter total;
        enum counter parts[11]; /* as many as the sum has; the rest repeats COUNTERS */
    } sums[] = {
        {"frames",
         COUNT_FRAMES,
         {COUNT_WALK_SEGMENT, COUNT_WALK_OTHER, COUNT_WALK_SEALED, COUNT_WALK_UNREAD, COUNT_WALK_FRAGMENT,
          COUNT_WALK_CUT, COUNT_WALK_BAD, COUNT_WALK_DEEP, COUNT_WALK_LINK, COUNT_WALK_FULL, COUNT_WALK_CHECKSUM}},
        {"payload",
         COUNT_PAYLOAD,
         {COUNT_DELIVERED, COUNT_REPEATED, COUNT_OUTSIDE, COUNT_UNREAD, COUNTERS, COUNTERS, COUNTERS, COUNTERS,
          COUNTERS, COUNTERS, COUNTERS}},
    };
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        uint64_t sum = 0;
        for (size_t k = 0; k < sizeof sums[i].parts / sizeof *sums[i].parts; k++) {
            if (sums[i].parts[k] != COUNTERS)
                sum += c->of[sums[i].parts[k]];
        }
        if (sum != c->of[sums[i].total])
            return sums[i].name;
    }
    return NULL;
}

#include "sensor/detect/likeness.h"

/* What a client can choose is in values, whose hashes are keyed (list.h): so this need not be. */
uint64_t likeness_join(uint64_t a, uint64_t b)
{
    return ((a << 5 | a >> 59) ^ b) * UINT64_C(0x9E3779B97F4A7C15);
}

/* In any order: they stand as they came. */
static uint64_t of_list(const struct value_list *list)
{
    uint64_t sum = list->used;
    for (unsigned i = 0; i < list->used; i++)
        sum += list->values[i].hash;
    return sum;
}

static uint64_t of_bytes(const uint8_t *bytes, size_t size)
{
    uint64_t all = size;
    for (size_t i = 0; i < size; i++)
        all = likeness_join(all, bytes[i]);
    return all;
}

/* A source and whom it asked, where that is one endpoint of no cluster, are who and whom. */
static bool is_of_a_pair(const struct finding *f)
{
    return f->subject == SUBJECT_SOURCE && !f->cluster[0] && f->exchanges;
}

/* Whom they asked: their cluster, or of none in which network; connections to several such have a list of them. */
static uint64_t of_place(const struct finding *f)
{
    if (f->cluster[0] || !f->exchanges)
        return of_bytes((const uint8_t *)f->cluster, strlen(f->cluster));
    uint64_t network = (uint64_t)f->tunnel_kind << 32 | f->tunnel_id;
    if (is_of_a_pair(f))
        return likeness_join(network, 1);
    return likeness_join(likeness_join(of_bytes(f->endpoint.ip, sizeof f->endpoint.ip), f->endpoint.port), network);
}

uint64_t finding_likeness(const struct finding *f, const struct rule_about *rule)
{
    const uint64_t facts[] = {rule->number, f->subject, f->front, f->signs, f->basis, f->observed, !f->exchanges};
    uint64_t all = of_place(f);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        all = likeness_join(all, facts[i]);
    for (size_t i = 0; i < FINDING_LISTS; i++) {
        if (&f->lists[i] == &f->endpoints && is_of_a_pair(f))
            continue;
        if (f->lists[i].left_out)
            return 0;
        all = likeness_join(all, of_list(&f->lists[i]));
    }
    return all ? all : 1;
}

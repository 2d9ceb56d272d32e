#include "sensor/detect/knock.h"

static void count_endpoint(struct knocks *k, const struct address *endpoint, uint64_t hash)
{
    uint32_t i = 0;
    while (i < k->endpoints && k->hashes[i] != hash)
        i++;
    if (i == KNOCK_ENDPOINTS)
        return;
    if (i == k->endpoints) {
        k->hashes[i] = hash;
        k->seen[i] = *endpoint;
        k->times[i] = 0;
        k->endpoints++;
    }
    k->times[i]++;
}

void knocks_add(struct knocks *k, const struct address *endpoint, uint64_t hash, moment time, moment window)
{
    if (!k->count || time - k->window >= window) {
        k->window = k->first = time;
        k->count = k->endpoints = 0;
        k->basis = ENDPOINT_UNPROVEN;
        memset(k->listed, 0, sizeof k->listed);
    }
    k->first = time < k->first ? time : k->first;
    k->count++;
    count_endpoint(k, endpoint, hash);
    if (!k->beat.what || k->beat.what == hash)
        beat_add(&k->beat, hash, time);
}

/* @return where it is, or a free place; KNOCK_RULES: neither. */
static size_t find_rule(const struct knocks *k, uint32_t rule)
{
    size_t i = 0;
    while (i < KNOCK_RULES && k->listed[i] && k->listed[i] != rule)
        i++;
    return i;
}

bool knocks_are_listed(const struct knocks *k, uint32_t rule)
{
    size_t i = find_rule(k, rule);
    return i == KNOCK_RULES || k->listed[i] == rule;
}

void knocks_list(struct knocks *k, uint32_t rule)
{
    size_t i = find_rule(k, rule);
    if (i < KNOCK_RULES)
        k->listed[i] = rule;
}

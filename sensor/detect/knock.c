#include "sensor/detect/knock.h"

static bool is_seen(const struct knocks *k, uint64_t hash)
{
    uint32_t i = 0;
    while (i < k->endpoints && k->hashes[i] != hash)
        i++;
    return i < k->endpoints;
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
    if (k->endpoints < KNOCK_ENDPOINTS && !is_seen(k, hash)) {
        k->hashes[k->endpoints] = hash;
        k->seen[k->endpoints++] = *endpoint;
    }
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

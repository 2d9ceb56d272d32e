#include "sensor/detect/knock.h"

static bool is_seen(const struct knocks *k, const struct address *endpoint)
{
    uint32_t i = 0;
    while (i < k->endpoints &&
           (k->seen[i].port != endpoint->port || memcmp(k->seen[i].ip, endpoint->ip, sizeof endpoint->ip) != 0))
        i++;
    return i < k->endpoints;
}

void knocks_add(struct knocks *k, const struct address *endpoint, uint64_t hash, moment time, moment window)
{
    if (!k->count || time - k->window >= window) {
        k->window = time;
        k->count = k->endpoints = 0;
        k->basis = ENDPOINT_UNPROVEN;
        k->listed = false;
    }
    k->count++;
    if (k->endpoints < KNOCK_ENDPOINTS && !is_seen(k, endpoint))
        k->seen[k->endpoints++] = *endpoint;
    if (!k->beat.what || k->beat.what == hash)
        beat_add(&k->beat, hash, time);
}

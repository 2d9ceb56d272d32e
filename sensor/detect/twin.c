#include "sensor/detect/twin.h"

struct twin {
    uint8_t random[TLS_FACTS_RANDOM];
    uint64_t flow_id;
    uint64_t client, server; /* keyed hashes of their addresses */
};

struct twins {
    const struct hash_secret *secret; /* borrowed */
    struct memory *memory;
    struct recent hellos;    /* of struct twin */
    struct recent balancers; /* of addresses */
};

struct twins *twins_new(const struct hash_secret *secret, struct memory *memory)
{
    struct twins *t = memory_resize(memory, NULL, 0, sizeof *t);
    if (!t)
        return NULL;
    *t = (struct twins){.secret = secret, .memory = memory};
    recent_init(&t->hellos, TLS_FACTS_RANDOM, sizeof(struct twin), memory->limit / 4, secret, memory);
    recent_init(&t->balancers, 16, 16, memory->limit / 64, secret, memory);
    return t;
}

void twins_free(struct twins *t)
{
    if (!t)
        return;
    recent_deinit(&t->hellos);
    recent_deinit(&t->balancers);
    memory_resize(t->memory, t, sizeof *t, 0);
}

static void keep(struct twin *first, const struct event *e, uint64_t client, uint64_t server)
{
    first->flow_id = e->flow_id;
    first->client = client;
    first->server = server;
}

bool twins_learn(struct twins *t, const struct event *e)
{
    static const uint8_t none[TLS_FACTS_RANDOM];
    if (memcmp(e->tls.client_random, none, sizeof none) == 0)
        return false;
    uint64_t client = hash_bytes(t->secret, e->client.ip, sizeof e->client.ip);
    uint64_t server = hash_bytes(t->secret, e->server.ip, sizeof e->server.ip);
    struct twin *first = recent_find(&t->hellos, e->tls.client_random);
    if (!first) {
        first = recent_put(&t->hellos, e->tls.client_random);
        if (first) /* without memory it is not known as a twin */
            keep(first, e, client, server);
        return false;
    }
    if (first->flow_id == e->flow_id)
        return false;
    if (first->server == client) {
        recent_put(&t->balancers, e->client.ip);
        return true;
    }
    if (first->client == server) {
        recent_put(&t->balancers, e->server.ip);
        keep(first, e, client, server);
    }
    return false;
}

bool twins_passes_on(const struct twins *t, const uint8_t ip[static 16])
{
    return recent_find(&t->balancers, ip) != NULL;
}

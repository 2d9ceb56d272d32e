#include "sensor/detect/twin.h"

struct twin {
    uint8_t random[TLS_FACTS_RANDOM];
    uint64_t flow_id;
    uint8_t server[16];
};

struct twins {
    struct memory *memory;
    struct recent hellos;    /* of struct twin */
    struct recent balancers; /* of addresses */
};

struct twins *twins_new(const struct hash_secret *secret, struct memory *memory)
{
    struct twins *t = memory_resize(memory, NULL, 0, sizeof *t);
    if (!t)
        return NULL;
    t->memory = memory;
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

static void remember(struct twins *t, const struct event *e)
{
    struct twin *made = recent_put(&t->hellos, e->tls.client_random);
    if (!made) /* without memory it is not known as a twin */
        return;
    made->flow_id = e->flow_id;
    memcpy(made->server, e->server.ip, sizeof made->server);
}

bool twins_learn(struct twins *t, const struct event *e)
{
    static const uint8_t none[TLS_FACTS_RANDOM];
    if (memcmp(e->tls.client_random, none, sizeof none) == 0)
        return false;
    const struct twin *first = recent_find(&t->hellos, e->tls.client_random);
    if (!first) {
        remember(t, e);
        return false;
    }
    if (first->flow_id == e->flow_id || memcmp(first->server, e->client.ip, sizeof first->server) != 0)
        return false;
    recent_put(&t->balancers, e->client.ip);
    return true;
}

bool twins_passes_on(const struct twins *t, const uint8_t ip[static 16])
{
    return recent_find(&t->balancers, ip) != NULL;
}

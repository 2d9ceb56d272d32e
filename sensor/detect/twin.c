#include "sensor/detect/twin.h"

struct twin {
    uint8_t random[TLS_FACTS_RANDOM];
    uint64_t flow_id;
    uint8_t server[16];
};

/* The older half goes when the younger is full. */
struct twins {
    struct memory *memory;
    const struct hash_secret *secret;
    struct table young, old; /* of struct twin */
    struct table balancers;  /* of addresses */
};

static void begin(struct twins *t, struct table *table)
{
    table_init(table, TLS_FACTS_RANDOM, sizeof(struct twin), t->secret, t->memory);
}

struct twins *twins_new(const struct hash_secret *secret, struct memory *memory)
{
    struct twins *t = memory_resize(memory, NULL, 0, sizeof *t);
    if (!t)
        return NULL;
    t->memory = memory;
    t->secret = secret;
    begin(t, &t->young);
    begin(t, &t->old);
    table_init(&t->balancers, 16, 16, secret, memory);
    return t;
}

void twins_free(struct twins *t)
{
    if (!t)
        return;
    table_deinit(&t->young);
    table_deinit(&t->old);
    table_deinit(&t->balancers);
    memory_resize(t->memory, t, sizeof *t, 0);
}

static const struct twin *find(struct twins *t, const uint8_t random[static TLS_FACTS_RANDOM])
{
    const struct twin *found = table_find(&t->young, random);
    return found ? found : table_find(&t->old, random);
}

static void remember(struct twins *t, const struct event *e)
{
    if (t->young.count >= TWINS_MOST) {
        table_deinit(&t->old);
        t->old = t->young;
        begin(t, &t->young);
    }
    struct twin *made = table_put(&t->young, e->tls.client_random, NULL);
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
    const struct twin *first = find(t, e->tls.client_random);
    if (!first) {
        remember(t, e);
        return false;
    }
    if (first->flow_id == e->flow_id || memcmp(first->server, e->client.ip, sizeof first->server) != 0)
        return false;
    if (t->balancers.count < TWINS_BALANCERS)
        table_put(&t->balancers, e->client.ip, NULL);
    return true;
}

bool twins_passes_on(struct twins *t, const uint8_t ip[static 16])
{
    return t->balancers.count && table_find(&t->balancers, ip);
}

#include "sensor/detect/endpoint.h"

#include "sensor/event/auth.h"

/* No padding between the members, so that its bytes are the key. */
struct endpoint_key {
    uint8_t ip[16];
    uint16_t port;
    uint16_t unused;
    uint32_t network; /* tunnel_network() */
};

_Static_assert(sizeof(struct endpoint_key) == 24, "a key has no padding");

struct shaped_endpoint {
    struct endpoint_key key;
    uint32_t count; /* connections that look like an API server's */
};

struct refusing_endpoint {
    struct endpoint_key key;
    uint16_t bodies[FLOW_REFUSALS]; /* in the order of their coming: indented for people, or not */
};

enum { SHAPED_LEAST = 2 };

struct endpoints {
    struct memory *memory;
    struct table recognised;    /* of struct endpoint_key */
    struct table lending;       /* of these, too */
    struct table shaped;        /* of struct shaped_endpoint */
    struct table refusing;      /* of struct refusing_endpoint */
    struct table serving;       /* of addresses */
    struct endpoint_key learnt; /* the last: most exchanges are of the same endpoint as the one before */
    uint64_t lost;
    uint64_t configured[65536 / 64]; /* a bit each port */
};

struct endpoints *endpoints_new(const uint16_t *configured, size_t count, const struct hash_secret *secret,
                                struct memory *memory)
{
    struct endpoints *e = memory_resize(memory, NULL, 0, sizeof *e);
    if (!e)
        return NULL;
    e->memory = memory;
    for (size_t i = 0; i < count; i++)
        e->configured[configured[i] / 64] |= UINT64_C(1) << configured[i] % 64;
    table_init(&e->recognised, sizeof(struct endpoint_key), sizeof(struct endpoint_key), secret, memory);
    table_init(&e->shaped, sizeof(struct endpoint_key), sizeof(struct shaped_endpoint), secret, memory);
    table_init(&e->refusing, sizeof(struct endpoint_key), sizeof(struct refusing_endpoint), secret, memory);
    table_init(&e->serving, sizeof(uint8_t[16]), sizeof(uint8_t[16]), secret, memory);
    table_init(&e->lending, sizeof(struct endpoint_key), sizeof(struct endpoint_key), secret, memory);
    return e;
}

void endpoints_free(struct endpoints *e)
{
    if (!e)
        return;
    table_deinit(&e->recognised);
    table_deinit(&e->lending);
    table_deinit(&e->shaped);
    table_deinit(&e->refusing);
    table_deinit(&e->serving);
    memory_resize(e->memory, e, sizeof *e, 0);
}

static struct endpoint_key key_of(const struct event *e)
{
    struct endpoint_key key = {.port = e->server.port, .network = tunnel_network(e->tunnel_kind, e->tunnel_id)};
    memcpy(key.ip, e->server.ip, sizeof key.ip);
    return key;
}

enum endpoint_basis endpoints_basis(const struct endpoints *e, const struct event *about)
{
    if (e->configured[about->server.port / 64] >> about->server.port % 64 & 1)
        return ENDPOINT_CONFIGURED;
    struct endpoint_key key = key_of(about);
    if (memcmp(&key, &e->learnt, sizeof key) == 0 || table_find(&e->recognised, &key))
        return ENDPOINT_RECOGNISED;
    const struct shaped_endpoint *shaped = table_find(&e->shaped, &key);
    if (shaped && shaped->count >= SHAPED_LEAST)
        return ENDPOINT_SHAPE;
    return about->server.port == 6443 || about->server.port == 16443 ? ENDPOINT_PORT : ENDPOINT_UNPROVEN;
}

static void recognise(struct endpoints *e, const struct event *about)
{
    struct endpoint_key key = key_of(about);
    if (memcmp(&key, &e->learnt, sizeof key) == 0)
        return;
    if (table_put(&e->recognised, &key, NULL))
        e->learnt = key;
    else
        e->lost++;
}

static void learn_refusal(struct endpoints *e, const struct exchange *x)
{
    struct endpoint_key key = key_of(&x->event);
    struct refusing_endpoint *refusing = table_put(&e->refusing, &key, NULL);
    if (!refusing) {
        e->lost++;
        return;
    }
    unsigned i = 0;
    while (i < FLOW_REFUSALS && refusing->bodies[i] && refusing->bodies[i] != x->response_bytes)
        i++;
    if (i < FLOW_REFUSALS)
        refusing->bodies[i] = (uint16_t)x->response_bytes;
}

void endpoints_learn(struct endpoints *e, const struct exchange *x)
{
    enum { UNAUTHORIZED = 401, BODY_MOST = 1024 };
    if (!exchange_has(x, SIGN_KUBERNETES) || exchange_has(x, SIGN_PROXIED))
        return;
    recognise(e, &x->event);
    if (x->status == UNAUTHORIZED && exchange_has(x, SIGN_STATUS) && x->complete && x->response_bytes <= BODY_MOST)
        learn_refusal(e, x);
}

void endpoints_refusals(const struct endpoints *e, const struct event *about, uint16_t bodies[static FLOW_REFUSALS])
{
    struct endpoint_key key = key_of(about);
    const struct refusing_endpoint *refusing = e->refusing.count ? table_find(&e->refusing, &key) : NULL;
    for (unsigned i = 0; i < FLOW_REFUSALS; i++)
        bodies[i] = refusing ? refusing->bodies[i] : 0;
}

void endpoints_learn_serving(struct endpoints *e, const struct event *about)
{
    if (!table_put(&e->serving, about->server.ip, NULL))
        e->lost++;
}

void endpoints_learn_handshake(struct endpoints *e, const struct handshake *h)
{
    if (h->completed)
        endpoints_learn_serving(e, &h->event);
    if (h->api_server)
        recognise(e, &h->event);
}

void endpoints_learn_shape(struct endpoints *e, const struct event *about)
{
    struct endpoint_key key = key_of(about);
    struct shaped_endpoint *shaped = table_put(&e->shaped, &key, NULL);
    if (shaped)
        shaped->count++;
    else
        e->lost++;
}

bool endpoints_serves(const struct endpoints *e, const uint8_t ip[static 16])
{
    return table_find(&e->serving, ip) != NULL;
}

void endpoints_learn_lending(struct endpoints *e, const struct exchange *x)
{
    struct endpoint_key key = key_of(&x->event);
    if (x->auth_evidence >> EVIDENCE_ADDED_BEHIND & 1 && !table_put(&e->lending, &key, NULL))
        e->lost++;
}

bool endpoints_lends(const struct endpoints *e, const struct event *about)
{
    struct endpoint_key key = key_of(about);
    return e->lending.count && table_find(&e->lending, &key);
}

uint64_t endpoints_lost(const struct endpoints *e)
{
    return e->lost;
}

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

struct endpoint {
    struct endpoint_key key;
    uint32_t shaped;                /* connections that look like an API server's */
    uint16_t bodies[FLOW_REFUSALS]; /* of its 401, in the order of their coming: indented for people, or not */
    uint16_t sent_away, kept_on;    /* connections with an answer that strangers get: with a GOAWAY, and without */
    bool recognised, lending;
};

enum { SHAPED_LEAST = 2 };

/* --goaway-chance is one in fifty at most; who has a short token and asks for its health is not sent away. */
enum { AWAY_LEAST = 3, AWAY_EACH = 8 };

struct endpoints {
    struct memory *memory;
    struct recent known;   /* of struct endpoint */
    struct recent serving; /* of addresses */
    struct endpoint *last; /* that was put: most exchanges are of the same endpoint as the one before */
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
    recent_init(&e->known, sizeof(struct endpoint_key), sizeof(struct endpoint), memory->limit / 8, secret, memory);
    recent_init(&e->serving, sizeof(uint8_t[16]), sizeof(uint8_t[16]), memory->limit / 8, secret, memory);
    return e;
}

void endpoints_free(struct endpoints *e)
{
    if (!e)
        return;
    recent_deinit(&e->known);
    recent_deinit(&e->serving);
    memory_resize(e->memory, e, sizeof *e, 0);
}

static struct endpoint_key key_of(const struct event *e)
{
    struct endpoint_key key = {.port = e->server.port, .network = tunnel_network(e->tunnel_kind, e->tunnel_id)};
    memcpy(key.ip, e->server.ip, sizeof key.ip);
    return key;
}

static bool is_last(const struct endpoints *e, const struct endpoint_key *key)
{
    return e->last && memcmp(&e->last->key, key, sizeof *key) == 0;
}

static const struct endpoint *find(const struct endpoints *e, const struct event *about)
{
    struct endpoint_key key = key_of(about);
    return is_last(e, &key) ? e->last : recent_find(&e->known, &key);
}

/* What is learnt of an endpoint keeps it. NULL: no memory. */
static struct endpoint *keep(struct endpoints *e, const struct event *about)
{
    struct endpoint_key key = key_of(about);
    if (!is_last(e, &key))
        e->last = recent_put(&e->known, &key);
    e->lost += !e->last;
    return e->last;
}

enum endpoint_basis endpoints_basis(const struct endpoints *e, const struct event *about)
{
    if (e->configured[about->server.port / 64] >> about->server.port % 64 & 1)
        return ENDPOINT_CONFIGURED;
    const struct endpoint *known = find(e, about);
    if (known && known->recognised)
        return ENDPOINT_RECOGNISED;
    if (known && known->shaped >= SHAPED_LEAST)
        return ENDPOINT_SHAPE;
    return about->server.port == 6443 || about->server.port == 16443 ? ENDPOINT_PORT : ENDPOINT_UNPROVEN;
}

static void add_body(struct endpoint *refusing, uint16_t body)
{
    unsigned i = 0;
    while (i < FLOW_REFUSALS && refusing->bodies[i] && refusing->bodies[i] != body)
        i++;
    if (i < FLOW_REFUSALS)
        refusing->bodies[i] = body;
}

void endpoints_learn(struct endpoints *e, const struct exchange *x)
{
    enum { UNAUTHORIZED = 401, BODY_MOST = 1024 };
    if (!exchange_has(x, SIGN_KUBERNETES) || exchange_has(x, SIGN_PROXIED))
        return;
    struct endpoint *known = keep(e, &x->event);
    if (!known)
        return;
    known->recognised = true;
    if (x->status == UNAUTHORIZED && exchange_has(x, SIGN_OWN_401) && x->complete && x->response_bytes <= BODY_MOST)
        add_body(known, (uint16_t)x->response_bytes);
}

void endpoints_refusals(const struct endpoints *e, const struct event *about, uint16_t bodies[static FLOW_REFUSALS])
{
    const struct endpoint *known = find(e, about);
    for (unsigned i = 0; i < FLOW_REFUSALS; i++)
        bodies[i] = known ? known->bodies[i] : 0;
}

void endpoints_learn_goaway(struct endpoints *e, const struct event *about, bool goaway)
{
    struct endpoint *known = keep(e, about);
    uint16_t *count = !known ? NULL : goaway ? &known->sent_away : &known->kept_on;
    if (!count)
        return;
    if (*count == UINT16_MAX) {
        known->sent_away /= 2;
        known->kept_on /= 2;
    }
    ++*count;
}

bool endpoints_sends_away(const struct endpoints *e, const struct event *about)
{
    const struct endpoint *known = find(e, about);
    return known && known->sent_away >= AWAY_LEAST && known->sent_away / AWAY_EACH >= known->kept_on;
}

void endpoints_learn_serving(struct endpoints *e, const struct event *about)
{
    e->lost += !recent_put(&e->serving, about->server.ip);
}

void endpoints_learn_handshake(struct endpoints *e, const struct handshake *h)
{
    if (h->completed)
        endpoints_learn_serving(e, &h->event);
    struct endpoint *known = h->api_server ? keep(e, &h->event) : NULL;
    if (known)
        known->recognised = true;
}

void endpoints_learn_shape(struct endpoints *e, const struct event *about)
{
    struct endpoint *known = keep(e, about);
    if (known && known->shaped < SHAPED_LEAST)
        known->shaped++;
}

bool endpoints_serves(const struct endpoints *e, const uint8_t ip[static 16])
{
    return recent_find(&e->serving, ip) != NULL;
}

void endpoints_learn_lending(struct endpoints *e, const struct exchange *x)
{
    struct endpoint *known = x->auth_evidence >> EVIDENCE_ADDED_BEHIND & 1 ? keep(e, &x->event) : NULL;
    if (known)
        known->lending = true;
}

bool endpoints_lends(const struct endpoints *e, const struct event *about)
{
    const struct endpoint *known = find(e, about);
    return known && known->lending;
}

void endpoints_count(const struct endpoints *e, struct counters *counters)
{
    counters->of[COUNT_DETECT_LOST] += e->lost;
    counters->of[COUNT_ENDPOINTS_FORGOTTEN] += e->known.forgotten;
}

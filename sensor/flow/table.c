#include "sensor/flow/table.h"

#include "sensor/flow/across.h"
#include "sensor/flow/syn.h"
#include "sensor/flow/table_inside.h"

#define MILLISECONDS(n) ((moment)(n)*1000 * 1000)
#define SECONDS(n)      MILLISECONDS((n)*INT64_C(1000))

/* What is looked up: connections by the hash of their key, which is a fifth of its size. That two keys have one is as
 * likely as that an attacker guesses the secret; the later flow then is told as one for which there was no memory. */
struct flow_entry {
    uint64_t hash;
    struct connection *connection;
};

void flow_table_init(struct flow_table *t, struct flow_bench *bench)
{
    struct memory *memory = &bench->memory;
    *t = (struct flow_table){.bench = bench, .half_open_wait = SECONDS(30)};
    t->ages[AGE_CLOSING].wait = SECONDS(5);
    t->ages[AGE_OPENING].wait = SECONDS(120);
    t->ages[AGE_IDLE].wait = SECONDS(60);
    t->ages[AGE_RESTING].wait = SECONDS(3600) - SECONDS(60);
    t->ages[AGE_EXCHANGE_OPEN].wait = SECONDS(3600);
    t->waiting.wait = bench->reassembly.hole_wait;
    table_init(&t->connections, sizeof(uint64_t), sizeof(struct flow_entry), &bench->secret, memory);
    /* SYNs are forgeable and cheap to tell early: they get a 64th of the memory, which also stays in the cache */
    size_t most = memory->limit / 64 /
                  (sizeof(struct half_open) + sizeof(moment) + sizeof(uint32_t) + 2 * sizeof(struct half_open_slot));
    half_opens_init(&t->half_opens, most < UINT32_MAX ? (uint32_t)most : UINT32_MAX, memory);
}

void flow_table_deinit(struct flow_table *t)
{
    table_deinit(&t->connections);
    half_opens_deinit(&t->half_opens);
}

/* Where a connection is looked for first, for both directions alike. Who makes addresses that lead to one place makes
 * packets cost what they do without. */
static struct connection **found_of(struct flow_table *t, const struct address *a, const struct address *b)
{
    uint64_t words[2];
    memcpy(&words[0], a->ip + 8, sizeof words[0]);
    memcpy(&words[1], b->ip + 8, sizeof words[1]);
    uint64_t both = words[0] ^ words[1] ^ (uint64_t)(a->port ^ b->port);
    return &t->found[both * UINT64_C(0x9e3779b97f4a7c15) >> (64 - FLOWS_FOUND_BITS)];
}

static uint64_t hash_of(const struct flow_table *t, const struct flow_key *key)
{
    return hash_bytes(&t->bench->secret, key, sizeof *key);
}

void flow_table_name(const struct flow_table *t, const struct packet *p, struct flow_name *name)
{
    name->from_low = flow_key_of(&name->key, p);
    name->hash = hash_of(t, &name->key);
}

struct connection *flow_table_find(const struct flow_table *t, uint64_t hash, const struct packet *p)
{
    const struct flow_entry *entry = table_find(&t->connections, &hash);
    return entry && connection_has(entry->connection, p) ? entry->connection : NULL;
}

static uint64_t hash_of_facts(const struct flow_table *t, const struct connection_facts *facts)
{
    struct packet p = {
        .from = facts->client, .to = facts->server, .tunnel_id = facts->tunnel_id, .tunnel_kind = facts->tunnel_kind};
    struct flow_name name;
    flow_table_name(t, &p, &name);
    return name.hash;
}

void flow_table_drop(struct flow_table *t, struct connection *c, moment time, enum flow_reason why)
{
    uint64_t hash = hash_of_facts(t, &c->facts);
    age_leave(&t->ages[c->class], &c->age);
    if (c->waits)
        age_leave(&t->waiting, &c->waiting);
    table_remove(&t->connections, table_find(&t->connections, &hash));
    struct connection **found = found_of(t, &c->facts.client, &c->facts.server);
    if (*found == c)
        *found = NULL;
    connection_end(c, time, why);
}

struct connection *flow_table_make(struct flow_table *t, const struct flow_key *key, const struct packet *p,
                                   bool from_client)
{
    bool made;
    uint64_t hash = hash_of(t, key);
    struct flow_entry *entry = table_put(&t->connections, &hash, &made);
    if (!entry || !made)
        return NULL;
    entry->connection = connection_new(t->bench, p, from_client);
    if (!entry->connection) {
        table_remove(&t->connections, entry);
        return NULL;
    }
    struct connection *c = entry->connection;
    c->class = AGE_OPENING;
    age_enter(&t->ages[AGE_OPENING], &c->age, t->clock);
    return c;
}

void flow_table_settle(struct flow_table *t, struct connection *c)
{
    enum age_class class = connection_class(c);
    if (class == c->class) {
        age_touch(&t->ages[class], &c->age, t->clock);
    } else {
        age_leave(&t->ages[c->class], &c->age);
        age_enter(&t->ages[class], &c->age, t->clock);
        c->class = (uint8_t) class;
    }
    flow_table_wait(t, c);
}

void flow_table_wait(struct flow_table *t, struct connection *c)
{
    bool waits = reassembly_waits(&c->reassembly);
    if (waits == c->waits)
        return;
    if (waits)
        age_enter(&t->waiting, &c->waiting, t->clock);
    else
        age_leave(&t->waiting, &c->waiting);
    c->waits = waits;
}

/* The packet is a reset or says nothing that a connection could begin with: a keep-alive's one byte of garbage neither
 * (RFC 9293, 3.8.4). */
static bool is_stray(const struct packet *p)
{
    if (p->flags & TCP_SYN)
        return false;
    return p->flags & TCP_RST || !p->payload.size || (p->payload.size == 1 && !(p->flags & TCP_PSH));
}

/* Client and server by SYN, else by the followed ports; where both are followed, the content tells later. */
static bool is_from_client(const struct flow_table *t, const struct packet *p)
{
    if (p->flags & TCP_SYN)
        return !(p->flags & TCP_ACK);
    return port_set_has(&t->bench->ports, p->to.port) || !port_set_has(&t->bench->ports, p->from.port);
}

void flow_table_take(struct flow_table *t, struct connection *c, const struct packet *p, uint32_t wire_size)
{
    if (!c) {
        t->bench->counters->of[COUNT_PAYLOAD] += p->payload.size;
        t->bench->counters->of[COUNT_OUTSIDE] += p->payload.size;
        return;
    }
    connection_packet(c, connection_side(c, p), p, wire_size);
    flow_table_settle(t, c);
}

static void packet_of_none(struct flow_table *t, const struct flow_name *name, const struct packet *p,
                           uint32_t wire_size)
{
    struct counters *counters = t->bench->counters;
    bool from_client = is_from_client(t, p);
    if (is_stray(p)) {
        counters->of[COUNT_STRAY]++;
        return;
    }
    if (p->flags & TCP_SYN && !port_set_has(&t->bench->ports, from_client ? p->to.port : p->from.port)) {
        counters->of[COUNT_OTHER_PORTS]++;
        return;
    }
    if ((p->flags & (TCP_SYN | TCP_ACK | TCP_FIN | TCP_RST)) == TCP_SYN && !p->payload.size) {
        syn_begin(t, &name->key, half_open_tag(&t->half_opens, name->hash), p, name->from_low, wire_size);
        return;
    }
    flow_table_take(t, flow_table_make(t, &name->key, p, from_client), p, wire_size);
}

/* A SYN with another number on a connection that goes on. What it carries is not kept for it: who means it sends it
 * again. */
static void rival_begin(struct flow_table *t, struct connection *c, const struct packet *p, uint32_t wire_size)
{
    struct packet bare = *p;
    struct flow_name name;
    flow_table_name(t, p, &name);
    bare.payload = slice_of("");
    bare.cut = 0;
    t->bench->counters->of[COUNT_PAYLOAD] += p->payload.size;
    t->bench->counters->of[COUNT_OUTSIDE] += p->payload.size;
    uint32_t tag = half_open_tag(&t->half_opens, name.hash);
    struct half_open *h = half_open_find(&t->half_opens, &name.key, tag);
    if (!port_set_has(&t->bench->ports, p->to.port)) {
        t->bench->counters->of[COUNT_OTHER_PORTS]++;
    } else if (h && h->client_low != name.from_low) {
        t->bench->counters->of[COUNT_STRAY]++;
    } else if (!h || !syn_take(t, h, &bare, name.from_low, wire_size)) {
        syn_begin(t, &name.key, tag, &bare, name.from_low, wire_size);
        c->rival = true;
    }
}

/* A SYN on a connection that goes on may be forged, by its own client too: the connection stays until the server has
 * answered the new one.
 * @return whether the packet was taken; false: it begins another connection, and this one has ended. */
static bool connection_take(struct flow_table *t, struct connection *c, const struct packet *p, uint32_t wire_size)
{
    if (c->rival) {
        struct flow_name name;
        flow_table_name(t, p, &name);
        struct half_open *h = half_open_find(&t->half_opens, &name.key, half_open_tag(&t->half_opens, name.hash));
        c->rival = h != NULL;
        if (h && half_open_has(h, p, name.from_low == h->client_low)) {
            if (p->flags & TCP_RST)
                return syn_take(t, h, p, name.from_low, wire_size);
            flow_table_drop(t, c, c->last, FLOW_REUSED);
            return false;
        }
    }
    if (connection_packet(c, connection_side(c, p), p, wire_size) != SEGMENT_NEW_LIFE) {
        flow_table_settle(t, c);
        return true;
    }
    if (c->unfollowed || reassembly_over(&c->reassembly) || p->flags & TCP_ACK) {
        flow_table_drop(t, c, c->last, FLOW_REUSED);
        return false;
    }
    rival_begin(t, c, p, wire_size);
    return true;
}

bool flow_table_known(struct flow_table *t, const struct packet *p, uint32_t wire_size, struct flow_name *name)
{
    struct connection **found = found_of(t, &p->from, &p->to), *c = *found;
    bool named = !c || !connection_has(c, p);
    if (named) {
        flow_table_name(t, p, name);
        c = flow_table_find(t, name->hash, p);
    }
    if (c) {
        *found = c;
        if (connection_take(t, c, p, wire_size))
            return true;
    }
    if (!named)
        flow_table_name(t, p, name);
    struct half_open *h = half_open_find(&t->half_opens, &name->key, half_open_tag(&t->half_opens, name->hash));
    return h && syn_take(t, h, p, name->from_low, wire_size);
}

void flow_table_packet(struct flow_table *t, const struct packet *p, uint32_t wire_size)
{
    if (!port_set_has(&t->bench->ports, p->from.port) && !port_set_has(&t->bench->ports, p->to.port)) {
        t->bench->counters->of[COUNT_OTHER_PORTS]++;
        return;
    }
    struct flow_name name;
    if (flow_table_known(t, p, wire_size, &name) || across_take(t, p, wire_size))
        return;
    across_note(t, name.key.network);
    packet_of_none(t, &name, p, wire_size);
}

#include "sensor/flow/syn.h"

#include "sensor/event/auth.h"
#include "sensor/flow/table_inside.h"

#define VLAN_BITS   0xfffu
#define SYNS_MOST   7u
#define TUNNEL_BITS 15u

_Static_assert(TUNNEL_KINDS <= TUNNEL_BITS + 1, "each has a number in struct half_open");

static void half_open_facts(const struct half_opens *all, const struct half_open *h, struct connection_facts *facts)
{
    struct address low = {.port = h->low_port}, high = {.port = h->high_port};
    memcpy(low.ip, h->low_ip, sizeof low.ip);
    memcpy(high.ip, h->high_ip, sizeof high.ip);
    *facts = (struct connection_facts){
        .client = h->client_low ? low : high,
        .server = h->client_low ? high : low,
        .flow_id = half_open_number(all, h),
        .tunnel_id = h->tunnel_id,
        .tunnel_kind = h->tunnel_kind,
        .vlans = h->vlans,
        .vlan = {(uint16_t)h->outer, (uint16_t)h->inner},
    };
}

void syn_end(struct flow_table *t, struct half_open *h, enum flow_reason why, moment last, uint32_t answer_bytes)
{
    struct flow_bench *b = t->bench;
    struct flow_record r = {
        .event.size = sizeof r,
        .auth_state = AUTH_NOT_JUDGED,
        .auth_outcome = AUTH_NOT_JUDGED,
        .last = last,
        .packets = {h->syns, answer_bytes != 0},
        .bytes = {(uint64_t)h->syns * half_open_size(h), answer_bytes},
        .state = answer_bytes ? FLOW_REFUSED : FLOW_NEW,
        .reason = (uint8_t)why,
        .from_start = true,
        .syn = h->shape,
    };
    struct connection_facts facts;
    half_open_facts(&t->half_opens, h, &facts);
    bench_head(&facts, &r.event, EVENT_FLOW, half_open_time(h));
    b->counters->of[answer_bytes ? COUNT_REFUSED : COUNT_HALF_OPEN]++;
    half_open_remove(&t->half_opens, h);
    bench_tell(b, &r.event);
}

void syn_begin(struct flow_table *t, const struct flow_key *key, uint32_t tag, const struct packet *p, bool from_low,
               uint32_t wire_size)
{
    struct half_open *h = half_open_add(&t->half_opens, key, tag, t->clock, p->number);
    while (!h) {
        struct half_open *oldest = half_open_oldest(&t->half_opens);
        if (!oldest)
            return;
        t->bench->counters->of[COUNT_EVICTED_HALF_OPEN]++;
        syn_end(t, oldest, FLOW_EVICTED, half_open_time(oldest), 0);
        h = half_open_add(&t->half_opens, key, tag, t->clock, p->number);
    }
    h->isn = p->seq;
    h->shape = (struct syn_shape){.window = p->window, .options = p->options, .ttl = p->ttl};
    half_open_set_time(h, p->time);
    half_open_set_size(h, wire_size);
    h->client_low = from_low;
    h->vlans = p->vlans < 2 ? p->vlans & 3u : 2;
    h->outer = p->vlan[0] & VLAN_BITS;
    h->inner = p->vlan[1] & VLAN_BITS;
    h->tunnel_id = p->tunnel_id;
    h->tunnel_kind = p->tunnel_kind & TUNNEL_BITS;
    h->syns = 1;
}

/* The SYN that a half-open flow was made of, as a packet again. */
static struct connection *connection_of_half_open(struct flow_table *t, struct half_open *h)
{
    struct connection_facts facts;
    half_open_facts(&t->half_opens, h, &facts);
    struct packet syn = {
        .time = half_open_time(h),
        .clock = t->clock,
        .number = facts.flow_id,
        .from = facts.client,
        .to = facts.server,
        .seq = h->isn,
        .flags = TCP_SYN,
        .window = h->shape.window,
        .options = h->shape.options,
        .ttl = h->shape.ttl,
        .payload = slice_of(""),
        .vlans = facts.vlans,
        .vlan = {facts.vlan[0], facts.vlan[1]},
        .tunnel_id = facts.tunnel_id,
        .tunnel_kind = facts.tunnel_kind,
    };
    struct flow_key key;
    half_open_key(h, &key);
    unsigned syns = h->syns, size = half_open_size(h);
    half_open_remove(&t->half_opens, h);
    struct connection *c = flow_table_make(t, &key, &syn, true);
    for (unsigned i = 0; c && i < syns; i++)
        connection_packet(c, CLIENT, &syn, size);
    return c;
}

bool syn_take(struct flow_table *t, struct half_open *h, const struct packet *p, bool from_low, uint32_t wire_size)
{
    bool from_client = from_low == h->client_low;
    if (from_client && (p->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && p->seq == h->isn && !p->payload.size) {
        h->syns = h->syns < SYNS_MOST ? (h->syns + 1u) & SYNS_MOST : SYNS_MOST;
        return true;
    }
    if (p->flags & TCP_RST) {
        bool answers = from_client ? p->seq == h->isn + 1 : p->ack == h->isn + 1;
        if (answers)
            syn_end(t, h, FLOW_RST, p->time, from_client ? 0 : wire_size);
        else
            t->bench->counters->of[COUNT_STRAY]++;
        return true;
    }
    if (from_client && p->flags & TCP_SYN && p->seq != h->isn) {
        syn_end(t, h, FLOW_REUSED, half_open_time(h), 0);
        return false;
    }
    flow_table_take(t, connection_of_half_open(t, h), p, wire_size);
    return true;
}

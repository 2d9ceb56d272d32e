#include "sensor/flow/bench.h"

void bench_head(const struct connection_facts *facts, struct event *e, enum event_type type, moment time)
{
    e->type = (uint8_t)type;
    e->time = time;
    e->flow_id = facts->flow_id;
    e->client = facts->client;
    e->server = facts->server;
    e->vlans = facts->vlans;
    e->vlan[0] = facts->vlan[0];
    e->vlan[1] = facts->vlan[1];
    e->tunnel_kind = facts->tunnel_kind;
    e->tunnel_id = facts->tunnel_id;
}

void bench_tell(struct flow_bench *b, struct event *e)
{
    e->order = b->order;
    b->order.count++;
    b->sink.take(b->sink.owner, e);
}

void bench_anomaly(struct flow_bench *b, struct connection_facts *facts, unsigned kind, enum side from,
                   enum gave_up reason, moment time)
{
    if (facts->anomalies >> kind & 1)
        return;
    facts->anomalies |= UINT32_C(1) << kind;
    struct anomaly a = {
        .event.size = sizeof a, .kind = (uint8_t)kind, .from = (uint8_t)from, .reason = (uint8_t)reason};
    bench_head(facts, &a.event, EVENT_ANOMALY, time);
    bench_tell(b, &a.event);
}

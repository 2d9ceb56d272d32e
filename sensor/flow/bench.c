#include "sensor/flow/bench.h"

#include "proto/http/http2_error.h"
#include "proto/kube/mask.h"

_Static_assert((int)ANOMALY_MARKS + (int)HTTP_MARKS <= 32, "a bit of connection_facts.anomalies for each");

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
    e->proxied = facts->proxied;
    memcpy(e->proxied_for, facts->proxied_for, sizeof e->proxied_for);
}

void bench_tell(struct flow_bench *b, struct event *e)
{
    e->order = b->order;
    b->order.count++;
    b->sink.take(b->sink.owner, e);
}

static void tell_anomaly(struct flow_bench *b, struct connection_facts *facts, struct anomaly a, moment time)
{
    facts->anomalies |= UINT32_C(1) << a.kind;
    a.event.size = sizeof a;
    bench_head(facts, &a.event, EVENT_ANOMALY, time);
    bench_tell(b, &a.event);
}

void bench_anomaly(struct flow_bench *b, struct connection_facts *facts, unsigned kind, enum side from, moment time)
{
    if (!(facts->anomalies >> kind & 1))
        tell_anomaly(b, facts, (struct anomaly){.kind = (uint8_t)kind, .from = (uint8_t)from}, time);
}

void bench_gave_up(struct flow_bench *b, struct connection_facts *facts, enum gave_up reason, moment time)
{
    tell_anomaly(b, facts,
                 (struct anomaly){.kind = ANOMALY_GAVE_UP, .from = ANOMALY_FROM_NOBODY, .reason = (uint8_t)reason},
                 time);
}

void bench_odd(struct flow_bench *b, struct connection_facts *facts, enum side from, enum http_mark mark,
               uint64_t count, moment time)
{
    tell_anomaly(b, facts, (struct anomaly){.kind = anomaly_of(mark), .from = (uint8_t)from, .count = count}, time);
}

void bench_goaway(struct flow_bench *b, struct connection_facts *facts, enum side from, uint32_t code,
                  struct slice debug, moment time)
{
    uint8_t error = http2_error_keep(code);
    if (from == SERVER && !facts->goaway) {
        facts->goaway = error;
        facts->goaway_after = facts->opened;
    }
    if (code == 0 || facts->goaway_told >> from & 1)
        return;
    facts->goaway_told = (facts->goaway_told | 1u << from) & 3u;
    struct event_room room;
    struct anomaly *a = anomaly_begin(&room);
    a->kind = anomaly_of(MARK_GOAWAY_ERROR);
    a->from = (uint8_t)from;
    a->error = error;
    a->text = event_add_text(&a->event, mask_text(debug, b->scratch, sizeof b->scratch), ANOMALY_TEXT_MAX);
    bench_head(facts, &a->event, EVENT_ANOMALY, time);
    bench_tell(b, &a->event);
}

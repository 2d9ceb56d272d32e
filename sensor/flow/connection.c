#include "sensor/flow/connection.h"

#include "sensor/event/auth.h"
#include "sensor/event/field.h"
#include "sensor/flow/reader.h"
#include "sensor/flow/secured.h"
#include "sensor/flow/secured_record.h"

static bool same_address(const struct address *a, const struct address *b)
{
    return a->port == b->port && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

struct connection *connection_new(struct flow_bench *bench, const struct packet *p, bool from_client)
{
    struct connection *c = memory_resize(&bench->memory, NULL, 0, sizeof *c);
    if (!c)
        return NULL;
    *c = (struct connection){.bench = bench, .first = p->time, .last = p->time};
    c->facts = (struct connection_facts){
        .client = from_client ? p->from : p->to,
        .server = from_client ? p->to : p->from,
        .flow_id = p->number,
        .tunnel_id = p->tunnel_id,
        .tunnel_kind = p->tunnel_kind,
        .vlans = p->vlans < 2 ? p->vlans & 3u : 2,
        .vlan = {p->vlan[0], p->vlan[1]},
    };
    reader_attach(c);
    reassembly_init(&c->reassembly, &c->front);
    return c;
}

bool connection_has(const struct connection *c, const struct packet *p)
{
    const struct connection_facts *f = &c->facts;
    bool forth = same_address(&p->from, &f->client) && same_address(&p->to, &f->server);
    bool back = !forth && same_address(&p->from, &f->server) && same_address(&p->to, &f->client);
    return (forth || back) &&
           tunnel_network(p->tunnel_kind, p->tunnel_id) == tunnel_network(f->tunnel_kind, f->tunnel_id);
}

enum side connection_side(const struct connection *c, const struct packet *p)
{
    return same_address(&p->from, &c->facts.client) ? CLIENT : SERVER;
}

static void note_syn(struct connection *c, const struct packet *p)
{
    if (c->syn_seen || p->flags & TCP_ACK)
        return;
    c->syn_seen = true;
    c->syn = (struct syn_shape){.window = p->window, .options = p->options, .ttl = p->ttl};
}

/* A handshake with the client was completed: it has acknowledged what only one at its address can know. */
static void note_handshake(struct connection *c, enum side from, const struct packet *p)
{
    if (p->flags & TCP_SYN) {
        if (from == SERVER && p->flags & TCP_ACK) {
            c->syn_ack = true;
            c->server_first = p->seq + 1;
        }
        if (from == CLIENT)
            note_syn(c, p);
        return;
    }
    if (from != CLIENT || !(p->flags & TCP_ACK) || p->flags & TCP_RST)
        return;
    if (c->syn_ack && p->ack - c->server_first < UINT32_C(1) << 30)
        c->handshake = true;
}

static void note_oddity(struct connection *c, enum side from, const struct packet *p, enum segment what)
{
    unsigned kind;
    if (what == SEGMENT_CONFLICTING || p->conflicting)
        kind = ANOMALY_CONFLICTING_OVERLAP;
    else if (what == SEGMENT_OUTSIDE && p->flags & TCP_RST)
        kind = ANOMALY_WRONG_RESET;
    else if (what == SEGMENT_OUTSIDE && p->payload.size)
        kind = ANOMALY_OUTSIDE_WINDOW;
    else
        return;
    bench_anomaly(c->bench, &c->facts, kind, from, p->time);
}

static void count_segment(struct connection *c, const struct packet *p, enum segment what)
{
    c->segments++;
    c->repeated += what == SEGMENT_REPEATED || what == SEGMENT_CONFLICTING;
    c->reordered += what == SEGMENT_HELD && !(p->flags & TCP_SYN);
}

static void count_packet(struct connection *c, enum side from, const struct packet *p, uint32_t wire_size)
{
    c->packets[from]++;
    c->bytes[from] += wire_size;
    if (p->time > c->last)
        c->last = p->time;
}

/* No wire was so fast: the packet is of the same connection as it is behind a firewall that gives it other numbers. */
static bool __attribute__((noinline, cold)) leaps(const struct connection *c, enum side from, const struct packet *p)
{
    enum { NEAR = 1 << 26, BYTES_A_NANOSECOND = 12 /* 100 Gbit/s */ };
    if (!reassembly_leaps(&c->reassembly, from, p, NEAR))
        return false;
    uint64_t passed = p->time > c->last ? (uint64_t)(p->time - c->last) : 0;
    uint64_t most = passed < UINT32_MAX / BYTES_A_NANOSECOND ? NEAR + passed * BYTES_A_NANOSECOND : UINT32_MAX;
    return most < UINT32_MAX && reassembly_leaps(&c->reassembly, from, p, (uint32_t)most);
}

static enum segment read_segment(struct connection *c, enum side from, const struct packet *p)
{
    struct flow_bench *b = c->bench;
    if (reassembly_expects(&c->reassembly, from, p) || !leaps(c, from, p))
        return reassembly_segment(&c->reassembly, from, p, &b->reassembly, &b->memory, &b->streams);
    b->streams.payload += p->payload.size;
    b->streams.outside += p->payload.size;
    return SEGMENT_OUTSIDE;
}

enum segment connection_packet(struct connection *c, enum side from, const struct packet *p, uint32_t wire_size)
{
    struct flow_bench *b = c->bench;
    if (p->payload.size && reader_orient(c, from, p->time, p->payload))
        from = connection_side(c, p);
    if (c->unfollowed && p->flags & TCP_SYN)
        return SEGMENT_NEW_LIFE;
    if (c->unfollowed) {
        count_packet(c, from, p, wire_size);
        b->counters->of[COUNT_PAYLOAD] += p->payload.size;
        b->counters->of[COUNT_UNREAD] += p->payload.size;
        return SEGMENT_DELIVERED;
    }
    bool begun = c->from_start;
    c->from_start |= (p->flags & TCP_SYN) != 0; /* before its bytes are read: they may be the first */
    enum segment what = read_segment(c, from, p);
    if (what == SEGMENT_NEW_LIFE) {
        c->from_start = begun;
        return what;
    }
    note_handshake(c, from, p);
    count_packet(c, from, p, wire_size);
    if (p->payload.size)
        count_segment(c, p, what);
    note_oddity(c, from, p, what);
    return what;
}

enum age_class connection_class(const struct connection *c)
{
    /* One that is over may still wait for its keys. */
    if (reassembly_over(&c->reassembly))
        return c->tls && tls_waits(c->tls) ? AGE_IDLE : AGE_CLOSING;
    if (!c->data[CLIENT] && !c->data[SERVER])
        return AGE_OPENING;
    return c->facts.open ? AGE_EXCHANGE_OPEN : AGE_IDLE;
}

static enum flow_state state_of(const struct connection *c, bool over)
{
    if (over)
        return FLOW_CLOSED;
    return c->syn_ack || !c->from_start || c->data[CLIENT] || c->data[SERVER] ? FLOW_ESTABLISHED : FLOW_NEW;
}

/* An earlier GOAWAY, or earlier exchanges, may be in what was not captured. */
static void mark_goaway_unknown(const struct connection *c, struct event *e)
{
    bool missed = !c->from_start || c->gave_up || c->gap_bytes[SERVER];
    if (c->protocol != PROTOCOL_HTTP2 || !(missed || c->gap_bytes[CLIENT]))
        return;
    event_set_unknown(e, EVENT_FLOW_GOAWAY_AFTER);
    if (missed && !c->facts.goaway)
        event_set_unknown(e, EVENT_FLOW_GOAWAY);
}

static void tell_of_syn(const struct connection *c, struct flow_record *r)
{
    static const enum event_field_id fields[] = {EVENT_FLOW_SYN_WINDOW, EVENT_FLOW_SYN_TTL, EVENT_FLOW_SYN_OPTIONS,
                                                 EVENT_FLOW_SYN_TOOL};
    r->syn = c->syn;
    for (size_t i = 0; !c->syn_seen && i < sizeof fields / sizeof fields[0]; i++)
        event_set_unknown(&r->event, fields[i]);
}

/* Behind a ClientHello nothing but the handshake was said; of TLS 1.3 most of that looks like data. */
static bool only_greeted(const struct connection *c)
{
    if (!c->tls || !c->tls_client_hello)
        return false;
    return !c->tls_data || tls_shape_asked_nothing(tls_shape_of(c->tls), c->facts.tls);
}

static bool said_too_little(const struct connection *c)
{
    enum { FIRST = 1 /* behind the SYN */ };
    return c->reassembly.side[CLIENT].next < FIRST + SNIFF_LEAST_REQUEST;
}

static bool may_have_asked(const struct connection *c)
{
    if (!c->from_start || c->gap_bytes[CLIENT] || c->gap_bytes[SERVER])
        return true;
    bool unheard = c->facts.exchanges && c->facts.unheard == c->facts.exchanges;
    return c->data[CLIENT] && !said_too_little(c) && !only_greeted(c) && !unheard;
}

static void tell_of_tls(const struct connection *c, struct flow_record *r)
{
    const struct tls_facts *f = c->facts.tls;
    r->tls_client_hello = c->tls_client_hello;
    r->tls_server_hello = c->tls_server_hello;
    r->tls_data = c->tls_data;
    if (!f)
        return;
    r->closed = !tls_facts_has(f, TLS_SIGN_OPENED);
    r->tls_old = f->offers && f->offers < TLS_1_2;
    r->tls_no_alpn = tls_facts_has(f, TLS_SIGN_CLIENT_HELLO) && !tls_facts_text(f, TLS_TEXT_OFFERED).size;
    if (r->closed) {
        const struct tls_shape *shape = tls_shape_of(c->tls);
        tls_shape_read(shape, f, &r->shape);
        memcpy(r->records, shape->records, sizeof r->records);
    }
    /* OpenSSL sends that alert in clear, over TLS 1.3, too; others seal it. */
    r->distrusts = r->shape.distrusts || tls_alert_distrusts(f->alert[CLIENT]);
    r->tls_completed = tls_facts_has(f, TLS_SIGN_DONE);
    secured_record_head(f, &r->event);
    for (int side = CLIENT; side <= SERVER; side++)
        r->alert[side] = secured_record_alert(f, (enum side)side, &r->event);
}

static void tell(struct connection *c, enum flow_reason why, bool over)
{
    struct event_room room;
    struct flow_record *r = (struct flow_record *)&room;
    *r = (struct flow_record){
        .event.size = sizeof *r,
        .auth_state = AUTH_NOT_JUDGED,
        .auth_outcome = AUTH_NOT_JUDGED,
        .last = c->last,
        .exchanges = c->facts.exchanges,
        .segments = c->segments,
        .repeated = c->repeated,
        .reordered = c->reordered,
        .state = (uint8_t)state_of(c, over),
        .reason = (uint8_t)why,
        .protocol = c->protocol,
        .handshake = c->handshake || (c->data[CLIENT] && c->data[SERVER]),
        .from_start = c->from_start,
        .asked = may_have_asked(c),
        .gave_up = c->gave_up,
        .goaway = c->facts.goaway,
        .goaway_after = c->facts.goaway_after,
    };
    for (int side = CLIENT; side <= SERVER; side++) {
        r->packets[side] = c->packets[side];
        r->bytes[side] = c->bytes[side];
        r->gap_bytes[side] = c->gap_bytes[side];
    }
    mark_goaway_unknown(c, &r->event);
    bench_head(&c->facts, &r->event, EVENT_FLOW, c->first);
    tell_of_syn(c, r);
    tell_of_tls(c, r);
    bench_tell(c->bench, &r->event);
}

void connection_end(struct connection *c, moment time, enum flow_reason why)
{
    static const enum stream_end ends[FLOW_REASONS] = {
        [FLOW_FIN] = END_FIN,         [FLOW_RST] = END_RESET,        [FLOW_TIMEOUT] = END_IDLE,
        [FLOW_EVICTED] = END_EVICTED, [FLOW_SHUTDOWN] = END_CAPTURE, [FLOW_REUSED] = END_IDLE,
    };
    struct flow_bench *b = c->bench;
    bool over = reassembly_over(&c->reassembly);
    reassembly_end(&c->reassembly, time, ends[why], &b->memory, &b->streams);
    reader_detach(c);
    if (c->tls && c->protocol == PROTOCOL_UNKNOWN)
        c->protocol = PROTOCOL_TLS; /* too little was opened to tell what is inside */
    if (c->unfollowed) {
        b->counters->of[COUNT_FLOWS_UNFOLLOWED]++;
    } else {
        b->counters->of[COUNT_FLOWS]++;
        b->counters->of[COUNT_FLOWS_MIDSTREAM] += !c->from_start;
        secured_tell(c);
        tell(c, over && why != FLOW_EVICTED ? (c->reset ? FLOW_RST : FLOW_FIN) : why, over);
    }
    secured_end(c);
    memory_resize(&b->memory, c, sizeof *c, 0);
}

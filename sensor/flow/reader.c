#include "sensor/flow/reader.h"

#include "sensor/flow/draft.h"
#include "sensor/flow/secured.h"

struct pending {
    uint8_t bytes[2][SNIFF_BYTES];
    uint8_t size[2];
};

static struct connection *connection_of(struct stream *front)
{
    return (struct connection *)((char *)front - offsetof(struct connection, front));
}

void reader_gave_up(struct connection *c, enum side from, enum gave_up reason, moment time)
{
    static const enum counter counters[GAVE_UP_REASONS] = {
        [GAVE_UP_NOT_MINE] = COUNT_GAVE_UP_NOT_MINE,   [GAVE_UP_MALFORMED] = COUNT_GAVE_UP_MALFORMED,
        [GAVE_UP_LIMIT] = COUNT_GAVE_UP_LIMIT,         [GAVE_UP_MEMORY] = COUNT_GAVE_UP_MEMORY,
        [GAVE_UP_NO_RESUME] = COUNT_GAVE_UP_NO_RESUME,
    };
    if (reason == GAVE_UP_NOT || c->gave_up)
        return;
    c->gave_up = (uint8_t)reason;
    c->bench->counters->of[counters[reason]]++;
    bench_anomaly(c->bench, &c->facts, ANOMALY_GAVE_UP, from, reason, time);
}

/* HTTP */

static void *exchange_opened(void *owner, moment time, enum http_version version, uint32_t stream_id)
{
    struct connection *c = owner;
    c->decided = true;
    c->protocol = version == HTTP_2 ? PROTOCOL_HTTP2 : PROTOCOL_HTTP1;
    return draft_open(c->bench, &c->facts, time, version, stream_id);
}

static void http_gave_up(void *owner, moment time, enum gave_up reason)
{
    reader_gave_up(owner, CLIENT, reason, time);
}

static void something_odd(void *owner, moment time, enum side from, enum http_mark mark, uint64_t count)
{
    struct connection *c = owner;
    bench_odd(c->bench, &c->facts, from, mark, count, time);
}

static void told_to_go(void *owner, moment time, enum side from, uint32_t code, struct slice debug)
{
    struct connection *c = owner;
    bench_goaway(c->bench, &c->facts, from, code, debug, time);
}

static struct stream *switched_away(void *owner, moment time, struct slice protocol, void *thing);

static struct stream *begin_tunnel(struct connection *c);

static const struct message_events MESSAGES = {
    .open = exchange_opened,
    .field = draft_field,
    .head = draft_head,
    .body = draft_body,
    .done = draft_done,
    .mark = draft_mark,
    .over = draft_over,
    .reset = draft_reset,
    .switched = switched_away,
    .odd = something_odd,
    .goaway = told_to_go,
    .gave_up = http_gave_up,
};

/* RFC 7540, section 3.2: the request that asked for h2c is stream 1 of what follows. */
static struct stream *switched_away(void *owner, moment time, struct slice protocol, void *thing)
{
    struct connection *c = owner;
    if (slice_is(protocol, "CONNECT"))
        return begin_tunnel(c);
    if (!thing && !slice_same_nocase(protocol, slice_of("h2c")))
        return NULL;
    stream_free(c->second); /* what was searched beside HTTP/1 is known now */
    c->facts.credential = (struct credential_entry){0};
    c->second = http2_new(&c->bench->http2, true, &MESSAGES, c);
    if (!c->second || !http2_carry_on(c->second, thing)) {
        if (thing)
            draft_over(thing, time);
        reader_gave_up(c, CLIENT, GAVE_UP_MEMORY, time);
        return NULL;
    }
    if (thing)
        draft_carry_on(thing, protocol.size != 0);
    c->protocol = PROTOCOL_HTTP2;
    return c->second;
}

/* which of them */

static void swap_sides(struct connection *c)
{
    struct address server = c->facts.client;
    c->facts.client = c->facts.server;
    c->facts.server = server;
    uint64_t packets = c->packets[CLIENT], bytes = c->bytes[CLIENT], gap = c->gap_bytes[CLIENT];
    c->packets[CLIENT] = c->packets[SERVER];
    c->bytes[CLIENT] = c->bytes[SERVER];
    c->gap_bytes[CLIENT] = c->gap_bytes[SERVER];
    c->packets[SERVER] = packets;
    c->bytes[SERVER] = bytes;
    c->gap_bytes[SERVER] = gap;
    bool ended = c->ended[CLIENT];
    uint8_t how = c->how[CLIENT];
    c->ended[CLIENT] = c->ended[SERVER];
    c->how[CLIENT] = c->how[SERVER];
    c->ended[SERVER] = ended;
    c->how[SERVER] = how;
    reassembly_swap(&c->reassembly);
    c->unfollowed = !port_set_has(c->ports, server.port);
}

static void drop_readers(struct connection *c)
{
    stream_free(c->reader);
    stream_free(c->second);
    c->reader = c->second = NULL;
    c->facts.credential = (struct credential_entry){0};
}

static void drop_tunnel(struct connection *c)
{
    stream_free(c->tunnel);
    c->tunnel = NULL;
}

/* They have been told all that there will be. */
static void finish_readers(struct connection *c)
{
    if (c->reader && (c->searching || c->second || c->protocol == PROTOCOL_HTTP1))
        c->bench->counters->of[COUNT_UNPAIRED] += http1_unpaired(c->reader);
    drop_readers(c);
    drop_tunnel(c);
}

static void drop_pending(struct connection *c)
{
    c->pending = memory_resize(&c->bench->memory, c->pending, c->pending ? sizeof *c->pending : 0, 0);
}

/* Inside of TLS it is there: nothing opens without the hellos; so it is behind a CONNECT. */
static bool has_beginning(const struct connection *c)
{
    return c->from_start || c->opened || c->begun;
}

static void decide(struct connection *c, enum protocol protocol, moment time)
{
    struct flow_bench *b = c->bench;
    bool from_start = has_beginning(c) && !c->searching;
    if (c->tls && protocol == PROTOCOL_TLS)
        protocol = PROTOCOL_OTHER; /* one within the other is not followed */
    drop_readers(c);
    c->protocol = (uint8_t)protocol;
    c->decided = true;
    c->searching = false;
    if (protocol == PROTOCOL_HTTP1)
        c->reader = http1_new(&b->http1, from_start, &b->memory, &MESSAGES, c);
    else if (protocol == PROTOCOL_HTTP2)
        c->reader = http2_new(&b->http2, from_start, &MESSAGES, c);
    else if (protocol != PROTOCOL_TLS)
        return;
    if (protocol == PROTOCOL_TLS ? !secured_begin(c, from_start) : !c->reader)
        reader_gave_up(c, CLIENT, GAVE_UP_MEMORY, time);
}

/* The search is over when one of them has found what it reads; where HTTP/1 has switched to h2c, too, only the new
 * protocol's reader is kept. */
static void end_search(struct connection *c)
{
    if (c->searching && !c->decided && c->second && http2_recognised(c->second)) {
        c->decided = true;
        c->protocol = PROTOCOL_HTTP2;
    }
    if (!c->searching || !c->decided)
        return;
    c->searching = false;
    bool http2 = c->protocol == PROTOCOL_HTTP2;
    stream_free(http2 ? c->reader : c->second);
    if (http2)
        c->reader = c->second;
    c->second = NULL;
}

/* Each of those who search is told the same, until one has found what it reads: HTTP/2 first, for a chain of frames
 * says more than a line that looks like a start. */
static void tell_end(struct connection *c, enum side from, moment time)
{
    enum stream_end how = (enum stream_end)c->how[from];
    if (!c->ended[from])
        return;
    if (c->tls && !c->opened)
        stream_end(tls_stream(c->tls), from, time, how);
    if (c->searching && c->second)
        stream_end(c->second, from, time, how);
    end_search(c);
    if (c->reader)
        stream_end(c->reader, from, time, how);
}

static void tell(struct stream *reader, enum side from, moment time, const struct slice *bytes, uint64_t gap)
{
    if (bytes)
        stream_push(reader, from, time, *bytes);
    else
        stream_gap(reader, from, time, gap);
}

static void tell_readers(struct connection *c, enum side from, moment time, const struct slice *bytes, uint64_t gap)
{
    bool searching = c->searching;
    if (c->tls && !c->opened) {
        tell(tls_stream(c->tls), from, time, bytes, gap);
        return;
    }
    if (searching && c->second)
        tell(c->second, from, time, bytes, gap);
    end_search(c);
    if (c->reader && c->searching == searching)
        tell(c->reader, from, time, bytes, gap);
    end_search(c);
}

/* A reader that has just been made is told what came before it: first bytes, and sides that have ended. */
static void catch_up(struct connection *c, moment time)
{
    struct pending *p = c->pending;
    c->pending = NULL;
    for (int side = CLIENT; side <= SERVER; side++) {
        struct slice bytes = p ? (struct slice){p->bytes[side], p->size[side]} : slice_of("");
        if (bytes.size)
            tell_readers(c, (enum side)side, time, &bytes, 0);
        tell_end(c, (enum side)side, time);
    }
    memory_resize(&c->bench->memory, p, p ? sizeof *p : 0, 0);
}

/* Of a line that is not whole nothing is believed, and what was seen of it is nothing else's beginning. */
static void lose_preamble(struct connection *c)
{
    if (c->preamble.over)
        return;
    c->preamble.over = true;
    c->facts.proxied = PROXIED_LOST;
    preamble_forget(&c->preamble, &c->bench->memory);
}

/* The beginning is missing: HTTP is searched for at once, TLS is recognised where a push begins with it. */
static void search(struct connection *c, moment time)
{
    struct flow_bench *b = c->bench;
    lose_preamble(c);
    drop_readers(c);
    c->searching = true;
    c->reader = http1_new(&b->http1, false, &b->memory, &MESSAGES, c);
    c->second = http2_new(&b->http2, false, &MESSAGES, c);
    if (!c->reader || !c->second)
        reader_gave_up(c, CLIENT, GAVE_UP_MEMORY, time);
    catch_up(c, time);
}

static void search_push(struct connection *c, moment time, struct slice bytes)
{
    if (c->tls || sniff(bytes).protocol != PROTOCOL_TLS)
        return;
    decide(c, PROTOCOL_TLS, time);
    catch_up(c, time);
}

void reader_orient(struct connection *c, enum side from, moment time, struct slice bytes)
{
    if (c->decided || c->from_start || c->tls)
        return;
    struct sniffed s = sniff(bytes);
    if (!s.side_known || s.side == from)
        return;
    /* A word like GET may begin a line of a log; to turn away from a followed port takes a whole start line. And the
     * SETTINGS that a server begins with come from a client, too, behind its preface. */
    struct slice line = slice_part(bytes, 0, slice_find(bytes, '\n'));
    bool whole = line.size < bytes.size && memmem(line.data, line.size, "HTTP/1.", 7);
    bool settings = s.protocol == PROTOCOL_HTTP2 && s.side == SERVER;
    bool weak = settings || (s.protocol == PROTOCOL_HTTP1 && !whole);
    if ((weak && !port_set_has(c->ports, c->facts.client.port)) || (settings && c->data[from]))
        return;
    swap_sides(c);
    if (c->searching)
        search(c, time);
}

/* Few bytes: kept until there are more. What is kept is never more than SNIFF_BYTES: with so many it is decided. */
static bool keep_pending(struct connection *c, enum side from, struct slice bytes)
{
    if (!c->pending)
        c->pending = memory_resize(&c->bench->memory, NULL, 0, sizeof *c->pending);
    if (!c->pending)
        return false;
    memcpy(c->pending->bytes[from] + c->pending->size[from], bytes.data, bytes.size);
    c->pending->size[from] = (uint8_t)(c->pending->size[from] + bytes.size);
    return true;
}

static void first_bytes(struct connection *c, enum side from, moment time, struct slice bytes)
{
    uint8_t joined[SNIFF_BYTES];
    struct slice all = bytes;
    size_t kept = c->pending ? c->pending->size[from] : 0;
    if (kept) {
        size_t more = slice_part(bytes, 0, SNIFF_BYTES - kept).size;
        memcpy(joined, c->pending->bytes[from], kept);
        memcpy(joined + kept, bytes.data, more);
        all = (struct slice){joined, kept + more};
    }
    struct sniffed s = sniff(all);
    if (s.protocol == PROTOCOL_UNKNOWN && all.size < SNIFF_BYTES) {
        if (keep_pending(c, from, bytes))
            return;
        s.protocol = PROTOCOL_OTHER;
    }
    decide(c, s.protocol, time);
    catch_up(c, time);
    tell_readers(c, from, time, &bytes, 0);
}

static void own_bytes(struct connection *c, enum side from, moment time, struct slice bytes)
{
    if (!c->decided && !c->searching) {
        if (has_beginning(c)) {
            first_bytes(c, from, time, bytes);
            return;
        }
        search(c, time);
    }
    if (!c->decided)
        search_push(c, time, bytes);
    tell_readers(c, from, time, &bytes, 0);
}

/* what a front says first */

static void note_line(struct connection *c, const struct proxied *line)
{
    c->facts.proxied = line->known ? PROXIED_CLIENT : line->local ? PROXIED_ITSELF : PROXIED_NOBODY;
    if (line->known)
        memcpy(c->facts.proxied_for, line->from.ip, sizeof c->facts.proxied_for);
}

/* A server that takes lines closes at what is none; without it nobody knows where the connection's own bytes begin. */
static void refuse_preamble(struct connection *c, moment time, enum gave_up reason)
{
    c->preamble.over = true;
    preamble_forget(&c->preamble, &c->bench->memory);
    decide(c, PROTOCOL_OTHER, time);
    reader_gave_up(c, CLIENT, reason, time);
}

/* What was kept is the connection's own. */
static void release_preamble(struct connection *c, moment time)
{
    struct preamble kept = c->preamble;
    c->preamble = (struct preamble){.over = true};
    if (kept.size)
        own_bytes(c, CLIENT, time, (struct slice){kept.kept, kept.size});
    preamble_forget(&kept, &c->bench->memory);
}

/* No more of the client is waited for. */
static void close_preamble(struct connection *c, moment time)
{
    if (preamble_is_begun(&c->preamble))
        refuse_preamble(c, time, GAVE_UP_MALFORMED);
    else
        release_preamble(c, time);
}

/* A line that the client leaves half is an error; where the connection is broken off, or the capture, it may have gone
 * on. */
static void end_preamble(struct connection *c, moment time, enum stream_end how)
{
    if (c->preamble.over || !c->preamble.size)
        return;
    if (how == END_FIN || !preamble_is_begun(&c->preamble))
        close_preamble(c, time);
    else
        lose_preamble(c);
}

/* @return whether what is left of `bytes` is the connection's own. */
static bool pass_preamble(struct connection *c, moment time, struct slice *bytes)
{
    struct proxied line;
    switch (preamble_push(&c->preamble, &c->bench->memory, bytes, &line)) {
    case PREAMBLE_MORE: return false;
    case PREAMBLE_BAD: refuse_preamble(c, time, GAVE_UP_MALFORMED); return false;
    case PREAMBLE_NO_MEMORY: refuse_preamble(c, time, GAVE_UP_MEMORY); return false;
    case PREAMBLE_LINE: note_line(c, &line); return bytes->size != 0;
    case PREAMBLE_NONE: release_preamble(c, time); break;
    }
    return true;
}

/* the stream that reassembly feeds */

static void front_push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    struct connection *c = connection_of(s);
    c->data[from] = true;
    if (c->tls) {
        stream_push(tls_stream(c->tls), from, time, bytes);
        return;
    }
    if (!c->preamble.over && !c->decided && !c->searching && c->from_start) {
        if (from == SERVER)
            close_preamble(c, time);
        else if (!pass_preamble(c, time, &bytes))
            return;
    }
    own_bytes(c, from, time, bytes);
}

static void own_gap(struct connection *c, enum side from, moment time, uint64_t size)
{
    if (!c->decided && !c->searching)
        search(c, time);
    tell_readers(c, from, time, NULL, size);
}

static void front_gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    struct connection *c = connection_of(s);
    c->gap_bytes[from] += size;
    c->facts.gaps++;
    if (c->tls)
        stream_gap(tls_stream(c->tls), from, time, size);
    else
        own_gap(c, from, time, size);
}

static void front_end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    struct connection *c = connection_of(s);
    c->reset |= how == END_RESET;
    if (from == CLIENT)
        end_preamble(c, time, how);
    if (c->tls) { /* what is inside may end later */
        stream_end(tls_stream(c->tls), from, time, how);
    } else {
        c->ended[from] = true;
        c->how[from] = (uint8_t)how;
        tell_end(c, from, time);
    }
    /* A connection that was closed is kept for a while, for what comes late; its tables are not needed any more. */
    if (c->ended[CLIENT] && c->ended[SERVER] && c->decided && !c->searching)
        finish_readers(c);
}

static void front_free(struct stream *s)
{
    (void)s; /* part of its connection */
}

static const struct stream_ops FRONT = {.push = front_push, .gap = front_gap, .end = front_end, .free = front_free};

/* the stream that TLS feeds */

static struct connection *connection_around(struct stream *inside)
{
    return (struct connection *)((char *)inside - offsetof(struct connection, inside));
}

static void inside_push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    own_bytes(connection_around(s), from, time, bytes);
}

static void inside_gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    struct connection *c = connection_around(s);
    c->facts.gaps++;
    own_gap(c, from, time, size);
}

static void inside_end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    struct connection *c = connection_around(s);
    c->ended[from] = true;
    c->how[from] = (uint8_t)how;
    tell_end(c, from, time);
}

static struct stream *begin_inside(struct connection *c)
{
    static const struct stream_ops ops = {
        .push = inside_push, .gap = inside_gap, .end = inside_end, .free = front_free};
    c->inside.ops = &ops;
    c->decided = false;
    c->protocol = PROTOCOL_UNKNOWN;
    return &c->inside;
}

struct stream *reader_inside(struct connection *c)
{
    c->opened = true;
    return begin_inside(c);
}

/* What a CONNECT has led to is anything. HTTP/1 is about to pass on what it still holds, and is kept for that. */
static struct stream *begin_tunnel(struct connection *c)
{
    if (c->tunnel)
        return NULL;
    stream_free(c->second);
    c->second = NULL;
    c->tunnel = c->reader;
    c->reader = NULL;
    c->searching = false;
    c->begun = true;
    return begin_inside(c);
}

void reader_attach(struct connection *c)
{
    c->front.ops = &FRONT;
}

void reader_detach(struct connection *c)
{
    static const enum counter spoken[] = {
        [PROTOCOL_UNKNOWN] = COUNT_PROTOCOL_UNKNOWN,
        [PROTOCOL_HTTP1] = COUNT_HTTP1,
        [PROTOCOL_HTTP2] = COUNT_HTTP2,
        [PROTOCOL_OTHER] = COUNT_PROTOCOL_OTHER,
    };
    struct counters *counters = c->bench->counters;
    if (!c->unfollowed && (!c->tls || c->opened))
        counters->of[spoken[c->protocol]]++;
    finish_readers(c);
    drop_pending(c);
    if (!c->from_start) /* else its client's end was the end of what was kept */
        lose_preamble(c);
}

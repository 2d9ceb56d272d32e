#include "sensor/flow/reader.h"

#include "sensor/flow/reader_inside.h"
#include "sensor/flow/secured.h"

struct pending {
    uint8_t bytes[2][SNIFF_BYTES];
    uint8_t size[2];
};

void reader_gave_up(struct connection *c, enum gave_up reason, moment time)
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
    bench_gave_up(c->bench, &c->facts, reason, time);
}

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
    bool data = c->data[CLIENT];
    c->data[CLIENT] = c->data[SERVER];
    c->data[SERVER] = data;
    bool ended = c->ended[CLIENT];
    uint8_t how = c->how[CLIENT];
    c->ended[CLIENT] = c->ended[SERVER];
    c->how[CLIENT] = c->how[SERVER];
    c->ended[SERVER] = ended;
    c->how[SERVER] = how;
    if (c->facts.across)
        c->facts.across = c->facts.across == 1 + CLIENT ? 1 + SERVER : 1 + CLIENT;
    reassembly_swap(&c->reassembly);
    c->unfollowed = !port_set_has(&c->bench->ports, server.port);
    reader_attach(c);
}

static void drop_readers(struct connection *c)
{
    stream_free(c->reader);
    stream_free(c->second);
    c->reader = c->second = NULL;
    c->facts.credential = (struct credential_entry){0};
    c->facts.audit = (struct audit_guess){0};
}

static void drop_tunnel(struct connection *c)
{
    stream_free(c->tunnel);
    c->tunnel = NULL;
}

void reader_finish(struct connection *c)
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

void reader_decide(struct connection *c, enum protocol protocol, moment time)
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
        c->reader = http1_new(&b->http1, from_start, &b->memory, &reader_messages, c);
    else if (protocol == PROTOCOL_HTTP2)
        c->reader = http2_new(&b->http2, from_start, &reader_messages, c);
    else if (protocol != PROTOCOL_TLS)
        return;
    if (protocol == PROTOCOL_TLS ? !secured_begin(c, from_start) : !c->reader)
        reader_gave_up(c, GAVE_UP_MEMORY, time);
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

void reader_rest(struct connection *c)
{
    bool known = c->decided && !c->searching && !c->second && !c->tunnel && c->reader;
    if (!known || !(c->protocol == PROTOCOL_HTTP2 ? http2_may_rest(c->reader)
                                                  : c->protocol == PROTOCOL_HTTP1 && http1_may_rest(c->reader)))
        return;
    drop_readers(c);
    c->resting = true;
}

/* Each of those who search is told the same, until one has found what it reads: HTTP/2 first, for a chain of frames
 * says more than a line that looks like a start. One that rests has nothing open that an end could end. */
void reader_tell_end(struct connection *c, enum side from, moment time)
{
    enum stream_end how = (enum stream_end)c->how[from];
    if (!c->ended[from] || c->resting)
        return;
    if (c->tls && !c->opened)
        stream_end(tls_stream(c->tls), from, time, how);
    if (c->searching && c->second)
        stream_end(c->second, from, time, how);
    end_search(c);
    if (c->reader)
        stream_end(c->reader, from, time, how);
}

/* Hardly ever. */
static void __attribute__((noinline, cold)) wake(struct connection *c, moment time)
{
    c->resting = false;
    c->reader = c->protocol == PROTOCOL_HTTP2 ? http2_wake(&c->bench->http2, &reader_messages, c)
                                              : http1_wake(&c->bench->http1, &c->bench->memory, &reader_messages, c);
    if (!c->reader)
        reader_gave_up(c, GAVE_UP_MEMORY, time);
    reader_tell_end(c, CLIENT, time);
    reader_tell_end(c, SERVER, time);
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
    if (c->resting)
        wake(c, time);
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
        reader_tell_end(c, (enum side)side, time);
    }
    memory_resize(&c->bench->memory, p, p ? sizeof *p : 0, 0);
}

/* The beginning is missing: HTTP is searched for at once, TLS is recognised where a push begins with it. */
static void search(struct connection *c, moment time)
{
    struct flow_bench *b = c->bench;
    reader_lose_preamble(c);
    drop_readers(c);
    c->searching = true;
    c->reader = http1_new(&b->http1, false, &b->memory, &reader_messages, c);
    c->second = http2_new(&b->http2, false, &reader_messages, c);
    if (!c->reader || !c->second)
        reader_gave_up(c, GAVE_UP_MEMORY, time);
    catch_up(c, time);
}

static void search_push(struct connection *c, moment time, struct slice bytes)
{
    if (c->tls || sniff(bytes).protocol != PROTOCOL_TLS)
        return;
    reader_decide(c, PROTOCOL_TLS, time);
    catch_up(c, time);
}

bool reader_orient(struct connection *c, enum side from, moment time, struct slice bytes)
{
    /* What a CONNECT has led to may be spoken the other way round. */
    if (c->decided || c->from_start || c->tls || c->begun)
        return false;
    struct sniffed s = sniff(bytes);
    if (!s.side_known || s.side == from)
        return false;
    /* A word like GET may begin a line of a log; to turn away from a followed port takes a whole start line. And the
     * SETTINGS that a server begins with come from a client, too, behind its preface. */
    struct slice line = slice_part(bytes, 0, slice_find(bytes, '\n'));
    bool whole = line.size < bytes.size && memmem(line.data, line.size, "HTTP/1.", 7);
    bool settings = s.protocol == PROTOCOL_HTTP2 && s.side == SERVER;
    bool weak = settings || (s.protocol == PROTOCOL_HTTP1 && !whole);
    if ((weak && !port_set_has(&c->bench->ports, c->facts.client.port)) || (settings && c->data[from]))
        return false;
    swap_sides(c);
    if (c->searching)
        search(c, time);
    return true;
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
    reader_decide(c, s.protocol, time);
    catch_up(c, time);
    tell_readers(c, from, time, &bytes, 0);
}

void reader_bytes(struct connection *c, enum side from, moment time, struct slice bytes)
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

void reader_gap(struct connection *c, enum side from, moment time, uint64_t size)
{
    if (!c->decided && !c->searching)
        search(c, time);
    tell_readers(c, from, time, NULL, size);
}

/* the stream that TLS feeds */

static struct connection *connection_around(struct stream *inside)
{
    return (struct connection *)((char *)inside - offsetof(struct connection, inside));
}

static void inside_push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    reader_bytes(connection_around(s), from, time, bytes);
}

static void inside_gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    struct connection *c = connection_around(s);
    c->facts.gaps++;
    reader_gap(c, from, time, size);
}

static void inside_end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    struct connection *c = connection_around(s);
    c->ended[from] = true;
    c->how[from] = (uint8_t)how;
    reader_tell_end(c, from, time);
}

static void inside_free(struct stream *s)
{
    (void)s; /* part of its connection */
}

static struct stream *begin_inside(struct connection *c)
{
    static const struct stream_ops ops = {
        .push = inside_push, .gap = inside_gap, .end = inside_end, .free = inside_free};
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
struct stream *reader_begin_tunnel(struct connection *c)
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

void reader_detach(struct connection *c)
{
    static const enum counter spoken[] = {
        [PROTOCOL_UNKNOWN] = COUNT_PROTOCOL_UNKNOWN,
        [PROTOCOL_HTTP1] = COUNT_HTTP1,
        [PROTOCOL_HTTP2] = COUNT_HTTP2,
        [PROTOCOL_OTHER] = COUNT_PROTOCOL_OTHER,
        [PROTOCOL_TLS] = COUNT_PROTOCOL_UNKNOWN, /* no memory for what reads it */
    };
    struct counters *counters = c->bench->counters;
    if (!c->unfollowed && (!c->tls || c->opened))
        counters->of[spoken[c->protocol]]++;
    reader_finish(c);
    drop_pending(c);
    if (!c->from_start) /* else its client's end was the end of what was kept */
        reader_lose_preamble(c);
}

#include "sensor/flow/worker.h"

#include <stdlib.h>

#include "sensor/event/exchange.h"
#include "sensor/flow/draft.h"
#include "sensor/flow/table.h"

enum { LAYERS_MOST = 16, PIECES_MOST = 256, PIECE_BYTES_LEAST = 128 << 10, PIECE_WAIT_S = 30 };
enum { HOLE_WAIT_MS = 200, SKEW_MS = 25, LITERALS = 256 << 10, SESSIONS_MOST = 16384, OVERSIZED = 1600 };

/* About what a session takes: all of them a sixteenth, that evicting connections always helps. */
enum { SESSION_COST = 700 };

/* As much as Go reads of a head: http.DefaultMaxHeaderBytes, 4 KiB that it allows beyond, and as many that it may have
 * read before, with another request. */
enum { HEAD_BYTES = (1 << 20) + 2 * 4096, OPEN = 2048 /* requests of a connection */ };

struct worker {
    struct flow_bench bench;
    struct flow_table flows;
    struct packet_walk *walk;
    size_t evict_at, evict_to; /* bytes used: eviction begins, and ends */
    size_t sessions_most;
};

/* A 32nd of the memory: what is in pieces is forgeable, as SYNs are. */
static struct packet_walk *walk_new(const struct worker_options *options, struct flow_bench *b)
{
    struct packet_limits limits = {
        .layers = LAYERS_MOST,
        .pieces = PIECES_MOST,
        .piece_bytes = options->memory / 32 > PIECE_BYTES_LEAST ? options->memory / 32 : PIECE_BYTES_LEAST,
        .piece_wait = PIECE_WAIT_S * INT64_C(1000000000),
        .checksums = options->checksums,
        .tunnels = options->tunnels,
        .secret = &b->secret,
    };
    return packet_walk_new(&limits, &b->memory);
}

struct worker *worker_new(const struct worker_options *options, struct counters *counters, struct event_sink sink)
{
    struct worker *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    struct flow_bench *b = &w->bench;
    w->evict_at = options->memory / 8 * 7;
    w->evict_to = options->memory / 4 * 3;
    w->sessions_most = options->memory / 16 / SESSION_COST;
    if (w->sessions_most > SESSIONS_MOST)
        w->sessions_most = SESSIONS_MOST;
    b->memory.limit = options->memory;
    b->secret = options->secret;
    b->ports = options->ports;
    b->counters = counters;
    b->sink = sink;
    b->reassembly = (struct reassembly_limits){.held_bytes = 1 << 20,
                                               .held_segments = 1024,
                                               .patience = 16,
                                               .hole_wait = HOLE_WAIT_MS * INT64_C(1000000),
                                               .skew = SKEW_MS * INT64_C(1000000)};
    b->http1 = (struct http1_limits){.head_bytes = HEAD_BYTES, .open = OPEN};
    b->http2 = (struct http2_shared){.limits = {.block_bytes = HEAD_BYTES, .streams = OPEN}, .memory = &b->memory};
    b->http2.literals = literals_new(LITERALS, &b->secret, &b->memory);
    b->drafts.wait = TELL_AFTER;
    flow_table_init(&w->flows, b);
    b->digests = credential_digests_new(options->credential_key, &b->memory);
    w->walk = walk_new(options, b);
    b->tls.limits = (struct tls_limits){.handshake_bytes = 64 << 10,
                                        .waiting_bytes = options->waiting_bytes,
                                        .waiting_time = options->waiting_time,
                                        .early_bytes = 32 << 10};
    b->tls.locksmith = (struct tls_locksmith){
        .ciphers = tls_ciphers_new(&b->memory), .keys = options->keys, .memory = &b->memory, .trials = 64};
    b->tls.sessions = tls_sessions_new(sizeof(struct tls_kept), &b->secret, &b->memory);
    if (!b->digests || !b->http2.literals || !b->tls.locksmith.ciphers || !b->tls.sessions || !w->walk) {
        worker_free(w);
        return NULL;
    }
    return w;
}

static void reach(struct worker *w, moment clock)
{
    if (clock <= w->flows.clock)
        return;
    flow_table_reach(&w->flows, clock);
    w->bench.sink.reached(w->bench.sink.owner, clock);
}

void worker_frame(struct worker *w, const struct frame *frame)
{
    static const enum counter outcomes[WALK_OUTCOMES] = {
        [WALK_SEALED] = COUNT_WALK_SEALED, [WALK_UNREAD] = COUNT_WALK_UNREAD,     [WALK_SEGMENT] = COUNT_WALK_SEGMENT,
        [WALK_OTHER] = COUNT_WALK_OTHER,   [WALK_FRAGMENT] = COUNT_WALK_FRAGMENT, [WALK_CUT] = COUNT_WALK_CUT,
        [WALK_BAD] = COUNT_WALK_BAD,       [WALK_DEEP] = COUNT_WALK_DEEP,         [WALK_LINK] = COUNT_WALK_LINK,
        [WALK_FULL] = COUNT_WALK_FULL,     [WALK_CHECKSUM] = COUNT_WALK_CHECKSUM,
    };
    struct packet p;
    reach(w, frame->clock);
    enum walk outcome = packet_walk(w->walk, frame, &p);
    w->bench.counters->of[outcomes[outcome]]++;
    if (outcome != WALK_SEGMENT)
        return;
    w->bench.counters->of[COUNT_OVERSIZED] += frame->wire_size > OVERSIZED;
    flow_table_order(&w->flows, frame->clock, frame->number);
    flow_table_packet(&w->flows, &p, frame->wire_size);
    if (tls_sessions_count(w->bench.tls.sessions) > w->sessions_most)
        tls_sessions_trim(w->bench.tls.sessions, w->sessions_most / 8 * 7);
    if (w->bench.memory.used > w->evict_at)
        flow_table_evict(&w->flows, w->evict_to);
}

void worker_clock(struct worker *w, moment clock)
{
    reach(w, clock);
}

size_t worker_memory(const struct worker *w)
{
    return w->bench.memory.used;
}

void worker_keys(struct worker *w)
{
    flow_table_keys(&w->flows);
}

bool worker_calls_for_keys(struct worker *w)
{
    bool calls = w->bench.tls.calls_for_keys;
    w->bench.tls.calls_for_keys = false;
    return calls;
}

void worker_count(struct worker *w)
{
    struct counters *c = w->bench.counters;
    struct reassembly_counts *s = &w->bench.streams;
    c->of[COUNT_PAYLOAD] += s->payload;
    c->of[COUNT_DELIVERED] += s->delivered;
    c->of[COUNT_REPEATED] += s->repeated;
    c->of[COUNT_CONFLICTING] += s->conflicting;
    c->of[COUNT_OUTSIDE] += s->outside;
    c->of[COUNT_GAPS] += s->gaps;
    c->of[COUNT_GAP_BYTES] += s->gap;
    *s = (struct reassembly_counts){0};
    const struct packet_counts *pieces = packet_walk_counts(w->walk);
    c->of[COUNT_FRAGMENTS_WHOLE] = pieces->whole;
    c->of[COUNT_FRAGMENTS_EXPIRED] = pieces->expired;
    c->of[COUNT_FRAGMENTS_AGAIN] = pieces->again;
    c->of[COUNT_FRAGMENTS_EVICTED] = pieces->evicted;
    c->of[COUNT_FRAGMENTS_REPEATED] = pieces->repeated;
    c->of[COUNT_FRAGMENTS_CONFLICTING] = pieces->conflicting;
    c->of[COUNT_MEMORY_REFUSED] = w->bench.memory.refused;
    c->of[COUNT_MEMORY_PEAK] = w->bench.memory.peak;
}

void worker_finish(struct worker *w)
{
    flow_table_end(&w->flows);
    packet_walk_finish(w->walk);
    worker_count(w);
}

size_t worker_free(struct worker *w)
{
    struct flow_bench *b = &w->bench;
    packet_walk_free(w->walk);
    drafts_deinit(b);
    if (b->digests)
        credential_digests_free(b->digests);
    literals_free(b->http2.literals);
    tls_sessions_free(b->tls.sessions);
    flow_table_deinit(&w->flows);
    tls_ciphers_free(b->tls.locksmith.ciphers); /* after all that was opened with them */
    size_t left = b->memory.used;
    explicit_bzero(&b->claims, sizeof b->claims);
    explicit_bzero(&b->tls, sizeof b->tls);
    free(w);
    return left;
}

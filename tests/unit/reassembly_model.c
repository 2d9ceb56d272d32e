/* Random connections. Two honest ends talk over a network that loses and reorders; what passes in its middle is the
 * trace; a capture then drops, doubles, swaps and cuts it, or begins late. Whatever it does: bytes are the right ones,
 * gaps are only what it took, no byte comes before what it acknowledges, and the sums come out. */
#include "proto/stream/reassembly.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { STREAM_MAX = 600, TRACE_MAX = 4000, FLIGHT_MAX = 256, TIMEOUT = 12, NEVER = 1 << 30 };

/* A segment; numbers are offsets: the SYN is 0, the FIN is behind the last byte. */
struct wire {
    enum side from;
    uint32_t seq, ack, size; /* size counts SYN and FIN */
    int seen;                /* when the capture sees it, or would have */
    int arrives;             /* NEVER: lost on the way */
    bool refused;            /* of a SYN: what it offers is not taken */
    int order;
};

struct end {
    uint32_t total; /* SYN, bytes and FIN */
    uint32_t acked, sent, wanted;
    bool got[STREAM_MAX + 2];
    int progress;
    bool owes_ack;
};

struct network {
    struct end end[2];
    struct wire flight[FLIGHT_MAX];
    int flying;
    struct wire trace[TRACE_MAX];
    int count, now, loss; /* in a hundred, on each half of the way */
    bool offers;          /* SYNs carry bytes, which the other end takes or not */
};

static uint32_t below(uint32_t n)
{
    return (uint32_t)rand() % n;
}

static bool chance(int in_hundred)
{
    return rand() % 100 < in_hundred;
}

static void end_send(struct network *n, enum side from, uint32_t seq, uint32_t size)
{
    struct end *e = &n->end[from];
    struct wire w = {.from = from, .seq = seq, .ack = e->wanted, .size = size};
    e->owes_ack = false;
    if (seq + size > e->sent)
        e->sent = seq + size;
    if (chance(n->loss) || n->count == TRACE_MAX || n->flying == FLIGHT_MAX)
        return; /* before anybody saw it */
    w.seen = n->now + 1 + (int)below(3);
    w.arrives = chance(n->loss) ? NEVER : w.seen + 1 + (int)below(3);
    w.order = n->count;
    w.refused = seq == 0 && chance(50);
    n->trace[n->count++] = w;
    if (w.arrives != NEVER)
        n->flight[n->flying++] = w;
}

static void end_receive(struct network *n, const struct wire *w)
{
    struct end *e = &n->end[other_side(w->from)];
    if (e->wanted == 0 && (w->seq > 0 || w->size == 0))
        return; /* before a SYN nothing else is taken */
    if (w->ack > e->acked) {
        e->acked = w->ack;
        e->progress = n->now;
    }
    bool bare = w->seq == 0 && (w->refused || e->wanted > 0);
    for (uint32_t i = 0; i < (bare ? 1 : w->size); i++)
        e->got[w->seq + i] = true;
    while (e->wanted < n->end[w->from].total && e->got[e->wanted])
        e->wanted++;
    e->owes_ack |= w->size > 0;
}

static void end_act(struct network *n, enum side side)
{
    struct end *e = &n->end[side];
    if (e->sent == 0) {
        uint32_t most = e->total - 2 < 40 ? e->total - 2 : 40;
        if (side == CLIENT || e->wanted > 0)
            end_send(n, side, 0, 1 + (n->offers ? below(most + 1) : 0));
    } else if (e->acked < e->sent && n->now - e->progress > TIMEOUT) {
        uint32_t left = e->sent - e->acked;
        e->progress = n->now;
        end_send(n, side, e->acked, e->acked == 0 ? 1 : 1 + below(left));
    } else if (e->acked > 0 && e->sent < e->total && e->sent - e->acked < 120 && chance(40)) {
        uint32_t most = e->total - e->sent < 40 ? e->total - e->sent : 40;
        end_send(n, side, e->sent, 1 + below(most));
    } else if (e->wanted > 0 && e->owes_ack && chance(60)) {
        end_send(n, side, e->sent, 0);
    } else if (e->wanted > 0 && e->sent < e->total && e->acked == e->sent && e->sent > 1 && chance(5)) {
        end_send(n, side, e->sent - 1, 0); /* a probe */
    }
}

static int by_seen(const void *a, const void *b)
{
    const struct wire *x = a, *y = b;
    return x->seen != y->seen ? (x->seen > y->seen) - (x->seen < y->seen)
                              : (x->order > y->order) - (x->order < y->order);
}

static void network_talk(struct network *n, int loss, bool offers)
{
    *n = (struct network){.loss = loss, .offers = offers};
    for (enum side s = CLIENT; s <= SERVER; s++)
        n->end[s].total = 2 + below(STREAM_MAX);
    for (n->now = 0; n->now < 3000; n->now++) {
        for (int i = 0; i < n->flying;) {
            if (n->flight[i].arrives > n->now) {
                i++;
                continue;
            }
            struct wire w = n->flight[i];
            n->flight[i] = n->flight[--n->flying];
            end_receive(n, &w);
        }
        end_act(n, CLIENT);
        end_act(n, SERVER);
    }
    qsort(n->trace, (size_t)n->count, sizeof n->trace[0], by_seen);
}

/* What a capture makes of a trace. */
struct capture {
    const char *name;
    int drop, twice, cut; /* in a hundred */
    int swap;             /* places that a packet may move */
    bool late;
    int only; /* one side; -1: both */
    uint32_t held_bytes;
    uint16_t patience;
    int fail; /* in a hundred: memory */
};

/* What was told, and what it is checked against. All places count bytes of a stream from 0. */
struct judge {
    struct stream stream;
    struct reassembly r;
    struct network network;
    const struct capture *capture;
    uint8_t bytes[2][STREAM_MAX];
    uint8_t others[STREAM_MAX];     /* what a SYN offers that is not taken */
    uint32_t needs[2][STREAM_MAX];  /* the least that any copy of it acknowledges */
    bool missed[2][STREAM_MAX + 2]; /* not every copy of it was captured */
    uint32_t isn[2];
    uint32_t told[2], delivered, gaps;
    bool begun[2];
    int ends[2];
};

static uint32_t judge_place(const struct judge *j, enum side s)
{
    return j->r.side[s].isn + (uint32_t)j->r.side[s].next - j->isn[s] - 1;
}

/* Whether its first packet may be missing: then what is told first is its beginning. */
static bool judge_joins_late(const struct judge *j, enum side s)
{
    return j->capture->late || (j->capture->only >= 0 && j->capture->only != (int)s);
}

static void judge_told(struct judge *j, enum side from, size_t size)
{
    assert_int_equal(j->ends[from], 0);
    if (!j->begun[from] && judge_joins_late(j, from))
        j->told[from] = judge_place(j, from) - (uint32_t)size;
    j->begun[from] = true;
    j->told[from] += (uint32_t)size;
    assert_int_equal(j->told[from], judge_place(j, from));
}

static void judge_push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    struct judge *j = (struct judge *)s;
    (void)time;
    judge_told(j, from, bytes.size);
    uint32_t start = j->told[from] - (uint32_t)bytes.size;
    assert_true(j->told[from] <= j->network.end[from].total - 2);
    assert_memory_equal(bytes.data, j->bytes[from] + start, bytes.size);
    j->delivered += (uint32_t)bytes.size;
    for (size_t i = 0; i < bytes.size; i++)
        assert_true(j->needs[from][start + i] <= judge_place(j, other_side(from)) + 1);
}

static void judge_gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    struct judge *j = (struct judge *)s;
    (void)time;
    judge_told(j, from, size);
    j->gaps += (uint32_t)size;
    for (uint32_t i = j->told[from] - (uint32_t)size; i < j->told[from] && j->capture->held_bytes >= STREAM_MAX; i++)
        assert_true(j->missed[from][i]);
}

static void judge_end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    struct judge *j = (struct judge *)s;
    (void)time;
    assert_int_equal(j->ends[from], 0);
    j->ends[from] = how == END_FIN ? 2 : 1;
    if (how == END_FIN)
        assert_int_equal(j->told[from],
                         j->begun[from] || !judge_joins_late(j, from) ? j->network.end[from].total - 2 : 0);
}

static void judge_free(struct stream *s)
{
    (void)s;
}

static const struct stream_ops judge_ops = {judge_push, judge_gap, judge_end, judge_free};

/* The packets that the capture has, and in which order; the others are marked as missed. */
static int capture_trace(struct judge *j, struct wire *out)
{
    const struct capture *c = j->capture;
    const struct network *n = &j->network;
    int count = 0, start = c->late ? (int)below((uint32_t)n->count) : 0;
    for (int i = 0; i < n->count; i++) {
        struct wire w = n->trace[i];
        bool syn = w.seq == 0 && w.size > 0; /* stays in its place: what comes before it has come late */
        bool lost = i < start || (!syn && chance(c->drop)) || (c->only >= 0 && (int)w.from != c->only);
        for (uint32_t at = w.seq; at < w.seq + w.size; at++) {
            if (at > 0 && lost)
                j->missed[w.from][at - 1] = true;
            if (at > 0 && at + 1 < n->end[w.from].total && w.ack < j->needs[w.from][at - 1])
                j->needs[w.from][at - 1] = w.ack;
        }
        for (int copies = lost ? 0 : 1 + chance(c->twice); copies > 0; copies--) {
            w.seen = i + (c->swap && !syn ? (int)below((uint32_t)c->swap) : 0);
            w.order = count;
            out[count++] = w;
        }
    }
    qsort(out, (size_t)count, sizeof *out, by_seen);
    return count;
}

static struct packet judge_packet(struct judge *j, const struct wire *w, int number)
{
    uint32_t total = j->network.end[w->from].total;
    bool syn = w->seq == 0 && w->size > 0;
    bool fin = w->seq + w->size == total && w->size > 0;
    uint32_t size = w->size - syn - fin;
    struct packet p = {.time = number,
                       .clock = number,
                       .number = (uint64_t)number,
                       .seq = j->isn[w->from] + w->seq,
                       .ack = w->ack ? j->isn[other_side(w->from)] + w->ack : 0,
                       .payload = {size ? j->bytes[w->from] + w->seq - !syn : j->bytes[0], size}};
    bool in_order = j->capture->swap == 0 && j->capture->only < 0 && !j->capture->late;
    if (w->refused && in_order)
        p.payload.data = j->others;
    p.flags = (uint16_t)((syn ? TCP_SYN : 0) | (fin ? TCP_FIN : 0) | (w->ack ? TCP_ACK : 0));
    if (size && chance(j->capture->cut)) {
        p.cut = 1 + below(size);
        p.payload.size -= p.cut;
        for (uint32_t i = 0; i < p.cut; i++)
            j->missed[w->from][w->seq - !syn + p.payload.size + i] = true;
    }
    return p;
}

static void judge_sums(const struct judge *j, const struct reassembly_counts *c)
{
    assert_int_equal(c->payload, c->delivered + c->repeated + c->outside);
    assert_int_equal(c->delivered, j->delivered);
    assert_int_equal(c->gap, j->gaps);
    assert_int_equal(c->conflicting, 0);
    if (!j->capture->fail && !j->network.offers)
        assert_int_equal(c->outside, 0);
    if (j->capture->late || j->capture->only >= 0)
        return;
    assert_int_equal(c->delivered + c->gap, j->told[CLIENT] + j->told[SERVER]);
    if (j->capture->drop || j->capture->cut || j->capture->fail)
        return;
    for (enum side s = CLIENT; s <= SERVER; s++) {
        assert_int_equal(j->told[s], j->network.end[s].total - 2);
        assert_int_equal(j->ends[s], 2);
    }
    assert_int_equal(c->gap, 0);
}

static void run(const struct capture *capture, unsigned with)
{
    static struct judge j;
    static struct wire packets[2 * TRACE_MAX];
    srand(with);
    j = (struct judge){.stream = {&judge_ops}, .capture = capture};
    network_talk(&j.network, with % 3 ? (int)below(10) : 0, with % 4 == 0);
    memset(j.needs, 0xff, sizeof j.needs);
    for (enum side s = CLIENT; s <= SERVER; s++) {
        j.isn[s] = with % 2 ? 0u - below(STREAM_MAX) : (uint32_t)rand() * 2;
        for (size_t i = 0; i < STREAM_MAX; i++)
            j.others[i] = (uint8_t) ~(j.bytes[s][i] = (uint8_t)rand());
    }
    struct reassembly_limits limits = {capture->held_bytes, 200, capture->patience, capture->drop ? 30 : NEVER, 0};
    struct reassembly_counts counts = {0};
    struct memory memory = {.limit = 1 << 20};
    int count = capture_trace(&j, packets);
    reassembly_init(&j.r, &j.stream);
    for (int i = 0; i < count; i++) {
        struct packet p = judge_packet(&j, &packets[i], i + 1);
        memory.fail_at = chance(capture->fail) ? 1 + below(2) : 0;
        if (memory.fail_at)
            memset(j.missed[packets[i].from], true, sizeof j.missed[0]);
        assert_int_not_equal(reassembly_segment(&j.r, packets[i].from, &p, &limits, &memory, &counts),
                             SEGMENT_NEW_LIFE);
        assert_true(j.r.side[CLIENT].held_bytes <= limits.held_bytes &&
                    j.r.side[SERVER].held_bytes <= limits.held_bytes);
        if (chance(20))
            reassembly_wait(&j.r, i + 1, &limits, &memory, &counts);
    }
    reassembly_end(&j.r, count, END_CAPTURE, &memory, &counts);
    assert_int_equal(memory.used, 0);
    assert_true(j.ends[CLIENT] && j.ends[SERVER]);
    judge_sums(&j, &counts);
}

static unsigned seed; /* of the run that goes on: what a failure is repeated with */

static void test_capture(void **state)
{
    for (seed = 1; seed <= 60; seed++)
        run(*state, seed);
    seed = 0;
}

static int name_seed(void **state)
{
    (void)state;
    if (seed)
        print_message("failed with seed %u\n", seed);
    return 0;
}

int main(void)
{
    enum { PLENTY = 100000, PATIENT = 60 };
    static struct capture captures[] = {
        {.name = "as it was", .only = -1, .held_bytes = PLENTY, .patience = PATIENT},
        {.name = "doubled", .twice = 100, .only = -1, .held_bytes = PLENTY, .patience = PATIENT},
        {.name = "swapped", .swap = 3, .twice = 20, .only = -1, .held_bytes = PLENTY, .patience = PATIENT},
        {.name = "shuffled", .swap = 12, .twice = 50, .only = -1, .held_bytes = PLENTY, .patience = PATIENT},
        {.name = "lossy", .drop = 10, .only = -1, .held_bytes = PLENTY, .patience = 4},
        {.name = "bad",
         .drop = 40,
         .twice = 20,
         .swap = 8,
         .cut = 10,
         .only = -1,
         .held_bytes = PLENTY,
         .patience = 20},
        {.name = "tight", .drop = 10, .swap = 5, .only = -1, .held_bytes = 50, .patience = 50},
        {.name = "snapped", .cut = 100, .swap = 3, .only = -1, .held_bytes = PLENTY, .patience = PATIENT},
        {.name = "late", .late = true, .swap = 4, .only = -1, .held_bytes = PLENTY, .patience = 8},
        {.name = "late and lossy",
         .late = true,
         .drop = 10,
         .twice = 10,
         .only = -1,
         .held_bytes = PLENTY,
         .patience = 8},
        {.name = "client only", .swap = 3, .drop = 3, .only = CLIENT, .held_bytes = PLENTY, .patience = 6},
        {.name = "server only", .swap = 3, .drop = 3, .only = SERVER, .held_bytes = PLENTY, .patience = 6},
        {.name = "no memory", .swap = 6, .fail = 20, .only = -1, .held_bytes = PLENTY, .patience = PATIENT},
    };
    enum { COUNT = sizeof captures / sizeof captures[0] };
    struct CMUnitTest tests[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest){captures[i].name, test_capture, NULL, name_seed, &captures[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

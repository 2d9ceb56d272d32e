/* First byte: the limits. Then segments of eight bytes and their payload: side and flags, seq and ack (near what is
 * expected, or scaled far from it), payload size, cut, pause, options. */
#include "proto/stream/reassembly.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORD = 8 };

struct judge {
    struct stream stream;
    struct reassembly r;
    uint64_t pushed, gap, gaps;
    uint64_t place[2]; /* behind what was told last; 0: nothing was */
    bool ended[2];
};

/* What is told of a side follows on what was told of it before. */
static void judge_told(struct judge *j, enum side from, uint64_t size)
{
    uint64_t next = j->r.side[from].next;
    if (j->ended[from] || size == 0 || (j->place[from] && j->place[from] + size != next))
        abort();
    j->place[from] = next;
}

static void judge_push(struct stream *s, enum side from, moment time, struct slice bytes)
{
    struct judge *j = (struct judge *)s;
    (void)time;
    judge_told(j, from, bytes.size);
    j->pushed += bytes.size;
}

static void judge_gap(struct stream *s, enum side from, moment time, uint64_t size)
{
    struct judge *j = (struct judge *)s;
    (void)time;
    judge_told(j, from, size);
    j->gap += size;
    j->gaps++;
}

static void judge_end(struct stream *s, enum side from, moment time, enum stream_end how)
{
    struct judge *j = (struct judge *)s;
    (void)time;
    (void)how;
    if (j->ended[from])
        abort();
    j->ended[from] = true;
}

static void judge_free(struct stream *s)
{
    (void)s;
}

static const struct stream_ops judge_ops = {judge_push, judge_gap, judge_end, judge_free};

/* @return where the next record begins. */
static size_t segment(struct reassembly *r, const uint8_t *record, size_t size, struct packet *p, enum side *from)
{
    static const uint8_t flags[] = {TCP_ACK,           TCP_ACK,           TCP_SYN, TCP_SYN | TCP_ACK,
                                    TCP_FIN | TCP_ACK, TCP_RST | TCP_ACK, TCP_RST, 0};
    static const uint32_t scales[] = {1, 1, 1, 1 << 24};
    *from = record[0] & 1 ? SERVER : CLIENT;
    const struct reassembly_side *s = &r->side[*from], *o = &r->side[other_side(*from)];
    p->flags = flags[record[0] >> 1 & 7];
    p->seq = s->isn + (uint32_t)s->next + (uint32_t)(int8_t)record[1] * scales[record[0] >> 4 & 3];
    p->ack = o->isn + (uint32_t)o->next + (uint32_t)(int8_t)record[2] * scales[record[0] >> 6 & 3];
    p->payload = slice_part((struct slice){record, size}, RECORD, RECORD + (record[3] & 0x3f));
    p->cut = record[4] & 0xf0 ? 0 : record[4] * (record[3] & 0x40 ? 1u << 28 : 1);
    p->time = p->clock += record[5];
    p->number++;
    p->signature = (record[7] & 6) == 6;
    p->stamped = record[7] & 8;
    p->stamp = record[7];
    return RECORD + p->payload.size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct reassembly_limits limits = {(data[0] & 7u) * 40, (uint16_t)(data[0] >> 3 & 7), data[0] >> 6, 300, 0};
    struct memory memory = {.limit = data[0] & 0x80 ? 1000 : 100000};
    struct reassembly_counts c = {0};
    struct judge judge = {.stream = {&judge_ops}};
    struct reassembly *r = &judge.r;
    struct packet p = {.number = 0};
    reassembly_init(r, &judge.stream);
    for (size_t at = 1; size - at >= RECORD;) {
        enum side from;
        const uint8_t *record = data + at;
        at += segment(r, record, size - at, &p, &from);
        memory.fail_at = record[6] & 0xf0 ? 0 : record[6];
        reassembly_segment(r, from, &p, &limits, &memory, &c);
        if (record[7] & 1)
            reassembly_wait(r, p.clock += record[7], &limits, &memory, &c);
        for (int i = 0; i < 2; i++) {
            if (r->side[i].held_bytes > limits.held_bytes || r->side[i].held_segments > limits.held_segments)
                abort();
        }
        if (c.delivered + c.repeated + c.outside + r->side[0].held_bytes + r->side[1].held_bytes != c.payload)
            abort();
        if (reassembly_holds(r) != (memory.used > 0) || (reassembly_over(r) && !(judge.ended[0] && judge.ended[1])))
            abort();
    }
    reassembly_end(r, p.clock, END_IDLE, &memory, &c);
    reassembly_end(r, p.clock, END_IDLE, &memory, &c);
    bool whole = c.payload == c.delivered + c.repeated + c.outside && c.conflicting <= c.repeated;
    bool same = judge.pushed == c.delivered && judge.gap == c.gap && judge.gaps == c.gaps;
    if (!whole || !same || memory.used || !judge.ended[0] || !judge.ended[1] || reassembly_holds(r))
        abort();
    return 0;
}

/* Segments of one or two connections, as the bytes say, through a whole worker: whatever comes, the sums come out and
 * nothing is left. A segment: a byte of flags and side, a byte that moves its number, a length, the payload. */
#include <assert.h>
#include <stdlib.h>

#include "sensor/flow/worker.h"
#include "tests/tools/wire.h"

static void take(void *owner, const struct event *e)
{
    (void)owner;
    assert(e->size <= EVENT_MAX);
}

static void reached(void *owner, moment clock)
{
    (void)owner, (void)clock;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void segment(struct worker *w, struct wire *wire, struct reader *r)
{
    static const unsigned FLAGS[8] = {TCP_PSH | TCP_ACK, TCP_PSH | TCP_ACK, TCP_ACK,           TCP_SYN,
                                      TCP_SYN | TCP_ACK, TCP_FIN | TCP_ACK, TCP_RST | TCP_ACK, TCP_RST};
    uint8_t how = read_u8(r);
    int8_t shift = (int8_t)read_u8(r);
    struct slice payload = read_slice(r, read_u8(r));
    int from = how & 1;
    struct wire_end *a = &wire->end[from], *b = &wire->end[!from];
    unsigned flags = FLAGS[how >> 1 & 7];
    uint32_t moved = (uint32_t)(int32_t)shift;
    uint32_t ack = b->seq - (how & 0x10 ? moved : 0u);
    uint32_t seq = a->seq + (how & 0x20 ? moved : 0u);
    if (how & 0x40)
        wire->time += (moment)shift * 1000000000;
    const struct frame *f =
        wire_raw(wire, from, seq, flags & TCP_ACK ? ack : 0, flags, (const char *)payload.data, payload.size);
    a->seq = seq + (uint32_t)payload.size + ((flags & (TCP_SYN | TCP_FIN)) != 0);
    if (!(how & 0x80))
        worker_frame(w, f);
    else
        wire->number--; /* not captured */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = reader_of((struct slice){data, size});
    struct counters counters = {0};
    struct worker_options *options = calloc(1, sizeof *options);
    options->memory = (size_t)4096 << (read_u8(&r) & 15);
    tunnel_ports_default(&options->tunnels);
    port_set_add(&options->ports, 6443);
    port_set_add(&options->ports, 8080);
    struct worker *w = worker_new(options, &counters, (struct event_sink){take, reached, NULL});
    free(options);
    if (!w)
        return 0;
    struct wire wires[2];
    wire_begin(&wires[0], 1, 40000, 2, 6443);
    wire_begin(&wires[1], 2, 8080, 1, 6443);
    uint64_t frames = 0;
    while (reader_left(&r)) {
        struct wire *wire = &wires[read_u8(&r) & 1];
        wire->number = frames;
        segment(w, wire, &r);
        frames = wire->number;
    }
    worker_finish(w);
    counters.of[COUNT_FRAMES] = frames;
    assert(!counters_check(&counters));
    assert(worker_free(w) == 0);
    return 0;
}

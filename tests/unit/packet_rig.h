/* Frames put together by hand, from the RFCs' drawings, and what the walk makes of them. */
#ifndef TESTS_UNIT_PACKET_RIG_H
#define TESTS_UNIT_PACKET_RIG_H

#include "tests/tools/walk_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ETHERNET = 1, RAW = 101, LAYERS = 8, KIND_TCP = 6, KIND_UDP = 17 };

/** A frame under construction. */
struct build {
    uint8_t bytes[4096];
    size_t size;
};

static inline void add(struct build *b, size_t size, const uint8_t *bytes)
{
    memcpy(b->bytes + b->size, bytes, size);
    b->size += size;
}

#define ADD(b, ...) add(b, sizeof((const uint8_t[]){__VA_ARGS__}), (const uint8_t[]){__VA_ARGS__})

static inline void add_ethernet(struct build *b, unsigned type)
{
    ADD(b, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, (uint8_t)(type >> 8), (uint8_t)type);
}

static inline void add_ipv4(struct build *b, unsigned total, unsigned fragment, uint8_t protocol)
{
    ADD(b, 0x45, 0, (uint8_t)(total >> 8), (uint8_t)total, 0, 1, (uint8_t)(fragment >> 8), (uint8_t)fragment, 64,
        protocol, 0, 0, 192, 0, 2, 1, 198, 51, 100, 7);
}

static inline void add_ipv6(struct build *b, unsigned length, uint8_t next)
{
    ADD(b, 0x60, 0, 0, 0, (uint8_t)(length >> 8), (uint8_t)length, next, 64);
    ADD(b, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    ADD(b, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);
}

static inline void add_tcp(struct build *b, uint8_t words)
{
    ADD(b, 0x30, 0x39, 0x19, 0x2b, 0x01, 0x02, 0x03, 0x04, 0xa1, 0xa2, 0xa3, 0xa4, (uint8_t)(words << 4), 0xd8, 0x7f,
        0xff, 0, 0, 0, 0);
}

static const char hello[] = "hello";

static inline void add_hello(struct build *b)
{
    add(b, 5, (const uint8_t *)hello);
}

static inline enum walk walk_kept(const struct build *b, uint16_t link, size_t kept, size_t wire, unsigned layers,
                                  struct packet *out)
{
    uint8_t *copy = malloc(kept ? kept : 1); /* its own block, so that a read past the end is seen */
    memcpy(copy, b->bytes, kept);
    struct frame frame = {
        .time = 11, .clock = 12, .number = 13, .bytes = {copy, kept}, .wire_size = (uint32_t)wire, .link_type = link};
    enum walk outcome = walk_alone(&frame, layers, out);
    if (outcome == WALK_SEGMENT) {
        assert_true(out->payload.data >= copy && out->payload.data + out->payload.size <= copy + kept);
        out->payload.data = b->bytes + (out->payload.data - copy);
    }
    free(copy);
    return outcome;
}

static inline enum walk walk(const struct build *b, uint16_t link, struct packet *out)
{
    return walk_kept(b, link, b->size, b->size, LAYERS, out);
}

static inline void check_segment(const struct packet *p, const char *payload, uint32_t cut)
{
    assert_int_equal(p->time, 11);
    assert_int_equal(p->clock, 12);
    assert_int_equal(p->number, 13);
    assert_int_equal(p->from.port, 12345);
    assert_int_equal(p->to.port, 6443);
    assert_int_equal(p->seq, 0x01020304);
    assert_int_equal(p->ack, 0xa1a2a3a4);
    assert_int_equal(p->flags, TCP_PSH | TCP_ACK); /* not ECE and CWR, which are set too */
    assert_int_equal(p->window, 0x7fff);
    assert_true(slice_is(p->payload, payload));
    assert_int_equal(p->cut, cut);
}

/** Header bytes around a segment of "hello", over IPv4 (45 bytes in all) or IPv6 (65). */
struct wrapped {
    const char *what;
    uint16_t link;
    uint8_t protocol; /* behind an outer IPv4 header; 0: the bytes are the frame's own */
    uint16_t port;    /* of UDP, whose header is behind that; 0: the protocol's own */
    uint8_t bytes[160];
    uint8_t size;
    bool six;          /* the packet inside is IPv6's */
    enum walk outcome; /* WALK_SEGMENT where nothing is said */
    uint8_t layers;    /* that it takes */
    enum tunnel_kind kind;
    uint32_t id;
};

/* What stands before the packet. */
#define BYTES(...) .bytes = {__VA_ARGS__}, .size = sizeof((const uint8_t[]){__VA_ARGS__})

static inline void wrap(struct build *b, const struct wrapped *w)
{
    unsigned inside = w->size + (w->six ? 65U : 45U);
    *b = (struct build){.size = 0};
    if (w->protocol)
        add_ipv4(b, 20 + inside + (w->port ? 8 : 0), 0, w->protocol);
    if (w->port)
        ADD(b, 0xc3, 0x50, (uint8_t)(w->port >> 8), (uint8_t)w->port, 0, (uint8_t)(8 + inside), 0, 0);
    add(b, w->size, w->bytes);
    if (w->six)
        add_ipv6(b, 25, KIND_TCP);
    else
        add_ipv4(b, 45, 0, KIND_TCP);
    add_tcp(b, 5);
    add_hello(b);
}

/** Of each row the outcome, as it is; with a layer less than it takes; and cut off anywhere. */
static inline void check_wrapped(const struct wrapped *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct wrapped *w = &rows[i];
        struct build b;
        struct packet p;
        wrap(&b, w);
        enum walk outcome = walk_kept(&b, w->link, b.size, b.size, w->layers, &p);
        if (outcome != w->outcome)
            fail_msg("%s: %s", w->what, walk_name(outcome));
        for (size_t kept = 0; kept < b.size - 5; kept++) {
            outcome = walk_kept(&b, w->link, kept, b.size, w->layers, &p);
            if (w->outcome == WALK_SEGMENT && outcome != WALK_CUT)
                fail_msg("%s, %zu kept: %s", w->what, kept, walk_name(outcome));
            walk_kept(&b, w->link, kept, kept, w->layers, &p); /* whatever it is */
        }
        if (w->outcome != WALK_SEGMENT)
            continue;
        assert_int_equal(walk_kept(&b, w->link, b.size - 2, b.size, w->layers, &p), WALK_SEGMENT);
        check_segment(&p, "hel", 2);
        assert_int_equal(p.tunnel_kind, w->kind);
        assert_int_equal(p.tunnel_id, w->id);
        if (w->layers > 0)
            assert_int_equal(walk_kept(&b, w->link, b.size, b.size, w->layers - 1U, &p), WALK_DEEP);
    }
}

#endif

#include "tests/unit/packet_rig.h"

#include "proto/packet/tcp.h"

static void test_plain(void **state)
{
    (void)state;
    static const uint8_t from[16] = {[10] = 0xff, 0xff, 192, 0, 2, 1}, to[16] = {[10] = 0xff, 0xff, 198, 51, 100, 7};
    struct build b = {.size = 0};
    struct packet p;
    memset(&p, 0xee, sizeof p); /* all of it is written */
    add_ethernet(&b, 0x0800);
    add_ipv4(&b, 45, 0x4000, KIND_TCP); /* don't fragment is no fragment */
    add_tcp(&b, 5);
    add_hello(&b);
    assert_int_equal(walk(&b, ETHERNET, &p), WALK_SEGMENT);
    check_segment(&p, "hello", 0);
    assert_memory_equal(p.from.ip, from, 16);
    assert_memory_equal(p.to.ip, to, 16);
    assert_int_equal(p.vlans, 0);
    assert_int_equal(p.vlan[0] | p.vlan[1], 0);
    assert_int_equal(p.tunnel_kind, 0);
    assert_int_equal(p.tunnel_id, 0);
    assert_int_equal(p.ttl, 64);
    assert_int_equal(p.options, 0);
    ADD(&b, 0, 0, 0, 0, 0, 0); /* Ethernet's padding */
    assert_int_equal(walk(&b, ETHERNET, &p), WALK_SEGMENT);
    check_segment(&p, "hello", 0);
    b.size -= 6;
    b.bytes[14 + 8] = 1;  /* another TTL changes nothing else */
    b.bytes[14 + 10] = 9; /* nor does a wrong checksum */
    assert_int_equal(walk(&b, ETHERNET, &p), WALK_SEGMENT);
    assert_int_equal(p.ttl, 1);
    assert_int_equal(walk_kept(&b, ETHERNET, b.size, 0, LAYERS, &p), WALK_SEGMENT); /* a wire size that lies */
    check_segment(&p, "hello", 0);
}

static void test_options(void **state)
{
    (void)state;
    struct build b = {.size = 0};
    struct packet p;
    add_ipv4(&b, 24 + 24 + 5, 0, KIND_TCP);
    b.bytes[0] = 0x46;
    ADD(&b, 1, 1, 1, 0);
    add_tcp(&b, 6);
    ADD(&b, 2, 4, 5, 0xb4);
    add_hello(&b);
    static const uint16_t links[] = {RAW, 12, 14, 228};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        assert_int_equal(walk(&b, links[i], &p), WALK_SEGMENT);
        check_segment(&p, "hello", 0);
        assert_true(packet_link_known(links[i]));
    }
    assert_int_equal(walk(&b, 229, &p), WALK_BAD);
    assert_int_equal(walk(&b, 230, &p), WALK_LINK);
    assert_true(packet_link_known(ETHERNET) && packet_link_known(229) && !packet_link_known(230));
}

/* What is read of the options of a SYN, or of another segment. */
static unsigned options_of(uint8_t flags, bool six, const uint8_t *options, uint8_t size)
{
    struct build b = {.size = 0};
    struct packet p;
    memset(&p, 0xee, sizeof p);
    if (six)
        add_ipv6(&b, 20U + size, KIND_TCP);
    else
        add_ipv4(&b, 40U + size, 0, KIND_TCP);
    b.bytes[six ? 7 : 8] = 201;
    add_tcp(&b, (uint8_t)(5 + size / 4));
    b.bytes[b.size - 7] = flags;
    add(&b, size, options);
    assert_int_equal(walk(&b, RAW, &p), WALK_SEGMENT);
    assert_int_equal(p.ttl, 201);
    assert_int_equal(p.payload.size, 0);
    return p.options;
}

#define OPTIONS(...) options_of(TCP_SYN, false, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
#define HAS(name)    (1u << TCP_OPTION_##name)

/* As stacks and scanners send them; RFC 9293, section 3.2, has those that are broken. */
static void test_syn_options(void **state)
{
    (void)state;
    static const uint8_t linux_[] = {2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7};
    unsigned kernel = HAS(MSS) | HAS(SACK) | HAS(TIMESTAMP) | HAS(NOP) | HAS(SCALE);
    for (int six = 0; six < 2; six++) {
        assert_int_equal(options_of(TCP_SYN, six, linux_, sizeof linux_), kernel);
        assert_int_equal(options_of(TCP_SYN | TCP_ACK, six, linux_, sizeof linux_), kernel);
        assert_int_equal(options_of(TCP_ACK, six, linux_, sizeof linux_), 0);
        assert_int_equal(options_of(TCP_SYN, six, linux_, 4), HAS(MSS));
        assert_int_equal(options_of(TCP_SYN, six, linux_, 0), 0);
    }
    assert_int_equal(OPTIONS(2, 4, 5, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2), kernel & ~HAS(TIMESTAMP)); /* Windows */
    assert_int_equal(OPTIONS(2, 4, 5, 0xb4, 34, 2, 0, 2),
                     HAS(MSS) | HAS(OTHER) | HAS(END)); /* behind the end: nothing */
    assert_int_equal(OPTIONS(255, 2, 7, 2), HAS(OTHER));
    assert_int_equal(OPTIONS(0, 0, 0, 0), HAS(END));
    assert_int_equal(OPTIONS(1, 1, 1, 1), HAS(NOP));
    assert_int_equal(OPTIONS(1, 1, 1, 2), HAS(NOP) | HAS(BAD)); /* no length */
    assert_int_equal(OPTIONS(2, 5, 5, 0xb4), HAS(BAD));         /* beyond the header */
    assert_int_equal(OPTIONS(4, 2, 4, 1), HAS(SACK) | HAS(BAD));
    assert_int_equal(OPTIONS(8, 0, 8, 0), HAS(BAD));
    assert_string_equal(tcp_option_name(TCP_OPTION_SCALE), "wscale");
    for (unsigned i = 0; i < TCP_OPTIONS; i++)
        assert_non_null(tcp_option_name(i));
    assert_string_equal(tcp_option_name(TCP_OPTIONS), "?");
}

static void with_header(struct build *b, const uint8_t *header, size_t size, bool six)
{
    *b = (struct build){.size = 0};
    add(b, size, header);
    if (six)
        add_ipv6(b, 20 + 5, KIND_TCP);
    else
        add_ipv4(b, 20 + 20 + 5, 0, KIND_TCP);
    add_tcp(b, 5);
    add_hello(b);
}

/* Headers as libpcap's list of link types describes them. */
static void test_loopback_and_cooked(void **state)
{
    (void)state;
    static const struct {
        uint16_t link;
        uint8_t header[20];
        uint8_t size;
        bool six;
        enum walk outcome;
    } rows[] = {
        {0, {2, 0, 0, 0}, 4, false, WALK_SEGMENT},
        {0, {0, 0, 0, 2}, 4, false, WALK_SEGMENT},
        {108, {0, 0, 0, 2}, 4, false, WALK_SEGMENT},
        {0, {24, 0, 0, 0}, 4, true, WALK_SEGMENT},
        {0, {0, 0, 0, 28}, 4, true, WALK_SEGMENT},
        {108, {0, 0, 0, 30}, 4, true, WALK_SEGMENT},
        {0, {10, 0, 0, 0}, 4, true, WALK_SEGMENT},
        {0, {7, 0, 0, 0}, 4, false, WALK_OTHER},
        {0, {2, 0, 0, 2}, 4, false, WALK_OTHER},
        {113, {0, 0, 3, 4, 0, 6, [14] = 8, 0}, 16, false, WALK_SEGMENT},
        {113, {[14] = 0x86, 0xdd}, 16, true, WALK_SEGMENT},
        {113, {[14] = 8, 6}, 16, false, WALK_OTHER},
        {276, {8, 0, [7] = 1}, 20, false, WALK_SEGMENT},
        {276, {0x86, 0xdd}, 20, true, WALK_SEGMENT},
        {276, {8, 6}, 20, false, WALK_OTHER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct build b;
        struct packet p;
        with_header(&b, rows[i].header, rows[i].size, rows[i].six);
        assert_int_equal(walk(&b, rows[i].link, &p), rows[i].outcome);
        for (size_t kept = 0; kept < rows[i].size; kept++)
            assert_int_equal(walk_kept(&b, rows[i].link, kept, b.size, LAYERS, &p), WALK_CUT);
        if (rows[i].outcome == WALK_SEGMENT)
            assert_true(slice_is(p.payload, "hello"));
    }
}

/* Each beginning of a frame: never more than is there, and what is missing of the payload is cut. */
static void test_snap(void **state)
{
    (void)state;
    struct build b = {.size = 0};
    struct packet p;
    add_ethernet(&b, 0x8100);
    ADD(&b, 0, 7, 0x08, 0x00);
    add_ipv4(&b, 49, 0, KIND_TCP);
    add_tcp(&b, 6);
    ADD(&b, 1, 1, 1, 0);
    add_hello(&b);
    size_t headers = 14 + 4 + 20 + 24;
    assert_int_equal(b.size, headers + 5);
    for (size_t kept = 0; kept <= b.size; kept++) {
        enum walk outcome = walk_kept(&b, ETHERNET, kept, b.size, LAYERS, &p);
        if (kept < headers) {
            assert_int_equal(outcome, WALK_CUT);
            continue;
        }
        assert_int_equal(outcome, WALK_SEGMENT);
        assert_int_equal(p.payload.size, kept - headers);
        assert_memory_equal(p.payload.data, hello, kept - headers);
        assert_int_equal(p.cut, b.size - kept);
    }
    for (size_t kept = 0; kept < 14; kept++) /* there was no more: no capture's fault */
        assert_int_equal(walk_kept(&b, ETHERNET, kept, kept, LAYERS, &p), WALK_BAD);
    /* padding cut away is no payload cut away, and a length beyond the wire is believed */
    assert_int_equal(walk_kept(&b, ETHERNET, b.size, b.size + 3, LAYERS, &p), WALK_SEGMENT);
    assert_int_equal(p.cut, 0);
    assert_int_equal(walk_kept(&b, ETHERNET, b.size - 2, b.size - 2, LAYERS, &p), WALK_SEGMENT);
    assert_int_equal(p.cut, 2);
}

static void test_lengths_zero(void **state)
{
    (void)state;
    struct build b = {.size = 0};
    struct packet p;
    add_ethernet(&b, 0x0800);
    add_ipv4(&b, 0, 0, KIND_TCP);
    add_tcp(&b, 5);
    add_hello(&b);
    assert_int_equal(walk_kept(&b, ETHERNET, b.size, b.size + 70000, LAYERS, &p), WALK_SEGMENT);
    check_segment(&p, "hello", 70000);
    b.size = 0;
    add_ethernet(&b, 0x86dd);
    add_ipv6(&b, 0, KIND_TCP);
    add_tcp(&b, 5);
    add_hello(&b);
    assert_int_equal(walk_kept(&b, ETHERNET, b.size, b.size + 70000, LAYERS, &p), WALK_SEGMENT);
    check_segment(&p, "hello", 70000);
}

static void test_bad(void **state)
{
    (void)state;
    struct build b = {.size = 0};
    struct packet p = {.number = 99};
    add_ipv4(&b, 45, 0, KIND_TCP);
    add_tcp(&b, 5);
    add_hello(&b);
    static const struct {
        size_t at;
        uint8_t value;
    } breaks[] = {
        {0, 0x44},  /* header of 16 bytes */
        {0, 0x55},  /* version 5 */
        {3, 19},    /* shorter than its header */
        {3, 39},    /* no whole TCP header in it */
        {32, 0x40}, /* TCP header of 16 bytes */
        {32, 0x70}, /* of 28, and the segment has 25 */
    };
    for (size_t i = 0; i < sizeof breaks / sizeof breaks[0]; i++) {
        struct build broken = b;
        broken.bytes[breaks[i].at] = breaks[i].value;
        assert_int_equal(walk(&broken, RAW, &p), WALK_BAD);
    }
    assert_int_equal(p.number, 99); /* written for a segment only */
    b.bytes[32] = 0x60;             /* 24 of 25 bytes */
    assert_int_equal(walk(&b, RAW, &p), WALK_SEGMENT);
    check_segment(&p, "o", 0);
}

static void test_other(void **state)
{
    (void)state;
    struct build b = {.size = 0};
    struct packet p;
    add_ethernet(&b, 0x0806);
    assert_int_equal(walk(&b, ETHERNET, &p), WALK_OTHER);
    b.bytes[12] = 0; /* LLC: IPv4's number, as a length, would be 0x0800 too */
    b.bytes[13] = 0x2e;
    ADD(&b, 0xaa, 0xaa, 3, 0, 0, 0, 8, 6);
    assert_int_equal(walk(&b, ETHERNET, &p), WALK_OTHER);
    b.size = 0;
    add_ipv4(&b, 28, 0, KIND_UDP);
    ADD(&b, 0, 1, 0, 2, 0, 8, 0, 0);
    assert_int_equal(walk(&b, RAW, &p), WALK_OTHER);
    b.bytes[9] = 60; /* destination options are IPv6's */
    assert_int_equal(walk(&b, RAW, &p), WALK_OTHER);
    b.bytes[9] = 44;
    assert_int_equal(walk(&b, RAW, &p), WALK_OTHER);
    b.bytes[9] = 0;
    assert_int_equal(walk(&b, RAW, &p), WALK_OTHER);
}

/* Pieces by themselves; what is made of them is in fragment.c. An atomic fragment is whole. */
static void test_fragments(void **state)
{
    (void)state;
    static const struct {
        unsigned field;
        enum walk outcome;
    } four[] = {
        {0x2000, WALK_BAD}, {0x0001, WALK_FRAGMENT}, {0x1fff, WALK_BAD}, {0x6000, WALK_BAD}, {0x8000, WALK_SEGMENT}};
    struct packet p;
    for (size_t i = 0; i < sizeof four / sizeof four[0]; i++) {
        struct build b = {.size = 0};
        add_ipv4(&b, 45, four[i].field, KIND_TCP);
        add_tcp(&b, 5);
        add_hello(&b);
        assert_int_equal(walk(&b, RAW, &p), four[i].outcome);
        b.bytes[9] = 1; /* of what is not read nothing is kept */
        assert_int_equal(walk(&b, RAW, &p), WALK_OTHER);
    }
    static const struct {
        uint8_t high, low;
        enum walk outcome;
    } six[] = {
        {0, 0, WALK_SEGMENT}, {0, 6, WALK_SEGMENT}, {0, 1, WALK_BAD}, {0, 8, WALK_FRAGMENT}, {0x80, 0, WALK_FRAGMENT}};
    for (size_t i = 0; i < sizeof six / sizeof six[0]; i++) {
        struct build b = {.size = 0};
        add_ipv6(&b, 33, 44);
        ADD(&b, KIND_TCP, 0, six[i].high, six[i].low, 1, 2, 3, 4);
        add_tcp(&b, 5);
        add_hello(&b);
        assert_int_equal(walk(&b, RAW, &p), six[i].outcome);
        if (six[i].outcome == WALK_SEGMENT)
            check_segment(&p, "hello", 0);
    }
}

static void test_tags(void **state)
{
    (void)state;
    static const uint16_t types[] = {0x88a8, 0x8100, 0x9100, 0x9200};
    for (unsigned tags = 1; tags <= 10; tags++) {
        struct build b = {.size = 0};
        struct packet p;
        add_ethernet(&b, types[0]);
        for (unsigned i = 1; i <= tags; i++) {
            unsigned type = i == tags ? 0x0800 : types[i % 4];
            ADD(&b, (uint8_t)(0xe0 | i >> 4), (uint8_t)(i * 0x11), (uint8_t)(type >> 8), (uint8_t)type);
        }
        add_ipv4(&b, 45, 0, KIND_TCP);
        add_tcp(&b, 5);
        add_hello(&b);
        assert_int_equal(walk(&b, ETHERNET, &p), tags <= LAYERS ? WALK_SEGMENT : WALK_DEEP);
        if (tags > LAYERS)
            continue;
        check_segment(&p, "hello", 0);
        assert_int_equal(p.vlans, tags);
        assert_int_equal(p.vlan[0], 0x11);
        assert_int_equal(p.vlan[1], tags > 1 ? 0x22 : 0);
    }
}

static void test_extensions(void **state)
{
    (void)state;
    struct build b = {.size = 0};
    struct packet p;
    add_ipv6(&b, 0, 0);
    ADD(&b, 43, 0, 1, 2, 0, 0, 5, 2);                         /* hop-by-hop: PadN of 4, then */
    b.bytes[b.size - 2] = 0, b.bytes[b.size - 1] = 0;         /* two Pad1 */
    ADD(&b, 60, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1); /* routing, 16 bytes */
    ADD(&b, 51, 0, 1, 4, 0, 0, 0, 0);                         /* destination */
    ADD(&b, 60, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12); /* AH, 24 bytes */
    ADD(&b, 135, 0, 1, 4, 0, 0, 0, 0);
    ADD(&b, KIND_TCP, 0, 5, 0, 0, 0, 0, 0);
    size_t headers = b.size;
    add_tcp(&b, 5);
    add_hello(&b);
    b.bytes[5] = (uint8_t)(b.size - 40);
    assert_int_equal(walk(&b, RAW, &p), WALK_SEGMENT);
    check_segment(&p, "hello", 0);
    assert_int_equal(p.to.ip[15], 2);
    assert_int_equal(walk(&b, 229, &p), WALK_SEGMENT);
    assert_int_equal(walk_kept(&b, RAW, b.size, b.size, 6, &p), WALK_SEGMENT);
    assert_int_equal(walk_kept(&b, RAW, b.size, b.size, 5, &p), WALK_DEEP);
    for (size_t kept = 0; kept < headers + 20; kept++)
        assert_int_equal(walk_kept(&b, RAW, kept, b.size, LAYERS, &p), WALK_CUT);
    b.bytes[41] = 200; /* longer than the datagram */
    assert_int_equal(walk(&b, RAW, &p), WALK_BAD);
}

static void test_authentication4(void **state)
{
    (void)state;
    struct build b = {.size = 0};
    struct packet p;
    add_ipv4(&b, 57, 0, 51);
    ADD(&b, KIND_TCP, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2);
    add_tcp(&b, 5);
    add_hello(&b);
    assert_int_equal(walk(&b, RAW, &p), WALK_SEGMENT);
    check_segment(&p, "hello", 0);
    b.size = 0;
    add_ipv4(&b, 53, 0, 51);
    ADD(&b, KIND_TCP, 0, 0, 0, 0, 0, 0, 1); /* shorter than it can be */
    add_tcp(&b, 5);
    add_hello(&b);
    assert_int_equal(walk(&b, RAW, &p), WALK_BAD);
}

/* RFC 2675: a length of 0, and 70000 behind the IPv6 header in the option. */
static void test_jumbo(void **state)
{
    (void)state;
    struct build b = {.size = 0};
    struct packet p;
    uint32_t size = 70000;
    add_ipv6(&b, 0, 0);
    ADD(&b, KIND_TCP, 0, 0xc2, 4, 0, (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size);
    add_tcp(&b, 5);
    add_hello(&b);
    assert_int_equal(walk_kept(&b, RAW, b.size, 40 + size + 9, LAYERS, &p), WALK_SEGMENT);
    check_segment(&p, "hello", size - 8 - 20 - 5);
    struct build both = b;
    both.bytes[5] = 33; /* two lengths */
    assert_int_equal(walk(&both, RAW, &p), WALK_BAD);
    b.bytes[45] = 0; /* a jumbo of less than 65536 */
    assert_int_equal(walk(&b, RAW, &p), WALK_BAD);
}

/* Sums made by hand: the words of the pseudo-header and the segment, added up. */
static void set_checksum(uint8_t *at, const uint8_t *data, size_t size, const uint8_t *addresses, size_t address_size)
{
    uint32_t sum = address_size ? 6 + (uint32_t)size : 0;
    at[0] = at[1] = 0;
    for (size_t i = 0; i < address_size; i += 2)
        sum += (uint32_t)addresses[i] * 256 + addresses[i + 1];
    for (size_t i = 0; i < size; i++)
        sum += i % 2 ? data[i] : data[i] * 256U;
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~((sum & 0xffff) + (sum >> 16));
    at[0] = (uint8_t)(sum >> 8);
    at[1] = (uint8_t)sum;
}

static enum walk walk_checked(const struct build *b, size_t wire, struct packet *p)
{
    struct walk_rig rig;
    walk_rig_begin(&rig, LAYERS, true);
    struct frame frame = {.number = 1, .bytes = {b->bytes, b->size}, .wire_size = (uint32_t)wire, .link_type = RAW};
    enum walk outcome = packet_walk(rig.walk, &frame, p);
    assert_int_equal(walk_rig_end(&rig), 0);
    return outcome;
}

/* Each bit counts; of what is cut, or under way to another address, nothing is judged. */
static void test_checksums4(void **state)
{
    (void)state;
    struct build b = {.size = 0};
    struct packet p;
    add_ipv4(&b, 45, 0, KIND_TCP);
    add_tcp(&b, 5);
    add_hello(&b);
    set_checksum(b.bytes + 36, b.bytes + 20, 25, b.bytes + 12, 8);
    set_checksum(b.bytes + 10, b.bytes, 20, NULL, 0);
    assert_int_equal(walk_checked(&b, b.size, &p), WALK_SEGMENT);
    for (size_t i = 20; i < b.size; i++) {
        if (i == 32) /* the header's size */
            continue;
        b.bytes[i] ^= 4;
        assert_int_equal(walk_checked(&b, b.size, &p), WALK_CHECKSUM);
        assert_int_equal(walk(&b, RAW, &p), WALK_SEGMENT);
        b.bytes[i] ^= 4;
    }
    b.bytes[8] ^= 4;
    assert_int_equal(walk_checked(&b, b.size, &p), WALK_CHECKSUM);
    b.bytes[3]++; /* a byte more than was captured; and one of those captured is wrong */
    b.bytes[40] ^= 4;
    assert_int_equal(walk_checked(&b, b.size, &p), WALK_SEGMENT);
    assert_int_equal(walk_checked(&b, b.size + 1, &p), WALK_SEGMENT);
}

static void test_checksums_options(void **state)
{
    (void)state;
    static const struct {
        uint8_t options[8];
        enum walk outcome;
    } rows[] = {
        {{1, 1, 1, 1, 0}, WALK_CHECKSUM},
        {{131, 7, 4, 1, 2, 3, 4, 0}, WALK_SEGMENT},
        {{1, 137, 7, 4, 1, 2, 3, 4}, WALK_SEGMENT},
        {{131, 7, 8, 1, 2, 3, 4, 0}, WALK_CHECKSUM}, /* gone to its end */
        {{148, 4, 0, 0, 131, 3, 4, 0}, WALK_CHECKSUM},
        {{0, 131, 7, 4, 1, 2, 3, 4}, WALK_CHECKSUM},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct build b = {.size = 0};
        struct packet p;
        add_ipv4(&b, 53, 0, KIND_TCP);
        b.bytes[0] = 0x47;
        add(&b, 8, rows[i].options);
        add_tcp(&b, 5); /* its checksum is wrong */
        add_hello(&b);
        set_checksum(b.bytes + 10, b.bytes, 28, NULL, 0);
        assert_int_equal(walk_checked(&b, b.size, &p), rows[i].outcome);
    }
}

static void test_checksums6(void **state)
{
    (void)state;
    struct build b = {.size = 0};
    struct packet p;
    add_ipv6(&b, 33, 43);
    ADD(&b, KIND_TCP, 0, 0, 0, 0, 0, 0, 0);
    add_tcp(&b, 5);
    add_hello(&b);
    set_checksum(b.bytes + 64, b.bytes + 48, 25, b.bytes + 8, 32);
    assert_int_equal(walk_checked(&b, b.size, &p), WALK_SEGMENT);
    b.bytes[20] ^= 1;
    assert_int_equal(walk_checked(&b, b.size, &p), WALK_CHECKSUM);
    b.bytes[43] = 1; /* one address is left to go to */
    assert_int_equal(walk_checked(&b, b.size, &p), WALK_SEGMENT);
}

static void test_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < WALK_OUTCOMES; i++) {
        assert_true(walk_name((enum walk)i)[0] != '\0');
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(walk_name((enum walk)i), walk_name((enum walk)j));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loopback_and_cooked),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_syn_options),
        cmocka_unit_test(test_snap),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_lengths_zero),
        cmocka_unit_test(test_other),
        cmocka_unit_test(test_fragments),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_extensions),
        cmocka_unit_test(test_jumbo),
        cmocka_unit_test(test_checksums4),
        cmocka_unit_test(test_checksums_options),
        cmocka_unit_test(test_checksums6),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_authentication4),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

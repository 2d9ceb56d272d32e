/* parse FILE: what the parser that a peer links costs by itself. The bare loop of loop.c, and of each payload that
 * `generate` made nothing but libnghttp2's decoding of its header blocks, or where it is HTTP/1.1 libhtp's reading of
 * it. No reassembly, no event, no output: the captures have each message whole, in order and once. Prints the packets
 * and the messages; exits with 2 where it was built without libhtp and needs it. */
#include <nghttp2/nghttp2.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBHTP
#include <htp/htp.h>
#endif

enum {
    SLOTS = 1 << 16, /* more than `generate` opens connections in a file of a few gigabytes */
    IP = 14,
    FRAME_HEADER = 9,
    HEADERS = 1,
    PREFACE = 24,
    SERVER_PORT = 8080
};

struct talk {
    uint32_t client;
    uint16_t port; /* 0: free */
    bool http2;
    nghttp2_hd_inflater *sides[2];
#ifdef HAVE_LIBHTP
    htp_connp_t *http1;
#endif
};

struct parse {
    struct talk talks[SLOTS];
    uint64_t packets, messages;
#ifdef HAVE_LIBHTP
    htp_cfg_t *settings;
#endif
};

static void fail(const char *why, int status)
{
    fprintf(stderr, "parse: %s\n", why);
    exit(status);
}

static unsigned number16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static struct talk *find(struct parse *p, uint32_t client, uint16_t port)
{
    uint32_t at = (uint32_t)((client ^ (uint64_t)port << 32) * UINT64_C(0x9E3779B97F4A7C15) >> 48);
    for (uint32_t tried = 0; tried < SLOTS; tried++, at = (at + 1) % SLOTS) {
        struct talk *t = &p->talks[at];
        if (t->port == 0)
            *t = (struct talk){.client = client, .port = port};
        if (t->client == client && t->port == port)
            return t;
    }
    fail("more connections than are expected", 1);
    return NULL;
}

static void decode_block(struct parse *p, nghttp2_hd_inflater **side, const uint8_t *block, size_t size)
{
    if (!*side && nghttp2_hd_inflate_new(side) != 0)
        fail("no memory", 1);
    for (int flags = 0; !(flags & NGHTTP2_HD_INFLATE_FINAL);) {
        nghttp2_nv field;
        ssize_t read = nghttp2_hd_inflate_hd2(*side, &field, &flags, block, size, 1);
        if (read < 0)
            fail("libnghttp2 refuses a header block", 1);
        block += read;
        size -= (size_t)read;
    }
    nghttp2_hd_inflate_end_headers(*side);
    p->messages++;
}

static void decode_frames(struct parse *p, nghttp2_hd_inflater **side, const uint8_t *data, size_t size)
{
    if (size >= PREFACE && memcmp(data, "PRI ", 4) == 0) {
        data += PREFACE;
        size -= PREFACE;
    }
    while (size >= FRAME_HEADER) {
        size_t length = (size_t)data[0] << 16 | number16(data + 1);
        if (length > size - FRAME_HEADER)
            fail("a frame goes over its segment", 1);
        if (data[3] == HEADERS)
            decode_block(p, side, data + FRAME_HEADER, length);
        data += FRAME_HEADER + length;
        size -= FRAME_HEADER + length;
    }
}

#ifdef HAVE_LIBHTP
static void read_http1(struct parse *p, struct talk *t, bool answer, const uint8_t *data, size_t size)
{
    struct timeval now = {0};
    if (!p->settings) {
        p->settings = htp_config_create();
        htp_config_set_server_personality(p->settings, HTP_SERVER_GENERIC);
        htp_config_set_tx_auto_destroy(p->settings, 1);
    }
    if (!t->http1) {
        t->http1 = htp_connp_create(p->settings);
        htp_connp_open(t->http1, "192.0.2.1", t->port, "192.0.2.2", 80, &now);
    }
    int state =
        answer ? htp_connp_res_data(t->http1, &now, data, size) : htp_connp_req_data(t->http1, &now, data, size);
    if (state == HTP_STREAM_ERROR)
        fail("libhtp refuses a message", 1);
    p->messages++;
}
#else
static void read_http1(struct parse *p, struct talk *t, bool answer, const uint8_t *data, size_t size)
{
    (void)p, (void)t, (void)answer, (void)data, (void)size;
    fail("built without libhtp", 2);
}
#endif

static void take(struct parse *p, const uint8_t *packet)
{
    const uint8_t *ip = packet + IP;
    size_t header = (size_t)(ip[0] & 15) * 4;
    const uint8_t *tcp = ip + header;
    size_t before = header + (size_t)(tcp[12] >> 4) * 4;
    size_t size = number16(ip + 2) - before;
    const uint8_t *data = ip + before;
    if (size == 0)
        return;
    bool answer = number16(tcp) == SERVER_PORT;
    uint32_t client;
    memcpy(&client, ip + (answer ? 16 : 12), sizeof client);
    struct talk *t = find(p, client, (uint16_t)number16(tcp + (answer ? 2 : 0)));
    t->http2 |= size >= PREFACE && memcmp(data, "PRI ", 4) == 0;
    if (t->http2)
        decode_frames(p, &t->sides[answer], data, size);
    else
        read_http1(p, t, answer, data, size);
}

int main(int argc, char **argv)
{
    static struct parse p;
    char error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const uint8_t *data;
    pcap_t *capture = argc > 1 ? pcap_open_offline(argv[1], error) : NULL;
    if (!capture)
        fail(argc > 1 ? error : "usage: parse FILE", 1);
    while (pcap_next_ex(capture, &header, &data) == 1) {
        p.packets++;
        take(&p, data);
    }
    printf("%llu packets %llu messages\n", (unsigned long long)p.packets, (unsigned long long)p.messages);
    pcap_close(capture);
    return 0;
}

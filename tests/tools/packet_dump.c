/* What the walk makes of each frame of a capture, a line each, for comparing with another program:
 * number, outcome, addresses, ports, sequence, acknowledgment, flags, window, payload size, cut, tags, tunnel, its
 * number, time to live, options of a SYN.
 * --checksums: as the option. */
#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdio.h>

#include "proto/packet/tcp.h"
#include "tests/tools/walk_rig.h"

static void print_address(const struct address *a)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    char text[INET6_ADDRSTRLEN];
    bool four = memcmp(a->ip, mapped, sizeof mapped) == 0;
    printf("\t%s\t%u", inet_ntop(four ? AF_INET : AF_INET6, a->ip + (four ? 12 : 0), text, sizeof text), a->port);
}

static void print_packet(const struct packet *p)
{
    print_address(&p->from);
    print_address(&p->to);
    printf("\t%u\t%u\t%u\t%u\t%zu\t%u\t", p->seq, p->ack, p->flags, p->window, p->payload.size, p->cut);
    for (unsigned i = 0; i < p->vlans && i < 2; i++)
        printf("%s%u", i ? "," : "", p->vlan[i]);
    printf("\t%s\t%u\t%u\t", tunnel_name(p->tunnel_kind), p->tunnel_id, p->ttl);
    for (unsigned i = 0, some = 0; i < TCP_OPTIONS; i++) {
        if (p->options >> i & 1)
            printf("%s%s", some++ ? "," : "", tcp_option_name(i));
    }
}

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    bool checksums = argc == 3 && strcmp(argv[1], "--checksums") == 0;
    bool good = argc == 2 || checksums;
    pcap_t *capture = good ? pcap_open_offline(argv[argc - 1], error) : NULL;
    if (!capture) {
        fprintf(stderr, "packet_dump: %s\n", good ? error : "one capture file, please");
        return 1;
    }
    struct walk_rig rig;
    walk_rig_begin(&rig, 16, checksums);
    struct frame frame = {.link_type = (uint16_t)pcap_datalink(capture)};
    struct pcap_pkthdr *header;
    const u_char *bytes;
    while (pcap_next_ex(capture, &header, &bytes) == 1) {
        struct packet packet;
        frame.number++;
        frame.bytes = (struct slice){bytes, header->caplen};
        frame.wire_size = header->len;
        frame.time = frame.clock = header->ts.tv_sec * INT64_C(1000000000) + header->ts.tv_usec * INT64_C(1000);
        enum walk outcome = packet_walk(rig.walk, &frame, &packet);
        printf("%llu\t%s", (unsigned long long)frame.number, walk_name(outcome));
        if (outcome == WALK_SEGMENT)
            print_packet(&packet);
        putchar('\n');
    }
    pcap_close(capture);
    return walk_rig_end(&rig) != 0;
}

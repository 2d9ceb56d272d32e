/* The least that a reader of captures does: each packet is fetched and its first bytes are looked at. */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const unsigned char *data;
    uint64_t packets = 0, sum = 0;
    pcap_t *capture = argc > 1 ? pcap_open_offline(argv[1], error) : NULL;
    if (!capture) {
        fprintf(stderr, "loop: %s\n", argc > 1 ? error : "usage: loop FILE");
        return 1;
    }
    while (pcap_next_ex(capture, &header, &data) == 1) {
        packets++;
        for (unsigned i = 12; i < 54 && i < header->caplen; i += 8)
            sum += data[i];
    }
    printf("%llu packets %llu\n", (unsigned long long)packets, (unsigned long long)sum);
    pcap_close(capture);
    return 0;
}

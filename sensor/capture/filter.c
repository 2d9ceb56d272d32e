#include "sensor/capture/filter.h"

#include <stdio.h>

bool filter_compile(struct bpf_program *program, pcap_t *pcap, const char *expression, struct capture_error *error)
{
    if (pcap_compile(pcap, program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0)
        return true;
    snprintf(error->text, sizeof error->text, "filter \"%.200s\": %s; expected an expression as in pcap-filter(7)",
             expression, pcap_geterr(pcap));
    return false;
}

bool capture_check_filter(const char *filter, struct capture_error *error)
{
    pcap_t *dead = pcap_open_dead(DLT_EN10MB, 262144);
    if (dead == NULL) {
        snprintf(error->text, sizeof error->text, "filter: no memory");
        return false;
    }
    struct bpf_program program;
    bool good = filter_compile(&program, dead, filter, error);
    if (good)
        pcap_freecode(&program);
    pcap_close(dead);
    return good;
}

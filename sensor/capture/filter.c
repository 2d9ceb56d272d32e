#include "sensor/capture/filter.h"

#include <stdlib.h>

#include "sensor/capture/link_type.h"

enum { SNAP_LENGTH = 262144 };

struct filter {
    struct bpf_program program;
};

bool filter_compile(struct bpf_program *program, pcap_t *pcap, const char *expression, struct capture_error *error)
{
    if (pcap_compile(pcap, program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0)
        return true;
    snprintf(error->text, sizeof error->text, "filter \"%.200s\": %.200s; expected an expression as in pcap-filter(7)",
             expression, pcap_geterr(pcap));
    return false;
}

struct filter *filter_new(uint16_t link_type, const char *expression, struct capture_error *error)
{
    snprintf(error->text, sizeof error->text, "filter: no memory");
    struct filter *f = calloc(1, sizeof *f);
    pcap_t *dead = f != NULL ? pcap_open_dead(link_type_to_dlt(link_type), SNAP_LENGTH) : NULL;
    struct capture_error why;
    if (dead != NULL && filter_compile(&f->program, dead, expression, &why)) {
        pcap_close(dead);
        return f;
    }
    if (dead != NULL) {
        char name[LINK_TYPE_NAME];
        snprintf(error->text, sizeof error->text, "link type %s: %.400s", link_type_name(link_type, name), why.text);
        pcap_close(dead);
    }
    free(f);
    return NULL;
}

void filter_free(struct filter *f)
{
    if (f == NULL)
        return;
    pcap_freecode(&f->program);
    free(f);
}

bool filter_accepts(const struct filter *f, struct slice bytes, uint32_t wire_size)
{
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)bytes.size, .len = wire_size};
    return pcap_offline_filter(&f->program, &header, bytes.data) != 0;
}

bool capture_check_filter(const char *filter, struct capture_error *error)
{
    pcap_t *dead = pcap_open_dead(DLT_EN10MB, SNAP_LENGTH);
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

#include "sensor/capture/link_type.h"

#include <pcap/pcap.h>
#include <stdio.h>

/* The few that are not the same. */
static const struct {
    uint16_t link_type;
    int dlt;
} unlike[] = {
    {101, DLT_RAW},      {100, DLT_ATM_RFC1483}, {102, DLT_SLIP_BSDOS}, {103, DLT_PPP_BSDOS},
    {106, DLT_ATM_CLIP}, {14, DLT_RAW}, /* OpenBSD's number for it, in files that were written before link types had
                                           numbers of their own */
};

int link_type_to_dlt(uint16_t link_type)
{
    for (size_t i = 0; i < sizeof unlike / sizeof unlike[0]; i++) {
        if (unlike[i].link_type == link_type)
            return unlike[i].dlt;
    }
    return link_type;
}

const char *link_type_name(uint16_t link_type, char text[static LINK_TYPE_NAME])
{
    const char *name = pcap_datalink_val_to_name(link_type_to_dlt(link_type));
    if (name != NULL)
        snprintf(text, LINK_TYPE_NAME, "%u (%.48s)", link_type, name);
    else
        snprintf(text, LINK_TYPE_NAME, "%u", link_type);
    return text;
}

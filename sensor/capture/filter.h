/* Filter expressions in libpcap's language (pcap-filter(7)). */
#ifndef SENSOR_CAPTURE_FILTER_H
#define SENSOR_CAPTURE_FILTER_H

#include <pcap/pcap.h>

#include "sensor/capture/capture.h"

/** Compiles for the link type of `pcap`. The caller frees the program with pcap_freecode().
 *  @return false and the error. */
bool filter_compile(struct bpf_program *program, pcap_t *pcap, const char *expression, struct capture_error *error);

#endif

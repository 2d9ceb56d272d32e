/* Filter expressions in libpcap's language (pcap-filter(7)). */
#ifndef SENSOR_CAPTURE_FILTER_H
#define SENSOR_CAPTURE_FILTER_H

#include <pcap/pcap.h>

#include "sensor/capture/capture.h"

/** Compiles for the link type of `pcap`. The caller frees the program with pcap_freecode().
 *  @return false and the error. */
bool filter_compile(struct bpf_program *program, pcap_t *pcap, const char *expression, struct capture_error *error);

/** An expression for frames of one link type. */
struct filter;

/** @param link_type  LINKTYPE_, as in files.
 *  @return NULL and the error: libpcap does not understand it, or cannot look into frames of this type. */
struct filter *filter_new(uint16_t link_type, const char *expression, struct capture_error *error);
void filter_free(struct filter *f);

bool filter_accepts(const struct filter *f, struct slice bytes, uint32_t wire_size);

#endif

/* Segments that no receiver takes, though their numbers are right: a client that means to be misread sends them between
 * those that count. Receivers differ in this, so what they acknowledge decides. */
#ifndef PROTO_STREAM_DOUBT_H
#define PROTO_STREAM_DOUBT_H

#include "proto/stream/reassembly.h"

/** Of a side whose peer is not seen nothing is doubted. */
enum doubt doubt_segment(const struct reassembly *r, enum side from, const struct packet *p);

/** Learns from the stamp of a segment that is not doubted. */
void doubt_keep_stamp(struct reassembly *r, enum side from, const struct packet *p);

#endif

/* Connections of which each direction is in an overlay of its own: a router stands between two segments, and what goes
 * to a host has the number of that host's segment (OVN's GENEVE, NSX, VXLAN with asymmetric routing), or only one
 * direction is in an overlay at all.
 *
 * Two tenants may use the same addresses. So a packet that belongs to nothing in its own network is of a connection in
 * another one only if its acknowledgement number says so, and if nothing of its side was seen there. A connection is
 * told under the network of its first packet: that of a SYN is the server's. */
#ifndef SENSOR_FLOW_ACROSS_H
#define SENSOR_FLOW_ACROSS_H

#include "sensor/flow/table.h"

/** A flow begins in this network. */
void across_note(struct flow_table *t, uint32_t network);

/** The packet is of no flow in its own network. @return whether it was taken. */
bool across_take(struct flow_table *t, const struct packet *p, uint32_t wire_size);

#endif

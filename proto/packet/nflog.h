/* What Linux' netfilter logs, LINKTYPE_NFLOG: a list of attributes, one of which is the IP packet. */
#ifndef PROTO_PACKET_NFLOG_H
#define PROTO_PACKET_NFLOG_H

#include "proto/packet/walker.h"

enum walk nflog_walk(struct walker *w);

#endif

/* What a seat on the network sees, counted from the connections: the format `survey` prints it in one page. */
#ifndef SENSOR_REPORT_SURVEY_H
#define SENSOR_REPORT_SURVEY_H

#include "sensor/event/flow_record.h"

enum { SURVEY_ENDPOINTS = 256, SURVEY_WAYS = 32 };

struct survey_endpoint {
    struct address address;
    uint8_t basis; /* enum endpoint_basis, the best that it was told with */
    uint64_t connections, exchanges;
};

/** A way that packets come: tags and tunnel of a connection's first packet. */
struct survey_way {
    uint8_t vlans, tunnel_kind;
    uint16_t vlan[2];
    uint32_t tunnel_id;
    uint64_t connections;
};

struct survey {
    uint64_t connections; /* with a handshake or data */
    uint64_t client_only, server_only, doubled, reordered, holed, midstream, silent;
    struct survey_endpoint endpoints[SURVEY_ENDPOINTS];
    size_t endpoint_count;
    uint64_t other_endpoints; /* connections to those that found no place, or gave it to one better proven */
    struct survey_way ways[SURVEY_WAYS];
    size_t way_count;
    uint64_t other_ways;
};

void survey_count(struct survey *s, const struct flow_record *f);

/** Sorts endpoints: proven ones first, then by connections; and ways by connections. */
void survey_sort(struct survey *s);

/** What is worth changing, in the order in which it is told. */
enum survey_advice {
    ADVICE_NOTHING_SEEN, /* no packet, or none of a followed port */
    ADVICE_OTHER_PORTS,  /* most segments are of ports that are not followed */
    ADVICE_ONE_SIDED,    /* of many connections one direction is missing */
    ADVICE_DOUBLED,      /* each packet comes twice */
    ADVICE_LOSS,         /* holes in many connections */
    ADVICE_KERNEL_DROPS, /* this machine is too slow */
    ADVICE_CUT,          /* snap length */
    ADVICE_REORDERED,    /* much comes out of order */
    ADVICE_LINK,         /* frames of a link type that is not read */
    ADVICE_CLOSED,       /* TLS without keys */
    ADVICE_UNPROVEN,     /* endpoints with requests that nothing shows to be API servers */
    ADVICES
};

struct counters;

/** @return bits 1 << enum survey_advice. */
uint32_t survey_advise(const struct survey *s, const struct counters *c);

#endif

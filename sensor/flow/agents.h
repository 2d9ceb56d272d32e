/* The forms of User-Agents seen lately: a client sends the same with each request. */
#ifndef SENSOR_FLOW_AGENTS_H
#define SENSOR_FLOW_AGENTS_H

#include "proto/kube/agent.h"

enum {
    AGENTS_KEPT = 64, /* a power of two */
    AGENT_TEXT_MAX = 126
};

struct agents {
    struct {
        uint8_t size, form; /* size 0: free */
        uint8_t text[AGENT_TEXT_MAX];
    } kept[AGENTS_KEPT];
};

/** agent_read()'s, or the one of the same text before. Longer ones are not kept. */
enum agent_form agents_form(struct agents *a, struct slice text);

#endif

/* Which scanner sends SYNs of such a shape, by the data list syn_shapes: tools that write their packets themselves do
 * not take the trouble to look like a kernel. Anyone can send such a SYN, under any address: it is a sign, no proof. */
#ifndef SENSOR_DETECT_SYN_SHAPE_H
#define SENSOR_DETECT_SYN_SHAPE_H

#include "proto/base/memory.h"
#include "sensor/detect/measure.h"
#include "sensor/detect/rule.h"
#include "sensor/event/flow_record.h"

/** All three have to fit. */
struct syn_pattern {
    struct measure window, ttl;
    uint8_t options; /* 1 << enum tcp_option: these and no others */
};

/** "1024 mss 1-59": window, options, time to live as captured; as data lists of kind `syn` give their values. Options
 * are named as flow.syn_options has them, with commas and in any order; "none". @return false: it is none; *p is left
 * alone. */
bool syn_pattern_read(const char *text, struct syn_pattern *p);

/** The one list that they are read from. */
extern const char SYN_LIST[];

struct syn_shapes;

/** @param rules  borrowed. @return NULL: no memory. */
struct syn_shapes *syn_shapes_new(const struct rule_set *rules, struct memory *memory);
void syn_shapes_free(struct syn_shapes *s, struct memory *memory);

/** @return the tool's name, the rules' own; NULL: no tool of the list, or the SYN was not captured. */
const char *syn_shapes_tool(const struct syn_shapes *s, const struct flow_record *f);

#endif

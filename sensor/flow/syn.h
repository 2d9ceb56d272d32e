/* What becomes of a SYN: a half-open flow, then a connection, a refusal, or nothing. */
#ifndef SENSOR_FLOW_SYN_H
#define SENSOR_FLOW_SYN_H

#include "sensor/flow/table.h"

/** A SYN that no flow knows. @param tag  half_open_tag() of the key. */
void syn_begin(struct flow_table *t, const struct flow_key *key, uint32_t tag, const struct packet *p, bool from_low,
               uint32_t wire_size);

/** A packet of a half-open flow. @return whether it is done with; false: the flow was ended, the packet begins another.
 */
bool syn_take(struct flow_table *t, struct half_open *h, const struct packet *p, bool from_low, uint32_t wire_size);

/** @param answer_bytes  of the RST that refused it; 0: none came. */
void syn_end(struct flow_table *t, struct half_open *h, enum flow_reason why, moment last, uint32_t answer_bytes);

#endif

/* What the programs of a cluster ask an API server for by themselves: the data list "component_requests". A value is
 * VERB RESOURCE[.GROUP][/SUBRESOURCE][ NAMESPACE/NAME], of a cluster-wide object its name alone, or VERB /PATH. */
#ifndef SENSOR_DETECT_COMPONENT_H
#define SENSOR_DETECT_COMPONENT_H

#include "proto/base/table.h"
#include "sensor/detect/habit.h"
#include "sensor/detect/rule.h"
#include "sensor/event/exchange.h"

struct components;

/** @param rules  whose lists are read; without this list nobody is a component. @return NULL: no memory. */
struct components *components_new(const struct rule_set *rules);
void components_free(struct components *c);

/** What an exchange without a credential that holds says of its source's habit. A request is the program's own when the
 * list has it and it gained nothing: whoever copies a program's name is answered as a stranger is.
 * @param cluster  number + 1; 0: of none. @return false: it says nothing: another verdict, or not read. */
bool components_request(const struct components *c, const struct exchange *x, const struct hash_secret *secret,
                        uint32_t cluster, struct habit_request *r);

#endif

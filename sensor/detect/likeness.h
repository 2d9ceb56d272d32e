/* Whether two findings say the same but for who, whom, when and how often: of a hundred scanners with one tool, or of
 * one that goes from endpoint to endpoint, nobody wants to read a hundred times what they do. */
#ifndef SENSOR_DETECT_LIKENESS_H
#define SENSOR_DETECT_LIKENESS_H

#include "sensor/detect/finding.h"

/** @param rule  its rule; that of `f` is not looked at.
 *  @return the same for those that say the same; 0: a list has left something out, so nobody knows. Of one run. */
uint64_t finding_likeness(const struct finding *f, const struct rule_about *rule);

/** That of several findings, in this order. */
uint64_t likeness_join(uint64_t a, uint64_t b);

#endif

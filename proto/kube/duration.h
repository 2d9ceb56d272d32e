/* Durations as Go writes them: "1m30s". */
#ifndef PROTO_KUBE_DURATION_H
#define PROTO_KUBE_DURATION_H

#include "proto/base/slice.h"

/** Whether time.ParseDuration takes it. */
bool duration_valid(struct slice text);

#endif

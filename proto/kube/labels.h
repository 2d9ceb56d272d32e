/* Label selectors. Only whether the server takes one is asked: what they select is not on the wire. */
#ifndef PROTO_KUBE_LABELS_H
#define PROTO_KUBE_LABELS_H

#include "proto/base/slice.h"

/** Whether `selector`, unescaped, parses as apimachinery pkg/labels/selector.go parses it. */
bool labels_valid(struct slice selector);

#endif

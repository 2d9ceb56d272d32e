/* The options in a query that change what a request means: split as Go's url.ParseQuery does, decoded as
 * k8s.io/apimachinery does. */
#ifndef PROTO_KUBE_QUERY_H
#define PROTO_KUBE_QUERY_H

#include "proto/base/slice.h"

struct query_options {
    bool watch, watch_given;
    struct slice name; /* that the field selector demands; empty: none, or it is no legal path segment */
};

/** @param room  for the decoded selectors; query.size bytes are always enough. With fewer the name may be missing.
 */
void query_read(struct query_options *options, struct slice query, uint8_t *room, size_t room_size);

/** Whether it has a timeout that is no duration: newer servers refuse it, of what is not long-running, before they ask
 * who is there (k8s.io/apiserver pkg/endpoints/filters/request_deadline.go).
 * @param room  as above; with fewer bytes a timeout that does not fit counts as bad. */
bool query_timeout_bad(struct slice query, uint8_t *room, size_t room_size);

#endif

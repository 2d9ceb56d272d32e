/* RequestInfo: what a method and a request target mean to an API server, by the rules of k8s.io/apiserver
 * pkg/endpoints/request/requestinfo.go. */
#ifndef PROTO_KUBE_REQUEST_H
#define PROTO_KUBE_REQUEST_H

#include "proto/base/slice.h"

enum path_kind {
    PATH_NON_RESOURCE,
    PATH_RESOURCE,
    PATH_ERROR /* the server cannot resolve it and answers 500, or cannot parse the target at all (a bad escape, a
                  control byte, no slash in front) and answers 400: both before authentication. No verb, no parts */
};

const char *path_kind_name(enum path_kind kind); /* "non-resource", "resource", "error" */

/** What was not looked at of a long target leaves these open: an empty member of `info` may be there all the same. */
enum request_open {
    REQUEST_CLOSED,
    REQUEST_OPEN_OPTIONS, /* of a list: it may be a watch, and may name what it lists; verb and name */
    REQUEST_OPEN_PATH     /* verb, parts, and whether it is a resource */
};

/** Slices lie in `room`, in the input, or in constants; empty: absent. */
struct request_info {
    enum path_kind kind;
    enum request_open cut;
    struct slice path; /* decoded, without scheme, host and query; in the target or in the room */
    struct slice verb;
    struct slice group, version, resource, subresource, name_space, name;
    bool proxied; /* a proxy subresource or the proxy verb: a backend may have written the answer */
    bool node;    /* a log, exec, attach or port forward of a pod: its node's kubelet may have written the answer */
    bool added;   /* of an API group with a dot in its name: another server may serve it, and have written the answer */
    bool open;  /* GET, in letters of any size, of what is by default open to everyone: /healthz /livez /readyz /version
                   /version/, any query; OPTIONS * */
    bool probe; /* what monitors ask, too, and what is open to nobody by default: GET, HEAD or OPTIONS of / without a
                   query, or below /healthz /livez /readyz; HEAD or OPTIONS of an open path; GET of the issuer's
                   documents */
    bool opened; /* The same of what many owners open: .well-known, openid keys, discovery (/api, /apis, /openapi); and
                    GET of cluster-info */
    bool timeout_bad; /* query_timeout_bad(); of a target that is cut: it may be so */
};

/** The longest target that is looked at; of a longer one the kind is told by its beginning, and of the parts those that
 *  the cut cannot change. */
enum { REQUEST_TARGET_MAX = 8192 };

/** @param target  as sent: origin form, absolute form, `*`, authority form.
 *  @param goes_on  this is its beginning, as if it were longer than what is looked at.
 *  @param room  for the decoded path, parts of the query and the verb of an unusual method; target.size + method.size
 *               bytes are always enough, REQUEST_TARGET_MAX for every usual method; with fewer they are cut. */
void request_info_read(struct request_info *info, struct slice method, struct slice target, bool goes_on, uint8_t *room,
                       size_t room_size);

#endif

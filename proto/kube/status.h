/* A metav1.Status read from the beginning of an answer's body, JSON, protobuf (`k8s\0` envelope) or
 * CBOR (tag 55799), whole or cut. */
#ifndef PROTO_KUBE_STATUS_H
#define PROTO_KUBE_STATUS_H

#include "proto/base/slice.h"

enum { STATUS_TEXT_MAX = 256 };

/** Strings are copied here; size 0: absent or not reached. */
struct status {
    bool is_status; /* kind Status was read: it is the API server's (or of one who imitates it) */
    bool unread;    /* something was too deep or too long, or cut: what is absent may be there */
    bool cut;       /* one of these two was longer */
    uint16_t reason_size, user_size;
    char reason[64]; /* "Forbidden", "Unauthorized" */
    /** Whom the message of a Forbidden names: `User "..." cannot ...`, unquoted. Under impersonation it is the
     *  impersonated one. Told only of a message that is all there: the path that was asked for stands unquoted in its
     *  beginning and may look like the rest of it, so that only the last such clause is the server's own. */
    char user[STATUS_TEXT_MAX];
    /** Of the reason Unauthorized: whether the message is that of a server's own 401, or another, and the server hands
     *  on what somebody else has answered it. Neither, where the message was not read to its end. */
    bool own_401, other_401;
    bool impersonation_refused; /* the message refuses an Impersonate header: verb impersonate, of any mode */
};

/** @param body  the first bytes of the body. What is read of a beginning is what is read of the whole, or absent. */
void status_read(struct status *status, struct slice body);

#endif

/* Credentials that stand where they do not belong: in a request target, in a name that a client gives itself. No API
 * server reads one there, but it may be one all the same, and good elsewhere. What is kept of such a text is kept
 * through here. */
#ifndef PROTO_KUBE_MASK_H
#define PROTO_KUBE_MASK_H

#include "proto/base/slice.h"

/** A target in any of its forms, or a Host: replaced by up to three asterisks are what stands before an @ in the
 * authority, the values of query parameters that are named like a credential (access_token, password ...), and JSON Web
 * Tokens anywhere.
 *  @param room  for what is changed; what does not fit is cut.
 *  @return `target` itself where nothing was replaced, else a slice of `room`; never longer than `target`. */
struct slice mask_target(struct slice target, uint8_t *room, size_t room_size);

/** Any other text: JSON Web Tokens only. */
struct slice mask_text(struct slice text, uint8_t *room, size_t room_size);

#endif

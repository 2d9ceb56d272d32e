/* The claims of a JSON Web Token (RFC 7519) that are no secret: who issued it, for whom.
 * The signature is neither checked nor looked at: a claim is a claim. */
#ifndef PROTO_KUBE_JWT_H
#define PROTO_KUBE_JWT_H

#include "proto/base/slice.h"

enum { JWT_TEXT_MAX = 256 };

struct jwt {
    uint16_t issuer_size, subject_size; /* 0: absent */
    bool cut;                           /* one of them was longer */
    char issuer[JWT_TEXT_MAX], subject[JWT_TEXT_MAX];
};

/** Whether a token has a JWT's shape: three parts of base64url, the first beginning an object. */
bool jwt_shaped(struct slice token);

/** @return false when the claims cannot be read; `jwt` is then all absent. */
bool jwt_read(struct jwt *jwt, struct slice token);

#endif

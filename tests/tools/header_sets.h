/* Header sets as clients of the Kubernetes API and its server send them, driven by choices: of a pseudo-random
 * generator, or of a fuzzer's bytes. Names, paths, agents and tokens are made up. */
#ifndef TESTS_TOOLS_HEADER_SETS_H
#define TESTS_TOOLS_HEADER_SETS_H

#include <nghttp2/nghttp2.h>

struct choices {
    uint64_t state;          /* of the generator; not used where there are bytes */
    const uint8_t *at, *end; /* `at` NULL: the generator */
};

/** Below `count`. Where the bytes are over, 0. */
unsigned choose(struct choices *c, unsigned count);

enum talk { TALK_KUBECTL, TALK_CONTROLLER, TALK_HEALTH, TALK_ANSWER, TALK_ODD, TALKS };

enum { SET_FIELDS = 24, SET_BYTES = 16384 };

struct header_set {
    nghttp2_nv fields[SET_FIELDS];
    size_t count;
    uint8_t bytes[SET_BYTES]; /* what the fields point to */
    size_t used;
};

void header_set_make(struct header_set *set, enum talk talk, struct choices *c);

#endif

#include "sensor/flow/refusals.h"

const struct status *refusals_of(struct refusals *r, const struct hash_secret *secret, struct slice body)
{
    if (body.size == 0 || body.size > REFUSAL_BYTES) {
        status_read(&r->other, body);
        return &r->other;
    }
    size_t at = hash_bytes(secret, body.data, body.size) % REFUSALS_KEPT;
    struct slice kept = {.data = r->kept[at].body, .size = r->kept[at].size};
    if (!slice_same(kept, body)) {
        status_read(&r->kept[at].status, body);
        memcpy(r->kept[at].body, body.data, body.size);
        r->kept[at].size = (uint16_t)body.size;
    }
    return &r->kept[at].status;
}

/* What is counted of a finding's hits. Findings of one subject that had the same hits so far have one tally between
 * them: several rules find much the same in the same requests, which is then counted and kept once. */
#ifndef SENSOR_DETECT_TALLY_H
#define SENSOR_DETECT_TALLY_H

#include "sensor/detect/finding.h"
#include "sensor/event/value.h"

/** A hit, and what lists want to know of it: taken once, for all tallies that it counts in. All zeros at first. */
struct hit {
    const struct exchange *exchange;
    enum endpoint_basis basis; /* of its endpoint */
    struct list_value agent, verb, url, reason, method, forwarded, status, endpoint, client;
    /* Of the hit before, too: most have the same endpoint and the same status. */
    struct address server;
    unsigned code;
    uint8_t endpoint_text[VALUE_MAX], client_text[VALUE_MAX], code_text[3];
};

/** Takes the rest from `exchange`, which stays as it is while the hit counts.
 *  @param client  it counts in the tally of an endpoint. */
void hit_take(struct hit *hit, bool client, const struct hash_secret *secret);

struct tally {
    struct finding finding; /* without its rule */
    size_t findings;        /* that have it */
    /* of the exchange in hand: */
    size_t hit;           /* so many of these */
    struct tally *parted; /* who has it, now that not all of them are */
};

/** Of nothing yet, for findings that begin with this exchange. @return NULL: no memory. */
struct tally *tally_new(const struct exchange *x, const struct finding_place *place, bool of_endpoint,
                        struct memory *memory);
/** @return NULL: no memory. */
struct tally *tally_copy(const struct tally *t, struct memory *memory);
void tally_free(struct tally *t, struct memory *memory);

void tally_count(struct tally *t, const struct hit *hit, struct memory *memory);

#endif

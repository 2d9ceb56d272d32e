/* What is counted of a finding's hits. Findings of one subject that had the same hits so far have one tally between
 * them: several rules find much the same in the same requests, which is then counted and kept once. */
#ifndef SENSOR_DETECT_TALLY_H
#define SENSOR_DETECT_TALLY_H

#include "sensor/detect/finding.h"
#include "sensor/detect/knock.h"
#include "sensor/event/value.h"

/** A hit, and what lists show of it that the event does not say as text: written once, for all tallies that it
 * counts in, and kept, because most hits have the same endpoint, client and status as the one before. All zeros at
 * first. */
struct hit {
    const struct event *event;
    enum endpoint_basis basis; /* of its endpoint */
    struct knocks *knocks;     /* of a knock: its source's, those before it, too; else NULL */
    struct address server;
    uint8_t client_ip[16];
    unsigned code;
    size_t endpoint_size, client_size; /* 0: not written yet */
    uint8_t endpoint[VALUE_MAX], client[VALUE_MAX], status[3];
};

/** Takes the rest from `event`, which stays as it is while the hit counts.
 *  @param client  it counts in the tally of an endpoint. */
void hit_take(struct hit *hit, bool client);

struct tally {
    struct finding finding; /* without its rule */
    size_t findings;        /* that have it */
    /* of the event in hand: */
    size_t hit;           /* so many of these */
    struct tally *parted; /* who has it, now that not all of them are */
};

/** Of nothing yet, for findings of rules like this one that begin with this event. @return NULL: no memory. */
struct tally *tally_new(const struct event *e, const struct cluster *cluster, const struct rule_about *rule,
                        struct memory *memory);
/** @return NULL: no memory. */
struct tally *tally_copy(const struct tally *t, struct memory *memory);
void tally_free(struct tally *t, struct memory *memory);

/** @param before  the source's knocks before this one count as well. @param secret  the values of its lists are hashed
 * with it. */
void tally_count(struct tally *t, const struct hit *hit, bool before, const struct hash_secret *secret,
                 struct memory *memory);

#endif

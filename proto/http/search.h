/* A message looked for where the framing is lost: behind a gap, or on a connection joined late.
 *
 * Its head may begin at the first byte, behind any LF, and where the other side has just spoken; it is one when all its
 * lines up to the empty one read well. Any token is a method, and the rest of a token is one too ("ET"): so where no LF
 * goes before, only the methods of RFC 9110 and PATCH count. What is found depends on the bytes alone, never on how
 * they were pushed. */
#ifndef PROTO_HTTP_SEARCH_H
#define PROTO_HTTP_SEARCH_H

#include "proto/base/hold.h"
#include "proto/http/head.h"

/** Begins as zeros. A candidate that is not all there lies in the side's hold. */
struct search {
    uint32_t checked; /* bytes of the candidate that are whole lines and read well */
    uint32_t lines;   /* how many they are */
    bool preface;     /* the candidate begins as HTTP/2's does */
    bool skipping;    /* nothing can begin before the next LF */
    bool passed;      /* bytes were passed over that are of no head; who searches may forget it */
    bool behind_lf;   /* the candidate begins where a line does; else its first bytes may be the rest of something */
};

enum search_result { SEARCH_MORE, SEARCH_FOUND, SEARCH_NO_MEMORY };

/** Takes from the front of `rest` up to the end of a found head, or all.
 *  @param bound  of a head's size.  @param head  the found head with its empty line: in what was pushed or in `hold`.
 */
enum search_result search_push(struct search *s, struct hold *hold, struct memory *memory, enum side from, size_t bound,
                               struct slice *rest, struct slice *head);

/** The other side has spoken since: what comes next may begin a message. */
static inline void search_turn(struct search *s)
{
    s->skipping = false;
}

#endif

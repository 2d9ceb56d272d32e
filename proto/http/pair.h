/* Which answer belongs to which request, on one HTTP/1 connection, through loss.
 *
 * Answers come in the order of the requests and carry nothing that names theirs; what is lost may have been either. So
 * pairing rests on order, and where loss leaves the order open on this: a client that has not pipelined before does
 * not begin to in what was lost. A status on the wrong request is worse than none.
 *
 * "Lost" below is a gap outside a body of known length (inside one, nothing but body is missing).
 *
 *  1. Nothing lost: the answer that begins belongs to the oldest request without one. With no such request it is alone:
 *     it opens its own exchange.
 *  2. A request whose first byte comes while an answer is owed or not finished, and none of the server's bytes were
 *     lost since, shows that the client pipelines.
 *  3. Where the client has ever pipelined and anything was ever lost, nothing is paired on this connection any more.
 *     Requests are told without an answer, answers are counted and not told. An answer whose final head was told before
 *     goes on to its end.
 *  4. Client's bytes lost: there may be one request more. Until an answer's final head, or loss on the server's side,
 *     shows that it has been answered, a request that begins is uncertain: as 3. A request told before keeps its
 *     answer, also when it was its own body that was lost.
 *  5. Server's bytes lost: the answer that was being read is cut. When the next request begins, what was unanswered
 *     before it stays so, and the next answer is that request's. Before that, an answer that is found belongs to the
 *     request that is open. If that one asked for another protocol, what follows may be no HTTP at all: see
 *     pair_may_switch().
 *  6. Lost on both sides since the last request was told: an answer may be that one's or a lost one's. It is alone, and
 *     the request remains without.
 *  7. A late start is loss, and what was asked before it is taken for answered, unless some of that was seen right
 *     before the first request that is found: as 4. */
#ifndef PROTO_HTTP_PAIR_H
#define PROTO_HTTP_PAIR_H

#include "proto/http/message.h"

struct h1_exchange {
    void *thing;       /* the owner's; NULL: not told */
    bool request_read; /* its end was reached, or never will be */
    bool request_done; /* and told */
    bool answer_begun; /* a head was told, perhaps an informational one */
    bool answered;     /* the final head's start line was told */
    bool in_head;      /* an informational one is being read */
    bool answer_done;
    bool head, connect; /* the method */
    bool h2c;           /* an Upgrade to it */
    bool may_switch;    /* CONNECT, or an Upgrade: how the request ended is told with the answer */
};

struct pairing {
    const struct message_events *events; /* borrowed, as `owner` and `memory` */
    void *owner;
    struct memory *memory;
    struct h1_exchange *open;       /* by age; only the last may still be read, only the first may be being answered */
    uint32_t count, capacity, left; /* room before `open`, of what is over, is not used */
    uint32_t limit;                 /* so many are told at a time; as many times that are passed over as is bearable */
    struct h1_exchange alone;       /* being answered, without a request that was seen */
    bool alone_open;
    bool recognised; /* an exchange was opened */
    bool pipelined, unpaired;
    bool no_answers;       /* the server's side has ended */
    bool lost;             /* anything, ever */
    bool client_lost;      /* since the last request was told */
    bool client_lost_owed; /* and not answered since (rule 4) */
    bool server_lost;      /* since the last request was told or answered */
    bool many;             /* that too many were open was told */
    uint64_t untold;       /* answers, and requests that were passed over */
};

void pair_init(struct pairing *p, bool from_start, uint32_t limit, struct memory *memory,
               const struct message_events *events, void *owner);
void pair_deinit(struct pairing *p);

/** Whether it pairs what comes next as a new one would that was made from the start and has `recognised`. */
bool pair_may_rest(const struct pairing *p);

/** The exchange whose message this side is sending, or NULL. Good until the next call. */
static inline struct h1_exchange *pair_current(struct pairing *p, enum side from)
{
    if (from == CLIENT)
        return p->count && !p->open[p->count - 1].request_read ? &p->open[p->count - 1] : NULL;
    if (p->alone_open)
        return &p->alone;
    return p->count && p->open[0].answer_begun && !p->open[0].answer_done ? &p->open[0] : NULL;
}

/** Whether there is a request that an answer may be paired with. */
bool pair_owed(const struct pairing *p);

/** Whether an answer that has not been read may have changed the protocol. */
bool pair_may_switch(const struct pairing *p);

/** There was some of a request that has not been answered yet, and could not be told. */
void pair_unseen_request(struct pairing *p);

/** A request's first byte. */
void pair_request_byte(struct pairing *p);

/** A request has begun: opened, and current. @return GAVE_UP_NOT, or why it could not be. */
enum gave_up pair_request(struct pairing *p, moment time, enum http_version version);

/** An answer's head has begun, and is current. @param final  not informational. */
void pair_answer(struct pairing *p, moment time, enum http_version version, bool final);

/** An informational head has ended: another head is to come. */
void pair_informed(struct pairing *p);

/** The current message of this side has ended. */
void pair_done(struct pairing *p, enum side from, enum message_end how);

/** Whether the only request that is open asked for h2c, and what it was answered has not been read. */
bool pair_may_be_h2c(const struct pairing *p);

/** The exchange that is being answered, or is the only one to be, goes on elsewhere: its request is told as done, and
 * nothing more of it here.
 *  @return its thing, or NULL. */
void *pair_hand_over(struct pairing *p);

/** Something of this side is lost; its current message, if any, was ended before. */
void pair_lost(struct pairing *p, enum side from);

/** No more answers can be paired: what the server says is not understood any more. */
void pair_part(struct pairing *p);

/** The server's side has ended. */
void pair_no_answers(struct pairing *p);

/** All that is open is over: the connection ended, or changed its protocol. */
void pair_over(struct pairing *p, enum message_end how);

#endif

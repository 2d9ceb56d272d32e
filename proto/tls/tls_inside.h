/* Inside of a TLS connection: for tls.c (records), sealed.c (those that are), early.c (those before the handshake),
 * plain.c (what is read inside), dialogue.c (messages), presented.c (certificates) and resumption.c (sessions), and for
 * nobody else. */
#ifndef PROTO_TLS_TLS_INSIDE_H
#define PROTO_TLS_TLS_INSIDE_H

#include "proto/tls/handshake.h"
#include "proto/tls/hello.h"
#include "proto/tls/shape.h"
#include "proto/tls/tls.h"
#include "proto/tls/waiting.h"

/** Early data of TLS 1.3, which the client sends before it knows whether the server reads it. */
enum tls_early {
    TLS_EARLY_NONE, /* or nobody reads it */
    TLS_EARLY_OFFERED,
    TLS_EARLY_ACCEPTED,
    TLS_EARLY_UNKNOWN /* what would have said whether it is read was lost */
};

/** A session that the client offers to resume, and that was seen. */
struct tls_offer {
    bool found;
    struct tls_secret master;
    struct tls_kept kept;
};

/** Two identities of TLS 1.3, and what older versions resume. */
enum { TLS_OFFER_OLD = 2, TLS_OFFERS = 3 };

/** Of the handshake that goes on now; a renegotiation has its own. */
struct tls_dialogue {
    uint8_t session_id[2][TLS_HELLO_RANDOM], session_id_size[2]; /* by enum side */
    bool hello, answered;                                        /* ClientHello and ServerHello were read */
    bool full;                /* by the server's messages no session is resumed: its Certificate, ServerHelloDone */
    bool settled;             /* `facts.client` is: by the client's Certificate, or by the session that is resumed */
    bool ticket;              /* the client offers one of TLS 1.2 */
    bool retried;             /* the client begins anew, and goes on with the same */
    bool answers_later;       /* TLS 1.3: the client may be asked for a certificate behind the handshake */
    bool asked_again;         /* and was, having shown none: the reply is still to come */
    bool early_lost;          /* of the early data, as it was too much to be kept */
    uint8_t early;            /* enum tls_early */
    struct tls_offer *offers; /* TLS_OFFERS of them, until it is known what was taken; NULL: none was found */
};

struct tls_half {
    struct tls_handshake handshake;
    bool broken;   /* of this side's handshake messages some were lost: nothing follows from those that are missing */
    bool closed;   /* what it says from now on is not opened */
    bool lost;     /* plaintext may have been lost before there was anyone to tell */
    bool begun;    /* a record that may bear plaintext was opened */
    bool finished; /* before TLS 1.3: a sealed handshake record came behind the ChangeCipherSpec, which is Finished */
    bool anew;     /* and another, which is of a handshake anew */
    bool ended;
    uint8_t how;    /* enum stream_end */
    uint8_t bad;    /* records in a row that did not open */
    uint8_t proofs; /* asked for since one did */
};

struct tls {
    struct stream stream; /* what reassembly feeds */
    struct stream *records;
    struct stream *inside; /* who reads the plaintext; borrowed */
    struct tls_bench *bench;
    const struct tls_events *events;
    void *owner;
    struct tls_facts facts;
    struct tls_shape shape;
    struct tls_epochs epochs;
    struct tls_dialogue dialogue;
    struct tls_half half[2];
    struct tls_waiting waiting;
    struct address server;
    bool for_a_key;     /* what waits, waits for that; else the client's early data alone, for the server's answer */
    bool changed;       /* facts, since they were told last */
    uint8_t tried;      /* records without a hello that were tried with keys of the log */
    bool client_sealed; /* the client has sent application data: for those that stay closed */
};

static inline struct memory *tls_memory(const struct tls *t)
{
    return t->bench->locksmith.memory;
}

/** A fact of the connection. */
static inline void tls_note(struct tls *t, enum tls_sign what)
{
    tls_facts_sign(&t->facts, what);
    t->changed = true;
}

static inline void tls_say(struct tls *t, enum tls_text id, struct slice text)
{
    tls_facts_set(&t->facts, tls_memory(t), id, text);
    t->changed = true;
}

/** What a record bears, as it is in clear. */
void tls_bear(struct tls *t, enum side from, moment time, enum tls_content content, struct slice bytes);

/** Whether such a record of this side is sealed. */
bool tls_sealed_is(struct tls *t, enum side from, enum tls_content content);

/** Whether records may be opened: the hellos have said with what, or keys may still be found by trial. */
bool tls_sealed_may_open(const struct tls *t);

/** Who accepts an Encrypted ClientHello goes on with the one inside of it: the keys stand in the log under that one's
 *  random, and nobody has seen it. @return whether the client offers one, and keys are to be tried. */
bool tls_sealed_unname(struct tls *t);

/** The client begins a handshake anew that stays closed: it may show a certificate in it. */
void tls_sealed_note_anew(struct tls *t);

/** A sealed record is opened and borne, or waits. */
void tls_sealed_record(struct tls *t, enum side from, moment time, const uint8_t *header, struct slice content);

/** Of this side records were lost. @param header  of the one record; NULL: of none that is known. */
void tls_sealed_lost(struct tls *t, enum side from, moment time, enum tls_record_lost what, const uint8_t *header);

/** The side has ended, behind what waits. */
void tls_sealed_end(struct tls *t, enum side from, moment time, enum stream_end how);

/** Whether a record that is found in a search opens, and so is one. */
bool tls_sealed_proves(struct tls *t, enum side from, const uint8_t header[static TLS_RECORD_HEADER],
                       struct slice content);

/** Early data goes on, once the server has said whether it reads it. */
void tls_sealed_go_on(struct tls *t);

/** What waits for a key goes on, if there are all, or waits no longer. */
void tls_sealed_retry(struct tls *t, moment time);

/** Whether what this side seals may be early data, and nobody has said yet whether the server reads it. */
bool tls_early_waits(const struct tls *t, enum side from);

/** Whether what this side seals is early data that the server does not read. */
bool tls_early_goes_unread(const struct tls *t, enum side from);

/** What becomes of it was said, or nobody will say it: the client's records begin. */
void tls_early_begin(struct tls *t, moment time, enum tls_early early);

/** The server's messages are over, and none of them has said it. */
void tls_early_settle(struct tls *t, moment time);

/** Early data is missing that the server may have read. */
void tls_early_lose(struct tls *t, moment time);

/** The Certificate of this side; a CompressedCertificate; the server's CertificateRequest. */
void tls_presented_certificate(struct tls *t, enum side from, moment time, struct slice body);
void tls_presented_compressed(struct tls *t, enum side from, moment time, struct slice body);
void tls_presented_request(struct tls *t);

/** Plaintext of this side. */
void tls_plain_push(struct tls *t, enum side from, moment time, struct slice bytes);

/** Plaintext was lost. @param size  GAP_UNKNOWN: nobody knows how much. */
void tls_plain_gap(struct tls *t, enum side from, moment time, uint64_t size);

/** There will be no more of this side. */
void tls_plain_end(struct tls *t, enum side from, moment time, enum stream_end how);

/** The side's next handshake message. */
void tls_dialogue_message(struct tls *t, enum side from, moment time, const struct tls_message *m);

/** A ChangeCipherSpec before TLS 1.3. */
void tls_dialogue_change_cipher(struct tls *t, enum side from);

/** Handshake bytes of this side were lost. */
void tls_dialogue_lost(struct tls *t, enum side from);

/** What the lost hellos would have said was found by trial. */
void tls_dialogue_found(struct tls *t);

/** The epoch was left because a record of the next one opened. */
void tls_dialogue_skipped(struct tls *t, enum side from, moment time);

/** What the client offers to resume is looked up: which of it were seen. */
void tls_resumption_look_up(struct tls *t, const struct tls_client_hello *h);

/** The server resumes the offer at this place; TLS_OFFERS: one that is not kept. */
void tls_resumption_take(struct tls *t, enum tls_resumed by, unsigned place);

/** What a later handshake may resume under this name. */
void tls_resumption_keep(struct tls *t, enum tls_session_name by, struct slice name);

/** Wipes what was offered. */
void tls_resumption_release(struct tls_dialogue *d, struct memory *memory);

#endif

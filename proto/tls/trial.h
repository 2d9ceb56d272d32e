/* With what a connection is sealed whose hellos do not say so, because one of them was lost, or both, or the one that
 * counts stands encrypted in the ClientHello: by trial.
 *
 * A record that opens is the proof: no chance makes its tag. Without the ClientHello nobody knows the client random
 * that a key log names: the connections of the log are tried, those first that were logged nearest to the one whose
 * ClientHello was seen last: a log is written in the order of the connections. Without the ServerHello nobody knows the
 * suite: those of the secret's size are tried, the likeliest first. That hello has the server's random, too, so before
 * TLS 1.3 there are no keys without it. */
#ifndef PROTO_TLS_TRIAL_H
#define PROTO_TLS_TRIAL_H

#include "proto/tls/epoch.h"

/** Whether there is anything to try with: logged connections, this one among them where its client random is known. */
bool tls_trial_worth(const struct tls_epochs *e, const struct tls_locksmith *l);

/** What searches in vain may cost in bytes deciphered: two seconds of a processor, then a few times what it costs to
 *  follow a closed connection. */
#define TLS_TRIAL_DEBT_MOST (UINT64_C(4) << 30)

/** So many bytes of TLS came, of any connection. They pay for searches in vain: one takes milliseconds, and anybody can
 *  send what needs one. */
void tls_trial_earn(struct tls_locksmith *l, size_t bytes);

enum tls_trial {
    TLS_TRIAL_FOUND, /* client random, version and suite are known, and nothing else has changed */
    TLS_TRIAL_IN_VAIN,
    TLS_TRIAL_GAVE_UP, /* not all was tried: too much was in vain lately */
};

/** @param header, sealed  a record of that side.  @param out  TLS_RECORD_MAX bytes. */
enum tls_trial tls_trial_find(struct tls_epochs *e, struct tls_locksmith *l, enum side from,
                              const uint8_t header[static TLS_RECORD_HEADER], struct slice sealed, uint8_t *out);

#endif

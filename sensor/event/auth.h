/* The verdict on an exchange as it stands in a record: states, outcomes, and what they rest on: VERDICTS in
 * kapiwatch-events(5). detect/verdict decides; here are the words. */
#ifndef SENSOR_EVENT_AUTH_H
#define SENSOR_EVENT_AUTH_H

enum auth_state { AUTH_UNKNOWN, AUTH_ANONYMOUS, AUTH_CREDENTIALED, AUTH_REJECTED, AUTH_STATES };

/** State and outcome of a connection that was not judged: its exchanges were, or it is no TLS. Their name is "". */
enum { AUTH_NOT_JUDGED = 0xfe };

enum auth_outcome { OUTCOME_UNSEEN, OUTCOME_ACCEPTED, OUTCOME_FORBIDDEN, OUTCOME_REFUSED, AUTH_OUTCOMES };

enum auth_basis { BASIS_NONE, BASIS_OBSERVED, BASIS_INFERRED, AUTH_BASES };

/** What a verdict rests on; each a bit. */
enum auth_evidence {
    EVIDENCE_AUTHORIZATION,     /* the Authorization header */
    EVIDENCE_SUBPROTOCOL,       /* a token in Sec-WebSocket-Protocol */
    EVIDENCE_CERTIFICATE,       /* a client certificate */
    EVIDENCE_NO_CREDENTIAL,     /* a whole head without any */
    EVIDENCE_STATUS_USER,       /* the Status names the user */
    EVIDENCE_STATUS_CODE,       /* the answer's code */
    EVIDENCE_OPEN_PATH,         /* a path that is answered to everyone */
    EVIDENCE_ADDED_BEHIND,      /* answered as only an authenticated caller is: somebody behind adds a credential */
    EVIDENCE_HEAD_PARTLY_LOST,  /* why unknown */
    EVIDENCE_NO_ANSWER,         /* why unknown */
    EVIDENCE_ANSWER_UNREADABLE, /* why unknown: only its body could settle it */
    EVIDENCE_RELAYED,           /* why unknown, or less sure: a backend may have written the answer */
    EVIDENCE_CONTRADICTION,     /* two signs disagree */
    EVIDENCE_VALUE_ALONE,       /* a credential's value, under a name that is not known */
    EVIDENCE_TABLE_RECOVERED, /* less sure: fields of the head are inferred, of an HPACK table found again behind a gap
                               */
    EVIDENCE_NO_CERTIFICATE,  /* closed: no client certificate, by the sizes of the client's flight */
    EVIDENCE_EARLY_GOAWAY,    /* closed: a record of a GOAWAY's size before the first answer */
    EVIDENCE_SIZE_OF_401,     /* closed: an answer of that size */
    EVIDENCE_SIZE_OF_403,
    EVIDENCE_SIZE_OF_HEALTH,
    EVIDENCE_SIZE_OF_TOKEN, /* closed: the first request is as large as one with a token */
    EVIDENCE_REPEATED,      /* the source shows it again and again */
    EVIDENCE_HOLE,          /* why unknown: records were lost, or there were more than are kept */
    EVIDENCE_UNKNOWN_FIELD, /* why unknown, or less sure: a field that could be anything, or an unknown path or code */
    AUTH_EVIDENCE
};

/** As in the JSON: "credentialed", "no_credential" ...; "" for BASIS_NONE; "?" for what is none. */
const char *auth_state_name(unsigned state);
const char *auth_outcome_name(unsigned outcome);
const char *auth_basis_name(unsigned basis);
const char *auth_evidence_name(unsigned evidence);

#endif

/* A request, its answer, and what was known of the connection then.
 *
 * Told once: when the answer is over, or when its head is in and nothing can change the verdict any more (a watch), at
 * the latest TELL_AFTER behind the request head. flow/draft writes all but what is marked as the correlator's. */
#ifndef SENSOR_EVENT_EXCHANGE_H
#define SENSOR_EVENT_EXCHANGE_H

#include "sensor/event/event.h"

#define TELL_AFTER (INT64_C(30) * 1000 * 1000 * 1000)

/** How much of a head was read. */
enum seen { SEEN_NOT, SEEN_PART, SEEN_WHOLE };

/** Of the TLS connection that the request came over; on plaintext there is none on this hop. */
enum certificate { CERTIFICATE_UNKNOWN, CERTIFICATE_ABSENT, CERTIFICATE_PRESENTED };

/** What the verdict asks of an exchange; each a bit of `signs`. */
enum exchange_sign {
    SIGN_PLAINTEXT, /* no TLS on this hop: a certificate may have been left before it, a credential be added behind */
    SIGN_IMPERSONATES,      /* an Impersonate-* header: a Status names the impersonated user */
    SIGN_PROXIED,           /* a proxy subresource: a backend may have written the answer */
    SIGN_OPEN_PATH,         /* answered to everyone by default */
    SIGN_OPENED_PATH,       /* opened to everyone by many owners */
    SIGN_PROBE,             /* open to nobody, and what monitors ask, too */
    SIGN_FRONT_USER,        /* X-Remote-User */
    SIGN_FRONT_ANONYMOUS,   /* and it says system:anonymous */
    SIGN_WEBSOCKET,         /* the head asks for WebSocket */
    SIGN_WEBSOCKET_PERHAPS, /* it does as newer servers read it, and does not as older ones do */
    SIGN_KUBERNETES,        /* the answer is an API server's: Audit-Id, X-Kubernetes-Pf-*, or a Status body */
    SIGN_STATUS,            /* the body is a Status */
    SIGN_BACKEND,           /* the answer has a header that an API server does not write: Server, WWW-Authenticate */
    SIGN_IMPERSONATION_REFUSED, /* the Status refuses the Impersonate header itself */
    SIGN_UNKNOWN_FIELD,         /* a field of the request's head may be anything, the credential too */
    SIGN_UNKNOWN_NAME,          /* one has a value that is no credential, and may be an Impersonate-* header */
    SIGN_VALUE_ALONE,           /* the credential is the value of a field of unknown name */
    SIGN_TABLE_RECOVERED,       /* fields of the request's head are inferred: proto/http/hpack_recovery.h */
    SIGN_ADDED,                 /* a path of an API group that another server may serve */
    SIGN_ADMITTED,              /* X-Kubernetes-Pf-*: the server took it further than authentication */
    SIGN_NODE,                  /* a log, exec, attach or port forward: a kubelet may have written the answer */
    SIGN_TIMEOUT_BAD,           /* the query has a timeout that is none */
    SIGN_OWN_401,               /* the Status is one that an API server writes into its own 401 */
    SIGN_OTHER_401,             /* it is of a 401 that the server was answered itself */
    EXCHANGE_SIGNS
};

/** Who reset the stream of HTTP/2. */
enum { RESET_BY_NOBODY, RESET_BY_CLIENT, RESET_BY_SERVER };

/** Why a request without a credential is no matter for a finding: "What is ordinary" in kapiwatch-rules(5). */
enum ordinary {
    ORDINARY_NOT,
    ORDINARY_EXPECTED,      /* a source that is configured to be anonymous there, on open paths */
    ORDINARY_REGULAR,       /* open paths and nothing else, with a regular period */
    ORDINARY_JOIN,          /* how a node that joins finds its cluster */
    ORDINARY_MISCONFIGURED, /* a component of the cluster that lost its credential: a finding of its own */
    ORDINARIES
};

/** Whether other clients stand behind the source's address. */
enum front {
    FRONT_NOT,
    FRONT_CONFIGURED, /* it asks for itself, or is the client that it named */
    FRONT_SUSPECTED,
    FRONT_UNNAMED, /* a configured one: whom it asks for stands in what was lost */
    FRONTS
};

/** Of an exchange's source, within the window so far, this exchange among it. */
struct source_counts {
    uint32_t anonymous;                   /* exchanges without a credential */
    uint32_t rejected;                    /* exchanges answered 401 */
    uint32_t forbidden;                   /* of the anonymous: answered 403 */
    uint32_t open_paths, resources;       /* of the anonymous: of open paths, of resources and discovery */
    uint32_t clusters, endpoints, agents; /* different ones */
    uint32_t credentials;                 /* that were answered 401, different ones, as far as SOURCE_CREDENTIALS */
};

/** The first members are those of a struct flow_record: a row of the field table stands for both. */
struct exchange {
    struct event event;
    uint32_t auth_evidence;                                        /* the correlator's, as the next ten */
    uint8_t auth_state, auth_outcome, auth_basis, auth_confidence; /* confidence in percent */
    uint8_t front;                                                 /* enum front */
    uint8_t ordinary;                                              /* enum ordinary */
    uint8_t plaintext, impersonation_refused;                      /* those signs, for rules */
    uint8_t twin;                /* it was seen on its way to whoever relays it, and counts there */
    uint8_t placed;              /* a configured front named the client, who is now event.client; see `peer` */
    uint8_t certificate_expired; /* not the correlator's: the client's certificate was not valid at that time */
    uint64_t request_bytes, response_bytes; /* of the bodies, as far as told */
    uint64_t digest;               /* of the credential; 0: none. The credential itself is never written here */
    uint32_t marks;                /* 1 << enum http_mark */
    uint32_t signs;                /* 1 << enum exchange_sign */
    uint32_t stream_id;            /* HTTP/2; 0: it is none */
    uint16_t status;               /* 0: none */
    uint8_t version;               /* enum http_version */
    uint8_t complete;              /* both sides ended as they should */
    uint8_t request, answer;       /* enum seen; of an answer the whole only where the names of all fields are known */
    uint8_t reset_error;           /* HTTP/2: of the RST_STREAM that ended it, as proto/http/http2_error.h keeps it */
    uint8_t reset_by;              /* RESET_BY_... */
    uint8_t audit_id_basis;        /* enum auth_basis: BASIS_INFERRED, or 0 */
    uint8_t certificate;           /* enum certificate */
    uint8_t auth_kind;             /* enum credential_kind of proto/kube/credential.h */
    uint8_t path_kind, agent_form; /* enums of proto/kube */
    struct text method, target, host, agent, via, audit_id;
    struct text connect_protocol; /* :protocol, of an extended CONNECT (RFC 8441) */
    struct text path;             /* of the target: a part of it, but for one with escapes */
    struct text verb, group, api_version, resource, subresource, name_space, name;
    struct text reason, status_user;
    struct text jwt_issuer, jwt_subject;              /* claimed */
    struct text certificate_user, certificate_groups; /* of the client's certificate: CN, O */
    /* the correlator's */
    struct text user, groups;
    uint8_t peer[16]; /* `placed`: the front itself, whose port event.client still has */
    struct source_counts source;
    struct text provider; /* of the cluster, as configured */
};

/** Begins a record in `room`, all absent. */
struct exchange *exchange_begin(struct event_room *room);

static inline bool exchange_has(const struct exchange *x, enum exchange_sign sign)
{
    return x->signs >> sign & 1;
}

/** Names for the field table, of enums of proto/; "?" for what is none. */
const char *exchange_version_name(unsigned version); /* "HTTP/1.0", "HTTP/1.1", "HTTP/2"; "": unknown */
const char *exchange_mark_name(unsigned mark);
const char *exchange_reset_by_name(unsigned by); /* "client", "server"; "": nobody */
const char *exchange_path_kind_name(unsigned kind);
const char *exchange_agent_name(unsigned form);
const char *exchange_credential_name(unsigned kind);
const char *exchange_ordinary_name(unsigned ordinary); /* "expected", ...; "": ORDINARY_NOT */
const char *exchange_front_name(unsigned front);       /* "configured", "suspected", "unnamed"; "": FRONT_NOT */

#endif

#include "sensor/detect/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/kube/credential.h"
#include "proto/kube/request.h"
#include "sensor/event/auth.h"
#include "sensor/event/field.h"

#define SIGN(s)   (1U << SIGN_##s)
#define GROUND(e) (UINT32_C(1) << EVIDENCE_##e)

/* What a record says, in short. Certificates and a row's other zeros are those of the enums. */
struct facts {
    enum seen request, answer;
    enum credential_kind kind;
    unsigned signs;
    uint16_t status;
    enum certificate certificate;
    enum path_kind path_kind;
    bool no_target;
    const char *method; /* NULL: GET */
    const char *reason, *status_user, *jwt_subject;
    const char *verb, *subresource; /* no verb: get */
    const char *certificate_user;   /* of groups GROUPS */
};

static const char GROUPS[] = "makers,readers", MEMBER[] = "makers,readers,system:authenticated";

static struct exchange *record(struct event_room *room, const struct facts *f)
{
    struct exchange *x = exchange_begin(room);
    x->request = (uint8_t)f->request;
    x->answer = (uint8_t)f->answer;
    x->auth_kind = (uint8_t)f->kind;
    x->signs = f->signs;
    x->status = f->status;
    x->certificate = (uint8_t)f->certificate;
    x->path_kind = (uint8_t)f->path_kind;
    if (f->request != SEEN_NOT && !f->no_target) {
        x->method = event_add_text(&x->event, slice_of(f->method ? f->method : "GET"), 64);
        x->target = event_add_text(&x->event, slice_of("/api/v1/pods"), 128);
        x->verb = event_add_text(&x->event, slice_of(f->verb ? f->verb : "get"), 64);
        x->subresource = event_add_text(&x->event, slice_of(f->subresource ? f->subresource : ""), 64);
    }
    x->reason = event_add_text(&x->event, slice_of(f->reason ? f->reason : ""), 64);
    x->status_user = event_add_text(&x->event, slice_of(f->status_user ? f->status_user : ""), 64);
    x->jwt_subject = event_add_text(&x->event, slice_of(f->jwt_subject ? f->jwt_subject : ""), 64);
    if (f->certificate_user) {
        x->certificate_user = event_add_text(&x->event, slice_of(f->certificate_user), 64);
        x->certificate_groups = event_add_text(&x->event, slice_of(GROUPS), 64);
    }
    return x;
}

struct row {
    const char *what;
    struct facts facts;
    enum auth_state state;
    enum auth_outcome outcome;
    enum auth_basis basis;
    uint32_t evidence; /* exactly these */
};

#define FACTS(request_, answer_, kind_, signs_, status_, ...)                                                          \
    {                                                                                                                  \
        .request = SEEN_##request_, .answer = SEEN_##answer_, .kind = CREDENTIAL_##kind_, .signs = signs_,             \
        .status = status_, __VA_ARGS__                                                                                 \
    }
#define PLAIN          SIGN(PLAINTEXT)
#define KUBE           SIGN(PLAINTEXT) | SIGN(KUBERNETES)
#define OWN_401        SIGN(STATUS) | SIGN(OWN_401)
#define SAYS_ANONYMOUS SIGN(FRONT_USER) | SIGN(FRONT_ANONYMOUS)
#define ANON           "system:anonymous"

/* Of a request on plaintext, unless it says otherwise. */
static const struct row ROWS[] = {
    /* Presented. */
    {"a token, answered", FACTS(WHOLE, WHOLE, BEARER, KUBE, 200), AUTH_CREDENTIALED, OUTCOME_ACCEPTED, BASIS_OBSERVED,
     GROUND(AUTHORIZATION)},
    {"a token, forbidden", FACTS(WHOLE, WHOLE, JWT, KUBE, 403), AUTH_CREDENTIALED, OUTCOME_FORBIDDEN, BASIS_OBSERVED,
     GROUND(AUTHORIZATION)},
    {"a token, not an API server", FACTS(WHOLE, WHOLE, BEARER, PLAIN, 200), AUTH_CREDENTIALED, OUTCOME_ACCEPTED,
     BASIS_OBSERVED, GROUND(AUTHORIZATION)},
    {"a token, no answer", FACTS(WHOLE, NOT, BEARER, PLAIN, 0), AUTH_UNKNOWN, OUTCOME_UNSEEN, BASIS_NONE,
     GROUND(NO_ANSWER)},
    {"a token, refused", FACTS(WHOLE, WHOLE, BEARER, KUBE, 401), AUTH_REJECTED, OUTCOME_REFUSED, BASIS_OBSERVED,
     GROUND(STATUS_CODE) | GROUND(AUTHORIZATION)},
    {"a token, malformed request", FACTS(WHOLE, WHOLE, BEARER, PLAIN, 400), AUTH_UNKNOWN, OUTCOME_ACCEPTED, BASIS_NONE,
     GROUND(STATUS_CODE)},
    {"a token, bad parameters", FACTS(WHOLE, WHOLE, BEARER, KUBE, 400), AUTH_CREDENTIALED, OUTCOME_ACCEPTED,
     BASIS_OBSERVED, GROUND(AUTHORIZATION)},
    {"a token, a bad timeout", FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(STATUS) | SIGN(TIMEOUT_BAD), 400), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(STATUS_CODE)},
    {"a token, admitted", FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(ADMITTED) | SIGN(TIMEOUT_BAD), 400),
     AUTH_CREDENTIALED, OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(AUTHORIZATION)},
    {"a token, a browser's question", FACTS(WHOLE, WHOLE, BEARER, KUBE, 204, .method = "OPTIONS"), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(STATUS_CODE)},
    {"a token, a path without a verb", FACTS(WHOLE, WHOLE, BEARER, PLAIN, 500, .path_kind = PATH_ERROR), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(STATUS_CODE)},
    {"a token that the Status contradicts", FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(STATUS), 403, .status_user = ANON),
     AUTH_CREDENTIALED, OUTCOME_FORBIDDEN, BASIS_OBSERVED,
     GROUND(AUTHORIZATION) | GROUND(STATUS_USER) | GROUND(CONTRADICTION)},
    {"a token, impersonating nobody",
     FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(STATUS) | SIGN(IMPERSONATES), 403, .status_user = ANON), AUTH_CREDENTIALED,
     OUTCOME_FORBIDDEN, BASIS_OBSERVED, GROUND(AUTHORIZATION)},
    {"a token in a subprotocol", FACTS(WHOLE, WHOLE, WEBSOCKET, PLAIN | SIGN(WEBSOCKET), 101), AUTH_CREDENTIALED,
     OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(SUBPROTOCOL)},
    {"and WebSocket asked for as not all read it",
     FACTS(WHOLE, WHOLE, WEBSOCKET, KUBE | SIGN(WEBSOCKET_PERHAPS) | SIGN(OPEN_PATH), 200), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(SUBPROTOCOL)},
    {"and a Status that says that this one did not",
     FACTS(WHOLE, WHOLE, WEBSOCKET, KUBE | SIGN(WEBSOCKET_PERHAPS) | SIGN(STATUS), 403, .status_user = ANON),
     AUTH_ANONYMOUS, OUTCOME_FORBIDDEN, BASIS_OBSERVED, GROUND(STATUS_USER) | GROUND(SUBPROTOCOL)},
    {"and one that says that it did",
     FACTS(WHOLE, WHOLE, WEBSOCKET, KUBE | SIGN(WEBSOCKET_PERHAPS) | SIGN(STATUS), 403, .status_user = "jo"),
     AUTH_CREDENTIALED, OUTCOME_FORBIDDEN, BASIS_INFERRED, GROUND(STATUS_USER) | GROUND(SUBPROTOCOL)},
    {"and no WebSocket asked for", FACTS(WHOLE, WHOLE, WEBSOCKET, KUBE | SIGN(STATUS), 403, .status_user = ANON),
     AUTH_ANONYMOUS, OUTCOME_FORBIDDEN, BASIS_OBSERVED, GROUND(STATUS_USER) | GROUND(NO_CREDENTIAL)},
    /* Nothing that counts, and a Status that names the caller. */
    {"none, named anonymous", FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(STATUS), 403, .status_user = ANON), AUTH_ANONYMOUS,
     OUTCOME_FORBIDDEN, BASIS_OBSERVED, GROUND(STATUS_USER) | GROUND(NO_CREDENTIAL)},
    {"Basic, named anonymous", FACTS(WHOLE, WHOLE, BASIC, KUBE | SIGN(STATUS), 403, .status_user = ANON),
     AUTH_ANONYMOUS, OUTCOME_FORBIDDEN, BASIS_OBSERVED, GROUND(STATUS_USER) | GROUND(NO_CREDENTIAL)},
    {"X-Remote-User alone, named anonymous",
     FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(STATUS) | SIGN(FRONT_USER), 403, .status_user = ANON), AUTH_ANONYMOUS,
     OUTCOME_FORBIDDEN, BASIS_OBSERVED, GROUND(STATUS_USER) | GROUND(NO_CREDENTIAL)},
    {"none, named somebody", FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(STATUS), 403, .status_user = "jo"),
     AUTH_CREDENTIALED, OUTCOME_FORBIDDEN, BASIS_INFERRED,
     GROUND(STATUS_USER) | GROUND(NO_CREDENTIAL) | GROUND(ADDED_BEHIND)},
    {"none, the impersonated named",
     FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(STATUS) | SIGN(IMPERSONATES), 403, .status_user = ANON), AUTH_UNKNOWN,
     OUTCOME_FORBIDDEN, BASIS_NONE, GROUND(ANSWER_UNREADABLE)},
    {"none, impersonation refused",
     FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(STATUS) | SIGN(IMPERSONATES) | SIGN(IMPERSONATION_REFUSED), 403,
           .status_user = ANON),
     AUTH_ANONYMOUS, OUTCOME_FORBIDDEN, BASIS_OBSERVED, GROUND(STATUS_USER) | GROUND(NO_CREDENTIAL)},
    {"none, a backend names somebody",
     FACTS(WHOLE, WHOLE, NONE, PLAIN | SIGN(STATUS) | SIGN(PROXIED), 403, .status_user = ANON), AUTH_UNKNOWN,
     OUTCOME_FORBIDDEN, BASIS_NONE, GROUND(RELAYED)},
    {"none, the Status not readable", FACTS(WHOLE, WHOLE, NONE, KUBE, 403), AUTH_UNKNOWN, OUTCOME_FORBIDDEN, BASIS_NONE,
     GROUND(ANSWER_UNREADABLE)},
    /* Nothing that counts, and what was answered. */
    {"none, an open path", FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(OPEN_PATH), 200), AUTH_ANONYMOUS, OUTCOME_ACCEPTED,
     BASIS_INFERRED, GROUND(NO_CREDENTIAL) | GROUND(OPEN_PATH)},
    {"none, an open path, sent elsewhere", FACTS(WHOLE, WHOLE, NONE, PLAIN | SIGN(OPEN_PATH), 301), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(ANSWER_UNREADABLE)},
    {"none, an open path, unchanged", FACTS(WHOLE, WHOLE, NONE, PLAIN | SIGN(OPEN_PATH), 304), AUTH_ANONYMOUS,
     OUTCOME_ACCEPTED, BASIS_INFERRED, GROUND(NO_CREDENTIAL) | GROUND(OPEN_PATH)},
    {"none, an open path, impersonating", FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(OPEN_PATH) | SIGN(IMPERSONATES), 200),
     AUTH_CREDENTIALED, OUTCOME_ACCEPTED, BASIS_INFERRED,
     GROUND(NO_CREDENTIAL) | GROUND(STATUS_CODE) | GROUND(ADDED_BEHIND)},
    {"none, a path that some open", FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(OPENED_PATH), 200), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(OPEN_PATH)},
    {"none, protected data", FACTS(WHOLE, WHOLE, NONE, KUBE, 200), AUTH_CREDENTIALED, OUTCOME_ACCEPTED, BASIS_INFERRED,
     GROUND(NO_CREDENTIAL) | GROUND(STATUS_CODE) | GROUND(ADDED_BEHIND)},
    {"none, a browser's question before its request", FACTS(WHOLE, WHOLE, NONE, KUBE, 200, .method = "OPTIONS"),
     AUTH_UNKNOWN, OUTCOME_ACCEPTED, BASIS_NONE, GROUND(OPEN_PATH)},
    {"none, protected data missing", FACTS(WHOLE, WHOLE, NONE, KUBE, 404), AUTH_CREDENTIALED, OUTCOME_ACCEPTED,
     BASIS_INFERRED, GROUND(NO_CREDENTIAL) | GROUND(STATUS_CODE) | GROUND(ADDED_BEHIND)},
    {"none, a backend's page missing", FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(PROXIED), 404), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(RELAYED)},
    {"none, a web site", FACTS(WHOLE, WHOLE, NONE, PLAIN, 200), AUTH_UNKNOWN, OUTCOME_ACCEPTED, BASIS_NONE,
     GROUND(ANSWER_UNREADABLE)},
    {"none, a web site's missing page", FACTS(WHOLE, WHOLE, NONE, PLAIN, 404), AUTH_UNKNOWN, OUTCOME_ACCEPTED,
     BASIS_NONE, GROUND(ANSWER_UNREADABLE)},
    {"none, redirected", FACTS(WHOLE, WHOLE, NONE, KUBE, 301), AUTH_UNKNOWN, OUTCOME_ACCEPTED, BASIS_NONE,
     GROUND(ANSWER_UNREADABLE)},
    {"none, malformed", FACTS(WHOLE, WHOLE, NONE, PLAIN, 400), AUTH_UNKNOWN, OUTCOME_ACCEPTED, BASIS_NONE,
     GROUND(STATUS_CODE)},
    {"none, too many", FACTS(WHOLE, WHOLE, NONE, KUBE, 429), AUTH_UNKNOWN, OUTCOME_ACCEPTED, BASIS_NONE,
     GROUND(STATUS_CODE)},
    {"none, refused", FACTS(WHOLE, WHOLE, NONE, KUBE, 401), AUTH_REJECTED, OUTCOME_REFUSED, BASIS_OBSERVED,
     GROUND(STATUS_CODE)},
    {"none, no answer", FACTS(WHOLE, NOT, NONE, PLAIN, 0), AUTH_UNKNOWN, OUTCOME_UNSEEN, BASIS_NONE, GROUND(NO_ANSWER)},
    /* A 401 behind a proxy subresource. */
    {"a token, the server's own 401, or one just like it",
     FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(PROXIED) | OWN_401, 401, .reason = "Unauthorized"), AUTH_REJECTED,
     OUTCOME_REFUSED, BASIS_INFERRED, GROUND(STATUS_CODE) | GROUND(AUTHORIZATION) | GROUND(RELAYED)},
    {"a token, a relayed 401", FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(PROXIED) | SIGN(BACKEND), 401),
     AUTH_CREDENTIALED, OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(AUTHORIZATION)},
    {"a token, a forged Status with a backend's header",
     FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(PROXIED) | OWN_401 | SIGN(BACKEND), 401, .reason = "Unauthorized"),
     AUTH_CREDENTIALED, OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(AUTHORIZATION)},
    {"a token, whose 401 is not seen", FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(PROXIED), 401), AUTH_UNKNOWN,
     OUTCOME_UNSEEN, BASIS_NONE, GROUND(RELAYED)},
    {"a token, a 401 whose Status was asked of another",
     FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(PROXIED) | SIGN(STATUS) | SIGN(OTHER_401), 401, .reason = "Unauthorized"),
     AUTH_CREDENTIALED, OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(AUTHORIZATION)},
    /* A kubelet's, which lets the server in no more: a log is a Status, exec and its kin are text. */
    {"a token, a log that the kubelet refused",
     FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(NODE) | SIGN(STATUS) | SIGN(OTHER_401), 401, .reason = "Unauthorized"),
     AUTH_CREDENTIALED, OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(AUTHORIZATION)},
    {"a token, an exec that the kubelet may have refused", FACTS(WHOLE, WHOLE, BEARER, PLAIN | SIGN(NODE), 401),
     AUTH_UNKNOWN, OUTCOME_UNSEEN, BASIS_NONE, GROUND(RELAYED)},
    {"a token, an exec that the server refused",
     FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(NODE) | OWN_401, 401, .reason = "Unauthorized"), AUTH_REJECTED,
     OUTCOME_REFUSED, BASIS_OBSERVED, GROUND(STATUS_CODE) | GROUND(AUTHORIZATION)},
    {"TLS, no certificate, a log that the kubelet refused",
     FACTS(WHOLE, WHOLE, NONE, SIGN(KUBERNETES) | SIGN(NODE) | SIGN(STATUS) | SIGN(OTHER_401), 401,
           .certificate = CERTIFICATE_ABSENT),
     AUTH_ANONYMOUS, OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(NO_CREDENTIAL)},
    /* An aggregated API server's. */
    {"a token, a 401 from behind priority and fairness",
     FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(ADMITTED) | OWN_401, 401, .reason = "Unauthorized"), AUTH_CREDENTIALED,
     OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(AUTHORIZATION)},
    {"the same behind a proxy subresource",
     FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(PROXIED) | SIGN(ADMITTED) | OWN_401, 401, .reason = "Unauthorized"),
     AUTH_CREDENTIALED, OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(AUTHORIZATION)},
    {"the same, whose path is not known",
     FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(ADMITTED) | OWN_401, 401, .reason = "Unauthorized", .no_target = true),
     AUTH_UNKNOWN, OUTCOME_UNSEEN, BASIS_NONE, GROUND(RELAYED)},
    {"a token, a 401 where there may be one, partly seen",
     FACTS(WHOLE, PART, BEARER, KUBE | SIGN(ADDED) | OWN_401, 401, .reason = "Unauthorized"), AUTH_UNKNOWN,
     OUTCOME_UNSEEN, BASIS_NONE, GROUND(RELAYED)},
    {"and wholly, without", FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(ADDED), 401), AUTH_REJECTED, OUTCOME_REFUSED,
     BASIS_OBSERVED, GROUND(STATUS_CODE) | GROUND(AUTHORIZATION)},
    {"a watch, of which old servers do not tell",
     FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(ADDED) | SIGN(STATUS), 401, .reason = "Unauthorized", .verb = "watch"),
     AUTH_REJECTED, OUTCOME_REFUSED, BASIS_INFERRED, GROUND(STATUS_CODE) | GROUND(AUTHORIZATION) | GROUND(RELAYED)},
    {"what may be one, because its options are not known",
     FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(ADDED), 401, .verb = ""), AUTH_REJECTED, OUTCOME_REFUSED, BASIS_INFERRED,
     GROUND(STATUS_CODE) | GROUND(RELAYED)},
    {"a stream, of which no server tells",
     FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(ADDED), 401, .subresource = "portforward"), AUTH_REJECTED, OUTCOME_REFUSED,
     BASIS_INFERRED, GROUND(STATUS_CODE) | GROUND(AUTHORIZATION) | GROUND(RELAYED)},
    {"a watch of what the server itself serves", FACTS(WHOLE, WHOLE, BEARER, KUBE, 401, .verb = "watch"), AUTH_REJECTED,
     OUTCOME_REFUSED, BASIS_OBSERVED, GROUND(STATUS_CODE) | GROUND(AUTHORIZATION)},
    {"a watch that a newer server tells of",
     FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(ADDED) | SIGN(ADMITTED), 401, .verb = "watch"), AUTH_CREDENTIALED,
     OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(AUTHORIZATION)},
    {"none, inside of TLS, the same",
     FACTS(WHOLE, WHOLE, NONE, SIGN(KUBERNETES) | SIGN(ADMITTED), 401, .certificate = CERTIFICATE_ABSENT),
     AUTH_ANONYMOUS, OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(NO_CREDENTIAL)},
    {"none, a relayed 401", FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(PROXIED) | SIGN(BACKEND), 401), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(RELAYED)},
    /* Not all seen. */
    {"part of a head without its path, a relayed 401",
     FACTS(PART, WHOLE, NONE, KUBE | SIGN(BACKEND), 401, .no_target = true), AUTH_UNKNOWN, OUTCOME_UNSEEN, BASIS_NONE,
     GROUND(RELAYED)},
    {"part of a head, refused", FACTS(PART, WHOLE, NONE, KUBE, 401), AUTH_REJECTED, OUTCOME_REFUSED, BASIS_OBSERVED,
     GROUND(STATUS_CODE)},
    {"part of a head, named", FACTS(PART, WHOLE, NONE, KUBE | SIGN(STATUS), 403, .status_user = ANON), AUTH_UNKNOWN,
     OUTCOME_FORBIDDEN, BASIS_NONE, GROUND(HEAD_PARTLY_LOST)},
    {"part of a head, a token", FACTS(PART, WHOLE, BEARER, KUBE, 200), AUTH_UNKNOWN, OUTCOME_ACCEPTED, BASIS_NONE,
     GROUND(HEAD_PARTLY_LOST)},
    {"an answer alone: 401 and a Status", FACTS(NOT, WHOLE, NONE, KUBE | OWN_401, 401, .reason = "Unauthorized"),
     AUTH_REJECTED, OUTCOME_REFUSED, BASIS_OBSERVED, GROUND(STATUS_CODE)},
    {"an answer alone: 401 and a Status of another",
     FACTS(NOT, WHOLE, NONE, KUBE | SIGN(STATUS) | SIGN(OTHER_401), 401, .reason = "Unauthorized"), AUTH_UNKNOWN,
     OUTCOME_UNSEEN, BASIS_NONE, GROUND(RELAYED)},
    {"an answer alone: 401, body lost", FACTS(NOT, WHOLE, NONE, KUBE, 401), AUTH_UNKNOWN, OUTCOME_UNSEEN, BASIS_NONE,
     GROUND(RELAYED)},
    {"an answer alone: part of the head of a 401",
     FACTS(NOT, PART, NONE, KUBE | OWN_401, 401, .reason = "Unauthorized"), AUTH_UNKNOWN, OUTCOME_UNSEEN, BASIS_NONE,
     GROUND(RELAYED)},
    {"an answer alone: a backend's 401", FACTS(NOT, WHOLE, NONE, PLAIN | SIGN(BACKEND), 401), AUTH_UNKNOWN,
     OUTCOME_UNSEEN, BASIS_NONE, GROUND(RELAYED)},
    {"an answer alone: 403, named", FACTS(NOT, WHOLE, NONE, KUBE | SIGN(STATUS), 403, .status_user = ANON),
     AUTH_UNKNOWN, OUTCOME_FORBIDDEN, BASIS_NONE, GROUND(HEAD_PARTLY_LOST)},
    {"an answer alone: 200", FACTS(NOT, WHOLE, NONE, KUBE, 200), AUTH_UNKNOWN, OUTCOME_ACCEPTED, BASIS_NONE,
     GROUND(HEAD_PARTLY_LOST)},
    /* HTTP/2, joined late: fields that are not wholly known. */
    {"a token, and a field that may be anything", FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(UNKNOWN_FIELD), 200),
     AUTH_CREDENTIALED, OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(AUTHORIZATION) | GROUND(UNKNOWN_FIELD)},
    {"a token's value under an unknown name", FACTS(WHOLE, PART, JWT, KUBE | SIGN(VALUE_ALONE), 200), AUTH_CREDENTIALED,
     OUTCOME_ACCEPTED, BASIS_INFERRED, GROUND(VALUE_ALONE)},
    /* Fields that were inferred. */
    {"a token of a table found again", FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(TABLE_RECOVERED), 200),
     AUTH_CREDENTIALED, OUTCOME_ACCEPTED, BASIS_INFERRED, GROUND(AUTHORIZATION) | GROUND(TABLE_RECOVERED)},
    {"none, in a table found again",
     FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(STATUS) | SIGN(TABLE_RECOVERED), 403, .status_user = ANON), AUTH_UNKNOWN,
     OUTCOME_FORBIDDEN, BASIS_NONE, GROUND(TABLE_RECOVERED)},
    {"refused, in a table found again", FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(TABLE_RECOVERED), 401), AUTH_REJECTED,
     OUTCOME_REFUSED, BASIS_OBSERVED, GROUND(STATUS_CODE) | GROUND(AUTHORIZATION) | GROUND(TABLE_RECOVERED)},
    {"such a value, refused", FACTS(WHOLE, PART, JWT, KUBE | SIGN(VALUE_ALONE), 401), AUTH_REJECTED, OUTCOME_REFUSED,
     BASIS_OBSERVED, GROUND(STATUS_CODE) | GROUND(VALUE_ALONE)},
    {"a field that may be anything, refused", FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(UNKNOWN_FIELD), 401), AUTH_REJECTED,
     OUTCOME_REFUSED, BASIS_OBSERVED, GROUND(STATUS_CODE)},
    {"one, forbidden", FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(UNKNOWN_FIELD), 403), AUTH_UNKNOWN, OUTCOME_FORBIDDEN,
     BASIS_NONE, GROUND(UNKNOWN_FIELD)},
    {"one, named anonymous: whom it impersonates, perhaps",
     FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(STATUS) | SIGN(UNKNOWN_FIELD), 403, .status_user = ANON), AUTH_UNKNOWN,
     OUTCOME_FORBIDDEN, BASIS_NONE, GROUND(UNKNOWN_FIELD)},
    {"one, named somebody",
     FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(STATUS) | SIGN(UNKNOWN_FIELD), 403, .status_user = "jo"), AUTH_UNKNOWN,
     OUTCOME_FORBIDDEN, BASIS_NONE, GROUND(UNKNOWN_FIELD)},
    {"one, on an open path", FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(OPEN_PATH) | SIGN(UNKNOWN_FIELD), 200), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(UNKNOWN_FIELD)},
    {"one, protected data", FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(UNKNOWN_FIELD), 200), AUTH_UNKNOWN, OUTCOME_ACCEPTED,
     BASIS_NONE, GROUND(UNKNOWN_FIELD)},
    {"an unknown name, named anonymous",
     FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(STATUS) | SIGN(UNKNOWN_NAME), 403, .status_user = ANON), AUTH_UNKNOWN,
     OUTCOME_FORBIDDEN, BASIS_NONE, GROUND(UNKNOWN_FIELD)},
    {"an unknown name, impersonation refused",
     FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(STATUS) | SIGN(UNKNOWN_NAME) | SIGN(IMPERSONATION_REFUSED), 403,
           .status_user = ANON),
     AUTH_ANONYMOUS, OUTCOME_FORBIDDEN, BASIS_OBSERVED, GROUND(STATUS_USER) | GROUND(NO_CREDENTIAL)},
    {"an unknown name, on an open path", FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(OPEN_PATH) | SIGN(UNKNOWN_NAME), 200),
     AUTH_UNKNOWN, OUTCOME_ACCEPTED, BASIS_NONE, GROUND(UNKNOWN_FIELD)},
    {"an unknown name, protected data", FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(UNKNOWN_NAME), 200), AUTH_CREDENTIALED,
     OUTCOME_ACCEPTED, BASIS_INFERRED, GROUND(NO_CREDENTIAL) | GROUND(STATUS_CODE) | GROUND(ADDED_BEHIND)},
    {"a path that is not known, a token", FACTS(WHOLE, WHOLE, BEARER, KUBE, 200, .no_target = true), AUTH_CREDENTIALED,
     OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(AUTHORIZATION)},
    {"and an error that such a path may make", FACTS(WHOLE, WHOLE, BEARER, KUBE, 500, .no_target = true), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(UNKNOWN_FIELD)},
    {"a path that is not known, none, named anonymous",
     FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(STATUS), 403, .no_target = true, .status_user = ANON), AUTH_UNKNOWN,
     OUTCOME_FORBIDDEN, BASIS_NONE, GROUND(UNKNOWN_FIELD)},
    {"a path that is not known, none, data", FACTS(WHOLE, WHOLE, NONE, KUBE, 200, .no_target = true), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(UNKNOWN_FIELD)},
    {"a path that is not known, 401 and no Status", FACTS(WHOLE, WHOLE, BEARER, KUBE, 401, .no_target = true),
     AUTH_UNKNOWN, OUTCOME_UNSEEN, BASIS_NONE, GROUND(RELAYED)},
    {"a code that is not known", FACTS(WHOLE, PART, BEARER, KUBE, 0), AUTH_UNKNOWN, OUTCOME_UNSEEN, BASIS_NONE,
     GROUND(UNKNOWN_FIELD)},
    {"TLS, no certificate, a field that may be anything",
     FACTS(WHOLE, WHOLE, NONE, SIGN(UNKNOWN_FIELD), 200, .certificate = CERTIFICATE_ABSENT), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(UNKNOWN_FIELD)},
    {"TLS, no certificate, an unknown name that is no credential",
     FACTS(WHOLE, WHOLE, NONE, SIGN(UNKNOWN_NAME), 200, .certificate = CERTIFICATE_ABSENT), AUTH_ANONYMOUS,
     OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(NO_CREDENTIAL)},
    {"TLS, a certificate, a field that may be a front's",
     FACTS(WHOLE, WHOLE, NONE, SIGN(UNKNOWN_FIELD), 200, .certificate = CERTIFICATE_PRESENTED), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(UNKNOWN_FIELD)},
    /* Inside of TLS. */
    {"TLS, no certificate", FACTS(WHOLE, WHOLE, NONE, SIGN(KUBERNETES), 404, .certificate = CERTIFICATE_ABSENT),
     AUTH_ANONYMOUS, OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(NO_CREDENTIAL)},
    {"TLS, no certificate, a relayed 401",
     FACTS(WHOLE, WHOLE, NONE, SIGN(PROXIED) | SIGN(BACKEND), 401, .certificate = CERTIFICATE_ABSENT), AUTH_ANONYMOUS,
     OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(NO_CREDENTIAL)},
    {"TLS, no certificate, a token",
     FACTS(WHOLE, WHOLE, BEARER, SIGN(KUBERNETES), 200, .certificate = CERTIFICATE_ABSENT), AUTH_CREDENTIALED,
     OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(AUTHORIZATION)},
    {"TLS, a certificate", FACTS(WHOLE, WHOLE, NONE, SIGN(KUBERNETES), 200, .certificate = CERTIFICATE_PRESENTED),
     AUTH_CREDENTIALED, OUTCOME_ACCEPTED, BASIS_OBSERVED, GROUND(CERTIFICATE)},
    {"TLS, a certificate, refused",
     FACTS(WHOLE, WHOLE, NONE, SIGN(KUBERNETES), 401, .certificate = CERTIFICATE_PRESENTED), AUTH_REJECTED,
     OUTCOME_REFUSED, BASIS_OBSERVED, GROUND(STATUS_CODE) | GROUND(CERTIFICATE)},
    {"TLS, a front says anonymous, and so does the Status",
     FACTS(WHOLE, WHOLE, NONE, SIGN(KUBERNETES) | SAYS_ANONYMOUS | SIGN(STATUS), 403,
           .certificate = CERTIFICATE_PRESENTED, .status_user = ANON),
     AUTH_ANONYMOUS, OUTCOME_FORBIDDEN, BASIS_INFERRED, GROUND(CERTIFICATE) | GROUND(STATUS_USER)},
    {"TLS, who is no front says anonymous",
     FACTS(WHOLE, WHOLE, NONE, SIGN(KUBERNETES) | SAYS_ANONYMOUS | SIGN(STATUS), 403,
           .certificate = CERTIFICATE_PRESENTED, .status_user = "jo"),
     AUTH_CREDENTIALED, OUTCOME_FORBIDDEN, BASIS_INFERRED, GROUND(CERTIFICATE) | GROUND(STATUS_USER)},
    {"TLS, a front, or who is none, says anonymous",
     FACTS(WHOLE, WHOLE, NONE, SIGN(KUBERNETES) | SAYS_ANONYMOUS, 403, .certificate = CERTIFICATE_PRESENTED),
     AUTH_UNKNOWN, OUTCOME_FORBIDDEN, BASIS_NONE, GROUND(CERTIFICATE)},
    {"TLS, says anonymous, and is answered as nobody is",
     FACTS(WHOLE, WHOLE, NONE, SIGN(KUBERNETES) | SAYS_ANONYMOUS, 200, .certificate = CERTIFICATE_PRESENTED),
     AUTH_CREDENTIALED, OUTCOME_ACCEPTED, BASIS_INFERRED, GROUND(CERTIFICATE) | GROUND(STATUS_CODE)},
    {"TLS, says anonymous, and is answered as everybody is",
     FACTS(WHOLE, WHOLE, NONE, SIGN(KUBERNETES) | SAYS_ANONYMOUS | SIGN(OPEN_PATH), 200,
           .certificate = CERTIFICATE_PRESENTED),
     AUTH_UNKNOWN, OUTCOME_ACCEPTED, BASIS_NONE, GROUND(CERTIFICATE)},
    {"TLS, not known, named anonymous", FACTS(WHOLE, WHOLE, NONE, SIGN(STATUS), 403, .status_user = ANON),
     AUTH_ANONYMOUS, OUTCOME_FORBIDDEN, BASIS_OBSERVED, GROUND(STATUS_USER) | GROUND(NO_CREDENTIAL)},
    {"TLS, not known, named somebody", FACTS(WHOLE, WHOLE, NONE, SIGN(STATUS), 403, .status_user = "jo"),
     AUTH_CREDENTIALED, OUTCOME_FORBIDDEN, BASIS_INFERRED, GROUND(STATUS_USER) | GROUND(NO_CREDENTIAL)},
    {"TLS, not known, answered", FACTS(WHOLE, WHOLE, NONE, SIGN(KUBERNETES) | SIGN(OPEN_PATH), 200), AUTH_UNKNOWN,
     OUTCOME_ACCEPTED, BASIS_NONE, GROUND(ANSWER_UNREADABLE)},
};

static void decides(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const struct row *r = &ROWS[i];
        struct event_room room;
        struct exchange *x = record(&room, &r->facts);
        verdict_pass(x);
        bool same = x->auth_state == r->state && x->auth_outcome == r->outcome && x->auth_basis == r->basis &&
                    x->auth_evidence == r->evidence;
        if (!same)
            fail_msg("%s: %s %s %s evidence %#x, not %s %s %s evidence %#x", r->what, auth_state_name(x->auth_state),
                     auth_outcome_name(x->auth_outcome), auth_basis_name(x->auth_basis), x->auth_evidence,
                     auth_state_name(r->state), auth_outcome_name(r->outcome), auth_basis_name(r->basis), r->evidence);
        assert_int_equal(event_is_unknown(&x->event, EVENT_AUTH_STATE), r->state == AUTH_UNKNOWN);
        bool may_be = !(r->facts.signs & SIGN(PLAINTEXT)) && r->facts.certificate == CERTIFICATE_UNKNOWN &&
                      !credential_counts(r->facts.kind);
        assert_int_equal(event_is_unknown(&x->event, EVENT_AUTH_KIND), r->facts.request != SEEN_WHOLE || may_be);
        assert_int_equal(x->auth_confidence == 0, r->state == AUTH_UNKNOWN);
    }
}

/* "?": unknown. */
static void expect_user(const struct facts *f, const char *user, const char *groups)
{
    struct event_room room;
    struct exchange *x = record(&room, f);
    verdict_pass(x);
    assert_int_equal(event_is_unknown(&x->event, EVENT_AUTH_USER), strcmp(user, "?") == 0);
    assert_int_equal(event_is_unknown(&x->event, EVENT_AUTH_GROUPS), strcmp(groups, "?") == 0);
    assert_true(slice_is(event_text(&x->event, x->user), strcmp(user, "?") == 0 ? "" : user));
    assert_true(slice_is(event_text(&x->event, x->groups), strcmp(groups, "?") == 0 ? "" : groups));
}

static void names_users(void **state)
{
    (void)state;
    static const struct {
        struct facts facts;
        const char *user, *groups;
    } CASES[] = {
        {FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(STATUS), 403, .status_user = ANON), ANON, "system:unauthenticated"},
        {FACTS(WHOLE, WHOLE, JWT, KUBE, 200, .jwt_subject = "ada"), "ada", ""},
        {FACTS(WHOLE, WHOLE, JWT, KUBE, 403, .jwt_subject = "ada", .status_user = "jo"), "ada", ""},
        {FACTS(WHOLE, WHOLE, JWT, KUBE, 401, .jwt_subject = "ada"), "", ""},
        {FACTS(WHOLE, WHOLE, JWT, 0, 200, .certificate = CERTIFICATE_PRESENTED, .jwt_subject = "ada"), "?", "?"},
        {FACTS(WHOLE, WHOLE, NONE, 0, 200, .certificate = CERTIFICATE_PRESENTED, .certificate_user = "ada"), "ada",
         MEMBER},
        {FACTS(WHOLE, WHOLE, NONE, 0, 401, .certificate = CERTIFICATE_PRESENTED, .certificate_user = "ada"), "", ""},
        {FACTS(WHOLE, WHOLE, BASIC, 0, 200, .certificate = CERTIFICATE_PRESENTED, .certificate_user = "ada"), "ada",
         MEMBER},
        {FACTS(WHOLE, WHOLE, BEARER, 0, 200, .certificate = CERTIFICATE_PRESENTED, .certificate_user = "ada"), "?",
         "?"},
        {FACTS(WHOLE, WHOLE, NONE, SIGN(FRONT_USER), 200, .certificate = CERTIFICATE_PRESENTED,
               .certificate_user = "front"),
         "?", "?"},
        {FACTS(WHOLE, WHOLE, BEARER, SIGN(KUBERNETES) | SIGN(STATUS), 403, .certificate = CERTIFICATE_PRESENTED,
               .certificate_user = "ada", .status_user = "jo"),
         "jo", "?"},
        {FACTS(WHOLE, WHOLE, NONE, 0, 200, .certificate = CERTIFICATE_PRESENTED), "?", "?"},
        {FACTS(WHOLE, WHOLE, BEARER, KUBE, 200), "", ""},
        {FACTS(WHOLE, WHOLE, BEARER, KUBE, 403, .status_user = "jo"), "jo", ""},
        {FACTS(WHOLE, WHOLE, BEARER, KUBE | SIGN(IMPERSONATES), 403, .status_user = "jo"), "?", ""},
        {FACTS(WHOLE, WHOLE, BEARER, KUBE, 403, .status_user = ANON), "?", ""},
        {FACTS(WHOLE, WHOLE, BEARER, KUBE, 403), "?", ""},
        {FACTS(WHOLE, WHOLE, NONE, KUBE | SIGN(STATUS), 403, .status_user = "jo"), "jo", ""},
        {FACTS(PART, WHOLE, JWT, KUBE, 200, .jwt_subject = "ada"), "?", "?"},
        {FACTS(WHOLE, WHOLE, JWT, 0, 200, .jwt_subject = "ada"), "?", "?"},
        {FACTS(WHOLE, WHOLE, NONE, SIGN(STATUS), 403, .status_user = "jo"), "jo", "?"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        expect_user(&CASES[i].facts, CASES[i].user, CASES[i].groups);
}

static uint64_t seed = 1;

static unsigned any(unsigned below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % below;
}

#define ONE_OF(array) (array)[any(sizeof(array) / sizeof *(array))]

enum {
    OF_PATH = SIGN(PROXIED) | SIGN(OPEN_PATH) | SIGN(OPENED_PATH) | SIGN(ADDED),
    OF_HEAD = SIGN(IMPERSONATES) | SIGN(FRONT_USER) | SIGN(FRONT_ANONYMOUS) | SIGN(WEBSOCKET),
    OF_ANSWER_HEAD = SIGN(BACKEND) | SIGN(ADMITTED),
    OF_BODY = SIGN(STATUS) | SIGN(IMPERSONATION_REFUSED)
};

/* Any record that could be: on plaintext everything may contradict everything; inside of TLS it is the server that sees
 * the certificate who writes the Status. */
static struct facts random_facts(void)
{
    static const uint16_t STATUSES[] = {0,   101, 200, 201, 304, 307, 400, 401, 401, 403,
                                        403, 403, 404, 409, 417, 422, 429, 500, 503};
    static const char *const USERS[] = {NULL, ANON, "jo"}, *const REASONS[] = {NULL, "Unauthorized", "Forbidden"};
    struct facts f = {.request = SEEN_WHOLE, .answer = SEEN_WHOLE, .kind = (enum credential_kind)any(CREDENTIAL_KINDS)};
    f.signs = any(1U << (SIGN_IMPERSONATION_REFUSED + 1));
    f.status = ONE_OF(STATUSES);
    f.signs |= any(2) * SIGN(ADDED);
    f.signs |= f.signs & SIGN(ADDED) || f.status != 401 ? any(2) * SIGN(ADMITTED) : 0;
    bool may_be_error = f.status == 0 || f.status == 400 || f.status == 500;
    f.path_kind = !may_be_error || any(2) ? PATH_RESOURCE : PATH_ERROR;
    if (f.signs & SIGN(STATUS)) {
        f.reason = ONE_OF(REASONS);
        f.status_user = ONE_OF(USERS);
    }
    if (f.kind == CREDENTIAL_JWT && any(2))
        f.jwt_subject = "ada";
    if (!(f.signs & SIGN(PLAINTEXT))) {
        f.certificate = (enum certificate)any(3);
        bool token = f.kind == CREDENTIAL_WEBSOCKET ? f.signs & SIGN(WEBSOCKET)
                                                    : f.kind == CREDENTIAL_BEARER || f.kind == CREDENTIAL_JWT;
        bool front = f.signs & SIGN(FRONT_ANONYMOUS) && any(2);
        bool somebody = f.certificate == CERTIFICATE_PRESENTED ? !front : token;
        if (f.status_user)
            f.status_user = somebody ? "jo" : ANON;
    }
    if (!f.status)
        f.answer = SEEN_NOT;
    return f;
}

/* HTTP/2, joined late: a field of the head, or the path, has no known name or no content at all. */
static struct facts hide(struct facts f)
{
    unsigned what = any(4);
    if (f.signs & (SIGN(WEBSOCKET) | SIGN(WEBSOCKET_PERHAPS)) || f.kind == CREDENTIAL_WEBSOCKET)
        return f; /* there is none there */
    bool bears = f.kind == CREDENTIAL_BEARER || f.kind == CREDENTIAL_JWT;
    if (what == 0) {
        f.signs = (f.signs & ~((unsigned)OF_HEAD & any(OF_HEAD + 1))) | SIGN(UNKNOWN_FIELD);
        if (any(2)) {
            f.kind = CREDENTIAL_NONE;
            f.jwt_subject = NULL;
        }
    } else if (what == 1) {
        f.signs = (f.signs & ~SIGN(IMPERSONATES)) | SIGN(UNKNOWN_NAME);
        if (!(f.signs & SIGN(FRONT_ANONYMOUS)))
            f.signs &= ~(any(2) * SIGN(FRONT_USER));
        if (!bears && any(2))
            f.kind = CREDENTIAL_NONE;
    } else if (what == 2 && bears) {
        f.signs |= SIGN(VALUE_ALONE);
    } else if (what == 3) {
        f.no_target = true;
    }
    return f;
}

/* The same with something lost: a part of a head takes with it what only the whole of it could say, and any of what it
 * did. */
static struct facts lose(struct facts f)
{
    unsigned what = any(7);
    if (what == 6)
        f = hide(f);
    if (what == 0) {
        f.request = SEEN_NOT;
        f.signs &= ~(unsigned)OF_HEAD;
        f.kind = CREDENTIAL_NONE;
        f.jwt_subject = NULL;
        f.no_target = true;
    } else if (what == 1 && f.request != SEEN_NOT) {
        f.request = SEEN_PART;
        f.signs &= ~(unsigned)OF_HEAD | any(OF_HEAD + 1);
        f.no_target |= any(2);
        if (any(2)) {
            f.kind = CREDENTIAL_NONE;
            f.jwt_subject = NULL;
        }
    } else if (what == 2) {
        f.answer = SEEN_NOT;
        f.status = 0;
    } else if (what == 3 && f.answer == SEEN_WHOLE) {
        f.answer = SEEN_PART;
        f.signs &= any(2) ? ~(unsigned)OF_ANSWER_HEAD : ~0U;
        f.signs &= f.signs & SIGN(STATUS) || any(2) ? ~0U : ~SIGN(KUBERNETES);
    } else if (what == 4) {
        f.certificate = CERTIFICATE_UNKNOWN;
    }
    if (what == 2 || what == 5) {
        f.signs &= ~(unsigned)OF_BODY;
        f.status_user = f.reason = NULL;
        f.signs &= any(2) ? ~SIGN(KUBERNETES) : ~0U;
    }
    if (f.no_target) {
        f.signs &= ~(unsigned)OF_PATH;
        f.path_kind = PATH_NON_RESOURCE;
    }
    return f;
}

static void loss_makes_nothing_known(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 300000; round++) {
        struct facts full = random_facts(), less = full;
        for (unsigned losses = 1 + any(3); losses; losses--)
            less = lose(less);
        struct event_room rooms[2];
        struct exchange *a = record(&rooms[0], &full), *b = record(&rooms[1], &less);
        verdict_pass(a);
        verdict_pass(b);
        if (b->auth_state != AUTH_UNKNOWN && b->auth_state != a->auth_state)
            fail_msg("round %u: %s became %s; status %u signs %#x -> %#x, kind %u, user %s", round,
                     auth_state_name(a->auth_state), auth_state_name(b->auth_state), full.status, full.signs,
                     less.signs, full.kind, full.status_user ? full.status_user : "-");
        if (b->auth_outcome != OUTCOME_UNSEEN)
            assert_int_equal(b->auth_outcome, a->auth_outcome);
        struct slice user_a = event_text(&a->event, a->user), user_b = event_text(&b->event, b->user);
        if (!event_is_unknown(&b->event, EVENT_AUTH_USER) && !slice_same(user_a, user_b))
            fail_msg("round %u: user %.*s became %.*s; status %u signs %#x -> %#x, kind %u", round, (int)user_a.size,
                     (const char *)user_a.data, (int)user_b.size, (const char *)user_b.data, full.status, full.signs,
                     less.signs, full.kind);
        if (!event_is_unknown(&b->event, EVENT_AUTH_GROUPS))
            assert_true(slice_same(event_text(&a->event, a->groups), event_text(&b->event, b->groups)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides),
        cmocka_unit_test(names_users),
        cmocka_unit_test(loss_makes_nothing_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The order of the questions: was there an answer; is it a refusal; was the whole head seen; what did it present; and
 * only where it presented nothing, what the answer betrays.
 *
 * Loss must never turn one known state into another. So nothing is concluded from a sign that is missing, unless what
 * would bear it was seen whole; and a Status's user is asked only where the code alone does not decide. */
#include "sensor/detect/verdict.h"

#include "proto/kube/credential.h"
#include "proto/kube/request.h"
#include "sensor/event/auth.h"
#include "sensor/event/field.h"

static const char ANONYMOUS_USER[] = "system:anonymous", ANONYMOUS_GROUP[] = "system:unauthenticated";

enum { SURE = 100, NEARLY_SURE = 95, OPEN_TO_ALL = 70, LENT = 80, DISPUTED = 50 }; /* percent */

struct judgement {
    enum auth_state state;
    enum auth_basis basis;
    uint8_t confidence;
    uint32_t evidence;
};

#define BIT(evidence) (UINT32_C(1) << (evidence))

static struct judgement unknown(uint32_t why)
{
    return (struct judgement){AUTH_UNKNOWN, BASIS_NONE, 0, why};
}

/* What a code says of where in the server an answer was made. */
enum stage {
    STAGE_NONE,
    STAGE_SERVED,  /* 101, 2xx, 3xx */
    STAGE_BEHIND,  /* only a request that passed authorization gets that far */
    STAGE_BEFORE,  /* Go's server refuses a malformed request so, before anyone looks at a credential */
    STAGE_ANYWHERE /* 403 and all others: only the body tells */
};

static enum stage stage_of(uint16_t status)
{
    switch (status) {
    case 0: return STAGE_NONE;
    case 404:
    case 409:
    case 410:
    case 422: return STAGE_BEHIND;
    case 400:
    case 417:
    case 431:
    case 501:
    case 505: return STAGE_BEFORE;
    default: return status < 400 ? STAGE_SERVED : STAGE_ANYWHERE;
    }
}

enum named { NAMED_NOBODY, NAMED_ANONYMOUS, NAMED_USER };

/* Whether a Status in this answer could name the caller, had its body been read. */
static bool could_name(const struct exchange *x)
{
    enum stage stage = stage_of(x->status);
    return (stage == STAGE_BEFORE || stage == STAGE_ANYWHERE) && !exchange_has(x, SIGN_PROXIED);
}

static bool path_known(const struct exchange *x)
{
    return x->method.size && x->target.size;
}

/* A field of unknown name may be an Impersonate-* header. */
static bool may_impersonate(const struct exchange *x)
{
    return exchange_has(x, SIGN_IMPERSONATES) || exchange_has(x, SIGN_UNKNOWN_NAME) ||
           exchange_has(x, SIGN_UNKNOWN_FIELD);
}

/* Whom the Status names, where that is the caller: under impersonation it is the impersonated one, unless it is the
 * impersonation that was refused; behind a proxy subresource a pod may have written it. */
static enum named named_caller(const struct exchange *x)
{
    if (!x->status_user.size || !could_name(x) || !path_known(x))
        return NAMED_NOBODY;
    if (may_impersonate(x) && !exchange_has(x, SIGN_IMPERSONATION_REFUSED))
        return NAMED_NOBODY;
    return slice_is(event_text(&x->event, x->status_user), ANONYMOUS_USER) ? NAMED_ANONYMOUS : NAMED_USER;
}

enum refusal { REFUSAL_NONE, REFUSAL_OWN, REFUSAL_RELAYED, REFUSAL_UNDECIDED };

/* Where a backend may have written it, the server's own is a Status of its form, without a backend's headers. */
static enum refusal refusal_by_body(const struct exchange *x)
{
    bool backend = exchange_has(x, SIGN_BACKEND);
    if (exchange_has(x, SIGN_OWN_401) && !backend && x->answer == SEEN_WHOLE)
        return REFUSAL_OWN;
    bool unauthorized = slice_is(event_text(&x->event, x->reason), "Unauthorized");
    bool foreign =
        backend || exchange_has(x, SIGN_OTHER_401) || (exchange_has(x, SIGN_STATUS) && x->reason.size && !unauthorized);
    return path_known(x) && foreign ? REFUSAL_RELAYED : REFUSAL_UNDECIDED;
}

/* Whose a 401 is. The server's own comes before priority and fairness. An aggregated API server's comes behind, so that
 * all of the head has to be seen where there may be one. A log or an exec does not count there, which a kubelet refuses
 * that no longer knows the server. */
static enum refusal refusal_of(const struct exchange *x)
{
    if (x->status != 401)
        return REFUSAL_NONE;
    if (exchange_has(x, SIGN_ADMITTED))
        return path_known(x) ? REFUSAL_RELAYED : REFUSAL_UNDECIDED;
    if (!path_known(x) || exchange_has(x, SIGN_PROXIED) || exchange_has(x, SIGN_NODE))
        return refusal_by_body(x);
    return x->answer == SEEN_WHOLE || !exchange_has(x, SIGN_ADDED) ? REFUSAL_OWN : REFUSAL_UNDECIDED;
}

/* Whether no X-Kubernetes-Pf-* is sent whoever answers: priority and fairness leaves out these subresources, up to 1.20
 * watches as well. Without a verb it may be a watch: what follows in a long target is not kept. */
static bool runs_long(const struct exchange *x)
{
    struct slice verb = event_text(&x->event, x->verb), subresource = event_text(&x->event, x->subresource);
    return verb.size == 0 || slice_is(verb, "watch") || slice_is(subresource, "attach") ||
           slice_is(subresource, "exec") || slice_is(subresource, "log") || slice_is(subresource, "portforward");
}

/* Whether a 401 that looks like the server's own may be another's. Behind a proxy subresource a backend can write just
 * such a Status. */
static bool may_be_relayed(const struct exchange *x)
{
    return exchange_has(x, SIGN_PROXIED) || (exchange_has(x, SIGN_ADDED) && runs_long(x));
}

static bool has_certificate(const struct exchange *x)
{
    return !exchange_has(x, SIGN_PLAINTEXT) && x->certificate == CERTIFICATE_PRESENTED;
}

static bool may_have_certificate(const struct exchange *x)
{
    return !exchange_has(x, SIGN_PLAINTEXT) && x->certificate != CERTIFICATE_ABSENT;
}

/* The credential that the server reads, as evidence; 0: none. A valid certificate wins over any token. */
static uint32_t presented(const struct exchange *x)
{
    if (has_certificate(x))
        return BIT(EVIDENCE_CERTIFICATE);
    switch (x->auth_kind) {
    case CREDENTIAL_BEARER:
    case CREDENTIAL_JWT: return BIT(exchange_has(x, SIGN_VALUE_ALONE) ? EVIDENCE_VALUE_ALONE : EVIDENCE_AUTHORIZATION);
    case CREDENTIAL_WEBSOCKET: return exchange_has(x, SIGN_WEBSOCKET) ? BIT(EVIDENCE_SUBPROTOCOL) : 0;
    default: return 0; /* X-Remote-User counts under a front's certificate, which was asked for above */
    }
}

/* What was presented decides; a Status that names somebody of the other kind is a contradiction, marked, and the mark
 * makes the verdict doubtful and no other: the Status may be lost, and the verdict must not change with it. */
static struct judgement judge_presented(const struct exchange *x, enum auth_state state, uint32_t evidence)
{
    struct judgement j = {state, BASIS_OBSERVED, SURE, evidence};
    enum named named = named_caller(x);
    if (named == NAMED_NOBODY)
        return j;
    j.evidence |= BIT(EVIDENCE_STATUS_USER);
    if ((named == NAMED_ANONYMOUS) != (state == AUTH_ANONYMOUS)) {
        j.evidence |= BIT(EVIDENCE_CONTRADICTION);
        j.confidence = DISPUTED;
    }
    return j;
}

/* An unknown field beside a credential may only be another one before it, which no client sends. */
static struct judgement judge_credential(const struct exchange *x, uint32_t evidence)
{
    struct judgement j = judge_presented(x, AUTH_CREDENTIALED, evidence);
    bool alone = exchange_has(x, SIGN_VALUE_ALONE), hidden = exchange_has(x, SIGN_UNKNOWN_FIELD);
    if (alone)
        j.basis = BASIS_INFERRED;
    if (hidden)
        j.evidence |= BIT(EVIDENCE_UNKNOWN_FIELD);
    if ((alone || hidden) && j.confidence > NEARLY_SURE)
        j.confidence = NEARLY_SURE;
    return j;
}

static struct judgement judge_named(enum named named, uint32_t lent)
{
    uint32_t evidence = BIT(EVIDENCE_STATUS_USER) | BIT(EVIDENCE_NO_CREDENTIAL);
    if (named == NAMED_ANONYMOUS)
        return (struct judgement){AUTH_ANONYMOUS, BASIS_OBSERVED, SURE, evidence};
    return (struct judgement){AUTH_CREDENTIALED, BASIS_INFERRED, SURE, evidence | lent};
}

/* A head without a credential on a hop where one may have been left before it, or be added behind. */
static struct judgement judge_bare_plaintext(const struct exchange *x)
{
    const uint32_t none = BIT(EVIDENCE_NO_CREDENTIAL);
    const struct judgement lent = {AUTH_CREDENTIALED, BASIS_INFERRED, LENT,
                                   none | BIT(EVIDENCE_STATUS_CODE) | BIT(EVIDENCE_ADDED_BEHIND)};
    /* Without its path nobody knows whether it is open, or who has answered. */
    if (!path_known(x))
        return unknown(BIT(EVIDENCE_UNKNOWN_FIELD));
    enum named named = named_caller(x);
    if (named != NAMED_NOBODY)
        return judge_named(named, BIT(EVIDENCE_ADDED_BEHIND));
    bool kubernetes = exchange_has(x, SIGN_KUBERNETES), proxied = exchange_has(x, SIGN_PROXIED);
    bool open = exchange_has(x, SIGN_OPEN_PATH), opened = exchange_has(x, SIGN_OPENED_PATH);
    bool upgraded = x->status == 101, redirected = x->status >= 300;
    /* A browser's question before its request bears no credential, and a front may answer it. */
    bool options = slice_is(event_text(&x->event, x->method), "OPTIONS");
    switch (stage_of(x->status)) {
    case STAGE_SERVED:
        /* Who may impersonate has a credential, on open paths too. */
        if (open && exchange_has(x, SIGN_UNKNOWN_NAME))
            return unknown(BIT(EVIDENCE_UNKNOWN_FIELD));
        if (open && !upgraded && (!redirected || x->status == 304) && !exchange_has(x, SIGN_IMPERSONATES))
            return (struct judgement){AUTH_ANONYMOUS, BASIS_INFERRED, OPEN_TO_ALL, none | BIT(EVIDENCE_OPEN_PATH)};
        if (opened || options)
            return unknown(BIT(EVIDENCE_OPEN_PATH));
        return kubernetes && !redirected ? lent : unknown(BIT(EVIDENCE_ANSWER_UNREADABLE));
    case STAGE_BEHIND:
        if (proxied)
            return unknown(BIT(EVIDENCE_RELAYED));
        if (open || opened)
            return unknown(BIT(EVIDENCE_OPEN_PATH));
        return kubernetes ? lent : unknown(BIT(EVIDENCE_ANSWER_UNREADABLE));
    default: break;
    }
    if (proxied)
        return unknown(BIT(EVIDENCE_RELAYED));
    if (x->status != 403)
        return unknown(BIT(EVIDENCE_STATUS_CODE));
    bool read = x->status_user.size != 0 && exchange_has(x, SIGN_UNKNOWN_NAME);
    return unknown(BIT(read ? EVIDENCE_UNKNOWN_FIELD : EVIDENCE_ANSWER_UNREADABLE));
}

static struct judgement judge_bare(const struct exchange *x)
{
    if (exchange_has(x, SIGN_PLAINTEXT))
        return judge_bare_plaintext(x);
    uint32_t open = exchange_has(x, SIGN_OPEN_PATH) ? BIT(EVIDENCE_OPEN_PATH) : 0;
    if (x->certificate == CERTIFICATE_ABSENT)
        return judge_presented(x, AUTH_ANONYMOUS, BIT(EVIDENCE_NO_CREDENTIAL) | open);
    enum named named = named_caller(x);
    return named != NAMED_NOBODY ? judge_named(named, 0) : unknown(BIT(EVIDENCE_ANSWER_UNREADABLE));
}

/* Under a front's certificate it is anonymous, under any other the field is passed over; whose it is is not known here.
 * Whom the Status names decides; else what only a user is answered. */
static struct judgement judge_front_anonymous(const struct exchange *x)
{
    const uint32_t evidence = BIT(EVIDENCE_CERTIFICATE);
    bool for_all = !path_known(x) || exchange_has(x, SIGN_OPEN_PATH) || exchange_has(x, SIGN_OPENED_PATH);
    enum named named = named_caller(x);
    enum stage stage = stage_of(x->status);
    if (named != NAMED_NOBODY) {
        enum auth_state state = named == NAMED_USER ? AUTH_CREDENTIALED : AUTH_ANONYMOUS;
        return (struct judgement){state, BASIS_INFERRED, SURE, evidence | BIT(EVIDENCE_STATUS_USER)};
    }
    if (for_all || exchange_has(x, SIGN_PROXIED) || (stage != STAGE_SERVED && stage != STAGE_BEHIND))
        return unknown(evidence);
    return (struct judgement){AUTH_CREDENTIALED, BASIS_INFERRED, LENT, evidence | BIT(EVIDENCE_STATUS_CODE)};
}

/* A token that only some servers read: whom the Status names shows whether this one did. */
static struct judgement judge_perhaps(const struct exchange *x)
{
    const uint32_t evidence = BIT(EVIDENCE_SUBPROTOCOL) | BIT(EVIDENCE_STATUS_USER);
    switch (named_caller(x)) {
    case NAMED_ANONYMOUS: return (struct judgement){AUTH_ANONYMOUS, BASIS_OBSERVED, SURE, evidence};
    case NAMED_USER: return (struct judgement){AUTH_CREDENTIALED, BASIS_INFERRED, SURE, evidence};
    default: return unknown(BIT(EVIDENCE_SUBPROTOCOL));
    }
}

static struct judgement judge_whole(const struct exchange *x)
{
    /* Answered before anyone asked who is there: such a path, what is malformed, and, unless the answer bears a sign
     * that it was admitted, a timeout that is none, and a browser's question before its request, which the CORS filter
     * answers (k8s.io/apiserver pkg/server/filters/cors.go). A plaintext request to a TLS port is malformed. */
    bool malformed = stage_of(x->status) == STAGE_BEFORE && !exchange_has(x, SIGN_KUBERNETES);
    bool timeout = x->status == 400 && exchange_has(x, SIGN_TIMEOUT_BAD);
    bool preflight = x->status == 204 && slice_is(event_text(&x->event, x->method), "OPTIONS");
    if (x->path_kind == PATH_ERROR || malformed || ((timeout || preflight) && !exchange_has(x, SIGN_ADMITTED)))
        return unknown(BIT(EVIDENCE_STATUS_CODE));
    /* It may be such a path. */
    bool unresolved = !path_known(x) && (x->status == 400 || x->status == 500);
    bool hidden = exchange_has(x, SIGN_UNKNOWN_FIELD);
    /* Where there is a certificate, an unknown field may be a front's X-Remote-User, which decides. */
    if (unresolved || (hidden && may_have_certificate(x)))
        return unknown(BIT(EVIDENCE_UNKNOWN_FIELD));
    if (has_certificate(x) && exchange_has(x, SIGN_FRONT_ANONYMOUS))
        return judge_front_anonymous(x);
    /* Under a front's certificate, which may be there, this would be anonymous whatever token stands beside it. */
    bool disputed = may_have_certificate(x) && exchange_has(x, SIGN_FRONT_ANONYMOUS);
    if (x->auth_kind == CREDENTIAL_WEBSOCKET && exchange_has(x, SIGN_WEBSOCKET_PERHAPS) && !has_certificate(x))
        return judge_perhaps(x);
    uint32_t evidence = presented(x);
    if (evidence && !disputed)
        return judge_credential(x, evidence);
    return hidden ? unknown(BIT(EVIDENCE_UNKNOWN_FIELD)) : judge_bare(x);
}

static struct judgement judge(const struct exchange *x, enum refusal refusal)
{
    if (!x->status)
        return unknown(BIT(x->answer == SEEN_NOT ? EVIDENCE_NO_ANSWER : EVIDENCE_UNKNOWN_FIELD));
    if (refusal == REFUSAL_OWN) {
        uint32_t evidence = BIT(EVIDENCE_STATUS_CODE);
        if (x->request == SEEN_WHOLE)
            evidence |= presented(x);
        if (may_be_relayed(x))
            return (struct judgement){AUTH_REJECTED, BASIS_INFERRED, NEARLY_SURE, evidence | BIT(EVIDENCE_RELAYED)};
        return (struct judgement){AUTH_REJECTED, BASIS_OBSERVED, SURE, evidence};
    }
    if (refusal == REFUSAL_UNDECIDED)
        return unknown(BIT(EVIDENCE_RELAYED));
    /* What is lost of the head may be an Impersonate header, so a Status settles nothing either. */
    if (x->request != SEEN_WHOLE)
        return unknown(BIT(EVIDENCE_HEAD_PARTLY_LOST));
    return judge_whole(x);
}

/* Of a head with inferred fields: what is missing in it proves nothing. */
static struct judgement doubt(struct judgement j)
{
    if (j.state == AUTH_ANONYMOUS)
        j = unknown(0);
    if (j.state == AUTH_CREDENTIALED) {
        j.basis = BASIS_INFERRED;
        j.confidence = j.confidence < NEARLY_SURE ? j.confidence : NEARLY_SURE;
    }
    j.evidence |= BIT(EVIDENCE_TABLE_RECOVERED);
    return j;
}

static enum auth_outcome outcome_of(const struct exchange *x, enum refusal refusal)
{
    if (!x->status || refusal == REFUSAL_UNDECIDED)
        return OUTCOME_UNSEEN;
    if (refusal == REFUSAL_OWN)
        return OUTCOME_REFUSED;
    return x->status == 403 ? OUTCOME_FORBIDDEN : OUTCOME_ACCEPTED;
}

/* The API server puts whoever it knows into this group, too (k8s.io/apiserver pkg/authentication/group). */
static struct text add_authenticated(struct event *e, struct text groups)
{
    enum { MOST = 2048 };
    static const char all[] = "system:authenticated";
    char text[MOST];
    struct slice named = slice_part(event_text(e, groups), 0, MOST - sizeof all - 1);
    memcpy(text, named.data, named.size);
    size_t used = named.size;
    if (used)
        text[used++] = ',';
    memcpy(text + used, all, sizeof all - 1);
    return event_add_text(e, (struct slice){(const uint8_t *)text, used + sizeof all - 1}, MOST);
}

/* Whom the Status names is sure. Else the certificate's subject, where nothing stands beside it: whether the server
 * trusts who issued it is not known here, and where it does not, it reads a token; nor whether it is a front's, which
 * names somebody else. */
static void name_certificate(struct exchange *x, bool token)
{
    struct event *e = &x->event;
    bool alone = !token && !exchange_has(x, SIGN_FRONT_USER) && x->certificate_user.size;
    if (named_caller(x) == NAMED_USER)
        x->user = x->status_user;
    else if (alone)
        x->user = x->certificate_user;
    else
        event_set_unknown(e, EVENT_AUTH_USER);
    bool same = alone && slice_same(event_text(e, x->user), event_text(e, x->certificate_user));
    if (same)
        x->groups = add_authenticated(e, x->certificate_groups);
    else
        event_set_unknown(e, EVENT_AUTH_GROUPS);
}

/* @param token  beside a certificate. */
static void name_user(struct exchange *x, bool token)
{
    struct event *e = &x->event;
    x->user = x->groups = (struct text){0};
    switch (x->auth_state) {
    case AUTH_ANONYMOUS:
        x->user = event_add_text(e, slice_of(ANONYMOUS_USER), sizeof ANONYMOUS_USER);
        x->groups = event_add_text(e, slice_of(ANONYMOUS_GROUP), sizeof ANONYMOUS_GROUP);
        break;
    case AUTH_CREDENTIALED:
        if (has_certificate(x)) {
            name_certificate(x, token);
            break;
        }
        if (may_have_certificate(x))
            event_set_unknown(e, EVENT_AUTH_GROUPS);
        /* The token beside a certificate is never read: its subject stays a claim. */
        if (x->jwt_subject.size && !may_have_certificate(x))
            x->user = x->jwt_subject;
        else if (x->jwt_subject.size)
            event_set_unknown(e, EVENT_AUTH_USER);
        else if (named_caller(x) == NAMED_USER)
            x->user = x->status_user;
        else if (could_name(x))
            event_set_unknown(e, EVENT_AUTH_USER);
        break;
    case AUTH_REJECTED: break;
    default:
        event_set_unknown(e, EVENT_AUTH_STATE);
        event_set_unknown(e, EVENT_AUTH_USER);
        event_set_unknown(e, EVENT_AUTH_GROUPS);
        break;
    }
}

void verdict_pass(struct exchange *x)
{
    enum refusal refusal = refusal_of(x);
    struct judgement j = judge(x, refusal);
    if (exchange_has(x, SIGN_TABLE_RECOVERED))
        j = doubt(j);
    x->auth_state = (uint8_t)j.state;
    x->auth_outcome = (uint8_t)outcome_of(x, refusal);
    x->auth_basis = (uint8_t)j.basis;
    x->auth_confidence = j.confidence;
    x->auth_evidence = j.evidence;
    if (x->request != SEEN_WHOLE)
        event_set_unknown(&x->event, EVENT_AUTH_KIND);
    bool token = credential_counts(x->auth_kind);
    if (has_certificate(x) && !token)
        x->auth_kind = CREDENTIAL_CERTIFICATE;
    else if (may_have_certificate(x) && !token)
        event_set_unknown(&x->event, EVENT_AUTH_KIND);
    name_user(x, token);
}

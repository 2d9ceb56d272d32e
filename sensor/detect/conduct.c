#include "sensor/detect/conduct.h"

#include "proto/kube/credential.h"
#include "sensor/event/auth.h"
#include "sensor/event/field.h"

/* A refusal, too, tells that a server lives: a load balancer asks for / where nobody told it a path, many monitors ask
 * with HEAD, or for one check below /livez. Who gains anything by it is none. */
static enum conduct conduct_of_probe(const struct exchange *x)
{
    if (!x->status)
        return CONDUCT_UNKNOWN;
    /* The documents of the issuer of tokens, which many owners open. */
    if (x->status == 200 && exchange_has(x, SIGN_OPENED_PATH))
        return CONDUCT_BEAT;
    return x->status == 401 || x->status == 403 ? CONDUCT_BEAT : CONDUCT_STRAY;
}

enum conduct conduct_of(const struct exchange *x)
{
    if (x->auth_state == AUTH_CREDENTIALED)
        return CONDUCT_SHOWS;
    if (x->request != SEEN_WHOLE || !x->target.size || event_is_unknown(&x->event, EVENT_AUTH_KIND))
        return CONDUCT_UNKNOWN;
    /* A server that lets nobody in without a credential answers its monitors 401. */
    bool shows = x->auth_kind != CREDENTIAL_NONE;
    if (exchange_has(x, SIGN_OPEN_PATH) && (x->auth_state == AUTH_ANONYMOUS || !shows))
        return CONDUCT_BEAT;
    if (exchange_has(x, SIGN_PROBE) && !shows && x->auth_state != AUTH_UNKNOWN)
        return conduct_of_probe(x);
    return x->auth_state == AUTH_UNKNOWN ? CONDUCT_UNKNOWN : CONDUCT_STRAY;
}

#include "sensor/detect/conduct.h"

#include "proto/kube/credential.h"
#include "sensor/event/auth.h"
#include "sensor/event/field.h"

enum conduct conduct_of(const struct exchange *x)
{
    if (x->auth_state == AUTH_CREDENTIALED)
        return CONDUCT_SHOWS;
    if (x->request != SEEN_WHOLE || !x->target.size || event_is_unknown(&x->event, EVENT_AUTH_KIND))
        return CONDUCT_UNKNOWN;
    /* A server that lets nobody in without a credential answers its monitors 401. */
    bool shows = x->auth_kind != CREDENTIAL_NONE || x->certificate == CERTIFICATE_PRESENTED;
    if (exchange_has(x, SIGN_OPEN_PATH) && (x->auth_state == AUTH_ANONYMOUS || !shows))
        return CONDUCT_BEAT;
    return x->auth_state == AUTH_UNKNOWN ? CONDUCT_UNKNOWN : CONDUCT_STRAY;
}

#include "sensor/event/auth.h"

static const char *name_of(const char *const *names, unsigned count, unsigned value)
{
    return value < count ? names[value] : "?";
}

const char *auth_state_name(unsigned state)
{
    static const char *const names[AUTH_STATES] = {[AUTH_UNKNOWN] = "unknown",
                                                   [AUTH_ANONYMOUS] = "anonymous",
                                                   [AUTH_CREDENTIALED] = "credentialed",
                                                   [AUTH_REJECTED] = "rejected"};
    return state == AUTH_NOT_JUDGED ? "" : name_of(names, AUTH_STATES, state);
}

const char *auth_outcome_name(unsigned outcome)
{
    static const char *const names[AUTH_OUTCOMES] = {[OUTCOME_UNSEEN] = "unseen",
                                                     [OUTCOME_ACCEPTED] = "accepted",
                                                     [OUTCOME_FORBIDDEN] = "forbidden",
                                                     [OUTCOME_REFUSED] = "refused"};
    return outcome == AUTH_NOT_JUDGED ? "" : name_of(names, AUTH_OUTCOMES, outcome);
}

const char *auth_basis_name(unsigned basis)
{
    static const char *const names[AUTH_BASES] = {
        [BASIS_NONE] = "", [BASIS_OBSERVED] = "observed", [BASIS_INFERRED] = "inferred"};
    return name_of(names, AUTH_BASES, basis);
}

const char *auth_evidence_name(unsigned evidence)
{
    static const char *const names[AUTH_EVIDENCE] = {[EVIDENCE_AUTHORIZATION] = "authorization",
                                                     [EVIDENCE_SUBPROTOCOL] = "subprotocol",
                                                     [EVIDENCE_CERTIFICATE] = "certificate",
                                                     [EVIDENCE_NO_CREDENTIAL] = "no_credential",
                                                     [EVIDENCE_STATUS_USER] = "status_user",
                                                     [EVIDENCE_STATUS_CODE] = "status_code",
                                                     [EVIDENCE_OPEN_PATH] = "open_path",
                                                     [EVIDENCE_ADDED_BEHIND] = "added_behind",
                                                     [EVIDENCE_HEAD_PARTLY_LOST] = "head_partly_lost",
                                                     [EVIDENCE_NO_ANSWER] = "no_answer",
                                                     [EVIDENCE_ANSWER_UNREADABLE] = "answer_unreadable",
                                                     [EVIDENCE_RELAYED] = "relayed",
                                                     [EVIDENCE_CONTRADICTION] = "contradiction",
                                                     [EVIDENCE_VALUE_ALONE] = "value_alone",
                                                     [EVIDENCE_TABLE_RECOVERED] = "table_recovered",
                                                     [EVIDENCE_NO_CERTIFICATE] = "no_certificate",
                                                     [EVIDENCE_EARLY_GOAWAY] = "early_goaway",
                                                     [EVIDENCE_SIZE_OF_401] = "size_of_401",
                                                     [EVIDENCE_SIZE_OF_403] = "size_of_403",
                                                     [EVIDENCE_SIZE_OF_HEALTH] = "size_of_health_answer",
                                                     [EVIDENCE_SIZE_OF_TOKEN] = "size_of_token",
                                                     [EVIDENCE_REPEATED] = "repeated",
                                                     [EVIDENCE_HOLE] = "hole",
                                                     [EVIDENCE_UNKNOWN_FIELD] = "unknown_field"};
    return name_of(names, AUTH_EVIDENCE, evidence);
}

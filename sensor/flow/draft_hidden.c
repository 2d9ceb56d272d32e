/* Fields that are not wholly known: HTTP/2 joined late, or behind a gap.
 *
 * A request's pseudo-headers stand before all other fields (RFC 9113, 8.3), so a field before a known one of them is
 * one, and no credential. Any other is what its value can be, and where that is not known either, anything. */
#include "sensor/event/auth.h"
#include "sensor/event/field.h"
#include "sensor/flow/draft_inside.h"

static void hide(struct draft *d, enum hidden what)
{
    d->hidden |= (uint8_t)(1 << what);
}

static void forget_value_alone(struct draft *d)
{
    struct exchange *x = d->x;
    if (!exchange_has(x, SIGN_VALUE_ALONE))
        return;
    x->signs &= ~(UINT32_C(1) << SIGN_VALUE_ALONE);
    x->auth_kind = CREDENTIAL_NONE;
    x->digest = 0;
    x->jwt_issuer = x->jwt_subject = (struct text){0};
}

void draft_place_behind_hidden(struct draft *d, const struct field *f)
{
    /* The name of its credentials is known, so those of other names are none. */
    if (f->id == FIELD_AUTHORIZATION) {
        forget_value_alone(d);
    } else if (draft_is_pseudo(f->id) && !d->regular_seen) {
        d->hidden = 1 << HIDDEN_PSEUDO;
        forget_value_alone(d);
    }
}

/* A value that is what an Authorization bears, and an API server reads. */
static bool is_credential(struct slice value)
{
    return credential_counts(credential_of_authorization(value).kind);
}

static void hide_name(struct draft *d, struct slice value)
{
    /* With an Authorization this is another field; the first of several counts. */
    if (is_credential(value) && !d->authorization_seen) {
        if (!exchange_has(d->x, SIGN_VALUE_ALONE))
            draft_keep_credential(d, value);
        draft_sign(d, SIGN_VALUE_ALONE);
        return;
    }
    /* As an X-Remote-User this one decides, where there is a certificate; and whom Impersonate-User names matters. */
    hide(d, slice_is(value, "system:anonymous") ? HIDDEN_FIELD : HIDDEN_NAME);
}

/* Of a User-Agent and a Host the first one counts, whatever follows: RFC 9110, section 5.3, allows no second one, and
 * Go's server, and with it the audit log, has the first. */
static void hide_value(struct draft *d, const struct field *f)
{
    struct event *e = &d->x->event;
    if (draft_is_pseudo(f->id))
        hide(d, HIDDEN_PSEUDO);
    switch (f->id) {
    case FIELD_AUTHORITY:
    case FIELD_HOST:
        if (!d->host_seen)
            event_set_unknown(e, EVENT_HTTP_HOSTNAME);
        d->host_seen = true;
        break;
    case FIELD_USER_AGENT:
        if (!d->agent_seen) {
            event_set_unknown(e, EVENT_HTTP_USER_AGENT);
            event_set_unknown(e, EVENT_KUBE_AGENT);
        }
        d->agent_seen = true;
        break;
    case FIELD_AUTHORIZATION:
        if (!d->authorization_seen)
            hide(d, HIDDEN_FIELD);
        d->authorization_seen = true;
        break;
    case FIELD_X_REMOTE_USER: hide(d, HIDDEN_FIELD); break;
    case FIELD_IMPERSONATE_USER:
    case FIELD_IMPERSONATE_EXTRA:
    case FIELD_IMPERSONATE_GROUP:
    case FIELD_IMPERSONATE_UID: draft_sign(d, SIGN_IMPERSONATES); break;
    case FIELD_X_FORWARDED_FOR: event_set_unknown(e, EVENT_FORWARDED_FOR); break;
    case FIELD_VIA: event_set_unknown(e, EVENT_FORWARDED_VIA); break;
    default: break;
    }
}

void draft_hide(struct draft *d, const struct field *f)
{
    if (f->known == KNOWN_NAME) {
        draft_place(d, f);
        hide_value(d, f);
    } else if (f->known == KNOWN_VALUE) {
        hide_name(d, f->value);
    } else {
        hide(d, HIDDEN_FIELD);
    }
}

void draft_settle_request(struct draft *d)
{
    struct exchange *x = d->x;
    if (draft_hides(d, HIDDEN_FIELD))
        draft_sign(d, SIGN_UNKNOWN_FIELD);
    if (draft_hides(d, HIDDEN_NAME))
        draft_sign(d, SIGN_UNKNOWN_NAME);
    /* A CONNECT has no :path (RFC 9113, 8.5); HTTP/1 has the authority for a target. */
    bool connect = slice_is(event_text(&x->event, x->method), "CONNECT");
    if (draft_is_http2(d) && connect && !d->hidden && !x->target.size && x->request == SEEN_WHOLE)
        x->target = x->host;
}

/* answers */

/* In the form 8-4-4-4-12. @param folded  its 128 bits in 64. */
static bool read_uuid(struct slice text, uint64_t *folded)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (text.size != sizeof form - 1)
        return false;
    *folded = 0;
    for (size_t i = 0; i < text.size; i++) {
        int digit = byte_hex(text.data[i]);
        if (form[i] == '-' ? text.data[i] != '-' : digit < 0)
            return false;
        if (form[i] != '-')
            *folded = (*folded << 4 | *folded >> 60) ^ (unsigned)digit;
    }
    return true;
}

void draft_hide_answer(struct draft *d, const struct field *f)
{
    uint64_t folded;
    if (f->known == KNOWN_NAME)
        return; /* its head is not whole */
    d->answer_hidden = true;
    if (f->known != KNOWN_VALUE || f->indexed || !read_uuid(f->value, &folded))
        return;
    d->uuids_differ |= d->uuid_name != 0;
    d->uuid_name = f->stranger;
    d->uuid_anew = f->anew;
    d->uuid_folded = folded;
    struct text kept = draft_keep(d, f->value, SHORT_KEPT);
    d->uuid = kept;
}

/* A name whose value comes twice is not Audit-Id, and where two names bring UUIDs nobody can tell which is. */
void draft_settle_answer(struct draft *d)
{
    struct audit_guess *guess = &d->facts->audit;
    /* Content-Type may be what is not known: whether the body is a Status its own first bytes tell. */
    d->body_readable |= d->answer_hidden && !d->type_seen;
    if (d->x->audit_id.size || d->uuids_differ) {
        *guess = (struct audit_guess){0};
        return;
    }
    if (!d->uuid_name)
        return;
    bool same_name = guess->stranger == d->uuid_name && guess->anew == d->uuid_anew;
    bool fresh = same_name && guess->last != d->uuid_folded;
    *guess = (struct audit_guess){.last = d->uuid_folded, .stranger = d->uuid_name, .anew = d->uuid_anew};
    if (!fresh)
        return;
    d->x->audit_id = d->uuid;
    d->x->audit_id_basis = BASIS_INFERRED;
}

void draft_forget_hidden_answer(struct draft *d)
{
    d->answer_hidden = d->uuids_differ = false;
    d->uuid_name = 0;
    d->uuid = (struct text){0};
}

#include "proto/kube/mask.h"
#include "sensor/event/exchange.h"
#include "sensor/event/field.h"
#include "sensor/flow/draft_inside.h"

static struct text keep_target(struct draft *d, struct slice target, size_t most)
{
    struct flow_bench *b = d->bench;
    return draft_keep(d, mask_target(target, b->scratch, sizeof b->scratch), most);
}

static struct text keep_text(struct draft *d, struct slice text, size_t most)
{
    struct flow_bench *b = d->bench;
    return draft_keep(d, mask_text(text, b->scratch, sizeof b->scratch), most);
}

/* The claims of the token that `digest` is of. */
static void keep_claims(struct draft *d, struct slice token)
{
    const struct jwt *jwt = claims_of(&d->bench->claims, d->x->digest, token);
    d->x->event.cut |= jwt->cut;
    struct text issuer = draft_keep(d, (struct slice){(const uint8_t *)jwt->issuer, jwt->issuer_size}, SHORT_KEPT);
    d->x->jwt_issuer = issuer;
    struct text subject = draft_keep(d, (struct slice){(const uint8_t *)jwt->subject, jwt->subject_size}, SHORT_KEPT);
    d->x->jwt_subject = subject;
}

static void keep_read(struct draft *d, struct credential c, uint64_t digest)
{
    d->x->auth_kind = (uint8_t)c.kind;
    if (!c.token.size)
        return;
    d->x->digest = digest;
    if (c.kind == CREDENTIAL_JWT)
        keep_claims(d, c.token);
}

void draft_keep_credential(struct draft *d, struct slice value)
{
    uint64_t digest;
    struct credential c = credential_read(d->bench->digests, value, &digest);
    keep_read(d, c, digest);
}

/* The first of a name counts where there are several: so Go's Header.Get, which the authenticators use. */
static bool first(bool *seen)
{
    bool is_first = !*seen;
    *seen = true;
    return is_first;
}

/* A token is long, and to read it is most of what a request costs. */
static void keep_authorization(struct draft *d, const struct field *f)
{
    struct credential_entry *known = &d->facts->credential;
    if (!first(&d->authorization_seen))
        return;
    if (f->entry && f->entry == known->entry) {
        struct slice token = slice_part(f->value, known->at, (size_t)known->at + known->size);
        keep_read(d, (struct credential){known->kind, token}, known->digest);
        return;
    }
    uint64_t digest;
    struct credential c = credential_read(d->bench->digests, f->value, &digest);
    keep_read(d, c, digest);
    if (!f->entry)
        return;
    *known = (struct credential_entry){.digest = digest, .entry = f->entry, .kind = (uint8_t)c.kind};
    known->at = (uint32_t)(c.token.size ? c.token.data - f->value.data : 0);
    known->size = (uint32_t)c.token.size;
}

/* Whether a comma-separated list has this word, without case: Connection, Upgrade. */
static bool list_has(struct slice list, const char *word)
{
    struct slice wanted = slice_of(word);
    while (list.size) {
        size_t comma = slice_find(list, ',');
        if (slice_same_nocase(slice_trim(slice_part(list, 0, comma)), wanted))
            return true;
        list = slice_part(list, comma + 1, list.size);
    }
    return false;
}

static bool has_nocase(struct slice text, struct slice word)
{
    for (size_t at = 0; at + word.size <= text.size; at++) {
        if (slice_same_nocase(slice_part(text, at, at + word.size), word))
            return true;
    }
    return false;
}

/* What lines add to, or the last one says: a second one gets room for all that is kept, so that it is written over in
 * place, and many lines do not fill the record. */
static struct text keep_again(struct draft *d, struct text before, bool *roomy, struct slice value)
{
    uint8_t all[SHORT_KEPT] = {0};
    if (*roomy) {
        memcpy((uint8_t *)&d->x->event + before.at, value.data, value.size);
        return (struct text){.at = before.at, .size = (uint16_t)value.size};
    }
    if (!before.size)
        return draft_keep(d, value, SHORT_KEPT);
    memcpy(all, value.data, value.size);
    struct text kept = draft_keep(d, (struct slice){all, sizeof all}, SHORT_KEPT);
    *roomy = kept.size == sizeof all;
    kept.size = kept.size < value.size ? kept.size : (uint16_t)value.size;
    return kept;
}

/* Each front appends whom it was asked by, to the last line or in one of its own: the lines are one list, and its end
 * is what counts. Whoever pads the beginning gains nothing. */
static void keep_forwarded(struct draft *d, const struct field *f)
{
    struct flow_bench *b = d->bench;
    struct slice value = f->value;
    struct slice before = event_text(&d->x->event, d->x->event.forwarded_for);
    size_t size = 0, room = sizeof b->scratch;
    if (before.size) {
        memcpy(b->scratch, before.data, before.size);
        memcpy(b->scratch + before.size, ", ", 2);
        size = before.size + 2;
    }
    value = slice_part(value, value.size > room - size ? value.size - (room - size) : 0, value.size);
    memcpy(b->scratch + size, value.data, value.size);
    struct slice list = {b->scratch, size + value.size};
    if (list.size > SHORT_KEPT) {
        list = slice_part(list, list.size - SHORT_KEPT, list.size);
        d->x->event.cut = 1;
    }
    uint8_t masked[SHORT_KEPT];
    list = mask_text(list, masked, sizeof masked);
    struct text kept = keep_again(d, d->x->event.forwarded_for, &d->forwarded_roomy, list);
    if (kept.size < list.size) { /* the end is not there */
        event_set_unknown(&d->x->event, EVENT_FORWARDED_FOR);
        kept.size = 0;
    }
    d->x->event.forwarded_for = kept;
}

/* Of several the last one: whoever is nearest to the server. */
static void keep_via(struct draft *d, const struct field *f)
{
    struct flow_bench *b = d->bench;
    struct slice masked = mask_text(f->value, b->scratch, sizeof b->scratch);
    if (masked.size > SHORT_KEPT)
        d->x->event.cut = 1;
    struct text kept = keep_again(d, d->x->via, &d->via_roomy, slice_part(masked, 0, SHORT_KEPT));
    d->x->via = kept;
}

/* What is kept of a field, by its name. */
typedef void keeper(struct draft *d, const struct field *f);

static void keep_method(struct draft *d, const struct field *f)
{
    struct text kept = keep_text(d, f->value, SHORT_KEPT);
    d->x->method = kept;
}

static void keep_path(struct draft *d, const struct field *f)
{
    struct flow_bench *b = d->bench;
    struct slice masked = mask_target(f->value, b->scratch, sizeof b->scratch);
    struct text kept = draft_keep(d, masked, TARGET_KEPT);
    d->x->target = kept;
    d->target_cut = kept.size < masked.size;
}

static void keep_protocol(struct draft *d, const struct field *f)
{
    struct text kept = keep_text(d, f->value, SHORT_KEPT);
    d->x->connect_protocol = kept;
    d->connect_websocket = slice_same_nocase(f->value, slice_of("websocket"));
}

/* An :authority stands before a Host, and counts then (RFC 9113, 8.3.1), unless it is empty. */
static void keep_host(struct draft *d, const struct field *f)
{
    if ((f->id == FIELD_AUTHORITY && !f->value.size) || !first(&d->host_seen))
        return;
    struct text kept = keep_target(d, f->value, SHORT_KEPT);
    d->x->host = kept;
}

static void keep_agent(struct draft *d, const struct field *f)
{
    if (!first(&d->agent_seen))
        return;
    struct text kept = keep_text(d, f->value, AGENT_KEPT);
    d->x->agent = kept;
}

/* Of all lines, unlike Authorization. */
static void keep_subprotocol(struct draft *d, const struct field *f)
{
    if (d->websocket_digest)
        return;
    struct credential c = credential_of_subprotocols(f->value);
    if (c.kind == CREDENTIAL_WEBSOCKET && c.token.size)
        d->websocket_digest = credential_digest(d->bench->digests, c.token);
}

static void keep_upgrade(struct draft *d, const struct field *f)
{
    if (first(&d->upgrade_seen))
        d->upgrade_websocket = slice_same_nocase(f->value, slice_of("websocket"));
}

static void keep_connection(struct draft *d, const struct field *f)
{
    if (first(&d->connection_seen))
        d->upgrade_asked = list_has(f->value, "upgrade");
    d->upgrade_named |= has_nocase(f->value, slice_of("upgrade"));
}

/* With no value it is as if it were not there: so Go's server takes it; and of several users the first counts. */
static void keep_impersonation(struct draft *d, const struct field *f)
{
    bool counts = f->id != FIELD_IMPERSONATE_USER || first(&d->impersonation_seen);
    if (counts && f->value.size)
        draft_sign(d, SIGN_IMPERSONATES);
}

static void keep_front_user(struct draft *d, const struct field *f)
{
    if (!first(&d->front_user_seen) || !f->value.size)
        return;
    draft_sign(d, SIGN_FRONT_USER);
    if (slice_is(f->value, "system:anonymous"))
        draft_sign(d, SIGN_FRONT_ANONYMOUS);
}

/* :status is three digits, or the parser would not have told it. */
static uint16_t code_of(struct slice value)
{
    unsigned code = 0;
    for (size_t i = 0; i < value.size && i < 3; i++)
        code = code * 10 + (unsigned)(value.data[i] - '0') % 10;
    return (uint16_t)code;
}

static void keep_code(struct draft *d, const struct field *f)
{
    d->code = code_of(f->value);
}

static void keep_audit_id(struct draft *d, const struct field *f)
{
    struct text kept = keep_text(d, f->value, SHORT_KEPT);
    d->x->audit_id = kept;
    draft_sign(d, SIGN_KUBERNETES);
}

static void keep_fairness(struct draft *d, const struct field *f)
{
    (void)f;
    draft_sign(d, SIGN_KUBERNETES);
    draft_sign(d, SIGN_ADMITTED);
}

static void keep_backend(struct draft *d, const struct field *f)
{
    (void)f;
    draft_sign(d, SIGN_BACKEND);
}

static void keep_type(struct draft *d, const struct field *f)
{
    d->type_seen = true;
    bool other = slice_begins(f->value, "application/yaml"); /* a client can ask for it, and it is not read */
    d->body_broken |= other;
    d->body_readable |= other;
    d->body_readable |= slice_begins(f->value, "application/json") || slice_begins(f->value, "application/cbor") ||
                        slice_begins(f->value, "application/vnd.kubernetes.protobuf") ||
                        slice_begins(f->value, "text/plain");
}

static void keep_encoding(struct draft *d, const struct field *f)
{
    (void)f;
    d->body_broken = true;
}

static keeper *const keepers[2][FIELD_IDS] = {
    [CLIENT] = {[FIELD_METHOD] = keep_method,
                [FIELD_PATH] = keep_path,
                [FIELD_PROTOCOL] = keep_protocol,
                [FIELD_AUTHORITY] = keep_host,
                [FIELD_HOST] = keep_host,
                [FIELD_USER_AGENT] = keep_agent,
                [FIELD_AUTHORIZATION] = keep_authorization,
                [FIELD_SEC_WEBSOCKET_PROTOCOL] = keep_subprotocol,
                [FIELD_UPGRADE] = keep_upgrade,
                [FIELD_CONNECTION] = keep_connection,
                [FIELD_IMPERSONATE_USER] = keep_impersonation,
                [FIELD_IMPERSONATE_EXTRA] = keep_impersonation,
                [FIELD_IMPERSONATE_GROUP] = keep_impersonation,
                [FIELD_IMPERSONATE_UID] = keep_impersonation,
                [FIELD_X_REMOTE_USER] = keep_front_user,
                [FIELD_X_FORWARDED_FOR] = keep_forwarded,
                [FIELD_VIA] = keep_via},
    [SERVER] = {[FIELD_STATUS] = keep_code,
                [FIELD_AUDIT_ID] = keep_audit_id,
                [FIELD_X_KUBERNETES_PF_FLOWSCHEMA_UID] = keep_fairness,
                [FIELD_X_KUBERNETES_PF_PRIORITYLEVEL_UID] = keep_fairness,
                [FIELD_SERVER] = keep_backend,
                [FIELD_WWW_AUTHENTICATE] = keep_backend,
                [FIELD_CONTENT_TYPE] = keep_type,
                [FIELD_CONTENT_ENCODING] = keep_encoding},
};

void draft_field(void *draft, enum side from, const struct field *field)
{
    struct draft *d = draft;
    /* Behind the head they are trailers: no server takes a credential from there. */
    if (!d->x || (from == CLIENT ? d->x->request : d->x->answer) != SEEN_NOT)
        return;
    if (from == CLIENT && field->inferred)
        draft_sign(d, SIGN_TABLE_RECOVERED);
    if (field->known != KNOWN) {
        (from == CLIENT ? draft_hide : draft_hide_answer)(d, field);
        return;
    }
    if (from == CLIENT)
        draft_place(d, field);
    keeper *keep = keepers[from][field->id];
    if (keep)
        keep(d, field);
}

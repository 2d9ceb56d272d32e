/* Exchanges as Events of the Kubernetes audit log (audit.k8s.io/v1, level Metadata), so that what reads audit logs
 * reads the wire. Members have the field table's audit names; what they hold is written as the API server writes it. */
#include "sensor/report/format.h"
#include "sensor/report/json.h"

#include "proto/packet/address.h"
#include "sensor/event/auth.h"
#include "sensor/event/exchange.h"
#include "sensor/event/field.h"
#include "sensor/report/request_uri.h"

#include <stdlib.h>

enum {
    OBJECT_MAX = 24,
    MEMBER_MAX = 32,
    FIELD_NAME_MAX = 32, /* of our own names, and a comma */
    ADDRESS_MAX = 46,    /* as text */
    AGENT_MAX = 1024,    /* where the API server cuts it */
    FORWARDED_KEPT = 512 /* of X-Forwarded-For, in a record: what is as long may have been longer */
};

#define EVENT_FIELD(id, name, ...) _Static_assert(sizeof name < FIELD_NAME_MAX, name);
#include "sensor/event/field.def"
#undef EVENT_FIELD

/* Where a row's value stands in the Event. */
struct place {
    char object[OBJECT_MAX]; /* "": in the Event itself */
    char member[MEMBER_MAX];
};

/* An Event being written. */
struct line {
    struct json json;
    struct audit_state *state;
    const struct exchange *x;
    const char *object; /* that is open; "": none */
};

typedef void put_function(struct line *w, const struct place *at, enum event_field_id field);
static put_function put_text, put_list, put_uri, put_user, put_sources, put_agent, put_reference, put_reason, put_code,
    put_time;

/* Members of one object stand together. */
static const struct row {
    enum event_field_id field;
    put_function *put;
} rows[] = {{EVENT_KUBE_AUDIT_ID, put_text},
            {EVENT_HTTP_URL, put_uri},
            {EVENT_KUBE_VERB, put_text},
            {EVENT_AUTH_USER, put_user},
            {EVENT_AUTH_GROUPS, put_list},
            {EVENT_SRC_IP, put_sources},
            {EVENT_HTTP_USER_AGENT, put_agent},
            {EVENT_KUBE_RESOURCE, put_reference},
            {EVENT_KUBE_NAMESPACE, put_reference},
            {EVENT_KUBE_NAME, put_reference},
            {EVENT_KUBE_API_GROUP, put_reference},
            {EVENT_KUBE_API_VERSION, put_reference},
            {EVENT_KUBE_SUBRESOURCE, put_reference},
            {EVENT_KUBE_REASON, put_reason},
            {EVENT_HTTP_STATUS, put_code},
            {EVENT_TIMESTAMP, put_time}};

enum { ROWS = sizeof rows / sizeof *rows };

struct audit_state {
    struct value_clock clock;
    struct buffer scratch;
    struct place places[ROWS];
};

/* The first of a row's audit names, taken apart at its dot. */
static struct place place_of(enum event_field_id field)
{
    struct place at = {.object = ""};
    const char *alias = event_fields[field].alias;
    struct slice name = slice_part(slice_of(alias), 0, strcspn(alias, " "));
    size_t dot = slice_find(name, '.');
    struct slice object = slice_part(name, 0, dot < name.size ? dot : 0);
    struct slice member = slice_part(name, dot < name.size ? dot + 1 : 0, name.size);
    if (!member.size || object.size >= sizeof at.object || member.size >= sizeof at.member)
        abort(); /* the table is constant: the first start would show it */
    memcpy(at.object, object.data, object.size);
    memcpy(at.member, member.data, member.size);
    return at;
}

static void move_to(struct line *w, const char *object)
{
    if (strcmp(w->object, object) == 0)
        return;
    if (*w->object)
        json_close(&w->json, '}');
    if (*object)
        json_open(&w->json, object, '{');
    w->object = object;
}

static struct slice text_of(const struct line *w, enum event_field_id field)
{
    return event_field_get(field, &w->x->event).text;
}

static void put_value(struct line *w, const struct place *at, struct slice value)
{
    if (!value.size)
        return;
    move_to(w, at->object);
    json_text(&w->json, at->member, value);
}

static void put_text(struct line *w, const struct place *at, enum event_field_id field)
{
    put_value(w, at, text_of(w, field));
}

static void put_list(struct line *w, const struct place *at, enum event_field_id field)
{
    struct slice left = text_of(w, field);
    if (!left.size)
        return;
    move_to(w, at->object);
    json_open(&w->json, at->member, '[');
    while (left.size) {
        struct slice value = slice_part(left, 0, slice_find(left, ','));
        left = slice_part(left, value.size + 1, left.size);
        if (value.size)
            json_text(&w->json, NULL, value);
    }
    json_close(&w->json, ']');
}

static void put_uri(struct line *w, const struct place *at, enum event_field_id field)
{
    struct buffer *b = &w->state->scratch;
    struct slice target = text_of(w, field), method = text_of(w, EVENT_HTTP_METHOD);
    b->size = 0;
    b->failed = false;
    if (target.size || method.size)
        request_uri(b, method, target);
    if (b->failed)
        w->json.out->failed = true; /* the line is taken back, and that it is missing is said */
    else
        put_value(w, at, (struct slice){(const uint8_t *)b->bytes, b->size});
}

/* The server logs an empty user of a request that it answered 401. */
static void put_user(struct line *w, const struct place *at, enum event_field_id field)
{
    if (w->x->auth_state == AUTH_REJECTED)
        move_to(w, at->object);
    put_value(w, at, text_of(w, field));
}

static void put_reference(struct line *w, const struct place *at, enum event_field_id field)
{
    if (strcmp(exchange_path_kind_name(w->x->path_kind), "resource") == 0)
        put_value(w, at, text_of(w, field));
}

static void put_agent(struct line *w, const struct place *at, enum event_field_id field)
{
    static const char behind[] = "...TRUNCATED";
    uint8_t cut[AGENT_MAX + sizeof behind];
    struct slice agent = text_of(w, field);
    if (agent.size > AGENT_MAX) {
        memcpy(cut, agent.data, AGENT_MAX);
        memcpy(cut + AGENT_MAX, behind, sizeof behind);
        agent = (struct slice){cut, AGENT_MAX + sizeof behind - 1};
    }
    put_value(w, at, agent);
}

/* As the server reads it: no port, no brackets, but leading zeros in a dotted one. */
static bool read_member(struct slice member, uint8_t ip[static 16])
{
    uint8_t text[ADDRESS_MAX];
    size_t size = 0;
    bool dotted = slice_find(member, ':') == member.size;
    for (size_t i = 0; i < member.size; i++) {
        bool begins = size == 0 || text[size - 1] == '.';
        bool digit_follows = i + 1 < member.size && member.data[i + 1] >= '0' && member.data[i + 1] <= '9';
        if (dotted && begins && digit_follows && member.data[i] == '0')
            continue;
        if (size == sizeof text)
            return false;
        text[size++] = member.data[i];
    }
    return address_parse((struct slice){text, size}, ip);
}

/* What X-Forwarded-For claims, without a member at either end that may have been cut. Of a long list the end is kept.
 */
static struct slice claimed_sources(const struct exchange *x)
{
    struct text t = x->event.forwarded_for;
    struct slice claimed = event_text(&x->event, t);
    if (event_is_unknown(&x->event, EVENT_FORWARDED_FOR))
        return slice_of("");
    if (x->event.cut && t.size >= FORWARDED_KEPT)
        claimed = slice_part(claimed, slice_find(claimed, ','), claimed.size);
    while (x->event.cut && t.at + t.size >= EVENT_MAX && claimed.size && claimed.data[claimed.size - 1] != ',')
        claimed.size--;
    return claimed;
}

/* What X-Forwarded-For claims, whatever of it is an address, and the peer, unless it is the last of them. */
static void put_sources(struct line *w, const struct place *at, enum event_field_id field)
{
    struct slice claimed = claimed_sources(w->x);
    const uint8_t *peer = w->x->placed ? w->x->peer : event_field_get(field, &w->x->event).ip;
    uint8_t ip[16];
    bool peer_told = false;
    move_to(w, at->object);
    json_open(&w->json, at->member, '[');
    while (claimed.size) {
        size_t comma = slice_find(claimed, ',');
        if (read_member(slice_trim(slice_part(claimed, 0, comma)), ip)) {
            json_ip(&w->json, NULL, ip);
            peer_told = memcmp(ip, peer, sizeof ip) == 0;
        }
        claimed = slice_part(claimed, comma + (comma < claimed.size), claimed.size);
    }
    if (!peer_told)
        json_ip(&w->json, NULL, peer);
    json_close(&w->json, ']');
}

/* Only a failure has a reason. */
static void put_reason(struct line *w, const struct place *at, enum event_field_id field)
{
    if (exchange_has(w->x, SIGN_STATUS) && w->x->status >= 400) {
        move_to(w, at->object);
        json_string(&w->json, "status", "Failure");
    }
    put_value(w, at, text_of(w, field));
}

static void put_code(struct line *w, const struct place *at, enum event_field_id field)
{
    uint64_t code = event_field_get(field, &w->x->event).number;
    if (!code)
        return;
    move_to(w, at->object);
    json_number(&w->json, at->member, code);
}

static void put_time(struct line *w, const struct place *at, enum event_field_id field)
{
    (void)field; /* rules see no times */
    const struct event *e = &w->x->event;
    move_to(w, at->object);
    json_time(&w->json, at->member, &w->state->clock, e->time);
    json_time(&w->json, "stageTimestamp", &w->state->clock, e->order.clock > e->time ? e->order.clock : e->time);
}

/* Names of what could not be known, as in the JSON events, with commas between them. */
static size_t list_unknown(const struct event *e, char text[static FIELD_NAME_MAX * EVENT_FIELDS])
{
    size_t size = 0;
    for (unsigned i = 0; i < EVENT_FIELDS; i++) {
        if (!(event_fields[i].in >> EVENT_EXCHANGE & 1) || !field_set_has(&e->unknown, i))
            continue;
        if (size)
            text[size++] = ',';
        memcpy(text + size, event_fields[i].name, strlen(event_fields[i].name));
        size += strlen(event_fields[i].name);
    }
    return size;
}

/* Annotations are strings, all of them. */
static void put_annotations(struct line *w)
{
    struct json *j = &w->json;
    const struct exchange *x = w->x;
    char number[VALUE_MAX], unknown[FIELD_NAME_MAX * EVENT_FIELDS];
    size_t unknown_size = list_unknown(&x->event, unknown);
    json_open(j, "annotations", '{');
    json_string(j, "kapiwatch/auth-state", auth_state_name(x->auth_state));
    if (x->auth_confidence)
        json_text(j, "kapiwatch/confidence",
                  (struct slice){(uint8_t *)number, (size_t)(value_number(number, x->auth_confidence) - number)});
    json_endpoint(j, "kapiwatch/endpoint", &x->event.server);
    json_string(j, "kapiwatch/endpoint-basis", endpoint_basis_name(x->event.basis));
    if (x->event.cluster.size)
        json_text(j, "kapiwatch/cluster", event_text(&x->event, x->event.cluster));
    if (unknown_size)
        json_text(j, "kapiwatch/unknown", (struct slice){(uint8_t *)unknown, unknown_size});
    json_close(j, '}');
}

static void audit_event(void *state, struct buffer *out, const struct event *e)
{
    if (((const struct exchange *)e)->twin) /* an API server has one line for it */
        return;
    struct line w = {.json = json_begin(out), .state = state, .x = (const struct exchange *)e, .object = ""};
    json_string(&w.json, "kind", "Event");
    json_string(&w.json, "apiVersion", "audit.k8s.io/v1");
    json_string(&w.json, "level", "Metadata");
    json_string(&w.json, "stage", "ResponseComplete");
    for (size_t i = 0; i < ROWS; i++) {
        if (!event_is_unknown(e, rows[i].field))
            rows[i].put(&w, &w.state->places[i], rows[i].field);
    }
    move_to(&w, "");
    put_annotations(&w);
    json_end(&w.json);
}

static void *audit_open(const struct report_style *style)
{
    (void)style; /* for people */
    struct audit_state *s = calloc(1, sizeof *s);
    for (size_t i = 0; s && i < ROWS; i++)
        s->places[i] = place_of(rows[i].field);
    return s;
}

static void audit_close(void *state)
{
    struct audit_state *s = state;
    buffer_deinit(&s->scratch);
    free(s);
}

const struct report_format report_audit = {
    .name = "audit", .events = 1U << REPORT_HTTP, .open = audit_open, .close = audit_close, .event = audit_event};

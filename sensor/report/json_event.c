/* Events as the field table has them: a line whose shape was seen before by what is kept of it, any other member by
 * member. Room for the longest line is taken before it begins: then nobody asks again, and the place where the next
 * byte goes stays in a register. */
#include "sensor/report/json_format.h"
#include "sensor/report/json_plan.h"

#include "sensor/event/exchange.h"

enum { PROTOCOL_NUMBER_TCP = 6 };

/* An event being written. */
struct line {
    struct json_plan *plan;
    struct value_clock *clock;
    const struct event *e;
    unsigned object;                    /* that is open */
    struct json_draft *draft;           /* where holes of the line are noted; NULL: nowhere */
    struct json_connection *connection; /* its own */
};

static char *put_key(char *at, const struct json_key *key)
{
    memcpy(at, key->text, JSON_KEY_TEXT);
    return at + key->size;
}

/* Takes back the last member's comma. */
static char *close(char *at, char bracket)
{
    at -= at[-1] == ',';
    *at++ = bracket;
    *at++ = ',';
    return at;
}

static char *open_object(const struct json_object *objects, char *at, unsigned from, unsigned to)
{
    if (to == from)
        return at;
    at = open_object(objects, at, from, objects[to].parent);
    return put_key(at, &objects[to].key);
}

/* From the object that is open to another: up to what both stand in, and down. */
static char *move_to(const struct json_object *objects, char *at, unsigned from, unsigned to)
{
    for (; !(objects[to].above >> from & 1); from = objects[from].parent)
        at = close(at, '}');
    return open_object(objects, at, from, to);
}

/* The name of a member that has a value, in the object it belongs to. */
static char *begin_member(struct line *w, char *at, const struct json_step *step)
{
    if (step->object != w->object) {
        at = move_to(w->plan->objects, at, w->object, step->object);
        w->object = step->object;
    }
    return put_key(at, &step->key);
}

/* @return NULL: a value that has no name. */
static const struct json_key *word_of(const struct line *w, const struct json_step *step, uint64_t value)
{
    const struct json_key *word = value < JSON_WORDS ? &w->plan->words[step->field][value] : NULL;
    return word && word->size ? word : NULL;
}

static char *put_name(struct line *w, char *at, const struct json_step *step, uint64_t value)
{
    const struct json_key *word = word_of(w, step, value);
    return word ? put_key(begin_member(w, at, step), word) : at;
}

static char *put_names(struct line *w, char *at, const struct json_step *step, uint64_t bits)
{
    if (!bits)
        return at;
    at = begin_member(w, at, step);
    *at++ = '[';
    for (unsigned i = 0; bits >> i; i++) {
        const struct json_key *word = bits >> i & 1 ? word_of(w, step, i) : NULL;
        if (word)
            at = put_key(at, word);
    }
    return close(at, ']');
}

static char *put_vlans(struct line *w, char *at, const struct json_step *step)
{
    if (!w->e->vlans)
        return at;
    at = begin_member(w, at, step);
    *at++ = '[';
    for (unsigned i = 0; i < w->e->vlans && i < 2; i++) {
        at = value_number(at, w->e->vlan[i]);
        *at++ = ',';
    }
    return close(at, ']');
}

static char *put_quoted(struct line *w, char *at, enum field_kind kind, const void *member, unsigned width)
{
    *at++ = '"';
    switch (kind) {
    case FIELD_TIME: at = value_time(at, w->clock, *(const moment *)member); break;
    case FIELD_IP: at = value_ip(at, ((const struct address *)member)->ip); break;
    case FIELD_ENDPOINT:
        memcpy(at, w->connection->endpoint, VALUE_MAX);
        at += w->connection->endpoint_size;
        break;
    default: at = value_hex(at, event_field_number(member, width), width); break;
    }
    *at++ = '"';
    return at;
}

/* A value alone, of the kinds that have one of their own. */
static char *put_value(struct line *w, char *at, enum field_kind kind, const void *member, unsigned width)
{
    switch (kind) {
    case FIELD_TEXT: return escape_json_at(at, event_text(w->e, *(const struct text *)member));
    case FIELD_NUMBER:
    case FIELD_COUNT: return value_number(at, event_field_number(member, width));
    case FIELD_PORT: return value_number(at, ((const struct address *)member)->port);
    default: return put_quoted(w, at, kind, member, width);
    }
}

static char *put_member(struct line *w, char *at, const struct json_step *step, const void *member)
{
    char *begin = begin_member(w, at, step);
    at = put_value(w, begin, (enum field_kind)step->kind, member, step->width);
    if (w->draft && !json_shape_has_value(&event_fields[step->field]))
        json_draft_add(w->draft, (struct json_hole){0, step->offset, step->kind, step->width}, begin, at);
    *at++ = ',';
    return at;
}

static char *put_plain(struct line *w, char *at, const struct json_step *step, struct slice text)
{
    at = escape_json_at(begin_member(w, at, step), text);
    *at++ = ',';
    return at;
}

/* Of the connection: its peer is the front, where that named the client. */
static char *put_community(struct line *w, char *at, const struct json_step *step)
{
    const struct exchange *x = (const struct exchange *)w->e;
    struct address peer = w->e->client;
    char id[COMMUNITY_ID_SIZE];
    if (w->e->type == EVENT_EXCHANGE && x->placed)
        memcpy(peer.ip, x->peer, sizeof peer.ip);
    if (!community_id(w->plan->community, PROTOCOL_NUMBER_TCP, &peer, &w->e->server, id))
        return at;
    return put_plain(w, at, step, (struct slice){(const uint8_t *)id, sizeof id});
}

static char *put_flag(struct line *w, char *at, const struct json_step *step)
{
    at = begin_member(w, at, step);
    memcpy(at, "true,", 5);
    return at + 5;
}

static char *put_field(struct line *w, char *at, const struct json_step *step)
{
    const void *member = (const uint8_t *)w->e + step->offset;
    uint64_t number = event_field_number(member, step->width);
    switch ((enum field_kind)step->kind) {
    case FIELD_TEXT: return ((const struct text *)member)->size ? put_member(w, at, step, member) : at;
    case FIELD_NUMBER:
    case FIELD_HEX: return number ? put_member(w, at, step, member) : at;
    case FIELD_FLAG: return number ? put_flag(w, at, step) : at;
    case FIELD_NAME: return put_name(w, at, step, number);
    case FIELD_NAMES: return put_names(w, at, step, number);
    case FIELD_COUNT:
    case FIELD_PORT:
    case FIELD_TIME:
    case FIELD_IP:
    case FIELD_ENDPOINT: return put_member(w, at, step, member);
    case FIELD_VLAN: return put_vlans(w, at, step);
    case FIELD_COMMUNITY: return put_community(w, at, step);
    case FIELD_PROTO: return put_plain(w, at, step, slice_of("TCP"));
    }
    return at;
}

static char *put_unknown(const struct json_type *type, char *at, const struct event *e)
{
    char *begin = at;
    for (unsigned word = 0; word < FIELD_SET_WORDS; word++) {
        for (uint64_t left = e->unknown.words[word] & type->rows[word]; left; left &= left - 1) {
            const char *name = event_fields[word * 64 + (unsigned)__builtin_ctzll(left)].name;
            if (at == begin) {
                memcpy(at, "\"unknown\":[", 11);
                at += 11;
            }
            at = escape_json_at(at, slice_of(name));
            *at++ = ',';
        }
    }
    return at == begin ? at : close(at, ']');
}

static bool is_of(const struct json_connection *c, const struct event *e)
{
    return c->endpoint_size && c->flow_id == e->flow_id && memcmp(&c->client, &e->client, sizeof c->client) == 0 &&
           memcmp(&c->server, &e->server, sizeof c->server) == 0 && c->vlans == e->vlans &&
           memcmp(c->vlan, e->vlan, sizeof c->vlan) == 0 && c->tunnel_kind == e->tunnel_kind &&
           c->tunnel_id == e->tunnel_id;
}

static struct json_connection *connection_of(struct json_plan *plan, const struct event *e)
{
    struct json_connection *c = &plan->connections[e->flow_id % JSON_CONNECTIONS];
    if (is_of(c, e))
        return c;
    c->flow_id = e->flow_id;
    c->client = e->client;
    c->server = e->server;
    c->vlans = e->vlans;
    memcpy(c->vlan, e->vlan, sizeof c->vlan);
    c->tunnel_kind = e->tunnel_kind;
    c->tunnel_id = e->tunnel_id;
    c->size = 0;
    c->endpoint_size = (uint16_t)(value_endpoint(c->endpoint, &e->server) - c->endpoint);
    return c;
}

/* Rows of the line itself, with a comma behind the last. */
static char *put_connection(struct line *w, char *at)
{
    struct json_connection *c = w->connection;
    const char *text = c->text;
    if (c->size)
        return json_shape_copy(at, &text, c->size);
    struct line own = {.plan = w->plan, .clock = w->clock, .e = w->e};
    char *begin = at;
    for (unsigned field = JSON_CONNECTION_FIRST; field <= JSON_CONNECTION_LAST; field++)
        at = put_field(&own, at, &w->plan->steps[field]);
    size_t size = (size_t)(at - begin);
    if (size <= sizeof c->text) {
        memcpy(c->text, begin, size);
        c->size = (uint16_t)size;
    }
    return at;
}

/* Member by member. */
static char *put_rows(struct line *w, char *at, const struct json_type *type)
{
    const struct json_hole connection = {.kind = FIELD_VLAN};
    *at++ = '{';
    for (unsigned word = 0; word < FIELD_SET_WORDS; word++) {
        uint64_t left = type->rows[word] & ~w->e->unknown.words[word];
        /* The verdict's word is itself the way to say that it is not known. */
        if (w->e->type == EVENT_EXCHANGE && word == EVENT_AUTH_STATE / 64)
            left |= UINT64_C(1) << EVENT_AUTH_STATE % 64;
        for (; left; left &= left - 1) {
            unsigned field = word * 64 + (unsigned)__builtin_ctzll(left);
            if (field != JSON_CONNECTION_FIRST) {
                at = put_field(w, at, &w->plan->steps[field]);
                continue;
            }
            char *begin = at;
            at = put_connection(w, at);
            json_draft_add(w->draft, connection, begin, at - 1);
        }
    }
    at = move_to(w->plan->objects, at, w->object, 0);
    at = close(put_unknown(type, at, w->e), '}');
    at[-1] = '\n';
    return at;
}

static char *put_shape(struct line *w, char *at, const struct json_shape *shape)
{
    const char *text = shape->text;
    for (const struct json_hole *h = shape->holes, *end = h + shape->hole_count; h < end; h++) {
        at = json_shape_copy(at, &text, h->before);
        if (h->kind == FIELD_VLAN)
            at = put_connection(w, at) - 1;
        else
            at = put_value(w, at, (enum field_kind)h->kind, (const uint8_t *)w->e + h->offset, h->width);
    }
    return json_shape_copy(at, &text, shape->behind);
}

/* What the texts of an event take at most. */
static size_t text_room(const struct json_plan *plan, const struct json_type *type, const struct event *e)
{
    size_t bytes = 0;
    for (unsigned field = 0; field < EVENT_FIELDS; field++) {
        const void *member = (const uint8_t *)e + plan->steps[field].offset;
        if (plan->steps[field].kind == FIELD_TEXT && type->rows[field / 64] >> field % 64 & 1)
            bytes += ((const struct text *)member)->size;
    }
    return escape_json_room(bytes);
}

static size_t shape_room(const struct json_shape *shape, const struct event *e)
{
    size_t bytes = 0;
    for (const struct json_hole *h = shape->holes, *end = h + shape->hole_count; h < end; h++)
        bytes += h->kind == FIELD_TEXT ? ((const struct text *)((const uint8_t *)e + h->offset))->size : 0;
    return escape_json_room(bytes);
}

void json_event(void *state, struct buffer *out, const struct event *e)
{
    struct json_state *s = state;
    const struct json_type *type = &s->plan->types[e->type];
    struct json_draft draft; /* most of it stays unused, so it is not cleared */
    draft.count = 0;
    struct line w = {
        .plan = s->plan, .clock = &s->clock, .e = e, .draft = &draft, .connection = connection_of(s->plan, e)};
    shape_pair key[SHAPE_PARTS];
    struct json_shape *shape = &s->plan->shapes[shape_of(&type->mask, e, key) % JSON_SHAPES];
    bool known = shape->hole_count && shape_same(&type->mask, shape->key, key);
    size_t room = type->room + (known ? shape_room(shape, e) : text_room(s->plan, type, e));
    char *begin = buffer_reserve(out, room), *at = begin;
    if (!begin)
        return;
    at = known ? put_shape(&w, at, shape) : put_rows(&w, at, type);
    if (!known)
        json_shape_keep(shape, &type->mask, key, &draft, begin, at);
    out->size = (size_t)(at - out->bytes);
}

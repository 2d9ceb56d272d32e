/* Events as the field table has them. Room for the longest line is taken before it begins: then members are written one
 * behind the other without another question, and the place where the next one goes stays in a register. */
#include "sensor/report/json.h"
#include "sensor/report/json_plan.h"

#include "sensor/event/exchange.h"

enum { PROTOCOL_NUMBER_TCP = 6 };

/** An event being written. */
struct line {
    struct json_plan *plan;
    struct value_clock *clock;
    const struct event *e;
    unsigned object; /* that is open */
};

static char *put_key(char *at, const struct json_key *key)
{
    memcpy(at, key->text, JSON_KEY_TEXT);
    return at + key->size;
}

/** Takes back the last member's comma. */
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

/** From the object that is open to another: up to what both stand in, and down. */
static char *move_to(const struct json_object *objects, char *at, unsigned from, unsigned to)
{
    for (; !(objects[to].above >> from & 1); from = objects[from].parent)
        at = close(at, '}');
    return open_object(objects, at, from, to);
}

/** The name of a member that has a value, in the object it belongs to. */
static inline char *begin_member(struct line *w, char *at, const struct json_step *step)
{
    if (step->object != w->object) {
        at = move_to(w->plan->objects, at, w->object, step->object);
        w->object = step->object;
    }
    return put_key(at, &step->key);
}

static inline char *put_text(struct line *w, char *at, const struct json_step *step, struct slice text)
{
    if (!text.size)
        return at;
    at = escape_json_at(begin_member(w, at, step), text);
    *at++ = ',';
    return at;
}

static inline char *put_number(struct line *w, char *at, const struct json_step *step, uint64_t number)
{
    at = value_number(begin_member(w, at, step), number);
    *at++ = ',';
    return at;
}

/** Of the connection: its peer is the front, where that named the client. */
static char *put_community(struct line *w, char *at, const struct json_step *step)
{
    const struct exchange *x = (const struct exchange *)w->e;
    struct address peer = w->e->client;
    char id[COMMUNITY_ID_SIZE];
    if (w->e->type == EVENT_EXCHANGE && x->placed)
        memcpy(peer.ip, x->peer, sizeof peer.ip);
    if (!community_id(w->plan->community, PROTOCOL_NUMBER_TCP, &peer, &w->e->server, id))
        return at;
    return put_text(w, at, step, (struct slice){(const uint8_t *)id, sizeof id});
}

/** @return NULL: a value that has no name. */
static inline const struct json_key *word_of(const struct line *w, const struct json_step *step, uint64_t value)
{
    const struct json_key *word = value < JSON_WORDS ? &w->plan->words[step->field][value] : NULL;
    return word && word->size ? word : NULL;
}

static inline char *put_name(struct line *w, char *at, const struct json_step *step, uint64_t value)
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

/** A value that needs quotes and no escapes. */
static char *put_quoted(struct line *w, char *at, const struct json_step *step, const void *member, uint64_t number)
{
    at = begin_member(w, at, step);
    *at++ = '"';
    switch ((enum field_kind)step->kind) {
    case FIELD_TIME: at = value_time(at, w->clock, *(const moment *)member); break;
    case FIELD_IP: at = value_ip(at, ((const struct address *)member)->ip); break;
    case FIELD_ENDPOINT: at = value_endpoint(at, member); break;
    default: at = value_hex(at, number, step->width); break;
    }
    *at++ = '"';
    *at++ = ',';
    return at;
}

static char *put_flag(struct line *w, char *at, const struct json_step *step)
{
    at = begin_member(w, at, step);
    memcpy(at, "true,", 5);
    return at + 5;
}

static inline char *put_field(struct line *w, char *at, const struct json_step *step)
{
    const void *member = (const uint8_t *)w->e + step->offset;
    uint64_t number = event_field_number(member, step->width);
    switch ((enum field_kind)step->kind) {
    case FIELD_TEXT: return put_text(w, at, step, event_text(w->e, *(const struct text *)member));
    case FIELD_COUNT: return put_number(w, at, step, number);
    case FIELD_NUMBER: return number ? put_number(w, at, step, number) : at;
    case FIELD_FLAG: return number ? put_flag(w, at, step) : at;
    case FIELD_NAME: return put_name(w, at, step, number);
    case FIELD_NAMES: return put_names(w, at, step, number);
    case FIELD_PORT: return put_number(w, at, step, ((const struct address *)member)->port);
    case FIELD_HEX: return number ? put_quoted(w, at, step, member, number) : at;
    case FIELD_TIME:
    case FIELD_IP:
    case FIELD_ENDPOINT: return put_quoted(w, at, step, member, 0);
    case FIELD_VLAN: return put_vlans(w, at, step);
    case FIELD_COMMUNITY: return put_community(w, at, step);
    case FIELD_PROTO: return put_text(w, at, step, slice_of("TCP"));
    }
    return at;
}

static char *put_unknown(const struct json_type *type, char *at, const struct event *e)
{
    char *begin = at;
    for (unsigned word = 0; word < FIELD_SET_WORDS; word++) {
        for (uint64_t left = e->unknown.words[word] & type->rows[word].all; left; left &= left - 1) {
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

/** The rows of a word that are written: of the others it is known that they are absent. */
static inline uint64_t present(const struct json_rows *rows, const struct event *e, unsigned word, size_t *bytes)
{
    uint64_t set = rows->always;
    for (size_t i = 0; i < rows->text_count; i++) {
        const struct text *text = (const void *)((const uint8_t *)e + rows->texts[i].offset);
        set |= (uint64_t)(text->size != 0) << rows->texts[i].bit;
        *bytes += text->size;
    }
    for (size_t i = 0; i < rows->byte_count; i++)
        set |= (uint64_t)(((const uint8_t *)e)[rows->bytes[i].offset] != 0) << rows->bytes[i].bit;
    set &= ~e->unknown.words[word];
    /* The verdict's word is itself the way to say that it is not known. */
    if (e->type == EVENT_EXCHANGE && word == EVENT_AUTH_STATE / 64)
        set |= UINT64_C(1) << EVENT_AUTH_STATE % 64;
    return set;
}

static bool is_of(const struct json_connection *c, const struct event *e)
{
    return c->size && c->flow_id == e->flow_id && memcmp(&c->client, &e->client, sizeof c->client) == 0 &&
           memcmp(&c->server, &e->server, sizeof c->server) == 0 && c->vlans == e->vlans &&
           memcmp(c->vlan, e->vlan, sizeof c->vlan) == 0 && c->tunnel_kind == e->tunnel_kind &&
           c->tunnel_id == e->tunnel_id;
}

static void remember(struct json_connection *c, const struct event *e, const char *text, size_t size)
{
    c->size = 0;
    if (size > sizeof c->text)
        return;
    c->flow_id = e->flow_id;
    c->client = e->client;
    c->server = e->server;
    c->vlans = e->vlans;
    memcpy(c->vlan, e->vlan, sizeof c->vlan);
    c->tunnel_kind = e->tunnel_kind;
    c->tunnel_id = e->tunnel_id;
    memcpy(c->text, text, size);
    c->size = (uint16_t)size;
}

static char *put_new_connection(struct line *w, char *at, struct json_connection *c)
{
    char *begin = at;
    for (unsigned field = JSON_CONNECTION_FIRST; field <= JSON_CONNECTION_LAST; field++)
        at = put_field(w, at, &w->plan->steps[field]);
    remember(c, w->e, begin, (size_t)(at - begin));
    return at;
}

static char *put_connection(struct line *w, char *at)
{
    struct json_connection *c = &w->plan->connections[w->e->flow_id % JSON_CONNECTIONS];
    if (!is_of(c, w->e))
        return put_new_connection(w, at, c);
    memcpy(at, c->text, sizeof c->text); /* whole: a constant size is a few moves */
    return at + c->size;
}

void json_event(void *state, struct buffer *out, const struct event *e)
{
    struct json_state *s = state;
    struct json_plan *plan = s->plan;
    const struct json_type *type = &plan->types[e->type];
    uint64_t rows[FIELD_SET_WORDS];
    size_t bytes = 0; /* of texts */
    for (unsigned word = 0; word < FIELD_SET_WORDS; word++)
        rows[word] = present(&type->rows[word], e, word, &bytes);
    char *at = buffer_reserve(out, type->room + escape_json_room(bytes));
    if (!at)
        return;
    struct line w = {.plan = plan, .clock = &s->clock, .e = e};
    *at++ = '{';
    for (unsigned word = 0; word < FIELD_SET_WORDS; word++) {
        for (uint64_t left = rows[word]; left; left &= left - 1) {
            unsigned field = word * 64 + (unsigned)__builtin_ctzll(left);
            at = field == JSON_CONNECTION_FIRST ? put_connection(&w, at) : put_field(&w, at, &plan->steps[field]);
        }
    }
    at = move_to(plan->objects, at, w.object, 0);
    at = close(put_unknown(type, at, e), '}');
    at[-1] = '\n';
    out->size = (size_t)(at - out->bytes);
}

/* Events as the field table has them. What does not change from event to event is worked out once: which rows an
 * event of a type has, the names with quotes and colon, and the objects they stand in. */
#include "sensor/report/json.h"

#include "sensor/event/community.h"
#include "sensor/event/exchange.h"
#include "sensor/event/field.h"

#include <stdlib.h>

enum {
    KEY_MAX = 32,         /* copied whole, whatever its size: a constant size is two moves */
    WORDS = 32,           /* names of a row's values that are kept ready: all that there are */
    OBJECTS_MAX = 32,     /* bits of json_object.above */
    CONNECTIONS = 1024,   /* whose part of a line is remembered: above all SHA-1 once a connection, not once an event */
    CONNECTION_MAX = 320, /* bytes of that part: enough for any */
    CONNECTION_FIRST = EVENT_VLAN, /* the rows that are in it, one behind the other */
    CONNECTION_LAST = EVENT_COMMUNITY_ID,
    PROTOCOL_NUMBER_TCP = 6
};

#define EVENT_FIELD(id, name, ...) _Static_assert(sizeof name + sizeof "\"\":{" <= KEY_MAX, name);
#include "sensor/event/field.def"
#undef EVENT_FIELD

struct json_key {
    char text[KEY_MAX]; /* "verb":  or as a value  "list", */
    uint8_t size;       /* 0: none */
};

struct json_object {
    struct json_key key; /* "kube":{ */
    uint8_t parent;
    uint32_t above; /* bits of this one and of all that it stands in */
};

struct json_step {
    struct json_key key;
    uint16_t offset;
    uint8_t field, object, kind;
    uint8_t width; /* of a number; 0: it is none */
};

/** Members whose presence is asked in one way: nearly all are texts or bytes, and most of them are absent. */
struct json_asked {
    struct {
        uint16_t offset;
        uint8_t field;
    } texts[EVENT_FIELDS], bytes[EVENT_FIELDS];
    size_t text_count, byte_count;
    struct field_set always; /* looked at as they are written */
};

/** What all events of a connection have in common, as it is written. */
struct json_connection {
    uint64_t flow_id;
    struct address client, server;
    uint32_t tunnel_id;
    uint16_t vlan[2];
    uint8_t vlans, tunnel_kind;
    uint16_t size; /* 0: nothing is remembered here */
    char text[CONNECTION_MAX];
};

struct json_events {
    struct json_object objects[OBJECTS_MAX]; /* [0]: the line itself */
    size_t object_count;
    struct json_step steps[EVENT_FIELDS];
    struct json_asked asked[EVENT_TYPES];
    struct field_set fields[EVENT_TYPES];
    struct json_key words[EVENT_FIELDS][WORDS]; /* of FIELD_NAME and FIELD_NAMES */
    struct community *community;
    struct json_connection connections[CONNECTIONS];
};

static struct json_key make_key(struct slice name, const char *behind)
{
    struct json_key key = {.size = (uint8_t)(name.size + 2 + strlen(behind))};
    key.text[0] = '"';
    memcpy(key.text + 1, name.data, name.size);
    key.text[1 + name.size] = '"';
    memcpy(key.text + 2 + name.size, behind, strlen(behind));
    return key;
}

/** The object `name` in `parent`: where the last row left it, or a new one. */
static uint8_t find_object(struct json_events *events, uint8_t parent, struct slice name)
{
    struct json_key key = make_key(name, ":{");
    for (size_t i = 1; i < events->object_count; i++) {
        if (events->objects[i].parent == parent && memcmp(&events->objects[i].key, &key, sizeof key) == 0)
            return (uint8_t)i;
    }
    if (events->object_count == OBJECTS_MAX)
        abort(); /* the table is constant: the first start of the program would show it */
    uint8_t i = (uint8_t)events->object_count++;
    events->objects[i] =
        (struct json_object){.key = key, .parent = parent, .above = events->objects[parent].above | UINT32_C(1) << i};
    return i;
}

static bool is_number(enum field_kind kind)
{
    return kind == FIELD_NUMBER || kind == FIELD_COUNT || kind == FIELD_FLAG || kind == FIELD_NAME ||
           kind == FIELD_NAMES || kind == FIELD_HEX;
}

static bool is_empty(const char *word)
{
    return !word || !*word;
}

static void add_asked(struct json_asked *asked, const struct event_field *f, unsigned field)
{
    bool byte = f->width == 1 && (f->kind == FIELD_NAME || f->kind == FIELD_FLAG || f->kind == FIELD_NUMBER);
    if (f->kind == FIELD_TEXT) {
        asked->texts[asked->text_count].offset = f->offset;
        asked->texts[asked->text_count++].field = (uint8_t)field;
    } else if (byte && (f->kind != FIELD_NAME || is_empty(f->text(0)))) {
        asked->bytes[asked->byte_count].offset = f->offset;
        asked->bytes[asked->byte_count++].field = (uint8_t)field;
    } else {
        field_set_add(&asked->always, field);
    }
}

static void add_step(struct json_events *events, unsigned field)
{
    const struct event_field *f = &event_fields[field];
    struct slice name = slice_of(f->name);
    struct json_step step = {.field = (uint8_t)field, .offset = f->offset, .kind = f->kind};
    if (is_number((enum field_kind)f->kind))
        step.width = f->width;
    for (size_t dot; (dot = slice_find(name, '.')) < name.size; name = slice_part(name, dot + 1, name.size))
        step.object = find_object(events, step.object, slice_part(name, 0, dot));
    step.key = make_key(name, ":");
    events->steps[field] = step;
    for (unsigned type = 0; type < EVENT_TYPES; type++) {
        if (f->in >> type & 1) {
            add_asked(&events->asked[type], f, field);
            field_set_add(&events->fields[type], field);
        }
    }
}

static void add_words(struct json_events *events, unsigned field)
{
    for (unsigned i = 0; event_fields[field].text && i < WORDS; i++) {
        const char *word = event_fields[field].text(i);
        if (word && *word && strlen(word) + sizeof "\"\"," <= KEY_MAX)
            events->words[field][i] = make_key(slice_of(word), ",");
    }
}

struct json_events *json_events_new(void)
{
    struct json_events *events = calloc(1, sizeof *events);
    if (!events)
        return NULL;
    events->objects[0].above = 1;
    events->object_count = 1;
    for (unsigned i = 0; i < EVENT_FIELDS; i++) {
        add_step(events, i);
        add_words(events, i);
    }
    events->community = community_new(0);
    if (events->community)
        return events;
    json_events_free(events);
    return NULL;
}

void json_events_free(struct json_events *events)
{
    if (!events)
        return;
    community_free(events->community);
    free(events);
}

/** An event being written. */
struct line {
    struct json json;
    struct json_state *state;
    const struct event *e;
    unsigned object; /* that is open */
};

static void put_key(struct json *j, const struct json_key *key)
{
    memcpy(j->at, key->text, KEY_MAX);
    j->at += key->size;
}

static void open_object(struct line *w, unsigned object)
{
    const struct json_object *o = &w->state->events->objects[object];
    if (object == w->object)
        return;
    open_object(w, o->parent);
    if (json_room(&w->json, KEY_MAX))
        put_key(&w->json, &o->key);
}

static void move_to(struct line *w, unsigned object)
{
    const struct json_object *objects = w->state->events->objects;
    for (; !(objects[object].above >> w->object & 1); w->object = objects[w->object].parent)
        json_close(&w->json, '}');
    open_object(w, object);
    w->object = object;
}

/** The name of a member that has a value, in the object it belongs to, and room for `size` more bytes. */
static inline bool begin_member(struct line *w, const struct json_step *step, size_t size)
{
    if (step->object != w->object)
        move_to(w, step->object);
    if (!json_room(&w->json, KEY_MAX + size))
        return false;
    put_key(&w->json, &step->key);
    return true;
}

static void put_text(struct line *w, const struct json_step *step, struct slice text)
{
    if (!text.size || !begin_member(w, step, escape_json_room(text.size)))
        return;
    w->json.at = escape_json_at(w->json.at, text);
    *w->json.at++ = ',';
}

static void put_number(struct line *w, const struct json_step *step, uint64_t number)
{
    if (!begin_member(w, step, VALUE_MAX))
        return;
    w->json.at = value_number(w->json.at, number);
    *w->json.at++ = ',';
}

/** Of the connection: its peer is the front, where that named the client. */
static void put_community(struct line *w, const struct json_step *step)
{
    const struct exchange *x = (const struct exchange *)w->e;
    struct address peer = w->e->client;
    char id[COMMUNITY_ID_SIZE];
    if (w->e->type == EVENT_EXCHANGE && x->placed)
        memcpy(peer.ip, x->peer, sizeof peer.ip);
    if (community_id(w->state->events->community, PROTOCOL_NUMBER_TCP, &peer, &w->e->server, id))
        put_text(w, step, (struct slice){(const uint8_t *)id, sizeof id});
}

/** @return NULL: a value that has no name. */
static const struct json_key *word_of(const struct line *w, const struct json_step *step, uint64_t value)
{
    const struct json_key *word = value < WORDS ? &w->state->events->words[step->field][value] : NULL;
    return word && word->size ? word : NULL;
}

static void put_name(struct line *w, const struct json_step *step, uint64_t value)
{
    const struct json_key *word = word_of(w, step, value);
    if (word && begin_member(w, step, KEY_MAX))
        put_key(&w->json, word);
}

static void put_names(struct line *w, const struct json_step *step, uint64_t bits)
{
    if (!bits || !begin_member(w, step, 1 + WORDS * KEY_MAX))
        return;
    *w->json.at++ = '[';
    for (unsigned i = 0; bits >> i; i++) {
        const struct json_key *word = bits >> i & 1 ? word_of(w, step, i) : NULL;
        if (word)
            put_key(&w->json, word);
    }
    json_close(&w->json, ']');
}

static void put_vlans(struct line *w, const struct json_step *step)
{
    if (!w->e->vlans || !begin_member(w, step, 1))
        return;
    *w->json.at++ = '[';
    for (unsigned i = 0; i < w->e->vlans && i < 2; i++)
        json_number(&w->json, NULL, w->e->vlan[i]);
    json_close(&w->json, ']');
}

/** A value that needs quotes and no escapes. */
static void put_quoted(struct line *w, const struct json_step *step, const void *at, uint64_t number)
{
    if (!begin_member(w, step, VALUE_MAX + 2))
        return;
    char *to = w->json.at;
    *to++ = '"';
    switch ((enum field_kind)step->kind) {
    case FIELD_TIME: to = value_time(to, &w->state->clock, *(const moment *)at); break;
    case FIELD_IP: to = value_ip(to, ((const struct address *)at)->ip); break;
    case FIELD_ENDPOINT: to = value_endpoint(to, at); break;
    default: to = value_hex(to, number, step->width); break;
    }
    *to++ = '"';
    *to++ = ',';
    w->json.at = to;
}

static void put_flag(struct line *w, const struct json_step *step)
{
    if (!begin_member(w, step, sizeof "true,"))
        return;
    memcpy(w->json.at, "true,", 5);
    w->json.at += 5;
}

static void put_field(struct line *w, const struct json_step *step)
{
    const void *at = (const uint8_t *)w->e + step->offset;
    uint64_t number = event_field_number(at, step->width);
    switch ((enum field_kind)step->kind) {
    case FIELD_TEXT: put_text(w, step, event_text(w->e, *(const struct text *)at)); break;
    case FIELD_COUNT: put_number(w, step, number); break;
    case FIELD_NUMBER:
        if (number)
            put_number(w, step, number);
        break;
    case FIELD_FLAG:
        if (number)
            put_flag(w, step);
        break;
    case FIELD_NAME: put_name(w, step, number); break;
    case FIELD_NAMES: put_names(w, step, number); break;
    case FIELD_PORT: put_number(w, step, ((const struct address *)at)->port); break;
    case FIELD_HEX:
        if (number)
            put_quoted(w, step, at, number);
        break;
    case FIELD_TIME:
    case FIELD_IP:
    case FIELD_ENDPOINT: put_quoted(w, step, at, 0); break;
    case FIELD_VLAN: put_vlans(w, step); break;
    case FIELD_COMMUNITY: put_community(w, step); break;
    case FIELD_PROTO: put_text(w, step, slice_of("TCP")); break;
    }
}

static void put_unknown(struct line *w)
{
    const struct field_set *fields = &w->state->events->fields[w->e->type];
    bool open = false;
    for (unsigned word = 0; word < FIELD_SET_WORDS; word++) {
        for (uint64_t left = w->e->unknown.words[word] & fields->words[word]; left; left &= left - 1) {
            if (!open)
                json_open(&w->json, "unknown", '[');
            open = true;
            json_string(&w->json, NULL, event_fields[word * 64 + (unsigned)__builtin_ctzll(left)].name);
        }
    }
    if (open)
        json_close(&w->json, ']');
}

/** The rows that are written: of the others it is known that they are absent. */
static struct field_set present(const struct json_events *events, const struct event *e)
{
    const struct json_asked *asked = &events->asked[e->type];
    struct field_set set = asked->always;
    for (size_t i = 0; i < asked->text_count; i++) {
        const struct text *text = (const void *)((const uint8_t *)e + asked->texts[i].offset);
        set.words[asked->texts[i].field / 64] |= (uint64_t)(text->size != 0) << asked->texts[i].field % 64;
    }
    for (size_t i = 0; i < asked->byte_count; i++) {
        uint8_t byte = ((const uint8_t *)e)[asked->bytes[i].offset];
        set.words[asked->bytes[i].field / 64] |= (uint64_t)(byte != 0) << asked->bytes[i].field % 64;
    }
    for (unsigned word = 0; word < FIELD_SET_WORDS; word++)
        set.words[word] &= ~e->unknown.words[word];
    /* The verdict's word is itself the way to say that it is not known. */
    if (e->type == EVENT_EXCHANGE)
        field_set_add(&set, EVENT_AUTH_STATE);
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

static void put_connection(struct line *w)
{
    struct json_events *events = w->state->events;
    struct json_connection *c = &events->connections[w->e->flow_id % CONNECTIONS];
    if (!json_room(&w->json, sizeof c->text))
        return;
    if (is_of(c, w->e)) {
        memcpy(w->json.at, c->text, sizeof c->text); /* whole: a constant size is a few moves */
        w->json.at += c->size;
        return;
    }
    size_t begin = (size_t)(w->json.at - w->json.out->bytes);
    for (unsigned field = CONNECTION_FIRST; field <= CONNECTION_LAST; field++)
        put_field(w, &events->steps[field]);
    if (w->json.at)
        remember(c, w->e, w->json.out->bytes + begin, (size_t)(w->json.at - w->json.out->bytes) - begin);
}

static void put_fields(struct line *w)
{
    const struct json_step *steps = w->state->events->steps;
    struct field_set set = present(w->state->events, w->e);
    for (unsigned word = 0; word < FIELD_SET_WORDS; word++) {
        for (uint64_t left = set.words[word]; left; left &= left - 1) {
            unsigned field = word * 64 + (unsigned)__builtin_ctzll(left);
            if (field == CONNECTION_FIRST)
                put_connection(w);
            if (field < CONNECTION_FIRST || field > CONNECTION_LAST)
                put_field(w, &steps[field]);
        }
    }
}

void json_event(void *state, struct buffer *out, const struct event *e)
{
    struct json_state *s = state;
    struct line w = {.json = json_begin(out), .state = s, .e = e};
    put_fields(&w);
    move_to(&w, 0);
    put_unknown(&w);
    json_end(&w.json);
}

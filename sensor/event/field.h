/* The one table of what an event says. A row is a name in the JSON, its place in the record, and a sentence.
 *
 * JSON, the text report, rules, the audit log's names in rules, and the table in kapiwatch-events(5) are all made
 * from these rows (event/field.def): a field that is not here does not exist, and one that is here is
 * written, matched and documented. */
#ifndef SENSOR_EVENT_FIELD_H
#define SENSOR_EVENT_FIELD_H

#include "sensor/event/event.h"

/** How a row's member is read. What it gives: VALUE_TEXT for text and names, VALUE_NUMBER for numbers. */
enum field_kind {
    FIELD_TEXT,      /* struct text; size 0 is absent */
    FIELD_NUMBER,    /* unsigned of `width` bytes; 0 is absent */
    FIELD_COUNT,     /* unsigned of `width` bytes; 0 is a value */
    FIELD_FLAG,      /* a byte; written as true, absent when 0 */
    FIELD_TIME,      /* moment: RFC 3339, microseconds, UTC */
    FIELD_IP,        /* struct address: its address */
    FIELD_PORT,      /* struct address: its port */
    FIELD_ENDPOINT,  /* struct address: "address:port", "[v6]:port" */
    FIELD_NAME,      /* a byte: `name` of it; absent when that is NULL or "" */
    FIELD_NAMES,     /* bits of a number: a list of `name` of each */
    FIELD_HEX,       /* unsigned of `width` bytes, in hexadecimal; 0 is absent */
    FIELD_VLAN,      /* event.vlan: a list of numbers */
    FIELD_COMMUNITY, /* Community ID v1, from the addresses */
    FIELD_PROTO      /* "TCP" */
};

enum value_kind { VALUE_ABSENT, VALUE_UNKNOWN, VALUE_TEXT, VALUE_NUMBER, VALUE_ADDRESS, VALUE_NAMES, VALUE_FLAG };

struct value {
    enum value_kind kind;
    uint64_t number;   /* of a number, a flag; bits of names */
    struct slice text; /* of the record, or of a constant table */
    const uint8_t *ip; /* 16 bytes, of VALUE_ADDRESS */
};

struct event_field {
    const char *name;                    /* "kube.verb" */
    const char *alias;                   /* names of the audit log, separated by blanks: "verb"; "": none */
    const char *about;                   /* one sentence */
    const char *(*text)(unsigned value); /* of FIELD_NAME and FIELD_NAMES */
    uint16_t offset;                     /* in the record */
    uint8_t kind;                        /* enum field_kind */
    uint8_t width;                       /* of a number */
    uint16_t in;                         /* 1 << enum event_type; FIELD_IN_RULES_ON() */
};

/** Of a row that rules see in events of a type, and that is written nowhere: what goes by all that came before it, not
 * by this one event. */
#define FIELD_IN_RULES_ON(type) (1U << (EVENT_TYPES + (type)))

/** The rows that rules on events of this type see. */
static inline unsigned field_seen_on(unsigned type)
{
    return 1U << type | FIELD_IN_RULES_ON(type);
}

enum event_field_id {
#define EVENT_FIELD(id, name, alias, kind, in, type, member, text, about) EVENT_##id,
#include "sensor/event/field.def"
#undef EVENT_FIELD
    EVENT_FIELDS
};

_Static_assert(EVENT_FIELDS <= 64 * FIELD_SET_WORDS, "a bit for each field");

/** In the order in which they are written: rows of one JSON object stand together. */
extern const struct event_field event_fields[EVENT_FIELDS];

/** By name or alias. @return -1: there is none. For loading rules, not for the packet path. */
int event_field_find(const char *name);

/** What a rule sees. FIELD_TIME, FIELD_ENDPOINT and FIELD_COMMUNITY have no value there: VALUE_ABSENT, as has a field
 * that is not in events of this type. FIELD_HEX is a number, FIELD_VLAN the outermost tag. */
struct value event_field_get(enum event_field_id field, const struct event *e);

/** Of a member that is an unsigned number of `width` bytes; 0: there is no number. */
static inline uint64_t event_field_number(const void *at, unsigned width)
{
    switch (width) {
    case 1: return *(const uint8_t *)at;
    case 2: return *(const uint16_t *)at;
    case 4: return *(const uint32_t *)at;
    case 8: return *(const uint64_t *)at;
    default: return 0;
    }
}

static inline void field_set_add(struct field_set *set, unsigned field)
{
    set->words[field / 64] |= UINT64_C(1) << field % 64;
}

static inline bool field_set_has(const struct field_set *set, unsigned field)
{
    return set->words[field / 64] >> field % 64 & 1;
}

static inline void event_set_unknown(struct event *e, enum event_field_id field)
{
    field_set_add(&e->unknown, field);
}

static inline bool event_is_unknown(const struct event *e, enum event_field_id field)
{
    return field_set_has(&e->unknown, field);
}

#endif

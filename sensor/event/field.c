#include "sensor/event/field.h"

#include "proto/http/http2_error.h"
#include "proto/packet/tcp.h"
#include "sensor/event/anomaly.h"
#include "sensor/event/auth.h"
#include "sensor/event/exchange.h"
#include "sensor/event/flow_record.h"
#include "sensor/event/handshake.h"

const struct event_field event_fields[EVENT_FIELDS] = {
#define EVENT_FIELD(id, name_, alias_, kind_, in_, type_, member_, text_, about_)                                      \
    [EVENT_##id] = {                                                                                                   \
        .name = name_,                                                                                                 \
        .alias = alias_,                                                                                               \
        .about = about_,                                                                                               \
        .text = text_,                                                                                                 \
        .offset = offsetof(type_, member_),                                                                            \
        .kind = kind_,                                                                                                 \
        .width = sizeof((type_ *)0)->member_,                                                                          \
        .in = in_,                                                                                                     \
    },
#include "sensor/event/field.def"
#undef EVENT_FIELD
};

/* Whether `name` is one of the words of `list`. */
static bool among(const char *list, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = list; *at;) {
        size_t word = strcspn(at, " ");
        if (word == size && memcmp(at, name, size) == 0)
            return true;
        at += word;
        at += strspn(at, " ");
    }
    return false;
}

int event_field_find(const char *name)
{
    for (int i = 0; i < EVENT_FIELDS; i++) {
        if (strcmp(event_fields[i].name, name) == 0 || among(event_fields[i].alias, name))
            return i;
    }
    return -1;
}

static struct value value_text(struct slice text)
{
    return (struct value){.kind = text.size ? VALUE_TEXT : VALUE_ABSENT, .text = text};
}

static struct value value_number(enum value_kind kind, uint64_t number)
{
    return (struct value){.kind = kind, .number = number, .text = slice_of("")};
}

/* Of the kinds whose member is a number. */
static struct value get_number(const struct event_field *f, uint64_t number)
{
    switch ((enum field_kind)f->kind) {
    case FIELD_COUNT: return value_number(VALUE_NUMBER, number);
    case FIELD_FLAG: return value_number(number ? VALUE_FLAG : VALUE_ABSENT, number);
    case FIELD_NAMES: return value_number(number ? VALUE_NAMES : VALUE_ABSENT, number);
    case FIELD_NAME: {
        const char *name = f->text((unsigned)number);
        return value_text(slice_of(name ? name : ""));
    }
    default: return value_number(number ? VALUE_NUMBER : VALUE_ABSENT, number);
    }
}

struct value event_field_get(enum event_field_id field, const struct event *e)
{
    const struct event_field *f = &event_fields[field];
    const void *at = (const uint8_t *)e + f->offset;
    if (!(f->in & field_seen_on(e->type)))
        return value_number(VALUE_ABSENT, 0);
    if (event_is_unknown(e, field))
        return value_number(VALUE_UNKNOWN, 0);
    switch ((enum field_kind)f->kind) {
    case FIELD_TEXT: return value_text(event_text(e, *(const struct text *)at));
    case FIELD_NUMBER:
    case FIELD_COUNT:
    case FIELD_FLAG:
    case FIELD_NAME:
    case FIELD_NAMES:
    case FIELD_HEX: return get_number(f, event_field_number(at, f->width));
    case FIELD_IP:
        return (struct value){.kind = VALUE_ADDRESS, .text = slice_of(""), .ip = ((const struct address *)at)->ip};
    case FIELD_PORT: return value_number(VALUE_NUMBER, ((const struct address *)at)->port);
    case FIELD_VLAN: return value_number(e->vlans ? VALUE_NUMBER : VALUE_ABSENT, e->vlan[0]);
    case FIELD_PROTO: return value_text(slice_of("TCP"));
    case FIELD_TIME:
    case FIELD_ENDPOINT:
    case FIELD_COMMUNITY: break;
    }
    return value_number(VALUE_ABSENT, 0);
}

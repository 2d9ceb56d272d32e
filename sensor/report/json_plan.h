/* How events are written as JSON, worked out once from the field table: which rows an event of a type has, their names
 * with quotes and colon, the objects they stand in, and how much room a line can take. */
#ifndef SENSOR_REPORT_JSON_PLAN_H
#define SENSOR_REPORT_JSON_PLAN_H

#include "sensor/event/community.h"
#include "sensor/event/value.h"
#include "sensor/report/json_shape.h"

enum {
    JSON_KEY_TEXT = 32,      /* copied whole, whatever its size: a constant size is two moves */
    JSON_WORDS = 32,         /* names of a row's values that are kept ready: all that there are */
    JSON_OBJECTS = 32,       /* bits of json_object.above */
    JSON_CONNECTIONS = 1024, /* whose part of a line is remembered: above all SHA-1 once a connection, not an event */
    JSON_CONNECTION = 320,   /* bytes of that part: enough for any */
    JSON_CONNECTION_FIRST = EVENT_VLAN, /* the rows that are in it, one behind the other */
    JSON_CONNECTION_LAST = EVENT_COMMUNITY_ID
};

struct json_key {
    char text[JSON_KEY_TEXT]; /* "verb":  or as a value  "list", */
    uint8_t size;             /* 0: none */
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

struct json_type {
    uint64_t rows[FIELD_SET_WORDS]; /* that are written, by word of a set of fields */
    size_t room;                    /* bytes that a line takes at most, but for its texts */
    struct shape_mask mask;
};

/** What all events of a connection have in common, as it is written. */
struct json_connection {
    uint64_t flow_id;
    struct address client, server;
    uint32_t tunnel_id;
    uint16_t vlan[2];
    uint8_t vlans, tunnel_kind;
    uint16_t size;          /* 0: not written yet */
    uint16_t endpoint_size; /* 0: nothing is remembered here */
    char text[JSON_CONNECTION];
    char endpoint[VALUE_MAX]; /* of the server: it stands elsewhere in the line */
};

struct json_plan {
    struct json_object objects[JSON_OBJECTS]; /* [0]: the line itself */
    size_t object_count;
    struct json_step steps[EVENT_FIELDS];
    struct json_type types[EVENT_TYPES];
    struct json_key words[EVENT_FIELDS][JSON_WORDS]; /* of FIELD_NAME and FIELD_NAMES */
    struct community *community;
    struct json_connection connections[JSON_CONNECTIONS];
    struct json_shape shapes[JSON_SHAPES];
};

/** @return NULL: no memory. */
struct json_plan *json_plan_new(void);
void json_plan_free(struct json_plan *plan);

#endif

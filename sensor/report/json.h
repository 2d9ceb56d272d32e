/* Writes one JSON object a line. Every member ends with a comma, and closing takes the last one back: so nobody asks
 * whether a member is the first. After memory failed every call is legal and does nothing. */
#ifndef SENSOR_REPORT_JSON_H
#define SENSOR_REPORT_JSON_H

#include "sensor/event/value.h"
#include "sensor/report/escape.h"

struct json {
    struct buffer *out;
    char *at, *end; /* what `out` has room for; `out` knows of it when the line is complete */
};

/** Begins a line. */
struct json json_begin(struct buffer *out);
/** Closes the object of the line; only now is it in the buffer. */
void json_end(struct json *j);

/** @param name  NULL in a list. @param bracket  '{' or '['. */
void json_open(struct json *j, const char *name, char bracket);
void json_close(struct json *j, char bracket);

/* Members. @param name  NULL in a list; written as it is. */
void json_text(struct json *j, const char *name, struct slice wire);
void json_string(struct json *j, const char *name, const char *text);
void json_number(struct json *j, const char *name, uint64_t number);
void json_flag(struct json *j, const char *name, bool flag);
void json_time(struct json *j, const char *name, struct value_clock *clock, moment time);
void json_ip(struct json *j, const char *name, const uint8_t ip[static 16]);
void json_endpoint(struct json *j, const char *name, const struct address *a);

#endif

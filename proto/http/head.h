/* The lines of an HTTP/1 head (RFC 9112, 2 to 5), each read out of one slice; nothing is kept.
 *
 * A line comes without its end. Every judgement here is one that Go's net/http server makes, too. */
#ifndef PROTO_HTTP_HEAD_H
#define PROTO_HTTP_HEAD_H

#include "proto/http/message.h"

/** The size of the line that `s` begins with, its end included; more than there is where that is not there.
 *  @param plain  set where it was seen on the way that the line ends in CR LF and holds no other control characters,
 * nor tabs; cleared where that is not known. */
size_t head_line_size(struct slice s, bool *plain);

/** Cuts CR LF, or a bare LF, off a line that ends in LF. @param bare  set when it was LF alone, else left. */
static inline struct slice head_line(struct slice raw, bool *bare)
{
    size_t size = raw.size - 1;
    if (size && raw.data[size - 1] == '\r')
        size--;
    else
        *bare = true;
    return (struct slice){.data = raw.data, .size = size};
}

/** Cuts the CRs off that a request's first line begins with: behind a POST Go's server passes over up to four bytes of
 * line ends. */
struct slice head_behind_returns(struct slice line);

enum start_line {
    START_GOOD,
    START_REFUSED, /* method and target can be read; the version is missing or is none that the server speaks, or there
                    * are control characters */
    START_UNREADABLE /* no HTTP/1 */
};

struct request_line {
    struct slice method, target;
    enum http_version version; /* HTTP_UNKNOWN for START_REFUSED */
};

/** @param plain  it is known to hold neither control characters nor tabs. @param out  written unless START_UNREADABLE.
 */
enum start_line head_request_line(struct slice line, bool plain, struct request_line *out);

struct status_line {
    struct slice digits; /* three */
    uint16_t status;
    enum http_version version;
};

/** @param out  written only for true. */
bool head_status_line(struct slice line, struct status_line *out);

/** Whether a start line can begin so. False stays false whatever bytes are added. */
bool head_may_begin(struct slice prefix, enum side from);

enum field_line {
    FIELD_LINE_GOOD,
    FIELD_LINE_CONTROL, /* the value holds control characters: refused, but where nobody reads it */
    FIELD_LINE_SPACE,   /* white space before the colon: refused */
    FIELD_LINE_BAD      /* the name is no token: refused */
};

/** Name and value of a field, unfolded already. @param plain  as above. @param out  good for FIELD_LINE_GOOD and
 * FIELD_LINE_CONTROL only. */
enum field_line head_field(struct slice line, bool plain, struct field *out);

/** RFC 9113, 3.4. To Go's HTTP/1 server it is a request like any other, and its last one where no field follows. */
static inline bool head_preface(struct slice line)
{
    return slice_is(line, "PRI * HTTP/2.0");
}

/** Of a request's head: the server takes it out before it looks at values, or may do so. */
bool head_unread_value(const struct field *field);

/** No control characters, so that it can go on a field's value. */
bool head_value_plain(struct slice s);

/** What there is of a field line may be cut off anywhere: the name, where its colon is there.
 *  @return whether out is written: id, name and KNOWN_NAME. */
bool head_field_name(struct slice line, struct field *out);

/** White space that begins a line: it goes on with the one before. */
static inline bool head_folds(uint8_t first)
{
    return first == ' ' || first == '\t';
}

/** Joins the lines of a folded field in place, with one space each (RFC 9112, 5.2).
 *  @param lines  all of them with their ends.  @return the size of what is left, without a line end. */
size_t head_unfold(uint8_t *lines, size_t size, bool *bare);

/** scheme://, as proxies are asked. */
bool head_absolute(struct slice target);

#endif

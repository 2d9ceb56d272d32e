/* A reader of JSON text (RFC 8259) of which perhaps only a beginning is there: bodies are cut.
 *
 * Tells scalars with the path that leads to them, as far as the bytes go. A string or number that the cut falls into
 * is told with `whole` false; so is a string longer than JSON_STRING_MAX, which is cut there. A number that runs to the
 * end of the text may go on, so it is told as cut, too. A key longer than JSON_KEY_MAX is cut. Nothing is allocated;
 * nesting deeper than JSON_DEPTH ends the reading. Bytes that are no UTF-8 are handed on as they are; half a surrogate
 * pair becomes U+FFFD. */
#ifndef PROTO_BASE_JSON_H
#define PROTO_BASE_JSON_H

#include "proto/base/slice.h"

enum { JSON_DEPTH = 16, JSON_STRING_MAX = 4096, JSON_KEY_MAX = 128 };

enum json_kind { JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL };

struct json_value {
    enum json_kind kind;
    unsigned depth;     /* of the containers around it: 1 for a member of the outermost object */
    struct slice key;   /* of the member, unescaped; empty in an array */
    struct slice outer; /* the key of the object or array around it; empty at depth 1 */
    struct slice text;  /* of a string, unescaped; of a number, as written. Valid during the call */
    bool whole;
};

enum json_end { JSON_WHOLE, JSON_CUT, JSON_BAD, JSON_DEEP };

/** @param each  @return false to stop, which counts as JSON_WHOLE. */
enum json_end json_read(struct slice text, bool (*each)(void *owner, const struct json_value *value), void *owner);

#endif

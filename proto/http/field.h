/* One header field as it was read, with what is known of it. */
#ifndef PROTO_HTTP_FIELD_H
#define PROTO_HTTP_FIELD_H

#include "proto/base/slice.h"

/** Names that anyone here asks for, one a row of proto/http/field.def. */
enum field_name {
    FIELD_OTHER,
#define FIELD(id, name) FIELD_##id,
#include "proto/http/field.def"
#undef FIELD
    FIELD_IDS
};

enum known {
    KNOWN,
    KNOWN_NAME,  /* the value lies before the capture or in a gap */
    KNOWN_VALUE, /* the name does (HTTP/2): judged by its value */
    KNOWN_NOT    /* not even which field it was: it may be any, the credential too */
};

struct field {
    enum field_name id; /* FIELD_OTHER unless the name is known */
    enum known known;
    bool pseudo;        /* HTTP/2: its name is known, and begins with a colon */
    bool indexed;       /* HTTP/2: an entry of the table as a whole; its value is not new */
    bool named;         /* HTTP/2: the name is an entry's; it is not new, whether the value is or not */
    bool inferred;      /* HTTP/2: of an entry that was found again behind a gap (hpack_recovery.h) */
    uint32_t entry;     /* HTTP/2: which entry of the table, or which of the strings in literals.h the value is: one
                           number is one value, and one name if it is indexed, in one direction of one reader. 0: it is
                           none, or that is not known */
    uint32_t stranger;  /* HTTP/2: which unknown name: one number is one name, in one direction of one reader, until its
                           table begins anew. 0: the name is known */
    uint32_t anew;      /* HTTP/2: how often it has, where the name is unknown */
    struct slice name;  /* as sent, for HTTP/1 in any case; empty unless known */
    struct slice value; /* empty unless KNOWN or KNOWN_VALUE */
};

/** Compares without case. */
enum field_name field_id(struct slice name);

#endif

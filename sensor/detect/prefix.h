/* Address prefixes, and a table that answers fast which of them hold an address, the longest first. */
#ifndef SENSOR_DETECT_PREFIX_H
#define SENSOR_DETECT_PREFIX_H

#include "proto/packet/packet.h"

/** IPv4 as ::ffff:a.b.c.d with 96 bits more. An IPv6 prefix holds no IPv4 address, ::/0 neither. */
struct prefix {
    uint8_t ip[16]; /* bits behind the prefix are 0 */
    uint8_t bits;   /* 0 to 128 */
};

enum prefix_form {
    PREFIX_GOOD,
    PREFIX_NO_ADDRESS, /* a name, or nothing of the kind */
    PREFIX_HAS_PORT,   /* "192.0.2.1:443", "[2001:db8::1]:443" */
    PREFIX_BAD_BITS,   /* no number behind the slash, or too large a one */
    PREFIX_HOST_BITS   /* bits behind the prefix are set: `out` is what may have been meant */
};

/** "192.0.2.1", "192.0.2.0/24", "2001:db8::/32". */
enum prefix_form prefix_parse(struct slice text, struct prefix *out);

bool prefix_holds(const struct prefix *p, const uint8_t ip[static 16]);
bool prefix_same(const struct prefix *a, const struct prefix *b);
/** Whether it is one address and not several. */
bool prefix_is_host(const struct prefix *p);
/** 0 to 32 or 128, as it is written. */
unsigned prefix_length(const struct prefix *p);

enum { PREFIX_TEXT = 64 };

/** "192.0.2.1" of a single address, "192.0.2.0/24". @return `text`. */
const char *prefix_text(const struct prefix *p, char text[static PREFIX_TEXT]);

struct prefix_entry {
    struct prefix prefix;
    uint32_t row; /* the caller's number for what this prefix means */
};

/** Entries of one length. */
struct prefix_group {
    uint8_t bits;
    uint32_t begin, end;
};

/** Entries of one length lie together, sorted by address: a question costs one binary search for each length in use. */
struct prefix_table {
    const struct prefix_entry *entries;
    const struct prefix_group *groups;
    size_t count, group_count;
};

enum { PREFIX_GROUPS = 129 };

/** Sorts the entries where they are. Equal prefixes come in the order of their rows.
 *  @param entries, groups  stay the caller's, as long as the table. @param groups  room for as many as there are
 *  entries, or for PREFIX_GROUPS. */
void prefix_table_init(struct prefix_table *t, struct prefix_entry *entries, size_t count, struct prefix_group *groups);

/** Where a walk over the entries that hold an address stands; all 0 is its beginning. */
struct prefix_walk {
    uint32_t group, at, end;
    uint8_t masked[16];
};

/** The next entry that holds `ip`, longest prefix first, or NULL. */
const struct prefix_entry *prefix_table_next(const struct prefix_table *t, const uint8_t ip[static 16],
                                             struct prefix_walk *walk);

#endif

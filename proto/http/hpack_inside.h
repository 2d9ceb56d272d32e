/* Inside of HPACK: for hpack.c (blocks) and hpack_lost.c (the table that a gap made unknown), and for nobody else. */
#ifndef PROTO_HTTP_HPACK_INSIDE_H
#define PROTO_HTTP_HPACK_INSIDE_H

#include "proto/http/hpack.h"
#include "proto/http/hpack_recovery.h"
#include "proto/http/hpack_table.h"

enum { HPACK_STATIC_ENTRIES = 61 };

struct hpack {
    struct hpack_table table;
    struct hpack_recovery *recovery; /* NULL: what was lost is not looked for */
    uint32_t first;                  /* the place of the first one inserted since the table began anew */
    uint32_t bound;                  /* of the table's size, as the encoder has it; a guess after a loss */
    uint32_t allowed;                /* what an update may set it to */
    uint32_t anew;                   /* how often the table has begun so */
    bool older;                      /* entries older than the kept ones may exist */
    bool worn;                       /* places were used up, and are used again */
};

/** The table holds nothing that is known any more, and may hold anything. */
void hpack_begin_anew(struct hpack *h);

/** The entry that an index means. @return false: there is none. */
bool hpack_look_up(struct hpack *h, uint64_t index, struct field *f);

/** Section 5.1. @param bits  of `first`, that the number begins in. */
uint64_t hpack_read_integer(struct reader *r, uint8_t first, unsigned bits);

/** Sections 6.1 and 6.2: of the field that `first` begins. */
uint64_t hpack_read_index(struct reader *r, uint8_t first);

/** Section 5.2. @param number  as literals_number(); 0: it has none. */
enum gave_up hpack_read_string(struct reader *r, struct literals *literals, struct slice *string, uint32_t *number);

/** The name of a field that is none of an entry's. */
enum gave_up hpack_read_name(struct reader *r, struct literals *literals, struct field *f);

/** A field whose name, or all of it, stands in the table that was lost: as far as that was found again. */
void hpack_find_again(const struct hpack *h, struct field *f);

/** What a whole block says of the table that was lost, told to `recovery` before the block is read. */
void hpack_look_ahead(struct hpack *h, struct slice block, struct literals *literals);

#endif

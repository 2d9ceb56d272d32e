/* An HPACK table of a client, found again behind a gap.
 *
 * What the gap held has shifted the old entries by an unknown number of insertions, and no more: so each number of them
 * is tried. The fields that stood in each of the last blocks before the gap (six, or as many as there were, three at
 * least) stand in the next ones, too; the shift that makes three of them come out in two whole blocks, while all those
 * blocks make sense, is taken, if no other shift makes even two come out. What it gives is inferred. At the first block
 * that makes no sense with it, it is given up, and so it is once all old entries are gone, and at another gap before a
 * shift is taken.
 *
 * Places are those of hpack.c: counted on with each insertion that was seen. */
#ifndef PROTO_HTTP_HPACK_RECOVERY_H
#define PROTO_HTTP_HPACK_RECOVERY_H

#include "proto/base/memory.h"
#include "proto/http/field.h"

struct hpack_recovery;

/** @return NULL when the account is full. */
struct hpack_recovery *hpack_recovery_new(struct memory *memory);

/** What it holds is wiped. */
void hpack_recovery_free(struct hpack_recovery *r);

/** The block that is being read has the entry at this place, which is known, as a whole, or inserts it. */
void hpack_recovery_used(struct hpack_recovery *r, uint32_t place);
void hpack_recovery_block_over(struct hpack_recovery *r);

/** Blocks were lost. @param next  the place of what will be inserted next.
 *  @return whether the table may be found again: then its entries are to be given, oldest first. */
bool hpack_recovery_lost(struct hpack_recovery *r, uint32_t next);

/** @param f  its name and value, which are known; copied. */
void hpack_recovery_keep(struct hpack_recovery *r, uint32_t place, const struct field *f);

/** Nothing old is left, or nothing is sure any more. */
void hpack_recovery_drop(struct hpack_recovery *r);

/** Whether there is an old table: hpack_recovery_judge() is to be called with each block before it is read. */
bool hpack_recovery_waits(const struct hpack_recovery *r);

/** A field of a block as far as it is known without the old table. */
struct hpack_outline {
    uint32_t place; /* of the unknown entry that it refers to; 0: the name is known */
    bool whole;     /* the entry is its value, too */
    bool pseudo;    /* the known name is a pseudo-header's */
    uint8_t id;     /* enum field_name, of the known name */
    uint8_t first;  /* the first byte of a value that is known; 0: none */
};

enum { HPACK_OUTLINES = 64 /* of a block with more fields nothing is concluded */ };

/** @return false: what was found is contradicted; it was dropped, and all that came from it is void. */
bool hpack_recovery_judge(struct hpack_recovery *r, const struct hpack_outline *fields, size_t count);

/** What stands at the unknown place, as far as it was found. @param f  its name, value and id are filled in.
 *  @return false: it is not known. */
bool hpack_recovery_find(const struct hpack_recovery *r, uint32_t place, struct field *f);

#endif

/* One direction of a connection with an encoder, a judge with a full view (nghttp2's decoder), and the decoder of
 * proto/http/hpack.h, which may have come late and miss blocks. Aborts where a field differs from what it must be:
 *
 * what is told as known is equal; what is unknown was inserted before the loss, by a count of the places that reads the
 * kinds of the fields in the block (so that with a table of known size *nothing* is unknown without need); one number
 * is one name, and one name of one old entry is one number. */
#ifndef TESTS_TOOLS_HPACK_RIG_H
#define TESTS_TOOLS_HPACK_RIG_H

#include <stdbool.h>

#include "proto/http/hpack.h"
#include "tests/tools/header_sets.h"

struct hpack_rig;

enum habit { HABIT_NGHTTP2, HABIT_GO, HABITS };

/** Of the blocks that were seen. */
struct hpack_counts {
    uint64_t blocks, fields, name_unknown, unknown;
};

/** @param literals  borrowed, as is `memory`. @param late  the decoder joins with hpack_rig_join(). */
struct hpack_rig *hpack_rig_new(enum habit habit, bool late, struct literals *literals, struct memory *memory);
void hpack_rig_free(struct hpack_rig *r);

/** SETTINGS_HEADER_TABLE_SIZE: everyone is told, and the encoder makes use of it in the next block. */
void hpack_rig_resize(struct hpack_rig *r, uint32_t size);

void hpack_rig_join(struct hpack_rig *r);

/** @param lost  the decoder does not see it. @return what was known of it, the counts of one block. */
struct hpack_counts hpack_rig_block(struct hpack_rig *r, const struct header_set *set, bool lost);

#endif

/* Any target: what is kept is no longer than it was, fits the room, and hides the same when it is read again. */
#include <assert.h>
#include <stdlib.h>

#include "proto/kube/mask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = reader_of((struct slice){data, size});
    size_t room_size = read_u8(&r) * 16U;
    struct slice wire = read_slice(&r, reader_left(&r));
    uint8_t *room = malloc(room_size + 1), *again = malloc(wire.size + 1);
    assert(room && again);
    struct slice kept = mask_target(wire, room, room_size);
    assert(kept.size <= wire.size && (kept.data == wire.data || kept.size <= room_size));
    struct slice twice = mask_target(kept, again, wire.size + 1);
    assert(room_size <= wire.size || slice_same(kept, twice));
    kept = mask_text(wire, room, room_size);
    assert(kept.size <= wire.size && (kept.data == wire.data || kept.size <= room_size));
    free(room);
    free(again);
    return 0;
}

/* An account of memory: the one way to the heap for everything that a peer can make grow.
 *
 * One account a thread, so nothing here is atomic. The giver of a block says its size again when
 * giving it back: no header a block, and `used` is exact. At exit, and after each case of the
 * tests, `used` is 0.
 *
 * Two levels. `limit` is never passed: memory_resize fails, and who asked gives up with
 * GAVE_UP_MEMORY. Well before it, *between* packets and nowhere else, the owner of the account evicts
 * (base/age.h). So nothing that a parser holds is freed while the parser runs. */
#ifndef PROTO_BASE_MEMORY_H
#define PROTO_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

struct memory {
    size_t used;
    size_t limit;
    size_t peak;      /* the most that was ever used */
    uint64_t refused; /* how often it was full */
    uint64_t fail_at; /* tests: which request from now on fails; 0: none */
};

/** malloc, realloc and free in one: from 0 makes, to 0 frees (and gives NULL). New bytes are zero.
 *  @return NULL when full; the old block is then untouched. */
void *memory_resize(struct memory *m, void *block, size_t old_size, size_t new_size);

/** What a library took for us (a cipher context): counted, never refused. */
void memory_charge(struct memory *m, ptrdiff_t bytes);

#endif

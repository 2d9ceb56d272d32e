#include "proto/base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool refuse(struct memory *m, size_t more)
{
    bool full = m->used > m->limit || more > m->limit - m->used;
    if (m->fail_at > 0 && --m->fail_at == 0)
        full = true;
    m->refused += full;
    return full;
}

static void *grow(struct memory *m, void *block, size_t old_size, size_t new_size)
{
    if (refuse(m, new_size - old_size))
        return NULL;
    /* calloc gets large areas as untouched zero pages, which realloc and memset would have to write. */
    uint8_t *grown = old_size == 0 ? calloc(1, new_size) : realloc(block, new_size);
    if (grown == NULL) {
        m->refused++;
        return NULL;
    }
    if (old_size > 0)
        memset(grown + old_size, 0, new_size - old_size);
    m->used += new_size - old_size;
    if (m->used > m->peak)
        m->peak = m->used;
    return grown;
}

void *memory_resize(struct memory *m, void *block, size_t old_size, size_t new_size)
{
    if (new_size > old_size)
        return grow(m, block, old_size, new_size);
    m->used -= old_size - new_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    /* Giving back never fails: where the heap will not cut the block, it is kept as it is. */
    void *cut = realloc(block, new_size);
    return cut != NULL ? cut : block;
}

void memory_charge(struct memory *m, ptrdiff_t bytes)
{
    m->used += (size_t)bytes;
}

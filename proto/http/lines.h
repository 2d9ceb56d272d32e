/* The lines of one head out of bytes that come in any pieces: in place where a line lies whole in what was pushed. */
#ifndef PROTO_HTTP_LINES_H
#define PROTO_HTTP_LINES_H

#include "proto/base/hold.h"
#include "proto/http/head.h"

/** Begins as zeros. */
struct lines {
    struct hold hold; /* what there is of the next one */
    uint32_t used;    /* bytes of this head so far */
    bool taken;       /* what is held was given out: it is forgotten with the next call */
};

enum lines_step { LINES_MORE, LINES_READ, LINES_TOO_LARGE, LINES_NO_MEMORY };

/** Takes from the front of `rest` until a line is there, or all.
 *
 *  @param bound   of the head, which may not be 0: when it is reached, what there was of the line lies in `hold`.
 *  @param fields  a line may go on over the next ones: it is given when what follows it is there, except for the empty
 * line and lines that are no field. What goes on over lines lies in `hold`, to be joined there.
 *  @param raw     with all line ends. */
enum lines_step lines_next(struct lines *l, struct memory *memory, size_t bound, bool fields, struct slice *rest,
                           struct slice *raw);

/** The usual case of lines_next() without a call: the line lies in `rest`, and what shows that it ends there.
 *  @param plain  of the line: head_line_size().  @return false: it is another case, and nothing was done. */
static inline bool lines_in_place(struct lines *l, size_t bound, bool fields, struct slice *rest, struct slice *raw,
                                  bool *plain)
{
    if (l->hold.size)
        return false;
    size_t size = head_line_size(*rest, plain);
    if (size > rest->size || size > bound - l->used)
        return false;
    /* so short, it is empty or no field, or one without a name */
    if (fields && (size > 2 || rest->data[0] == ':') && (size == rest->size || head_folds(rest->data[size])))
        return false;
    *raw = (struct slice){.data = rest->data, .size = size};
    *rest = (struct slice){.data = rest->data + size, .size = rest->size - size};
    l->used += (uint32_t)size;
    return true;
}

/** The head is at its end, or given up. */
void lines_clear(struct lines *l, struct memory *memory);

#endif

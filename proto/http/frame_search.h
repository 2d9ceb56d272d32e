/* Where HTTP/2's frames begin, for one who came late or lost some.
 *
 * At each place a header may begin a chain: the next header is where its length says, and so on, each plausible and
 * fitting those before it, or of an extension. Frames weigh by how seldom chance makes them: 3, but DATA and GOAWAY 1,
 * and nothing what has no payload, is of an extension, or of a stream far from the one before. A chain is taken when it
 * weighs 6 (two HEADERS in a row), or 3 when the other side speaks, or this one ends, exactly at its end.
 *
 * A few chains are followed at a time, so that a false one hides no true one. The earliest that goes on has the word: a
 * payload made of frames is not believed while the frame that carries it is followed. A chain keeps its headers, and
 * payloads but those of DATA; nothing is kept where no chain is followed. The client's preface is passed over as any
 * bytes are: a chain follows it. */
#ifndef PROTO_HTTP_FRAME_SEARCH_H
#define PROTO_HTTP_FRAME_SEARCH_H

#include "proto/base/hold.h"
#include "proto/http/frame_header.h"

/** Begins as zeros. */
struct frame_search {
    struct chain *chains; /* NULL when there are none */
    uint8_t count;
    uint8_t size;                   /* of `tail` */
    uint8_t tail[FRAME_HEADER - 1]; /* the last bytes: a header may have begun in them */
};

/** What a chain held, from its first header to the last byte pushed, without the payloads of DATA. */
struct frames_found {
    struct hold hold; /* the caller's to clear */
    uint32_t left;    /* what is still to come of its last frame's payload */
};

enum frame_search_result { FRAME_SEARCH_MORE, FRAME_SEARCH_FOUND, FRAME_SEARCH_NO_MEMORY };

/** Takes from the front of `rest`: all, or up to where a chain was found. */
enum frame_search_result frame_search_push(struct frame_search *s, enum side from, struct memory *memory,
                                           struct slice *rest, struct frames_found *found);

/** The other side speaks, or this one has ended. @return whether there is a chain that ends here. */
bool frame_search_turn(struct frame_search *s, struct memory *memory, struct frames_found *found);

/** Forgets: what comes next is behind a gap. */
void frame_search_clear(struct frame_search *s, struct memory *memory);

#endif

/* Chunked framing (RFC 9112, 7.1) over bytes that come in any pieces. Nothing is allocated: sizes are read digit by
 * digit, extensions are passed over.
 *
 * The trailer section is not read here: the framing ends behind the line of the last chunk. */
#ifndef PROTO_HTTP_CHUNKED_H
#define PROTO_HTTP_CHUNKED_H

#include "proto/base/slice.h"

enum chunked_state {
    CHUNKED_SIZE,      /* in the digits */
    CHUNKED_SPACE,     /* white space behind them */
    CHUNKED_EXTENSION, /* behind ';' */
    CHUNKED_SIZE_LF,   /* CR was read */
    CHUNKED_DATA,
    CHUNKED_DATA_CR,
    CHUNKED_DATA_LF
};

struct chunked {
    uint64_t left; /* of the chunk's data; while its line is read: its size so far */
    uint16_t line; /* bytes of its line so far */
    uint8_t digits;
    uint8_t state;
    bool extension;          /* of its line, seen so far */
    bool bare_lf, odd_space; /* seen so far */
};

enum chunked_step {
    CHUNKED_MORE,     /* all was taken */
    CHUNKED_BYTES,    /* `data` is body */
    CHUNKED_LAST,     /* the line of the last chunk has ended */
    CHUNKED_ODD_SIZE, /* no hexadecimal number, or one over 64 bits */
    CHUNKED_BAD       /* no line end where one must be, or a line over the bound */
};

static inline struct chunked chunked_begin(void)
{
    return (struct chunked){.state = CHUNKED_SIZE};
}

/** Takes from the front of `rest` what one step needs; call until CHUNKED_MORE. After the last three it is over. */
enum chunked_step chunked_step(struct chunked *c, struct slice *rest, struct slice *data);

/** Bytes that are missing. @return false when they may hold more than data of one chunk: the framing is lost. */
bool chunked_gap(struct chunked *c, uint64_t size);

#endif

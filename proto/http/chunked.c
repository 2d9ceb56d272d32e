#include "proto/http/chunked.h"

/* As Go's chunked reader: a longer line is an attack. */
enum { LINE_MAX_BYTES = 4096, DIGITS_MAX = 16 };

static enum chunked_step line_ended(struct chunked *c)
{
    if (c->digits == 0)
        return CHUNKED_ODD_SIZE;
    if (c->left == 0)
        return CHUNKED_LAST;
    c->state = CHUNKED_DATA;
    return CHUNKED_MORE;
}

/* One byte between the digits and the line's end. */
static enum chunked_step behind_digits(struct chunked *c, uint8_t b)
{
    if (b == '\n') {
        c->bare_lf = true;
        return line_ended(c);
    }
    if (b == '\r') {
        c->state = CHUNKED_SIZE_LF;
    } else if (c->state == CHUNKED_EXTENSION) {
        return CHUNKED_MORE;
    } else if (b == ';') {
        c->state = CHUNKED_EXTENSION;
        c->extension = true;
    } else if (b == ' ' || b == '\t') {
        c->state = CHUNKED_SPACE;
        c->odd_space = true;
    } else {
        return CHUNKED_ODD_SIZE;
    }
    return CHUNKED_MORE;
}

/* A CR that ends no line: older servers take it for one of the extension, or for white space at its end. Who does not
 * closes. */
static enum chunked_step behind_cr(struct chunked *c, uint8_t b)
{
    if (c->extension) {
        c->state = b == '\r' ? CHUNKED_SIZE_LF : CHUNKED_EXTENSION;
        return CHUNKED_MORE;
    }
    c->odd_space = true;
    return b == '\r' || b == ' ' || b == '\t' ? CHUNKED_MORE : CHUNKED_BAD;
}

static enum chunked_step size_byte(struct chunked *c, uint8_t b)
{
    if (++c->line > LINE_MAX_BYTES)
        return CHUNKED_BAD;
    if (c->state == CHUNKED_SIZE_LF && b != '\n')
        return behind_cr(c, b);
    if (c->state == CHUNKED_SIZE_LF)
        return line_ended(c);
    int value = c->state == CHUNKED_SIZE ? byte_hex(b) : -1;
    if (value < 0)
        return behind_digits(c, b);
    if (c->digits == DIGITS_MAX)
        return CHUNKED_ODD_SIZE;
    c->digits++;
    c->left = c->left << 4 | (unsigned)value;
    return CHUNKED_MORE;
}

static enum chunked_step data_ended(struct chunked *c, uint8_t b)
{
    if (c->state == CHUNKED_DATA_CR && b == '\r') {
        c->state = CHUNKED_DATA_LF;
        return CHUNKED_MORE;
    }
    if (b != '\n')
        return CHUNKED_BAD;
    bool bare = c->bare_lf || c->state == CHUNKED_DATA_CR;
    *c = (struct chunked){.state = CHUNKED_SIZE, .bare_lf = bare, .odd_space = c->odd_space};
    return CHUNKED_MORE;
}

enum chunked_step chunked_step(struct chunked *c, struct slice *rest, struct slice *data)
{
    while (rest->size) {
        if (c->state == CHUNKED_DATA) {
            size_t size = c->left < rest->size ? (size_t)c->left : rest->size;
            *data = slice_take(rest, size);
            c->left -= size;
            if (c->left == 0)
                c->state = CHUNKED_DATA_CR;
            return CHUNKED_BYTES;
        }
        uint8_t b = slice_take(rest, 1).data[0];
        enum chunked_step step = c->state < CHUNKED_DATA ? size_byte(c, b) : data_ended(c, b);
        if (step != CHUNKED_MORE)
            return step;
    }
    return CHUNKED_MORE;
}

bool chunked_gap(struct chunked *c, uint64_t size)
{
    if (c->state != CHUNKED_DATA || size > c->left)
        return false;
    c->left -= size;
    if (c->left == 0)
        c->state = CHUNKED_DATA_CR;
    return true;
}

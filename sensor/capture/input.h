/* The bytes of a file or a pipe as they come: what is there is given, without waiting for more. */
#ifndef SENSOR_CAPTURE_INPUT_H
#define SENSOR_CAPTURE_INPUT_H

#include <stdio.h>

#include "proto/base/slice.h"

struct input;

enum input_got {
    INPUT_BYTES,
    INPUT_IDLE,  /* nothing came for a while, or a signal: ask again */
    INPUT_END,   /* there is no more */
    INPUT_FAILED /* and none will come */
};

/** Takes `file` over; nothing may have been read from it yet.
 *  @return NULL: no memory; the file is then closed. */
struct input *input_new(FILE *file);
void input_free(struct input *in);

/** Waits for at least one byte, of a pipe not long. @param got  how many came: at most `size`, 0 but with INPUT_BYTES.
 */
enum input_got input_read(struct input *in, uint8_t *to, size_t size, size_t *got);

/** @return the errno of INPUT_FAILED; 0: none. */
int input_error(const struct input *in);

#endif

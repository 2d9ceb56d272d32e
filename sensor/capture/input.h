/* A file's bytes as a stream for libpcap, from the first byte on although the first ones have been looked at before,
 * pipes included; and what libpcap does not tell: how many bytes were read, and why reading stopped. */
#ifndef SENSOR_CAPTURE_INPUT_H
#define SENSOR_CAPTURE_INPUT_H

#include <stdio.h>

#include "sensor/capture/kind.h"

struct input;

/** Takes `file` over; nothing may have been read from it yet. Reads its first bytes.
 *  @return NULL: no memory; the file is then closed. */
struct input *input_new(FILE *file);

/** Close the stream first. */
void input_free(struct input *in);

/** The file's first KIND_BYTES bytes; fewer where it is shorter or could not be read. */
struct slice input_first(const struct input *in);

/** @return the errno that reading met, EINTR: a signal came; 0: none. */
int input_error(const struct input *in);

/** The stream, once: the caller closes it. @return NULL: no memory. */
FILE *input_stream(struct input *in);

#endif

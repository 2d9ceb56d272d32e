/* What gzip (RFC 1952) and zstd (RFC 8878) packed, as it comes: several members or frames behind each other are one
 * file.
 *
 * Whoever packs a file decides what unpacking it costs. So the window is capped, and so is how much may come out of a
 * byte: more is no capture but a bomb, and an error. */
#ifndef SENSOR_CAPTURE_COMPRESSED_H
#define SENSOR_CAPTURE_COMPRESSED_H

#include "sensor/capture/input.h"
#include "sensor/capture/kind.h"

struct compressed;

/** @param input  the caller's, as long as this lives. @param first  what has been read of it already; copied.
 *  @return NULL: no memory, or `first` is more than 64 KiB. */
struct compressed *compressed_new(enum file_format format, struct input *input, struct slice first);
void compressed_free(struct compressed *c);

/** As input_read(). INPUT_END comes only where a member or frame ended. */
enum input_got compressed_read(struct compressed *c, uint8_t *to, size_t size, size_t *got);

/** What INPUT_FAILED means, one line; NULL: the input failed, and says so. */
const char *compressed_problem(const struct compressed *c);

#endif

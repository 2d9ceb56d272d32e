#include "sensor/capture/compressed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

/* Deflate cannot give more than 1032 bytes for one, zstd can give thousands; packets of a SYN flood or of zeros come to
 * some hundreds. */
#define RATIO_MOST   512
#define RATIO_BEHIND (UINT64_C(64) << 20) /* what is small is no bomb, whatever its ratio */

/* zstd's is 8 MiB, which RFC 8878 (3.1.1.1.2) wants of every decoder, and all levels but --ultra need no more. */
enum { WINDOW_LOG_GZIP = 15, WINDOW_LOG_ZSTD = 23 };

enum {
    PACKED_ROOM = 65536,
    UNPACKED_MOST = 262144, /* at once: the looks at the ratio are not far apart */
    GZIP_ONLY = 16,         /* zlib: added to the window's size */
    PROBLEM_MAX = 160
};

struct compressed {
    struct input *input;
    enum file_format format;
    z_stream gzip;
    ZSTD_DStream *zstd;
    uint64_t read, given; /* packed bytes; bytes unpacked */
    size_t at, size;      /* of `packed`: what has not been unpacked yet */
    bool held;            /* more may come out without more going in */
    bool between;         /* a member or frame is complete, and no other has begun */
    char problem[PROBLEM_MAX];
    uint8_t packed[PACKED_ROOM];
};

static bool begin(struct compressed *c)
{
    if (c->format == FORMAT_GZIP)
        return inflateInit2(&c->gzip, WINDOW_LOG_GZIP + GZIP_ONLY) == Z_OK;
    c->zstd = ZSTD_createDStream();
    return c->zstd != NULL && !ZSTD_isError(ZSTD_DCtx_setParameter(c->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_ZSTD));
}

struct compressed *compressed_new(enum file_format format, struct input *input, struct slice first)
{
    struct compressed *c = first.size <= PACKED_ROOM ? calloc(1, sizeof *c) : NULL;
    if (c == NULL)
        return NULL;
    c->format = format;
    c->input = input;
    c->size = first.size;
    c->read = first.size;
    memcpy(c->packed, first.data, first.size);
    if (begin(c))
        return c;
    compressed_free(c);
    return NULL;
}

void compressed_free(struct compressed *c)
{
    if (c->format == FORMAT_GZIP)
        inflateEnd(&c->gzip);
    ZSTD_freeDStream(c->zstd);
    free(c);
}

/* @return what is told now: what came out before the mistake comes first. */
static enum input_got fail(struct compressed *c, size_t got, const char *why)
{
    snprintf(c->problem, sizeof c->problem, "its %s data at byte %" PRIu64 " of the file: %s",
             c->format == FORMAT_GZIP ? "gzip" : "zstd", c->read - (c->size - c->at), why);
    return got > 0 ? INPUT_BYTES : INPUT_FAILED;
}

static enum input_got inflate_some(struct compressed *c, uint8_t *to, size_t size, size_t *got)
{
    c->gzip.next_in = c->packed + c->at;
    c->gzip.avail_in = (uInt)(c->size - c->at);
    c->gzip.next_out = to;
    c->gzip.avail_out = (uInt)size;
    int done = inflate(&c->gzip, Z_NO_FLUSH);
    c->at = c->size - c->gzip.avail_in;
    *got = size - c->gzip.avail_out;
    c->between = done == Z_STREAM_END;
    if (c->between && inflateReset(&c->gzip) != Z_OK)
        done = Z_STREAM_ERROR;
    /* Z_BUF_ERROR: it wants more bytes than there are, which is no error. */
    if (done == Z_OK || done == Z_STREAM_END || done == Z_BUF_ERROR)
        return INPUT_BYTES;
    return fail(c, *got, c->gzip.msg != NULL ? c->gzip.msg : "cannot be unpacked");
}

/* zstd's own words for it speak of memory, and not of what to do. */
static const char *zstd_problem(size_t done)
{
    return ZSTD_getErrorCode(done) == ZSTD_error_frameParameter_windowTooLarge
               ? "its window is larger than 8 MiB: unpack it first, e.g. zstdcat --long=31 FILE | kapiwatch -r -"
               : ZSTD_getErrorName(done);
}

static enum input_got zstd_some(struct compressed *c, uint8_t *to, size_t size, size_t *got)
{
    ZSTD_inBuffer in = {.src = c->packed, .size = c->size, .pos = c->at};
    ZSTD_outBuffer out = {.dst = to, .size = size};
    size_t done = ZSTD_decompressStream(c->zstd, &out, &in);
    c->at = in.pos;
    *got = out.pos;
    c->between = done == 0;
    return ZSTD_isError(done) ? fail(c, *got, zstd_problem(done)) : INPUT_BYTES;
}

static enum input_got unpack_some(struct compressed *c, uint8_t *to, size_t size, size_t *got)
{
    size = size < UNPACKED_MOST ? size : UNPACKED_MOST;
    enum input_got result = c->format == FORMAT_GZIP ? inflate_some(c, to, size, got) : zstd_some(c, to, size, got);
    c->held = *got == size && !c->between;
    c->given += *got;
    if (c->given > RATIO_BEHIND && c->given / RATIO_MOST > c->read)
        return fail(c, *got, "so much comes out of so little that it is a bomb; expected a capture");
    return result;
}

static enum input_got read_packed(struct compressed *c)
{
    size_t got;
    enum input_got result = input_read(c->input, c->packed, sizeof c->packed, &got);
    c->at = 0;
    c->size = got;
    c->read += got;
    return result == INPUT_END && !c->between ? fail(c, 0, "cut off there") : result;
}

enum input_got compressed_read(struct compressed *c, uint8_t *to, size_t size, size_t *got)
{
    *got = 0;
    while (c->problem[0] == '\0') {
        enum input_got result = c->at < c->size || c->held ? unpack_some(c, to, size, got) : read_packed(c);
        if (result != INPUT_BYTES || *got > 0)
            return result;
    }
    return INPUT_FAILED;
}

const char *compressed_problem(const struct compressed *c)
{
    return c->problem[0] != '\0' ? c->problem : NULL;
}

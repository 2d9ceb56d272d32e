/* Files that gzip and zstd packed: cut off, wrong, too large; and pipes that grow, packed or not. */
#include "tests/unit/savefile_rig.h"

#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

static size_t gzip_of(const void *bytes, size_t size, uint8_t *to, size_t room)
{
    z_stream z = {
        .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)size, .next_out = to, .avail_out = (uInt)room};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

static size_t packed(bool gzip, const void *bytes, size_t size, uint8_t *to, size_t room)
{
    return gzip ? gzip_of(bytes, size, to, room) : ZSTD_compress(to, room, bytes, size, 3);
}

/* A packed file that is cut off is never taken for a whole one. */
static void packed_cut_anywhere(void **state)
{
    (void)state;
    uint8_t to[4096];
    for (int gzip = 0; gzip < 2; gzip++) {
        struct bytes *b = small(true);
        size_t size = packed(gzip, b->at, b->size, to, sizeof to);
        for (size_t cut = 4; cut <= size; cut++) {
            struct told t = read_bytes(to, cut);
            assert_int_equal(t.refused || t.failures == 1, cut < size);
            if (cut < size)
                has(t.failure, gzip ? "its gzip data at byte" : "its zstd data at byte");
            else
                assert_string_equal(t.first, "ab-");
        }
        free(b);
    }
}

static void packed_mistakes(void **state)
{
    (void)state;
    uint8_t to[8192];
    struct bytes *b = small(true);
    size_t half = 90, size = gzip_of(b->at, half, to, sizeof to);
    size += gzip_of(b->at + half, b->size - half, to + size, sizeof to - size);
    assert_string_equal(read_bytes(to, size).first, "ab-");
    memcpy(to + size, "more", 4);
    struct told t = read_bytes(to, size + 4);
    assert_string_equal(t.first, "ab-"); /* what came before the mistake is read */
    has(t.failure, "f: cannot be read in a block behind packet 3 at byte 156 unpacked: its gzip data at byte");
    size = gzip_of(b->at, b->size, to, sizeof to);
    to[size - 8] ^= 1; /* of the checksum */
    has(read_bytes(to, size).failure, "incorrect data check");
    /* Packed twice, and something else that is packed. */
    uint8_t twice[8192];
    size = gzip_of(b->at, b->size, to, sizeof to);
    has(read_bytes(twice, gzip_of(to, size, twice, sizeof twice)).failure,
        "f: gzip-compressed, and in it gzip-compressed; expected a capture");
    has(read_bytes(to, gzip_of("some text, some text", 20, to, sizeof to)).failure,
        "f: gzip-compressed, and in it a text file; expected a capture");
    /* A mistake in what is packed names its place there. */
    b->at[48 + 11] = 1;
    has(read_bytes(to, gzip_of(b->at, b->size, to, sizeof to)).failure, "packet 1 at byte 48 unpacked cannot be read");
    free(b);
}

/* Empty packets without end, as a file of pcap's zeros is. */
static void bombs(void **state)
{
    (void)state;
    static const uint8_t header[] = "\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\xff\xff\0\0\1\0\0";
    size_t size = (size_t)200 << 20, room = (size_t)1 << 20;
    uint8_t *zeros = calloc(1, size), *to = malloc(room);
    assert_non_null(zeros);
    assert_non_null(to);
    memcpy(zeros, header, 24);
    for (int gzip = 0; gzip < 2; gzip++) {
        struct told t = read_bytes(to, packed(gzip, zeros, size, to, room));
        has(t.failure, "so much comes out of so little that it is a bomb");
        assert_true(t.frames >= (64U << 20) / 16 && t.frames < (80U << 20) / 16);
    }
    free(zeros);
    free(to);
}

/* RFC 8878, 3.1.1.1: a frame that wants a window of 1 GiB. */
static void window_is_capped(void **state)
{
    (void)state;
    struct told t = read_bytes("\x28\xb5\x2f\xfd\0\xa0\1\0\0", 9);
    assert_true(t.refused);
    has(t.failure, "its zstd data at byte");
    has(t.failure, "its window is larger than 8 MiB: unpack it first, e.g. zstdcat --long=31 FILE");
}

/* Nothing waits for what has not come: a packet is given when its last byte is there, packed or not. */
static void growing_pipe(void **state)
{
    (void)state;
    uint8_t to[4096];
    struct bytes *b = small(false);
    int ends[2];
    for (int gzip = 0; gzip < 2; gzip++) {
        size_t half = 84, first = half;
        memcpy(to, b->at, b->size);
        size_t size = b->size;
        if (gzip) {
            first = gzip_of(b->at, half, to, sizeof to);
            size = first + gzip_of(b->at + half, b->size - half, to + first, sizeof to - first);
        }
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], to, first), first);
        struct capture *c = capture_new();
        struct capture_error error;
        struct frame f;
        assert_true(capture_add_file(c, "-", fdopen(ends[0], "r"), NULL, &error));
        alarm(20); /* if it waited, it would for ever */
        assert_int_equal(capture_next(c, &f, &error), CAPTURE_FRAME);
        alarm(0);
        for (size_t i = first; i < size; i++)
            assert_int_equal(write(ends[1], to + i, 1), 1);
        close(ends[1]);
        assert_int_equal(capture_next(c, &f, &error), CAPTURE_FRAME);
        assert_int_equal(f.time, 2 * SECOND);
        assert_int_equal(capture_next(c, &f, &error), CAPTURE_FRAME);
        assert_int_equal(capture_next(c, &f, &error), CAPTURE_END);
        capture_free(c);
    }
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_cut_anywhere), cmocka_unit_test(packed_mistakes), cmocka_unit_test(bombs),
        cmocka_unit_test(window_is_capped),    cmocka_unit_test(growing_pipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

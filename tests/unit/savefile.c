/* Files in pcapng format, packed files, link types and filters. What is right in well-formed files is judged by tshark
 * (tests/laws/files.test); here it is what is told, and what happens to files that are not. */
#include "sensor/capture/capture.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>
#include <zstd.h>

#define SECOND INT64_C(1000000000)

enum { ROOM = 1 << 20, ETHERNET = 1, RAW = 101, USB = 249 };

struct bytes {
    uint8_t at[ROOM];
    size_t size;
    bool big;
};

static void put(struct bytes *b, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        b->at[b->size++] = (uint8_t)(value >> 8 * (b->big ? size - 1 - i : i));
}

static void put_bytes(struct bytes *b, const void *bytes, size_t size)
{
    memcpy(b->at + b->size, bytes, size);
    b->size += size;
    while (b->size % 4 != 0)
        b->at[b->size++] = 0;
}

/* @return where the block begins; end_block() sets its lengths. */
static size_t begin_block(struct bytes *b, uint32_t type)
{
    size_t begin = b->size;
    put(b, type, 4);
    put(b, 0, 4);
    return begin;
}

static void end_block(struct bytes *b, size_t begin)
{
    size_t length = b->size + 4 - begin, end = b->size;
    b->size = begin + 4;
    put(b, length, 4);
    b->size = end;
    put(b, length, 4);
}

static void section(struct bytes *b)
{
    size_t begin = begin_block(b, 0x0a0d0d0a);
    put(b, 0x1a2b3c4d, 4);
    put(b, 1, 4);
    if (b->big) {
        b->size -= 4;
        put(b, 1, 2);
        put(b, 0, 2);
    }
    put(b, UINT64_MAX, 8);
    end_block(b, begin);
}

static void interface(struct bytes *b, unsigned link_type)
{
    size_t begin = begin_block(b, 1);
    put(b, link_type, 2);
    put(b, 0, 6);
    end_block(b, begin);
}

static void packet(struct bytes *b, uint32_t of, uint64_t microseconds, const void *bytes, size_t size)
{
    size_t begin = begin_block(b, 6);
    put(b, of, 4);
    put(b, microseconds >> 32, 4);
    put(b, microseconds & 0xffffffff, 4);
    put(b, size, 4);
    put(b, size, 4);
    put_bytes(b, bytes, size);
    end_block(b, begin);
}

static void secrets(struct bytes *b, uint32_t kind, const char *text)
{
    size_t begin = begin_block(b, 10);
    put(b, kind, 4);
    put(b, strlen(text), 4);
    put_bytes(b, text, strlen(text));
    end_block(b, begin);
}

static struct bytes *new_bytes(bool big)
{
    struct bytes *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->big = big;
    section(b);
    return b;
}

/* A section with one Ethernet interface and three packets. */
static struct bytes *small(bool big)
{
    struct bytes *b = new_bytes(big);
    interface(b, ETHERNET);
    packet(b, 0, 1000000, "aaaa", 4);
    packet(b, 0, 2000000, "bbbbb", 5);
    packet(b, 0, 3000000, "", 0);
    return b;
}

static FILE *file_of(const void *bytes, size_t size)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    rewind(file);
    return file;
}

/* What reading a file came to. */
struct told {
    unsigned frames, notes, wrongs, failures;
    char first[256]; /* the first bytes of the frames, one a frame */
    char keys[256], note[CAPTURE_ERROR_MAX], wrong[CAPTURE_ERROR_MAX], failure[CAPTURE_ERROR_MAX];
    struct capture_counts counts;
    bool refused;
};

static void take_key_log(void *owner, struct slice text)
{
    struct told *t = owner;
    size_t used = strlen(t->keys);
    snprintf(t->keys + used, sizeof t->keys - used, "%u:%.*s;", t->frames, (int)text.size, (const char *)text.data);
}

static void take_note(void *owner, const char *line)
{
    struct told *t = owner;
    t->notes++;
    snprintf(t->note, sizeof t->note, "%s", line);
}

static void take_wrong(void *owner, const char *line)
{
    struct told *t = owner;
    t->wrongs++;
    snprintf(t->wrong, sizeof t->wrong, "%s", line);
}

static void take_frames(struct capture *c, struct told *t)
{
    struct capture_error error;
    struct frame f;
    enum capture_got got;
    while ((got = capture_next(c, &f, &error)) != CAPTURE_END) {
        if (got == CAPTURE_FRAME && t->frames < sizeof t->first - 1)
            t->first[t->frames] = f.bytes.size > 0 ? (char)f.bytes.data[0] : '-';
        t->frames += got == CAPTURE_FRAME;
        if (got != CAPTURE_FAILED)
            continue;
        t->failures++;
        snprintf(t->failure, sizeof t->failure, "%s", error.text);
    }
}

static struct told read_file(FILE *file, const char *filter)
{
    struct told t = {.frames = 0};
    struct capture_error error;
    struct capture *c = capture_new();
    capture_listen(
        c, &(struct capture_listener){.key_log = take_key_log, .note = take_note, .wrong = take_wrong, .owner = &t});
    t.refused = !capture_add_file(c, "f", file, filter, &error);
    if (t.refused)
        snprintf(t.failure, sizeof t.failure, "%s", error.text);
    else
        take_frames(c, &t);
    capture_count(c, &t.counts);
    capture_free(c);
    assert_null(strchr(t.failure, '\n'));
    return t;
}

static struct told read_bytes(const void *bytes, size_t size)
{
    return read_file(file_of(bytes, size), NULL);
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", text, part);
}

static void key_logs(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct bytes *b = new_bytes(big);
        interface(b, ETHERNET);
        secrets(b, 0x544c534b, "one");
        packet(b, 0, 1, "a", 1);
        secrets(b, 0x5353484b, "of ssh");
        secrets(b, 0x544c534b, "three");
        packet(b, 0, 1, "b", 1);
        struct told t = read_bytes(b->at, b->size);
        assert_string_equal(t.keys, "0:one;1:three;");
        assert_string_equal(t.first, "ab");
        assert_int_equal(t.counts.key_logs, 2);
        assert_int_equal(t.failures, 0);
        free(b);
    }
}

/* Each prefix of a file ends well between two blocks, and nowhere else. */
static void pcapng_cut_anywhere(void **state)
{
    (void)state;
    struct bytes *b = small(false);
    static const size_t whole[] = {28, 48, 84, 124, 156};
    assert_int_equal(b->size, whole[4]);
    for (size_t cut = 1; cut <= b->size; cut++) {
        struct told t = read_bytes(b->at, cut);
        unsigned ends = 0, frames = 0;
        for (size_t i = 0; i < 5; i++) {
            ends += cut == whole[i];
            frames += i >= 2 && cut >= whole[i];
        }
        assert_int_equal(t.frames, frames);
        assert_int_equal(t.refused, cut < 24);
        assert_int_equal(t.failures, cut >= 24 && ends == 0);
        if (t.failures > 0) {
            char where[64];
            snprintf(where, sizeof where, "at byte %zu: it begins at byte", cut);
            has(t.failure, where);
        }
    }
    free(b);
}

/* What one wrong field says. */
static void pcapng_mistakes(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint32_t value;
        unsigned frames;
        const char *says;
    } mistakes[] = {
        {8, 0x11223344, 0, "f: a block behind packet 0 at byte 0 cannot be read: found 44332211 in a section header"},
        {12, 2, 0, "found a section of version 2.0, expected version 1"},
        {32, 16, 0, "a block behind packet 0 at byte 28 cannot be read: found a length of 16 bytes at its beginning"},
        {32, 12, 0, "found a length of 12 bytes at its beginning"},
        {32, 8, 0, "found a length of 8 bytes, expected a multiple of 4"},
        {32, 21, 0, "found a length of 21 bytes, expected a multiple of 4"},
        {56, 1, 0, "packet 1 at byte 48 cannot be read: found interface 1, expected one of the 1 described before it"},
        {88, 0x00f00000, 1,
         "packet 2 at byte 84 cannot be read: found a block of 15728640 bytes, expected at most 1048576"},
        {104, 9, 1, "found a captured length of 9 bytes, expected at most the 8 of its block"},
        {104, 0x10000000, 1, "found a captured length of 268435456 bytes, expected at most 262144"},
        {120, 44, 1, "found a length of 40 bytes at its beginning and 44 at its end"},
        {124, 77, 2, "a block behind packet 2 at byte 124"},
    };
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        struct bytes *b = small(false);
        size_t size = b->size;
        b->size = mistakes[i].at;
        put(b, mistakes[i].value, 4);
        /* The last is no mistake but an unknown block, and then one more byte. */
        struct told t = read_bytes(b->at, size + (mistakes[i].value == 77));
        has(t.failure,
            i + 1 < sizeof mistakes / sizeof mistakes[0] ? mistakes[i].says : "a block behind packet 2 at byte 157");
        assert_int_equal(t.frames, mistakes[i].frames);
        assert_int_equal(t.failures, 1);
        free(b);
    }
}

static void pcapng_bounds(void **state)
{
    (void)state;
    struct bytes *b = new_bytes(false);
    for (unsigned i = 0; i < 4096; i++)
        interface(b, ETHERNET);
    packet(b, 4095, 1, "a", 1);
    assert_string_equal(read_bytes(b->at, b->size).first, "a");
    interface(b, ETHERNET);
    has(read_bytes(b->at, b->size).failure, "found more interfaces than 4096");
    free(b);
    b = new_bytes(true);
    for (unsigned i = 0; i < 40; i++) {
        interface(b, 1000 + i);
        packet(b, i, 1, "a", 1);
    }
    struct told t = read_bytes(b->at, b->size);
    has(t.failure, "found more than 32 link types");
    assert_int_equal(t.frames, 32);
    free(b);
    b = new_bytes(false);
    secrets(b, 0x544c534b, "text");
    b->at[28 + 12] = 5; /* longer than its block */
    has(read_bytes(b->at, b->size).failure, "found decryption secrets that are longer than their block");
    free(b);
}

/* A file that is only half there, or wrong, ends: in frames that are there and at most one failure. */
static void flipped_anywhere(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct bytes *b = small(big);
        secrets(b, 0x544c534b, "text");
        for (size_t bit = 0; bit < b->size * 8; bit++) {
            b->at[bit / 8] ^= (uint8_t)(1 << bit % 8);
            struct told t = read_file(fmemopen(b->at, b->size, "r"), NULL);
            assert_true(t.frames <= 3 && t.failures <= 1);
            assert_true(!t.refused || bit < 32);
            b->at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        free(b);
    }
}

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
    has(t.failure, "emory"); /* "Frame requires too much memory for decoding" */
}

/* An Ethernet frame with a TCP segment to this port, in a VLAN or not. */
static size_t tcp_frame(uint8_t *to, unsigned port, bool tagged)
{
    struct bytes *b = calloc(1, sizeof *b);
    b->big = true;
    put(b, 0x0200, 2);
    put(b, 0, 8);
    put(b, 0, 2);
    if (tagged)
        put(b, 0x81000007, 4);
    put(b, 0x08004500, 4);
    put(b, 40, 2);
    put(b, 0, 4);
    put(b, 0x4006, 2);
    put(b, 0, 2);
    put(b, 0xc0000201, 4);
    put(b, 0xc6336401, 4);
    put(b, 40000, 2);
    put(b, port, 2);
    put(b, 0, 8);
    put(b, 0x50021000, 4);
    put(b, 0, 4);
    size_t size = b->size;
    memcpy(to, b->at, size);
    free(b);
    return size;
}

static void unread_link_types(void **state)
{
    (void)state;
    struct bytes *b = new_bytes(false);
    interface(b, ETHERNET);
    interface(b, USB);
    interface(b, 60000);
    packet(b, 1, 1, "u", 1);
    packet(b, 0, 1, "e", 1);
    packet(b, 1, 1, "u", 1);
    struct told t = read_bytes(b->at, b->size);
    assert_string_equal(t.first, "ueu");
    assert_int_equal(t.notes, 1);
    assert_string_equal(t.note, "f: interface 1: link type 249 (USBPCAP) is not read: its frames are only counted");
    packet(b, 2, 1, "?", 1);
    t = read_bytes(b->at, b->size);
    assert_int_equal(t.notes, 2);
    has(t.note, "link type 60000 is not read");
    free(b);
}

static void filters_by_interface(void **state)
{
    (void)state;
    uint8_t frame[64];
    size_t size = tcp_frame(frame, 6443, false);
    struct bytes *b = new_bytes(false);
    interface(b, ETHERNET);
    interface(b, RAW);
    interface(b, USB);
    packet(b, 0, 1, frame, size);
    packet(b, 1, 1, frame + 14, size - 14);
    packet(b, 2, 1, "u", 1);
    struct told t = read_file(file_of(b->at, b->size), "tcp port 6443");
    assert_int_equal(t.frames, 2);
    assert_int_equal(t.wrongs, 1);
    has(t.wrong, "f: interface 2: link type 249 (USBPCAP): filter \"tcp port 6443\": ");
    assert_int_equal(t.notes, 1); /* that it is not read, and no hint */
    t = read_file(file_of(b->at, b->size), "tcp port 443");
    assert_int_equal(t.frames, 0);
    free(b);
}

/* Who filters by port and gets nothing of a tagged mirror port is told why, once. */
static void hint_of_tags(void **state)
{
    (void)state;
    uint8_t frame[64];
    struct bytes *b = new_bytes(false);
    interface(b, ETHERNET);
    packet(b, 0, 1, frame, tcp_frame(frame, 443, true));
    packet(b, 0, 1, frame, tcp_frame(frame, 6443, true));
    packet(b, 0, 1, frame, tcp_frame(frame, 6443, true));
    struct told t = read_file(file_of(b->at, b->size), "tcp port 6443");
    assert_int_equal(t.frames, 0);
    assert_int_equal(t.notes, 1);
    has(t.note,
        "the filter \"tcp port 6443\" rejected packets that match inside a VLAN tag (2 of the first 3 rejected)");
    assert_int_equal(read_file(file_of(b->at, b->size), "tcp port 6444").notes, 0);
    t = read_file(file_of(b->at, b->size), "(tcp port 6443) or (vlan and (tcp port 6443))");
    assert_int_equal(t.frames, 2);
    assert_int_equal(t.notes, 0);
    free(b);
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

/* Frames of several files stay where they are while others are read, whatever moves in those. */
static void frames_stay(void **state)
{
    (void)state;
    struct capture *c = capture_new();
    struct capture_error error;
    struct frame f;
    uint8_t bytes[3000];
    for (unsigned i = 0; i < 3; i++) {
        struct bytes *b = new_bytes(i == 1);
        interface(b, ETHERNET);
        for (unsigned k = 0; k < 300; k++) {
            memset(bytes, (int)(k % 251), sizeof bytes);
            packet(b, 0, 3 * k + i, bytes, 1 + k * 10 % sizeof bytes);
        }
        assert_true(capture_add_file(c, "f", file_of(b->at, b->size), NULL, &error));
        free(b);
    }
    for (unsigned n = 0; n < 900; n++) {
        assert_int_equal(capture_next(c, &f, &error), CAPTURE_FRAME);
        assert_int_equal(f.time, n * 1000);
        assert_int_equal(f.bytes.size, 1 + n / 3 * 10 % sizeof bytes);
        for (size_t i = 0; i < f.bytes.size; i++)
            assert_int_equal(f.bytes.data[i], n / 3 % 251);
    }
    assert_int_equal(capture_next(c, &f, &error), CAPTURE_END);
    capture_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_logs),
        cmocka_unit_test(pcapng_cut_anywhere),
        cmocka_unit_test(pcapng_mistakes),
        cmocka_unit_test(pcapng_bounds),
        cmocka_unit_test(flipped_anywhere),
        cmocka_unit_test(packed_cut_anywhere),
        cmocka_unit_test(packed_mistakes),
        cmocka_unit_test(bombs),
        cmocka_unit_test(window_is_capped),
        cmocka_unit_test(unread_link_types),
        cmocka_unit_test(filters_by_interface),
        cmocka_unit_test(hint_of_tags),
        cmocka_unit_test(growing_pipe),
        cmocka_unit_test(frames_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

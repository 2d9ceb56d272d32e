/* Files in pcapng format, link types and filters. What is right in well-formed files is judged by tshark
 * (tests/laws/files.test); here it is what is told, and what happens to files that are not. */
#include "tests/unit/savefile_rig.h"

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
static void old_packet(struct bytes *b, unsigned drops)
{
    size_t begin = begin_block(b, 2);
    put(b, 0, 2);
    put(b, drops, 2);
    put(b, 0, 8); /* time */
    put(b, 0, 8); /* lengths */
    end_block(b, begin);
}

/* The obsolete packet block says how many were dropped before it, or by all ones that this is not known. */
static void drops_of_old_packets(void **state)
{
    (void)state;
    for (int big = 0; big <= 1; big++) {
        struct bytes *b = new_bytes(big);
        struct capture *c = capture_new();
        struct capture_error error;
        struct capture_counts counts;
        struct frame frame;
        interface(b, ETHERNET);
        old_packet(b, 3);
        old_packet(b, 0xffff);
        old_packet(b, 4);
        assert_true(capture_add_file(c, "f", file_of(b->at, b->size), NULL, &error));
        for (int i = 0; i < 3; i++)
            assert_int_equal(capture_next(c, &frame, &error), CAPTURE_FRAME);
        assert_int_equal(capture_next(c, &frame, &error), CAPTURE_END);
        capture_count(c, &counts);
        assert_int_equal(counts.interface_drops, 7);
        capture_free(c);
        free(b);
    }
}

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
        cmocka_unit_test(key_logs),          cmocka_unit_test(pcapng_cut_anywhere),  cmocka_unit_test(pcapng_mistakes),
        cmocka_unit_test(pcapng_bounds),     cmocka_unit_test(drops_of_old_packets), cmocka_unit_test(flipped_anywhere),
        cmocka_unit_test(unread_link_types), cmocka_unit_test(filters_by_interface), cmocka_unit_test(hint_of_tags),
        cmocka_unit_test(frames_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

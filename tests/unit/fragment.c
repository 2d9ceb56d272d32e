#include "proto/packet/fragment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PIECES = 16, SIZE_MOST = 400, SECOND = 1000000000 };

static struct hash_secret secret;

static struct rig {
    struct memory memory;
    struct packet_limits limits;
    struct fragments f;
    struct fragment_whole whole;
    moment clock;
} rig;

static void begin(void)
{
    rig = (struct rig){
        .memory = {.limit = 1 << 22},
        .limits = {.pieces = PIECES, .piece_bytes = 1 << 20, .piece_wait = INT64_C(30) * SECOND, .secret = &secret}};
    fragments_init(&rig.f, &rig.limits, &rig.memory);
}

static void end(void)
{
    uint64_t given_up = rig.f.counts.expired + rig.f.counts.again + rig.f.table.count;
    fragments_finish(&rig.f);
    assert_int_equal(rig.f.counts.expired + rig.f.counts.again, given_up);
    assert_int_equal(rig.f.bytes, 0);
    fragments_deinit(&rig.f);
    assert_int_equal(rig.memory.used, 0);
}

/* One frame with a piece: `size` bytes of `data` at `offset`, of which the last `cut` were not kept. */
static enum walk put(uint32_t id, const uint8_t *data, uint32_t offset, uint32_t size, uint32_t cut, bool more)
{
    uint8_t *copy = malloc(size ? size : 1); /* its own block, so that a read past the end is seen */
    memcpy(copy, data, size - cut);
    struct fragment piece = {.key = {.id = id, .protocol = 6, .version = 4},
                             .bytes = {copy, size - cut},
                             .cut = cut,
                             .offset = offset,
                             .more = more,
                             .protocol = offset == 0 ? 6 : 99};
    fragments_begin(&rig.f, rig.clock);
    enum walk outcome = fragments_put(&rig.f, &piece, rig.clock, &rig.whole);
    free(copy);
    return outcome;
}

static const uint8_t *text(const char *letters)
{
    return (const uint8_t *)letters;
}

static void is_whole(const char *letters, uint32_t cut)
{
    assert_int_equal(rig.whole.bytes.size, strlen(letters));
    assert_memory_equal(rig.whole.bytes.data, letters, strlen(letters));
    assert_int_equal(rig.whole.cut, cut);
    assert_int_equal(rig.whole.protocol, 6);
}

/* In each order, and twice. */
static void any_order(void **state)
{
    (void)state;
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    static const char *const parts[] = {"abcdefgh", "ijklmnop", "qr"};
    for (uint32_t i = 0; i < 12; i++) {
        begin();
        for (int k = 0; k < 3; k++) {
            int n = orders[i / 2][k];
            uint32_t size = (uint32_t)strlen(parts[n]);
            if (i % 2 && k < 2)
                assert_int_equal(put(i, text(parts[n]), (uint32_t)n * 8, size, 0, n < 2), WALK_FRAGMENT);
            enum walk outcome = put(i, text(parts[n]), (uint32_t)n * 8, size, 0, n < 2);
            assert_int_equal(outcome, k < 2 ? WALK_FRAGMENT : WALK_SEGMENT);
        }
        is_whole("abcdefghijklmnopqr", 0);
        assert_int_equal(rig.f.counts.whole, 1);
        assert_int_equal(rig.f.counts.repeated, i % 2 ? 2 : 0);
        assert_int_equal(rig.f.counts.conflicting, 0);
        assert_null(rig.f.oldest);
        end();
    }
}

static void first_bytes_win(void **state)
{
    (void)state;
    begin();
    assert_int_equal(put(1, text("bbbbbbbb"), 8, 8, 0, true), WALK_FRAGMENT);
    assert_int_equal(put(1, text("dddddddd"), 24, 8, 0, true), WALK_FRAGMENT);
    /* around both, and into what is between them */
    assert_int_equal(put(1, text("aaaaaaaaXXXXXXXXccccccccXXXXXXXX"), 0, 32, 0, true), WALK_FRAGMENT);
    assert_int_equal(rig.f.counts.repeated, 1);
    assert_int_equal(rig.f.counts.conflicting, 1);
    assert_int_equal(put(1, text("Ye"), 24, 8, 6, true), WALK_FRAGMENT);
    assert_int_equal(rig.f.counts.conflicting, 2);
    assert_int_equal(put(1, text("ddddeeee"), 28, 8, 0, false), WALK_SEGMENT);
    is_whole("aaaaaaaabbbbbbbbccccccccddddddddeeee", 0);
    assert_int_equal(rig.f.counts.repeated, 3);
    assert_int_equal(rig.f.counts.conflicting, 2);
    assert_true(rig.whole.conflicting);
    end();
}

/* Of what the capture cut off nothing is made up: the whole ends there. */
static void cut_pieces(void **state)
{
    (void)state;
    begin();
    assert_int_equal(put(1, text("aaaaaaaa"), 0, 8, 0, true), WALK_FRAGMENT);
    assert_int_equal(put(1, text("bbbbbbbb"), 8, 8, 3, true), WALK_FRAGMENT);
    assert_int_equal(put(1, text("cccc"), 16, 4, 0, false), WALK_SEGMENT);
    is_whole("aaaaaaaabbbbb", 7);
    assert_int_equal(put(2, text(""), 0, 8, 8, true), WALK_FRAGMENT);
    assert_int_equal(put(2, text("cccc"), 8, 4, 0, false), WALK_SEGMENT);
    is_whole("", 12);
    end();
}

static void what_cannot_be(void **state)
{
    (void)state;
    static const uint8_t bytes[65536];
    begin();
    assert_int_equal(put(1, bytes, 0, 0, 0, true), WALK_BAD);
    assert_int_equal(put(1, bytes, 8, 0, 0, false), WALK_BAD);
    assert_int_equal(put(1, bytes, 0, 12, 0, true), WALK_BAD);
    assert_int_equal(put(1, bytes, 65528, 8, 0, false), WALK_BAD);
    assert_null(rig.f.oldest);
    assert_int_equal(put(1, bytes, 65528, 7, 0, false), WALK_FRAGMENT);
    assert_int_equal(put(1, bytes, 65528, 6, 0, false), WALK_BAD); /* two ends */
    assert_int_equal(put(2, bytes, 16, 8, 0, false), WALK_FRAGMENT);
    assert_int_equal(put(2, bytes, 24, 8, 0, true), WALK_BAD);
    assert_int_equal(put(2, bytes, 24, 8, 0, false), WALK_BAD);
    assert_int_equal(put(2, bytes, 8, 8, 0, false), WALK_BAD);
    assert_int_equal(put(2, bytes, 0, 16, 0, true), WALK_SEGMENT);
    assert_int_equal(rig.whole.bytes.size, 24);
    assert_int_equal(put(3, bytes, 16, 8, 0, true), WALK_FRAGMENT);
    assert_int_equal(put(3, bytes, 8, 8, 0, false), WALK_BAD);
    end();
}

/* Pieces that come once more behind their whole are not told as a datagram of which one is missing. */
static void mirrored_twice(void **state)
{
    (void)state;
    begin();
    assert_int_equal(put(1, text("aaaaaaaa"), 0, 8, 0, true), WALK_FRAGMENT);
    assert_int_equal(put(1, text("bbbb"), 8, 4, 0, false), WALK_SEGMENT);
    assert_int_equal(put(1, text("bbbb"), 8, 4, 0, false), WALK_FRAGMENT);
    assert_int_equal(put(2, text("bbbb"), 8, 4, 0, false), WALK_FRAGMENT);
    rig.clock = rig.limits.piece_wait + 1;
    fragments_begin(&rig.f, rig.clock);
    assert_int_equal(rig.f.counts.again, 1);
    assert_int_equal(rig.f.counts.expired, 1);
    for (uint32_t id = 10; id < 10 + FRAGMENTS_RECENT; id++) {
        put(id, text("aaaaaaaa"), 0, 8, 0, true);
        assert_int_equal(put(id, text("bbbb"), 8, 4, 0, false), WALK_SEGMENT);
    }
    assert_int_equal(put(1, text("bbbb"), 8, 4, 0, false), WALK_FRAGMENT); /* too long ago */
    fragments_finish(&rig.f);
    assert_int_equal(rig.f.counts.expired, 2);
    end();
}

/* Another number, protocol, address, version or network is another datagram. */
static void keys(void **state)
{
    (void)state;
    begin();
    struct fragment first = {
        .key = {.id = 1, .protocol = 6, .version = 4}, .bytes = {text("aaaaaaaa"), 8}, .more = true};
    struct fragment other = first;
    fragments_begin(&rig.f, 0);
    assert_int_equal(fragments_put(&rig.f, &first, 0, &rig.whole), WALK_FRAGMENT);
    uint8_t *key = (uint8_t *)&other.key;
    other.offset = 8;
    other.more = false;
    for (size_t i = 0; i < offsetof(struct fragment_key, unused); i++) {
        key[i] ^= 1;
        assert_int_equal(fragments_put(&rig.f, &other, 0, &rig.whole), WALK_FRAGMENT);
        key[i] ^= 1;
    }
    assert_int_equal(fragments_put(&rig.f, &other, 0, &rig.whole), WALK_SEGMENT);
    end();
}

static void bounds(void **state)
{
    (void)state;
    static const uint8_t bytes[8000];
    begin();
    for (uint32_t i = 0; i < PIECES; i++)
        assert_int_equal(put(1, bytes, i * 16, 8, 0, true), WALK_FRAGMENT);
    assert_int_equal(put(1, bytes, 1000, 8, 0, true), WALK_FULL);
    assert_int_equal(rig.f.counts.evicted, 1);
    assert_null(rig.f.oldest);
    assert_int_equal(put(2, bytes, 0, 8, 0, true), WALK_FRAGMENT);
    rig.clock = rig.limits.piece_wait;
    assert_int_equal(put(3, bytes, 0, 8, 0, true), WALK_FRAGMENT);
    assert_int_equal(rig.f.counts.expired, 0);
    rig.clock++;
    assert_int_equal(put(2, bytes, 8, 8, 0, false), WALK_FRAGMENT); /* too late */
    assert_int_equal(rig.f.counts.expired, 1);
    for (uint32_t i = 10; i < 400; i++) {
        assert_int_equal(put(i, bytes, 0, 8000, 0, true), WALK_FRAGMENT);
        assert_true(rig.f.bytes < rig.limits.piece_bytes + 9000);
    }
    assert_true(rig.f.counts.evicted > 200 && rig.f.counts.evicted < 300);
    assert_int_equal(put(399, bytes, 8000, 8, 0, false), WALK_SEGMENT); /* the oldest went */
    end();
}

/* Whichever request fails, nothing is left over, and others go on. */
static void memory_may_fail(void **state)
{
    (void)state;
    bool failed = true;
    for (uint64_t at = 1; failed; at++) {
        begin();
        rig.memory.fail_at = at;
        enum walk one = put(1, text("aaaaaaaa"), 0, 8, 0, true), two = put(1, text("cccc"), 16, 4, 0, false);
        enum walk three = put(1, text("bbbbbbbb"), 8, 8, 0, true);
        failed = rig.memory.fail_at == 0;
        assert_int_equal(one == WALK_FULL || two == WALK_FULL || three == WALK_FULL, failed);
        if (!failed)
            is_whole("aaaaaaaabbbbbbbbcccc", 0);
        end();
        assert_true(at < 20);
    }
}

/* A datagram as an array: which bytes came first. */
struct model {
    uint8_t bytes[SIZE_MOST];
    bool there[SIZE_MOST];
    uint32_t size, end; /* size 0: not known */
};

static bool model_put(struct model *m, const uint8_t *data, uint32_t offset, uint32_t size, bool more)
{
    uint32_t to = offset + size;
    if ((m->size && (to > m->size || (!more && to < m->size))) || (!more && to < m->end))
        return false;
    for (uint32_t i = 0; i < size; i++) {
        if (!m->there[offset + i])
            m->bytes[offset + i] = data[i];
        m->there[offset + i] = true;
    }
    m->end = to > m->end ? to : m->end;
    m->size = more ? m->size : to;
    return true;
}

static bool model_whole(const struct model *m)
{
    for (uint32_t i = 0; i < m->size; i++) {
        if (!m->there[i])
            return false;
    }
    return m->size > 0;
}

/* Pieces anywhere, overlapping in any way: bytes and completion are the model's. */
static void as_an_array(void **state)
{
    (void)state;
    uint32_t dice = 12345;
    unsigned wholes = 0, refused = 0;
    begin();
    rig.limits.pieces = 1000;
    for (uint32_t id = 0; id < 2000; id++) {
        struct model m = {.size = 0};
        for (;;) {
            uint8_t data[SIZE_MOST];
            dice = dice * 1664525 + 1013904223;
            uint32_t offset = (dice >> 8) % 24 * 8, size = 8 + (dice >> 16) % 6 * 8;
            bool more = dice >> 24 > 40;
            for (uint32_t i = 0; i < size; i++)
                data[i] = (uint8_t)(dice >> (i % 8) ^ i);
            bool good = model_put(&m, data, offset, size, more);
            enum walk outcome = put(id, data, offset, size, 0, more);
            refused += !good;
            assert_int_equal(outcome, !good ? WALK_BAD : model_whole(&m) ? WALK_SEGMENT : WALK_FRAGMENT);
            if (outcome != WALK_SEGMENT)
                continue;
            assert_int_equal(rig.whole.bytes.size, m.size);
            assert_memory_equal(rig.whole.bytes.data, m.bytes, m.size);
            wholes++;
            break;
        }
    }
    assert_int_equal(wholes, 2000);
    assert_true(refused > 100 && rig.f.counts.conflicting > 1000);
    end();
}

/* Pieces that never become whole: what is kept stays as it is. What a million of them cost, `make bench` says.
 */
static void flood(void **state)
{
    (void)state;
    begin();
    size_t most = 0;
    struct fragment piece = {
        .key = {.version = 4, .protocol = 17}, .bytes = {text("xxxxxxxxxxxxxxxx"), 16}, .more = true};
    for (uint32_t i = 0; i < 200000; i++) {
        piece.key.id = i & 0xffff;
        memcpy(piece.key.from, &i, sizeof i);
        fragments_begin(&rig.f, i);
        assert_int_equal(fragments_put(&rig.f, &piece, i, &rig.whole), WALK_FRAGMENT);
        if (i == 100000)
            most = rig.memory.peak;
    }
    assert_int_equal(rig.memory.peak, most);
    assert_true(most < 3 * rig.limits.piece_bytes);
    end();
}

int main(void)
{
    for (size_t i = 0; i < sizeof secret.bytes; i++)
        secret.bytes[i] = (uint8_t)(i * 167 + 13);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order),   cmocka_unit_test(first_bytes_win),
        cmocka_unit_test(cut_pieces),  cmocka_unit_test(what_cannot_be),
        cmocka_unit_test(keys),        cmocka_unit_test(mirrored_twice),
        cmocka_unit_test(bounds),      cmocka_unit_test(memory_may_fail),
        cmocka_unit_test(as_an_array), cmocka_unit_test(flood),
    };
    return cmocka_run_group_tests_name("fragment", tests, NULL, NULL);
}

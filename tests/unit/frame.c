#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/frame_rig.h"
#include "tests/unit/frame_talk.h"

/* What is told of a frame is what the truth is, or less. */
static void assert_no_other(const struct log *told, const struct told *t, const struct log *truth,
                            const struct told *of)
{
    assert_true(same_frame(&t->frame, &of->frame));
    if (t->how == 'w')
        assert_memory_equal(told->bytes + t->at, truth->bytes + of->at, t->size);
    if (t->how != 'D')
        return;
    assert_true(t->last && t->size <= of->size);
    if (t->frame.flags & FRAME_PADDED) /* where its length is lost, some padding may be called body */
        assert_true(t->lost + t->size >= of->size && t->lost + t->size <= of->frame.size);
    else
        assert_int_equal(t->lost + t->size, of->size);
    if (t->lost == 0)
        assert_memory_equal(told->bytes + t->at, truth->bytes + of->at, t->size);
}

/* The truth of a side: read from the start to the end, at once. */
static const struct log *read_all(enum side from)
{
    struct run *r = start(&runs[0], from, true);
    push(r, talk.side[from].bytes, talk.side[from].size);
    assert_true(frames_in_step(&r->frames));
    finish(r);
    return &r->log;
}

static void test_as_nghttp2_reads(void **state)
{
    (void)state;
    talk_make(3000, true);
    for (enum side from = CLIENT; from <= SERVER; from++) {
        const struct talk_side *s = &talk.side[from];
        const struct log *l = read_all(from);
        unsigned at = 0, types = 0;
        size_t body = 0;
        for (unsigned i = 0; i < l->count; i++) {
            const struct told *t = &l->told[i];
            types |= 1U << t->frame.type;
            assert_int_not_equal(t->how, 'x');
            assert_int_not_equal(t->how, 'd');
            assert_true(t->last && t->lost == 0 && at < s->count);
            assert_true(same_frame(&t->frame, &s->frames[at]));
            at++;
            if (t->how != 'D')
                continue;
            assert_true(body + t->size <= s->body_size);
            assert_memory_equal(l->bytes + t->at, s->body + body, t->size);
            body += t->size;
        }
        assert_int_equal(at, s->count);
        assert_int_equal(body, s->body_size);
        assert_true(at > 40 && body > 30000);
        assert_int_equal(types, from == CLIENT ? 0x35b : 0x1f3); /* what the conversation is meant to hold */
    }
}

/* Pieces of any size, gaps, turns: once as they are, once with each push in single bytes. */
static void play(struct run *r, enum side from, size_t begin, uint32_t seed, bool gaps, bool cut)
{
    const struct talk_side *s = &talk.side[from];
    unsigned turns = 0;
    for (size_t at = begin; at < s->size;) {
        seed = seed * 1103515245U + 12345U;
        size_t size = seed % 8 ? (seed >> 8) % 3000 : (seed >> 8) % 16;
        while (turns < s->turn_count && s->turns[turns] < at)
            turns++;
        if (turns < s->turn_count && s->turns[turns] == at)
            turn(r);
        else if (turns < s->turn_count && size > s->turns[turns] - at)
            size = s->turns[turns] - at;
        size = size < s->size - at ? size : s->size - at;
        if (gaps && (seed >> 24) % 16 == 0)
            gap(r, size);
        else
            for (size_t i = 0; i < size; i += cut ? 1 : size)
                push(r, s->bytes + at + i, cut ? 1 : size);
        at += size;
    }
    turn(r);
}

static void test_cuts(void **state)
{
    (void)state;
    talk_make(3000, true);
    for (uint32_t seed = 0; seed < 60; seed++) {
        enum side from = seed % 2 ? SERVER : CLIENT;
        bool late = seed % 4 > 1, gaps = seed % 8 > 3;
        size_t begin = late ? seed * 131 % 4000 : 0;
        play(start(&runs[0], from, !late), from, begin, seed, gaps, false);
        play(start(&runs[1], from, !late), from, begin, seed, gaps, true);
        assert_same(&runs[0].log, &runs[1].log);
        assert_true(runs[0].log.count > 5);
        finish(&runs[0]);
        finish(&runs[1]);
    }
}

/* Joined at each place: what is told is the end of the truth, and it begins soon. */
static void test_joined_anywhere(void **state)
{
    (void)state;
    talk_make(1200, false);
    for (enum side from = CLIENT; from <= SERVER; from++) {
        const struct talk_side *s = &talk.side[from];
        const struct log *truth = read_all(from), *told = &runs[1].log;
        size_t start_of[TALK_FRAMES], at = from == CLIENT ? 24 : 0;
        for (unsigned i = 0; i < truth->count; i++) {
            start_of[i] = at;
            at += FRAME_HEADER + truth->told[i].frame.size;
        }
        assert_int_equal(at, s->size);
        for (size_t begin = 0; begin < s->size; begin++) {
            play(start(&runs[1], from, false), from, begin, (uint32_t)begin, false, false);
            unsigned first = truth->count - told->count, there = 0;
            assert_true(told->count <= truth->count);
            for (unsigned i = 0; i < told->count; i++) {
                assert_int_not_equal(told->told[i].how, 'x');
                assert_no_other(told, &told->told[i], truth, &truth->told[first + i]);
            }
            while (there < truth->count && start_of[there] < begin)
                there++;
            assert_true(first >= there);
            assert_true(first - there <= 3);
            finish(&runs[1]);
        }
    }
}

/* Gaps: each frame told is the next of the truth that is like it; a gap inside a payload costs that frame alone. */
static void test_gaps(void **state)
{
    (void)state;
    talk_make(3000, true);
    for (uint32_t seed = 0; seed < 400; seed++) {
        enum side from = seed % 2 ? SERVER : CLIENT;
        const struct log *truth = read_all(from), *told = &runs[1].log;
        play(start(&runs[1], from, true), from, 0, seed, true, false);
        unsigned next = 0;
        for (unsigned i = 0; i < told->count; i++) {
            const struct told *t = &told->told[i];
            if (t->how == 'x') {
                assert_true(i + 1 == told->count || told->told[i + 1].how != 'x');
                continue;
            }
            if (t->how == 'D' && !t->last) { /* the boundary was lost in it */
                assert_true(i + 1 == told->count || told->told[i + 1].how == 'x');
                continue;
            }
            while (next < truth->count &&
                   (!same_frame(&t->frame, &truth->told[next].frame) ||
                    (t->how == 'w' && memcmp(told->bytes + t->at, truth->bytes + truth->told[next].at, t->size) != 0)))
                next++;
            assert_true(next < truth->count);
            assert_no_other(told, t, truth, &truth->told[next++]);
        }
        assert_true(told->count > 10);
        finish(&runs[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_nghttp2_reads),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_joined_anywhere),
        cmocka_unit_test(test_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

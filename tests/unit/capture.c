/* Captures are written here byte by byte, as pcap-savefile(5) says. */
#include "sensor/capture/capture.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

struct bytes {
    uint8_t at[65536];
    size_t size;
    bool big, nano;
};

static void put(struct bytes *b, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        b->at[b->size++] = (uint8_t)(value >> 8 * (b->big ? size - 1 - i : i));
}

static struct bytes begin(bool big, bool nano, uint32_t snap_length)
{
    struct bytes b = {.big = big, .nano = nano};
    put(&b, nano ? 0xa1b23c4d : 0xa1b2c3d4, 4);
    put(&b, 2, 2);
    put(&b, 4, 2);
    put(&b, 0, 8);
    put(&b, snap_length, 4);
    put(&b, 1, 4);
    return b;
}

/* A packet whose bytes all say `mark`. */
static void packet_wire(struct bytes *b, moment time, uint8_t mark, uint32_t kept, uint32_t wire)
{
    put(b, (uint64_t)(time / SECOND), 4);
    put(b, (uint64_t)(time % SECOND / (b->nano ? 1 : 1000)), 4);
    put(b, kept, 4);
    put(b, wire, 4);
    memset(b->at + b->size, mark, kept);
    b->size += kept;
}

static void packet(struct bytes *b, moment time, uint8_t mark, uint32_t size)
{
    packet_wire(b, time, mark, size, size);
}

static FILE *file_of(const void *bytes, size_t size)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    rewind(file);
    return file;
}

static void add(struct capture *c, const char *name, const struct bytes *b)
{
    struct capture_error error;
    if (!capture_add_file(c, name, file_of(b->at, b->size), NULL, &error))
        fail_msg("%s", error.text);
}

/* A pipe may be slow. */
static enum capture_got next(struct capture *c, struct frame *f, struct capture_error *error)
{
    enum capture_got got;
    while ((got = capture_next(c, f, error)) == CAPTURE_IDLE)
        ;
    return got;
}

static void is_frame(struct capture *c, moment time, moment clock, uint64_t number, uint8_t mark)
{
    struct frame f;
    struct capture_error error = {.text = ""};
    if (next(c, &f, &error) != CAPTURE_FRAME)
        fail_msg("no frame %d: %s", (int)number, error.text);
    assert_int_equal(f.time, time);
    assert_int_equal(f.clock, clock);
    assert_int_equal(f.number, number);
    assert_true(f.bytes.size > 0);
    for (size_t i = 0; i < f.bytes.size; i++)
        assert_int_equal(f.bytes.data[i], mark);
}

static void is_end(struct capture *c)
{
    struct frame f;
    struct capture_error error;
    assert_int_equal(next(c, &f, &error), CAPTURE_END);
    assert_int_equal(next(c, &f, &error), CAPTURE_END);
}

static void fails_with(struct capture *c, const char *first, const char *second)
{
    struct frame f;
    struct capture_error error;
    assert_int_equal(next(c, &f, &error), CAPTURE_FAILED);
    if (strstr(error.text, first) == NULL || strstr(error.text, second) == NULL || strchr(error.text, '\n') != NULL)
        fail_msg("\"%s\" lacks \"%s\" or \"%s\"", error.text, first, second);
}

static void byte_orders_and_resolutions(void **state)
{
    (void)state;
    for (unsigned form = 0; form < 4; form++) {
        bool nano = form & 1;
        struct bytes b = begin(form & 2, nano, 65535);
        moment first = 1700000000 * SECOND + 123456789, second = first + 5 * SECOND;
        packet_wire(&b, first, 7, 60, 1500);
        packet(&b, second, 8, 61);
        struct capture *c = capture_new();
        add(c, "f", &b);
        struct frame f;
        struct capture_error error;
        assert_int_equal(capture_next(c, &f, &error), CAPTURE_FRAME);
        assert_int_equal(f.time, nano ? first : first / 1000 * 1000);
        assert_int_equal(f.bytes.size, 60);
        assert_int_equal(f.wire_size, 1500);
        assert_int_equal(f.link_type, 1);
        is_frame(c, nano ? second : second / 1000 * 1000, nano ? second : second / 1000 * 1000, 2, 8);
        is_end(c);
        struct capture_counts counts;
        capture_count(c, &counts);
        assert_int_equal(counts.frames, 2);
        assert_int_equal(counts.bytes, 1561);
        assert_int_equal(counts.cut, 1);
        assert_int_equal(counts.kernel_drops + counts.interface_drops + counts.time_jumps, 0);
        capture_free(c);
    }
}

/* Link types whose number in files differs from libpcap's own. */
static void link_types(void **state)
{
    (void)state;
    static const uint16_t types[] = {1, 101, 113, 276};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct bytes b = begin(false, false, 65535);
        b.size -= 4;
        put(&b, types[i], 4);
        packet(&b, SECOND, 1, 40);
        struct capture *c = capture_new();
        add(c, "f", &b);
        struct frame f;
        struct capture_error error;
        assert_int_equal(capture_next(c, &f, &error), CAPTURE_FRAME);
        assert_int_equal(f.link_type, types[i]);
        capture_free(c);
    }
}

static void cut_anywhere_in_the_last_packet(void **state)
{
    (void)state;
    struct bytes b = begin(false, false, 65535);
    packet(&b, 1 * SECOND, 1, 100);
    packet(&b, 2 * SECOND, 2, 33);
    size_t last = b.size;
    packet(&b, 3 * SECOND, 3, 50);
    char offset[64], start[64];
    snprintf(start, sizeof start, "it begins at byte %zu;", last);
    for (size_t cut = last; cut <= b.size; cut++) {
        struct bytes part = b;
        part.size = cut;
        struct capture *c = capture_new();
        add(c, "name.pcap", &part);
        is_frame(c, 1 * SECOND, 1 * SECOND, 1, 1);
        is_frame(c, 2 * SECOND, 2 * SECOND, 2, 2);
        snprintf(offset, sizeof offset, "name.pcap: cut off in the middle of packet 3 at byte %zu: ", cut);
        if (cut == b.size)
            is_frame(c, 3 * SECOND, 3 * SECOND, 3, 3);
        else if (cut > last)
            fails_with(c, offset, start);
        is_end(c);
        capture_free(c);
    }
}

/* There are programs that write them: what is there is given. */
static void packet_over_the_snap_length(void **state)
{
    (void)state;
    struct bytes b = begin(false, false, 20);
    packet(&b, 1 * SECOND, 1, 100);
    packet(&b, 2 * SECOND, 2, 20);
    char start[64];
    snprintf(start, sizeof start, "begins at byte %zu;", b.size);
    packet(&b, 3 * SECOND, 3, 10);
    b.size--;
    struct capture *c = capture_new();
    add(c, "f", &b);
    is_frame(c, 1 * SECOND, 1 * SECOND, 1, 1);
    is_frame(c, 2 * SECOND, 2 * SECOND, 2, 2);
    fails_with(c, "packet 3", start);
    capture_free(c);
}

static void corrupt_header(void **state)
{
    (void)state;
    struct bytes b = begin(true, false, 65535);
    packet(&b, 1 * SECOND, 1, 100);
    char where[64];
    snprintf(where, sizeof where, "bad.pcap: packet 2 at byte %zu ", b.size);
    put(&b, 0, 8);
    put(&b, 0x7fffffff, 4);
    put(&b, 0x7fffffff, 4);
    b.size += 1000;
    struct capture *c = capture_new();
    add(c, "bad.pcap", &b);
    is_frame(c, 1 * SECOND, 1 * SECOND, 1, 1);
    fails_with(c, where, "found a captured length of 2147483647 bytes, expected at most 262144;");
    is_end(c);
    capture_free(c);
}

static void merged_by_time(void **state)
{
    (void)state;
    struct bytes a = begin(false, true, 65535), b = begin(true, false, 65535), empty = begin(false, false, 65535),
                 late = begin(false, false, 65535);
    packet(&a, 10 * SECOND, 1, 10);
    packet(&a, 30 * SECOND, 2, 10);
    packet(&a, 29 * SECOND, 3, 10); /* a file's own order stands, even where its times do not */
    packet(&a, 30 * SECOND, 4, 10);
    packet(&b, 10 * SECOND, 5, 10); /* equal times: the file named first */
    packet(&b, 20 * SECOND, 6, 10);
    packet(&b, 30 * SECOND, 7, 10);
    packet(&late, 5 * SECOND, 8, 10);
    packet(&late, 30 * SECOND, 9, 10);
    struct capture *c = capture_new();
    add(c, "a", &a);
    add(c, "empty", &empty);
    add(c, "b", &b);
    add(c, "late", &late);
    is_frame(c, 5 * SECOND, 5 * SECOND, 1, 8);
    is_frame(c, 10 * SECOND, 10 * SECOND, 2, 1);
    is_frame(c, 10 * SECOND, 10 * SECOND, 3, 5);
    is_frame(c, 20 * SECOND, 20 * SECOND, 4, 6);
    is_frame(c, 30 * SECOND, 30 * SECOND, 5, 2);
    is_frame(c, 29 * SECOND, 30 * SECOND, 6, 3);
    is_frame(c, 30 * SECOND, 30 * SECOND, 7, 4);
    is_frame(c, 30 * SECOND, 30 * SECOND, 8, 7);
    is_frame(c, 30 * SECOND, 30 * SECOND, 9, 9);
    is_end(c);
    capture_free(c);
}

/* Many files against a sorted list: the order is that of (time, file), each frame once. */
static void merged_many(void **state)
{
    (void)state;
    enum { FILES = 37, EACH = 9 };
    struct capture *c = capture_new();
    uint32_t random = 1;
    for (int i = 0; i < FILES; i++) {
        struct bytes b = begin(false, false, 65535);
        moment time = 100 * SECOND;
        for (int k = 0; k < EACH; k++) {
            random = random * 1103515245 + 12345;
            time += (random >> 16) % 3 * SECOND;
            packet(&b, time, (uint8_t)(i + 1), 20);
        }
        add(c, "f", &b);
    }
    moment before = 0;
    int mark_before = 0, seen[FILES + 1] = {0};
    struct frame f;
    struct capture_error error;
    for (uint64_t number = 1; number <= FILES * EACH; number++) {
        assert_int_equal(capture_next(c, &f, &error), CAPTURE_FRAME);
        int mark = f.bytes.data[0];
        assert_true(f.time > before || (f.time == before && mark >= mark_before));
        assert_int_equal(f.number, number);
        assert_int_equal(f.interface, mark - 1);
        before = f.time;
        mark_before = mark;
        seen[mark]++;
    }
    for (int i = 1; i <= FILES; i++)
        assert_int_equal(seen[i], EACH);
    is_end(c);
    capture_free(c);
}

static void failed_source_is_left(void **state)
{
    (void)state;
    struct bytes a = begin(false, false, 65535), b = begin(false, false, 65535);
    packet(&a, 1 * SECOND, 1, 10);
    packet(&a, 3 * SECOND, 2, 10);
    a.size -= 3;
    packet(&b, 2 * SECOND, 3, 10);
    packet(&b, 4 * SECOND, 4, 10);
    struct capture *c = capture_new();
    add(c, "cut", &a);
    add(c, "whole", &b);
    is_frame(c, 1 * SECOND, 1 * SECOND, 1, 1);
    fails_with(c, "cut: ", "packet 2");
    is_frame(c, 2 * SECOND, 2 * SECOND, 2, 3);
    is_frame(c, 4 * SECOND, 4 * SECOND, 3, 4);
    is_end(c);
    capture_free(c);
}

/* From a pipe, and in pieces of one byte: nothing there can be looked at twice. */
static void from_a_pipe(void **state)
{
    (void)state;
    struct bytes b = begin(false, false, 65535);
    packet(&b, 1 * SECOND, 1, 200);
    packet(&b, 2 * SECOND, 2, 300);
    b.size--;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        for (size_t i = 0; i < b.size; i++) {
            if (write(ends[1], b.at + i, 1) != 1)
                _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    struct capture *c = capture_new();
    struct capture_error error;
    assert_true(capture_add_file(c, "-", fdopen(ends[0], "r"), NULL, &error));
    is_frame(c, 1 * SECOND, 1 * SECOND, 1, 1);
    fails_with(c, "standard input: cut off in the middle of packet 2 at byte 555:", "begins at byte 240;");
    is_end(c);
    capture_free(c);
}

/* What has no descriptor is read, too. */
static void from_memory(void **state)
{
    (void)state;
    struct bytes b = begin(false, false, 65535);
    packet(&b, 1 * SECOND, 1, 200);
    struct capture *c = capture_new();
    struct capture_error error;
    assert_true(capture_add_file(c, "m", fmemopen(b.at, b.size, "r"), NULL, &error));
    is_frame(c, 1 * SECOND, 1 * SECOND, 1, 1);
    is_end(c);
    capture_free(c);
}

static void on_alarm(int signal)
{
    (void)signal;
}

/* Silence or a signal ends the waiting for a pipe, not the pipe: what had come of a packet is not lost. */
static void interrupted(void **state)
{
    (void)state;
    struct bytes b = begin(false, false, 65535);
    packet(&b, 1 * SECOND, 1, 200);
    size_t first = b.size;
    packet(&b, 2 * SECOND, 2, 200);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], b.at, first + 50), first + 50);
    struct capture *c = capture_new();
    struct capture_error error;
    struct frame f;
    assert_true(capture_add_file(c, "-", fdopen(ends[0], "r"), NULL, &error));
    is_frame(c, 1 * SECOND, 1 * SECOND, 1, 1);
    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {.tv_usec = 50000}}, NULL);
    assert_int_equal(capture_next(c, &f, &error), CAPTURE_IDLE);
    assert_int_equal(f.clock, SECOND);
    assert_int_equal(capture_next(c, &f, &error), CAPTURE_IDLE); /* without a signal */
    assert_int_equal(f.clock, SECOND);
    assert_int_equal(write(ends[1], b.at + first + 50, b.size - first - 50), b.size - first - 50);
    is_frame(c, 2 * SECOND, 2 * SECOND, 2, 2);
    close(ends[1]);
    is_end(c);
    capture_free(c);
}

static void is_refused(const void *bytes, size_t size, const char *what)
{
    struct capture *c = capture_new();
    struct capture_error error;
    assert_false(capture_add_file(c, "name", file_of(bytes, size), NULL, &error));
    if (strncmp(error.text, "name: ", 6) != 0 || strstr(error.text, what) == NULL || strchr(error.text, '\n') != NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.text, what);
    is_end(c);
    capture_free(c);
}

static void no_capture(void **state)
{
    (void)state;
    struct bytes b = begin(false, false, 65535);
    is_refused("", 0, "an empty file");
    is_refused("\x1f\x8b\x08\0\0\0\0\0", 8, "cannot be read: its gzip data at byte 8 of the file: cut off there");
    is_refused("\x28\xb5\x2f\xfd\x04\0", 6, "cannot be read: its zstd data at byte 6 of the file: cut off there");
    is_refused("\xfd\x37\x7a\x58\x5a\0\0\4", 8, "xz-compressed");
    is_refused("\x7f"
               "ELF\2\1\1",
               7, "ELF");
    is_refused("#!/bin/sh\necho\n", 15, "a text file");
    is_refused("\x81\x82\x01\x03", 4, "a file of unknown kind");
    is_refused("\xd4\xc3\xb2", 3, "a file of unknown kind");
    is_refused(b.at, 4, "cut off in its header, at byte 4");
    is_refused(b.at, 23, "cut off in its header, at byte 23");
    b.at[4] = 9; /* a version that does not exist */
    is_refused(b.at, 24, "a capture of version 9.4; expected 2.0 to 2.4");
    struct capture *c = capture_new();
    struct capture_error error;
    assert_false(capture_add_file(c, "/", fopen("/", "r"), NULL, &error));
    assert_non_null(strstr(error.text, "/: cannot be read: Is a directory"));
    capture_free(c);
}

/* The filter hides packets from the frames, not from the places in messages. */
static void filtered(void **state)
{
    (void)state;
    struct bytes b = begin(false, false, 65535);
    packet(&b, 1 * SECOND, 1, 100);
    packet(&b, 2 * SECOND, 2, 50);
    packet(&b, 3 * SECOND, 3, 100);
    packet(&b, 4 * SECOND, 4, 100);
    b.size--;
    struct capture *c = capture_new();
    struct capture_error error;
    assert_true(capture_add_file(c, "f", file_of(b.at, b.size), "greater 80", &error));
    is_frame(c, 1 * SECOND, 1 * SECOND, 1, 1);
    is_frame(c, 3 * SECOND, 3 * SECOND, 2, 3);
    fails_with(c, "packet 4", "begins at byte 322;");
    capture_free(c);
    c = capture_new();
    assert_false(capture_add_file(c, "f", file_of(b.at, b.size), "greater than", &error));
    assert_non_null(strstr(error.text, "f: link type 1 (EN10MB): filter \"greater than\""));
    is_end(c);
    capture_free(c);
    assert_true(capture_check_filter("tcp port 6443 and not host 192.0.2.1", &error));
    assert_false(capture_check_filter("tcp porto 6443", &error));
    assert_non_null(strstr(error.text, "tcp porto 6443"));
}

/* A source that a test plays. */
struct played {
    enum capture_got says;
    bool freed;
};

static enum capture_got played_next(void *source, struct frame *frame, struct capture_error *error)
{
    const struct played *p = source;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(error->text, sizeof error->text, "went down");
    *frame = (struct frame){.time = now.tv_sec * SECOND + now.tv_nsec - 3600 * SECOND,
                            .bytes = {.data = (const uint8_t *)"x", .size = 1},
                            .wire_size = 1};
    return p->says;
}

static void played_drops(void *source, uint64_t *kernel, uint64_t *interface)
{
    (void)source;
    *kernel = 3;
    *interface = 4;
}

static void played_free(void *source)
{
    ((struct played *)source)->freed = true;
}

static void live_source(void **state)
{
    (void)state;
    static const struct source_ops ops = {
        .next = played_next, .drops = played_drops, .free = played_free, .live = true};
    struct played p = {.says = CAPTURE_IDLE};
    struct capture *c = capture_new();
    struct frame f;
    struct capture_error error;
    struct timespec now;
    assert_true(capture_add(c, "eth9", &ops, &p));
    assert_int_equal(capture_next(c, &f, &error), CAPTURE_IDLE);
    clock_gettime(CLOCK_REALTIME, &now);
    assert_true(f.clock > (now.tv_sec - 5) * SECOND && f.clock < now.tv_sec * SECOND + now.tv_nsec);
    /* A card whose time is an hour behind. */
    p.says = CAPTURE_FRAME;
    assert_int_equal(capture_next(c, &f, &error), CAPTURE_FRAME);
    assert_true(f.clock > (now.tv_sec - 5) * SECOND && f.time < (now.tv_sec - 3000) * SECOND);
    assert_int_equal(f.number, 1);
    struct capture_counts counts;
    for (int twice = 0; twice < 2; twice++) {
        capture_count(c, &counts);
        assert_int_equal(counts.kernel_drops, 3);
        assert_int_equal(counts.interface_drops, 4);
        assert_int_equal(counts.time_jumps, 1);
    }
    p.says = CAPTURE_FAILED;
    fails_with(c, "eth9: went down", "");
    is_end(c);
    capture_free(c);
    assert_true(p.freed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(byte_orders_and_resolutions),
        cmocka_unit_test(link_types),
        cmocka_unit_test(cut_anywhere_in_the_last_packet),
        cmocka_unit_test(packet_over_the_snap_length),
        cmocka_unit_test(corrupt_header),
        cmocka_unit_test(merged_by_time),
        cmocka_unit_test(merged_many),
        cmocka_unit_test(failed_source_is_left),
        cmocka_unit_test(from_a_pipe),
        cmocka_unit_test(from_memory),
        cmocka_unit_test(interrupted),
        cmocka_unit_test(no_capture),
        cmocka_unit_test(filtered),
        cmocka_unit_test(live_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

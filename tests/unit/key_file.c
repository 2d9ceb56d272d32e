/* Key logs in files and FIFOs: whole, growing, rotated, emptied; what is said of what is wrong. */
#include "tests/unit/key_rig.h"

#include <sys/wait.h>
#include <zlib.h>
#include <zstd.h>

static char path[128];

static void begin(struct rig *r, bool follow, const char *name)
{
    rig_begin(r, follow);
    snprintf(path, sizeof path, "%s/%s", r->folder, name);
}

static void whole(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, false, "keys");
    int log = rig_append(&r, "keys");
    rig_write(log, "# a comment\n");
    rig_write_line(log, 1);
    rig_write(log, "Nov 29 16:00:00 front proxy[12]: ");
    rig_write_line(log, 2);
    rig_write(log, rig_line(3)); /* its end is missing */
    close(log);
    assert_true(rig_add(&r, path, false));
    assert_false(rig_has(&r, 1));
    assert_true(key_sources_read_all(r.s));
    assert_true(rig_has(&r, 1) && rig_has(&r, 2) && rig_has(&r, 3) && !rig_has(&r, 4));
    assert_int_equal(rig_count(&r, COUNT_KEYS_LINES), 4);
    assert_int_equal(rig_count(&r, COUNT_KEYS_ADDED), 3);
    assert_int_equal(rig_count(&r, COUNT_KEYS_CONNECTIONS), 3);
    assert_int_equal(rig_count(&r, COUNT_KEYS_MALFORMED), 0);
    log = rig_append(&r, "keys");
    rig_write_line(log, 4);
    close(log);
    assert_false(rig_poll(&r)); /* offline nothing is followed */
    rig_told(&r, "", NULL);
    rig_end(&r);
}

static size_t pack(bool gzip, const char *text, size_t size, uint8_t *packed, size_t room)
{
    if (!gzip)
        return ZSTD_compress(packed, room, text, size, 3);
    z_stream z = {
        .next_in = (Bytef *)(uintptr_t)text, .avail_in = (uInt)size, .next_out = packed, .avail_out = (uInt)room};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

static void packed(void **state)
{
    (void)state;
    enum { LINES = 500, ROOM = LINES * 200 };
    static char text[ROOM];
    static uint8_t bytes[ROOM];
    size_t size = 0;
    for (unsigned i = 1; i <= LINES; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%s\n", rig_line(i));
    for (int turn = 0; turn < 8; turn++) {
        bool gzip = turn & 1, follow = turn & 2, cut = turn & 4;
        struct rig r;
        begin(&r, follow, "keys.packed");
        size_t packed_size = pack(gzip, text, size, bytes, sizeof bytes) - (cut ? 10 : 0);
        int log = rig_append(&r, "keys.packed");
        assert_int_equal(write(log, bytes, packed_size), packed_size);
        assert_true(rig_add(&r, path, follow));
        assert_int_equal(key_sources_read_all(r.s), !cut);
        fflush(r.log.out);
        assert_int_equal(cut, strstr(r.told, "cut off there") != NULL);
        if (!cut)
            assert_int_equal(rig_count(&r, COUNT_KEYS_ADDED), LINES);
        rig_write_line(log, LINES + 1);
        rig_poll_second(&r);
        assert_int_equal(rig_count(&r, COUNT_KEYS_MALFORMED), 0); /* it is not followed */
        close(log);
        rig_end(&r);
    }
}

static void is_no_log(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[8];
        const char *told;
    } rows[] = {
        {"\xd4\xc3\xb2\xa1", "kapiwatch: %s: found a capture, expected a TLS key log\n"},
        {"\x0a\x0d\x0d\x0a", "kapiwatch: %s: found a pcapng capture, expected a TLS key log\n"},
        {"\xfd"
         "7zXZ",
         "kapiwatch: %s: found xz-compressed, expected a TLS key log\n"},
    };
    struct rig r;
    begin(&r, false, "keys");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int log = rig_append(&r, "keys");
        assert_int_equal(write(log, rows[i].bytes, sizeof rows[i].bytes), sizeof rows[i].bytes);
        close(log);
        assert_true(rig_add(&r, path, false));
        assert_false(key_sources_read_all(r.s));
        rig_told(&r, rows[i].told, path);
        assert_int_equal(key_sources_free(r.s), 0);
        rig_sources(&r, false, 8 << 20);
        remove(path);
    }
    assert_true(rig_add(&r, r.folder, false));
    int log = rig_append(&r, "keys"); /* the others are read all the same */
    rig_write_line(log, 1);
    close(log);
    assert_true(rig_add(&r, path, false));
    assert_false(key_sources_read_all(r.s));
    rig_told(&r, "kapiwatch: %s: found a folder, expected a TLS key log\n", r.folder);
    assert_true(rig_has(&r, 1));
    rig_end(&r);
}

static void grows(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, true, "keys");
    int log = rig_append(&r, "keys");
    rig_write_line(log, 1);
    assert_true(rig_add(&r, path, true));
    assert_true(key_sources_read_all(r.s));
    assert_true(rig_has(&r, 1));
    assert_false(rig_poll(&r));
    const char *line = rig_line(2);
    for (size_t i = 0; line[i] != '\0'; i += 10) { /* in pieces: no secret is new before the line's end */
        assert_int_equal(write(log, line + i, strnlen(line + i, 10)), strnlen(line + i, 10));
        assert_false(rig_poll(&r));
    }
    rig_write(log, "\n");
    assert_false(key_sources_poll(r.s, r.now + RIG_SECOND / 20)); /* it does not look each time it is asked */
    key_sources_hasten(r.s);
    assert_true(key_sources_poll(r.s, r.now + RIG_SECOND / 20));
    assert_true(rig_has(&r, 2));
    assert_false(rig_poll(&r));
    rig_write_line(log, 2); /* said before */
    assert_false(rig_poll(&r));
    assert_int_equal(rig_count(&r, COUNT_KEYS_LINES), 3);
    rig_told(&r, "", NULL);
    close(log);
    rig_end(&r);
}

/* What is much is read in turns, between packets, without waiting for the next tenth of a second. */
static void grows_much(void **state)
{
    (void)state;
    enum { LINES = 12000 };
    struct rig r;
    begin(&r, true, "keys");
    FILE *log = fopen(path, "a");
    assert_true(rig_add(&r, path, true));
    assert_true(key_sources_read_all(r.s));
    for (unsigned i = 1; i <= LINES; i++)
        fprintf(log, "%s\n", rig_line(i));
    fclose(log);
    assert_true(rig_poll(&r));
    assert_false(rig_has(&r, LINES));
    int turns = 1;
    while (key_sources_poll(r.s, r.now))
        turns++;
    assert_true(turns >= 2 && turns < 10);
    assert_true(rig_has(&r, 1) && rig_has(&r, LINES));
    assert_int_equal(rig_count(&r, COUNT_KEYS_ADDED), LINES);
    rig_end(&r);
}

static void rotated_by_name(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, true, "keys");
    int log = rig_append(&r, "keys");
    rig_write_line(log, 1);
    assert_true(rig_add(&r, path, true));
    assert_true(key_sources_read_all(r.s));
    assert_int_equal(rename(path, rig_path(&r, "keys.1")), 0);
    rig_write_line(log, 2); /* the writer does not know yet, and nothing stands under the name */
    rig_poll_second(&r);
    assert_true(rig_has(&r, 2));
    int next = rig_append(&r, "keys");
    rig_write(next, "rubbish\n");
    rig_write_line(next, 3);
    rig_write(log, "CLIENT_");
    rig_poll_second(&r);
    assert_true(rig_has(&r, 3));
    rig_told(&r,
             "kapiwatch: %s: line 1, column 1: found no label, expected a label of a key log, such as CLIENT_RANDOM\n",
             path);
    rig_write(log, rig_line(4) + strlen("CLIENT_")); /* late, to the old one, a line that was begun before */
    rig_write(log, "\n");
    rig_write_line(next, 5);
    assert_true(rig_poll(&r));
    assert_true(rig_has(&r, 4) && rig_has(&r, 5));
    for (int i = 0; i < 31; i++)
        rig_poll_second(&r);
    rig_write_line(log, 6); /* too late */
    rig_write_line(next, 7);
    assert_true(rig_poll(&r));
    assert_true(rig_has(&r, 7) && !rig_has(&r, 6));
    assert_int_equal(rename(path, rig_path(&r, "keys.2")), 0);
    int third = rig_append(&r, "keys");
    rig_write_line(third, 8);
    rig_write_line(next, 9);
    rig_poll_second(&r);
    assert_true(rig_has(&r, 8) && rig_has(&r, 9));
    rig_told(&r, "", NULL);
    close(log);
    close(next);
    close(third);
    rig_end(&r);
}

/* The file that was renamed is read to its end, however long that takes. */
static void rotated_with_much_left(void **state)
{
    (void)state;
    enum { LINES = 12000 };
    struct rig r;
    begin(&r, true, "keys");
    FILE *log = fopen(path, "a");
    assert_true(rig_add(&r, path, true));
    assert_true(key_sources_read_all(r.s));
    assert_int_equal(rename(path, rig_path(&r, "keys.1")), 0);
    close(rig_append(&r, "keys"));
    rig_poll_second(&r);
    for (unsigned i = 1; i <= LINES; i++)
        fprintf(log, "%s\n", rig_line(i));
    fclose(log);
    r.now += 60 * RIG_SECOND;
    while (key_sources_poll(r.s, r.now))
        ;
    assert_true(rig_has(&r, LINES));
    rig_end(&r);
}

/* Shorter than it was, as long, and longer. */
static void rotated_by_emptying(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, true, "keys");
    int log = rig_append(&r, "keys");
    rig_write_line(log, 1);
    rig_write_line(log, 2);
    assert_true(rig_add(&r, path, true));
    assert_true(key_sources_read_all(r.s));
    for (unsigned lines = 1, number = 3; lines <= 4; lines++) {
        assert_int_equal(ftruncate(log, 0), 0);
        for (unsigned i = 0; i < lines; i++)
            rig_write_line(log, number + i);
        rig_poll(&r);
        rig_poll(&r);
        for (unsigned i = 0; i < lines; i++)
            assert_true(rig_has(&r, number++));
    }
    assert_int_equal(ftruncate(log, 0), 0); /* with a look between emptying and writing */
    rig_poll(&r);
    rig_write(log, "rubbish\n");
    rig_write_line(log, 100);
    assert_true(rig_poll(&r));
    assert_true(rig_has(&r, 100));
    rig_told(&r,
             "kapiwatch: %s: line 1, column 1: found no label, expected a label of a key log, such as CLIENT_RANDOM\n",
             path);
    assert_int_equal(rig_count(&r, COUNT_KEYS_LINES), 2 + 1 + 2 + 3 + 4 + 2); /* and none twice */
    close(log);
    rig_end(&r);
}

static void cannot_be_opened_again(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, true, "keys");
    int log = rig_append(&r, "keys");
    assert_true(rig_add(&r, path, true));
    assert_true(key_sources_read_all(r.s));
    assert_int_equal(rename(path, rig_path(&r, "keys.1")), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    rig_write_line(log, 1);
    for (int i = 0; i < 5; i++)
        rig_poll_second(&r);
    assert_true(rig_has(&r, 1));
    rig_told(&r, "kapiwatch: %s: it cannot be opened again: Is a directory\n", path);
    assert_int_equal(rmdir(path), 0);
    int next = rig_append(&r, "keys");
    rig_write_line(next, 2);
    rig_poll_second(&r);
    assert_true(rig_has(&r, 2));
    rig_told(&r, "", NULL);
    close(log);
    close(next);
    rig_end(&r);
}

/* Nor when what stands there can be opened and not read: it is tried again each second, and told once. */
static void cannot_be_read_any_more(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, true, "keys");
    int log = rig_append(&r, "keys");
    rig_write_line(log, 1);
    assert_true(rig_add(&r, path, true));
    assert_true(key_sources_read_all(r.s));
    close(log);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/proc/self/mem", path), 0); /* a file whose first byte nobody can read */
    for (int i = 0; i < 5; i++)
        rig_poll_second(&r);
    rig_told(&r, "kapiwatch: %s: it cannot be read any more, and is tried again: Input/output error\n", path);
    assert_int_equal(unlink(path), 0);
    log = rig_append(&r, "keys");
    rig_write_line(log, 2);
    rig_poll_second(&r);
    assert_true(rig_has(&r, 1) && rig_has(&r, 2));
    rig_told(&r, "", NULL);
    close(log);
    rig_end(&r);
}

static void fifo(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, true, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_true(rig_add(&r, path, true));
    assert_true(key_sources_read_all(r.s)); /* nobody writes yet, nobody is waited for */
    assert_false(rig_poll(&r));
    int one = rig_append(&r, "pipe"), two = rig_append(&r, "pipe");
    rig_write_line(one, 1);
    rig_write_line(two, 2);
    rig_write_line(one, 3);
    assert_true(rig_poll(&r));
    assert_true(rig_has(&r, 1) && rig_has(&r, 2) && rig_has(&r, 3));
    close(one);
    rig_write_line(two, 4);
    assert_true(rig_poll(&r));
    assert_true(rig_has(&r, 4));
    rig_write(two, rig_line(5)); /* ends without the line's end */
    close(two);
    assert_true(rig_poll(&r));
    assert_true(rig_has(&r, 5));
    for (int i = 0; i < 3; i++)
        rig_poll_second(&r);
    one = rig_append(&r, "pipe");
    rig_write_line(one, 6);
    assert_true(rig_poll(&r));
    assert_true(rig_has(&r, 6));
    assert_int_equal(rig_count(&r, COUNT_KEYS_LINES), 6);
    rig_told(&r, "", NULL);
    close(one);
    rig_end(&r);
}

/* Offline the end of a FIFO is waited for. */
static void fifo_whole(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, false, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    pid_t child = fork();
    if (child == 0) {
        int one = open(path, O_WRONLY);
        for (unsigned i = 1; i <= 3; i++) {
            rig_write_line(one, i);
            usleep(50000);
        }
        _exit(0);
    }
    assert_true(rig_add(&r, path, false));
    assert_true(key_sources_read_all(r.s));
    assert_true(rig_has(&r, 1) && rig_has(&r, 2) && rig_has(&r, 3));
    assert_int_equal(waitpid(child, NULL, 0), child);
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole),
        cmocka_unit_test(packed),
        cmocka_unit_test(is_no_log),
        cmocka_unit_test(grows),
        cmocka_unit_test(grows_much),
        cmocka_unit_test(rotated_by_name),
        cmocka_unit_test(rotated_with_much_left),
        cmocka_unit_test(rotated_by_emptying),
        cmocka_unit_test(cannot_be_opened_again),
        cmocka_unit_test(cannot_be_read_any_more),
        cmocka_unit_test(fifo),
        cmocka_unit_test(fifo_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

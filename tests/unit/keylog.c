#include "sensor/keylog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define SECRET "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0011223344556677889900112233445566"

/* A run's: what it says is kept. */
struct test {
    char folder[32], path[64];
    struct hash_secret secret;
    struct log log;
    char *said;
    size_t size;
    struct keylog *k;
};

static void begin(struct test *t)
{
    *t = (struct test){.folder = "/tmp/keylog-XXXXXX"};
    assert_non_null(mkdtemp(t->folder));
    snprintf(t->path, sizeof t->path, "%s/keys", t->folder);
    t->log = (struct log){.out = open_memstream(&t->said, &t->size), .level = LOG_NORMAL};
    t->k = keylog_new(&t->secret, 1 << 20, &t->log);
    assert_non_null(t->k);
}

static void end(struct test *t)
{
    assert_int_equal(keylog_free(t->k), 0);
    fclose(t->log.out);
    free(t->said);
    unlink(t->path);
    rmdir(t->folder);
}

static const char *said(struct test *t)
{
    fflush(t->log.out);
    return t->said;
}

/* The line of connection `number`. */
static void line_of(unsigned number, char line[static 256])
{
    snprintf(line, 256, "CLIENT_RANDOM %064x %.96s\n", number, SECRET);
}

static void add_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void add_lines(const char *path, unsigned from, unsigned to)
{
    char line[256];
    for (unsigned i = from; i < to; i++) {
        line_of(i, line);
        add_text(path, line);
    }
}

static bool knows(const struct test *t, unsigned number)
{
    uint8_t random[TLS_RANDOM] = {[30] = (uint8_t)(number >> 8), [31] = (uint8_t)number};
    return tls_keys_find(keylog_keys(t->k), random, TLS_LABEL_MASTER) != NULL;
}

static uint64_t count(const struct test *t, enum counter counter)
{
    struct counters c = {0};
    keylog_count(t->k, &c);
    return c.of[counter];
}

static void reads_a_file(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    add_lines(t.path, 0, 3);
    add_text(t.path, "CLIENT_RANDOM zz " SECRET "\n\n# words\n");
    add_lines(t.path, 3, 4);
    assert_true(keylog_add(t.k, t.path, false));
    for (unsigned i = 0; i < 4; i++)
        assert_true(knows(&t, i));
    assert_false(knows(&t, 4));
    assert_int_equal(count(&t, COUNT_KEYS_ADDED), 4);
    assert_int_equal(count(&t, COUNT_KEYS_MALFORMED), 1);
    assert_non_null(strstr(said(&t), "/keys: line 4, column "));
    assert_null(strstr(said(&t), "0011223344"));
    end(&t);
}

/* However many there are, a few are told. */
static void many_mistakes(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    for (int i = 0; i < 100; i++)
        add_text(t.path, "CLIENT_RANDOM x y\n");
    assert_true(keylog_add(t.k, t.path, false));
    unsigned lines = 0;
    for (const char *at = said(&t); (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, 11);
    assert_int_equal(count(&t, COUNT_KEYS_MALFORMED), 100);
    end(&t);
}

static void what_is_not_there(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    assert_false(keylog_add(t.k, t.path, false));
    assert_non_null(strstr(said(&t), "No such file or directory, expected a TLS key log"));
    assert_false(keylog_add(t.k, "unix:/tmp/none", false));
    end(&t);
}

static void follows(void **state)
{
    (void)state;
    struct test t;
    char line[256], moved[80];
    begin(&t);
    snprintf(moved, sizeof moved, "%s.1", t.path);
    add_lines(t.path, 0, 1);
    assert_true(keylog_add(t.k, t.path, true));
    assert_true(keylog_follows(t.k) && knows(&t, 0));
    assert_false(keylog_poll(t.k));
    line_of(1, line);
    line[100] = '\0'; /* half of a line */
    add_text(t.path, line);
    assert_false(keylog_poll(t.k));
    line_of(1, line);
    add_text(t.path, line + 100);
    assert_true(keylog_poll(t.k) && knows(&t, 1));
    /* Moved away, and another in its place: the rest of the old one first. */
    assert_int_equal(rename(t.path, moved), 0);
    add_lines(moved, 2, 3);
    add_lines(t.path, 3, 4);
    assert_true(keylog_poll(t.k));
    assert_true(knows(&t, 2) && knows(&t, 3));
    /* Emptied, and written anew. */
    assert_int_equal(truncate(t.path, 0), 0);
    keylog_poll(t.k);
    add_lines(t.path, 4, 5);
    keylog_poll(t.k);
    assert_true(keylog_poll(t.k) || knows(&t, 4));
    unlink(moved);
    end(&t);
}

static void a_fifo(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    assert_int_equal(mkfifo(t.path, 0600), 0);
    assert_true(keylog_add(t.k, t.path, true));
    assert_false(keylog_poll(t.k));
    for (unsigned i = 0; i < 3; i++) { /* each writer opens and closes it */
        add_lines(t.path, i, i + 1);
        assert_true(keylog_poll(t.k) && knows(&t, i));
        assert_false(keylog_poll(t.k));
    }
    end(&t);
}

static int connect_to(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

/* Two at once, whose lines come in halves: nobody's line gets mixed with another's. */
static void a_socket(void **state)
{
    (void)state;
    struct test t;
    char name[80], line[2][256];
    struct stat made;
    begin(&t);
    snprintf(name, sizeof name, "unix:%s", t.path);
    assert_true(keylog_add(t.k, name, true));
    assert_int_equal(stat(t.path, &made), 0);
    assert_int_equal(made.st_mode & 0777, 0600);
    int fd[2] = {connect_to(t.path), connect_to(t.path)};
    for (size_t half = 0; half < 2; half++) {
        for (unsigned i = 0; i < 2; i++) {
            line_of(i, line[i]);
            size_t from = half ? 100 : 0, size = half ? strlen(line[i]) - 100 : 100;
            assert_int_equal(write(fd[i], line[i] + from, size), (ssize_t)size);
        }
        assert_int_equal(keylog_poll(t.k), half);
    }
    assert_true(knows(&t, 0) && knows(&t, 1));
    close(fd[0]);
    assert_false(keylog_poll(t.k));
    close(fd[1]);
    assert_int_equal(count(&t, COUNT_KEYS_ADDED), 2);
    end(&t);
}

static void text_from_elsewhere(void **state)
{
    (void)state;
    struct test t;
    char line[256];
    begin(&t);
    line_of(7, line);
    keylog_feed(t.k, "a.pcapng: secrets", (struct slice){(const uint8_t *)line, strlen(line) - 1});
    assert_true(knows(&t, 7));
    keylog_feed(t.k, "a.pcapng: secrets", slice_of("\nCLIENT_RANDOM\n"));
    assert_non_null(strstr(said(&t), "a.pcapng: secrets: line 2, column "));
    end(&t);
}

static void keeps_to_its_memory(void **state)
{
    (void)state;
    struct test t;
    begin(&t);
    char line[256];
    for (unsigned i = 0; i < 5000; i++) {
        line_of(i, line);
        keylog_feed(t.k, "", slice_of(line));
    }
    assert_true(knows(&t, 4999) && !knows(&t, 0));
    assert_true(count(&t, COUNT_KEYS_FORGOTTEN) > 0);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_file),
        cmocka_unit_test(many_mistakes),
        cmocka_unit_test(what_is_not_there),
        cmocka_unit_test(follows),
        cmocka_unit_test(a_fifo),
        cmocka_unit_test(a_socket),
        cmocka_unit_test(text_from_elsewhere),
        cmocka_unit_test(keeps_to_its_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

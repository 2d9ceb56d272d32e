/* Key logs through a Unix socket, and what holds for all sources: bounds, messages, memory. */
#include "tests/unit/key_rig.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "sensor/keylog/key_socket.h"

static char name[128]; /* "unix:PATH" */

static const char *path(void)
{
    return name + strlen("unix:");
}

static void begin(struct rig *r, bool follow)
{
    rig_begin(r, follow);
    snprintf(name, sizeof name, "unix:%s/socket", r->folder);
}

static bool add_socket(struct rig *r)
{
    int fd = monitor_open(MONITOR_LISTEN_KEYS, path());
    assert_true(fd >= 0);
    return key_sources_add(r->s, name, fd);
}

static int writer(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%.100s", path());
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void several_writers(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, true);
    assert_true(add_socket(&r));
    assert_true(key_sources_read_all(r.s));
    assert_false(rig_poll(&r));
    int one = writer(), two = writer();
    char line[2][300];
    snprintf(line[0], sizeof line[0], "%s\n", rig_line(1));
    snprintf(line[1], sizeof line[1], "%s\n", rig_line(2));
    for (size_t i = 0; i < strlen(line[0]); i += 7) { /* their pieces alternate */
        assert_true(!rig_has(&r, 1) && !rig_has(&r, 2));
        size_t size = strnlen(line[0] + i, 7);
        assert_int_equal(write(one, line[0] + i, size), size);
        assert_int_equal(write(two, line[1] + i, size), size);
        rig_poll(&r);
    }
    assert_true(rig_has(&r, 1) && rig_has(&r, 2));
    rig_write(one, rig_line(3)); /* goes without a line's end */
    close(one);
    rig_write_line(two, 4);
    assert_true(rig_poll(&r));
    assert_true(rig_has(&r, 3) && rig_has(&r, 4));
    one = writer();
    rig_write(one, "# a comment\nNov 29 15:34:07\n");
    assert_false(rig_poll(&r));
    rig_told(&r,
             "kapiwatch: %s: writer 3, line 2, column 1: found no label, expected a label of a key log, such as "
             "CLIENT_RANDOM\n",
             name);
    rig_write(two, rig_line(5)); /* held when the program ends */
    rig_poll(&r);
    close(one);
    close(two);
    rig_end(&r);
}

static void crowd(void **state)
{
    (void)state;
    enum { MORE = KEY_WRITERS_MOST + 10 };
    struct rig r;
    int fds[MORE];
    begin(&r, true);
    assert_true(add_socket(&r));
    for (unsigned i = 0; i < MORE; i++) {
        fds[i] = writer();
        rig_write_line(fds[i], i + 1);
        rig_poll(&r);
    }
    assert_int_equal(rig_count(&r, COUNT_KEYS_ADDED), KEY_WRITERS_MOST);
    rig_told(&r, "kapiwatch: %s: 64 writers are connected; others wait until one of them goes\n", name);
    for (unsigned i = 0; i < MORE; i++)
        close(fds[i]);
    for (int i = 0; i < 5; i++)
        rig_poll(&r);
    assert_int_equal(rig_count(&r, COUNT_KEYS_ADDED), MORE);
    rig_told(&r, "", NULL);
    rig_end(&r);
}

/* A line that never ends keeps nobody waiting, and holds no memory. */
static void line_without_an_end(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, true);
    assert_true(add_socket(&r));
    int two = writer(), one = writer();
    static char much[1 << 16];
    memset(much, 'x', sizeof much);
    assert_int_equal(fcntl(one, F_SETFL, O_NONBLOCK), 0);
    rig_write_line(two, 2);
    while (write(one, much, sizeof much) > 0)
        ;
    assert_true(rig_poll(&r));
    assert_true(rig_has(&r, 2));
    for (int i = 0; i < 20; i++) {
        rig_poll(&r);
        assert_true(write(one, much, sizeof much) > 0);
    }
    rig_poll(&r);
    rig_write(one, "\n");
    rig_write_line(one, 1);
    rig_poll(&r);
    rig_poll(&r);
    assert_true(rig_has(&r, 1));
    rig_told(&r,
             "kapiwatch: %s: writer 2, line 1, column 4097: found a line that goes on, expected the end of the line\n",
             name);
    assert_int_equal(rig_count(&r, COUNT_KEYS_LINES), 3);
    close(one);
    close(two);
    rig_end(&r);
}

static void how_it_is_made(void **state)
{
    (void)state;
    struct rig r;
    struct stat about;
    begin(&r, true);
    mode_t mask = umask(0);
    int fd = monitor_open(MONITOR_LISTEN_KEYS, path());
    assert_true(fd >= 0);
    umask(mask);
    assert_int_equal(stat(path(), &about), 0);
    assert_int_equal(about.st_mode, S_IFSOCK | 0600);
    assert_int_equal(monitor_open(MONITOR_LISTEN_KEYS, path()), -1); /* somebody listens */
    assert_int_equal(errno, EADDRINUSE);
    close(fd);
    assert_int_equal(stat(path(), &about), 0);
    fd = monitor_open(MONITOR_LISTEN_KEYS, path()); /* nobody does: it was left behind */
    assert_true(fd >= 0);
    assert_true(key_sources_add(r.s, name, fd));
    int one = writer();
    rig_write_line(one, 1);
    assert_true(rig_poll(&r));
    close(one);
    close(rig_append(&r, "file"));
    assert_int_equal(monitor_open(MONITOR_LISTEN_KEYS, rig_path(&r, "file")), -1); /* no file is taken away */
    assert_int_equal(errno, EADDRINUSE);
    assert_int_equal(stat(rig_path(&r, "file"), &about), 0);
    char longer[200];
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(monitor_open(MONITOR_LISTEN_KEYS, longer), -1);
    assert_int_equal(errno, ENAMETOOLONG);
    assert_int_equal(monitor_open(MONITOR_LISTEN_KEYS, ""), -1);
    rig_end(&r);
}

/* Each mistake there is, with a secret in the line: rig_end() looks for it in what was told. */
static void mistakes_hide_secrets(void **state)
{
    (void)state;
    static const char *const lines[] = {"CLIENT_RANDOM %064x " SECRET_TAIL "\n",
                                        "CLIENT_RANDOM %064x " SECRET_TAIL SECRET_TAIL "\n",
                                        "CLIENT_RANDOM %064x 00" SECRET_TAIL "x\n",
                                        "CLIENT_RANDOM %060x " SECRET_TAIL "\n",
                                        SECRET_TAIL " CLIENT_RANDOM %060x\n",
                                        SECRET_TAIL " %u\n",
                                        "SERVER_TRAFFIC_SECRET_0 %064x " SECRET_TAIL "\n"};
    struct rig r;
    begin(&r, false);
    for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++) {
        char line[512];
        snprintf(line, sizeof line, lines[i], i);
        key_sources_feed(r.s, "capture", slice_of(line));
        assert_int_equal(rig_count(&r, COUNT_KEYS_MALFORMED), i + 1);
    }
    rig_end(&r);
}

static size_t lines_in(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

/* Of a source: other ones have their own. A capture's may come in many blocks. */
static void messages_are_bounded(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, false);
    for (unsigned i = 1; i <= 100; i++)
        key_sources_feed(r.s, "capture", slice_of("rubbish\n"));
    fflush(r.log.out);
    assert_int_equal(lines_in(r.told), KEY_TOLD_MOST + 1);
    assert_non_null(strstr(r.told, "\nkapiwatch: capture: there is more like it, which is counted and not told\n"));
    assert_int_equal(rig_count(&r, COUNT_KEYS_MALFORMED), 100);
    int log = rig_append(&r, "keys");
    rig_write(log, "rubbish\n");
    close(log);
    assert_true(rig_add(&r, rig_path(&r, "keys"), false));
    assert_true(key_sources_read_all(r.s));
    fflush(r.log.out);
    assert_int_equal(lines_in(r.told), KEY_TOLD_MOST + 2);
    rig_end(&r);
}

static void contradictions_are_counted(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, false);
    char text[512];
    snprintf(text, sizeof text, "CLIENT_RANDOM %064x %096x\nCLIENT_RANDOM %064x %096x", 1, 1, 1, 2);
    key_sources_feed(r.s, "capture", slice_of(text));
    key_sources_feed(r.s, "capture", slice_of(text));
    assert_int_equal(rig_count(&r, COUNT_KEYS_LINES), 4);
    assert_int_equal(rig_count(&r, COUNT_KEYS_ADDED), 2);
    assert_int_equal(rig_count(&r, COUNT_KEYS_CONTRADICTING), 1);
    assert_int_equal(rig_count(&r, COUNT_KEYS_CONNECTIONS), 2);
    rig_end(&r);
}

/* However little it is, the newest secrets are there, and each that is not was counted. */
static void oldest_go_first(void **state)
{
    (void)state;
    enum { LINES = 20000 };
    static char text[LINES * 200];
    size_t size = 0;
    for (unsigned i = 1; i <= LINES; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%s\n", rig_line(i));
    struct rig r;
    begin(&r, false);
    for (size_t memory = 128 << 10; memory < 8 << 20; memory += memory / 7) {
        assert_int_equal(key_sources_free(r.s), 0);
        rig_sources(&r, false, memory);
        assert_non_null(r.s);
        key_sources_feed(r.s, "capture", (struct slice){.data = (uint8_t *)text, .size = size});
        uint64_t left = rig_count(&r, COUNT_KEYS_CONNECTIONS);
        assert_int_equal(left + rig_count(&r, COUNT_KEYS_FORGOTTEN), LINES);
        assert_true(left * 1000 > memory && left < LINES);
        for (unsigned i = 0; i < left; i++)
            assert_true(rig_has(&r, LINES - i));
    }
    rig_end(&r);
}

/* Where memory is short, secrets do not go to make room for who only connects. */
static void writers_have_a_share(void **state)
{
    (void)state;
    enum { WRITERS = 30 };
    struct rig r;
    int fds[WRITERS];
    begin(&r, true);
    assert_int_equal(key_sources_free(r.s), 0);
    rig_sources(&r, true, 128 << 10);
    assert_true(add_socket(&r));
    for (unsigned i = 0; i < WRITERS; i++) {
        fds[i] = writer();
        rig_write_line(fds[i], i + 1);
        rig_poll(&r);
    }
    uint64_t heard = rig_count(&r, COUNT_KEYS_ADDED);
    assert_true(heard >= 5 && heard < WRITERS);
    assert_int_equal(rig_count(&r, COUNT_KEYS_FORGOTTEN), 0);
    rig_told(&r, "kapiwatch: %s: a writer could not be let in: Cannot allocate memory\n", name);
    for (unsigned i = 0; i < WRITERS; i++)
        close(fds[i]);
    rig_poll(&r);
    int one = writer();
    rig_write_line(one, 100);
    assert_true(rig_poll(&r));
    assert_true(rig_has(&r, 100));
    close(one);
    rig_end(&r);
}

/* With each amount of memory that is too little: no more than a message. */
static void without_memory(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, true);
    assert_int_equal(key_sources_free(r.s), 0);
    int log = rig_append(&r, "keys"), made = 0, added = 0, heard = 0;
    char file[128];
    snprintf(file, sizeof file, "%s", rig_path(&r, "keys"));
    rig_write_line(log, 1);
    close(log);
    for (size_t memory = 0; memory < 60000; memory += 97) {
        rig_sources(&r, true, memory);
        if (r.s == NULL)
            continue;
        made++;
        if (rig_add(&r, file, true) && add_socket(&r)) {
            added++;
            int one = writer();
            rig_write_line(one, 2);
            assert_true(key_sources_read_all(r.s));
            rig_poll(&r);
            heard += rig_has(&r, 2);
            close(one);
        }
        assert_int_equal(key_sources_free(r.s), 0);
    }
    assert_true(made > added && added > heard && heard > 0);
    fflush(r.log.out);
    assert_non_null(strstr(r.told, "a writer could not be let in: Cannot allocate memory\n"));
    assert_non_null(strstr(r.told, "keys: Cannot allocate memory\n"));
    rig_sources(&r, true, 1 << 20);
    rig_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_writers),
        cmocka_unit_test(crowd),
        cmocka_unit_test(line_without_an_end),
        cmocka_unit_test(how_it_is_made),
        cmocka_unit_test(mistakes_hide_secrets),
        cmocka_unit_test(messages_are_bounded),
        cmocka_unit_test(contradictions_are_counted),
        cmocka_unit_test(oldest_go_first),
        cmocka_unit_test(writers_have_a_share),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

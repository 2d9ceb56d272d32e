#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sensor/report/target.h"

static time_t seconds = 1000;

int clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now = (struct timespec){.tv_sec = seconds};
    return 0;
}

/* A listener's end and the target's. */
static int ends[2];
static unsigned asked;
static bool listens;

static int again(const char *name)
{
    asked++;
    assert_string_equal(name, "unix:events");
    if (!listens) {
        errno = ECONNREFUSED;
        return -1;
    }
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    return ends[1];
}

static void write_text(struct target *t, const char *text)
{
    struct buffer b = {0};
    buffer_text(&b, text);
    target_write(t, &b, true);
    buffer_deinit(&b);
}

static void check_got(const char *expected)
{
    char got[64] = "";
    ssize_t size = recv(ends[0], got, sizeof got - 1, MSG_DONTWAIT);
    assert_true(size >= 0);
    assert_string_equal(got, expected);
}

static struct target *begin(const char *name, int (*connect)(const char *name))
{
    asked = 0;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    struct target *t = target_new(name, ends[1], NULL, connect);
    assert_non_null(t);
    return t;
}

/* Who listens at a socket may go and come again: it is asked for once a second, and what is lost meanwhile is counted.
 */
static void a_listener_may_come_again(void **state)
{
    (void)state;
    struct target *t = begin("unix:events", again);
    write_text(t, "first\n");
    check_got("first\n");
    close(ends[0]);
    listens = false;
    write_text(t, "lost\n");
    assert_true(target_is_left(t));
    assert_int_equal(target_error(t), 0);
    assert_int_equal(target_dropped(t), 5);
    write_text(t, "too soon\n");
    assert_int_equal(asked, 0);
    seconds++;
    write_text(t, "nobody\n");
    write_text(t, "too soon\n");
    assert_int_equal(asked, 1);
    assert_int_equal(target_dropped(t), 5 + 9 + 7 + 9);
    seconds++;
    listens = true;
    write_text(t, "again\n");
    assert_int_equal(asked, 2);
    assert_false(target_is_left(t));
    check_got("again\n");
    assert_int_equal(target_dropped(t), 5 + 9 + 7 + 9);
    assert_int_equal(target_close(t), 0);
    close(ends[0]);
}

/* To be closed while nobody listens is no error of closing. */
static void it_can_end_while_nobody_listens(void **state)
{
    (void)state;
    struct target *t = begin("unix:events", again);
    close(ends[0]);
    write_text(t, "lost\n");
    assert_true(target_is_left(t));
    assert_int_equal(target_close(t), 0);
}

/* Where nobody is asked to connect again, and of standard output, which a service manager makes a socket. */
static void else_it_is_an_error(void **state)
{
    (void)state;
    for (int standard = 0; standard < 2; standard++) {
        struct target *t = begin(standard ? "-" : "unix:events", standard ? again : NULL);
        close(ends[0]);
        write_text(t, "lost\n");
        assert_false(target_is_left(t));
        assert_int_equal(target_error(t), EPIPE);
        assert_int_equal(target_dropped(t), 5);
        seconds += 2;
        write_text(t, "more\n");
        assert_int_equal(asked, 0);
        assert_int_equal(target_dropped(t), 10);
        assert_int_equal(target_close(t), EPIPE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_listener_may_come_again),
        cmocka_unit_test(it_can_end_while_nobody_listens),
        cmocka_unit_test(else_it_is_an_error),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

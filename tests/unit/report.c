#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sensor/event/exchange.h"
#include "sensor/event/flow_record.h"
#include "sensor/report/report.h"
#include "sensor/report/target.h"

static void check_parse(const char *option, const char *format, uint32_t events, const char *target)
{
    struct output_spec spec;
    char error[256] = "";
    assert_true(output_parse(&spec, option, error, sizeof error));
    assert_string_equal(spec.format->name, format);
    assert_int_equal(spec.events, events);
    assert_string_equal(spec.target, target);
    assert_string_equal(error, "");
}

static void parses(void **state)
{
    (void)state;
    check_parse("json", "json", (1U << REPORT_EVENTS) - 1, "-");
    check_parse("json:-", "json", (1U << REPORT_EVENTS) - 1, "-");
    check_parse("json+http+flow:a+b:c.json", "json", 1U << REPORT_HTTP | 1U << REPORT_FLOW, "a+b:c.json");
    check_parse("json+stats+alert+source+anomaly+stats", "json",
                1U << REPORT_STATS | 1U << REPORT_ALERT | 1U << REPORT_SOURCE | 1U << REPORT_ANOMALY, "-");
    check_parse("text:/tmp/x", "text", 1U << REPORT_ALERT | 1U << REPORT_SOURCE | 1U << REPORT_STATS, "/tmp/x");
    check_parse("text+alert", "text", 1U << REPORT_ALERT, "-");
}

static void check_refused(const char *option, const char *expected)
{
    struct output_spec spec;
    char error[256] = "", small[8];
    assert_false(output_parse(&spec, option, error, sizeof error));
    assert_string_equal(error, expected);
    assert_false(output_parse(&spec, option, small, sizeof small));
    assert_memory_equal(small, error, sizeof small - 1);
    assert_int_equal(small[7], 0);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    check_refused("xml", "there is no output format \"xml\"; expected text, json, audit or survey");
    check_refused("", "there is no output format \"\"; expected text, json, audit or survey");
    check_refused("JSON\033:x", "there is no output format \"JSON\\x1b\"; expected text, json, audit or survey");
    check_refused("json+tcp:x",
                  "format json has no events \"tcp\"; expected http, flow, anomaly, tls, alert, source, stats");
    check_refused("json+", "format json has no events \"\"; expected http, flow, anomaly, tls, alert, source, stats");
    check_refused("text+http", "format text has no events \"http\"; expected alert, source, stats");
    check_refused("survey+stats", "format survey has no events \"stats\"; expected none");
    check_refused("json:",
                  "no target behind the colon of \"json:\"; expected \"-\", the name of a file or \"unix:PATH\"");
}

/* What a pipe's reader gets until it is closed. */
static size_t read_all(int fd, char *bytes, size_t size)
{
    size_t got = 0;
    for (ssize_t n; (n = read(fd, bytes + got, size - got)) > 0;)
        got += (size_t)n;
    return got;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at++)
        count++;
    return count;
}

static struct event_room room;

static const struct event *an_exchange(void)
{
    struct exchange *x = exchange_begin(&room);
    x->event.flow_id = 1;
    return &x->event;
}

static void add_output(struct report *r, const char *option, int fd, bool live)
{
    struct output_spec spec;
    char error[256];
    assert_true(output_parse(&spec, option, error, sizeof error));
    assert_true(report_add(r, &spec, fd, live, false, false));
}

/* Each output gets what it was asked for, and the text no events at all. */
static void outputs_get_what_they_asked_for(void **state)
{
    (void)state;
    static const struct rule_about about = {.id = "i", .title = "t", .description = "", .file = "", .provider = ""};
    struct finding finding = {.rule = &about, .cluster = "", .provider = ""};
    struct source source = {.exchanges = 1};
    struct counters counters = {0};
    struct statistics statistics = {.counters = &counters, .at_end = true};
    struct flow_record flow = {.event = {.size = sizeof flow, .type = EVENT_FLOW}};
    static const char *const options[] = {"json", "json+http+stats", "json+flow", "text", "text+stats"};
    static const size_t lines[][5] = {/* http, flow, alert, source, stats */
                                      {1, 1, 1, 1, 1},
                                      {1, 0, 0, 0, 1},
                                      {0, 1, 0, 0, 0},
                                      {0, 0, 0, 0, 0},
                                      {0, 0, 0, 0, 0}};
    for (size_t i = 0; i < 5; i++) {
        int ends[2];
        char text[8192] = "";
        assert_int_equal(pipe(ends), 0);
        struct report *r = report_new(NULL, NULL);
        add_output(r, options[i], ends[1], false);
        report_event(r, an_exchange());
        report_event(r, &flow.event);
        report_section(r, SECTION_FINDINGS, 1);
        report_finding(r, &finding);
        report_section(r, SECTION_SOURCES, 1);
        report_source(r, &source);
        report_statistics(r, &statistics);
        assert_true(report_close(r));
        report_free(r);
        text[read_all(ends[0], text, sizeof text - 1)] = 0;
        close(ends[0]);
        static const char *const types[] = {"http", "flow", "alert", "source", "stats"};
        for (size_t k = 0; k < 5; k++) {
            char part[64];
            snprintf(part, sizeof part, "\"event_type\":\"%s\"", types[k]);
            assert_int_equal(count_of(text, part), lines[i][k]);
        }
        assert_int_equal(count_of(text, "FINDINGS"), i == 3);
        assert_int_equal(count_of(text, "SOURCES"), i == 3);
        assert_int_equal(count_of(text, "WHAT WAS SEEN"), i >= 3);
    }
}

/* Small amounts wait for company, or for a flush. */
static void writes_when_flushed_or_large(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    struct report *r = report_new(NULL, NULL);
    add_output(r, "json", dup(fileno(file)), true);
    report_event(r, an_exchange());
    assert_int_equal(lseek(fileno(file), 0, SEEK_END), 0);
    report_flush(r);
    off_t line = lseek(fileno(file), 0, SEEK_END), sum = line;
    assert_true(line > 100 && line < 1000);
    for (off_t waiting = 0; waiting < 262144; waiting += line, sum += line) {
        assert_int_equal(lseek(fileno(file), 0, SEEK_END), line);
        report_event(r, an_exchange());
    }
    assert_int_equal(lseek(fileno(file), 0, SEEK_END), sum);
    report_event(r, an_exchange());
    assert_int_equal(lseek(fileno(file), 0, SEEK_END), sum);
    assert_true(report_close(r));
    assert_int_equal(lseek(fileno(file), 0, SEEK_END), sum + line);
    report_free(r);
    fclose(file);
}

static void errors_are_kept_and_named(void **state)
{
    (void)state;
    int full = open("/dev/full", O_WRONLY);
    assert_true(full >= 0);
    struct report *r = report_new(NULL, NULL);
    add_output(r, "json:some.json", full, false);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    add_output(r, "json:later", ends[1], false); /* fails as well, in another way */
    add_output(r, "json:whole", open("/dev/null", O_WRONLY), false);
    assert_false(report_erred(r));
    report_event(r, an_exchange());
    assert_null(report_error(r, 0));
    report_flush(r);
    assert_true(report_erred(r));
    char expected[128], other[128];
    snprintf(expected, sizeof expected, "some.json: %s", strerror(ENOSPC));
    snprintf(other, sizeof other, "later: %s", strerror(EPIPE));
    for (int closed = 0; closed < 2; closed++) {
        assert_string_equal(report_error(r, 0), expected);
        assert_string_equal(report_error(r, 1), other);
        assert_null(report_error(r, 2));
        assert_null(report_error(r, 3));
        assert_false(report_reader_gone(r, 0));
        assert_true(report_reader_gone(r, 1));
        assert_false(report_reader_gone(r, 2));
        if (!closed)
            report_event(r, an_exchange());
        assert_false(report_close(r));
    }
    report_free(r);
    report_free(NULL);
}

static void a_broken_pipe_is_an_error(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    struct report *r = report_new(NULL, NULL);
    add_output(r, "json", ends[1], false);
    report_event(r, an_exchange());
    assert_int_equal(report_dropped(r), 0);
    report_flush(r);
    uint64_t dropped = report_dropped(r);
    assert_true(dropped > 0);
    report_event(r, an_exchange());
    report_flush(r);
    assert_int_equal(report_dropped(r), 2 * dropped);
    assert_false(report_close(r));
    char expected[128];
    snprintf(expected, sizeof expected, "standard output: %s", strerror(EPIPE));
    assert_string_equal(report_error(r, 0), expected);
    report_free(r);
}

/* Of which of them a reader has gone is known: it is no news to whoever closed it; a full disk is. */
static void a_broken_pipe_hides_no_other_error(void **state)
{
    (void)state;
    int ends[2], full = open("/dev/full", O_WRONLY);
    assert_true(full >= 0);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    struct report *r = report_new(NULL, NULL);
    add_output(r, "json", ends[1], false);
    assert_true(report_is_taken(r));
    report_event(r, an_exchange());
    report_flush(r);
    assert_true(report_reader_gone(r, 0));
    assert_false(report_is_taken(r));
    add_output(r, "json:some.json", full, false);
    assert_true(report_is_taken(r));
    report_event(r, an_exchange());
    report_flush(r);
    assert_true(report_reader_gone(r, 0));
    assert_false(report_reader_gone(r, 1));
    assert_false(report_is_taken(r));
    assert_false(report_close(r));
    char expected[128];
    snprintf(expected, sizeof expected, "some.json: %s", strerror(ENOSPC));
    assert_string_equal(report_error(r, 1), expected);
    report_free(r);
}

static void ignore(int signal)
{
    (void)signal;
}

/* A slow reader of a pipe, and signals meanwhile: every byte comes, in order. */
static void check_pipe(int flags)
{
    enum { SIZE = 1 << 20 };
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, flags), 0);
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = ignore}, NULL); /* no SA_RESTART */
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        size_t got = 0;
        char bytes[1000];
        bool right = true;
        close(ends[1]);
        for (ssize_t n; (n = read(ends[0], bytes, sizeof bytes)) > 0; got += (size_t)n) {
            for (size_t i = 0; i < (size_t)n; i++)
                right = right && bytes[i] == (char)((got + i) % 251);
            kill(parent, SIGUSR1);
        }
        _exit(right && got == SIZE ? 0 : 1);
    }
    close(ends[0]);
    struct target *t = target_new("pipe", ends[1], NULL, NULL);
    struct buffer b = {0};
    char *at = buffer_reserve(&b, SIZE);
    for (size_t i = 0; i < SIZE; i++)
        at[i] = (char)(i % 251);
    b.size = SIZE;
    target_write(t, &b, false);
    assert_int_equal(b.size, 0);
    assert_int_equal(target_error(t), 0);
    assert_int_equal(target_dropped(t), 0);
    assert_int_equal(target_width(t), 80);
    assert_int_equal(target_close(t), 0);
    buffer_deinit(&b);
    int status;
    while (waitpid(child, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    assert_int_equal(status, 0);
}

static char folder[] = "/tmp/kapiwatch-report-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int open_anew(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
}

static size_t lines_in(const char *name)
{
    char text[4096];
    int fd = open(in_folder(name), O_RDONLY);
    assert_true(fd >= 0);
    size_t got = read_all(fd, text, sizeof text - 1);
    close(fd);
    text[got] = 0;
    assert_true(got > 0 && text[0] == '{' && text[got - 1] == '\n');
    return count_of(text, "\n");
}

static void rename_in_folder(const char *from, const char *to)
{
    char path[64];
    snprintf(path, sizeof path, "%s", in_folder(from));
    assert_int_equal(rename(path, in_folder(to)), 0);
}

/* What was told before goes to the file that was renamed, what is told afterwards to the new one, or the old one where
 * there can be no new one. */
static void files_are_opened_anew(void **state)
{
    (void)state;
    char option[80];
    assert_non_null(mkdtemp(folder));
    snprintf(option, sizeof option, "json:%s", in_folder("events"));
    struct report *r = report_new(NULL, NULL);
    add_output(r, option, open_anew(in_folder("events")), true);
    report_event(r, an_exchange());
    report_event(r, an_exchange());
    rename_in_folder("events", "events.1");
    report_reopen(r, open_anew);
    assert_int_equal(lines_in("events.1"), 2);
    report_event(r, an_exchange());
    report_reopen(r, open_anew); /* to the same file, behind what is there */
    report_event(r, an_exchange());
    report_flush(r);
    assert_int_equal(lines_in("events"), 2);
    assert_null(report_error(r, 0));
    rename_in_folder("events", "events.2");
    assert_int_equal(mkdir(in_folder("events"), 0700), 0);
    report_reopen(r, open_anew);
    assert_string_equal(report_error(r, 0) + strlen(in_folder("events")), ": Is a directory");
    report_event(r, an_exchange());
    assert_false(report_close(r));
    assert_int_equal(lines_in("events.2"), 3);
    assert_int_equal(lines_in("events.1"), 2);
    report_free(r);
    rmdir(in_folder("events"));
    unlink(in_folder("events.1"));
    unlink(in_folder("events.2"));
    assert_int_equal(rmdir(folder), 0);
}

static int must_not_open(const char *path)
{
    fail_msg("%s is no file", path);
    return -1;
}

static void what_is_no_file_stays_open(void **state)
{
    (void)state;
    int ends[2], null = open("/dev/null", O_WRONLY);
    FILE *file = tmpfile();
    assert_int_equal(pipe(ends), 0);
    struct report *r = report_new(NULL, NULL);
    add_output(r, "json", dup(fileno(file)), true); /* standard output that the shell sent to a file */
    add_output(r, "json:fifo", ends[1], true);
    add_output(r, "json:/dev/null", null, true);
    report_reopen(r, must_not_open);
    assert_true(report_close(r));
    report_free(r);
    close(ends[0]);
    fclose(file);
}

static void short_writes_are_gone_on_with(void **state)
{
    (void)state;
    check_pipe(0);
    check_pipe(O_NONBLOCK);
}

static void what_is_dropped_is_counted(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    struct target *t = target_new("pipe", ends[1], NULL, NULL);
    struct buffer b = {0};
    buffer_text(&b, "12345");
    target_write(t, &b, true);
    buffer_text(&b, "678");
    target_write(t, &b, true);
    assert_int_equal(target_error(t), EPIPE);
    assert_int_equal(target_dropped(t), 8);
    assert_string_equal(target_name(t), "pipe");
    assert_int_equal(target_close(t), EPIPE);
    buffer_deinit(&b);
}

/* A limit on the size of files does what a full disk does: a part is written, and then no more. */
static void a_full_disk_leaves_whole_lines(void **state)
{
    (void)state;
    static const char kept[] = "of another run\n";
    char path[] = "/tmp/full-XXXXXX", bytes[64];
    int fd = mkstemp(path);
    struct rlimit before, limit;
    struct buffer b = {0};
    assert_true(fd >= 0);
    assert_int_equal(write(fd, kept, sizeof kept - 1), sizeof kept - 1);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = (struct rlimit){.rlim_cur = sizeof kept - 1 + 10, .rlim_max = before.rlim_max};
    struct target *t = target_new(path, open(path, O_WRONLY | O_APPEND), NULL, NULL);
    assert_non_null(t);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    buffer_text(&b, "first\nsecond\n");
    target_write(t, &b, true);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(target_error(t), EFBIG);
    assert_int_equal(target_dropped(t), 7);
    target_close(t);
    ssize_t size = pread(fd, bytes, sizeof bytes, 0);
    assert_int_equal(size, sizeof kept - 1 + 6);
    assert_memory_equal(bytes, "of another run\nfirst\n", (size_t)size);
    buffer_deinit(&b);
    close(fd);
    unlink(path);
}

static volatile sig_atomic_t over;

static bool is_over(void)
{
    return over != 0;
}

/* Each look at the clock is some seconds later. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    static time_t seconds = 1000;
    (void)clock;
    *now = (struct timespec){.tv_sec = seconds += 3};
    return 0;
}

/* After a while the run is to end, and one that is blocked is interrupted from then on. */
static void end_run(int signal)
{
    static volatile sig_atomic_t waited;
    (void)signal;
    over = ++waited % 4 == 0 || over;
}

/* Who takes nothing is waited for, and given up only when the run is to end; what nobody took is counted. */
static void check_stalled(int flags)
{
    enum { SIZE = 1 << 20, TICK = 50 * 1000 /* microseconds */ };
    int ends[2];
    struct buffer b = {0};
    char taken[512];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, flags), 0);
    int holds = fcntl(ends[1], F_GETPIPE_SZ);
    struct target *t = target_new("pipe", ends[1], is_over, NULL);
    assert_non_null(buffer_reserve(&b, SIZE));
    memset(b.bytes, 'x', SIZE);
    b.size = SIZE;
    over = 0;
    struct itimerval ticks = {{0, TICK}, {0, TICK}}, none = {{0, 0}, {0, 0}};
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = end_run}, NULL);
    setitimer(ITIMER_REAL, &ticks, NULL);
    target_write(t, &b, true);
    setitimer(ITIMER_REAL, &none, NULL);
    assert_true(is_over());
    assert_int_equal(target_error(t), ETIME);
    assert_int_equal(target_dropped(t), SIZE - holds);
    assert_int_equal(read(ends[0], taken, sizeof taken), sizeof taken);
    assert_int_equal(target_close(t), ETIME);
    close(ends[0]);
    buffer_deinit(&b);
}

static void who_takes_nothing_is_given_up_at_the_end(void **state)
{
    (void)state;
    check_stalled(0);
    check_stalled(O_NONBLOCK);
}

/* And what it was and how much is lost is said. */
static void what_nobody_takes_is_said(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    char bytes[4096] = "";
    while (write(ends[1], bytes, sizeof bytes) > 0)
        ;
    struct report *r = report_new(is_over, NULL);
    over = 1;
    add_output(r, "json:fifo", ends[1], true);
    report_event(r, an_exchange());
    assert_false(report_close(r));
    assert_int_equal(strncmp(report_error(r, 0), "fifo: nobody takes what is written; ", 36), 0);
    unsigned long long lost = strtoull(report_error(r, 0) + 36, NULL, 10);
    assert_true(lost > 0 && lost == report_dropped(r));
    report_free(r);
    close(ends[0]);
}

/* A record that finds no memory is left out whole, and said so; the next one is written. */
static void no_half_lines(void **state)
{
    (void)state;
    struct buffer b = {0};
    buffer_text(&b, "before\n");
    assert_null(buffer_reserve(&b, SIZE_MAX / 2 + 100));
    assert_true(b.failed);
    buffer_text(&b, "lost");
    buffer_number(&b, 5);
    buffer_format(&b, "%d", 5);
    assert_int_equal(b.size, 7);
    buffer_deinit(&b);
    assert_false(b.failed);
    buffer_number(&b, UINT64_MAX);
    buffer_format(&b, "%s-%d", "x", 7);
    buffer_number(&b, 0);
    assert_int_equal(b.size, 24);
    assert_memory_equal(b.bytes, "18446744073709551615x-70", 24);
    buffer_deinit(&b);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(outputs_get_what_they_asked_for),
        cmocka_unit_test(writes_when_flushed_or_large),
        cmocka_unit_test(errors_are_kept_and_named),
        cmocka_unit_test(a_broken_pipe_is_an_error),
        cmocka_unit_test(a_broken_pipe_hides_no_other_error),
        cmocka_unit_test(short_writes_are_gone_on_with),
        cmocka_unit_test(what_is_dropped_is_counted),
        cmocka_unit_test(a_full_disk_leaves_whole_lines),
        cmocka_unit_test(who_takes_nothing_is_given_up_at_the_end),
        cmocka_unit_test(what_nobody_takes_is_said),
        cmocka_unit_test(no_half_lines),
        cmocka_unit_test(files_are_opened_anew),
        cmocka_unit_test(what_is_no_file_stays_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

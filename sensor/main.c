/* kapiwatch, a passive sensor for Kubernetes API traffic: options, configuration, filter, rules, run. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sensor/capture/capture.h"
#include "sensor/check.h"
#include "sensor/config.h"
#include "sensor/monitor.h"
#include "sensor/rulebook.h"
#include "sensor/run.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

enum { FILTER_MOST = 65536 };

static enum exit_status print_version(void)
{
    printf("kapiwatch %s\n%s\n", PACKAGE_VERSION, pcap_lib_version());
    return STATUS_DONE;
}

static enum exit_status print_help(void)
{
    options_help(stdout);
    return STATUS_DONE;
}

static enum exit_status list_interfaces(struct log *log)
{
    struct capture_error error;
    if (capture_list_interfaces(stdout, &error))
        return STATUS_DONE;
    log_error(log, "%s", error.text);
    return STATUS_INPUT;
}

/* As in tcpdump, what follows a # in its line is a comment. It becomes one line, as messages show it. */
static void make_line(char *text)
{
    size_t end = 0;
    for (char *at = strchr(text, '#'); at != NULL; at = strchr(at, '#'))
        memset(at, ' ', strcspn(at, "\n"));
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (strchr(" \t\r\n", text[i]) != NULL)
            text[i] = ' ';
        else
            end = i + 1;
    }
    text[end] = '\0';
}

/* @return the file's text, which the caller frees, or NULL and a line on standard error. */
static char *read_filter(const struct options *o, struct log *log)
{
    char place[CONFIG_PLACE];
    FILE *file = monitor_read(MONITOR_READ_FILTER, o->filter_file);
    char *text = calloc(1, FILTER_MOST + 1);
    size_t size = file != NULL && text != NULL ? fread(text, 1, FILTER_MOST + 1, file) : 0;
    const char *wrong = NULL;
    if (file == NULL || ferror(file))
        wrong = strerror(errno);
    else if (text == NULL)
        wrong = "no memory to read it";
    else if (size > FILTER_MOST || memchr(text, 0, size) != NULL)
        wrong = "found no text of at most 64 KiB";
    if (file != NULL)
        fclose(file);
    if (wrong == NULL) {
        make_line(text);
        return text;
    }
    log_error(log, "%s%s: %s, expected a file with a filter expression", config_place(o, "filter-file", place),
              o->filter_file, wrong);
    free(text);
    return NULL;
}

/* Suppressions that suppress nothing. The time of a capture is not known before it is read: it is today's, for -T. */
static void warn_of_suppressions(const struct options *o, const struct rule_set *rules, struct log *log)
{
    struct complaint_list *complaints = complaint_list_new();
    struct timespec now = {.tv_sec = 0};
    if (complaints == NULL)
        return;
    if (o->action == ACTION_TEST)
        clock_gettime(CLOCK_REALTIME, &now);
    suppressions_check(o->suppressions, rules, o->map, (moment)now.tv_sec * 1000000000, complaints);
    complaint_list_tell(complaints, log);
    complaint_list_free(complaints);
}

static enum exit_status with_rules(const struct options *o, const char *filter, struct log *log)
{
    struct capture_error error;
    char place[CONFIG_PLACE];
    if (filter != NULL && !capture_check_filter(filter, &error)) {
        config_place(o, o->filter_file != NULL ? "filter-file" : "filter", place);
        log_error(log, "%s%s%s%s", place, o->filter_file != NULL ? o->filter_file : "",
                  o->filter_file != NULL ? ": " : "", error.text);
        return STATUS_USAGE;
    }
    struct rule_set *rules = rulebook_load(o, log);
    if (rules == NULL)
        return STATUS_USAGE;
    warn_of_suppressions(o, rules, log);
    enum exit_status status = STATUS_DONE;
    if (o->action == ACTION_TEST)
        check_print(o, filter, rules, stdout);
    else
        status = run(o, filter, rules, log);
    rule_set_free(rules);
    return status;
}

static enum exit_status with_filter(const struct options *o, struct log *log)
{
    if (o->filter_file == NULL)
        return with_rules(o, o->filter, log);
    char *filter = read_filter(o, log);
    if (filter == NULL)
        return STATUS_USAGE;
    enum exit_status status = with_rules(o, filter, log);
    free(filter);
    return status;
}

/* What the file says, and the cluster maps; all that is wrong with them is told. */
static bool read_config(struct options *o, struct log *log)
{
    struct complaint_list *complaints = complaint_list_new();
    if (complaints == NULL)
        return false;
    config_load(o, complaints);
    *log = log_to_stderr(o->level, true);
    complaint_list_tell(complaints, log);
    bool good = complaint_errors(complaints) == 0;
    complaint_list_free(complaints);
    return good;
}

static enum exit_status with_config(struct options *o, struct log *log)
{
    char wrong[OPTIONS_ERROR];
    if (!read_config(o, log))
        return STATUS_USAGE;
    if (options_complete(o, wrong))
        return with_filter(o, log);
    log_error(log, "%s; see kapiwatch(8)", wrong);
    return STATUS_USAGE;
}

static enum exit_status act(struct options *o, struct log *log)
{
    switch (o->action) {
    case ACTION_VERSION: return print_version();
    case ACTION_HELP: return print_help();
    case ACTION_LIST_INTERFACES: return list_interfaces(log);
    case ACTION_TEST:
    case ACTION_RUN: break;
    }
    return with_config(o, log);
}

int main(int argc, char **argv)
{
    struct options options;
    char wrong[OPTIONS_ERROR];
    bool understood = options_read(&options, argc, argv, wrong);
    struct log log = log_to_stderr(options.level, true);
    enum exit_status status = STATUS_USAGE;
    if (understood)
        status = act(&options, &log);
    else
        log_error(&log, "%s; see kapiwatch(8)", wrong);
    options_deinit(&options);
    /* What went to standard output by itself (-T, -D, -V, -h) is an output, too. */
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == STATUS_DONE) {
        log_error(&log, "standard output: %s", strerror(errno));
        status = STATUS_OUTPUT;
    }
    return (int)status;
}

#include "sensor/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sensor/port_list.h"
#include "sensor/setting.h"

/* A file with this text; its name is good until the next. */
static const char *file_of(const char *text)
{
    static char name[] = "/tmp/kapiwatch-config-XXXXXX";
    strcpy(name, "/tmp/kapiwatch-config-XXXXXX");
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return name;
}

/* A line with "-c" and the file's name behind it. @param said  what is complained of, F for the file's name. */
static struct options load(const char *line, const char *text, const char *said)
{
    static char words[256];
    char *argv[32] = {"kapiwatch"}, error[OPTIONS_ERROR], *told, *shown;
    int argc = 1;
    size_t size;
    struct options o;
    const char *name = file_of(text);
    snprintf(words, sizeof words, "-c %s %s", name, line);
    for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    if (!options_read(&o, argc, argv, error))
        fail_msg("%s", error);
    struct complaint_list *complaints = complaint_list_new();
    config_load(&o, complaints);
    unlink(name);
    FILE *out = open_memstream(&told, &size);
    complaint_list_print(complaints, out);
    fclose(out);
    complaint_list_free(complaints);
    out = open_memstream(&shown, &size);
    for (char *at = told; *at != '\0'; at++) {
        bool file = strncmp(at, name, strlen(name)) == 0;
        fputc(file ? 'F' : *at, out);
        at += file ? strlen(name) - 1 : 0;
    }
    fclose(out);
    assert_string_equal(shown, said);
    free(told);
    free(shown);
    return o;
}

static void is_origin(const struct options *o, const char *setting, const char *expected)
{
    char text[256];
    config_origin(o, setting, text, sizeof text);
    if (strchr(expected, ':') == NULL)
        assert_string_equal(text, expected);
    else /* ":LINE" of the file */
        assert_string_equal(text + strlen(o->config_file), expected);
}

static const char everything[] = "read: [a.pcap, b.pcap]\n"
                                 "snaplen: 96\n"
                                 "buffer-size: 4096\n"
                                 "filter: tcp port 6443\n"
                                 "ports: [443, 6443-6444]\n"
                                 "flow-key: tunnel\n"
                                 "tunnel-ports: [vxlan=4800, vxlan=4801, teredo=0]\n"
                                 "checksums: true\n"
                                 "rules: [x, y]\n"
                                 "story: literal\n"
                                 "output: ['json+http:o.json', text]\n"
                                 "memory: 64M\n"
                                 "source-cap: 1000\n"
                                 "window: 30m\n"
                                 "fail-on: high\n"
                                 "quiet: true\n"
                                 "verbose: true\n"
                                 "clusters:\n"
                                 "  one: {endpoints: [{address: 192.0.2.1, port: 7443}]}\n"
                                 "fronts: [{address: 192.0.2.2, says: x-forwarded-for}]\n"
                                 "expected: [{address: 192.0.2.3, reason: monitor}]\n"
                                 "suppressions: [{cluster: one, reason: known}]\n";

static void all_of_it(void **state)
{
    (void)state;
    struct options o = load("", everything, "");
    char ports[64], error[OPTIONS_ERROR];
    assert_int_equal(o.read_count, 2);
    assert_string_equal(o.reads[1], "b.pcap");
    assert_int_equal(o.snap_length, 96);
    assert_int_equal(o.buffer_kib, 4096);
    assert_string_equal(o.filter, "tcp port 6443");
    port_list_text(&o.ports, ports, sizeof ports);
    assert_string_equal(ports, "443,6443-6444,7443"); /* the map's is followed, too */
    assert_int_equal(o.api_port_count, 3);            /* but only where the map says so it is an API server's */
    assert_int_equal(o.rule_count, 2);
    assert_string_equal(o.rules[0], "x");
    assert_int_equal(o.story, STORY_LITERAL);
    assert_int_equal(o.output_count, 2);
    assert_string_equal(o.outputs[0].target, "o.json");
    assert_int_equal(o.memory, 64 << 20);
    assert_int_equal(o.source_cap, 1000);
    assert_int_equal(o.window, INT64_C(1800) * 1000000000);
    assert_int_equal(o.fail_on, LEVEL_HIGH);
    assert_int_equal(o.level, LOG_QUIET);
    assert_true(o.verbose);
    assert_int_equal(cluster_count(o.map), 1);
    assert_int_equal(cluster_sum(o.map, NULL).fronts, 1);
    assert_int_equal(cluster_sum(o.map, NULL).expected, 1);
    assert_int_equal(suppressions_count(o.suppressions), 1);
    is_origin(&o, "read", ":1");
    assert_int_equal(tunnel_ports_find(&o.tunnels, 4801), TUNNEL_VXLAN);
    assert_int_equal(tunnel_ports_find(&o.tunnels, 4789), TUNNEL_NONE);
    assert_int_equal(tunnel_ports_find(&o.tunnels, 3544), TUNNEL_NONE);
    assert_int_equal(tunnel_ports_find(&o.tunnels, 6081), TUNNEL_GENEVE);
    assert_true(o.checksums);
    is_origin(&o, "memory", ":12");
    is_origin(&o, "clusters", ":18");
    is_origin(&o, "interface", "default");
    assert_true(options_complete(&o, error));
    options_deinit(&o);
}

/* A value that is wrong only once it is used is told where it stands; of several nobody says which. */
static void values_have_places(void **state)
{
    (void)state;
    static const char text[] = "read: a\nfilter:\n    tcp port nowhere\ntls-keys:\n  - one\n  - two\nmemory:  1G\n";
    static const struct {
        const char *line, *name, *place;
    } rows[] = {{"", "filter", ":3:5: "},           {"", "tls-keys", ":4:1: "}, {"", "memory", ":7:10: "},
                {"", "interface", "option -i: "},   {"", "expected", ""},       {"-F f", "filter-file", "option -F: "},
                {"-k k", "tls-keys", "option -k: "}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o = load(rows[i].line, text, "");
        char place[CONFIG_PLACE];
        config_place(&o, rows[i].name, place);
        const char *at = rows[i].place[0] == ':' ? strchr(place, ':') : place;
        assert_string_equal(at, rows[i].place);
        options_deinit(&o);
    }
}

/* What the line says wins, and of a choice all of it. */
static void line_wins(void **state)
{
    (void)state;
    struct options o = load("-i eth0 -p 8080 --memory 32M -o text -F f -R z", everything, "");
    char ports[64], error[OPTIONS_ERROR];
    assert_int_equal(o.read_count, 0);
    assert_string_equal(o.interface, "eth0");
    port_list_text(&o.ports, ports, sizeof ports);
    assert_string_equal(ports, "7443,8080");
    assert_int_equal(o.api_port_count, 1);
    assert_int_equal(o.memory, 32 << 20);
    assert_int_equal(o.output_count, 1);
    assert_string_equal(o.outputs[0].target, "-");
    assert_null(o.filter);
    assert_string_equal(o.filter_file, "f");
    assert_int_equal(o.rule_count, 1);
    assert_int_equal(o.fail_on, LEVEL_HIGH);
    is_origin(&o, "memory", "command line");
    is_origin(&o, "interface", "command line");
    is_origin(&o, "read", "default");
    is_origin(&o, "fail-on", ":15");
    assert_true(options_complete(&o, error));
    options_deinit(&o);
    o = load("tcp port 1", everything, "");
    assert_string_equal(o.filter, "tcp port 1");
    is_origin(&o, "filter", "command line");
    options_deinit(&o);
}

/* What does not count is checked all the same. */
static void line_wins_over_mistakes(void **state)
{
    (void)state;
    struct options o =
        load("--memory 32M -p 1 -r a", "memory: x\nports: [y]\nread: [-, -]\ninterface: a\nverbose: false\n",
             "F:1:9: error: memory: found \"x\", expected a size of 1M or more, like 256M\n"
             "F:2:9: error: ports: found \"y\", expected ports like 6443,8443-8445\n"
             "F:3:11: error: read: standard input is named twice, expected once\n"
             "F:4:1: error: found \"interface\" beside \"read\", expected one of them\n");
    assert_int_equal(o.memory, 32 << 20);
    assert_int_equal(o.read_count, 1);
    assert_null(o.interface);
    assert_false(o.verbose);
    options_deinit(&o);
}

/* Map files and a map in the file itself are one; -C takes the place of both. */
static void maps(void **state)
{
    (void)state;
    char map[64], line[128], text[512];
    snprintf(map, sizeof map, "%s", file_of("clusters: {two: {endpoints: [192.0.2.9]}}\n"));
    snprintf(text, sizeof text, "clusters: [%s]\nfronts: [{address: 192.0.2.2, says: x-forwarded-for}]\n", map);
    struct options o = load("", text, "");
    assert_non_null(cluster_named(o.map, "two"));
    assert_int_equal(cluster_sum(o.map, NULL).fronts, 1);
    is_origin(&o, "clusters", ":1");
    options_deinit(&o);
    snprintf(line, sizeof line, "-C %s", map);
    o = load(line, everything, "");
    assert_non_null(cluster_named(o.map, "two"));
    assert_null(cluster_named(o.map, "one"));
    assert_int_equal(cluster_sum(o.map, NULL).fronts, 0);
    assert_false(port_set_has(&o.ports, 7443));
    is_origin(&o, "clusters", "command line");
    options_deinit(&o);
    o = load("-C /no/such/map", "memory: 1M\n",
             "/no/such/map: error: No such file or directory, expected a cluster map\n");
    options_deinit(&o);
    unlink(map);
}

static void odd_files(void **state)
{
    (void)state;
    char error[OPTIONS_ERROR];
    struct options o = load("-r a", "# nothing\n", "");
    assert_null(o.map);
    assert_null(o.suppressions);
    assert_int_equal(o.memory, 256 << 20);
    assert_true(options_complete(&o, error));
    assert_int_equal(o.output_count, 1);
    options_deinit(&o);
    o = load("", "- a\n",
             "F:1:1: error: found a list as the configuration, expected a map with read, interface, snaplen, "
             "buffer-size, filter-file, filter, clusters, fronts, expected, tls-keys, ports, tunnel-ports, checksums, "
             "flow-key, "
             "rules, story, suppressions, output, memory, source-cap, window, fail-on, quiet or verbose\n");
    options_deinit(&o);
    o = load("", "memory: 1M\n---\nmemory: 2M\n", "F:3:1: error: found another document, expected one a file\n");
    options_deinit(&o);
    o = load("", "memory: *x\n", "F:1:9: error: an alias: expected the value itself\n");
    options_deinit(&o);
    char *argv[] = {"kapiwatch", "-c", "/no/such/file", NULL};
    assert_true(options_read(&o, 3, argv, error));
    struct complaint_list *complaints = complaint_list_new();
    config_load(&o, complaints);
    assert_int_equal(complaint_errors(complaints), 1);
    complaint_list_free(complaints);
    options_deinit(&o);
}

/* What is read is not emptied, also where the file says both. */
static void written_and_read(void **state)
{
    (void)state;
    static const char *const texts[] = {"read: a\noutput: 'text:a'\n", "read: a\nrules: b\noutput: 'text:b'\n",
                                        "read: a\nfilter-file: b\noutput: 'text:b'\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char error[OPTIONS_ERROR];
        struct options o = load("", texts[i], "");
        assert_false(options_complete(&o, error));
        assert_string_equal(error, "found one file that is to be read and written (-o), expected two");
        options_deinit(&o);
    }
}

static char *page(const char *name)
{
    const char *source = getenv("srcdir");
    char path[512];
    snprintf(path, sizeof path, "%s/man/%s", source != NULL ? source : ".", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = calloc(1, 1 << 20);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

/* Every setting has its entry in the manuals, and no entry is of a setting that is not there. */
static void manuals(void **state)
{
    (void)state;
    char *file = page("kapiwatch.yaml.5"), *program = page("kapiwatch.8"), entry[64];
    size_t keys = 0, entries = 0;
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting_row *row = &setting_rows[i];
        snprintf(entry, sizeof entry, "\n.It Cm %s\n", row->name != NULL ? row->name : "");
        if ((row->where & SETTING_IN_FILE) != 0 && strstr(file, entry) == NULL)
            fail_msg("kapiwatch.yaml(5) has no entry %s", row->name);
        keys += (row->where & SETTING_IN_FILE) != 0;
        snprintf(entry, sizeof entry, row->name != NULL ? "Fl -%s" : "It Fl n", row->name);
        if ((row->where & SETTING_ON_LINE) != 0 && strstr(program, entry) == NULL)
            fail_msg("kapiwatch(8) has no %s", entry);
    }
    char *begin = strstr(file, "\n.Sh SETTINGS\n"), *end = strstr(begin, "\n.Sh CLUSTER MAP\n");
    assert_non_null(end);
    for (const char *at = begin; (at = strstr(at, "\n.It Cm ")) != NULL && at < end; at++)
        entries++;
    assert_int_equal(entries, keys);
    free(file);
    free(program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it),
        cmocka_unit_test(values_have_places),
        cmocka_unit_test(line_wins),
        cmocka_unit_test(line_wins_over_mistakes),
        cmocka_unit_test(maps),
        cmocka_unit_test(odd_files),
        cmocka_unit_test(written_and_read),
        cmocka_unit_test(manuals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

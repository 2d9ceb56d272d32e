#include "sensor/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sensor/port_list.h"

enum { WORDS = 64 };

/* Cuts the line at blanks. @return whether it was understood; what was read must be given back in any case. */
static bool read_line(struct options *o, char *line, char error[static OPTIONS_ERROR])
{
    static char *words[WORDS]; /* the options point to what they point to */
    int count = 0;
    words[count++] = "kapiwatch";
    for (char *word = strtok(line, " "); word != NULL; word = strtok(NULL, " "))
        words[count++] = word;
    words[count] = NULL;
    error[0] = '\0';
    return options_read(o, count, words, error) && options_complete(o, error);
}

/* What the options of a line are, which is understood. Their words live until the next. */
static struct options good(const char *text)
{
    static char line[512];
    char error[OPTIONS_ERROR];
    struct options o;
    snprintf(line, sizeof line, "%s", text);
    if (!read_line(&o, line, error))
        fail_msg("%s", error);
    return o;
}

static void refused(const char *text, const char *expected)
{
    char line[256], error[OPTIONS_ERROR];
    struct options o;
    snprintf(line, sizeof line, "%s", text);
    assert_false(read_line(&o, line, error));
    assert_string_equal(error, expected);
    options_deinit(&o);
}

static void defaults(void **state)
{
    (void)state;
    struct options o = good("-r a.pcap");
    assert_int_equal(o.action, ACTION_RUN);
    assert_int_equal(o.read_count, 1);
    assert_string_equal(o.reads[0], "a.pcap");
    assert_null(o.interface);
    assert_int_equal(o.rule_count, 0);
    assert_int_equal(o.memory, 268435456);
    assert_int_equal(o.window, INT64_C(3600000000000));
    assert_int_equal(o.source_cap, 100000);
    assert_int_equal(o.fail_on, -1);
    assert_int_equal(o.level, LOG_NORMAL);
    assert_false(o.verbose);
    assert_null(o.filter);
    assert_int_equal(o.api_port_count, 0);
    assert_int_equal(o.output_count, 1);
    assert_string_equal(o.outputs[0].format->name, "text");
    assert_string_equal(o.outputs[0].target, "-");
    char ports[64];
    port_list_text(&o.ports, ports, sizeof ports);
    assert_string_equal(ports, "443,6443,8001,8080,8443,16443");
    options_deinit(&o);
}

static void all_of_them(void **state)
{
    (void)state;
    struct options o =
        good("-r a --read=b -r - -R x --rules y -p 1,6443-6445,65535 -o json:out -o text --memory 1G --window 2d "
             "--source-cap 7 --fail-on high -T -n -q -v tcp port 6443");
    assert_int_equal(o.read_count, 3);
    assert_string_equal(o.reads[1], "b");
    assert_string_equal(o.reads[2], "-");
    assert_int_equal(o.rule_count, 2);
    assert_string_equal(o.rules[1], "y");
    static const uint16_t expected[] = {1, 6443, 6444, 6445, 65535};
    assert_int_equal(o.api_port_count, 5);
    assert_memory_equal(o.api_ports, expected, sizeof expected);
    for (unsigned port = 0; port <= 65535; port++) {
        bool named = port == 1 || (port >= 6443 && port <= 6445) || port == 65535;
        assert_int_equal(port_set_has(&o.ports, (uint16_t)port), named);
    }
    char ports[64];
    port_list_text(&o.ports, ports, sizeof ports);
    assert_string_equal(ports, "1,6443-6445,65535");
    assert_int_equal(o.output_count, 2);
    assert_string_equal(o.outputs[0].format->name, "json");
    assert_string_equal(o.outputs[0].target, "out");
    assert_int_equal(o.memory, 1073741824);
    assert_int_equal(o.window, INT64_C(172800000000000));
    assert_int_equal(o.source_cap, 7);
    assert_int_equal(o.fail_on, LEVEL_HIGH);
    assert_int_equal(o.action, ACTION_TEST);
    assert_int_equal(o.level, LOG_QUIET);
    assert_true(o.verbose);
    assert_string_equal(o.filter, "tcp port 6443");
    options_deinit(&o);
}

static void two_outputs_into_a_device(void **state)
{
    (void)state;
    struct options o = good("-r a -o text:/dev/null -o json:/dev/null");
    assert_int_equal(o.output_count, 2);
    options_deinit(&o);
}

static void a_cap_may_be_none(void **state)
{
    (void)state;
    struct options o = good("-r a --source-cap 0");
    assert_int_equal(o.source_cap, 0);
    options_deinit(&o);
}

static void tunnels(void **state)
{
    (void)state;
    struct options o = good("-r a");
    assert_int_equal(tunnel_ports_find(&o.tunnels, 4789), TUNNEL_VXLAN);
    assert_int_equal(tunnel_ports_find(&o.tunnels, 8472), TUNNEL_VXLAN);
    assert_int_equal(tunnel_ports_find(&o.tunnels, 2152), TUNNEL_GTP);
    assert_false(o.checksums);
    options_deinit(&o);
    o = good("-r a --checksums --tunnel-ports vxlan=1,2,geneve=4789,gtp-u=0");
    assert_int_equal(tunnel_ports_find(&o.tunnels, 1), TUNNEL_VXLAN);
    assert_int_equal(tunnel_ports_find(&o.tunnels, 2), TUNNEL_VXLAN);
    assert_int_equal(tunnel_ports_find(&o.tunnels, 8472), TUNNEL_NONE);
    assert_int_equal(tunnel_ports_find(&o.tunnels, 4789), TUNNEL_GENEVE);
    assert_int_equal(tunnel_ports_find(&o.tunnels, 6081), TUNNEL_NONE);
    assert_int_equal(tunnel_ports_find(&o.tunnels, 2152), TUNNEL_NONE);
    assert_int_equal(tunnel_ports_find(&o.tunnels, 3544), TUNNEL_TEREDO);
    assert_true(o.checksums);
    options_deinit(&o);
    refused("-r a --tunnel-ports geneve=4789",
            "option --tunnel-ports: found port 4789 for vxlan and for geneve, expected one tunnel a port");
}

static void live(void **state)
{
    (void)state;
    struct options o = good("-i eth0 -s 128 -B 4096 -F file");
    assert_string_equal(o.interface, "eth0");
    assert_int_equal(o.snap_length, 128);
    assert_int_equal(o.buffer_kib, 4096);
    assert_string_equal(o.filter_file, "file");
    options_deinit(&o);
}

static void files(void **state)
{
    (void)state;
    struct options o = good("-r a -c conf -C one --clusters two");
    assert_string_equal(o.config_file, "conf");
    assert_int_equal(o.cluster_file_count, 2);
    assert_string_equal(o.cluster_files[0], "one");
    assert_string_equal(o.cluster_files[1], "two");
    assert_null(o.map); /* nothing is read yet */
    options_deinit(&o);
}

/* The last -p counts, and replaces. */
static void ports_replace(void **state)
{
    (void)state;
    struct options o = good("-r a -p 1-65535 -p 7");
    assert_int_equal(o.api_port_count, 1);
    assert_true(port_set_has(&o.ports, 7));
    assert_false(port_set_has(&o.ports, 8));
    assert_false(port_set_has(&o.ports, 6443));
    options_deinit(&o);
}

static void need_no_input(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum options_action action;
    } cases[] = {
        {"-h", ACTION_HELP}, {"--version", ACTION_VERSION}, {"-D", ACTION_LIST_INTERFACES}, {"-T", ACTION_TEST}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options o = good(cases[i].line);
        assert_int_equal(o.action, cases[i].action);
        options_deinit(&o);
    }
}

static void errors(void **state)
{
    (void)state;
    refused("", "found nothing to read, expected -r FILE or -i INTERFACE");
    refused("port 80", "found nothing to read, expected -r FILE or -i INTERFACE");
    refused("-r a -i b", "found both -r and -i, expected one of them");
    refused("-i a -i b", "option -i: given twice, expected one interface");
    refused("-r - -r -", "option -r: standard input is named twice, expected once");
    refused("-r - -k -", "option -k: standard input is named twice, expected once");
    refused("-k - -F -", "option -F: standard input is named twice, expected once");
    refused("-F - -C - -r a", "option -C: standard input is named twice, expected once");
    refused("-C - -c - -r a", "option -c: standard input is named twice, expected once");
    refused("-c - -r -", "option -r: standard input is named twice, expected once");
    refused("-r a -F f tcp", "found both -F and a filter expression, expected one of them");
    refused("-r a -F f -F f", "option -F: given twice, expected one file");
    refused("-r a -o text -o json", "option -o: two outputs have one target, expected one each");
    refused("-r a -r b -o text -o json:b", "found one file that is to be read and written (-o), expected two");
    refused("-r a -C b -o text:b", "found one file that is to be read and written (-o), expected two");
    refused("-r a -c b -c d", "option -c: given twice, expected one file");
    refused("-r a -C", "option -C: found nothing behind it, expected FILE");
    /* Of the configuration file alone. */
    refused("-r a --story literal", "option --story: found no such option, or several that begin so");
    refused("-r a -x", "option -x: found no such option");
    refused("-r a --what", "option --what: found no such option, or several that begin so");
    refused("-r a --quiet=yes", "option -q: found \"--quiet=yes\", expected no argument");
    refused("-r", "option -r: found nothing behind it, expected FILE");
    refused("-r a --read=", "option -r: found \"\", expected a capture file");
    refused("-r a --memory", "option --memory: found nothing behind it, expected SIZE");
    refused("-r a --fail-on bad",
            "option --fail-on: found \"bad\", expected informational, low, medium, high or critical");
    /* Of later steps: not there yet. */
    refused("-r a -k", "option -k: found nothing behind it, expected FILE");
    refused("-r a -k b -o text:b", "found one file that is to be read and written (-o), expected two");
    refused("-r a -w x", "option -w: found no such option");
    refused("-r a -t 2", "option -t: found no such option");
}

static void values(void **state)
{
    (void)state;
    static const char *const ports[] = {
        "x", "0", "65536", "1-", "-1", "2-1", "1,,2", "1,", ",", "1-2-3", "99999999999999999", "6443 "};
    static const char *const sizes[] = {
        "", "1", "x", "1T", "1MB", "1048575", "-1M", "99999999999999999999", "17179869184G"};
    static const char *const times[] = {"1", "0s", "h", "1w", "1h30m", "99999d", "9223372036854775807h"};
    static const char *const tunnel_ports[] = {"",         "4789",    "vxlan",    "vxlan=", "vxlan=65536", "vxlan=-1",
                                               "vxlan=1,", "nvgre=1", "erspan=1", "ip=1",   "=1",          "vxlan=1;2"};
    static const char *const caps[] = {"-1", "4294967296", "1k", ""};
    static const char *const snaps[] = {"262145", "-1", "1k"};
    static const char *const buffers[] = {"0", "2097152", "x"};
    static const struct {
        const char *name;
        const char *const *values;
        size_t count;
        const char *expected;
    } rows[] = {
        {"-p", ports, sizeof ports / sizeof *ports, "ports like 6443,8443-8445"},
        {"--tunnel-ports", tunnel_ports, sizeof tunnel_ports / sizeof *tunnel_ports,
         "tunnels with ports like vxlan=4789,8472: vxlan, vxlan-gpe, geneve, gre, gtp-u, tzsp, teredo, mpls"},
        {"--memory", sizes, sizeof sizes / sizeof *sizes, "a size of 1M or more, like 256M"},
        {"--window", times, sizeof times / sizeof *times, "a duration from 1s to 3653d, like 30m, 1h, 2d"},
        {"--source-cap", caps, sizeof caps / sizeof *caps, "a number of events up to 4294967295"},
        {"-s", snaps, sizeof snaps / sizeof *snaps, "a number of bytes up to 262144"},
        {"-B", buffers, sizeof buffers / sizeof *buffers, "a number of KiB from 1 to 2097151"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t k = 0; k < rows[i].count; k++) {
            char name[32], value[64], expected[256], error[OPTIONS_ERROR];
            snprintf(name, sizeof name, "%s", rows[i].name);
            snprintf(value, sizeof value, "%s", rows[i].values[k]);
            snprintf(expected, sizeof expected, "option %s: found \"%s\", expected %s", name, value, rows[i].expected);
            char *words[] = {"kapiwatch", "-r", "a", name, value, NULL};
            struct options o;
            assert_false(options_read(&o, 5, words, error));
            assert_string_equal(error, expected);
            options_deinit(&o);
        }
    }
}

/* Each option of the table is in the help, in a line of its own. */
static void help(void **state)
{
    (void)state;
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    options_help(out);
    fclose(out);
    static const char *const lines[] = {"\n  -r, --read FILE ", "\n      --memory SIZE ", "\n  -n  ",
                                        "\n  -h, --help "};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_non_null(strstr(text, lines[i]));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),      cmocka_unit_test(all_of_them),   cmocka_unit_test(tunnels),
        cmocka_unit_test(live),          cmocka_unit_test(files),         cmocka_unit_test(two_outputs_into_a_device),
        cmocka_unit_test(ports_replace), cmocka_unit_test(need_no_input), cmocka_unit_test(errors),
        cmocka_unit_test(values),        cmocka_unit_test(help),          cmocka_unit_test(a_cap_may_be_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

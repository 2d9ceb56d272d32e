#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "proto/kube/agent.h"

static const struct {
    const char *text;
    enum agent_form form;
    const char *binary, *version, *os, *arch, *commit, *component;
} rows[] = {
    {"", AGENT_NONE, "", "", "", "", "", ""},
    {"kubectl/v1.28.15 (linux/amd64) kubernetes/8418565", AGENT_KUBERNETES, "kubectl", "v1.28.15", "linux", "amd64",
     "8418565", ""},
    {"kubectl.exe/v1.28.15 (windows/386) kubernetes/84185fe", AGENT_KUBERNETES, "kubectl.exe", "v1.28.15", "windows",
     "386", "84185fe", ""},
    {"kdigger/v0.0.0 (linux/amd64) kubernetes/$Format", AGENT_KUBERNETES, "kdigger", "v0.0.0", "linux", "amd64",
     "$Format", ""},
    {"unknown/unknown (linux/arm64) kubernetes/unknown", AGENT_KUBERNETES, "unknown", "unknown", "linux", "arm64",
     "unknown", ""},
    {"k3s/v1.30.2+k3s1 (linux/amd64) kubernetes/aa4794b", AGENT_KUBERNETES, "k3s", "v1.30.2+k3s1", "linux", "amd64",
     "aa4794b", ""},
    {"kube-controller-manager/v1.20.2 (linux/amd64) "
     "kubernetes/faecb19/system:serviceaccount:kube-system:node-controller",
     AGENT_KUBERNETES, "kube-controller-manager", "v1.20.2", "linux", "amd64", "faecb19",
     "system:serviceaccount:kube-system:node-controller"},
    {"kube-scheduler/v1.20.2 (linux/amd64) kubernetes/faecb19/leader-election/a b kubernetes/x", AGENT_KUBERNETES,
     "kube-scheduler", "v1.20.2", "linux", "amd64", "faecb19", "leader-election/a b kubernetes/x"},
    /* As vendors build them. */
    {"oc/4.11.0 (linux/amd64) kubernetes/262ac9c", AGENT_KUBERNETES, "oc", "4.11.0", "linux", "amd64", "262ac9c", ""},
    {"oc/openshift (linux/amd64) kubernetes/b66f2d3", AGENT_KUBERNETES, "oc", "openshift", "linux", "amd64", "b66f2d3",
     ""},
    {"rancher/v0.0.0 (linux/amd64) kubernetes/$Format cluster c-8z5tw", AGENT_KUBERNETES, "rancher", "v0.0.0", "linux",
     "amd64", "$Format", " cluster c-8z5tw"},
    {"oc/4.16.0 (linux/amd64) kubernetes/262ac9c(inspect-alerts)", AGENT_KUBERNETES, "oc", "4.16.0", "linux", "amd64",
     "262ac9c", "(inspect-alerts)"},
    /* Claimed, and broken in one place each. */
    {"kubectl/openshift (linux/amd64) kubernetes/8418565", AGENT_BROKEN, "kubectl", "openshift", "linux", "amd64",
     "8418565", ""},
    {"oc/4.11 (linux/amd64) kubernetes/8418565", AGENT_BROKEN, "oc", "4.11", "linux", "amd64", "8418565", ""},
    {"kubectl/v1.20.4-eks-6b7464 (linux/amd64) kubernetes/6b74640", AGENT_BROKEN, "kubectl", "v1.20.4-eks-6b7464",
     "linux", "amd64", "6b74640", ""},
    {"kubectl/1.28.15 (linux/amd64) kubernetes/8418565", AGENT_BROKEN, "kubectl", "1.28.15", "linux", "amd64",
     "8418565", ""},
    {"kubectl/v1.28 (linux/amd64) kubernetes/8418565", AGENT_BROKEN, "kubectl", "v1.28", "linux", "amd64", "8418565",
     ""},
    {"kubectl/v1.28.15.2 (linux/amd64) kubernetes/8418565", AGENT_BROKEN, "kubectl", "v1.28.15.2", "linux", "amd64",
     "8418565", ""},
    {"kubectl/v1.28.15+ (linux/amd64) kubernetes/8418565", AGENT_BROKEN, "kubectl", "v1.28.15+", "linux", "amd64",
     "8418565", ""},
    {"kubectl/v1..15 (linux/amd64) kubernetes/8418565", AGENT_BROKEN, "kubectl", "v1..15", "linux", "amd64", "8418565",
     ""},
    {"kubectl/v1.28.15 (linux/x86_64) kubernetes/8418565", AGENT_BROKEN, "kubectl", "v1.28.15", "linux", "x86_64",
     "8418565", ""},
    {"kubectl/v1.28.15 (Linux/amd64) kubernetes/8418565", AGENT_BROKEN, "kubectl", "v1.28.15", "Linux", "amd64",
     "8418565", ""},
    {"kubectl/v1.28.15 (linux/amd64) kubernetes/84185651", AGENT_BROKEN, "kubectl", "v1.28.15", "linux", "amd64",
     "84185651", ""},
    {"kubectl/v1.28.15 (linux/amd64) kubernetes/841856", AGENT_BROKEN, "kubectl", "v1.28.15", "linux", "amd64",
     "841856", ""},
    {"kubectl/v1.28.15 (linux/amd64) kubernetes/841856g", AGENT_BROKEN, "kubectl", "v1.28.15", "linux", "amd64",
     "841856g", ""},
    {"kubectl/v1.28.15 (linux/amd64) kubernetes/841856F", AGENT_BROKEN, "kubectl", "v1.28.15", "linux", "amd64",
     "841856F", ""},
    {"kubectl/v1.28.15 (linux/amd64) kubernetes/8418565/", AGENT_BROKEN, "kubectl", "v1.28.15", "linux", "amd64",
     "8418565", ""},
    {"kubectl/v1.28.15 (linux/amd64)  kubernetes/8418565", AGENT_BROKEN, "kubectl", "v1.28.15", "linux", "amd64",
     "8418565", ""},
    {"kubectl/v1.28.15  (linux/amd64) kubernetes/8418565", AGENT_BROKEN, "kubectl", "v1.28.15", "linux", "amd64",
     "8418565", ""},
    {"a kubectl/v1.28.15 (linux/amd64) kubernetes/8418565", AGENT_BROKEN, "a kubectl", "v1.28.15", "linux", "amd64",
     "8418565", ""},
    {"/v1.28.15 (linux/amd64) kubernetes/8418565", AGENT_BROKEN, "", "v1.28.15", "linux", "amd64", "8418565", ""},
    {"kubectl/v1.28.15 kubernetes/8418565", AGENT_BROKEN, "kubectl", "v1.28.15", "", "", "8418565", ""},
    /* No claim. */
    {"kubectl/v1.28.15 (linux/amd64)", AGENT_FREE, "", "", "", "", "", ""},
    {"kubernetes/8418565", AGENT_FREE, "", "", "", "", "", ""},
    {"curl/7.88.1", AGENT_FREE, "", "", "", "", "", ""},
    {"OpenAPI-Generator/29.0.0/python", AGENT_FREE, "", "", "", "", "", ""},
    {"Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)", AGENT_FREE, "", "", "", "", "",
     ""},
    {" ", AGENT_FREE, "", "", "", "", "", ""},
    {"a kubernetes", AGENT_FREE, "", "", "", "", "", ""},
};

static void reads_the_grammar(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t size = strlen(rows[i].text);
        uint8_t *copy = malloc(size + (size == 0));
        struct agent agent;
        memcpy(copy, rows[i].text, size);
        agent_read(&agent, (struct slice){copy, size});
        if (agent.form != rows[i].form || !slice_is(agent.binary, rows[i].binary) ||
            !slice_is(agent.version, rows[i].version) || !slice_is(agent.commit, rows[i].commit))
            fail_msg("%s: %s [%.*s]", rows[i].text, agent_form_name(agent.form), (int)agent.version.size,
                     (const char *)agent.version.data);
        assert_true(slice_is(agent.component, rows[i].component));
        assert_true(slice_is(agent.os, rows[i].os));
        assert_true(slice_is(agent.arch, rows[i].arch));
        free(copy);
    }
}

static void names_its_forms(void **state)
{
    (void)state;
    assert_string_equal(agent_form_name(AGENT_NONE), "none");
    assert_string_equal(agent_form_name(AGENT_FREE), "free");
    assert_string_equal(agent_form_name(AGENT_KUBERNETES), "kubernetes");
    assert_string_equal(agent_form_name(AGENT_BROKEN), "broken");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_grammar),
        cmocka_unit_test(names_its_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

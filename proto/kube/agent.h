/* A User-Agent by the grammar of client-go's rest.DefaultKubernetesUserAgent: BINARY/VERSION (OS/ARCH)
 * kubernetes/COMMIT, with /COMPONENT behind it. */
#ifndef PROTO_KUBE_AGENT_H
#define PROTO_KUBE_AGENT_H

#include "proto/base/slice.h"

enum agent_form {
    AGENT_NONE,       /* empty */
    AGENT_FREE,       /* says nothing about Kubernetes' grammar */
    AGENT_KUBERNETES, /* keeps it */
    AGENT_BROKEN      /* claims it and breaks it: forged, or composed by hand */
};

const char *agent_form_name(enum agent_form form); /* "none", "free", "kubernetes", "broken" */

/** Slices of the input; empty unless the form is AGENT_KUBERNETES or AGENT_BROKEN and the part was found. */
struct agent {
    enum agent_form form;
    struct slice binary, version, os, arch, commit, component;
};

void agent_read(struct agent *agent, struct slice user_agent);

#endif

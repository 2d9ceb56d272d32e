/* What keeps the grammar is put together again from its parts. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "proto/kube/agent.h"

static size_t put(uint8_t *to, size_t at, struct slice part, const char *text)
{
    memcpy(to + at, part.data, part.size);
    memcpy(to + at + part.size, text, strlen(text));
    return at + part.size + strlen(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {data != NULL ? data : (const uint8_t *)"", size};
    struct agent a;
    agent_read(&a, text);
    if ((a.form == AGENT_NONE) != (size == 0))
        abort();
    uint8_t *again = malloc(size + 100);
    size_t at = put(again, 0, a.binary, "/");
    at = put(again, at, a.version, " (");
    at = put(again, at, a.os, "/");
    at = put(again, at, a.arch, ") kubernetes/");
    /* What a program adds to what client-go made may stand right behind the commit. */
    bool component = a.component.size > 0 && a.component.data > a.commit.data + a.commit.size;
    at = put(again, at, a.commit, component ? "/" : "");
    at = put(again, at, a.component, "");
    if (a.form == AGENT_KUBERNETES && !slice_same(text, (struct slice){again, at}))
        abort();
    free(again);
    return 0;
}

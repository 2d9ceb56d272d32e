/* A document as whoever writes rules might, or as a broken disk gives it: read whole, walked whole. */
#include "sensor/yaml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Every promise of the header about a node and what is below it. */
static void walk(const struct yaml_node *n, unsigned depth)
{
    must(depth <= 33 && n->line > 0 && n->column > 0 && n->text != NULL);
    must(n->kind == YAML_SCALAR || (n->size == 0 && n->text[0] == '\0'));
    must(n->text[n->size] == '\0');
    must(n->first == NULL || n->kind == YAML_LIST || n->kind == YAML_MAP);
    for (const struct yaml_node *m = n->first; m != NULL; m = m->next) {
        must((m->key != NULL) == (n->kind == YAML_MAP));
        must(m->key == NULL || yaml_member(n, m->key) == m);
        walk(m, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *file = size > 0 ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
    if (file == NULL)
        return 0;
    struct complaint_list *complaints = complaint_list_new();
    struct yaml *y = yaml_read(file, "f", complaints);
    must((y == NULL) == (complaint_errors(complaints) > 0));
    for (size_t i = 0; y != NULL && i < yaml_documents(y); i++)
        walk(yaml_document(y, i), 1);
    yaml_release(y);
    complaint_list_free(complaints);
    fclose(file);
    return 0;
}

/* Any bytes as suppressions: questions can be asked whatever was complained of. And any bytes as a cluster's name, if a
 * cluster may have it: what is printed to be pasted is read back, and matches. */
#include "sensor/detect/suppress.h"

#include <stdlib.h>

static void must(bool holds)
{
    if (!holds)
        abort();
}

static struct suppressions *read_bytes(const uint8_t *data, size_t size, struct complaint_list *complaints)
{
    FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");
    struct document d = {.file = "s", .complaints = complaints};
    struct yaml *y = yaml_read(file, "s", complaints);
    struct suppressions *s = NULL;
    if (y != NULL && yaml_documents(y) > 0)
        s = suppressions_read(&d, yaml_document(y, 0));
    yaml_release(y);
    fclose(file);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t ip[16] = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 1};
    struct slice agent = {.data = data, .size = size};
    char name[CLUSTER_NAME_MAX + 1], text[SUPPRESS_TEXT];
    if (size == 0)
        return 0;
    size_t name_size = size < CLUSTER_NAME_MAX ? size : CLUSTER_NAME_MAX;
    memcpy(name, data, name_size);
    name[name_size] = '\0';
    const struct address endpoint = {.ip = {[10] = 0xff, [11] = 0xff, 198, 51, 100, 7}, .port = data[0] + 1u};
    struct suppress_question q = {.endpoint = &endpoint,
                                  .rule_id = "id",
                                  .rule_title = "title",
                                  .source = ip,
                                  .cluster = name,
                                  .agents = &agent,
                                  .agent_count = 1};
    struct complaint_list *complaints = complaint_list_new();
    struct suppressions *s = read_bytes(data, size, complaints);
    suppressions_match(s, &q);
    suppressions_free(s);
    complaint_list_free(complaints);

    complaints = complaint_list_new();
    suppress_text("id", ip, name, &endpoint, text);
    must(strlen(text) < SUPPRESS_TEXT);
    s = read_bytes((const uint8_t *)text, strlen(text), complaints);
    if (name[0] != '\0' && complaint_errors(complaints) == 0) {
        must(suppressions_count(s) == 1 && suppressions_match(s, &q) != NULL);
        q.cluster = "";
        must(suppressions_match(s, &q) == NULL);
    }
    suppressions_free(s);
    complaint_list_free(complaints);
    return 0;
}

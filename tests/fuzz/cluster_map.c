/* Any bytes as a cluster map: it is refused with a complaint, or questions can be asked of it, and the answers agree
 * with what it says of itself. */
#include <stdlib.h>

#include "sensor/detect/cluster_map.h"
#include "sensor/detect/forwarded.h"

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void ask(const struct cluster_map *m, const uint8_t ip[static 16], uint16_t port)
{
    struct address endpoint = {.port = port};
    memcpy(endpoint.ip, ip, 16);
    const struct cluster *c = cluster_of_endpoint(m, &endpoint, 1, port);
    must(c == NULL || c == cluster_at(m, c->number));
    must(c == NULL || cluster_sum(m, c).endpoints > 0);
    must(cluster_front(m, c, ip) <= (SAYS_FORWARDED_FOR | SAYS_PROXY_LINE));
    const char *reason = cluster_expects(m, c, ip);
    must(reason == NULL || reason[0] != '\0');
}

static void ask_all(const struct cluster_map *m, const uint8_t *data, size_t size)
{
    struct slice text = {.data = data, .size = size};
    uint8_t said[16];
    for (size_t i = 0; i < cluster_count(m); i++) {
        const struct cluster *c = cluster_at(m, i);
        must(c->number == i && c->name[0] != '\0' && c->line > 0);
        must(cluster_named(m, c->name) == c);
    }
    for (size_t i = 0; i + 16 <= size && i < 256; i += 16)
        ask(m, data + i, data[i]);
    /* IPv4, as the texts of seeds have it. */
    for (unsigned i = 0; i < 256; i++) {
        uint8_t ip[16] = {[10] = 0xff, [11] = 0xff, 192, 0, 2, (uint8_t)i};
        ask(m, ip, (uint16_t)(i * 257));
    }
    const struct cluster *c = cluster_of_server_name(m, text);
    must(c == NULL || cluster_sum(m, c).server_names > 0);
    forwarded_client(text, false, m, NULL, said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *file = size > 0 ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
    if (file == NULL)
        return 0;
    struct complaint_list *complaints = complaint_list_new();
    struct cluster_map *m = cluster_map_new();
    cluster_map_add_file(m, file, "m", complaints);
    must(cluster_map_finish(m, complaints));
    if (complaint_errors(complaints) == 0)
        ask_all(m, data, size);
    cluster_map_free(m);
    complaint_list_free(complaints);
    fclose(file);
    return 0;
}

#include "sensor/detect/cluster_entry.h"

enum { PORTS_TEXT_MAX = 128 };

struct cluster_place cluster_place_of(const struct cluster_reader *r, const struct yaml_node *n)
{
    return (struct cluster_place){.file = r->file, .line = n->line, .column = n->column};
}

const char *cluster_copy_of(const struct cluster_reader *r, const char *text)
{
    const char *copy = text != NULL ? rule_arena_text(&r->map->arena, slice_of(text)) : NULL;
    return copy != NULL ? copy : "";
}

bool cluster_is_list(const struct cluster_reader *r, const struct yaml_node *n, const char *of)
{
    char shown[DOCUMENT_SHOWN];
    if (n->kind == YAML_LIST && n->first != NULL)
        return true;
    document_wrong(r->d, n, "found %s as %s, expected a list of %s",
                   n->kind == YAML_LIST ? "an empty list" : document_shown(n, shown), n->key, of);
    return false;
}

/* "443" or "8443-8445". */
static bool parse_range(struct slice text, uint64_t *low, uint64_t *high)
{
    size_t dash = slice_find(text, '-');
    if (!document_number(slice_part(text, 0, dash), UINT16_MAX, low))
        return false;
    *high = *low;
    return dash == text.size || document_number(slice_part(text, dash + 1, text.size), UINT16_MAX, high);
}

static void add_endpoint(const struct cluster_reader *r, const struct cluster_endpoint *like)
{
    struct cluster_map *m = r->map;
    struct cluster_endpoint *e = like->scope != NULL ? rule_arena_take(&m->arena, 1, sizeof *e) : NULL;
    if (e == NULL)
        return;
    *e = *like;
    if (m->last_endpoint != NULL)
        m->last_endpoint->next = e;
    else
        m->first_endpoint = e;
    m->last_endpoint = e;
    m->endpoint_count++;
    r->scope->endpoints++;
}

/* One range of an endpoint's ports is an entry of its own. */
static void add_range(const struct cluster_reader *r, const struct yaml_node *n, struct slice text,
                      struct cluster_endpoint *like)
{
    uint64_t low, high;
    int size = (int)(text.size < 32 ? text.size : 32);
    if (!parse_range(text, &low, &high) || low == 0 || high == 0) {
        document_wrong(r->d, n, "found \"%.*s\" as a port, expected 1 to 65535, or a range like 8443-8445", size,
                       (const char *)text.data);
    } else if (high < low) {
        document_wrong(r->d, n, "found the ports \"%.*s\", expected the lower one first", size,
                       (const char *)text.data);
    } else {
        like->low = (uint16_t)low;
        like->high = (uint16_t)high;
        like->place = cluster_place_of(r, n);
        add_endpoint(r, like);
    }
}

/* "443,8443-8445", or such texts in a list. */
static void read_ports(const struct cluster_reader *r, const struct yaml_node *ports, struct cluster_endpoint *like)
{
    if (ports->kind == YAML_LIST && !cluster_is_list(r, ports, "ports"))
        return;
    for (const struct yaml_node *n = NULL; (n = document_each(ports, n)) != NULL;) {
        const char *text = document_text(r->d, n, PORTS_TEXT_MAX, "a port, or a range like 8443-8445");
        struct slice rest = slice_of(text != NULL ? text : "");
        for (size_t end = 0; text != NULL && end < rest.size + 1;) {
            struct slice part = slice_part(rest, end, rest.size);
            part.size = slice_find(part, ',');
            end += part.size + 1;
            while (part.size > 0 && part.data[0] == ' ')
                part = slice_part(part, 1, part.size);
            while (part.size > 0 && part.data[part.size - 1] == ' ')
                part.size--;
            add_range(r, n, part, like);
        }
    }
}

/* An address that nobody can be reached at: unspecified, or multicast. */
static bool is_nobody(const struct prefix *p)
{
    static const uint8_t none[16];
    bool ipv4 = address_is_ipv4(p->ip);
    if (!prefix_is_host(p))
        return false;
    return ipv4 ? p->ip[12] >> 4 == 14 || memcmp(p->ip + 12, none, 4) == 0
                : p->ip[0] == 0xff || memcmp(p->ip, none, sizeof none) == 0;
}

/* The member `address` of an entry, or the entry itself where it may be short. */
static bool read_address(const struct cluster_reader *r, const struct yaml_node *entry, struct prefix *out)
{
    const struct yaml_node *n = entry->kind == YAML_MAP ? yaml_member(entry, "address") : entry;
    char shown[DOCUMENT_SHOWN];
    if (n == NULL) {
        document_wrong(r->d, entry, "found no address, expected one: an address or prefix like 192.0.2.0/24");
        return false;
    }
    if (!document_address(r->d, n, out))
        return false;
    if (is_nobody(out)) {
        document_wrong(r->d, n, "found %s, at which nobody can be reached, expected a host's address",
                       document_shown(n, shown));
        return false;
    }
    return true;
}

void cluster_read_endpoint(const struct cluster_reader *r, const struct yaml_node *entry)
{
    static const char *const keys[] = {"address", "port", "tunnel"};
    struct cluster_endpoint like = {.any_tunnel = true, .scope = r->scope, .place = cluster_place_of(r, entry)};
    char shown[DOCUMENT_SHOWN];
    if (entry->kind != YAML_SCALAR && !document_keys(r->d, entry, "an endpoint", keys, sizeof keys / sizeof *keys))
        return;
    bool good = read_address(r, entry, &like.prefix);
    const struct yaml_node *port = yaml_member(entry, "port"), *tunnel = yaml_member(entry, "tunnel");
    uint64_t id = 0;
    if (tunnel != NULL) {
        struct slice text = {.data = (const uint8_t *)tunnel->text, .size = tunnel->size};
        if (!document_number(text, UINT32_MAX, &id))
            document_wrong(r->d, tunnel, "found %s as a tunnel's id, expected a number up to 4294967295",
                           document_shown(tunnel, shown));
        like.any_tunnel = false;
        like.tunnel = (uint32_t)id;
    }
    if (!good)
        like.scope = NULL; /* its ports are looked at all the same */
    else if (prefix_length(&like.prefix) == 0)
        document_warn(r->d, entry, "every address is an endpoint of this cluster: expected a narrower prefix");
    if (port != NULL) {
        read_ports(r, port, &like);
    } else {
        like.any_port = true;
        add_endpoint(r, &like);
    }
}

static void add_source(const struct cluster_reader *r, struct cluster_sources *to, const struct cluster_source *like)
{
    struct cluster_source *s = rule_arena_take(&r->map->arena, 1, sizeof *s);
    if (s == NULL)
        return;
    *s = *like;
    if (to->last != NULL)
        to->last->next = s;
    else
        to->first = s;
    to->last = s;
    to->count++;
}

/* Nobody would be left to be found. */
static bool is_everyone(const struct cluster_reader *r, const struct yaml_node *entry, const struct prefix *p,
                        const char *as)
{
    if (prefix_length(p) > 0)
        return false;
    const struct yaml_node *n = yaml_member(entry, "address");
    document_wrong(r->d, n != NULL ? n : entry, "found every address %s, expected a narrower prefix", as);
    return true;
}

void cluster_read_expected(const struct cluster_reader *r, const struct yaml_node *entry)
{
    static const char *const keys[] = {"address", "reason"};
    static const char expected[] = "a reason: who this is and why it asks without a credential";
    struct cluster_source s = {.place = cluster_place_of(r, entry)};
    if (!document_keys(r->d, entry, "an expected source", keys, sizeof keys / sizeof *keys))
        return;
    bool good = read_address(r, entry, &s.prefix) && !is_everyone(r, entry, &s.prefix, "as expected");
    if (yaml_member(entry, "reason") == NULL)
        document_wrong(r->d, entry, "found no reason, expected %s", expected);
    const char *reason = document_member(r->d, entry, "reason", CLUSTER_REASON_MAX, expected);
    s.reason = cluster_copy_of(r, reason);
    if (good && reason != NULL)
        add_source(r, &r->scope->expected, &s);
}

static unsigned read_says(const struct cluster_reader *r, const struct yaml_node *says)
{
    static const char *const words[] = {"x-forwarded-for", "proxy-protocol"};
    static const unsigned bits[] = {SAYS_FORWARDED_FOR, SAYS_PROXY_LINE};
    char shown[DOCUMENT_SHOWN];
    unsigned all = 0;
    for (const struct yaml_node *n = NULL; (n = document_each(says, n)) != NULL;) {
        unsigned bit = 0;
        for (size_t i = 0; n->kind == YAML_SCALAR && i < sizeof words / sizeof *words; i++)
            bit |= strcmp(n->text, words[i]) == 0 ? bits[i] : 0;
        if (bit == 0)
            document_wrong(r->d, n, "found %s as what a front says, expected x-forwarded-for, proxy-protocol, or both",
                           document_shown(n, shown));
        else if ((all & bit) != 0)
            document_warn(r->d, n, "found %s again: expected it once", document_shown(n, shown));
        all |= bit;
    }
    return all;
}

void cluster_read_front(const struct cluster_reader *r, const struct yaml_node *entry)
{
    static const char *const keys[] = {"address", "says"};
    struct cluster_source s = {.place = cluster_place_of(r, entry), .reason = ""};
    if (!document_keys(r->d, entry, "a front", keys, sizeof keys / sizeof *keys))
        return;
    bool good = read_address(r, entry, &s.prefix) && !is_everyone(r, entry, &s.prefix, "as a front");
    const struct yaml_node *says = yaml_member(entry, "says");
    if (says == NULL || says->kind == YAML_NULL || (says->kind == YAML_LIST && says->first == NULL))
        document_wrong(r->d, says != NULL ? says : entry,
                       "found nothing that the front says, expected says: x-forwarded-for, proxy-protocol, or both");
    else
        s.says = read_says(r, says);
    if (good && s.says != 0)
        add_source(r, &r->scope->fronts, &s);
}

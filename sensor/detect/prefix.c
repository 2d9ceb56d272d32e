#include "sensor/detect/prefix.h"

#include <endian.h>
#include <stdlib.h>

#include "proto/packet/address.h"
#include "sensor/event/value.h"

enum { MAPPED_BITS = 96, ALL_BITS = 128 };

static void mask(uint8_t out[static 16], const uint8_t ip[static 16], unsigned bits)
{
    unsigned whole = bits / 8, left = bits % 8;
    memset(out, 0, 16);
    memcpy(out, ip, whole);
    if (left > 0)
        out[whole] = (uint8_t)(ip[whole] & 0xff << (8 - left));
}

static bool is_ipv4(const struct prefix *p)
{
    return p->bits >= MAPPED_BITS && address_is_ipv4(p->ip);
}

static bool parse_bits(struct slice text, unsigned most, unsigned *bits)
{
    if (text.size == 0 || text.size > 3)
        return false;
    *bits = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *bits = *bits * 10 + text.data[i] - '0';
    }
    return *bits <= most;
}

/* No address: is it one with a port behind it? */
static enum prefix_form form_of(struct slice text)
{
    uint8_t ip[16];
    size_t colon = text.size;
    while (colon > 0 && text.data[colon - 1] != ':')
        colon--;
    if (colon < 2)
        return PREFIX_NO_ADDRESS;
    struct slice before = slice_part(text, 0, colon - 1);
    bool brackets = before.size > 2 && before.data[0] == '[' && before.data[before.size - 1] == ']';
    if (brackets)
        before = slice_part(before, 1, before.size - 1);
    return address_parse(before, ip) ? PREFIX_HAS_PORT : PREFIX_NO_ADDRESS;
}

enum prefix_form prefix_parse(struct slice text, struct prefix *out)
{
    uint8_t ip[16];
    size_t slash = slice_find(text, '/');
    struct slice address = slice_part(text, 0, slash);
    if (!address_parse(address, ip))
        return form_of(address);
    unsigned before = slice_find(address, ':') == address.size ? MAPPED_BITS : 0, bits = ALL_BITS - before;
    if (slash < text.size && !parse_bits(slice_part(text, slash + 1, text.size), bits, &bits))
        return PREFIX_BAD_BITS;
    out->bits = (uint8_t)(before + bits);
    mask(out->ip, ip, out->bits);
    return memcmp(out->ip, ip, sizeof ip) == 0 ? PREFIX_GOOD : PREFIX_HOST_BITS;
}

bool prefix_holds(const struct prefix *p, const uint8_t ip[static 16])
{
    uint8_t masked[16];
    mask(masked, ip, p->bits);
    return memcmp(masked, p->ip, sizeof masked) == 0 && address_is_ipv4(ip) == is_ipv4(p);
}

bool prefix_same(const struct prefix *a, const struct prefix *b)
{
    return a->bits == b->bits && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

bool prefix_is_host(const struct prefix *p)
{
    return p->bits == ALL_BITS;
}

unsigned prefix_length(const struct prefix *p)
{
    return is_ipv4(p) ? p->bits - MAPPED_BITS : p->bits;
}

const char *prefix_text(const struct prefix *p, char text[static PREFIX_TEXT])
{
    char *at = value_ip(text, p->ip);
    if (!prefix_is_host(p)) {
        *at++ = '/';
        at = value_number(at, prefix_length(p));
    }
    *at = '\0';
    return text;
}

/* Longest first, then by address, then in the order in which they were given. */
static int by_place(const void *left, const void *right)
{
    const struct prefix_entry *a = left, *b = right;
    if (a->prefix.bits != b->prefix.bits)
        return a->prefix.bits > b->prefix.bits ? -1 : 1;
    int order = memcmp(a->prefix.ip, b->prefix.ip, sizeof a->prefix.ip);
    if (order != 0)
        return order;
    return a->row < b->row ? -1 : a->row > b->row;
}

void prefix_table_init(struct prefix_table *t, struct prefix_entry *entries, size_t count, struct prefix_group *groups)
{
    *t = (struct prefix_table){.entries = entries, .groups = groups, .count = count};
    if (count > 0)
        qsort(entries, count, sizeof *entries, by_place);
    for (size_t i = 0; i < count; i++) {
        uint8_t bits = entries[i].prefix.bits;
        if (t->group_count == 0 || groups[t->group_count - 1].bits != bits)
            groups[t->group_count++] = (struct prefix_group){.bits = bits, .begin = (uint32_t)i};
        groups[t->group_count - 1].end = (uint32_t)i + 1;
    }
}

struct halves {
    uint64_t high, low;
};

static struct halves halves_of(const uint8_t ip[static 16])
{
    struct halves h;
    memcpy(&h.high, ip, 8);
    memcpy(&h.low, ip + 8, 8);
    return (struct halves){be64toh(h.high), be64toh(h.low)};
}

/* The first entry of a group that is not below `masked`. As numbers: that is twice as fast as memcmp(). */
static uint32_t lower_bound(const struct prefix_table *t, uint32_t low, uint32_t high, const uint8_t masked[static 16])
{
    struct halves wanted = halves_of(masked);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct halves there = halves_of(t->entries[middle].prefix.ip);
        if (there.high < wanted.high || (there.high == wanted.high && there.low < wanted.low))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct prefix_entry *prefix_table_next(const struct prefix_table *t, const uint8_t ip[static 16],
                                             struct prefix_walk *walk)
{
    bool ipv4 = address_is_ipv4(ip);
    for (;;) {
        if (walk->at < walk->end && memcmp(t->entries[walk->at].prefix.ip, walk->masked, 16) == 0)
            return &t->entries[walk->at++];
        if (walk->group == t->group_count)
            return NULL;
        const struct prefix_group *group = &t->groups[walk->group++];
        walk->at = walk->end = 0;
        if (ipv4 && group->bits < MAPPED_BITS)
            continue;
        mask(walk->masked, ip, group->bits);
        walk->at = lower_bound(t, group->begin, group->end, walk->masked);
        walk->end = group->end;
    }
}

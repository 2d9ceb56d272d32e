#include "sensor/detect/syn_shape.h"

#include "proto/packet/tcp.h"
#include "sensor/event/field.h"

const char SYN_LIST[] = "syn_shapes";

enum { MEASURE_TEXT = 16 };

struct known {
    struct syn_pattern pattern;
    const char *tool;
};

struct syn_shapes {
    size_t count;
    struct known known[];
};

/* @return where the next word begins, or NULL: there is none, or it is too long for `word`. */
static const char *take_word(const char *text, char word[static MEASURE_TEXT])
{
    size_t size = strcspn(text, " ");
    if (size == 0 || size >= MEASURE_TEXT)
        return NULL;
    memcpy(word, text, size);
    word[size] = 0;
    return text + size + (text[size] == ' ');
}

static bool read_options(struct slice names, uint8_t *options)
{
    *options = 0;
    if (slice_is(names, "none"))
        return true;
    for (size_t at = 0, size; at <= names.size; at += size + 1) {
        for (size = 0; at + size < names.size && names.data[at + size] != ',';)
            size++;
        unsigned option = 0;
        while (option < TCP_OPTIONS && !slice_is(slice_part(names, at, at + size), tcp_option_name(option)))
            option++;
        if (option == TCP_OPTIONS)
            return false;
        *options |= (uint8_t)(1u << option);
    }
    return true;
}

bool syn_pattern_read(const char *text, struct syn_pattern *p)
{
    char word[MEASURE_TEXT];
    struct syn_pattern read;
    const char *names = take_word(text, word);
    if (!names || !measure_read(word, &read.window))
        return false;
    size_t size = strcspn(names, " ");
    if (names[size] != ' ' || !read_options((struct slice){(const uint8_t *)names, size}, &read.options) ||
        !measure_read(names + size + 1, &read.ttl))
        return false;
    if (read.window.most > UINT16_MAX || read.ttl.most > UINT8_MAX)
        return false;
    *p = read;
    return true;
}

static size_t size_of(size_t count)
{
    return sizeof(struct syn_shapes) + count * sizeof(struct known);
}

struct syn_shapes *syn_shapes_new(const struct rule_set *rules, struct memory *memory)
{
    const struct rule_entry *first = rule_set_entries(rules, SYN_LIST);
    size_t count = 0;
    for (const struct rule_entry *entry = first; entry; entry = entry->next)
        count++;
    struct syn_shapes *s = memory_resize(memory, NULL, 0, size_of(count));
    if (!s)
        return NULL;
    for (const struct rule_entry *entry = first; entry; entry = entry->next) {
        struct known *k = &s->known[s->count++];
        /* A list of another kind was not checked: what is no pattern fits nothing. */
        *k = (struct known){.tool = entry->tool, .pattern.window = {1, 0}};
        syn_pattern_read(entry->value, &k->pattern);
    }
    return s;
}

void syn_shapes_free(struct syn_shapes *s, struct memory *memory)
{
    if (s)
        memory_resize(memory, s, size_of(s->count), 0);
}

static bool is_in(const struct measure *m, uint32_t number)
{
    return number >= m->least && number <= m->most;
}

const char *syn_shapes_tool(const struct syn_shapes *s, const struct flow_record *f)
{
    if (event_is_unknown(&f->event, EVENT_FLOW_SYN_WINDOW))
        return NULL;
    for (size_t i = 0; i < s->count; i++) {
        const struct syn_pattern *p = &s->known[i].pattern;
        if (p->options == f->syn.options && is_in(&p->window, f->syn.window) && is_in(&p->ttl, f->syn.ttl))
            return s->known[i].tool;
    }
    return NULL;
}

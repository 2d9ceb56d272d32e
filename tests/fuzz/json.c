/* The first byte says where to cut. A beginning tells a beginning: the same values, the last perhaps not to its end. */
#include <stdlib.h>

#include "proto/base/json.h"

struct tally {
    unsigned values;
    uint64_t hash[256]; /* of all that was told up to each value, the last one's text apart */
    struct slice text[256];
    bool cut;
};

static bool note(void *owner, const struct json_value *v)
{
    struct tally *t = owner;
    uint64_t hash = t->values > 0 ? t->hash[t->values - 1] : 0;
    if (t->cut || v->text.size > JSON_STRING_MAX || v->key.size > JSON_KEY_MAX || v->depth > JSON_DEPTH)
        abort();
    const uint8_t head[] = {(uint8_t)v->kind, (uint8_t)v->depth};
    const struct slice parts[] = {{head, 2}, v->outer, v->key};
    for (size_t i = 0; i < 3; i++) {
        for (size_t at = 0; at < parts[i].size; at++)
            hash = (hash ^ parts[i].data[at]) * 1099511628211U;
    }
    t->hash[t->values] = hash;
    t->text[t->values++] = (struct slice){.data = (const uint8_t *)"", .size = v->text.size};
    t->cut = !v->whole && v->text.size < JSON_STRING_MAX;
    return t->values < 256;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct slice text = {data + 1, size - 1};
    struct tally all = {0}, some = {0};
    enum json_end end = json_read(text, note, &all);
    json_read(slice_part(text, 0, text.size * data[0] / 256), note, &some);
    if (some.values > all.values || (end != JSON_CUT && end != JSON_WHOLE && end != JSON_BAD && end != JSON_DEEP))
        abort();
    for (unsigned i = 0; i < some.values; i++) {
        bool last = i + 1 == some.values;
        if (some.hash[i] != all.hash[i] || some.text[i].size > all.text[i].size ||
            (!last && some.text[i].size != all.text[i].size))
            abort();
    }
    return 0;
}

#include "sensor/flow/agents.h"

/* Programs differ at the beginning, and their components at the end. Whoever makes others share a place makes them be
 * read again. */
static size_t place_of(struct slice text)
{
    const uint64_t odd = 0x9E3779B97F4A7C15;
    uint64_t begin, end;
    memcpy(&begin, text.data, sizeof begin);
    memcpy(&end, text.data + text.size - sizeof end, sizeof end);
    return ((begin * odd ^ end) * odd + text.size * odd) >> 32 & (AGENTS_KEPT - 1);
}

enum agent_form agents_form(struct agents *a, struct slice text)
{
    struct agent agent;
    bool keeps = text.size >= sizeof(uint64_t) && text.size <= AGENT_TEXT_MAX;
    size_t at = keeps ? place_of(text) : 0;
    if (keeps && a->kept[at].size == text.size && memcmp(a->kept[at].text, text.data, text.size) == 0)
        return (enum agent_form)a->kept[at].form;
    agent_read(&agent, text);
    if (keeps) {
        a->kept[at].size = (uint8_t)text.size;
        a->kept[at].form = (uint8_t)agent.form;
        memcpy(a->kept[at].text, text.data, text.size);
    }
    return agent.form;
}

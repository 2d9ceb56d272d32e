/* What a filter would have matched inside: libpcap's expressions see the outermost headers, and who writes `port 6443`
 * of a mirror port with tags gets nothing and no word why. Of the first frames that a filter rejects the innermost TCP
 * segment is looked at, too; where it matches there, one line says so at the end. */
#ifndef SENSOR_CAPTURE_INSIDE_H
#define SENSOR_CAPTURE_INSIDE_H

#include "sensor/capture/capture.h"

struct filter;
struct record;

struct inside_tally {
    uint64_t looked; /* frames that were rejected and looked into */
    uint64_t tagged, tunnelled;
    struct filter *filter; /* of Ethernet, in which what was found inside is shown to the expression */
    const char *expression;
};

/** A rejected frame. Bounded: behind so many it costs nothing. @param expression  lives as long as the tally. */
void inside_look(struct inside_tally *t, const struct record *record, const char *expression);

void inside_deinit(struct inside_tally *t);

/** What was found. @return false: nothing. */
bool inside_hint(const struct inside_tally *t, char *line, size_t size);

#endif

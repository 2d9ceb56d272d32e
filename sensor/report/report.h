/* The outputs of a run: each is told what it was asked for, in its format, and carried to its target. */
#ifndef SENSOR_REPORT_REPORT_H
#define SENSOR_REPORT_REPORT_H

#include "sensor/report/output.h"

struct report;

/** @param over  whether the run is to end, and no output is to be waited for any more that takes nothing; NULL: never.
 *  @param connect  of a socket whose listener goes away, as target_new() has it.
 *  @return NULL: no memory. */
struct report *report_new(bool (*over)(void), int (*connect)(const char *name));

/** @param fd  opened for spec->target; taken over, in any case. @param live  findings are told as they first hold.
 *  @return false: no memory. */
bool report_add(struct report *r, const struct output_spec *spec, int fd, bool live, bool verbose, bool colour);

void report_event(struct report *r, const struct event *e);
void report_finding(struct report *r, const struct finding *f);
void report_source(struct report *r, const struct source *s);
void report_section(struct report *r, enum report_section section, size_t count);
void report_statistics(struct report *r, const struct statistics *s);

/** Writes what is buffered: live, whenever nothing is waiting to be read. */
void report_flush(struct report *r);

/** Files are left, with all that is to be told so far whole in them, and opened anew by their names. One that cannot be
 *  is an error as of one that cannot be written; what is still told goes to the file it was.
 *  @param reopen  gives a descriptor that is taken over, or -1 and errno. */
void report_reopen(struct report *r, int (*reopen)(const char *path));

/** What changed, since it was asked last, with who listens at the socket that is that output; NULL: nothing. */
const char *report_news(struct report *r, size_t output);

/** Bytes of all outputs that were to be written, and were not, because writing had failed or nobody listened. */
uint64_t report_dropped(const struct report *r);

/** Whether one output at least could not be written, so far. */
bool report_erred(const struct report *r);

/** What that of this number in the order of report_add() met first, as "NAME: REASON", or NULL: so far all could be
 * written, or there is none. Where its reader has gone, the first of the others, if there is one. */
const char *report_error(const struct report *r, size_t output);

/** Whether that is all that report_error() tells. */
bool report_reader_gone(const struct report *r, size_t output);

/** Whether one output at least can still be written. */
bool report_is_taken(const struct report *r);

/** Writes the rest and closes. @return whether all was written. Errors stay readable until report_free. */
bool report_close(struct report *r);
void report_free(struct report *r);

#endif

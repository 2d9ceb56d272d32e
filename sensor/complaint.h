/* What is wrong with configuration and rules: collected, so that one run shows all of it. */
#ifndef SENSOR_COMPLAINT_H
#define SENSOR_COMPLAINT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct complaint_list;
struct log;

struct complaint_list *complaint_list_new(void);
void complaint_list_free(struct complaint_list *list);

/** @param line, column  from 1; 0: unknown. @param format  what was found and what was expected, one line, no newline.
 */
void complain(struct complaint_list *list, bool warning, const char *file, unsigned line, unsigned column,
              const char *format, ...) __attribute__((format(printf, 6, 7)));

/** The same, of what quotes a file's own words: the control characters that a terminal obeys, of ASCII and of Latin-1
 * in UTF-8, become question marks. */
void complain_quoting(struct complaint_list *list, bool warning, const char *file, unsigned line, unsigned column,
                      const char *format, va_list arguments) __attribute__((format(printf, 6, 0)));

size_t complaint_errors(const struct complaint_list *list);

/** "FILE:LINE:COLUMN: error: ..." a line, in the order of files as they came, then lines. */
void complaint_list_print(const struct complaint_list *list, FILE *out);

/** On standard error: quiet, only where there are errors. */
void complaint_list_tell(const struct complaint_list *list, const struct log *log);

#endif

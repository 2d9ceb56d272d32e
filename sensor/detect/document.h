/* What a configuration document must look like: kinds of values and known keys, and the complaints where it does not.
 * What is quoted from the file is cut short, and what a terminal would obey is masked. */
#ifndef SENSOR_DETECT_DOCUMENT_H
#define SENSOR_DETECT_DOCUMENT_H

#include "sensor/detect/prefix.h"
#include "sensor/yaml.h"

struct document {
    const char *file; /* its name, for messages */
    struct complaint_list *complaints;
};

/** At the place of a value, or of its key. One line: what was found, what was expected. */
void document_wrong(const struct document *d, const struct yaml_node *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void document_warn(const struct document *d, const struct yaml_node *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void document_wrong_key(const struct document *d, const struct yaml_node *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

enum { DOCUMENT_SHOWN = 96 };

/** What was found, as messages quote it: a scalar in quotes, else "a list", "a map", "nothing". @return `text`. */
const char *document_shown(const struct yaml_node *n, char text[static DOCUMENT_SHOWN]);

/** Of known words the one that `text` is most like, or NULL: none is near. */
const char *document_nearest(const char *text, const char *const *known, size_t count);

/** Complains of each key that is none of these; names the nearest. @return false and a complaint: it is no map. */
bool document_keys(const struct document *d, const struct yaml_node *map, const char *what, const char *const *known,
                   size_t count);

/** A text of 1 to `most` bytes without control characters. @param expected  what the message asks for.
 *  @return NULL and a complaint. */
const char *document_text(const struct document *d, const struct yaml_node *n, size_t most, const char *expected);

/** The member of this key as such a text; NULL where there is none (no complaint), or it is wrong (complaint). */
const char *document_member(const struct document *d, const struct yaml_node *map, const char *key, size_t most,
                            const char *expected);

bool document_address(const struct document *d, const struct yaml_node *n, struct prefix *out);

/** Decimal digits alone. */
bool document_number(struct slice text, uint64_t most, uint64_t *value);

/** A list's members, or the one value that stands in its place. NULL: the first, or the end. */
const struct yaml_node *document_each(const struct yaml_node *list, const struct yaml_node *last);

/** "a, b or c" @return `text` */
const char *document_words(const char *const *words, size_t count, char *text, size_t size);

#endif

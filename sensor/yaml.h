/* A YAML document as a tree of nodes, each with its line and column; read by libyaml, bounded in depth, nodes and size.
 * Aliases are refused (they make small files large), as are duplicate keys. */
#ifndef SENSOR_YAML_H
#define SENSOR_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sensor/complaint.h"

enum yaml_kind { YAML_NULL, YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
    enum yaml_kind kind;
    unsigned line, column;         /* from 1 */
    const char *key;               /* of a map's member, ended by 0; NULL elsewhere */
    unsigned key_line, key_column; /* where it begins: of a quoted one, at the quote */
    bool key_quoted;
    const char *text; /* of a scalar, ended by 0 (it may hold others: `size`); "" elsewhere */
    size_t size;
    bool quoted;                          /* a quoted scalar is a string, whatever it looks like */
    const struct yaml_node *first, *next; /* members of a list or map; the next sibling */
};

struct yaml; /* owns all nodes of a file */

/** @return NULL and complaints, or the documents of the file: yaml_document(). */
struct yaml *yaml_read(FILE *file, const char *name, struct complaint_list *complaints);

/** The same, but a key that is there again is complained of and read all the same: for who goes on to complain of what
 * the values are, so that one run shows all of it. */
struct yaml *yaml_read_through(FILE *file, const char *name, struct complaint_list *complaints);

/** Not yaml_free(): libyaml exports one of that name, and would call ours. */
void yaml_release(struct yaml *y);

size_t yaml_documents(const struct yaml *y);
const struct yaml_node *yaml_document(const struct yaml *y, size_t i);

/** How many members a list or a map has. */
size_t yaml_count(const struct yaml_node *n);

/** @return the member of this key, or NULL. */
const struct yaml_node *yaml_member(const struct yaml_node *map, const char *key);

#endif

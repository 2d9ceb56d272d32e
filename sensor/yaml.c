#include "sensor/yaml.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* Far above any rule file written by a person; each bound is an error of its own. */
enum { YAML_SIZE = 4 << 20, YAML_NODES = 200000, YAML_DEPTH = 32, BLOCK_SIZE = 65536 };

/* All of a file's nodes and strings lie in blocks that are freed together. */
struct block {
    struct block *older;
    size_t used, size;
    _Alignas(16) unsigned char bytes[];
};

struct yaml {
    struct block *newest;
    const struct yaml_node **documents;
    size_t document_count;
};

/* A list or map whose end has not come. */
struct open_node {
    struct yaml_node *node;
    const struct yaml_node **tail; /* where the next member goes */
    const char *key;               /* of a map: the key whose value comes next */
    unsigned key_line, key_column;
    bool key_quoted;
    size_t members;
};

struct reading {
    struct yaml *yaml;
    const char *name;
    struct complaint_list *complaints;
    FILE *file;
    size_t size, nodes, depth;
    struct open_node open[YAML_DEPTH];
    int error; /* errno of the last reading */
    bool too_large;
    bool refused; /* an error after which reading goes on, to show all of them */
};

static void *take(struct yaml *y, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    if (y->newest == NULL || size > y->newest->size - y->newest->used) {
        size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        struct block *block = malloc(sizeof *block + room);
        if (block == NULL)
            return NULL;
        *block = (struct block){.older = y->newest, .size = room};
        y->newest = block;
    }
    void *taken = y->newest->bytes + y->newest->used;
    y->newest->used += size;
    return taken;
}

static const char *take_text(struct yaml *y, const unsigned char *text, size_t size)
{
    char *copy = take(y, size + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

static unsigned line_of(yaml_mark_t mark)
{
    return (unsigned)mark.line + 1;
}

static unsigned column_of(yaml_mark_t mark)
{
    return (unsigned)mark.column + 1;
}

static bool no_memory(struct reading *r)
{
    complain(r->complaints, false, r->name, 0, 0, "no memory to read it");
    return false;
}

static bool refuse(struct reading *r, yaml_mark_t mark, const char *what)
{
    complain(r->complaints, false, r->name, line_of(mark), column_of(mark), "%s", what);
    return false;
}

/* libyaml asks for bytes. */
static int read_bytes(void *owner, unsigned char *buffer, size_t size, size_t *got)
{
    struct reading *r = owner;
    errno = 0;
    *got = fread(buffer, 1, size, r->file);
    r->error = errno;
    r->size += *got;
    r->too_large = r->size > YAML_SIZE;
    return !r->too_large && !ferror(r->file);
}

static bool add_document(struct reading *r, const struct yaml_node *root)
{
    struct yaml *y = r->yaml;
    const struct yaml_node **documents = realloc(y->documents, (y->document_count + 1) * sizeof *documents);
    if (documents == NULL)
        return no_memory(r);
    y->documents = documents;
    documents[y->document_count++] = root;
    return true;
}

/* A new node in its place: a document's root, a list's next, or the value of the key that came before it. */
static struct yaml_node *add_node(struct reading *r, enum yaml_kind kind, yaml_mark_t mark)
{
    if (++r->nodes > YAML_NODES) {
        refuse(r, mark, "more nodes than are read: expected at most 200000 a file");
        return NULL;
    }
    struct yaml_node *node = take(r->yaml, sizeof *node);
    if (node == NULL) {
        no_memory(r);
        return NULL;
    }
    *node = (struct yaml_node){.kind = kind, .line = line_of(mark), .column = column_of(mark), .text = ""};
    if (r->depth == 0)
        return add_document(r, node) ? node : NULL;
    struct open_node *in = &r->open[r->depth - 1];
    node->key = in->key;
    node->key_line = in->key_line;
    node->key_column = in->key_column;
    node->key_quoted = in->key_quoted;
    in->key = NULL;
    *in->tail = node;
    in->tail = &node->next;
    in->members++;
    return node;
}

static bool awaits_key(const struct reading *r)
{
    return r->depth > 0 && r->open[r->depth - 1].node->kind == YAML_MAP && r->open[r->depth - 1].key == NULL;
}

static bool add_key(struct reading *r, const yaml_event_t *e)
{
    if (memchr(e->data.scalar.value, 0, e->data.scalar.length) != NULL)
        return refuse(r, e->start_mark, "a key with a NUL character: expected text");
    struct open_node *in = &r->open[r->depth - 1];
    in->key = take_text(r->yaml, e->data.scalar.value, e->data.scalar.length);
    in->key_line = line_of(e->start_mark);
    in->key_column = column_of(e->start_mark);
    in->key_quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return in->key != NULL || no_memory(r);
}

static bool is_null(const yaml_event_t *e)
{
    const char *text = (const char *)e->data.scalar.value;
    return e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (e->data.scalar.length == 0 || strcmp(text, "~") == 0 || strcmp(text, "null") == 0 ||
            strcmp(text, "Null") == 0 || strcmp(text, "NULL") == 0);
}

static bool add_scalar(struct reading *r, const yaml_event_t *e)
{
    if (e->data.scalar.tag != NULL)
        return refuse(r, e->start_mark, "a tag: expected a value without one");
    if (awaits_key(r))
        return add_key(r, e);
    struct yaml_node *node = add_node(r, is_null(e) ? YAML_NULL : YAML_SCALAR, e->start_mark);
    if (node == NULL || node->kind == YAML_NULL)
        return node != NULL;
    node->text = take_text(r->yaml, e->data.scalar.value, e->data.scalar.length);
    node->size = e->data.scalar.length;
    node->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return node->text != NULL || no_memory(r);
}

static bool open_collection(struct reading *r, const yaml_event_t *e, enum yaml_kind kind, bool tagged)
{
    if (tagged)
        return refuse(r, e->start_mark, "a tag: expected a value without one");
    if (awaits_key(r))
        return refuse(r, e->start_mark, "a list or map as a key: expected a word");
    if (r->depth == YAML_DEPTH)
        return refuse(r, e->start_mark, "nested too deep: expected at most 32 levels");
    struct yaml_node *node = add_node(r, kind, e->start_mark);
    if (node == NULL)
        return false;
    r->open[r->depth++] = (struct open_node){.node = node, .tail = &node->first};
    return true;
}

static int by_key(const void *left, const void *right)
{
    const struct yaml_node *a = *(const struct yaml_node *const *)left, *b = *(const struct yaml_node *const *)right;
    int order = strcmp(a->key, b->key);
    if (order != 0)
        return order;
    if (a->key_line != b->key_line)
        return a->key_line < b->key_line ? -1 : 1;
    return a->key_column < b->key_column ? -1 : a->key_column > b->key_column;
}

/* Sorted, so that a map of very many keys costs no square. */
static bool check_keys(struct reading *r, const struct open_node *map)
{
    if (map->members < 2)
        return true;
    const struct yaml_node **sorted = malloc(map->members * sizeof *sorted);
    if (sorted == NULL)
        return no_memory(r);
    size_t count = 0;
    for (const struct yaml_node *n = map->node->first; n != NULL; n = n->next)
        sorted[count++] = n;
    qsort(sorted, count, sizeof *sorted, by_key);
    size_t first = 0;
    for (size_t i = 1; i < count; i++) {
        if (strcmp(sorted[first]->key, sorted[i]->key) != 0) {
            first = i;
            continue;
        }
        complain(r->complaints, false, r->name, sorted[i]->key_line, sorted[i]->key_column,
                 "the key \"%.100s\" again: expected it once; it is already in line %u", sorted[i]->key,
                 sorted[first]->key_line);
        r->refused = true;
    }
    free(sorted);
    return true;
}

static bool close_collection(struct reading *r)
{
    const struct open_node *closed = &r->open[--r->depth];
    return closed->node->kind != YAML_MAP || check_keys(r, closed);
}

static bool take_event(struct reading *r, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_SCALAR_EVENT: return add_scalar(r, e);
    case YAML_SEQUENCE_START_EVENT: return open_collection(r, e, YAML_LIST, e->data.sequence_start.tag != NULL);
    case YAML_MAPPING_START_EVENT: return open_collection(r, e, YAML_MAP, e->data.mapping_start.tag != NULL);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return close_collection(r);
    case YAML_ALIAS_EVENT: return refuse(r, e->start_mark, "an alias: expected the value itself");
    default: return true;
    }
}

static bool complain_of_parser(struct reading *r, const yaml_parser_t *p)
{
    if (r->too_large) {
        complain(r->complaints, false, r->name, 0, 0, "larger than is read: expected at most %d bytes", YAML_SIZE);
    } else if (ferror(r->file)) {
        complain(r->complaints, false, r->name, 0, 0, "cannot be read: %s", strerror(r->error));
    } else if (p->error == YAML_MEMORY_ERROR) {
        no_memory(r);
    } else if (p->error == YAML_READER_ERROR) {
        complain(r->complaints, false, r->name, line_of(p->mark), column_of(p->mark), "%s: expected UTF-8 text",
                 p->problem != NULL ? p->problem : "unreadable text");
    } else {
        complain(r->complaints, false, r->name, line_of(p->problem_mark), column_of(p->problem_mark),
                 "no YAML: %s%s%s%s", p->problem != NULL ? p->problem : "syntax error", p->context != NULL ? " (" : "",
                 p->context != NULL ? p->context : "", p->context != NULL ? ")" : "");
    }
    return false;
}

static bool read_events(struct reading *r, yaml_parser_t *p)
{
    for (;;) {
        yaml_event_t e;
        if (!yaml_parser_parse(p, &e))
            return complain_of_parser(r, p);
        bool end = e.type == YAML_STREAM_END_EVENT;
        bool good = take_event(r, &e);
        yaml_event_delete(&e);
        if (!good || end)
            return good;
    }
}

static struct yaml *read_file(FILE *file, const char *name, struct complaint_list *complaints, bool through)
{
    struct reading r = {.yaml = calloc(1, sizeof(struct yaml)), .name = name, .complaints = complaints, .file = file};
    yaml_parser_t p;
    if (r.yaml == NULL || !yaml_parser_initialize(&p)) {
        no_memory(&r);
        free(r.yaml);
        return NULL;
    }
    yaml_parser_set_input(&p, read_bytes, &r);
    bool good = read_events(&r, &p) && (through || !r.refused);
    yaml_parser_delete(&p);
    if (good)
        return r.yaml;
    yaml_release(r.yaml);
    return NULL;
}

struct yaml *yaml_read(FILE *file, const char *name, struct complaint_list *complaints)
{
    return read_file(file, name, complaints, false);
}

struct yaml *yaml_read_through(FILE *file, const char *name, struct complaint_list *complaints)
{
    return read_file(file, name, complaints, true);
}

void yaml_release(struct yaml *y)
{
    if (y == NULL)
        return;
    while (y->newest != NULL) {
        struct block *older = y->newest->older;
        free(y->newest);
        y->newest = older;
    }
    free(y->documents);
    free(y);
}

size_t yaml_documents(const struct yaml *y)
{
    return y->document_count;
}

const struct yaml_node *yaml_document(const struct yaml *y, size_t i)
{
    return i < y->document_count ? y->documents[i] : NULL;
}

size_t yaml_count(const struct yaml_node *n)
{
    size_t count = 0;
    for (const struct yaml_node *m = n->first; m != NULL; m = m->next)
        count++;
    return count;
}

const struct yaml_node *yaml_member(const struct yaml_node *map, const char *key)
{
    if (map == NULL || map->kind != YAML_MAP)
        return NULL;
    for (const struct yaml_node *n = map->first; n != NULL; n = n->next) {
        if (strcmp(n->key, key) == 0)
            return n;
    }
    return NULL;
}

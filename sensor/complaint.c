#include "sensor/complaint.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/log.h"

enum { COMPLAINTS_KEPT = 200, COMPLAINT_TEXT = 600 }; /* nobody reads more; the others are counted */

struct complaint {
    size_t file; /* index in `files`: the order in which they came */
    unsigned line, column;
    size_t number; /* of equal places, the order in which they were made */
    bool warning;
    char text[COMPLAINT_TEXT];
};

struct complaint_list {
    char **files;
    size_t file_count;
    struct complaint *kept;
    size_t kept_count;
    size_t errors, left_out;
};

struct complaint_list *complaint_list_new(void)
{
    return calloc(1, sizeof(struct complaint_list));
}

void complaint_list_free(struct complaint_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->file_count; i++)
        free(list->files[i]);
    free(list->files);
    free(list->kept);
    free(list);
}

/* @return its index; SIZE_MAX: no memory. */
static size_t file_index(struct complaint_list *list, const char *file)
{
    for (size_t i = list->file_count; i-- > 0;) {
        if (strcmp(list->files[i], file) == 0)
            return i;
    }
    char **files = realloc(list->files, (list->file_count + 1) * sizeof *files);
    if (files == NULL)
        return SIZE_MAX;
    list->files = files;
    files[list->file_count] = strdup(file);
    return files[list->file_count] != NULL ? list->file_count++ : SIZE_MAX;
}

static struct complaint *keep(struct complaint_list *list)
{
    if (list->kept_count == COMPLAINTS_KEPT)
        return NULL;
    struct complaint *kept = realloc(list->kept, (list->kept_count + 1) * sizeof *kept);
    if (kept == NULL)
        return NULL;
    list->kept = kept;
    return &kept[list->kept_count++];
}

void complain(struct complaint_list *list, bool warning, const char *file, unsigned line, unsigned column,
              const char *format, ...)
{
    list->errors += !warning;
    size_t at = file_index(list, file);
    struct complaint *c = at != SIZE_MAX ? keep(list) : NULL;
    if (c == NULL) {
        list->left_out++;
        return;
    }
    *c = (struct complaint){.file = at, .line = line, .column = column, .number = list->kept_count, .warning = warning};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(c->text, sizeof c->text, format, arguments);
    va_end(arguments);
}

static void mask(char *text)
{
    for (; *text != '\0'; text++) {
        uint8_t byte = (uint8_t)*text, next = (uint8_t)text[1];
        if (byte < 0x20 || byte == 0x7f)
            *text = '?';
        else if (byte == 0xc2 && next >= 0x80 && next < 0xa0)
            text[0] = text[1] = '?';
    }
}

void complain_quoting(struct complaint_list *list, bool warning, const char *file, unsigned line, unsigned column,
                      const char *format, va_list arguments)
{
    char text[COMPLAINT_TEXT];
    vsnprintf(text, sizeof text, format, arguments);
    mask(text);
    complain(list, warning, file, line, column, "%s", text);
}

size_t complaint_errors(const struct complaint_list *list)
{
    return list->errors;
}

static int by_place(const void *left, const void *right)
{
    const struct complaint *a = left, *b = right;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

void complaint_list_print(const struct complaint_list *list, FILE *out)
{
    /* Sorted in a copy: who prints twice sees the same. */
    size_t size = list->kept_count * sizeof(struct complaint);
    struct complaint *sorted = list->kept_count > 0 ? malloc(size) : NULL;
    const struct complaint *shown = list->kept;
    if (sorted != NULL) {
        memcpy(sorted, list->kept, size);
        qsort(sorted, list->kept_count, sizeof *sorted, by_place);
        shown = sorted;
    }
    for (size_t i = 0; i < list->kept_count; i++) {
        log_printable(out, list->files[shown[i].file]);
        if (shown[i].line > 0)
            fprintf(out, ":%u", shown[i].line);
        if (shown[i].line > 0 && shown[i].column > 0)
            fprintf(out, ":%u", shown[i].column);
        fprintf(out, ": %s: ", shown[i].warning ? "warning" : "error");
        log_printable(out, shown[i].text);
        putc('\n', out);
    }
    if (list->left_out > 0)
        fprintf(out, "and %zu more\n", list->left_out);
    free(sorted);
}

void complaint_list_tell(const struct complaint_list *list, const struct log *log)
{
    if (list->errors > 0 || log->level != LOG_QUIET)
        complaint_list_print(list, log->out);
}

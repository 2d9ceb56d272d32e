#include "sensor/rulebook.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/complaint.h"
#include "sensor/monitor.h"

#ifndef PKGDATADIR
#define PKGDATADIR "/usr/local/share/kapiwatch"
#endif

static const char installed[] = PKGDATADIR "/rules";
static const char expected[] = "expected a rule file, or a folder with rule files (*.yml, *.yaml)";

struct rulebook {
    struct rule_file *files;
    size_t count;
    struct monitor_names *lists; /* one a path: they hold the names */
    size_t list_count;
    struct complaint_list *complaints;
};

static bool open_rule(struct rulebook *book, const char *name)
{
    struct rule_file *files = realloc(book->files, (book->count + 1) * sizeof *files);
    if (files == NULL)
        return false;
    book->files = files;
    FILE *file = monitor_read(MONITOR_READ_RULES, name);
    if (file == NULL)
        complain(book->complaints, false, name, 0, 0, "%s; %s", strerror(errno), expected);
    else
        files[book->count++] = (struct rule_file){.name = name, .file = file};
    return true;
}

static bool add_path(struct rulebook *book, const char *path)
{
    struct monitor_names *lists = realloc(book->lists, (book->list_count + 1) * sizeof *lists);
    if (lists == NULL)
        return false;
    book->lists = lists;
    struct monitor_names *names = &lists[book->list_count];
    if (!monitor_list_rules(path, names)) {
        complain(book->complaints, false, path, 0, 0, "%s; %s", strerror(errno), expected);
        return true;
    }
    book->list_count++;
    if (names->count == 0)
        complain(book->complaints, false, path, 0, 0, "an empty folder; %s", expected);
    for (size_t i = 0; i < names->count; i++) {
        if (!open_rule(book, names->names[i]))
            return false;
    }
    return true;
}

/* The folder that was installed; where it is not, what the environment names: for a program that was not installed yet.
 */
static bool add_default(struct rulebook *book)
{
    struct monitor_names there;
    const char *named = getenv("KAPIWATCH_RULES");
    if (monitor_list_rules(installed, &there)) {
        monitor_names_deinit(&there);
        return add_path(book, installed);
    }
    if (named != NULL && named[0] != '\0')
        return add_path(book, named);
    complain(book->complaints, false, installed, 0, 0, "%s; the rules are not installed: expected -R PATH",
             strerror(errno));
    return true;
}

static void close_book(struct rulebook *book)
{
    for (size_t i = 0; i < book->count; i++)
        fclose(book->files[i].file);
    for (size_t i = 0; i < book->list_count; i++)
        monitor_names_deinit(&book->lists[i]);
    free(book->files);
    free(book->lists);
    complaint_list_free(book->complaints);
}

struct rule_set *rulebook_load(const struct options *o, struct log *log)
{
    struct rulebook book = {.complaints = complaint_list_new()};
    struct rule_set *set = NULL;
    bool enough = book.complaints != NULL;
    if (enough && o->rule_count == 0)
        enough = add_default(&book);
    for (size_t i = 0; enough && i < o->rule_count; i++)
        enough = add_path(&book, o->rules[i]);
    if (!enough) {
        log_error(log, "no memory to read the rules");
        close_book(&book);
        return NULL;
    }
    /* Also when some could not be opened: one run shows all that is wrong. */
    if (book.count > 0)
        set = rule_set_load(book.files, book.count, book.complaints);
    complaint_list_tell(book.complaints, log);
    if (complaint_errors(book.complaints) > 0) {
        rule_set_free(set);
        set = NULL;
    }
    close_book(&book);
    return set;
}

/* Makes kapiwatch-events(5) from its template: a line that is the name of a table in @ is replaced by the table, in
 * mdoc, of what the program itself is made of. */
#include <stdio.h>
#include <string.h>

#include "proto/http/message.h"
#include "sensor/event/auth.h"
#include "sensor/event/counter.h"
#include "sensor/event/field.h"

/* Text as mdoc reads it back: each sentence begins a line, and no line begins with a request. */
static void print_text(const char *text)
{
    for (const char *at = text; *at; at++) {
        if (*at == '\\')
            fputs("\\e", stdout);
        else
            putchar(*at);
        if (*at == '.' && at[1] == ' ') {
            putchar('\n');
            at++;
        }
    }
    putchar('\n');
}

static void print_where(unsigned in)
{
    if (in == (1U << EVENT_TYPES) - 1)
        return;
    for (unsigned type = 0; type < EVENT_TYPES; type++) {
        if (in >> type & 1)
            printf(" Pq %s", event_type_name(type));
    }
    if (in == FIELD_IN_RULES_ON(EVENT_EXCHANGE))
        printf(" Pq only in rules");
    else if (in == FIELD_IN_RULES_ON(EVENT_FLOW))
        printf(" Pq only in rules on connections");
    else if (in >> EVENT_TYPES)
        printf(" Pq only in rules , of both kinds");
}

static void print_alias(const struct event_field *f)
{
    const char *alias = f->alias;
    if (!*alias)
        return;
    fputs(f->kind == FIELD_TIME ? "In the audit log" : "In rules also", stdout);
    const char *before = "";
    for (const char *at = alias; *at;) {
        size_t size = strcspn(at, " ");
        printf("%s\n.Va %.*s", before, (int)size, at);
        before = " ,";
        at += size + strspn(at + size, " ");
    }
    fputs(" .\n", stdout);
}

static void fields(void)
{
    for (int i = 0; i < EVENT_FIELDS; i++) {
        const struct event_field *f = &event_fields[i];
        printf(".It Va %s", f->name);
        print_where(f->in);
        putchar('\n');
        print_text(f->about);
        print_alias(f);
    }
}

static void counters(void)
{
    for (int i = 0; i < COUNTERS; i++) {
        printf(".It Va %s\n", counter_name((enum counter)i));
        print_text(counter_about((enum counter)i));
    }
}

static void marks(void)
{
    static const char *const about[] = {
#define HTTP_MARK(id, name, sentence) sentence,
#include "proto/http/mark.def"
#undef HTTP_MARK
    };
    for (unsigned i = 0; i < HTTP_MARKS; i++) {
        printf(".It Cm %s\n", http_mark_name((enum http_mark)i));
        print_text(about[i]);
    }
}

static void evidence(void)
{
    static const char *const about[AUTH_EVIDENCE] = {
        [EVIDENCE_AUTHORIZATION] = "The Authorization header.",
        [EVIDENCE_SUBPROTOCOL] = "A token in Sec-WebSocket-Protocol.",
        [EVIDENCE_CERTIFICATE] = "A client certificate.",
        [EVIDENCE_NO_CREDENTIAL] = "A whole request head without any credential.",
        [EVIDENCE_STATUS_USER] = "The Status in the answer names the user.",
        [EVIDENCE_STATUS_CODE] = "The answer's status code.",
        [EVIDENCE_OPEN_PATH] = "The path is one that is answered to everyone.",
        [EVIDENCE_ADDED_BEHIND] =
            "It was answered as only an authenticated caller is: somebody behind adds a credential.",
        [EVIDENCE_HEAD_PARTLY_LOST] = "Part of the request head was not captured.",
        [EVIDENCE_NO_ANSWER] = "No answer was captured, and only it could settle the question.",
        [EVIDENCE_ANSWER_UNREADABLE] = "Only the body of the answer could settle the question, and it was not read.",
        [EVIDENCE_RELAYED] = "A backend behind the API server may have written the answer.",
        [EVIDENCE_CONTRADICTION] = "Two of these signs disagree.",
        [EVIDENCE_VALUE_ALONE] = "A credential's value, in a field whose name is not known.",
        [EVIDENCE_TABLE_RECOVERED] =
            "HTTP/2: fields of the head are inferred: they were sent before a hole, and the table was found again.",
        [EVIDENCE_NO_CERTIFICATE] = "Of TLS that stays closed: the client sent no certificate, by its records' sizes.",
        [EVIDENCE_EARLY_GOAWAY] = "Likewise: a record of a GOAWAY's size came before the first answer.",
        [EVIDENCE_SIZE_OF_401] = "Likewise: an answer has the size of a 401.",
        [EVIDENCE_SIZE_OF_403] = "Likewise: an answer has the size of a 403; it decides nothing alone.",
        [EVIDENCE_SIZE_OF_HEALTH] = "Likewise: an answer has the size of a health check's.",
        [EVIDENCE_SIZE_OF_TOKEN] = "Likewise: the first request is as large as one with a token.",
        [EVIDENCE_REPEATED] = "Likewise: the source has shown the same before.",
        [EVIDENCE_HOLE] = "Likewise: records before the answer were lost.",
        [EVIDENCE_UNKNOWN_FIELD] =
            "HTTP/2: a field of the head, or the method, path or code, is not known: it was sent before the capture.",
    };
    for (unsigned i = 0; i < AUTH_EVIDENCE; i++) {
        printf(".It Cm %s\n", auth_evidence_name(i));
        print_text(about[i]);
    }
}

static const struct {
    const char *line;
    void (*print)(void);
} tables[] = {{"@FIELDS@\n", fields}, {"@COUNTERS@\n", counters}, {"@MARKS@\n", marks}, {"@EVIDENCE@\n", evidence}};

static void print_line(const char *line)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (strcmp(line, tables[i].line) == 0) {
            tables[i].print();
            return;
        }
    }
    fputs(line, stdout);
}

int main(int argc, char **argv)
{
    char line[1024];
    FILE *template = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (!template) {
        fprintf(stderr, "usage: event_table TEMPLATE\n");
        return 1;
    }
    while (fgets(line, sizeof line, template))
        print_line(line);
    fclose(template);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}

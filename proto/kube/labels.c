#include "proto/kube/labels.h"

enum kind { WORD, IN, NOT_IN, EQUALS, DOUBLE_EQUALS, DIFFERS, NOT, OPEN, CLOSE, COMMA, GREATER, LESS, END };

struct lexer {
    struct slice rest;
    enum kind kind; /* of the token that comes next */
    struct slice text;
};

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* END for every byte that is no symbol. */
static enum kind symbol(uint8_t byte)
{
    switch (byte) {
    case '=': return EQUALS;
    case '!': return NOT;
    case '(': return OPEN;
    case ')': return CLOSE;
    case ',': return COMMA;
    case '>': return GREATER;
    case '<': return LESS;
    default: return END;
    }
}

static void drop(struct slice *s, size_t count)
{
    *s = slice_part(*s, count, SIZE_MAX);
}

/* The server's lexer takes a null byte for the end, and nevertheless reads on behind one that ends a token. */
static void next(struct lexer *lexer)
{
    struct slice *rest = &lexer->rest;
    while (rest->size > 0 && is_space(rest->data[0]))
        drop(rest, 1);
    lexer->kind = END;
    if (rest->size == 0 || rest->data[0] == '\0')
        return;
    size_t size = 1;
    lexer->kind = symbol(rest->data[0]);
    if (lexer->kind == END) {
        while (size < rest->size && rest->data[size] != '\0' && !is_space(rest->data[size]) &&
               symbol(rest->data[size]) == END)
            size++;
        lexer->text = slice_part(*rest, 0, size);
        lexer->kind = slice_is(lexer->text, "in") ? IN : slice_is(lexer->text, "notin") ? NOT_IN : WORD;
    } else if ((lexer->kind == EQUALS || lexer->kind == NOT) && size < rest->size && rest->data[size] == '=') {
        lexer->kind = lexer->kind == EQUALS ? DOUBLE_EQUALS : DIFFERS;
        size++;
    }
    drop(rest, size);
    if (rest->size > 0 && rest->data[0] == '\0')
        drop(rest, 1);
}

/* Everywhere but behind a key `in` and `notin` are words like any other. */
static bool at_word(const struct lexer *lexer)
{
    return lexer->kind == WORD || lexer->kind == IN || lexer->kind == NOT_IN;
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_lower(uint8_t byte)
{
    return byte >= 'a' && byte <= 'z';
}

/* util/validation: IsValidLabelValue, and what IsQualifiedName asks of a name, which may not be empty. */
static bool name_valid(struct slice name)
{
    for (size_t i = 0; i < name.size; i++) {
        uint8_t byte = name.data[i];
        if (is_lower(byte_lower(byte)) || is_digit(byte))
            continue;
        bool inside = i > 0 && i + 1 < name.size;
        if (!inside || (byte != '-' && byte != '_' && byte != '.'))
            return false;
    }
    return name.size <= 63;
}

/* IsDNS1123Subdomain. */
static bool domain_valid(struct slice domain)
{
    uint8_t before = '.';
    for (size_t i = 0; i < domain.size; i++) {
        uint8_t byte = domain.data[i];
        bool joint = byte == '-' || byte == '.';
        if (!joint && !is_lower(byte) && !is_digit(byte))
            return false;
        if ((joint && before == '.') || (byte == '.' && before == '-'))
            return false;
        before = byte;
    }
    return domain.size > 0 && domain.size <= 253 && before != '.' && before != '-';
}

static bool key_valid(struct slice key)
{
    size_t stroke = slice_find(key, '/');
    struct slice name = key;
    if (stroke < key.size) {
        if (!domain_valid(slice_part(key, 0, stroke)))
            return false;
        drop(&name, stroke + 1);
    }
    return name.size > 0 && name_valid(name);
}

/* What is compared with > and <: an int64 that is a valid value too, and so has no sign. */
static bool number_valid(struct slice text)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (!is_digit(text.data[i]))
            return false;
        value = value * 10 + (uint64_t)(text.data[i] - '0');
        if (value > INT64_MAX)
            return false;
    }
    return text.size > 0 && text.size <= 63;
}

static bool value_read(struct lexer *lexer, bool number)
{
    struct slice value = slice_of("");
    if (lexer->kind != END && lexer->kind != COMMA) {
        if (!at_word(lexer))
            return false;
        value = lexer->text;
        next(lexer);
    }
    return number ? number_valid(value) : name_valid(value);
}

/* Values may be empty: commas may follow each other. The server reads them by twos, and after two it wants more. */
static bool set_read(struct lexer *lexer)
{
    if (lexer->kind != OPEN)
        return false;
    next(lexer);
    while (lexer->kind != CLOSE) {
        if (at_word(lexer)) {
            if (!name_valid(lexer->text))
                return false;
            next(lexer);
            if (lexer->kind != CLOSE && lexer->kind != COMMA)
                return false;
            continue;
        }
        if (lexer->kind != COMMA)
            return false;
        next(lexer);
        if (lexer->kind != COMMA)
            continue;
        next(lexer);
        if (lexer->kind == CLOSE)
            return false;
    }
    next(lexer);
    return true;
}

static bool requirement_read(struct lexer *lexer)
{
    bool absent = lexer->kind == NOT;
    if (absent)
        next(lexer);
    if (!at_word(lexer) || !key_valid(lexer->text))
        return false;
    next(lexer);
    enum kind relation = lexer->kind;
    if (absent || relation == COMMA || relation == END)
        return true;
    next(lexer);
    switch (relation) {
    case IN:
    case NOT_IN: return set_read(lexer);
    case EQUALS:
    case DOUBLE_EQUALS:
    case DIFFERS: return value_read(lexer, false);
    case GREATER:
    case LESS: return value_read(lexer, true);
    default: return false;
    }
}

bool labels_valid(struct slice selector)
{
    struct lexer lexer = {.rest = selector, .text = slice_of("")};
    next(&lexer);
    if (lexer.kind == END)
        return true;
    while (requirement_read(&lexer)) {
        if (lexer.kind == END)
            return true;
        if (lexer.kind != COMMA)
            return false;
        next(&lexer);
    }
    return false;
}

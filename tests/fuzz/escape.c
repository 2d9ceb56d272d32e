/* Any bytes become a JSON string and a printable text: both well-formed and bounded, and a text that was cut is the
 * beginning of the whole one. The first byte is how many columns the text may have. */
#include <assert.h>
#include <string.h>

#include "sensor/report/escape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many bytes a character has by its first one; 0: no first byte. */
static size_t character_size(uint8_t lead)
{
    return lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
}

/* Whole characters, none of them a control character. @return how many */
static size_t check_utf8(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; count++) {
        uint8_t lead = (uint8_t)text[i];
        size_t bytes = character_size(lead);
        assert(bytes > 0 && bytes <= size - i && lead >= 0x20 && lead != 0x7F);
        for (size_t k = 1; k < bytes; k++)
            assert(((uint8_t)text[i + k] & 0xC0) == 0x80);
        uint8_t second = bytes > 1 ? (uint8_t)text[i + 1] : 0;
        assert(!(lead == 0xC2 && second < 0xA0) && !(lead == 0xE0 && second < 0xA0));
        assert(!(lead == 0xED && second > 0x9F) && !(lead == 0xF0 && second < 0x90) &&
               !(lead == 0xF4 && second > 0x8F));
        i += bytes;
    }
    return count;
}

static void check_json(const char *text, size_t size)
{
    assert(size >= 2 && text[0] == '"' && text[size - 1] == '"');
    for (size_t i = 1; i < size - 1; i++) {
        assert(text[i] != '"');
        if (text[i] != '\\')
            continue;
        i++;
        assert(i < size - 1 && strchr("\"\\u", text[i]));
        if (text[i] == 'u')
            assert(i + 4 < size - 1 && strspn(text + i + 1, "0123456789abcdef") >= 4);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = reader_of((struct slice){data, size});
    size_t columns = read_u8(&r);
    struct slice wire = read_slice(&r, reader_left(&r));
    struct buffer json = {0}, text = {0}, part = {0};

    char *at = buffer_reserve(&json, escape_json_room(wire.size));
    assert(at);
    json.size = (size_t)(escape_json_at(at, wire) - at);
    assert(json.size <= escape_json_room(wire.size));
    check_utf8(json.bytes, json.size);
    check_json(json.bytes, json.size);

    escape_text(&text, wire, 0);
    escape_text(&part, wire, columns);
    size_t all = check_utf8(text.bytes, text.size);
    size_t shown = check_utf8(part.bytes, part.size);
    if (columns == 0 || all <= columns) {
        assert(part.size == text.size && (part.size == 0 || memcmp(part.bytes, text.bytes, part.size) == 0));
    } else {
        assert(shown <= columns + 3 && part.size >= 3 && memcmp(part.bytes + part.size - 3, "...", 3) == 0);
        assert(part.size == 3 || memcmp(part.bytes, text.bytes, part.size - 3) == 0);
    }
    buffer_deinit(&json);
    buffer_deinit(&text);
    buffer_deinit(&part);
    return 0;
}

#include "http/second_reading.h"

#include <llhttp.h>
#include <string.h>

/* A span may come in pieces; the pieces lie side by side. */
static void extend(str *text, const char *at, size_t len)
{
    if (text->at == NULL) {
        *text = (str){.at = at, .len = len};
    } else {
        text->len += len;
    }
}

static int on_method(llhttp_t *parser, const char *at, size_t len)
{
    struct second_reading *reading = parser->data;
    extend(&reading->method, at, len);
    return 0;
}

static int on_url(llhttp_t *parser, const char *at, size_t len)
{
    struct second_reading *reading = parser->data;
    extend(&reading->target, at, len);
    return 0;
}

static int on_header_field(llhttp_t *parser, const char *at, size_t len)
{
    struct second_reading *reading = parser->data;
    if (reading->field_count == SECOND_READING_FIELDS_MAX) {
        return HPE_USER;
    }
    extend(&reading->fields[reading->field_count].name, at, len);
    return 0;
}

static int on_header_value(llhttp_t *parser, const char *at, size_t len)
{
    struct second_reading *reading = parser->data;
    if (reading->field_count == SECOND_READING_FIELDS_MAX) {
        return HPE_USER;
    }
    extend(&reading->fields[reading->field_count].value, at, len);
    return 0;
}

static int on_header_value_complete(llhttp_t *parser)
{
    struct second_reading *reading = parser->data;
    if (reading->field_count == SECOND_READING_FIELDS_MAX) {
        return HPE_USER;
    }
    str *value = &reading->fields[reading->field_count].value;
    *value = value->at == NULL ? STR("") : str_trim(*value);
    reading->field_count++;
    return 0;
}

/* The body is none of llhttp's business: it stops where the head ends. */
static int on_headers_complete(llhttp_t *parser)
{
    (void)parser;
    return HPE_PAUSED;
}

bool second_reading_make(str text, struct second_reading *reading)
{
    static const llhttp_settings_t settings = {
        .on_method = on_method,
        .on_url = on_url,
        .on_header_field = on_header_field,
        .on_header_value = on_header_value,
        .on_header_value_complete = on_header_value_complete,
        .on_headers_complete = on_headers_complete,
    };
    memset(reading, 0, sizeof *reading);
    llhttp_t parser;
    llhttp_init(&parser, HTTP_REQUEST, &settings);
    parser.data = reading;
    if (llhttp_execute(&parser, text.at, text.len) != HPE_PAUSED) {
        return false;
    }
    reading->major = parser.http_major;
    reading->minor = parser.http_minor;
    reading->content_length = (parser.flags & F_CONTENT_LENGTH) != 0 ? parser.content_length : 0;
    reading->chunked = (parser.flags & (F_CHUNKED | F_TRANSFER_ENCODING)) != 0;
    reading->len = (size_t)(llhttp_get_error_pos(&parser) - text.at);
    return true;
}

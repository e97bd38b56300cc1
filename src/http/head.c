#include "http/head.h"

#include "http/head_rules.h"
#include "http/octet.h"

#include <assert.h>

static_assert((int)SECOND_READING_FIELDS_MAX == (int)HTTP_HEADERS_MAX,
              "both readers hold the same head");

struct method_row {
    str name;
    enum http_method method;
    enum http_refusal refusal;
};

/* RFC 9110, 9, and PATCH of RFC 5789. Names are case-sensitive. */
static const struct method_row methods[] = {
    {STR_INIT("GET"), HTTP_GET, REFUSAL_NONE},
    {STR_INIT("HEAD"), HTTP_HEAD, REFUSAL_NONE},
    {STR_INIT("POST"), HTTP_POST, REFUSAL_NONE},
    {STR_INIT("PUT"), HTTP_PUT, REFUSAL_NONE},
    {STR_INIT("PATCH"), HTTP_PATCH, REFUSAL_NONE},
    {STR_INIT("DELETE"), HTTP_DELETE, REFUSAL_NONE},
    {STR_INIT("OPTIONS"), HTTP_OPTIONS, REFUSAL_NONE},
    {STR_INIT("CONNECT"), HTTP_GET, REFUSAL_METHOD_NOT_ALLOWED},
    {STR_INIT("TRACE"), HTTP_GET, REFUSAL_METHOD_NOT_ALLOWED},
};

enum { METHOD_COUNT = sizeof methods / sizeof methods[0] };

static const struct method_row *method_find(str name)
{
    for (size_t i = 0; i < METHOD_COUNT; i++) {
        if (str_equal(methods[i].name, name)) {
            return &methods[i];
        }
    }
    return NULL;
}

static enum http_refusal read_version(str text, unsigned *ret_minor)
{
    const bool well_formed = text.len == sizeof "HTTP/1.1" - 1 && str_starts(text, STR("HTTP/")) &&
                             text.at[6] == '.' && octet_is(text.at[5], OCTET_DIGIT) &&
                             octet_is(text.at[7], OCTET_DIGIT);
    if (!well_formed) {
        return REFUSAL_VERSION_SYNTAX;
    }
    if (text.at[5] != '1' || text.at[7] > '1') {
        return REFUSAL_VERSION_UNKNOWN;
    }
    *ret_minor = octet_hex(text.at[7]);
    return REFUSAL_NONE;
}

static enum http_refusal read_method(str text, enum http_method *ret_method)
{
    if (!octet_all(text, OCTET_TOKEN)) {
        return REFUSAL_METHOD_SYNTAX;
    }
    const struct method_row *row = method_find(text);
    if (row == NULL) {
        return REFUSAL_METHOD_UNKNOWN;
    }
    *ret_method = row->method;
    return row->refusal;
}

static enum http_refusal read_request_line(struct head *head, str line)
{
    if (line.len == 0) {
        return REFUSAL_EMPTY_FIRST_LINES;
    }
    if (str_equal(line, STR("PRI * HTTP/2.0"))) {
        return REFUSAL_HTTP_2_PREFACE; /* RFC 9113, 3.4 */
    }
    const struct str_cut method = str_cut(line, ' ');
    const struct str_cut target = str_cut(method.tail, ' ');
    if (!method.found || method.head.len == 0 || target.head.len == 0) {
        return REFUSAL_REQUEST_LINE_SYNTAX;
    }
    if (!target.found) {
        return REFUSAL_HTTP_0_9;
    }
    if (target.tail.len == 0 || str_find_char(target.tail, ' ') < target.tail.len) {
        return REFUSAL_REQUEST_LINE_SYNTAX;
    }
    enum http_refusal refusal = read_version(target.tail, &head->minor);
    if (refusal == REFUSAL_NONE) {
        refusal = read_method(method.head, &head->method);
    }
    if (refusal == REFUSAL_NONE) {
        head->target_text = target.head;
        refusal = target_read(target.head, &head->target);
    }
    return refusal;
}

static bool is_blank(char octet)
{
    return octet == ' ' || octet == '\t';
}

static str trim_blanks(str text)
{
    size_t begin = 0;
    size_t end = text.len;
    while (begin < end && is_blank(text.at[begin])) {
        begin++;
    }
    while (end > begin && is_blank(text.at[end - 1])) {
        end--;
    }
    return str_slice(text, begin, end);
}

static enum http_refusal check_field_name(str name)
{
    if (name.len == 0) {
        return REFUSAL_FIELD_NAME_EMPTY;
    }
    if (is_blank(name.at[name.len - 1])) {
        return REFUSAL_FIELD_SPACE_BEFORE_COLON;
    }
    return octet_all(name, OCTET_TOKEN) ? REFUSAL_NONE : REFUSAL_FIELD_NAME_SYNTAX;
}

static enum http_refusal read_field(struct head *head, str line)
{
    if (is_blank(line.at[0])) {
        return REFUSAL_FIELD_FOLDED;
    }
    const struct str_cut cut = str_cut(line, ':');
    if (!cut.found) {
        return REFUSAL_FIELD_WITHOUT_COLON;
    }
    const enum http_refusal refusal = check_field_name(cut.head);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    if (head->field_count == HTTP_HEADERS_MAX) {
        return REFUSAL_FIELDS_TOO_MANY;
    }
    head->fields[head->field_count++] =
        (struct http_header){.name = cut.head, .value = trim_blanks(cut.tail)};
    return REFUSAL_NONE;
}

static bool fields_agree(const struct head *head, const struct second_reading *second)
{
    if (head->field_count != second->field_count) {
        return false;
    }
    for (size_t i = 0; i < head->field_count; i++) {
        if (!str_equal(head->fields[i].name, second->fields[i].name) ||
            !str_equal(head->fields[i].value, second->fields[i].value)) {
            return false;
        }
    }
    return true;
}

bool head_agrees(const struct head *head, const struct second_reading *second)
{
    const struct method_row *method = method_find(second->method);
    return method != NULL && method->method == head->method && second->major == 1 &&
           second->minor == head->minor && str_equal(second->target, head->target_text) &&
           second->content_length == head->content_length && !second->chunked &&
           second->len == head->len - head->begin && fields_agree(head, second);
}

static enum http_refusal finish(struct head *head, str text)
{
    const enum http_refusal refusal = head_rules_check(head);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    struct second_reading second;
    const bool read = second_reading_make(str_slice(text, head->begin, head->len), &second);
    return read && head_agrees(head, &second) ? REFUSAL_NONE : REFUSAL_SECOND_READING;
}

/* Takes the line that ends before `end` (its CR LF is before `next`). */
static enum http_refusal read_line(struct head *head, str text, size_t end, size_t next)
{
    const str line = str_slice(text, head->line_begin, end);
    const bool first = head->line_begin == head->begin;
    head->line_begin = next;
    if (first && line.len == 0 && head->begin == 0) {
        head->begin = next;
        return REFUSAL_NONE;
    }
    if (first) {
        return read_request_line(head, line);
    }
    if (line.len > 0) {
        return read_field(head, line);
    }
    head->len = next;
    return finish(head, text);
}

static enum http_refusal check_octet(const struct head *head, str text, size_t at)
{
    const char octet = text.at[at];
    const bool after_return = at > head->line_begin && text.at[at - 1] == '\r';
    if (octet == '\n') {
        return after_return ? REFUSAL_NONE : REFUSAL_BARE_LINE_FEED;
    }
    if (after_return) {
        return REFUSAL_BARE_CARRIAGE_RETURN;
    }
    if (octet == '\0') {
        return REFUSAL_NUL_BYTE;
    }
    if (octet_is(octet, OCTET_CONTROL)) {
        return REFUSAL_CONTROL_BYTE;
    }
    const bool too_long = head->line_begin == head->begin && at + 2 > HTTP_REQUEST_LINE_MAX;
    return too_long ? REFUSAL_REQUEST_LINE_TOO_LONG : REFUSAL_NONE;
}

enum head_progress head_read(struct head *head, str text, enum http_refusal *ret_refusal)
{
    ASSERT(head->len == 0);
    ASSERT(head->scanned <= text.len && text.len <= HTTP_HEAD_BYTES_MAX);
    enum http_refusal refusal = REFUSAL_NONE;
    while (refusal == REFUSAL_NONE && head->len == 0 && head->scanned < text.len) {
        const size_t at = head->scanned++;
        refusal = check_octet(head, text, at);
        if (refusal == REFUSAL_NONE && text.at[at] == '\n') {
            refusal = read_line(head, text, at - 1, at + 1);
        }
    }
    if (refusal == REFUSAL_NONE && head->len == 0 && text.len == HTTP_HEAD_BYTES_MAX) {
        refusal = REFUSAL_HEAD_TOO_LONG;
    }
    if (refusal != REFUSAL_NONE) {
        *ret_refusal = refusal;
        return HEAD_REFUSED;
    }
    return head->len > 0 ? HEAD_COMPLETE : HEAD_INCOMPLETE;
}

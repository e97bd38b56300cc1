#include "http/http.h"
#include "http/octet.h"

static const str no_text = STR_INIT("");

static const struct http_header *find_header(const struct http_request *request, str name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (octet_equal(request->headers[i].name, name)) {
            return &request->headers[i];
        }
    }
    return NULL;
}

str http_header_get(const struct http_request *request, str name)
{
    const struct http_header *header = find_header(request, name);
    return header != NULL ? header->value : no_text;
}

bool http_header_given(const struct http_request *request, str name)
{
    return find_header(request, name) != NULL;
}

/* RFC 6265, 5.4: pairs with "; " between them. Names are case-sensitive, values opaque. */
str http_cookie_get(const struct http_request *request, str name)
{
    struct str_cut rest = {.tail = http_header_get(request, STR("Cookie")), .found = true};
    while (rest.found) {
        rest = str_cut(rest.tail, ';');
        const struct str_cut pair = str_cut(str_trim(rest.head), '=');
        if (pair.found && str_equal(pair.head, name)) {
            return pair.tail;
        }
    }
    return no_text;
}

/* One name or value: '+' is a space, "%XX" a byte (URL standard, 5.1). */
static result decode(str text, struct arena *arena, str *ret_text, struct err *err)
{
    char *decoded = arena_take(arena, text.len + 1, 1, 1);
    if (decoded == NULL) {
        return arena_full(err);
    }
    size_t len = 0;
    for (size_t i = 0; i < text.len;) {
        const bool plus = text.at[i] == '+';
        if (!octet_unescape(text, &i, &decoded[len])) {
            return err_set(err, ERROR_USAGE,
                           "A percent sign in the form is not followed by two hexadecimal digits");
        }
        decoded[len] = plus ? ' ' : decoded[len];
        len++;
    }
    const str whole = {.at = decoded, .len = len};
    if (!str_is_utf8(whole)) {
        return err_set(err, ERROR_USAGE, "The form has text that is not UTF-8, or a NUL byte");
    }
    *ret_text = whole;
    return result_ok();
}

static size_t count_pieces(str text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++) {
        count += text.at[i] == '&' ? 1 : 0;
    }
    return count;
}

/* Which of the two counts would be the reader's guess. */
static result refuse_twice(const struct http_form *form, struct err *err)
{
    const struct http_header *last = &form->fields[form->count - 1];
    for (size_t i = 0; i + 1 < form->count; i++) {
        if (str_equal(form->fields[i].name, last->name)) {
            return err_set(err, ERROR_USAGE, "\"%.*s\" is given twice", STR_ARG(last->name));
        }
    }
    return result_ok();
}

result http_form_read(str text, struct arena *arena, struct http_form *ret_form, struct err *err)
{
    const size_t piece_count = count_pieces(text);
    if (piece_count > HTTP_FORM_FIELDS_MAX) {
        return err_set(err, ERROR_LIMIT, "The form has more than %d fields", HTTP_FORM_FIELDS_MAX);
    }
    struct http_form form = {.fields = ARENA_NEW(arena, struct http_header, piece_count)};
    if (form.fields == NULL) {
        return arena_full(err);
    }
    for (struct str_cut rest = {.tail = text, .found = true}; rest.found;) {
        rest = str_cut(rest.tail, '&');
        if (rest.head.len > 0) {
            const struct str_cut pair = str_cut(rest.head, '=');
            struct http_header *field = &form.fields[form.count++];
            TRY(decode(pair.head, arena, &field->name, err));
            TRY(decode(pair.tail, arena, &field->value, err));
            TRY(refuse_twice(&form, err));
        }
    }
    *ret_form = form;
    return result_ok();
}

bool http_form_get(const struct http_form *form, str name, str *ret_value)
{
    for (size_t i = 0; i < form->count; i++) {
        if (str_equal(form->fields[i].name, name)) {
            *ret_value = form->fields[i].value;
            return true;
        }
    }
    *ret_value = no_text;
    return false;
}

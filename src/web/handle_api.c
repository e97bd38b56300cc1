/* The API as a document (docs/api/openapi.json) and as a page that is drawn from it. */
#include "web/handler.h"

/* --- what the document says of a value -------------------------------------------------------- */

static str last_part(str reference)
{
    for (size_t i = reference.len; i > 0; i--) {
        if (reference.at[i - 1] == '/') {
            return str_slice(reference, i, reference.len);
        }
    }
    return reference;
}

/* "list of Hub", "date", "text or number"; the name of a schema is where its fields stand. */
static str type_text(struct arena *arena, const json_t *schema);

static str joined_types(struct arena *arena, const json_t *list)
{
    str text = STR("");
    size_t index;
    json_t *one;
    json_array_foreach(list, index, one)
    {
        const str name = json_is_string(one) ? arena_copy(arena, str_from_c(json_string_value(one)))
                                             : type_text(arena, one);
        text =
            index == 0 ? name : arena_format(arena, "%.*s or %.*s", STR_ARG(text), STR_ARG(name));
    }
    return text;
}

static str type_text(struct arena *arena, const json_t *schema)
{
    const str reference = json_str_or_empty(schema, "$ref");
    const str format = json_str_or_empty(schema, "format");
    const str type = json_str_or_empty(schema, "type");
    if (reference.len > 0) {
        return last_part(reference);
    }
    if (json_is_array(json_object_get(schema, "anyOf"))) {
        return joined_types(arena, json_object_get(schema, "anyOf"));
    }
    if (json_is_array(json_object_get(schema, "type"))) {
        return joined_types(arena, json_object_get(schema, "type"));
    }
    if (str_equal(type, STR("array"))) {
        return arena_format(arena, "list of %.*s",
                            STR_ARG(type_text(arena, json_object_get(schema, "items"))));
    }
    return format.len > 0 ? format : type.len > 0 ? type : STR("anything");
}

static bool is_required(const json_t *schema, const char *name)
{
    size_t index;
    json_t *one;
    json_array_foreach(json_object_get(schema, "required"), index, one)
    {
        if (str_equal(str_from_c(json_string_value(one)), str_from_c(name))) {
            return true;
        }
    }
    return false;
}

/* The schema that a value is, or that its lines are: its name, or "". */
static str schema_of(const json_t *schema)
{
    const str reference = json_str_or_empty(schema, "$ref");
    return reference.len > 0 ? last_part(reference) : STR("");
}

/* --- the page --------------------------------------------------------------------------------- */

static json_t *paragraphs(str text)
{
    json_t *list = json_array();
    while (text.len > 0) {
        const struct str_cut cut = str_cut(text, '\n');
        if (str_trim(cut.head).len > 0) {
            json_add(list, json_of_str(str_trim(cut.head)));
        }
        text = cut.tail;
    }
    return list;
}

static json_t *fields_of(struct arena *arena, const json_t *schema)
{
    json_t *list = json_array();
    const char *name;
    json_t *property;
    json_object_foreach(json_object_get(schema, "properties"), name, property)
    {
        json_t *field = json_object();
        json_set(field, "name", json_string(name));
        json_set_str(field, "type", type_text(arena, property));
        json_set_str(field, "text", json_str_or_empty(property, "description"));
        json_set_flag(field, "always", is_required(schema, name));
        json_add(list, field);
    }
    return list;
}

static json_t *schemas_view(struct arena *arena, const json_t *document)
{
    json_t *list = json_array();
    const char *name;
    json_t *schema;
    json_object_foreach(json_object_get(json_object_get(document, "components"), "schemas"), name,
                        schema)
    {
        json_t *view = json_object();
        json_t *fields = fields_of(arena, schema);
        json_set(view, "name", json_string(name));
        json_set_str(view, "text", json_str_or_empty(schema, "description"));
        json_set_flag(view, "has_fields", json_array_size(fields) > 0);
        json_set(view, "fields", fields);
        json_add(list, view);
    }
    return list;
}

/* The first schema of application/json in this content; "" when there is none. */
static str json_schema_of(const json_t *holder)
{
    const json_t *content = json_object_get(holder, "content");
    return schema_of(json_object_get(json_object_get(content, "application/json"), "schema"));
}

static str answer_of(const json_t *operation)
{
    const char *status;
    json_t *response;
    json_object_foreach(json_object_get(operation, "responses"), status, response)
    {
        if (status[0] == '2') {
            return json_schema_of(response);
        }
    }
    return STR("");
}

static void set_link(json_t *view, const char *key, str name)
{
    json_set(view, key, name.len > 0 ? json_of_str(name) : json_false());
}

static json_t *parameters_of(const json_t *operation)
{
    json_t *list = json_array();
    size_t index;
    json_t *parameter;
    json_array_foreach(json_object_get(operation, "parameters"), index, parameter)
    {
        if (str_equal(json_str_or_empty(parameter, "in"), STR("query"))) {
            json_t *view = json_object();
            json_set_str(view, "name", json_str_or_empty(parameter, "name"));
            json_set_str(view, "text", json_str_or_empty(parameter, "description"));
            json_add(list, view);
        }
    }
    return list;
}

static json_t *operation_view(const char *path, const char *method, const json_t *operation)
{
    json_t *view = json_object();
    json_t *parameters = parameters_of(operation);
    json_set(view, "path", json_string(path));
    json_set(view, "method", json_string(method[0] == 'p' ? "POST" : "GET"));
    json_set_str(view, "summary", json_str_or_empty(operation, "summary"));
    json_set_flag(view, "has_parameters", json_array_size(parameters) > 0);
    json_set(view, "parameters", parameters);
    set_link(view, "sent", json_schema_of(json_object_get(operation, "requestBody")));
    set_link(view, "answer", answer_of(operation));
    return view;
}

static bool has_tag(const json_t *operation, str tag)
{
    const json_t *first = json_array_get(json_object_get(operation, "tags"), 0);
    return json_is_string(first) && str_equal(str_from_c(json_string_value(first)), tag);
}

static json_t *operations_of(const json_t *document, str tag)
{
    json_t *list = json_array();
    const char *path;
    json_t *item;
    json_object_foreach(json_object_get(document, "paths"), path, item)
    {
        const char *method;
        json_t *operation;
        json_object_foreach(item, method, operation)
        {
            if (has_tag(operation, tag)) {
                json_add(list, operation_view(path, method, operation));
            }
        }
    }
    return list;
}

static json_t *tags_view(const json_t *document)
{
    json_t *list = json_array();
    size_t index;
    json_t *tag;
    json_array_foreach(json_object_get(document, "tags"), index, tag)
    {
        json_t *view = json_object();
        json_set_str(view, "name", json_str_or_empty(tag, "name"));
        json_set_str(view, "text", json_str_or_empty(tag, "description"));
        json_set(view, "operations", operations_of(document, json_str_or_empty(tag, "name")));
        json_add(list, view);
    }
    return list;
}

static json_t *errors_view(void)
{
    static const enum error_code codes[] = {
#define ERROR(code, name, http_status, exit_status, meaning) code,
#include "base/error.def"
#undef ERROR
    };
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        json_t *view = json_object();
        json_set(view, "name", json_string(error_name(codes[i])));
        json_set_int64(view, "status", error_http_status(codes[i]));
        json_set(view, "meaning", json_string(error_meaning(codes[i])));
        json_add(list, view);
    }
    return list;
}

static result check_document(const struct exchange *exchange, struct err *err)
{
    return exchange->web->api.len > 0
               ? result_ok()
               : err_set(err, ERROR_NOT_FOUND, "The document of the API is not installed");
}

/* Read anew for each page: a json_t belongs to one thread. */
result handle_api(struct exchange *exchange, struct err *err)
{
    json_t *read = NULL;
    TRY(check_document(exchange, err));
    if (!exchange_wants_html(exchange)) {
        answer_see_other(exchange, STR("/openapi.json"));
        return result_ok();
    }
    TRY(json_read(exchange->web->api, &read, err));
    json_auto_t *document = read;
    const json_t *info = json_object_get(document, "info");
    json_t *view = json_object();
    json_set(view, "intro", paragraphs(json_str_or_empty(info, "description")));
    json_set(view, "examples", json_incref(json_object_get(document, "x-examples")));
    json_set(view, "tags", tags_view(document));
    json_set(view, "errors", errors_view());
    json_set(view, "schemas", schemas_view(exchange->arena, document));
    OWN_PAGE struct page page;
    page_open(&page, exchange, "api", STR("The API"), "");
    page_set(&page, "api", view);
    return page_answer(&page, 200, err);
}

result handle_openapi(struct exchange *exchange, struct err *err)
{
    TRY(check_document(exchange, err));
    answer_text(exchange, 200, STR("application/json"), exchange->web->api);
    return result_ok();
}

#include "web/kept.h"

#include "web/page.h"
#include "web/session.h"

/* Shorter than that is typed again at once. */
enum { WRITTEN_BYTES_MIN = 20 };

bool kept_is_old(const struct exchange *exchange)
{
    const str path = exchange->request->path;
    return exchange_wants_html(exchange) && !exchange->by_bearer && !exchange->input.is_json &&
           exchange->match.route->door == ROUTE_DESK && !str_starts(path, STR("/account")) &&
           !str_equal(path, STR("/sign-out")) && session_is_own_page(exchange) &&
           !(exchange->signed_in && session_form_is_own(exchange));
}

static bool is_of_rendering(str name)
{
    return str_equal(name, STR("form_token")) || str_equal(name, STR("client_id"));
}

/* Everything that was sent, hidden; and apart what took some writing. */
static void set_fields(json_t *form, const struct http_form *sent)
{
    json_t *fields = json_array();
    json_t *written = json_array();
    for (size_t i = 0; i < sent->count; i++) {
        const str value = sent->fields[i].value;
        if (is_of_rendering(sent->fields[i].name)) {
            continue;
        }
        json_t *field = json_object();
        json_set_str(field, "name", sent->fields[i].name);
        json_set_str(field, "value", value);
        json_add(fields, field);
        if (value.len >= WRITTEN_BYTES_MIN) {
            json_add(written, json_of_str(value));
        }
    }
    json_set_flag(form, "has_written", json_array_size(written) > 0);
    json_set(form, "fields", fields);
    json_set(form, "written", written);
}

result kept_answer(struct exchange *exchange, struct err *err)
{
    OWN_PAGE struct page page;
    const bool known = exchange->signed_in;
    const str token = exchange->session.form_token;
    page_open(&page, exchange, "kept", STR(SAY("What you typed is not recorded yet")), "");
    page_speak_unless_staff(&page);
    page.stays = true; /* what was typed is on this page alone */
    json_t *form = json_object();
    json_set_flag(form, "signed_in", known);
    json_set_str(form, "who", known ? exchange->session.account.name : STR(""));
    json_set_str(form, "action", page_path(exchange->arena, exchange->request->path));
    json_set(form, "form_token", known ? json_of_str(token) : json_false());
    json_set(form, "client_id", page_client_id(exchange));
    set_fields(form, &exchange->input.form);
    page_set(&page, "kept", form);
    return page_answer(&page, known ? 403 : 401, err);
}

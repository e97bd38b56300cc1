#include "web/command.h"

#include "system/system.h"
#include "web/condition.h"
#include "web/input.h"
#include "web/kept.h"
#include "web/page.h"
#include "web/sent_before.h"
#include "web/session.h"

#include <string.h>

/* A key is one account's own. */
static struct sha256 key_of(const struct exchange *exchange)
{
    const struct caller *caller = &exchange->caller;
    const str parts[] = {
        {.at = (const char *)&caller->account, .len = sizeof caller->account},
        {.at = (const char *)caller->client_id.bytes, .len = CLIENT_ID_SIZE},
    };
    return sha256_of_parts(parts, sizeof parts / sizeof parts[0]);
}

/* Everything that is asked for, however it is written: a JSON body in its canonical form; of a form
 * its fields but those that are of one rendering of the page. */
static result request_of(const struct exchange *exchange, struct sha256 *ret_request,
                         struct err *err)
{
    const struct http_request *request = exchange->request;
    const struct http_form *form = &exchange->input.form;
    str body = STR("");
    if (exchange->input.is_json) {
        TRY(json_write(exchange->input.object, exchange->arena, &body, err));
        const str parts[] = {request->path, STR("?"), request->query, STR("\n"), body};
        *ret_request = sha256_of_parts(parts, sizeof parts / sizeof parts[0]);
        return result_ok();
    }
    str *parts = ARENA_NEW(exchange->arena, str, form->count * 4 + 4);
    size_t count = 0;
    if (parts == NULL) {
        return arena_full(err);
    }
    parts[count++] = request->path;
    parts[count++] = STR("?");
    parts[count++] = request->query;
    for (size_t i = 0; i < form->count; i++) {
        if (!input_is_own_field(form->fields[i].name)) {
            parts[count++] = STR("\n");
            parts[count++] = form->fields[i].name;
            parts[count++] = STR("=");
            parts[count++] = form->fields[i].value;
        }
    }
    *ret_request = sha256_of_parts(parts, count);
    return result_ok();
}

static result note_key(struct exchange *exchange, struct command *command, struct err *err)
{
    if (!exchange->signed_in || client_id_is_none(&exchange->caller.client_id)) {
        return result_ok();
    }
    TRY(request_of(exchange, &command->request, err));
    command->key = key_of(exchange);
    switch (sent_before_note(exchange->web->sent_before, &command->key, &command->request)) {
    case SENT_NEW:
        command->noted = true;
        return result_ok();
    case SENT_AGAIN:
        return result_ok();
    case SENT_OTHER:
        result_ignore(err_set(err, ERROR_INPUT, "This Idempotency-Key came with another request"),
                      "the hint follows");
        return err_hint(err, "Every command needs a key of its own; only the same command may be "
                             "sent with it again.");
    case SENT_OTHER_NOW:
        result_ignore(err_set(err, ERROR_CONFLICT,
                              "Another request with this Idempotency-Key is being answered"),
                      "the hint follows");
        return err_hint(err, "Every command needs a key of its own.");
    }
    return result_ok();
}

/* --- forms ------------------------------------------------------------------------------------ */

/* Two presses of one button are one intent, answered like one. */
enum { ONE_PRESS_MILLISECONDS = 5000 };

/* What is recorded by it may be there twice. What an account does with itself (its password, its
 * language) is done once or told as it is. */
static bool is_of_record(const struct exchange *exchange)
{
    const str path = exchange->request->path;
    return exchange_wants_html(exchange) && exchange->signed_in && !exchange->by_bearer &&
           !exchange->input.is_json && exchange->match.route->door == ROUTE_DESK &&
           !str_starts(path, STR("/account/")) && !str_equal(path, STR("/language")) &&
           !str_equal(path, STR("/sign-out"));
}

static bool says(const struct exchange *exchange, const char *name, str expected)
{
    str value = STR("");
    http_form_get(&exchange->input.form, str_from_c(name), &value);
    return str_equal(value, expected);
}

static result find_form(const struct exchange *exchange, struct command *command, struct err *err)
{
    struct sha256 request;
    if (!is_of_record(exchange)) {
        return result_ok();
    }
    TRY(request_of(exchange, &request, err));
    const str parts[] = {
        exchange->token,
        {.at = (const char *)request.bytes, .len = sizeof request.bytes},
    };
    command->of_form = true;
    command->form = sha256_of_parts(parts, sizeof parts / sizeof parts[0]);
    if (says(exchange, INPUT_AGAIN, STR("yes")) || says(exchange, INPUT_ANSWERS, STR("change"))) {
        return result_ok();
    }
    const struct done_form before = done_forms_find(exchange->web->done_forms, &command->form);
    const int64_t now = system_now(exchange->casework->system).milliseconds;
    const bool pressed_twice =
        memcmp(&before.key, &exchange->caller.client_id, CLIENT_ID_SIZE) == 0 &&
        now - before.at.milliseconds < ONE_PRESS_MILLISECONDS;
    command->before = before;
    command->before.found = before.found && !pressed_twice;
    return result_ok();
}

/* What the form showed is compared with what is on record up to here (shown.h). */
static void rest_on_shown(struct exchange *exchange)
{
    str marks = STR("");
    if (!exchange->input.is_json &&
        http_form_get(&exchange->input.form, STR(INPUT_SHOWN), &marks) && marks.len > 0) {
        exchange->caller.read_at = exchange->begun_at;
    }
}

/* Everything that was sent, hidden. */
static json_t *sent_fields(const struct http_form *sent)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < sent->count; i++) {
        const str name = sent->fields[i].name;
        if (!input_is_own_field(name) || str_equal(name, STR(INPUT_ANSWERS))) {
            json_t *field = json_object();
            json_set_str(field, "name", name);
            json_set_str(field, "value", sent->fields[i].value);
            json_add(fields, field);
        }
    }
    return fields;
}

result command_answer_before(struct exchange *exchange, const struct command *command,
                             struct err *err)
{
    OWN_PAGE struct page page;
    const str path = exchange->request->path;
    const str where = arena_copy(exchange->arena, str_from_c(command->before.where));
    const str form_token = exchange->session.form_token;
    page_open(&page, exchange, "sent_again", STR(SAY("You sent this before")), "");
    page_speak_unless_staff(&page);
    page.stays = true;
    json_t *view = json_object();
    json_set(view, "at", speech_instant(&page.speech, exchange->arena, command->before.at));
    json_set_str(view, "where", where.len > 0 ? where : STR("/"));
    json_set_str(view, "action", page_path(exchange->arena, path));
    json_set(view, "form_token", json_of_str(form_token));
    json_set(view, "client_id", page_client_id(exchange));
    json_set(view, "fields", sent_fields(&exchange->input.form));
    page_set(&page, "sent", view);
    return page_answer(&page, 409, err);
}

result command_begin(struct exchange *exchange, struct command *command, int *ret_status,
                     struct err *err)
{
    *command = (struct command){.noted = false};
    TRY(input_open(exchange, ret_status, err));
    exchange->form_is_old = kept_is_old(exchange);
    if (exchange->form_is_old) {
        exchange->watched.event = SECURITY_FOREIGN_REQUEST;
        return result_ok();
    }
    const result meant = session_check_intent(exchange, err);
    if (!meant.ok) {
        exchange->watched.event = SECURITY_FOREIGN_REQUEST;
        return meant;
    }
    TRY(session_read_client_id(exchange, err));
    TRY(find_form(exchange, command, err));
    if (command->before.found) {
        return result_ok();
    }
    rest_on_shown(exchange);
    TRY(condition_of_command(exchange, ret_status, err));
    return note_key(exchange, command, err);
}

void command_end(struct exchange *exchange, const struct command *command, bool done)
{
    if (command->noted && done) {
        sent_before_done(exchange->web->sent_before, &command->key, &command->request);
    } else if (command->noted) {
        sent_before_forget(exchange->web->sent_before, &command->key);
    }
    if (command->of_form && done && exchange->done_at.len > 0) {
        done_forms_note(exchange->web->done_forms, &command->form, &exchange->caller.client_id,
                        system_now(exchange->casework->system), exchange->done_at);
    }
}

#include "web/command.h"

#include "web/condition.h"
#include "web/input.h"
#include "web/kept.h"
#include "web/sent_before.h"
#include "web/session.h"

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
    struct sha256 request;
    if (!exchange->signed_in || client_id_is_none(&exchange->caller.client_id)) {
        return result_ok();
    }
    TRY(request_of(exchange, &request, err));
    command->key = key_of(exchange);
    switch (sent_before_note(exchange->web->sent_before, &command->key, &request)) {
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
    TRY(condition_of_command(exchange, ret_status, err));
    return note_key(exchange, command, err);
}

void command_end(struct exchange *exchange, const struct command *command, bool done)
{
    if (command->noted && done) {
        sent_before_done(exchange->web->sent_before, &command->key);
    } else if (command->noted) {
        sent_before_forget(exchange->web->sent_before, &command->key);
    }
}

/* What data protection law asks about one person (casework/privacy.h): holds, restriction, erasure
 * by two people, and everything recorded, for the person; and who alone sees the record
 * (casework/protection.h). */
#include "casework/privacy.h"

#include "casework/history.h"
#include "casework/protection.h"
#include "web/deed.h"
#include "web/subject_access.h"
#include "web/view_table.h"

enum { PRIVACY_LINES_MAX = HISTORY_LINES_MAX };

static str privacy_base(const struct exchange *exchange)
{
    return page_href(exchange->arena, "/people/%s/privacy", exchange_person(exchange), STR(""));
}

/* --- the state of it -------------------------------------------------------------------------- */

/* Who may not hold, restrict and erase learns nothing of who is there. */
static result load(const struct exchange *exchange, struct history_answer *ret_history,
                   struct err *err)
{
    const struct history_query query = {.topics = 1U << HISTORY_PRIVACY,
                                        .limit = PRIVACY_LINES_MAX};
    if (!exchange_may(exchange, ACTION_MANAGE_PRIVACY)) {
        return err_set(err, ERROR_FORBIDDEN,
                       "This account may not hold, restrict or erase records");
    }
    return casework_history(exchange->casework, &exchange->caller, exchange_person(exchange),
                            &(struct asked){0}, &query, exchange->arena, ret_history, err);
}

static bool asked_by(const struct history_answer *history, int64_t account)
{
    for (size_t i = 0; i < history->count; i++) {
        const struct event *event = &history->lines[i].event;
        if (event->position == history->person.erasure_request) {
            return event->actor == account;
        }
    }
    return false;
}

static json_t *resource_of(const struct exchange *exchange, const struct history_answer *history,
                           const struct protection_answer *protection)
{
    json_t *resource = resource_person_privacy(exchange->rulebook, history,
                                               asked_by(history, exchange->caller.account));
    json_set(resource, "protection", resource_protection(protection));
    return resource;
}

static result add_before_erasure(const struct exchange *exchange, json_t *resource, struct err *err)
{
    struct before_erasure before;
    TRY(casework_before_erasure(exchange->casework, &exchange->caller, exchange_person(exchange),
                                exchange->arena, &before, err));
    resource_add_before_erasure(resource, &before);
    return result_ok();
}

/* "A, B, everybody who is a monitor": whom a protection names. */
static void put_named(struct view_table *pairs, const json_t *protection)
{
    size_t index;
    json_t *name;
    json_array_foreach(json_object_get(protection, "accounts"), index, name)
    {
        view_put(pairs, str_from_c(json_string_value(name)));
    }
    json_array_foreach(json_object_get(protection, "roles"), index, name)
    {
        const enum account_role role = role_from_name(str_from_c(json_string_value(name)));
        view_put(pairs, view_filled(pairs->context, "Everybody in the role: {{role}}",
                                    str_from_c(role_title(role))));
    }
}

static bool is_protected(const json_t *privacy)
{
    return json_is_true(json_object_get(json_object_get(privacy, "protection"), "protected"));
}

static int64_t holds_of(const json_t *privacy)
{
    return json_integer_value(json_object_get(privacy, "holds"));
}

static bool has_hold(const json_t *privacy)
{
    return holds_of(privacy) > 0;
}

static bool is_restricted(const json_t *privacy)
{
    return json_is_true(json_object_get(privacy, "restricted"));
}

static bool is_not_restricted(const json_t *privacy)
{
    return !is_restricted(privacy);
}

static bool is_to_be_erased(const json_t *privacy)
{
    return json_is_true(json_object_get(privacy, "erasure_requested"));
}

static bool is_not_to_be_erased(const json_t *privacy)
{
    return !is_to_be_erased(privacy);
}

static bool is_to_be_confirmed(const json_t *privacy)
{
    return is_to_be_erased(privacy) && !json_is_true(json_object_get(privacy, "asked_here"));
}

/* Each hold with its reason, who placed it and since when. */
static void put_holds(struct view_table *pairs, const json_t *privacy)
{
    size_t index;
    json_t *hold;
    json_array_foreach(json_object_get(privacy, "holds_in_force"), index, hold)
    {
        view_put(pairs, json_str_or_empty(hold, "reason"));
        view_put_quiet(pairs, json_str_or_empty(hold, "by"));
        view_put_when(pairs, json_object_get(hold, "since"));
    }
}

/* Whom an erasure reaches besides, before anybody asks for it. */
static void put_together(struct view_table *pairs, const json_t *privacy)
{
    const json_t *together = json_object_get(privacy, "erased_together");
    const int64_t count = json_integer_value(json_object_get(privacy, "erased_together_count"));
    size_t index;
    json_t *reference;
    if (count == 0) {
        return;
    }
    view_row(pairs);
    view_cell_text(pairs, STR("Erased together or not at all"));
    view_cell(pairs);
    json_array_foreach(together, index, reference)
    {
        const str text = str_from_c(json_string_value(reference));
        view_put_link(pairs, text,
                      page_href(pairs->context->arena, "/people/%s/privacy", text, STR("")));
    }
    if ((size_t)count > json_array_size(together)) {
        view_put(pairs, STR("A record that is out of your sight"));
    }
    view_put_quiet(pairs, STR("Their events are sealed together since a merge was undone. Each of "
                              "the records must be ready to be erased, and asked for."));
}

static json_t *state_of(const struct view_context *context, const json_t *privacy)
{
    struct view_table pairs;
    const int64_t holds = holds_of(privacy);
    view_pairs_open(&pairs, context);
    view_row(&pairs);
    view_cell_text(&pairs, STR("Legal holds"));
    view_cell_text(
        &pairs, holds > 0 ? view_counted(context, holds,
                                         COUNTED("{{count}} hold is in force: nothing is erased",
                                                 "{{count}} holds are in force: nothing is erased"))
                          : STR("None"));
    put_holds(&pairs, privacy);
    view_row(&pairs);
    view_cell_text(&pairs, STR("Processing"));
    view_cell_text(&pairs, is_restricted(privacy)
                               ? STR("Restricted: most roles do not see the record")
                               : STR("Not restricted"));
    view_row(&pairs);
    view_cell_text(&pairs, STR("Erasure"));
    view_cell_text(&pairs, is_to_be_erased(privacy)
                               ? STR("Asked for: another account confirms it or declines")
                               : STR("Not asked for"));
    put_together(&pairs, privacy);
    view_row(&pairs);
    view_cell_text(&pairs, STR("Seen by"));
    if (is_protected(privacy)) {
        view_cell(&pairs);
        put_named(&pairs, json_object_get(privacy, "protection"));
    } else {
        view_cell_text(&pairs, STR("Every role that sees such records"));
    }
    return view_table_close(&pairs);
}

static json_t *lines_table(const struct view_context *context, const json_t *privacy)
{
    static const struct view_column columns[] = {
        {"When", false}, {"What", false}, {"By whom", false}, {"Why", false}};
    struct view_table table;
    size_t index;
    json_t *line;
    view_table_open(&table, context, STR("What was done about data protection, the newest first"),
                    columns, sizeof columns / sizeof columns[0],
                    "Nothing about data protection is recorded.");
    json_array_foreach(json_object_get(privacy, "lines"), index, line)
    {
        view_row(&table);
        view_cell_when(&table, json_object_get(line, "at"));
        view_cell_text(&table, view_history_text(context, line));
        view_cell_text(&table, json_str_or_empty(line, "by"));
        view_cell_text(&table, json_str_or_empty(line, "reason"));
    }
    return view_table_close(&table);
}

/* --- what can be done ------------------------------------------------------------------------- */

/* Where the command leads: back to the record, unless it put it out of the account's own sight.
 * What was done stays done when that cannot be found out. */
static str after_command(const struct deed_form *form)
{
    const struct exchange *exchange = form->exchange;
    bool sees_it = false;
    result_ignore(casework_sees_person(exchange->casework, &exchange->caller,
                                       exchange_person(exchange), exchange->arena, &sees_it, NULL),
                  "who cannot be found is not seen");
    return sees_it ? form->base : STR("/people");
}

static result command(struct deed_form *form, enum privacy_command which, str reason,
                      struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct privacy_answer answer;
    TRY(casework_privacy(exchange->casework, &exchange->caller, which, exchange_person(exchange),
                         reason, exchange->arena, &answer, err));
    form->to = after_command(form);
    form->answer = resource_privacy(&answer);
    return result_ok();
}

static result act_hold(struct deed_form *form, struct err *err)
{
    return command(form, PRIVACY_HOLD, deed_text(form, "reason"), err);
}

static result act_lift_hold(struct deed_form *form, struct err *err)
{
    return command(form, PRIVACY_LIFT_HOLD, deed_text(form, "reason"), err);
}

static result act_restrict(struct deed_form *form, struct err *err)
{
    return command(form, PRIVACY_RESTRICT, deed_text(form, "reason"), err);
}

static result act_lift_restriction(struct deed_form *form, struct err *err)
{
    return command(form, PRIVACY_LIFT_RESTRICTION, deed_text(form, "reason"), err);
}

/* A command that is sent again after it put the record out of sight is answered by casework. */
static result leave_to_command(result read, const struct err *failure, struct err *err)
{
    if (failure->code == ERROR_NOT_FOUND) {
        return result_ok();
    }
    *err = *failure;
    return read;
}

/* Who asks knows whom it reaches. */
static result prepare_erasure(struct deed_form *form, struct err *err)
{
    const struct view_context context = handler_view(form->exchange);
    struct arena *arena = form->exchange->arena;
    struct before_erasure before;
    str others = STR("");
    struct err failure = {0};
    const result read =
        casework_before_erasure(form->exchange->casework, &form->exchange->caller,
                                exchange_person(form->exchange), arena, &before, &failure);
    if (!read.ok) {
        return leave_to_command(read, &failure, err);
    }
    for (size_t i = 0; i < before.together_count; i++) {
        const str one = before.together[i].len > 0 ? before.together[i]
                                                   : STR("a record that is out of your sight");
        others =
            arena_format(arena, "%.*s%s%.*s", STR_ARG(others), i > 0 ? ", " : "", STR_ARG(one));
    }
    if (before.together_count > 0) {
        form->lead =
            view_said(&context,
                      "This record is erased together with {{others}} or not at all: "
                      "their events are sealed together since a merge was undone. {{lead}}",
                      SAID({"others", others}, {"lead", str_from_c(form->deed->lead)}));
    }
    return result_ok();
}

static result act_request_erasure(struct deed_form *form, struct err *err)
{
    return command(form, PRIVACY_REQUEST_ERASURE, deed_text(form, "basis"), err);
}

static result act_decline_erasure(struct deed_form *form, struct err *err)
{
    return command(form, PRIVACY_DECLINE_ERASURE, deed_text(form, "reason"), err);
}

/* For ever: the reference is typed once more, so that it is this person and no other. */
static result act_erase(struct deed_form *form, struct err *err)
{
    char typed[REFERENCE_SIZE];
    if (!reference_read(deed_text(form, "reference"), typed, NULL).ok ||
        !str_equal(str_from_c(typed), exchange_person(form->exchange))) {
        return err_set(err, ERROR_INPUT, "The reference is not that of this record");
    }
    return command(form, PRIVACY_ERASE, STR(""), err);
}

/* --- who alone sees the record --- */

static void done_to_sight(struct deed_form *form, int64_t event)
{
    form->to = after_command(form);
    form->answer = json_object();
    json_set_int64(form->answer, "event", event);
}

/* Names with spaces between them. */
static result read_names(const struct deed_form *form, struct protection *ret_protection,
                         struct err *err)
{
    str names[PROTECTION_NAMES_MAX + 1];
    size_t count = 0;
    str rest = str_trim(deed_text(form, "seen_by"));
    while (rest.len > 0) {
        const struct str_cut cut = str_cut(rest, ' ');
        if (count > PROTECTION_NAMES_MAX) {
            return err_set(err, ERROR_INPUT, "A protection names at most %d", PROTECTION_NAMES_MAX);
        }
        names[count++] = cut.head;
        rest = str_trim(cut.tail);
    }
    return protection_of_names(names, count, form->exchange->arena, ret_protection, err);
}

/* Whom an earlier protection names: this one takes its place. */
static result prepare_protection(struct deed_form *form, struct err *err)
{
    struct protection_answer earlier;
    struct arena *arena = form->exchange->arena;
    str named = STR("");
    struct err failure = {0};
    const result read =
        casework_protection(form->exchange->casework, &form->exchange->caller,
                            exchange_person(form->exchange), arena, &earlier, &failure);
    if (!read.ok) {
        return leave_to_command(read, &failure, err);
    }
    for (size_t i = 0; i < earlier.account_count + earlier.role_count; i++) {
        const bool is_account = i < earlier.account_count;
        const str name =
            is_account
                ? earlier.accounts[i]
                : str_from_c(role_title(role_from_name(earlier.roles[i - earlier.account_count])));
        named = arena_format(arena, "%.*s%s%.*s", STR_ARG(named), i > 0 ? ", " : "", STR_ARG(name));
    }
    deed_shows(form, "seen_by", named);
    return result_ok();
}

static result act_protect(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    struct protection protection;
    int64_t event = 0;
    TRY(read_names(form, &protection, err));
    protection.reason = deed_text(form, "reason");
    TRY(casework_protect_person(exchange->casework, &exchange->caller, exchange_person(exchange),
                                &protection, exchange->arena, &event, err));
    done_to_sight(form, event);
    return result_ok();
}

static result act_lift_protection(struct deed_form *form, struct err *err)
{
    const struct exchange *exchange = form->exchange;
    int64_t event = 0;
    TRY(casework_lift_protection(exchange->casework, &exchange->caller, exchange_person(exchange),
                                 deed_text(form, "reason"), exchange->arena, &event, err));
    done_to_sight(form, event);
    return result_ok();
}

static const struct input_field protection_fields[] = {
    {"seen_by", "Who sees the record",
     "User names with spaces between them; role:monitor for everybody in a role", INPUT_TEXT,
     "Enter who sees the record", "off"},
    {"reason", "Reason", "It is kept in the record.", INPUT_TEXT, "Enter the reason", NULL},
};
static const struct input_field reason_fields[] = {
    {"reason", "Reason", "It is kept in the record.", INPUT_TEXT, "Enter the reason", NULL},
};
static const struct input_field basis_fields[] = {
    {"basis", "Legal basis", "The paragraph of the law that it rests on, and why it applies",
     INPUT_TEXT, "Enter the legal basis", NULL},
};
static const struct input_field erasure_fields[] = {
    {"reference", "Reference of the person", "Type it, so that nobody else is erased", INPUT_TEXT,
     "Enter the reference of the person", "off"},
};

static const struct deed deeds[] = {
    {.name = "hold",
     .link = "Place a legal hold",
     .title = "Place a legal hold",
     .lead = "Nothing of the record is erased while a hold is in force. There may be several.",
     .submit = "Place the hold",
     .notice = "hold-placed",
     .action = ACTION_MANAGE_PRIVACY,
     DEED_FIELDS(reason_fields),
     .act = act_hold},
    {.name = "hold-lifting",
     .link = "Lift a legal hold",
     .title = "Lift a legal hold",
     .lead = "The one that was placed last is lifted.",
     .submit = "Lift the hold",
     .notice = "hold-lifted",
     .action = ACTION_MANAGE_PRIVACY,
     DEED_FIELDS(reason_fields),
     .fits = has_hold,
     .act = act_lift_hold},
    {.name = "restriction",
     .link = "Restrict processing",
     .title = "Restrict processing of the record",
     .lead = "From the same moment the record does not exist for roles that may not see restricted "
             "records, and a step that was approved cannot be taken.",
     .submit = "Restrict processing",
     .notice = "restricted",
     .action = ACTION_MANAGE_PRIVACY,
     DEED_FIELDS(reason_fields),
     .fits = is_not_restricted,
     .act = act_restrict},
    {.name = "restriction-lifting",
     .link = "Lift the restriction",
     .title = "Lift the restriction of the record",
     .lead = "",
     .submit = "Lift the restriction",
     .notice = "restriction-lifted",
     .action = ACTION_SEE_RESTRICTED,
     DEED_FIELDS(reason_fields),
     .fits = is_restricted,
     .act = act_lift_restriction},
    {.name = "protection",
     .link = "Say who alone sees it",
     .title = "Say who alone sees the record",
     .lead =
         "For everybody else, also for you unless you are among them, the record does not exist. "
         "It takes the place of an earlier protection.",
     .submit = "Protect the record",
     .notice = "protected",
     .action = ACTION_PROTECT_PERSON,
     DEED_FIELDS(protection_fields),
     .prepare = prepare_protection,
     .act = act_protect},
    {.name = "protection-lifting",
     .link = "End the protection",
     .title = "End the protection of the record",
     .lead = "",
     .submit = "End the protection",
     .notice = "protection-lifted",
     .action = ACTION_PROTECT_PERSON,
     DEED_FIELDS(reason_fields),
     .fits = is_protected,
     .act = act_lift_protection},
    {.name = "erasure-request",
     .link = "Ask for the record to be erased",
     .title = "Ask for the record to be erased",
     .lead =
         "Another account confirms it. Nothing is erased while a legal hold is in force, before "
         "the person's case has an outcome, while a request is live, or while a place is "
         "theirs.",
     .submit = "Ask for erasure",
     .notice = "erasure-requested",
     .action = ACTION_MANAGE_PRIVACY,
     DEED_FIELDS(basis_fields),
     .fits = is_not_to_be_erased,
     .prepare = prepare_erasure,
     .act = act_request_erasure},
    {.name = "erasure-declination",
     .link = "Decline to erase the record",
     .title = "Decline to erase the record",
     .lead = "",
     .submit = "Decline erasure",
     .notice = "erasure-declined",
     .action = ACTION_MANAGE_PRIVACY,
     DEED_FIELDS(reason_fields),
     .fits = is_to_be_erased,
     .act = act_decline_erasure},
    {.name = "erasure",
     .link = "Erase the record",
     .title = "Erase the record",
     .lead = "The key of everything recorded about the person is destroyed, for ever. What remains "
             "is a number, the stages with their days, and the places that were taken.",
     .submit = "Erase the record",
     .notice = "erased",
     .danger = true,
     .action = ACTION_MANAGE_PRIVACY,
     DEED_FIELDS(erasure_fields),
     .fits = is_to_be_confirmed,
     .prepare = prepare_erasure,
     .act = act_erase},
};
enum { DEED_COUNT = sizeof deeds / sizeof deeds[0] };

result handle_privacy(struct exchange *exchange, struct err *err)
{
    struct history_answer history;
    struct protection_answer protection;
    TRY(load(exchange, &history, err));
    TRY(casework_protection(exchange->casework, &exchange->caller, exchange_person(exchange),
                            exchange->arena, &protection, err));
    json_auto_t *resource = resource_of(exchange, &history, &protection);
    TRY(add_before_erasure(exchange, resource, err));
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "privacy", STR("Data protection"), "/people");
    handler_person_crumbs(&page, exchange_person(exchange));
    page_set(&page, "caption", json_of_str(history.person.reference));
    page_set(&page, "state", state_of(&context, resource));
    page_set(&page, "table", lines_table(&context, resource));
    page_set(&page, "copy_href",
             exchange_may(exchange, ACTION_EXPORT_PERSON)
                 ? json_of_str(page_href(exchange->arena, "/people/%s/copy",
                                         history.person.reference, STR("")))
                 : json_false());
    deeds_offer(&page, deeds, DEED_COUNT, privacy_base(exchange), resource);
    return page_answer(&page, 200, err);
}

static result open_form(struct deed_form *form, struct err *err)
{
    (void)err;
    form->base = privacy_base(form->exchange);
    form->caption = exchange_person(form->exchange);
    form->page.area = "/people";
    handler_person_crumbs(&form->page, exchange_person(form->exchange));
    page_crumb(&form->page, STR("Data protection"), form->base);
    return result_ok();
}

/* Then it is not loaded for a page. */
static bool is_sent_for_good(const struct exchange *exchange)
{
    str told = STR("");
    http_form_get(&exchange->input.form, STR(INPUT_ANSWERS), &told);
    return exchange->request->method == HTTP_POST &&
           (exchange->input.is_json || str_equal(told, STR("checked")));
}

result handle_privacy_deed(struct exchange *exchange, struct err *err)
{
    struct history_answer history;
    struct err failure = {0};
    const result loaded = load(exchange, &history, &failure);
    if (!loaded.ok && !(failure.code == ERROR_NOT_FOUND && is_sent_for_good(exchange))) {
        *err = failure;
        return loaded;
    }
    return deed_answer(exchange, deeds, DEED_COUNT, exchange->match.parameters[1], NULL, open_form,
                       err);
}

/* --- everything, for the person --------------------------------------------------------------- */

static void attach(const struct exchange *exchange, str reference, const char *ending)
{
    http_header_set(exchange->response, STR("Content-Disposition"),
                    arena_format(exchange->arena, "attachment; filename=\"%.*s.%s\"",
                                 STR_ARG(reference), ending));
}

/* In the form that the query names ("as"), otherwise in that which is accepted: a browser that
 * saves a file accepts anything. */
static bool wants_to_read(const struct exchange *exchange)
{
    const str as = exchange_query(exchange, STR("as"));
    return as.len > 0 ? str_equal(as, STR("html")) : exchange_wants_html(exchange);
}

result handle_copy(struct exchange *exchange, struct err *err)
{
    struct subject_access access;
    struct buf buf;
    str body;
    TRY(casework_subject_access(exchange->casework, &exchange->caller, exchange_person(exchange),
                                exchange->arena, &access, err));
    const str reference = access.person.view.person.reference;
    if (!wants_to_read(exchange)) {
        json_auto_t *resource = resource_subject_access(exchange->rulebook, &access);
        attach(exchange, reference, "json");
        return answer_json(exchange, 200, resource, err);
    }
    buf_init(&buf, exchange->arena, WEB_BODY_MAX);
    TRY(subject_access_write(exchange->rulebook, &access, SUBJECT_ACCESS_HTML,
                             handler_today(exchange), &buf, err));
    TRY(buf_finish(&buf, &body, err));
    attach(exchange, reference, "html");
    answer_text(exchange, 200, STR("text/html; charset=utf-8"), body);
    return result_ok();
}

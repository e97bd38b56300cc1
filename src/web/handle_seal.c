/* The seal as people look at it: how it is, for anybody, and the receipt of an event. The log
 * itself is in handle_log.c. */
#include "web/handler.h"

#include "casework/sealing.h"
#include "web/resource_seal.h"
#include "web/view_table.h"

/* --- how it is -------------------------------------------------------------------------------- */

static const struct view_state sealing_states[] = {
    {"good", "Everything is sealed", "green"},
    {"late", "Nothing is sealed any more", "red"},
    {"failing", "The sealing fails", "red"},
    {"not_sealed", "Nothing is sealed here", "red"},
};
static const struct view_state witness_states[] = {
    {"good", "Cosigned", "green"},
    {"stale", "Did not cosign since", "red"},
    {"never", "Never cosigned", "red"},
};
static const struct view_state verification_states[] = {
    {"whole", "Whole", "green"},
    {"fault", "A fault was found", "red"},
};
#define STATES(states) (states), sizeof(states) / sizeof((states)[0])

/* What each word of the resource's list of what is wrong says to people. */
static const char *wrong_words(str word)
{
    static const struct {
        const char *word;
        const char *text;
    } all[] = {
        {"not_sealed", "Nothing is sealed here: this server was started without the key of a log."},
        {"failing", "What is recorded does not come into the log: the sealing fails."},
        {"late", "What is recorded has not come into the log for longer than it should take."},
        {"witnesses", "Fewer witnesses than are needed have cosigned within the last hour."},
        {"fault", "The last check of the register and the log found a fault."},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (str_equal(word, str_from_c(all[i].word))) {
            return all[i].text;
        }
    }
    return "";
}

/* "less than a minute ago", "4 minutes ago" */
static str age_text(const struct view_context *context, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        struct counted_text text;
    } units[] = {{24 * 60 * 60, COUNTED_INIT("{{count}} day ago", "{{count}} days ago")},
                 {60 * 60, COUNTED_INIT("{{count}} hour ago", "{{count}} hours ago")},
                 {60, COUNTED_INIT("{{count}} minute ago", "{{count}} minutes ago")}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (seconds >= units[i].seconds) {
            return view_counted(context, seconds / units[i].seconds, units[i].text);
        }
    }
    return STR("less than a minute ago");
}

static json_t *checkpoint_pairs(const struct view_context *context, const json_t *resource)
{
    const json_t *checkpoint = json_object_get(resource, "checkpoint");
    const json_t *sealing = json_object_get(resource, "sealing");
    struct view_table pairs;
    view_pairs_open(&pairs, context);
    view_row(&pairs);
    view_cell_text(&pairs, STR("Last checkpoint"));
    view_cell(&pairs);
    view_put_when(&pairs, json_object_get(checkpoint, "at"));
    view_put_quiet(&pairs,
                   age_text(context, json_integer_value(json_object_get(checkpoint, "seconds"))));
    view_pair_count(&pairs, "Lines in the log", checkpoint, "entries");
    view_row(&pairs);
    view_cell_text(&pairs, STR("What is recorded"));
    view_cell(&pairs);
    view_put_state(&pairs, STATES(sealing_states), json_str_or_empty(sealing, "state"));
    if (json_object_get(sealing, "since") != NULL) {
        view_put_quiet(&pairs, STR("since"));
        view_put_when(&pairs, json_object_get(sealing, "since"));
        view_put(&pairs, json_str_or_empty(sealing, "why"));
    }
    if (json_object_get(sealing, "until") != NULL) {
        view_row(&pairs);
        view_cell_text(&pairs, STR("In the log is everything until"));
        view_cell_when(&pairs, json_object_get(sealing, "until"));
    }
    return view_table_close(&pairs);
}

static json_t *witness_table(const struct view_context *context, const json_t *witnesses)
{
    static const struct view_column columns[] = {
        {"Witness", false}, {"State", false}, {"Last cosigned", false}, {"Why not", false}};
    struct view_table table;
    size_t index;
    json_t *line;
    view_table_open(&table, context, STR("The witnesses of this log"), columns, 4,
                    "No witness is asked.");
    json_array_foreach(json_object_get(witnesses, "list"), index, line)
    {
        view_row(&table);
        view_cell_text(&table, json_str_or_empty(line, "name"));
        view_cell(&table);
        view_put_state(&table, STATES(witness_states), json_str_or_empty(line, "state"));
        view_cell_when(&table, json_object_get(line, "at"));
        view_cell_text(&table, json_is_true(json_object_get(line, "asked"))
                                   ? json_str_or_empty(line, "why")
                                   : STR("It is not asked by this server"));
    }
    return view_table_close(&table);
}

static json_t *verification_pairs(const struct view_context *context, const json_t *verification)
{
    struct view_table pairs;
    const bool whole = json_is_true(json_object_get(verification, "whole"));
    const str by = json_str_or_empty(verification, "by");
    const str found = json_str_or_empty(verification, "found");
    view_pairs_open(&pairs, context);
    view_pair_when(&pairs, "When", json_object_get(verification, "at"));
    view_row(&pairs);
    view_cell_text(&pairs, STR("Outcome"));
    view_cell(&pairs);
    view_put_state(&pairs, STATES(verification_states), whole ? STR("whole") : STR("fault"));
    if (by.len > 0) {
        view_pair(&pairs, "By", by);
    }
    if (found.len > 0) {
        view_pair(&pairs, "The first thing that is wrong", found);
    }
    return view_table_close(&pairs);
}

static json_t *wrong_view(const json_t *resource)
{
    json_t *list = json_array();
    size_t index;
    json_t *word;
    json_array_foreach(json_object_get(resource, "wrong"), index, word)
    {
        json_add(list, json_string(wrong_words(str_from_c(json_string_value(word)))));
    }
    return list;
}

static json_t *seal_view(const struct view_context *context, const json_t *resource)
{
    const json_t *log = json_object_get(resource, "log");
    const json_t *witnesses = json_object_get(resource, "witnesses");
    const json_t *verification = json_object_get(resource, "verification");
    const bool verified = json_is_true(json_object_get(verification, "known"));
    json_t *view = json_object();
    json_t *wrong = wrong_view(resource);
    json_set_flag(view, "is_wrong", json_array_size(wrong) > 0);
    json_set(view, "wrong", wrong);
    if (log == NULL) {
        json_set_flag(view, "log", false);
        return view;
    }
    json_t *parts = json_object();
    json_set(parts, "check", json_incref(json_object_get(resource, "check")));
    json_set(parts, "checkpoint", checkpoint_pairs(context, resource));
    json_set_flag(parts, "needed", json_is_true(json_object_get(witnesses, "needed")));
    json_set(parts, "witnesses", witness_table(context, witnesses));
    json_set(parts, "verification",
             verified ? verification_pairs(context, verification) : json_false());
    json_set(view, "log", parts);
    return view;
}

static result seal_resource(struct exchange *exchange, json_t **ret_resource, struct err *err)
{
    const struct web_options *options = &exchange->web->options;
    const struct system *system = exchange->casework->system;
    const struct seal_parts parts = {.log = options->log,
                                     .sealing = options->sealing,
                                     .cosigning = options->cosigning,
                                     .system = system};
    struct seal_report report;
    if (options->log != NULL) {
        TRY(seal_report_make(&parts, exchange->arena, &report, err));
    }
    *ret_resource = resource_seal(options->log == NULL ? NULL : &report, system_now(system),
                                  exchange_may(exchange, ACTION_MONITOR));
    return result_ok();
}

result handle_seal(struct exchange *exchange, struct err *err)
{
    json_t *made = NULL;
    TRY(seal_resource(exchange, &made, err));
    json_auto_t *resource = made;
    if (!exchange_wants_html(exchange)) {
        return answer_json(exchange, 200, resource, err);
    }
    const struct view_context context = handler_view(exchange);
    OWN_PAGE struct page page;
    page_open(&page, exchange, "seal", STR("The seal"), "/monitor");
    page_set(&page, "seal", seal_view(&context, resource));
    return page_answer(&page, 200, err);
}

/* --- receipts --------------------------------------------------------------------------------- */

/* The receipt says of an event which line of the log it is, and nothing else; but whoever knows
 * that of all events can count them in the log. So it is for who is signed in, and they see numbers
 * of events anyway. */
result handle_receipt(struct exchange *exchange, struct err *err)
{
    const struct log *log = exchange->web->options.log;
    int64_t position = 0;
    str receipt;
    TRY(exchange_position(exchange, 0, &position, err));
    if (log == NULL) {
        return err_set(err, ERROR_NOT_FOUND, "Not found");
    }
    TRY(sealing_receipt_of(exchange->casework->store, log, position, exchange->arena, &receipt,
                           err));
    http_header_set(exchange->response, STR("Content-Disposition"),
                    arena_format(exchange->arena, "attachment; filename=\"receipt-%lld\"",
                                 (long long)position));
    answer_text(exchange, 200, STR("text/plain; charset=utf-8"), receipt);
    return result_ok();
}

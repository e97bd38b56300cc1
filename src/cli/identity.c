#include "cli/identity.h"

#include "casework/administration.h"
#include "casework/returning.h"
#include "casework/waiting.h"
#include "cli/desk.h"
#include "cli/verdict.h"
#include "format/json.h"
#include "web/resource.h"

enum { PAIRS_MAX = 100000 };

struct identifier_entry identity_entry(str typed)
{
    const struct str_cut scheme = str_cut(typed, ':');
    const struct str_cut issuer = str_cut(scheme.tail, ':');
    return (struct identifier_entry){
        .scheme = scheme.head,
        .value = issuer.found ? issuer.tail : scheme.tail,
        .issuer = issuer.found ? issuer.head : STR(""),
        .source = STR(""),
    };
}

static str day_text(struct known_day day, struct arena *arena)
{
    char text[DATE_TEXT_SIZE];
    if (!day.known) {
        return STR("unknown");
    }
    date_format(day.day, text);
    return arena_copy(arena, str_from_c(text));
}

static result print_json(const struct invocation *invocation, json_t *owned, struct err *err)
{
    const result printed = output_json(invocation->output, *invocation->arena, owned, err);
    json_decref(owned);
    return printed;
}

/* --- likely duplicates ------------------------------------------------------------------------ */

static str reasons_text(const struct likely_duplicate *likely, struct arena *arena)
{
    str text = STR("");
    for (size_t i = 0; i < likely->reason_count && text.at != NULL; i++) {
        const struct duplicate_reason *reason = &likely->reasons[i];
        text = arena_format(arena, "%.*s%s%s%.*s", STR_ARG(text), i > 0 ? "; " : "",
                            reason->agrees ? "" : "BUT ", STR_ARG(reason->what));
    }
    return text;
}

static json_t *json_person(const struct person_row *person, const struct identity *identity)
{
    json_t *object = json_object();
    json_set_str(object, "reference", person->reference);
    json_set_str(object, "name", identity->name);
    json_set_str(object, "stage", person->stage);
    json_set(object, "born_on",
             identity->born_on.known ? json_of_date(identity->born_on.day) : json_null());
    return object;
}

static json_t *json_likely(const struct likely_duplicate *likely)
{
    json_t *object = json_person(&likely->person, &likely->identity);
    json_t *reasons = json_array();
    for (size_t i = 0; i < likely->reason_count; i++) {
        json_t *reason = json_object();
        json_set_str(reason, "what", likely->reasons[i].what);
        json_set_flag(reason, "agrees", likely->reasons[i].agrees);
        json_add(reasons, reason);
    }
    json_set(object, "reasons", reasons);
    return object;
}

json_t *identity_json_likely(const struct likely_duplicate *likely, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(list, json_likely(&likely[i]));
    }
    return list;
}

static const char *const likely_columns[] = {"reference", "stage", "born", "name", "reasons"};
static const int likely_widths[] = {12, 24, 10, 30, 0};

static void print_likely_rows(const struct invocation *invocation, struct table *table,
                              const struct likely_duplicate *likely, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *invocation->arena;
        const str cells[] = {likely[i].person.reference, likely[i].person.stage,
                             day_text(likely[i].identity.born_on, &scratch),
                             likely[i].identity.name, reasons_text(&likely[i], &scratch)};
        table_row(table, scratch, cells);
    }
}

result identity_print_likely(const struct invocation *invocation,
                             const struct likely_duplicate *likely, size_t count, struct err *err)
{
    struct table table = {.output = invocation->output,
                          .names = likely_columns,
                          .widths = likely_widths,
                          .column_count = 5};
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_set(object, "people", identity_json_likely(likely, count));
        return print_json(invocation, object, err);
    }
    table_begin(&table);
    print_likely_rows(invocation, &table, likely, count);
    return result_ok();
}

/* --- of everybody --- */

static json_t *json_pair(const struct duplicate_pair *pair)
{
    json_t *object = json_object();
    json_set(object, "person", json_person(&pair->person, &pair->identity));
    json_set(object, "other", json_likely(&pair->other));
    json_set_int64(object, "merge", pair->merge);
    return object;
}

static void print_pair(const struct invocation *invocation, struct table *table,
                       const struct duplicate_pair *pair)
{
    struct arena scratch = *invocation->arena;
    const str cells[] = {pair->person.reference, pair->other.person.reference, pair->identity.name,
                         pair->other.identity.name, reasons_text(&pair->other, &scratch)};
    table_row(table, scratch, cells);
}

/* As many as were asked for, page by page; a page's memory is given back. */
static result list_pairs(const struct invocation *invocation, const struct desk *desk,
                         int64_t limit, struct table *table, json_t *list,
                         struct pairs_answer *ret_last, struct err *err)
{
    struct progress progress = {
        .output = invocation->output, .doing = "Comparing everybody", .last_percent = -1};
    struct pairs_question question = {.progress = progress_draw, .progress_context = &progress};
    int64_t left = limit;
    do {
        struct arena scratch = *invocation->arena;
        question.limit = left < PAIRS_AT_ONCE ? (size_t)left : PAIRS_AT_ONCE;
        const result asked = casework_all_duplicates(&desk->casework, &desk->caller, &question,
                                                     &scratch, ret_last, err);
        progress_end(&progress);
        TRY(asked);
        for (size_t i = 0; i < ret_last->count; i++) {
            if (list != NULL) {
                json_add(list, json_pair(&ret_last->pairs[i]));
            } else {
                struct invocation printing = *invocation;
                printing.arena = &scratch;
                print_pair(&printing, table, &ret_last->pairs[i]);
            }
        }
        left -= (int64_t)question.limit;
        question.after = ret_last->next;
    } while (left > 0 && question.after.person != 0);
    return result_ok();
}

static result show_pairs(const struct invocation *invocation, const struct desk *desk,
                         int64_t limit, struct err *err)
{
    static const char *const names[] = {"person", "other", "name", "other_name", "reasons"};
    static const int widths[] = {12, 12, 30, 30, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 5};
    struct pairs_answer last = {.count = 0};
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_t *list = json_array();
        json_set(object, "pairs", list);
        const result listed = list_pairs(invocation, desk, limit, NULL, list, &last, err);
        json_set_int64(object, "total", last.total);
        json_set_flag(object, "more", last.next.person != 0);
        if (!listed.ok) {
            json_decref(object);
            return listed;
        }
        return print_json(invocation, object, err);
    }
    table_begin(&table);
    TRY(list_pairs(invocation, desk, limit, &table, NULL, &last, err));
    if (last.next.person != 0) {
        output_message(invocation->output, "Of %lld %s: raise --limit to see more.\n",
                       (long long)last.total, str_noun(last.total, "pair", "pairs"));
    }
    return result_ok();
}

result command_person_duplicates(const struct invocation *invocation, int *ret_status,
                                 struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    int64_t limit = 0;
    *ret_status = 0;
    TRY(option_number(invocation, OPTION_LIMIT, 100, 1, PAIRS_MAX, &limit, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    if (invocation->argument_count > 0) {
        struct person_row person;
        const struct likely_duplicate *likely = NULL;
        size_t count = 0;
        TRY(casework_duplicates(&desk.casework, &desk.caller, invocation->arguments[0],
                                invocation->arena, &person, &likely, &count, err));
        return identity_print_likely(invocation, likely, count, err);
    }
    return show_pairs(invocation, &desk, limit, err);
}

/* --- other references and names --------------------------------------------------------------- */

result command_identity_record(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct identifier_entry entry = {.scheme = invocation->arguments[1],
                                     .value = invocation->arguments[2],
                                     .issuer = invocation->options[OPTION_ISSUER],
                                     .source = invocation->options[OPTION_SOURCE]};
    struct identifier_answer answer;
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_record_identifier(&desk.casework, &desk.caller, invocation->arguments[0], &entry,
                                   invocation->arena, &answer, err));
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_set_int64(object, "event", answer.event);
        json_set_flag(object, "repeated", answer.repeated);
        json_set(object, "conflict", identity_json_likely(answer.others, answer.other_count));
        return print_json(invocation, object, err);
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "Recorded as event %lld%s\n",
                             (long long)answer.event,
                             answer.repeated ? " (it was recorded before)" : ""));
    if (answer.other_count == 0) {
        return result_ok();
    }
    output_text(invocation->output,
                STR("CONFLICT: this reference is recorded of somebody else, too. They are one "
                    "person, or one record is wrong:\n"));
    return identity_print_likely(invocation, answer.others, answer.other_count, err);
}

result command_identity_remove(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    int64_t event = 0;
    *ret_status = 0;
    TRY(str_to_int64(invocation->arguments[0], &event, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_withdraw_identifier(&desk.casework, &desk.caller, event,
                                     invocation->options[OPTION_REASON], invocation->arena, err));
    output_text(invocation->output, STR("Withdrawn\n"));
    return result_ok();
}

result command_identity_correct(const struct invocation *invocation, int *ret_status,
                                struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct corrected_identity identity = {.name = invocation->arguments[1],
                                          .reason = invocation->options[OPTION_REASON]};
    *ret_status = 0;
    if (invocation->argument_count > 2) {
        identity.born_on.known = true;
        TRY(date_parse(invocation->arguments[2], &identity.born_on.day, err));
    }
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_correct_identity(&desk.casework, &desk.caller, invocation->arguments[0], &identity,
                                  invocation->arena, err));
    output_text(invocation->output, STR("Corrected\n"));
    return result_ok();
}

static json_t *json_identifiers(const struct identity_answer *answer)
{
    json_t *list = json_array();
    for (size_t i = 0; i < answer->identifier_count; i++) {
        const struct identifier_line *line = &answer->identifiers[i];
        json_t *object = json_object();
        json_set_int64(object, "event", line->event);
        json_set(object, "scheme", json_string(identifier_scheme_name(line->scheme)));
        json_set_str(object, "value", line->value);
        json_set_str(object, "issuer", line->issuer);
        json_set_str(object, "source", line->source);
        json_set_str(object, "record", line->record);
        json_set(object, "true_from", json_of_date(line->true_from));
        json_set(object, "recorded_at", json_of_instant(line->recorded_at));
        json_add(list, object);
    }
    return list;
}

json_t *identity_json_known_as(const struct identity_answer *answer)
{
    json_t *object = json_object();
    json_t *records = json_array();
    json_t *merges = json_array();
    for (size_t i = 0; i < answer->record_count; i++) {
        json_add(records, json_of_str(answer->records[i].reference));
    }
    for (size_t i = 0; i < answer->merge_count; i++) {
        json_t *merge = json_object();
        json_set_int64(merge, "merge", answer->merges[i].merge.id);
        json_set(merge, "state", json_string(merge_state_name(answer->merges[i].merge.state)));
        json_add(merges, merge);
    }
    json_set(object, "records", records);
    json_set(object, "identifiers", json_identifiers(answer));
    json_set(object, "merges", merges);
    return object;
}

static json_t *json_identity(const struct identity_answer *answer)
{
    json_t *object = json_person(&answer->person, &answer->identity);
    json_t *known_as = identity_json_known_as(answer);
    json_object_update(object, known_as);
    json_decref(known_as);
    return object;
}

static void print_identity(const struct invocation *invocation,
                           const struct identity_answer *answer)
{
    struct output *output = invocation->output;
    struct arena scratch = *invocation->arena;
    output_text(output,
                arena_format(&scratch, "%.*s  %.*s, born %.*s\n", STR_ARG(answer->person.reference),
                             STR_ARG(answer->identity.name),
                             STR_ARG(day_text(answer->identity.born_on, &scratch))));
    for (size_t i = 1; i < answer->record_count; i++) {
        output_text(output, arena_format(&scratch, "also %.*s (a part of it since a merge)\n",
                                         STR_ARG(answer->records[i].reference)));
    }
    for (size_t i = 0; i < answer->merge_count; i++) {
        output_text(output, arena_format(&scratch, "merge %lld: %s\n",
                                         (long long)answer->merges[i].merge.id,
                                         merge_state_name(answer->merges[i].merge.state)));
    }
}

result command_identity_show(const struct invocation *invocation, int *ret_status, struct err *err)
{
    static const char *const names[] = {"event",  "scheme", "value", "issuer",
                                        "record", "from",   "source"};
    static const int widths[] = {6, 16, 30, 6, 12, 10, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 7};
    OWN_DESK struct desk desk = {.store = NULL};
    struct asked asked;
    struct identity_answer answer;
    *ret_status = 0;
    TRY(desk_asked(invocation, &asked, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_identity(&desk.casework, &desk.caller, invocation->arguments[0], &asked,
                          invocation->arena, &answer, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, json_identity(&answer), err);
    }
    if (invocation->output->format == OUTPUT_TEXT) {
        print_identity(invocation, &answer);
    }
    table_begin(&table);
    for (size_t i = 0; i < answer.identifier_count; i++) {
        const struct identifier_line *line = &answer.identifiers[i];
        struct arena scratch = *invocation->arena;
        const struct known_day from = {.known = true, .day = line->true_from};
        const str cells[] = {arena_format(&scratch, "%lld", (long long)line->event),
                             str_from_c(identifier_scheme_name(line->scheme)),
                             line->value,
                             line->issuer,
                             line->record,
                             day_text(from, &scratch),
                             line->source};
        table_row(&table, scratch, cells);
    }
    return result_ok();
}

/* --- the person who comes back ---------------------------------------------------------------- */

result command_person_return(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct step_answer answer;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_return_person(&desk.casework, &desk.caller, invocation->arguments[0],
                               invocation->options[OPTION_STEP], invocation->arena, &answer, err));
    *ret_status = answer.refused ? 1 : 0;
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_step_answer(desk.rulebook, &answer), err);
    }
    if (answer.refused) {
        output_text(invocation->output,
                    arena_format(invocation->arena, "Refused: %.*s\n", STR_ARG(answer.refusal)));
        verdict_print(invocation, desk.rulebook, &answer.explanation, NULL);
        return result_ok();
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "%.*s came back: stage %.*s (event %lld)\n",
                             STR_ARG(answer.person.reference), STR_ARG(answer.person.stage),
                             (long long)answer.event));
    return result_ok();
}

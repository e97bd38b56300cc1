#include "casework/history.h"
#include "cli/desk.h"
#include "cli/identity.h"
#include "cli/verdict.h"
#include "format/json.h"
#include "web/resource.h"

enum { PEOPLE_PAGE = 500 };

static str date_text(date day, struct arena *arena)
{
    char text[DATE_TEXT_SIZE];
    date_format(day, text);
    return arena_copy(arena, str_from_c(text));
}

static str known_day_text(struct known_day day, struct arena *arena)
{
    return day.known ? date_text(day.day, arena) : STR("unknown");
}

static void print_people_rows(const struct invocation *invocation,
                              const struct people_answer *people, struct table *table)
{
    for (size_t i = 0; i < people->count; i++) {
        const struct people_line *line = &people->lines[i];
        struct arena scratch = *invocation->arena;
        const str cells[] = {line->row.reference,
                             line->row.stage,
                             date_text(line->row.stage_since, &scratch),
                             line->nationality.len > 0 ? line->nationality : STR("unknown"),
                             known_day_text(line->identity.born_on, &scratch),
                             known_day_text(line->row.last_contact_on, &scratch),
                             line->identity.name};
        table_row(table, scratch, cells);
    }
}

/* Pages of at most PEOPLE_PAGE until the limit; JSON is one object with all of them. */
result command_person_list(const struct invocation *invocation, int *ret_status, struct err *err)
{
    static const char *const names[] = {"reference", "stage",        "since", "nationality",
                                        "born",      "last_contact", "name"};
    static const int widths[] = {12, 26, 10, 11, 10, 12, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 7};
    OWN_DESK struct desk desk = {.store = NULL};
    int64_t limit = 0;
    *ret_status = 0;
    TRY(option_number(invocation, OPTION_LIMIT, 100, 1, 100000000, &limit, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    struct people_query query = {.text = invocation->options[OPTION_TEXT],
                                 .stage = invocation->options[OPTION_STAGE],
                                 .hub = invocation->options[OPTION_AT_HUB]};
    json_t *lines = json_array();
    bool begun = invocation->output->format == OUTPUT_JSON; /* what is refused prints nothing */
    result listed = result_ok();
    do {
        struct arena scratch = *invocation->arena;
        struct people_answer people;
        query.limit = limit < PEOPLE_PAGE ? (size_t)limit : PEOPLE_PAGE;
        listed = casework_people(&desk.casework, &desk.caller, &query, &scratch, &people, err);
        if (!listed.ok) {
            break;
        }
        if (invocation->output->format == OUTPUT_JSON) {
            json_t *page = resource_people(desk.rulebook, &people);
            json_array_extend(lines, json_object_get(page, "people"));
            json_decref(page);
        } else {
            struct invocation inner = *invocation;
            inner.arena = &scratch;
            if (!begun) {
                table_begin(&table);
                begun = true;
            }
            print_people_rows(&inner, &people, &table);
        }
        limit -= (int64_t)people.count;
        query.after_id = people.next_after_id;
    } while (limit > 0 && query.after_id != 0);
    json_t *object = json_object();
    json_object_set_new(object, "people", lines);
    if (listed.ok && invocation->output->format == OUTPUT_JSON) {
        listed = output_json(invocation->output, *invocation->arena, object, err);
    }
    json_decref(object);
    return listed;
}

static void print_line(const struct invocation *invocation, const char *label, str text)
{
    char padded[32]; /* the text may lie where an arena's next text would */
    snprintf(padded, sizeof padded, "%-22s ", label);
    output_text(invocation->output, str_from_c(padded));
    output_text(invocation->output, text);
    output_text(invocation->output, STR("\n"));
}

static str stage_title(const struct rulebook *rulebook, str name)
{
    uint32_t stage = rulebook_stage(rulebook, name);
    return stage == NOT_FOUND_INDEX ? name : rulebook->stages[stage].title;
}

/* Whoever has a place and a stage at a hub may not be there. */
static void print_arrival(const struct invocation *invocation, const struct person_arrival *arrival)
{
    static const char *const words[ARRIVAL_STATES] = {
        [ARRIVAL_EXPECTED] = "not confirmed; expected at the hub",
        [ARRIVAL_REFUSED] = "refused; a place at the hub",
        [ARRIVAL_NEVER_LEFT] = "never left; a place at the hub",
        [ARRIVAL_MISSING] = "left, and did not arrive; a place at the hub",
    };
    struct arena scratch = *invocation->arena;
    if (words[arrival->state] != NULL) {
        print_line(invocation, "Arrival",
                   arena_format(&scratch, "%s since %.*s", words[arrival->state],
                                STR_ARG(date_text(arrival->departed_on, &scratch))));
    }
}

static void print_summary(const struct invocation *invocation, const struct rulebook *rulebook,
                          const struct person_answer *person)
{
    struct arena scratch = *invocation->arena;
    const struct person_row *row = &person->view.person;
    print_line(invocation, "Reference", row->reference);
    print_line(invocation, "Name", person->view.identity.name);
    print_line(invocation, "Born", known_day_text(person->view.identity.born_on, &scratch));
    print_line(invocation, "Stage",
               arena_format(&scratch, "%.*s, since %.*s",
                            STR_ARG(stage_title(rulebook, row->stage)),
                            STR_ARG(date_text(row->stage_since, &scratch))));
    print_arrival(invocation, &person->arrival);
    print_line(invocation, "Last contact", known_day_text(row->last_contact_on, &scratch));
    print_line(invocation, "Next check", known_day_text(row->next_check_on, &scratch));
}

/* Other records and references by which the person is found, other names, merges, the family. */
static void print_links(const struct invocation *invocation, const struct person_answer *person,
                        const struct identity_answer *known_as)
{
    for (size_t i = 1; i < known_as->record_count; i++) {
        print_line(invocation, "Also recorded as", known_as->records[i].reference);
    }
    for (size_t i = 0; i < known_as->identifier_count; i++) {
        struct arena scratch = *invocation->arena;
        const struct identifier_line *line = &known_as->identifiers[i];
        const bool named = line->scheme == SCHEME_OTHER_NAME;
        print_line(invocation, named ? "Other name" : "Other reference",
                   named ? line->value
                         : arena_format(&scratch, "%s%s%.*s %.*s",
                                        identifier_scheme_name(line->scheme),
                                        line->issuer.len > 0 ? " " : "", STR_ARG(line->issuer),
                                        STR_ARG(line->value)));
    }
    for (size_t i = 0; i < known_as->merge_count; i++) {
        struct arena scratch = *invocation->arena;
        print_line(invocation, "Merge",
                   arena_format(&scratch, "%lld, %s", (long long)known_as->merges[i].merge.id,
                                merge_state_name(known_as->merges[i].merge.state)));
    }
    for (size_t i = 0; i < person->family_count; i++) {
        struct arena scratch = *invocation->arena;
        print_line(invocation, "Family",
                   arena_format(&scratch, "%.*s %.*s", STR_ARG(person->family[i].reference),
                                STR_ARG(person->family_identities[i].name)));
    }
}

static void print_facts(const struct invocation *invocation, const struct rulebook *rulebook,
                        const struct person_answer *person)
{
    output_text(invocation->output, STR("\nFacts\n"));
    for (uint32_t i = 0; i < rulebook->fact_count; i++) {
        const struct known_fact *fact = &person->view.facts[i];
        if (rulebook->facts[i].subject != SUBJECT_PERSON || fact->row == NULL) {
            continue;
        }
        struct arena scratch = *invocation->arena;
        output_text(invocation->output,
                    arena_format(&scratch, "  %-36.*s %-24.*s from %.*s  (event %lld%s%.*s)\n",
                                 STR_ARG(rulebook->facts[i].name), STR_ARG(fact->row->value),
                                 STR_ARG(date_text(fact->row->true_from, &scratch)),
                                 (long long)fact->row->position,
                                 fact->row->source.len > 0 ? ", " : "",
                                 STR_ARG(fact->row->source)));
    }
}

static void print_next_steps(const struct invocation *invocation, const struct rulebook *rulebook,
                             const struct person_answer *person)
{
    output_text(invocation->output, STR("\nNext steps\n"));
    for (size_t i = 0; i < person->next_step_count; i++) {
        const struct next_step *next = &person->next_steps[i];
        struct arena scratch = *invocation->arena;
        output_text(invocation->output,
                    arena_format(&scratch, "  %-8s %-26.*s %.*s%s%.*s\n",
                                 clearance_name(next->clearance),
                                 STR_ARG(rulebook->steps[next->step].name),
                                 STR_ARG(rulebook->steps[next->step].title),
                                 next->hub.id != 0 ? ", " : "", STR_ARG(next->hub.name)));
        if (next->held_by != 0) {
            output_text(invocation->output,
                        arena_format(&scratch, "      held by the entry %lld in the books\n",
                                     (long long)next->held_by));
        }
        verdict_print_in_the_way(invocation, rulebook, &rulebook->steps[next->step], next->each,
                                 "      ");
    }
}

static void print_history(const struct invocation *invocation, const struct history_answer *history)
{
    output_text(invocation->output, STR("\nHistory, newest first\n"));
    for (size_t i = 0; i < history->count; i++) {
        struct arena scratch = *invocation->arena;
        const struct history_line *line = &history->lines[i];
        char recorded[INSTANT_TEXT_SIZE];
        str body = STR("");
        instant_format(line->event.recorded_at, recorded);
        result_ignore(event_write_body(&line->event, &scratch, &body, NULL),
                      "shown without its body");
        output_text(invocation->output,
                    arena_format(&scratch, "  %6lld  %s  from %.*s  %-18s %.*s  %.*s\n",
                                 (long long)line->event.position, recorded,
                                 STR_ARG(date_text(line->event.effective_on, &scratch)),
                                 event_kind_name(line->event.kind), STR_ARG(line->actor),
                                 STR_ARG(body)));
    }
}

result command_person_show(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct asked asked;
    struct person_answer person;
    struct identity_answer known_as;
    *ret_status = 0;
    TRY(desk_asked(invocation, &asked, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(desk_take_rulebook_then(invocation, &asked, &desk, err));
    TRY(casework_person(&desk.casework, &desk.caller, invocation->arguments[0], &asked,
                        invocation->arena, &person, err));
    TRY(casework_identity(&desk.casework, &desk.caller, invocation->arguments[0], &asked,
                          invocation->arena, &known_as, err));
    if (invocation->output->format == OUTPUT_TEXT) {
        struct history_answer history;
        const struct history_query latest = {.topics = HISTORY_ALL_TOPICS,
                                             .limit = HISTORY_LINES_MAX};
        TRY(casework_history(&desk.casework, &desk.caller, invocation->arguments[0], &asked,
                             &latest, invocation->arena, &history, err));
        print_summary(invocation, desk.rulebook, &person);
        print_links(invocation, &person, &known_as);
        print_facts(invocation, desk.rulebook, &person);
        print_next_steps(invocation, desk.rulebook, &person);
        print_history(invocation, &history);
        return result_ok();
    }
    if (invocation->output->format == OUTPUT_CSV) {
        verdict_print_facts_csv(invocation, desk.rulebook, &person.view);
        return result_ok();
    }
    json_t *object = resource_person(desk.rulebook, &person, PERSON_ALL);
    json_set(object, "known_as", identity_json_known_as(&known_as));
    result printed = output_json(invocation->output, *invocation->arena, object, err);
    json_decref(object);
    return printed;
}

/* Whoever is likely to be the same continues in their own record. */
static void print_what_to_do(const struct invocation *invocation, const struct rulebook *rulebook,
                             const struct registration_answer *answer)
{
    struct output *output = invocation->output;
    for (size_t i = 0; i < answer->likely_count; i++) {
        const struct person_row *like = &answer->likely[i].person;
        const uint32_t stage = rulebook_stage(rulebook, like->stage);
        const bool ended = stage != NOT_FOUND_INDEX && rulebook->stages[stage].outcome;
        output_message(output,
                       ended
                           ? "If it is %.*s, who came back: returnhub person return %.*s\n"
                           : "If it is %.*s: record it there (returnhub record %.*s FACT VALUE)\n",
                       STR_ARG(like->reference), STR_ARG(like->reference));
    }
    output_message(output, "If it is none of them: the same command with --new\n");
}

static result print_registered(const struct invocation *invocation,
                               const struct registration_answer *answer, struct err *err)
{
    const str reference = answer->person.id != 0 ? answer->person.reference : STR("");
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_set_str(object, "reference", reference);
        json_set(object, "likely_duplicates",
                 identity_json_likely(answer->likely, answer->likely_count));
        const result printed = output_json(invocation->output, *invocation->arena, object, err);
        json_decref(object);
        return printed;
    }
    output_text(invocation->output,
                answer->person.id != 0
                    ? arena_format(invocation->arena, "Registered %.*s\n", STR_ARG(reference))
                    : STR("Nobody was registered: these may be the same person\n"));
    return answer->likely_count == 0
               ? result_ok()
               : identity_print_likely(invocation, answer->likely, answer->likely_count, err);
}

result command_person_register(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    const struct identifier_entry entry = identity_entry(invocation->options[OPTION_REFERENCE]);
    struct registration registration = {
        .name = invocation->arguments[0],
        .identifiers = &entry,
        .identifier_count = option_given(invocation, OPTION_REFERENCE) ? 1 : 0,
        .unless_known = !option_given(invocation, OPTION_NEW),
    };
    struct registration_answer answer;
    if (invocation->argument_count > 1) {
        registration.born_on.known = true;
        TRY(date_parse(invocation->arguments[1], &registration.born_on.day, err));
    }
    TRY(desk_open_as_account(invocation, &desk, err));
    registration.registered_on = instant_date(system_now(desk.casework.system));
    TRY(casework_register_person(&desk.casework, &desk.caller, &registration, invocation->arena,
                                 &answer, err));
    *ret_status = answer.person.id != 0 ? 0 : 1;
    TRY(print_registered(invocation, &answer, err));
    if (answer.person.id == 0) {
        print_what_to_do(invocation, desk.rulebook, &answer);
    }
    return result_ok();
}

result command_person_note(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    *ret_status = 0;
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_add_note(&desk.casework, &desk.caller, invocation->arguments[0],
                          invocation->arguments[1], invocation->arena, err));
    if (invocation->output->format == OUTPUT_JSON) {
        json_auto_t *object = json_object();
        json_set_flag(object, "recorded", true);
        return output_json(invocation->output, *invocation->arena, object, err);
    }
    output_text(invocation->output, STR("Added\n"));
    return result_ok();
}

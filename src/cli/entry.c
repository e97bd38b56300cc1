#include "cli/entry.h"

#include "cli/desk.h"
#include "format/json.h"
#include "web/resource_books.h"

/* --- what was typed ----------------------------------------------------------------------------
 */

/* NAME=VALUE */
static result read_fields(const struct invocation *invocation, size_t first,
                          const struct book_field **ret_fields, size_t *ret_count, struct err *err)
{
    const size_t count =
        invocation->argument_count > first ? invocation->argument_count - first : 0;
    struct book_field *fields = ARENA_NEW(invocation->arena, struct book_field, count + 1);
    if (fields == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        const struct str_cut cut = str_cut(invocation->arguments[first + i], '=');
        if (!cut.found) {
            result_ignore(err_set(err, ERROR_USAGE, "\"%.*s\" is no field",
                                  STR_ARG(invocation->arguments[first + i])),
                          "the hint follows");
            return err_hint(err, "a field is given as NAME=VALUE; docs/books.md lists them");
        }
        fields[i] = (struct book_field){.name = cut.head, .value = cut.tail};
    }
    *ret_fields = fields;
    *ret_count = count;
    return result_ok();
}

static result read_day(const struct invocation *invocation, enum command_option option,
                       struct known_day *ret_day, struct err *err)
{
    *ret_day = (struct known_day){.known = option_given(invocation, option)};
    return ret_day->known ? date_parse(invocation->options[option], &ret_day->day, err)
                          : result_ok();
}

static result read_number(const struct invocation *invocation, int64_t *ret_entry, struct err *err)
{
    const result read = str_to_int64(invocation->arguments[0], ret_entry, err);
    return read.ok ? read
                   : err_hint(err, "an entry is named by its number, as \"entry open\" printed it");
}

static str day_text(struct known_day day, const char *otherwise, struct arena *arena)
{
    char text[DATE_TEXT_SIZE];
    if (!day.known) {
        return str_from_c(otherwise);
    }
    date_format(day.day, text);
    return arena_copy(arena, str_from_c(text));
}

static str instant_text(instant when, struct arena *arena)
{
    char text[INSTANT_TEXT_SIZE];
    if (when.milliseconds == 0) {
        return STR("");
    }
    instant_format(when, text);
    return arena_copy(arena, str_from_c(text));
}

static result print_json(const struct invocation *invocation, json_t *owned, struct err *err)
{
    const result printed = output_json(invocation->output, *invocation->arena, owned, err);
    json_decref(owned);
    return printed;
}

/* --- after a command ---------------------------------------------------------------------------
 */

static result finish(const struct invocation *invocation, const struct entry_answer *answer,
                     struct err *err)
{
    struct output *output = invocation->output;
    struct arena *arena = invocation->arena;
    const struct entry_row *row = &answer->row;
    if (output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_entry_answer(answer), err);
    }
    output_text(output, arena_format(arena, "Entry %lld (%.*s) is %.*s", (long long)row->id,
                                     STR_ARG(row->kind), STR_ARG(row->state)));
    if (entry_state_is_pending(entry_kind_from_name(row->kind), row->state)) {
        const str due = day_text(row->due_on, "not known", arena);
        output_text(output, arena_format(arena, ", due %.*s", STR_ARG(due)));
    }
    output_text(output, answer->repeated ? STR(" (it was recorded before)\n") : STR("\n"));
    for (size_t i = 0; i < answer->duty_count; i++) {
        const struct entry_row *duty = &answer->duties[i];
        const str due = day_text(duty->due_on, "not known", arena);
        output_text(output, arena_format(arena, "  entry %lld (%.*s) is %.*s, due %.*s\n",
                                         (long long)duty->id, STR_ARG(duty->kind),
                                         STR_ARG(duty->state), STR_ARG(due)));
    }
    for (size_t i = 0; i < answer->stopped_count; i++) {
        output_text(output, arena_format(arena, "STOPPED request %lld: %.*s of %.*s\n",
                                         (long long)answer->stopped[i].request,
                                         STR_ARG(answer->stopped[i].step),
                                         STR_ARG(answer->stopped[i].reference)));
    }
    return result_ok();
}

/* --- commands that write -----------------------------------------------------------------------
 */

result command_entry_open(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct entry_answer answer;
    struct new_entry entry = {.kind = invocation->arguments[0],
                              .about = invocation->arguments[1],
                              .hub = invocation->options[OPTION_WHERE],
                              .responsible = invocation->options[OPTION_RESPONSIBLE],
                              .against = invocation->options[OPTION_AGAINST],
                              .due_reason = invocation->options[OPTION_REASON]};
    *ret_status = 0;
    TRY(option_number(invocation, OPTION_FOLLOWS, 0, 0, INT64_MAX, &entry.parent, err));
    TRY(read_day(invocation, OPTION_HAPPENED, &entry.on, err));
    TRY(read_day(invocation, OPTION_DUE, &entry.due_on, err));
    TRY(read_fields(invocation, 2, &entry.fields, &entry.field_count, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_open_entry(&desk.casework, &desk.caller, &entry, invocation->arena, &answer, err));
    return finish(invocation, &answer, err);
}

static result change(const struct invocation *invocation, enum entry_wish wish, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct entry_answer answer;
    struct entry_wanted wanted = {.wish = wish,
                                  .state = invocation->options[OPTION_STATE],
                                  .against = invocation->options[OPTION_AGAINST],
                                  .due_reason = invocation->options[OPTION_REASON],
                                  .reason = invocation->options[OPTION_REASON]};
    TRY(read_number(invocation, &wanted.entry, err));
    TRY(read_day(invocation, OPTION_HAPPENED, &wanted.on, err));
    TRY(read_day(invocation, OPTION_DUE, &wanted.due_on, err));
    TRY(read_fields(invocation, 1, &wanted.fields, &wanted.field_count, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_change_entry(&desk.casework, &desk.caller, &wanted, invocation->arena, &answer,
                              err));
    return finish(invocation, &answer, err);
}

result command_entry_add(const struct invocation *invocation, int *ret_status, struct err *err)
{
    *ret_status = 0;
    return change(invocation, ENTRY_WISH_ADD, err);
}

result command_entry_answer(const struct invocation *invocation, int *ret_status, struct err *err)
{
    *ret_status = 0;
    return change(invocation, ENTRY_WISH_ANSWER, err);
}

result command_entry_close(const struct invocation *invocation, int *ret_status, struct err *err)
{
    *ret_status = 0;
    return change(invocation, ENTRY_WISH_CLOSE, err);
}

/* --- commands that read ------------------------------------------------------------------------
 */

static result read_query(const struct invocation *invocation, struct book_query *query,
                         struct err *err)
{
    int64_t limit = 0;
    *query = (struct book_query){.kind = invocation->options[OPTION_ENTRY_KIND],
                                 .about = invocation->options[OPTION_ABOUT],
                                 .state = invocation->options[OPTION_STATE],
                                 .journey = invocation->options[OPTION_JOURNEY],
                                 .not_closed = option_given(invocation, OPTION_NOT_CLOSED),
                                 .overdue = option_given(invocation, OPTION_OVERDUE)};
    TRY(option_number(invocation, OPTION_LIMIT, 100, 1, BOOK_ENTRIES_MAX, &limit, err));
    query->limit = (size_t)limit;
    return result_ok();
}

void entry_print_lines(const struct invocation *invocation, const struct book_line *lines,
                       size_t count)
{
    static const char *const names[] = {"entry",    "kind",    "about",      "hub",
                                        "state",    "due",     "late",       "opened",
                                        "severity", "outcome", "responsible"};
    static const int widths[] = {7, 12, 12, 12, 9, 10, 4, 10, 8, 12, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 11};
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *invocation->arena;
        const struct entry_row *row = &lines[i].row;
        const bool pending = entry_state_is_pending(entry_kind_from_name(row->kind), row->state);
        const struct known_day opened = {.known = true, .day = row->opened_on};
        const str cells[] = {arena_format(&scratch, "%lld", (long long)row->id),
                             row->kind,
                             lines[i].about,
                             lines[i].hub,
                             row->state,
                             day_text(row->due_on, pending ? "not known" : "", &scratch),
                             lines[i].overdue ? STR("late") : STR(""),
                             day_text(opened, "", &scratch),
                             row->severity,
                             row->outcome,
                             row->responsible};
        table_row(&table, scratch, cells);
    }
}

result command_entry_list(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct book_query query;
    const struct book_line *lines = NULL;
    size_t count = 0;
    *ret_status = 0;
    TRY(read_query(invocation, &query, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_entries(&desk.casework, &desk.caller, &query, invocation->arena, &lines, &count,
                         err));
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_set(object, "entries", resource_book_lines(lines, count));
        return print_json(invocation, object, err);
    }
    entry_print_lines(invocation, lines, count);
    return result_ok();
}

static str number_text(int64_t number, struct arena *arena)
{
    return arena_format(arena, "%lld", (long long)number);
}

static void print_totals(const struct invocation *invocation, const struct book_total_line *lines,
                         size_t count)
{
    static const char *const names[] = {"kind",    "about",   "journey", "entries", "not_closed",
                                        "overdue", "serious", "minutes", "longest", "lasting"};
    static const int widths[] = {14, 12, 12, 7, 10, 7, 7, 7, 7, 0};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 10};
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        struct arena scratch = *invocation->arena;
        const struct book_total *total = &lines[i].total;
        const str cells[] = {str_from_c(entry_kind_name(total->kind)),
                             lines[i].about,
                             lines[i].journey,
                             number_text(total->entries, &scratch),
                             number_text(total->not_closed, &scratch),
                             number_text(total->overdue, &scratch),
                             number_text(total->serious, &scratch),
                             number_text(total->minutes, &scratch),
                             number_text(total->longest_minutes, &scratch),
                             number_text(total->lasting, &scratch)};
        table_row(&table, scratch, cells);
    }
}

result command_entry_totals(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct book_query query;
    const struct book_total_line *lines = NULL;
    size_t count = 0;
    *ret_status = 0;
    TRY(read_query(invocation, &query, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_book_totals(&desk.casework, &desk.caller, &query,
                             option_given(invocation, OPTION_EACH_PERSON), invocation->arena,
                             &lines, &count, err));
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_set(object, "totals", resource_book_totals(lines, count));
        return print_json(invocation, object, err);
    }
    print_totals(invocation, lines, count);
    return result_ok();
}

/* --- one entry ---------------------------------------------------------------------------------
 */

static void print_pair(const struct invocation *invocation, const char *label, str text)
{
    struct arena scratch = *invocation->arena;
    output_text(invocation->output, arena_format(&scratch, "%-22s %.*s\n", label, STR_ARG(text)));
}

static void print_writings(const struct invocation *invocation, const struct book_entry *entry)
{
    output_text(invocation->output, STR("\nWritten\n"));
    for (size_t i = 0; i < entry->writing_count; i++) {
        struct arena scratch = *invocation->arena;
        const struct event *event = &entry->writings[i].event;
        const bool opened = event->kind == EVENT_ENTRY_OPENED;
        const str state = opened ? ENTRY_STATE_OPEN : event->body.entry_changed.state;
        const str reason = opened ? STR("") : event->body.entry_changed.reason;
        output_text(invocation->output,
                    arena_format(&scratch, "  %6lld  %.*s  %.*s %.*s%s%.*s\n",
                                 (long long)event->position,
                                 STR_ARG(instant_text(event->recorded_at, &scratch)),
                                 STR_ARG(entry->writings[i].actor),
                                 STR_ARG(state.len > 0 ? state : STR("added to it")),
                                 reason.len > 0 ? ": " : "", STR_ARG(reason)));
    }
}

static void print_entry(const struct invocation *invocation, const struct book_entry *entry)
{
    struct arena scratch = *invocation->arena;
    const struct entry_row *row = &entry->line.row;
    const enum entry_kind kind = entry_kind_from_name(row->kind);
    print_pair(invocation, "Entry",
               arena_format(&scratch, "%lld, %s", (long long)row->id, entry_kind_title(kind)));
    print_pair(invocation, "About", entry->line.about);
    print_pair(invocation, "Hub", entry->line.hub);
    print_pair(invocation, "State", row->state);
    print_pair(
        invocation, "Due",
        arena_format(&scratch, "%.*s%s",
                     STR_ARG(day_text(row->due_on,
                                      entry_state_is_pending(kind, row->state) ? "not known"
                                                                               : "nothing is due",
                                      &scratch)),
                     entry->line.overdue ? ", late" : ""));
    print_pair(invocation, "Responsible", row->responsible);
    for (size_t i = 0; i < entry->against_count; i++) {
        print_pair(invocation, "Complains of",
                   arena_format(&scratch, "%.*s (%.*s)", STR_ARG(entry->against[i].name),
                                STR_ARG(entry->against[i].username)));
    }
    for (size_t i = 0; i < entry->field_count; i++) {
        const struct entry_field *field = entry_field_find(kind, entry->fields[i].name);
        print_pair(invocation, field->title, entry->fields[i].value);
    }
    print_writings(invocation, entry);
    if (entry->duty_count > 0) {
        output_text(invocation->output, STR("\nWhat follows from it\n"));
        entry_print_lines(invocation, entry->duties, entry->duty_count);
    }
}

result command_entry_show(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct book_entry entry;
    int64_t number = 0;
    *ret_status = 0;
    TRY(read_number(invocation, &number, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_entry(&desk.casework, &desk.caller, number, invocation->arena, &entry, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_book_entry(&entry), err);
    }
    if (invocation->output->format == OUTPUT_CSV) {
        entry_print_lines(invocation, &entry.line, 1);
        return result_ok();
    }
    print_entry(invocation, &entry);
    return result_ok();
}

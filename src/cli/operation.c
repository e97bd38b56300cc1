#include "casework/operations.h"
#include "cli/desk.h"
#include "format/json.h"
#include "web/resource_books.h"

/* --- the published series ----------------------------------------------------------------------
 */

static result load_arrivals(const struct invocation *invocation, struct arrivals *ret_arrivals,
                            struct err *err)
{
    return arrivals_load(share_folder(invocation, ARRIVALS_FILE).at, invocation->arena,
                         ret_arrivals, err);
}

/* "" for a day, or days, of which the series says nothing. */
static str arrivals_text(const struct arrivals *arrivals, date from, date to, bool boats,
                         struct arena *arena)
{
    bool known = false;
    struct arrival_day sum;
    arrivals_between(arrivals, from, to, &known, &sum);
    return known ? arena_format(arena, "%lld", (long long)(boats ? sum.boats : sum.people))
                 : STR("");
}

/* --- recording ---------------------------------------------------------------------------------
 */

/* A colon stands for the space within a name, so that a shell needs no quotes: "ALB:police". */
static result spaced(const struct invocation *invocation, str text, str *ret_text, struct err *err)
{
    const struct str_cut cut = str_cut(text, ':');
    *ret_text = cut.found ? arena_format(invocation->arena, "%.*s %.*s", STR_ARG(cut.head),
                                         STR_ARG(cut.tail))
                          : text;
    return ret_text->at == NULL ? arena_full(err) : result_ok();
}

/* After the kind and the day: partners, and counts as NAME=NUMBER. */
static result read_details(const struct invocation *invocation, struct operation_entry *entry,
                           struct err *err)
{
    const size_t count = invocation->argument_count - 2;
    str *partners = ARENA_NEW(invocation->arena, str, count + 1);
    struct operation_number *numbers =
        ARENA_NEW(invocation->arena, struct operation_number, count + 1);
    if (partners == NULL || numbers == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        const struct str_cut cut = str_cut(invocation->arguments[2 + i], '=');
        str name;
        TRY(spaced(invocation, cut.head, &name, err));
        if (!cut.found) {
            partners[entry->partner_count++] = name;
            continue;
        }
        struct operation_number *number = &numbers[entry->number_count++];
        number->name = name;
        TRY(str_to_int64(cut.tail, &number->number, err));
    }
    entry->partners = partners;
    entry->numbers = numbers;
    return result_ok();
}

static result print_json(const struct invocation *invocation, json_t *owned, struct err *err)
{
    const result printed = output_json(invocation->output, *invocation->arena, owned, err);
    json_decref(owned);
    return printed;
}

result command_operation_record(const struct invocation *invocation, int *ret_status,
                                struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct operation_row row;
    struct operation_entry entry = {.reference = invocation->options[OPTION_CORRECTS],
                                    .kind = invocation->arguments[0],
                                    .source = invocation->options[OPTION_SOURCE_KIND],
                                    .published_on.known =
                                        option_given(invocation, OPTION_PUBLISHED)};
    *ret_status = 0;
    TRY(date_parse(invocation->arguments[1], &entry.happened_on, err));
    if (entry.published_on.known) {
        TRY(date_parse(invocation->options[OPTION_PUBLISHED], &entry.published_on.day, err));
    }
    TRY(read_details(invocation, &entry, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_record_operation(&desk.casework, &desk.caller, &entry, invocation->arena, &row,
                                  err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_operation(&row, NULL), err);
    }
    output_text(invocation->output,
                arena_format(invocation->arena, "Recorded %.*s, revision %lld\n",
                             STR_ARG(row.reference), (long long)row.revision));
    return result_ok();
}

/* --- reading -----------------------------------------------------------------------------------
 */

static result read_span(const struct invocation *invocation, date *ret_from, date *ret_to,
                        struct err *err)
{
    const date earliest = {-25567}; /* 1900-01-01 */
    const date latest = {84005};    /* 2199-12-31 */
    TRY(option_date(invocation, OPTION_FIRST_DAY, earliest, ret_from, err));
    return option_date(invocation, OPTION_LAST_DAY, latest, ret_to, err);
}

static str count_text(int64_t number, struct arena *arena)
{
    return number == OPERATION_NOT_KNOWN ? STR("not known")
                                         : arena_format(arena, "%lld", (long long)number);
}

static str date_text(date day, struct arena *arena)
{
    char text[DATE_TEXT_SIZE];
    date_format(day, text);
    return arena_copy(arena, str_from_c(text));
}

static void print_row(const struct invocation *invocation, const struct operation_row *row,
                      const struct arrivals *arrivals, struct table *table)
{
    struct arena scratch = *invocation->arena;
    const str cells[] = {
        row->reference,
        date_text(row->happened_on, &scratch),
        row->kind,
        count_text(row->arrests, &scratch),
        count_text(row->boats, &scratch),
        count_text(row->engines, &scratch),
        count_text(row->documents, &scratch),
        row->money.len > 0 ? row->money : STR("not known"),
        row->source,
        arena_format(&scratch, "%lld", (long long)row->revision),
        arrivals_text(arrivals, row->happened_on, row->happened_on, false, &scratch),
        arrivals_text(arrivals, row->happened_on, row->happened_on, true, &scratch),
        row->partners};
    table_row(table, scratch, cells);
}

static const char *const row_names[] = {
    "reference", "on",     "kind",     "arrests",        "boats",         "engines", "documents",
    "money",     "source", "revision", "people_arrived", "boats_arrived", "partners"};
static const int row_widths[] = {9, 10, 20, 9, 9, 9, 9, 14, 20, 8, 14, 13, 0};

result command_operation_list(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct table table = {
        .output = invocation->output, .names = row_names, .widths = row_widths, .column_count = 13};
    struct arrivals arrivals;
    const struct operation_row *rows = NULL;
    size_t count = 0;
    date from;
    date to;
    *ret_status = 0;
    TRY(read_span(invocation, &from, &to, err));
    TRY(load_arrivals(invocation, &arrivals, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_operations(&desk.casework, &desk.caller, from, to, invocation->arena, &rows,
                            &count, err));
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = resource_operations(rows, count, NULL, 0, &arrivals);
        json_object_del(object, "quarters");
        return print_json(invocation, object, err);
    }
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        print_row(invocation, &rows[i], &arrivals, &table);
    }
    return result_ok();
}

result command_operation_show(const struct invocation *invocation, int *ret_status, struct err *err)
{
    OWN_DESK struct desk desk = {.store = NULL};
    struct table table = {
        .output = invocation->output, .names = row_names, .widths = row_widths, .column_count = 13};
    struct arrivals arrivals;
    const struct operation_revision *revisions = NULL;
    size_t count = 0;
    *ret_status = 0;
    TRY(load_arrivals(invocation, &arrivals, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_operation(&desk.casework, &desk.caller, invocation->arguments[0],
                           invocation->arena, &revisions, &count, err));
    if (invocation->output->format == OUTPUT_JSON) {
        return print_json(invocation, resource_operation_revisions(revisions, count, &arrivals),
                          err);
    }
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        print_row(invocation, &revisions[i].row, &arrivals, &table);
    }
    return result_ok();
}

/* --- the table ---------------------------------------------------------------------------------
 */

static void print_sum(const struct invocation *invocation, const struct operation_sum *sum,
                      const struct arrivals *arrivals, struct table *table)
{
    struct arena scratch = *invocation->arena;
    const date from = operation_sum_begin(sum);
    const date to = operation_sum_end(sum);
    const int64_t numbers[] = {
        sum->operations,         sum->arrests, sum->arrests_not_known, sum->boats,
        sum->boats_not_known,    sum->engines, sum->engines_not_known, sum->documents,
        sum->documents_not_known};
    str cells[13] = {arena_format(&scratch, "%d-Q%d", (int)sum->year, sum->quarter),
                     sum->partner.len > 0 ? sum->partner : STR("all")};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        cells[2 + i] = arena_format(&scratch, "%lld", (long long)numbers[i]);
    }
    cells[11] = arrivals_text(arrivals, from, to, false, &scratch);
    cells[12] = arrivals_text(arrivals, from, to, true, &scratch);
    table_row(table, scratch, cells);
}

result command_operation_table(const struct invocation *invocation, int *ret_status,
                               struct err *err)
{
    static const char *const names[] = {
        "quarter",           "partner",   "operations",          "arrests",
        "arrests_not_known", "boats",     "boats_not_known",     "engines",
        "engines_not_known", "documents", "documents_not_known", "people_arrived",
        "boats_arrived"};
    static const int widths[] = {7, 7, 10, 7, 17, 5, 15, 7, 17, 9, 19, 14, 0};
    OWN_DESK struct desk desk = {.store = NULL};
    struct table table = {
        .output = invocation->output, .names = names, .widths = widths, .column_count = 13};
    struct arrivals arrivals;
    const struct operation_sum *sums = NULL;
    size_t count = 0;
    date from;
    date to;
    *ret_status = 0;
    TRY(read_span(invocation, &from, &to, err));
    TRY(load_arrivals(invocation, &arrivals, err));
    TRY(desk_open_as_account(invocation, &desk, err));
    TRY(casework_operation_table(&desk.casework, &desk.caller, from, to, invocation->arena, &sums,
                                 &count, err));
    if (invocation->output->format == OUTPUT_JSON) {
        json_t *object = json_object();
        json_set(object, "rows", resource_operation_sums(sums, count, &arrivals));
        return print_json(invocation, object, err);
    }
    table_begin(&table);
    for (size_t i = 0; i < count; i++) {
        print_sum(invocation, &sums[i], &arrivals, &table);
    }
    return result_ok();
}

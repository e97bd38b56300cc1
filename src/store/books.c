/* The books, what is used of agreements, and joint operations: kept and read. */
#include "store/recent.h"

#include <stdlib.h>
#include <string.h>

/* --- keeping ---------------------------------------------------------------------------------- */

/* 0 for no hub, and for one under no agreement. */
static result agreement_of_hub(struct transaction *transaction, int64_t hub, struct arena scratch,
                               int64_t *ret_agreement, struct err *err)
{
    struct hub_row row = {.id = hub};
    bool found = false;
    *ret_agreement = 0;
    if (hub == 0) {
        return result_ok();
    }
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_HUB, &scratch, &row, &found, err));
    if (!found) {
        return err_set(err, ERROR_CONFLICT, "There is no hub %lld", (long long)hub);
    }
    *ret_agreement = row.agreement;
    return result_ok();
}

result entry_apply(struct transaction *transaction, const struct event *event, struct arena scratch,
                   struct err *err)
{
    struct entry_row row = {.id = 0};
    if (event->kind == EVENT_ENTRY_OPENED) {
        TRY(entry_row_apply(&row, event, err));
        TRY(agreement_of_hub(transaction, row.hub, scratch, &row.agreement, err));
        return insert_row(transaction, TABLE_ENTRY, &row, err);
    }
    bool found = false;
    row.id = event->body.entry_changed.entry;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_ENTRY, &scratch, &row, &found, err));
    row.id = found ? row.id : 0;
    TRY(entry_row_apply(&row, event, err));
    return update_row(transaction, TABLE_ENTRY, &row, err);
}

static date first_of_month(date day)
{
    return date_add_days(day, 1 - date_to_civil(day).day);
}

/* What the row uses or holds of its agreement counts in the month in which it does, or no more. */
static result count_intake(struct transaction *transaction, const struct intake_row *row,
                           int64_t change, struct arena scratch, struct err *err)
{
    const bool used = row->used_at.milliseconds != 0;
    if (row->agreement == 0 || row->given_back_at.milliseconds != 0) {
        return result_ok();
    }
    struct intake_count_record record = {
        .agreement = row->agreement,
        .month = first_of_month(used ? row->used_on.day : instant_date(row->held_at))};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_INTAKE_COUNT, &scratch, &record, &found,
                       err));
    record.used += used ? change : 0;
    record.held += used ? 0 : change;
    return found ? update_row(transaction, TABLE_INTAKE_COUNT, &record, err)
                 : insert_row(transaction, TABLE_INTAKE_COUNT, &record, err);
}

result intake_apply(struct transaction *transaction, const struct event *event,
                    const struct request_row *request, struct arena scratch, struct err *err)
{
    struct intake_row row = {.id = 0};
    if (intake_begins(event)) {
        row.hub = event->kind == EVENT_STEP_TAKEN ? event->body.step_taken.hub : request->hub;
        TRY(agreement_of_hub(transaction, row.hub, scratch, &row.agreement, err));
        intake_row_apply(&row, event);
        TRY(count_intake(transaction, &row, 1, scratch, err));
        return insert_row(transaction, TABLE_INTAKE, &row, err);
    }
    const struct parameter parameter = parameter_number(intake_request(event));
    bool found = false;
    if (parameter.number != 0) {
        TRY(first_row(transaction, QUERY_INTAKE_OF_REQUEST, &parameter, 1, &scratch, &row, &found,
                      err));
    }
    if (!found) {
        return result_ok(); /* the request held no place */
    }
    TRY(count_intake(transaction, &row, -1, scratch, err));
    intake_row_apply(&row, event);
    TRY(count_intake(transaction, &row, 1, scratch, err));
    return update_row(transaction, TABLE_INTAKE, &row, err);
}

/* --- reading ---------------------------------------------------------------------------------- */

static result read_entries(struct transaction *transaction, const struct entry_filter *filter,
                           struct arena *arena, void **ret_rows, size_t *ret_count, struct err *err)
{
    const struct parameter parameters[] = {
        parameter_text(filter->kind),
        parameter_number(filter->person),
        parameter_number(filter->hub),
        parameter_number(filter->agreement),
        parameter_text(filter->journey),
        parameter_number(filter->not_closed ? 1 : 0),
        parameter_number(filter->overdue_on.known ? filter->overdue_on.day.day : 0),
        parameter_number(filter->limit == 0 || filter->limit > INT64_MAX ? NO_LIMIT
                                                                         : (int64_t)filter->limit),
    };
    return collect_rows(transaction, QUERY_ENTRIES, parameters, 8, arena, ret_rows, ret_count, err);
}

static result read_entries_of_person(struct transaction *transaction, const int64_t asked[],
                                     struct arena *arena, void **ret_rows, size_t *ret_count,
                                     struct err *err)
{
    const struct entry_filter filter = {.kind = STR(""), .person = asked[1], .journey = STR("")};
    return read_entries(transaction, &filter, arena, ret_rows, ret_count, err);
}

static const struct recent_question entries_of_person = {.table = TABLE_ENTRY,
                                                         .read = read_entries_of_person};

/* All of a record are changed by events of it; others are read as they are. */
static result entries_of_record(struct transaction *transaction, const struct entry_filter *filter,
                                struct arena *arena, void **ret_rows, size_t *ret_count,
                                struct err *err)
{
    const int64_t asked[RECENT_ASKED] = {SUBJECT_OF_PERSON, filter->person};
    const bool all = filter->kind.len == 0 && filter->hub == 0 && filter->agreement == 0 &&
                     filter->journey.len == 0 && !filter->not_closed && !filter->overdue_on.known &&
                     filter->limit == 0;
    return filter->person != 0 && all
               ? recent_rows(transaction, &entries_of_person, asked, arena, ret_rows, ret_count,
                             err)
               : read_entries(transaction, filter, arena, ret_rows, ret_count, err);
}

static int newest_first(const void *left, const void *right)
{
    const struct entry_row *a = left;
    const struct entry_row *b = right;
    return a->id > b->id ? -1 : a->id < b->id ? 1 : 0;
}

/* An entry stays in the history of the record that it was written about. */
static result entries_of_records(struct transaction *transaction, const struct entry_filter *filter,
                                 const int64_t *records, size_t record_count, struct arena *arena,
                                 const struct entry_row **ret_rows, size_t *ret_count,
                                 struct err *err)
{
    struct entry_row *all = NULL;
    size_t count = 0;
    for (size_t i = 0; i < record_count; i++) {
        struct entry_filter of_record = *filter;
        void *rows = NULL;
        size_t row_count = 0;
        of_record.person = records[i];
        TRY(entries_of_record(transaction, &of_record, arena, &rows, &row_count, err));
        struct entry_row *more = ARENA_NEW(arena, struct entry_row, count + row_count + 1);
        if (more == NULL) {
            return arena_full(err);
        }
        if (count > 0) {
            memcpy(more, all, count * sizeof all[0]);
        }
        if (row_count > 0) {
            memcpy(more + count, rows, row_count * sizeof all[0]);
        }
        all = more;
        count += row_count;
    }
    qsort(all, count, sizeof all[0], newest_first);
    *ret_rows = all;
    *ret_count = filter->limit != 0 && filter->limit < count ? filter->limit : count;
    return result_ok();
}

result transaction_entries(struct transaction *transaction, const struct entry_filter *filter,
                           struct arena *arena, const struct entry_row **ret_rows,
                           size_t *ret_count, struct err *err)
{
    const int64_t *records = NULL;
    size_t record_count = 0;
    void *rows = NULL;
    if (filter->person != 0) {
        TRY(transaction_records(transaction, filter->person, KNOWN_NOW, arena, &records,
                                &record_count, err));
    }
    if (record_count > 1) {
        return entries_of_records(transaction, filter, records, record_count, arena, ret_rows,
                                  ret_count, err);
    }
    TRY(entries_of_record(transaction, filter, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_entries_under(struct transaction *transaction, int64_t parent,
                                 struct arena *arena, const struct entry_row **ret_rows,
                                 size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(parent);
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_ENTRIES_UNDER, &parameter, 1, arena, &rows, ret_count,
                     err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_entry(struct transaction *transaction, int64_t id, struct arena *arena,
                         struct entry_row *ret_row, struct err *err)
{
    struct entry_row row = {.id = id};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_ENTRY, arena, &row, &found, err));
    if (!found) {
        return err_set(err, ERROR_NOT_FOUND, "There is no entry %lld", (long long)id);
    }
    *ret_row = row;
    return result_ok();
}

result transaction_count_entries(struct transaction *transaction, int64_t hub, str kind,
                                 str severity, date on, instant known_at, int64_t *ret_count,
                                 struct err *err)
{
    const struct parameter parameters[] = {
        parameter_number(hub),
        parameter_text(kind),
        parameter_text(severity),
        parameter_number(on.day),
        parameter_number(known_at.milliseconds),
    };
    struct arena scratch = transaction->scratch;
    bool found = false;
    return first_row(transaction, QUERY_ENTRIES_STANDING, parameters, 5, &scratch, ret_count,
                     &found, err);
}

static result ask_intake(struct transaction *transaction, enum query query,
                         const struct parameter parameters[static 4],
                         struct intake_counts *ret_counts, struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct intake_counts counts = {0};
    bool found = false;
    TRY(first_row(transaction, query, parameters, 4, &scratch, &counts, &found, err));
    *ret_counts = counts;
    return result_ok();
}

result transaction_count_intake(struct transaction *transaction, int64_t agreement, date on,
                                struct intake_counts *ret_counts, struct err *err)
{
    const date month = first_of_month(on);
    const struct parameter parameters[] = {
        parameter_number(agreement),
        parameter_number(month.day),
        parameter_number(date_add_months(month, 1, DATE_ROUND_DOWN).day),
        parameter_number(on.day),
    };
    return ask_intake(transaction, QUERY_INTAKE_COUNTS, parameters, ret_counts, err);
}

result transaction_count_intake_past(struct transaction *transaction, int64_t agreement, date on,
                                     instant before, struct intake_counts *ret_counts,
                                     struct err *err)
{
    const struct parameter parameters[] = {
        parameter_number(agreement),
        parameter_number(before.milliseconds),
        parameter_number(first_of_month(on).day),
        parameter_number(on.day),
    };
    return ask_intake(transaction, QUERY_INTAKE_COUNTS_PAST, parameters, ret_counts, err);
}

result transaction_operations(struct transaction *transaction, date from, date to,
                              struct arena *arena, const struct operation_row **ret_rows,
                              size_t *ret_count, struct err *err)
{
    const struct parameter parameters[] = {parameter_number(from.day), parameter_number(to.day)};
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_OPERATIONS, parameters, 2, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_operation(struct transaction *transaction, int64_t id, struct arena *arena,
                             struct operation_row *ret_row, struct err *err)
{
    struct operation_row row = {.id = id};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_OPERATION, arena, &row, &found, err));
    if (!found) {
        return err_set(err, ERROR_NOT_FOUND, "There is no operation %lld", (long long)id);
    }
    *ret_row = row;
    return result_ok();
}

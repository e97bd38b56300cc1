#include "casework/books.h"

#include "casework/book_work.h"
#include "casework/text.h"

#include "register/reference.h"

#include <stdlib.h>

static const int64_t minute_milliseconds = 60 * 1000;

/* --- lines ------------------------------------------------------------------------------------ */

static result hub_reference(struct sitting *sitting, int64_t hub, str *ret_reference,
                            struct err *err)
{
    struct hub_row row = {.reference = STR("")};
    if (hub != 0) {
        TRY(transaction_hub(sitting->transaction, hub, sitting->arena, &row, err));
    }
    *ret_reference = row.reference;
    return result_ok();
}

static result describe(struct sitting *sitting, const struct entry_row *row,
                       struct book_line *ret_line, struct err *err)
{
    struct book_line line = {
        .row = *row, .name = STR(""), .overdue = entry_is_overdue(row, sitting->today)};
    TRY(hub_reference(sitting, row->hub, &line.hub, err));
    line.about = line.hub;
    if (row->person != 0) {
        struct person_row person;
        TRY(transaction_person(sitting->transaction, row->person, sitting->arena, &person, err));
        line.about = person.reference;
        TRY(sitting_name(sitting, &person, &line.name, err));
    }
    *ret_line = line;
    return result_ok();
}

/* --- the list --------------------------------------------------------------------------------- */

struct list_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct book_query *query;
    bool each_person;
    struct arena *arena;
    struct sitting sitting;
    struct book_line *lines;
    size_t count;
    struct overdue_entries overdue;
    struct book_total_line *totals;
    size_t total_count;
};

static result find_about(struct list_work *work, struct entry_filter *filter, struct err *err)
{
    const str about = work->query->about;
    char reference[REFERENCE_SIZE];
    if (about.len == 0) {
        return result_ok();
    }
    if (reference_read(about, reference, NULL).ok) {
        struct person_row person;
        TRY(sitting_person(&work->sitting, about, ACTION_SEE_BOOKS, &person, err));
        filter->person = person.id;
        return result_ok();
    }
    struct hub_row hub;
    TRY(sitting_hub(&work->sitting, about, ACTION_SEE_BOOKS, &hub, err));
    filter->hub = hub.id;
    return result_ok();
}

static struct known_day known_today(const struct sitting *sitting)
{
    return (struct known_day){.known = true, .day = sitting->today};
}

static bool is_asked_for(const struct list_work *work, const struct entry_row *row)
{
    const struct book_query *query = work->query;
    return query->state.len == 0 || str_equal(query->state, row->state);
}

/* Of those asked for, the ones that the account may see. */
static result read_rows(struct list_work *work, const struct entry_row **ret_rows,
                        size_t *ret_count, struct err *err)
{
    const struct book_query *query = work->query;
    struct entry_filter filter = {.kind = query->kind,
                                  .journey = query->journey,
                                  .not_closed = query->not_closed || query->overdue};
    if (query->overdue) {
        filter.overdue_on = known_today(&work->sitting);
    }
    const struct entry_row *rows = NULL;
    size_t count = 0;
    TRY(find_about(work, &filter, err));
    TRY(transaction_entries(work->sitting.transaction, &filter, work->arena, &rows, &count, err));
    struct entry_row *seen = ARENA_NEW(work->arena, struct entry_row, count + 1);
    if (seen == NULL) {
        return arena_full(err);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool may_see = false;
        if (is_asked_for(work, &rows[i])) {
            TRY(book_may(&work->sitting, &rows[i], ACTION_SEE_BOOKS, &may_see, err));
        }
        if (may_see) {
            seen[kept++] = rows[i];
        }
    }
    *ret_rows = seen;
    *ret_count = kept;
    return result_ok();
}

/* As many of the rows as are asked for. */
static result describe_first(struct list_work *work, const struct entry_row *rows, size_t count,
                             struct err *err)
{
    work->count = count < work->query->limit ? count : work->query->limit;
    work->lines = ARENA_NEW(work->arena, struct book_line, work->count + 1);
    if (work->lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->count; i++) {
        TRY(describe(&work->sitting, &rows[i], &work->lines[i], err));
    }
    return result_ok();
}

static result read_list(struct transaction *transaction, void *context, struct err *err)
{
    struct list_work *work = context;
    const struct entry_row *rows = NULL;
    size_t count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_BOOKS,
                     work->arena, err));
    TRY(read_rows(work, &rows, &count, err));
    return describe_first(work, rows, count, err);
}

static result check_query(const struct book_query *query, struct err *err)
{
    if (query->kind.len > 0 && entry_kind_from_name(query->kind) == ENTRY_NONE) {
        return err_set(err, ERROR_INPUT, "The books have no such kind of entry");
    }
    if (query->limit < 1 || query->limit > BOOK_ENTRIES_MAX) {
        return err_set(err, ERROR_INPUT, "Between 1 and %d entries can be listed",
                       BOOK_ENTRIES_MAX);
    }
    return query->journey.len == 0 ? result_ok() : text_reference(query->journey, err);
}

result casework_entries(const struct casework *casework, const struct caller *caller,
                        const struct book_query *query, struct arena *arena,
                        const struct book_line **ret_lines, size_t *ret_count, struct err *err)
{
    struct list_work work = {
        .casework = casework, .caller = caller, .query = query, .arena = arena};
    TRY(check_query(query, err));
    TRY(store_read(casework->store, read_list, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "books", err));
    *ret_lines = work.lines;
    *ret_count = work.count;
    return result_ok();
}

/* --- what lies with an account ---------------------------------------------------------------- */

/* Does any move answer or close what is in this state? */
static bool is_answerable(enum entry_kind kind, str state)
{
    size_t count = 0;
    const struct entry_move *moves = entry_moves(&count);
    for (size_t i = 0; i < count; i++) {
        if (moves[i].kind == kind && str_equal(moves[i].from, state) &&
            moves[i].verb != ENTRY_GOES_ON) {
            return true;
        }
    }
    return false;
}

static result lies_with(struct list_work *work, const struct entry_row *row, bool *ret_lies,
                        struct err *err)
{
    const enum entry_kind kind = entry_kind_from_name(row->kind);
    const bool answerable = is_answerable(kind, row->state);
    size_t count = 0;
    const struct entry_move *moves = entry_moves(&count);
    *ret_lies = false;
    for (size_t i = 0; i < count && !*ret_lies; i++) {
        const bool settles = moves[i].kind == kind && str_equal(moves[i].from, row->state) &&
                             (!answerable || moves[i].verb != ENTRY_GOES_ON);
        const enum action action = book_move_action(&moves[i]);
        if (settles && may_somewhere(&work->sitting.account, action)) {
            TRY(book_may(&work->sitting, row, action, ret_lies, err));
        }
    }
    return result_ok();
}

static int longest_overdue_first(const void *left, const void *right)
{
    const struct entry_row *a = left;
    const struct entry_row *b = right;
    const int32_t due_a = a->due_on.known ? a->due_on.day.day : INT32_MIN;
    const int32_t due_b = b->due_on.known ? b->due_on.day.day : INT32_MIN;
    return due_a != due_b ? (due_a > due_b) - (due_a < due_b) : (a->id > b->id) - (a->id < b->id);
}

static result read_overdue(struct transaction *transaction, void *context, struct err *err)
{
    struct list_work *work = context;
    const struct entry_row *rows = NULL;
    size_t count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_BOOKS,
                     work->arena, err));
    const struct entry_filter filter = {.kind = STR(""),
                                        .journey = STR(""),
                                        .not_closed = true,
                                        .overdue_on = known_today(&work->sitting)};
    TRY(transaction_entries(transaction, &filter, work->arena, &rows, &count, err));
    struct entry_row *overdue = ARENA_NEW(work->arena, struct entry_row, count + 1);
    if (overdue == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        bool lies = false;
        TRY(lies_with(work, &rows[i], &lies, err));
        if (lies) {
            overdue[work->overdue.total++] = rows[i];
        }
    }
    qsort(overdue, (size_t)work->overdue.total, sizeof overdue[0], longest_overdue_first);
    return describe_first(work, overdue, (size_t)work->overdue.total, err);
}

result casework_overdue_entries(const struct casework *casework, const struct caller *caller,
                                size_t limit, struct arena *arena,
                                struct overdue_entries *ret_entries, struct err *err)
{
    const struct book_query query = {.limit = limit};
    struct list_work work = {
        .casework = casework, .caller = caller, .query = &query, .arena = arena};
    TRY(check_query(&query, err));
    TRY(store_read(casework->store, read_overdue, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "books", err));
    work.overdue.lines = work.lines;
    work.overdue.count = work.count;
    *ret_entries = work.overdue;
    return result_ok();
}

/* --- totals ----------------------------------------------------------------------------------- */

/* Begun, and nobody wrote down that it ended. */
static bool is_lasting(const struct entry_row *row)
{
    return row->started_at.milliseconds != 0 && row->ended_at.milliseconds == 0;
}

/* A minute that has begun counts. */
static int64_t minutes_of(const struct entry_row *row, instant now)
{
    const instant until = is_lasting(row) ? now : row->ended_at;
    const int64_t lasted = until.milliseconds - row->started_at.milliseconds;
    return row->started_at.milliseconds == 0 || lasted < 0
               ? 0
               : (lasted + minute_milliseconds - 1) / minute_milliseconds;
}

/* Of the kinds that have both a beginning and an end. */
static bool lasts(enum entry_kind kind)
{
    return entry_field_find(kind, STR("started_at")) != NULL &&
           entry_field_find(kind, STR("ended_at")) != NULL;
}

static void add_to_total(struct book_total *total, const struct entry_row *row,
                         const struct sitting *sitting)
{
    total->entries++;
    total->not_closed += entry_is_closed(row) ? 0 : 1;
    total->overdue += entry_is_overdue(row, sitting->today) ? 1 : 0;
    total->serious += !entry_is_closed(row) && str_equal(row->severity, STR("serious")) ? 1 : 0;
    if (lasts(total->kind)) {
        const int64_t minutes = minutes_of(row, sitting->at);
        total->minutes += minutes;
        total->longest_minutes =
            minutes > total->longest_minutes ? minutes : total->longest_minutes;
        total->lasting += is_lasting(row) ? 1 : 0;
    }
}

/* The line of this kind, person and journey; a new one when there is none. */
static struct book_total_line *line_of(struct list_work *work, enum entry_kind kind, str about,
                                       str journey)
{
    for (size_t i = 0; i < work->total_count; i++) {
        struct book_total_line *line = &work->totals[i];
        if (line->total.kind == kind && str_equal(line->about, about) &&
            str_equal(line->journey, journey)) {
            return line;
        }
    }
    struct book_total_line *line = &work->totals[work->total_count++];
    *line = (struct book_total_line){.about = about, .journey = journey, .total.kind = kind};
    return line;
}

static result read_totals(struct transaction *transaction, void *context, struct err *err)
{
    struct list_work *work = context;
    const struct entry_row *rows = NULL;
    size_t count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_BOOKS,
                     work->arena, err));
    TRY(read_rows(work, &rows, &count, err));
    work->totals = ARENA_NEW(work->arena, struct book_total_line, count + 1);
    if (work->totals == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct book_line line = {.about = STR("")};
        if (work->each_person) {
            TRY(describe(&work->sitting, &rows[i], &line, err));
        }
        const str journey = work->each_person ? rows[i].journey : STR("");
        const enum entry_kind kind = entry_kind_from_name(rows[i].kind);
        add_to_total(&line_of(work, kind, line.about, journey)->total, &rows[i], &work->sitting);
    }
    return result_ok();
}

result casework_book_totals(const struct casework *casework, const struct caller *caller,
                            const struct book_query *query, bool each_person, struct arena *arena,
                            const struct book_total_line **ret_lines, size_t *ret_count,
                            struct err *err)
{
    struct list_work work = {.casework = casework,
                             .caller = caller,
                             .query = query,
                             .each_person = each_person,
                             .arena = arena};
    TRY(check_query(query, err));
    TRY(store_read(casework->store, read_totals, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "books", err));
    *ret_lines = work.totals;
    *ret_count = work.total_count;
    return result_ok();
}

/* --- one entry -------------------------------------------------------------------------------- */

struct entry_work {
    const struct casework *casework;
    const struct caller *caller;
    int64_t id;
    struct arena *arena;
    struct sitting sitting;
    struct book_entry entry;
};

static bool is_of_entry(const struct event *event, int64_t entry)
{
    return (event->kind == EVENT_ENTRY_OPENED && event->position == entry) ||
           (event->kind == EVENT_ENTRY_CHANGED && event->body.entry_changed.entry == entry);
}

static result read_accounts(struct entry_work *work, const struct number_list *numbers,
                            const struct account_row **ret_accounts, size_t *ret_count,
                            struct err *err)
{
    struct account_row *accounts = ARENA_NEW(work->arena, struct account_row, numbers->count + 1);
    size_t count = 0;
    if (accounts == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < numbers->count; i++) {
        if (numbers->items[i] != 0) {
            TRY(transaction_account(work->sitting.transaction, numbers->items[i], work->arena,
                                    &accounts[count++], err));
        }
    }
    *ret_accounts = accounts;
    *ret_count = count;
    return result_ok();
}

static const struct number_list *named_in(const struct event *event)
{
    return event->kind == EVENT_ENTRY_OPENED ? &event->body.entry_opened.against
                                             : &event->body.entry_changed.against;
}

static result read_against(struct entry_work *work, struct err *err)
{
    struct number_list named;
    TRY(book_against(&work->sitting, &work->entry.line.row, &named, err));
    return read_accounts(work, &named, &work->entry.against, &work->entry.against_count, err);
}

/* History comes newest first; a book is read from the beginning. */
static result read_writings(struct entry_work *work, struct err *err)
{
    const struct entry_row *row = &work->entry.line.row;
    const struct event *events = NULL;
    size_t count = 0;
    TRY(transaction_history(work->sitting.transaction, row->subject_kind, row->subject, 0, 0,
                            work->arena, &events, &count, err));
    struct book_writing *writings = ARENA_NEW(work->arena, struct book_writing, count + 1);
    if (writings == NULL) {
        return arena_full(err);
    }
    size_t kept = 0;
    for (size_t i = count; i > 0; i--) {
        if (is_of_entry(&events[i - 1], row->id)) {
            writings[kept].event = events[i - 1];
            TRY(sitting_actor(&work->sitting, events[i - 1].actor, &writings[kept].actor, err));
            TRY(read_accounts(work, named_in(&events[i - 1]), &writings[kept].against,
                              &writings[kept].against_count, err));
            kept++;
        }
    }
    work->entry.writings = writings;
    work->entry.writing_count = kept;
    return result_ok();
}

/* The last value that was written of the field; .at is NULL when none was. */
static str last_value(const struct book_entry *entry, str name)
{
    str value = {.at = NULL};
    for (size_t i = 0; i < entry->writing_count; i++) {
        const struct event *event = &entry->writings[i].event;
        const bool opened = event->kind == EVENT_ENTRY_OPENED;
        const struct text_list *names =
            opened ? &event->body.entry_opened.fields : &event->body.entry_changed.fields;
        const struct text_list *values =
            opened ? &event->body.entry_opened.values : &event->body.entry_changed.values;
        for (size_t j = 0; j < names->count; j++) {
            value = str_equal(names->items[j], name) ? values->items[j] : value;
        }
    }
    return value;
}

static result read_fields(struct entry_work *work, struct err *err)
{
    const enum entry_kind kind = entry_kind_from_name(work->entry.line.row.kind);
    size_t count = 0;
    const struct entry_field *fields = entry_fields(&count);
    struct book_field *written = ARENA_NEW(work->arena, struct book_field, ENTRY_FIELDS_MAX + 1);
    if (written == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (fields[i].kind != kind) {
            continue;
        }
        const str value = last_value(&work->entry, fields[i].name);
        if (value.at != NULL) {
            ASSERT(work->entry.field_count < ENTRY_FIELDS_MAX);
            written[work->entry.field_count++] =
                (struct book_field){.name = fields[i].name, .value = value};
        }
    }
    work->entry.fields = written;
    return result_ok();
}

static result read_duties(struct entry_work *work, struct err *err)
{
    const struct entry_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_entries_under(work->sitting.transaction, work->id, work->arena, &rows, &count,
                                  err));
    struct book_line *duties = ARENA_NEW(work->arena, struct book_line, count + 1);
    if (duties == NULL) {
        return arena_full(err);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool may_see = false;
        TRY(book_may(&work->sitting, &rows[i], ACTION_SEE_BOOKS, &may_see, err));
        if (may_see) {
            TRY(describe(&work->sitting, &rows[i], &duties[kept], err));
            kept++;
        }
    }
    work->entry.duties = duties;
    work->entry.duty_count = kept;
    return result_ok();
}

static result read_entry(struct transaction *transaction, void *context, struct err *err)
{
    struct entry_work *work = context;
    struct entry_row row;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_BOOKS,
                     work->arena, err));
    TRY(book_find(&work->sitting, work->id, ACTION_SEE_BOOKS, &row, err));
    TRY(describe(&work->sitting, &row, &work->entry.line, err));
    TRY(read_against(work, err));
    TRY(read_writings(work, err));
    TRY(read_fields(work, err));
    return read_duties(work, err);
}

result casework_entry(const struct casework *casework, const struct caller *caller, int64_t entry,
                      struct arena *arena, struct book_entry *ret_entry, struct err *err)
{
    struct entry_work work = {.casework = casework, .caller = caller, .id = entry, .arena = arena};
    TRY(store_read(casework->store, read_entry, &work, err));
    TRY(sitting_look(&work.sitting, work.entry.line.row.subject_kind, work.entry.line.row.subject,
                     "entry in the books", err));
    *ret_entry = work.entry;
    return result_ok();
}

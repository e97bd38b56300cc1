#include "casework/operations.h"

#include "casework/days.h"
#include "casework/repeat.h"
#include "casework/sitting.h"
#include "casework/text.h"

#include <stdlib.h>

/* --- what is typed, checked before anything is locked ----------------------------------------- */

struct checked_operation {
    struct text_list partners;
    struct text_list measures;
    struct number_list counts;
    struct text_list currencies;
    struct number_list amounts;
};

static result hint_words(enum operation_list list, struct err *err)
{
    char names[240];
    size_t len = 0;
    size_t count = 0;
    const struct operation_word *words = operation_words(list, &count);
    for (size_t i = 0; i < count; i++) {
        if (!str_list_add(names, sizeof names, &len, words[i].name)) {
            break;
        }
    }
    return err_hint(err, "It is one of: %.*s.", (int)len, names);
}

/* What was typed is not repeated: it could be what must not stand here. */
static result check_word(enum operation_list list, str word, const char *what, struct err *err)
{
    size_t count = 0;
    (void)operation_words(list, &count);
    if (operation_word_find(list, word) < count) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT, "%s is not of the list", what), "the hint follows");
    return hint_words(list, err);
}

static result check_country(const struct rulebook *rulebook, str code, struct err *err)
{
    uint16_t number = 0;
    bool known = country_parse(code, &number);
    bool listed = false;
    for (size_t i = 0; known && i < rulebook->country_count; i++) {
        listed = listed || rulebook->countries[i].code == number;
    }
    return listed ? result_ok()
                  : err_set(err, ERROR_INPUT,
                            "A partner begins with the code of a country that the rulebook has");
}

static int compare_texts(const void *left, const void *right)
{
    return str_compare(*(const str *)left, *(const str *)right);
}

static result check_partners(const struct rulebook *rulebook, const struct operation_entry *entry,
                             struct arena *arena, struct text_list *ret_partners, struct err *err)
{
    if (entry->partner_count == 0 || entry->partner_count > OPERATION_PARTNERS_MAX) {
        return err_set(err, ERROR_INPUT, "A joint operation has between 1 and %d partners",
                       OPERATION_PARTNERS_MAX);
    }
    str *partners = ARENA_NEW(arena, str, entry->partner_count);
    if (partners == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < entry->partner_count; i++) {
        const struct str_cut cut = str_cut(entry->partners[i], ' ');
        TRY(check_country(rulebook, cut.head, err));
        TRY(check_word(OPERATION_AUTHORITIES, cut.tail, "The kind of authority", err));
        partners[i] = entry->partners[i];
    }
    qsort(partners, entry->partner_count, sizeof partners[0], compare_texts);
    *ret_partners = (struct text_list){.items = partners, .count = entry->partner_count};
    return result_ok();
}

static int compare_numbers(const void *left, const void *right)
{
    const struct operation_number *a = left;
    const struct operation_number *b = right;
    return str_compare(a->name, b->name);
}

static bool is_currency(str code)
{
    uint16_t letters = 0;
    return country_parse(code, &letters); /* three letters, as a country has */
}

static result check_number(const struct operation_number *number, bool *ret_money, str *ret_name,
                           struct err *err)
{
    const struct str_cut cut = str_cut(number->name, ' ');
    *ret_money = str_equal(cut.head, STR("money"));
    *ret_name = *ret_money ? cut.tail : number->name;
    if (number->number < 0 || number->number > OPERATION_COUNT_MAX) {
        return err_set(err, ERROR_INPUT, "A count is between 0 and %d", OPERATION_COUNT_MAX);
    }
    if (!*ret_money) {
        return check_word(OPERATION_MEASURE_NAMES, number->name, "The measure", err);
    }
    return is_currency(cut.tail)
               ? result_ok()
               : err_set(err, ERROR_INPUT,
                         "Money has a currency: three capital letters, such as EUR");
}

/* In the order of names, so that one revision has one text. */
static result check_numbers(const struct operation_entry *entry, struct arena *arena,
                            struct checked_operation *checked, struct err *err)
{
    const size_t count = entry->number_count;
    struct operation_number *sorted = ARENA_NEW(arena, struct operation_number, count + 1);
    str *names[2] = {ARENA_NEW(arena, str, count + 1), ARENA_NEW(arena, str, count + 1)};
    int64_t *numbers[2] = {ARENA_NEW(arena, int64_t, count + 1),
                           ARENA_NEW(arena, int64_t, count + 1)};
    size_t kept[2] = {0, 0};
    if (sorted == NULL || names[0] == NULL || names[1] == NULL || numbers[0] == NULL ||
        numbers[1] == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        sorted[i] = entry->numbers[i];
    }
    qsort(sorted, count, sizeof sorted[0], compare_numbers);
    for (size_t i = 0; i < count; i++) {
        bool money = false;
        str name;
        TRY(check_number(&sorted[i], &money, &name, err));
        if (i > 0 && str_equal(sorted[i].name, sorted[i - 1].name)) {
            return err_set(err, ERROR_INPUT, "A measure is given twice");
        }
        names[money][kept[money]] = name;
        numbers[money][kept[money]++] = sorted[i].number;
    }
    checked->measures = (struct text_list){.items = names[0], .count = kept[0]};
    checked->counts = (struct number_list){.items = numbers[0], .count = kept[0]};
    checked->currencies = (struct text_list){.items = names[1], .count = kept[1]};
    checked->amounts = (struct number_list){.items = numbers[1], .count = kept[1]};
    return result_ok();
}

/* --- recording -------------------------------------------------------------------------------- */

struct record_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct operation_entry *entry;
    struct checked_operation checked;
    struct arena *arena;
    struct operation_row row;
};

static result no_such_operation(struct err *err)
{
    return err_set(err, ERROR_NOT_FOUND, "There is no such operation for this account");
}

static result find_operation(struct transaction *transaction, str reference, int64_t *ret_id,
                             struct err *err)
{
    struct err failure = {0};
    if (transaction_find(transaction, SUBJECT_OF_OPERATION, reference, ret_id, &failure).ok) {
        return result_ok();
    }
    return failure.code == ERROR_NOT_FOUND ? no_such_operation(err)
                                           : err_set(err, failure.code, "%s", failure.what);
}

/* The reference is made of a number, so that it is no place for a code name. */
static result find_or_begin(struct sitting *sitting, const struct record_work *work,
                            int64_t *ret_id, str *ret_reference, struct err *err)
{
    if (work->entry->reference.len > 0) {
        *ret_reference = work->entry->reference;
        return find_operation(sitting->transaction, work->entry->reference, ret_id, err);
    }
    TRY(transaction_new_id(sitting->transaction, SUBJECT_OF_OPERATION, ret_id, err));
    *ret_reference = arena_format(sitting->arena, "OP-%04lld", (long long)*ret_id);
    return ret_reference->at == NULL ? arena_full(err) : result_ok();
}

static bool same_operation(const struct record_work *work, const struct event *before)
{
    const struct operation_recorded_body *body = &before->body.operation_recorded;
    return before->kind == EVENT_OPERATION_RECORDED && str_equal(body->kind, work->entry->kind) &&
           date_equal(before->effective_on, work->entry->happened_on) &&
           (work->entry->reference.len == 0 || str_equal(body->reference, work->entry->reference));
}

/* A revision says something new. */
static result check_new(const struct sitting *sitting, const struct event *event, struct err *err)
{
    struct arena scratch = *sitting->arena;
    const struct event *last = NULL;
    size_t count = 0;
    bool same = false;
    TRY(transaction_history(sitting->transaction, SUBJECT_OF_OPERATION, event->subject,
                            sitting->begun_at + 1, 1, &scratch, &last, &count, err));
    if (count > 0 && date_equal(last[0].effective_on, event->effective_on)) {
        TRY(repeat_says_the_same(&last[0], event, scratch, &same, err));
    }
    return same ? sitting_nothing_new(err) : result_ok();
}

static result append_operation(struct sitting *sitting, struct record_work *work, struct err *err)
{
    struct event event = {
        .subject_kind = SUBJECT_OF_OPERATION,
        .kind = EVENT_OPERATION_RECORDED,
        .effective_on = work->entry->happened_on,
        .body.operation_recorded = {.kind = work->entry->kind,
                                    .partners = work->checked.partners,
                                    .measures = work->checked.measures,
                                    .counts = work->checked.counts,
                                    .currencies = work->checked.currencies,
                                    .amounts = work->checked.amounts,
                                    .source = work->entry->source,
                                    .published_on = work->entry->published_on},
    };
    TRY(find_or_begin(sitting, work, &event.subject, &event.body.operation_recorded.reference,
                      err));
    TRY(check_new(sitting, &event, err));
    TRY(sitting_append(sitting, &event, err));
    return transaction_operation(sitting->transaction, event.subject, sitting->arena, &work->row,
                                 err);
}

static result record_work(struct transaction *transaction, void *context, struct err *err)
{
    struct record_work *work = context;
    const struct operation_entry *entry = work->entry;
    struct sitting sitting;
    struct event before;
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_RECORD_OPERATION,
                       work->arena, &before, err));
    if (before.position != 0) {
        return same_operation(work, &before) ? transaction_operation(transaction, before.subject,
                                                                     work->arena, &work->row, err)
                                             : sitting_client_id_taken(err);
    }
    TRY(days_check("The day of the operation", entry->happened_on, DAYS_HAPPENED, sitting.today,
                   err));
    if (entry->published_on.known) {
        TRY(days_check("The day on which it was published", entry->published_on.day, DAYS_HAPPENED,
                       sitting.today, err));
    }
    return append_operation(&sitting, work, err);
}

result casework_record_operation(const struct casework *casework, const struct caller *caller,
                                 const struct operation_entry *entry, struct arena *arena,
                                 struct operation_row *ret_operation, struct err *err)
{
    struct record_work work = {
        .casework = casework, .caller = caller, .entry = entry, .arena = arena};
    TRY(check_word(OPERATION_KINDS, entry->kind, "The kind of operation", err));
    TRY(check_word(OPERATION_SOURCES, entry->source, "The source", err));
    TRY(check_partners(casework->rulebook, entry, arena, &work.checked.partners, err));
    TRY(check_numbers(entry, arena, &work.checked, err));
    TRY(store_write(casework->store, record_work, &work, err));
    *ret_operation = work.row;
    return result_ok();
}

/* --- reading ---------------------------------------------------------------------------------- */

struct read_work {
    const struct casework *casework;
    const struct caller *caller;
    date from;
    date to;
    str reference;
    struct arena *arena;
    struct sitting sitting;
    const struct operation_row *rows;
    struct operation_revision *revisions;
    struct operation_sum *sums;
    size_t count;
};

static result read_rows(struct transaction *transaction, void *context, struct err *err)
{
    struct read_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SEE_OPERATION, work->arena, err));
    return transaction_operations(transaction, work->from, work->to, work->arena, &work->rows,
                                  &work->count, err);
}

static result read_all(struct read_work *work, struct err *err)
{
    TRY(store_read(work->casework->store, read_rows, work, err));
    return sitting_look(&work->sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "operations", err);
}

result casework_operations(const struct casework *casework, const struct caller *caller, date from,
                           date to, struct arena *arena, const struct operation_row **ret_rows,
                           size_t *ret_count, struct err *err)
{
    struct read_work work = {
        .casework = casework, .caller = caller, .from = from, .to = to, .arena = arena};
    TRY(read_all(&work, err));
    *ret_rows = work.rows;
    *ret_count = work.count;
    return result_ok();
}

/* The revisions are the row after each event. */
static result read_revisions(struct transaction *transaction, void *context, struct err *err)
{
    struct read_work *work = context;
    const struct event *events = NULL;
    int64_t id = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SEE_OPERATION, work->arena, err));
    TRY(find_operation(transaction, work->reference, &id, err));
    TRY(transaction_history(transaction, SUBJECT_OF_OPERATION, id, 0, 0, work->arena, &events,
                            &work->count, err));
    work->revisions = ARENA_NEW(work->arena, struct operation_revision, work->count + 1);
    if (work->revisions == NULL) {
        return arena_full(err);
    }
    struct operation_row row = {.id = 0};
    for (size_t i = 0; i < work->count; i++) {
        const struct event *event = &events[work->count - 1 - i];
        TRY(operation_row_apply(&row, event, work->arena, err));
        work->revisions[i].row = row;
        TRY(sitting_actor(&work->sitting, event->actor, &work->revisions[i].actor, err));
    }
    return result_ok();
}

result casework_operation(const struct casework *casework, const struct caller *caller,
                          str reference, struct arena *arena,
                          const struct operation_revision **ret_revisions, size_t *ret_count,
                          struct err *err)
{
    struct read_work work = {
        .casework = casework, .caller = caller, .reference = reference, .arena = arena};
    TRY(store_read(casework->store, read_revisions, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_OPERATION, work.revisions[0].row.id, "operation",
                     err));
    *ret_revisions = work.revisions;
    *ret_count = work.count;
    return result_ok();
}

/* --- the table -------------------------------------------------------------------------------- */

static void add_count(int64_t number, int64_t *sum, int64_t *not_known)
{
    *sum += number == OPERATION_NOT_KNOWN ? 0 : number;
    *not_known += number == OPERATION_NOT_KNOWN ? 1 : 0;
}

static void add_to_sum(struct operation_sum *sum, const struct operation_row *row)
{
    sum->operations++;
    add_count(row->arrests, &sum->arrests, &sum->arrests_not_known);
    add_count(row->boats, &sum->boats, &sum->boats_not_known);
    add_count(row->engines, &sum->engines, &sum->engines_not_known);
    add_count(row->documents, &sum->documents, &sum->documents_not_known);
}

static struct operation_sum *sum_of(struct read_work *work, str partner, date on)
{
    const int32_t year = date_to_civil(on).year;
    const int quarter = date_quarter(on);
    for (size_t i = 0; i < work->count; i++) {
        struct operation_sum *sum = &work->sums[i];
        if (sum->year == year && sum->quarter == quarter && str_equal(sum->partner, partner)) {
            return sum;
        }
    }
    struct operation_sum *sum = &work->sums[work->count++];
    *sum = (struct operation_sum){.partner = partner, .year = year, .quarter = quarter};
    return sum;
}

/* Two authorities of one country are one partner. */
static void add_operation(struct read_work *work, const struct operation_row *row)
{
    str left = row->partners;
    str last = STR("");
    add_to_sum(sum_of(work, STR(""), row->happened_on), row);
    while (left.len > 0) {
        const struct str_cut cut = str_cut(left, ',');
        const str country = str_slice(str_trim(cut.head), 0, 3);
        if (!str_equal(country, last)) {
            add_to_sum(sum_of(work, country, row->happened_on), row);
        }
        last = country;
        left = cut.tail;
    }
}

static int compare_sums(const void *left, const void *right)
{
    const struct operation_sum *a = left;
    const struct operation_sum *b = right;
    if (a->year != b->year) {
        return a->year < b->year ? -1 : 1;
    }
    return a->quarter != b->quarter ? a->quarter - b->quarter : str_compare(a->partner, b->partner);
}

date operation_sum_begin(const struct operation_sum *sum)
{
    date begin = {0};
    result_ignore(
        date_from_civil((struct civil){.year = sum->year, .month = sum->quarter * 3 - 2, .day = 1},
                        &begin, NULL),
        "a quarter of a day that is on record");
    return begin;
}

date operation_sum_end(const struct operation_sum *sum)
{
    return date_add_days(date_add_months(operation_sum_begin(sum), 3, DATE_ROUND_DOWN), -1);
}

result casework_operation_table(const struct casework *casework, const struct caller *caller,
                                date from, date to, struct arena *arena,
                                const struct operation_sum **ret_sums, size_t *ret_count,
                                struct err *err)
{
    struct read_work work = {
        .casework = casework, .caller = caller, .from = from, .to = to, .arena = arena};
    TRY(read_all(&work, err));
    const size_t rows = work.count;
    work.count = 0;
    work.sums = ARENA_NEW(arena, struct operation_sum, rows * (OPERATION_PARTNERS_MAX + 1) + 1);
    if (work.sums == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < rows; i++) {
        add_operation(&work, &work.rows[i]);
    }
    qsort(work.sums, work.count, sizeof work.sums[0], compare_sums);
    *ret_sums = work.sums;
    *ret_count = work.count;
    return result_ok();
}

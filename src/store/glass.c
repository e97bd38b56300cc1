#include "store/glass.h"

#include "store/transaction.h"

result transaction_protected(struct transaction *transaction, struct arena *arena,
                             const int64_t **ret_people, size_t *ret_count, struct err *err)
{
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_PROTECTED, NULL, 0, arena, &rows, ret_count, err));
    *ret_people = rows;
    return result_ok();
}

result transaction_glass(struct transaction *transaction, int64_t id, struct glass_row *ret_row,
                         struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct glass_row row = {.id = id};
    bool found = false;
    TRY(backend_of(transaction)
            ->row_find(transaction->connection, TABLE_GLASS, &scratch, &row, &found, err));
    if (!found) {
        return err_set(err, ERROR_NOT_FOUND, "There is no break-glass %lld", (long long)id);
    }
    *ret_row = row;
    return identity_whose(transaction, id, row.person, scratch, &ret_row->person, err);
}

result transaction_glasses(struct transaction *transaction, bool and_reviewed, int64_t account,
                           size_t limit, struct arena *arena, const struct glass_row **ret_rows,
                           size_t *ret_count, struct err *err)
{
    const struct parameter parameters[] = {
        parameter_number(and_reviewed ? 1 : 0), parameter_number(account),
        parameter_number(limit == 0 ? NO_LIMIT : (int64_t)limit)};
    void *found = NULL;
    TRY(collect_rows(transaction, QUERY_GLASSES, parameters, 3, arena, &found, ret_count, err));
    struct glass_row *rows = found;
    for (size_t i = 0; i < *ret_count; i++) {
        TRY(identity_whose(transaction, rows[i].id, rows[i].person, *arena, &rows[i].person, err));
    }
    *ret_rows = rows;
    return result_ok();
}

/* --- of a person, whatever record it stands under --- */

/* What each record that was ever one person with this one is asked for; it stops at the first
 * failure. What stands under it may be another person's now (identity_whose). */
typedef result of_record(struct transaction *transaction, int64_t record, void *context,
                         struct err *err);

/* While it runs the transaction's own memory begins after the list. */
static result each_record(struct transaction *transaction, int64_t person, of_record *ask,
                          void *context, struct err *err)
{
    const struct arena scratch_before = transaction->scratch;
    const int64_t *records = NULL;
    size_t count = 0;
    result asked =
        transaction_kin(transaction, person, &transaction->scratch, &records, &count, err);
    for (size_t i = 0; asked.ok && i < count; i++) {
        asked = ask(transaction, records[i], context, err);
    }
    transaction->scratch = scratch_before;
    return asked;
}

struct glass_wanted {
    int64_t account;
    int64_t person;
    instant at;
    struct glass_row longest;
};

static result glass_of_record(struct transaction *transaction, int64_t record, void *context,
                              struct err *err)
{
    struct glass_wanted *wanted = context;
    struct arena scratch = transaction->scratch;
    const struct parameter parameters[] = {parameter_number(wanted->account),
                                           parameter_number(record),
                                           parameter_number(wanted->at.milliseconds)};
    void *rows = NULL;
    size_t count = 0;
    TRY(collect_rows(transaction, QUERY_GLASS_OF, parameters, 3, &scratch, &rows, &count, err));
    const struct glass_row *glasses = rows;
    for (size_t i = 0; i < count; i++) {
        int64_t person = 0;
        TRY(identity_whose(transaction, glasses[i].id, record, scratch, &person, err));
        if (person == wanted->person && glass_shows_at(&glasses[i], wanted->at) &&
            glasses[i].until.milliseconds > wanted->longest.until.milliseconds) {
            wanted->longest = glasses[i];
            wanted->longest.person = person;
        }
    }
    return result_ok();
}

result transaction_glass_of(struct transaction *transaction, int64_t account, int64_t person,
                            instant at, struct glass_row *ret_row, struct err *err)
{
    struct glass_wanted wanted = {.account = account, .at = at};
    TRY(identity_root(transaction, person, transaction->scratch, &wanted.person, err));
    TRY(each_record(transaction, person, glass_of_record, &wanted, err));
    *ret_row = wanted.longest;
    return result_ok();
}

struct decision_wanted {
    int64_t account;
    int64_t person;
    bool decided;
};

static result decided_alone(struct transaction *transaction, int64_t record, void *context,
                            struct err *err)
{
    struct decision_wanted *wanted = context;
    const struct parameter parameters[] = {parameter_number(record),
                                           parameter_number(wanted->account)};
    void *rows = NULL;
    size_t count = 0;
    TRY(sealing_settle_subject(transaction, SUBJECT_OF_PERSON, record, err));
    struct arena scratch = transaction->scratch;
    TRY(collect_rows(transaction, QUERY_TAKEN_BY, parameters, 2, &scratch, &rows, &count, err));
    const struct event_record *records = rows;
    for (size_t i = 0; i < count && !wanted->decided; i++) {
        struct event event = {.position = 0};
        bool opened = false;
        int64_t person = 0;
        TRY(identity_whose(transaction, records[i].position, record, scratch, &person, err));
        TRY(event_open(transaction, &records[i], &scratch, &event, &opened, err));
        wanted->decided = person == wanted->person && opened && event.body.step_taken.request == 0;
    }
    return result_ok();
}

result transaction_decided_alone(struct transaction *transaction, int64_t person, int64_t account,
                                 bool *ret_decided, struct err *err)
{
    struct decision_wanted wanted = {.account = account};
    TRY(identity_root(transaction, person, transaction->scratch, &wanted.person, err));
    TRY(each_record(transaction, person, decided_alone, &wanted, err));
    *ret_decided = wanted.decided;
    return result_ok();
}

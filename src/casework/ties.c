#include "casework/ties.h"

#include "casework/sitting.h"
#include "casework/text.h"
#include "store/ties.h"

struct tie_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct new_tie *wanted; /* NULL: one is ended */
    int64_t tie;
    str reference;
    str reason;
    struct arena *arena;
    struct sitting sitting;
    struct tie_line line;
    const struct tie_line *lines;
    size_t count;
    struct person_row person;
};

/* --- what is told of one ---------------------------------------------------------------------- */

/* After erasure of the person the events say nothing any more. */
static result describe(struct sitting *sitting, const struct tie_to_person *tie,
                       const struct person_row *person, struct tie_line *ret_line, struct err *err)
{
    struct tie_line line = {.row = tie->row,
                            .person = person->reference,
                            .reason = STR(""),
                            .holds = tie_holds(&tie->row, sitting->today)};
    struct account_row account;
    struct event event;
    TRY(transaction_account(sitting->transaction, tie->row.account, sitting->arena, &account, err));
    line.username = account.username;
    line.name = account.name;
    TRY(sitting_actor(sitting, tie->row.made_by, &line.made_by, err));
    TRY(sitting_actor(sitting, tie->row.ended_by, &line.ended_by, err));
    TRY(transaction_event(sitting->transaction, tie->row.id, sitting->arena, &event, err));
    line.authority = event.body.tie_made.authority;
    if (tie->row.ended_event != 0) {
        TRY(transaction_event(sitting->transaction, tie->row.ended_event, sitting->arena, &event,
                              err));
        line.reason = event.body.tie_ended.reason;
    }
    *ret_line = line;
    return result_ok();
}

static result describe_tie(struct tie_work *work, int64_t id, struct err *err)
{
    struct tie_to_person tie;
    struct person_row person;
    const bool repeated = work->line.repeated;
    TRY(transaction_tie(work->sitting.transaction, id, work->arena, &tie, err));
    TRY(transaction_person(work->sitting.transaction, tie.person, work->arena, &person, err));
    TRY(describe(&work->sitting, &tie, &person, &work->line, err));
    work->line.repeated = repeated;
    return result_ok();
}

/* --- making one ------------------------------------------------------------------------------- */

static enum tie_kind kind_of_role(str role)
{
    switch ((int)role_from_name(role)) {
    case ROLE_PERSON:
        return TIE_SELF;
    case ROLE_LEGAL_REPRESENTATIVE:
        return TIE_REPRESENTATIVE;
    default:
        return TIE_NONE;
    }
}

static result find_account(struct tie_work *work, struct account_row *ret_account, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    struct err failure = {0};
    int64_t id = 0;
    TRY(text_line_required("The user name", work->wanted->username, NAME_MAX_BYTES, err));
    if (!transaction_find(sitting->transaction, SUBJECT_OF_ACCOUNT,
                          str_trim(work->wanted->username), &id, &failure)
             .ok) {
        return failure.code == ERROR_NOT_FOUND
                   ? err_set(err, ERROR_INPUT, "There is no account of that user name")
                   : err_set(err, failure.code, "%s", failure.what);
    }
    return transaction_account(sitting->transaction, id, work->arena, ret_account, err);
}

static result check_account(const struct tie_work *work, const struct account_row *account,
                            struct err *err)
{
    if (kind_of_role(account->role) == TIE_NONE || account->closed) {
        result_ignore(err_set(err, ERROR_INPUT,
                              "Only an open account of the person or of a legal representative "
                              "can be tied to a person"),
                      "the hint follows");
        return err_hint(err, "An administrator opens one, which shows nobody by itself.");
    }
    return account->id == work->sitting.account.id
               ? err_set(err, ERROR_CONFLICT, "Nobody opens a record to their own account")
               : result_ok();
}

static bool is_over(const struct tie_row *row, date today)
{
    return row->last_day.known && date_before(row->last_day.day, today);
}

/* One tie to a person at a time; and one person, of somebody's own account. */
static result check_others(struct tie_work *work, const struct account_row *account,
                           struct err *err)
{
    struct sitting *sitting = &work->sitting;
    struct arena scratch = *work->arena;
    const struct tie_to_person *ties = NULL;
    size_t count = 0;
    TRY(transaction_ties_of_account(sitting->transaction, account->id, &scratch, &ties, &count,
                                    err));
    for (size_t i = 0; i < count; i++) {
        if (is_over(&ties[i].row, sitting->today)) {
            continue;
        }
        if (ties[i].person == work->person.id) {
            return err_set(err, ERROR_CONFLICT,
                           "The account is tied to this person already (tie %lld): end that first",
                           (long long)ties[i].row.id);
        }
        if (ties[i].row.kind == TIE_SELF) {
            return err_set(err, ERROR_CONFLICT,
                           "The account is somebody else's own: another person needs another one");
        }
    }
    return result_ok();
}

static result check_days(const struct tie_work *work, date first_day, struct err *err)
{
    if (date_before(first_day, work->sitting.today)) {
        return err_set(err, ERROR_INPUT,
                       "Nobody sees anything before today: the first day is past");
    }
    const struct known_day *last = &work->wanted->last_day;
    return last->known && date_before(last->day, first_day)
               ? err_set(err, ERROR_INPUT, "The last day lies before the first")
               : result_ok();
}

static bool same_tie(const struct event *before, const struct event *now)
{
    const struct tie_made_body *was = &before->body.tie_made;
    const struct tie_made_body *is = &now->body.tie_made;
    return before->kind == EVENT_TIE_MADE && was->account == is->account &&
           str_equal(was->authority, is->authority) && was->last_day.known == is->last_day.known &&
           (!is->last_day.known || date_equal(was->last_day.day, is->last_day.day));
}

static result make(struct tie_work *work, const struct event *before, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    struct account_row account;
    TRY(find_account(work, &account, err));
    const struct known_day *first = &work->wanted->first_day;
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = work->person.id,
                          .kind = EVENT_TIE_MADE,
                          .effective_on = first->known ? first->day : sitting->today,
                          .body.tie_made = {.account = account.id,
                                            .last_day = work->wanted->last_day,
                                            .authority = str_trim(work->wanted->authority)}};
    if (before->position != 0) {
        work->line.repeated = true;
        return same_tie(before, &event) && sitting->before_subject == work->person.id
                   ? describe_tie(work, before->position, err)
                   : sitting_client_id_taken(err);
    }
    TRY(check_account(work, &account, err));
    TRY(check_days(work, event.effective_on, err));
    TRY(check_others(work, &account, err));
    event.body.tie_made.kind = str_from_c(tie_kind_name(kind_of_role(account.role)));
    TRY(sitting_append(sitting, &event, err));
    return describe_tie(work, event.position, err);
}

static result make_work(struct transaction *transaction, void *context, struct err *err)
{
    struct tie_work *work = context;
    struct event before;
    TRY(sitting_record(&work->sitting, work->casework, transaction, work->caller,
                       ACTION_TIE_ACCOUNT, work->arena, &before, err));
    TRY(sitting_person(&work->sitting, work->wanted->person, ACTION_TIE_ACCOUNT, &work->person,
                       err));
    return make(work, &before, err);
}

result casework_make_tie(const struct casework *casework, const struct caller *caller,
                         const struct new_tie *tie, struct arena *arena, struct tie_line *ret_line,
                         struct err *err)
{
    TRY(text_line_required("What it rests on", tie->authority, SOURCE_MAX_BYTES, err));
    struct tie_work work = {.casework = casework, .caller = caller, .wanted = tie, .arena = arena};
    TRY(store_write(casework->store, make_work, &work, err));
    *ret_line = work.line;
    return result_ok();
}

/* --- ending one ------------------------------------------------------------------------------- */

static result no_such_tie(int64_t tie, struct err *err)
{
    return err_set(err, ERROR_NOT_FOUND, "There is no tie %lld for this account", (long long)tie);
}

static result find_tie(struct tie_work *work, struct tie_to_person *ret_tie, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    struct err failure = {0};
    bool allowed = false;
    if (!transaction_tie(sitting->transaction, work->tie, work->arena, ret_tie, &failure).ok) {
        return failure.code == ERROR_NOT_FOUND ? no_such_tie(work->tie, err)
                                               : err_set(err, failure.code, "%s", failure.what);
    }
    TRY(transaction_person(sitting->transaction, ret_tie->person, work->arena, &work->person, err));
    TRY(sitting_may_person(sitting, &work->person, ACTION_TIE_ACCOUNT, &allowed, err));
    if (allowed && work->reference.len > 0) {
        struct person_row named;
        TRY(sitting_person(sitting, work->reference, ACTION_TIE_ACCOUNT, &named, err));
        allowed = named.id == work->person.id;
    }
    return allowed ? result_ok() : no_such_tie(work->tie, err);
}

static result end_work(struct transaction *transaction, void *context, struct err *err)
{
    struct tie_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct event before;
    struct tie_to_person tie;
    TRY(sitting_record(sitting, work->casework, transaction, work->caller, ACTION_TIE_ACCOUNT,
                       work->arena, &before, err));
    TRY(find_tie(work, &tie, err));
    if (before.position != 0) {
        const struct tie_ended_body *body = &before.body.tie_ended;
        work->line.repeated = true;
        return before.kind == EVENT_TIE_ENDED && body->tie == work->tie &&
                       str_equal(body->reason, work->reason)
                   ? describe_tie(work, work->tie, err)
                   : sitting_client_id_taken(err);
    }
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = work->person.id,
                          .kind = EVENT_TIE_ENDED,
                          .effective_on = sitting->today,
                          .body.tie_ended = {.tie = work->tie, .reason = work->reason}};
    TRY(sitting_append(sitting, &event, err));
    return describe_tie(work, work->tie, err);
}

result casework_end_tie(const struct casework *casework, const struct caller *caller, str person,
                        int64_t tie, str reason, struct arena *arena, struct tie_line *ret_line,
                        struct err *err)
{
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct tie_work work = {.casework = casework,
                            .caller = caller,
                            .reference = person,
                            .tie = tie,
                            .reason = str_trim(reason),
                            .arena = arena};
    TRY(store_write(casework->store, end_work, &work, err));
    *ret_line = work.line;
    return result_ok();
}

/* --- who sees it ------------------------------------------------------------------------------ */

result ties_read(struct sitting *sitting, const struct person_row *person,
                 const struct tie_line **ret_lines, size_t *ret_count, struct err *err)
{
    const struct tie_to_person *ties = NULL;
    size_t count = 0;
    TRY(transaction_ties_of_person(sitting->transaction, person->id, sitting->arena, &ties, &count,
                                   err));
    struct tie_line *lines = ARENA_NEW(sitting->arena, struct tie_line, count + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(describe(sitting, &ties[i], person, &lines[i], err));
    }
    *ret_lines = lines;
    *ret_count = count;
    return result_ok();
}

static result read_ties(struct transaction *transaction, void *context, struct err *err)
{
    struct tie_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_PERSON,
                     work->arena, err));
    TRY(sitting_person(&work->sitting, work->reference, ACTION_SEE_PERSON, &work->person, err));
    return ties_read(&work->sitting, &work->person, &work->lines, &work->count, err);
}

result casework_ties(const struct casework *casework, const struct caller *caller, str person,
                     struct arena *arena, const struct tie_line **ret_lines, size_t *ret_count,
                     struct err *err)
{
    struct tie_work work = {
        .casework = casework, .caller = caller, .reference = person, .arena = arena};
    TRY(store_read(casework->store, read_ties, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.person.id, "ties", err));
    *ret_lines = work.lines;
    *ret_count = work.count;
    return result_ok();
}

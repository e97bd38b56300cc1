#include "casework/glass.h"

#include "casework/sitting.h"
#include "casework/text.h"
#include "store/glass.h"

static const int64_t minute_milliseconds = 60 * 1000;

struct glass_work {
    const struct casework *casework;
    const struct caller *caller;
    str person;
    str reason;
    int64_t minutes;
    int64_t glass;
    enum glass_outcome outcome;
    const struct glass_query *query;
    struct arena *arena;
    struct sitting sitting;
    struct glass_line line;
    struct glass_line *lines;
    size_t count;
};

/* --- what is told of one ---------------------------------------------------------------------- */

/* The body of an event of somebody who was erased is not to be had any more. */
static result words_of(struct sitting *sitting, int64_t position, struct event *ret_event,
                       struct err *err)
{
    struct err failure = {0};
    *ret_event = (struct event){.position = 0};
    if (position == 0 ||
        transaction_event(sitting->transaction, position, sitting->arena, ret_event, &failure).ok) {
        return result_ok();
    }
    *ret_event = (struct event){.position = 0};
    return failure.code == ERROR_NOT_FOUND ? result_ok()
                                           : err_set(err, failure.code, "%s", failure.what);
}

static bool is_mine_to_review(const struct sitting *sitting, const struct glass_row *row)
{
    const bool own = row->account == sitting->account.id;
    const struct access_object object = {.relations = own ? 1U << RELATION_ASKED : 0};
    return row->outcome == GLASS_NOT_REVIEWED &&
           may(&sitting->account, ACTION_REVIEW_GLASS, &object);
}

static result describe(struct sitting *sitting, const struct glass_row *row,
                       struct glass_line *ret_line, struct err *err)
{
    struct glass_line line = {
        .row = *row, .reference = STR(""), .reason = STR(""), .review = STR("")};
    struct person_row person;
    struct event broken;
    struct event reviewed;
    bool seen = false;
    TRY(transaction_person(sitting->transaction, row->person, sitting->arena, &person, err));
    TRY(sitting_may_person(sitting, &person, ACTION_SEE_PERSON, &seen, err));
    TRY(sitting_actor(sitting, row->account, &line.account, err));
    TRY(sitting_actor(sitting, row->reviewed_by, &line.reviewed_by, err));
    if (!person.erased) {
        TRY(words_of(sitting, row->id, &broken, err));
        TRY(words_of(sitting, row->reviewed_event, &reviewed, err));
        line.reason = broken.kind == EVENT_GLASS_BROKEN ? broken.body.glass_broken.reason : STR("");
        line.review =
            reviewed.kind == EVENT_GLASS_REVIEWED ? reviewed.body.glass_reviewed.reason : STR("");
    }
    line.reference = seen ? person.reference : STR("");
    line.shows = glass_shows_at(row, sitting->at);
    line.mine_to_review = is_mine_to_review(sitting, row);
    *ret_line = line;
    return result_ok();
}

static result describe_event(struct glass_work *work, int64_t glass, struct err *err)
{
    struct glass_row row;
    TRY(transaction_glass(work->sitting.transaction, glass, &row, err));
    return describe(&work->sitting, &row, &work->line, err);
}

/* --- breaking ---------------------------------------------------------------------------------
 */

static result check_not_in_sight(struct sitting *sitting, const struct person_row *person,
                                 struct err *err)
{
    bool seen = false;
    TRY(sitting_may_person(sitting, person, ACTION_SEE_PERSON, &seen, err));
    return seen ? err_set(err, ERROR_CONFLICT,
                          "This account sees the record already: there is no glass to break")
                : result_ok();
}

static result break_work(struct transaction *transaction, void *context, struct err *err)
{
    struct glass_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct person_row person;
    struct event before;
    TRY(sitting_record(sitting, work->casework, transaction, work->caller, ACTION_BREAK_GLASS,
                       work->arena, &before, err));
    TRY(sitting_require(sitting, ACTION_SEE_PERSON, err));
    TRY(sitting_person(sitting, work->person, ACTION_BREAK_GLASS, &person, err));
    if (before.position != 0) {
        const bool same = before.kind == EVENT_GLASS_BROKEN &&
                          sitting->before_subject == person.id &&
                          str_equal(before.body.glass_broken.reason, work->reason);
        return same ? describe_event(work, before.position, err) : sitting_client_id_taken(err);
    }
    TRY(check_not_in_sight(sitting, &person, err));
    const int64_t until = sitting->at.milliseconds + work->minutes * minute_milliseconds;
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person.id,
                          .kind = EVENT_GLASS_BROKEN,
                          .effective_on = sitting->today,
                          .body.glass_broken = {.until_ms = until, .reason = work->reason}};
    TRY(sitting_append(sitting, &event, err));
    return describe_event(work, event.position, err);
}

result casework_break_glass(const struct casework *casework, const struct caller *caller,
                            str person, str reason, int64_t minutes, struct arena *arena,
                            struct glass_line *ret_line, struct err *err)
{
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    if (minutes < 1 || minutes > GLASS_MINUTES_MAX) {
        return err_set(err, ERROR_INPUT, "The glass is broken for 1 to %d minutes",
                       GLASS_MINUTES_MAX);
    }
    struct glass_work work = {.casework = casework,
                              .caller = caller,
                              .person = person,
                              .reason = str_trim(reason),
                              .minutes = minutes,
                              .arena = arena};
    TRY(store_write(casework->store, break_work, &work, err));
    *ret_line = work.line;
    return result_ok();
}

/* --- reviewing ---------------------------------------------------------------------------------
 */

static result no_such_glass(int64_t glass, struct err *err)
{
    return err_set(err, ERROR_NOT_FOUND, "There is no break-glass %lld for this account",
                   (long long)glass);
}

static result find_glass(struct glass_work *work, struct glass_row *ret_row, struct err *err)
{
    struct err failure = {0};
    if (transaction_glass(work->sitting.transaction, work->glass, ret_row, &failure).ok) {
        return result_ok();
    }
    return failure.code == ERROR_NOT_FOUND ? no_such_glass(work->glass, err)
                                           : err_set(err, failure.code, "%s", failure.what);
}

static bool same_review(const struct glass_work *work, const struct event *before)
{
    const struct glass_reviewed_body *body = &before->body.glass_reviewed;
    return before->kind == EVENT_GLASS_REVIEWED && body->glass == work->glass &&
           str_equal(body->outcome, str_from_c(glass_outcome_name(work->outcome))) &&
           str_equal(body->reason, work->reason);
}

static result review_work(struct transaction *transaction, void *context, struct err *err)
{
    struct glass_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct glass_row row;
    struct event before;
    TRY(sitting_record(sitting, work->casework, transaction, work->caller, ACTION_REVIEW_GLASS,
                       work->arena, &before, err));
    TRY(find_glass(work, &row, err));
    if (before.position != 0) {
        return same_review(work, &before) ? describe(sitting, &row, &work->line, err)
                                          : sitting_client_id_taken(err);
    }
    const bool own = row.account == sitting->account.id;
    TRY(sitting_no_conflict(ACTION_REVIEW_GLASS, own ? 1U << RELATION_ASKED : 0, err));
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = row.person,
        .kind = EVENT_GLASS_REVIEWED,
        .effective_on = sitting->today,
        .body.glass_reviewed = {.glass = row.id,
                                .outcome = str_from_c(glass_outcome_name(work->outcome)),
                                .reason = work->reason},
    };
    TRY(sitting_append(sitting, &event, err));
    return describe_event(work, row.id, err);
}

result casework_review_glass(const struct casework *casework, const struct caller *caller,
                             int64_t glass, str outcome, str reason, struct arena *arena,
                             struct glass_line *ret_line, struct err *err)
{
    const enum glass_outcome found = glass_outcome_from_name(outcome);
    TRY(text_line_required("What the review found", reason, SOURCE_MAX_BYTES, err));
    if (found == GLASS_NOT_REVIEWED) {
        return err_set(err, ERROR_INPUT, "A review finds it justified or not_justified");
    }
    struct glass_work work = {.casework = casework,
                              .caller = caller,
                              .glass = glass,
                              .outcome = found,
                              .reason = str_trim(reason),
                              .arena = arena};
    TRY(store_write(casework->store, review_work, &work, err));
    *ret_line = work.line;
    return result_ok();
}

/* --- listing ----------------------------------------------------------------------------------
 */

static result read_glasses(struct transaction *transaction, void *context, struct err *err)
{
    struct glass_work *work = context;
    const struct glass_query *query = work->query;
    const struct glass_row *rows = NULL;
    size_t count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     query->own ? ACTION_BREAK_GLASS : ACTION_REVIEW_GLASS, work->arena, err));
    TRY(transaction_glasses(transaction, query->and_reviewed,
                            query->own ? work->sitting.account.id : 0, query->limit, work->arena,
                            &rows, &count, err));
    work->lines = ARENA_NEW(work->arena, struct glass_line, count + 1);
    if (work->lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(describe(&work->sitting, &rows[i], &work->lines[i], err));
    }
    work->count = count;
    return result_ok();
}

result casework_glasses(const struct casework *casework, const struct caller *caller,
                        const struct glass_query *query, struct arena *arena,
                        const struct glass_line **ret_lines, size_t *ret_count, struct err *err)
{
    if (query->limit < 1 || query->limit > GLASSES_AT_ONCE_MAX) {
        return err_set(err, ERROR_INPUT, "Between 1 and %d are listed at once",
                       GLASSES_AT_ONCE_MAX);
    }
    struct glass_work work = {
        .casework = casework, .caller = caller, .query = query, .arena = arena};
    TRY(store_read_steady(casework->store, read_glasses, &work, err));
    *ret_lines = work.lines;
    *ret_count = work.count;
    return result_ok();
}

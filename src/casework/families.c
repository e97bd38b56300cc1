/* Who belongs together. A group has the number of the person it began with, who is in it. */
#include "casework/casework.h"

#include "casework/past.h"
#include "casework/record.h"
#include "casework/repeat.h"
#include "casework/text.h"

enum {
    FAMILY_MAX =
        64, /* members of one group: beyond any family, and what one review judges stays bounded */
};

/* --- joining ---------------------------------------------------------------------------------- */

struct join_work {
    const struct casework *casework;
    const struct caller *caller;
    str person;
    str relative;
    struct arena *arena;
    struct record_answer answer;
};

/* The person and whoever is recorded with them. */
static result group_of(struct sitting *sitting, const struct person_row *person,
                       const struct person_row **ret_rows, size_t *ret_count, struct err *err)
{
    if (person->family == 0) {
        struct person_row *alone = ARENA_NEW(sitting->arena, struct person_row, 1);
        if (alone == NULL) {
            return arena_full(err);
        }
        *alone = *person;
        *ret_rows = alone;
        *ret_count = 1;
        return result_ok();
    }
    const struct people_filter filter = {.stage = STR(""), .family = person->family};
    return transaction_people(sitting->transaction, &filter, sitting->arena, ret_rows, ret_count,
                              err);
}

static result append_joined(struct sitting *sitting, int64_t person, int64_t family,
                            int64_t *ret_position, struct err *err)
{
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person,
                          .kind = EVENT_FAMILY_JOINED,
                          .effective_on = sitting->today,
                          .body.family_joined = {.family = family}};
    TRY(sitting_append(sitting, &event, err));
    *ret_position = event.position;
    return result_ok();
}

struct moved {
    int64_t events[FAMILY_MAX + 1];
    size_t count;
};

static result is_free(struct sitting *sitting, const struct person_row *person, int64_t number,
                      bool *ret_free, struct err *err)
{
    const struct people_filter filter = {.stage = STR(""), .family = number, .limit = 1};
    const struct person_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_people(sitting->transaction, &filter, sitting->arena, &rows, &count, err));
    *ret_free = count == 0 || person->family == number; /* the person's group comes along */
    return result_ok();
}

/* The group of the relative, or a new one. When a merge was undone others may be together under the
 * number of somebody who is not with them any more. */
static result number_for(struct sitting *sitting, const struct person_row *person,
                         const struct person_row *relative, int64_t *ret_number, struct err *err)
{
    const int64_t numbers[] = {relative->id, person->id};
    bool found = relative->family != 0;
    *ret_number = relative->family;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && !found; i++) {
        *ret_number = numbers[i];
        TRY(is_free(sitting, person, numbers[i], &found, err));
    }
    return found ? result_ok()
                 : err_set(err, ERROR_CONFLICT,
                           "Others are recorded as a family under the numbers of %.*s and %.*s",
                           STR_ARG(person->reference), STR_ARG(relative->reference));
}

/* Whoever is in the person's own group comes along: a family that becomes larger must not lose
 * anybody. The person's event is the first, for it carries the client id. */
static result append_all(struct sitting *sitting, const struct person_row *person,
                         const struct person_row *relative, struct moved *moved, struct err *err)
{
    const struct person_row *group = NULL;
    const struct person_row *theirs = NULL;
    size_t count = 0;
    size_t theirs_count = 0;
    TRY(group_of(sitting, person, &group, &count, err));
    TRY(group_of(sitting, relative, &theirs, &theirs_count, err));
    if (count + theirs_count > FAMILY_MAX) {
        return err_set(err, ERROR_LIMIT, "A family group has at most %d members", FAMILY_MAX);
    }
    int64_t family = 0;
    TRY(number_for(sitting, person, relative, &family, err));
    TRY(append_joined(sitting, person->id, family, &moved->events[moved->count++], err));
    if (relative->family == 0) {
        TRY(append_joined(sitting, relative->id, family, &moved->events[moved->count++], err));
    }
    for (size_t i = 0; i < count; i++) {
        if (group[i].id != person->id) {
            TRY(append_joined(sitting, group[i].id, family, &moved->events[moved->count++], err));
        }
    }
    return result_ok();
}

static result check_join(const struct person_row *person, const struct person_row *relative,
                         struct err *err)
{
    if (person->id == relative->id) {
        return err_set(err, ERROR_INPUT, "%.*s cannot be a relative of themselves",
                       STR_ARG(person->reference));
    }
    if (person->family != 0 && person->family == relative->family) {
        return err_set(err, ERROR_CONFLICT, "%.*s and %.*s are recorded as one family already",
                       STR_ARG(person->reference), STR_ARG(relative->reference));
    }
    return result_ok();
}

/* Whom the relative belonged with when it was done: an undone merge gives what was recorded since
 * to others, and takes nothing of what was done then. */
static result join_again(struct sitting *sitting, struct join_work *work,
                         const struct event *before, const struct person_row *person,
                         const struct person_row *relative, struct err *err)
{
    struct past past;
    struct done_before done;
    if (before->kind != EVENT_FAMILY_JOINED || sitting->before_subject != person->id) {
        return sitting_client_id_taken(err);
    }
    TRY(past_person(sitting, sitting_record_of(sitting, relative->id), 0, before->recorded_at,
                    &past, err));
    if (past.person.family != before->body.family_joined.family) {
        return sitting_client_id_taken(err);
    }
    TRY(repeat_events(sitting, before, &done, err));
    return repeat_record_answer(sitting, &done, &work->answer, err);
}

static result join_and_review(struct sitting *sitting, struct join_work *work,
                              const struct person_row *person, const struct person_row *relative,
                              struct err *err)
{
    TRY(check_join(person, relative, err));
    struct moved *moved = ARENA_NEW(sitting->arena, struct moved, 1);
    if (moved == NULL) {
        return arena_full(err);
    }
    TRY(append_all(sitting, person, relative, moved, err));
    const struct touched touched = {.kind = SUBJECT_OF_PERSON, .id = person->id};
    return record_finish(sitting, &touched, 1, moved->events, moved->count, &work->answer, err);
}

static result join_work(struct transaction *transaction, void *context, struct err *err)
{
    struct join_work *work = context;
    struct sitting sitting;
    struct event before;
    struct person_row person = {.id = 0};
    struct person_row relative = {.id = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_RECORD_FACT,
                       work->arena, &before, err));
    TRY(sitting_person(&sitting, work->person, ACTION_RECORD_FACT, &person, err));
    TRY(sitting_person(&sitting, work->relative, ACTION_RECORD_FACT, &relative, err));
    return before.position != 0 ? join_again(&sitting, work, &before, &person, &relative, err)
                                : join_and_review(&sitting, work, &person, &relative, err);
}

result casework_join_family(const struct casework *casework, const struct caller *caller,
                            str person, str relative, struct arena *arena,
                            struct record_answer *ret_answer, struct err *err)
{
    struct join_work work = {.casework = casework,
                             .caller = caller,
                             .person = person,
                             .relative = relative,
                             .arena = arena};
    TRY(store_write(casework->store, join_work, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}

/* --- leaving ---------------------------------------------------------------------------------- */

struct leave_work {
    const struct casework *casework;
    const struct caller *caller;
    str person;
    str reason;
    struct arena *arena;
    struct record_answer answer;
};

static result append_left(struct sitting *sitting, int64_t person, str reason,
                          int64_t *ret_position, struct err *err)
{
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person,
                          .kind = EVENT_FAMILY_LEFT,
                          .effective_on = sitting->today,
                          .body.family_left = {.reason = reason}};
    TRY(sitting_append(sitting, &event, err));
    *ret_position = event.position;
    return result_ok();
}

/* The others stay together; one alone is no group. A group that had the number of whoever leaves
 * gets that of another, for who leaves may begin one anew. */
static result append_leaving(struct sitting *sitting, const struct person_row *person, str reason,
                             const struct person_row *group, size_t count, struct moved *moved,
                             int64_t *ret_stays, struct err *err)
{
    int64_t stays = 0;
    TRY(append_left(sitting, person->id, reason, &moved->events[moved->count++], err));
    for (size_t i = 0; i < count; i++) {
        if (group[i].id == person->id) {
            continue;
        }
        stays = stays == 0 ? group[i].id : stays;
        if (count == 2) {
            TRY(append_left(sitting, group[i].id, reason, &moved->events[moved->count++], err));
        } else if (person->family == person->id) {
            TRY(append_joined(sitting, group[i].id, stays, &moved->events[moved->count++], err));
        }
    }
    *ret_stays = stays;
    return result_ok();
}

static result leave_and_review(struct sitting *sitting, struct leave_work *work,
                               const struct person_row *person, struct err *err)
{
    const struct person_row *group = NULL;
    size_t count = 0;
    int64_t stays = 0;
    TRY(group_of(sitting, person, &group, &count, err));
    if (count < 2 || count > FAMILY_MAX) {
        return err_set(err, ERROR_CONFLICT, "No relative of %.*s is recorded",
                       STR_ARG(person->reference));
    }
    struct moved *moved = ARENA_NEW(sitting->arena, struct moved, 1);
    if (moved == NULL) {
        return arena_full(err);
    }
    TRY(append_leaving(sitting, person, work->reason, group, count, moved, &stays, err));
    const struct touched touched[] = {{.kind = SUBJECT_OF_PERSON, .id = person->id},
                                      {.kind = SUBJECT_OF_PERSON, .id = stays}};
    return record_finish(sitting, touched, 2, moved->events, moved->count, &work->answer, err);
}

static result leave_again(struct sitting *sitting, struct leave_work *work,
                          const struct event *before, const struct person_row *person,
                          struct err *err)
{
    struct done_before done;
    if (before->kind != EVENT_FAMILY_LEFT || sitting->before_subject != person->id ||
        !str_equal(before->body.family_left.reason, work->reason)) {
        return sitting_client_id_taken(err);
    }
    TRY(repeat_events(sitting, before, &done, err));
    return repeat_record_answer(sitting, &done, &work->answer, err);
}

static result leave_in(struct transaction *transaction, void *context, struct err *err)
{
    struct leave_work *work = context;
    struct sitting sitting;
    struct event before;
    struct person_row person = {.id = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_RECORD_FACT,
                       work->arena, &before, err));
    TRY(sitting_person(&sitting, work->person, ACTION_RECORD_FACT, &person, err));
    return before.position != 0 ? leave_again(&sitting, work, &before, &person, err)
                                : leave_and_review(&sitting, work, &person, err);
}

result casework_leave_family(const struct casework *casework, const struct caller *caller,
                             str person, str reason, struct arena *arena,
                             struct record_answer *ret_answer, struct err *err)
{
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct leave_work work = {.casework = casework,
                              .caller = caller,
                              .person = person,
                              .reason = str_trim(reason),
                              .arena = arena};
    TRY(store_write(casework->store, leave_in, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}

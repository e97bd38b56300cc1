#include "casework/protection.h"

#include "casework/sitting.h"
#include "casework/text.h"

struct protection_work {
    const struct casework *casework;
    const struct caller *caller;
    str person;
    const struct protection *protection; /* NULL: lifted */
    str reason;
    struct arena *arena;
    struct sitting sitting;
    struct person_row row;
    int64_t event;
    struct protection_answer answer;
};

/* --- whom it names ---------------------------------------------------------------------------- */

result protection_of_names(const str *names, size_t count, struct arena *arena,
                           struct protection *ret_protection, struct err *err)
{
    const str prefix = STR("role:");
    str *usernames = ARENA_NEW(arena, str, count + 1);
    str *roles = ARENA_NEW(arena, str, count + 1);
    struct protection protection = {.usernames = usernames, .roles = roles};
    if (usernames == NULL || roles == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (str_starts(names[i], prefix)) {
            roles[protection.role_count++] = str_slice(names[i], prefix.len, names[i].len);
        } else {
            usernames[protection.username_count++] = names[i];
        }
    }
    *ret_protection = protection;
    return result_ok();
}

static result check_named(const struct protection *protection, struct err *err)
{
    if (protection->username_count + protection->role_count == 0) {
        return err_set(err, ERROR_INPUT,
                       "A protected record is seen by somebody: name an account "
                       "or a role");
    }
    if (protection->username_count > PROTECTION_NAMES_MAX ||
        protection->role_count > PROTECTION_NAMES_MAX) {
        return err_set(err, ERROR_INPUT, "A protection names at most %d accounts and %d roles",
                       PROTECTION_NAMES_MAX, PROTECTION_NAMES_MAX);
    }
    for (size_t i = 0; i < protection->role_count; i++) {
        if (role_from_name(protection->roles[i]) == ROLE_NONE) {
            return err_set(err, ERROR_INPUT, "The %zu. role is not one that accounts have", i + 1);
        }
    }
    return result_ok();
}

static result find_accounts(struct protection_work *work, struct number_list *ret_accounts,
                            struct err *err)
{
    const struct protection *protection = work->protection;
    int64_t *accounts = ARENA_NEW(work->arena, int64_t, protection->username_count + 1);
    if (accounts == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < protection->username_count; i++) {
        struct err failure = {0};
        TRY(text_line_required("The user name", protection->usernames[i], NAME_MAX_BYTES, err));
        if (!transaction_find(work->sitting.transaction, SUBJECT_OF_ACCOUNT,
                              protection->usernames[i], &accounts[i], &failure)
                 .ok) {
            return err_set(err, failure.code == ERROR_NOT_FOUND ? ERROR_INPUT : failure.code, "%s",
                           failure.code == ERROR_NOT_FOUND
                               ? "One of the accounts named does not exist"
                               : failure.what);
        }
    }
    *ret_accounts = (struct number_list){.items = accounts, .count = protection->username_count};
    return result_ok();
}

/* --- commands --------------------------------------------------------------------------------- */

static bool same_numbers(const struct number_list *one, const struct number_list *other)
{
    bool same = one->count == other->count;
    for (size_t i = 0; same && i < one->count; i++) {
        same = one->items[i] == other->items[i];
    }
    return same;
}

static bool same_names(const struct text_list *one, const struct text_list *other)
{
    bool same = one->count == other->count;
    for (size_t i = 0; same && i < one->count; i++) {
        same = str_equal(one->items[i], other->items[i]);
    }
    return same;
}

static bool same_command(const struct event *before, const struct event *now, int64_t person)
{
    if (before->kind != now->kind || person != now->subject) {
        return false;
    }
    if (now->kind == EVENT_PROTECTION_LIFTED) {
        return str_equal(before->body.protection_lifted.reason, now->body.protection_lifted.reason);
    }
    const struct protection_set_body *was = &before->body.protection_set;
    const struct protection_set_body *is = &now->body.protection_set;
    return same_numbers(&was->accounts, &is->accounts) && same_names(&was->roles, &is->roles) &&
           str_equal(was->reason, is->reason);
}

static result make_event(struct protection_work *work, struct event *ret_event, struct err *err)
{
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = work->row.id,
                          .kind = EVENT_PROTECTION_LIFTED,
                          .effective_on = work->sitting.today,
                          .body.protection_lifted = {.reason = work->reason}};
    if (work->protection != NULL) {
        struct number_list accounts = {.count = 0};
        TRY(find_accounts(work, &accounts, err));
        event.kind = EVENT_PROTECTION_SET;
        event.body.protection_set = (struct protection_set_body){
            .accounts = accounts,
            .roles = {.items = work->protection->roles, .count = work->protection->role_count},
            .reason = work->reason};
    }
    *ret_event = event;
    return result_ok();
}

/* Sent again, the record may be out of the caller's own sight: it is found by what was done. */
static result answer_again(struct protection_work *work, const struct event *before,
                           struct err *err)
{
    struct event event;
    bool meant = false;
    TRY(transaction_person(work->sitting.transaction, work->sitting.before_subject, work->arena,
                           &work->row, err));
    TRY(make_event(work, &event, err));
    TRY(sitting_means(&work->sitting, work->person, work->row.id, &meant, err));
    if (!meant || !same_command(before, &event, work->sitting.before_subject)) {
        return sitting_client_id_taken(err);
    }
    work->event = before->position;
    return result_ok();
}

static result protect_work(struct transaction *transaction, void *context, struct err *err)
{
    struct protection_work *work = context;
    struct event before;
    struct event event;
    TRY(sitting_record(&work->sitting, work->casework, transaction, work->caller,
                       ACTION_PROTECT_PERSON, work->arena, &before, err));
    if (before.position != 0) {
        return answer_again(work, &before, err);
    }
    TRY(sitting_person(&work->sitting, work->person, ACTION_PROTECT_PERSON, &work->row, err));
    TRY(make_event(work, &event, err));
    TRY(sitting_append(&work->sitting, &event, err));
    work->event = event.position;
    return result_ok();
}

static result run(struct protection_work *work, int64_t *ret_event, struct err *err)
{
    TRY(text_line_required("The reason", work->reason, SOURCE_MAX_BYTES, err));
    work->reason = str_trim(work->reason);
    TRY(store_write(work->casework->store, protect_work, work, err));
    *ret_event = work->event;
    return result_ok();
}

result casework_protect_person(const struct casework *casework, const struct caller *caller,
                               str person, const struct protection *protection, struct arena *arena,
                               int64_t *ret_event, struct err *err)
{
    TRY(check_named(protection, err));
    struct protection_work work = {.casework = casework,
                                   .caller = caller,
                                   .person = person,
                                   .protection = protection,
                                   .reason = protection->reason,
                                   .arena = arena};
    return run(&work, ret_event, err);
}

result casework_lift_protection(const struct casework *casework, const struct caller *caller,
                                str person, str reason, struct arena *arena, int64_t *ret_event,
                                struct err *err)
{
    struct protection_work work = {
        .casework = casework, .caller = caller, .person = person, .reason = reason, .arena = arena};
    return run(&work, ret_event, err);
}

/* --- who is named ----------------------------------------------------------------------------- */

static result describe(struct protection_work *work, struct err *err)
{
    struct event event;
    struct protection_answer *answer = &work->answer;
    TRY(transaction_event(work->sitting.transaction, work->row.protection, work->arena, &event,
                          err));
    const struct protection_set_body *body = &event.body.protection_set;
    str *names = ARENA_NEW(work->arena, str, body->accounts.count + 1);
    if (names == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < body->accounts.count; i++) {
        TRY(sitting_actor(&work->sitting, body->accounts.items[i], &names[i], err));
    }
    *answer = (struct protection_answer){.is_protected = true,
                                         .accounts = names,
                                         .account_count = body->accounts.count,
                                         .roles = body->roles.items,
                                         .role_count = body->roles.count,
                                         .reason = body->reason};
    return result_ok();
}

static result read_protection(struct transaction *transaction, void *context, struct err *err)
{
    struct protection_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_PERSON,
                     work->arena, err));
    TRY(sitting_person(&work->sitting, work->person, ACTION_SEE_PERSON, &work->row, err));
    return work->row.protection == 0 ? result_ok() : describe(work, err);
}

result casework_protection(const struct casework *casework, const struct caller *caller, str person,
                           struct arena *arena, struct protection_answer *ret_answer,
                           struct err *err)
{
    struct protection_work work = {.casework = casework,
                                   .caller = caller,
                                   .person = person,
                                   .arena = arena,
                                   .answer = {.reason = STR("")}};
    TRY(store_read(casework->store, read_protection, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.row.id, "protection", err));
    *ret_answer = work.answer;
    return result_ok();
}

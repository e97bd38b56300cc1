#include "casework/administration.h"

#include "casework/birth.h"
#include "casework/days.h"
#include "casework/password.h"
#include "casework/recall.h"
#include "casework/repeat.h"
#include "casework/sitting.h"
#include "casework/stopping.h"
#include "casework/text.h"
#include "format/latin.h"
#include "store/doors.h"

enum { USERNAME_MAX_BYTES = 64 };

/* --- what is typed -----------------------------------------------------------------------------
 */

static bool is_username(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.at[i];
        const bool letter = c >= 'a' && c <= 'z';
        const bool digit = c >= '0' && c <= '9';
        if (!letter && !digit && !str_contains(STR("._-"), (str){.at = &c, .len = 1})) {
            return false;
        }
    }
    return true;
}

result account_check_username(str username, struct err *err)
{
    if (username.len < 2 || username.len > USERNAME_MAX_BYTES || !is_username(username)) {
        return err_set(err, ERROR_INPUT,
                       "A user name has 2 to %d characters of a-z, 0-9, dot, underscore, hyphen",
                       USERNAME_MAX_BYTES);
    }
    return result_ok();
}

/* Refuses a name that somebody or something has already. */
static result check_free(struct sitting *sitting, enum subject_kind kind, str reference,
                         struct err *err)
{
    struct err failure = {0};
    int64_t id = 0;
    if (transaction_find(sitting->transaction, kind, reference, &id, &failure).ok) {
        return err_set(err, ERROR_CONFLICT, "\"%.*s\" is taken", STR_ARG(reference));
    }
    return failure.code == ERROR_NOT_FOUND ? result_ok()
                                           : err_set(err, failure.code, "%s", failure.what);
}

/* --- accounts ----------------------------------------------------------------------------------
 */

enum account_command { ACCOUNT_OPENS, ACCOUNT_CHANGES, ACCOUNT_CLOSES };

struct account_work {
    const struct casework *casework;
    const struct caller *caller;
    enum account_command command;
    struct new_account wanted;
    str reason;
    struct arena *arena;
    struct sitting sitting;
    struct account_row account;
    const struct account_line *lines;
    size_t line_count;
};

static result check_role(str role, str hub, struct err *err)
{
    const enum account_role found = role_from_name(role);
    if (found == ROLE_NONE) {
        result_ignore(err_set(err, ERROR_INPUT, "There is no role \"%.*s\"", STR_ARG(role)),
                      "the hint follows");
        return access_hint_roles(ROLES_ALL, err);
    }
    const struct account_row everywhere = {.role = role};
    const bool one_hub = !may_everywhere(&everywhere, ACTION_SEE_PEOPLE) &&
                         may_somewhere(&everywhere, ACTION_SEE_PEOPLE);
    if (one_hub != (hub.len > 0)) {
        result_ignore(err_set(err, ERROR_INPUT,
                              one_hub ? "The role \"%.*s\" is limited to one hub: name it"
                                      : "The role \"%.*s\" is not limited to a hub",
                              STR_ARG(role_called(role))),
                      "the hint follows");
        return err_hint(err,
                        one_hub ? "Give the reference of the hub (--hub)." : "Leave the hub out.");
    }
    return result_ok();
}

static result find_hub_id(struct sitting *sitting, str reference, int64_t *ret_hub, struct err *err)
{
    struct err failure = {0};
    *ret_hub = 0;
    if (reference.len == 0) {
        return result_ok();
    }
    if (transaction_find(sitting->transaction, SUBJECT_OF_HUB, reference, ret_hub, &failure).ok) {
        return result_ok();
    }
    return failure.code == ERROR_NOT_FOUND ? sitting_no_such(err, "hub", reference)
                                           : err_set(err, failure.code, "%s", failure.what);
}

/* The first account of an empty register: an administrator, opened in the register's own name. */
static result begin_first(struct account_work *work, struct transaction *transaction,
                          bool *ret_first, struct err *err)
{
    const struct account_row *accounts = NULL;
    size_t count = 0;
    *ret_first = false;
    if (work->caller->account != 0 || work->command != ACCOUNT_OPENS) {
        return result_ok();
    }
    TRY(transaction_accounts(transaction, work->arena, &accounts, &count, err));
    if (count > 0) {
        return result_ok();
    }
    if (role_from_name(work->wanted.role) != ROLE_ADMINISTRATOR) {
        return err_set(err, ERROR_INPUT, "The first account of a register is an administrator");
    }
    *ret_first = true;
    TRY(transaction_delete_first_token(transaction, err));
    return sitting_of_register(&work->sitting, work->casework, transaction, work->arena, err);
}

static bool same_account_command(const struct account_work *work, const struct event *before,
                                 int64_t subject, int64_t hub)
{
    const struct new_account *wanted = &work->wanted;
    if (before->kind == EVENT_ACCOUNT_OPENED && work->command == ACCOUNT_OPENS) {
        const struct account_opened_body *body = &before->body.account_opened;
        return str_equal(body->username, wanted->username) && str_equal(body->name, wanted->name) &&
               str_equal(body->role, wanted->role) && body->hub == hub;
    }
    if (before->kind == EVENT_ACCOUNT_CHANGED && work->command == ACCOUNT_CHANGES) {
        const struct account_changed_body *body = &before->body.account_changed;
        return before->subject == subject && str_equal(body->role, wanted->role) &&
               body->hub == hub && str_equal(body->reason, work->reason);
    }
    return before->kind == EVENT_ACCOUNT_CLOSED && work->command == ACCOUNT_CLOSES &&
           before->subject == subject &&
           str_equal(before->body.account_closed.reason, work->reason);
}

/* A register that nobody administers could never be given back to anybody. */
static result keep_an_administrator(struct account_work *work, int64_t subject, struct err *err)
{
    const struct account_row *accounts = NULL;
    size_t count = 0;
    TRY(transaction_accounts(work->sitting.transaction, work->arena, &accounts, &count, err));
    const bool stays_one =
        work->command == ACCOUNT_CHANGES && role_from_name(work->wanted.role) == ROLE_ADMINISTRATOR;
    for (size_t i = 0; i < count; i++) {
        const bool remains = accounts[i].id != subject || stays_one;
        if (remains && !accounts[i].closed &&
            role_from_name(accounts[i].role) == ROLE_ADMINISTRATOR) {
            return result_ok();
        }
    }
    return stays_one ? result_ok()
                     : err_set(err, ERROR_CONFLICT, "A register keeps at least one administrator");
}

static struct event account_event(const struct account_work *work, int64_t subject, int64_t hub)
{
    const struct new_account *wanted = &work->wanted;
    struct event event = {.subject_kind = SUBJECT_OF_ACCOUNT,
                          .subject = subject,
                          .effective_on = work->sitting.today};
    switch (work->command) {
    case ACCOUNT_OPENS:
        event.kind = EVENT_ACCOUNT_OPENED;
        event.body.account_opened = (struct account_opened_body){
            .username = wanted->username, .name = wanted->name, .role = wanted->role, .hub = hub};
        break;
    case ACCOUNT_CHANGES:
        event.kind = EVENT_ACCOUNT_CHANGED;
        event.body.account_changed =
            (struct account_changed_body){.role = wanted->role, .hub = hub, .reason = work->reason};
        break;
    case ACCOUNT_CLOSES:
        event.kind = EVENT_ACCOUNT_CLOSED;
        event.body.account_closed = (struct account_closed_body){.reason = work->reason};
        break;
    }
    return event;
}

/* The account that a command is about: a new one, or the one of this name. */
static result account_subject(struct account_work *work, bool again, int64_t *ret_subject,
                              struct err *err)
{
    struct sitting *sitting = &work->sitting;
    if (work->command != ACCOUNT_OPENS) {
        struct err failure = {0};
        if (transaction_find(sitting->transaction, SUBJECT_OF_ACCOUNT, work->wanted.username,
                             ret_subject, &failure)
                .ok) {
            return result_ok();
        }
        return failure.code == ERROR_NOT_FOUND ? sitting_no_such_account(err, work->wanted.username)
                                               : err_set(err, failure.code, "%s", failure.what);
    }
    if (again) {
        *ret_subject = 0;
        return result_ok();
    }
    TRY(check_free(sitting, SUBJECT_OF_ACCOUNT, work->wanted.username, err));
    return transaction_new_id(sitting->transaction, SUBJECT_OF_ACCOUNT, ret_subject, err);
}

static result account_work(struct transaction *transaction, void *context, struct err *err)
{
    struct account_work *work = context;
    struct event before = {.position = 0};
    bool first = false;
    int64_t subject = 0;
    int64_t hub = 0;
    TRY(begin_first(work, transaction, &first, err));
    if (!first) {
        TRY(sitting_record(&work->sitting, work->casework, transaction, work->caller,
                           ACTION_MANAGE_ACCOUNTS, work->arena, &before, err));
    }
    TRY(account_subject(work, before.position != 0, &subject, err));
    TRY(find_hub_id(&work->sitting, work->wanted.hub, &hub, err));
    if (before.position != 0) {
        if (!same_account_command(work, &before, subject, hub)) {
            return sitting_client_id_taken(err);
        }
        return transaction_account(transaction, before.subject, work->arena, &work->account, err);
    }
    if (work->command != ACCOUNT_OPENS) {
        TRY(keep_an_administrator(work, subject, err));
    }
    if (work->command == ACCOUNT_CHANGES) {
        TRY(transaction_account(transaction, subject, work->arena, &work->account, err));
        if (str_equal(work->account.role, work->wanted.role) && work->account.hub == hub) {
            return sitting_nothing_new(err);
        }
    }
    struct event event = account_event(work, subject, hub);
    TRY(sitting_append(&work->sitting, &event, err));
    return transaction_account(transaction, subject, work->arena, &work->account, err);
}

result casework_open_account(const struct casework *casework, const struct caller *caller,
                             const struct new_account *account, struct arena *arena,
                             struct account_row *ret_account, struct err *err)
{
    TRY(account_check_username(account->username, err));
    TRY(text_line_required("The name", account->name, NAME_MAX_BYTES, err));
    TRY(check_role(account->role, account->hub, err));
    struct account_work work = {.casework = casework,
                                .caller = caller,
                                .command = ACCOUNT_OPENS,
                                .wanted = *account,
                                .arena = arena};
    work.wanted.name = str_trim(account->name);
    TRY(store_write(casework->store, account_work, &work, err));
    *ret_account = work.account;
    return result_ok();
}

result casework_change_account(const struct casework *casework, const struct caller *caller,
                               str username, str role, str hub, str reason, struct arena *arena,
                               struct account_row *ret_account, struct err *err)
{
    TRY(account_check_username(username, err));
    TRY(check_role(role, hub, err));
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct account_work work = {.casework = casework,
                                .caller = caller,
                                .command = ACCOUNT_CHANGES,
                                .wanted = {.username = username, .role = role, .hub = hub},
                                .reason = str_trim(reason),
                                .arena = arena};
    TRY(store_write(casework->store, account_work, &work, err));
    *ret_account = work.account;
    return result_ok();
}

result casework_close_account(const struct casework *casework, const struct caller *caller,
                              str username, str reason, struct arena *arena, struct err *err)
{
    TRY(account_check_username(username, err));
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct account_work work = {.casework = casework,
                                .caller = caller,
                                .command = ACCOUNT_CLOSES,
                                .wanted = {.username = username, .hub = STR("")},
                                .reason = str_trim(reason),
                                .arena = arena};
    return store_write(casework->store, account_work, &work, err);
}

static result find_open_account(struct transaction *transaction, void *context, struct err *err)
{
    struct account_work *work = context;
    int64_t id = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_MANAGE_ACCOUNTS, work->arena, err));
    TRY(account_subject(work, false, &id, err));
    TRY(transaction_account(transaction, id, work->arena, &work->account, err));
    return work->account.closed ? err_set(err, ERROR_CONFLICT, "The account \"%.*s\" is closed",
                                          STR_ARG(work->wanted.username))
                                : result_ok();
}

result casework_give_password(const struct casework *casework, const struct caller *caller,
                              str username, str password, struct arena *arena, struct err *err)
{
    TRY(account_check_username(username, err));
    struct account_work work = {.casework = casework,
                                .caller = caller,
                                .command = ACCOUNT_CHANGES,
                                .wanted = {.username = username},
                                .arena = arena};
    TRY(store_read(casework->store, find_open_account, &work, err));
    TRY(password_check(casework, password, work.account.username, work.account.name, *arena, err));
    TRY(casework_set_password(casework, work.account.id, password, err));
    return sitting_look(&work.sitting, SUBJECT_OF_ACCOUNT, work.account.id, "password set", err);
}

static result describe_account(struct account_work *work, struct account_line *line,
                               struct err *err)
{
    struct transaction *transaction = work->sitting.transaction;
    str hash = STR("");
    line->hub = STR("");
    if (line->row.hub != 0) {
        struct hub_row hub;
        TRY(transaction_hub(transaction, line->row.hub, work->arena, &hub, err));
        line->hub = hub.reference;
    }
    TRY(transaction_password_hash(transaction, line->row.id, work->arena, &hash, err));
    line->has_password = hash.len > 0;
    return result_ok();
}

static result read_accounts(struct transaction *transaction, void *context, struct err *err)
{
    struct account_work *work = context;
    const struct account_row *rows = NULL;
    size_t count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_MANAGE_ACCOUNTS, work->arena, err));
    TRY(transaction_accounts(transaction, work->arena, &rows, &count, err));
    struct account_line *lines = ARENA_NEW(work->arena, struct account_line, count + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        lines[i].row = rows[i];
        TRY(describe_account(work, &lines[i], err));
    }
    work->lines = lines;
    work->line_count = count;
    return result_ok();
}

result casework_accounts(const struct casework *casework, const struct caller *caller,
                         struct arena *arena, const struct account_line **ret_accounts,
                         size_t *ret_count, struct err *err)
{
    struct account_work work = {.casework = casework, .caller = caller, .arena = arena};
    TRY(store_read(casework->store, read_accounts, &work, err));
    *ret_accounts = work.lines;
    *ret_count = work.line_count;
    return result_ok();
}

/* --- agreements and hubs -----------------------------------------------------------------------
 */

struct partner_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct new_agreement *agreement;
    const struct new_hub *hub;
    str reference;
    str reason;
    struct arena *arena;
    struct agreement_row agreement_row;
    struct hub_row hub_row;
};

static result open_agreement(struct transaction *transaction, void *context, struct err *err)
{
    struct partner_work *work = context;
    const struct new_agreement *wanted = work->agreement;
    struct sitting sitting;
    struct event before;
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_RECORD_AGREEMENT,
                       work->arena, &before, err));
    struct event event = {.subject_kind = SUBJECT_OF_AGREEMENT,
                          .subject = before.subject,
                          .kind = EVENT_AGREEMENT_OPENED,
                          .effective_on = sitting.today,
                          .body.agreement_opened = {.reference = wanted->reference,
                                                    .partner = str_trim(wanted->partner),
                                                    .title = str_trim(wanted->title),
                                                    .confidential = wanted->confidential ? 1 : 0}};
    if (before.position != 0) {
        TRY(repeat_same(&before, &event, *work->arena, err));
    } else {
        TRY(check_free(&sitting, SUBJECT_OF_AGREEMENT, wanted->reference, err));
        TRY(transaction_new_id(transaction, SUBJECT_OF_AGREEMENT, &event.subject, err));
        TRY(sitting_append(&sitting, &event, err));
    }
    return transaction_agreement(transaction, event.subject, work->arena, &work->agreement_row,
                                 err);
}

result casework_open_agreement(const struct casework *casework, const struct caller *caller,
                               const struct new_agreement *agreement, struct arena *arena,
                               struct agreement_row *ret_agreement, struct err *err)
{
    TRY(text_reference(agreement->reference, err));
    TRY(text_line_required("The partner", agreement->partner, NAME_MAX_BYTES, err));
    TRY(text_line_required("The title", agreement->title, SOURCE_MAX_BYTES, err));
    struct partner_work work = {
        .casework = casework, .caller = caller, .agreement = agreement, .arena = arena};
    TRY(store_write(casework->store, open_agreement, &work, err));
    *ret_agreement = work.agreement_row;
    return result_ok();
}

static result announce(struct transaction *transaction, void *context, struct err *err)
{
    struct partner_work *work = context;
    struct sitting sitting;
    struct event before;
    struct agreement_row agreement = {.id = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_RECORD_AGREEMENT,
                       work->arena, &before, err));
    TRY(sitting_agreement(&sitting, work->reference, ACTION_RECORD_AGREEMENT, &agreement, err));
    if (before.position != 0) {
        return before.kind == EVENT_AGREEMENT_ANNOUNCED && before.subject == agreement.id
                   ? result_ok()
                   : sitting_client_id_taken(err);
    }
    if (!agreement.confidential) {
        return err_set(err, ERROR_CONFLICT, "The agreement %.*s is not confidential",
                       STR_ARG(agreement.reference));
    }
    struct event event = {.subject_kind = SUBJECT_OF_AGREEMENT,
                          .subject = agreement.id,
                          .kind = EVENT_AGREEMENT_ANNOUNCED,
                          .effective_on = sitting.today,
                          .body.agreement_announced = {.reason = work->reason}};
    return sitting_append(&sitting, &event, err);
}

result casework_announce_agreement(const struct casework *casework, const struct caller *caller,
                                   str reference, str reason, struct arena *arena, struct err *err)
{
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct partner_work work = {.casework = casework,
                                .caller = caller,
                                .reference = reference,
                                .reason = str_trim(reason),
                                .arena = arena};
    return store_write(casework->store, announce, &work, err);
}

static result open_hub(struct transaction *transaction, void *context, struct err *err)
{
    struct partner_work *work = context;
    const struct new_hub *wanted = work->hub;
    struct sitting sitting;
    struct event before;
    struct agreement_row agreement = {.id = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_RECORD_HUB,
                       work->arena, &before, err));
    if (!may_everywhere(&sitting.account, ACTION_RECORD_HUB)) {
        return err_set(err, ERROR_FORBIDDEN, "The role \"%.*s\" opens no hub",
                       STR_ARG(role_called(sitting.account.role)));
    }
    if (wanted->agreement.len > 0) {
        TRY(sitting_agreement(&sitting, wanted->agreement, ACTION_SEE_AGREEMENT, &agreement, err));
    }
    struct event event = {.subject_kind = SUBJECT_OF_HUB,
                          .subject = before.subject,
                          .kind = EVENT_HUB_OPENED,
                          .effective_on = sitting.today,
                          .body.hub_opened = {.reference = wanted->reference,
                                              .name = str_trim(wanted->name),
                                              .agreement = agreement.id}};
    if (before.position != 0) {
        TRY(repeat_same(&before, &event, *work->arena, err));
    } else {
        TRY(check_free(&sitting, SUBJECT_OF_HUB, wanted->reference, err));
        TRY(transaction_new_id(transaction, SUBJECT_OF_HUB, &event.subject, err));
        TRY(sitting_append(&sitting, &event, err));
    }
    return transaction_hub(transaction, event.subject, work->arena, &work->hub_row, err);
}

result casework_open_hub(const struct casework *casework, const struct caller *caller,
                         const struct new_hub *hub, struct arena *arena, struct hub_row *ret_hub,
                         struct err *err)
{
    TRY(text_reference(hub->reference, err));
    TRY(text_line_required("The name", hub->name, NAME_MAX_BYTES, err));
    struct partner_work work = {.casework = casework, .caller = caller, .hub = hub, .arena = arena};
    TRY(store_write(casework->store, open_hub, &work, err));
    *ret_hub = work.hub_row;
    return result_ok();
}

/* --- people ------------------------------------------------------------------------------------
 */

struct identity_work {
    const struct casework *casework;
    const struct caller *caller;
    str person;
    struct corrected_identity identity;
    str latin;
    struct arena *arena;
};

static bool says_the_same(const struct identity_work *work, str name, struct known_day born_on)
{
    const struct known_day wanted = work->identity.born_on;
    return str_equal(name, work->identity.name) && born_on.known == wanted.known &&
           (!wanted.known || date_equal(born_on.day, wanted.day));
}

static bool same_identity(const struct event *before, const struct identity_work *work)
{
    const struct identity_corrected_body *body = &before->body.identity_corrected;
    return before->kind == EVENT_IDENTITY_CORRECTED &&
           says_the_same(work, body->name, body->born_on);
}

static result correct_identity(struct transaction *transaction, void *context, struct err *err)
{
    const struct identity_work *work = context;
    struct sitting sitting;
    struct event before;
    struct person_row person = {.id = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_REGISTER_PERSON,
                       work->arena, &before, err));
    TRY(sitting_person(&sitting, work->person, ACTION_REGISTER_PERSON, &person, err));
    if (before.position != 0) {
        return sitting.before_subject == person.id && same_identity(&before, work)
                   ? result_ok()
                   : sitting_client_id_taken(err);
    }
    if (work->identity.born_on.known) {
        TRY(days_check("The date of birth", work->identity.born_on.day, DAYS_HAPPENED,
                       sitting.today, err));
    }
    struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                          .subject = person.id,
                          .kind = EVENT_IDENTITY_CORRECTED,
                          .effective_on = sitting.today,
                          .body.identity_corrected = {.name = work->identity.name,
                                                      .born_on = work->identity.born_on,
                                                      .reason = work->identity.reason,
                                                      .latin = work->latin}};
    struct identity known;
    int64_t fact = 0;
    TRY(transaction_identity(transaction, &person, work->arena, &known, err));
    if (says_the_same(work, known.name, known.born_on)) {
        return sitting_nothing_new(err);
    }
    TRY(sitting_append(&sitting, &event, err));
    TRY(birth_follow(&sitting, person.id, known.born_on, work->identity.born_on,
                     work->identity.reason, &fact, err));
    if (fact == 0) {
        return result_ok();
    }
    const struct touched touched = {.kind = SUBJECT_OF_PERSON, .id = person.id};
    struct stopped_list stopped;
    return recall_review(&sitting, &touched, 1, fact, NULL, &stopped, err);
}

result casework_correct_identity(const struct casework *casework, const struct caller *caller,
                                 str person, const struct corrected_identity *identity,
                                 struct arena *arena, struct err *err)
{
    TRY(text_line_required("The name", identity->name, NAME_MAX_BYTES, err));
    TRY(text_line_required("The reason", identity->reason, SOURCE_MAX_BYTES, err));
    struct identity_work work = {
        .casework = casework,
        .caller = caller,
        .person = person,
        .identity = {.born_on = identity->born_on, .reason = str_trim(identity->reason)},
        .arena = arena};
    TRY(latin_nfc(str_trim(identity->name), arena, &work.identity.name, err));
    TRY(latin_letters(work.identity.name, arena, &work.latin, err));
    work.latin = str_equal(work.latin, work.identity.name) ? STR("") : work.latin;
    return store_write(casework->store, correct_identity, &work, err);
}

/* --- everybody at once -------------------------------------------------------------------------
 */

struct review_work {
    const struct casework *casework;
    struct arena *arena;
    struct stopped_list stopped;
};

static result review(struct transaction *transaction, void *context, struct err *err)
{
    struct review_work *work = context;
    struct sitting sitting;
    TRY(sitting_of_register(&sitting, work->casework, transaction, work->arena, err));
    return stopping_review_all(&sitting, 0, &work->stopped, err);
}

result casework_review_requests(const struct casework *casework, struct arena *arena,
                                const struct stopped_request **ret_stopped, size_t *ret_count,
                                struct err *err)
{
    struct review_work work = {.casework = casework, .arena = arena};
    TRY(store_write(casework->store, review, &work, err));
    *ret_stopped = work.stopped.items;
    *ret_count = work.stopped.count;
    return result_ok();
}

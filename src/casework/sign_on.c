#include "casework/sign_on.h"

#include "casework/passkey_use.h"
#include "casework/second_factor.h"
#include "casework/session.h"
#include "casework/sitting.h"
#include "casework/text.h"
#include "credential/id_token.h"
#include "credential/provider.h"

#include <string.h>

/* --- which accounts --------------------------------------------------------------------------- */

struct link_work {
    const struct casework *casework;
    const struct caller *caller;
    const struct subject_link *link;
    str reason;
    struct arena *arena;
    struct sitting sitting;
    struct account_row account;
    const struct subject_link_row *rows;
    size_t row_count;
    bool repeated;
};

#define LINKED     "linked to"
#define NOT_LINKED "no longer linked to"

/* What is recorded of it: `done`, then whom and why. */
static str said_of(const struct link_work *work, const char *done)
{
    const struct subject_link *link = work->link;
    return arena_format(work->arena, "%s %.*s at %.*s: %.*s", done, STR_ARG(link->subject),
                        STR_ARG(link->issuer), STR_ARG(work->reason));
}

static result begin(struct link_work *work, struct transaction *transaction, const char *done,
                    struct err *err)
{
    struct event before;
    int64_t account = 0;
    TRY(sitting_record(&work->sitting, work->casework, transaction, work->caller,
                       ACTION_MANAGE_ACCOUNTS, work->arena, &before, err));
    TRY(sitting_require_proof(work->caller, err));
    work->repeated = before.position != 0;
    if (work->repeated) {
        return account_secured_before(&before, said_of(work, done), err);
    }
    TRY(sitting_own_account(&work->sitting, work->link->username, &account, err));
    return transaction_account(transaction, account, work->arena, &work->account, err);
}

static result append(struct link_work *work, const char *done, struct err *err)
{
    return account_secured(&work->sitting, work->account.id, said_of(work, done), err);
}

static result check_free(struct link_work *work, struct transaction *transaction, struct err *err)
{
    struct subject_link_row before;
    bool found = false;
    TRY(transaction_subject_link(transaction, work->link->issuer, work->link->subject, work->arena,
                                 &before, &found, err));
    if (found) {
        return err_set(err, ERROR_CONFLICT, "The subject is linked to %s already",
                       before.account == work->account.id ? "this account" : "another account");
    }
    if (work->account.closed) {
        return err_set(err, ERROR_CONFLICT, "The account is closed");
    }
    TRY(transaction_subject_links(transaction, work->account.id, work->arena, &work->rows,
                                  &work->row_count, err));
    return work->row_count < LINKS_MAX
               ? result_ok()
               : err_set(err, ERROR_LIMIT, "An account has at most %d links", LINKS_MAX);
}

static result link_work(struct transaction *transaction, void *context, struct err *err)
{
    struct link_work *work = context;
    TRY(begin(work, transaction, LINKED, err));
    if (work->repeated) {
        return result_ok();
    }
    TRY(check_free(work, transaction, err));
    const struct subject_link_row row = {
        .issuer = work->link->issuer, .subject = work->link->subject, .account = work->account.id};
    TRY(transaction_put_subject_link(transaction, &row, err));
    return append(work, LINKED, err);
}

static result unlink_work(struct transaction *transaction, void *context, struct err *err)
{
    struct link_work *work = context;
    struct subject_link_row row;
    bool found = false;
    size_t ended = 0;
    TRY(begin(work, transaction, NOT_LINKED, err));
    if (work->repeated) {
        return result_ok();
    }
    TRY(transaction_subject_link(transaction, work->link->issuer, work->link->subject, work->arena,
                                 &row, &found, err));
    if (!found || row.account != work->account.id) {
        return err_set(err, ERROR_NOT_FOUND, "The account is not linked to this subject");
    }
    TRY(transaction_delete_subject_link(transaction, &row, err));
    TRY(sessions_end(transaction, work->account.id, NULL, STR(""), *work->arena, &ended, err));
    return append(work, NOT_LINKED, err);
}

static result check_subject(str subject, struct err *err)
{
    bool plain = subject.len > 0 && subject.len <= ID_TOKEN_SUBJECT_MAX;
    for (size_t i = 0; i < subject.len; i++) {
        plain = plain && subject.at[i] >= ' ' && subject.at[i] <= '~';
    }
    return plain ? result_ok()
                 : err_set(err, ERROR_INPUT,
                           "A subject has 1 to %d characters of ASCII, as the provider writes it",
                           ID_TOKEN_SUBJECT_MAX);
}

static result change_link(const struct casework *casework, const struct caller *caller,
                          const struct subject_link *link, str reason, store_work *change,
                          struct arena *arena, struct err *err)
{
    TRY(text_line_required("The user name", link->username, NAME_MAX_BYTES, err));
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    if (!provider_is_address(link->issuer)) {
        return err_set(err, ERROR_INPUT, "An issuer is an address: https:// and a name");
    }
    TRY(check_subject(link->subject, err));
    struct link_work work = {.casework = casework,
                             .caller = caller,
                             .link = link,
                             .reason = str_trim(reason),
                             .arena = arena};
    return store_write(casework->store, change, &work, err);
}

result casework_link_subject(const struct casework *casework, const struct caller *caller,
                             const struct subject_link *link, str reason, struct arena *arena,
                             struct err *err)
{
    return change_link(casework, caller, link, reason, link_work, arena, err);
}

result casework_unlink_subject(const struct casework *casework, const struct caller *caller,
                               const struct subject_link *link, str reason, struct arena *arena,
                               struct err *err)
{
    return change_link(casework, caller, link, reason, unlink_work, arena, err);
}

static result read_links(struct transaction *transaction, void *context, struct err *err)
{
    struct link_work *work = context;
    int64_t account = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SECURE_OWN_ACCOUNT, work->arena, err));
    TRY(sitting_own_account(&work->sitting, work->link->username, &account, err));
    return transaction_subject_links(transaction, account, work->arena, &work->rows,
                                     &work->row_count, err);
}

result casework_links(const struct casework *casework, const struct caller *caller, str username,
                      struct arena *arena, const struct subject_link **ret_links, size_t *ret_count,
                      struct err *err)
{
    const struct subject_link asked = {.username = username};
    struct link_work work = {
        .casework = casework, .caller = caller, .link = &asked, .arena = arena};
    TRY(store_read(casework->store, read_links, &work, err));
    struct subject_link *links = ARENA_NEW(arena, struct subject_link, work.row_count + 1);
    if (links == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work.row_count; i++) {
        links[i] = (struct subject_link){
            .username = username, .issuer = work.rows[i].issuer, .subject = work.rows[i].subject};
    }
    *ret_links = links;
    *ret_count = work.row_count;
    return result_ok();
}

/* --- signing in ------------------------------------------------------------------------------- */

struct sign_on_work {
    const struct casework *casework;
    const struct signed_on *signed_on;
    str browser;
    str session; /* "": one is to be opened */
    str code;
    const struct passkey_use *use;
    struct arena *arena;
    instant now;
    int64_t account;
    instant signed_in_at;
    bool half; /* one factor was shown where two are required */
    bool wrong;
    struct sign_on_answer answer;
};

/* What is kept in the secret of CEREMONY_SECOND_FACTOR. */
struct pending {
    int64_t account;
    int64_t signed_in_at;
};
_Static_assert(sizeof(struct pending) <= sizeof((struct ceremony){0}.secret), "it fits");

static struct ceremony pending_of(const struct sign_on_work *work)
{
    struct ceremony ceremony = {.purpose = CEREMONY_SECOND_FACTOR, .made_at = work->now};
    session_hash_token(work->browser, ceremony.bound_to);
    return ceremony;
}

static instant questions_expired_at(instant now)
{
    return (instant){.milliseconds = now.milliseconds - CEREMONY_MINUTES * INT64_C(60000)};
}

static result ask_for_factor(const struct sign_on_work *work, struct transaction *transaction,
                             struct err *err)
{
    struct ceremony ceremony = pending_of(work);
    const struct pending pending = {.account = work->account,
                                    .signed_in_at = work->signed_in_at.milliseconds};
    memcpy(ceremony.secret, &pending, sizeof pending);
    return transaction_put_ceremony(transaction, &ceremony, questions_expired_at(work->now), err);
}

static result refuse_other(struct err *err)
{
    return err_set(err, ERROR_UNAUTHENTICATED, "Somebody else signed on than is signed in here");
}

static result prove(struct sign_on_work *work, struct transaction *transaction, struct err *err)
{
    struct session_row row;
    TRY(session_read(transaction, work->casework, work->session, work->arena, &row, err));
    if (row.account != work->account) {
        return refuse_other(err);
    }
    work->answer.outcome = SIGN_ON_PROVEN;
    return session_prove(transaction, work->casework, &row, work->signed_in_at, work->answer.token,
                         err);
}

/* The clock of the provider may be ahead of ours. */
static instant earlier(instant a, instant b)
{
    return a.milliseconds < b.milliseconds ? a : b;
}

static result finish(struct sign_on_work *work, struct transaction *transaction, struct err *err)
{
    struct session_row row;
    work->signed_in_at = earlier(work->signed_in_at, work->now);
    if (work->session.len > 0) {
        return prove(work, transaction, err);
    }
    session_draw(work->casework, work->account, work->answer.token, &row);
    row.proven_at = work->half ? session_half : work->signed_in_at;
    work->answer.outcome = SIGN_ON_OPENED;
    return transaction_put_session(transaction, &row, err);
}

static result find_account(struct sign_on_work *work, struct transaction *transaction,
                           bool *ret_found, struct err *err)
{
    struct subject_link_row row;
    const struct signed_on *signed_on = work->signed_on;
    TRY(transaction_subject_link(transaction, signed_on->issuer, signed_on->subject, work->arena,
                                 &row, ret_found, err));
    if (!*ret_found) {
        return result_ok();
    }
    work->account = row.account;
    TRY(transaction_account(transaction, row.account, work->arena, &work->answer.account, err));
    *ret_found = !work->answer.account.closed;
    return result_ok();
}

static result sign_on(struct transaction *transaction, void *context, struct err *err)
{
    struct sign_on_work *work = context;
    bool found = false;
    bool is_set = false;
    work->signed_in_at = work->signed_on->signed_in_at;
    work->answer.outcome = SIGN_ON_UNKNOWN;
    TRY(find_account(work, transaction, &found, err));
    if (!found) {
        return result_ok();
    }
    if (work->signed_on->second_factor) {
        return finish(work, transaction, err);
    }
    TRY(second_factor_is_set(transaction, work->account, *work->arena, &is_set, err));
    if (is_set) {
        work->answer.outcome = SIGN_ON_ASKS;
        return ask_for_factor(work, transaction, err);
    }
    work->answer.outcome = SIGN_ON_LACKS;
    work->half = work->casework->second_factor_required;
    return work->signed_on->second_factor_due || (work->half && work->session.len > 0)
               ? result_ok()
               : finish(work, transaction, err);
}

result casework_sign_on(const struct casework *casework, const struct signed_on *signed_on,
                        str browser, str session, struct arena *arena,
                        struct sign_on_answer *ret_answer, struct err *err)
{
    struct sign_on_work work = {.casework = casework,
                                .signed_on = signed_on,
                                .browser = browser,
                                .session = session,
                                .arena = arena,
                                .now = system_now(casework->system)};
    TRY(store_write(casework->store, sign_on, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}

/* Takes what waits and, for another try, puts it back as old as it was. */
static result take_pending(struct sign_on_work *work, struct transaction *transaction,
                           struct ceremony *ceremony, struct err *err)
{
    bool found = false;
    struct pending pending;
    *ceremony = pending_of(work);
    TRY(transaction_take_ceremony(transaction, ceremony, &found, err));
    if (!found || ceremony->made_at.milliseconds < questions_expired_at(work->now).milliseconds) {
        return err_set(err, ERROR_NOT_FOUND, TOLD("It took too long; sign in again"));
    }
    memcpy(&pending, ceremony->secret, sizeof pending);
    work->account = pending.account;
    work->signed_in_at.milliseconds = pending.signed_in_at;
    return transaction_account(transaction, work->account, work->arena, &work->answer.account, err);
}

static result give_factor(struct transaction *transaction, void *context, struct err *err)
{
    struct sign_on_work *work = context;
    struct ceremony ceremony;
    bool right = false;
    TRY(take_pending(work, transaction, &ceremony, err));
    TRY(second_factor_check(transaction, work->account, work->use, work->code, work->now,
                            *work->arena, &right, err));
    work->wrong = !right || work->answer.account.closed;
    return work->wrong ? transaction_put_ceremony(transaction, &ceremony,
                                                  questions_expired_at(work->now), err)
                       : finish(work, transaction, err);
}

result casework_sign_on_with(const struct casework *casework, str browser, str session, str code,
                             const struct passkey_sent *passkey, struct arena *arena,
                             struct sign_on_answer *ret_answer, struct err *err)
{
    struct passkey_use use = {.accepted = false};
    struct sign_on_work work = {.casework = casework,
                                .browser = browser,
                                .session = session,
                                .code = code,
                                .use = passkey != NULL ? &use : NULL,
                                .arena = arena,
                                .now = system_now(casework->system)};
    if (passkey != NULL) {
        TRY(passkey_check(casework, passkey, false, arena, &use, err));
    }
    TRY(store_write(casework->store, give_factor, &work, err));
    if (work.wrong) {
        return err_set(err, ERROR_UNAUTHENTICATED, TOLD("The code or the passkey is not right"));
    }
    *ret_answer = work.answer;
    return result_ok();
}

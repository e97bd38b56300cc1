#include "casework/passkeys.h"

#include "casework/passkey_use.h"
#include "casework/session.h"
#include "casework/sitting.h"
#include "casework/text.h"

#include <sodium.h>
#include <string.h>

/* --- questions -------------------------------------------------------------------------------- */

struct question_work {
    struct ceremony ceremony;
    instant now;
    bool found;
};

static instant expired_at(instant now)
{
    return (instant){.milliseconds = now.milliseconds - CEREMONY_MINUTES * INT64_C(60000)};
}

static result put_question(struct transaction *transaction, void *context, struct err *err)
{
    struct question_work *work = context;
    return transaction_put_ceremony(transaction, &work->ceremony, expired_at(work->now), err);
}

static result take_question(struct transaction *transaction, void *context, struct err *err)
{
    struct question_work *work = context;
    return transaction_take_ceremony(transaction, &work->ceremony, &work->found, err);
}

static struct question_work question_of(const struct casework *casework,
                                        enum ceremony_purpose purpose, str token)
{
    struct question_work work = {.now = system_now(casework->system),
                                 .ceremony = {.purpose = purpose}};
    session_hash_token(token, work.ceremony.bound_to);
    return work;
}

result casework_ask(const struct casework *casework, enum ceremony_purpose purpose, str token,
                    uint8_t ret_secret[PASSKEY_CHALLENGE_SIZE], struct err *err)
{
    struct question_work work = question_of(casework, purpose, token);
    work.ceremony.made_at = work.now;
    casework->system->entropy(casework->system->context, work.ceremony.secret,
                              sizeof work.ceremony.secret);
    TRY(store_write(casework->store, put_question, &work, err));
    memcpy(ret_secret, work.ceremony.secret, PASSKEY_CHALLENGE_SIZE);
    return result_ok();
}

result casework_take_question(const struct casework *casework, enum ceremony_purpose purpose,
                              str token, uint8_t ret_secret[PASSKEY_CHALLENGE_SIZE],
                              bool *ret_taken, struct err *err)
{
    struct question_work work = question_of(casework, purpose, token);
    TRY(store_write(casework->store, take_question, &work, err));
    *ret_taken =
        work.found && work.ceremony.made_at.milliseconds >= expired_at(work.now).milliseconds;
    memcpy(ret_secret, work.ceremony.secret, PASSKEY_CHALLENGE_SIZE);
    return result_ok();
}

/* --- an account's own ------------------------------------------------------------------------- */

void casework_user_handle(int64_t account, uint8_t ret_handle[USER_HANDLE_SIZE])
{
    const str parts[] = {STR("returnhub-user-handle-1"),
                         {.at = (const char *)&account, .len = sizeof account}};
    const struct sha256 hash = sha256_of_parts(parts, 2);
    memcpy(ret_handle, hash.bytes, USER_HANDLE_SIZE);
}

struct own_work {
    const struct casework *casework;
    const struct caller *caller;
    str username;
    str name;
    str reason;
    const struct new_passkey *wanted;
    struct passkey_made made;
    struct arena *arena;
    struct sitting sitting;
    const struct passkey_row *rows;
    size_t row_count;
};

static void name_of(const struct passkey_row *row, char name[PASSKEY_NAME_SIZE])
{
    const struct sha256 hash = sha256_of(row->credential_id);
    sodium_bin2hex(name, PASSKEY_NAME_SIZE, hash.bytes, PASSKEY_NAME_SIZE / 2);
}

static result read_own(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SECURE_OWN_ACCOUNT, work->arena, err));
    return transaction_passkeys(transaction, work->sitting.account.id, work->arena, &work->rows,
                                &work->row_count, err);
}

result casework_passkeys(const struct casework *casework, const struct caller *caller,
                         struct arena *arena, const struct passkey_line **ret_lines,
                         size_t *ret_count, struct err *err)
{
    struct own_work work = {.casework = casework, .caller = caller, .arena = arena};
    TRY(store_read(casework->store, read_own, &work, err));
    struct passkey_line *lines = ARENA_NEW(arena, struct passkey_line, work.row_count + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work.row_count; i++) {
        name_of(&work.rows[i], lines[i].name);
        lines[i].title = work.rows[i].name;
        lines[i].credential_id = work.rows[i].credential_id;
        lines[i].created_at = work.rows[i].created_at;
        lines[i].used_at = work.rows[i].used_at;
    }
    *ret_lines = lines;
    *ret_count = work.row_count;
    return result_ok();
}

static result put_new(struct own_work *work, struct transaction *transaction, struct err *err)
{
    struct passkey_row before;
    bool found = false;
    TRY(transaction_passkey(transaction, work->made.credential_id, work->arena, &before, &found,
                            err));
    if (found) {
        return err_set(err, ERROR_CONFLICT, TOLD("This passkey is registered already"));
    }
    const struct passkey_row row = {.credential_id = work->made.credential_id,
                                    .account = work->sitting.account.id,
                                    .name = work->wanted->title,
                                    .algorithm = work->made.key.algorithm,
                                    .public_key = work->made.key.public_key,
                                    .sign_count = work->made.key.sign_count,
                                    .created_at = work->sitting.at};
    TRY(transaction_put_passkey(transaction, &row, err));
    TRY(session_complete(transaction, work->casework, work->wanted->token, work->arena, err));
    return account_secured(
        &work->sitting, row.account,
        arena_format(work->arena, "passkey registered: %.*s", STR_ARG(work->wanted->title)), err);
}

static result begin_change(struct own_work *work, struct transaction *transaction, str what,
                           bool *ret_repeated, struct err *err)
{
    struct event before;
    TRY(sitting_record(&work->sitting, work->casework, transaction, work->caller,
                       ACTION_SECURE_OWN_ACCOUNT, work->arena, &before, err));
    TRY(sitting_require_proof(work->caller, err));
    *ret_repeated = before.position != 0;
    return *ret_repeated ? account_secured_before(&before, what, err) : result_ok();
}

static result register_work(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    bool repeated = false;
    TRY(begin_change(work, transaction, STR("passkey registered"), &repeated, err));
    if (repeated) {
        return result_ok();
    }
    TRY(transaction_passkeys(transaction, work->sitting.account.id, work->arena, &work->rows,
                             &work->row_count, err));
    if (work->row_count >= PASSKEYS_MAX) {
        return err_set(err, ERROR_LIMIT, "An account has at most %d passkeys", PASSKEYS_MAX);
    }
    return put_new(work, transaction, err);
}

result casework_register_passkey(const struct casework *casework, const struct caller *caller,
                                 const struct new_passkey *passkey, struct arena *arena,
                                 struct err *err)
{
    uint8_t challenge[PASSKEY_CHALLENGE_SIZE];
    bool taken = false;
    struct own_work work = {
        .casework = casework, .caller = caller, .wanted = passkey, .arena = arena};
    TRY(sitting_require_proof(caller, err));
    TRY(text_line_required("The passkey's name", passkey->title, PASSKEY_TITLE_MAX, err));
    TRY(casework_take_question(casework, CEREMONY_REGISTER_PASSKEY, passkey->token, challenge,
                               &taken, err));
    if (!taken) {
        return err_set(err, ERROR_INPUT, TOLD("It took too long, or was sent before; begin again"));
    }
    const struct passkey_asked asked = {.rp_id = passkey->site.rp_id,
                                        .origin = passkey->site.origin,
                                        .challenge = challenge,
                                        .old_signatures = passkey->site.old_signatures};
    TRY(passkey_registered(&asked, passkey->client_data, passkey->authenticator_data, arena,
                           &work.made, err));
    return store_write(casework->store, register_work, &work, err);
}

/* --- removing --------------------------------------------------------------------------------- */

static result delete_named(struct own_work *work, struct transaction *transaction,
                           size_t *ret_deleted, struct err *err)
{
    for (size_t i = 0; i < work->row_count; i++) {
        char name[PASSKEY_NAME_SIZE];
        name_of(&work->rows[i], name);
        if (work->name.len == 0 || str_equal(work->name, str_from_c(name))) {
            TRY(transaction_delete_passkey(transaction, work->rows[i].credential_id, err));
            (*ret_deleted)++;
        }
    }
    return result_ok();
}

static result remove_work(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    bool repeated = false;
    int64_t account = 0;
    size_t deleted = 0;
    size_t ended = 0;
    TRY(begin_change(work, transaction, STR("passkey removed"), &repeated, err));
    if (repeated) {
        return result_ok();
    }
    TRY(sitting_own_account(&work->sitting, work->username, &account, err));
    TRY(transaction_passkeys(transaction, account, work->arena, &work->rows, &work->row_count,
                             err));
    TRY(delete_named(work, transaction, &deleted, err));
    if (deleted == 0) {
        return err_set(err, ERROR_NOT_FOUND, "There is no such passkey of this account");
    }
    if (account != work->sitting.account.id) {
        TRY(sessions_end(transaction, account, NULL, STR(""), *work->arena, &ended, err));
    }
    return account_secured(
        &work->sitting, account,
        arena_format(work->arena, "passkey removed: %.*s", STR_ARG(work->reason)), err);
}

result casework_remove_passkey(const struct casework *casework, const struct caller *caller,
                               str username, str name, str reason, struct arena *arena,
                               struct err *err)
{
    TRY(text_line_required("The user name", username, NAME_MAX_BYTES, err));
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct own_work work = {.casework = casework,
                            .caller = caller,
                            .username = username,
                            .name = name,
                            .reason = str_trim(reason),
                            .arena = arena};
    return store_write(casework->store, remove_work, &work, err);
}

/* --- using ------------------------------------------------------------------------------------ */

struct use_work {
    const struct casework *casework;
    str credential_id;
    struct arena *arena;
    struct passkey_row row;
    bool found;
};

static result find_passkey(struct transaction *transaction, void *context, struct err *err)
{
    struct use_work *work = context;
    return transaction_passkey(transaction, work->credential_id, work->arena, &work->row,
                               &work->found, err);
}

/* What only a copy of an authenticator, or a defect in one, brings about. */
static result note_counter(struct transaction *transaction, void *context, struct err *err)
{
    struct use_work *work = context;
    struct sitting sitting;
    TRY(sitting_of_register(&sitting, work->casework, transaction, work->arena, err));
    return account_secured(&sitting, work->row.account,
                           arena_format(work->arena, "passkey refused, its counter went back: %.*s",
                                        STR_ARG(work->row.name)),
                           err);
}

static enum passkey_algorithm algorithm_of(const struct passkey_row *row)
{
    return row->algorithm == PASSKEY_EDDSA   ? PASSKEY_EDDSA
           : row->algorithm == PASSKEY_RS256 ? PASSKEY_RS256
                                             : PASSKEY_ES256;
}

static result check_answer(struct use_work *work, const struct passkey_sent *sent,
                           const uint8_t *challenge, bool verified, struct passkey_use *ret_use,
                           struct err *err)
{
    struct passkey_answer answer;
    const struct passkey_asked asked = {.rp_id = sent->site.rp_id,
                                        .origin = sent->site.origin,
                                        .challenge = challenge,
                                        .verified = verified,
                                        .old_signatures = sent->site.old_signatures};
    const struct passkey_key key = {.algorithm = algorithm_of(&work->row),
                                    .public_key = work->row.public_key,
                                    .sign_count = (uint32_t)work->row.sign_count};
    if (!passkey_answered(&asked, &key, sent->client_data, sent->authenticator_data,
                          sent->signature, &answer, NULL)
             .ok) {
        return result_ok();
    }
    if (answer.counted_back) {
        return store_write(work->casework->store, note_counter, work, err);
    }
    *ret_use = (struct passkey_use){.accepted = true,
                                    .account = work->row.account,
                                    .credential_id = work->row.credential_id,
                                    .sign_count = answer.sign_count};
    return result_ok();
}

result passkey_check(const struct casework *casework, const struct passkey_sent *sent,
                     bool verified, struct arena *arena, struct passkey_use *ret_use,
                     struct err *err)
{
    uint8_t challenge[PASSKEY_CHALLENGE_SIZE];
    bool taken = false;
    struct use_work work = {
        .casework = casework, .credential_id = sent->credential_id, .arena = arena};
    *ret_use = (struct passkey_use){.accepted = false};
    TRY(casework_take_question(casework, CEREMONY_PASSKEY, sent->token, challenge, &taken, err));
    if (!taken || sent->credential_id.len == 0) {
        return result_ok();
    }
    TRY(store_read(casework->store, find_passkey, &work, err));
    return work.found ? check_answer(&work, sent, challenge, verified, ret_use, err) : result_ok();
}

result passkey_keep_use(struct transaction *transaction, const struct passkey_use *use, instant now,
                        struct arena scratch, bool *ret_kept, struct err *err)
{
    struct passkey_row row;
    bool found = false;
    *ret_kept = false;
    TRY(transaction_passkey(transaction, use->credential_id, &scratch, &row, &found, err));
    const bool counts = use->sign_count == 0 || (int64_t)use->sign_count > row.sign_count;
    if (!found || row.account != use->account || !counts) {
        return result_ok();
    }
    row.sign_count = use->sign_count;
    row.used_at = now;
    *ret_kept = true;
    return transaction_put_passkey(transaction, &row, err);
}

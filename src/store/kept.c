/* Whether what is kept beside the events is as it was written: commands are compared with the
 * events, keys of subjects opened, a rulebook is what it is named by, and what nothing else would
 * show carries proofs (proof.h). */
#include "store/kept.h"

#include "store/proof.h"

#include <stdio.h>

enum { ERASED_SIZE = 1024 * 1024 * 1024 /* of the register's own events; taken as it is used */ };

static result changed(const char *what, int64_t number, const char *why, struct err *err)
{
    result_ignore(err_set(err, ERROR_STORAGE, "%s %lld was changed behind the store's back: %s",
                          what, (long long)number, why),
                  "the hint returns the failure");
    return err_hint(
        err, "Keep a copy of the store for whoever examines it, and restore the last backup.");
}

/* --- every row of a query, one at a time --- */

union kept_row {
    struct command_record command;
    struct subject_key_record key;
    struct password_record password;
    struct second_factor_record factor;
    struct session_record session;
    struct ceremony_record ceremony;
    struct passkey_record passkey;
    struct subject_link_record link;
    struct rulebook_record rulebook;
};
typedef result check_row(struct transaction *transaction, const union kept_row *row, void *context,
                         struct err *err);

static result check_rows(struct transaction *transaction, enum query query, check_row *check,
                         void *context, struct err *err)
{
    const struct backend *backend = backend_of(transaction);
    struct cursor cursor;
    TRY(backend->cursor_open(transaction->connection, query, NULL, 0, &cursor, err));
    union kept_row row;
    bool found = true;
    result checked = result_ok();
    while (checked.ok && found) {
        checked = backend->cursor_next(&cursor, &row, &found, err);
        checked = checked.ok && found ? check(transaction, &row, context, err) : checked;
    }
    backend->cursor_close(&cursor);
    return checked;
}

/* --- what each table is checked by --- */

static result command_missing(struct transaction *transaction, const union kept_row *row,
                              void *context, struct err *err)
{
    (void)transaction;
    (void)context;
    return changed("command: that of event", row->command.position,
                   "the row is not as the event says", err);
}

static result command_too_many(struct transaction *transaction, const union kept_row *row,
                               void *context, struct err *err)
{
    (void)transaction;
    (void)context;
    return changed("command: that of event", row->command.position, "no event made the row", err);
}

static result key_without_event(struct transaction *transaction, const union kept_row *row,
                                void *context, struct err *err)
{
    (void)transaction;
    (void)context;
    char what[80];
    snprintf(what, sizeof what, "subject_key: that of %s",
             subject_kind_name(row->key.subject_kind));
    return changed(what, row->key.subject, "it has no event", err);
}

static result check_key(struct transaction *transaction, const union kept_row *row, void *context,
                        struct err *err)
{
    (void)context;
    struct subject_entry *entry = NULL;
    return row->key.wrapped.len == 0
               ? result_ok()
               : subject_find(transaction, row->key.subject_kind, row->key.subject,
                              transaction->scratch, &entry, err);
}

static result check_password(struct transaction *transaction, const union kept_row *row,
                             void *context, struct err *err)
{
    (void)context;
    return row_check_proof(transaction, TABLE_PASSWORD, row, err);
}

static result check_factor(struct transaction *transaction, const union kept_row *row,
                           void *context, struct err *err)
{
    (void)context;
    return row_check_proof(transaction, TABLE_SECOND_FACTOR, row, err);
}

static result check_session(struct transaction *transaction, const union kept_row *row,
                            void *context, struct err *err)
{
    (void)context;
    return row_check_proof(transaction, TABLE_SESSION, row, err);
}

static result check_ceremony(struct transaction *transaction, const union kept_row *row,
                             void *context, struct err *err)
{
    (void)context;
    return row_check_proof(transaction, TABLE_CEREMONY, row, err);
}

static result check_passkey(struct transaction *transaction, const union kept_row *row,
                            void *context, struct err *err)
{
    (void)context;
    return row_check_proof(transaction, TABLE_PASSKEY, row, err);
}

static result check_subject_link(struct transaction *transaction, const union kept_row *row,
                                 void *context, struct err *err)
{
    (void)context;
    return row_check_proof(transaction, TABLE_SUBJECT_LINK, row, err);
}

static result check_rulebook(struct transaction *transaction, const union kept_row *row,
                             void *context, struct err *err)
{
    char identity[SHA256_HEX_SIZE];
    const struct sha256 hash = sha256_of(row->rulebook.canonical);
    (void)transaction;
    (void)context;
    sha256_hex(&hash, identity);
    return str_equal(row->rulebook.identity, str_from_c(identity))
               ? result_ok()
               : err_set(err, ERROR_STORAGE,
                         "rulebook %.*s was changed behind the store's back: its text is another's",
                         STR_ARG(str_slice(row->rulebook.identity, 0, 16)));
}

/* Whoever's key is gone was erased: an event of the register says so. */
static result check_erased(struct transaction *transaction, const union kept_row *row,
                           void *context, struct err *err)
{
    (void)transaction;
    const struct erased_people *erased = context;
    for (size_t i = 0; i < erased->count; i++) {
        if (row->key.subject_kind == SUBJECT_OF_PERSON && erased->people[i] == row->key.subject) {
            return result_ok();
        }
    }
    char what[80];
    snprintf(what, sizeof what, "subject_key: that of %s",
             subject_kind_name(row->key.subject_kind));
    return changed(what, row->key.subject, "it is gone, and no event erased anybody", err);
}

static result check_destroyed(struct transaction *transaction, struct err *err)
{
    struct arena arena;
    struct erased_people erased;
    TRY(arena_open(&arena, ERASED_SIZE, err));
    result checked = erased_people_read(transaction, &arena, &erased, err);
    checked = checked.ok ? check_rows(transaction, QUERY_KEYS_DESTROYED, check_erased, &erased, err)
                         : checked;
    arena_close(&arena);
    return checked;
}

result transaction_check_kept(struct transaction *transaction, struct err *err)
{
    static const struct {
        enum query query;
        check_row *check;
    } checks[] = {
        {QUERY_COMMANDS_MISSING, command_missing},
        {QUERY_COMMANDS_TOO_MANY, command_too_many},
        {QUERY_KEYS_WITHOUT_EVENT, key_without_event},
        {QUERY_KEYS, check_key},
        {QUERY_PASSWORDS, check_password},
        {QUERY_SECOND_FACTORS, check_factor},
        {QUERY_ALL_SESSIONS, check_session},
        {QUERY_ALL_CEREMONIES, check_ceremony},
        {QUERY_ALL_PASSKEYS, check_passkey},
        {QUERY_ALL_SUBJECT_LINKS, check_subject_link},
        {QUERY_RULEBOOKS, check_rulebook},
    };
    TRY(backend_of(transaction)->check_layout(transaction->connection, err));
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        TRY(check_rows(transaction, checks[i].query, checks[i].check, NULL, err));
    }
    TRY(latest_check(transaction, err));
    return check_destroyed(transaction, err);
}

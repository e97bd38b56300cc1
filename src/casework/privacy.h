/* privacy: what data protection law asks of a register of people: holding, restricting and erasing
 * a record, telling a person everything that is recorded about them, and who looked at what.
 *
 * Erasing takes two people: one asks, another confirms. Nothing is erased while a legal hold is in
 * force, before the person has an outcome, while a request is live or a place is held or occupied.
 * What remains is said in register/erasure.h. A restricted record is seen by the role that may see
 * restricted records alone; for everybody else it does not exist.
 *
 * Sources: UK GDPR and Regulation (EU) 2016/679, Art. 15 (access), 17 (erasure; 17(3)(b) and (e)
 * for holds), 18 (restriction), 30 and 32 (who did what). Client ids, errors and access are those
 * of casework.h. */
#ifndef RETURNHUB_CASEWORK_PRIVACY_H
#define RETURNHUB_CASEWORK_PRIVACY_H

#include "casework/casework.h"

struct privacy_answer {
    struct person_row person; /* after the command */
    int64_t event;            /* of what was recorded */
    bool repeated;
};

enum privacy_command {
    PRIVACY_HOLD,      /* several holds may be in force at once */
    PRIVACY_LIFT_HOLD, /* the one placed last */
    PRIVACY_RESTRICT,
    PRIVACY_LIFT_RESTRICTION, /* ACTION_SEE_RESTRICTED as well: others do not see the record */
    PRIVACY_REQUEST_ERASURE,  /* `reason`: the legal basis */
    PRIVACY_DECLINE_ERASURE,  /* also by the one who asked */
    PRIVACY_ERASE, /* by another account than asked; for ever. ERROR_UNPROVEN before it has proved
                      that it is still them */
};

/* ACTION_MANAGE_PRIVACY. `reason` is needed, but for PRIVACY_ERASE, which takes the basis that was
 * given with the request. When PRIVACY_ERASE returns, no file of the store holds the key or the
 * facts any more; when the last of that fails because somebody reads for too long, the error says
 * that the person is erased and what to do. Backups made before are not reached. */
MUST_USE result casework_privacy(const struct casework *casework, const struct caller *caller,
                                 enum privacy_command command, str person, str reason,
                                 struct arena *arena, struct privacy_answer *ret_answer,
                                 struct err *err);
const char *privacy_command_done(enum privacy_command command); /* "A legal hold was placed" */

/* --- what stands in the way of erasing ------------------------------------------------------- */

struct legal_hold {
    int64_t event;
    instant since;
    str by; /* the name of the account */
    str reason;
};
struct before_erasure {
    const struct legal_hold *holds; /* those in force, the one placed last first */
    size_t hold_count;
    const str *together; /* who can be erased together with the person only, since a merge with them
                            was undone: references, "" for somebody out of sight */
    size_t together_count;
};
/* ACTION_MANAGE_PRIVACY. */
MUST_USE result casework_before_erasure(const struct casework *casework,
                                        const struct caller *caller, str person,
                                        struct arena *arena, struct before_erasure *ret_before,
                                        struct err *err);

/* --- who looked ------------------------------------------------------------------------------- */

struct looks_query {
    str person;   /* reference; "" for everybody */
    str username; /* "" for all accounts */
    int64_t before;
    size_t limit; /* 1 to 10000 */
};
struct look_line {
    struct look_row look;
    str account;   /* its name */
    str role;      /* as it is now */
    str reference; /* of the person looked at; "" when it was no person */
};
/* Newest first. ACTION_SEE_LOOKS. */
MUST_USE result casework_looks(const struct casework *casework, const struct caller *caller,
                               const struct looks_query *query, struct arena *arena,
                               const struct look_line **ret_lines, size_t *ret_count,
                               struct err *err);

/* --- everything about a person, for the person ------------------------------------------------ */

struct subject_access {
    struct person_answer person;
    const struct history_line *history; /* all of it, oldest first */
    size_t history_count;
    const struct fact_row *facts; /* every value that was ever recorded, also those withdrawn */
    size_t fact_count;
    const struct look_line *looks; /* newest first */
    size_t look_count;
};
/* ACTION_EXPORT_PERSON. Other people's names are not in it: members of the family are references,
 * those who acted and looked are roles. */
MUST_USE result casework_subject_access(const struct casework *casework,
                                        const struct caller *caller, str person,
                                        struct arena *arena, struct subject_access *ret_access,
                                        struct err *err);

#endif

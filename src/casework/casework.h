/* casework: one function for each thing a user can do. Here, and only here, the rulebook and the
 * register meet: a step is judged on the recorded facts and its events are appended in ONE
 * transaction (judge at commit).
 *
 * What holds, whoever calls and however many at once:
 *   1. a guarded step is requested, approved and taken only if every safeguard is clear at that
 * instant, on rows read in the same transaction;
 *   2. recording anything that un-clears a live request stops that request in the same commit, and
 * says so: the facts of the person, of a member of the family, of the hub, of the agreement;
 *   3. the one who asked never approves, nobody approves twice, and each approval needs the role
 * the rulebook names;
 *   4. a place is held from the last approval, occupied from the step, and never two people's;
 *   5. sending the same command twice (same client id, same account) does it once and gives the
 * same answer;
 *   6. every look at a person's record is recorded with who and when.
 *
 * "Today" is the civil day, in UTC, of the system's clock at commit. Errors: ERROR_FORBIDDEN when a
 * role lacks an action altogether; ERROR_NOT_FOUND alike for what does not exist and what this
 * account may not see; ERROR_CONFLICT when the state has moved on; ERROR_INPUT for a value, with a
 * hint. A refusal BY LAW is not an error: it is an answer (struct step_answer).
 */
#ifndef RETURNHUB_CASEWORK_CASEWORK_H
#define RETURNHUB_CASEWORK_CASEWORK_H

#include "casework/access.h"
#include "rulebook/explain.h"
#include "store/store.h"

struct notice_book;
struct sign_in_gate;
struct board_keeper;
struct pair_keeper;
struct due_keeper;

/* How long a session lasts. What may be set lies within the second level of assurance of NIST SP
 * 800-63B: half an hour idle is its limit, and twelve hours in all. */
struct session_limits {
    int64_t idle_minutes;   /* 1 to 30 without a sign of life */
    int64_t hours_max;      /* 1 to 12 in all */
    int64_t proven_minutes; /* 1 to 60 for which a proof that it is still them counts */
};

struct casework {
    struct store *store;
    const struct rulebook *rulebook;
    const struct system *system;
    struct sign_in_gate
        *gate; /* NULL when not opened with casework_open: then nobody can sign in */
    struct board_keeper *boards;       /* board.h; NULL likewise: then nothing is kept */
    struct pair_keeper *pairs;         /* pairs.h; NULL likewise */
    int pairs_wait_ms;                 /* for everybody to be compared (casework_all_duplicates) */
    struct due_keeper *due;            /* due.h; NULL likewise */
    const struct notice_book *notices; /* notices.h; NULL: no letter can be written */
    struct session_limits limits;
    bool second_factor_required; /* of everybody who signs in by a password (session_standing) */
};

/* The store, the rulebook and the system stay the caller's and must outlive it; what it needs
 * itself lives in `perm`. */
MUST_USE result casework_open(struct store *store, const struct rulebook *rulebook,
                              const struct system *system, struct arena *perm,
                              struct casework *ret_casework, struct err *err);
void casework_close(struct casework *casework); /* accepts NULL and a zeroed one */
/* In the place of SESSION_IDLE_MINUTES, SESSION_HOURS_MAX and PROVEN_MINUTES; before anybody signs
 * in. ERROR_INPUT for what is out of bounds. */
MUST_USE result casework_set_session_limits(struct casework *casework,
                                            const struct session_limits *limits, struct err *err);

/* Who asks. client_id: for commands that change something; all zero: the command is not repeatable.
 */
struct caller {
    int64_t account;
    struct client_id client_id;
    str reason; /* why the account looks, in its own words, kept with the look; "" when not said */
    int64_t read_at; /* of a command that holds on what was read: the position of the last event
                        then; ERROR_CONFLICT when anything was recorded since of whom or what it is
                        about. 0: it holds whatever was recorded */
    bool unproven; /* it is some time since the session proved who it is (own_account.h): steps that
                      need approval are neither approved nor taken, and nobody is erased */
};

/* --- commands --------------------------------------------------------------------------------- */

struct identifier_entry;
struct likely_duplicate;

struct registration {
    str name;
    struct known_day born_on;
    date registered_on;
    const struct identifier_entry *identifiers; /* casework/identity.h */
    size_t identifier_count;
    bool unless_known; /* not when somebody is likely to be the same person: they are told */
};
struct registration_answer {
    struct person_row person;              /* id 0: nobody was registered */
    const struct likely_duplicate *likely; /* people who may be the same (casework/identity.h) */
    size_t likely_count;
};
/* With all its identifiers or not at all. Sent twice it is done once, and the likely duplicates are
 * told anew. */
MUST_USE result casework_register_person(const struct casework *casework,
                                         const struct caller *caller,
                                         const struct registration *registration,
                                         struct arena *arena,
                                         struct registration_answer *ret_answer, struct err *err);

/* One fact of a person, a hub or an agreement (which of them, the fact's own subject says). */
struct fact_entry {
    str fact;
    str value; /* text of a value (rulebook/value.h); "unknown" records that it is not known */
    date true_from;
    str source; /* where it is known from: a document, a call; may be "" */
};

struct stopped_request {
    int64_t request;
    int64_t person;
    str reference; /* of the person; "" for somebody who is hidden from the account */
    str step;
    const str *safeguards; /* names of those no longer clear */
    size_t safeguard_count;
    bool aboard; /* the step was taken already, the person is on the way and is called back */
};

struct record_answer {
    const int64_t *events; /* position of each fact's event */
    size_t event_count;
    const struct stopped_request *stopped;
    size_t stopped_count;
    bool repeated; /* the same command was done before: this is its answer */
};

/* All entries or none. `reference` names the subject: a person, a hub or an agreement. */
MUST_USE result casework_record_facts(const struct casework *casework, const struct caller *caller,
                                      enum subject_kind kind, str reference,
                                      const struct fact_entry *entries, size_t entry_count,
                                      struct arena *arena, struct record_answer *ret_answer,
                                      struct err *err);
/* Takes back a recorded fact (a correction), by the position of its event. */
MUST_USE result casework_withdraw_fact(const struct casework *casework, const struct caller *caller,
                                       int64_t event, str reason, struct arena *arena,
                                       struct record_answer *ret_answer, struct err *err);
/* Puts a person, with whoever is in their family group, into the group of another (makes one when
 * there is none). */
MUST_USE result casework_join_family(const struct casework *casework, const struct caller *caller,
                                     str person, str relative, struct arena *arena,
                                     struct record_answer *ret_answer, struct err *err);
/* Takes a person out of their family group, who was put into it wrongly or does not belong to it
 * any more. The others stay together. Live requests of all of them are judged again. ERROR_CONFLICT
 * where there is no group. */
MUST_USE result casework_leave_family(const struct casework *casework, const struct caller *caller,
                                      str person, str reason, struct arena *arena,
                                      struct record_answer *ret_answer, struct err *err);
/* How contact was made (`source`) must be said; `next_check_on` lies after `on` and within a year.
 * The law is told in the same commit: the facts that it has for the two days. */
MUST_USE result casework_confirm_contact(const struct casework *casework,
                                         const struct caller *caller, str person, date on,
                                         str source, struct known_day next_check_on,
                                         struct arena *arena, struct err *err);
/* What somebody writes about the person: it stands in the history and is judged by nobody. */
MUST_USE result casework_add_note(const struct casework *casework, const struct caller *caller,
                                  str person, str note, struct arena *arena, struct err *err);
/* Never fewer than are held and occupied (ERROR_CONFLICT). */
MUST_USE result casework_agree_places(const struct casework *casework, const struct caller *caller,
                                      str hub, int64_t places, str reason, struct arena *arena,
                                      struct err *err);

struct step_answer {
    bool refused; /* by law: see explanation and refusal; nothing of the step was done (the refusal
                     is on record) */
    str refusal;  /* "Transfer to a return hub is not allowed: ..." one or two sentences naming each
                     safeguard in the way */
    struct explanation explanation; /* every safeguard, as judged at commit */
    struct request_row request;     /* after the command; id 0 when the step needs none */
    struct person_row person;       /* after the command */
    int64_t event;                  /* of what was done, or of the refusal on record */
    bool repeated;
};

/* Asks for a step that needs approval, or takes at once one that needs none. `hub` is a hub's
 * reference for a step `with hub` ("" otherwise); its agreement is the hub's own. A step that does
 * not take a place is about the hub at which the person is when none is named. The same step for
 * the same person at the same hub is asked for once. */
MUST_USE result casework_request_step(const struct casework *casework, const struct caller *caller,
                                      str person, str step, str hub, struct arena *arena,
                                      struct step_answer *ret_answer, struct err *err);
MUST_USE result casework_approve_step(const struct casework *casework, const struct caller *caller,
                                      int64_t request, struct arena *arena,
                                      struct step_answer *ret_answer, struct err *err);
MUST_USE result casework_decline_step(const struct casework *casework, const struct caller *caller,
                                      int64_t request, str reason, struct arena *arena,
                                      struct step_answer *ret_answer, struct err *err);
/* Refused by law, an approval leaves the request open; a taking stops it, for what was approved is
 * no longer clear. */
MUST_USE result casework_take_step(const struct casework *casework, const struct caller *caller,
                                   int64_t request, struct arena *arena,
                                   struct step_answer *ret_answer, struct err *err);
MUST_USE result casework_withdraw_step(const struct casework *casework, const struct caller *caller,
                                       int64_t request, str reason, struct arena *arena,
                                       struct step_answer *ret_answer, struct err *err);

/* --- questions -------------------------------------------------------------------------------- */

/* A question may be asked about a past or coming day, and as it was known at an instant. With the
 * effective day and the recorded instant of a judged event it gives that verdict to the letter. */
struct asked {
    bool has_on;
    date on; /* otherwise today */
    bool has_known_at;
    instant known_at; /* otherwise now */
};

/* Does anybody record the fact? Not what the register counts, nor what steps alone say of the books
 * ("entry.opens"). */
bool casework_fact_is_recorded(const struct fact *fact);
/* ERROR_INPUT, and why, for one that nobody records. */
MUST_USE result casework_check_recorded(const struct fact *fact, struct err *err);

/* One fact as it is known, with where it is known from. */
struct known_fact {
    uint32_t fact; /* of the rulebook */
    struct value value;
    const struct fact_row *row; /* NULL: not recorded, or counted by the register */
    str actor;                  /* name of the account that recorded it */
};

/* Everything the record says on which steps are judged. Indexed by the rulebook's facts. */
struct case_view {
    struct person_row person;
    struct identity identity;
    struct known_fact
        *facts; /* fact_count of the rulebook; hub and agreement facts when there is a hub */
    struct question question; /* ready to judge */
    struct hub_row hub;       /* id 0 when none was asked about */
    struct agreement_row agreement;
    date on;
    instant known_at;
};

struct explain_answer {
    struct case_view view;
    struct explanation explanation;
    bool leads_on; /* the step leads on from where the person was on that day */
};
MUST_USE result casework_explain(const struct casework *casework, const struct caller *caller,
                                 str person, str step, str hub, const struct asked *asked,
                                 struct arena *arena, struct explain_answer *ret_answer,
                                 struct err *err);

/* Everything on a person's page. */
struct next_step {
    uint32_t step;
    struct hub_row hub; /* id 0 for a step without hub */
    enum clearance clearance;
    const enum clearance
        *each;       /* of the step's safeguards, in order; why, casework_explain tells */
    int64_t held_by; /* the entry in the books that is in its way (foretold.h); 0: none */
};
struct clock_line {
    uint32_t clock;
    struct clock_answer answer;
};
struct history_line {
    struct event event;
    str actor;      /* name of the account, "" for the register */
    bool withdrawn; /* of a fact in the person's history: it was taken back */
    str fact;       /* there, of a withdrawal: what was taken back; "" elsewhere */
    str value;
};
/* An entry in the books that foretells a step; meanwhile it is in the way of others (foretold.h).
 */
struct foretold {
    int64_t entry;
    str kind;
    uint32_t step;
    bool out_of_sight; /* of this account: it reads nothing more of it */
};
/* Whoever has a place at a hub, and a stage there, may be on the way to it. */
struct person_arrival {
    enum arrival_state state; /* 0: they have a place at no hub, or at one out of sight */
    date departed_on;         /* the day of the step that gave the place */
    int32_t days_overdue;
    str owner; /* the name of the account that answers for it; "" of a past time */
};

struct person_answer {
    struct case_view view;
    const struct next_step
        *next_steps; /* that leave this stage; with hub: one for each hub the account may see */
    size_t next_step_count;
    const struct foretold *foretold; /* none of another time than now */
    size_t foretold_count;
    const struct request_row *requests; /* newest first */
    size_t request_count;
    const struct person_row *family; /* the other members */
    const struct identity *family_identities;
    size_t family_count;
    const struct clock_line *clocks; /* running or expired */
    size_t clock_count;
    const struct history_line *history; /* the latest, newest first (history.h) */
    size_t history_count;
    bool history_more;            /* there are older ones */
    const struct event *passages; /* that say when the person came into a stage, newest first */
    size_t passage_count;
    const struct hub_row *hubs; /* named by the person's row and by the requests, each once */
    size_t hub_count;
    struct person_arrival arrival;
    struct known_day born_on_in_facts; /* where the identity says another day, or none */
};
MUST_USE result casework_person(const struct casework *casework, const struct caller *caller,
                                str reference, const struct asked *asked, struct arena *arena,
                                struct person_answer *ret_answer, struct err *err);
/* Is there such a person in this account's sight? It tells no more, and so is no look. */
MUST_USE result casework_sees_person(const struct casework *casework, const struct caller *caller,
                                     str reference, struct arena *arena, bool *ret_sees,
                                     struct err *err);

struct people_query {
    str text;   /* part of a name in any script, or a reference here or elsewhere; "" for all */
    bool alike; /* also names that are written alike, or with a slip of the pen */
    str stage;  /* "" for all */
    str hub;    /* reference; "" for all */
    int64_t after_id;
    size_t limit; /* 1 to 500 */
};
struct people_line {
    struct person_row row;
    struct identity identity;
    str nationality; /* three letters, or "" */
};
struct people_answer {
    const struct people_line *lines;
    size_t count;
    int64_t next_after_id;            /* 0 when this is the last page */
    bool alike;                       /* nobody has this name or reference: these are alike */
    const struct stage_count *stages; /* of everybody this account may see */
    size_t stage_count;
};
MUST_USE result casework_people(const struct casework *casework, const struct caller *caller,
                                const struct people_query *query, struct arena *arena,
                                struct people_answer *ret_answer, struct err *err);

/* A row a person: verdict and the safeguards in the way. */
struct screened_person {
    int64_t id;
    str reference;
    str stage;
};
struct screen_line {
    const struct screened_person *person;
    enum clearance clearance;
    const enum clearance *each; /* of the step's safeguards, in order */
};
typedef result casework_screen_visit(void *context, const struct screen_line *line,
                                     struct err *err);
struct screen_totals {
    int64_t people;
    int64_t clear;
    int64_t barred;
    int64_t unknown;
};
/* Everybody in a stage from which the step may be taken, in the order of ids. The present is judged
 * for everybody at once (rulebook/screen.h); the past person by person. */
MUST_USE result casework_screen(const struct casework *casework, const struct caller *caller,
                                str step, str hub, const struct asked *asked,
                                casework_screen_visit *visit, void *context,
                                struct screen_totals *ret_totals, struct err *err);

/* The work of the day: what is waiting for this account to do, and what is due. */
struct work_request {
    struct request_row request;
    struct person_row person;
    struct identity identity;
    str hub;              /* reference */
    str hub_name;         /* "" when it is about no hub */
    bool mine_to_approve; /* the next approval is in this account's role, and it did not ask or
                             approve before */
    bool mine_to_take;
};
enum work_kind {
    WORK_OVERDUE, /* a duty whose time has expired and that is not done */
    WORK_CHECK,   /* the next contact check of an open case has passed, or was never set */
    WORK_ENDS,    /* a clock that runs and ends soon */
};
enum { WORK_KINDS = WORK_ENDS + 1 };
struct work_due {
    enum work_kind kind;
    struct person_row person;
    struct identity identity;
    struct clock_line clock; /* clock.clock is NOT_FOUND_INDEX for a contact check */
    date due;
    int32_t days_left; /* from today to the last day; negative: days gone by since */
    /* The same in working days, for a clock that knows a calendar; with the calendar's name. */
    bool has_working_days;
    int32_t working_days_left;
    str calendar;
};
struct today_answer {
    date today;
    const struct work_request
        *requests; /* live ones first, then those stopped in the last 14 days */
    size_t request_count;
    const struct work_due *due; /* soonest first (queue.h) */
    size_t due_count;
    int64_t due_total;               /* of what was asked for */
    int64_t due_of_kind[WORK_KINDS]; /* whatever kinds were asked for */
    const struct stage_count *stages;
    size_t stage_count;
};
/* `due` says what of the work that is due is given; NULL: the next 14 days, 100 lines. */
struct work_query;
MUST_USE result casework_today(const struct casework *casework, const struct caller *caller,
                               const struct work_query *due, struct arena *arena,
                               struct today_answer *ret_answer, struct err *err);

/* What ended a request that was not taken: a stop has the safeguards that are no longer clear, what
 * somebody did has their reason. */
struct request_end {
    bool ended;
    int64_t event;
    str by;
    str reason;
    const str *safeguards;
    size_t safeguard_count;
};
struct request_answer {
    struct work_request work;
    struct request_end end;
    struct explain_answer now; /* as it would be judged now */
    const str *approved_by;    /* names, in order */
    str requested_by;
};
MUST_USE result casework_request(const struct casework *casework, const struct caller *caller,
                                 int64_t request, struct arena *arena,
                                 struct request_answer *ret_answer, struct err *err);

struct hub_line {
    struct hub_row row;
    struct agreement_row agreement;
    struct place_counts places;
    const struct known_fact *facts; /* of the hub, one for each hub fact of the rulebook */
    size_t fact_count;
    const struct place_row *place_rows; /* only from casework_hub */
    const struct person_row *occupants; /* beside place_rows; id 0 for a free place */
    size_t place_count;
    const struct work_request *requests; /* live, for this hub; only from casework_hub */
    size_t request_count;
};
MUST_USE result casework_hubs(const struct casework *casework, const struct caller *caller,
                              struct arena *arena, const struct hub_line **ret_lines,
                              size_t *ret_count, struct err *err);
MUST_USE result casework_hub(const struct casework *casework, const struct caller *caller,
                             str reference, struct arena *arena, struct hub_line *ret_hub,
                             struct err *err);

struct agreement_line {
    struct agreement_row row;
    const struct known_fact *facts;
    size_t fact_count;
    const struct hub_row *hubs;
    size_t hub_count;
};
/* Only those this account may see; a confidential one leaves no trace for others, not even in a
 * count. */
MUST_USE result casework_agreements(const struct casework *casework, const struct caller *caller,
                                    struct arena *arena, const struct agreement_line **ret_lines,
                                    size_t *ret_count, struct err *err);
/* Those that are announced, for everybody: no account is asked, and none is recorded as having
 * looked. Nothing is told of the others. */
MUST_USE result casework_announced(const struct casework *casework, struct arena *arena,
                                   const struct agreement_row **ret_rows, size_t *ret_count,
                                   struct err *err);
MUST_USE result casework_agreement(const struct casework *casework, const struct caller *caller,
                                   str reference, struct arena *arena,
                                   struct agreement_line *ret_agreement, struct err *err);

/* --- accounts and sign-in --------------------------------------------------------------------- */

MUST_USE result casework_account(const struct casework *casework, int64_t id, struct arena *arena,
                                 struct account_row *ret_account, struct err *err);
MUST_USE result casework_account_by_name(const struct casework *casework, str username,
                                         struct arena *arena, struct account_row *ret_account,
                                         struct err *err);
/* Argon2id (libsodium). Takes as long for an unknown account as for a wrong password, and says the
 * same. At most two hashes run at once. On success opens a session: ret_token (43 characters,
 * base64url of 256 random bits) is told once and only its hash is stored. */
struct sign_in {
    str username;
    str password;
    str code; /* of the authenticator app, when the account has one (own_account.h) */
};
enum {
    SESSION_TOKEN_SIZE = 44,
    SESSION_IDLE_MINUTES = 30, /* these three: unless it is set otherwise */
    SESSION_HOURS_MAX = 10,
    PROVEN_MINUTES = 15,
};
MUST_USE result casework_sign_in(const struct casework *casework, const struct sign_in *sign_in,
                                 struct arena *arena, char ret_token[SESSION_TOKEN_SIZE],
                                 struct account_row *ret_account, struct err *err);
/* Where a second factor is required, a session that was opened without one does nothing but what
 * makes it whole: setting one up, which does, or showing the one that was set up meanwhile (both in
 * own_account.h and passkeys.h). Who calls holds it to that. */
enum session_standing {
    SESSION_WHOLE,
    SESSION_LACKS_FACTOR, /* the account has none */
    SESSION_OWES_FACTOR,  /* the account has one, and this session did not show it */
};

struct session {
    struct account_row account;
    enum session_standing standing;
    str form_token; /* hex; every form carries it */
    bool proven;    /* who it is was proven in the last PROVEN_MINUTES */
};
/* ERROR_UNAUTHENTICATED when the token is unknown, idle too long or too old, or the account closed.
 */
MUST_USE result casework_session(const struct casework *casework, str token, struct arena *arena,
                                 struct session *ret_session, struct err *err);
/* The same for what a browser asks by itself: nobody did anything, so the session stays as idle as
 * it is. */
MUST_USE result casework_idle_session(const struct casework *casework, str token,
                                      struct arena *arena, struct session *ret_session,
                                      struct err *err);
MUST_USE result casework_sign_out(const struct casework *casework, str token, struct err *err);
/* Every session of the account ends. */
MUST_USE result casework_set_password(const struct casework *casework, int64_t account,
                                      str password, struct err *err);

#endif

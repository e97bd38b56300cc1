/* command: what a command of `returnhub` is. From one table of these (commands.c) come the
 * dispatch, every --help, the man page and the shell completion. */
#ifndef RETURNHUB_CLI_COMMAND_H
#define RETURNHUB_CLI_COMMAND_H

#include "base/arena.h"
#include "base/date.h"
#include "cli/output.h"
#include "cli/version.h"

enum { COMMAND_OPTIONS_MAX = 20, COMMAND_ARGUMENTS_MAX = 256 /* a folder of rulebook files */ };

/* Every option there is, once; options of one name do not stand in one command. OPTION(constant,
 * name, argument, what) */
#define COMMAND_OPTIONS                                                                            \
    OPTION(OPTION_STORE, "store", "FILE",                                                          \
           "the register (default: $RETURNHUB_STORE, else var/register.db)")                       \
    OPTION(OPTION_KEY, "key", "FILE",                                                              \
           "the store's key file (default: the store's name with .key)")                           \
    OPTION(OPTION_RULEBOOK, "rulebook", "FOLDER",                                                  \
           "the rulebook (default: the register's; for a new one, " RETURNHUB_LAW ")")             \
    OPTION(OPTION_AS, "as", "ACCOUNT",                                                             \
           "the account that acts or looks (default: $RETURNHUB_ACCOUNT)")                         \
    OPTION(OPTION_FORMAT, "format", "text|json|csv", "how records are printed (default: text)")    \
    OPTION(OPTION_HUB, "hub", "REFERENCE", "the hub, for a step that needs one")                   \
    OPTION(OPTION_AT_HUB, "hub", "REFERENCE", "only people at this hub")                           \
    OPTION(OPTION_WHERE, "hub", "REFERENCE", "where it happened (default: where the person is)")   \
    OPTION(OPTION_STEP, "step", "NAME", "the step, by its name in the rulebook")                   \
    OPTION(OPTION_ON, "on", "DATE", "ask as of this day (YYYY-MM-DD; default: today)")             \
    OPTION(OPTION_KNOWN_AT, "as-known-at", "INSTANT",                                              \
           "ask as the record was known at this instant (YYYY-MM-DDTHH:MM:SSZ)")                   \
    OPTION(OPTION_PEOPLE, "people", "N", "how many people to make (default: 10000)")               \
    OPTION(OPTION_SEED, "seed", "S", "seed of the random draw (default: 1)")                       \
    OPTION(OPTION_START, "start", "DATE", "the day the clock starts from (YYYY-MM-DD)")            \
    OPTION(OPTION_TRUE_FROM, "true-from", "DATE",                                                  \
           "the day from which it is true (default: today)")                                       \
    OPTION(OPTION_SOURCE, "source", "TEXT", "where it is known from: a document, a call")          \
    OPTION(OPTION_REASON, "reason", "TEXT", "why; kept in the record")                             \
    OPTION(OPTION_STAGE, "stage", "NAME", "only people in this stage")                             \
    OPTION(OPTION_TEXT, "text", "WORDS", "only people whose name or reference contains this")      \
    OPTION(OPTION_LIMIT, "limit", "N", "at most this many (default: 100)")                         \
    OPTION(OPTION_CLIENT_ID, "client-id", "UUID", "makes sending the command twice do it once")    \
    OPTION(OPTION_ORDER, "order", "KIND", "the kind of order (default: court_order)")              \
    OPTION(OPTION_REPORTER, "by", "WHO", "who says that there is an order")                        \
    OPTION(OPTION_MEANS, "means", "HOW", "how it was reported: by telephone, by letter")           \
    OPTION(OPTION_COURT, "court", "NAME", "the court")                                             \
    OPTION(OPTION_CLAIM_NUMBER, "claim-number", "TEXT", "the number of the claim")                 \
    OPTION(OPTION_AT, "at", "INSTANT", "when it happened (YYYY-MM-DDTHH:MM:SSZ; default: now)")    \
    OPTION(OPTION_ALL, "all", NULL, "also what is over")                                           \
    OPTION(OPTION_DESTINATION, "destination", "COUNTRY",                                           \
           "where it goes to (three letters; default: the country of the hub)")                    \
    OPTION(OPTION_DEPARTS, "departs", "INSTANT", "when it is to leave (YYYY-MM-DDTHH:MM:SSZ)")     \
    OPTION(OPTION_CARRIER, "carrier", "NAME", "the airline or ferry line, and the service")        \
    OPTION(OPTION_ROUTE, "route", "STOPS", "the stops in order, parted by commas")                 \
    OPTION(OPTION_ESCORTS, "escorts", "N", "how many escorts there are")                           \
    OPTION(OPTION_ESCORT_ROLES, "escort-roles", "TEXT",                                            \
           "what the escorts are there for; no names")                                             \
    OPTION(OPTION_LEAD, "lead", "ACCOUNT", "the account that answers for it (default: your own)")  \
    OPTION(OPTION_PORT, "port", "N", "port to listen on (default: 8080; 0: any free one)")         \
    OPTION(OPTION_ADDRESS, "address", "ADDRESS", "address to listen on (default: 127.0.0.1)")      \
    OPTION(OPTION_SETTINGS, "settings", "FILE",                                                    \
           "settings of the site: address, sessions, confinement")                                 \
    OPTION(OPTION_BEGIN, "begin", NULL, "begin a register if there is none")                       \
    OPTION(OPTION_TODAY, "today", "DATE",                                                          \
           "the day the demonstration has reached (default: today)")                               \
    OPTION(OPTION_PAGE_FORMAT, "format", "text|html|pdf",                                          \
           "how the page is written (default: text)")                                              \
    OPTION(OPTION_TABLE_FORMAT, "format", "text|csv|json|ods",                                     \
           "how the table is written (default: text; ods: a spreadsheet)")                         \
    OPTION(OPTION_AS_OF, "as-of", "DATE",                                                          \
           "count what was true on this day (default: the day of the last event)")                 \
    OPTION(OPTION_AT_POSITION, "at-position", "N",                                                 \
           "count nothing recorded after this event: an old edition, to the byte")                 \
    OPTION(OPTION_COMPARE_WITH, "compare-with", "N",                                               \
           "list what differs from the edition at this event")                                     \
    OPTION(OPTION_FROM, "from", "PERIOD",                                                          \
           "the first period: 2023-Q1, 2023 or 2023-01 (default: the last four that ended)")       \
    OPTION(OPTION_TO, "to", "PERIOD", "the last period")                                           \
    OPTION(OPTION_FIRST_ORIGIN, "from", "QUARTER",                                                 \
           "the first quarter to forecast from (default: 2016-Q1)")                                \
    OPTION(OPTION_LAST_SCORED, "to", "QUARTER",                                                    \
           "the last quarter to score by (default: the last published)")                           \
    OPTION(OPTION_UP_TO, "up-to", "QUARTER",                                                       \
           "fit on what had happened by the end of this quarter (default: the last published)")    \
    OPTION(OPTION_HORIZON, "horizon", "N", "how many quarters ahead (default: 8)")                 \
    OPTION(OPTION_FUTURES, "futures", "N", "how many futures (default: 1000)")                     \
    OPTION(OPTION_ONE_IN, "one-in", "N",                                                           \
           "simulate one of so many people, who counts for all of them (default: 10; 0: flows "    \
           "alone, without individuals)")                                                          \
    OPTION(OPTION_THREADS, "threads", "N",                                                         \
           "how many threads (default: 2; the answer is the same)")                                \
    OPTION(OPTION_CHART_FORMAT, "format", "text|csv|json|svg",                                     \
           "how the answer is written (default: text; svg: drawn)")                                \
    OPTION(OPTION_RELEASES, "releases", "FOLDER",                                                  \
           "published statistics, shown to everybody (files YYYY-MM-DD-NAME.json)")                \
    OPTION(OPTION_FORECASTS, "forecast", "FOLDER",                                                 \
           "forecasts to show (files that returnhub forecast keeps with --output)")                \
    OPTION(OPTION_DEFINITIONS, "definitions", "FOLDER",                                            \
           "definitions of tables (default: those that come with the rulebook)")                   \
    OPTION(OPTION_WITHIN, "within", "DAYS", "how far ahead (default: 14)")                         \
    OPTION(OPTION_ROLE, "role", "NAME", "only duties of this role")                                \
    OPTION(OPTION_KIND, "kind", "overdue|check|ends", "only work of this kind")                    \
    OPTION(OPTION_PURPOSE, "purpose", "TEXT", "why you look; kept with the look")                  \
    OPTION(OPTION_PERSON, "person", "REFERENCE", "only looks at this person")                      \
    OPTION(OPTION_ACCOUNT, "account", "USERNAME", "only looks by this account")                    \
    OPTION(OPTION_ACCESS_FORMAT, "format", "html|text|json",                                       \
           "how the record is written (default: html)")                                            \
    OPTION(OPTION_CONFIDENTIAL, "confidential", NULL, "until it is announced")                     \
    OPTION(OPTION_HAPPENED, "on", "DATE", "the day that it is about (default: today)")             \
    OPTION(OPTION_DUE, "due", "DATE",                                                              \
           "by when something is due, where the rulebook has no clock (with --reason)")            \
    OPTION(OPTION_RESPONSIBLE, "responsible", "ROLE",                                              \
           "who is to answer (default: the role that the kind names)")                             \
    OPTION(OPTION_FOLLOWS, "follows", "ENTRY", "the entry that this one follows from")             \
    OPTION(OPTION_AGAINST, "against", "USERNAME,...",                                              \
           "of whom a complaint complains; they neither see it nor decide on it (-: nobody)")      \
    OPTION(OPTION_ENTRY_KIND, "kind", "NAME", "only entries of this kind")                         \
    OPTION(OPTION_ABOUT, "about", "REFERENCE", "only what is about this person or hub")            \
    OPTION(OPTION_STATE, "state", "NAME", "the state: that it becomes, or that is listed")         \
    OPTION(OPTION_JOURNEY, "journey", "REFERENCE", "only what happened on this journey")           \
    OPTION(OPTION_NOT_CLOSED, "not-closed", NULL, "only entries that have not ended")              \
    OPTION(OPTION_OVERDUE, "overdue", NULL, "only entries with something due that is late")        \
    OPTION(OPTION_EACH_PERSON, "each-person", NULL, "for each person and journey")                 \
    OPTION(OPTION_CORRECTS, "corrects", "REFERENCE", "the operation of which this is a revision")  \
    OPTION(OPTION_SOURCE_KIND, "source", "NAME", "where it is known from, of a closed list")       \
    OPTION(OPTION_PUBLISHED, "published", "DATE", "the day of the source")                         \
    OPTION(OPTION_FIRST_DAY, "from", "DATE", "only what happened on this day or later")            \
    OPTION(OPTION_LAST_DAY, "to", "DATE", "only what happened on this day or before")              \
    OPTION(OPTION_ISSUER, "issuer", "STATE",                                                       \
           "who issued the travel document: three letters, as in its machine readable zone")       \
    OPTION(OPTION_REFERENCE, "reference", "SCHEME:VALUE",                                          \
           "another reference of the person, for example gwf:GWF012345678")                        \
    OPTION(OPTION_NEW, "new", NULL, "register although somebody may be the same person")           \
    OPTION(OPTION_CONFLICTING, "conflicting", NULL,                                                \
           "only people of whom different things stand recorded")                                  \
    OPTION(OPTION_CONFLICTS, "conflicts", "N", "how many conflicts were looked at")                \
    OPTION(OPTION_UNTIL, "until", "DATE",                                                          \
           "the last day; of a place out of use, the day it is expected back")                     \
    OPTION(OPTION_REQUEST, "request", "N", "the request that it is for")                           \
    OPTION(OPTION_WHO, "person", "TEXT", "a person's reference, or a name")                        \
    OPTION(OPTION_ACCURATE_AT, "accurate-at", "INSTANT",                                           \
           "when it was accurate (YYYY-MM-DDTHH:MM:SSZ; default: now)")                            \
    OPTION(OPTION_SINCE, "since", "DATE",                                                          \
           "the day since when it is so (YYYY-MM-DD; default: today)")                             \
    OPTION(OPTION_NEW_LAST_DAY, "until", "DATE", "the new last day (YYYY-MM-DD)")                  \
    OPTION(OPTION_NAME, "name", "TEXT", "the name of whoever uses the account")                    \
    OPTION(OPTION_ACCOUNT_ROLE, "role", "NAME", "the role of the account")                         \
    OPTION(OPTION_ACCOUNT_HUB, "hub", "REFERENCE",                                                 \
           "the hub that the account is limited to, for a role that needs one")                    \
    OPTION(OPTION_PASSWORD_FILE, "password-file", "FILE",                                          \
           "a file with the password in its first line (/dev/fd/N: a descriptor)")                 \
    OPTION(OPTION_CHECK, "check", NULL, "compare only; change nothing")                            \
    OPTION(OPTION_EVENTS, "events", NULL,                                                          \
           "of a whole register every event, in a file of their own")                              \
    OPTION(OPTION_DRY_RUN, "dry-run", NULL, "check everything; change nothing")                    \
    OPTION(OPTION_ERRORS, "errors", "FILE", "write what is wrong to this CSV file, row by row")    \
    OPTION(OPTION_SEAL_KEY, "seal-key", "FILE",                                                    \
           "the log's key (default: the store's name with .seal); to check, FILE.pub is enough")   \
    OPTION(OPTION_LOG, "log", "FOLDER", "the log (default: the store's name with .log)")           \
    OPTION(OPTION_PADDING, "padding", "N",                                                         \
           "the log grows by multiples of this, so that nobody can count events (default: 16)")    \
    OPTION(OPTION_CONSTANT, "constant", NULL,                                                      \
           "the log grows on every beat, also when there was no event")                            \
    OPTION(OPTION_BEAT, "beat", "MILLISECONDS",                                                    \
           "how often what was recorded comes into the log (default: 1000)")                       \
    OPTION(OPTION_OLDER, "older", "FILE",                                                          \
           "a checkpoint that you kept: is the log the same history?")                             \
    OPTION(OPTION_FILES, "files", "FOLDER",                                                        \
           "check a log that was exported or fetched, without the register")                       \
    OPTION(OPTION_RECEIPT, "receipt", "FILE", "check this receipt, without log and register")      \
    OPTION(OPTION_VERIFIER, "by", "NAME",                                                          \
           "who checks, for the note on the page (default: the user of this computer)")            \
    OPTION(OPTION_NOTICES, "notices", "FOLDER",                                                    \
           "the texts of notices (default: those that come with the rulebook)")                    \
    OPTION(OPTION_LANGUAGE, "language", "CODE",                                                    \
           "the language beside the law's: sq, ar, prs ... (default: none)")                       \
    OPTION(OPTION_LETTER_FORMAT, "format", "text|html|pdf|json|hashed",                            \
           "how the letter is written (default: text; hashed: the text that its hash is of)")      \
    OPTION(OPTION_METHOD, "by", "METHOD", "how it was served")                                     \
    OPTION(OPTION_UNDERSTOOD, "understood", "yes|no",                                              \
           "did the person understand it, in their language?")                                     \
    OPTION(OPTION_PROOF, "proof", "TEXT", "what shows it: a signature, a tracking number")         \
    OPTION(OPTION_POLICY, "policy", "FILE",                                                        \
           "which witnesses cosign, and how many are enough (c2sp.org/tlog-policy)")               \
    OPTION(OPTION_WITNESS, "witness", NULL, "the key of a witness of other logs")                  \
    OPTION(OPTION_SEEN, "seen", "FOLDER",                                                          \
           "what the witness has cosigned (default: the key's name with .seen)")                   \
    OPTION(OPTION_RUN_FUTURES, "futures", "N", "how many futures (default: 200)")                  \
    OPTION(OPTION_RUN_THREADS, "threads", "N",                                                     \
           "how many threads (default: one for each processor)")                                   \
    OPTION(OPTION_SHARES_FUTURES, "futures", "N", "how many futures (default: 50)")                \
    OPTION(OPTION_PEOPLE_ONE_IN, "one-in", "N",                                                    \
           "simulate one of so many people, who counts for all of them (default: 10)")             \
    OPTION(OPTION_ANSWERS, "output", "FOLDER",                                                     \
           "keep the answer there too, for the page of returnhub serve --forecast")                \
    OPTION(OPTION_SERIES_DRAWN, "series", "NAME", "which series is drawn (--format svg)")          \
    OPTION(OPTION_DIFFERENCE, "difference", NULL, "draw what the measures change")                 \
    OPTION(OPTION_QUARTER, "quarter", "QUARTER", "about this quarter (default: the last one)")     \
    OPTION(OPTION_EACH_SET, "each", NULL,                                                          \
           "instead, every future of every combination: what shares are made of (csv, json)")      \
    OPTION(OPTION_HELP, "help", NULL, "print this help")

enum command_option {
#define OPTION(constant, name, argument, what) constant,
    COMMAND_OPTIONS
#undef OPTION
        OPTION_COUNT
};

/* What was typed, after it was checked against the command's row. */
struct invocation {
    const struct command *command;
    str arguments[COMMAND_ARGUMENTS_MAX];
    size_t argument_count;
    str options[OPTION_COUNT]; /* .at is NULL when not given */
    struct arena *arena;       /* for the whole run of the command */
    struct output *output;
};

/* Returns the exit status through the result: a failure's status is its error's; *ret_status is for
 * answers that are not errors (1: the answer is "no"). */
typedef result command_run(const struct invocation *invocation, int *ret_status, struct err *err);

struct command {
    const char *name;      /* one or two words: "rulebook check" */
    const char *arguments; /* "PERSON STEP", as in the usage line; "" for none */
    size_t argument_min;
    size_t argument_max;
    const char *summary;     /* one line */
    const char *description; /* paragraphs separated by a blank line */
    enum command_option options[COMMAND_OPTIONS_MAX];
    size_t option_count;
    command_run *run;
    const char *interrupted; /* what an interrupt means (interruption.h); NULL: nothing to say */
};

extern const struct command commands[];
extern const size_t command_count;

const char *option_name(enum command_option option);
const char *option_argument(enum command_option option); /* NULL for a switch */
const char *option_what(enum command_option option);

static inline bool option_given(const struct invocation *invocation, enum command_option option)
{
    return invocation->options[option].at != NULL;
}
MUST_USE result option_date(const struct invocation *invocation, enum command_option option,
                            date otherwise, date *ret_date, struct err *err);
/* The place in `names` of what was given, 0 when nothing was. ERROR_USAGE with `hint` for a word
 * that is not there. */
MUST_USE result option_format(const struct invocation *invocation, enum command_option option,
                              const char *const *names, size_t count, const char *hint,
                              size_t *ret_index, struct err *err);
MUST_USE result option_number(const struct invocation *invocation, enum command_option option,
                              int64_t otherwise, int64_t least, int64_t most, int64_t *ret_number,
                              struct err *err);

/* One for each row of the table, in the file of the same name. */
command_run command_serve;
command_run command_demo;
command_run command_rulebook_check;
command_run command_rulebook_test;
command_run command_rulebook_show;
command_run command_rulebook_diff;
command_run command_rulebook_format;
command_run command_rulebook_explain;
command_run command_person_list;
command_run command_person_show;
command_run command_person_register;
command_run command_person_duplicates;
command_run command_person_note;
command_run command_person_evidence;
command_run command_person_return;
command_run command_identity_show;
command_run command_identity_record;
command_run command_identity_remove;
command_run command_identity_correct;
command_run command_merge_plan;
command_run command_merge_request;
command_run command_merge_show;
command_run command_merge_confirm;
command_run command_merge_decline;
command_run command_merge_list;
command_run command_merge_undo;
command_run command_record;
command_run command_order_report;
command_run command_stop_list;
command_run command_stop_show;
command_run command_stop_acknowledge;
command_run command_manifest_list;
command_run command_manifest_show;
command_run command_manifest_open;
command_run command_manifest_change;
command_run command_manifest_add;
command_run command_manifest_remove;
command_run command_manifest_board;
command_run command_manifest_depart;
command_run command_manifest_account;
command_run command_manifest_close;
command_run command_manifest_cancel;
command_run command_step_request;
command_run command_step_approve;
command_run command_step_decline;
command_run command_step_take;
command_run command_step_withdraw;
command_run command_explain;
command_run command_clock;
command_run command_screen;
command_run command_forecast_backtest;
command_run command_forecast_calibrate;
command_run command_statistics_reconciliation;
command_run command_statistics;
command_run command_privacy_hold;
command_run command_privacy_lift_hold;
command_run command_privacy_restrict;
command_run command_privacy_lift_restriction;
command_run command_privacy_request_erasure;
command_run command_privacy_decline_erasure;
command_run command_privacy_erase;
command_run command_privacy_erasures;
command_run command_privacy_looks;
command_run command_privacy_protect;
command_run command_privacy_lift_protection;
command_run command_privacy_protection;
command_run command_glass_break;
command_run command_glass_review;
command_run command_glass_list;
command_run command_glass_own;
command_run command_tie_make;
command_run command_tie_end;
command_run command_tie_list;
command_run command_own_record;
command_run command_own_clients;
command_run command_privacy_export;
command_run command_work_list;
command_run command_work_books;
command_run command_work_missing;
command_run command_agreement_open;
command_run command_agreement_announce;
command_run command_agreement_state;
command_run command_agreement_list;
command_run command_agreement_show;
command_run command_entry_open;
command_run command_entry_add;
command_run command_entry_answer;
command_run command_entry_close;
command_run command_entry_list;
command_run command_entry_show;
command_run command_entry_totals;
command_run command_operation_record;
command_run command_operation_list;
command_run command_operation_show;
command_run command_operation_table;
command_run command_hub_open;
command_run command_hub_agree;
command_run command_hub_show;
command_run command_hub_places;
command_run command_hub_prebookings;
command_run command_hub_arrivals;
command_run command_hub_stays;
command_run command_hub_departures;
command_run command_hub_reconcile;
command_run command_hub_kind;
command_run command_hub_out;
command_run command_hub_back;
command_run command_hub_move;
command_run command_hub_prebook;
command_run command_hub_give;
command_run command_hub_release;
command_run command_hub_arrive;
command_run command_hub_refuse;
command_run command_hub_resolve;
command_run command_hub_hand_over;
command_run command_hub_unexpected;
command_run command_hub_identify;
command_run command_hub_reinstate;
command_run command_hub_heartbeat;
command_run command_hub_explain;
command_run command_clock_extend;
command_run command_clock_suspend;
command_run command_notice_approve;
command_run command_notice_cancel;
command_run command_notice_check;
command_run command_notice_draft;
command_run command_notice_issue;
command_run command_notice_list;
command_run command_notice_of;
command_run command_notice_serve;
command_run command_notice_show;
command_run command_clock_resume;
command_run command_account_list;
command_run command_account_first;
command_run command_account_open;
command_run command_account_role;
command_run command_account_hub;
command_run command_account_password;
command_run command_account_link;
command_run command_account_unlink;
command_run command_account_lost_device;
command_run command_account_end_sessions;
command_run command_account_close;
command_run command_rebuild;
command_run command_backup;
command_run command_seal_key;
command_run command_seal_publish;
command_run command_seal_export;
command_run command_seal_receipt;
command_run command_seal_verify;
command_run command_seal_witness;
command_run command_import;
command_run command_export;
command_run command_forecast_run;
command_run command_forecast_sensitivity;
command_run command_forecast_shares;
command_run command_manual;

#endif

/* command: what a command of `returnhub` is. From one table of these (commands.c) come the
 * dispatch, every --help, the man page and the shell completion. */
#ifndef RETURNHUB_CLI_COMMAND_H
#define RETURNHUB_CLI_COMMAND_H

#include "base/arena.h"
#include "base/date.h"
#include "cli/output.h"
#include "cli/version.h"

enum { COMMAND_OPTIONS_MAX = 12, COMMAND_ARGUMENTS_MAX = 256 /* a folder of rulebook files */ };

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
    OPTION(OPTION_STEP, "step", "NAME", "only this step")                                          \
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
    OPTION(OPTION_PORT, "port", "N", "port to listen on (default: 8080; 0: any free one)")         \
    OPTION(OPTION_ADDRESS, "address", "ADDRESS", "address to listen on (default: 127.0.0.1)")      \
    OPTION(OPTION_TODAY, "today", "DATE",                                                          \
           "the day the demonstration has reached (default: today)")                               \
    OPTION(OPTION_PAGE_FORMAT, "format", "text|html|pdf",                                          \
           "how the page is written (default: text)")                                              \
    OPTION(OPTION_UNTIL, "until", "DATE",                                                          \
           "the last day; of a place out of use, the day it is expected back")                     \
    OPTION(OPTION_REQUEST, "request", "N", "the request that it is for")                           \
    OPTION(OPTION_PERSON, "person", "TEXT", "a person's reference, or a name")                     \
    OPTION(OPTION_ACCURATE_AT, "accurate-at", "INSTANT",                                           \
           "when it was accurate (YYYY-MM-DDTHH:MM:SSZ; default: now)")                            \
    OPTION(OPTION_CHECK, "check", NULL, "compare only; change nothing")                            \
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
command_run command_record;
command_run command_step_request;
command_run command_step_approve;
command_run command_step_decline;
command_run command_step_take;
command_run command_step_withdraw;
command_run command_explain;
command_run command_clock;
command_run command_screen;
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
command_run command_rebuild;
command_run command_manual;

#endif

/* The table of commands. The order is that of the manual. */
#include "cli/command.h"

#define STORE_OPTIONS OPTION_STORE, OPTION_KEY, OPTION_RULEBOOK
#define ACT_OPTIONS   STORE_OPTIONS, OPTION_AS, OPTION_FORMAT, OPTION_CLIENT_ID
#define LOOK_OPTIONS  STORE_OPTIONS, OPTION_AS, OPTION_FORMAT

const struct command commands[] = {
    {
        .name = "serve",
        .arguments = "",
        .summary = "Serve the register to browsers and programs",
        .description = "Listens on one address and serves the pages and the JSON interface, which "
                       "are the same "
                       "addresses. Stops on an interrupt after finishing what is in hand.\n\n"
                       "Listen on a public address only behind a proxy that ends TLS.",
        .options = {STORE_OPTIONS, OPTION_ADDRESS, OPTION_PORT, OPTION_HELP},
        .option_count = 6,
        .run = command_serve,
    },
    {
        .name = "demo",
        .arguments = "",
        .summary = "Make a register of plainly synthetic people drawn from published statistics",
        .description =
            "Makes a new register and fills it: people whose nationality, age, sex, route, "
            "outcomes "
            "and waiting times agree with the published tables in data/; agreements; and a "
            "fictional "
            "country with two hubs, so that every step can be seen. The same seed makes the same "
            "register. Nobody in it exists.",
        .options = {STORE_OPTIONS, OPTION_PEOPLE, OPTION_SEED, OPTION_TODAY, OPTION_HELP},
        .option_count = 7,
        .run = command_demo,
    },
    {
        .name = "rulebook check",
        .arguments = "[FOLDER]",
        .argument_max = 1,
        .summary = "Check a rulebook and list what in it is not verified",
        .description = "Prints everything that is wrong with the rulebook, each with its place and "
                       "what to do, then warnings and the sources that nobody has verified; last "
                       "what it says in vain: conditions that can never be true or never be false, "
                       "safeguards that add nothing to others, steps that can never be clear.",
        .options = {OPTION_RULEBOOK, OPTION_FORMAT, OPTION_HELP},
        .option_count = 3,
        .run = command_rulebook_check,
    },
    {
        .name = "rulebook test",
        .arguments = "[FOLDER]",
        .argument_max = 1,
        .summary = "Run the examples of a rulebook",
        .description =
            "Runs every example in the rulebook and prints each that does not hold: what "
            "was expected and what was found.",
        .options = {OPTION_RULEBOOK, OPTION_FORMAT, OPTION_HELP},
        .option_count = 3,
        .run = command_rulebook_test,
    },
    {
        .name = "rulebook show",
        .arguments = "[FOLDER]",
        .argument_max = 1,
        .summary = "Print a rulebook as a document to read and to sign",
        .description = "Each safeguard beside its source, with the steps it guards and its "
                       "examples; the stages, drawn, and the steps between them; definitions, "
                       "clocks, calendars, facts; what is not verified; the instruments cited and "
                       "what rests on them. As plain text, as one complete HTML page, or as PDF.",
        .options = {OPTION_RULEBOOK, OPTION_PAGE_FORMAT, OPTION_HELP},
        .option_count = 3,
        .run = command_rulebook_show,
    },
    {
        .name = "rulebook diff",
        .arguments = "OLD NEW",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Say what another rulebook changes, and for whom",
        .description =
            "OLD and NEW are folders. Prints each rule that was changed, deleted or added, line by "
            "line; layout, comments and order are no change. With --as, everybody in the register "
            "is screened by both for every step (or --step) and every hub (or --hub): how many "
            "people's verdict changes, in which direction, and a row for each of them with the "
            "safeguards that newly stand in the way and those that no longer do. Neither rulebook "
            "is taken into use. The exit status is 1 when the rulebooks differ.",
        .options = {OPTION_STORE, OPTION_KEY, OPTION_AS, OPTION_FORMAT, OPTION_STEP, OPTION_HUB,
                    OPTION_ON, OPTION_HELP},
        .option_count = 8,
        .run = command_rulebook_diff,
    },
    {
        .name = "rulebook explain",
        .arguments = "RULE",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Say in full what one rule of the rulebook says",
        .description =
            "RULE is the name of a safeguard, definition, clock, step, stage, fact or notice: what "
            "it says, where it comes from, its condition with the definitions and clocks in it "
            "written out down to the facts, its examples, and what it has to do with the rest.",
        .options = {OPTION_RULEBOOK, OPTION_FORMAT, OPTION_HELP},
        .option_count = 3,
        .run = command_rulebook_explain,
    },
    {
        .name = "rulebook format",
        .arguments = "[FOLDER|FILE...]",
        .argument_max = COMMAND_ARGUMENTS_MAX,
        .summary = "Lay out the text of a rulebook in the one way",
        .description =
            "Makes indentation, columns, spaces and the breaks of long lines uniform, and keeps "
            "words, comments, single blank lines and files; the identity of the rulebook stays "
            "the same. Rewrites the files that change and names them. With --check it only names "
            "them, and the exit status is 1 if there are any. With - it reads the standard input "
            "and writes to the standard output. If one file cannot be read as a rulebook, none is "
            "changed.",
        .options = {OPTION_RULEBOOK, OPTION_CHECK, OPTION_HELP},
        .option_count = 3,
        .run = command_rulebook_format,
    },
    {
        .name = "person list",
        .arguments = "",
        .summary = "List people",
        .description = "Those the account may see, in the order they were registered.",
        .options = {LOOK_OPTIONS, OPTION_STAGE, OPTION_HUB, OPTION_TEXT, OPTION_LIMIT, OPTION_HELP},
        .option_count = 10,
        .run = command_person_list,
    },
    {
        .name = "person show",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Show a person's record",
        .description = "Where the person is in the procedure, what the law says of each next step, "
                       "the facts with their sources, running clocks, and the history. That you "
                       "looked is itself recorded.",
        .options = {LOOK_OPTIONS, OPTION_ON, OPTION_KNOWN_AT, OPTION_HELP},
        .option_count = 8,
        .run = command_person_show,
    },
    {
        .name = "person register",
        .arguments = "NAME [BORN]",
        .argument_min = 1,
        .argument_max = 2,
        .summary = "Register a person who claims asylum",
        .description = "BORN is the date of birth (YYYY-MM-DD); leave it out when it is not known.",
        .options = {ACT_OPTIONS, OPTION_HELP},
        .option_count = 7,
        .run = command_person_register,
    },
    {
        .name = "record",
        .arguments = "SUBJECT FACT VALUE",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Record a fact about a person, a hub or an agreement",
        .description =
            "SUBJECT is a reference (RH-..., a hub's, an agreement's); which of them, the fact "
            "says. VALUE is yes, no, a date, a number, a country, one of the fact's choices, text, "
            "or unknown. A fact that un-clears an approved step stops it in the same commit.",
        .options = {ACT_OPTIONS, OPTION_TRUE_FROM, OPTION_SOURCE, OPTION_HELP},
        .option_count = 9,
        .run = command_record,
    },
    {
        .name = "step request",
        .arguments = "PERSON STEP",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Ask for a step, or take one that needs no approval",
        .description =
            "Judged when it is recorded. If the law does not allow the step the refusal "
            "names each safeguard, its law, the facts, and what would change it; the exit "
            "status is then 1.",
        .options = {ACT_OPTIONS, OPTION_HUB, OPTION_HELP},
        .option_count = 8,
        .run = command_step_request,
    },
    {
        .name = "step approve",
        .arguments = "REQUEST",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Approve a step that was asked for",
        .description =
            "In the role of the account. Judged anew; the last approval holds the place.",
        .options = {ACT_OPTIONS, OPTION_HELP},
        .option_count = 7,
        .run = command_step_approve,
    },
    {
        .name = "step decline",
        .arguments = "REQUEST",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Decline a step that was asked for",
        .description = "Ends the request. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_step_decline,
    },
    {
        .name = "step take",
        .arguments = "REQUEST",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Take an approved step",
        .description = "Judged anew at the instant it is recorded.",
        .options = {ACT_OPTIONS, OPTION_HELP},
        .option_count = 7,
        .run = command_step_take,
    },
    {
        .name = "step withdraw",
        .arguments = "REQUEST",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Withdraw a request",
        .description = "Ends the request and frees the place it held. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_step_withdraw,
    },
    {
        .name = "explain",
        .arguments = "PERSON STEP",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Explain whether a step may be taken, and why",
        .description =
            "Every safeguard with its law, its condition, the facts it rests on, where each "
            "is known from, and what would change the answer. With --on and --as-known-at "
            "the question is asked of the past, with the rulebook that was in use then.",
        .options = {LOOK_OPTIONS, OPTION_HUB, OPTION_ON, OPTION_KNOWN_AT, OPTION_HELP},
        .option_count = 9,
        .run = command_explain,
    },
    {
        .name = "clock",
        .arguments = "NAME",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Count a time limit of the rulebook from a day",
        .description =
            "Prints the last day, and every day counted or skipped and why. Give --start.",
        .options = {OPTION_RULEBOOK, OPTION_FORMAT, OPTION_START, OPTION_HELP},
        .option_count = 4,
        .run = command_clock,
    },
    {
        .name = "screen",
        .arguments = "STEP",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Judge a step for everybody from whose stage it leads",
        .description = "One row a person: the verdict and the safeguards in the way.",
        .options = {LOOK_OPTIONS, OPTION_HUB, OPTION_ON, OPTION_KNOWN_AT, OPTION_HELP},
        .option_count = 9,
        .run = command_screen,
    },
    {
        .name = "agreement open",
        .arguments = "REFERENCE PARTNER TITLE",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Open an agreement with a partner State",
        .description = "From the first approach on. A confidential one is seen by those alone who "
                       "may see it, until it is announced.",
        .options = {ACT_OPTIONS, OPTION_CONFIDENTIAL, OPTION_HELP},
        .option_count = 8,
        .run = command_agreement_open,
    },
    {
        .name = "agreement announce",
        .arguments = "REFERENCE",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Make a confidential agreement known to everybody",
        .description = "It cannot be taken back. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_agreement_announce,
    },
    {
        .name = "agreement state",
        .arguments = "REFERENCE STATE",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Move an agreement to another state",
        .description =
            "Each state has the day from which it is true and its --source. From each state some "
            "others can be reached; a state recorded in error is withdrawn. What this un-clears is "
            "stopped in the same commit.",
        .options = {ACT_OPTIONS, OPTION_TRUE_FROM, OPTION_SOURCE, OPTION_HELP},
        .option_count = 9,
        .run = command_agreement_state,
    },
    {
        .name = "agreement record",
        .arguments = "REFERENCE FACT VALUE",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Record a fact about an agreement: a clause, a cap, a day",
        .description = "The same as 'record', for an agreement.",
        .options = {ACT_OPTIONS, OPTION_TRUE_FROM, OPTION_SOURCE, OPTION_HELP},
        .option_count = 9,
        .run = command_record,
    },
    {
        .name = "agreement list",
        .arguments = "",
        .summary = "List agreements: state, what is used, how the partner answers",
        .description = "Those that the account may see; others leave no trace.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_agreement_list,
    },
    {
        .name = "agreement show",
        .arguments = "REFERENCE",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Show an agreement: every state with its source, clauses, caps and their use",
        .description = "What is counted by the register is counted now.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_agreement_show,
    },
    {
        .name = "entry open",
        .arguments = "KIND ABOUT [NAME=VALUE ...]",
        .argument_min = 2,
        .argument_max = 32,
        .summary = "Open an entry in the books: an incident, force, a complaint, a finding, ...",
        .description =
            "ABOUT is the reference of a person or a hub. What the kind asks for is given as "
            "NAME=VALUE; an instant is YYYY-MM-DDTHH:MM:SSZ. The day by which something is due is "
            "counted by the rulebook; where it has no clock for the kind, give --due and "
            "--reason. Duties that the rulebook attaches are opened with it.",
        .options = {ACT_OPTIONS, OPTION_HUB, OPTION_RESPONSIBLE, OPTION_FOLLOWS, OPTION_HAPPENED,
                    OPTION_DUE, OPTION_REASON, OPTION_HELP},
        .option_count = 13,
        .run = command_entry_open,
    },
    {
        .name = "entry add",
        .arguments = "ENTRY [NAME=VALUE ...]",
        .argument_min = 1,
        .argument_max = 32,
        .summary = "Write more in an entry, which stays as it is",
        .description = "What was written before stays in its history.",
        .options = {ACT_OPTIONS, OPTION_HAPPENED, OPTION_DUE, OPTION_REASON, OPTION_HELP},
        .option_count = 10,
        .run = command_entry_add,
    },
    {
        .name = "entry answer",
        .arguments = "ENTRY [NAME=VALUE ...]",
        .argument_min = 1,
        .argument_max = 32,
        .summary = "Answer an entry, or move it on",
        .description = "Without --state to the state that answers it; with it to that one: an "
                       "appeal against the answer to a complaint is --state appealed.",
        .options = {ACT_OPTIONS, OPTION_STATE, OPTION_HAPPENED, OPTION_DUE, OPTION_REASON,
                    OPTION_HELP},
        .option_count = 11,
        .run = command_entry_answer,
    },
    {
        .name = "entry close",
        .arguments = "ENTRY [NAME=VALUE ...]",
        .argument_min = 1,
        .argument_max = 32,
        .summary = "Close an entry",
        .description = "For ever. Everything that follows from it is closed before.",
        .options = {ACT_OPTIONS, OPTION_STATE, OPTION_HAPPENED, OPTION_DUE, OPTION_REASON,
                    OPTION_HELP},
        .option_count = 11,
        .run = command_entry_close,
    },
    {
        .name = "entry list",
        .arguments = "",
        .summary = "List entries of the books, newest first",
        .description = "With --overdue those of which something is due and late, or due on a day "
                       "that could not be counted.",
        .options = {LOOK_OPTIONS, OPTION_ENTRY_KIND, OPTION_ABOUT, OPTION_STATE, OPTION_JOURNEY,
                    OPTION_NOT_CLOSED, OPTION_OVERDUE, OPTION_LIMIT, OPTION_HELP},
        .option_count = 13,
        .run = command_entry_list,
    },
    {
        .name = "entry show",
        .arguments = "ENTRY",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Show an entry: what is written in it, by whom, and what follows from it",
        .description = "The look is recorded.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_entry_show,
    },
    {
        .name = "entry totals",
        .arguments = "",
        .summary = "Count the entries of the books, and how long force and restraint lasted",
        .description = "By kind; with --each-person for each person and journey.",
        .options = {LOOK_OPTIONS, OPTION_ENTRY_KIND, OPTION_ABOUT, OPTION_STATE, OPTION_JOURNEY,
                    OPTION_NOT_CLOSED, OPTION_OVERDUE, OPTION_EACH_PERSON, OPTION_HELP},
        .option_count = 13,
        .run = command_entry_totals,
    },
    {
        .name = "operation record",
        .arguments = "KIND DATE PARTNER ... [NAME=NUMBER ...]",
        .argument_min = 3,
        .argument_max = 64,
        .summary = "Record a joint operation and what came of it, as counts",
        .description =
            "A PARTNER is a country and a kind of authority: ALB:police. Counts are arrests, "
            "boats, engines, documents, and money:EUR; what is left out is not known, which is "
            "not 0. There is no field for a name. With --corrects it is a new revision, which "
            "counts from then on.",
        .options = {ACT_OPTIONS, OPTION_CORRECTS, OPTION_SOURCE_KIND, OPTION_PUBLISHED,
                    OPTION_HELP},
        .option_count = 10,
        .run = command_operation_record,
    },
    {
        .name = "operation list",
        .arguments = "",
        .summary = "List joint operations, and who arrived by small boat on the same day",
        .description = "Arrivals are those of the published series; they are blank for days that "
                       "it does not cover.",
        .options = {LOOK_OPTIONS, OPTION_FROM, OPTION_TO, OPTION_HELP},
        .option_count = 8,
        .run = command_operation_list,
    },
    {
        .name = "operation show",
        .arguments = "REFERENCE",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Show a joint operation: every revision, the last one counts",
        .description = "The look is recorded.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_operation_show,
    },
    {
        .name = "operation table",
        .arguments = "",
        .summary = "Count joint operations by quarter and partner",
        .description =
            "An operation with several partners stands with each and once among all. Beside every "
            "sum: of how many operations that number is not known.",
        .options = {LOOK_OPTIONS, OPTION_FROM, OPTION_TO, OPTION_HELP},
        .option_count = 8,
        .run = command_operation_table,
    },
    {
        .name = "rebuild",
        .arguments = "",
        .summary = "Make the rows anew from the events, and compare",
        .description =
            "With --check nothing is changed: the exit status is 1 if any row differs from "
            "what the events add up to.",
        .options = {OPTION_STORE, OPTION_KEY, OPTION_CHECK, OPTION_FORMAT, OPTION_HELP},
        .option_count = 5,
        .run = command_rebuild,
    },
    {
        .name = "manual",
        .arguments = "",
        .summary = "Print the manual page (roff)",
        .description = "Made from the same table as every --help: returnhub manual | man -l -",
        .options = {OPTION_HELP},
        .option_count = 1,
        .run = command_manual,
    },
};

const size_t command_count = sizeof commands / sizeof commands[0];

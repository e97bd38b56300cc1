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
        .name = "hub show",
        .arguments = "HUB",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Show a hub's desk",
        .description =
            "Its places and why some are not to be had, who is expected, who is there and since "
            "when, who left, and what the hub reports of itself beside what the register counts.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_hub_show,
    },
    {
        .name = "hub places",
        .arguments = "HUB",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "List the places of a hub",
        .description =
            "Each with its kind, its state, for whom, and why and until when it is out of use.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_hub_places,
    },
    {
        .name = "hub prebookings",
        .arguments = "HUB",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "List the prebookings of a hub",
        .description =
            "Latest first; one that ran out or was ended holds nothing and stays on the list.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_hub_prebookings,
    },
    {
        .name = "hub arrivals",
        .arguments = "HUB",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "List the arrivals that a hub expects",
        .description = "Every one until somebody records what became of it, with the days it is "
                       "overdue and who answers for it.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_hub_arrivals,
    },
    {
        .name = "hub stays",
        .arguments = "HUB",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "List who is at a hub",
        .description = "Since when, at which place, when the stay is to be reviewed, and how long "
                       "it may last.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_hub_stays,
    },
    {
        .name = "hub departures",
        .arguments = "HUB",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "List who left a hub",
        .description = "Latest first, at most 100.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_hub_departures,
    },
    {
        .name = "hub reconcile",
        .arguments = "HUB",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Compare expected with confirmed arrivals",
        .description =
            "All arrivals there ever were add up; those not resolved are listed, and whoever is "
            "there unexpected, and how the hub's own report differs. The exit status is 1 while an "
            "arrival is overdue, somebody is unexplained, or a difference is not explained.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_hub_reconcile,
    },
    {
        .name = "hub kind",
        .arguments = "HUB KIND FIRST LAST",
        .argument_min = 4,
        .argument_max = 4,
        .summary = "Say of which kind some places are",
        .description = "The places from FIRST to LAST. The kinds are the choices of the rulebook's "
                       "fact hub_stay.place_kind. Not while somebody has one of them.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_hub_kind,
    },
    {
        .name = "hub out",
        .arguments = "HUB PLACE REASON",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Take a place out of use",
        .description = "REASON is single_occupancy, damage, health_and_safety, planned_works, "
                       "crime_scene, medical_isolation or other; --reason says it in words, "
                       "--until when it is expected back. A request for which it was held gets "
                       "another place of the same kind, or is stopped.",
        .options = {ACT_OPTIONS, OPTION_UNTIL, OPTION_REASON, OPTION_HELP},
        .option_count = 9,
        .run = command_hub_out,
    },
    {
        .name = "hub back",
        .arguments = "HUB PLACE",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Put a place back into use",
        .description = "Put a place back into use.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_hub_back,
    },
    {
        .name = "hub move",
        .arguments = "HUB PERSON [PLACE]",
        .argument_min = 2,
        .argument_max = 3,
        .summary = "Give a person another place of the same hub",
        .description = "Without PLACE any free one of the kind the person needs. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_hub_move,
    },
    {
        .name = "hub prebook",
        .arguments = "HUB KIND PLACES",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Prebook places for a planned transfer",
        .description = "All of them or none, until the day --until; after it they are free again. "
                       "--reason says what for; with --request one place is for that request.",
        .options = {ACT_OPTIONS, OPTION_UNTIL, OPTION_REQUEST, OPTION_REASON, OPTION_HELP},
        .option_count = 10,
        .run = command_hub_prebook,
    },
    {
        .name = "hub give",
        .arguments = "HUB PREBOOKING REQUEST",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Give a prebooked place to a request",
        .description = "The last approval of the request will hold that place.",
        .options = {ACT_OPTIONS, OPTION_HELP},
        .option_count = 7,
        .run = command_hub_give,
    },
    {
        .name = "hub release",
        .arguments = "HUB PREBOOKING",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "End a prebooking",
        .description = "What it still holds is free again. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_hub_release,
    },
    {
        .name = "hub arrive",
        .arguments = "HUB PERSON",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Confirm that an expected person arrived",
        .description = "Takes the step of the rulebook that says so.",
        .options = {ACT_OPTIONS, OPTION_HELP},
        .option_count = 7,
        .run = command_hub_arrive,
    },
    {
        .name = "hub refuse",
        .arguments = "HUB PERSON",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Say that a person was refused on arrival and is back",
        .description = "Takes the step of the rulebook that says so; the place is free again.",
        .options = {ACT_OPTIONS, OPTION_HELP},
        .option_count = 7,
        .run = command_hub_refuse,
    },
    {
        .name = "hub resolve",
        .arguments = "HUB PERSON OUTCOME",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Say what became of an arrival that did not come",
        .description = "OUTCOME is never_left or missing; of somebody who is placed at the hub no "
                       "more also arrived or refused. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_hub_resolve,
    },
    {
        .name = "hub hand-over",
        .arguments = "HUB PERSON ACCOUNT",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Let another account answer for an expected arrival",
        .description = "Let another account answer for an expected arrival.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_hub_hand_over,
    },
    {
        .name = "hub unexpected",
        .arguments = "HUB DESCRIPTION",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Report somebody who is there and not expected",
        .description = "--person is the reference or the name by which the hub knows them.",
        .options = {ACT_OPTIONS, OPTION_PERSON, OPTION_ON, OPTION_HELP},
        .option_count = 9,
        .run = command_hub_unexpected,
    },
    {
        .name = "hub identify",
        .arguments = "HUB ARRIVAL OUTCOME",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Say who an unexpected arrival is, and what became of it",
        .description = "ARRIVAL is the number that 'hub unexpected' printed, OUTCOME in words; "
                       "--person is the reference of whom it turned out to be.",
        .options = {ACT_OPTIONS, OPTION_PERSON, OPTION_REASON, OPTION_HELP},
        .option_count = 9,
        .run = command_hub_identify,
    },
    {
        .name = "hub reinstate",
        .arguments = "HUB PERSON",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Cancel a departure that was recorded by mistake",
        .description = "Only that person's own, and only while nothing has happened to them since. "
                       "Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_hub_reinstate,
    },
    {
        .name = "hub heartbeat",
        .arguments = "HUB IN_USE OUT_OF_USE [KIND=IN/OUT...]",
        .argument_min = 3,
        .argument_max = 3 + 32,
        .summary = "Report how many places a hub has in use and out of use",
        .description =
            "As the hub sees it, at --accurate-at (default: now). It is kept beside what the "
            "register counts and changes nothing; a difference is shown until it is explained.",
        .options = {ACT_OPTIONS, OPTION_ACCURATE_AT, OPTION_HELP},
        .option_count = 8,
        .run = command_hub_heartbeat,
    },
    {
        .name = "hub explain",
        .arguments = "HUB",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Explain why the hub's report differs from the register",
        .description = "Of the latest report. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_hub_explain,
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

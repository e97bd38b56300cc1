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
        .description =
            "Listens on one address and serves the pages and the JSON interface, which "
            "are the same "
            "addresses. Stops on an interrupt after finishing what is in hand.\n\n"
            "Listen on a public address only behind a proxy that ends TLS.\n\n"
            "In a register that has no account it prints a token: whoever types it into the page "
            "/first-account within the hour opens the first one. With --begin the register need "
            "not exist before.\n\n"
            "--settings names a file: origin and proxy in [web]; idle_minutes, hours_max and "
            "proven_minutes in [sessions]; second_factor_required in [sign_in]; to in "
            "[security_log]; readings, commands, strangers and sign_ins, each in a minute, in "
            "[pace] (without limit in a demonstration); old in [signatures]; required in "
            "[confinement].\n\n"
            "Who signs in by a password sets up a second factor before anything else, unless "
            "second_factor_required is no, or the register is a demonstration.\n\n"
            "What happens at the doors - sign-ins, refusals - is told to the socket that "
            "[security_log] names, as /dev/log, in the form of RFC 5424; otherwise on standard "
            "error.\n\n"
            "The process is confined: to its own files where the kernel has Landlock, and to no "
            "new program, process or socket (but, with --policy, to ask witnesses).\n\n"
            "Statistics are published by putting what `returnhub statistics TABLE "
            "--format json` printed into "
            "a folder, named by the day of the release, as 2026-03-27-hub_transfers.json; "
            "--releases shows that "
            "folder, as it is when the server starts, to everybody without sign-in.\n\n"
            "With --seal-key, what is recorded comes into the transparency log, a second "
            "later at most, and the log is served to anybody under /log/. With --policy, too, "
            "the witnesses of that file are asked to cosign it.",
        .options = {STORE_OPTIONS, OPTION_ADDRESS, OPTION_PORT, OPTION_DEFINITIONS, OPTION_RELEASES,
                    OPTION_FORECASTS, OPTION_SEAL_KEY, OPTION_LOG, OPTION_BEAT, OPTION_PADDING,
                    OPTION_CONSTANT, OPTION_POLICY, OPTION_SETTINGS, OPTION_BEGIN, OPTION_NOTICES,
                    OPTION_HELP},
        .option_count = 18,
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
        .options = {LOOK_OPTIONS, OPTION_STAGE, OPTION_AT_HUB, OPTION_TEXT, OPTION_LIMIT,
                    OPTION_PURPOSE, OPTION_HELP},
        .option_count = 11,
        .run = command_person_list,
    },
    {
        .name = "person show",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Show a person's record",
        .description = "Where the person is in the procedure, the other records, references and "
                       "names they are known by, merges, the family, what the law says of each "
                       "next step, the facts with their sources, running clocks, and the history. "
                       "That you looked is itself recorded.",
        .options = {LOOK_OPTIONS, OPTION_ON, OPTION_KNOWN_AT, OPTION_PURPOSE, OPTION_HELP},
        .option_count = 9,
        .run = command_person_show,
    },
    {
        .name = "person register",
        .arguments = "NAME [BORN]",
        .argument_min = 1,
        .argument_max = 2,
        .summary = "Register a person who claims asylum",
        .description =
            "BORN is the date of birth (YYYY-MM-DD); leave it out when it is not known. Nobody is "
            "registered twice: when somebody in the register is likely to be the same person they "
            "are listed, with what agrees and what does not and what to do, nobody is registered, "
            "and the exit status is 1; whoever came back continues in their own record (person "
            "return). With --new the person is registered all the same.",
        .options = {ACT_OPTIONS, OPTION_REFERENCE, OPTION_NEW, OPTION_HELP},
        .option_count = 9,
        .run = command_person_register,
    },
    {
        .name = "person note",
        .arguments = "PERSON NOTE",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Write a note about a person",
        .description = "It stands in the history, and no step rests on it. What the law asks about "
                       "is recorded as a fact.",
        .options = {ACT_OPTIONS, OPTION_HELP},
        .option_count = 7,
        .run = command_person_note,
    },
    {
        .name = "person duplicates",
        .arguments = "[PERSON]",
        .argument_max = 1,
        .summary = "List who may be the same person, and why",
        .description =
            "Without PERSON every pair in the register. Told are: the same reference; the same "
            "name in whatever script, order or way of writing it, born not more than a year "
            "apart; a part of the name with the same date of birth, or the one with day and month "
            "exchanged. What agrees and what does not is listed; people decide.",
        .options = {LOOK_OPTIONS, OPTION_LIMIT, OPTION_HELP},
        .option_count = 7,
        .run = command_person_duplicates,
        .interrupted = "Nothing was changed.",
    },
    {
        .name = "person evidence",
        .arguments = "FACT [VALUE]",
        .argument_min = 1,
        .argument_max = 2,
        .summary = "List everybody of whom a fact was ever recorded",
        .description =
            "As VALUE, or as anything: also what was recorded later to be otherwise, and what was "
            "withdrawn, in whatever record of the person. One row a value, with what counts today "
            "beside it. With --conflicting only people of whom different values stand, so that a "
            "status that contradicts itself is found before anybody acts on it.",
        .options = {LOOK_OPTIONS, OPTION_CONFLICTING, OPTION_HELP},
        .option_count = 7,
        .run = command_person_evidence,
    },
    {
        .name = "person return",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Take up the procedure again for somebody who came back",
        .description =
            "In their own record, by the rulebook's step that leads from the person's outcome back "
            "into the procedure; where there are several, --step names one.",
        .options = {ACT_OPTIONS, OPTION_STEP, OPTION_HELP},
        .option_count = 8,
        .run = command_person_return,
    },
    {
        .name = "identity show",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Show a person's other references and names, and merges",
        .description = "As they are, or as they were known at an instant.",
        .options = {LOOK_OPTIONS, OPTION_KNOWN_AT, OPTION_HELP},
        .option_count = 7,
        .run = command_identity_show,
    },
    {
        .name = "identity record",
        .arguments = "PERSON SCHEME VALUE",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Record another reference or another name of a person",
        .description =
            "SCHEME is home_office, cid, atlas, gwf, uan, tribunal, travel_document, other_system "
            "or other_name. Of a travel document VALUE is its number, with --issuer, or its whole "
            "machine readable zone (TD1, TD2 or TD3, ICAO Doc 9303), whose check digits are "
            "verified. Of another system --issuer is its name, as in the columns of an import. A "
            "reference that is recorded of somebody else too is shown as a conflict.",
        .options = {ACT_OPTIONS, OPTION_ISSUER, OPTION_SOURCE, OPTION_HELP},
        .option_count = 9,
        .run = command_identity_record,
    },
    {
        .name = "identity remove",
        .arguments = "EVENT",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Withdraw a recorded reference or name",
        .description = "EVENT is its number, as identity show prints it. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_identity_remove,
    },
    {
        .name = "identity correct",
        .arguments = "PERSON NAME [BORN]",
        .argument_min = 2,
        .argument_max = 3,
        .summary = "Correct a person's name or date of birth",
        .description =
            "A correction is whole: BORN is the date of birth (YYYY-MM-DD), and not known any more "
            "when it is left out. The old name stays in the history, and finds the person still. "
            "Give a --reason. Where the facts say the date of birth, a corrected one is recorded "
            "there, too, and every request is judged again by it; what else the rulebook asks "
            "about is corrected by record.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_identity_correct,
    },
    {
        .name = "merge plan",
        .arguments = "PERSON OTHER",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Show what merging two records of one person would mean",
        .description =
            "PERSON is the record that continues; OTHER becomes a part of it, and its reference "
            "finds the person too. Prints every point in which they differ, the live requests "
            "that would be judged again, and what stands in the way; the exit status is then 1.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_merge_plan,
    },
    {
        .name = "merge request",
        .arguments = "PERSON OTHER",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Ask for two records of one person to be merged",
        .description = "Somebody else decides, in the role of a senior officer. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_merge_request,
    },
    {
        .name = "merge show",
        .arguments = "MERGE",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Show a merge that was asked for, and what it would mean now",
        .description = "MERGE is its number, as merge request and merge list print it.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_merge_show,
    },
    {
        .name = "merge confirm",
        .arguments = "MERGE",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Merge two records that somebody asked to be merged",
        .description =
            "--conflicts says how many points were seen in which they differ: if it is another "
            "number now, nothing is merged. What un-clears a live request of either stops it in "
            "the same commit. A merge can be undone, with everything that comes after.",
        .options = {ACT_OPTIONS, OPTION_CONFLICTS, OPTION_HELP},
        .option_count = 8,
        .run = command_merge_confirm,
    },
    {
        .name = "merge decline",
        .arguments = "MERGE",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Decline a merge, or take back one's own request for it",
        .description = "Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_merge_decline,
    },
    {
        .name = "merge list",
        .arguments = "",
        .summary = "List merges: asked for, done, declined and undone",
        .description = "Newest first.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_merge_list,
    },
    {
        .name = "merge undo",
        .arguments = "MERGE [EVENT=SIDE...]",
        .argument_min = 1,
        .argument_max = COMMAND_ARGUMENTS_MAX,
        .summary = "Undo a merge, and give everything since to whom it is about",
        .description =
            "With --check it prints every event since the merge, and whom it is about: what can be "
            "told from the reference used, the request, the fact or the step is told; each other "
            "one is to be decided, as 123=continuing or 123=absorbed. Nothing is undone before "
            "all are. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_CHECK, OPTION_HELP},
        .option_count = 9,
        .run = command_merge_undo,
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
        .name = "order report",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Report that a court made an order about a person",
        .description =
            "It takes effect at once, sealed or not: everything that it un-clears stops in the "
            "same commit, for the person and the family, and who is aboard a departure is called "
            "back. Give --by and --means. Whoever asked, approved, leads the departure or runs the "
            "hub must acknowledge it. An order that was not made is disproved by recording that, "
            "or by withdrawing the fact; what was stopped has to be asked for again.",
        .options = {ACT_OPTIONS, OPTION_ORDER, OPTION_REPORTER, OPTION_MEANS, OPTION_COURT,
                    OPTION_CLAIM_NUMBER, OPTION_AT, OPTION_HELP},
        .option_count = 13,
        .run = command_order_report,
    },
    {
        .name = "stop list",
        .arguments = "",
        .summary = "List the stops that the account was told of",
        .description = "Those it has not acknowledged; with --all, every one.",
        .options = {LOOK_OPTIONS, OPTION_ALL, OPTION_HELP},
        .option_count = 7,
        .run = command_stop_list,
    },
    {
        .name = "stop show",
        .arguments = "STOP",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Show who was told of a stop, and who knows",
        .description = "STOP is its number, as stop list prints it.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_stop_show,
    },
    {
        .name = "stop acknowledge",
        .arguments = "STOP",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Acknowledge a stop",
        .description = "Says that the account knows that the clearance ended. Until then it is "
                       "told so with every command and on every page.",
        .options = {ACT_OPTIONS, OPTION_HELP},
        .option_count = 7,
        .run = command_stop_acknowledge,
    },
    {
        .name = "manifest list",
        .arguments = "",
        .summary = "List departures: who leaves together, when and where to",
        .description = "Those that are not over; with --all, every one.",
        .options = {LOOK_OPTIONS, OPTION_ALL, OPTION_HELP},
        .option_count = 7,
        .run = command_manifest_list,
    },
    {
        .name = "manifest show",
        .arguments = "MANIFEST",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Show a departure and everybody on it",
        .description = "With what boarding would find of each of them, on the facts of now.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_manifest_show,
    },
    {
        .name = "manifest open",
        .arguments = "STEP",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Open the manifest of a departure",
        .description = "STEP is the step that people take as they board: a removal, a transfer to "
                       "a hub, an onward return. Give --departs, and --destination or --hub.",
        .options = {ACT_OPTIONS, OPTION_HUB, OPTION_DESTINATION, OPTION_DEPARTS, OPTION_CARRIER,
                    OPTION_ROUTE, OPTION_ESCORTS, OPTION_ESCORT_ROLES, OPTION_LEAD, OPTION_HELP},
        .option_count = 15,
        .run = command_manifest_open,
    },
    {
        .name = "manifest change",
        .arguments = "MANIFEST",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Change when and how a departure leaves",
        .description = "What is not given stays as it is. Another destination is another manifest. "
                       "Give --reason.",
        .options = {ACT_OPTIONS, OPTION_DEPARTS, OPTION_CARRIER, OPTION_ROUTE, OPTION_ESCORTS,
                    OPTION_ESCORT_ROLES, OPTION_LEAD, OPTION_REASON, OPTION_HELP},
        .option_count = 14,
        .run = command_manifest_change,
    },
    {
        .name = "manifest add",
        .arguments = "MANIFEST REQUEST",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Put a person on a manifest by their approved request",
        .description =
            "Refused when the law does not allow the step with this destination on this day: the "
            "person was told of another one, say. A person is on one manifest at a time.",
        .options = {ACT_OPTIONS, OPTION_HELP},
        .option_count = 7,
        .run = command_manifest_add,
    },
    {
        .name = "manifest remove",
        .arguments = "MANIFEST PERSON",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Take a person off a manifest",
        .description = "The request stays approved. Give --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_manifest_remove,
    },
    {
        .name = "manifest board",
        .arguments = "MANIFEST",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Judge everybody on a manifest once more, and board those who are clear",
        .description = "Each verdict is on record. Those who are clear take the step in the same "
                       "commit; the others are left off and their requests stop. The exit status "
                       "is 1 when somebody is left off.",
        .options = {ACT_OPTIONS, OPTION_HELP},
        .option_count = 7,
        .run = command_manifest_board,
    },
    {
        .name = "manifest depart",
        .arguments = "MANIFEST",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Record that a departure left",
        .description = "At the instant of --at, or now.",
        .options = {ACT_OPTIONS, OPTION_AT, OPTION_HELP},
        .option_count = 8,
        .run = command_manifest_depart,
    },
    {
        .name = "manifest account",
        .arguments = "MANIFEST PERSON OUTCOME",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Record what became of somebody who boarded",
        .description = "OUTCOME is arrived or returned (came back with the same departure, or it "
                       "never left). For somebody who returned, --step is the step of the rulebook "
                       "that records it. Give --source.",
        .options = {ACT_OPTIONS, OPTION_STEP, OPTION_SOURCE, OPTION_HELP},
        .option_count = 9,
        .run = command_manifest_account,
    },
    {
        .name = "manifest close",
        .arguments = "MANIFEST",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Close a manifest when everybody who boarded is accounted for",
        .description = "As long as one person is not, it stays open.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_manifest_close,
    },
    {
        .name = "manifest cancel",
        .arguments = "MANIFEST",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Cancel a departure that has not boarded",
        .description = "Everybody is taken off; their requests stay approved. Give --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_manifest_cancel,
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
        .options = {LOOK_OPTIONS, OPTION_HUB, OPTION_ON, OPTION_KNOWN_AT, OPTION_PURPOSE,
                    OPTION_HELP},
        .option_count = 10,
        .run = command_explain,
    },
    {
        .name = "clock extend",
        .arguments = "PERSON CLOCK",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Extend a time of a person",
        .description = "Who may do that, and for how long, the rulebook says (returnhub rulebook "
                       "explain CLOCK). "
                       "Give a --reason, and --until where the rulebook leaves the day open. What "
                       "has ended is "
                       "not extended. What was approved and is no longer clear is stopped.",
        .options = {ACT_OPTIONS, OPTION_NEW_LAST_DAY, OPTION_SINCE, OPTION_REASON, OPTION_HELP},
        .option_count = 10,
        .run = command_clock_extend,
    },
    {
        .name = "clock suspend",
        .arguments = "PERSON CLOCK",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Let a time of a person stand still",
        .description =
            "Until clock resume it has no last day, and clears nothing. Who may do that, "
            "and for how long, the rulebook says. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_SINCE, OPTION_REASON, OPTION_HELP},
        .option_count = 9,
        .run = command_clock_suspend,
    },
    {
        .name = "clock resume",
        .arguments = "PERSON CLOCK",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Let a time that stands still run again",
        .description = "The days that were left are counted from the day on which it runs again. "
                       "Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_SINCE, OPTION_REASON, OPTION_HELP},
        .option_count = 9,
        .run = command_clock_resume,
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
        .name = "notice list",
        .arguments = "",
        .summary = "The letters that can be written, in which languages",
        .description = "Each notice with its version, and each translation with how much of it "
                       "there is and who approved it. See notices/README.md.",
        .options = {LOOK_OPTIONS, OPTION_NOTICES, OPTION_HELP},
        .option_count = 7,
        .run = command_notice_list,
    },
    {
        .name = "notice check",
        .arguments = "",
        .summary = "Check the texts of letters and their translations",
        .description = "Says what is wrong and where, and how much of each notice is translated. "
                       "Exit status 1: a translation is not whole.",
        .options = {OPTION_RULEBOOK, OPTION_NOTICES, OPTION_HELP},
        .option_count = 3,
        .run = command_notice_check,
    },
    {
        .name = "notice draft",
        .arguments = "PERSON NOTICE",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Show the letter that would be written to a person",
        .description = "Nothing is recorded but the look. A translation need not be approved.",
        .options = {STORE_OPTIONS, OPTION_AS, OPTION_LETTER_FORMAT, OPTION_LANGUAGE, OPTION_HUB,
                    OPTION_NOTICES, OPTION_HELP},
        .option_count = 9,
        .run = command_notice_draft,
    },
    {
        .name = "notice issue",
        .arguments = "PERSON NOTICE",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Write a letter to a person",
        .description =
            "It is kept word by word. What is put in and not known, and a translation that "
            "nobody approved, are reasons not to write it. It records no fact and starts no "
            "time: notice serve does. Prints the number by which it is served.",
        .options = {ACT_OPTIONS, OPTION_LANGUAGE, OPTION_HUB, OPTION_NOTICES, OPTION_HELP},
        .option_count = 10,
        .run = command_notice_issue,
    },
    {
        .name = "notice show",
        .arguments = "NUMBER",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Show a letter that was written",
        .description =
            "The HTML is the accessible original, the PDF a rendering of it. The SHA-256 that "
            "stands on both is of what --format hashed prints.",
        .options = {STORE_OPTIONS, OPTION_AS, OPTION_LETTER_FORMAT, OPTION_NOTICES, OPTION_HELP},
        .option_count = 7,
        .run = command_notice_show,
    },
    {
        .name = "notice of",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "The letters written to a person",
        .description = "Newest first, with what became of each.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_notice_of,
    },
    {
        .name = "notice serve",
        .arguments = "NUMBER",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Record that a letter was served",
        .description =
            "With --by, --understood and --proof. In one commit with it stand the facts that the "
            "notice says: the day, what it told, and what this way of serving shows. What was "
            "approved and is no longer clear is stopped.",
        .options = {ACT_OPTIONS, OPTION_METHOD, OPTION_UNDERSTOOD, OPTION_PROOF, OPTION_HAPPENED,
                    OPTION_HELP},
        .option_count = 11,
        .run = command_notice_serve,
    },
    {
        .name = "notice cancel",
        .arguments = "NUMBER",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Take back a letter that was not served",
        .description = "Give a --reason. The letter stays in the history.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_notice_cancel,
    },
    {
        .name = "notice approve",
        .arguments = "NOTICE LANGUAGE",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Approve the translation of a letter",
        .description = "Who read it, and why it may be served, stands in --reason. Approved are "
                       "these words: whoever changes one, in either language, needs another "
                       "approval.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_NOTICES, OPTION_HELP},
        .option_count = 9,
        .run = command_notice_approve,
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
        .name = "forecast backtest",
        .arguments = "",
        .summary = "Say how good the forecast would have been, beside simpler ones",
        .description =
            "From each quarter since --from everything is fitted on what had happened by its end, "
            "and each of the next quarters is forecast as a sample of futures and scored by the "
            "number that was then published: by the forecast, and by three rivals (seasonal-naive, "
            "exponential smoothing, stock-flow). Text says the means and where the forecast is the "
            "worse one; csv is every single score, json both, svg a drawing. The same seed gives "
            "the same bytes. See docs/forecast-backtest.md.",
        .options = {OPTION_FIRST_ORIGIN, OPTION_LAST_SCORED, OPTION_HORIZON, OPTION_FUTURES,
                    OPTION_ONE_IN, OPTION_THREADS, OPTION_SEED, OPTION_CHART_FORMAT, OPTION_HELP},
        .option_count = 9,
        .run = command_forecast_backtest,
        .interrupted = "No answer was kept.",
    },
    {
        .name = "forecast calibrate",
        .arguments = "",
        .summary = "Fit the forecast to the published series, and say what follows",
        .description =
            "Fits what moves the procedure (claims, capacities, rates, returns) to the published "
            "series up to a quarter, prints what was fitted, the median and intervals of the "
            "quarters after it, lived by people one by one, and how the series go together. csv is "
            "the futures alone. The same seed gives the same bytes. See docs/forecast-backtest.md.",
        .options = {OPTION_UP_TO, OPTION_HORIZON, OPTION_FUTURES, OPTION_ONE_IN, OPTION_THREADS,
                    OPTION_SEED, OPTION_FORMAT, OPTION_HELP},
        .option_count = 8,
        .run = command_forecast_calibrate,
        .interrupted = "No answer was kept.",
    },
    {
        .name = "statistics reconciliation",
        .arguments = "",
        .summary = "Account for everybody ever recorded",
        .description =
            "Everybody ever recorded is in one outcome, or open in one stage; those whose "
            "whereabouts are unknown are counted apart, and each line says how long ago contact "
            "was "
            "last confirmed. On any day of the past, and as known at any instant. How many there "
            "must be is counted separately, in the events; the residual is printed, and the exit "
            "status is 1 if it is not 0.",
        .options = {STORE_OPTIONS, OPTION_AS, OPTION_TABLE_FORMAT, OPTION_AS_OF, OPTION_KNOWN_AT,
                    OPTION_AT_POSITION, OPTION_DEFINITIONS, OPTION_HELP},
        .option_count = 10,
        .run = command_statistics_reconciliation,
    },
    {
        .name = "statistics",
        .arguments = "[TABLE...]",
        .argument_max = 40,
        .summary = "Print published tables; without a name, list them",
        .description =
            "Counts from the record itself, as the definition of the table says, for the periods "
            "--from to --to. What is counted, what is withheld and why, and what is provisional is "
            "printed with each table, and so is its edition: --at-position makes an old one again "
            "to "
            "the byte, --compare-with lists what has changed since. As a spreadsheet (ods) several "
            "tables are sheets of one file.",
        .options = {STORE_OPTIONS, OPTION_AS, OPTION_TABLE_FORMAT, OPTION_FROM, OPTION_TO,
                    OPTION_AS_OF, OPTION_KNOWN_AT, OPTION_AT_POSITION, OPTION_COMPARE_WITH,
                    OPTION_DEFINITIONS, OPTION_HELP},
        .option_count = 13,
        .run = command_statistics,
    },
    {
        .name = "work list",
        .arguments = "",
        .summary = "List the work that waits, by the day it is due",
        .description =
            "Duties that are overdue, contact checks that have passed, and clocks that end soon, "
            "of "
            "everybody whose case is open. Days are counted from today to the last day; for a "
            "clock that knows a calendar the working days too. All are counted, the soonest are "
            "listed.",
        .options = {LOOK_OPTIONS, OPTION_WITHIN, OPTION_ROLE, OPTION_KIND, OPTION_LIMIT,
                    OPTION_HELP},
        .option_count = 10,
        .run = command_work_list,
    },
    {
        .name = "work books",
        .arguments = "",
        .summary = "List what is overdue in the books and this account can answer",
        .description =
            "Entries of the books of which something is due and late, or due on a day that could "
            "not be counted, and that the account may answer or close: a complaint without an "
            "answer, a visit without a report. The longest overdue first. entry list --overdue "
            "lists all that the account sees.",
        .options = {LOOK_OPTIONS, OPTION_LIMIT, OPTION_HELP},
        .option_count = 7,
        .run = command_work_books,
    },
    {
        .name = "work missing",
        .arguments = "STEP",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "List the facts that are missing, those that block most people first",
        .description =
            "For everybody for whom the step is neither clear nor barred: which facts, if they "
            "were known, could decide it; how many people each blocks, and how many it blocks "
            "alone.",
        .options = {LOOK_OPTIONS, OPTION_HUB, OPTION_HELP},
        .option_count = 7,
        .run = command_work_missing,
    },
    {
        .name = "privacy hold",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Place a legal hold on a person's record",
        .description = "While a hold is in force nothing of the record is erased. Give --reason; "
                       "several holds may be in force at once.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_privacy_hold,
    },
    {
        .name = "privacy lift-hold",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Lift the legal hold that was placed last",
        .description = "Give --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_privacy_lift_hold,
    },
    {
        .name = "privacy restrict",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Restrict the processing of a person's record",
        .description = "From then on only the role that may see restricted records sees it; for "
                       "everybody else it does not exist. Give --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_privacy_restrict,
    },
    {
        .name = "privacy lift-restriction",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Lift the restriction",
        .description = "Give --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_privacy_lift_restriction,
    },
    {
        .name = "privacy request-erasure",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Ask for a person's record to be erased",
        .description = "Give the legal basis with --reason. Nothing is erased until another "
                       "account confirms it with privacy erase.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_privacy_request_erasure,
    },
    {
        .name = "privacy decline-erasure",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Decline an erasure that was asked for",
        .description = "Give --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_privacy_decline_erasure,
    },
    {
        .name = "privacy erase",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Erase a person's record, for ever",
        .description =
            "Confirms what another account asked for. The key of the record is destroyed: names, "
            "facts, notes and reasons can never be read again, while the sealed history still "
            "verifies. A number, the stages and the places remain, so that totals and places stay "
            "right. Refused while a legal hold is in force, before an outcome, and while a request "
            "is live. Backups made before are not reached: see docs/privacy.md.",
        .options = {ACT_OPTIONS, OPTION_HELP},
        .option_count = 7,
        .run = command_privacy_erase,
    },
    {
        .name = "privacy erasures",
        .arguments = "",
        .summary = "List records that wait for a second person to erase them",
        .description = "The one that waits longest first.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_privacy_erasures,
    },
    {
        .name = "privacy protect",
        .arguments = "PERSON WHO...",
        .argument_min = 2,
        .argument_max = 101,
        .summary = "Protect a person's record: only those named see it",
        .description = "WHO is an account's user name, or role:NAME for everybody in a role. For "
                       "everybody else the record does not exist: it is in no list, search or "
                       "count. Takes the place of an earlier protection. Give --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_privacy_protect,
    },
    {
        .name = "privacy lift-protection",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "End the protection of a record",
        .description = "Give --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_privacy_lift_protection,
    },
    {
        .name = "privacy protection",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Tell who alone sees a person's record",
        .description = "Whoever sees a record may know who else does.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_privacy_protection,
    },
    {
        .name = "glass break",
        .arguments = "PERSON MINUTES",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "See for some minutes a record that is out of one's sight",
        .description =
            "For at most 30 minutes, and for sight alone: nothing is judged otherwise, and nothing "
            "can be recorded by it. It stands in the person's history with the --reason, and a "
            "data protection officer reviews it.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_glass_break,
    },
    {
        .name = "glass review",
        .arguments = "GLASS OUTCOME",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Review a break-glass of somebody else",
        .description = "OUTCOME is justified or not_justified; say why with --reason. Once.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_glass_review,
    },
    {
        .name = "glass list",
        .arguments = "",
        .summary = "List every break-glass that nobody has reviewed",
        .description = "Newest first; with --all those too that were reviewed.",
        .options = {LOOK_OPTIONS, OPTION_ALL, OPTION_HELP},
        .option_count = 7,
        .run = command_glass_list,
    },
    {
        .name = "glass own",
        .arguments = "",
        .summary = "List one's own break-glass, and what the reviews found",
        .description = "Newest first.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_glass_own,
    },
    {
        .name = "tie make",
        .arguments = "PERSON USERNAME",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Let the person, or who represents them in law, see the record",
        .description =
            "The account is one in the role person or legal_representative, which an administrator "
            "opened; by itself it shows nobody. Say with --source what it rests on. It holds from "
            "--since (today) until --until, or until it is ended.",
        .options = {ACT_OPTIONS, OPTION_SOURCE, OPTION_SINCE, OPTION_NEW_LAST_DAY, OPTION_HELP},
        .option_count = 10,
        .run = command_tie_make,
    },
    {
        .name = "tie end",
        .arguments = "TIE",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "End what an account from outside sees of a person, at once",
        .description = "TIE is its number in \"tie list\"; say why with --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_tie_end,
    },
    {
        .name = "tie list",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "List who sees, or saw, a person's record from outside the office",
        .description = "The person themselves, and who represents them in law; oldest first.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_tie_list,
    },
    {
        .name = "own record",
        .arguments = "[PERSON]",
        .argument_max = 1,
        .summary = "Show one's own record, or that of a client",
        .description = "What a person sees of their own record, and a legal representative of a "
                       "client's, with every time that runs; --format json gives all of it.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_own_record,
    },
    {
        .name = "own clients",
        .arguments = "",
        .summary = "List the times that run for one's clients, the next to end first",
        .description = "For a legal representative.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_own_clients,
    },
    {
        .name = "privacy looks",
        .arguments = "",
        .argument_min = 0,
        .argument_max = 0,
        .summary = "List who looked at what, and why",
        .description = "Newest first.",
        .options = {LOOK_OPTIONS, OPTION_PERSON, OPTION_ACCOUNT, OPTION_LIMIT, OPTION_HELP},
        .option_count = 9,
        .run = command_privacy_looks,
    },
    {
        .name = "privacy export",
        .arguments = "PERSON",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Write everything recorded about a person, for the person",
        .description =
            "Every fact with its source and its two times, the whole history, and who looked, as "
            "one HTML page, as text or as JSON. Other people's names are not in it.",
        .options = {STORE_OPTIONS, OPTION_AS, OPTION_ACCESS_FORMAT, OPTION_PURPOSE, OPTION_HELP},
        .option_count = 7,
        .run = command_privacy_export,
    },
    {
        .name = "import",
        .arguments = "FILE",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Bring in people and facts from a file, or a whole register",
        .description =
            "FILE is CSV or NDJSON; docs/import.md describes the columns. It is checked whole "
            "first; "
            "when anything in it is wrong nothing is recorded, and --errors lists every fault with "
            "its row, column, value and what to do. After an interruption the same command goes on "
            "where it was. The same file a second time changes nothing; a changed row records what "
            "changed. Blank cells are not known, and nothing is recorded of them. Nobody is "
            "registered twice: a row about somebody new with the name and date of birth of "
            "somebody who is here is a fault that says who; give their reference in the column "
            "person, or register all such rows with --new.\n\n"
            "With --events FILE is what returnhub export --events wrote, and the register is a new "
            "one that has the same events and rows. Passwords, sessions and keys are in no export.",
        .options = {STORE_OPTIONS, OPTION_AS, OPTION_FORMAT, OPTION_DRY_RUN, OPTION_ERRORS,
                    OPTION_SOURCE, OPTION_TRUE_FROM, OPTION_EVENTS, OPTION_NEW, OPTION_HELP},
        .option_count = 12,
        .run = command_import,
        .interrupted = "What was recorded stays, whole; run the same command again, and it goes on "
                       "with the rest.",
    },
    {
        .name = "export",
        .arguments = "FOLDER|FILE",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Take out what the account may see as data sets, or every event",
        .description =
            "Writes people, references, facts, requests, places, hubs and agreements as CSV and as "
            "NDJSON into a new FOLDER: what the account may see, all as of one instant, with "
            "manifest.json written last. With --events writes every event of the register into "
            "FILE instead, for those who may take out everything; returnhub import --events makes "
            "an equal register of it. That it was done is recorded. Passwords, sessions and keys "
            "are not exported.",
        .options = {STORE_OPTIONS, OPTION_AS, OPTION_FORMAT, OPTION_EVENTS, OPTION_HELP},
        .option_count = 7,
        .run = command_export,
        .interrupted =
            "What was written is not whole, and of no use: delete it and run the command again.",
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
        .description = "The same as \"record\", for an agreement.",
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
            "--reason. Duties that the rulebook attaches are opened with it. A complaint may name "
            "with --against the accounts of those whom it is about: they neither see it nor answer "
            "it.",
        .options = {ACT_OPTIONS, OPTION_WHERE, OPTION_RESPONSIBLE, OPTION_FOLLOWS, OPTION_AGAINST,
                    OPTION_HAPPENED, OPTION_DUE, OPTION_REASON, OPTION_HELP},
        .option_count = 14,
        .run = command_entry_open,
    },
    {
        .name = "entry add",
        .arguments = "ENTRY [NAME=VALUE ...]",
        .argument_min = 1,
        .argument_max = 32,
        .summary = "Write more in an entry, which stays as it is",
        .description = "What was written before stays in its history. --against names whom a "
                       "complaint is about, in the place of those named before; whoever may close "
                       "it takes a name back, with --reason.",
        .options = {ACT_OPTIONS, OPTION_AGAINST, OPTION_HAPPENED, OPTION_DUE, OPTION_REASON,
                    OPTION_HELP},
        .option_count = 11,
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
        .options = {LOOK_OPTIONS, OPTION_FIRST_DAY, OPTION_LAST_DAY, OPTION_HELP},
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
        .options = {LOOK_OPTIONS, OPTION_FIRST_DAY, OPTION_LAST_DAY, OPTION_HELP},
        .option_count = 8,
        .run = command_operation_table,
    },
    {
        .name = "hub open",
        .arguments = "HUB NAME [AGREEMENT]",
        .argument_min = 2,
        .argument_max = 3,
        .summary = "Open a hub",
        .description = "HUB is its reference from now on, AGREEMENT that of the agreement it is "
                       "under. It has no places before hub agree, and nobody is sent there before "
                       "the facts about it are on record.",
        .options = {ACT_OPTIONS, OPTION_HELP},
        .option_count = 7,
        .run = command_hub_open,
    },
    {
        .name = "hub agree",
        .arguments = "HUB PLACES",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Record how many places of a hub are agreed",
        .description = "All places, free, held and occupied; never fewer than are held and "
                       "occupied. 0 closes the hub to new people. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_hub_agree,
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
        .options = {ACT_OPTIONS, OPTION_WHO, OPTION_HAPPENED, OPTION_HELP},
        .option_count = 9,
        .run = command_hub_unexpected,
    },
    {
        .name = "hub identify",
        .arguments = "HUB ARRIVAL OUTCOME",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Say who an unexpected arrival is, and what became of it",
        .description = "ARRIVAL is the number that \"hub unexpected\" printed, OUTCOME in words; "
                       "--person is the reference of whom it turned out to be.",
        .options = {ACT_OPTIONS, OPTION_WHO, OPTION_REASON, OPTION_HELP},
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
        .name = "account list",
        .arguments = "",
        .summary = "List the accounts",
        .description = "Each with its role, the hub it is limited to, and whether it can sign in. "
                       "Closed accounts stay on the list.",
        .options = {LOOK_OPTIONS, OPTION_HELP},
        .option_count = 6,
        .run = command_account_list,
    },
    {
        .name = "account first",
        .arguments = "",
        .summary = "Print a token that opens the first account in the browser",
        .description =
            "For a register that has no account; if there is no register, it is begun. The token "
            "counts for an hour and once, and takes the place of any that was printed before. Type "
            "it into the page /first-account of a register that is served.",
        .options = {STORE_OPTIONS, OPTION_FORMAT, OPTION_HELP},
        .option_count = 5,
        .run = command_account_first,
    },
    {
        .name = "account open",
        .arguments = "USERNAME",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Open an account",
        .description =
            "Give --name and --role; --hub for a role that is limited to one hub. A user name is "
            "never given out again. Nobody can sign in with the account before account "
            "password.\n\n"
            "The first account of a register is an administrator, opened by nobody: without --as, "
            "in a register that has no account. If there is no register, it is begun.",
        .options = {ACT_OPTIONS, OPTION_NAME, OPTION_ACCOUNT_ROLE, OPTION_ACCOUNT_HUB, OPTION_HELP},
        .option_count = 10,
        .run = command_account_open,
    },
    {
        .name = "account role",
        .arguments = "USERNAME ROLE",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Give an account another role",
        .description = "It counts from the next command on. --hub for a role that is limited to "
                       "one hub. Give a --reason. One administrator stays.",
        .options = {ACT_OPTIONS, OPTION_ACCOUNT_HUB, OPTION_REASON, OPTION_HELP},
        .option_count = 9,
        .run = command_account_role,
    },
    {
        .name = "account hub",
        .arguments = "USERNAME HUB",
        .argument_min = 2,
        .argument_max = 2,
        .summary = "Limit an account to another hub",
        .description = "Its role stays. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_account_hub,
    },
    {
        .name = "account password",
        .arguments = "USERNAME",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Set the password of an account",
        .description =
            "Asks twice at the terminal and shows nothing of what is typed, or reads the first "
            "line "
            "of --password-file. Never an argument: every program on the machine can list those. "
            "Its sessions end. With --settings those of serve count: which passwords are refused.",
        .options = {LOOK_OPTIONS, OPTION_PASSWORD_FILE, OPTION_SETTINGS, OPTION_HELP},
        .option_count = 8,
        .run = command_account_password,
    },
    {
        .name = "account link",
        .arguments = "USERNAME ISSUER SUBJECT",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Link an account to who somebody is at another provider",
        .description =
            "Whoever signs in at the provider (settings of serve: [sign_on]) as SUBJECT "
            "opens this account. ISSUER is what the provider calls itself; both are told "
            "to whoever signs in there and is not linked. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_account_link,
    },
    {
        .name = "account unlink",
        .arguments = "USERNAME ISSUER SUBJECT",
        .argument_min = 3,
        .argument_max = 3,
        .summary = "Take back a link to another provider",
        .description = "The account's sessions end. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_account_unlink,
    },
    {
        .name = "account end-sessions",
        .arguments = "USERNAME",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Sign an account out everywhere",
        .description = "On every device at once; its holder may sign in again. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_account_end_sessions,
    },
    {
        .name = "account lost-device",
        .arguments = "USERNAME",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Remove the authenticator app and the passkeys of an account",
        .description = "For somebody who lost their device and has shown you who they are. The "
                       "account's sessions end; until a new one is set up, the password alone "
                       "opens it. Give a --reason.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_account_lost_device,
    },
    {
        .name = "account close",
        .arguments = "USERNAME",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Close an account for ever",
        .description = "Its sessions end at once. What it did stays in its name. Give a --reason. "
                       "One administrator stays.",
        .options = {ACT_OPTIONS, OPTION_REASON, OPTION_HELP},
        .option_count = 8,
        .run = command_account_close,
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
        .interrupted = "Nothing was changed.",
    },
    {
        .name = "backup",
        .arguments = "FILE",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Copy the store whole, while it is used, and look through the copy",
        .description =
            "The copy is of one commit, also while a server writes. It takes its name when every "
            "row of it follows from its events and it is on the disk; no file is written over. It "
            "opens with the key file of the store, which it does not hold: keep the two apart. Who "
            "is erased later is in it still: keep no copy longer than what is promised to people.",
        .options = {OPTION_STORE, OPTION_KEY, OPTION_FORMAT, OPTION_HELP},
        .option_count = 4,
        .run = command_backup,
        .interrupted =
            "There is no copy. What is left of this one (FILE.part) goes with the next attempt.",
    },
    {
        .name = "seal key",
        .arguments = "NAME",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Make the key of a transparency log, and print its public half",
        .description =
            "NAME is the address under which the log will be found, without https:// and without "
            "a slash at the end: register.example.org/log. The key is kept in FILE, the public "
            "half in FILE.pub, and the last checkpoint that was signed in FILE.signed; the last "
            "is as important as the first. Keep them apart from the store. With --witness it is "
            "the key of a witness (returnhub seal witness), and there is no FILE.signed.",
        .options = {OPTION_STORE, OPTION_SEAL_KEY, OPTION_WITNESS, OPTION_HELP},
        .option_count = 4,
        .run = command_seal_key,
    },
    {
        .name = "seal publish",
        .arguments = "",
        .summary = "Bring what was recorded into the transparency log, and sign it",
        .description = "What `returnhub serve --seal-key` does on every beat, once. The log shows "
                       "of an event a commitment, from which nothing can be learned.",
        .options = {OPTION_STORE, OPTION_KEY, OPTION_SEAL_KEY, OPTION_LOG, OPTION_PADDING,
                    OPTION_CONSTANT, OPTION_POLICY, OPTION_FORMAT, OPTION_HELP},
        .option_count = 9,
        .run = command_seal_publish,
        .interrupted = "What came into the log stays; the same command goes on with the rest.",
    },
    {
        .name = "seal export",
        .arguments = "FOLDER",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Write the transparency log as plain files, for any web server",
        .description = "The same files that are served under /log/ (c2sp.org/tlog-tiles). Those "
                       "that are there already are left alone.",
        .options = {OPTION_STORE, OPTION_SEAL_KEY, OPTION_LOG, OPTION_FORMAT, OPTION_HELP},
        .option_count = 5,
        .run = command_seal_export,
    },
    {
        .name = "seal receipt",
        .arguments = "EVENT",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Print the proof that an event is in the transparency log, for keeping",
        .description =
            "EVENT is the number that every command answers. The receipt "
            "(c2sp.org/tlog-proof) can be checked with the log's public key alone, also when "
            "neither log nor register are there any more: returnhub seal verify --receipt FILE",
        .options = {OPTION_STORE, OPTION_SEAL_KEY, OPTION_LOG, OPTION_HELP},
        .option_count = 4,
        .run = command_seal_receipt,
    },
    {
        .name = "seal verify",
        .arguments = "",
        .summary = "Check the register against the transparency log, and the log itself",
        .description =
            "Reads every entry and every hash of the log and its signature; opens every event, "
            "and looks whether it is the one in the log; and compares all rows with the events. "
            "Names the first thing that is wrong; what was found is noted in the log's folder, and "
            "shown on the page /log. With --files only a log, with --receipt only a receipt is "
            "checked. With --policy enough witnesses must have cosigned, too.",
        .options = {OPTION_STORE, OPTION_KEY, OPTION_SEAL_KEY, OPTION_LOG, OPTION_OLDER,
                    OPTION_FILES, OPTION_RECEIPT, OPTION_POLICY, OPTION_VERIFIER, OPTION_FORMAT,
                    OPTION_HELP},
        .option_count = 11,
        .run = command_seal_verify,
        .interrupted = "Nothing was changed, and nothing is known of what was not looked at.",
    },
    {
        .name = "seal witness",
        .arguments = "",
        .summary = "Be a witness of other people's transparency logs",
        .description =
            "Answers POST /add-checkpoint (c2sp.org/tlog-witness): cosigns a checkpoint of a log "
            "that --policy names when it has grown from the one that was cosigned last, and writes "
            "down that it did before it answers. So nobody can show two histories of that log, not "
            "even who has its key. GET /HASH/checkpoint shows the last one; HASH is the SHA-256 of "
            "the log's name.\n\n"
            "Make the key with returnhub seal key NAME --witness --seal-key FILE. Never use the "
            "key with a folder that was restored from an older copy: make a new one.",
        .options = {OPTION_SEAL_KEY, OPTION_POLICY, OPTION_SEEN, OPTION_ADDRESS, OPTION_PORT,
                    OPTION_HELP},
        .option_count = 6,
        .run = command_seal_witness,
    },
    {
        .name = "forecast run",
        .arguments = "SCENARIO",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "What would happen: many futures of a scenario, with intervals",
        .description =
            "Runs the procedure person by person, in many futures, and prints for each quarter the "
            "median and the intervals that hold 50, 80 and 95 % of them. A scenario with measures "
            "is run with and without them, with the same random numbers, and the difference is "
            "printed too. Whether somebody may be removed or transferred is judged by the "
            "rulebook, on that simulated person's facts.\n\n"
            "SCENARIO is a file that ends in .scenario, or the name of one that comes with the "
            "program: baseline, hub, decision_makers, judges, voluntary_support, removals, "
            "joint_operations, all. The same seed gives the same bytes on any number of threads. "
            "svg draws one series.\n\n"
            "With --store, the people of that register are there at the beginning, as they stood "
            "on the day before the scenario begins, and not those of the scenario's text; the "
            "account of --as needs sight of statistics. The answer says at which event: "
            "--at-position makes it again when more is on record, with the nationalities of "
            "now.\n\n"
            "The answer names the hashes of what it was made of: the identity of the rulebook, as "
            "`rulebook check` prints it, and that of the scenario, which is the SHA-256 of the "
            "lines that sha256sum writes of every text it rests on (json has each). What the "
            "forecast cannot tell is written in docs/forecast.md.",
        .options = {STORE_OPTIONS, OPTION_AS, OPTION_AT_POSITION, OPTION_RUN_FUTURES, OPTION_SEED,
                    OPTION_RUN_THREADS, OPTION_PEOPLE_ONE_IN, OPTION_CHART_FORMAT,
                    OPTION_SERIES_DRAWN, OPTION_DIFFERENCE, OPTION_ANSWERS, OPTION_HELP},
        .option_count = 14,
        .run = command_forecast_run,
        .interrupted = "No answer was kept.",
    },
    {
        .name = "forecast shares",
        .arguments = "SCENARIO",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Say what part each measure has in what all of them do together",
        .description =
            "Runs every combination of the measures of a scenario (two to the power of their "
            "number) with the same random numbers, and gives each measure the mean of what it adds "
            "over all orders in which the measures may join: its Shapley value. The shares sum to "
            "the combined effect in each future. The number in brackets is the standard error over "
            "the futures. Text tells of one quarter, csv and json of all.",
        .options = {STORE_OPTIONS, OPTION_AS, OPTION_AT_POSITION, OPTION_SHARES_FUTURES,
                    OPTION_SEED, OPTION_RUN_THREADS, OPTION_PEOPLE_ONE_IN, OPTION_QUARTER,
                    OPTION_EACH_SET, OPTION_FORMAT, OPTION_ANSWERS, OPTION_HELP},
        .option_count = 14,
        .run = command_forecast_shares,
        .interrupted = "No answer was kept.",
    },
    {
        .name = "forecast sensitivity",
        .arguments = "SCENARIO",
        .argument_min = 1,
        .argument_max = 1,
        .summary = "Say on which assumptions an answer hangs",
        .description =
            "For each answer, and for what the measures change of it: the part of its variance "
            "over the futures that would go if the assumption were known (the first-order index "
            "of Sobol). What is left of 1 is chance, and what assumptions do only together.",
        .options = {STORE_OPTIONS, OPTION_AS, OPTION_AT_POSITION, OPTION_FUTURES, OPTION_SEED,
                    OPTION_RUN_THREADS, OPTION_PEOPLE_ONE_IN, OPTION_QUARTER, OPTION_FORMAT,
                    OPTION_ANSWERS, OPTION_HELP},
        .option_count = 13,
        .run = command_forecast_sensitivity,
        .interrupted = "No answer was kept.",
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

#include "script.h"

#include "casework/administration.h"

#include <stdio.h>
#include <string.h>

enum does {
    REGISTER,
    READY, /* every fact that a removal and a transfer need */
    FACT,
    WITHDRAW_FACT,
    JOIN,
    CONTACT,
    AGREE_PLACES,
    CORRECT_IDENTITY,
    ASK_FOR,
    APPROVE_IT,
    DECLINE_IT,
    TAKE_IT,
    WITHDRAW_IT,
    REVIEW,
    LOOK,
    REPEAT, /* sends a command of before once more */
};

struct row {
    enum does does;
    enum account_name by;
    size_t who;   /* a person, or the row of the request, fact or command that is meant */
    size_t other; /* a person */
    const char *what;
    const char *value;
};

static const char *const does_names[] = {
    [REGISTER] = "register",
    [READY] = "record all facts",
    [FACT] = "record a fact",
    [WITHDRAW_FACT] = "withdraw a fact",
    [JOIN] = "join a family",
    [CONTACT] = "confirm contact",
    [AGREE_PLACES] = "agree places",
    [CORRECT_IDENTITY] = "correct a name",
    [ASK_FOR] = "ask for a step",
    [APPROVE_IT] = "approve",
    [DECLINE_IT] = "decline",
    [TAKE_IT] = "take a step",
    [WITHDRAW_IT] = "withdraw a request",
    [REVIEW] = "review",
    [LOOK] = "look",
    [REPEAT] = "repeat",
};

static const struct row rows[] = {
    {REGISTER, CLERK, 0, 0, "PersonOne Samplealpha", NULL},
    {REGISTER, OTHER_CLERK, 1, 0, "PersonTwo Samplebeta", NULL},
    {REGISTER, CLERK, 2, 0, "PersonThree Samplegamma", NULL},
    {REGISTER, CLERK, 3, 0, "PersonFour Sampledelta", NULL},
    {READY, CLERK, 0, 0, NULL, NULL}, /* 4 */
    {READY, CLERK, 1, 0, NULL, NULL},
    {READY, OTHER_CLERK, 2, 0, NULL, NULL},
    {READY, CLERK, 3, 0, NULL, NULL},
    {ASK_FOR, CLERK, 0, 0, "exhaust", ""}, /* 8 */
    {ASK_FOR, CLERK, 1, 0, "exhaust", ""},
    {ASK_FOR, CLERK, 2, 0, "exhaust", ""},
    {ASK_FOR, CLERK, 3, 0, "exhaust", ""},
    {ASK_FOR, CLERK, 0, 0, "transfer", HUB_NORTH}, /* 12 */
    {APPROVE_IT, OFFICER, 12, 0, NULL, NULL},
    {APPROVE_IT, SENIOR, 12, 0, NULL, NULL},
    {LOOK, OPERATOR_NORTH, 0, 0, NULL, NULL},
    {TAKE_IT, CLERK, 12, 0, NULL, NULL}, /* 16 */
    {ASK_FOR, CLERK, 0, 0, "confirm_arrival", ""},
    {JOIN, CLERK, 1, 2, NULL, NULL},
    {ASK_FOR, CLERK, 1, 0, "removal", ""}, /* 19 */
    {ASK_FOR, CLERK, 2, 0, "removal", ""},
    {APPROVE_IT, OFFICER, 19, 0, NULL, NULL},
    {FACT, CLERK, 2, 0, "order.injunction", "in_force"}, /* 22: stops both */
    {REPEAT, CLERK, 22, 0, NULL, NULL},
    {ASK_FOR, CLERK, 1, 0, "removal", ""}, /* 24: refused */
    {WITHDRAW_FACT, CLERK, 22, 0, NULL, NULL},
    {ASK_FOR, CLERK, 2, 0, "removal", ""}, /* 26 */
    {DECLINE_IT, OFFICER, 26, 0, NULL, NULL},
    {ASK_FOR, OTHER_CLERK, 3, 0, "transfer", HUB_SOUTH}, /* 28 */
    {APPROVE_IT, OTHER_OFFICER, 28, 0, NULL, NULL},
    {APPROVE_IT, OTHER_SENIOR, 28, 0, NULL, NULL},
    {AGREE_PLACES, SENIOR, 0, 0, HUB_SOUTH, NULL},
    {WITHDRAW_IT, OTHER_CLERK, 28, 0, NULL, NULL},
    {REPEAT, OTHER_CLERK, 32, 0, NULL, NULL},
    {CONTACT, CLERK, 3, 0, NULL, NULL},
    {CORRECT_IDENTITY, CLERK, 3, 0, "PersonFour Samplezeta", NULL},
    {FACT, OPERATOR_NORTH, 0, 0, "hub.monitor_appointed", "no"}, /* 36 */
    {ASK_FOR, CLERK, 3, 0, "transfer", HUB_NORTH},               /* refused */
    {FACT, SENIOR, 0, 0, "hub.monitor_appointed", "yes"},
    {ASK_FOR, CLERK, 3, 0, "emergency_transfer", HUB_NORTH}, /* 39 */
    {APPROVE_IT, OFFICER, 39, 0, NULL, NULL},
    {TAKE_IT, CLERK, 39, 0, NULL, NULL},
    {REPEAT, CLERK, 41, 0, NULL, NULL},
    {ASK_FOR, CLERK, 3, 0, "readmission", ""},
    {ASK_FOR, CLERK, 0, 0, "onward_return", HUB_NORTH}, /* 44 */
    {APPROVE_IT, OTHER_OFFICER, 44, 0, NULL, NULL},
    {TAKE_IT, OTHER_CLERK, 44, 0, NULL, NULL},
    {REVIEW, CLERK, 0, 0, NULL, NULL},
    {ASK_FOR, CLERK, 2, 0, "lose_contact", ""},
    {FACT, SENIOR, 0, 0, "agreement.state", "suspended"},
    {LOOK, CLERK, 2, 0, NULL, NULL},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

_Static_assert((int)ROWS <= (int)SCRIPT_COMMANDS_MAX, "the ledger has room");

size_t script_length(void)
{
    return ROWS;
}

const char *script_name(size_t index)
{
    return index < ROWS ? does_names[rows[index].does] : "the end";
}

void script_begin(struct script *script)
{
    memset(script->told, 0, sizeof script->told);
    script->office.entropy = &script->entropy;
    for (size_t i = 0; i < ROWS; i++) {
        const size_t id = rows[i].does == REPEAT ? rows[i].who : i;
        script->told[i].client_id.bytes[0] = 0xC5;
        script->told[i].client_id.bytes[15] = (uint8_t)id;
    }
}

/* --- reading what is there -------------------------------------------------------------------- */

static uint64_t mix(uint64_t digest, str text)
{
    for (size_t i = 0; i < text.len; i++) {
        digest = (digest ^ (uint8_t)text.at[i]) * 0x100000001B3U;
    }
    return digest;
}

static const uint64_t digest_of_nothing = 0xCBF29CE484222325U;

static result digest_event(struct transaction *transaction, struct arena *arena, int64_t position,
                           struct event *ret_event, uint64_t *digest, struct err *err)
{
    str body;
    TRY(transaction_event(transaction, position, arena, ret_event, err));
    TRY(event_write_body(ret_event, arena, &body, err));
    *digest = mix(mix(*digest, event_header_text(ret_event, arena)), body);
    return result_ok();
}

struct reading {
    struct script *script;
    struct script_told *told;
    int64_t from;
    int64_t count; /* 0: to the end */
    uint64_t digest;
};

/* The events of one command, which is the last one when `count` is not known yet. */
static result read_command(struct transaction *transaction, void *context, struct err *err)
{
    struct reading *reading = context;
    struct arena *arena = &reading->script->office.work;
    struct event event = {.position = 0};
    int64_t last = 0;
    TRY(transaction_event_count(transaction, &last, err));
    reading->digest = digest_of_nothing;
    reading->count = reading->count == 0 ? last - reading->from + 1 : reading->count;
    for (int64_t at = reading->from; at < reading->from + reading->count; at++) {
        TRY(digest_event(transaction, arena, at, &event, &reading->digest, err));
    }
    return result_ok();
}

static result tell(struct script *script, struct script_told *told, int64_t event, int64_t count,
                   struct err *err)
{
    struct reading reading = {.script = script, .from = event, .count = count};
    arena_reset(&script->office.work);
    if (event != 0) {
        TRY(store_read(script->office.store, read_command, &reading, err));
    }
    told->acknowledged = true;
    told->event = event;
    told->event_count = reading.count;
    told->digest = reading.digest;
    return result_ok();
}

/* --- sending ---------------------------------------------------------------------------------- */

static result send_register(struct script *script, const struct row *row,
                            const struct caller *caller, int64_t *ret_event, struct err *err)
{
    struct office *office = &script->office;
    struct registration_answer answer = {.likely_count = 0};
    const struct registration registration = {
        .name = str_from_c(row->what), .registered_on = date_add_days(office_today(office), -100)};
    TRY(casework_register_person(&office->casework, caller, &registration, &office->work, &answer,
                                 err));
    const struct person_row person = answer.person;
    struct somebody *somebody = &script->people[row->who];
    somebody->id = person.id;
    snprintf(somebody->reference, sizeof somebody->reference, "%.*s", STR_ARG(person.reference));
    *ret_event = person.identity_event;
    return result_ok();
}

static result send_facts(struct script *script, const struct caller *caller, enum subject_kind kind,
                         const char *reference, const struct fact_entry *entries, size_t count,
                         int64_t *ret_event, struct err *err)
{
    struct record_answer answer = {0};
    TRY(casework_record_facts(&script->office.casework, caller, kind, str_from_c(reference),
                              entries, count, &script->office.work, &answer, err));
    *ret_event = answer.events[0];
    return result_ok();
}

static result send_ready(struct script *script, const struct row *row, const struct caller *caller,
                         int64_t *ret_event, struct err *err)
{
    const date earlier = date_add_days(office_today(&script->office), -30);
    char sent[DATE_TEXT_SIZE];
    date_format(earlier, sent);
    const struct fact_entry entries[] = {
        {STR("order.injunction"), STR("none"), earlier, STR("court list")},
        {STR("family.complete"), STR("yes"), earlier, STR("interview")},
        {STR("decision.sent_on"), str_from_c(sent), earlier, STR("letter")},
        {STR("notice.served_on"), str_from_c(sent), earlier, STR("receipt")},
        {STR("person.nationality"), STR("ALB"), earlier, STR("passport")},
    };
    return send_facts(script, caller, SUBJECT_OF_PERSON, script->people[row->who].reference,
                      entries, sizeof entries / sizeof entries[0], ret_event, err);
}

static result send_fact(struct script *script, const struct row *row, const struct caller *caller,
                        int64_t *ret_event, struct err *err)
{
    const struct fact_entry entry = {str_from_c(row->what), str_from_c(row->value),
                                     office_today(&script->office), STR("a letter")};
    const bool of_hub = str_starts(entry.fact, STR("hub."));
    const bool of_agreement = str_starts(entry.fact, STR("agreement."));
    return of_hub ? send_facts(script, caller, SUBJECT_OF_HUB, HUB_NORTH, &entry, 1, ret_event, err)
           : of_agreement
               ? send_facts(script, caller, SUBJECT_OF_AGREEMENT, AGREEMENT, &entry, 1, ret_event,
                            err)
               : send_facts(script, caller, SUBJECT_OF_PERSON, script->people[row->who].reference,
                            &entry, 1, ret_event, err);
}

static result send_step(struct script *script, const struct row *row, const struct caller *caller,
                        int64_t *ret_event, struct err *err)
{
    struct office *office = &script->office;
    const struct casework *casework = &office->casework;
    struct step_answer answer = {0};
    const int64_t request = script->told[row->who].event;
    if (row->does == ASK_FOR) {
        const str person = str_from_c(script->people[row->who].reference);
        TRY(casework_request_step(casework, caller, person, str_from_c(row->what),
                                  str_from_c(row->value), &office->work, &answer, err));
    } else if (row->does == APPROVE_IT) {
        TRY(casework_approve_step(casework, caller, request, &office->work, &answer, err));
    } else if (row->does == DECLINE_IT) {
        TRY(casework_decline_step(casework, caller, request, STR("not convinced"), &office->work,
                                  &answer, err));
    } else if (row->does == TAKE_IT) {
        TRY(casework_take_step(casework, caller, request, &office->work, &answer, err));
    } else {
        TRY(casework_withdraw_step(casework, caller, request, STR("not wanted"), &office->work,
                                   &answer, err));
    }
    *ret_event = answer.event;
    return result_ok();
}

/* The answers of these do not say which event it was. */
static result find_event(struct transaction *transaction, void *context, struct err *err)
{
    struct reading *reading = context;
    return transaction_find_client_id(transaction, &reading->told->client_id, &reading->from, err);
}

static result send_other(struct script *script, const struct row *row, const struct caller *caller,
                         struct err *err)
{
    struct office *office = &script->office;
    const struct casework *casework = &office->casework;
    const date today = office_today(office);
    const struct somebody *person = &script->people[row->who % SCRIPT_PEOPLE];
    const struct corrected_identity identity = {.name = str_from_c(row->what),
                                                .reason = STR("spelling")};
    struct record_answer answer;
    struct person_answer page;
    const struct stopped_request *stopped;
    size_t count;
    switch (row->does) {
    case WITHDRAW_FACT:
        return casework_withdraw_fact(casework, caller, script->told[row->who].event,
                                      STR("a mistake"), &office->work, &answer, err);
    case JOIN:
        return casework_join_family(casework, caller, str_from_c(person->reference),
                                    str_from_c(script->people[row->other].reference), &office->work,
                                    &answer, err);
    case CONTACT:
        return casework_confirm_contact(
            casework, caller, str_from_c(person->reference), today, STR("a call"),
            (struct known_day){.known = true, .day = date_add_days(today, 14)}, &office->work, err);
    case AGREE_PLACES:
        return casework_agree_places(casework, caller, str_from_c(row->what), OFFICE_PLACES + 2,
                                     STR("more rooms"), &office->work, err);
    case CORRECT_IDENTITY:
        return casework_correct_identity(casework, caller, str_from_c(person->reference), &identity,
                                         &office->work, err);
    case REVIEW:
        return casework_review_requests(casework, &office->work, &stopped, &count, err);
    case LOOK:
        return casework_person(casework, caller, str_from_c(person->reference), NULL, &office->work,
                               &page, err);
    case REGISTER:
    case READY:
    case FACT:
    case ASK_FOR:
    case APPROVE_IT:
    case DECLINE_IT:
    case TAKE_IT:
    case WITHDRAW_IT:
    case REPEAT:
        break;
    }
    return err_set(err, ERROR_INTERNAL, "The script has a row that nobody sends");
}

static result send_and_find(struct script *script, const struct row *row,
                            const struct caller *caller, int64_t *ret_event, struct err *err)
{
    struct script_told told = {.client_id = caller->client_id};
    struct reading reading = {.told = &told};
    TRY(send_other(script, row, caller, err));
    TRY(store_read(script->office.store, find_event, &reading, err));
    *ret_event = reading.from;
    return result_ok();
}

static result send_row(struct script *script, const struct row *row, const struct caller *caller,
                       int64_t *ret_event, struct err *err)
{
    *ret_event = 0;
    arena_reset(&script->office.work);
    switch (row->does) {
    case REGISTER:
        return send_register(script, row, caller, ret_event, err);
    case READY:
        return send_ready(script, row, caller, ret_event, err);
    case FACT:
        return send_fact(script, row, caller, ret_event, err);
    case ASK_FOR:
    case APPROVE_IT:
    case DECLINE_IT:
    case TAKE_IT:
    case WITHDRAW_IT:
        return send_step(script, row, caller, ret_event, err);
    case WITHDRAW_FACT:
    case JOIN:
    case CONTACT:
    case AGREE_PLACES:
    case CORRECT_IDENTITY:
    case REVIEW:
    case LOOK:
        return send_and_find(script, row, caller, ret_event, err);
    case REPEAT:
        break;
    }
    return send_row(script, &rows[row->who], caller, ret_event, err);
}

result script_send(struct script *script, size_t index, struct err *err)
{
    ASSERT(index < ROWS);
    struct script_told *told = &script->told[index];
    const struct row *row = &rows[index];
    const struct caller caller = {.account = script->office.accounts[row->by],
                                  .client_id = told->client_id};
    int64_t event = 0;
    random_seed(&script->entropy, index);
    TRY(send_row(script, row, &caller, &event, err));
    const int64_t count = row->does == REPEAT ? script->told[row->who].event_count : 0;
    return tell(script, told, event, count, err);
}

/* --- checking --------------------------------------------------------------------------------- */

struct checking {
    struct script *script;
    size_t count;
    bool lost;
};

static result check_told(struct transaction *transaction, const struct script_told *told,
                         struct checking *checking, size_t index, struct err *err)
{
    struct script *script = checking->script;
    struct reading reading = {.script = script, .from = told->event, .count = told->event_count};
    int64_t position = 0;
    int64_t last = 0;
    arena_reset(&script->office.work);
    TRY(transaction_find_client_id(transaction, &told->client_id, &position, err));
    TRY(transaction_event_count(transaction, &last, err));
    if (position != told->event || position + told->event_count - 1 > last) {
        snprintf(script->failure, sizeof script->failure,
                 "command %zu (%s) was acknowledged and is not in the store", index,
                 script_name(index));
        checking->lost = true;
        return result_ok();
    }
    TRY(read_command(transaction, &reading, err));
    if (reading.digest != told->digest) {
        snprintf(script->failure, sizeof script->failure,
                 "command %zu (%s) is in the store, and not as it was told", index,
                 script_name(index));
        checking->lost = true;
    }
    return result_ok();
}

/* A command that was not acknowledged is there whole or not at all: the rows say so, because those
 * of half a command would not be consistent with its events, and no event may lack its command. */
static result check_all(struct transaction *transaction, void *context, struct err *err)
{
    struct checking *checking = context;
    for (size_t i = 0; i < checking->count && !checking->lost; i++) {
        const struct script_told *told = &checking->script->told[i];
        if (told->acknowledged && told->event != 0) {
            TRY(check_told(transaction, told, checking, i, err));
        }
    }
    return result_ok();
}

static bool fail(struct script *script, const char *what, const struct err *err)
{
    snprintf(script->failure, sizeof script->failure, "%s: %s", what, err->what);
    return false;
}

bool script_check(struct script *script, size_t count)
{
    struct err err = {0};
    struct checking checking = {.script = script, .count = count};
    struct rebuild_outcome outcome = {0};
    if (!store_read(script->office.store, check_all, &checking, &err).ok) {
        return fail(script, "the store cannot be read", &err);
    }
    if (checking.lost) {
        return false;
    }
    if (!store_rebuild(script->office.store, false, NULL, NULL, &outcome, &err).ok) {
        return fail(script, "the rows cannot be made anew", &err);
    }
    if (outcome.differences != 0) {
        snprintf(script->failure, sizeof script->failure,
                 "the rows are not those of the events: %s", outcome.first_difference);
        return false;
    }
    return true;
}

static result read_everything(struct transaction *transaction, void *context, struct err *err)
{
    struct reading *reading = context;
    struct event event;
    int64_t last = 0;
    TRY(transaction_event_count(transaction, &last, err));
    for (int64_t at = 1; at <= last; at++) {
        arena_reset(&reading->script->office.work);
        TRY(digest_event(transaction, &reading->script->office.work, at, &event, &reading->digest,
                         err));
    }
    return result_ok();
}

uint64_t script_digest(struct script *script)
{
    struct err err = {0};
    struct reading reading = {.script = script, .digest = digest_of_nothing};
    return store_read(script->office.store, read_everything, &reading, &err).ok ? reading.digest
                                                                                : 0;
}

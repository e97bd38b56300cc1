#include "demo/demo.h"

#include "demo/clerk.h"
#include "demo/course.h"
#include "demo/life.h"
#include "demo/partners.h"
#include "demo/plan.h"
#include "demo/published.h"
#include "demo/waits.h"

#include "register/reference.h"

enum {
    PERM_BYTES = 64 * 1024 * 1024,
    SCRATCH_BYTES = 128 * 1024 * 1024,
    BYTES_A_PERSON = 64, /* claimant, casting, order, reference */
    SUBJECT_BYTES = 8 * 1024 * 1024,
    PROGRESS_EVERY = 512,
    /* The story needs more than a year after the tables end: an agreement, transfers, and those
       left waiting decided. */
    DAYS_AFTER_TABLES_MIN = 31,
};

struct making {
    const struct casework *casework;
    const struct demo_options *options;
    struct arena *arena;
    struct arena scratch;
    struct arena of_subject;
    const struct published *published;
    struct course_model *model;
    struct population population;
    struct plan plan;
    struct partners partners;
    struct clerk_setting setting;
    struct clerk clerk;
    struct reference_set references;
    str *codes;
    str *languages;
    struct demo_outcome outcome;
};

/* --- before the store is touched ---------------------------------------------------------- */

static result check_options(const struct demo_options *options, struct err *err)
{
    if (options->people < DEMO_PEOPLE_MIN || options->people > DEMO_PEOPLE_MAX) {
        return err_set(err, ERROR_INPUT, "A demonstration has %d to %d people", DEMO_PEOPLE_MIN,
                       DEMO_PEOPLE_MAX);
    }
    const date first =
        date_add_days(published_quarter_begin(PUBLISHED_QUARTERS), DAYS_AFTER_TABLES_MIN);
    if (date_before(options->today, first)) {
        char text[DATE_TEXT_SIZE];
        date_format(first, text);
        result_ignore(err_set(err, ERROR_INPUT,
                              "The day that the demonstration has reached is before %s", text),
                      "the advice returns the failure");
        return err_hint(err, "The published tables it is drawn from end with 2023.");
    }
    return result_ok();
}

/* How a nationality is named in facts (its code, or that of ICAO Doc 9303 for those who have none),
 * and the language assumed. */
static result load_people_words(struct making *making, struct err *err)
{
    static const char *const columns[] = {"nationality", "code", "language"};
    const struct published *published = making->published;
    struct table table;
    making->codes = ARENA_NEW(making->arena, str, NATIONALITIES_MAX);
    making->languages = ARENA_NEW(making->arena, str, NATIONALITIES_MAX);
    if (making->codes == NULL || making->languages == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < published->nationality_count; i++) {
        making->codes[i] = published->nationalities[i].iso3;
    }
    TRY(published_open(making->options->data_folder, "demonstration_people.csv", columns, 3,
                       making->scratch, &table, err));
    for (bool more = true; more;) {
        TRY(table_next(&table, &more, err));
        for (size_t i = 0; more && i < published->nationality_count; i++) {
            if (!str_equal(published->nationalities[i].name, table.cells[0])) {
                continue;
            }
            const str code = arena_copy(making->arena, table.cells[1]);
            making->languages[i] = arena_copy(making->arena, table.cells[2]);
            if (code.at == NULL || making->languages[i].at == NULL) {
                return arena_full(err);
            }
            making->codes[i] = code.len > 0 ? code : making->codes[i];
        }
    }
    return result_ok();
}

/* The first day that all calendars of the rulebook know. */
static date calendars_begin(const struct rulebook *rulebook)
{
    date begin = published_quarter_begin(0);
    for (size_t i = 0; i < rulebook->calendar_count; i++) {
        const date from = rulebook->calendars[i].calendar.from;
        begin = date_before(begin, from) ? from : begin;
    }
    return begin;
}

static result imagine(struct making *making, struct err *err)
{
    const struct demo_options *options = making->options;
    const struct waits *waits = NULL;
    making->model = ARENA_NEW(making->arena, struct course_model, 1);
    if (making->model == NULL) {
        return arena_full(err);
    }
    TRY(published_load(options->data_folder, making->arena, making->scratch, &making->published,
                       err));
    TRY(waits_fit(making->published, making->arena, making->scratch, &waits, err));
    course_model_make(making->published, waits, options->seed, options->today, making->model);
    TRY(population_draw(making->published, (int32_t)options->people, options->seed, making->arena,
                        making->scratch, &making->population, err));
    TRY(plan_make(making->model, &making->population, calendars_begin(making->casework->rulebook),
                  making->arena, &making->plan, err));
    TRY(load_people_words(making, err));
    TRY(reference_set_init(&making->references, (size_t)options->people, making->arena, err));
    return clerk_setting_make(making->casework->rulebook, options->today, making->arena,
                              &making->setting, err);
}

/* --- in the store ------------------------------------------------------------------------- */

/* Bits that nobody else has: drawn for the person, drawn again when they are taken. */
static uint32_t take_reference(struct making *making, int32_t index)
{
    struct random random = population_random(making->options->seed, RANDOM_REFERENCE, index);
    for (;;) {
        const uint32_t bits =
            (uint32_t)random_below(&random, (UINT64_C(1) << REFERENCE_BITS) - 1) + 1;
        if (reference_set_add(&making->references, bits)) {
            return bits;
        }
    }
}

static result record_person(struct making *making, const struct story *story,
                            const struct course *course, int32_t index, int64_t *family, bool alone,
                            struct err *err)
{
    int64_t person = 0;
    char reference[REFERENCE_SIZE];
    reference_make(take_reference(making, index), reference);
    TRY(transaction_new_id(story->clerk->transaction, SUBJECT_OF_PERSON, &person, err));
    if (*family == 0 && !alone) {
        *family = person;
    }
    TRY(life_record(story, course, index, person, *family, str_from_c(reference), err));
    making->outcome.people++;
    if (making->options->progress != NULL && making->outcome.people % PROGRESS_EVERY == 0) {
        making->options->progress(making->options->progress_context, making->outcome.people,
                                  making->options->people);
    }
    return result_ok();
}

/* Family by family, by day of claim: the main applicant, then those who depend on them. */
static result record_people(struct making *making, struct err *err)
{
    const struct population *population = &making->population;
    int digits = 4;
    for (int64_t most = 9999; most < population->count; most = 10 * most + 9) {
        digits++;
    }
    const struct story story = {.clerk = &making->clerk,
                                .model = making->model,
                                .population = population,
                                .plan = &making->plan,
                                .partners = &making->partners,
                                .codes = making->codes,
                                .languages = making->languages,
                                .seed = making->options->seed,
                                .name_digits = digits};
    for (int32_t i = 0; i < population->main_count; i++) {
        const int32_t main = population->mains[i];
        const bool alone = population->people[main].next_in_family < 0;
        int64_t family = 0;
        struct course course;
        plan_course(&making->plan, making->model, population, main, &course);
        for (int32_t member = main; member >= 0;
             member = population->people[member].next_in_family) {
            TRY(record_person(making, &story, &course, member, &family, alone, err));
        }
    }
    return result_ok();
}

/* The demonstration pretends that this rulebook was in use from the first day, so that every
 * verdict in it can be derived again. */
static result adopt_rulebook(struct making *making, struct err *err)
{
    struct clerk *clerk = &making->clerk;
    const struct rulebook *rulebook = making->casework->rulebook;
    TRY(transaction_put_rulebook(clerk->transaction, making->setting.identity, rulebook->canonical,
                                 err));
    clerk_begin(clerk, SUBJECT_OF_REGISTER, REGISTER_ID);
    clerk->actor = ACTOR_REGISTER;
    struct event event = {
        .kind = EVENT_RULEBOOK_ADOPTED,
        .body.rulebook_adopted = {.name = rulebook->name, .identity = making->setting.identity}};
    /* Before the first claim, and so before anything is judged. */
    return clerk_append(clerk, &event, date_add_days(published_quarter_begin(0), -1), err);
}

static result check_empty(struct transaction *transaction, struct err *err)
{
    int64_t events = 0;
    TRY(transaction_event_count(transaction, &events, err));
    if (events > 0) {
        result_ignore(err_set(err, ERROR_CONFLICT, "The store holds %lld %s already",
                              (long long)events, str_noun(events, "event", "events")),
                      "the advice returns the failure");
        return err_hint(err, "A demonstration is made in a new store of its own.");
    }
    return result_ok();
}

/* --- desks of those outside --------------------------------------------------------------- */

/* At the end of the record, whoever was written about before. */
static void begin_at_the_end(struct making *making, enum subject_kind kind, int64_t subject,
                             int64_t seconds_before)
{
    struct clerk *clerk = &making->clerk;
    clerk_begin(clerk, kind, subject);
    clerk->last =
        (instant){instant_from_date(making->setting.today).milliseconds - seconds_before * 1000};
}

static result tie(struct making *making, int64_t person, enum clerk_actor account, const char *kind,
                  const char *authority, struct err *err)
{
    begin_at_the_end(making, SUBJECT_OF_PERSON, person, 120);
    struct event event = {.kind = EVENT_TIE_MADE,
                          .body.tie_made = {.account = making->setting.accounts[account],
                                            .kind = str_from_c(kind),
                                            .authority = str_from_c(authority)}};
    return clerk_append(&making->clerk, &event, date_add_days(making->setting.today, -1), err);
}

/* When the person received the decision, as it is recorded; "" when it is not. */
static result day_of_decision(struct making *making, int64_t person, struct arena *arena,
                              str *ret_day, struct err *err)
{
    const struct clerk_setting *setting = &making->setting;
    const struct fact *fact = &setting->rulebook->facts[setting->facts[FACT_DECISION_RECEIVED]];
    const struct fact_row *rows = NULL;
    size_t count = 0;
    *ret_day = STR("");
    TRY(transaction_facts(making->clerk.transaction, SUBJECT_OF_PERSON, person, setting->today,
                          KNOWN_NOW, arena, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        *ret_day = str_equal(rows[i].fact, fact->name) ? rows[i].value : *ret_day;
    }
    return result_ok();
}

/* Of those in the stage from which the step is taken, who received the last decision: their times
 * run still. */
static result find_latest(struct making *making, enum named_step step, int64_t *ret_person,
                          struct err *err)
{
    const struct clerk_setting *setting = &making->setting;
    const struct rulebook *rulebook = setting->rulebook;
    const struct step *rule = &rulebook->steps[setting->steps[step]];
    struct arena scratch = making->scratch;
    const struct person_row *rows = NULL;
    size_t count = 0;
    str latest = STR("");
    const struct people_filter filter = {.stage = rulebook->stages[rule->from[0]].name};
    *ret_person = 0;
    TRY(transaction_people(making->clerk.transaction, &filter, &scratch, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        str day = STR("");
        TRY(day_of_decision(making, rows[i].id, &scratch, &day, err));
        if (str_compare(latest, day) < 0) {
            latest = day;
            *ret_person = rows[i].id;
        }
    }
    return result_ok();
}

/* One person who sees their own record, and a legal representative with a few clients. */
static result open_desks(struct making *making, struct err *err)
{
    static const enum named_step steps[] = {STEP_LODGE_APPEAL, STEP_CONTINUE_STAY,
                                            STEP_SEEK_PERMISSION, STEP_PREPARE_REMOVAL};
    enum { CLIENTS = sizeof steps / sizeof steps[0] };
    int64_t clients[CLIENTS] = {0};
    for (size_t i = 0; i < CLIENTS; i++) {
        TRY(find_latest(making, steps[i], &clients[i], err));
        bool new_client = clients[i] != 0;
        for (size_t k = 0; k < i; k++) {
            new_client = new_client && clients[k] != clients[i];
        }
        if (new_client && i == 0) {
            TRY(tie(making, clients[i], ACTOR_PERSON, "self", "Identity checked", err));
        }
        if (new_client) {
            TRY(tie(making, clients[i], ACTOR_LAWYER, "representative", "Form of authority seen",
                    err));
        }
    }
    return result_ok();
}

/* The record of the demonstration is written person by person. Its last event says on which day it
 * ends, so that statistics are made as at that day. */
static result close_record(struct making *making, struct err *err)
{
    struct clerk *clerk = &making->clerk;
    begin_at_the_end(making, SUBJECT_OF_HUB, making->partners.hubs[0].hub, 60);
    clerk->actor = ACTOR_REGISTER;
    struct event event = {
        .kind = EVENT_NOTE_ADDED,
        .body.note_added = {.note = STR("Here the record of the demonstration ends.")}};
    return clerk_append(clerk, &event, date_add_days(making->setting.today, -1), err);
}

static result record_all(struct transaction *transaction, void *context, struct err *err)
{
    struct making *making = context;
    TRY(check_empty(transaction, err));
    TRY(clerk_init(&making->clerk, &making->setting, transaction, making->arena, making->of_subject,
                   err));
    TRY(adopt_rulebook(making, err));
    TRY(partners_record(&making->clerk, &making->setting, making->options->data_folder,
                        making->published, &making->plan, making->arena, making->scratch,
                        &making->partners, err));
    TRY(record_people(making, err));
    TRY(open_desks(making, err));
    TRY(close_record(making, err));
    making->outcome.events = making->clerk.event_count;
    making->outcome.hubs = DEMO_HUBS;
    making->outcome.agreements = making->partners.agreement_count;
    return result_ok();
}

/* --- passwords ---------------------------------------------------------------------------- */

struct sharing {
    const struct clerk_setting *setting;
    struct arena *arena;
};

static result share_hash(struct transaction *transaction, void *context, struct err *err)
{
    const struct sharing *sharing = context;
    const int64_t *accounts = sharing->setting->accounts;
    str hash;
    TRY(transaction_password_hash(transaction, accounts[0], sharing->arena, &hash, err));
    for (size_t i = 1; i < demo_account_count; i++) {
        TRY(transaction_set_password_hash(transaction, accounts[i], hash, err));
    }
    return result_ok();
}

/* Hashing is slow on purpose; one password for all is hashed once. The caller's casework may be one
 * that nobody signs in to. */
static result set_passwords(struct making *making, struct err *err)
{
    const struct casework *given = making->casework;
    struct sharing sharing = {.setting = &making->setting, .arena = making->arena};
    struct casework own;
    TRY(casework_open(given->store, given->rulebook, given->system, making->arena, &own, err));
    const result set =
        casework_set_password(&own, making->setting.accounts[0], str_from_c(demo_password), err);
    casework_close(&own);
    TRY(set);
    return store_write(given->store, share_hash, &sharing, err);
}

/* --- the whole ---------------------------------------------------------------------------- */

static result make(struct making *making, struct err *err)
{
    TRY(imagine(making, err));
    TRY(store_bulk(making->casework->store, record_all, making, err));
    return set_passwords(making, err);
}

static result make_in(const struct casework *casework, const struct demo_options *options,
                      struct arena arenas[3], struct demo_outcome *ret_outcome, struct err *err)
{
    const size_t for_people = (size_t)options->people * BYTES_A_PERSON;
    TRY(arena_open(&arenas[0], PERM_BYTES + for_people, err));
    TRY(arena_open(&arenas[1], SCRATCH_BYTES + for_people, err));
    TRY(arena_open(&arenas[2], SUBJECT_BYTES, err));
    struct making *making = ARENA_NEW(&arenas[0], struct making, 1);
    if (making == NULL) {
        return arena_full(err);
    }
    *making = (struct making){.casework = casework,
                              .options = options,
                              .arena = &arenas[0],
                              .scratch = arenas[1],
                              .of_subject = arenas[2]};
    TRY(make(making, err));
    *ret_outcome = making->outcome;
    return result_ok();
}

result demo_make(const struct casework *casework, const struct demo_options *options,
                 struct demo_outcome *ret_outcome, struct err *err)
{
    struct arena arenas[3] = {{.begin = NULL}};
    TRY(check_options(options, err));
    const result made = make_in(casework, options, arenas, ret_outcome, err);
    for (size_t i = 0; i < 3; i++) {
        arena_close(&arenas[i]);
    }
    return made;
}

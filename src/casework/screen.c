#include "casework/casework.h"

#include "casework/edition.h"
#include "casework/past.h"
#include "casework/screening.h"

struct screen_work {
    const struct casework *casework;
    const struct caller *caller;
    str step_name;
    str hub_reference;
    const struct asked *asked;
    casework_screen_visit *visit;
    void *context;
    struct arena arena;
    struct sitting sitting;
    struct screening screening;
    struct caseload_sight sight;
    enum clearance *each;
    struct screen_totals totals;
    struct stage_words words; /* of the past */
};

enum { SCREEN_MEMORY = 64 * 1024 * 1024 }; /* taken lazily; one person needs little of it */

static const struct step *step_of(const struct screen_work *work)
{
    return &work->casework->rulebook->steps[work->screening.step];
}

/* --- preparing -------------------------------------------------------------------------------- */

static result find_hub(struct screen_work *work, const struct step *step, int64_t *ret_hub,
                       struct err *err)
{
    struct hub_row hub = {.id = 0};
    if (work->hub_reference.len == 0 && step->with_hub) {
        return err_set(err, ERROR_INPUT, "\"%.*s\" is screened for one hub: name it",
                       STR_ARG(step->title));
    }
    if (work->hub_reference.len > 0 && !step->with_hub) {
        return err_set(err, ERROR_INPUT, "\"%.*s\" is about no hub", STR_ARG(step->title));
    }
    if (step->with_hub) {
        TRY(sitting_hub(&work->sitting, work->hub_reference, ACTION_SEE_HUB, &hub, err));
    }
    *ret_hub = hub.id;
    return result_ok();
}

static result prepare(struct screen_work *work, struct transaction *transaction, struct err *err)
{
    uint32_t step = 0;
    int64_t hub = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SCREEN,
                     &work->arena, err));
    TRY(sitting_step(&work->sitting, work->step_name, &step, err));
    TRY(find_hub(work, &work->casework->rulebook->steps[step], &hub, err));
    const struct case_time when = case_time_asked(&work->sitting, work->asked);
    TRY(screening_prepare(&work->screening, &work->sitting, step, hub, &when, err));
    TRY(caseload_sight_of(&work->sitting, ACTION_SCREEN, &work->sight, err));
    work->each = ARENA_NEW(&work->arena, enum clearance, step_of(work)->safeguard_count + 1);
    return work->each == NULL ? arena_full(err) : result_ok();
}

/* --- everybody -------------------------------------------------------------------------------- */

static void count_verdict(struct screen_totals *totals, enum clearance clearance)
{
    totals->people++;
    switch (clearance) {
    case CLEARANCE_CLEAR:
        totals->clear++;
        break;
    case CLEARANCE_BARRED:
        totals->barred++;
        break;
    case CLEARANCE_UNKNOWN:
        totals->unknown++;
        break;
    }
}

static result visit_line(struct screen_work *work, const struct screened_person *person,
                         enum clearance clearance, struct err *err)
{
    const struct screen_line line = {.person = person, .clearance = clearance, .each = work->each};
    count_verdict(&work->totals, clearance);
    return work->visit == NULL ? result_ok() : work->visit(work->context, &line, err);
}

/* --- now: all at once, by the column engine --------------------------------------------------- */

static result visit_row(struct screen_work *work, const struct caseload_person *person,
                        const struct screen_answers *answers, size_t row, struct err *err)
{
    const struct step *step = step_of(work);
    const struct screened_person screened = {
        .id = person->id, .reference = person->reference, .stage = person->stage};
    bool seen = false;
    TRY(caseload_sees(&work->sitting, &work->sight, person, &seen, err));
    for (size_t i = 0; seen && i < step->safeguard_count; i++) {
        work->each[i] = screen_each(answers, i, row);
    }
    return seen ? visit_line(work, &screened, screen_clearance(answers, row), err) : result_ok();
}

static result visit_rows(struct screen_work *work, const struct caseload_columns *caseload,
                         const struct screening_answers *answers, struct err *err)
{
    for (size_t row = 0; row < caseload->columns.row_count; row++) {
        const struct caseload_person *person = &caseload->people[row];
        if (person->asked_about) {
            TRY(visit_row(work, person,
                          screening_answers_for(&work->screening, answers, &caseload->columns, row,
                                                person->id),
                          row, err));
        }
    }
    return result_ok();
}

static result screen_caseload(struct screen_work *work, struct transaction *const *transactions,
                              size_t count, struct caseload_columns *caseload, struct err *err)
{
    struct screening_answers answers = {.memory = {0}};
    TRY(screening_load(&work->screening, transactions, count, caseload, err));
    result visited = screening_run(&work->screening, &caseload->columns, &answers, err);
    if (visited.ok) {
        visited = visit_rows(work, caseload, &answers, err);
    }
    screening_answers_close(&answers);
    return visited;
}

static result screen_now(struct transaction *const *transactions, size_t count, void *context,
                         struct err *err)
{
    struct screen_work *work = context;
    struct caseload_columns caseload = {.people = NULL};
    TRY(prepare(work, transactions[0], err));
    const result screened = screen_caseload(work, transactions, count, &caseload, err);
    caseload_close(&caseload);
    return screened;
}

/* --- the past: one after the other ------------------------------------------------------------ */

static result judge_then(struct screen_work *work, struct sitting *reading,
                         const struct person_row *person, struct err *err)
{
    struct loaded_case loaded;
    TRY(case_load(reading, person, &work->screening.when, &loaded, err));
    struct question question = loaded.view.question;
    screening_ask_for(&work->screening, person->id, &question);
    const struct screened_person screened = {
        .id = person->id, .reference = person->reference, .stage = person->stage};
    return visit_line(
        work, &screened,
        judge_step(work->casework->rulebook, work->screening.step, &question, work->each), err);
}

/* Was the record in a stage that the step leaves, as its course tells? It is short and lies in
 * clear, while an event has to be opened. Of a record that was ever merged it does not tell. */
static result may_have_been_open(struct screen_work *work, struct sitting *reading, int64_t record,
                                 bool *ret_may, struct err *err)
{
    const int64_t *kin = NULL;
    size_t kin_count = 0;
    str passages = STR("");
    struct course_reader reader;
    struct passage passage;
    int64_t stage = 0;
    TRY(transaction_kin(reading->transaction, record, reading->arena, &kin, &kin_count, err));
    TRY(transaction_course(reading->transaction, record, reading->arena, &passages, err));
    course_reader_init(&reader, passages);
    while (course_next(&reader, &passage)) {
        const bool known =
            passage.recorded_at.milliseconds <= work->screening.when.known_at.milliseconds;
        stage = known && passage.stage != 0 ? passage.stage : stage;
    }
    if (reader.damaged || (uint64_t)stage >= work->words.word_count) {
        return err_set(err, ERROR_STORAGE, "The course of record %lld is damaged",
                       (long long)record);
    }
    *ret_may = kin_count > 1 ||
               (stage != 0 && screening_is_open(&work->screening, work->words.words[stage]));
    return result_ok();
}

/* Nobody who is in no stage that the step leaves, or was not registered yet. */
static result screen_person_then(struct screen_work *work, const struct person_row *person,
                                 struct err *err)
{
    bool seen = false;
    bool may = false;
    struct arena scratch = work->arena;
    struct sitting reading = work->sitting;
    struct past past;
    reading.arena = &scratch;
    TRY(sitting_may_person(&work->sitting, person, ACTION_SCREEN, &seen, err));
    if (seen) {
        TRY(may_have_been_open(work, &reading, person->id, &may, err));
    }
    if (!may) {
        return result_ok();
    }
    TRY(past_person(&reading, person->id, 0, work->screening.when.known_at, &past, err));
    /* A record that was a part of another then was not a person of its own. */
    return past.person.id == person->id && screening_is_open(&work->screening, past.person.stage)
               ? judge_then(work, &reading, &past.person, err)
               : result_ok();
}

enum { PEOPLE_AT_ONCE = 1000 };

static result screen_page_then(struct screen_work *work, int64_t *after, bool *ret_more,
                               struct err *err)
{
    const struct arena before = work->arena;
    const struct person_row *people = NULL;
    size_t count = 0;
    TRY(transaction_each_record(work->sitting.transaction, *after, PEOPLE_AT_ONCE, &work->arena,
                                &people, &count, err));
    for (size_t i = 0; i < count; i++) {
        TRY(screen_person_then(work, &people[i], err));
        *after = people[i].id;
    }
    work->arena = before;
    *ret_more = count == PEOPLE_AT_ONCE;
    return result_ok();
}

static result check_screen(struct transaction *transaction, void *context, struct err *err)
{
    return prepare(context, transaction, err);
}

static result screen_then(struct transaction *transaction, void *context, struct err *err)
{
    struct screen_work *work = context;
    int64_t after = 0;
    bool more = true;
    TRY(prepare(work, transaction, err));
    TRY(stage_words_read(&work->sitting, &work->words, err));
    while (more) {
        TRY(screen_page_then(work, &after, &more, err));
    }
    return result_ok();
}

/* The lines go out while the caseload is read, so the look is kept first, once it is sure that the
 * account may look. */
static result check_and_screen(struct screen_work *work, struct err *err)
{
    TRY(store_read(work->casework->store, check_screen, work, err));
    TRY(sitting_look(&work->sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "screening", err));
    return work->screening.when.past ? store_read(work->casework->store, screen_then, work, err)
                                     : store_read_together(work->casework->store, CASELOAD_THREADS,
                                                           screen_now, work, err);
}

result casework_screen(const struct casework *casework, const struct caller *caller, str step,
                       str hub, const struct asked *asked, casework_screen_visit *visit,
                       void *context, struct screen_totals *ret_totals, struct err *err)
{
    struct screen_work work = {.casework = casework,
                               .caller = caller,
                               .step_name = step,
                               .hub_reference = str_trim(hub),
                               .asked = asked,
                               .visit = visit,
                               .context = context};
    TRY(arena_open(&work.arena, SCREEN_MEMORY, err));
    const result screened = check_and_screen(&work, err);
    arena_close(&work.arena);
    TRY(screened);
    *ret_totals = work.totals;
    return result_ok();
}

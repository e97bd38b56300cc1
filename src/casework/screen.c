#include "casework/casework.h"

#include "casework/facts.h"
#include "casework/past.h"
#include "casework/sitting.h"

#include <stdlib.h>

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
    uint32_t step;
    struct case_time when;
    struct loaded_case hub;      /* the hub and its agreement, asked about nobody in particular */
    struct value *free_for_them; /* hub values for those with a place of their own */
    const int64_t *own_place;    /* people who hold or occupy a place at the hub, sorted */
    size_t own_place_count;
    enum clearance *each;
    struct screen_totals totals;
};

enum { SCREEN_MEMORY = 64 * 1024 * 1024 }; /* taken lazily; one person needs little of it */

static int compare_ids(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return a < b ? -1 : a > b ? 1 : 0;
}

static bool has_own_place(const struct screen_work *work, int64_t person)
{
    return work->own_place_count > 0 && bsearch(&person, work->own_place, work->own_place_count,
                                                sizeof person, compare_ids) != NULL;
}

/* --- preparing -------------------------------------------------------------------------------- */

static result find_own_places(struct screen_work *work, int64_t hub, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    if (work->when.past) {
        struct past_places past;
        TRY(past_places(sitting, hub, 0, work->when.known_at, &past, err));
        work->own_place = past.people;
        work->own_place_count = past.people_count;
        return result_ok();
    }
    const struct place_row *places = NULL;
    size_t count = 0;
    TRY(transaction_places(sitting->transaction, hub, sitting->arena, &places, &count, err));
    int64_t *people = ARENA_NEW(sitting->arena, int64_t, count + 1);
    if (people == NULL) {
        return arena_full(err);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (places[i].state == PLACE_HELD || places[i].state == PLACE_OCCUPIED) {
            people[kept++] = places[i].person;
        }
    }
    qsort(people, kept, sizeof people[0], compare_ids);
    work->own_place = people;
    work->own_place_count = kept;
    return result_ok();
}

/* "hub.places_free" is one more for somebody whose own place is among those in use. */
static result copy_free_for_them(struct screen_work *work, struct err *err)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    const uint32_t free_places = rulebook_fact(rulebook, STR("hub.places_free"));
    struct value *values = ARENA_NEW(&work->arena, struct value, rulebook->fact_count + 1);
    if (values == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        values[i] = work->hub.hub.values[i];
    }
    if (free_places != NOT_FOUND_INDEX && values[free_places].known &&
        rulebook->facts[free_places].counted) {
        values[free_places].number++;
    }
    work->free_for_them = values;
    return result_ok();
}

static result prepare_hub(struct screen_work *work, struct err *err)
{
    const struct step *step = &work->casework->rulebook->steps[work->step];
    if (work->hub_reference.len == 0) {
        return step->with_hub
                   ? err_set(err, ERROR_INPUT, "\"%.*s\" is screened for one hub: name it",
                             STR_ARG(step->title))
                   : result_ok();
    }
    if (!step->with_hub) {
        return err_set(err, ERROR_INPUT, "\"%.*s\" is about no hub", STR_ARG(step->title));
    }
    struct hub_row hub = {.id = 0};
    const struct loaded_case nobody = {.when = work->when};
    TRY(sitting_hub(&work->sitting, work->hub_reference, ACTION_SEE_HUB, &hub, err));
    TRY(case_at_hub(&work->sitting, &nobody, hub.id, step->with_agreement, &work->hub, err));
    TRY(find_own_places(work, hub.id, err));
    return copy_free_for_them(work, err);
}

static result prepare(struct screen_work *work, struct transaction *transaction, struct err *err)
{
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SCREEN,
                     &work->arena, err));
    TRY(sitting_step(&work->sitting, work->step_name, &work->step, err));
    work->when = case_time_asked(&work->sitting, work->asked);
    TRY(prepare_hub(work, err));
    const struct step *step = &work->casework->rulebook->steps[work->step];
    work->each = ARENA_NEW(&work->arena, enum clearance, step->safeguard_count + 1);
    return work->each == NULL ? arena_full(err) : result_ok();
}

/* --- screening -------------------------------------------------------------------------------- */

static bool is_screened(const struct screen_work *work, const struct person_row *person)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    const uint32_t stage = rulebook_stage(rulebook, person->stage);
    return stage != NOT_FOUND_INDEX &&
           rulebook_step_leaves(rulebook, &rulebook->steps[work->step], stage);
}

/* *ret_screened is false for somebody who is in no stage that the step leaves, or was not
 * registered yet. */
static result load_person(struct screen_work *work, struct sitting *reading,
                          const struct person_row *person, const struct fact_row *rows,
                          size_t count, struct loaded_case *ret_case, bool *ret_screened,
                          struct err *err)
{
    if (!work->when.past) {
        *ret_screened = is_screened(work, person);
        return *ret_screened
                   ? case_from_rows(reading, person, rows, count, &work->when, ret_case, err)
                   : result_ok();
    }
    struct past past;
    TRY(past_person(reading, person->id, 0, work->when.known_at, &past, err));
    *ret_screened = past.person.id != 0 && is_screened(work, &past.person);
    return *ret_screened ? case_load(reading, person, &work->when, ret_case, err) : result_ok();
}

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

static result screen_person(void *context, const struct person_row *person,
                            const struct fact_row *rows, size_t count, struct err *err)
{
    struct screen_work *work = context;
    bool screened = false;
    TRY(sitting_may_person(&work->sitting, person, ACTION_SCREEN, &screened, err));
    if (!screened) {
        return result_ok();
    }
    struct arena scratch = work->arena;
    struct sitting reading = work->sitting;
    reading.arena = &scratch;
    struct loaded_case loaded;
    TRY(load_person(work, &reading, person, rows, count, &loaded, &screened, err));
    if (!screened) {
        return result_ok();
    }
    struct question question = loaded.view.question;
    question.hub = work->hub.view.question.hub;
    question.agreement = work->hub.view.question.agreement;
    if (question.hub != NULL && has_own_place(work, person->id)) {
        question.hub = work->free_for_them;
    }
    const struct screen_line line = {
        .person = &loaded.view.person,
        .clearance = judge_step(work->casework->rulebook, work->step, &question, work->each),
        .each = work->each,
    };
    count_verdict(&work->totals, line.clearance);
    return work->visit == NULL ? result_ok() : work->visit(work->context, &line, err);
}

static result check_screen(struct transaction *transaction, void *context, struct err *err)
{
    return prepare(context, transaction, err);
}

static result screen(struct transaction *transaction, void *context, struct err *err)
{
    struct screen_work *work = context;
    TRY(prepare(work, transaction, err));
    return transaction_each_person_facts(transaction, work->when.on, work->when.known_at,
                                         screen_person, work, err);
}

/* The lines go out while the caseload is read, so the look is kept first, once it is sure that the
 * account may look. */
static result check_and_screen(struct screen_work *work, struct err *err)
{
    TRY(store_read(work->casework->store, check_screen, work, err));
    TRY(sitting_look(&work->sitting, SUBJECT_OF_REGISTER, 1, "screening", err));
    return store_read(work->casework->store, screen, work, err);
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

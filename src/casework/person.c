#include "casework/casework.h"

#include "casework/arrival.h"
#include "casework/birth.h"
#include "casework/board.h"
#include "casework/foretold.h"
#include "casework/history.h"
#include "casework/sitting.h"

/* --- one question ----------------------------------------------------------------------------- */

struct explain_work {
    const struct casework *casework;
    const struct caller *caller;
    str person;
    str step_name;
    str hub;
    const struct asked *asked;
    struct arena *arena;
    struct sitting sitting;
    uint32_t step;
    struct loaded_case loaded;
};

static result find_hub(struct explain_work *work, const struct person_row *person, int64_t *ret_hub,
                       struct err *err)
{
    const struct step *step = &work->casework->rulebook->steps[work->step];
    *ret_hub = 0;
    if (work->hub.len > 0 && step->with_hub) {
        struct hub_row hub = {.id = 0};
        TRY(sitting_hub(&work->sitting, work->hub, ACTION_SEE_HUB, &hub, err));
        *ret_hub = hub.id;
    } else if (work->hub.len > 0) {
        return err_set(err, ERROR_INPUT, "\"%.*s\" is about no hub", STR_ARG(step->title));
    } else if (step->with_hub && step->place != STEP_PLACE_TAKES) {
        *ret_hub = person->hub; /* a step from a hub is about the hub at which the person is */
    }
    return result_ok();
}

static result read_question(struct transaction *transaction, void *context, struct err *err)
{
    struct explain_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct person_row person = {.id = 0};
    int64_t hub = 0;
    TRY(sitting_read(sitting, work->casework, transaction, work->caller, ACTION_SEE_PERSON,
                     work->arena, err));
    TRY(sitting_person(sitting, work->person, ACTION_SEE_PERSON, &person, err));
    TRY(sitting_step(sitting, work->step_name, &work->step, err));
    TRY(find_hub(work, &person, &hub, err));
    const struct case_time when = case_time_asked(sitting, work->asked);
    TRY(case_for_step(sitting, &person, work->step, hub, &when, &work->loaded, err));
    case_hide(sitting, &work->loaded);
    return case_show(sitting, &work->loaded, err);
}

result casework_explain(const struct casework *casework, const struct caller *caller, str person,
                        str step, str hub, const struct asked *asked, struct arena *arena,
                        struct explain_answer *ret_answer, struct err *err)
{
    struct explain_work work = {.casework = casework,
                                .caller = caller,
                                .person = person,
                                .step_name = step,
                                .hub = str_trim(hub),
                                .asked = asked,
                                .arena = arena};
    TRY(store_read_steady(casework->store, read_question, &work, err));
    struct explain_answer answer = {.view = work.loaded.view};
    const uint32_t stage = rulebook_stage(casework->rulebook, answer.view.person.stage);
    answer.leads_on =
        stage != NOT_FOUND_INDEX &&
        rulebook_step_leaves(casework->rulebook, &casework->rulebook->steps[work.step], stage);
    TRY(explain_step(casework->rulebook, work.step, &answer.view.question, arena,
                     &answer.explanation, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, answer.view.person.id, "explanation", err));
    *ret_answer = answer;
    return result_ok();
}

/* --- the person's page ------------------------------------------------------------------------ */

struct person_work {
    const struct casework *casework;
    const struct caller *caller;
    str reference;
    const struct asked *asked;
    struct arena *arena;
    struct sitting sitting;
    struct loaded_case loaded;
    struct next_step *next_steps;
    const struct question *questions; /* beside next_steps */
    const struct hub_board *board;    /* NULL: none was taken */
    struct person_answer answer;
};

/* The hubs that steps may be asked about: those in sight. */
struct hubs_in_sight {
    struct loaded_case *with_agreement; /* the person, asked about each */
    struct loaded_case *without;
    size_t count;
};

static result add_hub(struct person_work *work, const struct hub_standing *standing,
                      struct hubs_in_sight *hubs, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    if (!sitting_may_hub_under(sitting, &standing->hub, &standing->agreement, ACTION_SEE_HUB)) {
        return result_ok();
    }
    struct loaded_case *with = &hubs->with_agreement[hubs->count];
    struct loaded_case *without = &hubs->without[hubs->count];
    TRY(case_at_standing(sitting, &work->loaded, standing, with, err));
    /* What is answered outlives the board. */
    with->view.hub.reference = arena_copy(work->arena, standing->hub.reference);
    with->view.hub.name = arena_copy(work->arena, standing->hub.name);
    if (with->view.hub.reference.at == NULL || with->view.hub.name.at == NULL) {
        return arena_full(err);
    }
    *without = *with;
    without->view.question.agreement = NULL;
    hubs->count++;
    return result_ok();
}

static result add_hubs(struct person_work *work, const struct hub_standing *standings, size_t count,
                       struct hubs_in_sight *ret_hubs, struct err *err)
{
    struct hubs_in_sight hubs = {
        .with_agreement = ARENA_NEW(work->arena, struct loaded_case, count + 1),
        .without = ARENA_NEW(work->arena, struct loaded_case, count + 1),
    };
    if (hubs.with_agreement == NULL || hubs.without == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(add_hub(work, &standings[i], &hubs, err));
    }
    *ret_hubs = hubs;
    return result_ok();
}

/* Of another time than now the hubs are read one by one. */
static result add_past_hubs(struct person_work *work, struct hubs_in_sight *ret_hubs,
                            struct err *err)
{
    const struct hub_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_hubs(work->sitting.transaction, work->arena, &rows, &count, err));
    struct hub_standing *standings = ARENA_NEW(work->arena, struct hub_standing, count + 1);
    if (standings == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(hub_standing_load(&work->sitting, &work->loaded.when, rows[i].id, true, &standings[i],
                              err));
    }
    return add_hubs(work, standings, count, ret_hubs, err);
}

static result load_hubs(struct person_work *work, struct hubs_in_sight *ret_hubs, struct err *err)
{
    const struct case_time *when = &work->loaded.when;
    if (when->past || !date_equal(when->on, work->sitting.today) ||
        work->sitting.casework->boards == NULL) {
        return add_past_hubs(work, ret_hubs, err);
    }
    TRY(board_take(&work->sitting, &work->board, err));
    return add_hubs(work, work->board->hubs, work->board->count, ret_hubs, err);
}

/* A step that leaves a hub, or concerns somebody at one, is about that hub; a step that takes a
 * place may be about any. */
static bool hub_fits(const struct step *step, const struct person_row *person, int64_t hub)
{
    return step->place == STEP_PLACE_TAKES || person->hub == 0 || person->hub == hub;
}

static void add_next_step(struct person_work *work, struct question *questions, uint32_t step,
                          const struct loaded_case *loaded)
{
    const size_t at = work->answer.next_step_count++;
    work->next_steps[at] = (struct next_step){.step = step, .hub = loaded->view.hub};
    questions[at] = loaded->view.question;
}

static void add_step(struct person_work *work, struct question *questions, uint32_t index,
                     const struct hubs_in_sight *hubs)
{
    const struct step *step = &work->casework->rulebook->steps[index];
    if (!step->with_hub) {
        add_next_step(work, questions, index, &work->loaded);
        return;
    }
    for (size_t i = 0; i < hubs->count; i++) {
        const struct loaded_case *loaded =
            step->with_agreement ? &hubs->with_agreement[i] : &hubs->without[i];
        if (hub_fits(step, &work->loaded.view.person, loaded->view.hub.id)) {
            add_next_step(work, questions, index, loaded);
        }
    }
}

static result find_next_steps(struct person_work *work, struct err *err)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    const uint32_t stage = rulebook_stage(rulebook, work->loaded.view.person.stage);
    struct hubs_in_sight hubs = {.count = 0};
    TRY(load_hubs(work, &hubs, err));
    const size_t most = rulebook->step_count * (hubs.count + 1);
    struct question *questions = ARENA_NEW(work->arena, struct question, most + 1);
    work->next_steps = ARENA_NEW(work->arena, struct next_step, most + 1);
    if (questions == NULL || work->next_steps == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; stage != NOT_FOUND_INDEX && i < rulebook->step_count; i++) {
        if (rulebook_step_leaves(rulebook, &rulebook->steps[i], stage)) {
            add_step(work, questions, (uint32_t)i, &hubs);
        }
    }
    work->questions = questions;
    return result_ok();
}

/* Answers of safeguards that say the same of the person at every hub: each is judged once. */
struct answered {
    const struct question *question; /* about no hub */
    bool *known;                     /* by safeguard */
    enum clearance *clearance;
};

static enum clearance answer_of(const struct rulebook *rulebook, struct answered *answered,
                                uint32_t safeguard, const struct question *question)
{
    if (!rulebook->person_alone[safeguard]) {
        return judge_safeguard(rulebook, safeguard, question);
    }
    if (!answered->known[safeguard]) {
        answered->clearance[safeguard] = judge_safeguard(rulebook, safeguard, answered->question);
        answered->known[safeguard] = true;
    }
    return answered->clearance[safeguard];
}

static result judge_next_step(struct person_work *work, size_t at, struct answered *answered,
                              struct err *err)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    struct next_step *next = &work->next_steps[at];
    const struct step *step = &rulebook->steps[next->step];
    enum clearance *each = ARENA_NEW(work->arena, enum clearance, step->safeguard_count + 1);
    if (each == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < step->safeguard_count; i++) {
        each[i] = answer_of(rulebook, answered, step->safeguards[i], &work->questions[at]);
    }
    next->each = each;
    next->clearance = judge_together(each, step->safeguard_count);
    return result_ok();
}

static result judge_next_steps(struct person_work *work, struct err *err)
{
    const size_t count = work->casework->rulebook->safeguard_count;
    struct answered answered = {
        .question = &work->loaded.view.question,
        .known = ARENA_NEW(work->arena, bool, count + 1),
        .clearance = ARENA_NEW(work->arena, enum clearance, count + 1),
    };
    if (answered.known == NULL || answered.clearance == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->answer.next_step_count; i++) {
        TRY(judge_next_step(work, i, &answered, err));
    }
    work->answer.next_steps = work->next_steps;
    return result_ok();
}

static result judge_clocks(struct person_work *work, struct err *err)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    struct clock_line *clocks =
        ARENA_NEW(work->arena, struct clock_line, rulebook->clock_count + 1);
    if (clocks == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < rulebook->clock_count; i++) {
        const struct clock_answer answer =
            judge_clock(rulebook, (uint32_t)i, &work->loaded.view.question);
        if (answer.state == CLOCK_RUNNING || answer.state == CLOCK_EXPIRED) {
            clocks[count++] = (struct clock_line){.clock = (uint32_t)i, .answer = answer};
        }
    }
    work->answer.clocks = clocks;
    work->answer.clock_count = count;
    return result_ok();
}

static result read_family(struct person_work *work, struct err *err)
{
    const size_t count = work->loaded.view.question.family_count;
    struct person_row *family = ARENA_NEW(work->arena, struct person_row, count + 1);
    struct identity *identities = ARENA_NEW(work->arena, struct identity, count + 1);
    if (family == NULL || identities == NULL) {
        return arena_full(err);
    }
    size_t seen = 0;
    for (size_t i = 0; i < count; i++) {
        bool visible = false;
        const struct person_row *member = &work->loaded.family[i];
        TRY(sitting_may_person(&work->sitting, member, ACTION_SEE_PERSON, &visible, err));
        if (visible) {
            family[seen] = *member;
            TRY(transaction_identity(work->sitting.transaction, member, work->arena,
                                     &identities[seen], err));
            seen++;
        }
    }
    work->answer.family = family;
    work->answer.family_identities = identities;
    work->answer.family_count = seen;
    return result_ok();
}

static result read_history(struct person_work *work, struct err *err)
{
    struct history_overview overview;
    const struct history_of of = {.person = work->loaded.view.person.id,
                                  .when = &work->loaded.when,
                                  .requests = work->answer.requests,
                                  .request_count = work->answer.request_count};
    TRY(history_look_over(&work->sitting, &of, &overview, err));
    work->answer.history = overview.lines;
    work->answer.history_count = overview.count;
    work->answer.history_more = overview.more;
    work->answer.passages = overview.passages;
    work->answer.passage_count = overview.passage_count;
    return result_ok();
}

/* --- hubs that are named ---------------------------------------------------------------------- */

static result name_hub(struct person_work *work, struct hub_row *hubs, int64_t id, struct err *err)
{
    for (size_t i = 0; i < work->answer.hub_count; i++) {
        if (hubs[i].id == id) {
            return result_ok();
        }
    }
    if (id == 0 || !sitting_hub_in_sight(&work->sitting, ACTION_SEE_PERSON, id)) {
        return result_ok();
    }
    return transaction_hub(work->sitting.transaction, id, work->arena,
                           &hubs[work->answer.hub_count++], err);
}

static result name_hubs(struct person_work *work, struct err *err)
{
    struct hub_row *hubs = ARENA_NEW(work->arena, struct hub_row, work->answer.request_count + 1);
    if (hubs == NULL) {
        return arena_full(err);
    }
    TRY(name_hub(work, hubs, work->loaded.view.person.hub, err));
    for (size_t i = 0; i < work->answer.request_count; i++) {
        TRY(name_hub(work, hubs, work->answer.requests[i].hub, err));
    }
    work->answer.hubs = hubs;
    return result_ok();
}

/* The oldest entry is named, as where the step is refused. */
static void hold_next_step(const struct person_work *work, struct next_step *next)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    const uint32_t stage = rulebook_stage(rulebook, work->loaded.view.person.stage);
    for (size_t i = 0; next->held_by == 0 && i < work->answer.foretold_count; i++) {
        const struct foretold *foretold = &work->answer.foretold[i];
        if (foretold_holds(rulebook, stage, foretold, next->step)) {
            next->held_by = foretold->entry;
        }
    }
}

/* What the books say that a step will say, and so is in the way of others. */
static result read_foretold(struct person_work *work, struct err *err)
{
    if (work->loaded.when.past || work->answer.next_step_count == 0) {
        return result_ok();
    }
    TRY(foretold_of(&work->sitting, &work->loaded.view.person, &work->answer.foretold,
                    &work->answer.foretold_count, err));
    for (size_t i = 0; work->answer.foretold_count > 0 && i < work->answer.next_step_count; i++) {
        hold_next_step(work, &work->next_steps[i]);
    }
    return result_ok();
}

/* --- all of it -------------------------------------------------------------------------------- */

/* The facts that the page shows: the person's; of a hub and an agreement where the person is at a
 * hub. */
static result show(struct person_work *work, struct err *err)
{
    struct loaded_case shown = work->loaded;
    const int64_t hub = shown.view.person.hub;
    if (hub != 0 && sitting_hub_in_sight(&work->sitting, ACTION_SEE_PERSON, hub)) {
        TRY(case_at_hub(&work->sitting, &work->loaded, hub, true, &shown, err));
    }
    case_hide(&work->sitting, &shown);
    TRY(case_show(&work->sitting, &shown, err));
    work->answer.view = shown.view;
    work->answer.born_on_in_facts = birth_otherwise(
        work->casework->rulebook, shown.view.identity.born_on, work->loaded.view.question.person);
    return result_ok();
}

static result read_person(struct transaction *transaction, void *context, struct err *err)
{
    struct person_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct person_row person = {.id = 0};
    TRY(sitting_read(sitting, work->casework, transaction, work->caller, ACTION_SEE_PERSON,
                     work->arena, err));
    TRY(sitting_person(sitting, work->reference, ACTION_SEE_PERSON, &person, err));
    const struct case_time when = case_time_asked(sitting, work->asked);
    TRY(case_load(sitting, &person, &when, &work->loaded, err));
    TRY(find_next_steps(work, err));
    TRY(judge_clocks(work, err));
    TRY(history_requests(sitting, &work->loaded.view.person, &work->loaded.when,
                         &work->answer.requests, &work->answer.request_count, err));
    TRY(read_family(work, err));
    TRY(read_history(work, err));
    TRY(name_hubs(work, err));
    TRY(read_foretold(work, err));
    TRY(arrival_in_sight(sitting, &work->loaded.view.person, &work->loaded.when,
                         &work->answer.arrival, err));
    return show(work, err);
}

result casework_person(const struct casework *casework, const struct caller *caller, str reference,
                       const struct asked *asked, struct arena *arena,
                       struct person_answer *ret_answer, struct err *err)
{
    struct person_work work = {.casework = casework,
                               .caller = caller,
                               .reference = reference,
                               .asked = asked,
                               .arena = arena};
    result read = store_read_steady(casework->store, read_person, &work, err);
    read = read.ok ? judge_next_steps(&work, err) : read;
    if (work.board != NULL) {
        board_release(&work.sitting, work.board);
    }
    TRY(read);
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.answer.view.person.id, "person page",
                     err));
    *ret_answer = work.answer;
    return result_ok();
}

/* --- in sight? -------------------------------------------------------------------------------- */

struct sees_work {
    const struct casework *casework;
    const struct caller *caller;
    str reference;
    struct arena *arena;
    bool sees;
};

static result read_sight(struct transaction *transaction, void *context, struct err *err)
{
    struct sees_work *work = context;
    struct sitting sitting;
    struct person_row person;
    struct err failure = {0};
    TRY(sitting_read(&sitting, work->casework, transaction, work->caller, ACTION_SEE_PERSON,
                     work->arena, err));
    work->sees = sitting_person(&sitting, work->reference, ACTION_SEE_PERSON, &person, &failure).ok;
    return work->sees || failure.code == ERROR_NOT_FOUND
               ? result_ok()
               : err_set(err, failure.code, "%s", failure.what);
}

result casework_sees_person(const struct casework *casework, const struct caller *caller,
                            str reference, struct arena *arena, bool *ret_sees, struct err *err)
{
    struct sees_work work = {
        .casework = casework, .caller = caller, .reference = reference, .arena = arena};
    TRY(store_read_steady(casework->store, read_sight, &work, err));
    *ret_sees = work.sees;
    return result_ok();
}

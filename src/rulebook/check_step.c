/* Stages, steps and what guards them: every stage is reached and left, every step leads somewhere.
 */
#include "rulebook/checker.h"

static struct step_draft *step_at(struct checker *checker, size_t index)
{
    return LIST_AT(&checker->draft->steps, struct step_draft, index);
}

static struct stage_draft *stage_at(struct checker *checker, size_t index)
{
    return LIST_AT(&checker->draft->stages, struct stage_draft, index);
}

static void refuse_step(struct checker *checker, const struct step_draft *draft,
                        struct place_in_text at, const char *what, const char *hint)
{
    diagnose(checker->diagnostics, SEVERITY_ERROR, at, "The step \"%.*s\" %s",
             STR_ARG(draft->step.name), what);
    diagnose_hint(checker->diagnostics, "%s", hint);
}

static void check_way(struct checker *checker, struct step_draft *draft)
{
    struct step *step = &draft->step;
    if (draft->from_at.line == 0) {
        refuse_step(checker, draft, step->at, "is one that no stage leads to",
                    "Say where it is taken: \"from STAGE\" or \"from any stage\"");
    }
    if (draft->to_at.line == 0) {
        refuse_step(checker, draft, step->at, "leads nowhere",
                    "Say where it leads: \"to STAGE\" or \"to the same stage\"");
    }
    /* A place is freed at whichever hub it is held; to take one, the hub must be named. */
    if (step->place == STEP_PLACE_TAKES && !step->with_hub) {
        refuse_step(checker, draft, draft->place_at,
                    "takes a place at a hub, and is not asked of a hub", "Add \"with hub\"");
    }
    if (step->title.len == 0) {
        refuse_step(checker, draft, step->at, "has no title", "Write its title in quotes");
    }
}

static bool resolve_approvals(struct checker *checker, struct step_draft *draft)
{
    struct step *step = &draft->step;
    const struct name_at *names = draft->approvals.items;
    if (draft->approvals.count > RULEBOOK_APPROVALS_MAX) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, names[RULEBOOK_APPROVALS_MAX].at,
                 "A step has at most %d approvals", RULEBOOK_APPROVALS_MAX);
        diagnose_hint(checker->diagnostics, "Let an earlier step ask for those that come first");
        return false;
    }
    bool sound = true;
    for (size_t i = 0; i < draft->approvals.count; i++) {
        step->approvals[i] = checker_find(checker, ITEM_ROLE, &names[i]);
        sound = step->approvals[i] != NOT_FOUND_INDEX && sound;
    }
    step->approval_count = draft->approvals.count;
    return sound;
}

static bool check_record(struct checker *checker, const struct setting *setting,
                         struct step_record *ret_record)
{
    struct step_record record = {0};
    if (!checker_setting(checker, setting, &record.fact, &record.value, &record.today)) {
        return false;
    }
    const struct fact *fact = &checker_fact(checker, record.fact)->fact;
    if (fact->counted || fact->subject != SUBJECT_PERSON) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, setting->fact.at,
                 "A step cannot record \"%.*s\"", STR_ARG(fact->name));
        diagnose_hint(checker->diagnostics, "%s",
                      fact->counted ? "The register counts it"
                                    : "A step records facts of its person");
        return false;
    }
    *ret_record = record;
    return true;
}

static bool resolve_records(struct checker *checker, struct step_draft *draft)
{
    const struct setting *settings = draft->records.items;
    struct step_record *records =
        ARENA_NEW(checker->perm, struct step_record, draft->records.count);
    if (records == NULL) {
        return checker_is_full(checker);
    }
    bool sound = true;
    for (size_t i = 0; i < draft->records.count; i++) {
        sound = check_record(checker, &settings[i], &records[i]) && sound;
        for (size_t k = 0; k < i; k++) {
            if (str_equal(settings[k].fact.text, settings[i].fact.text)) {
                diagnose(checker->diagnostics, SEVERITY_ERROR, settings[i].fact.at,
                         "The step records \"%.*s\" twice", STR_ARG(settings[i].fact.text));
                sound = false;
                break;
            }
        }
    }
    draft->step.records = records;
    draft->step.record_count = draft->records.count;
    return sound;
}

static void check_step(struct checker *checker, struct step_draft *draft)
{
    struct step *step = &draft->step;
    if (!draft->broken) {
        check_way(checker, draft);
    }
    bool sound =
        checker_find_all(checker, ITEM_STAGE, &draft->from, &step->from, &step->from_count);
    step->to = NOT_FOUND_INDEX;
    if (draft->to.text.len > 0) {
        step->to = checker_find(checker, ITEM_STAGE, &draft->to);
        sound = step->to != NOT_FOUND_INDEX && sound;
    }
    sound = resolve_approvals(checker, draft) && sound;
    sound = checker_find_all(checker, ITEM_NOTICE, &draft->notices, &step->notices,
                             &step->notice_count) &&
            sound;
    sound = resolve_records(checker, draft) && sound;
    draft->broken = draft->broken || !sound || draft->from_at.line == 0 || draft->to_at.line == 0;
}

/* The graph of stages. */

static bool leaves(struct checker *checker, const struct step *step, uint32_t stage)
{
    if (step->from_any) {
        return !stage_at(checker, stage)->stage.outcome;
    }
    for (size_t i = 0; i < step->from_count; i++) {
        if (step->from[i] == stage) {
            return true;
        }
    }
    return false;
}

/* Does the step lead from one of the stages to another? */
static bool moves(struct checker *checker, const struct step *step, uint32_t from, uint32_t to)
{
    return !step->same_stage && from != to && step->to == to && leaves(checker, step, from);
}

/* Marks every stage that can be reached from those marked, until nothing is added. */
static void spread(struct checker *checker, bool *reached)
{
    const size_t stage_count = checker->draft->stages.count;
    bool grown = true;
    while (grown) {
        grown = false;
        for (size_t i = 0; i < checker->draft->steps.count; i++) {
            const struct step *step = &step_at(checker, i)->step;
            for (uint32_t from = 0; from < stage_count; from++) {
                if (reached[from] && !step->same_stage && !reached[step->to] &&
                    leaves(checker, step, from)) {
                    reached[step->to] = true;
                    grown = true;
                }
            }
        }
    }
}

static bool has_way_out(struct checker *checker, uint32_t stage)
{
    for (size_t i = 0; i < checker->draft->steps.count; i++) {
        const struct step *step = &step_at(checker, i)->step;
        if (!step->same_stage && moves(checker, step, stage, step->to)) {
            return true;
        }
    }
    return false;
}

static bool has_way_in(struct checker *checker, uint32_t stage)
{
    for (size_t i = 0; i < checker->draft->steps.count; i++) {
        for (uint32_t from = 0; from < checker->draft->stages.count; from++) {
            if (moves(checker, &step_at(checker, i)->step, from, stage)) {
                return true;
            }
        }
    }
    return false;
}

/* Where a record begins, somebody has just seen the person; where it ends, nobody looks for them.
 */
static void check_stage_marks(struct checker *checker, uint32_t index)
{
    const struct stage *stage = &stage_at(checker, index)->stage;
    if (stage->whereabouts_unknown && (stage->start || stage->outcome)) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, stage->at,
                 "The stage \"%.*s\" is marked \"%s\" and \"whereabouts unknown\"",
                 STR_ARG(stage->name), stage->start ? "start" : "outcome");
        diagnose_hint(checker->diagnostics, "A person who cannot be found is in a stage of their "
                                            "own, with ways back");
    }
}

static void check_stage_ways(struct checker *checker, uint32_t index, bool reached)
{
    const struct stage *stage = &stage_at(checker, index)->stage;
    if (!reached && !has_way_in(checker, index)) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, stage->at,
                 "No step leads to the stage \"%.*s\"", STR_ARG(stage->name));
        diagnose_hint(checker->diagnostics, "Add a step that leads to it, or mark it \"start\"");
    } else if (!reached) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, stage->at,
                 "The stage \"%.*s\" cannot be reached from the start", STR_ARG(stage->name));
    }
    if (!stage->outcome && !has_way_out(checker, index)) {
        diagnose(checker->diagnostics, SEVERITY_ERROR, stage->at,
                 "No step leads out of the stage \"%.*s\"", STR_ARG(stage->name));
        diagnose_hint(checker->diagnostics,
                      "Add a step that leads out of it, or mark it \"outcome\"");
    }
}

/* How many stages are the start; every one after the first is reported. */
static size_t count_starts(struct checker *checker)
{
    size_t starts = 0;
    for (size_t i = 0; i < checker->draft->stages.count; i++) {
        const struct stage *stage = &stage_at(checker, i)->stage;
        starts += stage->start ? 1 : 0;
        if (stage->start && starts > 1) {
            diagnose(checker->diagnostics, SEVERITY_ERROR, stage->at,
                     "\"%.*s\" is a second stage marked \"start\"", STR_ARG(stage->name));
        }
    }
    return starts;
}

static bool graph_is_sound(struct checker *checker)
{
    bool sound = !checker->draft->unreadable;
    for (size_t i = 0; i < checker->draft->steps.count; i++) {
        sound = sound && !step_at(checker, i)->broken;
    }
    for (size_t i = 0; i < checker->draft->stages.count; i++) {
        sound = sound && !stage_at(checker, i)->broken;
    }
    return sound;
}

static void check_graph(struct checker *checker)
{
    const size_t stage_count = checker->draft->stages.count;
    const size_t starts = count_starts(checker);
    for (uint32_t i = 0; i < stage_count; i++) {
        check_stage_marks(checker, i);
    }
    if (!graph_is_sound(checker)) {
        return; /* what is missing may be what could not be read */
    }
    if (starts == 0) {
        const struct place_in_text at =
            stage_count > 0 ? stage_at(checker, 0)->stage.at : checker->draft->name.at;
        diagnose(checker->diagnostics, SEVERITY_ERROR, at, "No stage is marked \"start\"");
        diagnose_hint(checker->diagnostics,
                      "A person's record begins in the one stage marked \"start\"");
        return;
    }
    bool *reached = ARENA_NEW(checker->scratch, bool, stage_count);
    if (reached == NULL) {
        checker_is_full(checker);
        return;
    }
    for (uint32_t i = 0; i < stage_count; i++) {
        reached[i] = stage_at(checker, i)->stage.start;
    }
    spread(checker, reached);
    for (uint32_t i = 0; i < stage_count; i++) {
        check_stage_ways(checker, i, reached[i]);
    }
}

/* Safeguards. */

static void refuse_safeguard(struct checker *checker, const struct safeguard *safeguard,
                             const char *what, const char *hint)
{
    diagnose(checker->diagnostics, SEVERITY_ERROR, safeguard->at, "The safeguard \"%.*s\" %s",
             STR_ARG(safeguard->name), what);
    diagnose_hint(checker->diagnostics, "%s", hint);
}

static void check_safeguard(struct checker *checker, struct safeguard_draft *draft)
{
    struct safeguard *safeguard = &draft->safeguard;
    const bool named = checker_find_all(checker, ITEM_STEP, &draft->guards, &safeguard->guards,
                                        &safeguard->guard_count);
    if (!draft->broken) {
        if (draft->sources.count == 0) {
            refuse_safeguard(checker, safeguard, "has no source",
                             "Name the instrument, article and paragraph: source \"...\"");
        }
        if (safeguard->reason.len == 0) {
            refuse_safeguard(checker, safeguard, "has no reason",
                             "Say in a sentence what it protects: reason \"...\"");
        }
        if (draft->guards.count == 0) {
            refuse_safeguard(checker, safeguard, "guards no step",
                             "Name the steps: guards STEP, STEP");
        }
        if (!draft->has_condition) {
            refuse_safeguard(checker, safeguard, "has no condition",
                             "Say when a step is clear: clear when CONDITION");
        }
    }
    draft->broken = draft->broken || !named;
}

/* The safeguards of each step, in the order of the text. */
static bool gather_safeguards(struct checker *checker, uint32_t index)
{
    struct step *step = &step_at(checker, index)->step;
    struct list found = {0};
    struct arena scratch = *checker->scratch;
    for (uint32_t i = 0; i < checker->draft->safeguards.count; i++) {
        const struct safeguard *safeguard =
            &LIST_AT(&checker->draft->safeguards, struct safeguard_draft, i)->safeguard;
        for (size_t k = 0; k < safeguard->guard_count; k++) {
            if (safeguard->guards[k] != index) {
                continue;
            }
            uint32_t *added = LIST_ADD(&found, uint32_t, &scratch);
            if (added == NULL) {
                return checker_is_full(checker);
            }
            *added = i;
        }
    }
    step->safeguard_count = found.count;
    step->safeguards = LIST_COPY(&found, uint32_t, checker->perm);
    return found.count == 0 || step->safeguards != NULL || checker_is_full(checker);
}

void check_steps(struct checker *checker)
{
    for (size_t i = 0; i < checker->draft->steps.count; i++) {
        check_step(checker, step_at(checker, i));
    }
    for (size_t i = 0; i < checker->draft->safeguards.count; i++) {
        check_safeguard(checker, LIST_AT(&checker->draft->safeguards, struct safeguard_draft, i));
    }
    check_graph(checker);
    for (uint32_t i = 0; i < checker->draft->steps.count && !checker->out_of_memory; i++) {
        (void)gather_safeguards(checker, i);
    }
}

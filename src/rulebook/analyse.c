/* What a rulebook says in vain, decided by possible.h: conditions that cannot be true or cannot be
 * false, safeguards that add nothing to others, steps that can never be taken. */
#include "rulebook/diagnose.h"
#include "rulebook/possible.h"

#include "rulebook/condition.h"

#include <stdio.h>

enum { NAMES_LEN_MAX = 300 }; /* of the safeguards named in one finding */

/* What is known of a pair of safeguards. */
enum implication { IMPLICATION_NOT_ASKED, IMPLICATION_HOLDS, IMPLICATION_FAILS, IMPLICATION_OPEN };

struct analysis {
    const struct rulebook *rulebook;
    struct possible *possible;
    struct diagnostics *diagnostics;
    struct arena *arena;
    enum possible_answer *clear; /* can each safeguard be clear, */
    enum possible_answer *bar;   /* and can it bar? */
    struct question *witnesses;  /* of its being clear, with little else known */
    uint8_t *implications;       /* [a * safeguard_count + b]: wherever a is clear, b is clear */
};

static result ask(struct analysis *analysis, const struct possible_goal *goals, size_t count,
                  enum possible_answer *ret_answer, struct err *err)
{
    const struct possible_question question = {.goals = goals, .goal_count = count};
    return possible_ask(analysis->possible, &question, ret_answer, NULL, err);
}

static result ask_one(struct analysis *analysis, node_index condition, unsigned truths,
                      enum possible_answer *ret_answer, struct err *err)
{
    const struct possible_goal goal = {.condition = condition, .truths = truths};
    return ask(analysis, &goal, 1, ret_answer, err);
}

static void report_undecided(struct analysis *analysis, struct place_in_text at, const char *kind,
                             str name, const char *what)
{
    diagnose(analysis->diagnostics, SEVERITY_UNDECIDED, at,
             "Not decided within %d trials: whether the %s \"%.*s\" %s", POSSIBLE_TRIALS_MAX, kind,
             STR_ARG(name), what);
    diagnose_hint(analysis->diagnostics, "Say it in fewer alternatives, or with definitions");
}

/* Says that something can never be so, or that this was not decided. */
static void report(struct analysis *analysis, enum possible_answer answer, struct place_in_text at,
                   const char *kind, str name, const char *can)
{
    switch (answer) {
    case POSSIBLE_YES:
        break;
    case POSSIBLE_NO:
        diagnose(analysis->diagnostics, SEVERITY_WARNING, at,
                 "The %s \"%.*s\" can never %s, whatever the facts", kind, STR_ARG(name), can);
        break;
    case POSSIBLE_UNDECIDED: {
        char what[60];
        snprintf(what, sizeof what, "can ever %s", can);
        report_undecided(analysis, at, kind, name, what);
        break;
    }
    }
}

/* Definitions. One that says no more than "always" or "never" means it. */

static result analyse_definitions(struct analysis *analysis, struct err *err)
{
    const struct rulebook *rulebook = analysis->rulebook;
    for (size_t i = 0; i < rulebook->definition_count; i++) {
        const struct definition *definition = &rulebook->definitions[i];
        const enum node_kind kind = rulebook->nodes[definition->condition].kind;
        enum possible_answer holds;
        enum possible_answer fails;
        if (kind == NODE_ALWAYS || kind == NODE_NEVER) {
            continue;
        }
        TRY(ask_one(analysis, definition->condition, TRUTHS_TRUE, &holds, err));
        TRY(ask_one(analysis, definition->condition, TRUTHS_FALSE, &fails, err));
        report(analysis, holds, definition->at, "definition", definition->name, "be true");
        report(analysis, fails, definition->at, "definition", definition->name, "be false");
    }
    return result_ok();
}

/* Clocks: a line counts when its condition is true and those before it are false. */

static result analyse_run(struct analysis *analysis, const struct clock *clock, size_t run,
                          struct err *err)
{
    struct possible_goal *goals = ARENA_NEW(analysis->arena, struct possible_goal, run + 1);
    enum possible_answer answer = POSSIBLE_NO;
    bool reached = true;
    size_t count = 0;
    if (goals == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < run; i++) {
        reached = reached && clock->runs[i].has_when;
        goals[count++] = (struct possible_goal){clock->runs[i].when, TRUTHS_FALSE};
    }
    if (clock->runs[run].has_when) {
        goals[count++] = (struct possible_goal){clock->runs[run].when, TRUTHS_TRUE};
    }
    if (reached) {
        TRY(ask(analysis, goals, count, &answer, err));
    }
    const struct place_in_text at = analysis->rulebook->nodes[clock->runs[run].start].at;
    report(analysis, answer, at, "line of the clock", clock->name, "count");
    return result_ok();
}

static result analyse_clocks(struct analysis *analysis, struct err *err)
{
    for (size_t i = 0; i < analysis->rulebook->clock_count; i++) {
        const struct clock *clock = &analysis->rulebook->clocks[i];
        for (size_t run = 0; run < clock->run_count; run++) {
            TRY(analyse_run(analysis, clock, run, err));
        }
    }
    return result_ok();
}

/* Safeguards, each alone. */

static result analyse_safeguards(struct analysis *analysis, struct err *err)
{
    for (size_t i = 0; i < analysis->rulebook->safeguard_count; i++) {
        const struct safeguard *safeguard = &analysis->rulebook->safeguards[i];
        const struct possible_goal goal = {safeguard->clear_when, TRUTHS_TRUE};
        TRY(possible_ask(analysis->possible,
                         &(struct possible_question){.goals = &goal, .goal_count = 1},
                         &analysis->clear[i], &analysis->witnesses[i], err));
        TRY(ask_one(analysis, safeguard->clear_when, TRUTHS_FALSE, &analysis->bar[i], err));
        report(analysis, analysis->clear[i], safeguard->at, "safeguard", safeguard->name,
               "be clear");
        report(analysis, analysis->bar[i], safeguard->at, "safeguard", safeguard->name, "bar");
    }
    return result_ok();
}

/* Safeguards, two by two. */

static enum implication implication_of(enum possible_answer counterexample)
{
    switch (counterexample) {
    case POSSIBLE_NO:
        return IMPLICATION_HOLDS;
    case POSSIBLE_YES:
        return IMPLICATION_FAILS;
    case POSSIBLE_UNDECIDED:
        break;
    }
    return IMPLICATION_OPEN;
}

/* Most are answered by the witness of the first: with little else known, others are unknown. */
static result find_implication(struct analysis *analysis, uint32_t a, uint32_t b,
                               enum implication *ret_implication, struct err *err)
{
    const struct rulebook *rulebook = analysis->rulebook;
    uint8_t *kept = &analysis->implications[a * rulebook->safeguard_count + b];
    if (*kept != IMPLICATION_NOT_ASKED) {
        *ret_implication = (enum implication) * kept;
        return result_ok();
    }
    enum possible_answer counterexample = POSSIBLE_YES;
    if (judge_safeguard(rulebook, b, &analysis->witnesses[a]) == CLEARANCE_CLEAR) {
        const struct possible_goal goals[] = {
            {rulebook->safeguards[a].clear_when, TRUTHS_TRUE},
            {rulebook->safeguards[b].clear_when, TRUTHS_FALSE | TRUTHS_UNKNOWN},
        };
        TRY(ask(analysis, goals, 2, &counterexample, err));
    }
    *ret_implication = implication_of(counterexample);
    *kept = (uint8_t)*ret_implication;
    return result_ok();
}

/* Does `a` say all that `b` says? Of two that say the same the first does, so that one remains. */
static result find_cover(struct analysis *analysis, uint32_t a, uint32_t b,
                         enum implication *ret_cover, struct err *err)
{
    enum implication back;
    *ret_cover = IMPLICATION_FAILS;
    if (a == b || analysis->clear[a] != POSSIBLE_YES) {
        return result_ok();
    }
    TRY(find_implication(analysis, a, b, ret_cover, err));
    if (*ret_cover == IMPLICATION_HOLDS && a > b && analysis->clear[b] == POSSIBLE_YES) {
        TRY(find_implication(analysis, b, a, &back, err));
        *ret_cover = back == IMPLICATION_HOLDS ? IMPLICATION_FAILS : IMPLICATION_HOLDS;
    }
    return result_ok();
}

/* The first safeguard of the step that covers it, or NOT_FOUND_INDEX; *open when that was not
 * decided of one. */
static result find_cover_at(struct analysis *analysis, uint32_t safeguard, const struct step *step,
                            uint32_t *ret_cover, bool *open, struct err *err)
{
    *ret_cover = NOT_FOUND_INDEX;
    for (size_t i = 0; i < step->safeguard_count && *ret_cover == NOT_FOUND_INDEX; i++) {
        enum implication cover;
        TRY(find_cover(analysis, step->safeguards[i], safeguard, &cover, err));
        *open = *open || cover == IMPLICATION_OPEN;
        *ret_cover = cover == IMPLICATION_HOLDS ? step->safeguards[i] : NOT_FOUND_INDEX;
    }
    return result_ok();
}

static void report_covered(struct analysis *analysis, const struct safeguard *safeguard,
                           const uint32_t *covers)
{
    struct buf buf;
    buf_init(&buf, analysis->diagnostics->arena, NAMES_LEN_MAX);
    for (size_t i = 0; i < safeguard->guard_count; i++) {
        size_t first = 0;
        while (covers[first] != covers[i]) {
            first++;
        }
        if (first == i) {
            const str name = analysis->rulebook->safeguards[covers[i]].name;
            buf_format(&buf, "%s\"%.*s\"", i == 0 ? "" : " or ", STR_ARG(name));
        }
    }
    diagnose(analysis->diagnostics, SEVERITY_WARNING, safeguard->at,
             "The safeguard \"%.*s\" adds nothing to %.*s: for every step it guards, wherever that "
             "is clear, it is clear too",
             STR_ARG(safeguard->name), STR_ARG(buf_str(&buf)));
    diagnose_hint(analysis->diagnostics,
                  "Its reason and its source are still shown; keep it if they are wanted");
}

static result analyse_cover(struct analysis *analysis, uint32_t index, struct err *err)
{
    const struct safeguard *safeguard = &analysis->rulebook->safeguards[index];
    uint32_t *covers = ARENA_NEW(analysis->arena, uint32_t, safeguard->guard_count);
    bool covered = true;
    bool open = false;
    if (covers == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < safeguard->guard_count && covered; i++) {
        const struct step *step = &analysis->rulebook->steps[safeguard->guards[i]];
        bool open_here = false;
        TRY(find_cover_at(analysis, index, step, &covers[i], &open_here, err));
        covered = covers[i] != NOT_FOUND_INDEX || open_here;
        open = open || covers[i] == NOT_FOUND_INDEX;
    }
    if (covered && open) {
        report_undecided(analysis, safeguard->at, "safeguard", safeguard->name,
                         "adds anything to others");
    } else if (covered) {
        report_covered(analysis, safeguard, covers);
    }
    return result_ok();
}

/* One that can never bar says nothing of its own anyhow. */
static result analyse_covers(struct analysis *analysis, struct err *err)
{
    for (uint32_t i = 0; i < analysis->rulebook->safeguard_count; i++) {
        if (analysis->bar[i] != POSSIBLE_NO) {
            TRY(analyse_cover(analysis, i, err));
        }
    }
    return result_ok();
}

/* Steps. */

static result ask_step(struct analysis *analysis, const struct step *step,
                       const uint32_t *safeguards, size_t count, enum possible_answer *ret_answer,
                       struct err *err)
{
    struct possible_goal *goals = ARENA_NEW(analysis->arena, struct possible_goal, count);
    if (goals == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        goals[i] = (struct possible_goal){analysis->rulebook->safeguards[safeguards[i]].clear_when,
                                          TRUTHS_TRUE};
    }
    const struct possible_question question = {
        .goals = goals,
        .goal_count = count,
        .without_hub = !step->with_hub,
        .without_agreement = !step->with_agreement,
    };
    return possible_ask(analysis->possible, &question, ret_answer, NULL, err);
}

/* Two safeguards that exclude each other are named. */
static result explain_step_never_clear(struct analysis *analysis, const struct step *step,
                                       struct err *err)
{
    for (size_t i = 0; i < step->safeguard_count; i++) {
        for (size_t k = 0; k <= i; k++) {
            const uint32_t both[] = {step->safeguards[k], step->safeguards[i]};
            enum possible_answer answer;
            TRY(ask_step(analysis, step, both, 2, &answer, err));
            if (answer != POSSIBLE_NO) {
                continue;
            }
            const str first = analysis->rulebook->safeguards[both[0]].name;
            const str second = analysis->rulebook->safeguards[both[1]].name;
            if (i == k) {
                diagnose_hint(analysis->diagnostics, "\"%.*s\" can never be clear for this step",
                              STR_ARG(first));
            } else {
                diagnose_hint(analysis->diagnostics,
                              "\"%.*s\" and \"%.*s\" can never be clear together", STR_ARG(first),
                              STR_ARG(second));
            }
            return result_ok();
        }
    }
    diagnose_hint(analysis->diagnostics,
                  "No two of its safeguards exclude each other, but all of them together do");
    return result_ok();
}

/* A safeguard that can never be clear was reported already. */
static result analyse_steps(struct analysis *analysis, struct err *err)
{
    for (size_t i = 0; i < analysis->rulebook->step_count; i++) {
        const struct step *step = &analysis->rulebook->steps[i];
        enum possible_answer answer;
        bool each = true;
        for (size_t k = 0; k < step->safeguard_count; k++) {
            each = each && analysis->clear[step->safeguards[k]] == POSSIBLE_YES;
        }
        if (!each) {
            continue;
        }
        TRY(ask_step(analysis, step, step->safeguards, step->safeguard_count, &answer, err));
        report(analysis, answer, step->at, "step", step->name, "be clear");
        if (answer == POSSIBLE_NO) {
            TRY(explain_step_never_clear(analysis, step, err));
        }
    }
    return result_ok();
}

result rulebook_analyse(const struct rulebook *rulebook, struct arena scratch,
                        struct diagnostics *diagnostics, struct err *err)
{
    const size_t count = rulebook->safeguard_count;
    struct analysis analysis = {
        .rulebook = rulebook,
        .diagnostics = diagnostics,
        .arena = &scratch,
        .clear = ARENA_NEW(&scratch, enum possible_answer, count),
        .bar = ARENA_NEW(&scratch, enum possible_answer, count),
        .witnesses = ARENA_NEW(&scratch, struct question, count),
        .implications = ARENA_NEW(&scratch, uint8_t, count * count),
    };
    if (analysis.clear == NULL || analysis.bar == NULL || analysis.witnesses == NULL ||
        analysis.implications == NULL) {
        return arena_full(err);
    }
    TRY(possible_open(rulebook, &scratch, &analysis.possible, err));
    TRY(analyse_definitions(&analysis, err));
    TRY(analyse_clocks(&analysis, err));
    TRY(analyse_safeguards(&analysis, err));
    TRY(analyse_covers(&analysis, err));
    return analyse_steps(&analysis, err);
}

#include "casework/compare.h"

#include "casework/screening.h"

enum { BEFORE, AFTER, SIDES };

/* Everybody, by one of the two rulebooks. */
struct side {
    struct casework casework; /* the caller's, with this rulebook */
    struct sitting sitting;
    struct caseload_columns caseload;
};

/* A step asked about a hub, by one of the two rulebooks. */
struct asked_step {
    const struct step *step; /* NULL: this rulebook has no such step */
    struct screening screening;
    struct screening_answers answers;
};

struct comparing {
    const struct casework *casework;
    const struct caller *caller;
    const struct compare_question *question;
    struct arena *arena;
    compare_visit *visit;
    void *context;
    struct side sides[SIDES];
    struct case_time when;
    struct caseload_sight sight;
    bool names;   /* the account may be told whose verdict changes */
    int64_t done; /* parts of the work */
    const struct hub_row *hubs;
    size_t hub_count;
    const str *steps;
    size_t step_count;
    struct compare_total *totals;
    size_t total_count;
    struct asked_step asked[SIDES];
    const uint32_t *same_safeguard[SIDES]; /* of the other side, by place in the step; or none */
    str *newly;                            /* room for the names of all safeguards */
    str *no_longer;
};

const char *standing_name(enum standing standing)
{
    static const char *const names[] = {
        [STANDING_CLEAR] = "clear",
        [STANDING_BARRED] = "barred",
        [STANDING_UNKNOWN] = "unknown",
        [STANDING_NOT_OPEN] = "not open",
    };
    return names[standing];
}

int64_t compare_changed(const struct compare_total *totals, size_t count)
{
    enum { CELLS = STANDING_COUNT * STANDING_COUNT };
    int64_t changed = 0;
    for (size_t i = 0; i < count * CELLS && changed != COMPARE_WITHHELD; i++) {
        const size_t before = i % CELLS / STANDING_COUNT;
        const size_t after = i % STANDING_COUNT;
        const int64_t people = totals[i / CELLS].people[before][after];
        if (before != after) {
            changed = people == COMPARE_WITHHELD ? COMPARE_WITHHELD : changed + people;
        }
    }
    return changed;
}

static void withhold_small(struct compare_total *total, int64_t small)
{
    for (size_t before = 0; before < STANDING_COUNT; before++) {
        for (size_t after = 0; after < STANDING_COUNT; after++) {
            int64_t *people = &total->people[before][after];
            *people = *people > 0 && *people < small ? COMPARE_WITHHELD : *people;
        }
    }
}

/* --- what is compared ------------------------------------------------------------------------- */

static const struct rulebook *rulebook_of(const struct comparing *comparing, int side)
{
    return comparing->sides[side].casework.rulebook;
}

static result list_steps(struct comparing *comparing, struct err *err)
{
    const struct rulebook *before = rulebook_of(comparing, BEFORE);
    const struct rulebook *after = rulebook_of(comparing, AFTER);
    const str only = comparing->question->step;
    str *steps = ARENA_NEW(comparing->arena, str, before->step_count + after->step_count + 1);
    size_t count = 0;
    if (steps == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < before->step_count; i++) {
        if (only.len == 0 || str_equal(before->steps[i].name, only)) {
            steps[count++] = before->steps[i].name;
        }
    }
    for (size_t i = 0; i < after->step_count; i++) {
        const str name = after->steps[i].name;
        if (rulebook_step(before, name) == NOT_FOUND_INDEX &&
            (only.len == 0 || str_equal(name, only))) {
            steps[count++] = name;
        }
    }
    comparing->steps = steps;
    comparing->step_count = count;
    return count == 0
               ? err_set(err, ERROR_INPUT, "Neither rulebook has a step \"%.*s\"", STR_ARG(only))
               : result_ok();
}

static result list_hubs(struct comparing *comparing, struct err *err)
{
    struct sitting *sitting = &comparing->sides[BEFORE].sitting;
    const struct hub_row *all = NULL;
    size_t all_count = 0;
    if (comparing->question->hub.len > 0) {
        struct hub_row *one = ARENA_NEW(comparing->arena, struct hub_row, 1);
        if (one == NULL) {
            return arena_full(err);
        }
        comparing->hubs = one;
        comparing->hub_count = 1;
        return sitting_hub(sitting, comparing->question->hub, ACTION_COMPARE_RULES, one, err);
    }
    TRY(transaction_hubs(sitting->transaction, comparing->arena, &all, &all_count, err));
    struct hub_row *hubs = ARENA_NEW(comparing->arena, struct hub_row, all_count + 1);
    if (hubs == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < all_count; i++) {
        bool seen = false;
        TRY(sitting_may_hub(sitting, &all[i], ACTION_COMPARE_RULES, &seen, err));
        if (seen) {
            hubs[comparing->hub_count++] = all[i];
        }
    }
    comparing->hubs = hubs;
    return result_ok();
}

/* --- loading ---------------------------------------------------------------------------------- */

/* Every fact of everybody: one load serves all steps. */
static result load_side(struct comparing *comparing, struct transaction *const *transactions,
                        size_t count, struct side *side, struct err *err)
{
    const struct rulebook *rulebook = side->casework.rulebook;
    bool *facts = ARENA_NEW(comparing->arena, bool, rulebook->fact_count + 1);
    bool *stages = ARENA_NEW(comparing->arena, bool, rulebook->stage_count + 1);
    if (facts == NULL || stages == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < rulebook->safeguard_count; i++) {
        judge_reads(rulebook, i, facts);
    }
    screening_reads(rulebook, facts);
    for (size_t i = 0; i < rulebook->stage_count; i++) {
        stages[i] = true;
    }
    const struct caseload_asked asked = {
        .facts = facts, .stages = stages, .families = true, .when = comparing->when};
    return caseload_load(&side->sitting, transactions, count, &asked, &side->caseload, err);
}

static result begin_side(struct comparing *comparing, struct transaction *transaction, int side,
                         struct err *err)
{
    struct side *begun = &comparing->sides[side];
    begun->casework = *comparing->casework;
    begun->casework.rulebook =
        side == BEFORE ? comparing->question->before : comparing->question->after;
    return sitting_read(&begun->sitting, &begun->casework, transaction, comparing->caller,
                        ACTION_COMPARE_RULES, comparing->arena, err);
}

static result begin(struct comparing *comparing, struct transaction *transaction, struct err *err)
{
    TRY(begin_side(comparing, transaction, BEFORE, err));
    TRY(begin_side(comparing, transaction, AFTER, err));
    comparing->when = case_now(&comparing->sides[BEFORE].sitting);
    if (comparing->question->has_on) {
        comparing->when.on = comparing->question->on;
    }
    struct sitting *sitting = &comparing->sides[BEFORE].sitting;
    comparing->names = may_everywhere(&sitting->account, ACTION_SCREEN);
    if (!comparing->names && comparing->question->small == 0) {
        return access_refuse(&sitting->account, ACTION_SCREEN, err);
    }
    TRY(caseload_sight_of(sitting, ACTION_COMPARE_RULES, &comparing->sight, err));
    comparing->hub_count = 0;
    TRY(list_steps(comparing, err));
    return list_hubs(comparing, err);
}

/* --- one step at one hub ---------------------------------------------------------------------- */

/* For each safeguard of a step, the place of the one of the same name in another step. */
static result match_safeguards(struct comparing *comparing, int side, struct err *err)
{
    const struct rulebook *own = rulebook_of(comparing, side);
    const struct rulebook *other = rulebook_of(comparing, SIDES - 1 - side);
    const struct step *step = comparing->asked[side].step;
    const struct step *other_step = comparing->asked[SIDES - 1 - side].step;
    const size_t count = step == NULL ? 0 : step->safeguard_count;
    uint32_t *same = ARENA_NEW(comparing->arena, uint32_t, count + 1);
    if (same == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        const str name = own->safeguards[step->safeguards[i]].name;
        same[i] = NOT_FOUND_INDEX;
        for (uint32_t j = 0; other_step != NULL && j < other_step->safeguard_count; j++) {
            const bool found = str_equal(other->safeguards[other_step->safeguards[j]].name, name);
            same[i] = found ? j : same[i];
        }
    }
    comparing->same_safeguard[side] = same;
    return result_ok();
}

static result ask_side(struct comparing *comparing, int side, str name, int64_t hub,
                       struct err *err)
{
    struct asked_step *asked = &comparing->asked[side];
    struct side *of = &comparing->sides[side];
    const struct rulebook *rulebook = of->casework.rulebook;
    const uint32_t step = rulebook_step(rulebook, name);
    *asked = (struct asked_step){.step = NULL};
    if (step == NOT_FOUND_INDEX) {
        return result_ok();
    }
    asked->step = &rulebook->steps[step];
    TRY(screening_prepare(&asked->screening, &of->sitting, step, asked->step->with_hub ? hub : 0,
                          &comparing->when, err));
    return screening_run(&asked->screening, &of->caseload.columns, &asked->answers, err);
}

/* A person as one of the rulebooks sees them. `row` is NOT_FOUND_INDEX when they are in no stage
 * that it knows. */
struct view {
    uint32_t row;
    enum standing standing;
    const struct screen_answers *answers;
};

static struct view view_of(const struct comparing *comparing, int side, uint32_t row)
{
    static const enum standing standings[] = {
        [CLEARANCE_CLEAR] = STANDING_CLEAR,
        [CLEARANCE_BARRED] = STANDING_BARRED,
        [CLEARANCE_UNKNOWN] = STANDING_UNKNOWN,
    };
    const struct asked_step *asked = &comparing->asked[side];
    struct view view = {.row = row, .standing = STANDING_NOT_OPEN};
    if (row == NOT_FOUND_INDEX || asked->step == NULL) {
        return view;
    }
    const struct caseload_person *person = &comparing->sides[side].caseload.people[row];
    const struct columns *columns = &comparing->sides[side].caseload.columns;
    if (screening_is_open(&asked->screening, person->stage)) {
        view.answers =
            screening_answers_for(&asked->screening, &asked->answers, columns, row, person->id);
        view.standing = standings[screen_clearance(view.answers, row)];
    }
    return view;
}

static bool stands_in_the_way(const struct view *view, size_t safeguard)
{
    return view->standing != STANDING_NOT_OPEN &&
           screen_each(view->answers, safeguard, view->row) != CLEARANCE_CLEAR;
}

/* The safeguards in the way on one side that are clear, or not there, on the other. */
static size_t list_only_here(const struct comparing *comparing, int side, const struct view *view,
                             const struct view *other, str *names)
{
    const struct step *step = comparing->asked[side].step;
    const struct rulebook *rulebook = rulebook_of(comparing, side);
    size_t count = 0;
    for (size_t i = 0; step != NULL && i < step->safeguard_count; i++) {
        const uint32_t same = comparing->same_safeguard[side][i];
        if (stands_in_the_way(view, i) &&
            (same == NOT_FOUND_INDEX || !stands_in_the_way(other, same))) {
            names[count++] = rulebook->safeguards[step->safeguards[i]].name;
        }
    }
    return count;
}

static result visit_change(struct comparing *comparing, const struct caseload_person *person,
                           const struct compare_total *total, const struct view views[SIDES],
                           struct err *err)
{
    struct compare_line line = {
        .person = person->reference,
        .step = total->step,
        .hub = total->hub,
        .before = views[BEFORE].standing,
        .after = views[AFTER].standing,
        .newly_in_the_way = comparing->newly,
        .no_longer_in_the_way = comparing->no_longer,
    };
    line.newly_count =
        list_only_here(comparing, AFTER, &views[AFTER], &views[BEFORE], comparing->newly);
    line.no_longer_count =
        list_only_here(comparing, BEFORE, &views[BEFORE], &views[AFTER], comparing->no_longer);
    return comparing->visit(comparing->context, &line, err);
}

static result compare_person(struct comparing *comparing, struct compare_total *total,
                             const uint32_t rows[SIDES], struct err *err)
{
    const int known_to = rows[BEFORE] != NOT_FOUND_INDEX ? BEFORE : AFTER;
    const struct caseload_person *person =
        &comparing->sides[known_to].caseload.people[rows[known_to]];
    bool seen = false;
    TRY(caseload_sees(&comparing->sides[BEFORE].sitting, &comparing->sight, person, &seen, err));
    if (!seen) {
        return result_ok();
    }
    const struct view views[SIDES] = {view_of(comparing, BEFORE, rows[BEFORE]),
                                      view_of(comparing, AFTER, rows[AFTER])};
    total->people[views[BEFORE].standing][views[AFTER].standing]++;
    return comparing->visit == NULL || !comparing->names ||
                   views[BEFORE].standing == views[AFTER].standing
               ? result_ok()
               : visit_change(comparing, person, total, views, err);
}

/* Both lists rise by id; somebody may be missing from one. */
static result compare_people(struct comparing *comparing, struct compare_total *total,
                             struct err *err)
{
    const struct caseload_columns *before = &comparing->sides[BEFORE].caseload;
    const struct caseload_columns *after = &comparing->sides[AFTER].caseload;
    uint32_t i = 0;
    uint32_t j = 0;
    while (i < before->columns.row_count || j < after->columns.row_count) {
        const int64_t id_before = i < before->columns.row_count ? before->people[i].id : INT64_MAX;
        const int64_t id_after = j < after->columns.row_count ? after->people[j].id : INT64_MAX;
        const uint32_t rows[SIDES] = {id_before <= id_after ? i : NOT_FOUND_INDEX,
                                      id_after <= id_before ? j : NOT_FOUND_INDEX};
        TRY(compare_person(comparing, total, rows, err));
        i += id_before <= id_after ? 1 : 0;
        j += id_after <= id_before ? 1 : 0;
    }
    return result_ok();
}

static bool is_with_hub(const struct comparing *comparing, str step)
{
    bool with_hub = false;
    for (int side = BEFORE; side < SIDES; side++) {
        const struct rulebook *rulebook = rulebook_of(comparing, side);
        const uint32_t found = rulebook_step(rulebook, step);
        with_hub = with_hub || (found != NOT_FOUND_INDEX && rulebook->steps[found].with_hub);
    }
    return with_hub;
}

/* Another part is done: a side loaded, or a step compared at a hub. */
static void tell_progress(struct comparing *comparing)
{
    const struct compare_question *question = comparing->question;
    int64_t all = SIDES;
    comparing->done++;
    if (question->progress == NULL) {
        return;
    }
    for (size_t i = 0; i < comparing->step_count; i++) {
        all += is_with_hub(comparing, comparing->steps[i]) ? (int64_t)comparing->hub_count : 1;
    }
    question->progress(question->progress_context, comparing->done, all);
}

static result ask_and_compare(struct comparing *comparing, struct compare_total *total, int64_t hub,
                              struct err *err)
{
    for (int side = BEFORE; side < SIDES; side++) {
        TRY(ask_side(comparing, side, total->step, hub, err));
    }
    for (int side = BEFORE; side < SIDES; side++) {
        TRY(match_safeguards(comparing, side, err));
    }
    return compare_people(comparing, total, err);
}

static result compare_step_at_hub(struct comparing *comparing, str step, const struct hub_row *hub,
                                  struct err *err)
{
    const struct arena before = *comparing->arena;
    struct compare_total *total = &comparing->totals[comparing->total_count++];
    *total = (struct compare_total){.step = step, .hub = hub == NULL ? STR("") : hub->reference};
    const result compared = ask_and_compare(comparing, total, hub == NULL ? 0 : hub->id, err);
    for (int side = BEFORE; side < SIDES; side++) {
        screening_answers_close(&comparing->asked[side].answers);
    }
    if (!comparing->names) {
        withhold_small(total, comparing->question->small);
    }
    *comparing->arena = before; /* what one step needed, the next may have */
    tell_progress(comparing);
    return compared;
}

/* --- all steps -------------------------------------------------------------------------------- */

static result compare_steps(struct comparing *comparing, struct err *err)
{
    for (size_t i = 0; i < comparing->step_count; i++) {
        const str step = comparing->steps[i];
        if (!is_with_hub(comparing, step)) {
            TRY(compare_step_at_hub(comparing, step, NULL, err));
            continue;
        }
        for (size_t j = 0; j < comparing->hub_count; j++) {
            TRY(compare_step_at_hub(comparing, step, &comparing->hubs[j], err));
        }
    }
    return result_ok();
}

static result make_room(struct comparing *comparing, struct err *err)
{
    const size_t most = rulebook_of(comparing, BEFORE)->safeguard_count +
                        rulebook_of(comparing, AFTER)->safeguard_count + 1;
    comparing->totals = ARENA_NEW(comparing->arena, struct compare_total,
                                  comparing->step_count * (comparing->hub_count + 1) + 1);
    comparing->newly = ARENA_NEW(comparing->arena, str, most);
    comparing->no_longer = ARENA_NEW(comparing->arena, str, most);
    return comparing->totals == NULL || comparing->newly == NULL || comparing->no_longer == NULL
               ? arena_full(err)
               : result_ok();
}

static result load_and_compare(struct comparing *comparing, struct transaction *const *transactions,
                               size_t count, struct err *err)
{
    for (int side = BEFORE; side < SIDES; side++) {
        TRY(load_side(comparing, transactions, count, &comparing->sides[side], err));
        tell_progress(comparing);
    }
    return compare_steps(comparing, err);
}

static result compare_now(struct transaction *const *transactions, size_t count, void *context,
                          struct err *err)
{
    struct comparing *comparing = context;
    TRY(begin(comparing, transactions[0], err));
    TRY(make_room(comparing, err));
    const result compared = load_and_compare(comparing, transactions, count, err);
    for (int side = BEFORE; side < SIDES; side++) {
        caseload_close(&comparing->sides[side].caseload);
    }
    return compared;
}

static result check(struct transaction *transaction, void *context, struct err *err)
{
    return begin(context, transaction, err);
}

result casework_compare(const struct casework *casework, const struct caller *caller,
                        const struct compare_question *question, struct arena *arena,
                        compare_visit *visit, void *context,
                        const struct compare_total **ret_totals, size_t *ret_count, struct err *err)
{
    struct comparing comparing = {.casework = casework,
                                  .caller = caller,
                                  .question = question,
                                  .arena = arena,
                                  .visit = visit,
                                  .context = context};
    /* The lines go out while people are compared, so the look is kept first. */
    TRY(store_read(casework->store, check, &comparing, err));
    TRY(sitting_look(&comparing.sides[BEFORE].sitting, SUBJECT_OF_REGISTER, REGISTER_ID,
                     "rulebook diff", err));
    TRY(store_read_together(casework->store, CASELOAD_THREADS, compare_now, &comparing, err));
    *ret_totals = comparing.totals;
    *ret_count = comparing.total_count;
    return result_ok();
}

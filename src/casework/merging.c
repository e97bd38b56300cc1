#include "casework/merging.h"

#include "casework/facts.h"
#include "casework/record.h"
#include "casework/repeat.h"
#include "casework/text.h"
#include "store/departures.h"

enum { OBSTACLES_MAX = 8 };

struct merging {
    const struct casework *casework;
    const struct caller *caller;
    str continuing;
    str absorbed;
    str reason;
    int64_t merge;
    size_t conflicts_seen;
    struct arena *arena;
    struct sitting sitting;
    struct merge_plan plan;
    struct str_list {
        str *items;
        size_t count;
    } obstacles;
    struct merge_conflict *conflicts;
    struct record_answer answer;
};

/* --- what differs ----------------------------------------------------------------------------- */

static void add_conflict(struct merging *work, str what, str fact, str continuing, str absorbed)
{
    if (continuing.len > 0 && absorbed.len > 0 && !str_equal(continuing, absorbed)) {
        work->conflicts[work->plan.conflict_count++] = (struct merge_conflict){
            .what = what, .fact = fact, .continuing = continuing, .absorbed = absorbed};
    }
}

static str day_text(struct known_day day, struct arena *arena)
{
    char text[DATE_TEXT_SIZE];
    if (!day.known) {
        return STR("");
    }
    date_format(day.day, text);
    return arena_copy(arena, str_from_c(text));
}

static str stage_title(const struct rulebook *rulebook, str name)
{
    const uint32_t stage = rulebook_stage(rulebook, name);
    return stage == NOT_FOUND_INDEX ? name : rulebook->stages[stage].title;
}

/* The title where the rulebook has the fact, its name otherwise. */
static str fact_title(const struct rulebook *rulebook, str name)
{
    const uint32_t fact = rulebook_fact(rulebook, name);
    return fact == NOT_FOUND_INDEX ? name : rulebook->facts[fact].title;
}

static result compare_facts(struct merging *work, const struct fact_row *left, size_t left_count,
                            const struct fact_row *right, size_t right_count)
{
    for (size_t i = 0, k = 0; i < left_count && k < right_count;) {
        const int order = str_compare(left[i].fact, right[k].fact);
        if (order == 0) {
            add_conflict(work, fact_title(work->casework->rulebook, left[i].fact), left[i].fact,
                         left[i].value, right[k].value);
        }
        i += order <= 0 ? 1 : 0;
        k += order >= 0 ? 1 : 0;
    }
    return result_ok();
}

static result find_conflicts(struct merging *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    struct merge_plan *plan = &work->plan;
    const struct rulebook *rulebook = work->casework->rulebook;
    const struct fact_row *left = NULL;
    const struct fact_row *right = NULL;
    size_t left_count = 0;
    size_t right_count = 0;
    TRY(transaction_facts(sitting->transaction, SUBJECT_OF_PERSON, plan->continuing.id,
                          sitting->today, sitting->at, work->arena, &left, &left_count, err));
    TRY(transaction_facts(sitting->transaction, SUBJECT_OF_PERSON, plan->absorbed.id,
                          sitting->today, sitting->at, work->arena, &right, &right_count, err));
    work->conflicts = ARENA_NEW(work->arena, struct merge_conflict, left_count + 4);
    if (work->conflicts == NULL) {
        return arena_full(err);
    }
    plan->conflicts = work->conflicts;
    add_conflict(work, STR("Name"), STR(""), plan->continuing_identity.name,
                 plan->absorbed_identity.name);
    add_conflict(work, STR("Date of birth"), STR(""),
                 day_text(plan->continuing_identity.born_on, work->arena),
                 day_text(plan->absorbed_identity.born_on, work->arena));
    add_conflict(work, STR("Stage"), STR(""), stage_title(rulebook, plan->continuing.stage),
                 stage_title(rulebook, plan->absorbed.stage));
    return compare_facts(work, left, left_count, right, right_count);
}

/* --- what stands in the way ------------------------------------------------------------------- */

static void add_obstacle(struct merging *work, str text)
{
    ASSERT(work->obstacles.count < OBSTACLES_MAX);
    work->obstacles.items[work->obstacles.count++] = text;
}

static bool is_outcome(const struct rulebook *rulebook, str name)
{
    const uint32_t stage = rulebook_stage(rulebook, name);
    return stage != NOT_FOUND_INDEX && rulebook->stages[stage].outcome;
}

static void check_outcomes(struct merging *work)
{
    const struct merge_plan *plan = &work->plan;
    const struct rulebook *rulebook = work->casework->rulebook;
    const bool continuing = is_outcome(rulebook, plan->continuing.stage);
    const bool absorbed = is_outcome(rulebook, plan->absorbed.stage);
    if (continuing && absorbed && !str_equal(plan->continuing.stage, plan->absorbed.stage)) {
        add_obstacle(work,
                     STR("Each has an outcome, and another one: correct the one that is wrong "
                         "first."));
    } else if (continuing && !absorbed) {
        add_obstacle(work, STR("The one that continues has an outcome while the other is open: the "
                               "open one must continue, so that nobody is lost."));
    }
}

static bool holds_place(const struct merge_plan *plan, const struct person_row *person)
{
    bool holds = person->hub != 0;
    for (size_t i = 0; i < plan->request_count; i++) {
        holds = holds || (plan->requests[i].person == person->id && plan->requests[i].place > 0);
    }
    return holds;
}

static bool has_live_request(const struct merge_plan *plan, const struct person_row *person)
{
    bool has = false;
    for (size_t i = 0; i < plan->request_count; i++) {
        has = has || plan->requests[i].person == person->id;
    }
    return has;
}

/* A manifest names people by number, and what is aboard is not renamed: so the one on it continues,
 * and the other brings nothing that could get in the way of the departure but what is known, which
 * is judged. */
static result find_departure(struct merging *work, struct err *err)
{
    const struct merge_plan *plan = &work->plan;
    struct transaction *transaction = work->sitting.transaction;
    struct manifest_entry_row continuing = {.manifest = 0};
    struct manifest_entry_row absorbed = {.manifest = 0};
    TRY(transaction_manifest_entry_of(transaction, plan->continuing.id, &continuing, err));
    TRY(transaction_manifest_entry_of(transaction, plan->absorbed.id, &absorbed, err));
    if (continuing.manifest != 0 && absorbed.manifest != 0) {
        add_obstacle(work, STR("Each of them is on a manifest: take one of them off it, or wait "
                               "until one is accounted for."));
    } else if (absorbed.manifest != 0) {
        add_obstacle(work, STR("The one on a manifest must be the one that continues: name them "
                               "the other way round."));
    } else if (continuing.manifest != 0 &&
               (has_live_request(plan, &plan->absorbed) || plan->absorbed.hub != 0)) {
        add_obstacle(work, STR("One is on a manifest while a request for the other is live, or a "
                               "place is theirs: withdraw that request or end that stay first."));
    }
    return result_ok();
}

static void find_obstacles(struct merging *work)
{
    const struct merge_plan *plan = &work->plan;
    if (holds_place(plan, &plan->continuing) && holds_place(plan, &plan->absorbed)) {
        add_obstacle(work, STR("Each of them holds or occupies a place: a person has one place."));
    } else if (plan->absorbed.hub != 0) {
        add_obstacle(work,
                     STR("The one at a hub must be the one that continues: name them the other way "
                         "round."));
    }
    if (plan->continuing.family != 0 && plan->absorbed.family != 0 &&
        plan->continuing.family != plan->absorbed.family) {
        add_obstacle(work, STR("They are recorded in two families: record first that these are one "
                               "family."));
    }
    if (plan->continuing.protection != 0 || plan->absorbed.protection != 0) {
        add_obstacle(work, STR("One of them is protected: end the protection, and protect the "
                               "merged record."));
    }
    check_outcomes(work);
    work->plan.obstacles = work->obstacles.items;
    work->plan.obstacle_count = work->obstacles.count;
}

/* --- the plan --------------------------------------------------------------------------------- */

static result read_live_requests(struct merging *work, struct err *err)
{
    struct merge_plan *plan = &work->plan;
    const int64_t people[] = {plan->continuing.id, plan->absorbed.id};
    const struct request_row *rows[2] = {NULL, NULL};
    size_t counts[2] = {0, 0};
    for (size_t i = 0; i < 2; i++) {
        const struct request_filter filter = {.person = people[i], .live_only = true};
        TRY(transaction_requests(work->sitting.transaction, &filter, work->arena, &rows[i],
                                 &counts[i], err));
    }
    struct request_row *all = ARENA_NEW(work->arena, struct request_row, counts[0] + counts[1] + 1);
    if (all == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < counts[0] + counts[1]; i++) {
        all[i] = i < counts[0] ? rows[0][i] : rows[1][i - counts[0]];
    }
    plan->requests = all;
    plan->request_count = counts[0] + counts[1];
    return result_ok();
}

/* `continuing` and `absorbed` are in the plan. */
static result make_plan(struct merging *work, struct err *err)
{
    struct merge_plan *plan = &work->plan;
    struct transaction *transaction = work->sitting.transaction;
    if (plan->continuing.id == plan->absorbed.id) {
        return err_set(err, ERROR_CONFLICT, "These are one person already: %.*s",
                       STR_ARG(plan->continuing.reference));
    }
    work->obstacles = (struct str_list){.items = ARENA_NEW(work->arena, str, OBSTACLES_MAX)};
    if (work->obstacles.items == NULL) {
        return arena_full(err);
    }
    TRY(transaction_identity(transaction, &plan->continuing, work->arena,
                             &plan->continuing_identity, err));
    TRY(transaction_identity(transaction, &plan->absorbed, work->arena, &plan->absorbed_identity,
                             err));
    TRY(read_live_requests(work, err));
    TRY(find_conflicts(work, err));
    TRY(find_departure(work, err));
    find_obstacles(work);
    return result_ok();
}

static result refuse_obstacles(const struct merge_plan *plan, struct err *err)
{
    if (plan->obstacle_count == 0) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT, "%.*s and %.*s cannot be merged as they are",
                          STR_ARG(plan->continuing.reference), STR_ARG(plan->absorbed.reference)),
                  "the hint returns the failure");
    return err_hint(err, "%.*s", STR_ARG(plan->obstacles[0]));
}

static result find_both(struct merging *work, enum action action, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    TRY(sitting_person(sitting, work->continuing, action, &work->plan.continuing, err));
    TRY(sitting_person(sitting, work->absorbed, action, &work->plan.absorbed, err));
    sitting->addressed_count = 0; /* whole persons are merged, whichever reference was used */
    return result_ok();
}

static result read_plan(struct transaction *transaction, void *context, struct err *err)
{
    struct merging *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SEE_DUPLICATES, work->arena, err));
    TRY(find_both(work, ACTION_SEE_DUPLICATES, err));
    return make_plan(work, err);
}

static result look_at_both(const struct merging *work, struct err *err)
{
    TRY(sitting_look(&work->sitting, SUBJECT_OF_PERSON, work->plan.continuing.id, "merge plan",
                     err));
    return sitting_look(&work->sitting, SUBJECT_OF_PERSON, work->plan.absorbed.id, "merge plan",
                        err);
}

result casework_merge_plan(const struct casework *casework, const struct caller *caller,
                           str continuing, str absorbed, struct arena *arena,
                           struct merge_plan *ret_plan, struct err *err)
{
    struct merging work = {.casework = casework,
                           .caller = caller,
                           .continuing = continuing,
                           .absorbed = absorbed,
                           .arena = arena};
    TRY(store_read(casework->store, read_plan, &work, err));
    TRY(look_at_both(&work, err));
    *ret_plan = work.plan;
    return result_ok();
}

/* --- how it came about ------------------------------------------------------------------------ */

/* Whose body says why; "" for an event that says nothing or that there is not. */
static result reason_of(struct sitting *sitting, int64_t position, str *ret_reason, struct err *err)
{
    struct event event = {.kind = EVENT_NONE};
    if (position != 0) {
        TRY(transaction_event(sitting->transaction, position, sitting->arena, &event, err));
    }
    *ret_reason = event.kind == EVENT_MERGE_REQUESTED  ? event.body.merge_requested.reason
                  : event.kind == EVENT_MERGE_DECLINED ? event.body.merge_declined.reason
                  : event.kind == EVENT_IDENTITIES_SEPARATED
                      ? event.body.identities_separated.reason
                      : STR("");
    return result_ok();
}

static result tell_course(struct merging *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    const struct merge_row *merge = &work->plan.merge;
    struct merge_course course = {.asked_here = merge->requested_by == sitting->account.id};
    TRY(sitting_actor(sitting, merge->requested_by, &course.requested_by, err));
    TRY(sitting_actor(sitting, merge->decided_by, &course.decided_by, err));
    TRY(sitting_actor(sitting, merge->undone_by, &course.undone_by, err));
    TRY(reason_of(sitting, merge->id, &course.reason, err));
    TRY(reason_of(sitting, merge->decided_event, &course.declined_because, err));
    TRY(reason_of(sitting, merge->undone_event, &course.undone_because, err));
    work->plan.course = course;
    return result_ok();
}

/* --- asking ----------------------------------------------------------------------------------- */

/* The same two are asked for once at a time. */
static result refuse_second(struct merging *work, struct err *err)
{
    const struct merge_row *merges = NULL;
    size_t count = 0;
    TRY(transaction_merges(work->sitting.transaction, work->plan.continuing.id, MERGE_ASKED,
                           work->arena, &merges, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (merges[i].continues == work->plan.absorbed.id ||
            merges[i].absorbed == work->plan.absorbed.id) {
            return err_set(err, ERROR_CONFLICT,
                           "Merging these two has been asked for already (merge %lld)",
                           (long long)merges[i].id);
        }
    }
    return result_ok();
}

static result conflict_names(const struct merging *work, struct text_list *ret_names,
                             struct err *err)
{
    str *names = ARENA_NEW(work->arena, str, work->plan.conflict_count + 1);
    if (names == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->plan.conflict_count; i++) {
        names[i] = work->plan.conflicts[i].what;
    }
    *ret_names = (struct text_list){.items = names, .count = work->plan.conflict_count};
    return result_ok();
}

static result ask_again(struct merging *work, const struct event *before, struct err *err)
{
    const struct merge_requested_body *body = &before->body.merge_requested;
    if (before->kind != EVENT_MERGE_REQUESTED || !str_equal(body->reason, work->reason)) {
        return sitting_client_id_taken(err);
    }
    TRY(transaction_merge(work->sitting.transaction, before->position, &work->plan.merge, err));
    TRY(tell_course(work, err));
    return work->plan.continuing.id == work->plan.absorbed.id ? result_ok() : make_plan(work, err);
}

static result ask(struct transaction *transaction, void *context, struct err *err)
{
    struct merging *work = context;
    struct sitting *sitting = &work->sitting;
    struct event before;
    work->plan = (struct merge_plan){.conflict_count = 0};
    TRY(sitting_record(sitting, work->casework, transaction, work->caller, ACTION_REQUEST_MERGE,
                       work->arena, &before, err));
    TRY(find_both(work, ACTION_REQUEST_MERGE, err));
    if (before.position != 0) {
        return ask_again(work, &before, err);
    }
    TRY(make_plan(work, err));
    TRY(refuse_obstacles(&work->plan, err));
    TRY(refuse_second(work, err));
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = work->plan.continuing.id,
        .kind = EVENT_MERGE_REQUESTED,
        .effective_on = sitting->today,
        .body.merge_requested = {.other = work->plan.absorbed.id, .reason = work->reason},
    };
    TRY(conflict_names(work, &event.body.merge_requested.conflicts, err));
    TRY(sitting_append(sitting, &event, err));
    TRY(transaction_merge(transaction, event.position, &work->plan.merge, err));
    return tell_course(work, err);
}

result casework_request_merge(const struct casework *casework, const struct caller *caller,
                              str continuing, str absorbed, str reason, struct arena *arena,
                              struct merge_plan *ret_plan, struct err *err)
{
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct merging work = {.casework = casework,
                           .caller = caller,
                           .continuing = continuing,
                           .absorbed = absorbed,
                           .reason = str_trim(reason),
                           .arena = arena};
    TRY(store_write(casework->store, ask, &work, err));
    *ret_plan = work.plan;
    return result_ok();
}

/* --- deciding --------------------------------------------------------------------------------- */

static result no_such_merge(int64_t id, struct err *err)
{
    return err_set(err, ERROR_NOT_FOUND, "There is no merge %lld for this account", (long long)id);
}

static result merge_erased(int64_t id, struct err *err)
{
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "A record of merge %lld was erased: whose each event was cannot be "
                          "told any more",
                          (long long)id),
                  "the hint returns the failure");
    return err_hint(err, "What remains of them stays together, and nothing is to be done.");
}

result merging_in_sight(struct sitting *sitting, const struct merge_row *merge, enum action action,
                        bool *ret_in_sight, bool *ret_erased, struct err *err)
{
    const int64_t records[] = {merge->continues, merge->absorbed};
    bool in_sight = true;
    bool erased = false;
    for (size_t i = 0; i < 2; i++) {
        struct person_row person;
        bool visible = false;
        TRY(transaction_person(sitting->transaction, records[i], sitting->arena, &person, err));
        TRY(sitting_may_person(sitting, &person, action, &visible, err));
        in_sight =
            in_sight && (visible || (person.erased && may_somewhere(&sitting->account, action)));
        erased = erased || person.erased;
    }
    *ret_in_sight = in_sight;
    *ret_erased = erased;
    return result_ok();
}

result merging_find(struct sitting *sitting, int64_t id, enum action action,
                    struct merge_row *ret_merge, struct err *err)
{
    struct err failure = {0};
    struct merge_row merge;
    bool in_sight = false;
    bool erased = false;
    if (!transaction_merge(sitting->transaction, id, &merge, &failure).ok) {
        return failure.code == ERROR_NOT_FOUND ? no_such_merge(id, err)
                                               : err_set(err, failure.code, "%s", failure.what);
    }
    TRY(merging_in_sight(sitting, &merge, action, &in_sight, &erased, err));
    if (!in_sight) {
        return no_such_merge(id, err);
    }
    if (erased) {
        return merge_erased(id, err);
    }
    *ret_merge = merge;
    return result_ok();
}

/* The people of a merge that was asked for; one that was done or declined shows the records. */
static result plan_of_merge(struct merging *work, const struct merge_row *merge, struct err *err)
{
    struct merge_plan *plan = &work->plan;
    struct transaction *transaction = work->sitting.transaction;
    *plan = (struct merge_plan){.merge = *merge};
    TRY(tell_course(work, err));
    TRY(transaction_record(transaction, plan->merge.continues, work->arena, &plan->continuing,
                           err));
    TRY(transaction_record(transaction, plan->merge.absorbed, work->arena, &plan->absorbed, err));
    if (plan->merge.state == MERGE_ASKED) {
        TRY(transaction_person(transaction, plan->merge.continues, work->arena, &plan->continuing,
                               err));
        TRY(transaction_person(transaction, plan->merge.absorbed, work->arena, &plan->absorbed,
                               err));
        return make_plan(work, err);
    }
    TRY(transaction_identity(transaction, &plan->continuing, work->arena,
                             &plan->continuing_identity, err));
    return transaction_identity(transaction, &plan->absorbed, work->arena, &plan->absorbed_identity,
                                err);
}

static result read_merge(struct transaction *transaction, void *context, struct err *err)
{
    struct merging *work = context;
    struct merge_row merge;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SEE_DUPLICATES, work->arena, err));
    TRY(merging_find(&work->sitting, work->merge, ACTION_SEE_DUPLICATES, &merge, err));
    return plan_of_merge(work, &merge, err);
}

result casework_merge(const struct casework *casework, const struct caller *caller, int64_t merge,
                      struct arena *arena, struct merge_plan *ret_plan, struct err *err)
{
    struct merging work = {.casework = casework, .caller = caller, .merge = merge, .arena = arena};
    TRY(store_read(casework->store, read_merge, &work, err));
    TRY(look_at_both(&work, err));
    *ret_plan = work.plan;
    return result_ok();
}

/* Both records must be persons of their own still: another merge may have come between. */
static result check_may_merge(const struct merging *work, struct err *err)
{
    const struct merge_plan *plan = &work->plan;
    if (plan->merge.state != MERGE_ASKED) {
        return err_set(err, ERROR_CONFLICT, "The merge %lld is %s already",
                       (long long)plan->merge.id, merge_state_name(plan->merge.state));
    }
    const bool asked = plan->merge.requested_by == work->sitting.account.id;
    TRY(sitting_no_conflict(ACTION_DECIDE_MERGE, asked ? 1U << RELATION_ASKED : 0, err));
    if (plan->continuing.id != plan->merge.continues || plan->absorbed.id != plan->merge.absorbed) {
        result_ignore(
            err_set(err, ERROR_CONFLICT, "One of the records has been merged with another since"),
            "the hint returns the failure");
        return err_hint(err, "Decline this one, and ask for the merge of %.*s and %.*s.",
                        STR_ARG(plan->continuing.reference), STR_ARG(plan->absorbed.reference));
    }
    TRY(refuse_obstacles(plan, err));
    if (work->conflicts_seen != plan->conflict_count) {
        result_ignore(err_set(err, ERROR_CONFLICT,
                              "The two records differ in another number of points than was "
                              "looked at (%zu, not %zu)",
                              plan->conflict_count, work->conflicts_seen),
                      "the hint returns the failure");
        return err_hint(err, "Look at them again before the records are merged.");
    }
    return result_ok();
}

static result confirm(struct transaction *transaction, void *context, struct err *err)
{
    struct merging *work = context;
    struct sitting *sitting = &work->sitting;
    struct event before;
    struct merge_row merge;
    TRY(sitting_record(sitting, work->casework, transaction, work->caller, ACTION_DECIDE_MERGE,
                       work->arena, &before, err));
    TRY(merging_find(sitting, work->merge, ACTION_DECIDE_MERGE, &merge, err));
    if (before.position != 0) {
        struct done_before done;
        if (before.kind != EVENT_IDENTITIES_MERGED ||
            before.body.identities_merged.request != work->merge) {
            return sitting_client_id_taken(err);
        }
        TRY(repeat_events(sitting, &before, &done, err));
        return repeat_record_answer(sitting, &done, &work->answer, err);
    }
    TRY(plan_of_merge(work, &merge, err));
    TRY(check_may_merge(work, err));
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = work->plan.continuing.id,
        .kind = EVENT_IDENTITIES_MERGED,
        .effective_on = sitting->today,
        .body.identities_merged = {.request = work->merge, .other = work->plan.absorbed.id},
    };
    int64_t *events = ARENA_NEW(work->arena, int64_t, 1);
    if (events == NULL) {
        return arena_full(err);
    }
    TRY(conflict_names(work, &event.body.identities_merged.conflicts, err));
    TRY(sitting_append(sitting, &event, err));
    const struct touched touched = {.kind = SUBJECT_OF_PERSON, .id = work->plan.continuing.id};
    events[0] = event.position;
    return record_finish(sitting, &touched, 1, events, 1, &work->answer, err);
}

result casework_confirm_merge(const struct casework *casework, const struct caller *caller,
                              int64_t merge, size_t conflicts_seen, struct arena *arena,
                              struct record_answer *ret_answer, struct err *err)
{
    struct merging work = {.casework = casework,
                           .caller = caller,
                           .merge = merge,
                           .conflicts_seen = conflicts_seen,
                           .arena = arena};
    TRY(store_write(casework->store, confirm, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}

static result decline(struct transaction *transaction, void *context, struct err *err)
{
    struct merging *work = context;
    struct sitting *sitting = &work->sitting;
    struct event before;
    struct merge_row merge;
    TRY(sitting_record(sitting, work->casework, transaction, work->caller, ACTION_SEE_DUPLICATES,
                       work->arena, &before, err));
    TRY(merging_find(sitting, work->merge, ACTION_SEE_DUPLICATES, &merge, err));
    if (before.position != 0) {
        const struct merge_declined_body *body = &before.body.merge_declined;
        return before.kind == EVENT_MERGE_DECLINED && body->request == work->merge &&
                       str_equal(body->reason, work->reason)
                   ? result_ok()
                   : sitting_client_id_taken(err);
    }
    if (merge.requested_by != sitting->account.id &&
        !may_somewhere(&sitting->account, ACTION_DECIDE_MERGE)) {
        return err_set(err, ERROR_FORBIDDEN,
                       "A merge is declined by whoever asked for it or may decide it");
    }
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = merge.continues,
        .kind = EVENT_MERGE_DECLINED,
        .effective_on = sitting->today,
        .body.merge_declined = {.request = merge.id,
                                .other = merge.absorbed,
                                .reason = work->reason},
    };
    /* The register itself refuses what was decided already. */
    return sitting_append(sitting, &event, err);
}

result casework_decline_merge(const struct casework *casework, const struct caller *caller,
                              int64_t merge, str reason, struct arena *arena, struct err *err)
{
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct merging work = {.casework = casework,
                           .caller = caller,
                           .merge = merge,
                           .reason = str_trim(reason),
                           .arena = arena};
    return store_write(casework->store, decline, &work, err);
}

/* --- all of them ------------------------------------------------------------------------------ */

struct merges_work {
    const struct casework *casework;
    const struct caller *caller;
    enum merge_state state;
    struct arena *arena;
    struct sitting sitting;
    struct merge_line *lines;
    size_t count;
};

static result reference_of(struct sitting *sitting, int64_t record, str *ret_reference,
                           struct err *err)
{
    struct person_row row;
    TRY(transaction_record(sitting->transaction, record, sitting->arena, &row, err));
    *ret_reference = row.reference;
    return result_ok();
}

result merging_describe(struct sitting *sitting, const struct merge_row *merge,
                        struct merge_line *ret_line, struct err *err)
{
    struct merge_line line = {.merge = *merge};
    TRY(reference_of(sitting, merge->continues, &line.continuing, err));
    TRY(reference_of(sitting, merge->absorbed, &line.absorbed, err));
    TRY(sitting_actor(sitting, merge->requested_by, &line.requested_by, err));
    TRY(sitting_actor(sitting, merge->decided_by, &line.decided_by, err));
    TRY(sitting_actor(sitting, merge->undone_by, &line.undone_by, err));
    *ret_line = line;
    return result_ok();
}

static result read_merges(struct transaction *transaction, void *context, struct err *err)
{
    struct merges_work *work = context;
    const struct merge_row *merges = NULL;
    size_t count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SEE_DUPLICATES, work->arena, err));
    TRY(transaction_merges(transaction, 0, work->state, work->arena, &merges, &count, err));
    work->lines = ARENA_NEW(work->arena, struct merge_line, count + 1);
    if (work->lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        bool in_sight = false;
        bool erased = false;
        TRY(merging_in_sight(&work->sitting, &merges[i], ACTION_SEE_DUPLICATES, &in_sight, &erased,
                             err));
        if (in_sight) {
            TRY(merging_describe(&work->sitting, &merges[i], &work->lines[work->count++], err));
        }
    }
    return result_ok();
}

result casework_merges(const struct casework *casework, const struct caller *caller,
                       enum merge_state state, struct arena *arena,
                       const struct merge_line **ret_lines, size_t *ret_count, struct err *err)
{
    struct merges_work work = {
        .casework = casework, .caller = caller, .state = state, .arena = arena};
    TRY(store_read(casework->store, read_merges, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "merges", err));
    *ret_lines = work.lines;
    *ret_count = work.count;
    return result_ok();
}

/* A merge undone: the plan of it, and the doing. */
#include "casework/merging.h"

#include "casework/record.h"
#include "casework/repeat.h"
#include "casework/text.h"

struct separating {
    const struct casework *casework;
    const struct caller *caller;
    int64_t merge;
    str reason;
    const struct separation_decision *decisions;
    size_t decision_count;
    struct arena *arena;
    struct sitting sitting;
    const struct merge_row *merges; /* in force among the records */
    size_t merge_count;
    struct identity_event *events;
    size_t event_count;
    struct attributed *attributed;
    struct separation_line *lines;
    struct separation_plan plan;
    struct record_answer answer;
};

/* --- what is known ---------------------------------------------------------------------------- */

static result read_merges_in_force(struct separating *work, struct err *err)
{
    struct transaction *transaction = work->sitting.transaction;
    const int64_t *records = NULL;
    size_t count = 0;
    TRY(transaction_records(transaction, work->plan.merge.continues, KNOWN_NOW, work->arena,
                            &records, &count, err));
    struct merge_row *merges = ARENA_NEW(work->arena, struct merge_row, count + 1);
    if (merges == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        const struct merge_row *rows = NULL;
        size_t row_count = 0;
        TRY(transaction_merges(transaction, records[i], MERGE_DONE, work->arena, &rows, &row_count,
                               err));
        for (size_t k = 0; k < row_count; k++) {
            if (rows[k].absorbed == records[i]) {
                merges[work->merge_count++] = rows[k];
            }
        }
    }
    work->merges = merges;
    return result_ok();
}

/* Of the records that are one person now: events about others that once were are not theirs. */
static result read_events(struct separating *work, struct err *err)
{
    const int64_t *records = NULL;
    size_t record_count = 0;
    size_t kept = 0;
    struct transaction *transaction = work->sitting.transaction;
    TRY(transaction_records(transaction, work->plan.merge.continues, KNOWN_NOW, work->arena,
                            &records, &record_count, err));
    TRY(transaction_identity_events(transaction, work->plan.merge.continues, 0, KNOWN_NOW,
                                    work->arena, &work->events, &work->event_count, err));
    for (size_t i = 0; i < work->event_count; i++) {
        bool theirs = false;
        for (size_t k = 0; k < record_count; k++) {
            theirs = theirs || work->events[i].about == records[k];
        }
        if (theirs) {
            work->events[kept++] = work->events[i];
        }
    }
    work->event_count = kept;
    return result_ok();
}

/* --- decisions -------------------------------------------------------------------------------- */

static struct separation_line *line_of(struct separating *work, int64_t position)
{
    for (size_t i = 0; i < work->plan.line_count; i++) {
        if (work->lines[i].event.position == position) {
            return &work->lines[i];
        }
    }
    return NULL;
}

static result refuse_decision(int64_t event, const char *why, struct err *err)
{
    return err_set(err, ERROR_INPUT, "Event %lld is not to be decided: %s", (long long)event, why);
}

static result decide(struct separating *work, const struct separation_decision *decision,
                     struct err *err)
{
    struct separation_line *line = line_of(work, decision->event);
    if (line == NULL) {
        return refuse_decision(decision->event, "it is not one recorded since the merge", err);
    }
    if (line->decided) {
        return refuse_decision(decision->event, "it was decided already", err);
    }
    if (line->to != ATTRIBUTION_UNDECIDED) {
        return refuse_decision(decision->event, "it is told whom it is about", err);
    }
    if (line->follows != 0) {
        return refuse_decision(decision->event, "it goes with the event it follows", err);
    }
    line->to = decision->to_absorbed ? ATTRIBUTION_ABSORBED : ATTRIBUTION_CONTINUING;
    line->decided = true;
    return result_ok();
}

/* Those that follow a decided one go with it; what is left is counted. */
static void follow(struct separating *work)
{
    work->plan.undecided = 0;
    for (size_t i = 0; i < work->plan.line_count; i++) {
        struct separation_line *line = &work->lines[i];
        const struct separation_line *followed =
            line->follows != 0 ? line_of(work, line->follows) : NULL;
        if (line->to == ATTRIBUTION_UNDECIDED && followed != NULL) {
            line->to = followed->to;
        }
        work->plan.undecided += line->to == ATTRIBUTION_UNDECIDED ? 1 : 0;
    }
}

static result make_lines(struct separating *work, struct err *err)
{
    size_t count = 0;
    TRY(identity_attribute(&work->plan.merge, work->merges, work->merge_count, work->events,
                           work->event_count, work->arena, &work->attributed, &count, err));
    work->lines = ARENA_NEW(work->arena, struct separation_line, count + 1);
    if (work->lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct person_row record;
        TRY(transaction_record(work->sitting.transaction, work->attributed[i].about, work->arena,
                               &record, err));
        work->lines[i] = (struct separation_line){.event = *work->attributed[i].event,
                                                  .record = record.reference,
                                                  .to = work->attributed[i].to,
                                                  .follows = work->attributed[i].follows};
    }
    work->plan.lines = work->lines;
    work->plan.line_count = count;
    return result_ok();
}

/* --- how they come out of it ------------------------------------------------------------------ */

static bool is_on_absorbed_side(const struct separating *work, int64_t record)
{
    return identity_on_absorbed_side(&work->plan.merge, work->merges, work->merge_count, record);
}

/* The record that an event goes to, when it stands under one of the other side. */
static int64_t goes_to(const struct separating *work, const struct separation_line *line,
                       int64_t about)
{
    const bool stands_absorbed = is_on_absorbed_side(work, about);
    const bool goes_absorbed = line->to == ATTRIBUTION_ABSORBED;
    return stands_absorbed == goes_absorbed ? about
           : goes_absorbed                  ? work->plan.merge.absorbed
                                            : work->plan.merge.continues;
}

static result fold_both(struct separating *work, struct err *err)
{
    const int64_t *kin = NULL;
    size_t kin_count = 0;
    struct identity_event *events = NULL;
    size_t event_count = 0;
    struct person_row *rows = NULL;
    struct transaction *transaction = work->sitting.transaction;
    TRY(transaction_kin(transaction, work->plan.merge.continues, work->arena, &kin, &kin_count,
                        err));
    TRY(transaction_identity_events(transaction, work->plan.merge.continues, 0, KNOWN_NOW,
                                    work->arena, &events, &event_count, err));
    for (size_t i = 0; i < event_count; i++) {
        const struct separation_line *line = line_of(work, events[i].event.position);
        events[i].about = line != NULL ? goes_to(work, line, events[i].about) : events[i].about;
        if (events[i].event.position == work->plan.merge.decided_event) {
            events[i].in_force = false;
        }
    }
    TRY(identity_fold(kin, kin_count, events, event_count, work->arena, &rows, err));
    for (size_t i = 0; i < kin_count; i++) {
        if (kin[i] == work->plan.merge.absorbed) {
            work->plan.absorbed = rows[i];
        } else if (kin[i] == work->plan.merge.continues) {
            work->plan.continuing = rows[i];
        }
    }
    return result_ok();
}

static result make_plan(struct separating *work, const struct merge_row *merge, struct err *err)
{
    work->plan = (struct separation_plan){.merge = *merge};
    work->merge_count = 0;
    if (work->plan.merge.state != MERGE_DONE) {
        return err_set(err, ERROR_CONFLICT, "The merge %lld is %s, so it cannot be undone",
                       (long long)work->merge, merge_state_name(work->plan.merge.state));
    }
    TRY(read_merges_in_force(work, err));
    TRY(read_events(work, err));
    TRY(make_lines(work, err));
    for (size_t i = 0; i < work->decision_count; i++) {
        TRY(decide(work, &work->decisions[i], err));
    }
    follow(work);
    return work->plan.undecided == 0 ? fold_both(work, err) : result_ok();
}

static result read_plan(struct transaction *transaction, void *context, struct err *err)
{
    struct separating *work = context;
    struct merge_row merge;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_SEE_DUPLICATES, work->arena, err));
    TRY(merging_find(&work->sitting, work->merge, ACTION_SEE_DUPLICATES, &merge, err));
    return make_plan(work, &merge, err);
}

result casework_separation_plan(const struct casework *casework, const struct caller *caller,
                                int64_t merge, const struct separation_decision *decisions,
                                size_t decision_count, struct arena *arena,
                                struct separation_plan *ret_plan, struct err *err)
{
    struct separating work = {.casework = casework,
                              .caller = caller,
                              .merge = merge,
                              .decisions = decisions,
                              .decision_count = decision_count,
                              .arena = arena};
    TRY(store_read(casework->store, read_plan, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.plan.merge.continues, "merge plan",
                     err));
    *ret_plan = work.plan;
    return result_ok();
}

/* --- doing it --------------------------------------------------------------------------------- */

static result list_moved(struct separating *work, struct number_list *ret_moved, struct err *err)
{
    int64_t *moved = ARENA_NEW(work->arena, int64_t, work->plan.line_count + 1);
    size_t count = 0;
    if (moved == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < work->plan.line_count; i++) {
        const int64_t about = work->attributed[i].about;
        if (goes_to(work, &work->lines[i], about) != about) {
            moved[count++] = work->lines[i].event.position;
        }
    }
    *ret_moved = (struct number_list){.items = moved, .count = count};
    return result_ok();
}

static result refuse_undecided(const struct separating *work, struct err *err)
{
    if (work->plan.undecided == 0) {
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_CONFLICT,
                          "Of %zu of the events since the merge it is not decided whom they are "
                          "about",
                          work->plan.undecided),
                  "the hint returns the failure");
    return err_hint(err, "Look at the plan: each of them must be given to one of the two.");
}

/* What was nobody's to see but those named stays so on both sides. */
static result protect_both(struct sitting *sitting, const struct merge_row *merge,
                           int64_t protection, struct err *err)
{
    const int64_t sides[] = {merge->continues, merge->absorbed};
    struct event was;
    if (protection == 0) {
        return result_ok();
    }
    TRY(transaction_event(sitting->transaction, protection, sitting->arena, &was, err));
    for (size_t i = 0; i < 2; i++) {
        struct person_row side;
        TRY(transaction_person(sitting->transaction, sides[i], sitting->arena, &side, err));
        if (side.protection == 0) {
            struct event event = {.subject_kind = SUBJECT_OF_PERSON,
                                  .subject = side.id,
                                  .kind = EVENT_PROTECTION_SET,
                                  .effective_on = sitting->today,
                                  .body.protection_set = was.body.protection_set};
            TRY(sitting_append(sitting, &event, err));
        }
    }
    return result_ok();
}

static result append_separation(struct separating *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    const struct merge_row *merge = &work->plan.merge;
    int64_t *events = ARENA_NEW(work->arena, int64_t, 1);
    struct event event = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = merge->continues,
        .kind = EVENT_IDENTITIES_SEPARATED,
        .effective_on = sitting->today,
        .body.identities_separated = {.request = merge->id,
                                      .other = merge->absorbed,
                                      .reason = work->reason},
    };
    if (events == NULL) {
        return arena_full(err);
    }
    struct person_row whole;
    TRY(list_moved(work, &event.body.identities_separated.moved, err));
    TRY(transaction_person(sitting->transaction, merge->continues, work->arena, &whole, err));
    TRY(sitting_append(sitting, &event, err));
    events[0] = event.position;
    TRY(protect_both(sitting, merge, whole.protection, err));
    const struct touched touched[] = {
        {.kind = SUBJECT_OF_PERSON, .id = merge->continues},
        {.kind = SUBJECT_OF_PERSON, .id = merge->absorbed},
    };
    return record_finish(sitting, touched, 2, events, 1, &work->answer, err);
}

static result separate(struct transaction *transaction, void *context, struct err *err)
{
    struct separating *work = context;
    struct sitting *sitting = &work->sitting;
    struct event before;
    struct merge_row merge;
    TRY(sitting_record(sitting, work->casework, transaction, work->caller, ACTION_DECIDE_MERGE,
                       work->arena, &before, err));
    TRY(merging_find(sitting, work->merge, ACTION_DECIDE_MERGE, &merge, err));
    if (before.position != 0) {
        const struct identities_separated_body *body = &before.body.identities_separated;
        struct done_before done;
        if (before.kind != EVENT_IDENTITIES_SEPARATED || body->request != work->merge ||
            !str_equal(body->reason, work->reason)) {
            return sitting_client_id_taken(err);
        }
        TRY(repeat_events(sitting, &before, &done, err));
        return repeat_record_answer(sitting, &done, &work->answer, err);
    }
    TRY(make_plan(work, &merge, err));
    TRY(refuse_undecided(work, err));
    return append_separation(work, err);
}

result casework_separate(const struct casework *casework, const struct caller *caller,
                         int64_t merge, str reason, const struct separation_decision *decisions,
                         size_t decision_count, struct arena *arena,
                         struct record_answer *ret_answer, struct err *err)
{
    TRY(text_line_required("The reason", reason, SOURCE_MAX_BYTES, err));
    struct separating work = {.casework = casework,
                              .caller = caller,
                              .merge = merge,
                              .reason = str_trim(reason),
                              .decisions = decisions,
                              .decision_count = decision_count,
                              .arena = arena};
    TRY(store_write(casework->store, separate, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}

#include "casework/facts.h"
#include "casework/manifest_work.h"
#include "casework/requests.h"
#include "casework/stopping.h"

#include <string.h>

struct manifest_question {
    const struct casework *casework;
    const struct caller *caller;
    str reference;
    bool unfinished_only;
    struct arena *arena;
    struct sitting sitting;
    const struct manifest_line *lines;
    size_t count;
    struct manifest_answer answer;
};

static result describe(struct sitting *sitting, const struct manifest_row *row,
                       struct manifest_line *ret_line, struct err *err)
{
    struct manifest_line line = {.row = *row};
    const struct manifest_entry_row *entries = NULL;
    size_t count = 0;
    struct arena scratch = *sitting->arena;
    TRY(transaction_manifest_entries(sitting->transaction, row->id, &scratch, &entries, &count,
                                     err));
    for (size_t i = 0; i < count; i++) {
        line.listed += entries[i].state == ENTRY_LISTED ? 1 : 0;
        line.boarded += entries[i].boarded_event > 0 ? 1 : 0;
    }
    if (row->hub != 0) {
        TRY(transaction_hub(sitting->transaction, row->hub, sitting->arena, &line.hub, err));
    }
    TRY(sitting_actor(sitting, row->lead, &line.lead, err));
    *ret_line = line;
    return result_ok();
}

static result read_manifests(struct transaction *transaction, void *context, struct err *err)
{
    struct manifest_question *question = context;
    const struct manifest_row *rows = NULL;
    size_t count = 0;
    TRY(sitting_read(&question->sitting, question->casework, transaction, question->caller,
                     ACTION_SEE_MANIFEST, question->arena, err));
    TRY(transaction_manifests(transaction, question->unfinished_only, question->arena, &rows,
                              &count, err));
    struct manifest_line *lines = ARENA_NEW(question->arena, struct manifest_line, count + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (manifest_may(&question->sitting, &rows[i], ACTION_SEE_MANIFEST)) {
            TRY(describe(&question->sitting, &rows[i], &lines[question->count], err));
            question->count++;
        }
    }
    question->lines = lines;
    return result_ok();
}

result casework_manifests(const struct casework *casework, const struct caller *caller,
                          bool unfinished_only, struct arena *arena,
                          const struct manifest_line **ret_lines, size_t *ret_count,
                          struct err *err)
{
    struct manifest_question question = {
        .casework = casework, .caller = caller, .unfinished_only = unfinished_only, .arena = arena};
    TRY(store_read(casework->store, read_manifests, &question, err));
    TRY(sitting_look(&question.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "manifests", err));
    *ret_lines = question.lines;
    *ret_count = question.count;
    return result_ok();
}

/* --- what the plan is compared with ----------------------------------------------------------- */

static bool is_of_plan(str fact)
{
    return str_equal(fact, DEPARTURE_DESTINATION_FACT) || str_equal(fact, DEPARTURE_ON_FACT);
}

/* The facts of the person that stand in one safeguard of the step with the destination or the day
 * of the departure, and are of that type: what the person was told, what was found of the
 * destination. Which those are, the rulebook says. */
static void mark_compared(const struct rulebook *rulebook, const struct step *step,
                          struct arena scratch, bool *compared)
{
    bool *read = ARENA_NEW(&scratch, bool, rulebook->fact_count);
    for (size_t i = 0; read != NULL && i < step->safeguard_count; i++) {
        memset(read, 0, rulebook->fact_count * sizeof *read);
        judge_reads(rulebook, step->safeguards[i], read);
        bool of_plan = false;
        for (size_t fact = 0; fact < rulebook->fact_count; fact++) {
            of_plan = of_plan || (read[fact] && is_of_plan(rulebook->facts[fact].name));
        }
        for (size_t fact = 0; fact < rulebook->fact_count; fact++) {
            compared[fact] = compared[fact] || (of_plan && read[fact]);
        }
    }
}

bool casework_step_boards(const struct rulebook *rulebook, const struct step *step,
                          struct arena scratch)
{
    const bool knows = rulebook_fact(rulebook, DEPARTURE_ON_FACT) != NOT_FOUND_INDEX ||
                       rulebook_fact(rulebook, DEPARTURE_DESTINATION_FACT) != NOT_FOUND_INDEX;
    bool *compared = ARENA_NEW(&scratch, bool, rulebook->fact_count);
    bool looks = !knows;
    if (compared != NULL) {
        mark_compared(rulebook, step, scratch, compared);
    }
    for (size_t fact = 0; compared != NULL && fact < rulebook->fact_count; fact++) {
        looks = looks || compared[fact];
    }
    return looks && step->approval_count > 0;
}

static bool may_be_compared(const struct fact *fact)
{
    const bool same_type =
        fact->type == FACT_COUNTRY || fact->type == FACT_COUNTRIES || fact->type == FACT_DATE;
    return fact->subject == SUBJECT_PERSON && same_type && !is_of_plan(fact->name);
}

static result show_compared(struct sitting *sitting, const struct step_case *judged,
                            struct manifest_person *person, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    bool *compared = ARENA_NEW(sitting->arena, bool, rulebook->fact_count);
    struct known_fact *facts = ARENA_NEW(sitting->arena, struct known_fact, rulebook->fact_count);
    if (compared == NULL || facts == NULL) {
        return arena_full(err);
    }
    mark_compared(rulebook, judged->rule, *sitting->arena, compared);
    for (uint32_t fact = 0; fact < rulebook->fact_count; fact++) {
        if (compared[fact] && may_be_compared(&rulebook->facts[fact])) {
            facts[person->compared_count++] = (struct known_fact){
                .fact = fact, .value = judged->loaded.person.values[fact], .actor = STR("")};
        }
    }
    person->compared = facts;
    return result_ok();
}

/* --- the people on it ------------------------------------------------------------------------- */

/* What boarding would find: with the facts of now, on the day that is planned. */
static result judge_listed(struct sitting *sitting, const struct manifest_row *manifest,
                           struct manifest_person *person, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t step = rulebook_step(rulebook, manifest->step);
    if (!manifest_step_leaves(rulebook, step, &person->person)) {
        person->clearance = CLEARANCE_BARRED;
        return result_ok();
    }
    const struct departure_plan plan = manifest_plan(manifest, instant_date(manifest->departs_at));
    struct step_work work = {.judged = false};
    struct step_case judged;
    struct text_list names;
    TRY(step_judge(sitting, &work, &person->person, step, manifest->hub, &plan, &judged, err));
    TRY(stopping_names(rulebook, step, judged.each, sitting->arena, &names, err));
    person->clearance = judged.clearance;
    person->safeguards = names.items;
    person->safeguard_count = names.count;
    return show_compared(sitting, &judged, person, err);
}

static result describe_person(struct sitting *sitting, const struct manifest_row *manifest,
                              const struct manifest_entry_row *entry,
                              struct manifest_person *ret_person, struct err *err)
{
    struct manifest_person person = {.entry = *entry, .judged = entry->state == ENTRY_LISTED};
    TRY(transaction_person(sitting->transaction, entry->person, sitting->arena, &person.person,
                           err));
    TRY(transaction_identity(sitting->transaction, &person.person, sitting->arena, &person.identity,
                             err));
    if (person.judged) {
        TRY(judge_listed(sitting, manifest, &person, err));
    }
    *ret_person = person;
    return result_ok();
}

/* Approved requests for its step and its hub, of people who are on no manifest. */
static result read_waiting(struct manifest_question *question, const struct manifest_row *row,
                           struct err *err)
{
    struct sitting *sitting = &question->sitting;
    const struct request_filter filter = {.hub = row->hub, .live_only = true};
    const struct request_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_requests(sitting->transaction, &filter, sitting->arena, &rows, &count, err));
    struct work_request *waiting = ARENA_NEW(sitting->arena, struct work_request, count + 1);
    if (waiting == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct manifest_entry_row elsewhere = {0};
        struct work_request *request = &waiting[question->answer.waiting_count];
        bool in_sight = false;
        if (rows[i].state != REQUEST_APPROVED || !str_equal(rows[i].step, row->step)) {
            continue;
        }
        TRY(transaction_manifest_entry_of(sitting->transaction, rows[i].person, &elsewhere, err));
        TRY(request_describe(sitting, &rows[i], request, err));
        TRY(sitting_may_person(sitting, &request->person, ACTION_SEE_MANIFEST, &in_sight, err));
        question->answer.waiting_count += in_sight && elsewhere.manifest == 0 ? 1 : 0;
    }
    question->answer.waiting = waiting;
    return result_ok();
}

static result is_gone(struct sitting *sitting, const struct manifest_person *person, bool *ret_gone,
                      struct err *err)
{
    const enum manifest_entry_state state = person->entry.state;
    bool hidden = false;
    TRY(sitting_hides(sitting, &person->person, ACTION_SEE_MANIFEST, &hidden, err));
    *ret_gone = !hidden && (state == ENTRY_STOPPED || state == ENTRY_TAKEN_OFF);
    return result_ok();
}

static bool is_on_it(const struct manifest_entry_row *entry)
{
    return entry->state == ENTRY_LISTED || entry->state == ENTRY_BOARDED;
}

static result read_manifest(struct transaction *transaction, void *context, struct err *err)
{
    struct manifest_question *question = context;
    struct sitting *sitting = &question->sitting;
    const struct manifest_entry_row *entries = NULL;
    size_t count = 0;
    struct manifest_row row = {0};
    TRY(sitting_read(sitting, question->casework, transaction, question->caller,
                     ACTION_SEE_MANIFEST, question->arena, err));
    TRY(manifest_find(sitting, question->reference, ACTION_SEE_MANIFEST, &row, err));
    TRY(describe(sitting, &row, &question->answer.manifest, err));
    TRY(transaction_manifest_entries(transaction, row.id, question->arena, &entries, &count, err));
    struct manifest_person *people = ARENA_NEW(question->arena, struct manifest_person, count + 1);
    if (people == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct manifest_person *person = &people[question->answer.count];
        bool in_sight = false;
        bool gone = false;
        TRY(describe_person(sitting, &row, &entries[i], person, err));
        TRY(sitting_may_person(sitting, &person->person, ACTION_SEE_MANIFEST, &in_sight, err));
        if (!in_sight) {
            TRY(is_gone(sitting, person, &gone, err));
        }
        question->answer.count += in_sight ? 1 : 0;
        question->answer.gone += gone ? 1 : 0;
        question->answer.out_of_sight += !in_sight && is_on_it(&entries[i]) ? 1 : 0;
    }
    question->answer.people = people;
    return row.state == MANIFEST_OPEN ? read_waiting(question, &row, err) : result_ok();
}

result casework_manifest(const struct casework *casework, const struct caller *caller,
                         str reference, struct arena *arena, struct manifest_answer *ret_answer,
                         struct err *err)
{
    struct manifest_question question = {
        .casework = casework, .caller = caller, .reference = reference, .arena = arena};
    TRY(store_read(casework->store, read_manifest, &question, err));
    TRY(sitting_look(&question.sitting, SUBJECT_OF_MANIFEST, question.answer.manifest.row.id,
                     "manifest", err));
    *ret_answer = question.answer;
    return result_ok();
}

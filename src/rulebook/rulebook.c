#include "rulebook/rulebook.h"

#include "rulebook/canonical.h"
#include "rulebook/check.h"
#include "rulebook/condition.h"
#include "rulebook/diagnose.h"
#include "rulebook/example.h"
#include "rulebook/names.h"
#include "rulebook/parse.h"

#include <string.h>

/* As long as everything its author wrote, laid out more widely. */
enum { CANONICAL_BYTES_MAX = 256 * 1024 * 1024 };

static result write_identity(struct rulebook *rulebook, struct arena *perm, struct err *err)
{
    struct buf buf;
    buf_init(&buf, perm, CANONICAL_BYTES_MAX);
    canonical_rulebook(rulebook, &buf);
    TRY(buf_finish(&buf, &rulebook->canonical, err));
    rulebook->identity = sha256_of(rulebook->canonical);
    return result_ok();
}

/* Which safeguards read of nothing but people. */
static result tell_person_alone(struct rulebook *rulebook, struct arena *perm, struct arena scratch,
                                struct err *err)
{
    bool *alone = ARENA_NEW(perm, bool, rulebook->safeguard_count + 1);
    bool *read = ARENA_NEW(&scratch, bool, rulebook->fact_count + 1);
    if (alone == NULL || read == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < rulebook->safeguard_count; i++) {
        memset(read, 0, rulebook->fact_count * sizeof read[0]);
        judge_reads(rulebook, i, read);
        alone[i] = true;
        for (size_t fact = 0; fact < rulebook->fact_count; fact++) {
            alone[i] = alone[i] && (!read[fact] || rulebook->facts[fact].subject == SUBJECT_PERSON);
        }
    }
    rulebook->person_alone = alone;
    return result_ok();
}

result rulebook_load(const struct rulebook_file *files, size_t file_count, struct arena *perm,
                     struct arena scratch, const struct rulebook **ret_rulebook,
                     struct diagnostics *diagnostics, struct err *err)
{
    ASSERT(perm->begin != scratch.begin && diagnostics->arena->begin != scratch.begin);
    struct rulebook *rulebook = ARENA_NEW(perm, struct rulebook, 1);
    struct rulebook_draft draft;
    if (rulebook == NULL) {
        return arena_full(err);
    }
    const struct place_in_text beginning = {
        .file = file_count > 0 ? files[0].name : STR(""), .line = 1, .column = 1};
    TRY(parse_rulebook(files, file_count, perm, &scratch, diagnostics, &draft, err));
    TRY(check_rulebook(&draft, beginning, perm, &scratch, diagnostics, rulebook, err));
    if (diagnostics->error_count == 0) {
        TRY(write_identity(rulebook, perm, err));
        TRY(tell_person_alone(rulebook, perm, scratch, err));
        TRY(check_warnings(rulebook, scratch, diagnostics, err));
        rulebook_check_invariants(rulebook);
    }
    diagnostics_sort(diagnostics, files, file_count);
    TRY(diagnostics_result(diagnostics, err));
    *ret_rulebook = rulebook;
    return result_ok();
}

/* Examples. */

struct example_facts {
    struct value *values;
    const struct value **members;
    struct question question;
};

static void set_given(struct value *values, const struct given *given, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        values[given[i].fact] = given[i].value;
    }
}

/* The question an example asks; what it does not give is unknown. */
static bool ask_example(const struct rulebook *rulebook, const struct example *example,
                        struct arena *scratch, struct question *ret_question)
{
    struct value *values = ARENA_NEW(scratch, struct value, rulebook->fact_count);
    const struct value **family = ARENA_NEW(scratch, const struct value *, example->member_count);
    if (values == NULL || family == NULL) {
        return false;
    }
    set_given(values, example->given, example->given_count);
    for (size_t i = 0; i < example->member_count; i++) {
        struct value *member = ARENA_NEW(scratch, struct value, rulebook->fact_count);
        if (member == NULL) {
            return false;
        }
        set_given(member, example->members[i].given, example->members[i].given_count);
        family[i] = member;
    }
    *ret_question = (struct question){
        .person = values,
        .hub = values,
        .agreement = values,
        .family = family,
        .family_count = example->member_count,
        .today = example->has_day ? example->day : rulebook->in_force_from,
    };
    return true;
}

static const char *outcome_name(enum clearance clearance)
{
    static const char *const names[] = {[CLEARANCE_CLEAR] = "clear",
                                        [CLEARANCE_BARRED] = "barred",
                                        [CLEARANCE_UNKNOWN] = "unknown"};
    return names[clearance];
}

static void put_needs(const struct rulebook *rulebook, const bool *needed, struct buf *buf)
{
    const char *before = "";
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        if (needed[i]) {
            buf_put_c(buf, before);
            buf_put(buf, rulebook->facts[i].name);
            before = ", ";
        }
    }
    buf_put_c(buf, before[0] == '\0' ? "nothing" : "");
}

/* Compares the facts an example says are needed with those that are. */
static bool needs_hold(const struct rulebook *rulebook, const struct example *example,
                       const struct question *question, struct arena *scratch,
                       struct diagnostics *diagnostics)
{
    bool *needed = ARENA_NEW(scratch, bool, rulebook->fact_count);
    bool *expected = ARENA_NEW(scratch, bool, rulebook->fact_count);
    if (needed == NULL || expected == NULL) {
        return false;
    }
    judge_needs(rulebook, example->item, question, needed);
    for (size_t i = 0; i < example->need_count; i++) {
        expected[example->needs[i]] = true;
    }
    if (memcmp(needed, expected, rulebook->fact_count * sizeof needed[0]) == 0) {
        return true;
    }
    struct buf expected_names;
    struct buf found_names;
    buf_init(&expected_names, scratch, 1000);
    put_needs(rulebook, expected, &expected_names);
    buf_init(&found_names, scratch, 1000);
    put_needs(rulebook, needed, &found_names);
    diagnose(diagnostics, SEVERITY_ERROR, example->at,
             "The example \"%.*s\" does not hold: it needs %.*s, not %.*s",
             STR_ARG(diagnose_shown(example->title)), STR_ARG(buf_str(&found_names)),
             STR_ARG(buf_str(&expected_names)));
    return false;
}

static bool safeguard_example_holds(const struct rulebook *rulebook, const struct example *example,
                                    const struct question *question, struct arena *scratch,
                                    struct diagnostics *diagnostics)
{
    const enum clearance found = judge_safeguard(rulebook, example->item, question);
    if (found != example->expected) {
        diagnose(diagnostics, SEVERITY_ERROR, example->at,
                 "The example \"%.*s\" does not hold: the safeguard \"%.*s\" is %s, not %s",
                 STR_ARG(diagnose_shown(example->title)),
                 STR_ARG(rulebook->safeguards[example->item].name), outcome_name(found),
                 outcome_name(example->expected));
        if (found == CLEARANCE_UNKNOWN) {
            bool *needed = ARENA_NEW(scratch, bool, rulebook->fact_count);
            struct buf names;
            buf_init(&names, scratch, 1000);
            if (needed != NULL) {
                judge_needs(rulebook, example->item, question, needed);
                put_needs(rulebook, needed, &names);
                diagnose_hint(diagnostics, "What is not known and could decide it: %.*s",
                              STR_ARG(buf_str(&names)));
            }
        }
        return false;
    }
    return !example->has_needs || needs_hold(rulebook, example, question, scratch, diagnostics);
}

static str last_day_text(bool known, date day, char text[DATE_TEXT_SIZE])
{
    if (!known) {
        return STR("unknown");
    }
    date_format(day, text);
    return str_from_c(text);
}

static bool clock_example_holds(const struct rulebook *rulebook, const struct example *example,
                                const struct question *question, struct diagnostics *diagnostics)
{
    const struct clock_answer answer = judge_clock(rulebook, example->item, question);
    const bool same = answer.has_last_day == example->has_last_day &&
                      (!answer.has_last_day || date_equal(answer.last_day, example->last_day));
    if (same) {
        return true;
    }
    char found[DATE_TEXT_SIZE];
    char expected[DATE_TEXT_SIZE];
    diagnose(diagnostics, SEVERITY_ERROR, example->at,
             "The example \"%.*s\" does not hold: the last day of \"%.*s\" is %.*s, not %.*s",
             STR_ARG(diagnose_shown(example->title)), STR_ARG(rulebook->clocks[example->item].name),
             STR_ARG(last_day_text(answer.has_last_day, answer.last_day, found)),
             STR_ARG(last_day_text(example->has_last_day, example->last_day, expected)));
    return false;
}

result rulebook_run_examples(const struct rulebook *rulebook, struct arena scratch,
                             struct examples_outcome *ret_outcome, struct diagnostics *diagnostics,
                             struct err *err)
{
    ASSERT(diagnostics->arena->begin != scratch.begin);
    struct examples_outcome outcome = {0};
    for (size_t i = 0; i < rulebook->example_count; i++) {
        const struct example *example = &rulebook->examples[i];
        struct arena each = scratch;
        struct question question;
        if (!ask_example(rulebook, example, &each, &question)) {
            return arena_full(err);
        }
        const bool holds =
            example->of_clock
                ? clock_example_holds(rulebook, example, &question, diagnostics)
                : safeguard_example_holds(rulebook, example, &question, &each, diagnostics);
        outcome.passed += holds ? 1 : 0;
        outcome.failed += holds ? 0 : 1;
    }
    *ret_outcome = outcome;
    return result_ok();
}

/* Look-ups. */

uint32_t rulebook_fact(const struct rulebook *rulebook, str name)
{
    return name_index_find(&rulebook->names->of[ITEM_FACT], name);
}

uint32_t rulebook_step(const struct rulebook *rulebook, str name)
{
    return name_index_find(&rulebook->names->of[ITEM_STEP], name);
}

uint32_t rulebook_stage(const struct rulebook *rulebook, str name)
{
    return name_index_find(&rulebook->names->of[ITEM_STAGE], name);
}

uint32_t rulebook_clock(const struct rulebook *rulebook, str name)
{
    return name_index_find(&rulebook->names->of[ITEM_CLOCK], name);
}

uint32_t rulebook_safeguard(const struct rulebook *rulebook, str name)
{
    return name_index_find(&rulebook->names->of[ITEM_SAFEGUARD], name);
}

uint32_t rulebook_role(const struct rulebook *rulebook, str name)
{
    return name_index_find(&rulebook->names->of[ITEM_ROLE], name);
}

str rulebook_nearest_fact(const struct rulebook *rulebook, str name)
{
    return name_index_nearest(&rulebook->names->of[ITEM_FACT], name);
}

str rulebook_nearest_step(const struct rulebook *rulebook, str name)
{
    return name_index_nearest(&rulebook->names->of[ITEM_STEP], name);
}

str rulebook_country_name(const struct rulebook *rulebook, uint16_t code)
{
    size_t low = 0;
    size_t high = rulebook->country_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (rulebook->countries[middle].code < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const bool found = low < rulebook->country_count && rulebook->countries[low].code == code;
    return found ? rulebook->countries[low].name : STR("");
}

bool rulebook_step_leaves(const struct rulebook *rulebook, const struct step *step, uint32_t stage)
{
    ASSERT(stage < rulebook->stage_count);
    if (step->from_any) {
        return !rulebook->stages[stage].outcome;
    }
    for (size_t i = 0; i < step->from_count; i++) {
        if (step->from[i] == stage) {
            return true;
        }
    }
    return false;
}

/* Invariants; the numbers are those of rulebook.h. */

static void check_range(const uint32_t *items, size_t count, size_t item_count)
{
    for (size_t i = 0; i < count; i++) {
        ASSERT(items[i] < item_count);
    }
}

static size_t items_spoken_of(const struct rulebook *rulebook, const struct node *node)
{
    switch (node->kind) {
    case NODE_FLAG:
    case NODE_KNOWN:
    case NODE_UNKNOWN:
    case NODE_FACT:
        return rulebook->fact_count;
    case NODE_DEFINITION:
        return rulebook->definition_count;
    case NODE_EXPIRED:
    case NODE_RUNNING:
    case NODE_LAST_DAY:
        return rulebook->clock_count;
    case NODE_LITERAL:
        return node->type == FACT_CHOICE ? rulebook->fact_count : SIZE_MAX;
    case NODE_ALWAYS:
    case NODE_NEVER:
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
    case NODE_EQUAL:
    case NODE_NOT_EQUAL:
    case NODE_LESS:
    case NODE_LESS_EQUAL:
    case NODE_GREATER:
    case NODE_GREATER_EQUAL:
    case NODE_IN_LIST:
    case NODE_IN_SET:
    case NODE_ANY_MEMBER:
    case NODE_NO_MEMBER:
    case NODE_EVERY_MEMBER:
    case NODE_TODAY:
    case NODE_AFTER:
    case NODE_BEFORE:
    case NODE_LATER:
    case NODE_EARLIER:
    case NODE_NAME:
        return SIZE_MAX;
    }
    return 0;
}

static void check_nodes(const struct rulebook *rulebook)
{
    for (node_index i = 0; i < rulebook->node_count; i++) {
        const struct node *node = &rulebook->nodes[i];
        ASSERT(node->kind != NODE_NAME);
        ASSERT(node->item < items_spoken_of(rulebook, node)); /* 1 */
        for (uint32_t k = 0; k < node->child_count; k++) {
            ASSERT(node->children[k] < i); /* 2 */
        }
        const bool in_calendar = (node->kind == NODE_AFTER || node->kind == NODE_BEFORE) &&
                                 node->duration.unit == UNIT_WORKING_DAYS;
        ASSERT(!in_calendar || node->duration.calendar < rulebook->calendar_count); /* 1 */
    }
}

static void check_names(const struct rulebook *rulebook)
{
    for (size_t kind = 0; kind < ITEM_KIND_COUNT; kind++) {
        const struct name_index *index = &rulebook->names->of[kind];
        for (size_t i = 1; i < index->count; i++) {
            ASSERT(str_compare(index->names[i - 1], index->names[i]) < 0); /* 1 */
        }
    }
}

static void check_steps(const struct rulebook *rulebook)
{
    ASSERT(rulebook->start_stage < rulebook->stage_count);
    for (size_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        check_range(step->from, step->from_count, rulebook->stage_count);
        check_range(step->approvals, step->approval_count, rulebook->role_count);
        check_range(step->notices, step->notice_count, rulebook->notice_count);
        check_range(step->safeguards, step->safeguard_count, rulebook->safeguard_count);
        ASSERT(step->same_stage || step->to < rulebook->stage_count);
        for (size_t k = 0; k < step->record_count; k++) {
            ASSERT(step->records[k].fact < rulebook->fact_count);
            ASSERT(rulebook->facts[step->records[k].fact].subject == SUBJECT_PERSON);
        }
    }
}

static void check_change(const struct rulebook *rulebook, const struct clock_change *change,
                         bool suspends)
{
    ASSERT(change->role == NOT_FOUND_INDEX || change->role < rulebook->role_count);
    if (change->role != NOT_FOUND_INDEX) {
        ASSERT(change->fact < rulebook->fact_count);
        ASSERT(!suspends || change->last_day < rulebook->fact_count);
        ASSERT(!change->has_most || change->most.unit != UNIT_WORKING_DAYS ||
               change->most.calendar < rulebook->calendar_count);
    }
}

static void check_clocks(const struct rulebook *rulebook)
{
    for (size_t i = 0; i < rulebook->clock_count; i++) {
        const struct clock *clock = &rulebook->clocks[i];
        ASSERT(clock->run_count > 0);
        ASSERT(clock->due_from == NOT_FOUND_INDEX || clock->due_from < rulebook->role_count);
        ASSERT(clock->done == NOT_FOUND_INDEX || clock->done < rulebook->node_count);
        check_change(rulebook, &clock->extension, false);
        check_change(rulebook, &clock->suspension, true);
        ASSERT(!clock->ends_on_working_day || clock->end_calendar < rulebook->calendar_count);
        for (size_t k = 0; k < clock->run_count; k++) {
            const struct clock_run *run = &clock->runs[k];
            ASSERT(run->start < rulebook->node_count);
            ASSERT(!run->has_when || run->when < rulebook->node_count);
            ASSERT(run->duration.unit != UNIT_WORKING_DAYS ||
                   run->duration.calendar < rulebook->calendar_count);
        }
    }
}

void rulebook_check_invariants(const struct rulebook *rulebook)
{
    check_names(rulebook);
    check_nodes(rulebook);
    check_steps(rulebook);
    check_clocks(rulebook);
    for (size_t i = 0; i < rulebook->definition_count; i++) {
        ASSERT(rulebook->definitions[i].condition < rulebook->node_count);
    }
    for (size_t i = 0; i < rulebook->safeguard_count; i++) {
        const struct safeguard *safeguard = &rulebook->safeguards[i];
        ASSERT(safeguard->clear_when < rulebook->node_count);
        ASSERT(safeguard->source_count > 0 && safeguard->guard_count > 0);
        check_range(safeguard->guards, safeguard->guard_count, rulebook->step_count);
    }
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        const struct fact *fact = &rulebook->facts[i];
        ASSERT((fact->type == FACT_CHOICE) == (fact->choice_count > 0)); /* 4 */
    }
    struct sha256 identity = sha256_of(rulebook->canonical);
    ASSERT(sha256_equal(&identity, &rulebook->identity));
}

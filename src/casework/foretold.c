#include "casework/foretold.h"

#include "casework/book_clocks.h"

/* --- what the rulebook says ------------------------------------------------------------------- */

bool foretold_opens(const struct rulebook *rulebook, const struct step *step, str entry_kind)
{
    bool opens = false;
    for (size_t i = 0; i < step->record_count; i++) {
        const struct step_record *record = &step->records[i];
        const struct fact *fact = &rulebook->facts[record->fact];
        opens = opens ||
                (fact->type == FACT_CHOICE && str_equal(fact->name, BOOK_OPENS_FACT) &&
                 record->value.known && str_equal(fact->choices[record->value.number], entry_kind));
    }
    return opens;
}

static bool is_foretold(const struct rulebook *rulebook, const struct step *step, uint32_t stage,
                        str entry_kind)
{
    return !step->same_stage && rulebook_step_leaves(rulebook, step, stage) &&
           foretold_opens(rulebook, step, entry_kind);
}

/* Would the step that is asked for be pointless after the one that is foretold? */
static bool rules_out(const struct rulebook *rulebook, const struct step *foretold,
                      const struct step *asked, str entry_kind)
{
    return !rulebook_step_leaves(rulebook, asked, foretold->to) &&
           !foretold_opens(rulebook, asked, entry_kind) &&
           (rulebook->stages[foretold->to].outcome || asked->approval_count > 0);
}

/* `asked` NULL: whatever is asked for. */
static uint32_t foretold_step(const struct rulebook *rulebook, uint32_t stage, str entry_kind,
                              const struct step *asked)
{
    for (uint32_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        if (is_foretold(rulebook, step, stage, entry_kind) &&
            (asked == NULL || rules_out(rulebook, step, asked, entry_kind))) {
            return i;
        }
    }
    return NOT_FOUND_INDEX;
}

/* --- what was taken --------------------------------------------------------------------------- */

/* Was the entry opened by this step (its facts and what they open follow one millisecond after it,
 * and every other command later: sitting.h), or was the step taken since? */
static bool is_fulfilled_by(const struct entry_row *entry, const struct event *taken)
{
    return taken->position > entry->id ||
           taken->recorded_at.milliseconds + 1 == entry->opened_at.milliseconds;
}

static result is_fulfilled(struct sitting *sitting, int64_t person, const struct entry_row *entry,
                           bool *ret_fulfilled, struct err *err)
{
    enum { WHOLE = 1000000 };
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct arena scratch = *sitting->arena;
    const struct event *events = NULL;
    size_t count = 0;
    *ret_fulfilled = false;
    TRY(transaction_history(sitting->transaction, SUBJECT_OF_PERSON, person, 0, WHOLE, &scratch,
                            &events, &count, err));
    for (size_t i = 0; i < count && !*ret_fulfilled; i++) {
        if (events[i].kind == EVENT_STEP_TAKEN && is_fulfilled_by(entry, &events[i])) {
            const uint32_t step = rulebook_step(rulebook, events[i].body.step_taken.step);
            *ret_fulfilled = step != NOT_FOUND_INDEX &&
                             foretold_opens(rulebook, &rulebook->steps[step], entry->kind);
        }
    }
    return result_ok();
}

/* The step that the entry foretells and that would rule out `asked` (NULL: whatever it is). */
static result find_foretold(struct sitting *sitting, const struct person_row *person,
                            const struct entry_row *entry, const struct step *asked,
                            uint32_t *ret_step, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t stage = rulebook_stage(rulebook, person->stage);
    const enum entry_kind kind = entry_kind_from_name(entry->kind);
    bool fulfilled = false;
    *ret_step = NOT_FOUND_INDEX;
    if (stage == NOT_FOUND_INDEX || entry_is_closed(entry) ||
        entry_outcome_is_not_so(kind, entry->outcome)) {
        return result_ok();
    }
    const uint32_t step = foretold_step(rulebook, stage, entry->kind, asked);
    if (step != NOT_FOUND_INDEX) {
        TRY(is_fulfilled(sitting, person->id, entry, &fulfilled, err));
        *ret_step = fulfilled ? NOT_FOUND_INDEX : step;
    }
    return result_ok();
}

result foretold_by(struct sitting *sitting, const struct entry_row *entry, uint32_t *ret_step,
                   struct err *err)
{
    struct person_row person;
    *ret_step = NOT_FOUND_INDEX;
    if (entry->person == 0) {
        return result_ok();
    }
    TRY(transaction_person(sitting->transaction, entry->person, sitting->arena, &person, err));
    return find_foretold(sitting, &person, entry, NULL, ret_step, err);
}

/* --- all entries about a person --------------------------------------------------------------- */

static result against_record(struct sitting *sitting, const struct person_row *person,
                             int64_t record, const struct step *asked, struct foretold *foretold,
                             struct err *err)
{
    /* Not of those that are open alone: SQLite would go through everybody's. */
    const struct entry_filter filter = {.kind = STR(""), .person = record, .journey = STR("")};
    const struct entry_row *entries = NULL;
    size_t count = 0;
    TRY(transaction_entries(sitting->transaction, &filter, sitting->arena, &entries, &count, err));
    for (size_t i = count; i > 0 && foretold->entry == 0; i--) {
        uint32_t step = NOT_FOUND_INDEX;
        TRY(find_foretold(sitting, person, &entries[i - 1], asked, &step, err));
        if (step != NOT_FOUND_INDEX) {
            *foretold = (struct foretold){
                .entry = entries[i - 1].id, .kind = entries[i - 1].kind, .step = step};
        }
    }
    return result_ok();
}

result foretold_against(struct sitting *sitting, const struct person_row *person, uint32_t step,
                        struct foretold *ret_foretold, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const int64_t *records = NULL;
    size_t count = 0;
    *ret_foretold = (struct foretold){.step = NOT_FOUND_INDEX};
    TRY(transaction_records(sitting->transaction, person->id, KNOWN_NOW, sitting->arena, &records,
                            &count, err));
    for (size_t i = 0; i < count && ret_foretold->entry == 0; i++) {
        TRY(against_record(sitting, person, records[i], &rulebook->steps[step], ret_foretold, err));
    }
    return result_ok();
}

/* --- what to do about it ---------------------------------------------------------------------- */

result foretold_hint(const struct rulebook *rulebook, str entry_kind, uint32_t step,
                     struct err *err)
{
    char outcomes[120];
    size_t len = 0;
    const enum entry_kind kind = entry_kind_from_name(entry_kind);
    const struct entry_field *field = entry_field_find(kind, STR("outcome"));
    str left = field == NULL ? STR("") : field->choices;
    while (left.len > 0) {
        const struct str_cut cut = str_cut(left, ' ');
        if (entry_outcome_is_not_so(kind, cut.head) &&
            !str_list_add(outcomes, sizeof outcomes, &len, cut.head)) {
            break;
        }
        left = cut.tail;
    }
    return err_hint(err,
                    "Take the step %.*s, or write in the entry, as its outcome, that it is not so: "
                    "%.*s.",
                    STR_ARG(rulebook->steps[step].name), (int)len, outcomes);
}

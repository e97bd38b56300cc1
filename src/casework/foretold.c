#include "casework/foretold.h"

#include "casework/book_clocks.h"
#include "casework/book_work.h"

/* --- what the rulebook says ------------------------------------------------------------------- */

/* Does the step open an entry of this kind in the books? */
static bool opens_entry(const struct rulebook *rulebook, const struct step *step, str entry_kind)
{
    bool opens = false;
    for (size_t i = 0; i < step->record_count; i++) {
        opens = opens || str_equal(book_opens(rulebook, &step->records[i]), entry_kind);
    }
    return opens;
}

static bool is_foretold(const struct rulebook *rulebook, const struct step *step, uint32_t stage,
                        str entry_kind)
{
    return !step->same_stage && rulebook_step_leaves(rulebook, step, stage) &&
           opens_entry(rulebook, step, entry_kind);
}

/* Would the step that is asked for be pointless after the one that is foretold? */
static bool rules_out(const struct rulebook *rulebook, const struct step *foretold,
                      const struct step *asked, str entry_kind)
{
    return !rulebook_step_leaves(rulebook, asked, foretold->to) &&
           !opens_entry(rulebook, asked, entry_kind) &&
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

/* Did a later one of the events (the newest stands first) say that the step was a mistake? */
static bool is_cancelled(const struct event *events, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (events[i].kind == EVENT_DEPARTURE_CANCELLED &&
            events[i].body.departure_cancelled.event == events[at].position) {
            return true;
        }
    }
    return false;
}

/* `through`: by the events up to this position. */
static result is_fulfilled(struct sitting *sitting, int64_t person, const struct entry_row *entry,
                           int64_t through, bool *ret_fulfilled, struct err *err)
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
        if (events[i].kind == EVENT_STEP_TAKEN && events[i].position <= through &&
            is_fulfilled_by(entry, &events[i]) && !is_cancelled(events, i)) {
            const uint32_t step = rulebook_step(rulebook, events[i].body.step_taken.step);
            *ret_fulfilled = step != NOT_FOUND_INDEX &&
                             opens_entry(rulebook, &rulebook->steps[step], entry->kind);
        }
    }
    return result_ok();
}

static bool is_said(const struct entry_row *entry)
{
    return !entry_is_closed(entry) &&
           !entry_outcome_is_not_so(entry_kind_from_name(entry->kind), entry->outcome);
}

/* The step that the entry foretells and that would rule out `asked` (NULL: whatever it is). */
static result find_foretold(struct sitting *sitting, const struct person_row *person,
                            const struct entry_row *entry, const struct step *asked,
                            uint32_t *ret_step, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    const uint32_t stage = rulebook_stage(rulebook, person->stage);
    bool fulfilled = false;
    *ret_step = NOT_FOUND_INDEX;
    if (stage == NOT_FOUND_INDEX || !is_said(entry)) {
        return result_ok();
    }
    const uint32_t step = foretold_step(rulebook, stage, entry->kind, asked);
    if (step != NOT_FOUND_INDEX) {
        TRY(is_fulfilled(sitting, person->id, entry, INT64_MAX, &fulfilled, err));
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

/* The entries about the person that have not ended and say that it is so, oldest first. */
static result entries_about(struct sitting *sitting, const struct person_row *person,
                            const struct entry_row **ret_entries, size_t *ret_count,
                            struct err *err)
{
    /* Not of those that are open alone: SQLite would go through everybody's. */
    const struct entry_filter filter = {.kind = STR(""), .person = person->id, .journey = STR("")};
    const struct entry_row *rows = NULL;
    size_t row_count = 0;
    size_t count = 0;
    TRY(transaction_entries(sitting->transaction, &filter, sitting->arena, &rows, &row_count, err));
    struct entry_row *said = ARENA_NEW(sitting->arena, struct entry_row, row_count + 1);
    if (said == NULL) {
        return arena_full(err);
    }
    for (size_t i = row_count; i > 0; i--) {
        if (is_said(&rows[i - 1])) {
            said[count++] = rows[i - 1];
        }
    }
    *ret_entries = said;
    *ret_count = count;
    return result_ok();
}

/* `asked`: as of find_foretold; the number of the entry is 0 when it foretells none. */
static result told_by(struct sitting *sitting, const struct person_row *person,
                      const struct entry_row *entry, const struct step *asked,
                      struct foretold *ret_foretold, struct err *err)
{
    uint32_t step = NOT_FOUND_INDEX;
    TRY(find_foretold(sitting, person, entry, asked, &step, err));
    *ret_foretold = (struct foretold){
        .entry = step == NOT_FOUND_INDEX ? 0 : entry->id, .kind = entry->kind, .step = step};
    return result_ok();
}

result foretold_against(struct sitting *sitting, const struct person_row *person, uint32_t step,
                        struct foretold *ret_foretold, struct err *err)
{
    const struct step *asked = &sitting->casework->rulebook->steps[step];
    const struct entry_row *entries = NULL;
    size_t count = 0;
    *ret_foretold = (struct foretold){.step = NOT_FOUND_INDEX};
    TRY(entries_about(sitting, person, &entries, &count, err));
    for (size_t i = 0; i < count && ret_foretold->entry == 0; i++) {
        TRY(told_by(sitting, person, &entries[i], asked, ret_foretold, err));
    }
    return result_ok();
}

result foretold_of(struct sitting *sitting, const struct person_row *person,
                   const struct foretold **ret_all, size_t *ret_count, struct err *err)
{
    const struct entry_row *entries = NULL;
    size_t entry_count = 0;
    size_t count = 0;
    TRY(entries_about(sitting, person, &entries, &entry_count, err));
    struct foretold *all = ARENA_NEW(sitting->arena, struct foretold, entry_count + 1);
    if (all == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < entry_count; i++) {
        bool may_see = false;
        TRY(told_by(sitting, person, &entries[i], NULL, &all[count], err));
        if (all[count].entry != 0) {
            TRY(book_may(sitting, &entries[i], ACTION_SEE_BOOKS, &may_see, err));
            all[count++].out_of_sight = !may_see;
        }
    }
    *ret_all = all;
    *ret_count = count;
    return result_ok();
}

bool foretold_holds(const struct rulebook *rulebook, uint32_t stage,
                    const struct foretold *foretold, uint32_t step)
{
    return foretold_step(rulebook, stage, foretold->kind, &rulebook->steps[step]) !=
           NOT_FOUND_INDEX;
}

result foretold_confirmed(struct sitting *sitting, const struct person_row *person, str kind,
                          const struct entry_row **ret_entries, size_t *ret_count, struct err *err)
{
    const struct entry_row *entries = NULL;
    size_t entry_count = 0;
    size_t count = 0;
    TRY(entries_about(sitting, person, &entries, &entry_count, err));
    struct entry_row *confirmed = ARENA_NEW(sitting->arena, struct entry_row, entry_count + 1);
    if (confirmed == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < entry_count; i++) {
        bool fulfilled = !str_equal(entries[i].kind, kind) || entries[i].id > sitting->begun_at;
        if (!fulfilled) {
            TRY(is_fulfilled(sitting, person->id, &entries[i], sitting->begun_at, &fulfilled, err));
        }
        if (!fulfilled) {
            confirmed[count++] = entries[i];
        }
    }
    *ret_entries = confirmed;
    *ret_count = count;
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

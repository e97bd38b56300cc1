#include "casework/own.h"

#include "casework/arrival.h"
#include "casework/queue.h"
#include "casework/repeat.h"
#include "casework/sitting.h"
#include "casework/text.h"
#include "format/language.h"
#include "store/ties.h"

#include <stdlib.h>
#include <string.h>

struct own_work {
    const struct casework *casework;
    const struct caller *caller;
    str reference;
    int64_t letter;
    bool copy; /* with every value and every look */
    struct arena *arena;
    struct sitting sitting;
    struct person_row person;
    struct loaded_case loaded;
    struct own_copy answer;
    struct notice_answer notice;
    const struct own_look *looks;
    size_t look_count;
};

/* --- whose record ----------------------------------------------------------------------------- */

/* The one record that the account is its person's own of. */
static result find_self(struct sitting *sitting, struct person_row *ret_person, struct err *err)
{
    const struct tie_to_person *ties = NULL;
    size_t count = 0;
    TRY(transaction_ties_of_account(sitting->transaction, sitting->account.id, sitting->arena,
                                    &ties, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool may_see = false;
        if (ties[i].row.kind == TIE_SELF) {
            TRY(transaction_person(sitting->transaction, ties[i].person, sitting->arena, ret_person,
                                   err));
            TRY(sitting_may_person(sitting, ret_person, ACTION_SEE_OWN, &may_see, err));
        }
        if (may_see) {
            return result_ok();
        }
    }
    return err_set(err, ERROR_NOT_FOUND, "No record is open to this account");
}

static result find_person(struct own_work *work, struct err *err)
{
    return work->reference.len == 0 ? find_self(&work->sitting, &work->person, err)
                                    : sitting_person(&work->sitting, work->reference,
                                                     ACTION_SEE_OWN, &work->person, err);
}

static result begin(struct own_work *work, struct transaction *transaction, struct err *err)
{
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_OWN,
                     work->arena, err));
    return find_person(work, err);
}

/* --- what may come next ----------------------------------------------------------------------- */

/* Does the safeguard read of nobody but the person? */
static result tell_of_oneself(const struct rulebook *rulebook, struct arena *arena,
                              bool **ret_oneself, struct err *err)
{
    bool *oneself = ARENA_NEW(arena, bool, rulebook->safeguard_count + 1);
    bool *read = ARENA_NEW(arena, bool, rulebook->fact_count + 1);
    if (oneself == NULL || read == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < rulebook->safeguard_count; i++) {
        memset(read, 0, rulebook->fact_count * sizeof read[0]);
        judge_reads(rulebook, i, read);
        oneself[i] = rulebook->person_alone[i] &&
                     !(rulebook->has_family_complete && read[rulebook->family_complete]);
    }
    *ret_oneself = oneself;
    return result_ok();
}

static enum own_verdict verdict_of(enum clearance clearance)
{
    switch (clearance) {
    case CLEARANCE_CLEAR:
        return OWN_CLEAR;
    case CLEARANCE_BARRED:
        return OWN_IN_THE_WAY;
    case CLEARANCE_UNKNOWN:
        return OWN_NOT_KNOWN;
    }
    return OWN_NOT_KNOWN;
}

static result judge_step_of(struct own_work *work, const bool *oneself, uint32_t index,
                            struct own_step *ret_step, struct err *err)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    const struct step *step = &rulebook->steps[index];
    enum own_verdict *each = ARENA_NEW(work->arena, enum own_verdict, step->safeguard_count + 1);
    if (each == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < step->safeguard_count; i++) {
        const uint32_t safeguard = step->safeguards[i];
        each[i] =
            oneself[safeguard]
                ? verdict_of(judge_safeguard(rulebook, safeguard, &work->loaded.view.question))
                : OWN_OF_OTHERS;
    }
    *ret_step = (struct own_step){.step = index, .each = each};
    return result_ok();
}

/* Does a step lead to that outcome from another outcome? Then it comes to whoever it comes to, at
 * any time, and says nothing of this procedure: a death. */
static bool comes_after_the_end(const struct rulebook *rulebook, uint32_t outcome)
{
    for (size_t i = 0; i < rulebook->step_count; i++) {
        const struct step *step = &rulebook->steps[i];
        for (size_t k = 0; !step->same_stage && step->to == outcome && k < step->from_count; k++) {
            if (rulebook->stages[step->from[k]].outcome) {
                return true;
            }
        }
    }
    return false;
}

/* May it be taken from most stages there are? Then it is not what comes next in this one. */
static bool is_from_most(const struct rulebook *rulebook, const struct step *step)
{
    size_t open_stages = 0;
    for (size_t i = 0; i < rulebook->stage_count; i++) {
        open_stages += rulebook->stages[i].outcome ? 0 : 1;
    }
    return step->from_any || (open_stages > 4 && 2 * step->from_count > open_stages);
}

static bool leads_on(const struct rulebook *rulebook, const struct step *step, uint32_t stage)
{
    const bool to_outcome = !step->same_stage && rulebook->stages[step->to].outcome;
    return rulebook_step_leaves(rulebook, step, stage) && !is_from_most(rulebook, step) &&
           !(to_outcome && comes_after_the_end(rulebook, step->to));
}

static result find_steps(struct own_work *work, struct own_record *record, struct err *err)
{
    const struct rulebook *rulebook = work->casework->rulebook;
    const uint32_t stage = rulebook_stage(rulebook, work->person.stage);
    bool *oneself = NULL;
    struct own_step *steps = ARENA_NEW(work->arena, struct own_step, rulebook->step_count + 1);
    if (steps == NULL) {
        return arena_full(err);
    }
    TRY(tell_of_oneself(rulebook, work->arena, &oneself, err));
    for (uint32_t i = 0; stage != NOT_FOUND_INDEX && i < rulebook->step_count; i++) {
        if (leads_on(rulebook, &rulebook->steps[i], stage)) {
            TRY(judge_step_of(work, oneself, i, &steps[record->step_count], err));
            record->step_count++;
        }
    }
    record->steps = steps;
    return result_ok();
}

/* --- times that run --------------------------------------------------------------------------- */

static int next_to_end_first(const void *left, const void *right)
{
    const struct clock_line *a = left;
    const struct clock_line *b = right;
    const int by_state = (a->answer.state == CLOCK_EXPIRED) - (b->answer.state == CLOCK_EXPIRED);
    if (by_state != 0) {
        return by_state;
    }
    if (!date_equal(a->answer.last_day, b->answer.last_day)) {
        return date_before(a->answer.last_day, b->answer.last_day) ? -1 : 1;
    }
    return a->clock < b->clock ? -1 : a->clock > b->clock ? 1 : 0;
}

static result judge_clocks(struct sitting *sitting, const struct question *question,
                           const struct clock_line **ret_clocks, size_t *ret_count, struct err *err)
{
    const struct rulebook *rulebook = sitting->casework->rulebook;
    struct clock_line *clocks =
        ARENA_NEW(sitting->arena, struct clock_line, rulebook->clock_count + 1);
    size_t count = 0;
    if (clocks == NULL) {
        return arena_full(err);
    }
    for (uint32_t i = 0; i < rulebook->clock_count; i++) {
        const struct clock_answer answer = judge_clock(rulebook, i, question);
        if (answer.state == CLOCK_RUNNING || answer.state == CLOCK_EXPIRED) {
            clocks[count++] = (struct clock_line){.clock = i, .answer = answer};
        }
    }
    qsort(clocks, count, sizeof clocks[0], next_to_end_first);
    *ret_clocks = clocks;
    *ret_count = count;
    return result_ok();
}

/* --- what happened ---------------------------------------------------------------------------- */

static bool passage_of(const struct event *event, struct own_passage *ret_passage)
{
    if (event->kind == EVENT_PERSON_REGISTERED) {
        *ret_passage = (struct own_passage){.on = event->effective_on,
                                            .step = STR(""),
                                            .stage = event->body.person_registered.stage};
        return true;
    }
    if (event->kind != EVENT_STEP_TAKEN || event->body.step_taken.step.len == 0) {
        return false;
    }
    *ret_passage = (struct own_passage){.on = event->effective_on,
                                        .step = event->body.step_taken.step,
                                        .stage = event->body.step_taken.to};
    return true;
}

static str field_of(const struct text_list *names, const struct text_list *values, const char *name)
{
    for (size_t i = 0; i < names->count && i < values->count; i++) {
        if (str_equal(names->items[i], str_from_c(name))) {
            return values->items[i];
        }
    }
    return STR("");
}

/* What the person, or who represents them, complained of; not what others wrote of them. */
static bool complaint_of(const struct event *event, struct own_complaint *ret_complaint)
{
    const struct entry_opened_body *body = &event->body.entry_opened;
    if (event->kind != EVENT_ENTRY_OPENED || entry_kind_from_name(body->kind) != ENTRY_COMPLAINT) {
        return false;
    }
    const str by = field_of(&body->fields, &body->values, "made_by");
    *ret_complaint =
        (struct own_complaint){.row = {.id = event->position},
                               .about = field_of(&body->fields, &body->values, "about"),
                               .words = field_of(&body->fields, &body->values, "description"),
                               .answer = STR("")};
    return str_equal(by, STR("the_person")) || str_equal(by, STR("representative"));
}

/* The newest answer counts, and the history comes newest first. */
static str answer_to(const struct event *events, size_t count, int64_t entry)
{
    for (size_t i = 0; i < count; i++) {
        const struct entry_changed_body *body = &events[i].body.entry_changed;
        if (events[i].kind == EVENT_ENTRY_CHANGED && body->entry == entry) {
            const str answer = field_of(&body->fields, &body->values, "answer");
            if (answer.len > 0) {
                return answer;
            }
        }
    }
    return STR("");
}

static result read_history(struct own_work *work, struct own_record *record, struct err *err)
{
    struct transaction *transaction = work->sitting.transaction;
    const struct event *events = NULL;
    size_t count = 0;
    TRY(transaction_history(transaction, SUBJECT_OF_PERSON, work->person.id, 0, 0, work->arena,
                            &events, &count, err));
    struct own_passage *passages = ARENA_NEW(work->arena, struct own_passage, count + 1);
    struct own_complaint *complaints = ARENA_NEW(work->arena, struct own_complaint, count + 1);
    if (passages == NULL || complaints == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        record->passage_count += passage_of(&events[i], &passages[record->passage_count]) ? 1 : 0;
        struct own_complaint *complaint = &complaints[record->complaint_count];
        if (complaint_of(&events[i], complaint)) {
            complaint->answer = answer_to(events, count, events[i].position);
            TRY(transaction_entry(transaction, events[i].position, work->arena, &complaint->row,
                                  err));
            record->complaint_count++;
        }
    }
    record->passages = passages;
    record->complaints = complaints;
    return result_ok();
}

/* Those that were served: the others were not told to anybody. */
static result read_letters(struct own_work *work, struct own_record *record, struct err *err)
{
    const struct notice_answer *letters = NULL;
    size_t count = 0;
    TRY(notices_read(&work->sitting, &work->person, &letters, &count, err));
    struct notice_answer *served = ARENA_NEW(work->arena, struct notice_answer, count + 1);
    if (served == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (letters[i].state == NOTICE_STATE_SERVED) {
            served[record->letter_count++] = letters[i];
        }
    }
    record->letters = served;
    return result_ok();
}

static result read_ties_that_hold(struct own_work *work, struct own_record *record, struct err *err)
{
    const struct tie_line *lines = NULL;
    size_t count = 0;
    TRY(ties_read(&work->sitting, &work->person, &lines, &count, err));
    struct tie_line *holding = ARENA_NEW(work->arena, struct tie_line, count + 1);
    if (holding == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (lines[i].holds) {
            holding[record->tie_count++] = lines[i];
        }
        if (lines[i].holds && lines[i].row.account == work->sitting.account.id) {
            record->as = lines[i].row.kind;
        }
    }
    record->ties = holding;
    return result_ok();
}

/* --- who looked ------------------------------------------------------------------------------- */

static result read_looks(struct own_work *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    const struct look_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_looks(sitting->transaction, work->person.id, 0, 0, OWN_LOOKS_MAX, work->arena,
                          &rows, &count, err));
    struct own_look *looks = ARENA_NEW(work->arena, struct own_look, count + 1);
    if (looks == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct account_row account = {.role = STR("")};
        if (rows[i].account != 0) {
            TRY(transaction_account(sitting->transaction, rows[i].account, work->arena, &account,
                                    err));
        }
        looks[i] =
            (struct own_look){.at = rows[i].at, .role = account.role, .purpose = rows[i].purpose};
    }
    work->looks = looks;
    work->look_count = count;
    return result_ok();
}

/* --- all of it -------------------------------------------------------------------------------- */

static result name_hub(struct own_work *work, struct own_record *record, struct err *err)
{
    struct hub_row hub = {.name = STR("")};
    if (work->person.hub != 0) {
        TRY(transaction_hub(work->sitting.transaction, work->person.hub, work->arena, &hub, err));
    }
    record->hub = hub.name;
    return result_ok();
}

static result read_all_values(struct own_work *work, struct err *err)
{
    TRY(transaction_fact_rows(work->sitting.transaction, SUBJECT_OF_PERSON, work->person.id,
                              KNOWN_NOW, work->arena, &work->answer.facts, &work->answer.fact_count,
                              err));
    TRY(read_looks(work, err));
    work->answer.looks = work->looks;
    work->answer.look_count = work->look_count;
    return result_ok();
}

static result read_record(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    struct own_record *record = &work->answer.record;
    TRY(begin(work, transaction, err));
    const struct case_time now = case_now(&work->sitting);
    TRY(case_load(&work->sitting, &work->person, &now, &work->loaded, err));
    TRY(find_steps(work, record, err));
    TRY(judge_clocks(&work->sitting, &work->loaded.view.question, &record->clocks,
                     &record->clock_count, err));
    TRY(read_history(work, record, err));
    TRY(read_letters(work, record, err));
    TRY(read_ties_that_hold(work, record, err));
    TRY(name_hub(work, record, err));
    TRY(arrival_of_person(&work->sitting, &work->person, &now, &record->arrival, err));
    TRY(case_show(&work->sitting, &work->loaded, err));
    record->view = work->loaded.view;
    return work->copy ? read_all_values(work, err) : result_ok();
}

result casework_own_record(const struct casework *casework, const struct caller *caller, str person,
                           struct arena *arena, struct own_record *ret_record, struct err *err)
{
    struct own_work work = {
        .casework = casework, .caller = caller, .reference = person, .arena = arena};
    TRY(store_read(casework->store, read_record, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.person.id, "own record", err));
    *ret_record = work.answer.record;
    return result_ok();
}

result casework_own_copy(const struct casework *casework, const struct caller *caller, str person,
                         struct arena *arena, struct own_copy *ret_copy, struct err *err)
{
    struct own_work work = {
        .casework = casework, .caller = caller, .reference = person, .copy = true, .arena = arena};
    TRY(store_read(casework->store, read_record, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.person.id, "own copy", err));
    *ret_copy = work.answer;
    return result_ok();
}

static result read_own_looks(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    TRY(begin(work, transaction, err));
    return read_looks(work, err);
}

result casework_own_looks(const struct casework *casework, const struct caller *caller, str person,
                          struct arena *arena, const struct own_look **ret_looks, size_t *ret_count,
                          struct err *err)
{
    struct own_work work = {
        .casework = casework, .caller = caller, .reference = person, .arena = arena};
    TRY(store_read(casework->store, read_own_looks, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.person.id, "own looks", err));
    *ret_looks = work.looks;
    *ret_count = work.look_count;
    return result_ok();
}

/* --- a letter --------------------------------------------------------------------------------- */

static result read_own_letter(struct transaction *transaction, void *context, struct err *err)
{
    struct own_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_OWN,
                     work->arena, err));
    TRY(notice_read(&work->sitting, work->letter, ACTION_SEE_OWN, &work->notice, err));
    return work->notice.state == NOTICE_STATE_SERVED
               ? result_ok()
               : err_set(err, ERROR_NOT_FOUND, "There is no notice %lld for this account",
                         (long long)work->letter);
}

result casework_own_letter(const struct casework *casework, const struct caller *caller,
                           int64_t letter, struct arena *arena, struct notice_answer *ret_letter,
                           struct err *err)
{
    struct own_work work = {
        .casework = casework, .caller = caller, .letter = letter, .arena = arena};
    TRY(store_read(casework->store, read_own_letter, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.notice.person.id, "own letter", err));
    *ret_letter = work.notice;
    return result_ok();
}

/* --- saying that something is wrong ----------------------------------------------------------- */

static result find_whose(struct transaction *transaction, void *context, struct err *err)
{
    return begin(context, transaction, err);
}

result casework_own_complain(const struct casework *casework, const struct caller *caller,
                             str person, str about, str words, struct arena *arena,
                             struct entry_answer *ret_answer, struct err *err)
{
    struct own_work work = {
        .casework = casework, .caller = caller, .reference = person, .arena = arena};
    TRY(store_read(casework->store, find_whose, &work, err));
    const bool self = role_from_name(work.sitting.account.role) == ROLE_PERSON;
    const struct book_field fields[] = {
        {STR("made_by"), self ? STR("the_person") : STR("representative")},
        {STR("about"), about},
        {STR("description"), words},
    };
    const str clock = arena_format(arena, "entry_%s", entry_kind_name(ENTRY_COMPLAINT));
    /* Where no rule says by when it must be answered, it is due at once: whoever complains is not
     * asked. */
    const bool counted = rulebook_clock(casework->rulebook, clock) != NOT_FOUND_INDEX;
    const struct new_entry entry = {.kind = STR("complaint"),
                                    .about = work.person.reference,
                                    .hub = STR(""),
                                    .responsible = STR(""),
                                    .due_on = {.known = !counted, .day = work.sitting.today},
                                    .due_reason = counted ? STR("") : STR("No rule sets a time"),
                                    .fields = fields,
                                    .field_count = sizeof fields / sizeof fields[0]};
    return casework_open_entry(casework, caller, &entry, arena, ret_answer, err);
}

/* --- clients ---------------------------------------------------------------------------------- */

struct clients_work {
    const struct casework *casework;
    const struct caller *caller;
    struct arena *arena;
    struct sitting sitting;
    struct client_line *clients;
    struct client_deadline *deadlines;
    struct clients_answer answer;
};

static result add_deadlines(struct clients_work *work, const struct person_row *person,
                            struct err *err)
{
    struct sitting *sitting = &work->sitting;
    const struct case_time now = case_now(sitting);
    const struct clock_line *clocks = NULL;
    size_t count = 0;
    struct loaded_case loaded;
    TRY(case_load(sitting, person, &now, &loaded, err));
    TRY(judge_clocks(sitting, &loaded.view.question, &clocks, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (clocks[i].answer.state != CLOCK_RUNNING || !clocks[i].answer.has_last_day) {
            continue;
        }
        struct client_deadline *deadline = &work->deadlines[work->answer.deadline_count++];
        *deadline =
            (struct client_deadline){.client = work->answer.client_count,
                                     .clock = clocks[i],
                                     .due = {.clock = clocks[i], .due = clocks[i].answer.last_day}};
        work_tell_time(work->casework->rulebook, sitting->today, &deadline->due);
    }
    return result_ok();
}

static result add_client(struct clients_work *work, const struct tie_to_person *tie,
                         struct err *err)
{
    struct sitting *sitting = &work->sitting;
    struct client_line *client = &work->clients[work->answer.client_count];
    bool may_see = false;
    *client = (struct client_line){.tie = tie->row};
    TRY(transaction_person(sitting->transaction, tie->person, work->arena, &client->person, err));
    TRY(sitting_may_person(sitting, &client->person, ACTION_SEE_OWN, &may_see, err));
    for (size_t i = 0; i < work->answer.client_count; i++) {
        may_see = may_see && work->clients[i].person.id != client->person.id; /* merged since */
    }
    if (!may_see || tie->row.kind != TIE_REPRESENTATIVE || !tie_holds(&tie->row, sitting->today)) {
        return result_ok();
    }
    TRY(transaction_identity(sitting->transaction, &client->person, work->arena, &client->identity,
                             err));
    TRY(add_deadlines(work, &client->person, err));
    work->answer.client_count++;
    return result_ok();
}

static int soonest_first(const void *left, const void *right)
{
    const struct client_deadline *a = left;
    const struct client_deadline *b = right;
    if (!date_equal(a->due.due, b->due.due)) {
        return date_before(a->due.due, b->due.due) ? -1 : 1;
    }
    if (a->client != b->client) {
        return a->client < b->client ? -1 : 1;
    }
    return a->clock.clock < b->clock.clock ? -1 : a->clock.clock > b->clock.clock ? 1 : 0;
}

static result read_clients(struct transaction *transaction, void *context, struct err *err)
{
    struct clients_work *work = context;
    const struct tie_to_person *ties = NULL;
    size_t count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller, ACTION_SEE_OWN,
                     work->arena, err));
    TRY(transaction_ties_of_account(transaction, work->sitting.account.id, work->arena, &ties,
                                    &count, err));
    work->clients = ARENA_NEW(work->arena, struct client_line, count + 1);
    work->deadlines = ARENA_NEW(work->arena, struct client_deadline,
                                count * work->casework->rulebook->clock_count + 1);
    if (work->clients == NULL || work->deadlines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        TRY(add_client(work, &ties[i], err));
    }
    if (work->answer.deadline_count > 0) {
        qsort(work->deadlines, work->answer.deadline_count, sizeof work->deadlines[0],
              soonest_first);
    }
    work->answer.today = work->sitting.today;
    work->answer.clients = work->clients;
    work->answer.deadlines = work->deadlines;
    return result_ok();
}

result casework_clients(const struct casework *casework, const struct caller *caller,
                        struct arena *arena, struct clients_answer *ret_answer, struct err *err)
{
    struct clients_work work = {.casework = casework, .caller = caller, .arena = arena};
    TRY(store_read(casework->store, read_clients, &work, err));
    for (size_t i = 0; i < work.answer.client_count; i++) {
        TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.clients[i].person.id, "clients",
                         err));
    }
    *ret_answer = work.answer;
    return result_ok();
}

/* --- in which language ------------------------------------------------------------------------ */

struct language_work {
    const struct casework *casework;
    const struct caller *caller;
    str language;
    struct arena *arena;
    struct sitting sitting;
};

static result choose_language(struct transaction *transaction, void *context, struct err *err)
{
    struct language_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct event before;
    TRY(sitting_record(sitting, work->casework, transaction, work->caller,
                       ACTION_SECURE_OWN_ACCOUNT, work->arena, &before, err));
    struct event event = {.subject_kind = SUBJECT_OF_ACCOUNT,
                          .subject = sitting->account.id,
                          .kind = EVENT_ACCOUNT_LANGUAGE_CHOSEN,
                          .effective_on = sitting->today,
                          .body.account_language_chosen = {.language = work->language}};
    if (before.position != 0) {
        return repeat_same(&before, &event, *work->arena, err);
    }
    return str_equal(sitting->account.language, work->language)
               ? result_ok()
               : sitting_append(sitting, &event, err);
}

result casework_choose_language(const struct casework *casework, const struct caller *caller,
                                str language, struct arena *arena, struct err *err)
{
    struct language_work work = {
        .casework = casework, .caller = caller, .language = str_trim(language), .arena = arena};
    TRY(language_check(work.language, err));
    return store_write(casework->store, choose_language, &work, err);
}

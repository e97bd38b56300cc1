#include "casework/history.h"

#include "casework/arrival.h"
#include "casework/book_work.h"
#include "casework/past.h"

#include <stdlib.h>

/* --- topics ----------------------------------------------------------------------------------- */

struct topic_row {
    const char *name;
    const char *title;
};
static const struct topic_row topics[HISTORY_TOPICS] = {
    [HISTORY_FACTS] = {"facts", "Facts"},
    [HISTORY_STEPS] = {"steps", "Steps, requests and orders"},
    [HISTORY_CONTACT] = {"contact", "Contact, family and notes"},
    [HISTORY_IDENTITY] = {"identity", "Names and references"},
    [HISTORY_STAYS] = {"stays", "Stays and the books"},
    [HISTORY_PRIVACY] = {"privacy", "Data protection"},
};

const char *history_topic_name(enum history_topic topic)
{
    return topics[topic].name;
}

const char *history_topic_title(enum history_topic topic)
{
    return topics[topic].title;
}

enum history_topic history_topic_of(enum event_kind kind)
{
    static const uint8_t rows[] = {
        [EVENT_FACT_RECORDED] = HISTORY_FACTS,
        [EVENT_FACT_WITHDRAWN] = HISTORY_FACTS,
        [EVENT_CONTACT_CONFIRMED] = HISTORY_CONTACT,
        [EVENT_FAMILY_JOINED] = HISTORY_CONTACT,
        [EVENT_FAMILY_LEFT] = HISTORY_CONTACT,
        [EVENT_NOTE_ADDED] = HISTORY_CONTACT,
        [EVENT_PERSON_REGISTERED] = HISTORY_IDENTITY,
        [EVENT_IDENTITY_CORRECTED] = HISTORY_IDENTITY,
        [EVENT_EXTERNAL_REFERENCE_RECORDED] = HISTORY_IDENTITY,
        [EVENT_IDENTIFIER_RECORDED] = HISTORY_IDENTITY,
        [EVENT_IDENTIFIER_WITHDRAWN] = HISTORY_IDENTITY,
        [EVENT_MERGE_REQUESTED] = HISTORY_IDENTITY,
        [EVENT_MERGE_DECLINED] = HISTORY_IDENTITY,
        [EVENT_IDENTITIES_MERGED] = HISTORY_IDENTITY,
        [EVENT_IDENTITIES_SEPARATED] = HISTORY_IDENTITY,
        [EVENT_ENTRY_OPENED] = HISTORY_STAYS,
        [EVENT_ENTRY_CHANGED] = HISTORY_STAYS,
        [EVENT_ARRIVAL_RESOLVED] = HISTORY_STAYS,
        [EVENT_ARRIVAL_HANDED_OVER] = HISTORY_STAYS,
        [EVENT_PLACE_CHANGED] = HISTORY_STAYS,
        [EVENT_DEPARTURE_CANCELLED] = HISTORY_STAYS,
        [EVENT_LEGAL_HOLD_PLACED] = HISTORY_PRIVACY,
        [EVENT_LEGAL_HOLD_LIFTED] = HISTORY_PRIVACY,
        [EVENT_PROCESSING_RESTRICTED] = HISTORY_PRIVACY,
        [EVENT_RESTRICTION_LIFTED] = HISTORY_PRIVACY,
        [EVENT_ERASURE_REQUESTED] = HISTORY_PRIVACY,
        [EVENT_ERASURE_DECLINED] = HISTORY_PRIVACY,
        [EVENT_PROTECTION_SET] = HISTORY_PRIVACY,
        [EVENT_PROTECTION_LIFTED] = HISTORY_PRIVACY,
        [EVENT_GLASS_BROKEN] = HISTORY_PRIVACY,
        [EVENT_GLASS_REVIEWED] = HISTORY_PRIVACY,
        [EVENT_TIE_MADE] = HISTORY_PRIVACY,
        [EVENT_TIE_ENDED] = HISTORY_PRIVACY,
    };
    const size_t count = sizeof rows / sizeof rows[0];
    const bool listed = (size_t)kind < count && (rows[kind] != 0 || kind == EVENT_FACT_RECORDED ||
                                                 kind == EVENT_FACT_WITHDRAWN);
    return listed ? (enum history_topic)rows[kind] : HISTORY_STEPS;
}

/* --- requests --------------------------------------------------------------------------------- */

static int newest_first(const void *left, const void *right)
{
    const struct request_row *a = left;
    const struct request_row *b = right;
    return a->id > b->id ? -1 : a->id < b->id ? 1 : 0;
}

result history_requests(struct sitting *sitting, const struct person_row *person,
                        const struct case_time *when, const struct request_row **ret_requests,
                        size_t *ret_count, struct err *err)
{
    const struct request_row *rows = NULL;
    size_t row_count = 0;
    if (when->past) {
        struct past past;
        TRY(past_person(sitting, person->id, 0, when->known_at, &past, err));
        rows = past.requests;
        row_count = past.request_count;
    } else {
        const struct request_filter filter = {.person = person->id};
        TRY(transaction_requests(sitting->transaction, &filter, sitting->arena, &rows, &row_count,
                                 err));
    }
    struct request_row *requests = ARENA_NEW(sitting->arena, struct request_row, row_count + 1);
    if (requests == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < row_count; i++) {
        if (sitting_hub_in_sight(sitting, ACTION_SEE_PERSON, rows[i].hub)) {
            requests[count++] = rows[i];
        }
    }
    qsort(requests, count, sizeof requests[0], newest_first);
    *ret_requests = requests;
    *ret_count = count;
    return result_ok();
}

/* --- what is in sight ------------------------------------------------------------------------- */

/* What happened to a request for another hub is not in this account's sight, nor what was refused
 * for one. */
static bool line_in_sight(const struct sitting *sitting, const struct history_of *of,
                          const struct event *event)
{
    const int64_t hub = event->kind == EVENT_STEP_REFUSED ? event->body.step_refused.hub
                        : event->kind == EVENT_STEP_TAKEN ? event->body.step_taken.hub
                                                          : 0;
    if (!sitting_hub_in_sight(sitting, ACTION_SEE_PERSON, hub)) {
        return false;
    }
    const int64_t request = identity_request_of(event);
    for (size_t i = 0; request != 0 && i < of->request_count; i++) {
        if (of->requests[i].id == request) {
            return true;
        }
    }
    return request == 0;
}

/* The entry that the event opened or changed; 0 for none. */
static int64_t entry_of(const struct event *event)
{
    return event->kind == EVENT_ENTRY_OPENED    ? event->position
           : event->kind == EVENT_ENTRY_CHANGED ? event->body.entry_changed.entry
                                                : 0;
}

/* What is written in the books of another hub stays there. */
static result entry_in_sight(struct sitting *sitting, const struct event *event, bool *ret_in_sight,
                             struct err *err)
{
    const int64_t id = entry_of(event);
    struct entry_row row;
    *ret_in_sight = true;
    if (id == 0) {
        return result_ok();
    }
    TRY(transaction_entry(sitting->transaction, id, sitting->arena, &row, err));
    return book_may(sitting, &row, ACTION_SEE_BOOKS, ret_in_sight, err);
}

result history_in_sight(struct sitting *sitting, const struct person_row *person,
                        const struct event *event, bool *ret_in_sight, struct err *err)
{
    const struct case_time now = {.past = false};
    struct history_of of = {.person = person->id, .when = &now};
    *ret_in_sight = false;
    if (identity_request_of(event) != 0) {
        TRY(history_requests(sitting, person, &now, &of.requests, &of.request_count, err));
    }
    return line_in_sight(sitting, &of, event) ? entry_in_sight(sitting, event, ret_in_sight, err)
                                              : result_ok();
}

static result is_wanted(struct sitting *sitting, const struct history_of *of,
                        const struct history_query *query, const struct event *event,
                        bool *ret_wanted, struct err *err)
{
    *ret_wanted = false;
    const bool asked = (query->topics & 1U << history_topic_of(event->kind)) != 0 &&
                       (query->before == 0 || event->position < query->before) &&
                       event->recorded_at.milliseconds <= of->when->known_at.milliseconds;
    if (!asked || !line_in_sight(sitting, of, event)) {
        return result_ok();
    }
    return entry_in_sight(sitting, event, ret_wanted, err);
}

/* --- reading ---------------------------------------------------------------------------------- */

struct reading {
    struct sitting *sitting;
    const struct history_of *of;
    const struct history_query *query;
    struct history_line *lines;
    size_t count;
    bool more; /* something wanted is older than the last line */
};

static result keep_wanted(struct reading *reading, const struct event *events, size_t count,
                          struct err *err)
{
    for (size_t i = 0; i < count && !reading->more; i++) {
        bool wanted = false;
        TRY(is_wanted(reading->sitting, reading->of, reading->query, &events[i], &wanted, err));
        if (wanted && reading->count == reading->query->limit) {
            reading->more = true;
        } else if (wanted) {
            struct history_line *line = &reading->lines[reading->count++];
            line->event = events[i];
            TRY(sitting_actor(reading->sitting, events[i].actor, &line->actor, err));
        }
    }
    return result_ok();
}

/* One more than is wanted at a time: whether there is more shows by itself. */
static result read_present(struct reading *reading, struct err *err)
{
    int64_t before = reading->query->before;
    const size_t at_once = reading->query->limit + 1;
    size_t count = at_once;
    while (count == at_once && !reading->more) {
        const struct event *events = NULL;
        TRY(transaction_history(reading->sitting->transaction, SUBJECT_OF_PERSON,
                                reading->of->person, before, at_once, reading->sitting->arena,
                                &events, &count, err));
        TRY(keep_wanted(reading, events, count, err));
        before = count > 0 ? events[count - 1].position : before;
    }
    return result_ok();
}

static result read_past(struct reading *reading, struct err *err)
{
    const struct event *events = NULL;
    size_t count = 0;
    TRY(past_history(reading->sitting, reading->of->person, reading->of->when->known_at, SIZE_MAX,
                     &events, &count, err));
    return keep_wanted(reading, events, count, err);
}

result history_read(struct sitting *sitting, const struct history_of *of,
                    const struct history_query *query, const struct history_line **ret_lines,
                    size_t *ret_count, int64_t *ret_next_before, struct err *err)
{
    ASSERT(query->limit >= 1 && query->limit <= HISTORY_LINES_MAX);
    struct reading reading = {
        .sitting = sitting,
        .of = of,
        .query = query,
        .lines = ARENA_NEW(sitting->arena, struct history_line, query->limit),
    };
    if (reading.lines == NULL) {
        return arena_full(err);
    }
    TRY(of->when->past ? read_past(&reading, err) : read_present(&reading, err));
    *ret_lines = reading.lines;
    *ret_count = reading.count;
    *ret_next_before = reading.more ? reading.lines[reading.count - 1].event.position : 0;
    return result_ok();
}

/* --- an overview ------------------------------------------------------------------------------ */

static bool is_passage(const struct event *event)
{
    return event->kind == EVENT_STEP_TAKEN || event->kind == EVENT_PERSON_REGISTERED;
}

/* Those among the lines, and room for `more` that are older. */
static result begin_passages(struct sitting *sitting, const struct history_line *lines,
                             size_t count, size_t more, struct event **ret_passages,
                             size_t *ret_count, struct err *err)
{
    size_t found = 0;
    struct event *passages = ARENA_NEW_UNSET(sitting->arena, struct event, count + more + 1);
    if (passages == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (is_passage(&lines[i].event)) {
            passages[found++] = lines[i].event;
        }
    }
    *ret_passages = passages;
    *ret_count = found;
    return result_ok();
}

static result look_over_past(struct sitting *sitting, const struct history_of *of,
                             struct history_overview *ret_overview, struct err *err)
{
    const struct history_query query = {.topics = HISTORY_ALL_TOPICS, .limit = HISTORY_LINES_MAX};
    const struct history_line *lines = NULL;
    size_t count = 0;
    int64_t older = 0;
    struct event *passages = NULL;
    size_t passage_count = 0;
    TRY(history_read(sitting, of, &query, &lines, &count, &older, err));
    TRY(begin_passages(sitting, lines, count, 0, &passages, &passage_count, err));
    *ret_overview = (struct history_overview){
        .lines = lines,
        .count = count < HISTORY_LATEST ? count : HISTORY_LATEST,
        .more = count > HISTORY_LATEST,
        .passages = passages,
        .passage_count = passage_count,
    };
    return result_ok();
}

/* The latest lines are read as a page of the history is; what is older, only as far as it says when
 * the person came into a stage. */
static result look_over_now(struct sitting *sitting, const struct history_of *of,
                            struct history_overview *ret_overview, struct err *err)
{
    const struct history_query all = {.topics = HISTORY_ALL_TOPICS};
    const struct history_query query = {.topics = HISTORY_ALL_TOPICS, .limit = HISTORY_LATEST};
    struct history_overview overview = {.count = 0};
    const struct event *older = NULL;
    size_t older_count = 0;
    int64_t next_before = 0;
    struct event *passages = NULL;
    TRY(history_read(sitting, of, &query, &overview.lines, &overview.count, &next_before, err));
    if (next_before != 0) {
        TRY(transaction_stage_events(sitting->transaction, of->person, next_before, sitting->arena,
                                     &older, &older_count, err));
    }
    TRY(begin_passages(sitting, overview.lines, overview.count, older_count, &passages,
                       &overview.passage_count, err));
    for (size_t i = 0; i < older_count; i++) {
        bool wanted = false;
        TRY(is_wanted(sitting, of, &all, &older[i], &wanted, err));
        if (wanted) {
            passages[overview.passage_count++] = older[i];
        }
    }
    overview.more = next_before != 0;
    overview.passages = passages;
    *ret_overview = overview;
    return result_ok();
}

result history_look_over(struct sitting *sitting, const struct history_of *of,
                         struct history_overview *ret_overview, struct err *err)
{
    return of->when->past ? look_over_past(sitting, of, ret_overview, err)
                          : look_over_now(sitting, of, ret_overview, err);
}

/* --- the question ----------------------------------------------------------------------------- */

static const struct fact_row *row_at(const struct fact_row *rows, size_t count, int64_t position)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].position == position) {
            return &rows[i];
        }
    }
    return NULL;
}

/* Of the facts among the lines, which were taken back by then; and what a withdrawal took back. */
static result tell_withdrawn(struct sitting *sitting, const struct history_of *of,
                             struct history_line *lines, size_t count, struct err *err)
{
    const struct fact_row *rows = NULL;
    size_t row_count = 0;
    TRY(transaction_fact_rows(sitting->transaction, SUBJECT_OF_PERSON, of->person,
                              of->when->known_at, sitting->arena, &rows, &row_count, err));
    for (size_t i = 0; i < count; i++) {
        struct history_line *line = &lines[i];
        const bool withdraws = line->event.kind == EVENT_FACT_WITHDRAWN;
        const bool records = line->event.kind == EVENT_FACT_RECORDED;
        const struct fact_row *row =
            withdraws || records
                ? row_at(rows, row_count,
                         withdraws ? line->event.body.fact_withdrawn.event : line->event.position)
                : NULL;
        line->withdrawn = records && row != NULL && row->withdrawn &&
                          row->withdrawn_at.milliseconds <= of->when->known_at.milliseconds;
        line->fact = withdraws && row != NULL ? row->fact : STR("");
        line->value = withdraws && row != NULL ? row->value : STR("");
    }
    return result_ok();
}

struct history_work {
    const struct casework *casework;
    const struct caller *caller;
    str reference;
    const struct asked *asked;
    const struct history_query *query;
    struct arena *arena;
    struct sitting sitting;
    struct history_answer answer;
};

static result read_history(struct transaction *transaction, void *context, struct err *err)
{
    struct history_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct history_answer *answer = &work->answer;
    TRY(sitting_read(sitting, work->casework, transaction, work->caller, ACTION_SEE_PERSON,
                     work->arena, err));
    TRY(sitting_person(sitting, work->reference, ACTION_SEE_PERSON, &answer->person, err));
    const struct case_time when = case_time_asked(sitting, work->asked);
    struct loaded_case loaded;
    TRY(case_load(sitting, &answer->person, &when, &loaded, err));
    answer->person = loaded.view.person;
    answer->known_at = when.known_at;
    TRY(transaction_identity(transaction, &answer->person, work->arena, &answer->identity, err));
    TRY(arrival_in_sight(sitting, &answer->person, &when, &answer->arrival, err));
    struct history_of of = {.person = loaded.view.person.id, .when = &when};
    TRY(history_requests(sitting, &loaded.view.person, &when, &of.requests, &of.request_count,
                         err));
    const struct history_line *lines = NULL;
    TRY(history_read(sitting, &of, work->query, &lines, &answer->count, &answer->next_before, err));
    struct history_line *told = ARENA_NEW(work->arena, struct history_line, answer->count + 1);
    if (told == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < answer->count; i++) {
        told[i] = lines[i];
    }
    answer->lines = told;
    return tell_withdrawn(sitting, &of, told, answer->count, err);
}

result casework_history(const struct casework *casework, const struct caller *caller, str person,
                        const struct asked *asked, const struct history_query *query,
                        struct arena *arena, struct history_answer *ret_answer, struct err *err)
{
    if (query->limit < 1 || query->limit > HISTORY_LINES_MAX || query->before < 0) {
        return err_set(err, ERROR_INPUT, "A page of the history has 1 to %d lines",
                       HISTORY_LINES_MAX);
    }
    struct history_work work = {.casework = casework,
                                .caller = caller,
                                .reference = person,
                                .asked = asked,
                                .query = query,
                                .arena = arena};
    TRY(store_read_steady(casework->store, read_history, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_PERSON, work.answer.person.id, "history", err));
    *ret_answer = work.answer;
    return result_ok();
}

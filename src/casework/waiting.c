#include "casework/waiting.h"

#include "casework/likely.h"
#include "casework/manifest_work.h"
#include "casework/merging.h"
#include "casework/pairs.h"

#include <stdlib.h>

struct waiting_work {
    const struct casework *casework;
    const struct caller *caller;
    struct arena *arena;
    struct sitting sitting;
    const struct pairs_question *question;
    const struct erasure_line *erasures;
    size_t erasure_count;
    struct pairs_answer pairs;
    struct waiting_counts counts;
    bool locked; /* the pairs that are kept may be read */
};

/* --- erasures --------------------------------------------------------------------------------- */

static result describe_erasure(struct sitting *sitting, const struct person_row *person,
                               struct erasure_line *ret_line, struct err *err)
{
    struct erasure_line line = {.person = *person};
    struct event request;
    TRY(transaction_identity(sitting->transaction, person, sitting->arena, &line.identity, err));
    TRY(transaction_event(sitting->transaction, person->erasure_request, sitting->arena, &request,
                          err));
    line.basis = request.body.erasure_requested.basis;
    line.asked_at = request.recorded_at;
    line.asked_here = request.actor == sitting->account.id;
    TRY(sitting_actor(sitting, request.actor, &line.asked_by, err));
    *ret_line = line;
    return result_ok();
}

/* Those in sight. */
static result list_erasures(struct sitting *sitting, struct erasure_line **ret_lines,
                            size_t *ret_count, struct err *err)
{
    const struct person_row *rows = NULL;
    size_t row_count = 0;
    size_t count = 0;
    TRY(transaction_erasures(sitting->transaction, sitting->arena, &rows, &row_count, err));
    struct erasure_line *lines = ARENA_NEW(sitting->arena, struct erasure_line, row_count + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < row_count; i++) {
        bool visible = false;
        TRY(sitting_may_person(sitting, &rows[i], ACTION_MANAGE_PRIVACY, &visible, err));
        if (visible) {
            TRY(describe_erasure(sitting, &rows[i], &lines[count++], err));
        }
    }
    *ret_lines = lines;
    *ret_count = count;
    return result_ok();
}

static result read_erasures(struct transaction *transaction, void *context, struct err *err)
{
    struct waiting_work *work = context;
    struct erasure_line *lines = NULL;
    TRY(sitting_read(&work->sitting, work->casework, transaction, work->caller,
                     ACTION_MANAGE_PRIVACY, work->arena, err));
    TRY(list_erasures(&work->sitting, &lines, &work->erasure_count, err));
    work->erasures = lines;
    return result_ok();
}

result casework_erasures(const struct casework *casework, const struct caller *caller,
                         struct arena *arena, const struct erasure_line **ret_lines,
                         size_t *ret_count, struct err *err)
{
    struct waiting_work work = {.casework = casework, .caller = caller, .arena = arena};
    TRY(store_read(casework->store, read_erasures, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "erasures", err));
    *ret_lines = work.erasures;
    *ret_count = work.erasure_count;
    return result_ok();
}

/* --- which pairs are in sight ----------------------------------------------------------------- */

struct pair_sight {
    struct sitting *sitting;
    bool everywhere;
    struct hidden_people hidden;
};

static result open_sight(struct sitting *sitting, struct pair_sight *ret_sight, struct err *err)
{
    *ret_sight = (struct pair_sight){
        .sitting = sitting, .everywhere = may_everywhere(&sitting->account, ACTION_SEE_DUPLICATES)};
    return sitting_hidden(sitting, ACTION_SEE_DUPLICATES, &ret_sight->hidden, err);
}

static result may_see(const struct pair_sight *sight, int64_t person, bool *ret_may,
                      struct err *err)
{
    struct arena scratch = *sight->sitting->arena;
    struct person_row row;
    *ret_may = !hidden_has(&sight->hidden, person);
    if (!*ret_may || sight->everywhere) {
        return result_ok();
    }
    TRY(transaction_person(sight->sitting->transaction, person, &scratch, &row, err));
    return sitting_may_person(sight->sitting, &row, ACTION_SEE_DUPLICATES, ret_may, err);
}

static result sees_pair(const struct pair_sight *sight, const struct pair *pair, bool *ret_sees,
                        struct err *err)
{
    TRY(may_see(sight, pair->one, ret_sees, err));
    return *ret_sees ? may_see(sight, pair->other, ret_sees, err) : result_ok();
}

/* --- the merges that were asked for of them --------------------------------------------------- */

struct pair_merge {
    struct pair pair;
    int64_t merge;
    enum merge_state state;
};
struct pair_merges {
    struct pair_merge *items; /* in the order of pairs, the last merge of each first */
    size_t count;
};

static int compare_pair_merges(const void *left, const void *right)
{
    const struct pair_merge *a = left;
    const struct pair_merge *b = right;
    const int by_pair = pair_compare(&a->pair, &b->pair);
    return by_pair != 0 ? by_pair : (a->merge < b->merge) - (a->merge > b->merge);
}

static result person_of(struct sitting *sitting, int64_t record, int64_t *ret_person,
                        struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct person_row person;
    TRY(transaction_person(sitting->transaction, record, &scratch, &person, err));
    *ret_person = person.id;
    return result_ok();
}

static result read_merges(struct sitting *sitting, struct pair_merges *ret_merges, struct err *err)
{
    const struct merge_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_merges(sitting->transaction, 0, 0, sitting->arena, &rows, &count, err));
    struct pair_merge *items = ARENA_NEW(sitting->arena, struct pair_merge, count + 1);
    if (items == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        int64_t one = 0;
        int64_t other = 0;
        TRY(person_of(sitting, rows[i].continues, &one, err));
        TRY(person_of(sitting, rows[i].absorbed, &other, err));
        items[i] = (struct pair_merge){
            .pair = {.one = one < other ? one : other, .other = one < other ? other : one},
            .merge = rows[i].id,
            .state = rows[i].state};
    }
    qsort(items, count, sizeof items[0], compare_pair_merges);
    *ret_merges = (struct pair_merges){.items = items, .count = count};
    return result_ok();
}

/* NULL: nobody asked for one. */
static const struct pair_merge *merge_of(const struct pair_merges *merges, const struct pair *pair)
{
    size_t first = 0;
    size_t end = merges->count;
    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        if (pair_compare(&merges->items[middle].pair, pair) < 0) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    const bool found = first < merges->count && pair_compare(&merges->items[first].pair, pair) == 0;
    return found ? &merges->items[first] : NULL;
}

/* --- a page of them --------------------------------------------------------------------------- */

/* The one is told of the other, or the other of the one. */
static result describe_one(struct sitting *sitting, const struct person_row *person, int64_t only,
                           const struct likely_duplicate **ret_likely, size_t *ret_count,
                           struct err *err)
{
    struct who who;
    TRY(who_is(sitting, person, &who, err));
    return likely_find(sitting, &who, only, ret_likely, ret_count, err);
}

static result describe_pair(struct sitting *sitting, const struct pair *pair,
                            struct duplicate_pair *ret_pair, bool *ret_found, struct err *err)
{
    struct transaction *transaction = sitting->transaction;
    const struct likely_duplicate *likely = NULL;
    struct duplicate_pair found = {.merge = 0};
    struct person_row other;
    size_t count = 0;
    TRY(transaction_person(transaction, pair->one, sitting->arena, &found.person, err));
    TRY(transaction_person(transaction, pair->other, sitting->arena, &other, err));
    TRY(transaction_identity(transaction, &found.person, sitting->arena, &found.identity, err));
    TRY(describe_one(sitting, &found.person, pair->other, &likely, &count, err));
    if (count > 0) {
        found.other = likely[0];
    } else {
        TRY(describe_one(sitting, &other, pair->one, &likely, &count, err));
        found.other = count > 0 ? likely[0] : found.other;
        found.other.person = other;
        TRY(transaction_identity(transaction, &other, sitting->arena, &found.other.identity, err));
    }
    *ret_found = count > 0;
    *ret_pair = found;
    return result_ok();
}

static result add_pair(struct waiting_work *work, const struct pair_merges *merges,
                       const struct pair *pair, struct duplicate_pair *pairs, struct err *err)
{
    struct pairs_answer *answer = &work->pairs;
    struct duplicate_pair *line = &pairs[answer->count];
    const struct pair_merge *merge = merge_of(merges, pair);
    bool found = false;
    TRY(describe_pair(&work->sitting, pair, line, &found, err));
    if (found) {
        line->merge = merge != NULL ? merge->merge : 0;
        line->merge_state = merge != NULL ? merge->state : 0;
        answer->count++;
    }
    return result_ok();
}

static bool is_behind(const struct pair *pair, struct pair_place place)
{
    return pair->one > place.person || (pair->one == place.person && pair->other > place.other);
}

static result page_of_pairs(struct waiting_work *work, const struct pair *pairs, size_t count,
                            struct err *err)
{
    struct pairs_answer *answer = &work->pairs;
    struct pair_place last = {.person = 0};
    struct pair_sight sight;
    struct pair_merges merges;
    struct duplicate_pair *lines =
        ARENA_NEW(work->arena, struct duplicate_pair, work->question->limit + 1);
    if (lines == NULL) {
        return arena_full(err);
    }
    TRY(open_sight(&work->sitting, &sight, err));
    TRY(read_merges(&work->sitting, &merges, err));
    for (size_t i = 0; i < count; i++) {
        bool sees = false;
        TRY(sees_pair(&sight, &pairs[i], &sees, err));
        answer->total += sees ? 1 : 0;
        if (!sees || !is_behind(&pairs[i], work->question->after)) {
            continue;
        }
        if (answer->count < work->question->limit) {
            TRY(add_pair(work, &merges, &pairs[i], lines, err));
            last = (struct pair_place){.person = pairs[i].one, .other = pairs[i].other};
        } else {
            answer->next = last;
        }
    }
    answer->pairs = lines;
    return result_ok();
}

static result read_pairs(struct transaction *const *transactions, size_t count, void *context,
                         struct err *err)
{
    struct waiting_work *work = context;
    const struct pair *pairs = NULL;
    size_t pair_count = 0;
    TRY(sitting_read(&work->sitting, work->casework, transactions[0], work->caller,
                     ACTION_SEE_DUPLICATES, work->arena, err));
    TRY(pairs_of_now(&work->sitting, transactions, count, work->casework->pairs_wait_ms > 0, &pairs,
                     &pair_count, &work->pairs.known, err));
    return work->pairs.known ? page_of_pairs(work, pairs, pair_count, err) : result_ok();
}

static result read_locked(struct waiting_work *work, struct err *err)
{
    pairs_lock(work->casework->pairs);
    const result read =
        store_read_together(work->casework->store, ROLL_THREADS, read_pairs, work, err);
    pairs_unlock(work->casework->pairs);
    return read;
}

static result wait_for_pairs(struct waiting_work *work, bool *ret_ended, struct err *err)
{
    const struct pairs_question *question = work->question;
    const struct casework *casework = work->casework;
    TRY(pairs_compare(&work->sitting, casework->pairs_wait_ms, ret_ended, err));
    while (!*ret_ended && question->progress != NULL) {
        int percent = 0;
        TRY(pairs_compare(&work->sitting, PAIRS_WAIT_MS, ret_ended, err));
        if (pairs_progress(casework->pairs, &percent)) {
            question->progress(question->progress_context, percent, 100);
        }
    }
    return result_ok();
}

result casework_all_duplicates(const struct casework *casework, const struct caller *caller,
                               const struct pairs_question *question, struct arena *arena,
                               struct pairs_answer *ret_answer, struct err *err)
{
    struct waiting_work work = {
        .casework = casework, .caller = caller, .arena = arena, .question = question};
    bool ended = true;
    if (question->limit < 1 || question->limit > PAIRS_AT_ONCE) {
        return err_set(err, ERROR_INPUT, "A page of the list has 1 to %d pairs", PAIRS_AT_ONCE);
    }
    TRY(read_locked(&work, err));
    /* Once more when many changed meanwhile; who waits however long it takes, each time. */
    for (int i = 0; !work.pairs.known && ended && (i < 2 || question->progress != NULL); i++) {
        TRY(wait_for_pairs(&work, &ended, err));
        TRY(ended ? read_locked(&work, err) : result_ok());
    }
    if (work.pairs.known) {
        TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "likely duplicates",
                         err));
    } else if (!pairs_progress(casework->pairs, &work.pairs.percent)) {
        work.pairs.percent = 99; /* it ended this moment */
    }
    *ret_answer = work.pairs;
    return result_ok();
}

bool casework_compares_everybody(const struct casework *casework, int *ret_percent)
{
    return pairs_progress(casework->pairs, ret_percent);
}

/* --- counted ---------------------------------------------------------------------------------- */

static result count_merges(struct sitting *sitting, int64_t *ret_count, struct err *err)
{
    const struct merge_row *rows = NULL;
    size_t count = 0;
    *ret_count = 0;
    TRY(transaction_merges(sitting->transaction, 0, MERGE_ASKED, sitting->arena, &rows, &count,
                           err));
    for (size_t i = 0; i < count; i++) {
        bool in_sight = false;
        bool erased = false;
        TRY(merging_in_sight(sitting, &rows[i], ACTION_DECIDE_MERGE, &in_sight, &erased, err));
        *ret_count += in_sight && !erased && rows[i].requested_by != sitting->account.id ? 1 : 0;
    }
    return result_ok();
}

static result count_erasures(struct sitting *sitting, int64_t *ret_count, struct err *err)
{
    struct erasure_line *lines = NULL;
    size_t count = 0;
    *ret_count = 0;
    TRY(list_erasures(sitting, &lines, &count, err));
    for (size_t i = 0; i < count; i++) {
        *ret_count += lines[i].asked_here ? 0 : 1;
    }
    return result_ok();
}

static result count_pairs(struct sitting *sitting, struct waiting_counts *counts, struct err *err)
{
    const struct pair *pairs = NULL;
    struct pair_sight sight;
    struct pair_merges merges;
    size_t count = 0;
    TRY(pairs_at_hand(sitting, &pairs, &count, &counts->knows_pairs, err));
    if (!counts->knows_pairs) {
        return result_ok();
    }
    TRY(open_sight(sitting, &sight, err));
    TRY(read_merges(sitting, &merges, err));
    for (size_t i = 0; i < count; i++) {
        bool sees = false;
        TRY(sees_pair(&sight, &pairs[i], &sees, err));
        counts->pairs += sees && merge_of(&merges, &pairs[i]) == NULL ? 1 : 0;
    }
    return result_ok();
}

static result find_silence(struct sitting *sitting, const struct hub_row *hub,
                           struct waiting_hub *waiting, struct err *err)
{
    struct arena scratch = *sitting->arena;
    struct hub_report_row report;
    const struct stay_row *stays = NULL;
    size_t count = 0;
    TRY(transaction_stays(sitting->transaction, STAYS_NOW, hub->id, 0, &scratch, &stays, &count,
                          err));
    TRY(transaction_hub_report(sitting->transaction, hub->id, &report, err));
    if (report.hub != 0) {
        waiting->silent_days = date_days_between(instant_date(report.accurate_at), sitting->today);
    }
    waiting->silent = count > 0 && (report.hub == 0 || waiting->silent_days >= HUB_SILENT_DAYS);
    return result_ok();
}

static result count_at_hub(struct sitting *sitting, const struct hub_row *hub,
                           struct waiting_hub *ret_hub, struct err *err)
{
    struct arena scratch = *sitting->arena;
    const struct stay_row *stays = NULL;
    const struct unexpected_row *unexpected = NULL;
    size_t count = 0;
    struct waiting_hub waiting = {.reference = hub->reference, .name = hub->name};
    TRY(transaction_stays(sitting->transaction, STAYS_EXPECTED, hub->id, 0, &scratch, &stays,
                          &count, err));
    for (size_t i = 0; i < count; i++) {
        waiting.overdue += stay_days_overdue(&stays[i], sitting->today) > 0 ? 1 : 0;
    }
    TRY(transaction_unexpected_open(sitting->transaction, hub->id, &scratch, &unexpected, &count,
                                    err));
    waiting.unexpected = (int64_t)count;
    TRY(find_silence(sitting, hub, &waiting, err));
    *ret_hub = waiting;
    return result_ok();
}

static result count_arrivals(struct sitting *sitting, struct waiting_counts *counts,
                             struct err *err)
{
    const struct hub_row *hubs = NULL;
    size_t count = 0;
    TRY(transaction_hubs(sitting->transaction, sitting->arena, &hubs, &count, err));
    struct waiting_hub *waiting = ARENA_NEW(sitting->arena, struct waiting_hub, count + 1);
    if (waiting == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        bool may = false;
        bool runs = false;
        bool monitors = false;
        struct waiting_hub *hub = &waiting[counts->hub_count];
        TRY(sitting_may_hub(sitting, &hubs[i], ACTION_RESOLVE_ARRIVAL, &may, err));
        TRY(sitting_may_hub(sitting, &hubs[i], ACTION_RUN_HUB, &runs, err));
        TRY(sitting_may_hub(sitting, &hubs[i], ACTION_MONITOR, &monitors, err));
        if (may || runs || monitors) {
            TRY(count_at_hub(sitting, &hubs[i], hub, err));
            counts->hub_count += hub->unexpected + hub->overdue > 0 || hub->silent ? 1 : 0;
        }
    }
    counts->hubs = waiting;
    return result_ok();
}

static bool has_left(const struct sitting *sitting, const struct manifest_row *row)
{
    return row->state == MANIFEST_DEPARTED ||
           (row->state == MANIFEST_BOARDED &&
            row->departs_at.milliseconds < system_now(sitting->casework->system).milliseconds);
}

static result count_aboard(struct sitting *sitting, struct waiting_counts *counts, struct err *err)
{
    const struct manifest_row *rows = NULL;
    size_t count = 0;
    TRY(transaction_manifests(sitting->transaction, true, sitting->arena, &rows, &count, err));
    struct waiting_departure *departures =
        ARENA_NEW(sitting->arena, struct waiting_departure, count + 1);
    if (departures == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < count; i++) {
        size_t aboard = 0;
        if (rows[i].aboard > 0 && has_left(sitting, &rows[i]) &&
            manifest_may(sitting, &rows[i], ACTION_ACCOUNT_ABOARD)) {
            TRY(manifest_aboard(sitting, &rows[i], &aboard, err));
        }
        if (aboard > 0) {
            departures[counts->departure_count++] = (struct waiting_departure){
                .manifest = rows[i].reference, .aboard = (int64_t)aboard};
        }
    }
    counts->departures = departures;
    return result_ok();
}

static result read_waiting(struct transaction *transaction, void *context, struct err *err)
{
    struct waiting_work *work = context;
    struct sitting *sitting = &work->sitting;
    struct waiting_counts *counts = &work->counts;
    TRY(sitting_read(sitting, work->casework, transaction, work->caller, ACTION_SEE_PEOPLE,
                     work->arena, err));
    *counts = (struct waiting_counts){
        .decides_merges = may_somewhere(&sitting->account, ACTION_DECIDE_MERGE),
        .erases = may_somewhere(&sitting->account, ACTION_MANAGE_PRIVACY),
        .asks_for_merges = may_somewhere(&sitting->account, ACTION_REQUEST_MERGE)};
    TRY(count_arrivals(sitting, counts, err));
    if (may_somewhere(&sitting->account, ACTION_ACCOUNT_ABOARD)) {
        TRY(count_aboard(sitting, counts, err));
    }
    if (counts->decides_merges) {
        TRY(count_merges(sitting, &counts->merges, err));
    }
    if (counts->erases) {
        TRY(count_erasures(sitting, &counts->erasures, err));
    }
    return counts->asks_for_merges && work->locked ? count_pairs(sitting, counts, err)
                                                   : result_ok();
}

result casework_waiting(const struct casework *casework, const struct caller *caller,
                        struct arena *arena, struct waiting_counts *ret_counts, struct err *err)
{
    struct waiting_work work = {.casework = casework,
                                .caller = caller,
                                .arena = arena,
                                .locked = pairs_try_lock(casework->pairs)};
    const result read = store_read(casework->store, read_waiting, &work, err);
    if (work.locked) {
        pairs_unlock(casework->pairs);
    }
    *ret_counts = work.counts;
    return read;
}

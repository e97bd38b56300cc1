/* The rows of a hub's desk: brought up to date by events, and read. */
#include "store/transaction.h"

/* Makes the row, or the row as it is now. */
static result put_row(struct transaction *transaction, enum table table, const void *row,
                      struct err *err)
{
    transaction->rows_changed++;
    return backend_of(transaction)->row_put(transaction->connection, table, row, err);
}

/* `row` has its key set; an empty row when there is none. */
static result find_row(struct transaction *transaction, enum table table, struct arena *arena,
                       void *row, bool *ret_found, struct err *err)
{
    return backend_of(transaction)
        ->row_find(transaction->connection, table, arena, row, ret_found, err);
}

/* --- stays --- */

static bool gives_or_frees_place(const struct event *event)
{
    return event->kind == EVENT_STEP_TAKEN && event->body.step_taken.place != 0;
}

/* The stay that the person is in ends when they are placed elsewhere or nowhere, and then another
 * begins when they are given a place. */
static result apply_step_to_stay(struct transaction *transaction, const struct event *event,
                                 struct arena scratch, struct err *err)
{
    const struct parameter person = parameter_number(event->subject);
    struct stay_row row = {.id = 0};
    bool found = false;
    TRY(first_row(transaction, QUERY_STAY_OF_PERSON, &person, 1, &scratch, &row, &found, err));
    if (found) {
        TRY(stay_row_apply(&row, event, err));
        TRY(put_row(transaction, TABLE_STAY, &row, err));
    }
    const bool stays = found && row.left_event == 0;
    if (stays || event->body.step_taken.place < 0) {
        return result_ok();
    }
    row = (struct stay_row){.id = 0};
    TRY(stay_row_apply(&row, event, err));
    return put_row(transaction, TABLE_STAY, &row, err);
}

static result apply_to_stay(struct transaction *transaction, const struct event *event,
                            int64_t stay, struct arena scratch, struct err *err)
{
    struct stay_row row = {.id = stay};
    bool found = false;
    TRY(find_row(transaction, TABLE_STAY, &scratch, &row, &found, err));
    row.id = found ? row.id : 0;
    TRY(stay_row_apply(&row, event, err));
    return put_row(transaction, TABLE_STAY, &row, err);
}

/* --- the others --- */

static result apply_to_prebooking(struct transaction *transaction, const struct event *event,
                                  int64_t prebooking, struct arena scratch, struct err *err)
{
    struct prebooking_row row = {.id = prebooking};
    bool found = false;
    TRY(find_row(transaction, TABLE_PREBOOKING, &scratch, &row, &found, err));
    row.id = found ? row.id : 0;
    TRY(prebooking_row_apply(&row, event, err));
    return put_row(transaction, TABLE_PREBOOKING, &row, err);
}

static result apply_to_report(struct transaction *transaction, const struct event *event,
                              struct arena scratch, struct err *err)
{
    struct hub_report_row row = {.hub = event->subject};
    bool found = false;
    TRY(find_row(transaction, TABLE_HUB_REPORT, &scratch, &row, &found, err));
    row.hub = found ? row.hub : 0;
    TRY(hub_report_row_apply(&row, event, err));
    return put_row(transaction, TABLE_HUB_REPORT, &row, err);
}

static result apply_to_unexpected(struct transaction *transaction, const struct event *event,
                                  int64_t arrival, struct arena scratch, struct err *err)
{
    struct unexpected_row row = {.id = arrival};
    bool found = false;
    TRY(find_row(transaction, TABLE_UNEXPECTED, &scratch, &row, &found, err));
    row.id = found ? row.id : 0;
    TRY(unexpected_row_apply(&row, event, err));
    return put_row(transaction, TABLE_UNEXPECTED, &row, err);
}

result hub_desk_apply(struct transaction *transaction, const struct event *event,
                      struct arena scratch, struct err *err)
{
    switch ((int)event->kind) {
    case EVENT_STEP_TAKEN:
        return gives_or_frees_place(event) ? apply_step_to_stay(transaction, event, scratch, err)
                                           : result_ok();
    case EVENT_ARRIVAL_RESOLVED:
        return apply_to_stay(transaction, event, event->body.arrival_resolved.stay, scratch, err);
    case EVENT_ARRIVAL_HANDED_OVER:
        return apply_to_stay(transaction, event, event->body.arrival_handed_over.stay, scratch,
                             err);
    case EVENT_DEPARTURE_CANCELLED:
        return apply_to_stay(transaction, event, event->body.departure_cancelled.stay, scratch,
                             err);
    case EVENT_PLACES_PREBOOKED:
        return apply_to_prebooking(transaction, event, event->position, scratch, err);
    case EVENT_PREBOOKING_GIVEN:
        return apply_to_prebooking(transaction, event, event->body.prebooking_given.prebooking,
                                   scratch, err);
    case EVENT_PREBOOKING_ENDED:
        return apply_to_prebooking(transaction, event, event->body.prebooking_ended.prebooking,
                                   scratch, err);
    case EVENT_HUB_REPORTED:
    case EVENT_HUB_REPORT_EXPLAINED:
        return apply_to_report(transaction, event, scratch, err);
    case EVENT_UNEXPECTED_ARRIVAL:
        return apply_to_unexpected(transaction, event, event->position, scratch, err);
    case EVENT_UNEXPECTED_RESOLVED:
        return apply_to_unexpected(transaction, event, event->body.unexpected_resolved.arrival,
                                   scratch, err);
    default:
        return result_ok();
    }
}

/* --- counting places --- */

static void add_count(struct place_counts *counts, enum place_state state, bool ran_out,
                      int64_t count)
{
    int64_t *const of_state[PLACE_STATES] = {
        [PLACE_FREE] = &counts->free,
        [PLACE_HELD] = &counts->held,
        [PLACE_OCCUPIED] = &counts->occupied,
        [PLACE_CLOSED] = NULL,
        [PLACE_PREBOOKED] = ran_out ? &counts->free : &counts->prebooked,
        [PLACE_OUT_OF_USE] = &counts->out_of_use,
    };
    ASSERT(state >= PLACE_FREE && state < PLACE_STATES);
    if (of_state[state] != NULL) {
        *of_state[state] += count;
        counts->agreed += count;
    }
}

void place_counts_add(struct place_counts *counts, const struct place_row *place, date today)
{
    add_count(counts, place->state, place_is_free_on(place, today), 1);
}

result transaction_count_places(struct transaction *transaction, int64_t hub, date today,
                                struct arena *arena, const struct kind_counts **ret_kinds,
                                size_t *ret_count, struct err *err)
{
    const struct parameter parameters[] = {parameter_number(hub), parameter_number(today.day)};
    void *rows = NULL;
    size_t row_count = 0;
    TRY(collect_rows(transaction, QUERY_PLACE_COUNTS, parameters, 2, arena, &rows, &row_count,
                     err));
    const struct place_state_count *states = rows;
    struct kind_counts *kinds = ARENA_NEW(arena, struct kind_counts, row_count + 1);
    if (kinds == NULL) {
        return arena_full(err);
    }
    size_t count = 0;
    for (size_t i = 0; i < row_count; i++) {
        if (count == 0 || !str_equal(kinds[count - 1].kind, states[i].kind)) {
            kinds[count++].kind = states[i].kind;
        }
        add_count(&kinds[count - 1].counts, states[i].state, states[i].ran_out != 0,
                  states[i].count);
    }
    *ret_kinds = kinds;
    *ret_count = count;
    return result_ok();
}

struct place_counts place_counts_sum(const struct kind_counts *kinds, size_t count)
{
    struct place_counts sum = {.agreed = 0};
    for (size_t i = 0; i < count; i++) {
        sum.agreed += kinds[i].counts.agreed;
        sum.free += kinds[i].counts.free;
        sum.prebooked += kinds[i].counts.prebooked;
        sum.held += kinds[i].counts.held;
        sum.occupied += kinds[i].counts.occupied;
        sum.out_of_use += kinds[i].counts.out_of_use;
    }
    return sum;
}

/* --- reading --- */

static struct parameter limit_parameter(size_t limit)
{
    return parameter_number(limit == 0 || limit > INT64_MAX ? NO_LIMIT : (int64_t)limit);
}

result transaction_places_of_person(struct transaction *transaction, int64_t person,
                                    struct arena *arena, const struct place_row **ret_rows,
                                    size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(person);
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_PLACES_OF_PERSON, &parameter, 1, arena, &rows, ret_count,
                     err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_places_of_prebooking(struct transaction *transaction, int64_t prebooking,
                                        struct arena *arena, const struct place_row **ret_rows,
                                        size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(prebooking);
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_PLACES_OF_PREBOOKING, &parameter, 1, arena, &rows,
                     ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_stays(struct transaction *transaction, enum stays_asked asked, int64_t hub,
                         size_t limit, struct arena *arena, const struct stay_row **ret_rows,
                         size_t *ret_count, struct err *err)
{
    static const enum query queries[] = {[STAYS_EXPECTED] = QUERY_STAYS_EXPECTED,
                                         [STAYS_NOW] = QUERY_STAYS_AT_HUB,
                                         [STAYS_LEFT] = QUERY_STAYS_LEFT};
    const struct parameter parameters[] = {parameter_number(hub), limit_parameter(limit)};
    void *rows = NULL;
    TRY(collect_rows(transaction, queries[asked], parameters, asked == STAYS_LEFT ? 2 : 1, arena,
                     &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_stays_of_person(struct transaction *transaction, int64_t person,
                                   struct arena *arena, const struct stay_row **ret_rows,
                                   size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(person);
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_STAYS_OF_PERSON, &parameter, 1, arena, &rows, ret_count,
                     err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_count_arrivals(struct transaction *transaction, int64_t hub, struct arena *arena,
                                  const struct arrival_count **ret_counts, size_t *ret_count,
                                  struct err *err)
{
    const struct parameter parameter = parameter_number(hub);
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_ARRIVAL_COUNTS, &parameter, 1, arena, &rows, ret_count,
                     err));
    *ret_counts = rows;
    return result_ok();
}

static result find_or_refuse(struct transaction *transaction, enum table table, const char *what,
                             int64_t id, struct arena *arena, void *row, struct err *err)
{
    bool found = false;
    TRY(find_row(transaction, table, arena, row, &found, err));
    return found ? result_ok()
                 : err_set(err, ERROR_NOT_FOUND, "There is no %s %lld", what, (long long)id);
}

result transaction_prebooking(struct transaction *transaction, int64_t id, struct arena *arena,
                              struct prebooking_row *ret_row, struct err *err)
{
    struct prebooking_row row = {.id = id};
    TRY(find_or_refuse(transaction, TABLE_PREBOOKING, "prebooking", id, arena, &row, err));
    *ret_row = row;
    return result_ok();
}

result transaction_prebookings(struct transaction *transaction, int64_t hub, size_t limit,
                               struct arena *arena, const struct prebooking_row **ret_rows,
                               size_t *ret_count, struct err *err)
{
    const struct parameter parameters[] = {parameter_number(hub), limit_parameter(limit)};
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_PREBOOKINGS, parameters, 2, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

result transaction_hub_report(struct transaction *transaction, int64_t hub,
                              struct hub_report_row *ret_row, struct err *err)
{
    struct arena scratch = transaction->scratch;
    struct hub_report_row row = {.hub = hub};
    bool found = false;
    TRY(find_row(transaction, TABLE_HUB_REPORT, &scratch, &row, &found, err));
    *ret_row = found ? row : (struct hub_report_row){.hub = 0};
    return result_ok();
}

result transaction_unexpected(struct transaction *transaction, int64_t id, struct arena *arena,
                              struct unexpected_row *ret_row, struct err *err)
{
    struct unexpected_row row = {.id = id};
    TRY(find_or_refuse(transaction, TABLE_UNEXPECTED, "unexpected arrival", id, arena, &row, err));
    *ret_row = row;
    return result_ok();
}

result transaction_unexpected_open(struct transaction *transaction, int64_t hub,
                                   struct arena *arena, const struct unexpected_row **ret_rows,
                                   size_t *ret_count, struct err *err)
{
    const struct parameter parameter = parameter_number(hub);
    void *rows = NULL;
    TRY(collect_rows(transaction, QUERY_UNEXPECTED, &parameter, 1, arena, &rows, ret_count, err));
    *ret_rows = rows;
    return result_ok();
}

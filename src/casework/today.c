#include "casework/casework.h"

#include "casework/due.h"
#include "casework/queue.h"
#include "casework/requests.h"
#include "casework/sitting.h"

#include <string.h>

enum {
    DUE_DAYS = 14,         /* how far ahead a clock is called due, unless said otherwise */
    DUE_LINES = 100,       /* given, unless said otherwise; all are counted */
    STOPPED_DAYS = 14,     /* how long a request that was stopped is still shown */
    ENDED_LOOKED_AT = 2000 /* of the requests that are over, those asked for last */
};

struct today_work {
    const struct casework *casework;
    const struct caller *caller;
    struct arena *arena;
    struct work_query due;
    struct sitting sitting;
    struct today_answer answer;
};

/* --- what is due ------------------------------------------------------------------------------ */

static result find_due(struct today_work *work, struct transaction *const *transactions,
                       size_t count, struct err *err)
{
    struct work_answer found;
    TRY(queue_find(&work->sitting, transactions, count, &work->due, &found, err));
    memcpy(work->answer.due_of_kind, found.total_of, sizeof found.total_of);
    work->answer.due = found.lines;
    work->answer.due_count = found.count;
    work->answer.due_total = found.total;
    return result_ok();
}

/* --- requests --------------------------------------------------------------------------------- */

struct request_list {
    struct work_request *items;
    size_t count;
    size_t capacity;
};

static result add_request(struct sitting *sitting, struct request_list *list,
                          const struct request_row *row, struct err *err)
{
    if (!sitting_hub_in_sight(sitting, ACTION_SEE_PEOPLE, row->hub)) {
        return result_ok();
    }
    bool visible = false;
    struct arena scratch = *sitting->arena;
    struct person_row person;
    TRY(transaction_person(sitting->transaction, row->person, &scratch, &person, err));
    TRY(sitting_may_person(sitting, &person, ACTION_SEE_PEOPLE, &visible, err));
    if (visible) {
        ASSERT(list->count < list->capacity);
        TRY(request_describe(sitting, row, &list->items[list->count], err));
        list->count++;
    }
    return result_ok();
}

static bool stopped_lately(const struct sitting *sitting, const struct request_row *row)
{
    const date since = date_add_days(sitting->today, -STOPPED_DAYS);
    return row->state == REQUEST_STOPPED && !date_before(instant_date(row->changed_at), since);
}

static result find_requests(struct today_work *work, struct err *err)
{
    struct sitting *sitting = &work->sitting;
    const struct request_filter live = {.live_only = true};
    const struct request_filter last = {.limit = ENDED_LOOKED_AT};
    const struct request_row *rows = NULL;
    const struct request_row *ended = NULL;
    size_t row_count = 0;
    size_t ended_count = 0;
    TRY(transaction_requests(sitting->transaction, &live, work->arena, &rows, &row_count, err));
    TRY(transaction_requests(sitting->transaction, &last, work->arena, &ended, &ended_count, err));
    struct request_list list = {.capacity = row_count + ended_count};
    list.items = ARENA_NEW(work->arena, struct work_request, list.capacity + 1);
    if (list.items == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < row_count; i++) {
        TRY(add_request(sitting, &list, &rows[i], err));
    }
    for (size_t i = 0; i < ended_count; i++) {
        if (stopped_lately(sitting, &ended[i])) {
            TRY(add_request(sitting, &list, &ended[i], err));
        }
    }
    work->answer.requests = list.items;
    work->answer.request_count = list.count;
    return result_ok();
}

/* --- all of it -------------------------------------------------------------------------------- */

static result read_today(struct transaction *const *transactions, size_t count, void *context,
                         struct err *err)
{
    struct today_work *work = context;
    TRY(sitting_read(&work->sitting, work->casework, transactions[0], work->caller,
                     ACTION_SEE_PEOPLE, work->arena, err));
    work->answer = (struct today_answer){.today = work->sitting.today};
    TRY(find_requests(work, err));
    TRY(find_due(work, transactions, count, err));
    return sitting_count_stages(&work->sitting, &work->answer.stages, &work->answer.stage_count,
                                err);
}

result casework_today(const struct casework *casework, const struct caller *caller,
                      const struct work_query *due, struct arena *arena,
                      struct today_answer *ret_answer, struct err *err)
{
    struct today_work work = {
        .casework = casework,
        .caller = caller,
        .arena = arena,
        .due = {.within_days = DUE_DAYS, .kinds = WORK_ALL_KINDS, .limit = DUE_LINES},
    };
    if (due != NULL) {
        TRY(queue_check(due, err));
        work.due = *due;
    }
    TRY(due_read(casework, read_today, &work, err));
    TRY(sitting_look(&work.sitting, SUBJECT_OF_REGISTER, REGISTER_ID, "work of the day", err));
    *ret_answer = work.answer;
    return result_ok();
}

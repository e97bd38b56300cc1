#include "casework/orders.h"

#include "casework/days.h"
#include "casework/record.h"
#include "casework/repeat.h"
#include "casework/text.h"

#include <string.h>

/* The words of the convention (orders.h). */
#define STATUS   ".status"
#define REPORTED "reported"

struct order_work {
    const struct casework *casework;
    const struct caller *caller;
    str person;
    struct reported_order order;
    const struct fact *fact;
    struct arena *arena;
    struct record_answer answer;
};

/* --- which fact ------------------------------------------------------------------------------- */

static bool can_be_reported(const struct fact *fact)
{
    bool reported = false;
    for (size_t i = 0; i < fact->choice_count; i++) {
        reported = reported || str_equal(fact->choices[i], STR(REPORTED));
    }
    return reported && fact->subject == SUBJECT_PERSON && !fact->counted &&
           str_ends(fact->name, STR(STATUS));
}

str order_of_fact(const struct fact *fact)
{
    return can_be_reported(fact) ? str_slice(fact->name, 0, fact->name.len - strlen(STATUS))
                                 : STR("");
}

static result hint_kinds(const struct rulebook *rulebook, struct err *err)
{
    char kinds[240];
    size_t len = 0;
    for (size_t i = 0; i < rulebook->fact_count; i++) {
        const str kind = order_of_fact(&rulebook->facts[i]);
        if (kind.len > 0 && !str_list_add(kinds, sizeof kinds, &len, kind)) {
            break;
        }
    }
    return len == 0 ? err_hint(err, "This rulebook has no fact for an order that is reported.")
                    : err_hint(err, "The rulebook has: %.*s.", (int)len, kinds);
}

static result find_fact(const struct rulebook *rulebook, str order, struct arena *arena,
                        const struct fact **ret_fact, struct err *err)
{
    TRY(text_line_required("The kind of the order", order, FACT_NAME_MAX_BYTES, err));
    const str name = arena_format(arena, "%.*s" STATUS, STR_ARG(order));
    if (name.at == NULL) {
        return arena_full(err);
    }
    const uint32_t fact = rulebook_fact(rulebook, name);
    if (fact != NOT_FOUND_INDEX && can_be_reported(&rulebook->facts[fact])) {
        *ret_fact = &rulebook->facts[fact];
        return result_ok();
    }
    result_ignore(err_set(err, ERROR_INPUT, "An order of the kind \"%.*s\" cannot be reported",
                          STR_ARG(order)),
                  "the hint follows");
    return hint_kinds(rulebook, err);
}

/* --- reporting -------------------------------------------------------------------------------- */

static struct event report_of(const struct sitting *sitting, const struct order_work *work,
                              int64_t person)
{
    const struct reported_order *order = &work->order;
    return (struct event){
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = person,
        .kind = EVENT_ORDER_REPORTED,
        .effective_on = sitting->today,
        .body.order_reported = {.order = order->order,
                                .reporter = order->reporter,
                                .means = order->means,
                                .court = order->court,
                                .claim_number = order->claim_number,
                                .heard_at_ms = order->heard_at.milliseconds},
    };
}

static result append_report(struct sitting *sitting, struct order_work *work, int64_t person,
                            int64_t events[2], struct err *err)
{
    struct event report = report_of(sitting, work, person);
    struct event fact = {
        .subject_kind = SUBJECT_OF_PERSON,
        .subject = person,
        .kind = EVENT_FACT_RECORDED,
        .effective_on = sitting->today,
        .body.fact_recorded = {.fact = work->fact->name,
                               .value = STR(REPORTED),
                               .source = STR("reported: see the report of the order")},
    };
    TRY(sitting_append(sitting, &report, err));
    TRY(sitting_append(sitting, &fact, err));
    events[0] = report.position;
    events[1] = fact.position;
    return result_ok();
}

static bool same_report(const struct sitting *sitting, const struct event *before,
                        const struct order_work *work, int64_t person)
{
    const struct order_reported_body *body = &before->body.order_reported;
    return before->kind == EVENT_ORDER_REPORTED && sitting->before_subject == person &&
           str_equal(body->order, work->order.order) &&
           str_equal(body->reporter, work->order.reporter) &&
           str_equal(body->means, work->order.means) && str_equal(body->court, work->order.court) &&
           str_equal(body->claim_number, work->order.claim_number) &&
           body->heard_at_ms == work->order.heard_at.milliseconds;
}

static result report_again(struct sitting *sitting, struct order_work *work, int64_t person,
                           const struct event *before, struct err *err)
{
    if (!same_report(sitting, before, work, person)) {
        return sitting_client_id_taken(err);
    }
    struct done_before done;
    TRY(repeat_events(sitting, before, &done, err));
    return repeat_record_answer(sitting, &done, &work->answer, err);
}

static result report_work(struct transaction *transaction, void *context, struct err *err)
{
    struct order_work *work = context;
    struct sitting sitting;
    struct event before;
    struct person_row person = {.id = 0};
    TRY(sitting_record(&sitting, work->casework, transaction, work->caller, ACTION_REPORT_ORDER,
                       work->arena, &before, err));
    TRY(sitting_person(&sitting, work->person, ACTION_REPORT_ORDER, &person, err));
    if (before.position != 0) {
        return report_again(&sitting, work, person.id, &before, err);
    }
    /* Not before: a command that is sent again was possible, whatever the clock says now. */
    if (work->order.heard_at.milliseconds > sitting.at.milliseconds) {
        return err_set(err, ERROR_INPUT, "The order cannot have been heard of later than now");
    }
    TRY(days_check_instant("When it was heard of", work->order.heard_at, DAYS_HAPPENED,
                           sitting.today, err));
    int64_t *events = ARENA_NEW(work->arena, int64_t, 2);
    if (events == NULL) {
        return arena_full(err);
    }
    TRY(append_report(&sitting, work, person.id, events, err));
    const struct touched touched = {.kind = SUBJECT_OF_PERSON, .id = person.id};
    return record_finish(&sitting, &touched, 1, events, 2, &work->answer, err);
}

static result check_report(struct reported_order *order, struct err *err)
{
    order->reporter = str_trim(order->reporter);
    order->means = str_trim(order->means);
    order->court = str_trim(order->court);
    order->claim_number = str_trim(order->claim_number);
    TRY(text_line_required("Who reported the order", order->reporter, SOURCE_MAX_BYTES, err));
    TRY(text_line_required("How it was reported", order->means, SOURCE_MAX_BYTES, err));
    TRY(text_line("The court", order->court, SOURCE_MAX_BYTES, err));
    return text_line("The claim number", order->claim_number, SOURCE_MAX_BYTES, err);
}

result casework_report_order(const struct casework *casework, const struct caller *caller,
                             str person, const struct reported_order *order, struct arena *arena,
                             struct record_answer *ret_answer, struct err *err)
{
    struct order_work work = {
        .casework = casework, .caller = caller, .person = person, .order = *order, .arena = arena};
    TRY(find_fact(casework->rulebook, order->order, arena, &work.fact, err));
    TRY(check_report(&work.order, err));
    TRY(store_write(casework->store, report_work, &work, err));
    *ret_answer = work.answer;
    return result_ok();
}

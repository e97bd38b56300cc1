/* What the hub says of itself, beside what the register counts. */
#include "casework/days.h"
#include "casework/hub_work.h"
#include "casework/text.h"

static const int64_t *numbers_of(struct arena *arena, const struct report_kind *kinds, size_t count,
                                 int64_t (*pick)(const struct report_kind *kind))
{
    int64_t *numbers = ARENA_NEW(arena, int64_t, count + 1);
    for (size_t i = 0; numbers != NULL && i < count; i++) {
        numbers[i] = pick(&kinds[i]);
    }
    return numbers;
}

static int64_t in_use_of(const struct report_kind *kind)
{
    return kind->in_use;
}

static int64_t out_of_use_of(const struct report_kind *kind)
{
    return kind->out_of_use;
}

static result list_kinds(struct arena *arena, const struct hub_report_entry *entry,
                         struct hub_reported_body *body, struct err *err)
{
    str *kinds = ARENA_NEW(arena, str, entry->kind_count + 1);
    const int64_t *in_use = numbers_of(arena, entry->kinds, entry->kind_count, in_use_of);
    const int64_t *out = numbers_of(arena, entry->kinds, entry->kind_count, out_of_use_of);
    if (kinds == NULL || in_use == NULL || out == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < entry->kind_count; i++) {
        kinds[i] = str_trim(entry->kinds[i].kind);
    }
    body->kinds = (struct text_list){.items = kinds, .count = entry->kind_count};
    body->in_use_of_kind = (struct number_list){.items = in_use, .count = entry->kind_count};
    body->out_of_use_of_kind = (struct number_list){.items = out, .count = entry->kind_count};
    return result_ok();
}

static result ask_report(struct sitting *sitting, struct hub_work *work, struct event *event,
                         struct err *err)
{
    const struct hub_report_entry *entry = work->entry;
    (void)sitting;
    event->kind = EVENT_HUB_REPORTED;
    event->effective_on = instant_date(entry->accurate_at);
    event->body.hub_reported = (struct hub_reported_body){
        .accurate_at = entry->accurate_at.milliseconds,
        .in_use = entry->in_use,
        .out_of_use = entry->out_of_use,
    };
    return list_kinds(work->arena, entry, &event->body.hub_reported, err);
}

static struct place_counts counts_of_kind(const struct kind_counts *kinds, size_t count, str kind)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(kinds[i].kind, kind)) {
            return kinds[i].counts;
        }
    }
    return (struct place_counts){.agreed = 0};
}

/* Beside it what the register itself counts, in the same commit. */
static result carry_out_report(struct sitting *sitting, struct hub_work *work, struct event *event,
                               struct err *err)
{
    struct hub_reported_body *body = &event->body.hub_reported;
    const instant accurate_at = {.milliseconds = body->accurate_at};
    const struct kind_counts *kinds = NULL;
    size_t count = 0;
    if (accurate_at.milliseconds > sitting->at.milliseconds) {
        return err_set(err, ERROR_INPUT, "A report is accurate as of an instant that has been");
    }
    TRY(days_check_instant("The day of the report", accurate_at, DAYS_HAPPENED, sitting->today,
                           err));
    TRY(transaction_count_places(sitting->transaction, work->hub.id, sitting->today, sitting->arena,
                                 &kinds, &count, err));
    const struct place_counts sum = place_counts_sum(kinds, count);
    int64_t *in_use = ARENA_NEW(work->arena, int64_t, body->kinds.count + 1);
    int64_t *out = ARENA_NEW(work->arena, int64_t, body->kinds.count + 1);
    if (in_use == NULL || out == NULL) {
        return arena_full(err);
    }
    for (size_t i = 0; i < body->kinds.count; i++) {
        const struct place_counts counted = counts_of_kind(kinds, count, body->kinds.items[i]);
        in_use[i] = counted.occupied;
        out[i] = counted.out_of_use;
    }
    body->counted_in_use = sum.occupied;
    body->counted_out_of_use = sum.out_of_use;
    body->counted_in_use_of_kind =
        (struct number_list){.items = in_use, .count = body->kinds.count};
    body->counted_out_of_use_of_kind =
        (struct number_list){.items = out, .count = body->kinds.count};
    return hub_work_append(sitting, work, event, err);
}

static result check_number(int64_t number, struct err *err)
{
    return number >= 0 && number <= HUB_PLACES_MAX
               ? result_ok()
               : err_set(err, ERROR_INPUT, "A hub has from 0 to %d places in use or out of use",
                         HUB_PLACES_MAX);
}

static result check_kinds(const struct rulebook *rulebook, const struct hub_report_entry *entry,
                          struct err *err)
{
    int64_t in_use = 0;
    int64_t out_of_use = 0;
    for (size_t i = 0; i < entry->kind_count; i++) {
        TRY(hub_check_kind(rulebook, str_trim(entry->kinds[i].kind), err));
        TRY(check_number(entry->kinds[i].in_use, err));
        TRY(check_number(entry->kinds[i].out_of_use, err));
        for (size_t j = 0; j < i; j++) {
            if (str_equal(str_trim(entry->kinds[i].kind), str_trim(entry->kinds[j].kind))) {
                return err_set(err, ERROR_INPUT, "The kind \"%.*s\" is reported twice",
                               STR_ARG(entry->kinds[i].kind));
            }
        }
        in_use += entry->kinds[i].in_use;
        out_of_use += entry->kinds[i].out_of_use;
    }
    return in_use <= entry->in_use && out_of_use <= entry->out_of_use
               ? result_ok()
               : err_set(err, ERROR_INPUT, "The kinds add up to more than the whole");
}

result casework_hub_report(const struct casework *casework, const struct caller *caller, str hub,
                           const struct hub_report_entry *entry, struct arena *arena,
                           struct record_answer *ret_answer, struct err *err)
{
    TRY(check_number(entry->in_use, err));
    TRY(check_number(entry->out_of_use, err));
    if (entry->kind_count > REPORT_KINDS_MAX) {
        return err_set(err, ERROR_INPUT, "A report tells of at most %d kinds", REPORT_KINDS_MAX);
    }
    TRY(check_kinds(casework->rulebook, entry, err));
    struct hub_work work = {.casework = casework,
                            .caller = caller,
                            .arena = arena,
                            .action = ACTION_RUN_HUB,
                            .hub_name = hub,
                            .person_name = STR(""),
                            .entry = entry,
                            .ask = ask_report,
                            .carry_out = carry_out_report};
    return hub_work_run(&work, ret_answer, err);
}

static result ask_explain(struct sitting *sitting, struct hub_work *work, struct event *event,
                          struct err *err)
{
    struct hub_report_row report = {.hub = 0};
    TRY(transaction_hub_report(sitting->transaction, work->hub.id, &report, err));
    if (report.hub == 0) {
        return err_set(err, ERROR_CONFLICT, "The hub %.*s has not reported yet",
                       STR_ARG(work->hub.reference));
    }
    event->kind = EVENT_HUB_REPORT_EXPLAINED;
    event->body.hub_report_explained =
        (struct hub_report_explained_body){.report = report.report, .reason = work->reason};
    return result_ok();
}

result casework_explain_report(const struct casework *casework, const struct caller *caller,
                               str hub, str reason, struct arena *arena,
                               struct record_answer *ret_answer, struct err *err)
{
    TRY(text_line_required("The explanation", reason, SOURCE_MAX_BYTES, err));
    struct hub_work work = {.casework = casework,
                            .caller = caller,
                            .arena = arena,
                            .action = ACTION_RUN_HUB,
                            .hub_name = hub,
                            .person_name = STR(""),
                            .reason = str_trim(reason),
                            .ask = ask_explain};
    return hub_work_run(&work, ret_answer, err);
}
